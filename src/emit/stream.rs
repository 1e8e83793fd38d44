//! All objects in one text.

use crate::value::Value;
use crate::yaml;

/// YAML documents with `---` between them.
pub fn yaml_stream(objects: &[&Value]) -> String {
    let mut out = String::new();
    for (i, object) in objects.iter().enumerate() {
        if i > 0 {
            out.push_str("---\n");
        }
        yaml::write(object, &mut out);
    }
    out
}

/// A `List` of Kubernetes, as `kubectl get -o json` prints it and `kubectl apply` reads it.
pub fn json_list(objects: &[&Value]) -> String {
    let mut out = String::from("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"items\": [");
    for (i, object) in objects.iter().enumerate() {
        out.push_str(if i > 0 { ",\n    " } else { "\n    " });
        yaml::write_json_indented(object, 2, &mut out);
    }
    out.push_str(if objects.is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    out
}
