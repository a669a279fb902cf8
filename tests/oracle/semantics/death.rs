//! Owns D-01: what the death rows say about one month of one payment line. Must not know amounts.

use chrono::NaiveDate;
use pension_audit::domain::Month;

use super::rows::{Person, word_text};
use super::{Tier, custody, pensions, words};
use crate::oracle::projects::{Row, Table};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Says that the person died.
    Death,
    /// Says something from which death does not follow: a lead.
    Lead,
    /// Takes an earlier row back.
    Revoked,
    /// Says something else.
    Nothing,
}

struct DeathRow {
    name: String,
    class: Class,
    village: bool,
    date: Option<NaiveDate>,
    why: Vec<String>,
}

fn read(person: &Person, row: &Row) -> Option<DeathRow> {
    if person.is_not_yet_known(row) {
        return None;
    }
    let mut why = Vec::new();
    let (class, clause) = classify(&word_text(row.cell("reason")), &word_text(row.cell("source")));
    why.push(clause);
    let date = date_of(person, row, &mut why);
    let village = words::first_in(&word_text(row.cell("source")), &words::VILLAGE).is_some();
    Some(DeathRow { name: row.cell("name").to_string(), class, village, date, why })
}

fn classify(reason: &str, source: &str) -> (Class, String) {
    if let Some(word) = words::first_in(reason, &words::REVOKED) {
        (Class::Revoked, format!("death, revoked by: {word}"))
    } else if let Some(word) = words::first_in(reason, &words::DEATH) {
        (Class::Death, format!("death, a death word: {word}"))
    } else if let Some(word) = words::first_in(reason, &words::NO_DEATH) {
        (Class::Nothing, format!("death, nothing: {word}"))
    } else if let Some(word) = words::first_in(reason, &words::GONE_ABROAD) {
        (Class::Lead, format!("death, gone abroad: {word}"))
    } else if !reason.is_empty() {
        (Class::Lead, "death, any other reason: lead".to_string())
    } else if words::first_in(source, &words::POLICE).is_some() {
        (Class::Lead, "death, police list with an empty reason: lead".to_string())
    } else {
        (Class::Death, "death, empty reason".to_string())
    }
}

/// The date of a row: `death_date`; without a usable one the earlier of cremation and registration.
fn date_of(person: &Person, row: &Row, why: &mut Vec<String>) -> Option<NaiveDate> {
    let died = person.event(row, "death_date");
    let cremated = person.event(row, "cremated_on");
    let registered = person.event(row, "registered_on");
    let after_cremation = died.is_some() && cremated.is_some() && died > cremated;
    let after_registration = died.is_some() && registered.is_some() && died > registered;
    if died.is_some() && !after_cremation && !after_registration {
        why.push("death, bar from death_date".to_string());
        return died;
    }
    if after_cremation {
        why.push("death, death_date after cremated_on".to_string());
    }
    if after_registration {
        why.push("death, death_date after registered_on".to_string());
    }
    let bound = [cremated, registered].into_iter().flatten().min();
    if bound.is_some() && bound == cremated {
        why.push("death, bar from cremated_on".to_string());
    } else if bound.is_some() {
        why.push("death, bar from registered_on".to_string());
    }
    bound
}

/// What the death rows say about a month of a line under this name.
pub(super) fn tier(person: &Person, line_name: &str, month: Month) -> Tier {
    let rows: Vec<DeathRow> = person.of(Table::Deaths).filter_map(|row| read(person, row)).collect();
    let mut agreeing = Vec::new();
    let mut differing = Vec::new();
    for row in &rows {
        if person.names_agree(line_name, &row.name) { agreeing.push(row) } else { differing.push(row) }
    }
    if let Some(row) = agreeing.iter().find(|row| row.class == Class::Revoked) {
        person.seen.note_all(&row.why[..1]);
        return Tier::Nothing;
    }
    note_nothings(person, &agreeing, month);
    // Reading: a revocation under another name does not remove the bar but makes it a lead.
    let doubtful = differing.iter().any(|row| row.class == Class::Revoked);
    let (dated_agreeing, dated_differing) = (dated(&agreeing), dated(&differing));
    let own = of_agreeing(person, line_name, &dated_agreeing, month);
    if own == Tier::Established && doubtful {
        return Tier::Lead;
    }
    if own != Tier::Nothing {
        return own;
    }
    if dated_differing.iter().any(|row| row.date.is_some_and(|date| month > Month::containing(date))) {
        return Tier::Lead;
    }
    // Reading: a row without any date matters only where no other row of the person has one.
    let undated = rows.iter().any(|row| matches!(row.class, Class::Death | Class::Lead));
    if dated_agreeing.is_empty() && dated_differing.is_empty() && undated {
        person.seen.note("death, no date at all: lead");
        return Tier::LeadOfUnknownAmount;
    }
    Tier::Nothing
}

