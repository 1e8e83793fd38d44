//! Sources of volumes that pods and persistent volumes have in common (core `validation.go`: `validateNFSVolumeSource`, `validateISCSIVolumeSource`, `validateFCVolumeSource`, …).

use super::paths;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;
use crate::kube::syntax::names;

/// Whose volume it is: a few rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Pod,
    PersistentVolume,
}

/// Fields that must be there and not empty, by kind of source.
const REQUIRED: &[(&str, &[&str])] = &[
    ("hostPath", &["path"]),
    ("gitRepo", &["repository"]),
    ("gcePersistentDisk", &["pdName"]),
    ("awsElasticBlockStore", &["volumeID"]),
    ("nfs", &["server", "path"]),
    ("iscsi", &["targetPortal", "iqn"]),
    ("glusterfs", &["endpoints", "path"]),
    ("rbd", &["monitors", "image"]),
    ("cinder", &["volumeID"]),
    ("cephfs", &["monitors"]),
    ("quobyte", &["volume"]),
    ("flexVolume", &["driver"]),
    ("azureFile", &["secretName", "shareName"]),
    ("vsphereVolume", &["volumePath"]),
    ("photonPersistentDisk", &["pdID"]),
    ("portworxVolume", &["volumeID"]),
    ("azureDisk", &["diskName", "diskURI"]),
    ("storageos", &["volumeName"]),
    ("scaleIO", &["gateway", "system", "volumeName"]),
    ("local", &["path"]),
];

/// Checks the source of this kind below `holder`.
pub fn source<'v>(c: &mut Report<'v>, holder: &At<'_, 'v>, kind: &'static str, owner: Owner) {
    let found = holder.get(kind);
    // The server calls this one differently.
    let at = if kind == "gcePersistentDisk" { holder.called("persistentDisk", found.value()) } else { found };
    for field in REQUIRED.iter().find(|(k, _)| *k == kind).map_or(&[][..], |(_, f)| f) {
        let value = at.get(field);
        if value.text().is_empty() && value.is_empty() {
            c.required(&value, "");
        }
    }
    match kind {
        "hostPath" => host_path(c, &at),
        "gitRepo" => paths::descending(c, &at.get("directory")),
        "gcePersistentDisk" | "awsElasticBlockStore" if at.get("partition").is_set() => {
            c.within(&at.get("partition"), 0, 255);
        }
        "nfs" => {
            let path = at.get("path");
            if !path.text().starts_with('/') {
                c.invalid(codes::J1018, &path, format!("`{}` is no absolute path", path.text()));
            }
        }
        "iscsi" => iscsi(c, &at, owner),
        "fc" => fibre_channel(c, &at),
        "flocker" => flocker(c, &at),
        "quobyte" => quobyte(c, &at),
        "flexVolume" => flex(c, &at),
        "azureDisk" => azure_disk(c, &at),
        "csi" => csi(c, &at, owner),
        "local" => paths::no_steps_up(c, &at.get("path")),
        "storageos" => {
            for field in ["volumeName", "volumeNamespace"] {
                if !at.get(field).text().is_empty() {
                    c.dns_label(&at.get(field));
                }
            }
            secret_reference(c, &at, owner);
        }
        "cinder" => secret_reference(c, &at, owner),
        "glusterfs" if owner == Owner::PersistentVolume => {
            let namespace = at.get("endpointsNamespace");
            if namespace.is_set() {
                c.dns_label(&namespace);
            }
        }
        "azureFile" if owner == Owner::PersistentVolume => {
            let namespace = at.get("secretNamespace");
            if namespace.is_set() {
                c.need_text(&namespace, "");
            }
        }
        _ => {}
    }
}

/// A reference to a secret has a name; those of persistent volumes have a namespace too.
fn secret_reference<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, owner: Owner) {
    let reference = at.get("secretRef");
    if reference.is_set() {
        c.need_text(&reference.get("name"), "the reference names a secret");
        if owner == Owner::PersistentVolume {
            c.need_text(&reference.get("namespace"), "the reference says in which namespace the secret is");
        }
    }
}

/// `validateHostPathVolumeSource`.
fn host_path<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if at.get("path").text().is_empty() {
        return;
    }
    paths::no_steps_up(c, &at.get("path"));
    let kind = at.get("type");
    if kind.is_set() {
        c.one_of(&kind, &["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"]);
    }
}

/// `iscsiInitiatorIqnRegex` and its siblings: `iqn.YYYY-MM.AUTHORITY:NAME`, `eui.` and 16, `naa.` and 32 letters and digits.
fn is_initiator(text: &str) -> bool {
    let Some(kind) = text.get(..3) else { return false };
    let mut tail = text.get(3..).unwrap_or("").chars();
    let separator = tail.next();
    let rest = tail.as_str();
    let alphanumeric = |n: usize| rest.len() == n && rest.bytes().all(|b| b.is_ascii_alphanumeric());
    match kind {
        "eui" => separator.is_some() && alphanumeric(16),
        "naa" => separator.is_some() && alphanumeric(32),
        "iqn" => {
            let (date, authority) = (rest.get(..8).unwrap_or(""), rest.get(8..).unwrap_or(""));
            let dated = date.len() == 8
                && date.bytes().enumerate().all(|(i, b)| {
                    if i == 4 {
                        b == b'-'
                    } else if i == 7 {
                        b == b'.'
                    } else {
                        b.is_ascii_digit()
                    }
                });
            let Some((authority, name)) = authority.split_once(':') else { return false };
            let host = !authority.is_empty() && authority.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
            separator == Some('.') && dated && host && !name.is_empty() && !name.contains([',', ';', '*', '&', '$', '|']) && !name.contains(char::is_whitespace)
        }
        _ => false,
    }
}

