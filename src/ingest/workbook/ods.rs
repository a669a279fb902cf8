//! OpenDocument spreadsheets (.ods), read as a stream of XML.
//!
//! Owns the reading of tables, rows and cells, however often they repeat. Must not hold more than one row.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};

use super::cell::{Formula, StoredCell, number_text};
use super::package::{Package, Part};
use super::problem::Problem;
use super::{Book, SheetInfo, Take, TakeOf};
use crate::ingest::chunk::CellKind;
use crate::ingest::limits::Limits;

/// An open spreadsheet.
pub(super) struct OdsBook {
    package: Package,
    sheets: Vec<SheetInfo>,
    most_columns: u32,
}

/// A cell of a row before it is told, and how often it stands side by side.
struct RowCell {
    column: u32,
    count: u32,
    text: String,
    kind: CellKind,
    formula: Formula,
    rows_below: u32,
}

/// The XML of the content, with how deep the reader stands in it.
struct Content<'a> {
    xml: Reader<Part<'a>>,
    buffer: Vec<u8>,
    depth: u32,
}

impl Content<'_> {
    /// The next event, in which an empty element is a begin and an end. The end of the file is damage.
    fn next(&mut self) -> Result<Event<'_>, Problem> {
        self.buffer.clear();
        let event = self.xml.read_event_into(&mut self.buffer)?;
        match event {
            Event::Eof => return Err(Problem::damaged("content.xml")),
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(event)
    }

    /// Leaves out what is left of elements that have begun, up to where the reader stands no deeper.
    fn skip_to(&mut self, depth: u32) -> Result<(), Problem> {
        while self.depth > depth {
            self.next()?;
        }
        Ok(())
    }

    /// Leaves out an element that has begun.
    fn skip(&mut self) -> Result<(), Problem> {
        let mut depth = 1u32;
        while depth > 0 {
            match self.next()? {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }
}

/// The value of an attribute by its local name.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Problem> {
    for attribute in tag.attributes() {
        let attribute = attribute?;
        if attribute.key.local_name().as_ref() == name {
            let text = quick_xml::escape::unescape(&attribute.value).map_err(Problem::damaged)?;
            return Ok(Some(text.into_owned()));
        }
    }
    Ok(None)
}

/// How often something repeats. More than any sheet holds is as good as that.
fn repeats(tag: &BytesStart<'_>, name: &str) -> Result<u32, Problem> {
    const MOST: u32 = 1 << 24;
    match attribute(tag, name)? {
        None => Ok(1),
        Some(text) => match text.trim().parse::<u64>() {
            Ok(count) => Ok(u32::try_from(count).unwrap_or(MOST).min(MOST)),
            Err(why) => Err(Problem::damaged(why)),
        },
    }
}

impl OdsBook {
    pub(super) fn open(path: &Path, limits: &Limits) -> Result<OdsBook, Problem> {
        let mut package = Package::open(path, limits)?;
        if package.has("encrypted-package") {
            return Err(Problem::Encrypted);
        }
        if let Some(manifest) = package.part("META-INF/manifest.xml")? {
            let mut text = Vec::new();
            manifest.take(1 << 20).read_to_end(&mut text)?;
            if memchr::memmem::find(&text, b"encryption-data").is_some() {
                return Err(Problem::Encrypted);
            }
        }
        let mut book = OdsBook { package, sheets: Vec::new(), most_columns: limits.columns };
        let mut hidden = HashSet::new();
        let mut sheets: Vec<(String, String)> = Vec::new();
        book.tables(&mut hidden, &mut |tag, content| {
            sheets.push((
                attribute(tag, "name")?.unwrap_or_default(),
                attribute(tag, "style-name")?.unwrap_or_default(),
            ));
            content.skip()?;
            Ok(())
        })?;
        let info = |(name, style): (String, String)| SheetInfo { name, is_hidden: hidden.contains(&style) };
        book.sheets = sheets.into_iter().map(info).collect();
        Ok(book)
    }

