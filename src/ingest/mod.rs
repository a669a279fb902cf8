//! From files to keyed, typed columns: every format becomes the same stream of raw chunks, and chunks become
//! lines and rows of the canonical store.
//!
//! Owns reading, rejects and control totals. Must not know a rule; polars types stay inside `parquet`.

mod aside;
mod blocks;
mod cells;
mod chunk;
mod delimited;
mod encoding;
mod format;
mod heading;
mod input;
mod limits;
mod parquet;
mod payments;
mod quality;
mod read;
mod registry;
mod roster;
mod schema;
mod source;
mod store;
mod strings;
mod survey;
mod tables;
mod vocabulary;
mod words;
mod workbook;

use std::io::Read;

use sha2::{Digest, Sha256};

pub(crate) use heading::heading_name;
pub(crate) use parquet::is_guarded;
pub(crate) use payments::{Renumbered, STORED_WORDS, StoredLine, Word};
pub(crate) use registry::{Fields, Window, is_end};
pub(crate) use store::{
    ClassFacts, LineBlock, OwnLines, Registry, Roster, RowHead, Run, RunSlice, StoredRow, UNLISTED, is_event,
};
pub(crate) use tables::unreadable;

pub use encoding::{EncodingChoice, to_gb18030};
pub use input::{AmountUnit, Input, InputFile};
pub use limits::Limits;
pub use payments::{Amounts, Component, NO_DAY, NO_TOTAL, Payments, Words};
pub use quality::{Control, Noticed, Observations, Reject};
pub use read::{Progress, Storage, read, read_cells};
pub use registry::{RegistryRow, Value};
pub use roster::UnusableLine;
pub use schema::{CellType, Column, Table};
pub use strings::StringTable;
pub use survey::{Fit, Surveyed, columns_of, survey};
pub use tables::{InputHash, Refused, Tables};
pub use vocabulary::Vocabulary;

use crate::messages::{self, Error};

/// The SHA-256 of a file, in hex.
pub(crate) fn hash_file(path: &std::path::Path, shown: &str) -> Result<String, Error> {
    let unreadable = |why| messages::cannot_read(shown, &why);
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut block).map_err(unreadable)?;
        if read == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&block[..read]);
    }
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The first 16 hex digits of a SHA-256.
pub(crate) fn short_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes)[..8])
}
