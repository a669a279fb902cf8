//! Death rows of one person under one form of the name, as bars.
//!
//! What every dated source supports is established: from the month after the latest date. What only the
//! earliest supports is a lead. Whatever casts doubt on the death makes the whole of it a lead.

use chrono::NaiveDate;

use super::bars::{Bar, BarCompiler, Event, PersonRows, Tier, source_of};
use crate::domain::{Month, MonthSpan};
use crate::ingest::{Column, RegistryRow};
use crate::messages::{self, LeadReason, Observation};
use crate::rulebook::{DeathCheck, Offset, SignsOfLife};

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
    is_village: bool,
}

pub(super) fn compile(
    compiler: &mut BarCompiler<'_>,
    rule: usize,
    check: &DeathCheck,
    form: &str,
    rows: &PersonRows<'_>,
) {
    let mut dead = Vec::new();
    let mut undecided = Vec::new();
    let mut revoked: Vec<Option<NaiveDate>> = Vec::new();
    for row in &rows.deaths {
        let verdict = verdict_of(compiler, check, row);
        let date = date_of(compiler, check, row);
        let is_village = compiler.rulebook.dictionary(&check.sources).is(row.text(Column::Source), "village");
        compiler.note(rule, row.place(), || note_text(verdict, date));
        match verdict {
            Verdict::Dead => dead.push(Record { row, date, is_village }),
            Verdict::Undecided => undecided.push(Record { row, date, is_village }),
            Verdict::Revoked => revoked.push(row.date(Column::RegisteredOn)),
            Verdict::Nothing => {}
        }
    }
    let draft = Draft { rule, check, form };
    if revoked.is_empty() {
        draft.bar_deaths(compiler, &dead, rows);
    } else {
        draft.bar_after_revocation(compiler, &dead, &revoked);
        return;
    }
    // A row that neither decides nor names a day adds nothing to a death that others date.
    let is_dated = dead.iter().any(|record| record.date.is_some());
    for record in undecided.iter().filter(|record| record.date.is_some() || !is_dated) {
        draft.lead(compiler, record.date, LeadReason::ReasonUndecided, &[record]);
    }
}

fn note_text(verdict: Verdict, date: Option<NaiveDate>) -> messages::Text {
    match verdict {
        Verdict::Dead => messages::note_death(date),
        Verdict::Undecided => messages::note_death_undecided(),
        Verdict::Nothing => messages::note_not_a_death(),
        Verdict::Revoked => messages::note_death_revoked(),
    }
}

