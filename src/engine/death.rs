//! Death rows of one person, as bars for payment lines under one form of the name.
//!
//! What every dated source supports is established: from the month after the latest date. What only
//! the earliest supports is a lead. Whatever casts doubt on the death makes the whole of it a lead.

use std::sync::Arc;

use chrono::NaiveDate;

use super::bars::{
    Bar, BarCompiler, Event, PersonRows, Tier, event_day, part, scheme_words, source_of, speaking_order,
};
use crate::domain::{CitizenId, DateSource, LikelyDeath, Month, MonthSpan};
use crate::ingest::{Column, RegistryRow};
use crate::messages::{self, LeadReason, Observation};
use crate::rulebook::{DeathCheck, Dictionary, SignsOfLife};

/// What the reason of a row says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Dead,
    Undecided,
    Nothing,
    Revoked,
}

/// A row that says that the person died, or may have.
struct Record<'a> {
    row: &'a RegistryRow,
    date: Option<NaiveDate>,
    /// What that day rests on, where the source says.
    source: Option<DateSource>,
    is_village: bool,
    verdict: Verdict,
}

impl Record<'_> {
    /// Whether the row alone can prove a death.
    fn proves(&self) -> bool {
        self.verdict == Verdict::Dead && !self.is_village
    }
}

pub(super) fn compile(
    compiler: &mut BarCompiler<'_>,
    rule: usize,
    check: &DeathCheck,
    form: &str,
    rows: &PersonRows<'_>,
) {
    let parted = part(&rows.deaths, form);
    let own: Vec<Record<'_>> =
        parted.agreeing.iter().map(|row| read_row(compiler, rule, check, row)).collect();
    let others: Vec<Record<'_>> =
        parted.others.iter().map(|row| read_row(compiler, rule, check, row)).collect();
    let is_revoked = |records: &[Record<'_>]| records.iter().any(|record| record.verdict == Verdict::Revoked);
    if is_revoked(&own) {
        // A revocation removes the bar, whoever else had recorded the death.
        return;
    }
    let says_dead = |record: &&Record<'_>| matches!(record.verdict, Verdict::Dead | Verdict::Undecided);
    let own_deaths: Vec<&Record<'_>> = own.iter().filter(says_dead).collect();
    let other_deaths: Vec<&Record<'_>> = others.iter().filter(says_dead).collect();
    let is_dated = |records: &[&Record<'_>]| records.iter().any(|record| record.date.is_some());
    let anything_dated = is_dated(&own_deaths) || is_dated(&other_deaths);
    let draft = Draft { rule, check, form };
    let doubt = is_revoked(&others).then_some(LeadReason::NamesDiffer);
    if is_dated(&own_deaths) || !anything_dated {
        draft.bar_deaths(compiler, &own_deaths, doubt, rows);
    }
    if is_dated(&other_deaths) || !anything_dated {
        draft.bar_deaths(compiler, &other_deaths, Some(LeadReason::NamesDiffer), rows);
    }
}

fn read_row<'a>(
    compiler: &mut BarCompiler<'_>,
    rule: usize,
    check: &DeathCheck,
    row: &'a RegistryRow,
) -> Record<'a> {
    let verdict = verdict_of(compiler, check, row);
    let date = date_of(compiler, check, row);
    let sources = compiler.rulebook.dictionary(&check.sources);
    let is_village = sources.is(row.text(Column::Source), "village");
    let source = date_source(row, (check.date, &check.not_after), sources, compiler.id, compiler.as_of);
    compiler.note(rule, row.place(), || match verdict {
        Verdict::Dead => messages::note_death(date),
        Verdict::Undecided => messages::note_death_undecided(),
        Verdict::Nothing => messages::note_not_a_death(),
        Verdict::Revoked => messages::note_death_revoked(),
    });
    Record { row, date, source, is_village, verdict }
}

