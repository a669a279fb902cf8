//! The sheets 应发未发 and 提示: what was due and was not paid, and facts without an amount.

use std::collections::BTreeSet;

use rust_xlsxwriter::XlsxError;

use super::listing::{Column, Listing};
use super::page::{Cell, Paper};
use super::style::Style;
use super::{evidence, month_cell, note, rule_id, rule_title, sum, title};
use crate::domain::Fen;
use crate::engine::Remark;
use crate::messages::{self, Word, heading, workbook};
use crate::report::Content;

/// Writes who was not paid, by rule and person.
pub(super) fn write_unpaid(
    book: &mut rust_xlsxwriter::Workbook,
    style: &Style,
    content: &Content<'_>,
) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    let unpaid: Vec<&Remark> = content.findings.unpaid.iter().collect();
    let counted: Vec<&Remark> = content.findings.counted_unpaid(content.rulebook).collect();
    let known = sum(counted.iter().filter_map(|owed| owed.amount));
    let unknown = counted.iter().filter(|owed| owed.amount.is_none()).count();
    let known = Fen(i64::try_from(known).unwrap_or(i64::MAX));
    let count = messages::unpaid_note(persons(&counted), known, unknown);
    let more = format!("{}　　{}", count.in_lang(lang), workbook::UNPAID_NOTE.in_lang(lang));
    let mut columns = columns(content, heading::UNPAID_REASON, "unpaid.csv");
    // The sum of the column must not count what a rule on trial says.
    let own = *content;
    let owed = move |owed: &Remark| owed.amount.filter(|_| own.rulebook.counts(owed.rule));
    columns.insert(6, Column::money(heading::OWED, owed));
    let listing = Listing {
        name: workbook::SHEET_UNPAID,
        footer: workbook::FOOTER_UNPAID,
        title: title(content, workbook::TITLE_UNPAID),
        note: note(content, &more),
        paper: Paper::A4,
        frozen: 3,
        columns,
        capitals: vec![(heading::OWED, workbook::CAPITAL_OWED)],
        lang,
    };
    listing.write(book, style, &unpaid)
}

/// Writes the marks, by rule and person.
pub(super) fn write_marks(
    book: &mut rust_xlsxwriter::Workbook,
    style: &Style,
    content: &Content<'_>,
) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    let marks: Vec<&Remark> = content.findings.marks.iter().collect();
    let count = messages::marks_note(marks.len(), persons(&marks));
    let more = format!("{}　　{}", count.in_lang(lang), workbook::MARKS_NOTE.in_lang(lang));
    let listing = Listing {
        name: workbook::SHEET_MARKS,
        footer: workbook::FOOTER_MARKS,
        title: title(content, workbook::TITLE_MARKS),
        note: note(content, &more),
        paper: Paper::A4,
        frozen: 3,
        columns: columns(content, heading::MARK_DETAIL, "marks.csv"),
        capitals: Vec::new(),
        lang,
    };
    listing.write(book, style, &marks)
}

/// How many persons some remarks are about.
fn persons(remarks: &[&Remark]) -> usize {
    remarks.iter().map(|remark| remark.id).collect::<BTreeSet<_>>().len()
}

/// The columns that both sheets have.
fn columns<'c>(content: &Content<'c>, detail: Word, file: &'static str) -> Vec<Column<'c, Remark>> {
    let content = *content;
    let lang = content.project.lang;
    vec![
        Column::text(heading::NAME, 14, |told: &Remark| Cell::text(&told.name)),
        Column::code(heading::ID_NUMBER, |told: &Remark| Cell::text(told.id.text())),
        Column::centre(heading::RULE, move |told: &Remark| rule_id(&content, told.rule)),
        Column::text(heading::RULE_TITLE, 30, move |told: &Remark| rule_title(&content, told.rule)),
        Column::centre(heading::FIRST_IN_QUESTION, |told: &Remark| {
            month_cell(told.months.map(|months| months.from))
        }),
        Column::centre(heading::LAST_IN_QUESTION, |told: &Remark| {
            month_cell(told.months.map(|months| months.last()))
        }),
        Column::text(detail, 56, move |told: &Remark| {
            Cell::text(told.detail.text().in_lang(lang).to_string())
        }),
        Column::text(heading::EVIDENCE, 50, move |told: &Remark| evidence(&told.evidence, file, lang)),
    ]
}
