//! The sheet 运行凭据: what the result rests on. No time, no thread, no absolute path.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::page::{Cell, Page, Paper};
use super::quality::table_title;
use super::style::{Look, Style};
use super::{note, title};
use crate::messages::{Word, heading, workbook};
use crate::report::Content;

const WIDTHS: [usize; 3] = [24, 50, 68];

/// The heading of a column of hashes.
const SHA_256: Word = Word::new("SHA-256", "SHA-256");

/// Writes the sheet.
pub(super) fn write(sheet: &mut Worksheet, style: &Style, content: &Content<'_>) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    let name = workbook::SHEET_RECEIPT.in_lang(lang);
    let mut page = Page::begin(sheet, style, lang, (name, workbook::FOOTER_OTHER), (Paper::A4, &WIDTHS))?;
    page.line(&title(content, workbook::TITLE_RECEIPT), Look::Title, 28.0)?;
    page.line(&note(content, ""), Look::Note, 18.0)?;
    page.spread(0..=2, page.word(workbook::RECEIPT_NOTE), Look::Text)?;
    page.end_row()?;
    page.gap();
    for (label, value) in
        [(heading::PROGRAM, env!("CARGO_PKG_NAME")), (heading::VERSION, env!("CARGO_PKG_VERSION"))]
    {
        page.put(0, &Cell::text(page.word(label)), Look::Text)?;
        page.spread(1..=2, value, Look::Text)?;
        page.end_row()?;
    }
    page.gap();
    page.line(page.word(workbook::INPUTS), Look::Section, 20.0)?;
    page.headings(&[heading::TABLE, heading::FILE, SHA_256])?;
    for input in &content.tables.inputs {
        hashed(&mut page, table_title(input.table, lang), &input.path, &input.sha256)?;
    }
    page.gap();
    page.line(page.word(workbook::RULES), Look::Section, 20.0)?;
    page.headings(&[heading::LAYER, heading::FILE, SHA_256])?;
    for rule in &content.rulebook.files {
        let layer = match rule.layer.as_str() {
            "builtin" => page.word(workbook::LAYER_BUILTIN),
            "project" => page.word(workbook::LAYER_PROJECT),
            other => other,
        };
        hashed(&mut page, layer, &rule.path, &rule.sha256)?;
    }
    Ok(())
}

fn hashed(page: &mut Page<'_>, kind: &str, file: &str, sha256: &str) -> Result<(), XlsxError> {
    page.cells([
        (Cell::text(kind), Look::Text),
        (Cell::text(file), Look::Text),
        (Cell::text(sha256), Look::Code),
    ])
}
