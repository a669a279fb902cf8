//! Rows of registries as text, each input read as every one of them: no row is lost.
#![no_main]

use fuzz_support::{REGISTRIES, check, read_as};
use libfuzzer_sys::fuzz_target;
use pension_audit::ingest::EncodingChoice;

fuzz_target!(|bytes: &[u8]| {
    for table in REGISTRIES {
        if let Ok(tables) = read_as(&[table], "r.csv", EncodingChoice::Auto, bytes) {
            check(&tables);
        }
    }
});
