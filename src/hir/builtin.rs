//! The functions that need no import (language reference §6.6).

use serde::{Deserialize, Serialize};

macro_rules! builtins {
    ($($variant:ident $name:literal;)*) => {
        /// A built-in function. Methods are not among them: they belong to types.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Builtin { $(#[doc = concat!("`", $name, "`")] $variant,)* }

        impl Builtin {
            /// All of them.
            pub const ALL: &[Builtin] = &[$(Self::$variant,)*];

            /// The name it is called by.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The function of this name.
            pub fn of_name(name: &str) -> Option<Self> {
                Some(match name { $($name => Self::$variant,)* _ => return None })
            }
        }
    };
}

builtins! {
    NonEmpty "nonEmpty";
    DnsLabel "dnsLabel";
    DnsLabel1035 "dnsLabel1035";
    DnsSubdomain "dnsSubdomain";
    Base64 "base64";
    FromBase64 "fromBase64";
    Sha256 "sha256";
    ToJson "toJson";
    ToYaml "toYaml";
    ParseJson "parseJson";
    JsonMerge "jsonMerge";
    JsonPatch "jsonPatch";
    Min "min";
    Max "max";
    Div "div";
    Rem "rem";
    Dbg "dbg";
}

/// The types that need no import (language reference §5.1 and §5.3).
pub const BUILTIN_TYPES: &[&str] = &[
    "Bool",
    "String",
    "Null",
    "Int",
    "Int64",
    "Number",
    "Json",
    "Object",
    "Live",
    "DnsLabel",
    "DnsLabel1035",
    "DnsSubdomain",
    "Hostname",
    "LabelKey",
    "LabelValue",
    "AnnotationKey",
    "EnvName",
    "ConfigKey",
    "PortNumber",
    "PortName",
    "Quantity",
    "IntOrPercent",
    "FileMode",
    "ImageReference",
    "Duration",
    "Base64",
    "Semver",
    "JsonPointer",
    "HttpPath",
    "Cron",
    "IpAddress",
    "Cidr",
    "Url",
];
