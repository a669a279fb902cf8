//! What is odd about how a payee is paid: names, numbers, accounts, the start of the benefit.
//!
//! Owns what a person's lines show together with the lists of one person. All of it is for somebody to look
//! at: nothing is claimed.

use std::collections::{BTreeMap, BTreeSet};

use super::super::age::first_due;
use super::super::bars::event_day;
use super::super::custody;
use super::contributions::{Contribution, Unreturned};
use super::{Person, Told};
use crate::domain::{Month, MonthSpan, Name};
use crate::ingest::{Column, RegistryRow, Table};
use crate::messages::{Detail, PayeeDetail};
use crate::rulebook::{CustodyDictionaries, Offset};

/// By what is written on them, the lines of the period: the first line of each, and its months.
fn lines_by(
    person: &Person<'_>,
    text: impl Fn(usize) -> String,
) -> BTreeMap<String, (usize, BTreeSet<Month>)> {
    let mut found: BTreeMap<String, (usize, BTreeSet<Month>)> = BTreeMap::new();
    for line in person.lines() {
        let text = text(line);
        if !text.is_empty() {
            let (_, months) = found.entry(text).or_insert_with(|| (line, BTreeSet::new()));
            months.extend(person.payments.months[line].intersect(person.period).months());
        }
    }
    found
}

/// For how many months there is more than one set.
pub(in crate::engine) fn months_of_several<'m>(sets: impl Iterator<Item = &'m BTreeSet<Month>>) -> u32 {
    let mut count: BTreeMap<Month, u32> = BTreeMap::new();
    for month in sets.flatten() {
        *count.entry(*month).or_default() += 1;
    }
    count.values().filter(|&&sets| sets > 1).count() as u32
}

fn places(person: &Person<'_>, found: &BTreeMap<String, (usize, BTreeSet<Month>)>) -> Vec<String> {
    found.values().map(|(line, _)| person.payments.place(*line)).collect()
}

/// More than one personal number under one ID number.
pub(super) fn person_numbers(person: &Person<'_>, told: &mut Told<'_>) {
    let payments = person.payments;
    let found = lines_by(person, |line| payments.strings.text(payments.words[line].person_no).to_string());
    if found.len() > 1 {
        let detail = PayeeDetail::PersonNumbers {
            numbers: found.len() as u32,
            months_both: months_of_several(found.values().map(|(_, months)| months)),
        };
        let evidence = places(person, &found);
        told.tell(person, person.paid_name(), (None, None), Detail::Payee(detail), evidence);
    }
}

/// More than one name under one ID number.
pub(super) fn names(person: &Person<'_>, told: &mut Told<'_>) {
    let found = lines_by(person, |line| Name::comparison_form(person.payments.name(line)));
    if found.len() > 1 {
        let detail = Detail::Payee(PayeeDetail::Names { names: found.len() as u32 });
        let evidence = places(person, &found);
        told.tell(person, person.paid_name(), (None, None), detail, evidence);
    }
}

/// Lines to an account in another name.
pub(super) fn account_name(masks: &str, person: &Person<'_>, told: &mut Told<'_>) {
    let payments = person.payments;
    let mut found: Vec<usize> = Vec::new();
    for line in person.lines() {
        let holder = Name::comparison_form(payments.strings.text(payments.words[line].account_name));
        let payee = Name::comparison_form(payments.name(line));
        if !holder.is_empty() && !payee.is_empty() && !names_fit(&holder, &payee, masks) {
            found.push(line);
        }
    }
    let Some(&latest) = found.iter().max_by_key(|&&line| (payments.months[line].last(), line)) else {
        return;
    };
    let months = found.iter().map(|&line| payments.months[line].intersect(person.period));
    let span = months.reduce(|a, b| MonthSpan::new(a.from.min(b.from), a.until.max(b.until)));
    let detail = Detail::Payee(PayeeDetail::AccountName { lines: found.len() as u32 });
    told.tell(person, payments.name(latest), (span, None), detail, [payments.place(latest)]);
}

/// Whether two names may be one: what stands in brackets behind a name, as an agent's, is not part of it, and
/// characters that are not shown may be any.
fn names_fit(holder: &str, payee: &str, masks: &str) -> bool {
    let (holder, payee) = (before_bracket(holder), before_bracket(payee));
    holder == payee || fits_masked(holder, payee, masks) || fits_masked(payee, holder, masks)
}

/// A name without what stands in brackets behind it.
fn before_bracket(name: &str) -> &str {
    let at = name.find(['(', '[', '【', '〔', '{']).filter(|&at| at > 0);
    &name[..at.unwrap_or(name.len())]
}

/// Whether a name may be the one that is masked: each run of masks stands for one character or more.
fn fits_masked(masked: &str, name: &str, masks: &str) -> bool {
    let is_mask = |c: char| masks.contains(c);
    let Some(at) = masked.find(is_mask) else { return masked == name };
    let Some(rest) = name.strip_prefix(&masked[..at]) else { return false };
    let after = masked[at..].trim_start_matches(is_mask);
    let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.into_iter().any(|end| fits_masked(after, &rest[end..], masks))
}

