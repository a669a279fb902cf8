//! Whether a list, or the rosters, are those of everybody: a check that looks for who is missing says nothing
//! of anybody where too many are.
//!
//! Owns the counting, in one pass over the persons of the rosters. Must not look at a payment line.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::checks::{entitling_months, of_age};
use super::people::roster_months;
use super::sweep::{self, KeyRange, Readings};
use super::{Scratch, read_slices, register};
use crate::ingest::{Column, RegistryRow, RowHead, Table, Tables, unreadable};
use crate::messages::{self, Error, Text};
use crate::project::Project;
use crate::rulebook::{EntitledCheck, Rulebook};

/// How many persons the rosters know, and how many of those on some lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Census<const LISTS: usize> {
    /// Who is paid for a month of the period.
    payees: u64,
    /// Of the persons of each list, who is.
    listed_payees: [u64; LISTS],
    /// Of the persons of each list, of whom there is any line.
    listed: [u64; LISTS],
}

impl<const LISTS: usize> Census<LISTS> {
    const NOBODY: Census<LISTS> = Census { payees: 0, listed_payees: [0; LISTS], listed: [0; LISTS] };

    /// Counts, with the persons of each list given ascending.
    fn of(tables: &Tables, readings: &Readings, lists: [&[u64]; LISTS]) -> Result<Census<LISTS>, Error> {
        let count = |scratch: &mut Scratch, &range: &KeyRange| -> Result<Census<LISTS>, Error> {
            let most = read_slices(tables, scratch, range)?;
            scratch.gather(tables, readings, most);
            let mut census = Census::NOBODY;
            for (key, in_period, ..) in scratch.table.persons() {
                census.payees += u64::from(in_period);
                for (at, list) in lists.iter().enumerate() {
                    let is_listed = list.binary_search(&key).is_ok();
                    census.listed_payees[at] += u64::from(in_period && is_listed);
                    census.listed[at] += u64::from(is_listed);
                }
            }
            Ok(census)
        };
        let ranges = sweep::ranges(tables);
        let counted: Result<Vec<Census<LISTS>>, Error> =
            ranges.par_iter().map_init(Scratch::default, count).collect();
        Ok(counted?.into_iter().fold(Census::NOBODY, Census::and))
    }

    fn and(mut self, other: Census<LISTS>) -> Census<LISTS> {
        self.payees += other.payees;
        for at in 0..LISTS {
            self.listed_payees[at] += other.listed_payees[at];
            self.listed[at] += other.listed[at];
        }
        self
    }
}

/// Whether of so many persons more than one in `one_in` is not known, or nobody is.
fn lacks_more_than(all: u64, known: u64, one_in: u32) -> bool {
    known == 0 || (all - known) * u64::from(one_in) > all
}

/// Why a list that should hold every payee is not that list, if it is not.
pub(super) fn list_of_some(
    tables: &Tables,
    readings: &Readings,
    table: Table,
    one_in: u32,
) -> Result<Option<Text>, Error> {
    let census = Census::of(tables, readings, [&persons_of(tables, &[table])?])?;
    let (payees, [known]) = (census.payees, census.listed_payees);
    let lacks = lacks_more_than(payees, known, one_in);
    Ok(lacks.then(|| messages::coverage_list_of_some(known, payees, one_in)))
}

/// Why the rosters are not those of everybody, if they lack too many who seem entitled. Who stands in a list
/// that may say why nothing is paid is not missing.
pub(super) fn rosters_of_some(
    check: &EntitledCheck,
    rulebook: &Rulebook,
    tables: &Tables,
    project: &Project,
    readings: &Readings,
) -> Result<Option<Text>, Error> {
    let entitled = entitled(check, rulebook, tables, project)?;
    let mut excused = persons_of(tables, &[Table::Deaths, Table::Custody, Table::OtherPensions])?;
    excused.retain(|key| entitled.binary_search(key).is_ok());
    let [known, known_excused] = Census::of(tables, readings, [&entitled, &excused])?.listed;
    let all = entitled.len() as u64 - (excused.len() as u64 - known_excused);
    let lacks = all > 0 && lacks_more_than(all, known, check.lacks_one_in);
    Ok(lacks.then(|| messages::coverage_rosters_of_some(all, known, check.lacks_one_in)))
}

/// The participants who seem entitled, ascending.
fn entitled(
    check: &EntitledCheck,
    rulebook: &Rulebook,
    tables: &Tables,
    project: &Project,
) -> Result<Vec<u64>, Error> {
    let paid_months = roster_months(tables, project.period);
    let mut found = BTreeSet::new();
    for registry in tables.registry(Table::Participants) {
        let mut take = |row: RegistryRow| {
            let Ok(id) = row.id else { return };
            let is_due = || {
                let due = of_age(check, id, project.period);
                due.months().any(|month| paid_months.contains(&month))
            };
            let entitles = entitling_months(check, rulebook, &row).is_some();
            let is_known = register::is_known(&row, project.as_of);
            if entitles && is_known && is_due() {
                found.insert(id.key().0);
            }
        };
        let read = registry.usable_rows(&mut take);
        read.map_err(|why| unreadable(&registry.facts().control.file, &why))?;
    }
    Ok(found.into_iter().collect())
}

/// The persons whom some tables know, each once, ascending.
fn persons_of(tables: &Tables, wanted: &[Table]) -> Result<Vec<u64>, Error> {
    let mut persons = Vec::new();
    let mut buffer = Vec::new();
    for registry in wanted.iter().flat_map(|&table| tables.registry(table)) {
        let mut take = |head: RowHead| persons.push(head.key);
        let read = registry.heads(0, u64::MAX, &mut buffer, &mut take);
        read.map_err(|why| unreadable(&registry.facts().control.file, &why))?;
    }
    persons.sort_unstable();
    persons.dedup();
    Ok(persons)
}

/// By roster, whether it lacks a column.
pub(super) fn rosters_without(tables: &Tables, column: Column) -> Vec<bool> {
    tables.rosters().iter().map(|roster| !roster.facts().has(column)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_knows_nobody_lacks_many_whatever_the_bound() {
        for (all, known, one_in, lacks) in [
            (5, 4, 5, false),
            (4, 3, 5, true),
            (1_000, 800, 5, false),
            (1_000, 799, 5, true),
            (0, 0, 5, true),
            (3, 0, 1, true),
            (3, 1, 1, false),
        ] {
            assert_eq!(lacks_more_than(all, known, one_in), lacks, "{known} of {all}, one in {one_in}");
        }
    }
}
