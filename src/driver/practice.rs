//! Best practice for plain manifests: the rules that rendered objects get, with the same levels and comments.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::inputs::Unreadable;
use super::manifests::objects_of;
use super::rehome::rehome;
use super::session::Session;
use crate::base::FileId;
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::eval::{self, Budget, Context, Creator, RenderedObject};
use crate::kube;
use crate::value::{Origins, Value};

/// Objects that one run of the rules sees together at most.
const GROUP: usize = 400;

/// What one run of the rules is given.
#[derive(Default)]
struct Group {
    objects: Vec<RenderedObject>,
    contexts: Vec<Context>,
    origins: Origins,
}

impl Session {
    /// Loads all rules, for manifests to be judged by.
    ///
    /// # Errors
    /// A path of definitions that is not there.
    pub fn with_rules(&mut self) -> Result<(), Unreadable> {
        self.options.lint = true;
        self.read(&[], false).map(drop)
    }

    /// Runs the rules over the objects of manifests. What stands in one folder is seen together: a Deployment finds its disruption budget in the file beside it.
    /// Objects that the server would refuse are passed over: there is something better to say about them.
    pub(super) fn practice(&self, files: impl Iterator<Item = FileId>) -> Vec<Diagnostic> {
        let mut folders: BTreeMap<String, Vec<FileId>> = BTreeMap::new();
        for f in files {
            let name = self.sources.get(f).map(|s| s.name.clone()).unwrap_or_default();
            let folder = Path::new(&name).parent().map(|p| p.display().to_string()).unwrap_or_default();
            folders.entry(folder).or_default().push(f);
        }
        let groups: Vec<Group> = folders.into_values().collect::<Vec<_>>().into_par_iter().flat_map_iter(|files| self.groups(&files)).collect();
        let found: Vec<Vec<Diagnostic>> = groups.into_par_iter().map(|g| self.judged(g)).collect();
        found.into_iter().flatten().collect()
    }

    /// Rules over objects that pass through a build.
    pub(super) fn practice_of(&self, objects: &[(Value, Origins)]) -> Vec<Diagnostic> {
        if self.library.rules.is_empty() || objects.is_empty() {
            return Vec::new();
        }
        let mut groups = vec![Group::default()];
        objects.iter().for_each(|(o, from)| self.join(&mut groups, o, from));
        groups.into_par_iter().flat_map_iter(|g| self.judged(g)).collect()
    }

    fn groups(&self, files: &[FileId]) -> Vec<Group> {
        let mut groups = vec![Group::default()];
        for file in files {
            let Some(source) = self.sources.get(*file) else { continue };
            let (objects, from) = objects_of(&source);
            objects.iter().for_each(|o| self.join(&mut groups, o, &from));
        }
        groups
    }

    fn join(&self, groups: &mut Vec<Group>, object: &Value, from: &Origins) {
        let is_object = object.get("kind").is_some() && object.get("apiVersion").is_some();
        if !is_object || kube::validate(object, &self.library.catalog, self.version(), None).iter().any(|e| e.code.severity() == Severity::Error) {
            return;
        }
        if groups.last().is_none_or(|g| g.objects.len() >= GROUP) {
            groups.push(Group::default());
        }
        let Some(group) = groups.last_mut() else { return };
        let value = rehome(object, from, &mut group.origins);
        let text = |path: &[&str]| value.at(path).and_then(Value::as_str).unwrap_or_default().to_owned();
        let name = value.at(&["metadata", "name"]);
        group.contexts.push(Context {
            name: text(&["metadata", "name"]).into(),
            name_origin: name.map_or(value.origin, |n| n.origin),
            namespace: Some(text(&["metadata", "namespace"])).filter(|n| !n.is_empty()).unwrap_or_else(|| "default".into()).into(),
            ..Context::default()
        });
        let output = ecow::eco_format!("{}/{}/{}", text(&["kind"]), text(&["metadata", "name"]), group.objects.len());
        group.objects.push(RenderedObject { value, output: Some(output), creator: Creator::Component });
    }

    fn judged(&self, mut group: Group) -> Vec<Diagnostic> {
        let budget = Budget::default();
        let mut found = Vec::new();
        let env = self.environment(&budget, None);
        eval::apply_rules_to_each(&env, &self.library.rules, &group.objects, &group.contexts, &mut group.origins, &mut found);
        found.retain(|d| d.code == codes::J1201 || d.code == codes::J0908);
        found
    }
}
