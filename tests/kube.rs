//! The schema pack, field facts, decoding and `jibe validate`.

use jibe::kube::{Catalog, ListKind, Shape, Version, fact_problems};
use libtest_mimic::Trial;

/// The trials.
pub fn tests() -> Vec<Trial> {
    crate::trials!["kube": finds_kinds_and_fields, list_keys, facts_name_real_fields]
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
