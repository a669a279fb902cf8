//! Payees whom the contribution system does not know: a mark, never an amount.

use chrono::{Datelike, NaiveDate};

use super::register::Register;
use crate::domain::{CitizenId, PersonKey};
use crate::ingest::{Column, RegistryRow};
use crate::rulebook::{AbsentCheck, Rulebook};

/// How absence is told.
pub(super) struct AbsenceJudge<'a> {
    participants: &'a Register<'a>,
    /// On a list of contributors those already old when the scheme began were exempt: who was born on or
    /// before this day. `None`: the list is a register of everybody, nobody is exempt.
    exempt_born_until: Option<Exemption>,
}

/// Who was exempt.
enum Exemption {
    BornUntil(NaiveDate),
    /// The scheme's start is not configured: nobody can be marked.
    Unknown,
}

impl<'a> AbsenceJudge<'a> {
    pub(super) fn new(
        participants: &'a Register<'a>,
        rows: &[RegistryRow],
        check: &AbsentCheck,
        rulebook: &Rulebook,
        scheme_start: Option<NaiveDate>,
    ) -> AbsenceJudge<'a> {
        let kinds = rulebook.dictionary(&check.kinds);
        let is_contribution = |row: &RegistryRow| kinds.is(row.text(Column::Kind), "contribution");
        let exempt_born_until = (!rows.is_empty() && rows.iter().all(is_contribution)).then(|| {
            let born_until = scheme_start.and_then(|start| years_before(start, check.exempt_age));
            born_until.map_or(Exemption::Unknown, Exemption::BornUntil)
        });
        AbsenceJudge { participants, exempt_born_until }
    }

    /// Whether a payee is to be marked.
    pub(super) fn is_absent(&self, key: PersonKey) -> bool {
        if self.participants.has(key) {
            return false;
        }
        match (&self.exempt_born_until, CitizenId::from_key(key)) {
            (None, _) => true,
            (Some(Exemption::BornUntil(day)), Some(id)) => id.birth_date() > *day,
            (Some(_), _) => false,
        }
    }
}

/// The day some years earlier; 29 February becomes the 28th in a year that lacks it.
fn years_before(day: NaiveDate, years: u32) -> Option<NaiveDate> {
    let year = day.year() - i32::try_from(years).ok()?;
    day.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 2, 28))
}
