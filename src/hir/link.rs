//! Linking: from names to what they mean, for all modules that were loaded.

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::load::{Loaded, Loader};
use super::names;
use super::program::{Alias, Arms, Global, Links, Program, TypeRef, own_type};
use super::{Builtin, DefId, Import, ImportSource, Module, ModuleId};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::value::{Data, List, Map, Origins, Value};

/// Largest imported data file, in bytes (language reference §4).
const MAX_DATA_BYTES: u64 = 1 << 20;

/// Makes the program of what a loader has loaded.
pub(super) fn link(mut loader: Loader<'_>) -> (Program, Vec<Diagnostic>) {
    let mut diagnostics = std::mem::take(&mut loader.diagnostics);
    let mut program = Program {
        packages: loader.packages.iter().map(|p| p.name.clone()).collect(),
        definitions: loader.packages.iter().map(|_| FxHashMap::default()).collect(),
        known: loader.packages.iter().flat_map(|p| p.index.keys().cloned()).collect(),
        ..Program::default()
    };
    for (i, loaded) in loader.modules.iter().enumerate() {
        let id = ModuleId(i as u32);
        program.modules.push(loaded.module.clone());
        program.by_name.entry(loaded.module.name.clone()).or_insert(id);
        for (index, definition) in loaded.module.definitions.iter().enumerate() {
            let Some(map) = program.definitions.get_mut(loaded.package as usize) else { continue };
            let key = (definition.kind, definition.name.clone());
            let id = DefId { module: id, index: index as u32 };
            match map.get(&key) {
                Some(&other) if other.module != id.module => {
                    let first = program.modules.get(other.module.index()).and_then(|m| Some((m.file, m.definitions.get(other.index as usize)?.name_range)));
                    let d = Diagnostic::new(codes::J0205, format!("the {} `{}` is defined twice in this package", definition.kind.word(), definition.name));
                    let d = d.primary(definition.name_range.in_file(loaded.module.file), "");
                    diagnostics.push(match first {
                        Some((file, range)) => d.secondary(range.in_file(file), "defined here first"),
                        None => d,
                    });
                }
                Some(_) => {}
                None => {
                    map.insert(key, id);
                }
            }
        }
    }
    let mut described: Vec<(u32, ModuleId)> = loader.modules.iter().enumerate().map(|(i, l)| (l.package, ModuleId(i as u32))).collect();
    described.sort();
    for (_, id) in described {
        let items: Vec<_> = program.module(id).resources.iter().enumerate().map(|(i, r)| ((r.api_version.clone(), r.name.clone()), (id, i as u32))).collect();
        for (key, item) in items {
            program.resources.entry(key).or_insert(item);
        }
    }
    for (i, loaded) in loader.modules.iter().enumerate() {
        let links = links(&loader, &program, ModuleId(i as u32), loaded, &mut diagnostics);
        program.links.push(links);
    }
    collect_arms(&mut program, &mut diagnostics);
    cycles(&loader, &mut diagnostics);
    for (i, loaded) in loader.modules.iter().enumerate() {
        let trusted = !loader.distrust_std && loader.packages.get(loaded.package as usize).is_some_and(|p| p.name == "std");
        if !trusted {
            names::check(&program, ModuleId(i as u32), &mut diagnostics);
        }
    }
    (program, diagnostics)
}

