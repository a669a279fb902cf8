//! Whether a list, or the rosters, are those of everybody: a check that looks for who is missing says nothing
//! of anybody where too many are.
//!
//! Owns the counting, in one pass over the persons of the rosters. Must not look at a payment line.

use rayon::prelude::*;

use super::checks::{entitling_months, months_needed, of_age};
use super::people::roster_months;
use super::sweep::{self, KeyRange, Readings};
use super::{Scratch, read_slices, register};
use crate::ingest::{Column, RowHead, StoredRow, Table, Tables, unreadable};
use crate::messages::{self, Error, Text};
use crate::project::Project;
use crate::rulebook::{EntitledCheck, Rulebook};

/// How many there should be, and how many of them there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Census {
    all: u64,
    known: u64,
}

impl Census {
    fn add(&mut self, is_known: bool) {
        self.all += 1;
        self.known += u64::from(is_known);
    }

    /// Whether more than one in `one_in` is not known, or nobody is.
    fn lacks_more_than(self, one_in: u32) -> bool {
        self.known == 0 || (self.all - self.known) * u64::from(one_in) > self.all
    }
}

/// Counts range by range, when the persons of a range stand in the table.
fn count(
    tables: &Tables,
    readings: &Readings,
    count_range: impl Fn(&mut Scratch, KeyRange) -> Result<Census, Error> + Sync,
) -> Result<Census, Error> {
    let count = |scratch: &mut Scratch, &range: &KeyRange| {
        let most = read_slices(tables, scratch, range)?;
        scratch.gather(tables, readings, most);
        count_range(scratch, range)
    };
    let ranges = sweep::ranges(tables);
    let counted: Result<Vec<Census>, Error> = ranges.par_iter().map_init(Scratch::default, count).collect();
    Ok(counted?.into_iter().fold(Census::default(), |all, next| Census {
        all: all.all + next.all,
        known: all.known + next.known,
    }))
}

/// Why a list that should hold every payee is not that list, if it is not.
pub(super) fn list_of_some(
    tables: &Tables,
    readings: &Readings,
    table: Table,
    one_in: u32,
) -> Result<Option<Text>, Error> {
    let census = count(tables, readings, |scratch, range| {
        let listed = persons_of(tables, &[table], range)?;
        let mut census = Census::default();
        for (key, ..) in scratch.table.persons().filter(|(_, _, [in_period, ..])| *in_period) {
            census.add(listed.binary_search(&key).is_ok());
        }
        Ok(census)
    })?;
    let lacks = census.lacks_more_than(one_in);
    Ok(lacks.then(|| messages::coverage_list_of_some(census.known, census.all, one_in)))
}

/// Why the rosters are not those of everybody, if they lack too many who seem entitled. Of whom another list
/// may say why nothing is paid, nobody is missing.
pub(super) fn rosters_of_some(
    check: &EntitledCheck,
    rulebook: &Rulebook,
    tables: &Tables,
    project: &Project,
    readings: &Readings,
) -> Result<Option<Text>, Error> {
    let paid_months = roster_months(tables, project.period);
    let needed =
        |row: &StoredRow<'_>| months_needed(check, (rulebook, &project.region, project.as_of), row.id);
    let is_entitled = |row: &StoredRow<'_>| {
        let due = of_age(check, (rulebook, &project.region), row.id, project.period);
        due.months().any(|month| paid_months.contains(&month))
            && register::is_known(row, project.as_of)
            && entitling_months(check, rulebook, needed(row), row).is_some()
    };
    let census = count(tables, readings, |scratch, range| {
        let mut entitled = Vec::new();
        for registry in tables.registry(Table::Participants) {
            let take = &mut |row: StoredRow<'_>| entitled.extend(is_entitled(&row).then(|| row.id.key().0));
            let read = registry.stored_rows(range.0, range.1, take);
            read.map_err(|why| unreadable(&registry.facts().control.file, &why))?;
        }
        entitled.sort_unstable();
        entitled.dedup();
        let excused = persons_of(tables, &[Table::Deaths, Table::Custody, Table::OtherPensions], range)?;
        let mut census = Census::default();
        for key in entitled {
            let is_paid = scratch.table.place_of(key).is_some();
            if is_paid || excused.binary_search(&key).is_err() {
                census.add(is_paid);
            }
        }
        Ok(census)
    })?;
    let lacks = census.all > 0 && census.lacks_more_than(check.lacks_one_in);
    Ok(lacks.then(|| messages::coverage_rosters_of_some(census.all, census.known, check.lacks_one_in)))
}

/// The persons of a range whom some tables know, each once, ascending.
fn persons_of(tables: &Tables, wanted: &[Table], (from, until): KeyRange) -> Result<Vec<u64>, Error> {
    let mut persons = Vec::new();
    let mut buffer = Vec::new();
    for registry in wanted.iter().flat_map(|&table| tables.registry(table)) {
        let mut take = |head: RowHead| persons.push(head.key);
        let read = registry.heads(from, until, &mut buffer, &mut take);
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
            assert_eq!(
                Census { all, known }.lacks_more_than(one_in),
                lacks,
                "{known} of {all}, one in {one_in}"
            );
        }
    }
}
