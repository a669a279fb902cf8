//! Payment held against what entitles to it.

use chrono::{Datelike, NaiveDate};

use super::super::age::{birthday, first_due};
use super::unpaid::paid_months;
use super::{Person, Told};
use crate::domain::{Fen, Month, MonthSpan};
use crate::ingest::{Column, RegistryRow, Table};
use crate::messages::{Detail, EntitlementDetail};
use crate::rulebook::{Check, EntitlementCheck};

pub(super) fn judge(check: &EntitlementCheck, person: &Person<'_>, told: &mut Told<'_>) {
    match check {
        EntitlementCheck::OldAge { years } => old_age(*years, person, told),
        EntitlementCheck::Uncertified { certified, months, age, .. } => {
            uncertified(*certified, (*months, *age), person, told);
        }
        EntitlementCheck::EnoughYears { age, years, scheme_start } => {
            enough_years((*age, *years), person.parameter(scheme_start), person, told);
        }
        EntitlementCheck::GrantWhole { deducted } => grant_whole(*deducted, person, told),
    }
}

/// The months of the period from one on for which something was paid, with the last line.
fn paid_from(person: &Person<'_>, first: Month) -> Option<(MonthSpan, u32, usize)> {
    let paid = person.paid_months();
    let mut late = paid.range(first..);
    let (&from, &line) = late.next()?;
    let (&last, &line) = late.next_back().unwrap_or((&from, &line));
    Some((MonthSpan::through(from, last), paid.range(first..).count() as u32, line))
}

fn old_age(years: u32, person: &Person<'_>, told: &mut Told<'_>) {
    let Some(old) = first_due(person.id, years) else { return };
    let Some((span, months, line)) = paid_from(person, old) else { return };
    let born = person.id.birth_date();
    let detail = Detail::Entitlement(EntitlementDetail::OldAge { years, born, months });
    told.tell(person, person.paid_name(), (Some(span), None), detail, [person.payments.place(line)]);
}

fn uncertified(certified: Column, (months, age): (u32, u32), person: &Person<'_>, told: &mut Told<'_>) {
    let since = person.period.until.earlier(months);
    if first_due(person.id, age).is_none_or(|began| began >= since) {
        return;
    }
    let Some((span, _, line)) = paid_from(person, person.period.from) else { return };
    let latest = person
        .rows(Table::Certifications)
        .filter_map(|row| person.day(row, certified).map(|day| (day, row)))
        .max_by_key(|&(day, row)| (day, &row.file, row.row));
    let last_on = latest.map(|(day, _)| day);
    if last_on.is_some_and(|day| Month::containing(day) >= since) {
        return;
    }
    let detail = Detail::Entitlement(EntitlementDetail::Uncertified { months, last_on });
    let evidence = latest.map(|(_, row)| row.place()).into_iter().chain([person.payments.place(line)]);
    told.tell(person, person.paid_name(), (Some(span), None), detail, evidence);
}

/// Payees who had the full number of years before them when the scheme began, and have not contributed for
/// so long. Months before the age are none of its business: they were not due whatever the years.
fn enough_years(
    (age, years): (u32, u32),
    scheme_start: Option<NaiveDate>,
    person: &Person<'_>,
    told: &mut Told<'_>,
) {
    let full = scheme_start.and_then(|start| years_after(start, years));
    let (Some(full), Some(due)) = (full, birthday(person.id.birth_date(), age)) else { return };
    if due < full {
        return;
    }
    let rows: Vec<&RegistryRow> = person.rows(Table::Participants).collect();
    let Some(paid) = rows.iter().filter_map(paid_months).max() else { return };
    if paid >= years * 12 {
        return;
    }
    let Some((span, _, line)) = paid_from(person, Month::containing(due)) else { return };
    let names_agree = rows.iter().all(|row| person.is_paid_as(row));
    let detail = Detail::Entitlement(EntitlementDetail::FewYears { paid, years, names_agree });
    let evidence = rows.iter().map(|row| row.place()).chain([person.payments.place(line)]);
    told.tell(person, person.paid_name(), (Some(span), None), detail, evidence);
}

/// The day so many years later; of 29 February the 1 March of other years.
fn years_after(day: NaiveDate, years: u32) -> Option<NaiveDate> {
    let year = day.year() + i32::try_from(years).ok()?;
    day.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
}

fn grant_whole(deducted: Column, person: &Person<'_>, told: &mut Told<'_>) {
    let is_after_death = |rule: usize| matches!(person.rulebook.rules[rule].check, Check::Death(_));
    let claimed =
        person.verdicts.iter().filter(|verdict| verdict.hits.iter().any(|hit| is_after_death(hit.rule)));
    let lines: Vec<usize> = claimed.map(|verdict| verdict.line).collect();
    let spans = || lines.iter().map(|&line| person.payments.months[line]);
    let (Some(first), Some(last)) = (spans().map(|span| span.from).min(), spans().map(MonthSpan::last).max())
    else {
        return;
    };
    let grants: Vec<&RegistryRow> = person.rows(Table::FuneralGrants).collect();
    let is_paid = |row: &&&RegistryRow| {
        let day = row.date(Column::PaidDate);
        day.is_none_or(|day| day <= person.as_of) && row.amount(Column::Amount).is_some()
    };
    let sum_of = |column: Column| -> i64 {
        grants.iter().filter(is_paid).filter_map(|row| row.amount(column)).map(|fen| fen.0).sum()
    };
    let grant = Fen(sum_of(Column::Amount));
    if grant <= Fen::ZERO || sum_of(deducted) != 0 {
        return;
    }
    let overpaid: i64 = lines.iter().flat_map(|&line| person.payments.amounts[line]).sum();
    let names_agree = grants.iter().all(|row| person.is_paid_as(row));
    let detail =
        Detail::Entitlement(EntitlementDetail::GrantWhole { grant, overpaid: Fen(overpaid), names_agree });
    let evidence =
        grants.iter().map(|row| row.place()).chain(lines.iter().map(|&l| person.payments.place(l)));
    let span = Some(MonthSpan::through(first, last));
    told.tell(person, person.paid_name(), (span, None), detail, evidence);
}
