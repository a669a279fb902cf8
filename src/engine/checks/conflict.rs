//! Two things that the files say of one person and that cannot both be true.

use chrono::NaiveDate;

use super::unpaid::paid_months;
use super::{Asks, Glance, Oddity, Person, Sees, Told, deaths, entitlement, holds, payee, subsidies};
use crate::domain::{CitizenId, Month, MonthSpan};
use crate::ingest::{CellType, Column, Fields, RegistryRow, StoredRow, Table};
use crate::messages::{ConflictDetail, Detail};
use crate::rulebook::{
    Condition, ConflictCheck, EntitlementCheck, Offset, OverlapMeaning, OverlapStatus, Rulebook,
    SEX_DICTIONARY, Scope,
};

/// Whom a check has to see: the persons of its smallest list, or the payees whose lines show something.
pub(super) fn sees(check: &ConflictCheck) -> Sees {
    match check {
        // Who has such a number is nobody whom it could see.
        ConflictCheck::Numbers(_) => Sees::Nobody,
        ConflictCheck::PersonNumbers => Sees::PayeesWith(Oddity::PersonNumbers),
        ConflictCheck::Names => Sees::PayeesWith(Oddity::Names),
        ConflictCheck::AccountName { .. } => Sees::PayeesWith(Oddity::AccountName),
        _ => check.tables().first().map_or(Sees::Nobody, |&table| Sees::PersonsOf(table)),
    }
}

/// Which of the persons of its list a check has to see.
pub(super) fn asks(check: &ConflictCheck) -> Asks {
    match check {
        ConflictCheck::BirthDate { .. }
        | ConflictCheck::Sex { .. }
        | ConflictCheck::NameAndPayments { .. }
        | ConflictCheck::Entitlement(EntitlementCheck::EnoughYears { .. }) => Asks::Rows,
        ConflictCheck::Overlap { .. } | ConflictCheck::PaymentsAndContributions => Asks::Payees,
        _ => Asks::Persons,
    }
}

/// Whether a check that asks for rows may speak of one.
pub(super) fn may_speak(check: &ConflictCheck, glance: &Glance<'_>, row: &StoredRow<'_>) -> bool {
    match check {
        ConflictCheck::BirthDate { .. } => other_birth_date(row, row.id).is_some(),
        ConflictCheck::Sex { .. } => states_other_sex(glance.rulebook, row, row.id),
        ConflictCheck::NameAndPayments { .. } => {
            glance.seen.is_some_and(|seen| seen.may_be_named_otherwise(row.name))
        }
        ConflictCheck::Entitlement(EntitlementCheck::EnoughYears { years, .. }) => {
            glance.is_payee && paid_months(row).is_some_and(|paid| paid < years * 12)
        }
        _ => true,
    }
}

pub(super) fn judge(check: &ConflictCheck, person: &Person<'_>, told: &mut Told<'_>) {
    match check {
        ConflictCheck::BirthDate { table } => birth_date(*table, person, told),
        ConflictCheck::Sex { table } => sex(*table, person, told),
        ConflictCheck::Overlap { table, conditions, from, offset, until, status, meaning } => {
            let span = (*from, *offset, *until);
            overlap((*table, conditions), span, (status.as_ref(), *meaning), person, told);
        }
        ConflictCheck::DeathDates(reading) => deaths::dates_differ(reading, person, told),
        ConflictCheck::AgencyAndOthers(reading) => deaths::agency_later(reading, person, told),
        ConflictCheck::DeathAndCertification(reading) => deaths::certified(reading, person, told),
        ConflictCheck::DeathAndContributions(reading) => deaths::contributed(reading, person, told),
        ConflictCheck::DeathAndCalendar { date, not_after } => {
            deaths::impossible(*date, not_after, person, told);
        }
        ConflictCheck::DeathAndSubsidy { deaths, payers } => {
            subsidies::after_death(deaths, payers, person, told);
        }
        ConflictCheck::PensionAndSubsidy { conditions, schemes, classes, payers } => {
            subsidies::beside_pension(conditions, (schemes, classes), payers, person, told);
        }
        ConflictCheck::PersonNumbers => payee::person_numbers(person, told),
        ConflictCheck::Names => payee::names(person, told),
        ConflictCheck::AccountName { masks } => payee::account_name(masks, person, told),
        ConflictCheck::StartAndAge { years, start } => payee::start_before_age(*years, start, person, told),
        ConflictCheck::NameAndPayments { table } => payee::name_differs(*table, person, told),
        ConflictCheck::PaymentsAndContributions => payee::contributed_while_paid(person, told),
        ConflictCheck::ReleaseAndApplication { words, admitted, from, changes, years } => {
            payee::no_application((words, *admitted, from), changes, *years, person, told);
        }
        ConflictCheck::Entitlement(check) => entitlement::judge(check, person, told),
        ConflictCheck::Numbers(_) => {}
    }
}

