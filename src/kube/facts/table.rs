//! Reads `facts.txt`, the reviewed table of facts about the fields of built-in types.
//!
//! ```text
//! [core/v1.Container core/v1.EphemeralContainer]     the types that the lines below are about
//! name           required DnsLabel                   a field and its facts
//! command[]      1..253                              the elements of a list (length of strings, range of numbers)
//! labels{}       LabelValue                          the values of a map
//! labels{key}    LabelKey                            the keys of a map
//! one-of exactly exec httpGet tcpSocket grpc         a group of fields; `exactly`, `at-most`, `at-least`
//! metadata       unchecked                           the server does not look at the field and what is below it
//! stopSignal     gate(ContainerStopSignals)          the same, because a feature gate is off by default
//! since 1.35 level enum(A B)                         only from this version on; `until 1.34` likewise
//! ```

use std::sync::OnceLock;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::{Bound, Facts, Group};
use crate::kube::Version;
use crate::kube::pack::Pack;
use crate::kube::syntax::Format;
use crate::value::{Origin, Value};

const TEXT: &str = include_str!("facts.txt");
const NONE: u16 = 0;

/// The facts of one version, indexed by property.
#[derive(Debug, Default)]
pub(in crate::kube) struct FactTable {
    facts: Vec<Facts>,
    /// Property index → index in `facts`; for the field, its elements or values, its keys.
    own: Vec<u16>,
    item: Vec<u16>,
    key: Vec<u16>,
    /// The server does not look at the property and what is below it.
    unchecked: Vec<bool>,
    groups: FxHashMap<&'static str, Vec<Group>>,
}

/// A line of the table that cannot be right: found by a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableProblem {
    pub line: usize,
    pub message: String,
}

impl FactTable {
    /// The table of a version, read at first use (about 0.3 ms).
    pub(in crate::kube) fn get(version: Version) -> &'static FactTable {
        static TABLES: [OnceLock<FactTable>; 5] = [const { OnceLock::new() }; 5];
        static EMPTY: OnceLock<FactTable> = OnceLock::new();
        match TABLES.get(version.index()) {
            Some(cell) => cell.get_or_init(|| read(version, &mut Vec::new())),
            None => EMPTY.get_or_init(FactTable::default),
        }
    }

    /// The facts of a place. The index is a property's, plus 1 << 16 for its elements or values.
    pub(in crate::kube) fn facts(&self, index: u32) -> &Facts {
        let prop = (index & 0xffff) as usize;
        let at = match index >> 16 {
            0 => self.own.get(prop),
            1 => self.item.get(prop),
            _ => None,
        };
        self.fact(at)
    }

    /// The facts of the keys of a map.
    pub(in crate::kube) fn keys(&self, index: u32) -> &Facts {
        self.fact(if index >> 16 == 0 { self.key.get((index & 0xffff) as usize) } else { None })
    }

    /// The gate without which a property is dropped.
    pub(in crate::kube) fn gate(&self, index: u32) -> Option<&str> {
        self.fact(self.own.get((index & 0xffff) as usize)).gate.as_deref()
    }

    /// Whether the server does not look at a field and what is below it.
    pub(in crate::kube) fn is_unchecked(&self, prop: u32) -> bool {
        self.unchecked.get(prop as usize).copied().unwrap_or(false)
    }

    /// The groups of a type.
    pub(in crate::kube) fn groups(&self, type_name: &str) -> &[Group] {
        self.groups.get(type_name).map_or(&[], Vec::as_slice)
    }

    fn fact(&self, at: Option<&u16>) -> &Facts {
        match at {
            Some(&at) if at != NONE => self.facts.get(usize::from(at)).unwrap_or(Facts::none()),
            _ => Facts::none(),
        }
    }
}

/// What is wrong with the table, for a version: unknown types, fields and words.
pub fn problems(version: Version) -> Vec<TableProblem> {
    let mut problems = Vec::new();
    read(version, &mut problems);
    problems
}

fn read(version: Version, problems: &mut Vec<TableProblem>) -> FactTable {
    let pack = Pack::get();
    let n = pack.prop_count();
    let mut table =
        FactTable { facts: vec![Facts::default()], own: vec![NONE; n], item: vec![NONE; n], key: vec![NONE; n], unchecked: vec![false; n], groups: FxHashMap::default() };
    let mut types: Vec<(u16, &'static str)> = Vec::new();
    for (at, line) in TEXT.lines().enumerate() {
        let line = line.split_once(" #").map_or(line, |(before, _)| before).trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut problem = |message: String| problems.push(TableProblem { line: at + 1, message });
        if let Some(names) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            types.clear();
            for name in names.split_whitespace() {
                match pack.type_by_short_name(version, name) {
                    Some(t) => types.push(t),
                    // Types come and go with versions.
                    None if Version::all().any(|v| pack.type_by_short_name(v, name).is_some()) => {}
                    None => problem(format!("no type `{name}`")),
                }
            }
            continue;
        }
        if let Err(message) = read_line(&mut table, version, &types, line) {
            problem(message);
        }
    }
    table
}

