//! The type of texts: all of them, a set of literals, or a language with a range of lengths.

use std::sync::{Arc, OnceLock};

use ecow::EcoString;

use super::format::Format;
use super::inclusion::{Inclusion, Target, disjoint, included};
use super::nfa::Nfa;
use crate::types::interval::Length;

/// Which texts a type admits.
#[derive(Clone, Debug)]
pub enum Text {
    Any,
    /// In the order in which they are written.
    Literals(Arc<[EcoString]>),
    Language(Arc<Language>),
}

/// A regular language, and a range of lengths beside it.
#[derive(Debug, Default)]
pub struct Language {
    /// The alias that declares it.
    pub name: Option<EcoString>,
    /// The named format that it is, or refines.
    pub format: Option<Format>,
    /// Regexes that it must match too, without slashes.
    pub patterns: Vec<EcoString>,
    /// What the texts can be as an expression makes them (a template); `None`: everything that the rest admits.
    pub made: Option<Arc<Nfa>>,
    /// `made` admits more than the expression can make: a text that does not fit shows nothing.
    pub vague: bool,
    /// Lengths in code points, those of the format included.
    pub length: LengthOrAny,
    automata: OnceLock<Automata>,
    source: OnceLock<Arc<Nfa>>,
    bounds: OnceLock<Length>,
}

/// A range of lengths that is everything by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthOrAny(pub Length);

impl Default for LengthOrAny {
    fn default() -> Self {
        Self(Length::ANY)
    }
}

/// All of `all` and none of `none` accept.
#[derive(Clone, Debug, Default)]
pub struct Automata {
    pub all: Vec<Arc<Nfa>>,
    pub none: Vec<Arc<Nfa>>,
}

/// Why a text type does not fit another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A literal, or the shortest text, that lacks the syntax.
    Syntax(String),
    /// Lengths that are possible, and those that are admitted.
    Length { can: Length, must: Length },
    /// A format that only a parser recognises.
    Parsed(Format),
    /// Not within bounds.
    Unknown,
}

impl Language {
    /// A named format.
    pub fn format(format: Format) -> Self {
        Self { format: Some(format), length: LengthOrAny(format.length()), ..Self::default() }
    }

    /// A regex and lengths.
    pub fn new(format: Option<Format>, patterns: Vec<EcoString>, length: Length) -> Self {
        let length = format.map_or(length, |f| f.length().meet(length));
        Self { format, patterns, length: LengthOrAny(length), ..Self::default() }
    }

    /// What an expression makes.
    pub fn made(nfa: Nfa, length: Length) -> Self {
        Self { made: Some(Arc::new(nfa)), length: LengthOrAny(length), ..Self::default() }
    }

    /// What an expression makes, of which only lengths are known.
    pub fn vague(length: Length) -> Self {
        Self::made(Nfa::any(), length).unclear()
    }

    /// The same, as more than the expression can make.
    #[must_use]
    pub fn unclear(self) -> Self {
        Self { vague: true, ..self }
    }

    /// The same with a name.
    #[must_use]
    pub fn named(&self, name: EcoString) -> Self {
        Self { name: Some(name), ..self.copy() }
    }

    /// The same with fewer lengths.
    #[must_use]
    pub fn shorter(&self, length: Length) -> Self {
        Self { name: None, length: LengthOrAny(self.length.0.meet(length)), ..self.copy() }
    }

    /// The same that matches one more regex.
    #[must_use]
    pub fn matching(&self, pattern: EcoString) -> Self {
        let mut patterns = self.patterns.clone();
        patterns.push(pattern);
        Self { name: None, patterns, ..self.copy() }
    }

    fn copy(&self) -> Self {
        Self {
            name: self.name.clone(),
            format: self.format,
            patterns: self.patterns.clone(),
            made: self.made.clone(),
            vague: self.vague,
            length: self.length,
            automata: OnceLock::new(),
            source: OnceLock::new(),
            bounds: OnceLock::new(),
        }
    }

