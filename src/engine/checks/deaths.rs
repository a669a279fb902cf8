//! Recorded deaths and what contradicts them.
//!
//! Owns which rows say that a person died. What the payments after a death are is the matter of bars: here
//! nothing is claimed.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::bars::event_day;
use super::super::death::{date_source, supported_day};
use super::contributions::{Contribution, Unreturned};
use super::{Person, Told};
use crate::domain::{DateSource, LikelyDeath, Month, MonthSpan};
use crate::ingest::{Column, RegistryRow, Table};
use crate::messages::{DeathDetail, Detail, ImpossibleDeath};
use crate::rulebook::DeathReading;

/// A row that says that a person died, with the day that it supports.
pub(super) struct Death<'r> {
    pub(super) row: &'r RegistryRow,
    pub(super) day: NaiveDate,
    /// What that day rests on, where the source says.
    source: Option<DateSource>,
}

impl Death<'_> {
    fn month(&self) -> Month {
        Month::containing(self.day)
    }

    /// Whether the name of another row agrees.
    pub(super) fn agrees(&self, row: &RegistryRow) -> bool {
        !row.name_form.is_empty() && row.name_form == self.row.name_form
    }
}

/// The dated rows that say that a person died. A row without a reason says so unless the police list it; a
/// revocation takes away what stands under its name.
pub(super) fn deaths<'p>(reading: &DeathReading, person: &'p Person<'_>) -> Vec<Death<'p>> {
    let class =
        |row: &RegistryRow| person.rulebook.dictionary(&reading.reasons).class_of(row.text(Column::Reason));
    let is_police = |row: &RegistryRow| {
        person.rulebook.dictionary(&reading.sources).is(row.text(Column::Source), "police")
    };
    let revoked: Vec<&str> = person
        .rows(Table::Deaths)
        .filter(|row| class(row) == Some("revoked"))
        .map(|row| row.name_form.as_str())
        .collect();
    let mut found = Vec::new();
    for row in person.rows(Table::Deaths) {
        let is_death = match class(row) {
            Some(class) => class == "death",
            None => row.text(Column::Reason).is_empty() && !is_police(row),
        };
        if !is_death || revoked.contains(&row.name_form.as_str()) {
            continue;
        }
        let columns = (reading.date, reading.not_after.as_slice());
        let (day, _) = supported_day(row, columns, person.id, person.as_of);
        let sources = person.rulebook.dictionary(&reading.sources);
        found.extend(day.map(|day| Death {
            row,
            day,
            source: date_source(row, columns, sources, person.id, person.as_of),
        }));
    }
    found
}

/// The likely day, where rows under one name state different ones and the order of sources decides.
fn likely<'r>(
    reading: &DeathReading,
    person: &Person<'_>,
    deaths: impl Iterator<Item = &'r Death<'r>> + Clone,
) -> Option<LikelyDeath> {
    let mut days = deaths.clone().map(|death| death.day);
    let first = days.next()?;
    if days.all(|day| day == first) {
        return None;
    }
    let priority = reading.priority.as_deref();
    let (order, is_in_force) = person.rulebook.date_order(priority, person.region, person.as_of)?;
    let (day, source) = order.likely(deaths.map(|death| (death.day, death.source)))?;
    Some(LikelyDeath { day, source, order, is_in_force })
}

/// The row with the latest day, which claims least, and the likely day where rows under its name differ.
pub(super) fn latest_and_likely<'p>(
    reading: &DeathReading,
    person: &'p Person<'_>,
) -> Option<(Death<'p>, Option<LikelyDeath>)> {
    let found = deaths(reading, person);
    let order = |death: &&Death<'_>| (death.day, std::cmp::Reverse(death.row.place()));
    let last = found.iter().max_by_key(order)?;
    let own = found.iter().filter(|death| death.agrees(last.row));
    let likely = likely(reading, person, own);
    latest(found).map(|last| (last, likely))
}

/// The row with the latest day, which claims least.
pub(super) fn latest<'r>(deaths: Vec<Death<'r>>) -> Option<Death<'r>> {
    deaths.into_iter().max_by(|a, b| (a.day, b.row.place()).cmp(&(b.day, a.row.place())))
}

fn months_between(earlier: Month, later: Month) -> u32 {
    u32::try_from(later.0 - earlier.0).unwrap_or(0)
}

