//! Text files with separated fields: csv, tsv and txt, plain or gzipped.
//!
//! Owns the splitting of decoded text into rows. Must not interpret a cell.

use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use memchr::{memchr, memchr_iter};

use super::blocks::{HashedFile, TextBlock, TextBlocks};
use super::chunk::RawChunk;
use super::encoding::{self, DecodedText, unreadable};
use super::heading::{self, Layout, PREVIEW_ROWS, Preview};
use super::input::Input;
use super::limits::Limits;
use super::schema::Table;
use crate::messages::{self, Error, Observation};

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

/// A text file, as blocks of records that are split side by side.
pub(crate) struct Delimited {
    blocks: TextBlocks,
    file: HashedFile,
    shown: String,
}

/// What the splitting of a block needs to know of its file.
#[derive(Clone, Debug)]
pub(super) struct Splitter {
    delimiter: u8,
    /// How many fields the heading row has.
    width: usize,
    heading_row: u32,
    projection: Vec<usize>,
}

/// A record that does not end where it should.
#[derive(Debug)]
pub(super) struct UnclosedQuote {
    /// The row of the block at which it begins.
    pub(super) row: u32,
    /// Whether it has no end within the bound.
    pub(super) is_too_long: bool,
}

fn reader(text: impl Read, delimiter: u8) -> csv::Reader<impl Read> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter).buffer_capacity(1 << 16);
    builder.from_reader(text)
}

impl Delimited {
    /// Opens a file and finds its delimiter and heading row.
    pub(crate) fn open(
        path: &Path,
        shown: &str,
        table: Table,
        input: &Input,
        limits: &Limits,
    ) -> Result<(Delimited, Splitter, Layout), Error> {
        let failed = |why: std::io::Error| unreadable(shown, &why);
        let encoding = encoding::decide(path, shown, input.encoding, limits)?;
        let mut sample = String::new();
        let text = DecodedText::new(encoding::open_bytes(path, limits).map_err(failed)?, encoding);
        read_sample(text, &mut sample).map_err(failed)?;
        let previews = DELIMITERS.map(|delimiter| preview(&sample, delimiter));
        let fitting = previews.iter().position(|rows| heading::fits(table, input, shown, rows));
        // Where no delimiter fits, the message is about the one that splits the most.
        let widest = |rows: &Preview| rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let chosen = fitting.unwrap_or_else(|| {
            let widths = previews.each_ref().map(widest);
            let most = widths.iter().copied().max().unwrap_or(0);
            widths.iter().position(|&width| width == most).unwrap_or(0)
        });
        let fits_as = |text: &str| {
            DELIMITERS.iter().any(|&mark| heading::fits(table, input, shown, &preview(text, mark)))
        };
        let doubt = || encoding::doubt(path, encoding, limits, fits_as);
        let mut layout =
            heading::find(table, input, shown, &previews[chosen]).map_err(|why| match doubt() {
                Some(doubt) => {
                    messages::with_encoding_doubt(why, doubt.is_read_as_utf8, doubt.bad, doubt.first)
                }
                None => why,
            })?;
        if encoding != encoding_rs::UTF_8
            && let Some(doubt) = doubt()
        {
            // Headings may be the same in both encodings, the names below them are not.
            layout.noticed.push(Observation::EncodingDoubtful(doubt.first.0));
        }
        let delimiter = DELIMITERS[chosen];
        let file = HashedFile::open(path).map_err(failed)?;
        let bytes = encoding::plain_bytes(path, file.clone(), limits);
        let blocks = if TextBlocks::can_cut(encoding, delimiter) {
            TextBlocks::new(bytes, encoding, delimiter)
        } else {
            TextBlocks::new(Box::new(DecodedText::new(bytes, encoding)), encoding_rs::UTF_8, delimiter)
        };
        let splitter = Splitter {
            delimiter,
            width: layout.width,
            heading_row: layout.heading_row,
            projection: layout.projection.clone(),
        };
        Ok((Delimited { blocks, file, shown: shown.to_string() }, splitter, layout))
    }

    /// The next block; `None` at the end of the file.
    pub(super) fn next_block(&mut self) -> Result<Option<TextBlock>, Error> {
        self.blocks.next().map_err(|why| unreadable(&self.shown, &why))
    }

    /// The SHA-256 of the file, once all blocks were read.
    pub(super) fn finish(self) -> Result<String, Error> {
        self.file.finish().map_err(|why| unreadable(&self.shown, &why))
    }
}

