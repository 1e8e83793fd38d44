//! The named formats of the language: their syntax as regexes, their lengths, and what they are called in messages.

use std::sync::{Arc, OnceLock};

use super::nfa::Nfa;
use crate::types::interval::Length;

/// A named format of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    DnsLabel,
    DnsLabel1035,
    DnsSubdomain,
    Hostname,
    LabelKey,
    LabelValue,
    AnnotationKey,
    EnvName,
    ConfigKey,
    PortName,
    Quantity,
    ImageReference,
    Duration,
    Base64,
    Semver,
    JsonPointer,
    HttpPath,
    Cron,
    IpAddress,
    Cidr,
    Url,
    /// From here on: formats that only field facts use.
    PathSegment,
    Trimmed,
    AbsolutePath,
    RelativePath,
    TimeZone,
    FullyQualifiedName,
    DateTime,
}

/// Every format, in the order of the specification.
pub const FORMATS: [Format; 28] = [
    Format::DnsLabel,
    Format::DnsLabel1035,
    Format::DnsSubdomain,
    Format::Hostname,
    Format::LabelKey,
    Format::LabelValue,
    Format::AnnotationKey,
    Format::EnvName,
    Format::ConfigKey,
    Format::PortName,
    Format::Quantity,
    Format::ImageReference,
    Format::Duration,
    Format::Base64,
    Format::Semver,
    Format::JsonPointer,
    Format::HttpPath,
    Format::Cron,
    Format::IpAddress,
    Format::Cidr,
    Format::Url,
    Format::PathSegment,
    Format::Trimmed,
    Format::AbsolutePath,
    Format::RelativePath,
    Format::TimeZone,
    Format::FullyQualifiedName,
    Format::DateTime,
];

/// What a format demands.
struct Syntax {
    name: &'static str,
    /// A text must match all of these …
    all: &'static [&'static str],
    /// … and none of these.
    none: &'static [&'static str],
    length: Length,
    /// What it is, for messages: `lower-case letters, digits and `-`, …`.
    words: &'static str,
    example: &'static str,
}

/// The regexes of a format, compiled.
#[derive(Debug)]
pub struct Compiled {
    pub all: Vec<Arc<Nfa>>,
    pub none: Vec<Arc<Nfa>>,
}

impl Format {
    /// The format of a name.
    pub fn by_name(name: &str) -> Option<Format> {
        FORMATS.into_iter().take(21).find(|f| f.name() == name)
    }

    /// The format of a name as field facts use it.
    pub fn by_kube_name(name: &str) -> Option<Format> {
        FORMATS.into_iter().find(|f| f.name() == name)
    }

    /// Its name in the language.
    pub fn name(self) -> &'static str {
        self.syntax().name
    }

    /// The lengths it admits, in code points.
    pub fn length(self) -> Length {
        self.syntax().length
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        self.syntax().words
    }

    /// A value that has it.
    pub fn example(self) -> &'static str {
        self.syntax().example
    }

    /// Whether only a parser can recognise it: such a type cannot be proved, only read.
    pub fn is_parsed(self) -> bool {
        matches!(self, Format::Cron | Format::IpAddress | Format::Cidr | Format::Url | Format::TimeZone | Format::DateTime)
    }

    /// Whether its values are compared by what they mean, not by their text.
    pub fn by_value(self) -> bool {
        matches!(self, Format::Quantity | Format::Duration)
    }

    /// Its automata; for parsed formats an upper bound.
    pub fn compiled(self) -> &'static Compiled {
        static CACHE: [OnceLock<Compiled>; 28] = [const { OnceLock::new() }; 28];
        static NOTHING: Compiled = Compiled { all: Vec::new(), none: Vec::new() };
        let at = FORMATS.iter().position(|f| *f == self).unwrap_or_default();
        let Some(cell) = CACHE.get(at) else { return &NOTHING };
        cell.get_or_init(|| {
            let compile = |texts: &[&str]| texts.iter().filter_map(|t| Nfa::regex(t).ok()).map(Arc::new).collect();
            let s = self.syntax();
            Compiled { all: compile(s.all), none: compile(s.none) }
        })
    }

    /// Whether a text has the format, length included; otherwise what is wrong.
    pub fn accepts(self, text: &str) -> Result<(), String> {
        use crate::kube::syntax::Format as Kube;
        let kube = match self {
            Format::DnsLabel => Kube::DnsLabel,
            Format::DnsLabel1035 => Kube::DnsLabel1035,
            Format::DnsSubdomain => Kube::DnsSubdomain,
            Format::Hostname => Kube::Hostname,
            Format::LabelKey => Kube::LabelKey,
            Format::LabelValue => Kube::LabelValue,
            Format::AnnotationKey => Kube::AnnotationKey,
            Format::EnvName => Kube::EnvName,
            Format::ConfigKey => Kube::ConfigKey,
            Format::PortName => Kube::PortName,
            Format::Quantity => Kube::Quantity,
            Format::ImageReference => Kube::ImageReference,
            Format::Duration => Kube::Duration,
            Format::Base64 => Kube::Base64,
            Format::Semver => Kube::Semver,
            Format::JsonPointer => Kube::JsonPointer,
            Format::HttpPath => Kube::HttpPath,
            Format::Cron => Kube::Cron,
            Format::IpAddress => Kube::IpAddress,
            Format::Cidr => Kube::Cidr,
            Format::Url => Kube::Url,
            Format::PathSegment => Kube::PathSegment,
            Format::Trimmed => Kube::Trimmed,
            Format::AbsolutePath => Kube::AbsolutePath,
            Format::RelativePath => Kube::RelativePath,
            Format::TimeZone => Kube::TimeZone,
            Format::FullyQualifiedName => Kube::FullyQualifiedName,
            Format::DateTime => Kube::DateTime,
        };
        kube.check(text)
    }

    /// The byte offset of the first character that cannot stand where it stands.
    pub fn wrong_at(self, text: &str) -> usize {
        self.compiled().all.iter().filter_map(|n| n.accepts(text).err()).min().unwrap_or(0)
    }

    /// Regexes: whole texts match all of the first and none of the second.
    pub fn patterns(self) -> (&'static [&'static str], &'static [&'static str]) {
        let s = self.syntax();
        (s.all, s.none)
    }

    fn syntax(self) -> &'static Syntax {
        TABLE.get(FORMATS.iter().position(|f| *f == self).unwrap_or_default()).unwrap_or(&FALLBACK)
    }
}

