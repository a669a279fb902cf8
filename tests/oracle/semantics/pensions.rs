//! Owns M-01 and M-02: what the rows of other pensions say about one month of one payment line. Must not
//! know amounts.

use pension_audit::domain::{Fen, Month};

use super::rows::{Person, word_text};
use super::{Rule, Tier, words};
use crate::oracle::projects::{Row, Table};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    NoOwnPension,
    PublicInstitution,
    Employee,
    Unknown,
}

/// Reading: the dictionary reads scheme and benefit together, so that 职工 with 遗属待遇 is a survivor's benefit.
fn class_of(row: &Row) -> (Class, String) {
    let text = word_text(&format!("{} {}", row.cell("scheme"), row.cell("benefit")));
    if let Some(word) = words::first_in(&text, &words::NO_OWN_PENSION) {
        (Class::NoOwnPension, format!("pension, nothing: {word}"))
    } else if let Some(word) = words::first_in(&text, &words::PUBLIC_INSTITUTION) {
        (Class::PublicInstitution, format!("pension, M-02: {word}"))
    } else if let Some(word) = words::first_in(&text, &words::EMPLOYEE) {
        (Class::Employee, format!("pension, M-01: {word}"))
    } else {
        (Class::Unknown, "pension, unknown scheme: lead".to_string())
    }
}

/// Whether a row is a pension of the person's own by the dictionary, whatever its status.
pub(super) fn is_own_pension(row: &Row) -> bool {
    matches!(class_of(row).0, Class::Employee | Class::PublicInstitution)
}

/// Whether the status lets a row establish something, with the clause that says so.
fn status_counts(row: &Row) -> (bool, String) {
    let status = word_text(row.cell("status"));
    if Fen::parse_yuan(row.cell("monthly")) == Ok(Fen::ZERO) {
        (false, "pension, monthly 0: lead".to_string())
    } else if status.is_empty() {
        (true, "pension, empty status counts".to_string())
    } else if let Some(word) = words::first_in(&status, &words::DRAWING) {
        (true, format!("pension, status counts: {word}"))
    } else if status.contains("终止") && Month::parse(row.cell("until_month")).is_some() {
        (true, "pension, 终止 with until_month".to_string())
    } else if status.contains("终止") {
        (false, "pension, 终止 without until_month: lead".to_string())
    } else {
        (false, "pension, other status: lead".to_string())
    }
}

/// What the rows of one rule say about a month of a line under this name. An unknown scheme is a lead of
/// M-01.
pub(super) fn tier(person: &Person, rule: Rule, line_name: &str, month: Month) -> Tier {
    let mut tier = Tier::Nothing;
    let mut established = 0;
    for row in person.of(Table::OtherPensions) {
        let (class, class_clause) = class_of(row);
        let from = person.began_in(row, "from_month");
        let until = Month::parse(row.cell("until_month"));
        if from.is_some_and(|from| month < from) || until.is_some_and(|until| month > until) {
            continue;
        }
        let of_this_rule = match class {
            Class::NoOwnPension => {
                person.seen.note(&class_clause);
                false
            }
            Class::Employee | Class::Unknown => rule == Rule::EmployeePension,
            Class::PublicInstitution => rule == Rule::PublicInstitutionPension,
        };
        if !of_this_rule {
            continue;
        }
        let (counts, status_clause) = status_counts(row);
        person.seen.note_all(&[class_clause, status_clause]);
        let agrees = person.names_agree(line_name, row.cell("name"));
        let found = match from {
            None => {
                person.seen.note("pension, no from_month: lead");
                Tier::LeadOfUnknownAmount
            }
            Some(_) if agrees && counts && class != Class::Unknown => Tier::Established,
            Some(_) => Tier::Lead,
        };
        if found == Tier::Established {
            established += 1;
            note_span(person, from, until, month);
        }
        tier = tier.stronger(found);
    }
    if established > 1 {
        person.seen.note("pension, union of several rows");
    }
    tier
}

fn note_span(person: &Person, from: Option<Month>, until: Option<Month>, month: Month) {
    if from == Some(month) {
        person.seen.note("pension, from_month bars inclusive");
    }
    if until == Some(month) {
        person.seen.note("pension, until_month bars inclusive");
    }
    if until.is_none() {
        person.seen.note("pension, until_month absent: open");
    }
}
