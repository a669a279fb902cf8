//! Payment lines as text: no row and no fen is lost.
#![no_main]

use fuzz_support::{check, read_as};
use libfuzzer_sys::fuzz_target;
use pension_audit::ingest::{EncodingChoice, Table};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(tables) = read_as(&[Table::Payments], "p.csv", EncodingChoice::Auto, bytes) {
        check(&tables);
    }
});