    /// Goes through the tables of the spreadsheet, which `visit` must read to their ends, and collects the
    /// styles that hide a table.
    fn tables(
        &mut self,
        hidden: &mut HashSet<String>,
        visit: &mut dyn FnMut(&BytesStart<'_>, &mut Content<'_>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let part = self.package.part("content.xml")?.ok_or_else(|| Problem::damaged("content.xml"))?;
        let mut xml = Reader::from_reader(part);
        xml.config_mut().expand_empty_elements = true;
        let mut content = Content { xml, buffer: Vec::new(), depth: 0 };
        let (mut depth, mut sheet_depth) = (0u32, None);
        let mut style = String::new();
        loop {
            match content.next()? {
                Event::Start(tag) => {
                    depth += 1;
                    match tag.local_name().as_ref() {
                        "spreadsheet" => sheet_depth = Some(depth),
                        "style" => style = attribute(&tag, "name")?.unwrap_or_default(),
                        "table-properties" if attribute(&tag, "display")?.as_deref() == Some("false") => {
                            hidden.insert(style.clone());
                        }
                        // Tables elsewhere are no sheets: those of links, for example.
                        "table" if sheet_depth == Some(depth - 1) => {
                            let tag = tag.into_owned();
                            visit(&tag, &mut content)?;
                            depth -= 1;
                        }
                        _ => {}
                    }
                }
                Event::End(tag) => {
                    depth = depth.saturating_sub(1);
                    if tag.local_name().as_ref() == "spreadsheet" {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
    }
}

impl Book for OdsBook {
    fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    /// Days are written as days.
    fn is_1904(&self) -> bool {
        false
    }

    fn cells(&mut self, sheet: usize, _with_merges: bool, take: &mut Take<'_>) -> Result<(), Problem> {
        let most_columns = self.most_columns;
        let mut number = 0;
        let result = self.tables(&mut HashSet::new(), &mut |_, content| {
            number += 1;
            if number != sheet + 1 {
                return content.skip();
            }
            read_rows(content, most_columns, take)?;
            // What stands behind the table is of no interest.
            Err(Problem::Enough)
        });
        match result {
            // The taker of cells may have had enough itself, which is the same.
            Err(Problem::Enough) => Ok(()),
            result => result,
        }
    }
    /// One pass over the content serves all sheets.
    fn cells_of(&mut self, sheets: &[usize], take: &mut TakeOf<'_>) -> Result<(), Problem> {
        let most_columns = self.most_columns;
        let mut number = 0;
        let result = self.tables(&mut HashSet::new(), &mut |_, content| {
            let sheet = number;
            number += 1;
            if sheets.binary_search(&sheet).is_err() {
                return content.skip();
            }
            let outside = content.depth - 1;
            let read = read_rows(content, most_columns, &mut |cell| take(sheet, cell));
            match read {
                // What stands behind the last of the sheets is of no interest.
                Ok(()) | Err(Problem::Enough) if sheets.last() == Some(&sheet) => Err(Problem::Enough),
                Err(Problem::Enough) => content.skip_to(outside),
                result => result,
            }
        });
        match result {
            Err(Problem::Enough) => Ok(()),
            result => result,
        }
    }
}

/// Reads the rows of a table that has begun, up to its end.
fn read_rows(content: &mut Content<'_>, most_columns: u32, take: &mut Take<'_>) -> Result<(), Problem> {
    let mut row = 0u32;
    let mut depth = 1u32;
    while depth > 0 {
        match content.next()? {
            Event::Start(tag) if tag.local_name().as_ref() == "table-row" => {
                let count = repeats(&tag, "number-rows-repeated")?;
                let cells = read_row(content, most_columns)?;
                let times = if cells.is_empty() { 0 } else { count };
                for below in 0..times {
                    for cell in &cells {
                        tell(cell, row.saturating_add(below), take)?;
                    }
                }
                row = row.saturating_add(count);
            }
            Event::Start(tag) if matches!(tag.local_name().as_ref(), "shapes" | "forms") => content.skip()?,
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    Ok(())
}

fn tell(cell: &RowCell, row: u32, take: &mut Take<'_>) -> Result<(), Problem> {
    for column in cell.column..cell.column.saturating_add(cell.count) {
        take(StoredCell {
            row,
            column,
            text: cell.text.as_str().into(),
            kind: cell.kind,
            formula: cell.formula,
            rows_below: cell.rows_below,
        })?;
    }
    Ok(())
}

/// Reads the cells of a row that has begun, up to its end.
fn read_row(content: &mut Content<'_>, most_columns: u32) -> Result<Vec<RowCell>, Problem> {
    let mut cells = Vec::new();
    let mut column = 0u32;
    loop {
        match content.next()? {
            Event::Start(tag) => {
                let is_cell = matches!(tag.local_name().as_ref(), "table-cell" | "covered-table-cell");
                if !is_cell {
                    content.skip()?;
                    continue;
                }
                let tag = tag.into_owned();
                let count = repeats(&tag, "number-columns-repeated")?;
                if let Some(cell) = read_cell(&tag, content)? {
                    // One column beyond the bound is enough to be refused.
                    let count = count.min(most_columns.saturating_add(1).saturating_sub(column).max(1));
                    cells.push(RowCell { column, count, ..cell });
                }
                column = column.saturating_add(count);
            }
            Event::End(_) => return Ok(cells),
            _ => {}
        }
    }
}

/// Reads a cell that has begun, up to its end; `None` where it holds nothing.
fn read_cell(tag: &BytesStart<'_>, content: &mut Content<'_>) -> Result<Option<RowCell>, Problem> {
    let (mut value_type, mut stated, mut is_error) = (String::new(), None, false);
    let (mut formula, mut rows_below) = (None, 0u32);
    for attribute in tag.attributes() {
        let attribute = attribute?;
        let value = || -> Result<String, Problem> {
            let text = quick_xml::escape::unescape(&attribute.value).map_err(Problem::damaged)?;
            Ok(text.into_owned())
        };
        let is_extension = attribute.key.as_ref().starts_with("calcext");
        match attribute.key.local_name().as_ref() {
            "value-type" if is_extension => is_error |= value()? == "error",
            "value-type" => value_type = value()?,
            "value" | "date-value" | "time-value" | "boolean-value" | "string-value" => {
                stated = Some(value()?);
            }
            "formula" => formula = Some(value()?),
            "number-rows-spanned" => {
                rows_below = repeats(tag, "number-rows-spanned")?.saturating_sub(1);
            }
            _ => {}
        }
    }
    let written = read_text(content)?;
    let (text, kind) = match (value_type.as_str(), stated) {
        ("float" | "percentage" | "currency", Some(number)) => {
            let number: f64 = number.trim().parse().map_err(Problem::damaged)?;
            (number_text(number), CellKind::Number)
        }
        ("date", Some(day)) => (day.split('T').next().unwrap_or("").to_string(), CellKind::Text),
        ("string", Some(text)) if !is_error => (text, CellKind::Text),
        ("time" | "boolean", Some(text)) => (text, CellKind::Text),
        _ => (written, CellKind::Text),
    };
    let formula = match formula {
        None => Formula::None,
        Some(_) if value_type.is_empty() && text.is_empty() => Formula::Unvalued,
        Some(formula) if formula.contains("'file:") => Formula::Foreign,
        Some(_) => Formula::Valued,
    };
    let is_nothing = text.is_empty() && formula != Formula::Unvalued;
    let cell = RowCell { column: 0, count: 1, text, kind, formula, rows_below };
    Ok((!is_nothing).then_some(cell))
}

/// Reads the paragraphs of a cell up to its end.
fn read_text(content: &mut Content<'_>) -> Result<String, Problem> {
    const MOST_BLANKS: u32 = 1_024;
    let (mut text, mut depth, mut paragraphs) = (String::new(), 1u32, 0u32);
    while depth > 0 {
        match content.next()? {
            Event::Start(tag) => {
                let name = tag.local_name();
                match name.as_ref() {
                    "p" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                    }
                    "s" => {
                        let count = repeats(&tag, "c")?.min(MOST_BLANKS);
                        text.extend(std::iter::repeat_n(' ', count as usize));
                    }
                    "tab" => text.push('\t'),
                    "line-break" => text.push('\n'),
                    "span" | "a" | "ruby" | "ruby-base" => {}
                    // Notes and pictures are no content of the cell.
                    _ => {
                        content.skip()?;
                        continue;
                    }
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            Event::Text(words) if depth > 1 => text.push_str(&words.xml10_content()),
            Event::CData(words) if depth > 1 => text.push_str(&words.xml10_content()),
            Event::GeneralRef(reference) if depth > 1 => {
                if let Some(known) = resolve_xml_entity(&reference) {
                    text.push_str(known);
                } else if let Some(c) = reference.resolve_char_ref()? {
                    text.push(c);
                }
            }
            _ => {}
        }
    }
    Ok(text)
}
