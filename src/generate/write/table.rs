//! CSV files of registries.
//!
//! Owns their encoding and spelling.

use std::path::Path;

use super::{Spelling, Target};
use crate::generate::registers::{Cell, Row};
use crate::messages::{self, Error};

/// How a text file is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::generate) enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// GB18030.
    Gb18030,
}

/// Encodes text; every character has a form in GB18030.
pub(super) fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => text.as_bytes().to_vec(),
        Encoding::Gb18030 => encoding_rs::GB18030.encode(text).0.into_owned(),
    }
}

/// A CSV file that grows row by row.
pub(in crate::generate) struct TableFile {
    target: Target,
    name: String,
    encoding: Encoding,
    spelling: Spelling,
    buffer: String,
}

impl TableFile {
    /// Creates a file with the headings of a kind of row.
    pub(in crate::generate) fn create<R: Row>(
        dir: &Path,
        name: &str,
        encoding: Encoding,
        spelling: Spelling,
    ) -> Result<TableFile, Error> {
        let target = Target::create(dir, name)?;
        let mut file =
            TableFile { target, name: name.to_string(), encoding, spelling, buffer: String::new() };
        if encoding == Encoding::Utf8Bom {
            file.buffer.push('\u{feff}');
        }
        file.buffer.push_str(&R::HEADINGS.join(","));
        file.buffer.push_str("\r\n");
        Ok(file)
    }

    /// Appends a row.
    pub(in crate::generate) fn push<R: Row>(&mut self, row: &R) -> Result<(), Error> {
        for (at, cell) in row.cells().iter().enumerate() {
            if at > 0 {
                self.buffer.push(',');
            }
            let text = cell_text(cell, self.spelling);
            if text.contains([',', '"', '\n']) {
                self.buffer.push_str(&format!("\"{}\"", text.replace('"', "\"\"")));
            } else {
                self.buffer.push_str(&text);
            }
        }
        self.buffer.push_str("\r\n");
        if self.buffer.len() > 1 << 18 { self.drain() } else { Ok(()) }
    }

    fn drain(&mut self) -> Result<(), Error> {
        let bytes = encode(&self.buffer, self.encoding);
        self.buffer.clear();
        self.target.write(&bytes).map_err(|why| messages::cannot_write(&self.name, &why))
    }

    /// Completes the file.
    pub(in crate::generate) fn finish(mut self) -> Result<(), Error> {
        self.drain()?;
        self.target.finish().map_err(|why| messages::cannot_write(&self.name, &why))
    }
}

/// The text of a cell.
pub(super) fn cell_text(cell: &Cell, spelling: Spelling) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Day(day) => spelling.day(*day),
        Cell::Month(month) => spelling.month(*month),
        Cell::Money(amount) => amount.yuan(),
    }
}
