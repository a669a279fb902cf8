//! Payment lines: one a month for ordinary people, and the forms of lines that were returned or split.
//!
//! Owns what a line says. Must not decide what is due: that is written down where a person is planted.

use chrono::{Duration, NaiveDate};

use super::people::Payee;
use super::scenario::Rates;
use crate::domain::{Month, MonthSpan};

pub(super) const NORMAL: &str = "正常";
pub(super) const REPAID: &str = "重发";
pub(super) const ARREARS: &str = "补发";
pub(super) const REVERSAL: &str = "冲销";
pub(super) const RETURNED: &str = "退票";
pub(super) const MONEY_BACK: &str = "扣回";
pub(super) const PAID: &str = "成功";

/// One payment line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) months: MonthSpan,
    pub(super) paid: NaiveDate,
    /// The batch: the month in which it was paid, and its number in that month.
    pub(super) batch: (Month, u8),
    /// Basic part, additions, account part; `None` is an empty cell.
    pub(super) parts: [Option<i64>; 3],
    pub(super) total: i64,
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    /// Another name than the payee's.
    pub(super) name: Option<String>,
}

/// What of a line a sum counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everything that was paid.
    All,
    /// The basic part with its additions.
    Basic,
}

impl Line {
    /// The regular line of a month, paid on the 15th.
    pub(super) fn regular(payee: &Payee, rates: &Rates, month: Month) -> Line {
        Line::of_parts(MonthSpan::single(month), month, payee.parts(rates, month).map(Some))
    }

    /// A line of some parts, paid on the 15th of a month.
    pub(super) fn of_parts(months: MonthSpan, paid_in: Month, parts: [Option<i64>; 3]) -> Line {
        Line {
            months,
            paid: paid_in.first_day().unwrap_or_default() + Duration::days(14),
            batch: (paid_in, 1),
            parts,
            total: parts.iter().flatten().sum(),
            kind: NORMAL,
            status: PAID,
            name: None,
        }
    }

    /// The same line again some days later, in another batch and of another kind.
    pub(super) fn later(&self, days: i64, batch: u8, kind: &'static str) -> Line {
        Line { paid: self.paid + Duration::days(days), batch: (self.batch.0, batch), kind, ..self.clone() }
    }

    /// With the sign of every amount turned.
    pub(super) fn negative(mut self) -> Line {
        self.parts = self.parts.map(|part| part.map(|amount| -amount));
        self.total = -self.total;
        self
    }

    /// With the total as its only amount.
    pub(super) fn total_only(mut self) -> Line {
        self.parts = [None; 3];
        self
    }

    /// What the line pays.
    pub(super) fn amount(&self, scope: Scope) -> i64 {
        match scope {
            Scope::All => self.total,
            Scope::Basic => self.parts[..2].iter().flatten().sum(),
        }
    }
}

/// One regular line for every month from the payee's first to the last.
pub(super) fn regular(payee: &Payee, rates: &Rates) -> Vec<Line> {
    MonthSpan::through(payee.first, payee.last)
        .months()
        .map(|month| Line::regular(payee, rates, month))
        .collect()
}

/// What the regular lines of some months pay.
pub(super) fn paid_in(payee: &Payee, rates: &Rates, months: MonthSpan, scope: Scope) -> i64 {
    let paid = MonthSpan::through(payee.first, payee.last).intersect(months);
    paid.months().map(|month| Line::regular(payee, rates, month).amount(scope)).sum()
}
