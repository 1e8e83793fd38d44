//! Any text is read without a panic; labels and repairs lie inside of it; what is read is written and read back alike.
#![no_main]

use jibe::base::FileId;
use jibe::value::Origins;
use jibe::yaml;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (text, _) = yaml::decode(bytes.to_vec(), FileId(0));
    let (documents, findings) = yaml::read(&text, FileId(0), &mut Origins::new());
    for span in findings.iter().flat_map(|f| f.labels.iter().map(|l| l.span).chain(f.fixes.iter().flat_map(|x| x.edits.iter().map(|e| e.span)))) {
        assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} is no part of {text:?}");
    }
    for document in &documents {
        let mut written = String::new();
        yaml::write(&document.value, &mut written);
        let (again, findings) = yaml::read(&written, FileId(0), &mut Origins::new());
        assert!(findings.is_empty() && again.len() == 1 && again.iter().all(|d| d.value.same(&document.value)), "{written}");
        let mut json = String::new();
        yaml::write_json(&document.value, &mut json);
        let (again, findings) = yaml::read_json(&json, FileId(0), &mut Origins::new());
        assert!(findings.is_empty() && again.is_some_and(|v| v.same(&document.value)), "{json}");
    }
});
