//! The one table into which every status registry compiles: bars.
//!
//! Owns the shape of a bar and the reading of event dates. Must not see a payment line.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::{CitizenId, Month, MonthSpan};
use crate::ingest::{Column, Observations, RegistryRow, Table};
use crate::messages::{LeadReason, Observation, Text};
use crate::rulebook::{Check, Returns, Rulebook, Scope, StartMonth};

/// Rows, as `file#row`. All lines that the same rows speak of share them.
pub type Evidence = Arc<[String]>;

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

/// In a span of months nothing (of a scope) was due to a person, as payment lines under one form of
/// the name see it: what rows under another name say is never more than a lead for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// The rule, by its position in the rulebook.
    pub rule: usize,
    /// The months.
    pub span: MonthSpan,
    /// Nobody knows which of these months it is: they only bound it.
    pub is_unknown: bool,
    /// What is returnable.
    pub scope: Scope,
    /// Claim or lead.
    pub tier: Tier,
    /// The comparison form of the name on the lines for which the bar holds.
    pub name_form: String,
    /// The rows behind it, as `file#row`, in order.
    pub evidence: Evidence,
    /// What happened.
    pub event: Arc<Event>,
    /// The end of the span rests on an order, not on a report of release.
    pub release_unconfirmed: bool,
    /// For an unknown bar: the months of which other rows speak, so that it says nothing there.
    pub settled: Vec<MonthSpan>,
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
    /// Rows of the lists that other rules read.
    pub others: BTreeMap<Table, Vec<&'a RegistryRow>>,
}

impl<'a> PersonRows<'a> {
    /// Whether any registry that can bar knows the person; `listed` are the lists that some rule bars by.
    pub(super) fn can_bar(&self, listed: &[Table]) -> bool {
        let is_listed = listed.iter().any(|&table| !self.of(table).is_empty());
        is_listed || !(self.deaths.is_empty() && self.custody.is_empty() && self.other_pensions.is_empty())
    }

    /// The rows of a registry.
    pub(super) fn of(&self, table: Table) -> &[&'a RegistryRow] {
        match table {
            Table::Deaths => &self.deaths,
            Table::Certifications => &self.certifications,
            Table::Custody => &self.custody,
            Table::OtherPensions => &self.other_pensions,
            _ => self.others.get(&table).map_or(&[], Vec::as_slice),
        }
    }

    /// The forms of the name in the registries that can bar.
    pub(super) fn forms(&self) -> impl Iterator<Item = String> {
        let barring = self.deaths.iter().chain(&self.custody).chain(&self.other_pensions);
        barring.chain(self.others.values().flatten()).map(|row| row.name_form.clone())
    }
}

/// Rows parted by whether their name agrees with the form that a payment line uses. An empty name
/// never agrees.
pub(super) struct Parted<'a> {
    pub(super) agreeing: Vec<&'a RegistryRow>,
    pub(super) others: Vec<&'a RegistryRow>,
}

/// Parts rows by a form of the name.
pub(super) fn part<'a>(rows: &[&'a RegistryRow], form: &str) -> Parted<'a> {
    let (agreeing, others) = rows.iter().copied().partition(|row| !form.is_empty() && row.name_form == form);
    Parted { agreeing, others }
}

/// Collects what a person's rows mean. Reading an event date depends on the person's birth and the audit's
/// day.
pub(super) struct BarCompiler<'a> {
    pub(super) rulebook: &'a Rulebook,
    pub(super) region: &'a str,
    pub(super) as_of: NaiveDate,
    pub(super) id: CitizenId,
    pub(super) noticed: &'a mut Observations,
    pub(super) notes: Option<&'a mut Vec<Note>>,
    pub(super) bars: Vec<Bar>,
    /// Rows are read again for every form of the name; what is odd about them is noticed once.
    pub(super) is_first_form: bool,
}

impl BarCompiler<'_> {
    /// An event date of the person; see [`event_day`].
    pub(super) fn event_day(&self, row: &RegistryRow, column: Column) -> Option<NaiveDate> {
        event_day(row, column, self.id, self.as_of)
    }

    /// The first month of a benefit: a stated month that is not before the person's birth. It may lie
    /// after the audit's day: what begins later bars nothing yet.
    pub(super) fn event_month(&self, row: &RegistryRow, column: Column) -> Option<Month> {
        row.month(column).filter(|&month| month >= Month::containing(self.id.birth_date()))
    }

    /// The widest span that an event without a start may cover.
    pub(super) fn possible_until(&self, until: Month) -> MonthSpan {
        MonthSpan::new(Month::containing(self.id.birth_date()), until)
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

    /// The month from which an event bars payment in the audited region.
    pub(super) fn start(&self, start: &StartMonth, day: NaiveDate) -> Month {
        self.rulebook.start(start, self.region, day)
    }

    /// What a rule returns in the audited region; nothing where nobody could say.
    pub(super) fn returned(&self, returns: &Returns) -> Scope {
        self.rulebook.returned(returns, self.region, self.as_of).unwrap_or(Scope::NONE)
    }

    /// Notes something odd about a row.
    pub(super) fn observe(&mut self, row: &RegistryRow, observation: Observation) {
        if self.is_first_form {
            self.noticed.note(&row.file, observation, row.row);
        }
    }

    /// Adds a bar.
    pub(super) fn bar(&mut self, bar: Bar) {
        if !bar.span.is_empty() {
            self.bars.push(bar);
        }
    }

    /// Adds a note for `explain`; the sentence is only made when somebody listens.
    pub(super) fn note(&mut self, rule: usize, place: String, text: impl FnOnce() -> Text) {
        if let Some(notes) = self.notes.as_deref_mut()
            && self.is_first_form
        {
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

/// The order in which rows that say the same speak for all of them: by what they say, so that their order in
/// the files does not show; a row that names its source comes first.
pub(super) fn speaking_order(row: &RegistryRow) -> (bool, &str, &str, &str, u32) {
    let source = row.text(Column::Source);
    (source.is_empty(), source, row.text(Column::JudgmentNo), &row.file, row.row)
}

/// The source of a row: its own word, else the file.
pub(super) fn source_of(row: &RegistryRow) -> String {
    let stated = row.text(Column::Source);
    if stated.is_empty() { row.file.to_string() } else { stated.to_string() }
}

/// The table whose rows a bar's check reads.
pub fn bar_table(check: &Check) -> Option<Table> {
    match check {
        Check::Death(_) => Some(Table::Deaths),
        Check::Custody(_) => Some(Table::Custody),
        Check::Pension(_) => Some(Table::OtherPensions),
        Check::Listed(check) => Some(check.table),
        _ => None,
    }
}

/// The words by which a row is classified: the scheme and the benefit together.
pub(super) fn scheme_words(row: &RegistryRow) -> String {
    format!("{} {}", row.text(Column::Scheme), row.text(Column::Benefit))
}
