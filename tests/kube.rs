//! The schema pack, field facts, decoding and `jibe validate`.

use jibe::base::FileId;
use jibe::kube::syntax::Format;
use jibe::kube::{Catalog, ListKind, Shape, Version, annotate, fact_problems};
use jibe::value::{Data, Origins};
use jibe::yaml;
use libtest_mimic::Trial;

/// The trials.
pub fn tests() -> Vec<Trial> {
    crate::trials!["kube": finds_kinds_and_fields, list_keys, facts_name_real_fields, formats_accept_and_refuse, lists_get_their_keys]
}

fn finds_kinds_and_fields() {
    let catalog = Catalog::new();
    for version in Version::all() {
        let deployment = catalog.kind(version, "apps/v1", "Deployment").expect("known");
        assert!(deployment.namespaced && deployment.listable && deployment.plural == "deployments");
        let pod = deployment.node.prop("spec").and_then(|p| p.node.prop("template")).and_then(|p| p.node.prop("spec")).expect("a pod spec").node;
        assert_eq!(pod.type_name(), Some("io.k8s.api.core.v1.PodSpec"));
        let containers = pod.prop("containers").expect("there");
        assert!(containers.declared);
        let Shape::Array(item) = containers.node.shape() else { panic!("a list") };
        assert_eq!(item.type_name(), Some("io.k8s.api.core.v1.Container"));
        assert!(catalog.named_type(version, "v1", "PodSpec").and_then(|n| n.doc()).is_some_and(|d| d.starts_with("PodSpec is a description of a pod")));
        assert!(pod.prop("hostNetwork").and_then(|p| p.doc()).is_some());
        let node = catalog.named_type(version, "meta/v1", "LabelSelector").expect("named");
        assert!(node.map_atomic());
        assert!(catalog.kind(version, "apps/v1", "Deploymint").is_none());
        assert_eq!(catalog.nearest(version, "apps/v1", "Deploymint").map(|k| k.kind), Some("Deployment"));
        assert_eq!(catalog.nearest(version, "extensions/v1beta1", "Ingress").map(|k| k.api_version), Some("networking.k8s.io/v1"));
    }
    assert!(catalog.kinds(Version::NEWEST).count() > 100);
}

fn list_keys() {
    let catalog = Catalog::new();
    let node = |name: &str, field: &str| catalog.named_type(Version::NEWEST, "v1", name).and_then(|n| n.prop(field)).expect("a field").node;
    let keys = |keys: &[&str]| ListKind::Map(keys.iter().map(|&k| k.into()).collect());
    assert_eq!(*node("PodSpec", "containers").list_kind(), keys(&["name"]));
    assert_eq!(*node("Container", "ports").list_kind(), keys(&["containerPort", "protocol"]));
    assert_eq!(*node("Container", "volumeMounts").list_kind(), keys(&["mountPath"]));
    assert_eq!(*node("Container", "args").list_kind(), ListKind::Atomic);
    assert_eq!(*node("PodSpec", "tolerations").list_kind(), ListKind::Atomic);
    assert!(node("PodSpec", "volumes").retain_keys());
    assert!(node("ServiceSpec", "selector").map_atomic());
}

fn facts_name_real_fields() {
    // A field that came or went is named with `since` and `until`; groups and types may be newer than a version.
    for version in Version::all() {
        let problems = fact_problems(version);
        assert!(problems.is_empty(), "{version}: {problems:#?}");
    }
}

fn formats_accept_and_refuse() {
    let table: &[(Format, &[&str], &[&str])] = &[
        (Format::DnsLabel, &["a", "1a", "a-b"], &["", "A", "a.b", "-a", "a-", "ä"]),
        (Format::DnsSubdomain, &["a.b", "10.0.0.1"], &["a..b", ".a", "a_b"]),
        (Format::Hostname, &["*.a.b", "a.b"], &["10.0.0.1", "*", "a.*.b"]),
        (Format::LabelKey, &["a", "a.b/C_d"], &["", "/a", "A.b/c", "a/b/c", "a b"]),
        (Format::AnnotationKey, &["A.b/c"], &["a b", "a/b/c"]),
        (Format::PortName, &["http", "h2c"], &["80", "a--b", "-a", "aaaaaaaaaaaaaaaa", "HTTP"]),
        (Format::Quantity, &["500m", "1.5Gi", "1e3", "-1", "+.5"], &["1 Gi", "1Gb", "", "m1"]),
        (Format::ImageReference, &["nginx", "nginx:1.27", "a.b:5000/c/d@sha256:0123456789abcdef0123456789abcdef"], &["Nginx", "a b", "a:", "a//b", ""]),
        (Format::Cron, &["* * * * *", "@daily", "*/5 1-5 * jan mon"], &["61 * * * *", "* * * *", "@never"]),
        (Format::Duration, &["1h30m", "0", "1.5s"], &["1", "1d", ""]),
        (Format::IpAddress, &["10.0.0.1", "::1"], &["010.0.0.1", "fe80::1%eth0", "1"]),
        (Format::Cidr, &["10.0.0.0/8"], &["10.0.0.1", "10.0.0.0/33", "10.0.0.0/08"]),
        (Format::Base64, &["", "aGFsbG8=", "YR=="], &["a", "hallo!", "aGFsbG8"]),
        (Format::Semver, &["1.2.3", "1.0.0-rc.1+x"], &["v1.2.3", "1.2", "01.2.3", "1.2.3-01"]),
        (Format::JsonPointer, &["", "/a/b~0c"], &["a", "/a~2"]),
        (Format::HttpPath, &["/", "/a/b"], &["", "a", "/a/../b", "//a", "/a/.."]),
        (Format::DateTime, &["2026-01-31T12:00:00Z", "2024-02-29T00:00:00.5+01:00"], &["2026-02-29T00:00:00Z", "2026-01-31", "2026-01-31T24:00:00Z"]),
        (Format::Url, &["https://a/b"], &["a.b", "https://", "1://a"]),
        (Format::RelativePath, &["a/b", "..a"], &["/a", "a/../b"]),
    ];
    for (format, good, bad) in table {
        good.iter().for_each(|t| assert!(format.check(t).is_ok(), "{} refuses {t:?}", format.name()));
        bad.iter().for_each(|t| assert!(format.check(t).is_err(), "{} accepts {t:?}", format.name()));
    }
}

fn lists_get_their_keys() {
    let text = "spec:\n  template:\n    spec:\n      containers:\n        - name: a\n          ports: [{containerPort: 80}]\n          args: [x]\n";
    let mut origins = Origins::new();
    let value = yaml::read(text, FileId(0), &mut origins).0.remove(0).value;
    let catalog = Catalog::new();
    let node = catalog.kind(Version::NEWEST, "apps/v1", "Deployment").expect("known").node;
    let value = annotate(&value, node);
    let Data::List(containers) = &value.at(&["spec", "template", "spec", "containers"]).expect("there").data else { panic!("a list") };
    assert_eq!(containers.keys.as_deref(), Some(&["name".into()][..]));
    let keys = |field: &str| match &containers.items[0].get(field).expect("there").data {
        Data::List(l) => l.keys.clone(),
        _ => None,
    };
    assert_eq!(keys("ports").as_deref(), Some(&["containerPort".into(), "protocol".into()][..]));
    assert_eq!(keys("args"), None);
}
