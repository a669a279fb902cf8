//! Workbooks in .xlsb form: the records of a binary workbook, one after the other.
//!
//! Owns the reading of its records. A record that is shorter than it must be is damage, never a panic;
//! cells whose formula ended in an error are read as that error. Must not hold more than one cell and the
//! shared texts.

use std::collections::HashMap;
use std::io::{BufRead, Read};
use std::path::Path;

use encoding_rs::UTF_16LE;
use quick_xml::events::Event;

use super::cell::{Formula, NumberFormat, StoredCell, error_text, number_cell, packed_number};
use super::package::{Package, Part};
use super::problem::Problem;
use super::{Book, SheetInfo, Take};
use crate::ingest::chunk::CellKind;
use crate::ingest::encoding::DecodedText;
use crate::ingest::limits::Limits;

/// An open workbook.
pub(super) struct XlsbBook {
    package: Package,
    sheets: Vec<SheetInfo>,
    /// The parts of the sheets.
    paths: Vec<String>,
    is_1904: bool,
    formats: Vec<NumberFormat>,
    texts: Vec<String>,
}

/// The records that are read, by their numbers in the format's specification.
mod record {
    pub(super) const ROW: u32 = 0;
    pub(super) const BLANK: u32 = 1;
    pub(super) const PACKED_NUMBER: u32 = 2;
    pub(super) const ERROR: u32 = 3;
    pub(super) const BOOLEAN: u32 = 4;
    pub(super) const NUMBER: u32 = 5;
    pub(super) const TEXT: u32 = 6;
    pub(super) const SHARED_TEXT: u32 = 7;
    pub(super) const FORMULA_TEXT: u32 = 8;
    pub(super) const FORMULA_NUMBER: u32 = 9;
    pub(super) const FORMULA_BOOLEAN: u32 = 10;
    pub(super) const FORMULA_ERROR: u32 = 11;
    /// Cells behind the one before them, whose column is not written.
    pub(super) const SHORT_BLANK: u32 = 12;
    pub(super) const LAST_SHORT: u32 = 18;
    pub(super) const SHARED_ITEM: u32 = 0x13;
    pub(super) const FORMAT: u32 = 0x2c;
    pub(super) const STYLE: u32 = 0x2f;
    pub(super) const RICH_TEXT: u32 = 0x3e;
    pub(super) const CELLS_BEGIN: u32 = 0x91;
    pub(super) const CELLS_END: u32 = 0x92;
    pub(super) const WORKBOOK: u32 = 0x99;
    pub(super) const SHEET: u32 = 0x9c;
    pub(super) const MERGE: u32 = 0xb0;
    pub(super) const CELL_STYLES_BEGIN: u32 = 0x269;
    pub(super) const CELL_STYLES_END: u32 = 0x26a;
}

/// Reads the records of a part.
struct Records<'a> {
    part: Part<'a>,
    body: Vec<u8>,
}

impl<'a> Records<'a> {
    fn of(part: Part<'a>) -> Records<'a> {
        Records { part, body: Vec::new() }
    }

    /// The number of the next record, whose body is then at hand; `None` at the end of the part.
    fn next(&mut self) -> Result<Option<u32>, Problem> {
        if self.part.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let kind = self.packed(2)?;
        let length = self.packed(4)?;
        self.body.clear();
        // Room is made for what is there, not for what is declared.
        self.part.by_ref().take(u64::from(length)).read_to_end(&mut self.body)?;
        if self.body.len() < length as usize {
            return Err(too_short());
        }
        Ok(Some(kind))
    }

    /// A number in seven bits of each of up to so many bytes.
    fn packed(&mut self, most: u32) -> Result<u32, Problem> {
        let mut number = 0;
        for at in 0..most {
            let mut byte = [0];
            self.part.read_exact(&mut byte)?;
            number |= u32::from(byte[0] & 0x7f) << (7 * at);
            if byte[0] & 0x80 == 0 {
                break;
            }
        }
        Ok(number)
    }
}

fn too_short() -> Problem {
    Problem::damaged("record")
}

fn bytes<const N: usize>(body: &[u8], at: usize) -> Result<[u8; N], Problem> {
    body.get(at..).and_then(|rest| rest.first_chunk::<N>()).copied().ok_or_else(too_short)
}

fn long(body: &[u8], at: usize) -> Result<u32, Problem> {
    bytes(body, at).map(u32::from_le_bytes)
}

fn short(body: &[u8], at: usize) -> Result<u16, Problem> {
    bytes(body, at).map(u16::from_le_bytes)
}

/// A text that is preceded by its length, and where it ends. A length of all ones is no text.
fn text(body: &[u8], at: usize) -> Result<(String, usize), Problem> {
    let length = match long(body, at)? {
        u32::MAX => 0,
        length => length as usize,
    };
    let end = length.checked_mul(2).and_then(|bytes| bytes.checked_add(at + 4)).ok_or_else(too_short)?;
    let units = body.get(at + 4..end).ok_or_else(too_short)?;
    Ok((DecodedText::decode_block(units.to_vec(), UTF_16LE, false), end))
}

impl XlsbBook {
    const WORKBOOK: &'static str = "xl/workbook.bin";

