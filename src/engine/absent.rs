//! Payees whom the contribution system does not know: a mark, never an amount.

use chrono::{Datelike, NaiveDate};

use crate::domain::{CitizenId, PersonKey};
use crate::ingest::Registry;
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
    ) -> AbsenceJudge {
        let words = rulebook.dictionary(&check.kinds);
        let kinds = || participants.iter().map(|registry| registry.registry().kinds.as_ref());
        let is_contribution = |kind: &String| words.is(kind, "contribution");
        let all_contribute =
            kinds().all(|kinds| kinds.is_some_and(|kinds| kinds.iter().all(is_contribution)));
        let has_rows = kinds().any(|kinds| kinds.is_none_or(|kinds| !kinds.is_empty()));
        let exempt_born_until = (has_rows && all_contribute).then(|| {
            let born_until = scheme_start.and_then(|start| years_before(start, check.exempt_age));
            born_until.map_or(Exemption::Unknown, Exemption::BornUntil)
        });
        AbsenceJudge { exempt_born_until }
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
