//! Everything that was read, in its canonical form.
//!
//! Owns the access to it: what an input says as a whole is at hand, its lines and rows are read when somebody
//! asks for them.

use std::collections::BTreeMap;
use std::io;

use chrono::NaiveDate;

use super::quality::{Control, Observations, Reject};
use super::registry::RegistryRow;
use super::roster::UnusableLine;
use super::schema::{Column, Table};
use super::store::{Entry, Registry, Roster, StoredRejects};
use crate::domain::{Month, MonthSpan};
use crate::messages::{self, Error, Observation, Text};

/// An input file and the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputHash {
    /// The table.
    pub table: Table,
    /// The path relative to the project.
    pub path: String,
    /// The SHA-256 of the bytes, in hex.
    pub sha256: String,
}

/// An input that was refused while the others were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its place among the files of the project.
    pub position: usize,
    /// Whether it was read all the same: it is refused beside another.
    pub is_read: bool,
    /// The table.
    pub table: Table,
    /// The path relative to the project.
    pub file: String,
    /// Why.
    pub error: Error,
}

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Tables {
    rosters: Vec<Roster>,
    /// By table, in the order of files. A table that audit.toml does not name is absent.
    registries: BTreeMap<Table, Vec<Registry>>,
    /// Rows and money in, kept and rejected, by file.
    pub controls: Vec<Control>,
    /// What was noticed.
    pub noticed: Observations,
    /// The inputs and their SHA-256, by table and path.
    pub inputs: Vec<InputHash>,
    /// The inputs that were refused, if reading went on nevertheless.
    pub refused: Vec<Refused>,
    /// How many bytes the canonical form has.
    pub stored_bytes: u64,
    /// How many rows the files have that were read anew and did not come from the cache.
    pub read_rows: u64,
    /// How many bytes these files have.
    pub read_bytes: u64,
    /// Why the cache did not serve, if it was asked to and did not.
    pub cache_problem: Option<Text>,
}

impl Tables {
    pub(super) fn push(&mut self, entry: Entry) {
        let facts = entry.facts();
        let (table, file) = (facts.control.table, facts.control.file.clone());
        self.controls.push(facts.control.clone());
        self.noticed.add(&file, &facts.noticed);
        self.stored_bytes += entry.size();
        match entry {
            Entry::Roster(roster) => self.rosters.push(roster),
            Entry::Registry(registry) => self.registries.entry(table).or_default().push(registry),
        }
    }

    /// Whether the project has a table.
    pub fn has(&self, table: Table) -> bool {
        match table {
            Table::Payments => !self.rosters.is_empty(),
            _ => self.registries.contains_key(&table),
        }
    }

    /// The payment rosters, in the order of files.
    pub(crate) fn rosters(&self) -> &[Roster] {
        &self.rosters
    }

    /// The files of a registry; empty where the project has none.
    pub(crate) fn registry(&self, table: Table) -> &[Registry] {
        self.registries.get(&table).map_or(&[], Vec::as_slice)
    }

