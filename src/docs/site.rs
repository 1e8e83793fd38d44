//! The reference as a static site: a page a module, an index with a search box. No server, no network, light and dark.

use std::collections::BTreeMap;

use super::builtins::BUILTINS;
use super::page::{entry, frame, section};
use super::prose::{escape, html, inline, summary};
use super::{ItemReference, ModuleReference};

/// A file of the site.
#[derive(Clone, Debug)]
pub struct Page {
    /// Relative to the site's root.
    pub path: String,
    pub content: String,
}

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("search.js");
const THEME: &str = include_str!("theme.js");

/// Kinds of definitions and their headings, in the order in which they are shown.
pub(super) const KINDS: [(&str, &str); 5] = [("component", "Components"), ("trait", "Traits"), ("policy", "Policies"), ("workflow step", "Workflow steps"), ("rule", "Rules")];

/// All files of the site.
pub fn site(title: &str, modules: &[ModuleReference]) -> Vec<Page> {
    let page = |path: &str, content: String| Page { path: path.into(), content };
    let mut pages = vec![
        page("style.css", STYLE.into()),
        page("theme.js", THEME.into()),
        page("search.js", format!("const index = {};\n{SCRIPT}", search_index(modules))),
        page("index.html", frame(title, "", "", modules, &front(title, modules))),
        page("types.html", frame(title, "Built-in types", "types", modules, &builtins())),
    ];
    for module in modules {
        let links = Links::new(module, modules);
        let mut body = format!("<header><h1>{}</h1>\n{}</header>\n", escape(&module.name), html(&module.docs));
        module.items.iter().for_each(|item| body.push_str(&section(item, &links)));
        pages.push(Page { path: format!("{}.html", module.name), content: frame(title, &module.name, &module.name, modules, &body) });
    }
    pages
}

/// The identity of an item on its page.
pub(super) fn anchor(item: &ItemReference) -> String {
    format!("{}.{}", item.kind.rsplit(' ').next().unwrap_or(item.kind), escape(&item.name))
}

fn front(title: &str, modules: &[ModuleReference]) -> String {
    let of = |kind: &str| modules.iter().flat_map(|m| &m.items).filter(|i| i.kind == kind).count();
    let counts: String = KINDS
        .iter()
        .filter(|(kind, _)| of(kind) > 0)
        .map(|(kind, heading)| format!("<a href=\"#{}\"><strong>{}</strong> {}</a>", kind.rsplit(' ').next().unwrap_or(kind), of(kind), heading.to_lowercase()))
        .collect();
    let mut body = format!(
        "<header class=\"front\"><h1>{}</h1>\n<p>What an <code>Application</code> can be made of. Every example compiles as it stands: <code>jibe build app.yaml</code>.</p>\n<p class=\"counts\">{counts}</p></header>\n",
        escape(title)
    );
    for (kind, heading) in KINDS {
        if of(kind) == 0 {
            continue;
        }
        body.push_str(&format!("<section id=\"{}\">\n<h2>{heading}</h2>\n", kind.rsplit(' ').next().unwrap_or(kind)));
        for module in modules {
            let mut items: Vec<&ItemReference> = module.items.iter().filter(|i| i.kind == kind).collect();
            if items.is_empty() {
                continue;
            }
            items.sort_by_key(|i| i.deprecated.is_some());
            body.push_str(&format!(
                "<h3><a href=\"{}.html\">{}</a> <span>{}</span></h3>\n<ul class=\"entries\">\n",
                escape(&module.name),
                escape(&module.name),
                inline(summary(&module.docs))
            ));
            items.iter().for_each(|i| body.push_str(&entry(&module.name, i)));
            body.push_str("</ul>\n");
        }
        body.push_str("</section>\n");
    }
    body
}

fn builtins() -> String {
    let rows: String = BUILTINS.iter().map(|(name, about)| format!("<div id=\"{name}\"><dt>{name}</dt><dd><p>{}</p></dd></div>\n", inline(about))).collect();
    format!("<header><h1>Built-in types</h1>\n<p>They are there without an import. A value is checked where it is written.</p></header>\n<dl class=\"parameters\">\n{rows}</dl>\n")
}

/// Where the names in types lead to.
pub(super) struct Links {
    targets: BTreeMap<String, String>,
}

impl Links {
    fn new(here: &ModuleReference, modules: &[ModuleReference]) -> Self {
        let mut targets: BTreeMap<String, String> = BUILTINS.iter().map(|(name, _)| ((*name).to_owned(), format!("types.html#{name}"))).collect();
        // What is nearest wins: the module itself comes last.
        for m in modules.iter().filter(|m| m.name != here.name).chain([here]) {
            for item in m.items.iter().filter(|i| i.kind != "function" && i.kind != "rule") {
                let page = if m.name == here.name { String::new() } else { format!("{}.html", m.name) };
                targets.insert(item.name.clone(), format!("{page}#{}", anchor(item)));
            }
        }
        Self { targets }
    }

    /// A type, or the name of a definition, with its names linked.
    pub fn mark(&self, text: &str) -> String {
        if let Some(to) = self.targets.get(text) {
            return format!("<a href=\"{to}\">{}</a>", escape(text));
        }
        let mut out = String::new();
        let mut rest = text;
        let mut quoted = false;
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end.max(first.len_utf8()));
            match self.targets.get(word) {
                Some(to) if !quoted && first.is_ascii_uppercase() => out.push_str(&format!("<a href=\"{to}\">{word}</a>")),
                _ => out.push_str(&escape(word)),
            }
            quoted ^= word == "\"";
            rest = after;
        }
        out
    }
}

fn search_index(modules: &[ModuleReference]) -> String {
    let mut entries = Vec::new();
    for module in modules {
        for item in module.items.iter().filter(|i| i.kind != "function") {
            let words: Vec<&str> = item.parameters.iter().map(|p| p.path.as_str()).collect();
            let kind = item.kind.rsplit(' ').next().unwrap_or(item.kind);
            let href = format!("{}.html#{}", module.name, anchor(item));
            entries.push(serde_json::json!({ "kind": kind, "name": item.name, "docs": summary(&item.docs), "href": href, "words": words, "old": item.deprecated.is_some() }));
        }
    }
    for (name, about) in BUILTINS {
        entries.push(serde_json::json!({ "kind": "type", "name": name, "docs": about, "href": format!("types.html#{name}"), "words": [], "old": false }));
    }
    serde_json::Value::Array(entries).to_string().replace("</", "<\\/")
}
