//! The hash in the names that KubeVela makes up for objects without one: FNV-32a over the object as Go's `spew` prints it (`%#v`, sorted keys), the decimal digits of
//! which are mapped to letters that spell no words.

use std::fmt::Write;

use crate::value::{Data, Value};

/// `k8s.io/apimachinery/pkg/util/rand`.
const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
/// The label that does not count.
const REVISION: &str = "app.oam.dev/appRevision";
/// How deep objects are printed.
const DEPTH: usize = 128;

/// The hash of an object, without its revision label.
pub fn object(value: &Value) -> String {
    let mut text = String::from("(*unstructured.Unstructured){Object:(map[string]interface {})");
    print(value, &mut text, DEPTH);
    text.push('}');
    let hash = text.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    hash.to_string().bytes().map(|b| LETTERS.get(usize::from(b) % LETTERS.len()).copied().map_or('b', char::from)).collect()
}

/// The value without the type in front.
fn print(value: &Value, out: &mut String, depth: usize) {
    match &value.data {
        Data::Null => out.push_str("<nil>"),
        Data::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Data::Int(i) => _ = write!(out, "{i}"),
        Data::Number(n) => out.push_str(&n.text),
        Data::String(s) => out.push_str(s),
        Data::List(_) | Data::Map(_) if depth == 0 => {}
        Data::List(l) => {
            out.push('[');
            for (i, v) in l.items.iter().enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                typed(v, out, depth - 1);
            }
            out.push(']');
        }
        Data::Map(m) => {
            out.push_str("map[");
            for (i, e) in m.sorted().into_iter().filter(|e| e.key != REVISION).enumerate() {
                if i > 0 {
                    out.push(' ');
                }
                out.push_str(&e.key);
                out.push(':');
                typed(&e.value, out, depth - 1);
            }
            out.push(']');
        }
    }
}

/// The value with its Go type in front.
fn typed(value: &Value, out: &mut String, depth: usize) {
    out.push_str(match value.data {
        Data::Null => "(interface {})",
        Data::Bool(_) => "(bool)",
        Data::Int(_) => "(int64)",
        Data::Number(_) => "(float64)",
        Data::String(_) => "(string)",
        Data::List(_) => "([]interface {})",
        Data::Map(_) => "(map[string]interface {})",
    });
    print(value, out, depth);
}
