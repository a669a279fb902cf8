//! The sheets 疑点明细, 待核线索 and 疑似同一人: every claimed payment line, everything short of a claim, and whom
//! rows with damaged numbers may be of.

use rust_xlsxwriter::XlsxError;

use super::listing::{Column, Listing};
use super::page::{Cell, Paper};
use super::quality::table_title;
use super::style::Style;
use super::{evidence, ledger, month_cell, note, rule_id, rule_ids, rule_title, sum, title};
use crate::domain::Fen;
use crate::engine::Match;
use crate::findings::{Lead, LineClaim, potential_of};
use crate::ingest::{Component, Words};
use crate::messages::{self, Lang, heading, workbook};
use crate::report::{Content, table};
use crate::rulebook::Scope;

/// Writes the claimed lines, in the order of the ledger's cases, by month.
pub(super) fn write_claims(
    book: &mut rust_xlsxwriter::Workbook,
    style: &Style,
    content: &Content<'_>,
) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    let mut ranks = vec![0; content.findings.cases.len()];
    for (rank, case) in ledger::in_order(content).into_iter().enumerate() {
        ranks[case] = rank;
    }
    let mut claims: Vec<&LineClaim> = content.findings.claims.iter().collect();
    // The sort is stable: within a case the lines keep the order of findings.csv.
    claims.sort_by_key(|claim| ranks[claim.case]);
    let total = as_fen(sum(claims.iter().map(|claim| claim.claimed())));
    let count = messages::claims_note(claims.len(), total);
    let more = format!("{}　　{}", count.in_lang(lang), workbook::GRANTS_ELSEWHERE.in_lang(lang));
    let columns = claim_columns(content).into_iter().chain(claimed_columns(content)).collect();
    let listing = Listing {
        name: workbook::SHEET_CLAIMS,
        footer: workbook::FOOTER_CLAIMED,
        title: title(content, workbook::TITLE_CLAIMS),
        note: note(content, &more),
        paper: Paper::A4,
        frozen: 3,
        columns,
        capitals: Vec::new(),
        lang,
    };
    listing.write(book, style, &claims)
}

fn claim_columns<'c>(content: &Content<'c>) -> Vec<Column<'c, LineClaim>> {
    let content = *content;
    let (lang, payments) = (content.project.lang, content.payments);
    let word = move |claim: &LineClaim, of: fn(&Words) -> u32| {
        Cell::text(payments.strings.text(of(&payments.words[claim.line])))
    };
    vec![
        Column::code(heading::CASE_ID, move |claim: &LineClaim| {
            Cell::text(&content.findings.cases[claim.case].case_id)
        }),
        Column::text(heading::NAME, 14, move |claim: &LineClaim| Cell::text(payments.name(claim.line))),
        Column::code(heading::ID_NUMBER, |claim: &LineClaim| Cell::text(claim.id.text())),
        Column::text(heading::CASE_TYPE, 20, move |claim: &LineClaim| {
            Cell::text(messages::case_type_word(claim.case_type).in_lang(lang))
        }),
        Column::centre(heading::BENEFIT_MONTH, |claim: &LineClaim| Cell::text(table::benefit_month(claim))),
        Column::centre(heading::PAID_DATE, move |claim: &LineClaim| {
            payments.paid_on(claim.line).map_or(Cell::Empty, |day| Cell::text(day.to_string()))
        }),
        Column::code(heading::BANK_ACCOUNT, move |claim: &LineClaim| word(claim, |words| words.bank_account)),
        Column::text(heading::LINE, 34, move |claim: &LineClaim| Cell::text(payments.place(claim.line))),
        Column::text(heading::RULES, 16, move |claim: &LineClaim| rule_ids(&content, &claim.rules)),
    ]
}

fn claimed_columns<'c>(content: &Content<'c>) -> Vec<Column<'c, LineClaim>> {
    let lang = content.project.lang;
    let scope = move |scope: Scope| match scope {
        Scope::ALL => Cell::text(workbook::SCOPE_ALL.in_lang(lang)),
        _ => {
            let inside = Component::ALL.into_iter().filter(|&component| scope.contains(component));
            let words: Vec<&str> =
                inside.map(|component| messages::component_word(component).in_lang(lang)).collect();
            Cell::text(words.join(workbook::COMMA.in_lang(lang)))
        }
    };
    let mut columns = vec![Column::text(heading::SCOPE, 18, move |claim: &LineClaim| scope(claim.scope))];
    for component in Component::ALL {
        let fen = move |claim: &LineClaim| Some(Fen(claim.amounts[component as usize]));
        columns.push(Column::money(messages::component_word(component), fen));
    }
    columns.push(Column::money(heading::CLAIMED, |claim: &LineClaim| Some(claim.claimed())));
    columns.push(Column::text(heading::EVIDENCE, 40, move |claim: &LineClaim| {
        evidence(&claim.evidence, "findings.csv", lang)
    }));
    columns
}