/// What the names of one module mean.
fn links(loader: &Loader<'_>, program: &Program, id: ModuleId, loaded: &Loaded, diagnostics: &mut Vec<Diagnostic>) -> Links {
    let m = &*loaded.module;
    let mut links = Links { package: loaded.package, ..Links::default() };
    for (import, target) in m.imports.iter().zip(loaded.imports.iter().chain(std::iter::repeat(&None))) {
        match (&import.source, target) {
            (ImportSource::Module(_), Some(target)) => from_module(program, m, import, *target, &mut links, diagnostics),
            (ImportSource::Module(_), None) => from_nowhere(import, &mut links),
            (ImportSource::Kubernetes(api_version), _) => {
                if let Some((alias, _)) = &import.alias {
                    links.aliases.insert(alias.clone(), Alias::Kubernetes(api_version.clone()));
                }
                for name in &import.names {
                    links.types.insert(name.local.clone(), program.kubernetes(api_version, &name.name));
                }
            }
            (ImportSource::File(path), _) => {
                let Some((alias, _)) = &import.alias else {
                    diagnostics.push(
                        Diagnostic::new(codes::J0104, "a data file is imported whole").primary(import.range.in_file(m.file), "").help(format!("write `import \"{path}\" as name`")),
                    );
                    continue;
                };
                let index = links.data.len() as u32;
                links.names.insert(alias.clone(), Global::Data(id, index));
                let value = data(loader, loaded, path).unwrap_or_else(|(code, message)| {
                    diagnostics.push(Diagnostic::new(code, message).primary(import.source_range.in_file(m.file), ""));
                    Value::default()
                });
                links.data.push(value);
            }
        }
    }
    for (i, f) in m.functions.iter().enumerate() {
        links.names.insert(f.name.clone(), Global::Function(id, i as u32));
    }
    for (i, l) in m.lets.iter().enumerate() {
        links.names.insert(l.name.clone(), Global::Let(id, i as u32));
    }
    for (i, v) in m.views.iter().enumerate().filter(|(_, v)| !v.extend) {
        links.names.insert(v.name.clone(), Global::View(id, i as u32));
        links.types.insert(v.name.clone(), TypeRef::View(id, i as u32));
    }
    for (i, t) in m.types.iter().enumerate() {
        links.types.insert(t.name.clone(), TypeRef::Alias(id, i as u32));
    }
    for (i, r) in m.resources.iter().enumerate() {
        links.types.insert(r.name.clone(), TypeRef::Resource(id, i as u32));
    }
    let global = |name: &EcoString| match links.names.get(name) {
        Some(global) => global.clone(),
        None => Builtin::of_name(name).map_or(Global::Unknown, Global::Builtin),
    };
    links.globals = m.names.iter().map(|n| global(&n.name)).collect();
    links
}

fn from_module(program: &Program, m: &Module, import: &Import, target: ModuleId, links: &mut Links, diagnostics: &mut Vec<Diagnostic>) {
    if let Some((alias, _)) = &import.alias {
        links.aliases.insert(alias.clone(), Alias::Module(target));
        links.names.insert(alias.clone(), Global::ModuleAlias(target));
    }
    let other = program.module(target);
    for name in &import.names {
        let ty = own_type(other, target, &name.name);
        let global = program.member(target, &name.name);
        if ty.is_none() && global == Global::Unknown {
            let names = other.types.iter().map(|t| &t.name).chain(other.functions.iter().map(|f| &f.name)).chain(other.lets.iter().map(|l| &l.name));
            let names = names.chain(other.views.iter().map(|v| &v.name)).chain(other.resources.iter().map(|r| &r.name));
            let span = name.range.in_file(m.file);
            let mut d = Diagnostic::new(codes::J0201, format!("`{}` has no `{}`", other.name, name.name)).primary(span, "");
            if let Some(near) = nearest(&name.name, names.map(EcoString::as_str)) {
                d = d.help(format!("did you mean `{near}`?")).fix(format!("import `{near}`"), span, near);
            } else if other.definitions.iter().any(|d| d.name == name.name) {
                d = d.help("definitions are not imported: their names are known everywhere");
            }
            diagnostics.push(d);
            links.types.insert(name.local.clone(), TypeRef::Unknown);
            continue;
        }
        if let Some(ty) = ty {
            links.types.insert(name.local.clone(), ty);
        }
        if global != Global::Unknown {
            links.names.insert(name.local.clone(), global);
        }
    }
}

/// The module of an import is missing, which is reported: its names are known and mean nothing.
fn from_nowhere(import: &Import, links: &mut Links) {
    for name in import.names.iter().map(|n| &n.local).chain(import.alias.iter().map(|(a, _)| a)) {
        links.types.insert(name.clone(), TypeRef::Unknown);
        links.names.insert(name.clone(), Global::Unknown);
    }
}

/// Reads an imported data file.
fn data(loader: &Loader<'_>, loaded: &Loaded, relative: &str) -> Result<Value, (crate::diagnostics::Code, String)> {
    let Some(path) = loader.data_path(loaded, relative) else { return Err((codes::J0209, format!("`{relative}` is outside of the package"))) };
    let bytes = loader.world.read(&path, MAX_DATA_BYTES).map_err(|e| (codes::J0201, format!("cannot read `{}`: {e}", path.display())))?;
    let text = String::from_utf8(bytes).map_err(|_| (codes::J0101, format!("`{}` is not UTF-8", path.display())))?;
    let file = loader.sources.add(path.display().to_string(), text.as_str());
    let mut origins = Origins::new();
    let wrong = |found: Vec<Diagnostic>| found.into_iter().find(Diagnostic::is_error).map(|d| (codes::J0801, format!("`{}` cannot be read: {}", path.display(), d.message)));
    let value = match path.extension().and_then(|e| e.to_str()) {
        Some("json") => {
            let (value, found) = crate::yaml::read_json(&text, file, &mut origins);
            wrong(found).map_or(Ok(value.unwrap_or_default()), Err)?
        }
        Some("yaml" | "yml") => {
            let (mut documents, found) = crate::yaml::read(&text, file, &mut origins);
            wrong(found).map_or(Ok(()), Err)?;
            if documents.len() > 1 {
                return Err((codes::J0801, format!("`{}` has {} documents; one is expected", path.display(), documents.len())));
            }
            documents.pop().map(|d| d.value).unwrap_or_default()
        }
        _ => Value::new(Data::String(text.into())),
    };
    Ok(without_origins(&value))
}

