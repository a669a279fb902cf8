//! The one table into which every status registry compiles: bars.
//!
//! Owns the shape of a bar and the reading of event dates. Must not see a payment line.

use chrono::NaiveDate;

use super::{custody, death, pension};
use crate::domain::{CitizenId, Month, MonthSpan};
use crate::ingest::{Column, Observations, RegistryRow, Table};
use crate::messages::{LeadReason, Text};
use crate::rulebook::{Check, Rulebook, Scope};

/// Whether a bar may establish a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Every source that speaks supports it.
    Established,
    /// Anything short of that, with what is missing.
    Lead(LeadReason),
}

/// What happened, for the ledger's columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// The day or month, as `YYYY-MM-DD` or `YYYY-MM`.
    pub date: String,
    /// Who says so.
    pub source: String,
    /// The number of the document that says so.
    pub document_no: String,
    /// The day by which the law is chosen.
    pub day: Option<NaiveDate>,
}

/// In a span of months nothing (of a scope) was due to a person. A bar holds for payment lines under one
/// form of the name; under any other it is a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// The rule, by its position in the rulebook.
    pub rule: usize,
    /// The months; `None` where no month can be told.
    pub span: Option<MonthSpan>,
    /// What is returnable.
    pub scope: Scope,
    /// Claim or lead.
    pub tier: Tier,
    /// The comparison form of the name in the registry rows.
    pub name_form: String,
    /// The rows behind it, as `file#row`, in order.
    pub evidence: Vec<String>,
    /// What happened.
    pub event: Event,
    /// The end of the span rests on an order, not on a report of release.
    pub release_unconfirmed: bool,
}

/// What a rule made of a registry row: for `explain`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The rule, by its position in the rulebook.
    pub rule: usize,
    /// The row, as `file#row`; empty for a conclusion from several.
    pub place: String,
    /// What it means.
    pub text: Text,
}

/// The registry rows of one person.
#[derive(Clone, Debug, Default)]
pub struct PersonRows<'a> {
    /// Death rows.
    pub deaths: Vec<&'a RegistryRow>,
    /// Certifications.
    pub certifications: Vec<&'a RegistryRow>,
    /// Custody rows.
    pub custody: Vec<&'a RegistryRow>,
    /// Other pensions.
    pub other_pensions: Vec<&'a RegistryRow>,
}

impl<'a> PersonRows<'a> {
    /// The forms of the name under which a registry that can bar knows the person.
    fn barring_forms(&self) -> Vec<&'a str> {
        let barring = self.deaths.iter().chain(&self.custody).chain(&self.other_pensions);
        let mut forms: Vec<&str> = barring.map(|row| row.name_form.as_str()).collect();
        forms.sort_unstable();
        forms.dedup();
        forms
    }

    /// The rows under one form of the name.
    fn named(&self, form: &str) -> PersonRows<'a> {
        let keep =
            |rows: &[&'a RegistryRow]| rows.iter().copied().filter(|row| row.name_form == form).collect();
        PersonRows {
            deaths: keep(&self.deaths),
            certifications: keep(&self.certifications),
            custody: keep(&self.custody),
            other_pensions: keep(&self.other_pensions),
        }
    }
}

/// Collects what a person's rows mean. Reading an event date depends on the person's birth and the audit's
/// day.
pub(super) struct BarCompiler<'a> {
    pub(super) rulebook: &'a Rulebook,
    pub(super) as_of: NaiveDate,
    pub(super) id: CitizenId,
    pub(super) noticed: &'a mut Observations,
    pub(super) notes: Option<&'a mut Vec<Note>>,
    pub(super) bars: Vec<Bar>,
}

impl BarCompiler<'_> {
    /// Compiles all bars of the person, for every form of the name that a barring registry uses.
    pub(super) fn compile(mut self, rows: &PersonRows<'_>) -> Vec<Bar> {
        for form in rows.barring_forms() {
            let named = rows.named(form);
            for at in 0..self.rulebook.rules.len() {
                let rulebook = self.rulebook;
                match &rulebook.rules[at].check {
                    Check::Death(check) => death::compile(&mut self, at, check, form, &named),
                    Check::Custody(check) => custody::compile(&mut self, at, check, form, &named.custody),
                    Check::Pension(check) => {
                        pension::compile(&mut self, at, check, form, &named.other_pensions)
                    }
                    Check::Repeated | Check::Exclusive(_) | Check::Absent(_) => {}
                }
            }
        }
        self.bars
    }

    /// An event date of the person; see [`event_day`].
    pub(super) fn event_day(&self, row: &RegistryRow, column: Column) -> Option<NaiveDate> {
        event_day(row, column, self.id, self.as_of)
    }

    /// An event month, by the same rule.
    pub(super) fn event_month(&self, row: &RegistryRow, column: Column) -> Option<Month> {
        let possible =
            MonthSpan::through(Month::containing(self.id.birth_date()), Month::containing(self.as_of));
        row.month(column).filter(|&month| possible.contains(month))
    }

    /// The start of a custody row: the first present of some columns, else the latest of others; and with
    /// it the earliest of those others, if it was needed.
    pub(super) fn custody_start(
        &self,
        row: &RegistryRow,
        first_of: &[Column],
        latest_of: &[Column],
    ) -> Option<(NaiveDate, Option<NaiveDate>)> {
        if let Some(day) = first_of.iter().find_map(|&column| self.event_day(row, column)) {
            return Some((day, None));
        }
        let days: Vec<NaiveDate> =
            latest_of.iter().filter_map(|&column| self.event_day(row, column)).collect();
        let latest = days.iter().max()?;
        Some((*latest, days.iter().min().copied().filter(|earliest| earliest < latest)))
    }

    /// Adds a bar.
    pub(super) fn bar(&mut self, bar: Bar) {
        if bar.span.is_none_or(|span| !span.is_empty()) {
            self.bars.push(bar);
        }
    }

    /// Adds a note for `explain`; the sentence is only made when somebody listens.
    pub(super) fn note(&mut self, rule: usize, place: String, text: impl FnOnce() -> Text) {
        if let Some(notes) = self.notes.as_deref_mut() {
            notes.push(Note { rule, place, text: text() });
        }
    }
}

/// An event date: a stated day that is neither after the audit's day nor before the person's birth. What
/// else is stated is no date; the register has noted it.
pub(super) fn event_day(
    row: &RegistryRow,
    column: Column,
    id: CitizenId,
    as_of: NaiveDate,
) -> Option<NaiveDate> {
    row.date(column).filter(|&day| id.birth_date() <= day && day <= as_of)
}

/// The source of a row: its own word, else the file.
pub(super) fn source_of(row: &RegistryRow) -> String {
    let stated = row.text(Column::Source);
    if stated.is_empty() { row.file.clone() } else { stated.to_string() }
}

/// The table whose rows a bar's check reads.
pub fn bar_table(check: &Check) -> Option<Table> {
    match check {
        Check::Death(_) => Some(Table::Deaths),
        Check::Custody(_) => Some(Table::Custody),
        Check::Pension(_) => Some(Table::OtherPensions),
        Check::Repeated | Check::Exclusive(_) | Check::Absent(_) => None,
    }
}
