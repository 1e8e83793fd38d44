//! Certificate requests (`pkg/apis/certificates/validation`).
//!
//! Whether the signature of a request is right is not looked at: that needs the key's algorithm. Everything up to it is.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::At;
use super::metadata::{self, NameRule};
use super::report::Report;
use crate::diagnostics::codes;
use crate::kube::syntax::names;
use crate::value::Origin;

/// The shortest time that a certificate can be asked for, in seconds.
const MIN_EXPIRATION: i64 = 600;
/// What a key may be used for (`pkg/apis/certificates`, `KeyUsage`), sorted.
#[rustfmt::skip]
const USAGES: &[&str] = &[
    "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment", "decipher only", "digital signature",
    "email protection", "encipher only", "ipsec end system", "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc",
    "netscape sgc", "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
];

/// `validateCertificateSigningRequest`, for `certificates.k8s.io/v1`; the name is free.
pub fn signing_request<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::PathSegment, false);
    let spec = root.get("spec");
    if c.old.is_some() {
        // The strategy puts the stored `spec` back, so that nothing in it can be wrong.
        return;
    }
    request(c, &spec.get("request"));
    usages(c, &spec.get("usages"));
    let signer = spec.get("signerName");
    if signer.text() == "kubernetes.io/legacy-unknown" {
        c.invalid(codes::J1066, &signer, "`kubernetes.io/legacy-unknown` is not for this API version").help =
            Some("name the signer that is meant, such as `kubernetes.io/kube-apiserver-client`".to_owned());
    } else {
        signer_name(c, &signer);
    }
    let expiration = spec.get("expirationSeconds");
    if expiration.opt_int().is_some_and(|n| n < MIN_EXPIRATION) {
        c.invalid(codes::J1005, &expiration, format!("`{}` is too short: a certificate is asked for {MIN_EXPIRATION} seconds or more", expiration.int()));
    }
}

/// `ParseCSR`: PEM, one block of the right kind, and DER in it.
fn request(c: &mut Report<'_>, at: &At<'_, '_>) {
    if at.text().is_empty() {
        c.required(at, "it holds the request, PEM in base64");
        return;
    }
    let bytes = STANDARD.decode(at.text().replace(['\n', '\r'], "")).unwrap_or_default();
    if let Err(why) = pem_request(&String::from_utf8_lossy(&bytes)) {
        c.invalid(codes::J1066, at, format!("this is no certificate request: {why}")).help = Some("write the output of `base64 -w0 < request.csr`".to_owned());
    }
}

fn pem_request(text: &str) -> Result<(), &'static str> {
    const BEGIN: &str = "-----BEGIN ";
    let start = text.find(BEGIN).ok_or("there is no PEM block in it")?;
    let rest = text.get(start + BEGIN.len()..).unwrap_or("");
    let (kind, rest) = rest.split_once("-----").ok_or("its PEM block has no heading")?;
    if kind != "CERTIFICATE REQUEST" {
        return Err("its PEM block is not of type `CERTIFICATE REQUEST`");
    }
    let (body, _) = rest.split_once("-----END CERTIFICATE REQUEST-----").ok_or("its PEM block does not end")?;
    let body: String = body.split_whitespace().collect();
    let der = STANDARD.decode(body).map_err(|_| "its PEM block is not base64")?;
    if is_sequence(&der) { Ok(()) } else { Err("its PEM block is not the DER of a request") }
}

/// Whether the bytes are one DER sequence and nothing else (RFC 2986 §4.2: a request is one).
fn is_sequence(der: &[u8]) -> bool {
    let [0x30, length, rest @ ..] = der else { return false };
    let (size, rest) = match length {
        0..=0x7f => (usize::from(*length), rest),
        0x81..=0x84 => {
            let Some((digits, rest)) = rest.split_at_checked(usize::from(length & 0x7f)) else { return false };
            (digits.iter().fold(0, |n, d| n << 8 | usize::from(*d)), rest)
        }
        _ => return false,
    };
    size == rest.len()
}

fn usages<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    if list.is_empty() {
        c.required(list, "a request says what the key is for");
    }
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for usage in list.items() {
        if !USAGES.contains(&usage.text()) {
            c.one_of(&usage, USAGES);
        } else if let Some(first) = seen.insert(usage.text(), usage.origin()) {
            c.duplicate(&usage, Some(first), &format!("`{}`", usage.text()));
        }
    }
}

/// `ValidateSignerName`: a domain of two labels or more, `/`, and a name.
fn signer_name(c: &mut Report<'_>, at: &At<'_, '_>) {
    if !c.need_text(at, "a request says who shall sign it") {
        return;
    }
    let text = at.text();
    let parts: Vec<&str> = text.split('/').collect();
    let [domain, path] = parts.as_slice() else {
        c.invalid(codes::J1066, at, format!("`{text}` is no signer: it is a domain and a name, such as `example.com/my-signer`"));
        return;
    };
    let wrong = domain.split('.').find_map(|label| names::dns_label(label).err()).or_else(|| path.split('.').find_map(|label| names::dns_subdomain(label).err()));
    if let Some(why) = wrong {
        c.invalid(codes::J1066, at, format!("`{text}` is no signer: {why}"));
    } else if !domain.contains('.') {
        c.invalid(codes::J1066, at, format!("`{text}` is no signer: its domain has two labels or more, such as `example.com`"));
    } else {
        c.too_long(at, names::SUBDOMAIN_MAX + 1 + names::SUBDOMAIN_MAX + 1 + names::LABEL_MAX);
    }
}
