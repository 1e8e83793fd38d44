//! The reference as a static site: a page a module, an index with a search box. No server, no network, light and dark.

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

/// All files of the site.
pub fn site(title: &str, modules: &[ModuleReference]) -> Vec<Page> {
    let mut pages = vec![
        Page { path: "style.css".into(), content: STYLE.into() },
        Page { path: "search.js".into(), content: format!("const index = {};\n{SCRIPT}", search_index(modules)) },
        Page { path: "index.html".into(), content: index(title, modules) },
    ];
    for module in modules {
        pages.push(Page { path: format!("{}.html", module.name), content: module_page(title, module, modules) });
    }
    pages
}

fn page(title: &str, current: &str, modules: &[ModuleReference], body: &str) -> String {
    let title = escape(title);
    let mut nav = String::new();
    for m in modules {
        let here = if m.name == current { " aria-current=\"page\"" } else { "" };
        nav.push_str(&format!("<li><a href=\"{0}.html\"{here}>{0}</a></li>\n", escape(&m.name)));
    }
    [
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
        &title,
        "</title>\n<link rel=\"stylesheet\" href=\"style.css\">\n</head>\n<body>\n<nav>\n<a class=\"home\" href=\"index.html\">",
        &title,
        "</a>\n<input id=\"search\" type=\"search\" placeholder=\"Search\" aria-label=\"Search definitions\" autocomplete=\"off\">\n<ol id=\"results\" hidden></ol>\n<ul>\n",
        &nav,
        "</ul>\n</nav>\n<main>\n",
        body,
        "</main>\n<script src=\"search.js\"></script>\n</body>\n</html>\n",
    ]
    .concat()
}

fn index(title: &str, modules: &[ModuleReference]) -> String {
    let mut body = format!("<h1>{}</h1>\n", escape(title));
    for (kind, heading) in [("component", "Components"), ("trait", "Traits"), ("policy", "Policies"), ("workflow step", "Workflow steps"), ("rule", "Rules")] {
        let mut rows: Vec<(&str, &ItemReference)> = modules.iter().flat_map(|m| m.items.iter().map(|i| (m.name.as_str(), i))).filter(|(_, i)| i.kind == kind).collect();
        if rows.is_empty() {
            continue;
        }
        rows.sort_by(|a, b| a.1.name.cmp(&b.1.name));
        body.push_str(&format!("<h2>{heading}</h2>\n<table>\n"));
        for (module, item) in rows {
            let old = if item.deprecated.is_some() { " <small class=\"old\">deprecated</small>" } else { "" };
            let name = escape(&item.name);
            body.push_str(&format!("<tr><td><a href=\"{module}.html#{name}\"><code>{name}</code></a>{old}</td><td>{}</td></tr>\n", inline(first_line(&item.docs))));
        }
        body.push_str("</table>\n");
    }
    page(title, "", modules, &body)
}

fn module_page(title: &str, module: &ModuleReference, modules: &[ModuleReference]) -> String {
    let mut body = format!("<h1>{}</h1>\n<p>{}</p>\n", escape(&module.name), inline(&module.docs));
    module.items.iter().for_each(|item| body.push_str(&section(item)));
    page(title, &module.name, modules, &body)
}

fn section(item: &ItemReference) -> String {
    let name = escape(&item.name);
    let mut out = format!("<section id=\"{name}\">\n<h2><small>{}</small> <a href=\"#{name}\"><code>{name}</code></a></h2>\n", item.kind);
    if let Some(instead) = &item.deprecated {
        out.push_str(&format!("<p class=\"old\">Deprecated: {}</p>\n", inline(instead)));
    }
    for paragraph in item.docs.split("\n\n").filter(|p| !p.trim().is_empty()) {
        out.push_str(&format!("<p>{}</p>\n", inline(paragraph)));
    }
    out.push_str(&format!("<pre><code>{}</code></pre>\n", escape(&item.signature)));
    if !item.parameters.is_empty() {
        out.push_str("<table class=\"parameters\">\n<thead><tr><th>parameter</th><th>type</th><th>default</th><th></th></tr></thead>\n<tbody>\n");
        for p in &item.parameters {
            let default = match (&p.default, p.required) {
                (Some(d), _) => format!("<code>{}</code>", escape(d)),
                (None, true) => "<em>required</em>".to_owned(),
                (None, false) => String::new(),
            };
            let old = p.deprecated.as_ref().map(|d| format!("<span class=\"old\">deprecated: {}</span> ", inline(d))).unwrap_or_default();
            out.push_str(&format!(
                "<tr><td><code>{}</code></td><td><code>{}</code></td><td>{default}</td><td>{old}{}</td></tr>\n",
                escape(&p.path),
                escape(&p.ty),
                inline(&p.docs)
            ));
        }
        out.push_str("</tbody>\n</table>\n");
    }
    for example in &item.examples {
        out.push_str(&format!("<h3>Example</h3>\n<pre><code>{name} {}</code></pre>\n", escape(example)));
    }
    out.push_str("</section>\n");
    out
}

fn search_index(modules: &[ModuleReference]) -> String {
    let mut entries = Vec::new();
    for module in modules {
        for item in &module.items {
            let words: Vec<&str> = item.parameters.iter().map(|p| p.path.as_str()).collect();
            entries.push(serde_json::json!({ "kind": item.kind, "name": item.name, "docs": first_line(&item.docs), "href": format!("{}.html#{}", module.name, item.name), "words": words.join(" ") }));
        }
    }
    // `</script` must not occur when somebody pastes the file into a page.
    serde_json::Value::Array(entries).to_string().replace("</", "<\\/")
}

fn first_line(docs: &str) -> &str {
    docs.trim().lines().next().unwrap_or("")
}

/// Text with `code` marked up; everything else as it is.
fn inline(text: &str) -> String {
    let parts = text.trim().split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { escape(part) }).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
