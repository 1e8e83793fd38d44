//! Doc comments as HTML: paragraphs, lists, code, emphasis and links.

/// Markdown as HTML.
pub(super) fn html(text: &str) -> String {
    let mut out = String::new();
    let mut lines = text.trim().lines().peekable();
    let mut paragraph: Vec<&str> = Vec::new();
    let flush = |paragraph: &mut Vec<&str>, out: &mut String| {
        if !paragraph.is_empty() {
            out.push_str(&format!("<p>{}</p>\n", inline(&paragraph.join(" "))));
            paragraph.clear();
        }
    };
    while let Some(line) = lines.next() {
        let line = line.trim_end();
        if line.trim().is_empty() {
            flush(&mut paragraph, &mut out);
        } else if line.trim_start().starts_with("```") {
            flush(&mut paragraph, &mut out);
            let code: Vec<&str> = lines.by_ref().take_while(|l| !l.trim_start().starts_with("```")).collect();
            out.push_str(&format!("<pre><code>{}</code></pre>\n", escape(&code.join("\n"))));
        } else if line.starts_with("- ") {
            flush(&mut paragraph, &mut out);
            let mut items = vec![line.trim_start_matches("- ").to_owned()];
            while let Some(next) = lines.next_if(|l| l.starts_with("- ") || l.starts_with("  ")) {
                match (next.strip_prefix("- "), items.last_mut()) {
                    (Some(item), _) => items.push(item.to_owned()),
                    (None, Some(last)) => last.push_str(&format!(" {}", next.trim())),
                    (None, None) => {}
                }
            }
            let items: String = items.iter().map(|i| format!("<li>{}</li>", inline(i))).collect();
            out.push_str(&format!("<ul>{items}</ul>\n"));
        } else {
            paragraph.push(line.trim());
        }
    }
    flush(&mut paragraph, &mut out);
    out
}

/// One line of Markdown: code, `**strong**`, links to `http…`.
pub(super) fn inline(text: &str) -> String {
    let parts = text.trim().split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { links(&strong(&escape(part))) }).collect()
}

fn strong(text: &str) -> String {
    let parts = text.split("**").enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { format!("<strong>{part}</strong>") } else { part.to_owned() }).collect()
}

/// `[text](https://…)`
fn links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](http") {
        let (Some((head, label)), Some((target, tail))) = (before.rsplit_once('['), after.split_once(')')) else { break };
        out.push_str(&format!("{head}<a href=\"http{target}\">{label}</a>"));
        rest = tail;
    }
    out + rest
}

/// The first sentence, or line, of a doc comment.
pub(super) fn summary(docs: &str) -> &str {
    let paragraph = docs.trim().split("\n\n").next().unwrap_or("");
    let line = paragraph.lines().next().unwrap_or("");
    match line.find(". ") {
        Some(end) => line.get(..=end).unwrap_or(line),
        None => line,
    }
}

/// Text for HTML and its attributes.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