/// Writes the leads, by case type, rule and person.
pub(super) fn write_leads(
    book: &mut rust_xlsxwriter::Workbook,
    style: &Style,
    content: &Content<'_>,
) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    let leads: Vec<&Lead> = content.findings.leads.iter().collect();
    let counted: Vec<&Lead> = content.findings.counted_leads(content.rulebook).collect();
    let known = as_fen(potential_of(counted.iter().copied()));
    let unknown = counted.iter().filter(|lead| lead.potential.is_none()).count();
    let more = messages::leads_note(counted.len(), known, unknown);
    let listing = Listing {
        name: workbook::SHEET_LEADS,
        footer: workbook::FOOTER_LEADS,
        title: title(content, workbook::TITLE_LEADS),
        note: note(content, more.in_lang(lang)),
        paper: Paper::A4,
        frozen: 3,
        columns: lead_columns(content),
        capitals: Vec::new(),
        lang,
    };
    listing.write(book, style, &leads)
}

fn lead_columns<'c>(content: &Content<'c>) -> Vec<Column<'c, Lead>> {
    let content = *content;
    let lang = content.project.lang;
    vec![
        Column::text(heading::CASE_TYPE, 20, move |lead: &Lead| {
            Cell::text(messages::case_type_word(lead.case_type).in_lang(lang))
        }),
        Column::text(heading::NAME, 14, |lead: &Lead| Cell::text(&lead.name)),
        Column::code(heading::ID_NUMBER, |lead: &Lead| Cell::text(lead.id.text())),
        Column::centre(heading::RULE, move |lead: &Lead| rule_id(&content, lead.rule)),
        Column::text(heading::RULE_TITLE, 30, move |lead: &Lead| rule_title(&content, lead.rule)),
        Column::centre(heading::FIRST_IN_QUESTION, |lead: &Lead| month_cell(lead.first_month)),
        Column::centre(heading::LAST_IN_QUESTION, |lead: &Lead| month_cell(lead.last_month)),
        Column::money(heading::POTENTIAL, |lead: &Lead| lead.potential),
        Column::text(heading::LEAD_REASON, 48, move |lead: &Lead| {
            Cell::text(lead.reason.text().in_lang(lang).to_string())
        }),
        Column::text(heading::EVIDENCE, 50, move |lead: &Lead| evidence(&lead.evidence, "leads.csv", lang)),
    ]
}

/// Writes whom rows with damaged numbers may be of, the strongest pairs first.
pub(super) fn write_matches(
    book: &mut rust_xlsxwriter::Workbook,
    style: &Style,
    content: &Content<'_>,
) -> Result<(), XlsxError> {
    let lang = content.project.lang;
    let mut matches: Vec<&Match> = content.findings.matches.iter().collect();
    // The sort is stable: within a grade the pairs keep the order of matches.csv.
    matches.sort_by_key(|found| found.grade);
    let more = messages::matches_note(matches.len());
    let listing = Listing {
        name: workbook::SHEET_MATCHES,
        footer: workbook::FOOTER_OTHER,
        title: title(content, workbook::TITLE_MATCHES),
        note: note(content, more.in_lang(lang)),
        paper: Paper::A4,
        frozen: 3,
        columns: match_columns(lang),
        capitals: Vec::new(),
        lang,
    };
    listing.write(book, style, &matches)
}

fn match_columns<'c>(lang: Lang) -> Vec<Column<'c, Match>> {
    vec![
        Column::centre(heading::GRADE, move |found: &Match| {
            Cell::text(messages::grade_text(found.grade).in_lang(lang).to_string())
        }),
        Column::text(heading::PAYEE_NAME, 14, |found: &Match| Cell::text(&found.payee_name)),
        Column::code(heading::PAYEE_ID, |found: &Match| Cell::text(&found.payee_id_text)),
        Column::text(heading::PAYEE_PLACE, 34, |found: &Match| Cell::text(&found.payee_place)),
        Column::text(heading::ROW_TABLE, 20, move |found: &Match| Cell::text(table_title(found.table, lang))),
        Column::text(heading::ROW_NAME, 14, |found: &Match| Cell::text(&found.name)),
        Column::code(heading::ROW_ID, |found: &Match| Cell::text(&found.id_text)),
        Column::text(heading::ROW_PLACE, 34, |found: &Match| Cell::text(&found.place)),
        Column::code(heading::POSSIBLE_ID, |found: &Match| Cell::text(found.id.text())),
        Column::text(heading::LIKENESS, 48, move |found: &Match| {
            Cell::text(messages::likeness_text(&found.likeness).in_lang(lang).to_string())
        }),
    ]
}

/// A sum as money. Sums of amounts within one cell's limit always fit.
fn as_fen(sum: i128) -> Fen {
    Fen(i64::try_from(sum).unwrap_or(i64::MAX))
}
