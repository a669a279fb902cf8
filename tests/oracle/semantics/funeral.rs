//! Owns F-01: resident funeral grants beside benefits of another scheme. Must not know payment lines.

use chrono::NaiveDate;
use pension_audit::domain::{Fen, parse_date};

use super::rows::{Person, word_text};
use super::words;
use crate::oracle::projects::{Row, Table, as_of};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Nothing,
    Lead,
    Election,
    BothPaid,
}

/// What the grants of one deceased come to.
#[derive(Debug)]
pub(super) struct Funeral {
    pub(super) outcome: Outcome,
    /// Rows lead to both kinds of claim.
    pub(super) mixed: bool,
    pub(super) amount: i64,
    pub(super) deducted: i64,
    pub(super) names: Vec<String>,
}

/// A grant counts if paid on or before `as_of` and its amount can be read.
fn counted_grants<'a>(person: &Person<'a>) -> Vec<(&'a Row, i64)> {
    let mut grants = Vec::new();
    for row in person.of(Table::FuneralGrants) {
        let Ok(amount) = Fen::parse_yuan(row.cell("amount")) else {
            person.seen.note("reject, amount");
            continue;
        };
        match parse_date(row.cell("paid_date")).day() {
            Some(day) if day <= as_of() => grants.push((row, amount.0)),
            Some(_) => person.seen.note("funeral, paid after as_of does not count"),
            None => {}
        }
    }
    grants
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Benefit {
    Funeral,
    Unknown,
    Other,
}

fn benefit_of(row: &Row) -> (Benefit, String) {
    let text = word_text(row.cell("benefit"));
    if text.is_empty() {
        (Benefit::Unknown, "funeral, empty benefit: lead".to_string())
    } else if let Some(word) = words::first_in(&text, &words::OTHER_BENEFITS) {
        (Benefit::Other, format!("funeral, other benefit: {word}"))
    } else if let Some(word) = words::first_in(&text, &words::FUNERAL_BENEFITS) {
        (Benefit::Funeral, format!("funeral, benefit: {word}"))
    } else {
        unreachable!("the generator writes no other benefit: {text}")
    }
}

/// What the state of a row comes to, before names and death dates are asked.
///
/// Reading: who elected the resident grant owes nothing, also when an application had been made before. An
/// election counts for another scheme only with a day and a scheme.
fn state_of(person: &Person, row: &Row) -> (Outcome, &'static str) {
    let state = word_text(row.cell("state"));
    let scheme = word_text(row.cell("elected_scheme"));
    let elected = person.event(row, "elected_on").is_some();
    if state.contains("不符合") {
        (Outcome::Nothing, "funeral, 不符合: nothing")
    } else if state.contains("已放弃") {
        (Outcome::Nothing, "funeral, 已放弃: nothing")
    } else if scheme.contains("居民") {
        (Outcome::Nothing, "funeral, elected the resident grant: nothing")
    } else if state.contains("已发放") {
        (Outcome::BothPaid, "funeral, 已发放: both_paid")
    } else if state.contains("已申请") {
        (Outcome::Election, "funeral, 已申请: election")
    } else if elected && !scheme.is_empty() {
        (Outcome::Election, "funeral, elected another scheme: election")
    } else if state.contains("符合条件") {
        (Outcome::Lead, "funeral, 符合条件: lead")
    } else {
        (Outcome::Lead, "funeral, other state: lead")
    }
}

/// What the stated death dates allow at most.
///
/// Reading: stated are the dates in the grants that count and in the rows of other benefits for funerals.
fn most_by_dates(person: &Person, grants: &[(&Row, i64)], rows: &[&Row]) -> (Outcome, Option<&'static str>) {
    let first_day = NaiveDate::from_ymd_opt(2011, 7, 1).expect("a day");
    let stating = grants.iter().map(|(row, _)| *row).chain(rows.iter().copied());
    let dates: Vec<NaiveDate> = stating.filter_map(|row| person.event(row, "death_date")).collect();
    let on_or_after = dates.iter().filter(|&&day| day >= first_day).count();
    if dates.is_empty() {
        (Outcome::Lead, Some("funeral, no death date: lead"))
    } else if on_or_after == 0 {
        (Outcome::Nothing, Some("funeral, all deaths earlier: nothing"))
    } else if on_or_after < dates.len() {
        (Outcome::Lead, Some("funeral, mixed death dates: lead"))
    } else if dates.iter().all(|&day| day == first_day) {
        (Outcome::BothPaid, Some("funeral, death on 2011-07-01"))
    } else {
        (Outcome::BothPaid, None)
    }
}

/// Reading: every grant that counts must bear the name of the row; one other name makes a lead.
fn outcome_of_row(person: &Person, grants: &[(&Row, i64)], row: &Row, most: Outcome) -> Outcome {
    let (benefit, benefit_clause) = benefit_of(row);
    person.seen.note(&benefit_clause);
    if benefit == Benefit::Other {
        return Outcome::Nothing;
    }
    let (state, state_clause) = state_of(person, row);
    person.seen.note(state_clause);
    if state == Outcome::Nothing || most == Outcome::Nothing {
        return Outcome::Nothing;
    }
    let agree =
        grants.iter().filter(|(grant, _)| !person.names_agree(grant.cell("name"), row.cell("name"))).count()
            == 0;
    if !agree {
        person.seen.note("funeral, names differ: lead");
    }
    if benefit == Benefit::Unknown || most == Outcome::Lead || !agree { Outcome::Lead } else { state }
}

pub(super) fn judge(person: &Person) -> Funeral {
    let grants = counted_grants(person);
    let amount: i64 = grants.iter().map(|(_, amount)| amount).sum();
    let deducted = grants
        .iter()
        .filter_map(|(row, _)| Fen::parse_yuan(row.cell("deducted")).ok())
        .map(|fen| fen.0)
        .sum();
    let names = grants.iter().map(|(row, _)| row.cell("name").to_string()).collect();
    let mut funeral = Funeral { outcome: Outcome::Nothing, mixed: false, amount, deducted, names };
    let rows: Vec<&Row> = person.of(Table::OtherDeathBenefits).collect();
    if amount <= 0 {
        if !grants.is_empty() && !rows.is_empty() {
            person.seen.note("funeral, returned grant leaves nothing");
        }
        return funeral;
    }
    let of_funerals: Vec<&Row> =
        rows.iter().copied().filter(|row| benefit_of(row).0 != Benefit::Other).collect();
    let (most, clause) = most_by_dates(person, &grants, &of_funerals);
    let outcomes: Vec<Outcome> = rows.iter().map(|row| outcome_of_row(person, &grants, row, most)).collect();
    funeral.outcome = outcomes.iter().copied().max().unwrap_or(Outcome::Nothing);
    funeral.mixed = outcomes.contains(&Outcome::Election) && outcomes.contains(&Outcome::BothPaid);
    if let Some(clause) = clause.filter(|_| !of_funerals.is_empty()) {
        person.seen.note(clause);
    }
    if funeral.outcome >= Outcome::Election {
        if grants.iter().any(|(_, amount)| *amount < 0) {
            person.seen.note("funeral, partly returned");
        } else if grants.len() > 1 {
            person.seen.note("funeral, several grants add up");
        }
    }
    funeral
}
