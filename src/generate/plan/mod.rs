//! Planting people: each kind is one function that writes the person's payment lines, the registry rows about
//! them and, from the same months and amounts, what an audit must find.
//!
//! Owns the kinds. Must not use the engine or the rulebook: the answer key is written by construction.

mod custody;
mod deaths;
mod funeral;
mod payments;
mod pensions;

use chrono::{Datelike, Duration, NaiveDate};

use super::key::{Expect, KeyRow};
use super::lines::{self, Line, Scope};
use super::people::{IdSource, Names, Payee};
use super::random::Rng;
use super::registers::Registers;
use super::scenario::{Rates, World};
use crate::domain::{CitizenId, Fen, Month, MonthSpan};

pub(super) use deaths::stopped;
pub(super) use funeral::{election, grant_of};

/// How one person is to be planted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spec {
    /// The name of the kind.
    pub(super) kind: &'static str,
    /// The month in which something happens.
    pub(super) event: Month,
    /// For how many months after it money was paid that was not due.
    pub(super) months: i32,
    /// The year of birth, where it matters.
    pub(super) born: Option<i32>,
    /// The contribution years beyond 15, where they matter.
    pub(super) extra_years: Option<i64>,
    /// The account part, where it matters.
    pub(super) account: Option<Fen>,
}

/// People and rows that have been made and not yet written.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) payees: Vec<Payee>,
    pub(super) registers: Registers,
    pub(super) key: Vec<KeyRow>,
}

impl Batch {
    /// Takes a payee with an established claim.
    fn claim(&mut self, spec: &Spec, payee: Payee, case_type: &'static str, due: i64) {
        self.claim_and_lead(spec, payee, case_type, due, 0);
    }

    /// Takes a payee with an established claim and something more that is only a lead.
    fn claim_and_lead(&mut self, spec: &Spec, payee: Payee, case_type: &'static str, due: i64, more: i64) {
        self.note(spec, &payee, Expect::Ledger, case_type, due, Some(more));
        self.payees.push(payee);
    }

    /// Takes a payee of whom there is at most a lead.
    fn lead(&mut self, spec: &Spec, payee: Payee, case_type: &'static str, potential: Option<i64>) {
        self.note(spec, &payee, Expect::Lead, case_type, 0, potential);
        self.payees.push(payee);
    }

    /// Takes a payee of whom nothing is to be reported.
    fn clean(&mut self, spec: &Spec, payee: Payee) {
        self.note(spec, &payee, Expect::Clean, "", 0, Some(0));
        self.payees.push(payee);
    }

    fn note(
        &mut self,
        spec: &Spec,
        payee: &Payee,
        expect: Expect,
        case_type: &'static str,
        due: i64,
        potential: Option<i64>,
    ) {
        // A damaged number is all that the payment files know of the person; a repairable one is
        // repaired, and a lead names the number that was meant.
        let unusable = CitizenId::read(&payee.id_text, NaiveDate::MAX).usable().is_none();
        let id = if unusable && expect != Expect::Lead { payee.id_text.clone() } else { payee.id.text() };
        let name = payee.name.clone();
        self.key.push(KeyRow { id, name, kind: spec.kind, expect, case_type, due, potential });
    }
}

/// What planting draws from.
#[derive(Debug)]
pub(super) struct Maker {
    pub(super) rng: Rng,
    pub(super) ids: IdSource,
    pub(super) names: Names,
    pub(super) rates: Rates,
    pub(super) period: MonthSpan,
    /// The last twelve months of the period, in which things happen.
    pub(super) window: MonthSpan,
    pub(super) as_of: NaiveDate,
    /// Townships with their shares.
    pub(super) shares: Vec<u64>,
    pub(super) villages: usize,
}

/// A month some months later or earlier.
pub(super) fn shift(month: Month, by: i32) -> Month {
    Month(month.0 + by)
}

/// So many days after another day.
pub(super) fn days_after(day: NaiveDate, days: i64) -> NaiveDate {
    day + Duration::days(days)
}

impl Maker {
    /// A source of people for a period.
    pub(super) fn new(
        world: &World,
        period: MonthSpan,
        as_of: NaiveDate,
        seed: u64,
        shares: Vec<u64>,
    ) -> Maker {
        let window = MonthSpan::new(period.from.max(shift(period.until, -12)), period.until);
        Maker {
            rng: Rng::new(seed),
            ids: IdSource::new(world.areas),
            names: Names::new(world.dotted_per_mille),
            rates: world.rates,
            period,
            window,
            as_of,
            shares,
            villages: world.villages.len(),
        }
    }

    /// A chance event with room for three months after it and one before it in the period.
    pub(super) fn spec(&mut self, kind: &'static str) -> Spec {
        let event = self.rng.between(i64::from(self.window.from.0) + 1, i64::from(self.window.last().0) - 3);
        let months = self.rng.between(2, 3) as i32;
        Spec { kind, event: Month(event as i32), months, born: None, extra_years: None, account: None }
    }

