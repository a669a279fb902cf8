//! Months before an age, as bars.
//!
//! The birth date is that of the ID number. Where a list of participants states another one, nobody can say
//! which is right.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::bars::{Bar, BarCompiler, Event, Tier};
use crate::domain::{CitizenId, Month, MonthSpan};
use crate::ingest::{Column, RegistryRow};
use crate::messages::LeadReason;
use crate::rulebook::AgeCheck;

/// The first month that no age bars: that of the birthday, in which some places already pay.
pub(super) fn first_due(id: CitizenId, years: u32) -> Option<Month> {
    birthday(id.birth_date(), years).map(Month::containing)
}

/// A birthday; of those born on 29 February it is 1 March in other years.
pub(super) fn birthday(born: NaiveDate, years: u32) -> Option<NaiveDate> {
    let year = born.year() + i32::try_from(years).ok()?;
    born.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
}

pub(super) fn compile(
    compiler: &mut BarCompiler<'_>,
    rule: usize,
    check: &AgeCheck,
    form: &str,
    participants: &[&RegistryRow],
) {
    let (Some(certain), Some(due)) =
        (first_due(compiler.id, check.certain_below), first_due(compiler.id, check.years))
    else {
        return;
    };
    let born = compiler.id.birth_date();
    // Under whatever name: a row of this number that states another birth date contradicts the number.
    let states_another = |row: &&&RegistryRow| row.date(Column::BirthDate).is_some_and(|day| day != born);
    let other_births: Vec<&RegistryRow> = participants.iter().filter(states_another).copied().collect();
    let first = Month::containing(born);
    let pieces = [
        (MonthSpan::new(first, certain), Tier::Established),
        (MonthSpan::new(certain, due), Tier::Lead(LeadReason::AgeMayBeExempt)),
    ];
    for (span, tier) in pieces {
        let doubt = Tier::Lead(LeadReason::BirthDatesDiffer);
        compiler.bar(Bar {
            rule,
            span,
            is_unknown: false,
            scope: compiler.returned(&check.returns),
            tier: if other_births.is_empty() { tier } else { doubt },
            name_form: form.to_string(),
            evidence: other_births.iter().map(|row| row.place()).collect(),
            event: Arc::new(Event {
                date: born.to_string(),
                source: String::new(),
                document_no: String::new(),
                day: None,
            }),
            release_unconfirmed: false,
            settled: Vec::new(),
        });
    }
}
