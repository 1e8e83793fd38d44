//! Lines indented to nothing: which of them is the odd one, and what would fit.

use std::collections::HashMap;

use super::place::Place;
use crate::base::Range;
use crate::diagnostics::Diagnostic;

/// At most so many lines are looked at.
const MAX_LINES: usize = 2000;

/// An indentation that is open before a line, and what has it: list items or keys.
pub struct Level {
    pub indent: usize,
    pub item: bool,
}

/// A line indented to none of the levels that are open.
pub fn between(rest: Range, indent: usize, item: bool, levels: &[Level], place: &Place<'_>) -> Diagnostic {
    let line = place.line(rest.start);
    if let Some(deeper) = only_deeper(line, indent, place)
        && let Some(finding) = odd_one(deeper, line, place)
    {
        return finding;
    }
    let all: Vec<String> = levels.iter().map(|l| l.indent.to_string()).collect();
    let alike: Vec<usize> = levels.iter().filter(|l| l.item == item).map(|l| l.indent).collect();
    let fitting = if alike.is_empty() { levels.iter().map(|l| l.indent).collect() } else { alike };
    let nearest = fitting.iter().copied().min_by_key(|l| (l.abs_diff(indent), usize::MAX - l)).unwrap_or(0);
    let blanks = Range::new(line.start, line.start + indent as u32);
    let shown: Vec<String> = fitting.iter().map(usize::to_string).collect();
    let finding = place.error(rest, format!("indented by {indent}, which fits no line before: those have {}", all.join(", ")));
    finding.help(format!("indent it by {}", shown.join(" or "))).unsafe_fix(format!("indent it by {nearest}"), place.span(blanks), " ".repeat(nearest))
}

/// The line before that is deeper than `indent` but not as deep as those below it, if there is exactly one: the first of its block, without neighbours.
fn only_deeper(line: Range, indent: usize, place: &Place<'_>) -> Option<Range> {
    let mut found: Option<Range> = None;
    let mut at = line;
    for _ in 0..MAX_LINES {
        at = place.content_before(at)?;
        let own = place.indent(at);
        if own <= indent {
            return found;
        }
        match found.map(|f| place.indent(f)) {
            Some(least) if own > least => {}
            Some(least) if own == least => return None,
            _ => found = Some(at),
        }
    }
    None
}

/// Two lines that should be neighbours, and only the second is indented as everything else in the document is: the first is the odd one.
pub fn odd_one(first: Range, second: Range, place: &Place<'_>) -> Option<Diagnostic> {
    let start = first.start + place.indent(first) as u32;
    if let Some(finding) = super::layout::no_space_after_dash(Range::new(start, first.end), place) {
        return Some(finding);
    }
    let parent = place.content_before(first)?;
    let (own, even, outer) = (place.indent(first), place.indent(second), inner(parent, place));
    let wanted = (own + even).checked_sub(inner(first, place))?;
    let step = usual_step(is_item(first, place), place)?;
    let opens = parent.of(place.text).trim_end().ends_with(':');
    if !opens || outer > even || wanted != outer + step || own == outer + step {
        return None;
    }
    let text = place.rest(first.start + own as u32);
    let blanks = Range::new(first.start, first.start + own as u32);
    let finding = place
        .error(text, format!("indented by {own}, which does not fit the line that follows it in the same block"))
        .secondary(place.span(place.rest(second.start + even as u32)), format!("indented by {even}"));
    Some(finding.help(format!("indent it by {wanted}")).unsafe_fix(format!("indent it by {wanted}"), place.span(blanks), " ".repeat(wanted)))
}

fn is_item(line: Range, place: &Place<'_>) -> bool {
    line.of(place.text).trim_start().starts_with("- ")
}

/// The indentation of a line's first key: that of the line, or what follows its dashes.
fn inner(line: Range, place: &Place<'_>) -> usize {
    let text = line.of(place.text);
    if is_item(line, place) { text.len() - text.trim_start_matches([' ', '-']).len() } else { place.indent(line) }
}

/// By how much most blocks of the document are indented more than the key they belong to: lists, or mappings.
fn usual_step(item: bool, place: &Place<'_>) -> Option<usize> {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let mut opened: Option<usize> = None;
    let mut at = place.line(place.document.start);
    for _ in 0..MAX_LINES {
        let content = at.of(place.text).trim();
        if !content.is_empty() && !content.starts_with('#') {
            let indent = place.indent(at);
            if let Some(outer) = opened.filter(|outer| *outer <= indent && is_item(at, place) == item) {
                *counts.entry(indent - outer).or_default() += 1;
            }
            opened = content.ends_with(':').then(|| inner(at, place));
        }
        if at.end + 1 >= place.document.end {
            break;
        }
        at = place.line(at.end + 1);
    }
    counts.into_iter().max_by_key(|(step, count)| (*count, usize::MAX - step)).map(|(step, _)| step)
}

/// The levels that are open before a line: those of the lines above, each less indented than the one below it; the keys after `- ` too.
pub fn levels(line: Range, place: &Place<'_>) -> Vec<Level> {
    let mut found: Vec<Level> = Vec::new();
    let mut at = line;
    let mut least = usize::MAX;
    for _ in 0..MAX_LINES {
        let Some(before) = place.content_before(at) else { break };
        at = before;
        let text = before.of(place.text);
        if text.starts_with("---") {
            break;
        }
        let indent = place.indent(before);
        if indent < least {
            let content = text.get(indent..).unwrap_or("");
            let item = content.starts_with("- ");
            let key = content.trim_start_matches(['-', ' ']);
            let inner = indent + content.len() - key.len();
            if item && inner < least && (key.contains(": ") || key.ends_with(':')) {
                found.push(Level { indent: inner, item: false });
            }
            found.push(Level { indent, item });
            least = indent;
        }
        if least == 0 {
            break;
        }
    }
    if least > 0 && !found.is_empty() {
        found.push(Level { indent: 0, item: false });
    }
    found.reverse();
    found
}
