//! Old workbooks (.xls): the records of Excel 5 to 2003, in a container or, as some programs write them,
//! bare.
//!
//! Owns what the records say. calamine's reader of this format makes room for whatever rectangle a file
//! declares and decodes UTF-16 by a code page that is forced on it, so that neither malicious nor
//! mislabelled files could be read with it. A sheet has at most 65,536 rows, so that the place of each cell
//! is held; texts are decoded as they are told.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{GB18030, UTF_8};

use super::biff::{
    Record, Script, Texts, byte, encoding_of, long, number, record, record_at, records, short,
};
use super::cell::{Formula, NumberFormat, StoredCell, error_text, number_cell, packed_number};
use super::problem::Problem;
use super::{Book, SheetInfo, Take};
use crate::ingest::chunk::CellKind;
use crate::ingest::encoding::EncodingChoice;
use crate::ingest::limits::Limits;
use crate::messages;

/// An open workbook.
pub(super) struct XlsBook {
    stream: Vec<u8>,
    sheets: Vec<SheetInfo>,
    /// Where the records of each sheet begin.
    begins: Vec<usize>,
    is_1904: bool,
    script: Script,
    formats: Vec<NumberFormat>,
    texts: Vec<String>,
    has_foreign_links: bool,
}

/// Where the value of a cell stands in the stream.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// In the record whose head begins here.
    Record(usize),
    /// In a style and a packed number that begin here, one of several in a record.
    Packed(usize),
    /// In the text record whose head begins here, behind that of the formula.
    Text(usize),
    /// Nowhere: the text that should stand behind the formula does not.
    Missing,
}

/// What the workbook's own records say.
#[derive(Default)]
struct Globals {
    is_unicode: bool,
    code_page: Option<u16>,
    is_1904: bool,
    formats: BTreeMap<u16, NumberFormat>,
    styles: Vec<u16>,
    texts: Vec<String>,
    sheets: Vec<(usize, SheetInfo)>,
    has_foreign_links: bool,
}

/// Whether a record names another workbook. The same records stand for the workbook itself and for functions
/// that were added to the program.
fn names_other_book(kind: u16, data: &[u8]) -> bool {
    match (kind, data) {
        (record::OTHER_BOOK, [sheets_low, sheets_high, low, high, ..]) => {
            [*sheets_low, *sheets_high] != [0, 0] && !matches!([*low, *high], [0x01, 0x04] | [0x01, 0x3a])
        }
        (record::OTHER_SHEET, [_, 0x01, rest @ ..]) => !matches!(rest.first(), None | Some(0x3a)),
        _ => false,
    }
}

/// The version of a stream that begins with this record: whether its texts are UTF-16. Only the records of
/// Excel 5 and later are read.
fn is_unicode(begin: Record<'_>) -> Result<bool, Problem> {
    match (begin.kind, short(begin.data, 0)?) {
        (record::BEGIN, 0x0600) => Ok(true),
        // Some programs leave the version out.
        (record::BEGIN, 0x0500 | 0) => Ok(false),
        (kind, version) => Err(Problem::damaged(format!("BIFF {kind:04x} {version:04x}"))),
    }
}