fn verdict_of(compiler: &BarCompiler<'_>, check: &DeathCheck, row: &RegistryRow) -> Verdict {
    let reason = row.text(Column::Reason);
    if row.has_unread_words() {
        // What stands under a heading that nobody knows may be 重户 as well as 死亡.
        return Verdict::Undecided;
    }
    if reason.is_empty() {
        let is_police = compiler.rulebook.dictionary(&check.sources).is(row.text(Column::Source), "police");
        return if is_police { Verdict::Undecided } else { Verdict::Dead };
    }
    match compiler.rulebook.dictionary(&check.reasons).class_of(reason) {
        Some("death") => Verdict::Dead,
        Some("not_a_death") => Verdict::Nothing,
        Some("revoked") => Verdict::Revoked,
        _ => Verdict::Undecided,
    }
}

/// The day that a row supports; a death date that follows its own registration is told.
fn date_of(compiler: &mut BarCompiler<'_>, check: &DeathCheck, row: &RegistryRow) -> Option<NaiveDate> {
    let (day, is_late) = supported_day(row, (check.date, &check.not_after), compiler.id, compiler.as_of);
    if is_late {
        compiler.observe(row, Observation::DeathAfterItsRegistration);
    }
    day
}

/// The day that a row supports: its death date unless that follows the cremation or the registration;
/// else the earlier of those two, which cannot be too early. And whether the death date follows one of them.
pub(super) fn supported_day(
    row: &RegistryRow,
    (date, not_after): (Column, &[Column]),
    id: CitizenId,
    as_of: NaiveDate,
) -> (Option<NaiveDate>, bool) {
    let bounds: Vec<NaiveDate> =
        not_after.iter().filter_map(|&column| event_day(row, column, id, as_of)).collect();
    match event_day(row, date, id, as_of) {
        Some(day) if bounds.iter().any(|bound| day > *bound) => (bounds.into_iter().min(), true),
        Some(day) => (Some(day), false),
        None => (bounds.into_iter().min(), false),
    }
}

/// What the day rests on that a row supports, by the words of its source.
pub(super) fn date_source(
    row: &RegistryRow,
    (date, not_after): (Column, &[Column]),
    sources: &Dictionary,
    id: CitizenId,
    as_of: NaiveDate,
) -> Option<DateSource> {
    let (day, is_late) = supported_day(row, (date, not_after), id, as_of);
    if !is_late && event_day(row, date, id, as_of).is_some() {
        return match sources.class_of(row.text(Column::Source))? {
            "medical" => Some(DateSource::Medical),
            "cremation" => Some(DateSource::CremationCertificate),
            "village" => Some(DateSource::Village),
            "police" => Some(DateSource::PoliceDeathDate),
            _ => None,
        };
    }
    let stands_in =
        not_after.iter().find(|&&column| day.is_some() && event_day(row, column, id, as_of) == day);
    DateSource::from_name(stands_in?.name())
}

/// What all bars of the rule for this name share.
struct Draft<'a> {
    rule: usize,
    check: &'a DeathCheck,
    form: &'a str,
}

