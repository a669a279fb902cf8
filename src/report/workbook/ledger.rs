//! The sheet 追回台账: one row for each case, in the columns and the order that a clerk knows.

use rust_xlsxwriter::XlsxError;

use super::listing::{Column, Listing};
use super::page::{Cell, Paper};
use super::style::Style;
use super::{evidence, month_cell, note, rule_id, rule_ids, title};
use crate::domain::Fen;
use crate::findings::Case;
use crate::messages::{self, heading, workbook};
use crate::report::Content;

/// The cases by type, township, village and person, as their positions in the ledger.
pub(super) fn in_order(content: &Content<'_>) -> Vec<usize> {
    let cases = &content.findings.cases;
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&cases[a], &cases[b]);
        let a = (a.case_type, &a.township, &a.village, a.id, &a.case_id);
        a.cmp(&(b.case_type, &b.township, &b.village, b.id, &b.case_id))
    });
    order
}

/// Writes the ledger.
pub(super) fn write(
    book: &mut rust_xlsxwriter::Workbook,
    style: &Style,
    content: &Content<'_>,
) -> Result<(), XlsxError> {
    let cases: Vec<&Case> = in_order(content).into_iter().map(|at| &content.findings.cases[at]).collect();
    let lang = content.project.lang;
    let more = messages::ledger_note(cases.len());
    let columns = person_columns(content)
        .into_iter()
        .chain(event_columns(content))
        .chain(money_columns())
        .chain(debtor_columns(content))
        .collect();
    let listing = Listing {
        name: workbook::SHEET_LEDGER,
        footer: workbook::FOOTER_CLAIMED,
        title: title(content, workbook::TITLE_LEDGER),
        note: note(content, more.in_lang(lang)),
        paper: Paper::A3,
        frozen: 3,
        columns,
        capitals: vec![
            (heading::DUE, workbook::CAPITAL_DUE),
            (heading::OUTSTANDING, workbook::CAPITAL_OUTSTANDING),
        ],
        lang,
    };
    listing.write(book, style, &cases)
}

fn person_columns<'c>(content: &Content<'c>) -> Vec<Column<'c, Case>> {
    let content = *content;
    let lang = content.project.lang;
    vec![
        Column::code(heading::CASE_ID, |case: &Case| Cell::text(&case.case_id)),
        Column::text(heading::NAME, 12, |case: &Case| Cell::text(&case.name)),
        Column::code(heading::ID_NUMBER, |case: &Case| Cell::text(case.id.text())),
        Column::code(heading::PERSON_NO, |case: &Case| Cell::text(&case.person_no)),
        Column::text(heading::TOWNSHIP, 10, |case: &Case| Cell::text(&case.township)),
        Column::text(heading::VILLAGE, 10, |case: &Case| Cell::text(&case.village)),
        Column::text(heading::CASE_TYPE, 12, move |case: &Case| {
            Cell::text(messages::case_type_word(case.case_type).in_lang(lang))
        }),
        Column::text(heading::SUBTYPE, 14, move |case: &Case| match messages::subtype_word(&case.subtype) {
            Some(word) => Cell::text(word.in_lang(lang)),
            None => Cell::text(&case.subtype),
        }),
        Column::centre(heading::STATUS, move |_: &Case| Cell::text(workbook::STATUS_TO_VERIFY.in_lang(lang))),
        Column::centre(heading::PRIMARY_RULE, move |case: &Case| rule_id(&content, case.primary_rule)),
        Column::text(heading::RULES, 10, move |case: &Case| rule_ids(&content, &case.rules)),
        Column::text(heading::MARKS, 14, move |case: &Case| {
            let word = |mark: &String| match messages::mark_word(mark) {
                Some(word) => word.in_lang(lang).to_string(),
                None => mark.clone(),
            };
            Cell::text(case.marks.iter().map(word).collect::<Vec<_>>().join(workbook::COMMA.in_lang(lang)))
        }),
    ]
}

fn event_columns<'c>(content: &Content<'c>) -> Vec<Column<'c, Case>> {
    let lang = content.project.lang;
    vec![
        Column::centre(heading::EVENT_DATE, |case: &Case| Cell::text(&case.event_date)),
        Column::text(heading::EVENT_SOURCE, 14, |case: &Case| Cell::text(&case.event_source)),
        Column::text(heading::DOCUMENT_NO, 16, |case: &Case| Cell::text(&case.document_no)),
        Column::centre(heading::STOP_MONTH, |case: &Case| month_cell(case.stop_month)),
        Column::centre(heading::FIRST_MONTH, |case: &Case| month_cell(case.first_month)),
        Column::centre(heading::LAST_MONTH, |case: &Case| month_cell(case.last_month)),
        Column::count(heading::MONTHS, |case: &Case| case.months as u64),
        Column::centre(heading::STILL_PAID, move |case: &Case| {
            Cell::text(if case.still_paid { workbook::YES } else { workbook::NO }.in_lang(lang))
        }),
    ]
}

fn money_columns<'c>() -> Vec<Column<'c, Case>> {
    vec![
        Column::money(heading::BASIC, |case: &Case| Some(Fen(case.amounts[0]))),
        Column::money(heading::ADDITION, |case: &Case| Some(Fen(case.amounts[1]))),
        Column::money(heading::ACCOUNT_OWN, |case: &Case| Some(Fen(case.amounts[2]))),
        Column::money(heading::ACCOUNT_SUBSIDY, |case: &Case| Some(Fen(case.amounts[3]))),
        Column::money(heading::OTHER, |case: &Case| Some(Fen(case.amounts[4]))),
        Column::money(heading::FUNERAL, |case: &Case| Some(case.funeral)),
        Column::money(heading::DUE, |case: &Case| Some(case.due)),
        Column::money(heading::RECOVERED, |case: &Case| Some(case.recovered)),
        Column::money(heading::SETOFF, |case: &Case| Some(case.setoff)),
        Column::money(heading::OUTSTANDING, |case: &Case| Some(case.outstanding())),
    ]
}

fn debtor_columns<'c>(content: &Content<'c>) -> Vec<Column<'c, Case>> {
    let content = *content;
    let lang = content.project.lang;
    vec![
        Column::text(heading::DEBTOR, 10, |case: &Case| Cell::text(&case.debtor_name)),
        Column::text(heading::RELATION, 10, |case: &Case| Cell::text(&case.debtor_relation)),
        Column::text(heading::LAW, 28, move |case: &Case| Cell::text(law(&content, case))),
        Column::text(heading::EVIDENCE, 32, move |case: &Case| evidence(&case.evidence, "ledger.csv", lang)),
    ]
}

/// The law on which a case rests.
fn law(content: &Content<'_>, case: &Case) -> String {
    let mut cited: Vec<String> = Vec::new();
    for basis in case.law(content.rulebook, content.project.as_of) {
        let doubt =
            if basis.confirmed { "" } else { workbook::CLAUSE_NOT_SEEN.in_lang(content.project.lang) };
        let text = format!("{} {}{doubt}", basis.document, basis.article);
        if !cited.contains(&text) {
            cited.push(text);
        }
    }
    cited.join(workbook::SEMICOLON.in_lang(content.project.lang))
}