/// The same value with unknown origins: those of the file belong to another arena.
fn without_origins(value: &Value) -> Value {
    Value::new(match &value.data {
        Data::List(list) => Data::List(std::sync::Arc::new(List { items: list.items.iter().map(without_origins).collect(), keys: list.keys.clone() })),
        Data::Map(map) => {
            let mut out = Map::new();
            for entry in map.iter() {
                out.insert(entry.key.clone(), crate::value::Origin::UNKNOWN, without_origins(&entry.value));
            }
            Data::Map(std::sync::Arc::new(out))
        }
        data => data.clone(),
    })
}

/// The arms of all views; two for one kind are J0612.
fn collect_arms(program: &mut Program, diagnostics: &mut Vec<Diagnostic>) {
    /// A view, a kind (with the rest of its path), and where it was written.
    type Seen = ((ModuleId, u32), TypeRef, Vec<EcoString>, Span);
    let mut arms = Arms::default();
    let mut seen: Vec<Seen> = Vec::new();
    for (id, m) in program.modules() {
        for (v, view) in m.views.iter().enumerate() {
            let target = match program.links.get(id.index()).and_then(|l| l.types.get(&view.name)) {
                Some(&TypeRef::View(module, index)) if view.extend => (module, index),
                _ if view.extend => continue,
                _ => (id, v as u32),
            };
            for (a, arm) in view.arms.iter().enumerate() {
                arms.entry(target).or_default().push((id, v as u32, a as u32));
                for kind in &arm.kinds {
                    let span = kind.range.in_file(m.file);
                    let (ty, rest) = program.type_name(id, kind);
                    if ty == TypeRef::Unknown {
                        continue;
                    }
                    if let Some((_, _, _, first)) = seen.iter().find(|(t, k, r, _)| *t == target && *k == ty && *r == rest) {
                        let d = Diagnostic::new(codes::J0612, format!("`{}` has two arms in the view `{}`", kind.segments.join("."), view.name)).primary(span, "");
                        diagnostics.push(d.secondary(*first, "the first one"));
                    } else {
                        seen.push((target, ty, rest, span));
                    }
                }
            }
        }
    }
    program.arms = arms;
}

/// J0206: modules that import each other in a circle.
fn cycles(loader: &Loader<'_>, diagnostics: &mut Vec<Diagnostic>) {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; loader.modules.len()];
    for start in 0..loader.modules.len() {
        // An explicit stack of module and next import: chains of imports may be long.
        let mut stack = vec![(start, 0)];
        while let Some(&mut (at, ref mut next)) = stack.last_mut() {
            let Some(loaded) = loader.modules.get(at) else { break };
            if *next == 0 {
                if marks.get(at) != Some(&Mark::New) {
                    stack.pop();
                    continue;
                }
                if let Some(m) = marks.get_mut(at) {
                    *m = Mark::Open;
                }
            }
            let Some(target) = loaded.imports.get(*next) else {
                if let Some(m) = marks.get_mut(at) {
                    *m = Mark::Done;
                }
                stack.pop();
                continue;
            };
            let import = loaded.module.imports.get(*next);
            *next += 1;
            let Some(target) = target.map(ModuleId::index) else { continue };
            match marks.get(target) {
                Some(Mark::Open) => {
                    let circle: Vec<&str> = stack.iter().skip_while(|(m, _)| *m != target).filter_map(|(m, _)| loader.modules.get(*m)).map(|l| l.module.name.as_str()).collect();
                    let span = import.map(|i| i.source_range).unwrap_or_default().in_file(loaded.module.file);
                    let names = circle.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(" → ");
                    let d = Diagnostic::new(codes::J0206, "modules import each other in a circle").primary(span, "this import closes it");
                    diagnostics.push(d.note(format!("{names} → `{}`", circle.first().unwrap_or(&""))));
                }
                Some(Mark::New) => stack.push((target, 0)),
                _ => {}
            }
        }
    }
}