impl Draft<'_> {
    fn bar(
        &self,
        compiler: &mut BarCompiler<'_>,
        span: Option<MonthSpan>,
        tier: Tier,
        day: Option<NaiveDate>,
        records: &[&Record<'_>],
    ) {
        let dated = records.iter().filter(|record| record.date == day);
        let speaking = dated.min_by_key(|record| speaking_order(record.row));
        let source = speaking.map(|record| source_of(record.row)).unwrap_or_default();
        compiler.bar(Bar {
            rule: self.rule,
            span: span.unwrap_or_else(|| compiler.possible_until(Month::OPEN)),
            is_unknown: span.is_none(),
            scope: compiler.returned(&self.check.returns),
            tier,
            name_form: self.form.to_string(),
            evidence: records.iter().map(|record| record.row.place()).collect(),
            event: Arc::new(Event {
                date: day.map(|day| day.to_string()).unwrap_or_default(),
                source,
                document_no: String::new(),
                day,
            }),
            release_unconfirmed: false,
            settled: Vec::new(),
        });
    }

    /// Bars what a group of rows supports; `doubt` makes all of it a lead from the start.
    fn bar_deaths(
        &self,
        compiler: &mut BarCompiler<'_>,
        records: &[&Record<'_>],
        doubt: Option<LeadReason>,
        rows: &PersonRows<'_>,
    ) {
        let dated: Vec<&Record<'_>> =
            records.iter().copied().filter(|record| record.date.is_some()).collect();
        let days: Vec<NaiveDate> = dated.iter().filter_map(|record| record.date).collect();
        let (Some(&earliest), Some(&latest)) = (days.iter().min(), days.iter().max()) else {
            if let Some(first) = records.first() {
                let is_dead = records.iter().any(|record| record.verdict == Verdict::Dead);
                debug_assert!(first.date.is_none());
                let reason = if is_dead { LeadReason::DeathUndated } else { LeadReason::ReasonUndecided };
                self.bar(compiler, None, Tier::Lead(doubt.unwrap_or(reason)), None, records);
            }
            return;
        };
        let doubt = doubt.or_else(|| {
            if dated.iter().all(|record| record.verdict != Verdict::Dead) {
                Some(LeadReason::ReasonUndecided)
            } else if !dated.iter().any(|record| record.proves()) {
                Some(LeadReason::VillageReportOnly)
            } else {
                self.lives_after(compiler, latest, rows).then_some(LeadReason::SignOfLife)
            }
        });
        let start = &self.check.start;
        let (from, certain) = (compiler.start(start, earliest), compiler.start(start, latest));
        if let Some(reason) = doubt {
            self.bar(compiler, Some(MonthSpan::from_on(from)), Tier::Lead(reason), Some(earliest), &dated);
            return;
        }
        self.bar(compiler, Some(MonthSpan::from_on(certain)), Tier::Established, Some(latest), &dated);
        let Some(likely) = self.likely(compiler, &dated) else {
            let between = Some(MonthSpan::new(from, certain));
            return self.bar(
                compiler,
                between,
                Tier::Lead(LeadReason::DeathDatesConflict),
                Some(earliest),
                &dated,
            );
        };
        // What the likely day supports as well stands first.
        let settled = compiler.start(start, likely.day).clamp(from, certain);
        for (span, reason, day) in [
            (MonthSpan::new(settled, certain), LeadReason::DeathLikely(likely), likely.day),
            (MonthSpan::new(from, settled), LeadReason::DeathUnlikely(likely), earliest),
        ] {
            self.bar(compiler, Some(span), Tier::Lead(reason), Some(day), &dated);
        }
    }

    /// The likely one of the days, where the rule names an order of sources and it decides.
    fn likely(&self, compiler: &BarCompiler<'_>, dated: &[&Record<'_>]) -> Option<LikelyDeath> {
        let priority = self.check.priority.as_deref();
        let (order, is_in_force) = compiler.rulebook.date_order(priority, compiler.region, compiler.as_of)?;
        let stated = dated.iter().filter_map(|record| Some((record.date?, record.source)));
        let (day, source) = order.likely(stated)?;
        Some(LikelyDeath { day, source, order, is_in_force })
    }

    /// Whether any registry shows the person alive after the latest recorded death, under the same name.
    fn lives_after(&self, compiler: &mut BarCompiler<'_>, latest: NaiveDate, rows: &PersonRows<'_>) -> bool {
        let signs: &SignsOfLife = &self.check.signs_of_life;
        let mut living: Vec<&RegistryRow> = Vec::new();
        for row in part(&rows.certifications, self.form).agreeing {
            if compiler.event_day(row, signs.certified).is_some_and(|day| day > latest) {
                living.push(row);
            }
        }
        for row in part(&rows.custody, self.form).agreeing {
            let start = compiler.custody_start(row, &signs.custody_first_of, &signs.custody_latest_of);
            if start.is_some_and(|(day, _)| day > latest) {
                living.push(row);
            }
        }
        for row in part(&rows.other_pensions, self.form).agreeing {
            let words = scheme_words(row);
            let class = compiler.rulebook.dictionary(&signs.pension_dictionary).class_of(&words);
            let is_own = class.is_some_and(|class| signs.pension_classes.iter().any(|own| own == class));
            let from = compiler.event_month(row, signs.pension_from);
            if is_own && from.is_some_and(|month| month > Month::containing(latest)) {
                living.push(row);
            }
        }
        for row in &living {
            compiler.note(self.rule, row.place(), messages::note_sign_of_life);
        }
        !living.is_empty()
    }
}
