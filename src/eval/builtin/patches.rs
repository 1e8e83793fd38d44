//! JSON merge patch (RFC 7396) and JSON patch (RFC 6902).

use std::sync::Arc;

use crate::diagnostics::codes;
use crate::eval::machine::{Frame, Machine, Outcome, Stop};
use crate::hir::{Builtin, ExprId};
use crate::value::{Data, Map, Origin, Value};

/// Nesting that merges follow.
const DEPTH: u32 = 128;

impl<'a> Machine<'a, '_> {
    /// `jsonMerge(object, patch)`, `jsonPatch(object, operations)`: of the object they read only what they touch.
    pub(super) fn json_builtin(&mut self, f: &mut Frame<'a>, id: ExprId, which: Builtin, target: ExprId, change: ExprId) -> Outcome {
        let located = self.locate(f, target)?;
        let Some(object) = located.value else {
            return Err(self.mistake(f, target, codes::J0401, "this is absent here"));
        };
        let change = self.present(f, change)?;
        if which == Builtin::JsonMerge {
            return Ok(Some(self.json_merge(f, id, &object, &change)?));
        }
        if let Some(place) = located.place {
            for op in change.as_list().unwrap_or_default() {
                let text = |field: &str| op.get(field).and_then(Value::as_str);
                let read = match text("op") {
                    Some("test") => text("path"),
                    Some("move" | "copy") => text("from"),
                    _ => None,
                };
                if let Some(path) = read.and_then(|p| pointer(p).ok()) {
                    self.stage.read_path(place, &path);
                }
            }
        }
        Ok(Some(self.json_patch(f, id, &object, &change)?))
    }

    fn json_merge(&mut self, f: &Frame<'a>, id: ExprId, target: &Value, patch: &Value) -> Result<Value, Stop> {
        self.work(f, id, size(patch, 0))?;
        Ok(merge(Some(target), patch, 0))
    }

    fn json_patch(&mut self, f: &Frame<'a>, id: ExprId, target: &Value, operations: &Value) -> Result<Value, Stop> {
        let Some(operations) = operations.as_list() else {
            return Err(self.mistake(f, id, codes::J0303, "`jsonPatch` takes a list of operations"));
        };
        let mut whole = target.clone();
        for op in operations {
            self.work(f, id, 8)?;
            if let Err(why) = operate(&mut whole, op) {
                let at = self.span(f, id);
                let name = op.get("op").and_then(Value::as_str).unwrap_or("?");
                let origin = op.get("path").map_or(op.origin, |p| p.origin);
                let d = self.blame(codes::J0909, format!("the operation `{name}` failed: {why}"), origin, at);
                self.sink.push(d);
                return Err(Stop::Unknown);
            }
        }
        Ok(whole)
    }
}

fn size(v: &Value, depth: u32) -> usize {
    match &v.data {
        Data::Map(m) if depth < DEPTH => m.iter().map(|e| size(&e.value, depth + 1)).sum::<usize>() + 1,
        _ => 1,
    }
}

/// RFC 7396.
fn merge(target: Option<&Value>, patch: &Value, depth: u32) -> Value {
    let Data::Map(p) = &patch.data else { return patch.clone() };
    if depth > DEPTH {
        return patch.clone();
    }
    let (mut out, origin) = match target {
        Some(Value { data: Data::Map(m), origin }) => (Map::clone(m), *origin),
        _ => (Map::new(), patch.origin),
    };
    for e in p.iter() {
        if e.value.is_null() {
            out.remove(&e.key);
        } else {
            let v = merge(out.get(&e.key), &e.value, depth + 1);
            let key_origin = out.entry(&e.key).map_or(e.key_origin, |e| e.key_origin);
            out.insert(e.key.clone(), key_origin, v);
        }
    }
    Value::map(out, origin)
}

