//! The sheet 汇总: the figures that are reported upward.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::page::{Cell, Page, Paper};
use super::style::{Look, Style};
use super::{note, sum, title};
use crate::domain::Fen;
use crate::engine::Remark;
use crate::findings::{Case, Lead, potential_of};
use crate::messages::{self, Word, heading, workbook};
use crate::report::Content;
use crate::rulebook::CaseType;

/// The columns of the sheet: a label, five figures, a remark.
const WIDTHS: [usize; 7] = [30, 16, 18, 18, 18, 18, 30];
const LAST: u16 = 6;

/// Writes the summary.
pub(super) fn write(sheet: &mut Worksheet, style: &Style, content: &Content<'_>) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    let name = workbook::SHEET_SUMMARY.in_lang(lang);
    let mut page = Page::begin(sheet, style, lang, (name, workbook::FOOTER_OTHER), (Paper::A4, &WIDTHS))?;
    page.sheet().set_print_fit_to_pages(1, 1);
    page.line(&title(content, workbook::TITLE_SUMMARY), Look::Title, 28.0)?;
    page.line(&note(content, ""), Look::Note, 18.0)?;
    page.line(workbook::SUMMARY_NOTE.in_lang(lang), Look::Note, 18.0)?;
    page.gap();
    basics(&mut page, content)?;
    page.gap();
    case_types(&mut page, content)?;
    page.gap();
    leads(&mut page, content)?;
    page.gap();
    marks(&mut page, content)?;
    page.gap();
    unpaid_by_rule(&mut page, content)?;
    page.gap();
    marks_by_rule(&mut page, content)
}

fn pair(page: &mut Page<'_>, label: Word, value: &str) -> Result<(), XlsxError> {
    page.put(0, &Cell::text(page.word(label)), Look::Text)?;
    page.spread(1..=LAST, value, Look::Text)?;
    page.end_row()
}

fn basics(page: &mut Page<'_>, content: &Content<'_>) -> Result<(), XlsxError> {
    let (project, totals) = (content.project, &content.findings.totals);
    page.line(page.word(workbook::BASICS), Look::Section, 20.0)?;
    pair(page, heading::TITLE, &project.title)?;
    pair(page, heading::REGION, &project.region)?;
    pair(page, heading::PERIOD, messages::months_text(project.period).in_lang(project.lang))?;
    pair(page, heading::AS_OF, &project.as_of.to_string())?;
    let figures = [
        (heading::PAYEES, Cell::Count(totals.payees), Look::Count),
        (heading::LINES, Cell::Count(totals.payment_lines), Look::Count),
        (heading::MONEY, Cell::Money(totals.payment_fen), Look::Money),
    ];
    for (label, cell, look) in figures {
        page.cells([(Cell::text(label.in_lang(project.lang)), Look::Text), (cell, look)])?;
    }
    Ok(())
}

/// The types that a rule can find, and those that were found.
fn listed_types(content: &Content<'_>) -> Vec<CaseType> {
    let of_rules = content.rulebook.rules.iter().filter_map(|rule| rule.case_type);
    let found = content.findings.cases.iter().map(|case| case.case_type);
    let listed: BTreeSet<CaseType> = of_rules.chain(found).collect();
    listed.into_iter().collect()
}

