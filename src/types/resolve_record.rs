//! Record types: fields, spreads that distribute over unions, `without`, and open records.

use ecow::EcoString;

use super::interval::Length;
use super::resolve::{Resolver, TypeArgs};
use super::ty::{Field, MapType, Presence, Record, Ty, Type, Versions};
use super::unions::unite;
use crate::base::{Range, Span};
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::hir::{Attribute, Expr, ModuleId, RecordTypeMember, TypeExprId};

/// More alternatives than this are refused: spreads of unions multiply.
const ALTERNATIVES: usize = 64;

impl Resolver<'_> {
    pub(super) fn record(&mut self, module: ModuleId, members: &[RecordTypeMember], args: &TypeArgs) -> Ty {
        let mut alternatives = vec![Record::default()];
        let mut broken = false;
        // The fields that spreads have brought so far.
        let mut spread_by: Vec<(Vec<EcoString>, Span)> = Vec::new();
        for member in members {
            match member {
                RecordTypeMember::Field { .. } => {
                    let Some(field) = self.declared(module, member, args) else { continue };
                    let spread = spread_by.iter().find(|(names, _)| names.contains(&field.name)).map(|(_, at)| *at);
                    for r in &mut alternatives {
                        self.add(r, field.clone(), spread.unwrap_or(field.span), spread.is_some());
                    }
                }
                RecordTypeMember::Map { key, value, .. } => {
                    let pair = (self.map_key(module, *key, args), self.of(module, *value, args));
                    for r in &mut alternatives {
                        r.rest = Some(pair.clone());
                    }
                }
                RecordTypeMember::Spread { ty, without, range } => match self.spread(module, *ty, without, args) {
                    None => broken = true,
                    Some(parts) => {
                        let at = self.span(module, *range);
                        spread_by.push((parts.iter().flat_map(|p| p.fields.iter().map(|f| f.name.clone())).collect(), at));
                        alternatives = self.distribute(alternatives, &parts, at);
                    }
                },
            }
        }
        if broken {
            return Type::error();
        }
        let types: Vec<Ty> = alternatives.into_iter().map(finished).collect();
        match types.as_slice() {
            [one] => one.clone(),
            many => unite(many).0,
        }
    }

    /// A field as it is written.
    fn declared(&mut self, module: ModuleId, member: &RecordTypeMember, args: &TypeArgs) -> Option<Field> {
        let RecordTypeMember::Field { name, name_range, docs, attributes, optional, ty, default, .. } = member else { return None };
        let span = self.span(module, *name_range);
        if *optional && default.is_some() {
            self.types.report(Diagnostic::new(codes::J0407, format!("`{name}` has a default, so it is never absent")).primary(span, "optional and defaulted").help("drop the `?`"));
        }
        let presence = match (default, optional) {
            (Some(e), _) => Presence::Default(module, *e),
            (None, true) => Presence::Optional,
            (None, false) => Presence::Required,
        };
        Some(Field {
            name: name.clone(),
            ty: self.of(module, *ty, args),
            presence,
            docs: docs.clone(),
            span,
            versions: Versions::ALL,
            gate: None,
            deprecated: self.deprecated(module, attributes),
            sensitive: attributes.iter().any(|a| a.name == "sensitive"),
            schema: None,
        })
    }

    fn deprecated(&self, module: ModuleId, attributes: &[Attribute]) -> Option<EcoString> {
        let attribute = attributes.iter().find(|a| a.name == "deprecated")?;
        match attribute.arguments.first().map(|e| self.module(module).expr(*e)) {
            Some(Expr::String(text)) => Some(text.clone()),
            _ => Some(EcoString::new()),
        }
    }

    fn add(&self, record: &mut Record, field: Field, at: Span, spread: bool) {
        let Some(known) = record.field(&field.name) else {
            record.fields.push(field);
            return;
        };
        let (code, words) =
            if spread { (codes::J0314, format!("the spread repeats the field `{}`", field.name)) } else { (codes::J0310, format!("the field `{}` is declared twice", field.name)) };
        let mut finding = Diagnostic::new(code, words).primary(at, "").secondary(known.span, "declared here");
        if spread {
            finding = finding.help(format!("write `without {}` behind it", field.name));
        }
        self.types.report(finding);
    }

    /// A map's key type: a string type.
    fn map_key(&mut self, module: ModuleId, key: TypeExprId, args: &TypeArgs) -> Ty {
        let ty = self.of(module, key, args);
        if !ty.is_error() && !ty.members().iter().all(|m| matches!(m.shape(), Type::Text(_))) {
            let span = self.span(module, self.module(module).type_range(key));
            self.types.report(Diagnostic::new(codes::J0303, format!("the keys of a map are strings, not `{ty}`")).primary(span, ""));
            return Type::error();
        }
        ty
    }

    /// The records that a spread brings, one for each member of a union.
    fn spread(&mut self, module: ModuleId, id: TypeExprId, without: &[(EcoString, Range)], args: &TypeArgs) -> Option<Vec<Record>> {
        let ty = self.of(module, id, args);
        if ty.is_error() {
            return None;
        }
        let mut parts = Vec::new();
        for member in ty.members() {
            match member.shape() {
                Type::Record(r) => parts.push(r.clone()),
                Type::Map(m) => parts.push(Record { rest: Some((m.key.clone(), m.value.clone())), ..Record::default() }),
                Type::Error => return None,
                _ => {
                    let span = self.span(module, self.module(module).type_range(id));
                    self.types.report(Diagnostic::new(codes::J0303, format!("only records can be spread, not `{member}`")).primary(span, ""));
                    return None;
                }
            }
        }
        for (name, range) in without {
            if !parts.iter().any(|p| p.field(name).is_some()) {
                let all = parts.iter().flat_map(|p| p.fields.iter().map(|f| f.name.as_str()));
                let mut finding = Diagnostic::new(codes::J0201, format!("`{ty}` has no field `{name}` to leave out")).primary(self.span(module, *range), "");
                if let Some(near) = nearest(name, all) {
                    finding = finding.help(format!("did you mean `{near}`?"));
                }
                self.types.report(finding);
            }
            parts.iter_mut().for_each(|p| p.fields.retain(|f| f.name != *name));
        }
        Some(parts)
    }

    fn distribute(&self, alternatives: Vec<Record>, parts: &[Record], at: Span) -> Vec<Record> {
        let mut out = Vec::with_capacity(alternatives.len() * parts.len());
        for base in &alternatives {
            for part in parts {
                if out.len() >= ALTERNATIVES {
                    return out;
                }
                let mut record = base.clone();
                for f in &part.fields {
                    self.add(&mut record, f.clone(), at, true);
                }
                record.rows.extend(part.rows.iter().cloned());
                record.rest = record.rest.or_else(|| part.rest.clone());
                record.groups.extend(part.groups.iter().cloned());
                out.push(record);
            }
        }
        out
    }
}

/// A record without fields but with a key type is a map.
fn finished(record: Record) -> Ty {
    match record {
        Record { fields, rest: Some((key, value)), rows, .. } if fields.is_empty() && rows.is_empty() => Type::Map(MapType { key, value, length: Length::ANY }).share(),
        other => Type::Record(other).share(),
    }
}
