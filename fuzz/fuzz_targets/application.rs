//! An application and, after a line `%%%%`, definitions go through the whole driver in memory: read, check, render, validate, emit, report. A first line `#kubevela` asks for
//! compatibility. Whatever is given, the run ends, labels and fixes lie inside of their files, and what is emitted is read back as it was.
#![no_main]

use std::path::PathBuf;
use std::sync::Once;

use jibe::driver::{Input, Options, Session};
use jibe::render::{self, Format, Style};
use jibe::source::MemoryWorld;
use jibe::value::{Origins, Value};
use jibe::{emit, yaml};
use libfuzzer_sys::fuzz_target;

/// The room that the command line gives to its threads.
const STACK_BYTES: usize = 64 << 20;
static POOL: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    POOL.call_once(|| rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(STACK_BYTES).build_global().expect("a pool"));
    rayon::scope(|s| s.spawn(|_| build(bytes)));
});

fn build(bytes: &[u8]) {
    let separator = b"\n%%%%\n";
    let (app, definitions) = match bytes.windows(separator.len()).position(|w| w == separator) {
        Some(at) => (&bytes[..at + 1], Some(&bytes[at + separator.len()..])),
        None => (bytes, None),
    };
    let mut world = MemoryWorld::default();
    world.files.insert(PathBuf::from("/p/app.yaml"), app.to_vec());
    let mut inputs = vec![Input::Path("/p/app.yaml".into())];
    if let Some(text) = definitions {
        world.files.insert(PathBuf::from("/p/own.jibe"), text.to_vec());
        inputs.push(Input::Path("/p/own.jibe".into()));
    }
    let options = Options { compat: app.starts_with(b"#kubevela"), ..Options::default() };
    let mut session = Session::new(Box::new(world), options, &inputs);
    let work = session.read(&inputs, true).expect("every path is there");
    let mut outcome = session.compile(work);
    let findings = render::arrange(std::mem::take(&mut outcome.findings));
    for d in &findings {
        for span in d.labels.iter().map(|l| l.span).chain(d.fixes.iter().flat_map(|x| x.edits.iter().map(|e| e.span))) {
            let file = session.sources.get(span.file).expect("a file of this run");
            assert!(file.text.get(span.start as usize..span.end as usize).is_some(), "{}: {span:?} is no part of {}", d.message, file.name);
        }
    }
    for format in [Format::Human, Format::Json] {
        render::render(&findings, &session.sources, format, &Style::default());
    }
    if findings.iter().any(|d| d.is_error()) {
        return;
    }
    let objects: Vec<&Value> = outcome.applications.iter().flat_map(|(c, _)| &c.deliveries).flat_map(|d| d.objects.iter().map(|o| &o.value)).collect();
    let stream = emit::yaml_stream(&objects);
    let (again, found) = yaml::read(&stream, jibe::base::FileId(0), &mut Origins::new());
    assert!(found.is_empty() && again.len() == objects.len(), "{stream}");
    assert!(again.iter().zip(&objects).all(|(a, o)| a.value.same(o)), "{stream}");
}
