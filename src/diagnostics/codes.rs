//! The table of codes: stable, never reused, one notion one code. `docs/errors/CODE.md` holds the page of each.

use super::Severity;

/// A stable code such as `J0301`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl Code {
    /// The entry in the table.
    pub fn info(self) -> Option<&'static CodeInfo> {
        CODES.iter().find(|c| c.code == self)
    }

    /// How bad it is unless the settings or the place say otherwise.
    pub fn severity(self) -> Severity {
        self.info().map_or(Severity::Error, |c| c.severity)
    }
}

/// What the table says about a code.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    pub code: Code,
    pub severity: Severity,
    pub title: &'static str,
}

macro_rules! codes {
    ($($name:ident $severity:ident $title:literal;)*) => {
        $(#[doc = $title] pub const $name: Code = Code(stringify!($name));)*
        /// Every code, in order.
        pub const CODES: &[CodeInfo] = &[$(CodeInfo { code: $name, severity: Severity::$severity, title: $title },)*];
    };
}

codes! {
    J0101 Error "not UTF-8";
    J0102 Error "nested deeper than 128";
    J0103 Error "file larger than 4 MiB";
    J0104 Error "unexpected word or sign";
    J0106 Error "bracket or string not closed";
    J0107 Error "this line does not continue the one before";
    J0108 Error "number with a leading zero";
    J0109 Error "unknown escape";
    J0110 Error "line less indented than the closing `\"\"\"`";
    J0112 Warning "doc comment documents nothing";
    J0114 Error "name with the wrong first letter";
    J0115 Error "regex invalid or not regular";
    J0201 Error "unknown name";
    J0204 Error "nobody describes this `apiVersion` or kind";
    J0205 Error "name defined twice";
    J0206 Error "import cycle";
    J0207 Warning "hides an imported or built-in name";
    J0208 Warning "nothing uses this";
    J0209 Error "path leaves the package";
    J0210 Error "two packages define this name";
    J0212 Error "recursive function or type";
    J0301 Error "unknown field";
    J0302 Error "required field missing";
    J0303 Error "wrong kind of value";
    J0304 Error "not one of the allowed values";
    J0305 Error "number out of range";
    J0306 Error "text does not have this syntax";
    J0307 Error "text too long or short";
    J0308 Error "list too long or short";
    J0309 Error "fits two or no members of a union";
    J0310 Error "key or list key given twice";
    J0311 Error "members of this union cannot be told apart";
    J0312 Error "type admits no value";
    J0313 Error "type parameter not determined";
    J0314 Error "spread repeats a field";
    J0316 Error "operator not for these types; never equal";
    J0317 Warning "written field beats the spread after it";
    J0319 Error "narrower type needed";
    J0320 Error "unknown attribute, or not allowed here";
    J0401 Error "may be absent";
    J0402 Warning "never absent";
    J0403 Error "both sides may be absent";
    J0404 Error "`match` is not exhaustive";
    J0405 Warning "nothing reaches this";
    J0406 Warning "condition always true or false";
    J0407 Error "optional and defaulted";
    J0408 Error "spread of something that may be absent";
    J0409 Error "`is` cannot decide this";
    J0501 Error "text can be too long";
    J0502 Error "text can lack the syntax";
    J0503 Error "integer can leave the range";
    J0504 Error "list can be too short";
    J0505 Error "not provable within bounds";
    J0506 Error "divisor can be 0";
    J0507 Error "integer can leave 64 bits";
    J0601 Error "statement not allowed here";
    J0602 Error "`output` not written exactly once";
    J0603 Error "`parameters` twice, or not at the top";
    J0604 Error "patch operator outside a patch";
    J0605 Error "operator not for this list or map";
    J0607 Error "new element is not whole";
    J0608 Error "writes part of a record that may be absent";
    J0609 Error "`remove` of a required field";
    J0610 Error "one definition writes a place twice";
    J0611 Error "view's path is missing or has another type";
    J0612 Error "kind has two arms in a view";
    J0614 Error "`from` or `do` goes round in a circle";
    J0701 Error "field is not in 1.33";
    J0702 Error "kind is not in 1.33";
    J0704 Error "field is behind a feature gate";
    J0705 Error "more or fewer than one of these fields";
    J0706 Error "`status` is not yours to write";
    J0801 Error "YAML cannot be read";
    J0803 Error "unknown component, trait, policy or step type";
    J0804 Error "this is no Application";
    J0805 Error "component name has the wrong syntax";
    J0806 Error "refers to nothing";
    J0807 Error "name given twice";
    J0808 Error "trait does not fit this component";
    J0809 Error "traits exclude each other (compatibility: a warning)";
    J0810 Warning "undeclared property";
    J0811 Warning "`null` reads as not given";
    J0812 Warning "`yes` is a boolean";
    J0813 Error "quotes missing or too many";
    J0814 Error "key twice";
    J0815 Error "aliases expand beyond the budget";
    J0816 Error "needs the workflow input `x`";
    J0817 Error "dependencies go round in a circle";
    J0818 Warning "document is not for Jibe";
    J0901 Error "(the message of the `require`)";
    J0902 Error "(the message of the cast)";
    J0903 Error "two definitions write different values";
    J0904 Error "nothing there to patch";
    J0905 Error "two outputs of one name";
    J0906 Error "two equal keys, different values";
    J0907 Warning "changes what an earlier definition read";
    J0908 Error "budget exceeded";
    J0909 Error "JSON patch operation failed";
    J0910 Error "two objects of one kind, namespace and name in one placement (compatibility: a warning)";
    J0911 Error "number beyond 10^±6144";
    J0913 Warning "value shown by `dbg`";
    J1001 Error "name has the wrong syntax";
    J1002 Error "label or annotation has the wrong syntax";
    J1003 Error "required field missing in an object";
    J1004 Error "not one of the values that the API server knows";
    J1005 Error "number out of the API server's range";
    J1006 Error "longer than the API server takes";
    J1007 Error "fields exclude each other";
    J1008 Error "owner or finalizer is wrong";
    J1009 Error "selector does not match the template's labels";
    J1010 Error "selector is empty or has a wrong requirement";
    J1011 Error "restart policy or deadline is not for this workload";
    J1012 Error "rollout strategy contradicts itself";
    J1013 Error "neither a number nor a percentage";
    J1014 Error "given twice where it has to be unique";
    J1015 Error "mount names no volume";
    J1016 Error "mounted in a way that cannot be";
    J1017 Error "more or fewer than one source of a volume";
    J1018 Error "path is not of the kind wanted";
    J1019 Error "file mode out of range";
    J1020 Error "port is out of range or has a wrong name";
    J1021 Error "host port is not the container's";
    J1022 Error "containers that do not fit each other";
    J1023 Error "environment variable has a wrong name";
    J1024 Error "more or fewer than one source of a variable";
    J1025 Error "this field or resource cannot be projected";
    J1026 Error "image has blanks around it";
    J1027 Error "unknown resource";
    J1028 Error "request exceeds the limit";
    J1029 Error "quantity out of range";
    J1030 Error "resource needs an equal limit";
    J1031 Error "names no claim of the pod";
    J1032 Error "more or fewer than one handler";
    J1033 Error "probe or hook cannot run like this";
    J1034 Error "field is not for this kind of container";
    J1035 Error "security settings contradict each other";
    J1036 Error "DNS settings of the pod are wrong";
    J1037 Error "toleration can match nothing";
    J1038 Error "affinity or node selector is wrong";
    J1039 Error "topology spread is wrong";
    J1040 Error "not together with the host's network, processes or users";
    J1041 Error "not for pods of this operating system";
    J1042 Error "job's counts do not fit each other";
    J1043 Error "failure or success policy of a job is wrong";
    J1044 Error "schedule cannot be read";
    J1045 Error "unknown time zone";
    J1046 Error "pod's own resources do not fit its containers'";
    J1047 Error "field is not for this type of service";
    J1048 Error "no IP address that can be used here";
    J1049 Error "no network that can be used here";
    J1050 Error "path or backend of an ingress is wrong";
    J1051 Error "host is wrong";
    J1052 Error "peer or port of a network policy is wrong";
    J1053 Error "key or size of the data is wrong";
    J1054 Error "secret lacks what its type wants";
    J1055 Error "storage settings do not fit each other";
    J1056 Error "autoscaler's bounds or metrics are wrong";
    J1057 Error "scaling behaviour is wrong";
    J1058 Error "role or its binding is wrong";
    J1059 Error "quota or limit range is wrong";
    J1060 Error "field cannot change";
    J1061 Error "reserved for the system";
    J1062 Error "webhook or admission rule is wrong";
    J1063 Error "expression does not compile";
    J1066 Error "certificate request is wrong";
    J1067 Error "names no request of the claim";
    J1102 Note "CRD pattern is not regular: checked at build only";
    J1103 Note "CRD rule was not evaluated";
    J1104 Warning "kind without a schema";
    J1105 Error "required field missing in a custom resource";
    J1106 Error "wrong type in a custom resource";
    J1107 Error "not one of the values that the definition allows";
    J1108 Error "outside the bounds of the definition";
    J1109 Error "does not have the pattern or format of the definition";
    J1110 Error "fits none or too many of the definition's alternatives";
    J1111 Error "element of a set or keyed list given twice";
    J1112 Error "breaks a rule of the definition";
    J1113 Error "a rule of the definition fails on this object";
    J1114 Error "embedded object is not one";
    J1115 Error "version not served by the definition";
    J1116 Error "replicas cannot be scaled";
    J1120 Error "schema of a definition is refused";
    J1121 Error "rule of a definition does not compile";
    J1122 Error "default does not fit its schema";
    J1123 Error "rule of a definition may cost too much";
    J1201 Error "(a rule's message), rule `name`";
    J1202 Warning "comment allows nothing as it is written";
    J1203 Warning "comment allows what is not found";
    J1210 Warning "no doc comment";
    J1211 Note "no example";
    J1212 Warning "name written unlike the others";
    J1213 Warning "use of something deprecated";
    J1214 Note "expression can be shorter";
    J1301 Error "expectation does not hold";
    J1302 Error "output differs from what is expected";
    J1401 Error "unknown key or bad value in `jibe.toml`";
    J1402 Error "file cannot be read";
    J1501 Error "internal error: please report";
}
