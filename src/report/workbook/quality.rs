//! The sheet 数据质量: what came in, what was noticed, what was checked, and what could not be.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::page::{Cell, Page, Paper};
use super::style::{Look, Style};
use super::{note, title};
use crate::ingest::{Column, Control, Table};
use crate::messages::{self, Lang, Word, heading, workbook};
use crate::report::Content;

/// The columns of the sheet, which its four tables share.
const WIDTHS: [usize; 9] = [22, 42, 12, 16, 17, 18, 18, 18, 30];
const LAST: u16 = 8;
/// The rows of the last table that the sheet shows; a csv file holds all.
const ROWS_SHOWN: usize = 2_000;

/// Writes the sheet.
pub(super) fn write(sheet: &mut Worksheet, style: &Style, content: &Content<'_>) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    let name = workbook::SHEET_QUALITY.in_lang(lang);
    let mut page = Page::begin(sheet, style, lang, (name, workbook::FOOTER_OTHER), (Paper::A4, &WIDTHS))?;
    page.line(&title(content, workbook::TITLE_QUALITY), Look::Title, 28.0)?;
    page.line(&note(content, ""), Look::Note, 18.0)?;
    page.gap();
    controls(&mut page, content, lang)?;
    page.gap();
    observations(&mut page, content, lang)?;
    page.gap();
    coverage(&mut page, content, lang)?;
    page.gap();
    not_checkable(&mut page, content, lang)
}

/// The title of a table in the language of the files.
pub(super) fn table_title(table: Table, lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => table.title(),
        Lang::En => table.name(),
    }
}

fn controls(page: &mut Page<'_>, content: &Content<'_>, lang: Lang) -> Result<(), XlsxError> {
    page.line(page.word(workbook::CONTROLS), Look::Section, 20.0)?;
    page.headings(&[
        heading::TABLE,
        heading::FILE,
        heading::ROWS_IN,
        heading::ROWS_KEPT,
        heading::ROWS_REJECTED,
        heading::MONEY_IN,
        heading::MONEY_KEPT,
        heading::MONEY_REJECTED,
    ])?;
    for control in &content.findings.controls {
        page.cells(control_row(control, lang))?;
    }
    page.line(page.word(workbook::REJECTS_ELSEWHERE), Look::Note, 18.0)
}

fn control_row<'c>(control: &'c Control, lang: Lang) -> [(Cell<'c>, Look); 8] {
    let has_money = control.table == Table::Payments || control.table.has(Column::Amount);
    let money = |fen: i128| {
        if has_money { (Cell::Money(fen), Look::Money) } else { (Cell::Empty, Look::Money) }
    };
    let count = |rows: u64| (Cell::Count(rows), Look::Count);
    [
        (Cell::text(table_title(control.table, lang)), Look::Text),
        (Cell::text(&control.file), Look::Text),
        count(control.rows),
        count(control.kept),
        count(control.rejected),
        money(control.fen),
        money(control.fen_kept),
        money(control.fen_rejected),
    ]
}

/// Writes headings of which some are spread over several columns.
fn spread_headings(page: &mut Page<'_>, words: &[(u16, u16, Word)]) -> Result<(), XlsxError> {
    for &(first, last, word) in words {
        let text = page.word(word);
        if first == last {
            page.put(first, &Cell::text(text), Look::Heading)?;
        } else {
            page.spread(first..=last, text, Look::Heading)?;
        }
    }
    page.end_row()
}

fn observations(page: &mut Page<'_>, content: &Content<'_>, lang: Lang) -> Result<(), XlsxError> {
    page.line(page.word(workbook::OBSERVATIONS), Look::Section, 20.0)?;
    spread_headings(
        page,
        &[
            (0, 1, heading::FILE),
            (2, 2, heading::COUNT),
            (3, 4, heading::FIRST_ROWS),
            (5, LAST, heading::OBSERVATION),
        ],
    )?;
    for (file, observation, noticed) in content.findings.noticed.iter() {
        let rows = noticed.rows.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        page.spread(0..=1, file, Look::Text)?;
        page.put(2, &Cell::Count(noticed.count), Look::Count)?;
        page.spread(3..=4, &rows, Look::Text)?;
        let text = observation.text();
        page.spread(5..=LAST, text.in_lang(lang), Look::Text)?;
        page.end_row()?;
    }
    Ok(())
}

fn coverage(page: &mut Page<'_>, content: &Content<'_>, lang: Lang) -> Result<(), XlsxError> {
    page.line(page.word(workbook::COVERAGE), Look::Section, 20.0)?;
    spread_headings(
        page,
        &[
            (0, 0, heading::REGISTRY),
            (1, 1, heading::RULE),
            (2, 2, heading::ROWS),
            (3, 3, heading::USABLE),
            (4, 4, heading::NEWEST_DATE),
            (5, 5, heading::CHECKED),
            (6, 6, heading::NOT_CHECKABLE),
            (7, LAST, heading::EXPLANATION),
        ],
    )?;
    for row in &content.findings.coverage {
        let rule = content.rulebook.rule_at(row.rule);
        let reason = row.reason.as_ref().map_or("", |text| text.in_lang(lang));
        page.put(0, &Cell::text(table_title(row.registry, lang)), Look::Text)?;
        page.put(1, &Cell::text(format!("{} {}", rule.id, rule.title)), Look::Text)?;
        page.put(2, &Cell::Count(row.rows), Look::Count)?;
        page.put(3, &Cell::Count(row.usable), Look::Count)?;
        let newest = row.newest_date.map_or(Cell::Empty, |day| Cell::text(day.to_string()));
        page.put(4, &newest, Look::Centre)?;
        page.put(5, &Cell::Count(row.persons_checked), Look::Count)?;
        page.put(6, &Cell::Count(row.not_checkable), Look::Count)?;
        page.spread(7..=LAST, reason, Look::Text)?;
        page.end_row()?;
    }
    Ok(())
}

fn not_checkable(page: &mut Page<'_>, content: &Content<'_>, lang: Lang) -> Result<(), XlsxError> {
    let rows = &content.findings.not_checkable;
    page.line(page.word(workbook::NOT_CHECKABLE), Look::Section, 20.0)?;
    if rows.len() > ROWS_SHOWN {
        let more = messages::more_rows(ROWS_SHOWN, rows.len(), "not_checkable.csv");
        page.line(more.in_lang(lang), Look::Note, 18.0)?;
    }
    spread_headings(
        page,
        &[
            (0, 0, heading::TABLE),
            (1, 1, heading::PLACE),
            (2, 3, heading::ID_AS_WRITTEN),
            (4, 4, heading::NAME),
            (5, LAST, heading::REASON),
        ],
    )?;
    for row in rows.iter().take(ROWS_SHOWN) {
        page.put(0, &Cell::text(table_title(row.table, lang)), Look::Text)?;
        page.put(1, &Cell::text(&row.place), Look::Text)?;
        page.spread(2..=3, &row.id_text, Look::Text)?;
        page.put(4, &Cell::text(&row.name), Look::Text)?;
        page.spread(5..=LAST, row.reason.text().in_lang(lang), Look::Text)?;
        page.end_row()?;
    }
    if rows.is_empty() {
        page.line(page.word(workbook::NONE), Look::Note, 18.0)?;
    }
    Ok(())
}
