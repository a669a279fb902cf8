//! Two things that the files say of one person and that cannot both be true.

use super::{Oddity, Person, Sees, Told, deaths, entitlement, holds, payee, subsidies};
use crate::domain::{Month, MonthSpan};
use crate::ingest::{CellType, Column, RegistryRow, Table};
use crate::messages::{ConflictDetail, Detail};
use crate::rulebook::{Condition, ConflictCheck, Offset, OverlapMeaning, SEX_DICTIONARY, Scope};

/// Whom a check has to see: the persons of its smallest list, or the payees whose lines show something.
pub(super) fn sees(check: &ConflictCheck) -> Sees {
    match check {
        // Who has such a number is nobody whom it could see.
        ConflictCheck::Numbers(_) => Sees::Nobody,
        ConflictCheck::PersonNumbers => Sees::PayeesWith(Oddity::PersonNumbers),
        ConflictCheck::Names => Sees::PayeesWith(Oddity::Names),
        ConflictCheck::AccountName => Sees::PayeesWith(Oddity::AccountName),
        ConflictCheck::StartAndAge { years, .. } => Sees::PayeesWith(Oddity::StartBefore(*years)),
        _ => Sees::PersonsOf(check.tables().into_iter().take(1).collect()),
    }
}

pub(super) fn judge(check: &ConflictCheck, person: &Person<'_>, told: &mut Told<'_>) {
    match check {
        ConflictCheck::BirthDate { table } => birth_date(*table, person, told),
        ConflictCheck::Sex { table } => sex(*table, person, told),
        ConflictCheck::Overlap { table, conditions, from, offset, until, meaning } => {
            overlap((*table, conditions), (*from, *offset, *until), *meaning, person, told);
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
        ConflictCheck::AccountName => payee::account_name(person, told),
        ConflictCheck::StartAndAge { years, start } => payee::start_before_age(*years, start, person, told),
        ConflictCheck::NameAndPayments { table } => payee::name_differs(*table, person, told),
        ConflictCheck::PaymentsAndContributions => payee::contributed_while_paid(person, told),
        ConflictCheck::ReleaseAndApplication { conditions, from, changes, years } => {
            payee::no_application((conditions, from), changes, *years, person, told);
        }
        ConflictCheck::Entitlement(check) => entitlement::judge(check, person, told),
        ConflictCheck::Numbers(_) => {}
    }
}

fn birth_date(table: Table, person: &Person<'_>, told: &mut Told<'_>) {
    for row in person.rows(table) {
        if let Some(stated) = row.date(Column::BirthDate).filter(|&day| day != person.id.birth_date()) {
            let detail =
                Detail::Conflict(ConflictDetail::BirthDate { stated, by_number: person.id.birth_date() });
            told.tell(person, &row.name, (None, None), detail, [row.place()]);
        }
    }
}

fn sex(table: Table, person: &Person<'_>, told: &mut Told<'_>) {
    let by_number = if person.id.is_male() { "male" } else { "female" };
    for row in person.rows(table) {
        let stated = person.rulebook.dictionary(SEX_DICTIONARY).class_of(row.text(Column::Sex));
        if stated.is_some_and(|stated| stated != by_number) {
            let detail = Detail::Conflict(ConflictDetail::Sex { is_male_by_number: person.id.is_male() });
            told.tell(person, &row.name, (None, None), detail, [row.place()]);
        }
    }
}

/// Months that were paid while a row of another list ran.
fn overlap(
    (table, conditions): (Table, &[Condition]),
    span: (Column, Offset, Column),
    meaning: OverlapMeaning,
    person: &Person<'_>,
    told: &mut Told<'_>,
) {
    let mut paid = None;
    for row in person.rows(table) {
        let known = span_of(person, row, span);
        let span = match known {
            Some(span) => span,
            None if meaning == OverlapMeaning::BesideEvenUndated => person.period,
            None => continue,
        };
        if !conditions.iter().all(|condition| holds(person.rulebook, condition, row)) {
            continue;
        }
        let paid = paid.get_or_insert_with(|| person.paid_months());
        // What is claimed whole needs no suspension any more.
        let is_open = |line: usize| meaning != OverlapMeaning::Held || person.claimed(line) != Scope::ALL;
        let both: Vec<(Month, usize)> = paid
            .iter()
            .filter(|&(month, &line)| span.contains(*month) && is_open(line))
            .map(|(&month, &line)| (month, line))
            .collect();
        let (Some(&(first, _)), Some(&(last, line))) = (both.first(), both.last()) else { continue };
        let (months, names_agree) = (both.len() as u32, person.is_paid_as(row));
        let detail = match (meaning, known) {
            (OverlapMeaning::Held, _) => ConflictDetail::PaidWhileHeld { months, names_agree },
            (_, None) => ConflictDetail::PaidBesideUndated { table, names_agree },
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