    pub(super) fn open(path: &Path, limits: &Limits) -> Result<XlsbBook, Problem> {
        let mut book = XlsbBook {
            package: Package::open(path, limits)?,
            sheets: Vec::new(),
            paths: Vec::new(),
            is_1904: false,
            formats: Vec::new(),
            texts: Vec::new(),
        };
        book.read_workbook()?;
        book.read_formats()?;
        book.read_texts()?;
        Ok(book)
    }

    /// The parts to which the workbook refers, by the name of the reference.
    fn targets(&mut self) -> Result<HashMap<String, Target>, Problem> {
        let mut targets = HashMap::new();
        let Some(part) = self.package.part("xl/_rels/workbook.bin.rels")? else { return Ok(targets) };
        let mut xml = quick_xml::Reader::from_reader(part);
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer)? {
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "Relationship" => {
                    let (mut id, mut target, mut kind) = (String::new(), String::new(), String::new());
                    for attribute in tag.attributes() {
                        let attribute = attribute?;
                        match attribute.key.as_ref() {
                            "Id" => id = attribute.value.into_owned(),
                            "Target" => target = attribute.value.into_owned(),
                            "Type" => kind = attribute.value.to_lowercase(),
                            _ => {}
                        }
                    }
                    let path = part_path(&target);
                    // The kind says what a part is; where it is missing, the folder does.
                    let is_rows = match kind.as_str() {
                        "" => path.to_lowercase().contains("worksheets/"),
                        kind => kind.ends_with("/worksheet"),
                    };
                    targets.insert(id, Target { path, is_rows });
                }
                Event::Eof => return Ok(targets),
                _ => {}
            }
        }
    }

    fn read_workbook(&mut self) -> Result<(), Problem> {
        let targets = self.targets()?;
        let Some(part) = self.package.part(XlsbBook::WORKBOOK)? else {
            return Err(Problem::damaged(XlsbBook::WORKBOOK));
        };
        let mut records = Records::of(part);
        while let Some(kind) = records.next()? {
            let body = &records.body;
            match kind {
                record::WORKBOOK => self.is_1904 = long(body, 0)? & 1 != 0,
                record::SHEET => {
                    let (reference, at) = text(body, 8)?;
                    let (name, _) = text(body, at)?;
                    // Charts and dialogs are sheets too, but hold no rows.
                    match targets.get(&reference) {
                        Some(target) if target.is_rows => {
                            self.sheets.push(SheetInfo { name, is_hidden: long(body, 0)? != 0 });
                            self.paths.push(target.path.clone());
                        }
                        Some(_) => {}
                        // Nobody knows what it holds.
                        None => return Err(Problem::damaged(format!("{name} {reference}"))),
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_formats(&mut self) -> Result<(), Problem> {
        let Some(part) = self.package.part("xl/styles.bin")? else { return Ok(()) };
        let mut records = Records::of(part);
        let mut named = HashMap::new();
        let mut is_of_cells = false;
        while let Some(kind) = records.next()? {
            let body = &records.body;
            match kind {
                record::FORMAT => {
                    named.insert(short(body, 0)?, NumberFormat::of(&text(body, 2)?.0));
                }
                record::CELL_STYLES_BEGIN => is_of_cells = true,
                record::CELL_STYLES_END => is_of_cells = false,
                record::STYLE if is_of_cells => {
                    let code = short(body, 2)?;
                    let format = named.get(&code).copied().unwrap_or_else(|| NumberFormat::builtin(code));
                    self.formats.push(format);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_texts(&mut self) -> Result<(), Problem> {
        let Some(part) = self.package.part("xl/sharedStrings.bin")? else { return Ok(()) };
        let mut records = Records::of(part);
        while let Some(kind) = records.next()? {
            if kind == record::SHARED_ITEM {
                self.texts.push(text(&records.body, 1)?.0);
            }
        }
        Ok(())
    }

    fn records(&mut self, sheet: usize) -> Result<Records<'_>, Problem> {
        let path = self.paths[sheet].clone();
        let part = self.package.part(&path)?;
        part.map(Records::of).ok_or_else(|| Problem::damaged(path))
    }

    /// The cells that cover rows below them, with how many. They are written behind the cells.
    fn tall_merges(&mut self, sheet: usize) -> Result<HashMap<(u32, u32), u32>, Problem> {
        let mut merges = HashMap::new();
        let mut records = self.records(sheet)?;
        while let Some(kind) = records.next()? {
            if kind == record::MERGE {
                let body = &records.body;
                let (first, last, column) = (long(body, 0)?, long(body, 4)?, long(body, 8)?);
                if last > first {
                    merges.insert((first, column), last - first);
                }
            }
        }
        Ok(merges)
    }
}

/// A part to which the workbook refers.
struct Target {
    path: String,
    /// Whether it is a sheet of rows.
    is_rows: bool,
}

/// The name of a part, of a path from the root of the package or one beside the workbook.
fn part_path(target: &str) -> String {
    let whole = target.replace('\\', "/");
    let mut steps: Vec<&str> = if whole.starts_with('/') { Vec::new() } else { vec!["xl"] };
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.join("/")
}

/// What is needed to read a cell.
struct Values<'a> {
    formats: &'a [NumberFormat],
    texts: &'a [String],
    is_1904: bool,
}

impl Values<'_> {
    fn number(&self, body: &[u8], style_at: usize, number: f64) -> Result<(String, CellKind), Problem> {
        let style = long(body, style_at)? & 0x00ff_ffff;
        let format = self.formats.get(style as usize).copied().unwrap_or(NumberFormat::Plain);
        Ok(number_cell(number, format, self.is_1904))
    }

    /// The value of a cell whose head ends at `at`, just behind its style.
    fn value(&self, kind: u32, body: &[u8], at: usize) -> Result<(String, CellKind), Problem> {
        let plain = |text: String| Ok((text, CellKind::Text));
        match kind {
            record::PACKED_NUMBER => self.number(body, at - 4, packed_number(long(body, at)?)),
            record::NUMBER | record::FORMULA_NUMBER => {
                self.number(body, at - 4, f64::from_le_bytes(bytes(body, at)?))
            }
            record::ERROR | record::FORMULA_ERROR => plain(error_text(bytes::<1>(body, at)?[0]).to_string()),
            record::BOOLEAN | record::FORMULA_BOOLEAN => plain((bytes::<1>(body, at)?[0] != 0).to_string()),
            record::TEXT | record::FORMULA_TEXT => plain(text(body, at)?.0),
            record::RICH_TEXT => plain(text(body, at + 1)?.0),
            record::SHARED_TEXT => {
                let number = long(body, at)? as usize;
                plain(self.texts.get(number).ok_or_else(too_short)?.clone())
            }
            _ => plain(String::new()),
        }
    }
}

impl Book for XlsbBook {
    fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    fn is_1904(&self) -> bool {
        self.is_1904
    }

    fn has_foreign_links(&self) -> bool {
        self.package.has_in("xl/externalLinks/")
    }

    fn cells(&mut self, sheet: usize, with_merges: bool, take: &mut Take<'_>) -> Result<(), Problem> {
        let merges = if with_merges { self.tall_merges(sheet)? } else { HashMap::new() };
        let texts = std::mem::take(&mut self.texts);
        let formats = std::mem::take(&mut self.formats);
        let values = Values { formats: &formats, texts: &texts, is_1904: self.is_1904 };
        let result = read_cells(&mut self.records(sheet)?, &values, &merges, take);
        (self.texts, self.formats) = (texts, formats);
        result
    }
}

fn read_cells(
    records: &mut Records<'_>,
    values: &Values<'_>,
    merges: &HashMap<(u32, u32), u32>,
    take: &mut Take<'_>,
) -> Result<(), Problem> {
    let (mut is_inside, mut row, mut next_column) = (false, 0, 0);
    while let Some(kind) = records.next()? {
        let body = &records.body;
        match kind {
            record::CELLS_BEGIN => is_inside = true,
            record::CELLS_END => return Ok(()),
            _ if !is_inside => {}
            record::ROW => (row, next_column) = (long(body, 0)?, 0),
            record::BLANK..=record::FORMULA_ERROR | record::RICH_TEXT => {
                let column = long(body, 0)?;
                next_column = column.saturating_add(1);
                let (text, kind_of_cell) = values.value(kind, body, 8)?;
                let is_formula = (record::FORMULA_TEXT..=record::FORMULA_ERROR).contains(&kind);
                let formula = if is_formula { Formula::Valued } else { Formula::None };
                let rows_below = merges.get(&(row, column)).copied().unwrap_or(0);
                take(StoredCell { row, column, text: text.into(), kind: kind_of_cell, formula, rows_below })?;
            }
            record::SHORT_BLANK..=record::LAST_SHORT => {
                let column = next_column;
                next_column = column.saturating_add(1);
                let whole = kind - record::SHORT_BLANK + record::BLANK;
                let (text, kind) = values.value(whole, body, 4)?;
                let rows_below = merges.get(&(row, column)).copied().unwrap_or(0);
                take(StoredCell {
                    row,
                    column,
                    text: text.into(),
                    kind,
                    formula: Formula::None,
                    rows_below,
                })?;
            }
            _ => {}
        }
    }
    // The records ended before the cells did.
    Err(too_short())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_from_the_root_and_from_beside_the_workbook() {
        for (target, expected) in [
            ("worksheets/sheet1.bin", "xl/worksheets/sheet1.bin"),
            ("/xl/worksheets/sheet1.bin", "xl/worksheets/sheet1.bin"),
            ("../data/./a.bin", "data/a.bin"),
            ("worksheets\\sheet1.bin", "xl/worksheets/sheet1.bin"),
            ("../../../a.bin", "a.bin"),
            ("", "xl"),
        ] {
            assert_eq!(part_path(target), expected, "{target}");
        }
    }
}
