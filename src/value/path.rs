//! Paths into values, printed in the API server's notation (`spec.containers[0].image`, `metadata.labels[app.kubernetes.io/name]`).

use std::fmt;

use ecow::EcoString;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// A field of a record: `.name`.
    Field(EcoString),
    /// A key of a map: `[name]`.
    Key(EcoString),
    /// An element of a list: `[3]`.
    Index(usize),
}

/// A path from the root of an object (as `field.Path` of apimachinery).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path {
    pub segments: Vec<Segment>,
}

impl Path {
    /// The root.
    pub fn new() -> Self {
        Self::default()
    }

    /// The path and one field more.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        self.with(Segment::Field(name.into()))
    }

    /// The path and one map key more.
    #[must_use]
    pub fn key(&self, name: &str) -> Self {
        self.with(Segment::Key(name.into()))
    }

    /// The path and one index more.
    #[must_use]
    pub fn index(&self, i: usize) -> Self {
        self.with(Segment::Index(i))
    }

    fn with(&self, s: Segment) -> Self {
        let mut segments = Vec::with_capacity(self.segments.len() + 1);
        segments.extend_from_slice(&self.segments);
        segments.push(s);
        Self { segments }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, s) in self.segments.iter().enumerate() {
            match s {
                Segment::Field(n) if i == 0 => write!(f, "{n}")?,
                Segment::Field(n) => write!(f, ".{n}")?,
                Segment::Key(n) => write!(f, "[{n}]")?,
                Segment::Index(n) => write!(f, "[{n}]")?,
            }
        }
        Ok(())
    }
}
