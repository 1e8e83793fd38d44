//! The string library (version 2, as the API server has it) and regular expressions.

use super::error::EvalError;
use super::formatting;
use super::value::{Eval, Val};
use crate::kube::regex::{self, Pattern};

/// The functions of this file that are no regular expressions.
pub(super) const NAMES: [&str; 15] = [
    "startsWith",
    "endsWith",
    "contains",
    "charAt",
    "indexOf",
    "lastIndexOf",
    "lowerAscii",
    "upperAscii",
    "trim",
    "replace",
    "split",
    "join",
    "substring",
    "format",
    "strings.quote",
];

/// Calls one of them.
pub(super) fn call<'a>(name: &str, args: &[Val<'a>]) -> Option<Eval<'a>> {
    fn text<'b>(s: impl Into<ecow::EcoString>) -> Option<Eval<'b>> {
        Some(Ok(Val::str(s)))
    }
    match (name, args) {
        ("startsWith", [Val::Str(s), Val::Str(p)]) => Some(Ok(Val::Bool(s.starts_with(p.as_str())))),
        ("endsWith", [Val::Str(s), Val::Str(p)]) => Some(Ok(Val::Bool(s.ends_with(p.as_str())))),
        ("contains", [Val::Str(s), Val::Str(p)]) => Some(Ok(Val::Bool(s.contains(p.as_str())))),
        ("charAt", [Val::Str(s), Val::Int(i)]) => Some(char_at(s, *i)),
        ("indexOf", [Val::Str(s), Val::Str(p)]) => Some(index_of(s, p, 0)),
        ("indexOf", [Val::Str(s), Val::Str(p), Val::Int(at)]) => Some(index_of(s, p, *at)),
        ("lastIndexOf", [Val::Str(s), Val::Str(p)]) => Some(last_index_of(s, p, None)),
        ("lastIndexOf", [Val::Str(s), Val::Str(p), Val::Int(at)]) => Some(last_index_of(s, p, Some(*at))),
        ("lowerAscii", [Val::Str(s)]) => text(s.to_ascii_lowercase()),
        ("upperAscii", [Val::Str(s)]) => text(s.to_ascii_uppercase()),
        ("trim", [Val::Str(s)]) => Some(Ok(Val::str(s.trim()))),
        ("replace", [Val::Str(s), Val::Str(from), Val::Str(to)]) => text(s.replace(from.as_str(), to)),
        ("replace", [Val::Str(s), Val::Str(from), Val::Str(to), Val::Int(n)]) => match usize::try_from(*n) {
            Ok(n) => text(s.replacen(from.as_str(), to, n)),
            Err(_) => text(s.replace(from.as_str(), to)),
        },
        ("split", [Val::Str(s), Val::Str(by)]) => Some(Ok(split(s, by, -1))),
        ("split", [Val::Str(s), Val::Str(by), Val::Int(n)]) => Some(Ok(split(s, by, *n))),
        ("substring", [Val::Str(s), Val::Int(from)]) => Some(substring(s, *from, None)),
        ("substring", [Val::Str(s), Val::Int(from), Val::Int(to)]) => Some(substring(s, *from, Some(*to))),
        ("join", [list]) if list.is_list() => Some(join(list, "")),
        ("join", [list, Val::Str(by)]) if list.is_list() => Some(join(list, by)),
        ("format", [Val::Str(s), list]) if list.is_list() => Some(list.elements().and_then(|all| formatting::format(s, &all)).map(Val::str)),
        _ => None,
    }
}

fn out_of_range<'a>(i: i64) -> Eval<'a> {
    Err(EvalError::new(format!("index out of range: {i}")))
}

fn char_at<'a>(s: &str, i: i64) -> Eval<'a> {
    match usize::try_from(i) {
        Ok(i) if i <= s.chars().count() => Ok(Val::str(s.chars().nth(i).map(String::from).unwrap_or_default())),
        _ => out_of_range(i),
    }
}

