//! Text files with separated fields: csv, tsv and txt, plain or gzipped.
//!
//! Owns the splitting of decoded text into rows. Must not interpret a cell.

use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use super::chunk::{CellKind, RawChunk};
use super::encoding::{DecodedText, unreadable};
use super::heading::{self, Layout, PREVIEW_ROWS, Preview};
use super::input::Input;
use super::schema::Table;
use crate::messages::{self, Error};

/// The separators that offices use, in the order in which they are tried.
const DELIMITERS: [u8; 4] = *b",\t|;";

/// A text whose lines all end in one line feed, whatever their system, and whose empty lines hold one
/// blank: the splitter would count or skip them otherwise, and every row below them would get a wrong
/// number.
struct PlainLines<R> {
    text: R,
    output: Vec<u8>,
    output_at: usize,
    at_line_start: bool,
    after_return: bool,
}

impl<R: Read> PlainLines<R> {
    const BLOCK: u64 = 1 << 16;

    fn new(text: R) -> PlainLines<R> {
        PlainLines { text, output: Vec::new(), output_at: 0, at_line_start: true, after_return: false }
    }

    fn refill(&mut self) -> std::io::Result<()> {
        let mut block = Vec::with_capacity(PlainLines::<R>::BLOCK as usize);
        self.text.by_ref().take(PlainLines::<R>::BLOCK).read_to_end(&mut block)?;
        self.output.clear();
        self.output_at = 0;
        let mut rest = block.as_slice();
        while let Some(at) = rest.iter().position(|&byte| matches!(byte, b'\n' | b'\r')) {
            self.push_text(&rest[..at]);
            let is_second_of_pair = rest[at] == b'\n' && self.after_return;
            if !is_second_of_pair {
                if self.at_line_start {
                    self.output.push(b' ');
                }
                self.output.push(b'\n');
                self.at_line_start = true;
            }
            self.after_return = rest[at] == b'\r';
            rest = &rest[at + 1..];
        }
        self.push_text(rest);
        // A block that held nothing but the second half of a line end is not the end of the text.
        if self.output.is_empty() && !block.is_empty() { self.refill() } else { Ok(()) }
    }

    fn push_text(&mut self, text: &[u8]) {
        if !text.is_empty() {
            self.output.extend_from_slice(text);
            self.at_line_start = false;
            self.after_return = false;
        }
    }
}

impl<R: Read> Read for PlainLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.output_at >= self.output.len() {
            self.refill()?;
        }
        let rest = &self.output[self.output_at..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.output_at += count;
        Ok(count)
    }
}

/// A text file, opened below its heading row.
pub(crate) struct Delimited {
    rows: csv::Reader<PlainLines<DecodedText>>,
    record: StringRecord,
    /// How many fields the heading row has.
    width: usize,
    delimiter: u8,
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
        let rows = builder(DELIMITERS[chosen]).from_reader(PlainLines::new(text));
        let delimiter = DELIMITERS[chosen];
        let (record, shown) = (StringRecord::new(), shown.to_string());
        let mut file = Delimited { rows, record, width: 0, delimiter, shown };
        while file.advance()?.is_some_and(|row| row < layout.heading_row) {}
        file.width = file.record.len();
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

    /// Whether a quote without its partner made one record of several lines, whose money would be lost:
    /// then the number of fields is another, or a field holds the separators of at least one whole row
    /// beside its line breaks.
    fn has_swallowed(&self) -> bool {
        let separators = |field: &str| field.bytes().filter(|&byte| byte == self.delimiter).count();
        let holds_row = |field: &str| field.contains('\n') && separators(field) + 1 >= self.width;
        self.record.len() != self.width || (self.width > 1 && self.record.iter().any(holds_row))
    }

    /// Whether something stands beyond the last heading: an unquoted `1,160.00` shifts every cell behind it.
    fn is_too_long(&self) -> bool {
        self.record.iter().skip(self.width).any(|cell| !cell.trim().is_empty())
    }

    /// Fills a chunk; `false` when nothing is left.
    pub(crate) fn next_chunk(&mut self, projection: &[usize], chunk: &mut RawChunk) -> Result<bool, Error> {
        chunk.clear();
        while !chunk.is_full() {
            let Some(row) = self.advance()? else { break };
            let record = &self.record;
            if record.as_slice().contains('\n') && self.has_swallowed() {
                return Err(messages::unclosed_quote(&self.shown, row));
            }
            let kind = if self.is_too_long() { CellKind::Shifted } else { CellKind::Text };
            let cells = projection.iter().map(|&at| (record.get(at).unwrap_or(""), kind));
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
    reader(PlainLines::new(sample.as_bytes()), delimiter)
        .records()
        .map_while(Result::ok)
        .take(PREVIEW_ROWS)
        .map(|record| (line_of(&record), record.iter().map(str::to_string).collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<(u32, String)>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        let (mut file, layout) = Delimited::open(&path, "a.csv", Table::Deaths, &Input::default())?;
        let mut chunk = RawChunk::new(layout.projection.len());
        let mut rows = Vec::new();
        while file.next_chunk(&layout.projection, &mut chunk)? {
            rows.extend((0..chunk.len()).map(|row| (chunk.row_number(row), chunk.row_text(row).to_string())));
        }
        Ok(rows)
    }

    #[test]
    fn rows_are_numbered_as_an_editor_numbers_them() {
        let text = "名单\n\n身份证号,姓名\n1,甲\n\n\n2,乙\n3,\"丙\n丙\"\n4,丁";
        let mut found = rows(text).unwrap();
        found.retain(|(_, text)| !text.trim().is_empty());
        let numbers: Vec<u32> = found.iter().map(|(row, _)| *row).collect();
        assert_eq!(numbers, [4, 7, 8, 10]);
        assert_eq!(found[2].1, "3丙\n丙");
        // The line ends of other systems, and of both, count alike.
        for line_end in ["\r\n", "\r"] {
            let mut other = rows(&text.replace('\n', line_end)).unwrap();
            other.retain(|(_, text)| !text.trim().is_empty());
            assert_eq!(other, found, "{line_end:?}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_refused() {
        assert_eq!(rows("身份证号,姓名\n1,\"甲\n2,乙\n3,丙\n").unwrap_err().code, "E111");
        assert_eq!(rows("身份证号,姓名\n\"1,甲\n2,乙\n3\",丙,\n").unwrap_err().code, "E111");
        // Two quotes that close each other leave the number of fields as it is.
        let text = "身份证号,姓名,死亡日期\n1,\"甲,20230101\n2,\"乙\",20230102\n";
        assert_eq!(rows(text).unwrap_err().code, "E111");
    }

    #[test]
    fn every_separator_is_recognised() {
        for separator in [",", "\t", "|", ";"] {
            let text = "身份证号,姓名\n1,甲\n".replace(',', separator);
            assert_eq!(rows(&text).unwrap(), [(2, "1甲".to_string())], "{separator}");
        }
    }
}