fn verdict_of(compiler: &BarCompiler<'_>, check: &DeathCheck, row: &RegistryRow) -> Verdict {
    let reason = row.text(Column::Reason);
    if reason.trim().is_empty() {
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

/// The day that a row supports: its death date unless that follows the cremation or the registration; else
/// the earlier of those two, which cannot be too early.
fn date_of(compiler: &mut BarCompiler<'_>, check: &DeathCheck, row: &RegistryRow) -> Option<NaiveDate> {
    let bounds: Vec<NaiveDate> =
        check.not_after.iter().filter_map(|&column| compiler.event_day(row, column)).collect();
    let stated = compiler.event_day(row, check.date);
    match stated {
        Some(day) if bounds.iter().any(|bound| day > *bound) => {
            compiler.noticed.note(&row.file, Observation::DeathAfterItsRegistration, row.row);
            bounds.into_iter().min()
        }
        Some(day) => Some(day),
        None => bounds.into_iter().min(),
    }
}

/// What all bars of the rule under this name share.
struct Draft<'a> {
    rule: usize,
    check: &'a DeathCheck,
    form: &'a str,
}

impl Draft<'_> {
    fn first_barred(&self, day: NaiveDate) -> Month {
        match self.check.offset {
            Offset::Same => Month::containing(day),
            Offset::Next => Month::containing(day).next(),
        }
    }

    fn bar(
        &self,
        compiler: &mut BarCompiler<'_>,
        span: Option<MonthSpan>,
        tier: Tier,
        day: Option<NaiveDate>,
        records: &[&Record<'_>],
    ) {
        let dated = records.iter().find(|record| record.date.is_some() && record.date == day);
        let source = dated.or(records.first()).map(|record| source_of(record.row)).unwrap_or_default();
        compiler.bar(Bar {
            rule: self.rule,
            span,
            scope: self.check.returns,
            tier,
            name_form: self.form.to_string(),
            evidence: records.iter().map(|record| record.row.place()).collect(),
            event: Event {
                date: day.map(|day| day.to_string()).unwrap_or_default(),
                source,
                document_no: String::new(),
                day,
            },
            release_unconfirmed: false,
        });
    }

    fn lead(
        &self,
        compiler: &mut BarCompiler<'_>,
        day: Option<NaiveDate>,
        reason: LeadReason,
        records: &[&Record<'_>],
    ) {
        let span = day.map(|day| MonthSpan::from_on(self.first_barred(day)));
        self.bar(compiler, span, Tier::Lead(reason), day, records);
    }

    fn bar_deaths(&self, compiler: &mut BarCompiler<'_>, dead: &[Record<'_>], rows: &PersonRows<'_>) {
        let dated: Vec<&Record<'_>> = dead.iter().filter(|record| record.date.is_some()).collect();
        let days: Vec<NaiveDate> = dated.iter().filter_map(|record| record.date).collect();
        let (Some(&earliest), Some(&latest)) = (days.iter().min(), days.iter().max()) else {
            if !dead.is_empty() {
                self.lead(compiler, None, LeadReason::DeathUndated, &dead.iter().collect::<Vec<_>>());
            }
            return;
        };
        let doubt = if dated.iter().all(|record| record.is_village) {
            Some(LeadReason::VillageReportOnly)
        } else if self.lives_after(compiler, latest, rows) {
            Some(LeadReason::SignOfLife)
        } else {
            None
        };
        if let Some(reason) = doubt {
            self.lead(compiler, Some(earliest), reason, &dated);
            return;
        }
        let (from, certain) = (self.first_barred(earliest), self.first_barred(latest));
        self.bar(compiler, Some(MonthSpan::from_on(certain)), Tier::Established, Some(latest), &dated);
        let between = Some(MonthSpan::new(from, certain));
        self.bar(compiler, between, Tier::Lead(LeadReason::DeathDatesConflict), Some(earliest), &dated);
    }

    /// A revocation removes the bar. A death dated after every revocation is still worth a look.
    fn bar_after_revocation(
        &self,
        compiler: &mut BarCompiler<'_>,
        dead: &[Record<'_>],
        revoked: &[Option<NaiveDate>],
    ) {
        let Some(last) =
            revoked.iter().copied().collect::<Option<Vec<_>>>().and_then(|days| days.into_iter().max())
        else {
            return;
        };
        for record in dead.iter().filter(|record| record.date.is_some_and(|day| day > last)) {
            self.lead(compiler, record.date, LeadReason::DeathAfterRevocation, &[record]);
        }
    }

    fn lives_after(&self, compiler: &mut BarCompiler<'_>, latest: NaiveDate, rows: &PersonRows<'_>) -> bool {
        let signs: &SignsOfLife = &self.check.signs_of_life;
        let mut lives = false;
        for row in &rows.certifications {
            if compiler.event_day(row, signs.certified).is_some_and(|day| day > latest) {
                compiler.note(self.rule, row.place(), messages::note_sign_of_life);
                lives = true;
            }
        }
        for row in &rows.custody {
            let start = compiler.custody_start(row, &signs.custody_first_of, &signs.custody_latest_of);
            if start.is_some_and(|(day, _)| day > latest) {
                compiler.note(self.rule, row.place(), messages::note_sign_of_life);
                lives = true;
            }
        }
        for row in &rows.other_pensions {
            let words = super::pension::scheme_words(row);
            let class = compiler.rulebook.dictionary(&signs.pension_dictionary).class_of(&words);
            let is_own = class.is_some_and(|class| signs.pension_classes.iter().any(|own| own == class));
            let from = compiler.event_month(row, signs.pension_from);
            if is_own && from.is_some_and(|month| month > Month::containing(latest)) {
                compiler.note(self.rule, row.place(), messages::note_sign_of_life);
                lives = true;
            }
        }
        lives
    }
}
