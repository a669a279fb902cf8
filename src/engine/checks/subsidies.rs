//! Subsidies of contributions for somebody to whom none was due.
//!
//! Owns which rows carry one. Only stated subsidies have an amount: what others contributed for the person is
//! told without one.

use super::super::bars::scheme_words;
use super::super::money::MoneyPart;
use super::contributions::Contribution;
use super::deaths::latest_and_likely;
use super::{Person, Told, holds};
use crate::domain::{Fen, Month};
use crate::ingest::{Column, RegistryRow, Table};
use crate::messages::{Detail, SubsidyDetail};
use crate::rulebook::{Condition, DeathReading};

/// Subsidies after the latest day of death.
pub(super) fn after_death(reading: &DeathReading, payers: &str, person: &Person<'_>, told: &mut Told<'_>) {
    let Some((death, likely)) = latest_and_likely(reading, person) else { return };
    let rows: Vec<Subsidised<'_>> =
        subsidised(payers, person).filter(|found| found.row.is_after(death.day)).collect();
    tell(person, told, death.row, rows, |rows, names_agree| SubsidyDetail::AfterDeath {
        died: death.day,
        likely,
        rows,
        names_agree,
    });
}

/// Subsidies while another pension of one's own is drawn.
pub(super) fn beside_pension(
    conditions: &[Condition],
    (schemes, classes): (&str, &[String]),
    payers: &str,
    person: &Person<'_>,
    told: &mut Told<'_>,
) {
    let dictionary = person.rulebook.dictionary(schemes);
    let counts = |row: &&RegistryRow| {
        let class =
            dictionary.class_of(&scheme_words(row)).is_some_and(|own| classes.iter().any(|c| c == own));
        class && conditions.iter().all(|condition| holds(person.rulebook, condition, row))
    };
    let pensions = person.rows(Table::OtherPensions).filter(counts);
    let dated = pensions.filter_map(|row| Some((row.month(Column::FromMonth)?, row.place(), row)));
    // A subsidy is told once, of the pension that began first; one that ended says nothing of later years.
    let mut pensions: Vec<(Month, String, &RegistryRow)> = dated.collect();
    pensions.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let mut left: Vec<Subsidised<'_>> = subsidised(payers, person).collect();
    for (from, _, pension) in pensions {
        let has_ended = |found: &Subsidised<'_>| {
            pension.month(Column::UntilMonth).is_some_and(|until| found.row.is_after_month(until))
        };
        let (own, rest): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|found| found.row.is_after_month(from) && !has_ended(found));
        left = rest;
        tell(person, told, pension, own, |rows, names_agree| SubsidyDetail::BesidePension {
            from,
            rows,
            names_agree,
        });
    }
}

/// A contribution that others paid for, in whole or in part.
struct Subsidised<'r> {
    row: Contribution<'r>,
    /// The subsidy; unknown where only somebody else's contribution is told.
    amount: Option<Fen>,
}

fn subsidised<'p>(payers: &str, person: &'p Person<'_>) -> impl Iterator<Item = Subsidised<'p>> {
    let dictionary = person.rulebook.dictionary(payers);
    Contribution::of(person).filter_map(move |row| {
        let by_government = dictionary.is(row.row.text(Column::PayerKind), "government");
        // What came back is taken off.
        let subsidy = row.subsidy().filter(|&fen| fen != Fen::ZERO);
        let counts = subsidy.is_some() || (by_government && row.is_payment());
        counts.then_some(Subsidised { amount: subsidy, row })
    })
}

/// Tells known and unknown amounts apart.
fn tell(
    person: &Person<'_>,
    told: &mut Told<'_>,
    against: &RegistryRow,
    rows: Vec<Subsidised<'_>>,
    detail: impl Fn(u32, bool) -> SubsidyDetail,
) {
    let (known, unknown): (Vec<_>, Vec<_>) = rows.into_iter().partition(|found| found.amount.is_some());
    for rows in [known, unknown].into_iter().filter(|rows| !rows.is_empty()) {
        let amount = rows.iter().map(|found| found.amount).sum::<Option<Fen>>();
        if amount.is_some_and(|amount| amount <= Fen::ZERO) {
            continue;
        }
        let is_returned = |found: &&Subsidised<'_>| found.amount.is_some_and(|fen| fen < Fen::ZERO);
        let count = rows.len() - rows.iter().filter(is_returned).count();
        let agrees = |found: &Subsidised<'_>| {
            !against.name_form.is_empty() && found.row.row.name_form == against.name_form
        };
        let detail = Detail::Subsidy(detail(count as u32, rows.iter().all(agrees)));
        let places = rows.iter().map(|found| found.row.row.place()).chain([against.place()]);
        let of_row = |found: &Subsidised<'_>| {
            Some(MoneyPart::of_row(Table::Contributions, Column::Subsidy, found.row.row, found.amount?))
        };
        let money = rows.iter().filter_map(of_row).collect();
        told.tell_money(person, &against.name, (None, amount), money, detail, places);
    }
}