fn index_of<'a>(s: &str, part: &str, at: i64) -> Eval<'a> {
    let Ok(from) = usize::try_from(at) else { return out_of_range(at) };
    let length = s.chars().count();
    if part.is_empty() {
        return Ok(Val::Int(from.min(length) as i64));
    }
    let Some((start, _)) = s.char_indices().nth(from) else { return Ok(Val::Int(-1)) };
    let rest = s.get(start..).unwrap_or("");
    Ok(Val::Int(rest.find(part).map_or(-1, |b| (from + rest.get(..b).unwrap_or("").chars().count()) as i64)))
}

fn last_index_of<'a>(s: &str, part: &str, at: Option<i64>) -> Eval<'a> {
    let length = s.chars().count() as i64;
    if at.is_some_and(|a| a < 0) {
        return out_of_range(at.unwrap_or(0));
    }
    if part.is_empty() {
        return Ok(Val::Int(at.unwrap_or(length).min(length)));
    }
    if at.is_some_and(|a| a >= length) {
        return Ok(Val::Int(-1));
    }
    let last = at.unwrap_or(length);
    let mut found = -1;
    for (n, (b, _)) in s.char_indices().enumerate() {
        if n as i64 > last {
            break;
        }
        if s.get(b..).is_some_and(|rest| rest.starts_with(part)) {
            found = n as i64;
        }
    }
    Ok(Val::Int(found))
}

fn split<'a>(s: &str, by: &str, n: i64) -> Val<'a> {
    let limit = usize::try_from(n).unwrap_or(usize::MAX);
    if limit == 0 {
        return Val::list(Vec::new());
    }
    let parts: Vec<String> = if by.is_empty() {
        // Into characters; the last part keeps the rest.
        let chars: Vec<char> = s.chars().collect();
        if chars.len() <= limit {
            chars.iter().map(|c| c.to_string()).collect()
        } else {
            let (one_by_one, rest) = chars.split_at(limit - 1);
            one_by_one.iter().map(|c| c.to_string()).chain([rest.iter().collect()]).collect()
        }
    } else {
        s.splitn(limit, by).map(str::to_owned).collect()
    };
    Val::list(parts.into_iter().map(Val::str).collect())
}

fn substring<'a>(s: &str, from: i64, to: Option<i64>) -> Eval<'a> {
    let length = s.chars().count() as i64;
    let end = to.unwrap_or(length);
    if to.is_some() && from > end {
        return Err(EvalError::new(format!("invalid substring range. start: {from}, end: {end}")));
    }
    if from < 0 || from > length {
        return out_of_range(from);
    }
    if end < 0 || end > length {
        return out_of_range(end);
    }
    Ok(Val::str(s.chars().skip(from as usize).take((end - from) as usize).collect::<String>()))
}

fn join<'a>(list: &Val<'a>, by: &str) -> Eval<'a> {
    let mut out = String::new();
    for (i, v) in list.elements()?.iter().enumerate() {
        let Val::Str(s) = v else { return Err(EvalError::new("join: invalid input")) };
        if i > 0 {
            out.push_str(by);
        }
        out.push_str(s);
    }
    Ok(Val::str(out))
}

/// `matches`, `find`, `findAll`.
pub(super) fn regex<'a>(name: &str, args: &[Val<'a>], patterns: &[Pattern]) -> Option<Eval<'a>> {
    let (Val::Str(text), Val::Str(pattern), rest) = (args.first()?, args.get(1)?, args.get(2..)?) else { return None };
    let limit = match (name, rest) {
        ("matches" | "find" | "findAll", []) => -1,
        ("findAll", [Val::Int(n)]) => *n,
        _ => return None,
    };
    let fresh;
    let compiled = match patterns.iter().find(|p| p.text == *pattern) {
        Some(p) => p.regex(),
        None => {
            fresh = regex::compile(pattern);
            fresh.as_ref()
        }
    };
    let Some(compiled) = compiled else { return Some(Err(EvalError::new(format!("error parsing regexp: `{pattern}`")))) };
    let found = |m: regex_automata::Match| Val::str(text.get(m.range()).unwrap_or(""));
    Some(Ok(match name {
        "matches" => Val::Bool(compiled.is_match(text.as_bytes())),
        "find" => compiled.find(text.as_bytes()).map_or_else(|| Val::str(""), found),
        _ => Val::list(compiled.find_iter(text.as_bytes()).take(usize::try_from(limit).unwrap_or(usize::MAX)).map(found).collect()),
    }))
}