/// The birth date that a row states, where it is not that of the ID number.
fn other_birth_date(row: &impl Fields, id: CitizenId) -> Option<NaiveDate> {
    row.day_of(Column::BirthDate).filter(|&day| day != id.birth_date())
}

fn birth_date(table: Table, person: &Person<'_>, told: &mut Told<'_>) {
    for row in person.rows(table) {
        if let Some(stated) = other_birth_date(row, person.id) {
            let detail =
                Detail::Conflict(ConflictDetail::BirthDate { stated, by_number: person.id.birth_date() });
            told.tell(person, &row.name, (None, None), detail, [row.place()]);
        }
    }
}

/// Whether a row states the sex that is not that of the ID number.
fn states_other_sex(rulebook: &Rulebook, row: &impl Fields, id: CitizenId) -> bool {
    let by_number = if id.is_male() { "male" } else { "female" };
    let stated = rulebook.dictionary(SEX_DICTIONARY).class_of(row.text_of(Column::Sex));
    stated.is_some_and(|stated| stated != by_number)
}

fn sex(table: Table, person: &Person<'_>, told: &mut Told<'_>) {
    for row in person.rows(table).filter(|row| states_other_sex(person.rulebook, row, person.id)) {
        let detail = Detail::Conflict(ConflictDetail::Sex { is_male_by_number: person.id.is_male() });
        told.tell(person, &row.name, (None, None), detail, [row.place()]);
    }
}

/// Months that were paid while a row of another list ran.
fn overlap(
    (table, conditions): (Table, &[Condition]),
    columns: (Column, Offset, Column),
    (status, meaning): (Option<&OverlapStatus>, OverlapMeaning),
    person: &Person<'_>,
    told: &mut Told<'_>,
) {
    let mut paid = None;
    for row in person.rows(table) {
        let known = span_of(person, row, columns);
        let mut span = match known {
            Some(span) => span,
            None if meaning == OverlapMeaning::BesideEvenUndated => person.period,
            None => continue,
        };
        let is_open = span.until == Month::OPEN && known.is_some();
        let state = status
            .filter(|_| is_open)
            .map(|status| person.rulebook.dictionary(&status.words).class_of(row.text(Column::Status)));
        if state == Some(Some("ended")) {
            // It ended at some time: only its first month is known.
            span.until = span.from.next();
        }
        if !conditions.iter().all(|condition| holds(person.rulebook, condition, row)) {
            continue;
        }
        let paid = paid.get_or_insert_with(|| person.paid_months());
        // What is claimed whole needs no suspension any more.
        let is_left = |line: usize| meaning != OverlapMeaning::Held || person.claimed(line) != Scope::ALL;
        let both: Vec<(Month, usize)> = paid
            .iter()
            .filter(|&(month, &line)| span.contains(*month) && is_left(line))
            .map(|(&month, &line)| (month, line))
            .collect();
        let (Some(&(first, _)), Some(&(last, line))) = (both.first(), both.last()) else { continue };
        let (months, names_agree) = (both.len() as u32, person.is_paid_as(row));
        let detail = match (meaning, known) {
            (OverlapMeaning::Held, _) => ConflictDetail::PaidWhileHeld { months, names_agree },
            (_, None) => ConflictDetail::PaidBesideUndated { table, names_agree },
            (_, Some(known)) if state == Some(None) => {
                ConflictDetail::PaidBesideUnended { table, from: known.from, names_agree }
            }
            (_, Some(_)) => ConflictDetail::PaidMeanwhile { table, months, names_agree },
        };
        let evidence = [row.place(), person.payments.place(line)];
        let months = (Some(MonthSpan::through(first, last)), None);
        told.tell(person, person.paid_name(), months, Detail::Conflict(detail), evidence);
    }
}

/// The months of which a row speaks; `None` where it does not say from when.
fn span_of(
    person: &Person<'_>,
    row: &RegistryRow,
    (from, offset, until): (Column, Offset, Column),
) -> Option<MonthSpan> {
    let first = match from.cell_type() {
        CellType::Month => row.month(from)?,
        _ => match (Month::containing(person.day(row, from)?), offset) {
            (month, Offset::Same) => month,
            (month, Offset::Next) => month.next(),
        },
    };
    let last = row.month(until).or_else(|| row.date(until).map(Month::containing));
    Some(MonthSpan::new(first, last.map_or(Month::OPEN, Month::next)))
}