fn read_line(table: &mut FactTable, version: Version, types: &[(u16, &'static str)], line: &str) -> Result<(), String> {
    let pack = Pack::get();
    let mut line = line;
    for (word, keeps) in [("since ", true), ("until ", false)] {
        if let Some(rest) = line.strip_prefix(word) {
            let (bound, rest) = rest.trim().split_once(' ').ok_or("nothing after the version")?;
            let bound: Version = bound.parse()?;
            if if keeps { version < bound } else { version > bound } {
                return Ok(());
            }
            line = rest.trim();
        }
    }
    if let Some(rest) = line.strip_prefix("one-of ") {
        let (how, fields) = rest.split_once(' ').ok_or("a group without fields")?;
        let (at_least_one, at_most_one) = match how {
            "exactly" => (true, true),
            "at-most" => (false, true),
            "at-least" => (true, false),
            _ => return Err(format!("unknown word `{how}`")),
        };
        let group = Group { fields: fields.split_whitespace().map(EcoString::from).collect(), at_least_one, at_most_one };
        for (_, name) in types {
            table.groups.entry(name).or_default().push(group.clone());
        }
        return Ok(());
    }
    let (field, words) = line.split_once(char::is_whitespace).ok_or("a field without facts")?;
    let (name, column) = if let Some(name) = field.strip_suffix("[]").or_else(|| field.strip_suffix("{}")) {
        (name, &mut table.item)
    } else if let Some(name) = field.strip_suffix("{key}") {
        (name, &mut table.key)
    } else {
        (field, &mut table.own)
    };
    let unchecked = words.trim() == "unchecked" || words.trim_start().starts_with("gate(");
    table.facts.push(if words.trim() == "unchecked" { Facts::default() } else { parse(words)? });
    let at = table.facts.len() as u16 - 1;
    for (def, type_name) in types {
        let prop = pack.def_at(*def).and_then(|d| pack.find_prop(d, name)).ok_or_else(|| format!("`{type_name}` has no field `{name}`"))?;
        if let Some(cell) = column.get_mut(prop.index as usize) {
            *cell = at;
        }
        if let Some(cell) = table.unchecked.get_mut(prop.index as usize).filter(|_| unchecked) {
            *cell = true;
        }
    }
    Ok(())
}

/// The facts of one line: `required`, `optional`, `may-be-empty`, `enum(A B)`, `default(A)`, `1..65535`, `items 1..`, a format's name, `pattern(…)`.
fn parse(words: &str) -> Result<Facts, String> {
    let mut facts = Facts::default();
    let mut rest = words.trim();
    while !rest.is_empty() {
        let end = rest.find([' ', '(']).unwrap_or(rest.len());
        let (word, mut tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let mut arg = "";
        if let Some(inside) = tail.strip_prefix('(') {
            let (inside, after) = inside.split_once(')').ok_or("`(` without `)`")?;
            arg = inside;
            tail = after;
        }
        match word {
            "required" => facts.required = Some(true),
            "optional" => facts.required = Some(false),
            "may-be-empty" => facts.empty_ok = true,
            "unique" => facts.unique_items = true,
            "enum" => facts.values = arg.split_whitespace().map(|w| Value::string(if w == "\"\"" { "" } else { w }, Origin::UNKNOWN)).collect(),
            "default" => facts.default = Some(Value::string(arg, Origin::UNKNOWN)),
            "length" => (facts.min_length, facts.max_length) = range(arg, |n| u32::try_from(n).ok())?,
            "items" => (facts.min_items, facts.max_items) = range(arg, |n| u32::try_from(n).ok())?,
            "gate" => facts.gate = Some(arg.into()),
            "pattern" => facts.pattern = Some(arg.into()),
            _ if word.contains("..") => {
                let (low, high) = range(word, Some)?;
                facts.minimum = low.map(Bound::inclusive);
                facts.maximum = high.map(Bound::inclusive);
            }
            _ => facts.format = Some(Format::from_name(word).ok_or_else(|| format!("unknown word `{word}`"))?),
        }
        rest = tail.trim_start();
    }
    Ok(facts)
}

fn range<T>(text: &str, read: impl Fn(i64) -> Option<T>) -> Result<(Option<T>, Option<T>), String> {
    let (low, high) = text.split_once("..").ok_or_else(|| format!("`{text}` is no range"))?;
    let bound = |t: &str| -> Result<Option<T>, String> {
        if t.is_empty() {
            return Ok(None);
        }
        t.parse::<i64>().ok().and_then(&read).map(Some).ok_or_else(|| format!("`{t}` is no number"))
    };
    Ok((bound(low)?, bound(high)?))
}
