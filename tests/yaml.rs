//! Reading and writing YAML and JSON.

use jibe::base::FileId;
use jibe::value::{Origins, Value};
use jibe::yaml;
use libtest_mimic::Trial;

use crate::trials;

pub fn tests() -> Vec<Trial> {
    trials!("yaml": a_stream_has_documents)
}

fn read(text: &str) -> Vec<Value> {
    let (documents, findings) = yaml::read(text, FileId(0), &mut Origins::new());
    assert!(findings.is_empty(), "{findings:?}");
    documents.into_iter().map(|d| d.value).collect()
}

fn a_stream_has_documents() {
    let all = read("a: 1\n---\nb: [yes, '2']\n");
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].get("a").and_then(Value::as_int), Some(1));
    assert_eq!(all[1].get("b").and_then(Value::as_list).and_then(|l| l[0].as_bool()), Some(true));
}