    /// Its automata, without the lengths.
    pub fn automata(&self) -> &Automata {
        self.automata.get_or_init(|| {
            let mut out = Automata::default();
            if let Some(f) = self.format {
                out.all.extend(f.compiled().all.iter().cloned());
                out.none.extend(f.compiled().none.iter().cloned());
            }
            out.all.extend(self.patterns.iter().filter_map(|p| Nfa::regex(p).ok()).map(Arc::new));
            out.all.extend(self.made.iter().cloned());
            out
        })
    }

    /// One automaton that accepts at least its texts: what stands on the left of an inclusion, or in a template. Lengths up to 64 are counted.
    pub fn source(&self) -> Arc<Nfa> {
        self.source
            .get_or_init(|| {
                let base = self.made.clone().or_else(|| self.automata().all.last().cloned()).unwrap_or_else(|| Arc::new(Nfa::any()));
                match self.length.0.max {
                    Some(max) if max <= 64 => base.counted(max).map_or(base, Arc::new),
                    _ => base,
                }
            })
            .clone()
    }

    /// Whether a text is in it; otherwise what is wrong.
    pub fn accepts(&self, text: &str) -> Result<(), Failure> {
        let count = text.chars().count() as u64;
        if !self.length.0.contains(count) {
            return Err(Failure::Length { can: Length::exactly(count), must: self.length.0 });
        }
        let syntax = || Failure::Syntax(text.to_string());
        if let Some(f) = self.format {
            f.accepts(text).map_err(|_| syntax())?;
            if self.patterns.is_empty() && self.made.is_none() {
                return Ok(());
            }
        }
        let automata = self.automata();
        let good = automata.all.iter().all(|n| n.accepts(text).is_ok()) && automata.none.iter().all(|n| n.accepts(text).is_err());
        if good { Ok(()) } else { Err(syntax()) }
    }

    /// The byte offset of the first wrong character of a text that is not in it.
    pub fn wrong_at(&self, text: &str) -> usize {
        if let Some(f) = self.format.filter(|f| f.accepts(text).is_err()) {
            return f.wrong_at(text);
        }
        self.automata().all.iter().filter_map(|n| n.accepts(text).err()).min().unwrap_or(0)
    }

    /// Whether all its texts are in `other`; otherwise why not.
    pub fn within(&self, other: &Language) -> Result<(), Failure> {
        let same = self.format == other.format && other.patterns.iter().all(|p| self.patterns.contains(p)) && other.made.is_none();
        if !same {
            if let Some(f) = other.format.filter(|f| f.is_parsed()) {
                return Err(Failure::Parsed(f));
            }
            self.syntax_within(other)?;
        }
        let can = self.lengths();
        if can.within(other.length.0) { Ok(()) } else { Err(Failure::Length { can, must: other.length.0 }) }
    }

    fn syntax_within(&self, other: &Language) -> Result<(), Failure> {
        let (ours, theirs) = (self.automata(), other.automata());
        // What both demand needs no proof.
        let all: Vec<&Nfa> = theirs.all.iter().filter(|t| !ours.all.iter().any(|a| Arc::ptr_eq(a, t))).map(AsRef::as_ref).collect();
        let none: Vec<&Nfa> = theirs.none.iter().filter(|t| !ours.none.iter().any(|a| Arc::ptr_eq(a, t))).map(AsRef::as_ref).collect();
        let target = Target { all, none };
        let given = Target { all: if ours.all.len() > 1 { ours.all.iter().map(AsRef::as_ref).collect() } else { Vec::new() }, none: ours.none.iter().map(AsRef::as_ref).collect() };
        match included(&self.source(), &given, &target) {
            Inclusion::Holds => Ok(()),
            Inclusion::Counterexample(_) if self.vague => Err(Failure::Unknown),
            Inclusion::Counterexample(text) => Err(Failure::Syntax(text)),
            Inclusion::Unknown => Err(Failure::Unknown),
        }
    }

