//! Named formats: the vocabulary of field facts and of the language's string types.

use super::{cron, duration, image, ip, names, quantity, text, time, time_zones};

macro_rules! formats {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// A named syntax.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Format { $($(#[doc = $doc])* $name,)* }

        impl Format {
            /// All of them.
            pub const ALL: &[Format] = &[$(Format::$name,)*];

            /// The name as it is written in the language and in `facts.txt`.
            pub fn name(self) -> &'static str {
                match self { $(Format::$name => stringify!($name),)* }
            }
        }
    };
}

formats! {
    /// RFC 1123 label.
    DnsLabel,
    /// RFC 1035 label.
    DnsLabel1035,
    /// RFC 1123 subdomain.
    DnsSubdomain,
    /// Subdomain, perhaps with a wildcard first, no IP address.
    Hostname,
    /// Qualified name.
    LabelKey,
    LabelValue,
    AnnotationKey,
    EnvName,
    /// Key of a ConfigMap or Secret.
    ConfigKey,
    /// 1 to 65535.
    PortNumber,
    /// IANA service name.
    PortName,
    Quantity,
    /// A count ≥ 0 or a percentage.
    IntOrPercent,
    /// A port's number or its name.
    PortNumberOrName,
    /// 0 to 0777.
    FileMode,
    ImageReference,
    /// Not empty, no blanks around it: what the server asks of an image.
    Trimmed,
    Duration,
    Base64,
    Semver,
    JsonPointer,
    HttpPath,
    /// Begins with `/`.
    AbsolutePath,
    /// Neither absolute nor with a `..` part.
    RelativePath,
    Cron,
    /// Name of the tz database.
    TimeZone,
    IpAddress,
    Cidr,
    Url,
    /// Usable as a part of a URL path.
    PathSegment,
    /// A domain of two parts or more.
    FullyQualifiedName,
    DateTime,
}

impl Format {
    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Format> {
        Self::ALL.iter().copied().find(|f| f.name() == name)
    }

    /// Checks a string; what is wrong follows "…: ". Number formats check the text of a number.
    pub fn check(self, value: &str) -> Result<(), String> {
        let ok = |good: bool, wrong: &str| if good { Ok(()) } else { Err(wrong.to_owned()) };
        match self {
            Format::DnsLabel => names::dns_label(value),
            Format::DnsLabel1035 => names::dns_1035_label(value),
            Format::DnsSubdomain => names::dns_subdomain(value),
            Format::Hostname => host(value),
            Format::LabelKey => names::qualified_name(value),
            Format::LabelValue => names::label_value(value),
            Format::AnnotationKey => names::qualified_name(&value.to_ascii_lowercase()),
            Format::EnvName => names::env_name(value),
            Format::ConfigKey => names::config_key(value),
            Format::PortName => names::port_name(value),
            Format::PathSegment => names::path_segment(value),
            Format::FullyQualifiedName => qualified_domain(value),
            Format::PortNumber => ok(value.parse::<u32>().is_ok_and(|n| (1..=65535).contains(&n)), "must be between 1 and 65535"),
            Format::FileMode => ok(value.parse::<u32>().is_ok_and(|n| n <= 0o777), "must be between 0 and 0777 (511)"),
            Format::Quantity => ok(quantity::Quantity::parse(value).is_ok(), "is no quantity such as `500m`, `1.5` or `128Mi`"),
            Format::IntOrPercent => names::percent(value),
            Format::PortNumberOrName => names::port_name(value),
            Format::ImageReference => ok(image::is_image_reference(value), "is no image reference such as `registry/name:tag`"),
            Format::Trimmed => ok(value.trim() == value, "must not begin or end with blanks"),
            Format::Duration => ok(duration::go_duration(value).is_some(), "is no duration such as `90s` or `1h30m`"),
            Format::Base64 => ok(text::is_base64(value), "is not base64"),
            Format::Semver => ok(text::is_semver(value), "is no version such as `1.2.3`"),
            Format::JsonPointer => ok(text::is_json_pointer(value), "is no JSON pointer such as `/spec/replicas`"),
            Format::HttpPath => text::http_path(value),
            Format::AbsolutePath => ok(value.starts_with('/'), "must be an absolute path"),
            Format::RelativePath => {
                ok(!value.starts_with('/'), "must be a relative path")?;
                ok(!value.split('/').any(|p| p == ".."), "must not contain `..`")
            }
            Format::Cron => cron::schedule(value),
            Format::TimeZone => ok(time_zones::is_time_zone(value), "is no time zone such as `Europe/Zurich`"),
            Format::IpAddress => ip::strict_ip(value).map(|_| ()),
            Format::Cidr => ip::strict_cidr(value).map(|_| ()),
            Format::Url => ok(text::is_url(value), "is no absolute URL"),
            Format::DateTime => ok(time::is_time(value), "is no time such as `2026-01-31T12:00:00Z`"),
        }
    }
}

/// Host of an Ingress rule: a DNS name, perhaps after `*.`, and no IP address.
fn host(text: &str) -> Result<(), String> {
    if ip::ip(text).is_some() {
        return Err("a DNS name is expected, not an IP address".to_owned());
    }
    if text.starts_with("*.") { names::wildcard_dns_subdomain(text) } else { names::dns_subdomain(text) }
}

/// `IsFullyQualifiedName`.
fn qualified_domain(text: &str) -> Result<(), String> {
    names::dns_subdomain(text)?;
    if text.contains('.') { Ok(()) } else { Err("a domain of two parts or more is expected: `example.com`".to_owned()) }
}
