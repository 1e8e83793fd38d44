//! Equality as the server's semantic one: absent, null, empty text, list and map are one; quantities are compared by value where both sides look like some.

use crate::kube::syntax::Quantity;
use crate::value::{Data, Value};

/// Whether nothing is said: absent, null, or an empty list, map or text.
fn is_nothing(value: Option<&Value>) -> bool {
    match value.map(|v| &v.data) {
        None | Some(Data::Null) => true,
        Some(Data::List(l)) => l.items.is_empty(),
        Some(Data::Map(m)) => m.is_empty(),
        Some(Data::String(s)) => s.is_empty(),
        _ => false,
    }
}

/// Semantic equality of two values, either of which may be absent.
pub fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    let (Some(x), Some(y)) = (a, b) else { return is_nothing(a) && is_nothing(b) };
    match (&x.data, &y.data) {
        (Data::Map(m), Data::Map(n)) => {
            m.iter().all(|e| match n.get(&e.key) {
                Some(other) if !other.is_null() => same(Some(&e.value), Some(other)),
                _ => says_nothing(&e.key, &e.value),
            }) && n.iter().all(|e| m.get(&e.key).is_some_and(|v| !v.is_null()) || says_nothing(&e.key, &e.value))
        }
        (Data::List(m), Data::List(n)) => m.items.len() == n.items.len() && m.items.iter().zip(&n.items).all(|(p, q)| same(Some(p), Some(q))),
        (Data::String(s), Data::String(t)) => s == t || same_quantity(s, t),
        _ => (is_nothing(a) && is_nothing(b)) || x.same(y),
    }
}

/// Whether a field that only one side has says nothing that the server would not fill in.
pub fn says_nothing(key: &str, value: &Value) -> bool {
    is_nothing(Some(value)) || is_default(key, value)
}

/// Two texts that start like numbers and are one quantity (`1` and `1000m`).
fn same_quantity(s: &str, t: &str) -> bool {
    let numeric = |s: &str| s.bytes().next().is_some_and(|b| b.is_ascii_digit()) && !s.bytes().all(|b| b.is_ascii_digit());
    (numeric(s) || numeric(t)) && matches!((Quantity::parse(s), Quantity::parse(t)), (Ok(a), Ok(b)) if a == b)
}

/// Whether the server would have filled in this very value.
fn is_default(key: &str, value: &Value) -> bool {
    match &value.data {
        Data::String(s) => matches!(
            (key, s.as_str()),
            ("protocol", "TCP")
                | ("restartPolicy", "Always")
                | ("dnsPolicy", "ClusterFirst")
                | ("schedulerName", "default-scheduler")
                | ("terminationMessagePath", "/dev/termination-log")
                | ("terminationMessagePolicy", "File")
                | ("imagePullPolicy", "IfNotPresent" | "Always")
                | ("scheme", "HTTP")
                | ("apiVersion", "v1")
                | ("path", "/")
                | ("volumeMode", "Filesystem")
                | ("podManagementPolicy", "OrderedReady")
                | ("completionMode", "NonIndexed")
                | ("podReplacementPolicy", "TerminatingOrFailed")
                | ("whenDeleted" | "whenScaled", "Retain")
                | ("reclaimPolicy", "Delete")
                | ("persistentVolumeReclaimPolicy", "Retain")
                | ("volumeBindingMode", "Immediate")
                | ("preemptionPolicy", "PreemptLowerPriority")
                | ("phase", "Pending")
        ),
        Data::Int(i) => matches!(
            (key, i),
            ("terminationGracePeriodSeconds", 30)
                | ("defaultMode", 420)
                | ("successThreshold" | "timeoutSeconds" | "replicas" | "parallelism", 1)
                | ("failureThreshold", 3)
                | ("periodSeconds" | "revisionHistoryLimit", 10)
                | ("expirationSeconds", 3600)
        ),
        Data::Bool(b) => key == "enableServiceLinks" || !*b,
        Data::Map(m) => m.iter().all(|e| is_nothing(Some(&e.value)) || is_default(&e.key, &e.value)),
        _ => false,
    }
}
