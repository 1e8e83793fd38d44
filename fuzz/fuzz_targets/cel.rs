//! Any text is parsed, typed, priced and evaluated without a panic and within its budget; patterns are translated without one.
#![no_main]

use jibe::kube::{cel, regex};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(program) = cel::compile_free(text) {
        let mut budget = 100_000;
        let _ = program.evaluate(Vec::new(), &mut budget);
    }
    if text.len() < 200
        && let Some(translated) = regex::translate(text)
    {
        assert!(translated.len() <= 40 * (text.len() + 1));
    }
    if let (Some(escaped), true) = (cel::escape(text), !text.contains("__")) {
        assert_eq!(cel::unescape(&escaped).as_deref(), Some(text));
    }
});