    /// The registries of the project.
    pub(crate) fn registry_tables(&self) -> impl Iterator<Item = Table> + '_ {
        self.registries.keys().copied()
    }

    /// All rows of a table, in the order of file and row.
    ///
    /// # Errors
    /// When what was stored cannot be read again.
    pub fn rows(&self, table: Table) -> Result<Vec<RegistryRow>, Error> {
        let mut rows = Vec::new();
        for registry in self.registry(table) {
            let first = rows.len();
            let name = &registry.facts().control.file;
            registry.usable_rows(&mut |row| rows.push(row)).map_err(|why| unreadable(name, &why))?;
            registry.unusable(&mut |row| rows.push(row)).map_err(|why| unreadable(name, &why))?;
            rows[first..].sort_by_key(|row| row.row);
        }
        Ok(rows)
    }

    /// How many rows of a table were kept, and how many of them have a usable ID number.
    pub fn row_counts(&self, table: Table) -> (u64, u64) {
        let kept = self.controls.iter().filter(|control| control.table == table).map(|control| control.kept);
        let usable = match table {
            Table::Payments => self.rosters.iter().map(Roster::usable_lines).sum(),
            _ => self.registry(table).iter().map(|registry| registry.registry().usable).sum(),
        };
        (kept.sum(), usable)
    }

    /// How often something was noticed in the files of a table.
    pub(crate) fn noticed_count(&self, table: Table, wanted: &Observation) -> u64 {
        let rosters = self.rosters.iter().filter(|_| table == Table::Payments).map(Roster::facts);
        let facts = rosters.chain(self.registry(table).iter().map(Registry::facts));
        let counts = facts.flat_map(|facts| facts.noticed.iter());
        counts.filter(|(observation, _)| *observation == wanted).map(|(_, noticed)| noticed.count).sum()
    }

    /// The newest day of payment.
    pub fn newest_paid(&self) -> Option<NaiveDate> {
        self.rosters.iter().filter_map(Roster::newest_paid).max()
    }

    /// How many lines of a payment file there are for each benefit month.
    pub fn months_of(&self, file: &str) -> BTreeMap<Month, u64> {
        let mut months = BTreeMap::new();
        let rosters = self.rosters.iter().filter(|roster| roster.facts().control.file == file);
        for class in rosters.flat_map(Roster::classes) {
            for month in class.class.months.months() {
                *months.entry(month).or_default() += class.lines;
            }
        }
        months
    }

    /// The latest day of each column of a registry's file.
    pub fn latest_days_of(&self, table: Table, file: &str) -> Vec<(Column, NaiveDate)> {
        let own = |registry: &&Registry| registry.facts().control.file == file;
        let registries = self.registry(table).iter().filter(own);
        registries.flat_map(|registry| registry.registry().latest.iter().copied()).collect()
    }

    /// The first and the last benefit month of all payment lines.
    pub fn benefit_months(&self) -> Option<MonthSpan> {
        let classes = || self.rosters.iter().flat_map(Roster::classes).filter(|class| class.lines > 0);
        let first = classes().map(|class| class.class.months.from).min()?;
        let last = classes().map(|class| class.class.months.last()).max()?;
        Some(MonthSpan::through(first, last))
    }

    /// The area code (the first six digits) with which most payees' numbers begin, as a sample of them says.
    pub fn usual_area(&self) -> Option<u64> {
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        let keys = self.rosters.iter().flat_map(|roster| roster.runs().iter().flat_map(Roster::fences));
        keys.for_each(|key| *counts.entry(key / 100_000_000_000).or_default() += 1);
        let most = counts.iter().max_by_key(|(area, count)| (**count, std::cmp::Reverse(**area)))?;
        Some(*most.0)
    }

    /// The latest day in each column of each file of a registry.
    pub fn latest_days(&self, table: Table) -> impl Iterator<Item = (Column, NaiveDate)> + '_ {
        self.registry(table).iter().flat_map(|registry| registry.registry().latest.iter().copied())
    }

    /// Takes every payment line without a usable ID number, in the order of file and row, with its file.
    ///
    /// # Errors
    /// When what was stored cannot be read again.
    pub fn unusable_lines(&self, take: &mut dyn FnMut(&str, UnusableLine)) -> Result<(), Error> {
        for roster in &self.rosters {
            let file = &roster.facts().control.file;
            roster.unusable(&mut |line| take(file, line)).map_err(|why| unreadable(file, &why))?;
        }
        Ok(())
    }

    /// Takes every row of a registry without a usable ID number.
    ///
    /// # Errors
    /// When what was stored cannot be read again.
    pub fn unusable_rows(&self, table: Table, take: &mut dyn FnMut(RegistryRow)) -> Result<(), Error> {
        for registry in self.registry(table) {
            let name = &registry.facts().control.file;
            registry.unusable(take).map_err(|why| unreadable(name, &why))?;
        }
        Ok(())
    }

    /// How many rows were rejected.
    pub fn reject_count(&self) -> u64 {
        self.controls.iter().map(|control| control.rejected).sum()
    }

    /// Every rejected row, by file, sheet and row, read as they are asked for; after an error comes nothing
    /// of use.
    pub fn rejects(&self) -> impl Iterator<Item = Result<Reject, Error>> + '_ {
        told(self.by_file(Roster::rejects, Registry::rejects))
    }

    /// Every cell of a kept row that is to be corrected, by file, sheet and row, read like the rejected rows.
    pub fn corrections(&self) -> impl Iterator<Item = Result<Reject, Error>> + '_ {
        told(self.by_file(Roster::corrections, Registry::corrections))
    }

    /// Finds out whether every rejected row and every cell to be corrected can be read again.
    ///
    /// # Errors
    /// When what was stored cannot be read again.
    pub fn check_rejects(&self) -> Result<(), Error> {
        let corrections = self.by_file(Roster::corrections, Registry::corrections);
        let rejects = self.by_file(Roster::rejects, Registry::rejects);
        for (file, parts) in rejects.into_iter().chain(corrections) {
            parts.into_iter().try_for_each(StoredRejects::check).map_err(|why| unreadable(file, &why))?;
        }
        Ok(())
    }

    /// The rejected rows of each input, or its cells to be corrected, by file: two sheets of a workbook are
    /// two inputs.
    fn by_file<'a>(
        &'a self,
        of_roster: fn(&'a Roster) -> StoredRejects<'a>,
        of_registry: fn(&'a Registry) -> StoredRejects<'a>,
    ) -> ByFile<'a> {
        let rosters = self.rosters.iter().map(|roster| (roster.facts(), of_roster(roster)));
        let registries = self.registries.values().flatten();
        let registries = registries.map(|registry| (registry.facts(), of_registry(registry)));
        let mut by_file = ByFile::new();
        for (facts, rejects) in rosters.chain(registries) {
            by_file.entry(&facts.control.file).or_default().push(rejects);
        }
        by_file
    }
}

/// What is stored of the parts of each file.
type ByFile<'a> = BTreeMap<&'a str, Vec<StoredRejects<'a>>>;

/// The rows of all files, one after the other.
fn told(by_file: ByFile<'_>) -> impl Iterator<Item = Result<Reject, Error>> {
    by_file.into_iter().flat_map(|(file, parts)| {
        in_order(parts).map(move |reject| reject.map_err(|why| unreadable(file, &why)))
    })
}

/// The rows of all parts, each of which is in order itself. An error comes before any row.
fn in_order(parts: Vec<StoredRejects<'_>>) -> impl Iterator<Item = io::Result<Reject>> {
    let mut parts: Vec<_> = parts.into_iter().map(Iterator::peekable).collect();
    std::iter::from_fn(move || {
        let heads = parts.iter_mut().enumerate();
        let heads = heads.filter_map(|(at, part)| Some((part.peek()?.as_ref().ok(), at)));
        let (_, at) = heads.min()?;
        parts[at].next()
    })
}

/// What was stored cannot be read again, whatever the reason: it is made anew.
pub(crate) fn unreadable(shown: &str, _why: &io::Error) -> Error {
    messages::store_damaged(shown)
}
