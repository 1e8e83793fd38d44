//! Files made from objects and fields (core `validation.go`: `validateProjectionSources`, `validateDownwardAPIVolumeFile`).

use std::collections::HashMap;

use super::{env, paths, volume};
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;
use crate::value::Origin;

/// `validateDownwardAPIVolumeSource`. The server names the source, not the item.
pub fn downward_api<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if at.get("defaultMode").is_set() {
        paths::file_mode(c, &at.get("defaultMode"));
    }
    for file in at.get("items").items() {
        downward_file(c, at, &file);
    }
}

/// `validateDownwardAPIVolumeFile`, by the path of what holds the list.
fn downward_file<'v>(c: &mut Report<'v>, holder: &At<'_, 'v>, file: &At<'_, 'v>) {
    let origin = file.origin();
    let here = |name: &'static str| holder.called(name, file.get(name).value());
    let path = here("path");
    if path.text().is_empty() {
        c.required(&path, "a file has a path").origin = origin;
    }
    paths::not_reserved(c, &path);
    let (field, resource) = (here("fieldRef"), here("resourceFieldRef"));
    if field.is_set() {
        env::field_selector(c, &field, env::FILE_FIELDS, false);
        if resource.is_set() {
            c.invalid(codes::J1025, holder, "a file has a `fieldRef` or a `resourceFieldRef`, not both").origin = origin;
        }
    } else if resource.is_set() {
        env::resource_selector(c, &resource, true);
    } else {
        let error = c.error(codes::J1025, Reason::Required, holder, "a file has a `fieldRef` or a `resourceFieldRef`");
        error.origin = origin;
    }
    let mode = here("mode");
    if mode.is_set() {
        paths::file_mode(c, &mode);
    }
}

/// Paths of files so far, and where they are written.
type Paths<'v> = HashMap<&'v str, Origin>;

fn unique_path<'v>(c: &mut Report<'v>, projected: &At<'_, 'v>, path: &At<'_, 'v>, seen: &mut Paths<'v>) {
    let text = path.text();
    if text.is_empty() {
        return;
    }
    match seen.get(text) {
        Some(first) => {
            // The server names the volume.
            let error = c.invalid(codes::J1014, projected, format!("two files are at `{text}`"));
            error.origin = path.origin();
            error.related.push((*first, "the first one".to_owned()));
        }
        None => {
            seen.insert(text, path.origin());
        }
    }
}

/// `validateProjectedVolumeSource`, `validateProjectionSources`. Trust bundles and pod certificates are behind gates that are off: dropped.
pub fn projected<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if at.get("defaultMode").is_set() {
        paths::file_mode(c, &at.get("defaultMode"));
    }
    let mut seen = Paths::new();
    for source in at.get("sources").items() {
        let mut count = 0;
        for kind in ["secret", "configMap"] {
            let object = source.get(kind);
            if !object.is_set() {
                continue;
            }
            count += 1;
            c.need_text(&object.get("name"), "a source names an object");
            for item in object.get("items").items() {
                volume::key_to_path(c, &item);
                unique_path(c, at, &item.get("path"), &mut seen);
            }
        }
        let downward = source.get("downwardAPI");
        if downward.is_set() {
            count += 1;
            for file in downward.get("items").items() {
                downward_file(c, &downward, &file);
                unique_path(c, at, &file.get("path"), &mut seen);
            }
        }
        let token = source.get("serviceAccountToken");
        if token.is_set() {
            count += 1;
            service_account_token(c, at, &token);
        }
        if count > 1 {
            c.error(codes::J1017, Reason::Forbidden, &source, "an element of `sources` has one source");
        }
    }
}

/// Seconds that a token can live: ten minutes to 2³².
const TOKEN_SECONDS: (i64, i64) = (600, 1 << 32);

fn service_account_token<'v>(c: &mut Report<'v>, projected: &At<'_, 'v>, token: &At<'_, 'v>) {
    let seconds = token.get("expirationSeconds");
    if seconds.is_set() {
        c.within(&seconds, TOKEN_SECONDS.0, TOKEN_SECONDS.1);
    }
    let path = token.get("path");
    // The server's path leaves out the source.
    let here = projected.called("path", path.value());
    if path.text().is_empty() {
        let origin = token.origin();
        c.required(&here, "a token's file has a path").origin = origin;
    } else {
        paths::not_reserved(c, &here);
    }
}
