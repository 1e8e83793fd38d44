//! From type names to definitions. An unknown one is reported with the nearest name, or with what kind of definition it is instead.

use ecow::EcoString;

use super::model::Text;
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::hir::{DefId, DefinitionKind, Program};
use crate::oam::fields;
use crate::source::Sources;

const KINDS: [DefinitionKind; 4] = [DefinitionKind::Component, DefinitionKind::Trait, DefinitionKind::Policy, DefinitionKind::Step];

/// The definition of a type; `None` and a finding (J0803) when there is none. An empty name has been reported already.
pub fn resolve(program: &Program, kind: DefinitionKind, name: &Text, sources: &Sources, findings: &mut Vec<Diagnostic>) -> Option<DefId> {
    if name.text.is_empty() {
        return None;
    }
    let plain = base_name(&name.text);
    let (package, plain) = plain.split_once('.').map_or((None, plain), |(p, n)| (Some(p), n));
    if let Some(id) = program.find(kind, package, plain) {
        return Some(id);
    }
    findings.push(unknown(program, kind, name, plain, sources));
    None
}

/// The name without `@version`.
pub fn base_name(name: &str) -> &str {
    name.split_once('@').map_or(name, |(n, _)| n)
}

fn unknown(program: &Program, kind: DefinitionKind, name: &Text, plain: &str, sources: &Sources) -> Diagnostic {
    let word = kind.word();
    let d = Diagnostic::new(codes::J0803, format!("unknown {word} type `{}`", fields::short(&name.text)));
    if let Some(other) = KINDS.into_iter().filter(|k| *k != kind).find(|k| program.names(*k).iter().any(|n| n == plain)) {
        let place = match other {
            DefinitionKind::Component => "`components`",
            DefinitionKind::Trait => "the `traits` of a component",
            DefinitionKind::Policy => "`policies`",
            _ => "the steps of `workflow`",
        };
        return d.primary(name.span, format!("`{plain}` is a {}, not a {word}", other.word())).help(format!("it belongs into {place}"));
    }
    let names: Vec<EcoString> = program.names(kind);
    match nearest(plain, names.iter().map(EcoString::as_str)) {
        Some(near) => {
            let d = d.primary(name.span, format!("no {word} type has this name")).help(format!("did you mean `{near}`?"));
            let text = fields::in_quotes(sources, name.span, near);
            d.fix(format!("write `{near}`"), name.span, text)
        }
        None => d
            .primary(name.span, format!("no {word} type has this name"))
            .help("definitions come from the standard library, from the folders in `jibe.toml` and from `-d PATH`; none of them is called like this"),
    }
}
