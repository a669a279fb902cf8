//! Bytes that claim to be a workbook, as they are: the containers, and the records of .xls behind them.
#![no_main]

use fuzz_support::{check, read_as};
use libfuzzer_sys::fuzz_target;
use pension_audit::ingest::{EncodingChoice, Table};

fuzz_target!(|bytes: &[u8]| {
    for table in [Table::Payments, Table::Deaths] {
        if let Ok(tables) = read_as(&[table], "w.xls", EncodingChoice::Auto, bytes) {
            check(&tables);
        }
    }
});
