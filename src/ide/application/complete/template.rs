//! Snippets: a key with what its value needs at least.

use crate::ide::application::place::{Typed, fields};
use crate::ide::application::skeleton::Part;
use crate::types::{Presence, Text, Ty, Type};
use crate::value::{Origin, Value};
use crate::yaml;

/// Required children are written out so deep.
const DEEPEST: usize = 5;

/// What is being written, with the number of the next place to fill in.
pub struct Template {
    pub text: String,
    next: u32,
    flow: bool,
    pad: usize,
}

impl Template {
    /// `pad`: blanks before each line after the first.
    pub fn new(flow: bool, pad: usize) -> Self {
        Self { text: String::new(), next: 1, flow, pad }
    }

    /// The first place to fill in has been written by others.
    pub fn skip(&mut self) {
        self.next += 1;
    }

    fn place(&mut self) {
        self.text.push_str(&format!("${}", self.next));
        self.next += 1;
    }

    fn line(&mut self, level: usize) {
        self.text.push('\n');
        self.text.push_str(&" ".repeat(self.pad + 2 * level));
    }

    /// `name:` and what a value of the type needs.
    pub fn property(&mut self, name: &str, ty: &Ty) {
        self.text.push_str(&escaped(&scalar_text(name)));
        self.text.push(':');
        self.value(ty, 1);
    }

    /// What follows `key:` whose value stands at `level`.
    fn value(&mut self, ty: &Ty, level: usize) {
        let members = ty.members();
        let shape = members.first().map(|m| m.shape());
        match shape {
            Some(Type::Record(_)) if self.flow => self.text.push_str(" { "),
            Some(Type::List(_)) if self.flow => self.text.push_str(" ["),
            _ => {}
        }
        match shape {
            Some(Type::Record(_) | Type::Map(_)) if self.flow => {
                self.place();
                self.text.push_str(" \\}");
            }
            Some(Type::List(_)) if self.flow => {
                self.place();
                self.text.push(']');
            }
            Some(Type::Record(_)) => self.record(ty, level, true),
            Some(Type::Map(_) | Type::Object) => {
                self.line(level);
                self.place();
            }
            Some(Type::List(l)) => {
                self.line(level);
                self.text.push_str("- ");
                if l.element.members().first().is_some_and(|m| m.as_record().is_some()) { self.record(&l.element, level + 1, false) } else { self.place() }
            }
            Some(Type::Text(Text::Literals(all))) if all.len() == 1 && members.len() == 1 => {
                let word = all.first().map(|l| scalar_text(l)).unwrap_or_default();
                self.text.push_str(&format!(" {}", escaped(&word)));
            }
            _ => {
                self.text.push(' ');
                self.place();
            }
        }
    }

    /// The required fields of a record, a line each; the first one on this line unless it is `below`.
    fn record(&mut self, ty: &Ty, level: usize, below: bool) {
        let all = fields(&Typed { ty: ty.members().first().cloned().unwrap_or_else(Type::error), schema: None }, None);
        let needed: Vec<_> = all.into_iter().filter(|(f, _)| f.presence == Presence::Required).collect();
        if needed.is_empty() || level > DEEPEST {
            if below {
                self.line(level);
            }
            return self.place();
        }
        for (i, (f, _)) in needed.iter().enumerate() {
            if i > 0 || below {
                self.line(level);
            }
            self.text.push_str(&escaped(&scalar_text(&f.name)));
            self.text.push(':');
            self.value(&f.ty, level + 1);
        }
    }

    /// The required fields of the properties of a unit, below `properties:`.
    pub fn properties(&mut self, ty: &Ty, level: usize) {
        self.line(level);
        self.text.push_str("properties:");
        self.record(ty, level + 1, true);
    }

    /// A key of the fixed parts.
    pub fn part(&mut self, name: &str, part: Part) {
        self.text.push_str(name);
        self.text.push(':');
        match (part, self.flow) {
            (Part::List(_), true) => {
                self.text.push_str(" [");
                self.place();
                self.text.push(']');
            }
            (Part::List(inner), false) => {
                self.line(1);
                self.text.push_str("- ");
                match inner.keys().iter().filter(|k| k.required).map(|k| k.name).collect::<Vec<_>>().as_slice() {
                    [] => self.place(),
                    names => self.names(names, 2),
                }
            }
            (Part::Properties(_) | Part::Texts, true) => {
                self.text.push_str(" { ");
                self.place();
                self.text.push_str(" \\}");
            }
            (Part::Properties(_) | Part::Texts, false) => {
                self.line(1);
                self.place();
            }
            (Part::Metadata, false) => {
                self.line(1);
                self.text.push_str("name: ");
                self.place();
            }
            (Part::Spec, false) => {
                self.line(1);
                self.text.push_str("components:");
                self.line(2);
                self.text.push_str("- ");
                self.names(&["name", "type"], 3);
            }
            (Part::Workflow, false) => {
                self.line(1);
                self.text.push_str("steps:");
                self.line(2);
                self.text.push_str("- ");
                self.names(&["name", "type"], 3);
            }
            (Part::Mode | Part::Meta, false) => {
                self.line(1);
                self.place();
            }
            (p, true) if !p.keys().is_empty() => {
                self.text.push_str(" { ");
                self.place();
                self.text.push_str(" \\}");
            }
            _ => {
                self.text.push(' ');
                self.place();
            }
        }
    }

    /// Keys, a line each at `level`, the first one on this line.
    fn names(&mut self, names: &[&str], level: usize) {
        for (i, name) in names.iter().enumerate() {
            if i > 0 {
                self.line(level);
            }
            self.text.push_str(name);
            self.text.push_str(": ");
            self.place();
        }
    }
}

/// A text as a plain or quoted scalar on one line.
pub fn scalar_text(text: &str) -> String {
    let mut out = String::new();
    yaml::write(&Value::string(text, Origin::UNKNOWN), &mut out);
    let line = out.trim_end();
    if line.contains('\n') { format!("{line:?}") } else { line.to_owned() }
}

/// A text as it stands in a snippet.
pub fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}