impl XlsBook {
    pub(super) fn open(
        path: &Path,
        shown: &str,
        limits: &Limits,
        choice: EncodingChoice,
    ) -> Result<XlsBook, Problem> {
        let stream = read_stream(path, limits)?;
        let begin = record_at(&stream, 0)?.ok_or_else(super::biff::too_short)?;
        let is_sheet_alone = short(begin.data, 2)? != 5;
        let mut globals = Globals { is_unicode: is_unicode(begin)?, ..Globals::default() };
        let code_page = |page: Option<u16>| match (choice, page) {
            (EncodingChoice::Gb18030, _) => Ok(GB18030),
            (EncodingChoice::Utf8, _) => Ok(UTF_8),
            // As for a text file that does not say.
            (EncodingChoice::Auto, None) => Ok(GB18030),
            (EncodingChoice::Auto, Some(page)) => {
                encoding_of(page).ok_or_else(|| Problem::Told(messages::unknown_code_page(shown, page)))
            }
        };
        // Texts among the records are read only once the code page is known, wherever it stands.
        let page = find_code_page(&stream)?;
        let script = Script { is_unicode: globals.is_unicode, code_page: code_page(page)? };
        globals.code_page = page;
        globals.read(&stream, script)?;
        if is_sheet_alone {
            globals.sheets = vec![(0, SheetInfo { name: "Sheet1".to_string(), is_hidden: false })];
        }
        let style =
            |code: &u16| globals.formats.get(code).copied().unwrap_or_else(|| NumberFormat::builtin(*code));
        let formats = globals.styles.iter().map(style).collect();
        let (begins, sheets) = globals.sheets.into_iter().unzip();
        let Globals { is_1904, texts, has_foreign_links, .. } = globals;
        Ok(XlsBook { stream, sheets, begins, is_1904, script, formats, texts, has_foreign_links })
    }
}

/// The stream of records: the file itself, or the part of its container that holds it.
fn read_stream(path: &Path, limits: &Limits) -> Result<Vec<u8>, Problem> {
    let mut file = BufReader::new(File::open(path)?);
    let mut mark = [0; 2];
    file.read_exact(&mut mark)?;
    file.seek(SeekFrom::Start(0))?;
    let mut stream = Vec::new();
    if mark == record::BEGIN.to_le_bytes() {
        file.take(limits.file_bytes).read_to_end(&mut stream)?;
        return Ok(stream);
    }
    let size = file.get_ref().metadata()?.len();
    let mut container = cfb::CompoundFile::open(file)?;
    if container.is_stream("/EncryptedPackage") {
        return Err(Problem::Encrypted);
    }
    let name = if container.is_stream("/Workbook") { "/Workbook" } else { "/Book" };
    // No stream is larger than its file, whatever the container declares.
    container.open_stream(name)?.take(size).read_to_end(&mut stream)?;
    Ok(stream)
}

/// The code page that the workbook declares. It often stands behind the first texts.
fn find_code_page(stream: &[u8]) -> Result<Option<u16>, Problem> {
    for next in records(stream, 0) {
        let next = next?;
        match next.kind {
            record::CODE_PAGE => return short(next.data, 0).map(Some),
            // What is behind is encrypted.
            record::PASSWORD => return Err(Problem::Encrypted),
            record::END => break,
            _ => {}
        }
    }
    Ok(None)
}

impl Globals {
    /// Reads the records up to the end of the first part of the stream.
    fn read(&mut self, stream: &[u8], script: Script) -> Result<(), Problem> {
        for next in records(stream, 0) {
            let next = next?;
            match next.kind {
                record::PASSWORD => return Err(Problem::Encrypted),
                record::FIRST_DAY => self.is_1904 = short(next.data, 0)? == 1,
                record::FORMAT => {
                    let mut text = Texts::new(stream, next, 2)?;
                    let is_short = !script.is_unicode;
                    let code = if is_short { text.short_text(script)? } else { text.text(script)? };
                    self.formats.insert(short(next.data, 0)?, NumberFormat::of(&code));
                }
                record::STYLE => self.styles.push(short(next.data, 2)?),
                // Charts and macros are sheets too, but hold no rows.
                record::SHEET if byte(next.data, 5)? == 0 => {
                    let mut name = Texts::new(stream, next, 6)?.short_text(script)?;
                    name.retain(|c| c != '\0');
                    let is_hidden = byte(next.data, 4)? & 3 != 0;
                    self.sheets.push((long(next.data, 0)? as usize, SheetInfo { name, is_hidden }));
                }
                record::SHARED_TEXTS => {
                    let count = long(next.data, 4)? as usize;
                    let mut texts = Texts::new(stream, next, 8)?;
                    while self.texts.len() < count && !texts.is_at_end() {
                        self.texts.push(texts.text(Script { is_unicode: true, ..script })?);
                    }
                }
                record::END => return Ok(()),
                kind => self.has_foreign_links |= names_other_book(kind, next.data),
            }
        }
        Err(super::biff::too_short())
    }
}