/// A benefit that began before the month of a birthday, or in it where the place pays from the month after.
/// Where nobody could say, both are lawful starts.
pub(super) fn start_before_age(years: u32, parameter: &str, person: &Person<'_>, told: &mut Told<'_>) {
    let Some(birthday) = first_due(person.id, years) else { return };
    let is_next = person.start_offset(parameter, birthday) == Some(Offset::Next);
    let lawful = if is_next { birthday.next() } else { birthday };
    let payments = person.payments;
    let start = |line: usize| Month::parse(payments.strings.text(payments.words[line].start_month));
    let early = person.lines().filter_map(|line| Some((start(line).filter(|&month| month < lawful)?, line)));
    let Some((start, line)) = early.min() else { return };
    let detail = Detail::Payee(PayeeDetail::StartBeforeAge { start, birthday, years, is_next });
    told.tell(person, payments.name(line), (None, None), detail, [payments.place(line)]);
}

/// A name in a list that is not that of any payment.
pub(super) fn name_differs(table: Table, person: &Person<'_>, told: &mut Told<'_>) {
    let Some(line) = person.lines().next() else { return };
    let named = || person.rows(table).filter(|row| !row.name_form.is_empty());
    if named().any(|row| person.is_paid_as(row)) {
        return;
    }
    let places: Vec<String> = named().map(|row| row.place()).collect();
    if !places.is_empty() {
        let places = places.into_iter().chain([person.payments.place(line)]);
        let detail = Detail::Payee(PayeeDetail::NameDiffers { table });
        told.tell(person, person.paid_name(), (None, None), detail, places);
    }
}

/// Contributions after the first month that was paid, as far back as the payments go.
pub(super) fn contributed_while_paid(person: &Person<'_>, told: &mut Told<'_>) {
    let payments = person.payments;
    let first = person.net.paid.iter().map(|&(line, _)| (payments.months[line].from, line)).min();
    let Some((first_paid, line)) = first else { return };
    let after = Contribution::of(person).filter(|row| row.is_after_month(first_paid));
    let Some(found) = Unreturned::of(after) else { return };
    let detail = Detail::Payee(PayeeDetail::ContributedWhilePaid {
        first_paid,
        rows: found.payments,
        names_agree: found.rows.iter().all(|row| person.is_paid_as(row.row)),
    });
    let places = found.rows.iter().map(|row| row.row.place()).chain([payments.place(line)]);
    told.tell(person, person.paid_name(), (None, None), detail, places);
}

/// Months paid after a release from a sentence that stopped the pension, for which nobody applied. Of a
/// release before the records of stopping and resuming begin they cannot tell.
pub(super) fn no_application(
    (words, admitted, from): (&CustodyDictionaries, Column, &[Column]),
    changes: &str,
    years: u32,
    person: &Person<'_>,
    told: &mut Told<'_>,
) {
    let dictionary = person.rulebook.dictionary(changes);
    let resumed: Vec<_> = person
        .rows(Table::StatusChanges)
        .filter(|row| dictionary.is(row.text(Column::ChangeKind), "resumed"))
        .collect();
    for row in person.rows(Table::Custody) {
        let day = |column: Column| event_day(row, column, person.id, person.as_of);
        let Some(released) = day(Column::ReleasedOn) else { continue };
        let start = from.iter().filter_map(|&column| day(column)).min().unwrap_or(released);
        // Who came of age inside, or later, applies for the first time: that stands elsewhere.
        let is_new = first_due(person.id, years).is_none_or(|birthday| birthday >= Month::containing(start));
        let stops = custody::stops(person.rulebook, words, row, day(admitted).is_some());
        let release = Month::containing(released);
        let is_recorded = person.changes_from.is_some_and(|from| from <= release);
        if is_new || !stops || !is_recorded {
            continue;
        }
        let applied = |change: &&&RegistryRow| {
            event_day(change, Column::AppliedOn, person.id, person.as_of).is_some_and(|day| day >= released)
        };
        if resumed.iter().any(|change| applied(&change)) {
            continue;
        }
        let undated = resumed.iter().filter(|change| {
            let month = change.month(Column::ChangeMonth);
            change.date(Column::AppliedOn).is_none() && month.is_none_or(|month| month >= release)
        });
        let undated: Vec<String> = undated.map(|change| change.place()).collect();
        let paid = person.paid_months();
        let after: Vec<(Month, usize)> =
            paid.range(release.next()..).map(|(&month, &line)| (month, line)).collect();
        let (Some(&(first, line)), Some(&(last, _))) = (after.first(), after.last()) else { continue };
        let detail = Detail::Payee(PayeeDetail::NoApplication {
            released,
            months: after.len() as u32,
            has_undated: !undated.is_empty(),
            names_agree: person.is_paid_as(row),
        });
        let places = [row.place(), person.payments.place(line)].into_iter().chain(undated);
        let months = Some(MonthSpan::through(first, last));
        told.tell(person, person.paid_name(), (months, None), detail, places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_masked_or_have_an_agent_behind_them_fit() {
        for (holder, payee, fits) in [
            ("王小明", "王小明", true),
            ("王*", "王小明", true),
            ("王**", "王小明", true),
            ("*小明", "王小明", true),
            ("王*明", "王小明", true),
            ("王X", "王小", true),
            ("王*", "王", false),
            ("*", "王小明", true),
            ("李*", "王小明", false),
            ("王*亮", "王小明", false),
            ("王小明(代)", "王小明", true),
            ("王小明(李四代)", "王小明", true),
            ("王*(代领)", "王小明", true),
            ("李四(王小明)", "王小明", false),
            ("(代)王小明", "王小明", false),
            ("王小明", "王某", true),
            ("王小", "王小明", false),
        ] {
            assert_eq!(names_fit(holder, payee, "*X某"), fits, "{holder} {payee}");
        }
    }
}