fn case_types(page: &mut Page<'_>, content: &Content<'_>) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    page.line(page.word(workbook::BY_CASE_TYPE), Look::Section, 20.0)?;
    page.headings(&[
        heading::CASE_TYPE,
        heading::PERSONS,
        heading::DUE,
        heading::RECOVERED,
        heading::SETOFF,
        heading::OUTSTANDING,
        heading::REMARK,
    ])?;
    for case_type in listed_types(content) {
        let cases: Vec<&Case> =
            content.findings.cases.iter().filter(|case| case.case_type == case_type).collect();
        let label = messages::case_type_word(case_type).in_lang(lang);
        let remark = remark(content, case_type).map_or(Cell::Empty, |word| Cell::text(word.in_lang(lang)));
        let figures = figures(&cases).map(|(cell, _)| cell);
        let looks = [Look::Count, Look::Money, Look::Money, Look::Money, Look::Money];
        let row = std::iter::once((Cell::text(label), Look::Text)).chain(figures.into_iter().zip(looks));
        page.cells(row.chain([(remark, Look::Text)]))?;
    }
    let cases: Vec<&Case> = content.findings.cases.iter().collect();
    let label = (Cell::text(page.word(workbook::TOTAL)), Look::TotalLabel);
    page.cells(std::iter::once(label).chain(figures(&cases)).chain([(Cell::Empty, Look::TotalLabel)]))?;
    for (label, fen) in [
        (workbook::CAPITAL_DUE, sum(cases.iter().map(|case| case.due))),
        (workbook::CAPITAL_OUTSTANDING, sum(cases.iter().map(|case| case.outstanding()))),
    ] {
        let capital = Fen(i64::try_from(fen).unwrap_or(i64::MAX)).capital();
        pair(page, label, &capital)?;
    }
    page.line(page.word(workbook::PERSONS_NOTE), Look::Note, 18.0)
}

/// Persons, due, recovered, set off and outstanding of some cases, as a line of totals.
fn figures<'c>(cases: &[&Case]) -> [(Cell<'c>, Look); 5] {
    let persons: BTreeSet<_> = cases.iter().map(|case| case.id).collect();
    let money =
        |fen: fn(&Case) -> Fen| (Cell::Money(sum(cases.iter().map(|case| fen(case)))), Look::TotalMoney);
    [
        (Cell::Count(persons.len() as u64), Look::TotalCount),
        money(|case| case.due),
        money(|case| case.recovered),
        money(|case| case.setoff),
        money(Case::outstanding),
    ]
}

/// A type without cases may be one that nobody could check: unknown is not clean.
fn remark(content: &Content<'_>, case_type: CaseType) -> Option<Word> {
    // Rules that did not run stand behind the others.
    let of_type = |rule: usize| {
        let running = content.rulebook.rules.get(rule);
        running.is_some_and(|rule| rule.case_type == Some(case_type))
    };
    let rules: BTreeSet<usize> = (0..content.rulebook.rules.len()).filter(|&rule| of_type(rule)).collect();
    let unchecked: BTreeSet<usize> = content
        .findings
        .coverage
        .iter()
        .filter(|row| of_type(row.rule) && row.persons_checked == 0 && row.reason.is_some())
        .map(|row| row.rule)
        .collect();
    match unchecked.len() {
        0 => None,
        some if some == rules.len() => Some(workbook::NOT_CHECKED),
        _ => Some(workbook::PARTLY_CHECKED),
    }
}

fn leads(page: &mut Page<'_>, content: &Content<'_>) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    page.line(page.word(workbook::LEADS_BY_TYPE), Look::Section, 20.0)?;
    let headings = [
        heading::CASE_TYPE,
        heading::PERSONS,
        heading::LEADS,
        heading::KNOWN_POTENTIAL,
        heading::UNKNOWN_POTENTIAL,
    ];
    page.headings(&headings)?;
    let all: Vec<&Lead> = content.findings.counted_leads(content.rulebook).collect();
    let types: BTreeSet<CaseType> = all.iter().map(|lead| lead.case_type).collect();
    let looks = [Look::Count, Look::Count, Look::Money, Look::Count];
    for case_type in types {
        let of_type: Vec<&Lead> = all.iter().copied().filter(|lead| lead.case_type == case_type).collect();
        let label = (Cell::text(messages::case_type_word(case_type).in_lang(lang)), Look::Text);
        page.cells(std::iter::once(label).chain(lead_figures(&of_type).into_iter().zip(looks)))?;
    }
    let label = (Cell::text(page.word(workbook::TOTAL)), Look::TotalLabel);
    let looks = [Look::TotalCount, Look::TotalCount, Look::TotalMoney, Look::TotalCount];
    page.cells(std::iter::once(label).chain(lead_figures(&all).into_iter().zip(looks)))
}