    /// A day of a month, now and then its last.
    pub(super) fn day_in(&mut self, month: Month) -> NaiveDate {
        let first = month.first_day().unwrap_or_default();
        let length = (month.next().first_day().unwrap_or_default() - first).num_days();
        let last = self.rng.chance(1, 12);
        days_after(first, if last { length - 1 } else { self.rng.between(0, length - 1) })
    }

    /// A birth date that makes somebody at least 60 before the period begins.
    fn elderly_birth(&mut self) -> NaiveDate {
        let youngest = shift(self.period.from, -60 * 12).first_day().unwrap_or_default();
        days_after(youngest, -1 - self.rng.low_index(13_900) as i64)
    }

    /// A birth date of somebody whom nothing in the payments concerns.
    pub(super) fn any_birth(&mut self) -> NaiveDate {
        let oldest = NaiveDate::from_ymd_opt(1940, 1, 1).unwrap_or_default();
        days_after(oldest, self.rng.between(0, 18_000))
    }

    /// A payee born on a day, paid from the first month of the period to its last.
    pub(super) fn payee_born(&mut self, birth: NaiveDate) -> Payee {
        let id = self.ids.payee(birth, &mut self.rng);
        let (least, most) = (self.rates.account_least.0, self.rates.account_most.0);
        let account = (0..3).map(|_| self.rng.between(least, most)).min().unwrap_or(least);
        Payee {
            id_text: id.text(),
            id,
            name: self.names.any(&mut self.rng),
            township: self.township(),
            village: self.rng.index(self.villages),
            first: self.period.from,
            last: self.period.last(),
            extra_years: self.rng.low_index(7) as i64,
            account: Fen(account),
            listed: true,
            lines: None,
        }
    }

    fn township(&mut self) -> usize {
        let mut drawn = self.rng.below(self.shares.iter().sum());
        for (at, &share) in self.shares.iter().enumerate() {
            if drawn < share {
                return at;
            }
            drawn -= share;
        }
        0
    }

    /// An ordinary payee of the whole period.
    pub(super) fn payee(&mut self) -> Payee {
        let birth = self.elderly_birth();
        self.payee_born(birth)
    }

    /// A payee who turns 60 in the month before the first line.
    pub(super) fn starter(&mut self, first: Month) -> Payee {
        let birth = self.day_in(shift(first, -60 * 12 - 1));
        let mut payee = self.payee_born(birth);
        payee.first = first;
        payee
    }

    /// A payee as specified, paid through the months after the event.
    fn payee_of(&mut self, spec: &Spec) -> Payee {
        let mut payee = match spec.born {
            Some(year) => {
                let january = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
                let birth = days_after(january, self.rng.between(0, 330));
                self.payee_born(birth)
            }
            None => self.payee(),
        };
        payee.extra_years = spec.extra_years.unwrap_or(payee.extra_years);
        payee.account = spec.account.unwrap_or(payee.account);
        payee.last = shift(spec.event, spec.months);
        payee
    }

    /// A payee whose last line is for a month.
    fn payee_until(&mut self, last: Month) -> Payee {
        let mut payee = self.payee();
        payee.last = last;
        payee
    }

    /// The regular lines of a payee.
    fn lines(&self, payee: &Payee) -> Vec<Line> {
        lines::regular(payee, &self.rates)
    }

    /// What the regular lines pay from a month on.
    fn paid_from(&self, payee: &Payee, from: Month, scope: Scope) -> i64 {
        lines::paid_in(payee, &self.rates, MonthSpan::from_on(from), scope)
    }

    /// What the regular lines pay in some months, first and last included.
    fn paid_through(&self, payee: &Payee, first: Month, last: Month) -> i64 {
        lines::paid_in(payee, &self.rates, MonthSpan::through(first, last), Scope::All)
    }

    /// Somebody who is paid nothing: a number and a name.
    pub(super) fn outsider(&mut self, birth: NaiveDate) -> (CitizenId, String) {
        let id = self.ids.other(birth, &mut self.rng);
        (id, self.names.any(&mut self.rng))
    }

    /// A court's number for a judgment.
    fn judgment(&mut self, year: i32) -> String {
        format!("（{year}）虚0499刑初{}号", self.rng.between(1, 400))
    }
}

/// The year of a month before it: for documents that precede an event.
fn year_of(day: NaiveDate) -> i32 {
    day.year()
}

/// Plants one person of a kind.
pub(super) type Plant = fn(&mut Maker, &Spec, &mut Batch);

