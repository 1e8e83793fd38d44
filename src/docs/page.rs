//! The frame of every page of the site, and the sections of items.

use super::prose::{escape, html, inline, summary};
use super::site::{Links, anchor};
use super::{ItemReference, ModuleReference, ParameterReference, highlight};

/// The word on an item's badge, and its class.
pub(super) fn badge(item: &ItemReference) -> String {
    let word = if item.kind == "workflow step" { "step" } else { item.kind };
    format!("<span class=\"badge {word}\">{word}</span>")
}

/// A whole page.
pub(super) fn frame(title: &str, heading: &str, current: &str, modules: &[ModuleReference], body: &str) -> String {
    let title = escape(title);
    let heading = if heading.is_empty() { title.clone() } else { format!("{} · {title}", escape(heading)) };
    [
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
        &heading,
        "</title>\n<link rel=\"stylesheet\" href=\"style.css\">\n<script src=\"theme.js\"></script>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to content</a>\n<nav>\n<div class=\"top\"><a class=\"home\" href=\"index.html\">",
        &title,
        "</a><button id=\"theme\" type=\"button\" aria-label=\"Switch between light and dark\" title=\"Light or dark\"></button></div>\n<div class=\"find\"><input id=\"search\" type=\"search\" placeholder=\"Search  ( / )\" aria-label=\"Search definitions and parameters\" autocomplete=\"off\" spellcheck=\"false\"><ol id=\"results\" hidden></ol></div>\n<details id=\"contents\" open><summary>Contents</summary>\n",
        &contents(current, modules),
        "</details>\n</nav>\n<main id=\"main\">\n",
        body,
        "</main>\n<script src=\"search.js\"></script>\n</body>\n</html>\n",
    ]
    .concat()
}

/// Modules by folder, the current one with what is in it.
fn contents(current: &str, modules: &[ModuleReference]) -> String {
    let mut out = String::new();
    let mut group = "";
    for m in modules {
        let (own, rest) = m.name.rsplit_once('.').unwrap_or((&m.name, &m.name));
        if own != group {
            out.push_str(&format!("{}<h2>{}</h2>\n<ul>\n", if group.is_empty() { "" } else { "</ul>\n" }, escape(&own.replace('.', " "))));
            group = own;
        }
        let here = if m.name == current { " aria-current=\"page\"" } else { "" };
        out.push_str(&format!("<li><a href=\"{}.html\"{here}>{}</a>", escape(&m.name), escape(rest)));
        if m.name == current {
            let items: String = m.items.iter().filter(|i| i.kind != "function").map(|i| format!("<li><a href=\"#{}\">{}</a></li>", anchor(i), escape(&i.name))).collect();
            out.push_str(&format!("<ul>{items}</ul>"));
        }
        out.push_str("</li>\n");
    }
    let here = if current == "types" { " aria-current=\"page\"" } else { "" };
    out.push_str(&format!("</ul>\n<h2>language</h2>\n<ul><li><a href=\"types.html\"{here}>built-in types</a></li></ul>\n"));
    out
}

/// An item with all that is known of it.
pub(super) fn section(item: &ItemReference, links: &Links) -> String {
    let id = anchor(item);
    let mut out = format!("<section id=\"{id}\" class=\"item\">\n<h2>{} <a href=\"#{id}\">{}</a></h2>\n", badge(item), escape(&item.name));
    if let Some(instead) = &item.deprecated {
        out.push_str(&format!("<p class=\"old\"><strong>Deprecated:</strong> {}.</p>\n", inline(instead)));
    }
    out.push_str(&html(&item.docs));
    out.push_str(&facts(item, links));
    for (i, example) in item.examples.iter().enumerate() {
        let heading = if i == 0 { "<h3>Example</h3>\n" } else { "" };
        out.push_str(&format!(
            "{heading}<div class=\"code\"><button type=\"button\" class=\"copy\">Copy</button><pre><code>{}</code></pre></div>\n",
            highlight::yaml(&example.application)
        ));
    }
    if item.is_definition() || item.kind == "resource" {
        out.push_str(&parameters(item, links));
    }
    let code = format!("<pre><code>{}</code></pre>", highlight::jibe(&item.source));
    match item.kind {
        "type" | "view" => out.push_str(&code),
        "function" => out.push_str(&format!("<pre><code>{}</code></pre>\n<details><summary>Source</summary>{code}</details>\n", escape(&item.signature))),
        _ => out.push_str(&format!("<details><summary>Source</summary>{code}</details>\n")),
    }
    out.push_str("</section>\n");
    out
}

