//! How fast YAML is read and written, in MB/s: `cargo bench --bench yaml [FILE]`.

use std::time::Instant;

use jibe::base::FileId;
use jibe::value::Origins;
use jibe::yaml;

/// A plain deployment and a config map; `N` is replaced by a number.
const MANIFEST: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-N
  labels:
    app.kubernetes.io/name: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: web
  template:
    metadata:
      labels: {app.kubernetes.io/name: web}
    spec:
      containers:
      - name: web
        image: \"example.org/team/web:1.2.3\"
        args: [\"--port=8080\", \"--verbose\"]
        ports:
        - containerPort: 8080
          protocol: TCP
        env:
        - name: DATABASE_URL
          value: postgres://user@db.default:5432/shop
        resources:
          limits:
            cpu: \"1\"
            memory: 512Mi
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-N
data:
  app.properties: |
    # settings
    server.port=8080
    server.name=web
  greeting: a few words
---
";

fn main() {
    let text = match std::env::args().skip(1).find(|a| !a.starts_with('-')) {
        Some(path) => std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}")),
        None => (0..20_000).map(|i| MANIFEST.replace('N', &i.to_string())).collect(),
    };
    let (mut best_read, mut best_write, mut documents) = (f64::MAX, f64::MAX, 0);
    let mut written = String::new();
    for _ in 0..5 {
        let started = Instant::now();
        let (all, findings) = yaml::read(&text, FileId(0), &mut Origins::new());
        best_read = best_read.min(started.elapsed().as_secs_f64());
        assert!(findings.is_empty(), "{findings:?}");
        documents = all.len();
        written.clear();
        let started = Instant::now();
        for document in &all {
            yaml::write(&document.value, &mut written);
        }
        best_write = best_write.min(started.elapsed().as_secs_f64());
    }
    println!("{documents} documents, {:.1} MB", text.len() as f64 / 1e6);
    println!("read  {:7.1} MB/s", text.len() as f64 / 1e6 / best_read);
    println!("write {:7.1} MB/s", written.len() as f64 / 1e6 / best_write);
}