/// The cells of a sheet in the order of rows, each with its place, and the cells that cover rows below them.
#[derive(Default)]
struct Index {
    cells: Vec<(u32, u32, Place)>,
    merges: HashMap<(u32, u32), u32>,
}

impl Index {
    fn of(stream: &[u8], begin: usize) -> Result<Index, Problem> {
        let mut index = Index::default();
        // Charts stand in a sheet as parts of their own, whose records look like cells.
        let mut depth = 0u32;
        let mut formula = None;
        for next in records(stream, begin) {
            let next = next?;
            match next.kind {
                record::BEGIN => depth += 1,
                record::END if depth <= 1 => {
                    index.miss(&mut formula);
                    index.cells.sort_by_key(|&(row, column, _)| (row, column));
                    return Ok(index);
                }
                record::END => depth -= 1,
                _ if depth != 1 => {}
                _ => index.add(next, &mut formula)?,
            }
        }
        Err(super::biff::too_short())
    }

    /// Notes the cell of a formula whose text did not come.
    fn miss(&mut self, formula: &mut Option<(u32, u32)>) {
        self.cells.extend(formula.take().map(|(row, column)| (row, column, Place::Missing)));
    }

    fn add(&mut self, next: Record<'_>, formula: &mut Option<(u32, u32)>) -> Result<(), Problem> {
        let at = next.at - 4;
        let cell = || Ok::<_, Problem>((u32::from(short(next.data, 0)?), u32::from(short(next.data, 2)?)));
        match next.kind {
            record::NUMBER
            | record::TEXT
            | record::RICH_TEXT
            | record::BOOLEAN_OR_ERROR
            | record::PACKED_NUMBER
            | record::SHARED_TEXT => {
                let (row, column) = cell()?;
                self.cells.push((row, column, Place::Record(at)));
            }
            record::PACKED_NUMBERS => {
                let (row, first) = cell()?;
                let count = next.data.len().saturating_sub(6) / 6;
                let place = |number: usize| Place::Packed(next.at + 4 + 6 * number);
                self.cells.extend((0..count).map(|number| (row, first + number as u32, place(number))));
            }
            record::FORMULA => {
                self.miss(formula);
                let (row, column) = cell()?;
                let result: [u8; 8] =
                    [6, 7, 8, 9, 10, 11, 12, 13].map(|at| next.data.get(at).copied().unwrap_or(0));
                let is_text = result[6..] == [0xff, 0xff] && result[0] == 0;
                *formula = is_text.then_some((row, column));
                if !is_text {
                    self.cells.push((row, column, Place::Record(at)));
                }
            }
            record::FORMULA_TEXT => {
                if let Some((row, column)) = formula.take() {
                    self.cells.push((row, column, Place::Text(at)));
                }
            }
            record::MERGES => {
                for number in 0..usize::from(short(next.data, 0)?) {
                    let at = 2 + 8 * number;
                    let (first, last) = (short(next.data, at)?, short(next.data, at + 2)?);
                    if last > first {
                        let column = short(next.data, at + 4)?;
                        self.merges.insert((first.into(), column.into()), u32::from(last - first));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl XlsBook {
    fn number(&self, style: u16, number: f64) -> (String, CellKind) {
        let format = self.formats.get(usize::from(style)).copied().unwrap_or(NumberFormat::Plain);
        number_cell(number, format, self.is_1904)
    }

    /// The value at a place, and where it comes from.
    fn value(&self, place: Place) -> Result<(String, CellKind, Formula), Problem> {
        let plain = |text: String| (text, CellKind::Text);
        let of = |at: usize| record_at(&self.stream, at)?.ok_or_else(super::biff::too_short);
        let ((text, kind), formula) = match place {
            Place::Missing => (plain(String::new()), Formula::Unvalued),
            Place::Packed(at) => {
                let number = packed_number(long(&self.stream, at + 2)?);
                (self.number(short(&self.stream, at)?, number), Formula::None)
            }
            Place::Text(at) => {
                let text = Texts::new(&self.stream, of(at)?, 0)?.text(self.script)?;
                (plain(text), Formula::Valued)
            }
            Place::Record(at) => {
                let record = of(at)?;
                let data = record.data;
                let style = || short(data, 4);
                match record.kind {
                    record::NUMBER => (self.number(style()?, number(data, 6)?), Formula::None),
                    record::PACKED_NUMBER => {
                        (self.number(style()?, packed_number(long(data, 6)?)), Formula::None)
                    }
                    record::SHARED_TEXT => {
                        let text = self.texts.get(long(data, 6)? as usize);
                        (plain(text.ok_or_else(super::biff::too_short)?.clone()), Formula::None)
                    }
                    record::BOOLEAN_OR_ERROR => {
                        (plain(boolean_or_error(byte(data, 6)?, byte(data, 7)? != 0)), Formula::None)
                    }
                    record::FORMULA => (self.formula_value(data)?, Formula::Valued),
                    _ => (plain(Texts::new(&self.stream, record, 6)?.text(self.script)?), Formula::None),
                }
            }
        };
        Ok((text, kind, formula))
    }

    /// The stored value of a formula that is no text.
    fn formula_value(&self, data: &[u8]) -> Result<(String, CellKind), Problem> {
        if short(data, 12)? != 0xffff {
            return Ok(self.number(short(data, 4)?, number(data, 6)?));
        }
        Ok(match byte(data, 6)? {
            1 => (boolean_or_error(byte(data, 8)?, false), CellKind::Text),
            2 => (boolean_or_error(byte(data, 8)?, true), CellKind::Text),
            _ => (String::new(), CellKind::Text),
        })
    }
}

fn boolean_or_error(value: u8, is_error: bool) -> String {
    if is_error { error_text(value).to_string() } else { (value != 0).to_string() }
}

impl Book for XlsBook {
    fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    fn is_1904(&self) -> bool {
        self.is_1904
    }

    fn has_foreign_links(&self) -> bool {
        self.has_foreign_links
    }

    fn cells(&mut self, sheet: usize, _with_merges: bool, take: &mut Take<'_>) -> Result<(), Problem> {
        let index = Index::of(&self.stream, self.begins[sheet])?;
        for (row, column, place) in index.cells {
            let (text, kind, formula) = self.value(place)?;
            let rows_below = index.merges.get(&(row, column)).copied().unwrap_or(0);
            take(StoredCell { row, column, text: text.into(), kind, formula, rows_below })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_other_workbooks_are_told_from_those_to_the_workbook_itself() {
        let cases: [(u16, &[u8], bool); 8] = [
            (record::OTHER_BOOK, &[2, 0, 6, 0, 0, 1, b'a'], true),
            // The workbook itself, functions that were added, a link to another program.
            (record::OTHER_BOOK, &[2, 0, 1, 4], false),
            (record::OTHER_BOOK, &[1, 0, 1, 0x3a], false),
            (record::OTHER_BOOK, &[0, 0, 6, 0, 0, 1, b'a'], false),
            (record::OTHER_SHEET, &[3, 1, b'a', b'b'], true),
            (record::OTHER_SHEET, &[1, 1, 0x3a], false),
            (record::OTHER_SHEET, &[3, 3, b'a', b'b'], false),
            (record::OTHER_BOOK, &[1], false),
        ];
        for (kind, data, expected) in cases {
            assert_eq!(names_other_book(kind, data), expected, "{kind:04x} {data:?}");
        }
    }
}