/// What it fits, makes and excludes.
fn facts(item: &ItemReference, links: &Links) -> String {
    let codes = |names: &[String]| names.iter().map(|n| format!("<code>{}</code>", links.mark(n))).collect::<Vec<_>>().join(", ");
    let mut rows = Vec::new();
    match item.kind {
        "trait" | "rule" if item.fits.is_empty() => rows.push(("fits", "every component".to_owned())),
        "policy" if item.fits.is_empty() => {}
        _ if !item.fits.is_empty() => rows.push(("fits", item.fits.iter().map(|n| format!("<code>{}</code>", escape(n))).collect::<Vec<_>>().join(", "))),
        _ => {}
    }
    if !item.makes.is_empty() {
        let mark = |n: &String| if item.custom.contains(n) { links.mark(n) } else { escape(n) };
        rows.push(("makes", item.makes.iter().map(|n| format!("<code>{}</code>", mark(n))).collect::<Vec<_>>().join(", ")));
    }
    if !item.conflicts.is_empty() {
        rows.push(("not with", codes(&item.conflicts)));
    }
    if item.kind == "resource" {
        rows.push(("kind", format!("<code>{}</code>", escape(item.signature.trim_start_matches("resource ")))));
    }
    if rows.is_empty() {
        return String::new();
    }
    let rows: String = rows.iter().map(|(name, value)| format!("<div><dt>{name}</dt><dd>{value}</dd></div>")).collect();
    format!("<dl class=\"facts\">{rows}</dl>\n")
}

fn parameters(item: &ItemReference, links: &Links) -> String {
    let heading = if item.kind == "resource" { "Fields" } else { "Parameters" };
    if item.parameters.is_empty() {
        return if item.kind == "resource" || item.kind == "rule" { String::new() } else { "<p class=\"none\">It takes no parameters.</p>\n".into() };
    }
    let mut out = format!("<h3>{heading}</h3>\n<dl class=\"parameters\">\n");
    let mut form = (0, 0);
    for p in &item.parameters {
        if p.form > 0 && (p.depth, p.form) != form {
            let word = if form.1 == 0 || p.form == 1 { "either" } else { "or" };
            out.push_str(&format!("<div class=\"form\" style=\"--depth: {}\">{word}</div>\n", p.depth));
            form = (p.depth, p.form);
        }
        out.push_str(&row(item, p, links));
    }
    out.push_str("</dl>\n");
    out
}

fn row(item: &ItemReference, p: &ParameterReference, links: &Links) -> String {
    let name = p.path.rsplit_once('.').filter(|_| !p.path.ends_with(']')).map_or(p.path.as_str(), |(_, n)| n);
    let form = if p.form > 1 { format!("~{}", p.form) } else { String::new() };
    let id = format!("{}.{}{form}", anchor(item), escape(&p.path));
    let mut about = String::new();
    if let Some(old) = &p.deprecated {
        about.push_str(&format!("<span class=\"old\">Deprecated: {}.</span> ", inline(old)));
    }
    about.push_str(&inline(&p.docs.replace('\n', " ")));
    let state = match (&p.default, p.required) {
        (Some(d), _) => format!("<span class=\"default\">default <code>{}</code></span>", escape(d)),
        (None, true) if p.path.ends_with(']') => String::new(),
        (None, true) => "<span class=\"required\">required</span>".into(),
        (None, false) => "<span class=\"default\">optional</span>".into(),
    };
    format!(
        "<div id=\"{id}\" style=\"--depth: {}\"><dt title=\"{}\">{}</dt><dd><code class=\"type\">{}</code>{state}{}</dd></div>\n",
        p.depth,
        escape(&p.path),
        escape(name),
        links.mark(&p.ty),
        if about.is_empty() { String::new() } else { format!("<p>{about}</p>") }
    )
}

/// A row of the index.
pub(super) fn entry(module: &str, item: &ItemReference) -> String {
    let old = if item.deprecated.is_some() { " <small class=\"old\">deprecated</small>" } else { "" };
    format!("<li><a href=\"{module}.html#{}\">{}</a>{old}<span>{}</span></li>\n", anchor(item), escape(&item.name), inline(summary(&item.docs)))
}
