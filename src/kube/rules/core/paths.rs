//! Paths inside volumes (core `validation.go`: `validateLocalDescendingPath`, `ValidateLocalNonReservedPath`, `validatePathNoBacksteps`).

use crate::diagnostics::codes;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;

/// `validatePathNoBacksteps`.
pub fn no_steps_up<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if at.text().split('/').any(|part| part == "..") {
        c.invalid(codes::J1018, at, format!("`{}` steps up: `..` is no part of a path here", at.text()));
    }
}

/// `validateLocalDescendingPath`.
pub fn descending<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if at.text().starts_with('/') {
        let relative = at.text().trim_start_matches('/').to_owned();
        let error = c.invalid(codes::J1018, at, format!("`{}` is absolute: a path relative to the volume is wanted", at.text()));
        error.replacement = Some(relative).filter(|r| !r.is_empty());
    }
    no_steps_up(c, at);
}

/// `ValidateLocalNonReservedPath`.
pub fn not_reserved<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    descending(c, at);
    if at.text().starts_with("..") && !at.text().starts_with("../") {
        c.invalid(codes::J1018, at, format!("`{}` starts with `..`, which is reserved", at.text()));
    }
}

/// A file mode: 0 to 0777.
pub fn file_mode<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let mode = at.int();
    if !(0..=0o777).contains(&mode) {
        c.invalid(codes::J1019, at, format!("`{mode}` (octal {mode:o}) is no file mode: they are 0 to 0777, 511 in decimal"));
    }
}