fn dated<'a>(rows: &[&'a DeathRow]) -> Vec<&'a DeathRow> {
    let speaks = |row: &&&DeathRow| matches!(row.class, Class::Death | Class::Lead) && row.date.is_some();
    rows.iter().filter(speaks).copied().collect()
}

fn note_nothings(person: &Person, agreeing: &[&DeathRow], month: Month) {
    for row in agreeing {
        if row.class == Class::Nothing && row.date.is_some_and(|date| month > Month::containing(date)) {
            person.seen.note_all(&row.why[..1]);
        }
    }
}

/// What the dated rows say whose names agree with the line.
///
/// Reading: every dated row that is not "nothing" takes part in the latest date, also one that is itself only
/// a lead (a police list without a reason, an emigration): not every source supports the months before it.
/// Only a death row that is no village report establishes.
fn of_agreeing(person: &Person, line_name: &str, rows: &[&DeathRow], month: Month) -> Tier {
    let dates: Vec<NaiveDate> = rows.iter().filter_map(|row| row.date).collect();
    let (Some(&earliest), Some(&latest)) = (dates.iter().min(), dates.iter().max()) else {
        return Tier::Nothing;
    };
    if month == Month::containing(latest) {
        person.seen.note("death, month of death is due");
    }
    if month <= Month::containing(earliest) {
        return Tier::Nothing;
    }
    for row in rows {
        person.seen.note_all(&row.why);
    }
    let is_death = rows.iter().any(|row| row.class == Class::Death);
    let beside_village = rows.iter().any(|row| row.class == Class::Death && !row.village);
    if is_death && !beside_village {
        person.seen.note("death, only a village report: lead");
    }
    if !beside_village || is_alive_after(person, line_name, latest) {
        return Tier::Lead;
    }
    if rows.iter().any(|row| row.village) {
        person.seen.note("death, a village report beside another source");
    }
    if month > Month::containing(latest) {
        if earliest < latest {
            person.seen.note("death, several rows: by the latest date");
        }
        return Tier::Established;
    }
    person.seen.note("death, several rows: the difference is a lead");
    Tier::Lead
}

/// Whether a row under the same name shows the person alive after a day.
fn is_alive_after(person: &Person, line_name: &str, latest: NaiveDate) -> bool {
    let mut alive = false;
    let mut sign = |person: &Person, row: &Row, clause: &str| {
        if person.names_agree(line_name, row.cell("name")) {
            person.seen.note(clause);
            alive = true;
        } else {
            person.seen.note("death, sign of life of another name does not count");
        }
    };
    for row in person.of(Table::Certifications) {
        match person.event(row, "certified_on") {
            Some(day) if day > latest => sign(person, row, "death, certified afterwards: lead"),
            Some(_) => person.seen.note("death, certified on the day or before: no sign of life"),
            None => {}
        }
    }
    for row in person.of(Table::Custody) {
        if custody::start_of(person, row).is_some_and(|day| day > latest) {
            sign(person, row, "death, custody starts afterwards: lead");
        }
    }
    for row in person.of(Table::OtherPensions) {
        let from = person.began_in(row, "from_month");
        if pensions::is_own_pension(row) && from.is_some_and(|from| from > Month::containing(latest)) {
            sign(person, row, "death, own pension starts afterwards: lead");
        }
    }
    alive
}

/// The date of death if exactly one row speaks of one, for the ledger's `event_date`.
pub(super) fn only_date(person: &Person) -> Option<NaiveDate> {
    let rows: Vec<DeathRow> = person.of(Table::Deaths).filter_map(|row| read(person, row)).collect();
    match rows.as_slice() {
        [row] if row.why.iter().any(|clause| clause == "death, bar from death_date") => row.date,
        _ => None,
    }
}
