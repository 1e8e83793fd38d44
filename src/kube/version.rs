//! Kubernetes versions.

use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes 1.x, within what the schema pack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u8);

impl Version {
    /// The oldest supported version, 1.33.
    pub const OLDEST: Version = Version(33);
    /// The newest supported version, 1.37.
    pub const NEWEST: Version = Version(37);

    /// All supported versions, oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Version> {
        (Self::OLDEST.0..=Self::NEWEST.0).map(Version)
    }

    /// The version 1.`minor`, if it is supported.
    pub fn from_minor(minor: u8) -> Option<Version> {
        (Self::OLDEST.0..=Self::NEWEST.0).contains(&minor).then_some(Version(minor))
    }

    /// The minor number: 36 for 1.36.
    pub const fn minor(self) -> u8 {
        self.0
    }

    /// Position among the supported versions, 0 for the oldest.
    pub fn index(self) -> usize {
        usize::from(self.0 - Self::OLDEST.0)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `1.36`, `v1.36`, `1.36.2`.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let text = s.strip_prefix('v').unwrap_or(s);
        let minor = text.strip_prefix("1.").and_then(|rest| rest.split('.').next()).and_then(|m| m.parse::<u8>().ok());
        minor.and_then(Version::from_minor).ok_or_else(|| format!("unknown Kubernetes version `{s}`; supported are {} to {}", Self::OLDEST, Self::NEWEST))
    }
}