/// `validateISCSIVolumeSource`, `validateISCSIPersistentVolumeSource`.
fn iscsi<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, owner: Owner) {
    let iqn = at.get("iqn");
    if !iqn.text().is_empty() && !is_initiator(iqn.text()) {
        c.invalid(codes::J1055, &iqn, format!("`{}` is no name of iSCSI: such as `iqn.2020-01.com.example:disk`, `eui.` or `naa.` and hexadecimal digits", iqn.text()));
    }
    c.within(&at.get("lun"), 0, 255);
    let secret = at.get("secretRef");
    if (at.get("chapAuthDiscovery").flag() || at.get("chapAuthSession").flag()) && !secret.is_set() {
        c.required(&secret, "authentication by CHAP needs a secret");
    }
    if secret.is_set() && owner == Owner::PersistentVolume {
        c.need_text(&secret.get("name"), "the reference names a secret");
    }
    let initiator = at.get("initiatorName");
    if initiator.is_set() && !is_initiator(initiator.text()) {
        c.invalid(codes::J1055, &at.called("initiatorname", initiator.value()), format!("`{}` is no name of iSCSI", initiator.text()));
    }
}

/// `validateFCVolumeSource`.
fn fibre_channel<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (targets, ids) = (at.get("targetWWNs"), at.get("wwids"));
    if targets.is_empty() && ids.is_empty() {
        c.required(&targets, "a disk is found by `targetWWNs` or by `wwids`");
    }
    if !targets.is_empty() && !ids.is_empty() {
        c.invalid(codes::J1007, &targets, "`targetWWNs` and `wwids` exclude each other");
    }
    if !targets.is_empty() {
        if at.get("lun").is_set() {
            c.within(&at.get("lun"), 0, 255);
        } else {
            c.required(&at.get("lun"), "`targetWWNs` need a `lun`");
        }
    }
}

/// `validateFlockerVolumeSource`.
fn flocker<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (name, uuid) = (at.get("datasetName").text(), at.get("datasetUUID").text());
    if name.is_empty() && uuid.is_empty() {
        c.error(codes::J1055, Reason::Required, at, "a data set has a name or a UUID");
    }
    if !name.is_empty() && !uuid.is_empty() {
        c.invalid(codes::J1007, at, "`datasetName` and `datasetUUID` exclude each other");
    }
    if name.contains('/') {
        c.invalid(codes::J1055, &at.get("datasetName"), "the name of a data set has no `/`");
    }
}

/// `validateQuobyteVolumeSource`.
fn quobyte<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let registry = at.get("registry");
    if registry.text().is_empty() {
        c.required(&registry, "a registry is `host:port`, or several with commas");
    } else if at.get("tenant").text().len() >= 65 {
        c.error(codes::J1006, Reason::Required, &at.get("tenant"), "a tenant is a UUID of at most 64 characters");
    } else {
        for pair in registry.text().split(',') {
            let plain = pair.rsplit_once(':').is_some_and(|(host, _)| !host.contains(':') || (host.starts_with('[') && host.ends_with(']')));
            if !plain {
                c.invalid(codes::J1055, &registry, format!("`{pair}` is no `host:port`"));
            }
        }
    }
}

/// `validateFlexVolumeSource`.
fn flex<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    for (key, entry) in at.get("options").entries() {
        let namespace = format!(".{}", key.split_once('/').map_or(key, |(n, _)| n).to_lowercase());
        if namespace.ends_with(".kubernetes.io") || namespace.ends_with(".k8s.io") {
            c.invalid(codes::J1061, &entry, format!("options of `{namespace}` are reserved"));
        }
    }
}

/// `validateAzureDisk`.
fn azure_disk<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    c.one_of_if_set(&at.get("cachingMode"), &["None", "ReadOnly", "ReadWrite"]);
    let kind = at.get("kind");
    c.one_of_if_set(&kind, &["Dedicated", "Managed", "Shared"]);
    let uri = at.get("diskURI");
    // The default kind is Shared.
    if kind.text() == "Managed" {
        if !uri.text().starts_with("/subscriptions/") {
            c.error(codes::J1004, Reason::NotSupported, &uri, "a managed disk is `/subscriptions/{id}/resourcegroups/{group}/providers/microsoft.compute/disks/{disk}`");
        }
    } else if !uri.text().starts_with("https://") {
        c.error(codes::J1004, Reason::NotSupported, &uri, "a blob disk is `https://{account}.blob.core.windows.net/{container}/{disk}.vhd`");
    }
}

/// `ValidateCSIDriverName`.
pub fn csi_driver_name<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if !c.need_text(at, "a driver has a name") {
        return;
    }
    c.too_long(at, 63);
    if let Err(why) = names::dns_subdomain(&at.text().to_lowercase()) {
        c.invalid(codes::J1001, at, format!("`{}` is no name of a driver: {why}", at.text()));
    }
}

/// `validateCSIVolumeSource`, `validateCSIPersistentVolumeSource`.
fn csi<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, owner: Owner) {
    csi_driver_name(c, &at.get("driver"));
    if owner == Owner::Pod {
        let reference = at.get("nodePublishSecretRef");
        if reference.is_set() && c.need_text(&reference.get("name"), "the reference names a secret") {
            c.dns_subdomain(&at.called("name", reference.get("name").value()));
        }
        return;
    }
    c.need_text(&at.get("volumeHandle"), "a volume has a handle");
    for field in ["controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"] {
        let reference = at.get(field);
        if !reference.is_set() {
            continue;
        }
        if c.need_text(&reference.get("name"), "the reference names a secret") {
            c.dns_subdomain(&reference.get("name"));
        }
        if c.need_text(&reference.get("namespace"), "the reference says in which namespace the secret is") {
            c.dns_label(&reference.get("namespace"));
        }
    }
}
