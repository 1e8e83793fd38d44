//! Whole processes, timed: start-up, 1, 10, 100 and 1,000 applications, and `validate` on 2,000 files. `cargo bench --bench process` prints one table;
//! every figure is the minimum and the median of several runs, peak memory as the kernel reports it (Linux only).

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let jibe = env!("CARGO_BIN_EXE_jibe");
    let folder = std::env::temp_dir().join(format!("jibe-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    println!("{:<34} {:>9} {:>9} {:>9}", "what", "min ms", "median", "peak MiB");
    let trivial = folder.join("trivial.yaml");
    std::fs::write(&trivial, "a: 1\n").expect("write");
    row("start-up: eval of one line of YAML", jibe, &["eval", "--format", "json"], &[trivial], 40);
    for n in [1usize, 10, 100, 1000] {
        let apps = applications(&folder.join(format!("apps-{n}")), n);
        row(&format!("build, {n} application(s)"), jibe, &["build"], std::slice::from_ref(&apps), if n > 100 { 10 } else { 20 });
        row(&format!("check, {n} application(s)"), jibe, &["check"], &[apps], if n > 100 { 10 } else { 20 });
    }
    let manifests = rendered(jibe, &folder, 667);
    row("validate, 2,001 manifests", jibe, &["validate"], &[manifests], 10);
    let _ = std::fs::remove_dir_all(&folder);
}

/// Writes `n` applications, each a webservice with scaler, env and gateway.
fn applications(folder: &Path, n: usize) -> PathBuf {
    std::fs::create_dir_all(folder).expect("folder");
    for i in 0..n {
        let text = format!(
            "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata:\n  name: shop-{i}\nspec:\n  components:\n    - name: web-{i}\n      type: webservice\n      properties:\n        image: nginx:1.27\n        cpu: 250m\n        memory: 256Mi\n        ports:\n          - port: 80\n        env:\n          - name: MODE\n            value: production\n      traits:\n        - type: scaler\n          properties:\n            replicas: 3\n        - type: env\n          properties:\n            env:\n              LOG_LEVEL: info\n        - type: gateway\n          properties:\n            domain: shop-{i}.example.com\n            http:\n              /: 80\n"
        );
        std::fs::write(folder.join(format!("app-{i:04}.yaml")), text).expect("write");
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
        child.wait().expect("jibe ends");
        times.push(began.elapsed());
    }
    // Memory in a run of its own: asking the kernel takes time.
    let mut child = Command::new(program).args(arguments).args(paths).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("jibe runs");
    while child.try_wait().expect("jibe ends").is_none() {
        peak = peak.max(peak_kib(child.id()));
        std::thread::sleep(Duration::from_micros(200));
    }
    times.sort();
    let ms = |d: Duration| d.as_secs_f64() * 1000.0;
    println!("{:<34} {:>9.2} {:>9.2} {:>9.1}", what, ms(times[0]), ms(times[runs / 2]), peak as f64 / 1024.0);
}

/// `VmHWM` of a process, in KiB; 0 where the kernel does not tell.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status.lines().find_map(|l| l.strip_prefix("VmHWM:")).and_then(|l| l.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
