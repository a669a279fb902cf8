//! Text files with separated fields: csv, tsv and txt, plain or gzipped.
//!
//! Owns the splitting of decoded text into rows. Must not interpret a cell.

use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::chunk::{CellKind, RawChunk};
use super::encoding::{DecodedText, unreadable};
use super::heading::{self, Layout, PREVIEW_ROWS, Preview};
use super::schema::Table;
use crate::messages::{self, Error};
use crate::project::Input;

/// The separators that offices use, in the order in which they are tried.
const DELIMITERS: [u8; 4] = *b",\t|;";

/// A text file, opened below its heading row.
pub(crate) struct Delimited {
    rows: csv::Reader<DecodedText>,
    record: StringRecord,
    shown: String,
}

fn reader(text: impl Read, delimiter: u8) -> csv::Reader<impl Read> {
    builder(delimiter).from_reader(text)
}

fn builder(delimiter: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(1 << 16);
    builder
}

impl Delimited {
    /// Opens a file and finds its delimiter and heading row.
    pub(crate) fn open(
        path: &Path,
        shown: &str,
        table: Table,
        input: &Input,
    ) -> Result<(Delimited, Layout), Error> {
        let mut sample = String::new();
        let mut text = DecodedText::open(path, shown, input.encoding)?;
        read_sample(&mut text, &mut sample).map_err(|why| unreadable(shown, &why))?;
        let previews = DELIMITERS.map(|delimiter| preview(&sample, delimiter));
        let fitting = previews.iter().position(|rows| heading::fits(table, input, shown, rows));
        // Where no delimiter fits, the message is about the one that splits the most.
        let widest = |rows: &Preview| rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let chosen = fitting.unwrap_or_else(|| {
            let widths = previews.each_ref().map(widest);
            let most = widths.iter().copied().max().unwrap_or(0);
            widths.iter().position(|&width| width == most).unwrap_or(0)
        });
        let layout = heading::find(table, input, shown, &previews[chosen])?;
        let text = DecodedText::open(path, shown, input.encoding)?;
        let rows = builder(DELIMITERS[chosen]).from_reader(text);
        let mut file = Delimited { rows, record: StringRecord::new(), shown: shown.to_string() };
        while file.advance()?.is_some_and(|row| row < layout.heading_row) {}
        Ok((file, layout))
    }

    /// Reads the next record; its line number, or `None` at the end.
    fn advance(&mut self) -> Result<Option<u32>, Error> {
        match self.rows.read_record(&mut self.record) {
            Ok(true) => Ok(Some(line_of(&self.record))),
            Ok(false) => Ok(None),
            Err(why) => Err(match why.into_kind() {
                csv::ErrorKind::Io(why) => unreadable(&self.shown, &why),
                other => messages::corrupt_file(&self.shown, &format!("{other:?}")),
            }),
        }
    }

    /// Fills a chunk; `false` when nothing is left.
    pub(crate) fn next_chunk(&mut self, projection: &[usize], chunk: &mut RawChunk) -> Result<bool, Error> {
        chunk.clear();
        while !chunk.is_full() {
            let Some(row) = self.advance()? else { break };
            let record = &self.record;
            let cells = projection.iter().map(|&at| (record.get(at).unwrap_or(""), CellKind::Text));
            chunk.push_row(row, cells);
        }
        Ok(chunk.len() > 0)
    }
}

fn line_of(record: &StringRecord) -> u32 {
    record.position().map_or(0, |position| u32::try_from(position.line()).unwrap_or(u32::MAX))
}

/// Reads enough text for the heading search, whole lines as far as the file has them.
fn read_sample(text: &mut DecodedText, sample: &mut String) -> std::io::Result<()> {
    const SAMPLE_BYTES: u64 = 256 * 1024;
    let mut bytes = Vec::new();
    text.take(SAMPLE_BYTES).read_to_end(&mut bytes)?;
    let valid = match std::str::from_utf8(&bytes) {
        Ok(_) => bytes.len(),
        Err(cut) => cut.valid_up_to(),
    };
    bytes.truncate(valid);
    sample.push_str(&String::from_utf8_lossy(&bytes));
    Ok(())
}

fn preview(sample: &str, delimiter: u8) -> Preview {
    reader(sample.as_bytes(), delimiter)
        .records()
        .map_while(Result::ok)
        .take(PREVIEW_ROWS)
        .map(|record| (line_of(&record), record.iter().map(str::to_string).collect()))
        .collect()
}