impl Splitter {
    /// Decodes and splits a block; with the chunk, how many lines the block has. Rows count from 1 at the
    /// block's begin.
    pub(super) fn split(&self, block: TextBlock) -> Result<(RawChunk, u32), UnclosedQuote> {
        // Only the block with which the file begins holds the heading and what stands above it.
        let heading_row = if block.is_first { self.heading_row } else { 0 };
        let is_unclosed = block.is_unclosed;
        let mut text = block.decode();
        if is_unclosed {
            return Err(UnclosedQuote { row: last_record(&text, self.delimiter), is_too_long: true });
        }
        if memchr(b'"', text.as_bytes()).is_some() {
            return self.split_quoted(&text, heading_row);
        }
        if has_lone_return(text.as_bytes()) {
            text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        Ok(self.split_plain(text, heading_row))
    }

    /// Splits text without quotes: every delimiter parts two fields, every line end two records. A carriage
    /// return before a line feed belongs to the line end.
    fn split_plain(&self, text: String, heading_row: u32) -> (RawChunk, u32) {
        let bytes = text.as_bytes();
        let mut chunk = RawChunk::with_capacity(self.projection.len(), bytes.len() / 96);
        let (mut row, mut field, mut start, mut wanted) = (1u32, 0usize, 0usize, 0usize);
        let mut is_shifted = false;
        let mut end_field = |end: usize, separator: usize, ends_row: bool| {
            if row > heading_row && ends_row && field == 0 && end == start {
                chunk.push_blank(row);
            } else if row > heading_row {
                if self.projection.get(wanted) == Some(&field) {
                    chunk.push_piece(start, end);
                    wanted += 1;
                }
                // An unquoted 1,160.00 shifts every cell behind it.
                is_shifted |= field >= self.width && !text[start..end].trim().is_empty();
                if ends_row {
                    chunk.end_row(row, is_shifted);
                }
            }
            (start, field) = (separator + 1, field + 1);
            if ends_row {
                (row, field, wanted, is_shifted) = (row + 1, 0, 0, false);
            }
        };
        let mut end_field = |end: usize, ends_row: bool| {
            let is_pair = ends_row && end > 0 && bytes.get(end) == Some(&b'\n') && bytes[end - 1] == b'\r';
            end_field(end - usize::from(is_pair), end, ends_row);
        };
        for_each_separator(bytes, self.delimiter, |at| end_field(at, bytes[at] == b'\n'));
        if !bytes.is_empty() && bytes.last() != Some(&b'\n') {
            end_field(bytes.len(), true);
        }
        chunk.set_text(text);
        (chunk, row - 1)
    }

    /// Splits text with quotes.
    fn split_quoted(&self, text: &str, heading_row: u32) -> Result<(RawChunk, u32), UnclosedQuote> {
        let mut chunk = RawChunk::new(self.projection.len());
        let mut rows = reader(PlainLines::new(text.as_bytes()), self.delimiter);
        let mut record = StringRecord::new();
        // Reading from memory cannot fail, and any number of fields is a record.
        while rows.read_record(&mut record).unwrap_or(false) {
            let row = line_of(&record);
            if row < heading_row {
                continue;
            }
            if row == heading_row {
                // A heading may be written on several lines, but it holds no row.
                if self.width > 1 && record.iter().any(|field| self.holds_row(field)) {
                    return Err(UnclosedQuote { row, is_too_long: false });
                }
                continue;
            }
            if record.as_slice().contains('\n') && self.has_swallowed(&record) {
                return Err(UnclosedQuote { row, is_too_long: false });
            }
            for &at in &self.projection {
                chunk.push_text(record.get(at).unwrap_or(""));
            }
            chunk.end_row(row, self.is_too_long(&record));
        }
        let mut lines = 0;
        let mut counted = PlainLines::new(text.as_bytes());
        let mut block = vec![0; 1 << 16];
        let mut ends_open = false;
        while let Ok(count @ 1..) = counted.read(&mut block) {
            lines += memchr_iter(b'\n', &block[..count]).count() as u32;
            ends_open = block[count - 1] != b'\n';
        }
        Ok((chunk, lines + u32::from(ends_open)))
    }

    /// Whether a quote without its partner made one record of several lines, whose money would be lost:
    /// then the number of fields is another, or a field holds the separators of at least one whole row
    /// beside its line breaks.
    fn has_swallowed(&self, record: &StringRecord) -> bool {
        record.len() != self.width || (self.width > 1 && record.iter().any(|field| self.holds_row(field)))
    }

    /// Whether a field of several lines holds the separators of a whole row.
    fn holds_row(&self, field: &str) -> bool {
        let separators = field.bytes().filter(|&byte| byte == self.delimiter).count();
        field.contains('\n') && separators + 1 >= self.width
    }

    /// Whether something stands beyond the last heading: an unquoted `1,160.00` shifts every cell behind it.
    fn is_too_long(&self, record: &StringRecord) -> bool {
        record.iter().skip(self.width).any(|cell| !cell.trim().is_empty())
    }
}

/// Tells where delimiters and line feeds stand, in order. They stand so close together that looking for one
/// after the other costs more than marking those of 64 bytes at once.
fn for_each_separator(bytes: &[u8], delimiter: u8, mut tell: impl FnMut(usize)) {
    let (blocks, rest) = bytes.as_chunks::<64>();
    // A zero byte is no separator.
    let mut last = [0; 64];
    last[..rest.len()].copy_from_slice(rest);
    for (number, block) in blocks.iter().chain(std::iter::once(&last)).enumerate() {
        let mut marks = separators(block, delimiter);
        while marks != 0 {
            tell(number * 64 + marks.trailing_zeros() as usize);
            marks &= marks - 1;
        }
    }
}

/// A bit for each byte: whether it is a delimiter or a line feed.
fn separators(block: &[u8; 64], delimiter: u8) -> u64 {
    /// Brings the lowest bits of eight bytes together in the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut hits = [0; 64];
    for (hit, &byte) in hits.iter_mut().zip(block) {
        *hit = u8::from(byte == delimiter) | u8::from(byte == b'\n');
    }
    let eights = hits.as_chunks::<8>().0.iter().rev();
    eights.fold(0, |marks, eight| marks << 8 | u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56)
}

fn line_of(record: &StringRecord) -> u32 {
    record.position().map_or(0, |position| u32::try_from(position.line()).unwrap_or(u32::MAX))
}

/// Whether a carriage return stands anywhere but before a line feed, as old systems end their lines.
fn has_lone_return(bytes: &[u8]) -> bool {
    memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

/// The row at which a record begins that has no end.
fn last_record(text: &str, delimiter: u8) -> u32 {
    let mut rows = reader(PlainLines::new(text.as_bytes()), delimiter);
    let mut record = StringRecord::new();
    let mut last = 1;
    while rows.read_record(&mut record).unwrap_or(false) {
        last = line_of(&record);
    }
    last
}

/// Reads enough text for the heading search, whole lines as far as the file has them.
fn read_sample(text: DecodedText, sample: &mut String) -> std::io::Result<()> {
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
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str) -> Result<Vec<(u32, String)>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        let (input, limits) = (Input::default(), Limits::default());
        let (mut file, splitter, _) = Delimited::open(&path, "a.csv", Table::Deaths, &input, &limits)?;
        let (mut rows, mut base) = (Vec::new(), 0);
        while let Some(block) = file.next_block()? {
            let (chunk, lines) = splitter.split(block).map_err(|open| {
                crate::messages::unclosed_quote("a.csv", base + open.row, open.is_too_long)
            })?;
            let text = |row: usize| chunk.row_cells(row).collect::<String>();
            rows.extend((0..chunk.len()).map(|row| (base + chunk.row_number(row), text(row))));
            base += lines;
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
    fn a_heading_that_swallows_rows_is_refused() {
        assert_eq!(rows("身份证号,姓名,\"备注\n1,甲,\n2,乙,\n").unwrap_err().code, "E111");
        assert_eq!(rows("身份证号,姓名,\"备注\n1,甲,\n2,乙,\"x\n3,丙,\n").unwrap_err().code, "E111");
        let lines = rows("身份证号,姓名,\"备\n注\"\n1,甲,\n").unwrap();
        assert_eq!(lines, [(3, "1甲".to_string())]);
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let long = format!("身份证号,姓名\n1,甲\n2,{}", "x".repeat(40 << 20));
        assert_eq!(rows(&long).unwrap_err().code, "E111");
    }

    #[test]
    fn every_separator_is_recognised() {
        for separator in [",", "\t", "|", ";"] {
            let text = "身份证号,姓名\n1,甲\n".replace(',', separator);
            assert_eq!(rows(&text).unwrap(), [(2, "1甲".to_string())], "{separator}");
        }
    }

    proptest! {
        #[test]
        fn every_separator_is_found(
            bytes in proptest::collection::vec(0u8..16, 0..300),
            delimiter in 1u8..16,
        ) {
            let mut found = Vec::new();
            for_each_separator(&bytes, delimiter, |at| found.push(at));
            let all = (0..bytes.len()).filter(|&at| bytes[at] == delimiter || bytes[at] == b'\n');
            prop_assert_eq!(found, all.collect::<Vec<_>>());
        }

        #[test]
        fn both_ways_of_splitting_agree(text in "[a甲,  \r\n]{0,40}", heading_row in 0u32..3) {
            let splitter = Splitter { delimiter: b',', width: 2, heading_row, projection: vec![0, 2] };
            let rows = |(chunk, lines): (RawChunk, u32)| -> (Vec<(u32, Vec<String>, bool)>, u32) {
                let row = |row: usize| {
                    let cells = chunk.row_cells(row).map(|cell| cell.trim().to_string()).collect();
                    (chunk.row_number(row), cells, chunk.is_shifted(row))
                };
                let is_blank =
                    |(_, cells, _): &(u32, Vec<String>, bool)| cells.iter().all(|cell| cell.is_empty());
                ((0..chunk.len()).map(row).filter(|row| !is_blank(row)).collect(), lines)
            };
            let ends = if has_lone_return(text.as_bytes()) {
                text.replace("\r\n", "\n").replace('\r', "\n")
            } else {
                text.clone()
            };
            let plain = rows(splitter.split_plain(ends, heading_row));
            let quoted = rows(splitter.split_quoted(&text, heading_row).unwrap());
            prop_assert_eq!(plain, quoted);
        }
    }
}
