//! Payees whom the contribution system does not know: a mark, never an amount.

use std::io;

use chrono::{Datelike, NaiveDate};

use crate::domain::{CitizenId, PersonKey};
use crate::ingest::{Column, Registry, RegistryRow};
use crate::rulebook::{AbsentCheck, Rulebook};

/// Who of the payees that the list does not know is marked.
pub(super) struct AbsenceJudge {
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

impl AbsenceJudge {
    pub(super) fn new(
        participants: &[Registry],
        check: &AbsentCheck,
        rulebook: &Rulebook,
        scheme_start: Option<NaiveDate>,
    ) -> io::Result<AbsenceJudge> {
        let words = rulebook.dictionary(&check.kinds);
        let is_contribution = |kind: &str| words.is(kind, "contribution");
        let (mut has_rows, mut all_contribute) = (false, true);
        for registry in participants {
            match &registry.registry().kinds {
                Some(kinds) => {
                    has_rows |= !kinds.is_empty();
                    all_contribute &= kinds.iter().all(|kind| is_contribution(kind));
                }
                // So many kinds that every row is asked.
                None => {
                    has_rows = true;
                    let ask =
                        &mut |row: RegistryRow| all_contribute &= is_contribution(row.text(Column::Kind));
                    registry.usable_rows(ask)?;
                    registry.unusable(ask)?;
                }
            }
        }
        let exempt_born_until = (has_rows && all_contribute).then(|| {
            let born_until = scheme_start.and_then(|start| years_before(start, check.exempt_age));
            born_until.map_or(Exemption::Unknown, Exemption::BornUntil)
        });
        Ok(AbsenceJudge { exempt_born_until })
    }

    /// Whether a payee whom the list does not know is to be marked.
    pub(super) fn marks(&self, key: PersonKey) -> bool {
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