static FALLBACK: Syntax = Syntax { name: "String", all: &[], none: &[], length: Length::ANY, words: "text", example: "" };

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN: &str = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

const fn between(min: u64, max: u64) -> Length {
    Length { min, max: Some(max) }
}

const fn at_least(min: u64) -> Length {
    Length { min, max: None }
}

/// In the order of [`FORMATS`].
static TABLE: [Syntax; 28] = [
    Syntax {
        name: "DnsLabel",
        all: &[LABEL],
        none: &[],
        length: between(1, 63),
        words: "lower-case letters, digits and `-`, beginning and ending with a letter or digit, at most 63 characters",
        example: "my-name",
    },
    Syntax {
        name: "DnsLabel1035",
        all: &["[a-z]([-a-z0-9]*[a-z0-9])?"],
        none: &[],
        length: between(1, 63),
        words: "lower-case letters, digits and `-`, beginning with a letter and ending with a letter or digit, at most 63 characters",
        example: "my-name",
    },
    Syntax {
        name: "DnsSubdomain",
        all: &[SUBDOMAIN],
        none: &[],
        length: between(1, 253),
        words: "lower-case letters, digits, `-` and `.`, each part beginning and ending with a letter or digit, at most 253 characters",
        example: "my-name.example",
    },
    Syntax {
        name: "Hostname",
        all: &[r"(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"],
        none: &[r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+"],
        length: between(1, 253),
        words: "a DNS name in lower case, perhaps beginning with `*.`; no IP address, port or path",
        example: "shop.example.com",
    },
    Syntax {
        name: "LabelKey",
        all: &[r"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", "([^/]{1,253}/)?[^/]{1,63}"],
        none: &[],
        length: between(1, 317),
        words: "a name of at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit, perhaps after a DNS prefix and `/`",
        example: "example.com/team",
    },
    Syntax {
        name: "LabelValue",
        all: &["(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"],
        none: &[],
        length: between(0, 63),
        words: "at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
        example: "my_value",
    },
    Syntax {
        name: "AnnotationKey",
        all: &[r"([A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", "([^/]{1,253}/)?[^/]{1,63}"],
        none: &[],
        length: between(1, 317),
        words: "a name of at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit, perhaps after a DNS prefix and `/`",
        example: "example.com/note",
    },
    Syntax { name: "EnvName", all: &["[ -<>-~]+"], none: &[], length: at_least(1), words: "printable ASCII characters except `=`", example: "LOG_LEVEL" },
    Syntax {
        name: "ConfigKey",
        all: &["[-._a-zA-Z0-9]+"],
        none: &[r"\.", r"\.\.(.|\n)*"],
        length: between(1, 253),
        words: "letters, digits, `-`, `_` and `.`, at most 253 characters",
        example: "settings.yaml",
    },
    Syntax {
        name: "PortName",
        all: &["[a-z0-9](-?[a-z0-9])*", "[-a-z0-9]*[a-z][-a-z0-9]*"],
        none: &[],
        length: between(1, 15),
        words: "at most 15 lower-case letters, digits and single `-`, at least one letter, no `-` at the ends",
        example: "http",
    },
    Syntax {
        name: "Quantity",
        all: &[r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?"],
        none: &[],
        length: at_least(1),
        words: "a number with an optional unit: `m`, `k`, `M`, `G`, `T`, `P`, `E`, `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei`",
        example: "500m",
    },
    Syntax {
        name: "ImageReference",
        all: &[
            r"((([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(:[0-9]+)?/)?[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)(:[A-Za-z0-9_][-A-Za-z0-9_.]{0,127})?(@[A-Za-z][A-Za-z0-9]*([-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
        ],
        none: &[],
        length: between(1, 600),
        words: "`[registry[:port]/]name[:tag][@digest]`, the name in lower case",
        example: "nginx:1.27",
    },
    Syntax {
        name: "Duration",
        all: &[r"0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+"],
        none: &[],
        length: at_least(1),
        words: "numbers with the units `ms`, `s`, `m`, `h`, such as `1h30m`",
        example: "1h30m",
    },
    Syntax {
        name: "Base64",
        all: &["([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"],
        none: &[],
        length: at_least(0),
        words: "base64 with padding",
        example: "aGVsbG8=",
    },
    Syntax {
        name: "Semver",
        all: &[
            r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-(0|[1-9][0-9]*|[0-9]*[-a-zA-Z][-0-9a-zA-Z]*)(\.(0|[1-9][0-9]*|[0-9]*[-a-zA-Z][-0-9a-zA-Z]*))*)?(\+[-0-9a-zA-Z]+(\.[-0-9a-zA-Z]+)*)?",
        ],
        none: &[],
        length: at_least(5),
        words: "a version `major.minor.patch`",
        example: "1.2.3",
    },
    Syntax { name: "JsonPointer", all: &["(/([^~/]|~[01])*)*"], none: &[], length: at_least(0), words: "a JSON pointer: parts that begin with `/`", example: "/spec/replicas" },
    Syntax {
        name: "HttpPath",
        all: &[r"/([^%]|%([^2]|2[^fF]))*(%|%2)?"],
        none: &[r"(.|\n)*//(.|\n)*", r"(.|\n)*/\./(.|\n)*", r"(.|\n)*/\.\./(.|\n)*", r"(.|\n)*/\.", r"(.|\n)*/\.\."],
        length: at_least(1),
        words: "a path that begins with `/`, without `//`, `/./` and `/../`",
        example: "/api",
    },
    Syntax {
        name: "Cron",
        all: &[r"[^=]+"],
        none: &[],
        length: at_least(1),
        words: "five fields (minute, hour, day of month, month, day of week), or `@hourly`, `@daily`, `@every 1h`",
        example: "0 3 * * *",
    },
    Syntax { name: "IpAddress", all: &["[0-9a-fA-F:.]+"], none: &[], length: between(2, 45), words: "an IPv4 or IPv6 address", example: "10.0.0.1" },
    Syntax { name: "Cidr", all: &["[0-9a-fA-F:.]+/[0-9]+"], none: &[], length: between(4, 49), words: "an address range such as `10.0.0.0/8`", example: "10.0.0.0/8" },
    Syntax {
        name: "Url",
        all: &[r"[A-Za-z][-A-Za-z0-9+.]*://[^ ]+"],
        none: &[],
        length: at_least(4),
        words: "an absolute address with scheme and host",
        example: "https://example.com",
    },
    Syntax { name: "PathSegment", all: &["[^/%]+"], none: &[r"\.", r"\.\."], length: at_least(1), words: "text without `/` and `%`, and not `.` or `..`", example: "my:name" },
    Syntax { name: "Trimmed", all: &[r"[^\s]((.|\n)*[^\s])?"], none: &[], length: at_least(1), words: "text without blanks at its ends", example: "nginx:1.27" },
    Syntax { name: "AbsolutePath", all: &[r"/(.|\n)*"], none: &[], length: at_least(1), words: "a path that begins with `/`", example: "/data" },
    Syntax {
        name: "RelativePath",
        all: &[r"([^/](.|\n)*)?"],
        none: &[r"\.\.", r"\.\./(.|\n)*", r"(.|\n)*/\.\./(.|\n)*", r"(.|\n)*/\.\."],
        length: at_least(0),
        words: "a path that does not begin with `/` and has no part `..`",
        example: "data/x",
    },
    Syntax { name: "TimeZone", all: &[r"[-+_A-Za-z0-9/]+"], none: &[], length: at_least(1), words: "a name of the time zone database", example: "Europe/Zurich" },
    Syntax {
        name: "FullyQualifiedName",
        all: &[r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+"],
        none: &[],
        length: between(1, 253),
        words: "a domain of two parts or more",
        example: "example.com",
    },
    Syntax { name: "DateTime", all: &[r"[-0-9T:.Z+]+"], none: &[], length: at_least(1), words: "a time such as `2026-01-31T12:00:00Z`", example: "2026-01-31T12:00:00Z" },
];
