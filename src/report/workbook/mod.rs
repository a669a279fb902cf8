//! The workbook: what a clerk opens. Its sheets stand in the order in which a reader needs them.
//!
//! Owns the layout of the sheets. The bytes depend on nothing but the findings: no clock, no formula. Totals
//! are added up in fen and written as values.

mod ledger;
mod lists;
mod page;
mod quality;
mod receipt;
mod style;
mod summary;
#[cfg(test)]
mod tests;
mod told;

mod listing;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime};

use super::{Content, Report};
use crate::domain::{Fen, Month};
use crate::messages::{self, Error, Lang, Word};
use page::Cell;
use style::Style;

/// The name of the workbook in a result folder.
const WORKBOOK_FILE: &str = "追回台账.xlsx";

/// Writes the workbook.
pub(super) struct Workbook;

impl Report for Workbook {
    fn write(&self, content: &Content<'_>, folder: &Path) -> Result<(), Error> {
        build(content, folder).map_err(|why| messages::cannot_write(WORKBOOK_FILE, why.as_ref()))
    }
}

fn build(content: &Content<'_>, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    // Rows that wait on disk hold ID numbers: they wait in the result folder, in files without a name.
    book.set_tempdir(folder)?;
    let (row, col) = style::DEFAULT_PIXELS;
    book.set_default_format(&style::default_format(), row, col)?;
    let title = title(content, messages::workbook::TITLE_LEDGER);
    // Without a fixed day the file would hold the hour at which it was written.
    let day = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&day));
    let style = Style::new();
    ledger::write(&mut book, &style, content)?;
    lists::write_claims(&mut book, &style, content)?;
    lists::write_leads(&mut book, &style, content)?;
    if !content.findings.matches.is_empty() {
        lists::write_matches(&mut book, &style, content)?;
    }
    told::write_unpaid(&mut book, &style, content)?;
    told::write_marks(&mut book, &style, content)?;
    summary::write(book.add_worksheet(), &style, content)?;
    quality::write(book.add_worksheet(), &style, content)?;
    receipt::write(book.add_worksheet(), &style, content)?;
    let mut file = BufWriter::new(File::create(folder.join(WORKBOOK_FILE))?);
    book.save_to_writer(&mut file)?;
    file.flush()?;
    Ok(())
}

/// The title of a sheet: the project's, and what the sheet is.
fn title(content: &Content<'_>, word: Word) -> String {
    let lang = content.project.lang;
    format!(
        "{}{}{}",
        content.project.title,
        messages::workbook::BETWEEN_TITLES.in_lang(lang),
        word.in_lang(lang)
    )
}

/// The line below a title: period, day, unit, and what else the sheet says of itself.
fn note(content: &Content<'_>, more: &str) -> String {
    let lang = content.project.lang;
    let period = messages::months_text(content.project.period);
    let note = messages::sheet_note(period.in_lang(lang), &content.project.as_of.to_string());
    format!("{}　　{more}", note.in_lang(lang)).trim_end().to_string()
}

fn month_cell<'c>(month: Option<Month>) -> Cell<'c> {
    month.map_or(Cell::Empty, |month| Cell::text(month.to_string()))
}

/// The codes of rules.
fn rule_ids<'c>(content: &Content<'c>, rules: &[usize]) -> Cell<'c> {
    let ids: Vec<&str> = rules.iter().map(|&rule| content.rulebook.rules[rule].id.as_str()).collect();
    Cell::text(ids.join(messages::workbook::COMMA.in_lang(content.project.lang)))
}

/// The title of a rule, and whether it is on trial.
fn rule_title<'c>(content: &Content<'c>, rule: usize) -> Cell<'c> {
    let title = content.rulebook.rules[rule].title.as_str();
    if content.rulebook.counts(rule) {
        return Cell::text(title);
    }
    Cell::text(format!("{title}{}", messages::workbook::ON_TRIAL.in_lang(content.project.lang)))
}

fn rule_id<'c>(content: &Content<'c>, rule: usize) -> Cell<'c> {
    Cell::text(content.rulebook.rule_at(rule).id.as_str())
}

/// How many pieces of evidence a cell lists before it refers to the csv file.
const EVIDENCE_SHOWN: usize = 10;

fn evidence<'c>(items: &[String], file: &str, lang: Lang) -> Cell<'c> {
    let shown = items.len().min(EVIDENCE_SHOWN);
    let mut text = items[..shown].join(messages::workbook::SEMICOLON.in_lang(lang));
    if shown < items.len() {
        text += messages::more_evidence(shown, items.len(), file).in_lang(lang);
    }
    Cell::text(text)
}

/// Adds up amounts in 128 bits.
fn sum(amounts: impl Iterator<Item = Fen>) -> i128 {
    amounts.map(|fen| i128::from(fen.0)).sum()
}
