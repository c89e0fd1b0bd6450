//! Any bytes as a template: they parse, or are refused with a message; nothing panics.

#![no_main]

use chartlint::engine::FunctionTable;
use chartlint::profile::Profile;
use chartlint::source::Content;
use chartlint::template::Cache;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let profile = Profile::default();
    let table = FunctionTable::new(&profile);
    let source = Content::from(bytes);
    if let Err(error) = Cache::default().parse(&source, "t.yaml", &|name| table.find(name), &profile) {
        assert!(!error.message.is_empty());
        assert!(error.span.start <= error.span.end && error.span.end as usize <= bytes.len());
    }
});
