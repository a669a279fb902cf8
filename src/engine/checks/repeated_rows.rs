//! More than one amount in a list where one is due.
//!
//! Owns what cancels what. A negative amount cancels an equal one, else it is taken off what is too much.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::super::bars::event_day;
use super::super::money::{MoneyPart, spread};
use super::contributions::year_of;
use super::{Person, Told};
use crate::domain::{Fen, Name};
use crate::ingest::{Column, RegistryRow};
use crate::messages::{Detail, SubsidyDetail};
use crate::rulebook::RepeatedRowsCheck;

pub(super) fn judge(check: &RepeatedRowsCheck, person: &Person<'_>, told: &mut Told<'_>) {
    let mut things: BTreeMap<(String, String), Vec<(Fen, &RegistryRow)>> = BTreeMap::new();
    for row in person.rows(check.table) {
        let (Some(amount), Some(thing)) = (row.amount(check.amount), thing_of(check, row)) else { continue };
        // What is paid after the audit's day is not known yet.
        if row.date(check.day).is_none_or(|day| day <= person.as_of) {
            things.entry((thing, kind_of(check, row))).or_default().push((amount, row));
        }
    }
    for ((_, kind), rows) in things {
        // Without a word nobody knows whether the amounts are parts of one whole.
        let is_untold = check.told_apart_by.is_some() && kind.is_empty();
        let (mut paid, returned) = uncancelled(check, rows);
        if paid.len() < 2 {
            continue;
        }
        // The first one is due; of those on one day, or on none, the largest.
        paid.sort_by_key(|&(amount, row)| {
            let day = event_day(row, check.day, person.id, person.as_of);
            (day.is_none(), day, Reverse(amount), row.place())
        });
        let later: Fen = paid[1..].iter().map(|&(amount, _)| amount).sum();
        let Some(left) = later.checked_sub(returned).filter(|&left| left > Fen::ZERO) else { continue };
        let form = &paid[0].1.name_form;
        let (table, rows) = (check.table, paid.len() as u32);
        let names_agree = !form.is_empty() && paid.iter().all(|(_, row)| row.name_form == *form);
        let (detail, amount) = if is_untold {
            (SubsidyDetail::Several { table, rows, names_agree }, None)
        } else {
            (SubsidyDetail::Repeated { table, rows, names_agree }, Some(left))
        };
        let places = paid.iter().map(|(_, row)| row.place());
        let of_row =
            |&(amount, row): &(Fen, &RegistryRow)| MoneyPart::of_row(check.table, check.amount, row, amount);
        let money = amount.map(|left| spread(left, paid[1..].iter().map(of_row).collect()));
        let (name, detail) = (&paid[paid.len() - 1].1.name, Detail::Subsidy(detail));
        told.tell_money(person, name, (None, amount), money.unwrap_or_default(), detail, places);
    }
}

/// Which of several amounts of one thing a row pays; empty where it does not say.
fn kind_of(check: &RepeatedRowsCheck, row: &RegistryRow) -> String {
    check.told_apart_by.map_or_else(String::new, |column| Name::comparison_form(row.text(column)))
}

/// What a row pays for; `None` where that cannot be read.
fn thing_of(check: &RepeatedRowsCheck, row: &RegistryRow) -> Option<String> {
    match check.by {
        None => Some(String::new()),
        Some(Column::ContributionYear) => year_of(row.text(Column::ContributionYear)).map(|y| y.to_string()),
        Some(column) => Some(row.text(column).to_string()).filter(|text| !text.is_empty()),
    }
}

/// The positive amounts that no equal negative one cancels, and the sum of the negative ones that are left.
fn uncancelled<'r>(
    check: &RepeatedRowsCheck,
    rows: Vec<(Fen, &'r RegistryRow)>,
) -> (Vec<(Fen, &'r RegistryRow)>, Fen) {
    let (mut paid, negative): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|(amount, _)| *amount > Fen::ZERO);
    // Of equal amounts the last one is cancelled, whatever the order of the rows.
    paid.sort_by_key(|(amount, row)| (*amount, row.date(check.day), row.place()));
    let mut returned = Fen::ZERO;
    for (amount, _) in negative {
        let Some(amount) = Fen::ZERO.checked_sub(amount) else { continue };
        match paid.iter().rposition(|(other, _)| *other == amount) {
            Some(at) => {
                paid.remove(at);
            }
            None => returned = returned.checked_add(amount).unwrap_or(returned),
        }
    }
    (paid, returned)
}
