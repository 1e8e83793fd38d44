//! Formatting twice is formatting once.
#![no_main]

use jibe::format::format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let once = format(text);
    assert_eq!(format(&once), once);
});