    /// Its lengths: those that are declared, and those that its regexes leave.
    pub fn lengths(&self) -> Length {
        *self.bounds.get_or_init(|| {
            if self.patterns.is_empty() {
                return self.length.0;
            }
            let regexes = self.patterns.iter().filter_map(|p| Nfa::regex(p).ok()).map(|n| n.lengths());
            regexes.fold(self.length.0, |all, (min, max)| all.meet(Length::new(min, max)))
        })
    }

    /// Whether no text is in both, as far as one can tell.
    pub fn disjoint(&self, other: &Language) -> bool {
        if self.length.0.meet(other.length.0).is_empty() {
            return true;
        }
        let (a, b) = (self.automata(), other.automata());
        let mut left: Vec<&Nfa> = a.all.iter().map(AsRef::as_ref).collect();
        let right: Vec<&Nfa> = b.all.iter().map(AsRef::as_ref).collect();
        let counted = self.length.0.meet(other.length.0).max.filter(|m| *m == 0).map(|_| Nfa::empty());
        left.extend(counted.iter());
        disjoint(&left, &right)
    }
}

impl Text {
    /// One text.
    pub fn literal(text: impl Into<EcoString>) -> Self {
        Text::Literals(Arc::from([text.into()]))
    }

    /// A named format.
    pub fn format(format: Format) -> Self {
        Text::Language(Arc::new(Language::format(format)))
    }

    /// Whether a text is in it.
    pub fn accepts(&self, text: &str) -> Result<(), Failure> {
        match self {
            Text::Any => Ok(()),
            Text::Literals(all) if all.iter().any(|l| l == text) => Ok(()),
            Text::Literals(_) => Err(Failure::Syntax(text.to_string())),
            Text::Language(l) => l.accepts(text),
        }
    }

    /// Whether all its texts are in `other`; otherwise why not.
    pub fn within(&self, other: &Text) -> Result<(), Failure> {
        match (self, other) {
            (_, Text::Any) => Ok(()),
            (Text::Literals(all), _) => all.iter().try_for_each(|l| other.accepts(l)),
            (Text::Any, Text::Language(b)) => Language::made(Nfa::any(), Length::ANY).within(b),
            (Text::Language(a), Text::Language(b)) => {
                if Arc::ptr_eq(a, b) {
                    Ok(())
                } else {
                    a.within(b)
                }
            }
            (Text::Any | Text::Language(_), Text::Literals(all)) => {
                let nfa = Nfa::literals(all.iter().map(EcoString::as_str));
                let given = Target { all: vec![], none: vec![] };
                match included(&self.source(), &given, &Target { all: vec![&nfa], none: vec![] }) {
                    Inclusion::Holds => Ok(()),
                    Inclusion::Counterexample(text) => Err(Failure::Syntax(text)),
                    Inclusion::Unknown => Err(Failure::Unknown),
                }
            }
        }
    }

    /// One automaton that accepts at least its texts.
    pub fn source(&self) -> Arc<Nfa> {
        match self {
            Text::Any => Arc::new(Nfa::any()),
            Text::Literals(all) => Arc::new(Nfa::literals(all.iter().map(EcoString::as_str))),
            Text::Language(l) => l.source(),
        }
    }

    /// The lengths of its texts.
    pub fn length(&self) -> Length {
        match self {
            Text::Any => Length::ANY,
            Text::Literals(all) => all.iter().map(|l| Length::exactly(l.chars().count() as u64)).reduce(Length::hull).unwrap_or(Length::exactly(0)),
            Text::Language(l) => l.lengths(),
        }
    }

    /// Whether no text is in both.
    pub fn disjoint(&self, other: &Text) -> bool {
        match (self, other) {
            (Text::Any, _) | (_, Text::Any) => false,
            (Text::Literals(a), b) | (b, Text::Literals(a)) => a.iter().all(|l| b.accepts(l).is_err()),
            (Text::Language(a), Text::Language(b)) => a.disjoint(b),
        }
    }
}