/// One operation of RFC 6902.
fn operate(whole: &mut Value, op: &Value) -> Result<(), String> {
    let text = |field: &str| op.get(field).and_then(Value::as_str).ok_or_else(|| format!("it lacks `{field}`"));
    let value = || op.get("value").cloned().ok_or_else(|| "it lacks `value`".to_owned());
    let path = pointer(text("path")?)?;
    match text("op")? {
        "add" => add(whole, &path, value()?),
        "remove" => remove(whole, &path).map(|_| ()),
        "replace" => {
            let slot = find_mut(whole, &path)?;
            *slot = value()?;
            Ok(())
        }
        "move" => {
            let from = pointer(text("from")?)?;
            if path.len() > from.len() && path.starts_with(&from) {
                return Err("a value cannot be moved into itself".into());
            }
            let v = remove(whole, &from)?;
            add(whole, &path, v)
        }
        "copy" => {
            let from = pointer(text("from")?)?;
            let v = find_mut(whole, &from)?.clone();
            add(whole, &path, v)
        }
        "test" => {
            let wanted = value()?;
            let there = find_mut(whole, &path)?;
            if there.same(&wanted) { Ok(()) } else { Err(format!("`{}` has another value", text("path")?)) }
        }
        other => Err(format!("there is no operation `{other}`")),
    }
}

fn pointer(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let Some(rest) = text.strip_prefix('/') else { return Err(format!("`{text}` is no JSON pointer: it must begin with `/`")) };
    Ok(rest.split('/').map(|t| t.replace("~1", "/").replace("~0", "~")).collect())
}

fn find_mut<'v>(whole: &'v mut Value, path: &[String]) -> Result<&'v mut Value, String> {
    let mut at = whole;
    for token in path {
        at = match &mut at.data {
            Data::Map(m) => Arc::make_mut(m).get_mut(token).ok_or_else(|| format!("there is no `{token}`"))?,
            Data::List(l) => {
                let i = index(token, l.items.len())?;
                Arc::make_mut(l).items.get_mut(i).ok_or_else(|| format!("there is no element {token}"))?
            }
            _ => return Err(format!("there is nothing below it to find `{token}` in")),
        };
    }
    Ok(at)
}

fn index(token: &str, len: usize) -> Result<usize, String> {
    let canonical = token == "0" || (!token.starts_with('0') && token.bytes().all(|b| b.is_ascii_digit()) && !token.is_empty());
    match token.parse::<usize>() {
        Ok(i) if canonical && i < len => Ok(i),
        Ok(_) if canonical => Err(format!("there is no element {token}, only {len}")),
        _ => Err(format!("`{token}` is no position in a list")),
    }
}

fn add(whole: &mut Value, path: &[String], v: Value) -> Result<(), String> {
    let Some((last, parents)) = path.split_last() else {
        *whole = v;
        return Ok(());
    };
    let holder = find_mut(whole, parents)?;
    match &mut holder.data {
        Data::Map(m) => {
            let origin = v.origin;
            Arc::make_mut(m).insert(last.as_str().into(), origin, v);
            Ok(())
        }
        Data::List(l) => {
            let len = l.items.len();
            let at = if last == "-" { len } else { index(last, len + 1)? };
            Arc::make_mut(l).items.insert(at, v);
            Ok(())
        }
        _ => Err(format!("there is nothing to add `{last}` to")),
    }
}

fn remove(whole: &mut Value, path: &[String]) -> Result<Value, String> {
    let Some((last, parents)) = path.split_last() else {
        return Ok(std::mem::replace(whole, Value::with(Data::Null, Origin::UNKNOWN)));
    };
    let holder = find_mut(whole, parents)?;
    match &mut holder.data {
        Data::Map(m) => Arc::make_mut(m).remove(last).map(|e| e.value).ok_or_else(|| format!("there is no `{last}`")),
        Data::List(l) => {
            let at = index(last, l.items.len())?;
            Ok(Arc::make_mut(l).items.remove(at))
        }
        _ => Err(format!("there is nothing to remove `{last}` from")),
    }
}
