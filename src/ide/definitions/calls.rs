//! Who uses a definition or function, and what it uses: the call hierarchy.

use super::Asked;
use super::names::{Meaning, Use, kind_of, uses_in};
use crate::base::{Range, Span};
use crate::ide::{Caller, Kind};

/// What is declared or named at a place, if it can use others and be used.
pub fn prepare(asked: &Asked<'_>, offset: u32) -> Option<Caller> {
    let used = super::hover::use_at(asked, offset)?;
    let Meaning::Declared(span, _) = used.meaning else { return None };
    item(asked, span)
}

/// The definition, function or type whose name stands at a place.
pub(in crate::ide) fn item(asked: &Asked<'_>, at: Span) -> Option<Caller> {
    let program = &asked.project.library().program;
    let id = asked.project.module_in(at.file)?;
    let m = program.module(id);
    let file = asked.project.source(at)?.name.clone();
    let module = Some(m.name.to_string());
    let here = |name_range: Range| name_range == at.range();
    let caller = |name: &str, kind, range: Range| Caller {
        name: name.to_owned(),
        kind,
        detail: module.clone(),
        file: file.clone(),
        range: range.to(at.range()),
        name_range: at.range(),
        uses: Vec::new(),
    };
    let definition = m.definitions.iter().find(|d| here(d.name_range)).map(|d| caller(&d.name, kind_of(d.kind), d.range));
    let function = || m.functions.iter().find(|f| here(f.name_range)).map(|f| caller(&f.name, Kind::Function, f.range));
    let ty = || m.types.iter().find(|t| here(t.name_range)).map(|t| caller(&t.name, Kind::Type, t.range));
    let view = || m.views.iter().find(|v| here(v.name_range)).map(|v| caller(&v.name, Kind::View, v.range));
    let constant = || m.lets.iter().find(|l| here(l.name_range)).map(|l| caller(&l.name, Kind::Variable, l.range));
    definition.or_else(function).or_else(ty).or_else(view).or_else(constant)
}

/// The items of a module that use what is declared at a place.
pub fn incoming(asked: &Asked<'_>, of: Span) -> Vec<Caller> {
    let uses = uses_in(asked, false);
    let wanted = uses.iter().filter(|u| !u.declares && matches!(u.meaning, Meaning::Declared(s, _) if s == of));
    let mut out: Vec<Caller> = Vec::new();
    for u in wanted {
        let Some(around) = item_around(asked, u.range) else { continue };
        match out.iter_mut().find(|c| c.name_range == around.name_range) {
            Some(c) => c.uses.push(u.range),
            None => out.push(Caller { uses: vec![u.range], ..around }),
        }
    }
    out
}

/// What the item at a place uses.
pub fn outgoing(asked: &Asked<'_>, of: Range) -> Vec<Caller> {
    let Some(around) = item_around(asked, of) else { return Vec::new() };
    let inside = |u: &&Use| around.range.start <= u.range.start && u.range.end <= around.range.end && !u.declares;
    let mut out: Vec<Caller> = Vec::new();
    for u in uses_in(asked, false).iter().filter(inside) {
        let Meaning::Declared(span, _) = u.meaning else { continue };
        let Some(target) = item(asked, span) else { continue };
        match out.iter_mut().find(|c| c.file == target.file && c.name_range == target.name_range) {
            Some(c) => c.uses.push(u.range),
            None => out.push(Caller { uses: vec![u.range], ..target }),
        }
    }
    out
}

fn item_around(asked: &Asked<'_>, range: Range) -> Option<Caller> {
    let m = asked.module;
    let holds = |r: Range| r.start <= range.start && range.end <= r.end;
    let definitions = m.definitions.iter().map(|d| (d.range.to(d.name_range), d.name_range));
    let all = definitions
        .chain(m.functions.iter().map(|f| (f.range, f.name_range)))
        .chain(m.types.iter().map(|t| (t.range, t.name_range)))
        .chain(m.views.iter().map(|v| (v.range, v.name_range)))
        .chain(m.lets.iter().map(|l| (l.range, l.name_range)));
    if let Some((_, name)) = all.into_iter().find(|(r, _)| holds(*r)) {
        return item(asked, asked.span(name));
    }
    let test = m.tests.iter().find(|t| holds(t.range))?;
    Some(Caller {
        name: test.name.to_string(),
        kind: Kind::Test,
        detail: Some(m.name.to_string()),
        file: asked.source.name.clone(),
        range: test.range,
        name_range: test.name_range,
        uses: Vec::new(),
    })
}