/// Persons, leads, known potential, and leads without any.
fn lead_figures<'c>(leads: &[&Lead]) -> [Cell<'c>; 4] {
    let persons: BTreeSet<_> = leads.iter().map(|lead| lead.id).collect();
    let unknown = leads.iter().filter(|lead| lead.potential.is_none()).count();
    [
        Cell::Count(persons.len() as u64),
        Cell::Count(leads.len() as u64),
        Cell::Money(potential_of(leads.iter().copied())),
        Cell::Count(unknown as u64),
    ]
}

fn marks(page: &mut Page<'_>, content: &Content<'_>) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    page.line(page.word(workbook::MARKS), Look::Section, 20.0)?;
    page.headings(&[heading::MARKS, heading::PERSONS])?;
    let marked = &content.findings.totals.marked;
    if marked.is_empty() {
        let none = page.word(workbook::NONE);
        return page.cells([(Cell::text(none), Look::Text), (Cell::Count(0), Look::Count)]);
    }
    for (mark, &persons) in marked {
        let label = messages::mark_word(mark).map_or(mark.as_str(), |word| word.in_lang(lang));
        page.cells([(Cell::text(label), Look::Text), (Cell::Count(persons), Look::Count)])?;
    }
    Ok(())
}

/// Remarks by rule.
fn by_rule(remarks: &[Remark]) -> BTreeMap<usize, Vec<&Remark>> {
    let mut rules: BTreeMap<usize, Vec<&Remark>> = BTreeMap::new();
    for remark in remarks {
        rules.entry(remark.rule).or_default().push(remark);
    }
    rules
}

fn persons<'c>(remarks: &[&Remark]) -> Cell<'c> {
    Cell::Count(remarks.iter().map(|remark| remark.id).collect::<BTreeSet<_>>().len() as u64)
}

fn rule_label<'c>(content: &Content<'_>, at: usize) -> Cell<'c> {
    let rule = &content.rulebook.rules[at];
    let is_counted = content.rulebook.counts(at);
    let trial = if is_counted { "" } else { workbook::ON_TRIAL.in_lang(content.project.lang) };
    Cell::text(format!("{} {}{trial}", rule.id, rule.title))
}

fn unpaid_by_rule(page: &mut Page<'_>, content: &Content<'_>) -> Result<(), XlsxError> {
    page.line(page.word(workbook::UNPAID_BY_RULE), Look::Section, 20.0)?;
    page.headings(&[heading::RULE, heading::PERSONS, heading::OWED_SUM, heading::UNKNOWN_OWED])?;
    let figures = |owed: &[&Remark]| {
        let unknown = owed.iter().filter(|owed| owed.amount.is_none()).count() as u64;
        (persons(owed), Cell::Money(sum(owed.iter().filter_map(|owed| owed.amount))), Cell::Count(unknown))
    };
    for (rule, owed) in by_rule(&content.findings.unpaid) {
        let (persons, money, unknown) = figures(&owed);
        page.cells([
            (rule_label(content, rule), Look::Text),
            (persons, Look::Count),
            (money, Look::Money),
            (unknown, Look::Count),
        ])?;
    }
    let (persons, money, unknown) =
        figures(&content.findings.counted_unpaid(content.rulebook).collect::<Vec<_>>());
    page.cells([
        (Cell::text(page.word(workbook::TOTAL)), Look::TotalLabel),
        (persons, Look::TotalCount),
        (money, Look::TotalMoney),
        (unknown, Look::TotalCount),
    ])
}

fn marks_by_rule(page: &mut Page<'_>, content: &Content<'_>) -> Result<(), XlsxError> {
    page.line(page.word(workbook::MARKS_BY_RULE), Look::Section, 20.0)?;
    page.headings(&[heading::RULE, heading::PERSONS])?;
    for (rule, marks) in by_rule(&content.findings.marks) {
        page.cells([(rule_label(content, rule), Look::Text), (persons(&marks), Look::Count)])?;
    }
    let all: Vec<&Remark> = content.findings.marks.iter().collect();
    let label = (Cell::text(page.word(workbook::TOTAL)), Look::TotalLabel);
    page.cells([label, (persons(&all), Look::TotalCount)])
}
