//! Whole processes, and the stages of one, timed. `cargo bench --bench process` prints the tables of `docs/performance.md`: start-up, 1 to 4,000 applications, 1 to 4,000 definitions
//! present, `validate` on 2,000 files; then, in one process and one thread, the stages of 1,000 applications apart, cold (first run) and warm, beside the floor: reading and writing
//! the same data as plain YAML. Every figure is the minimum and the median of several runs, peak memory as the kernel reports it (Linux only).

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jibe::base::FileId;
use jibe::driver::{Input, Options, Session};
use jibe::emit;
use jibe::kube;
use jibe::source::DiskWorld;
use jibe::value::{Origins, Value};
use jibe::yaml;

fn main() {
    let jibe = env!("CARGO_BIN_EXE_jibe");
    let folder = std::env::temp_dir().join(format!("jibe-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    println!("{:<44} {:>9} {:>9} {:>9}", "what", "min ms", "median", "peak MiB");
    let trivial = folder.join("trivial.yaml");
    std::fs::write(&trivial, "a: 1\n").expect("write");
    row("start-up: eval of one line of YAML", jibe, &["eval", "--format", "json"], &[trivial], 40);
    for n in [1usize, 10, 100, 1000, 4000] {
        let apps = applications(&folder.join(format!("apps-{n}")), n);
        let runs = if n > 100 { 15 } else { 30 };
        row(&format!("build, {n} application(s)"), jibe, &["build"], std::slice::from_ref(&apps), runs);
        row(&format!("check, {n} application(s)"), jibe, &["check"], &[apps], runs);
    }
    for n in [1usize, 10, 100, 1000, 4000] {
        let project = definitions(&folder.join(format!("definitions-{n}")), n);
        row(&format!("build, 1 application, {n} definition(s) present"), jibe, &["build"], &[project.join("app.yaml")], 15);
    }
    let manifests = rendered(jibe, &folder, 667);
    row("validate, 2,001 manifests", jibe, &["validate"], &[manifests], 15);
    println!();
    rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(64 << 20).build_global().expect("the first pool");
    rayon::scope(|s| s.spawn(|_| stages(&folder.join("apps-1000"))));
    let _ = std::fs::remove_dir_all(&folder);
}

/// Writes `n` applications, each a webservice with scaler, env and gateway.
fn applications(folder: &Path, n: usize) -> PathBuf {
    std::fs::create_dir_all(folder).expect("folder");
    for i in 0..n {
        std::fs::write(folder.join(format!("app-{i:04}.yaml")), application(i, "webservice")).expect("write");
    }
    folder.to_path_buf()
}

fn application(i: usize, kind: &str) -> String {
    format!(
        "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata:\n  name: shop-{i}\nspec:\n  components:\n    - name: web-{i}\n      type: {kind}\n      properties:\n        image: nginx:1.27\n        cpu: 250m\n        memory: 256Mi\n        ports:\n          - port: 80\n        env:\n          - name: MODE\n            value: production\n      traits:\n        - type: scaler\n          properties:\n            replicas: 3\n        - type: env\n          properties:\n            env:\n              LOG_LEVEL: info\n        - type: gateway\n          properties:\n            domain: shop-{i}.example.com\n            http:\n              /: 80\n"
    )
}

/// Writes a project with `n` components of its own, ten a module, and an application that uses one.
fn definitions(folder: &Path, n: usize) -> PathBuf {
    std::fs::create_dir_all(folder.join("definitions")).expect("folder");
    std::fs::write(folder.join("jibe.toml"), "name = \"bench\"\ndefinitions = [\"definitions\"]\n").expect("write");
    std::fs::write(folder.join("app.yaml"), application(0, "service-0")).expect("write");
    for first in (0..n).step_by(10) {
        let mut text = String::from("//! A part of the benchmark.\n\nimport \"apps/v1\" { Deployment }\n\n");
        for i in first..n.min(first + 10) {
            text.push_str(&format!(
                "/// The service number {i}.\ncomponent service-{i}: Deployment {{\n  parameters {{ ...webservice.parameters without (exposeType), level: Int(0..=9) = 1 }}\n  from webservice {{ ...parameters.without(\"level\") }}\n  patch {{ metadata: {{ labels: {{ level: \"${{parameters.level}}\" }} }} }}\n}}\n\n"
            ));
        }
        std::fs::write(folder.join(format!("definitions/services-{first:04}.jibe")), text).expect("write");
    }
    folder.to_path_buf()
}

/// Builds applications and writes each object into a file of its own.
fn rendered(jibe: &str, folder: &Path, n: usize) -> PathBuf {
    let apps = applications(&folder.join("source"), n);
    let out = folder.join("manifests");
    let status = Command::new(jibe).args(["build", "-q", "-o"]).arg(&out).arg(&apps).stdout(Stdio::null()).status().expect("jibe runs");
    assert!(status.success(), "the benchmark's applications build");
    out
}

fn row(what: &str, program: &str, arguments: &[&str], paths: &[PathBuf], runs: usize) {
    let mut times = Vec::with_capacity(runs);
    let mut peak = 0;
    for _ in 0..runs {
        let began = Instant::now();
        let mut child = Command::new(program).args(arguments).args(paths).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("jibe runs");
        assert!(child.wait().expect("jibe ends").success(), "{what}: `jibe` failed");
        times.push(began.elapsed());
    }
    // Memory in a run of its own: asking the kernel takes time.
    let mut child = Command::new(program).args(arguments).args(paths).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("jibe runs");
    while child.try_wait().expect("jibe ends").is_none() {
        peak = peak.max(peak_kib(child.id()));
        std::thread::sleep(Duration::from_micros(200));
    }
    times.sort();
    println!("{:<44} {:>9.2} {:>9.2} {:>9.1}", what, ms(times[0]), ms(times[runs / 2]), peak as f64 / 1024.0);
}

fn ms(d: Duration) -> f64 {
    d.as_secs_f64() * 1000.0
}

/// `VmHWM` of a process, in KiB; 0 where the kernel does not tell.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status.lines().find_map(|l| l.strip_prefix("VmHWM:")).and_then(|l| l.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

/// The stages of a run, apart. A stage that needs another's result gets it from an untimed run.
fn stages(apps: &Path) {
    const RUNS: usize = 8;
    println!("{:<44} {:>9} {:>9} {:>9}", "1,000 applications, one thread", "cold ms", "min ms", "median");
    let inputs = [Input::Path(apps.to_path_buf())];
    let mut names: Vec<PathBuf> = std::fs::read_dir(apps).expect("folder").flatten().map(|e| e.path()).collect();
    names.sort();
    let read_files = || -> Vec<String> { names.iter().map(|p| std::fs::read_to_string(p).expect("a file")).collect() };
    let session = || {
        let mut session = Session::new(Box::new(DiskWorld), Options::default(), &inputs);
        let work = session.read(&inputs, false).expect("every path is there");
        (session, work)
    };
    let texts = read_files();
    let parse = |texts: &[String]| -> usize { texts.iter().map(|t| yaml::read(t, FileId(0), &mut Origins::new()).0.len()).sum() };
    timed("read files", RUNS, || (), |()| read_files().len());
    timed("parse: YAML with positions", RUNS, || (), |()| parse(&texts));
    timed("load: files, YAML, applications, definitions", RUNS, || (), |()| session().0.findings.len());
    timed("evaluate and validate", RUNS, session, |(session, work)| session.compile(work).applications.len());
    let (whole, work) = session();
    let outcome = whole.compile(work);
    let objects: Vec<&Value> = outcome.applications.iter().flat_map(|(c, _)| &c.deliveries).flat_map(|d| d.objects.iter().map(|o| &o.value)).collect();
    let (version, catalog) = (whole.version(), &whole.library.catalog);
    timed("  of that, validate", RUNS, || (), |()| objects.iter().map(|o| kube::validate(o, catalog, version, None).len()).sum());
    timed("emit", RUNS, || (), |()| emit::yaml_stream(&objects).len());
    timed("check: all definitions of the library", RUNS, || (), |()| check_library(&whole));
    let stream = emit::yaml_stream(&objects);
    timed("floor: the input and output, read as YAML", RUNS, || (), |()| parse(&texts) + yaml::read(&stream, FileId(0), &mut Origins::new()).0.len());
    timed("floor: input read, output written", RUNS, || (), |()| parse(&texts) + emit::yaml_stream(&objects).len());
    let json: Vec<String> = texts.iter().map(|t| as_json(t)).collect();
    let output: Vec<serde_json::Value> = objects.iter().map(|o| serde_json::from_str(&written(o)).expect("JSON")).collect();
    let general = |_| {
        json.iter().map(|t| serde_json::from_str::<serde_json::Value>(t).expect("JSON")).filter(|v| v.is_object()).count()
            + output.iter().map(|v| v.to_string().len()).sum::<usize>()
    };
    timed("  the same as JSON, by serde_json", RUNS, || (), general);
}

/// Checks every module of the standard library.
fn check_library(session: &Session) -> usize {
    let world = DiskWorld;
    let sources = jibe::source::Sources::new();
    let mut loader = jibe::hir::Loader::new(&world, &sources);
    loader.whole("std");
    let (program, _) = loader.finish();
    let program = std::sync::Arc::new(program);
    let versions = jibe::types::Versions(0b11111);
    let types = jibe::types::Types::new(program.clone(), jibe::types::Schemas::new(session.library.catalog.clone(), versions));
    program.modules().map(|(id, _)| types.check(id).len()).sum()
}

fn as_json(text: &str) -> String {
    let (documents, _) = yaml::read(text, FileId(0), &mut Origins::new());
    documents.first().map(|d| written(&d.value)).unwrap_or_default()
}

fn written(value: &Value) -> String {
    let mut out = String::new();
    yaml::write_json(value, &mut out);
    out
}

/// Times `work` alone; `prepare` before each run is not counted.
fn timed<P>(what: &str, runs: usize, mut prepare: impl FnMut() -> P, mut work: impl FnMut(P) -> usize) {
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let prepared = prepare();
        let began = Instant::now();
        black_box(work(prepared));
        times.push(began.elapsed());
    }
    let cold = times[0];
    times.sort();
    println!("{:<44} {:>9.2} {:>9.2} {:>9.2}", what, ms(cold), ms(times[0]), ms(times[runs / 2]));
}
