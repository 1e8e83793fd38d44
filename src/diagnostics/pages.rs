//! The pages of `jibe explain`, embedded: `docs/errors/CODE.md`.

/// Every page: the code and its Markdown, in order.
pub const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a code.
pub fn page(code: &str) -> Option<&'static str> {
    let at = PAGES.binary_search_by(|(c, _)| (*c).cmp(code)).ok()?;
    PAGES.get(at).map(|(_, text)| *text)
}
