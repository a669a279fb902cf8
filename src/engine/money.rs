//! The money behind a lead: which rows, and how much of each.
//!
//! Owns how an amount spreads over rows, so that money at which several rules point can be told from money at
//! which one does. Must not add it up: that is `findings`.

use std::sync::Arc;

use crate::domain::{Fen, Month, MonthSpan};
use crate::ingest::{Amounts, Column, Component, Payments, RegistryRow, Table};

/// A row that holds money.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MoneyRow {
    /// A payment line.
    Line {
        /// The roster, by its number.
        file: u32,
        /// The row in it.
        row: u32,
    },
    /// An amount of a registry row.
    Row {
        /// The registry.
        table: Table,
        /// The column of the amount.
        column: Column,
        /// The file.
        file: Arc<str>,
        /// The row in it.
        row: u32,
    },
}

/// What a lead says of one row's money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneyPart {
    /// The row.
    pub row: MoneyRow,
    /// The amounts in question, by component, in fen; an amount of a registry row stands as `other`.
    pub amounts: Amounts,
    /// The months in question.
    pub months: MonthSpan,
    /// How many of the row's months are in question, of how many.
    pub share: (usize, usize),
}

impl MoneyPart {
    /// Some amounts of a payment line, whole.
    pub(super) fn of_line(payments: &Payments, line: usize, amounts: Amounts) -> MoneyPart {
        MoneyPart::of_months(payments, line, amounts, (payments.months[line], (1, 1)))
    }

    /// Some amounts of a payment line, as far as they fall on some of its months.
    pub(crate) fn of_months(
        payments: &Payments,
        line: usize,
        amounts: Amounts,
        (months, share): (MonthSpan, (usize, usize)),
    ) -> MoneyPart {
        let row = MoneyRow::Line { file: payments.file[line], row: payments.row[line] };
        MoneyPart { row, amounts, months, share }
    }

    /// An amount of a registry row.
    pub(super) fn of_row(table: Table, column: Column, row: &RegistryRow, fen: Fen) -> MoneyPart {
        let mut amounts = [0; 5];
        amounts[Component::Other as usize] = fen.0;
        let row = MoneyRow::Row { table, column, file: row.file.clone(), row: row.row };
        // Nobody asks for which months it is.
        MoneyPart { row, amounts, months: MonthSpan::new(Month::OPEN, Month::OPEN), share: (1, 1) }
    }
}

/// Spreads an amount over whole rows, from the last one on, as far as the money of each goes.
pub(super) fn spread(amount: Fen, mut rows: Vec<MoneyPart>) -> Vec<MoneyPart> {
    let mut left = amount.0;
    for part in rows.iter_mut().rev() {
        for fen in part.amounts.iter_mut().rev() {
            *fen = left.min(*fen).max(0);
            left -= *fen;
        }
    }
    rows.retain(|part| part.amounts != [0; 5]);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_taken_from_the_last_rows_on() {
        let part = |row: u32, amounts: Amounts| MoneyPart {
            row: MoneyRow::Line { file: 0, row },
            amounts,
            months: MonthSpan::new(Month::OPEN, Month::OPEN),
            share: (1, 1),
        };
        let rows = vec![part(1, [100, 0, 0, 0, 0]), part(2, [50, 20, 0, 0, -5])];
        let spread_of = |fen: i64| -> Vec<(MoneyRow, Amounts)> {
            spread(Fen(fen), rows.clone()).into_iter().map(|part| (part.row, part.amounts)).collect()
        };
        let row = |row: u32| MoneyRow::Line { file: 0, row };
        assert_eq!(spread_of(30), [(row(2), [10, 20, 0, 0, 0])]);
        assert_eq!(spread_of(90), [(row(1), [20, 0, 0, 0, 0]), (row(2), [50, 20, 0, 0, 0])]);
        assert_eq!(spread_of(0), []);
    }
}
