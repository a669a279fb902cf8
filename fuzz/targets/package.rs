//! The parts of .xlsx, .xlsb and .ods, zipped here, so that changed parts have right checksums. In an input
//! each part stands behind a line `=== NAME`.
#![no_main]

use std::io::{Cursor, Write};

use fuzz_support::{check, read_as};
use libfuzzer_sys::fuzz_target;
use pension_audit::ingest::{EncodingChoice, Table};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

fuzz_target!(|bytes: &[u8]| {
    let Some(zipped) = zipped(bytes) else { return };
    for table in [Table::Payments, Table::Deaths] {
        if let Ok(tables) = read_as(&[table], "w.xlsx", EncodingChoice::Auto, &zipped) {
            check(&tables);
        }
    }
});

/// The parts as a workbook; nothing where two have one name.
fn zipped(bytes: &[u8]) -> Option<Vec<u8>> {
    const MARK: &[u8] = b"\n=== ";
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut rest = bytes.strip_prefix(b"=== ")?;
    loop {
        let end = rest.windows(MARK.len()).position(|window| window == MARK);
        let part = &rest[..end.unwrap_or(rest.len())];
        let name = part.split(|&byte| byte == b'\n').next()?;
        let content = part.get(name.len() + 1..).unwrap_or(&[]);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(String::from_utf8_lossy(name), options).ok()?;
        archive.write_all(content).ok()?;
        match end {
            Some(end) => rest = &rest[end + MARK.len()..],
            None => return Some(archive.finish().ok()?.into_inner()),
        }
    }
}
