//! Rows of the contribution list, as other checks read them.
//!
//! Owns when a contribution was made and whether it is one.

use chrono::{Datelike, NaiveDate};

use super::super::bars::event_day;
use super::Person;
use crate::domain::{Fen, Month};
use crate::ingest::{Column, RegistryRow, Table};

/// A contribution.
pub(super) struct Contribution<'r> {
    pub(super) row: &'r RegistryRow,
    /// The day on which it was made, where that is known.
    day: Option<NaiveDate>,
    /// The year for which it was made.
    year: Option<i32>,
}

impl<'r> Contribution<'r> {
    /// A person's contributions.
    pub(super) fn of(person: &'r Person<'_>) -> impl Iterator<Item = Contribution<'r>> {
        person.rows(Table::Contributions).map(|row| Contribution {
            row,
            day: event_day(row, Column::ContributedOn, person.id, person.as_of),
            year: year_of(row.text(Column::ContributionYear)),
        })
    }

    /// Whether it was made after a day: by its own day, else by its year.
    pub(super) fn is_after(&self, day: NaiveDate) -> bool {
        match self.day {
            Some(own) => own > day,
            None => self.year.is_some_and(|year| year > day.year()),
        }
    }

    /// Whether it was made in a later month than another: by its day, else by its year.
    pub(super) fn is_after_month(&self, month: Month) -> bool {
        match self.day {
            Some(own) => Month::containing(own) > month,
            None => self.year.is_some_and(|year| year > month.year()),
        }
    }

    /// Whether it is no refund and no empty row.
    pub(super) fn is_payment(&self) -> bool {
        let amount = self.row.amount(Column::Amount);
        let is_positive = |amount: Option<Fen>| amount.is_some_and(|fen| fen > Fen::ZERO);
        let has_some = is_positive(amount) || is_positive(self.subsidy());
        !self.is_refund() && (has_some || (amount.is_none() && self.subsidy().is_none()))
    }

    /// Whether money was given back.
    fn is_refund(&self) -> bool {
        self.row.amount(Column::Amount).is_some_and(|fen| fen < Fen::ZERO)
    }

    /// The subsidy, where it is stated.
    pub(super) fn subsidy(&self) -> Option<Fen> {
        self.row.amount(Column::Subsidy)
    }
}

/// Contributions of which not everything came back.
pub(super) struct Unreturned<'r> {
    pub(super) rows: Vec<Contribution<'r>>,
    /// How many of them are no refunds.
    pub(super) payments: u32,
    /// What is left, where every row says so.
    pub(super) left: Option<Fen>,
}

impl<'r> Unreturned<'r> {
    /// Takes contributions and refunds together; `None` where nothing is left.
    pub(super) fn of(rows: impl Iterator<Item = Contribution<'r>>) -> Option<Unreturned<'r>> {
        let rows: Vec<Contribution<'r>> = rows.filter(|row| row.is_payment() || row.is_refund()).collect();
        let payments = rows.iter().filter(|row| row.is_payment()).count() as u32;
        let left = rows.iter().map(|row| row.row.amount(Column::Amount)).sum::<Option<Fen>>();
        let is_returned =
            rows.iter().any(Contribution::is_refund) && left.is_some_and(|left| left <= Fen::ZERO);
        (payments > 0 && !is_returned).then_some(Unreturned { rows, payments, left })
    }
}

/// The year that a cell names: its only group of digits, if that has four.
pub(super) fn year_of(text: &str) -> Option<i32> {
    let mut groups = text.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
    let year = groups.next().filter(|group| group.len() == 4)?;
    if groups.next().is_some() {
        return None;
    }
    year.parse().ok().filter(|year| (1990..2100).contains(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years() {
        for (text, year) in [
            ("2023", Some(2023)),
            ("2023年", Some(2023)),
            ("2023年度", Some(2023)),
            ("2022-2023", None),
            ("202301", None),
            ("23", None),
            ("", None),
            ("1023", None),
        ] {
            assert_eq!(year_of(text), year, "{text}");
        }
    }
}