/// Kinds with an established claim.
pub(super) const ESTABLISHED: &[(&str, Plant)] = &[
    ("death_civil", deaths::civil),
    ("death_police", deaths::police),
    ("death_fifteen_digits", deaths::fifteen_digits),
    ("death_lower_x", deaths::lower_x),
    ("death_other_separator", deaths::other_separator),
    ("death_reversed_and_repaid", deaths::reversed_and_repaid),
    ("death_two_dates", deaths::two_dates),
    ("death_registered_only", deaths::registered_only),
    ("death_in_two_batches", deaths::in_two_batches),
    ("death_partly_set_off", deaths::partly_set_off),
    ("custody_prison", custody::prison),
    ("custody_revoked_suspension", custody::revoked_suspension),
    ("custody_detention_house", custody::detention_house),
    ("pension_employee", pensions::employee),
    ("pension_civil_servant", pensions::civil_servant),
    ("pension_ended", pensions::ended),
    ("repeated_payment", payments::repeated),
    ("funeral_election", funeral::any_election),
    ("funeral_both_paid", funeral::both_paid),
];

/// Kinds that only look like a finding.
pub(super) const LOOK_ALIKES: &[(&str, Plant)] = &[
    ("same_name_other_person", deaths::same_name_other_person),
    ("same_id_other_name", deaths::same_id_other_name),
    ("double_household", deaths::double_household),
    ("moved_out", deaths::moved_out),
    ("went_abroad", deaths::went_abroad),
    ("death_in_last_paid_month", deaths::in_last_paid_month),
    ("village_report_only", deaths::village_report_only),
    ("certified_after_death", deaths::certified_after),
    ("custody_after_death", deaths::custody_after),
    ("pension_after_death", deaths::pension_after),
    ("death_revoked", deaths::revoked),
    ("placeholder_date", deaths::placeholder),
    ("placeholder_date_stopped", deaths::placeholder_stopped),
    ("sources_disagree", deaths::sources_disagree),
    ("registered_after_as_of", deaths::registered_after_as_of),
    ("stopped_row_in_two_batches", deaths::stopped_in_two_batches),
    ("id_damaged_in_registry", deaths::id_damaged_in_registry),
    ("id_damaged_in_payments", payments::id_damaged),
    ("already_60_at_start", payments::already_60_at_start),
    ("returned_after_death", payments::returned_after_death),
    ("reversed_after_death", payments::reversed_after_death),
    ("refused_after_death", payments::refused_after_death),
    ("unmatched_reversal", payments::unmatched_reversal),
    ("arrears_before_death", payments::arrears_before_death),
    ("arrears_across_death", payments::arrears_across_death),
    ("outside_period", payments::outside_period),
    ("refused_then_repaid", payments::refused_then_repaid),
    ("returned_then_repaid", payments::returned_then_repaid),
    ("reversed_then_repaid", payments::reversed_then_repaid),
    ("basic_and_account_apart", payments::basic_and_account_apart),
    ("arrears_of_increase", payments::arrears_of_increase),
    ("money_back_line", payments::money_back),
    ("double_import", payments::double_import),
    ("paid_twice_two_names", payments::twice_two_names),
    ("total_only_meets_components", payments::total_meets_components),
    ("suspended_in_sentence", custody::suspended_in_sentence),
    ("parole_mid_term", custody::parole_mid_term),
    ("medical_release_mid_term", custody::medical_release_mid_term),
    ("bail_before_term", custody::bail_before_term),
    ("not_prosecuted", custody::not_prosecuted),
    ("sentence_over_before_drawing", custody::over_before_drawing),
    ("released_then_resumed", custody::released_then_resumed),
    ("prison_sentence_not_admitted", custody::not_admitted),
    ("detained_without_sentence", custody::detained_without_sentence),
    ("survivor_allowance", pensions::survivor),
    ("work_injury_benefit", pensions::work_injury),
    ("one_off_benefit", pensions::one_off),
    ("land_loss_benefit", pensions::land_loss),
    ("village_cadre_benefit", pensions::village_cadre),
    ("pension_ended_before_period", pensions::ended_before_period),
    ("pension_after_last_payment", pensions::after_last_payment),
    ("pension_status_unclear", pensions::status_unclear),
    ("pension_of_zero", pensions::of_zero),
    ("total_only_and_pension", pensions::total_only),
    ("grant_not_chosen", funeral::not_chosen),
    ("grant_chose_resident", funeral::chose_resident),
    ("grant_returned", funeral::returned),
    ("grant_not_entitled", funeral::not_entitled),
    ("grant_and_inheritance", funeral::inheritance),
    ("grant_and_dependants", funeral::dependants),
    ("grant_and_work_death", funeral::work_death),
    ("grant_death_before_2011_07", funeral::before_2011_07),
    ("heir_in_id_column", funeral::heir_in_id_column),
];

/// The kind of a name, with the name that lives as long as the program.
pub(super) fn find(kinds: &'static [(&'static str, Plant)], name: &str) -> Option<(&'static str, Plant)> {
    kinds.iter().copied().find(|(known, _)| *known == name)
}
