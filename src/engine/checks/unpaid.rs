//! People to whom something was due and who were not paid.

use super::super::age::first_due;
use super::{Person, Told};
use crate::domain::{Month, MonthSpan};
use crate::ingest::{Column, RegistryRow, Table};
use crate::messages::{Detail, UnpaidDetail};
use crate::rulebook::UnpaidCheck;

pub(super) fn judge(check: &UnpaidCheck, person: &Person<'_>, told: &mut Told<'_>) {
    match check {
        UnpaidCheck::Entitled { age, years } => entitled(*age, *years, person, told),
    }
}

/// Somebody old enough, with enough years, for whom the roster has no line and no list a reason.
fn entitled(age: u32, years: u32, person: &Person<'_>, told: &mut Told<'_>) {
    if !person.is_unknown_to_roster {
        return;
    }
    let Some(birthday) = first_due(person.id, age) else { return };
    // Most places pay from the month after the birthday; the later month claims less.
    let due = MonthSpan::new(birthday.next(), person.period.until).intersect(person.period);
    let is_due = |month: &Month| !person.may_be_barred(*month);
    let months: Vec<Month> = due.months().filter(is_due).collect();
    let (Some(&first), Some(&last)) = (months.first(), months.last()) else { return };
    for row in person.rows(Table::Participants) {
        let Some(paid) = paid_months(row).filter(|&paid| paid >= years * 12) else { continue };
        let detail = Detail::Unpaid(UnpaidDetail::Entitled { months: months.len() as u32, paid });
        told.tell(person, &row.name, (Some(MonthSpan::through(first, last)), None), detail, [row.place()]);
        return;
    }
}

/// For how many months contributions were paid: years are whole numbers, months stand in a column of their
/// own.
pub(super) fn paid_months(row: &RegistryRow) -> Option<u32> {
    let number = |column: Column| row.text(column).trim().parse::<u32>().ok().filter(|&n| n < 1_000);
    number(Column::PaidMonths).or_else(|| number(Column::PaidYears).map(|years| years * 12))
}