/// Rows under one name whose days lie in different months.
pub(super) fn dates_differ(reading: &DeathReading, person: &Person<'_>, told: &mut Told<'_>) {
    let mut by_name: BTreeMap<&str, Vec<Death<'_>>> = BTreeMap::new();
    for death in deaths(reading, person).into_iter().filter(|death| !death.row.name_form.is_empty()) {
        by_name.entry(&death.row.name_form).or_default().push(death);
    }
    for found in by_name.into_values().filter(|_| !person.is_unknown_to_roster) {
        let order = |death: &&Death<'_>| (death.day, death.row.place());
        let (Some(first), Some(last)) = (found.iter().min_by_key(order), found.iter().max_by_key(order))
        else {
            continue;
        };
        if first.month() == last.month() {
            continue;
        }
        let detail = DeathDetail::DatesDiffer {
            earliest: first.day,
            latest: last.day,
            months: months_between(first.month(), last.month()),
            paid_from_earliest: person.paid_within(MonthSpan::from_on(first.month().next())),
            paid_from_latest: person.paid_within(MonthSpan::from_on(last.month().next())),
            likely: likely(reading, person, found.iter()),
        };
        let span = Some(MonthSpan::through(first.month().next(), last.month()));
        let places = found.iter().map(|death| death.row.place());
        told.tell(person, &first.row.name, (span, None), Detail::Death(detail), places);
    }
}

/// The pension agency's own row is later than the earliest row of another source under the same name.
pub(super) fn agency_later(reading: &DeathReading, person: &Person<'_>, told: &mut Told<'_>) {
    if person.is_unknown_to_roster {
        return;
    }
    let sources = person.rulebook.dictionary(&reading.sources);
    let is_agency = |death: &Death<'_>| sources.is(death.row.text(Column::Source), "agency");
    let (agency, others): (Vec<_>, Vec<_>) = deaths(reading, person).into_iter().partition(is_agency);
    // Of several rows of the agency the earliest one stopped the payment.
    let Some(agency) = agency.into_iter().min_by_key(|death| (death.day, death.row.place())) else { return };
    let agreeing: Vec<Death<'_>> = others.into_iter().filter(|death| death.agrees(agency.row)).collect();
    let Some(other) = agreeing.iter().min_by_key(|death| (death.day, death.row.place())) else { return };
    if agency.month() <= other.month() {
        return;
    }
    let span = MonthSpan::through(other.month().next(), agency.month());
    let detail = DeathDetail::AgencyLater {
        agency: agency.day,
        other: other.day,
        months: months_between(other.month(), agency.month()),
        paid: person.paid_within(span),
        likely: likely(reading, person, agreeing.iter().chain([&agency])),
    };
    let places = [agency.row.place(), other.row.place()];
    told.tell(person, &agency.row.name, (Some(span), None), Detail::Death(detail), places);
}

/// Certifications after the latest day of death.
pub(super) fn certified(reading: &DeathReading, person: &Person<'_>, told: &mut Told<'_>) {
    let Some((death, likely)) = latest_and_likely(reading, person) else { return };
    let mut first: Option<NaiveDate> = None;
    let (mut rows, mut places) = (Vec::new(), vec![death.row.place()]);
    for row in person.rows(Table::Certifications) {
        let day = event_day(row, Column::CertifiedOn, person.id, person.as_of);
        if let Some(day) = day.filter(|&day| day > death.day) {
            first = Some(first.map_or(day, |first| first.min(day)));
            places.push(row.place());
            rows.push(row);
        }
    }
    let Some(certified) = first else { return };
    let detail = DeathDetail::Certified {
        certified,
        died: death.day,
        likely,
        count: rows.len() as u32,
        names_agree: rows.iter().all(|row| death.agrees(row)),
    };
    told.tell(person, &death.row.name, (None, None), Detail::Death(detail), places);
}

/// Contributions after the latest day of death that were not given back.
pub(super) fn contributed(reading: &DeathReading, person: &Person<'_>, told: &mut Told<'_>) {
    let Some((death, likely)) = latest_and_likely(reading, person) else { return };
    let after = Contribution::of(person).filter(|row| row.is_after(death.day));
    let Some(found) = Unreturned::of(after) else { return };
    let detail = DeathDetail::Contributed {
        died: death.day,
        likely,
        rows: found.payments,
        amount: found.left,
        names_agree: found.rows.iter().all(|row| death.agrees(row.row)),
    };
    let places = found.rows.iter().map(|row| row.row.place()).chain([death.row.place()]);
    told.tell(person, &death.row.name, (None, None), Detail::Death(detail), places);
}

/// Days of death that cannot be one.
pub(super) fn impossible(date: Column, not_after: &[Column], person: &Person<'_>, told: &mut Told<'_>) {
    for row in person.rows(Table::Deaths) {
        let Some(stated) = row.date(date) else { continue };
        let bounds =
            not_after.iter().filter_map(|&column| event_day(row, column, person.id, person.as_of)).min();
        let why = if stated < person.id.birth_date() {
            ImpossibleDeath::BeforeBirth
        } else if stated > person.as_of {
            ImpossibleDeath::AfterAsOf
        } else if bounds.is_some_and(|bound| stated > bound) {
            ImpossibleDeath::AfterRegistration
        } else {
            continue;
        };
        let detail = Detail::Death(DeathDetail::Impossible { stated, why });
        told.tell(person, &row.name, (None, None), detail, [row.place()]);
    }
}
