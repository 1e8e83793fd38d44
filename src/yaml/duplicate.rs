//! Findings about keys that are there twice.

use crate::base::{Range, Span};
use crate::diagnostics::{Diagnostic, Edit, Fix, codes};

/// A key that its mapping has already; the repair deletes the second field. `same`: both have the same value.
pub fn key(text: &str, key: &str, second: Span, value: Range, first: Span, same: bool) -> Diagnostic {
    let mut finding = Diagnostic::new(codes::J0814, format!("key `{key}` is given twice")).primary(second, "the second time").secondary(first, "the first time").help(if same {
        format!("delete the second `{key}`")
    } else {
        format!("keep one `{key}`: Kubernetes' strict reader refuses the file, the lenient one takes the last")
    });
    if let Some(lines) = whole_lines(text, Range::new(second.start, value.end.max(second.end))) {
        let edit = Edit { span: lines.in_file(second.file), text: String::new() };
        finding.fixes.push(Fix { title: format!("delete the second `{key}`"), safe: same, edits: vec![edit] });
    }
    finding
}

/// A key that comes through `<<` although the mapping has it.
pub fn merged(key: &str, merge: Span, origin: Span, first: Span) -> Diagnostic {
    Diagnostic::new(codes::J0814, format!("key `{key}` is given twice: here, and through the merge"))
        .primary(first, "")
        .secondary(merge, "merges the other")
        .secondary(origin, "which is written here")
        .note("Kubernetes' strict reader does not let a mapping override what `<<` brings")
}

/// The lines of a range that has them for itself: nothing but blanks before and after it, no further text on the last line.
fn whole_lines(text: &str, range: Range) -> Option<Range> {
    let before = text.get(..range.start as usize)?;
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    if !before.get(start..)?.bytes().all(|b| b == b' ') {
        return None;
    }
    let after = text.get(range.end as usize..)?;
    let length = after.find('\n').map_or(after.len(), |i| i + 1);
    let rest = after.get(..length)?.trim();
    let alone = rest.is_empty() || rest.starts_with('#');
    alone.then(|| Range::new(start as u32, range.end + length as u32))
}
