//! Rows whose ID number is damaged, missing or replaced: whom they may be of.
//!
//! Owns the search for pairs of a payee and a registry row, and the order in which it stays within memory:
//! damaged rows are indexed by the numbers that they may have been, by the digits that are left and by birth
//! date, and every payee asks that index once. Nothing is read where every number is usable. Must not decide:
//! what comes of a pair is never more than a lead.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use rayon::prelude::*;

use super::sweep::{self, KeyRange};
use super::{Engine, Scratch, register};
use crate::domain::{CitizenId, PersonKey};
use crate::identity::{Agreement, Aliases, Damage, Grade, Likeness, NameVariants, Possible, PossibleNumbers};
use crate::ingest::{Column, Observations, Payments, RegistryRow, RowHead, Table, Tables, unreadable};
use crate::messages::{Error, Observation};
use crate::rulebook::{Rulebook, SEX_DICTIONARY};

/// The registries whose rows are searched for: those that can bar payment.
pub(super) const SEARCHED: [Table; 3] = [Table::Deaths, Table::Custody, Table::OtherPensions];

/// The registries that bar nothing but know the right numbers of payees.
const KNOWING: [Table; 2] = [Table::Participants, Table::Certifications];

/// A cell that does not say whose row it stands in, and what else the row says of the person.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) read: PossibleNumbers,
    /// The birth date as digits, by a column of its own.
    birth: Option<u32>,
    is_male: Option<bool>,
    pub(super) name: String,
    area: Area,
}

impl Cell {
    fn of_row(rulebook: &Rulebook, row: &RegistryRow, read: PossibleNumbers) -> Cell {
        Cell {
            read,
            birth: row.date(Column::BirthDate).map(digits_of),
            is_male: is_male(rulebook, row.text(Column::Sex)),
            name: row.name.clone(),
            area: Area::of_row(row),
        }
    }
}

fn is_male(rulebook: &Rulebook, sex: &str) -> Option<bool> {
    rulebook.dictionary(SEX_DICTIONARY).class_of(sex).map(|class| class == "male")
}

/// A row whose own number does not say whose it is.
#[derive(Clone, Debug)]
pub(super) struct LooseRow {
    pub(super) table: Table,
    pub(super) row: RegistryRow,
    pub(super) cell: Cell,
}

impl LooseRow {
    /// A row without a usable number.
    pub(super) fn damaged(rulebook: &Rulebook, table: Table, row: RegistryRow, as_of: NaiveDate) -> LooseRow {
        let cell = Cell::of_row(rulebook, &row, PossibleNumbers::of(&row.id_text, as_of));
        LooseRow { table, row, cell }
    }

    /// A row of a usable number that may be of other numbers as well.
    fn proposing(rulebook: &Rulebook, table: Table, row: RegistryRow, numbers: Vec<Possible>) -> LooseRow {
        let read = PossibleNumbers { numbers, ..PossibleNumbers::default() };
        LooseRow { cell: Cell::of_row(rulebook, &row, read), table, row }
    }
}

/// Lines without a usable number that carry the same cell and name.
#[derive(Clone, Debug)]
pub(super) struct LoosePayee {
    pub(super) id_text: String,
    /// The first of the lines: its file and row.
    first: (String, u32),
    /// The same as `file#row`.
    pub(super) place: String,
    /// How many lines there are.
    pub(super) lines: usize,
    pub(super) cell: Cell,
}

/// A day as the digits of year, month and day.
fn digits_of(day: NaiveDate) -> u32 {
    day.year() as u32 * 10_000 + day.month() * 100 + day.day()
}

/// Where somebody lives, as written.
#[derive(Clone, Debug, Default)]
struct Area {
    township: String,
    village: String,
}

impl Area {
    fn of_row(row: &RegistryRow) -> Area {
        let text = |column| row.text(column).to_string();
        Area { township: text(Column::Township), village: text(Column::Village) }
    }

    fn of_line(payments: &Payments, line: usize) -> Area {
        let words = payments.words[line];
        let text = |number| payments.strings.text(number).to_string();
        Area { township: text(words.township), village: text(words.village) }
    }

    fn compare(&self, other: &Area) -> Agreement {
        match Agreement::of_places(&self.village, &other.village) {
            Agreement::Unknown => {
                let whole = |area: &Area| format!("{}{}", area.township, area.village);
                Agreement::of_places(&whole(self), &whole(other))
            }
            known => known,
        }
    }
}

/// Somebody with a usable number.
struct Person<'a> {
    id: CitizenId,
    name: &'a str,
    area: Area,
}

impl<'a> Person<'a> {
    fn of_row(row: &'a RegistryRow, id: CitizenId) -> Person<'a> {
        Person { id, name: &row.name, area: Area::of_row(row) }
    }

    /// Compares the person with a damaged cell; `None` where it is not worth telling.
    fn compare(&self, names: &NameVariants, cell: &Cell, damage: Damage) -> Option<(Likeness, Grade)> {
        let born = Some(digits_of(self.id.birth_date()));
        let stated =
            if damage == Damage::SamePlaceAndBirth { cell.birth.or(cell.read.birth) } else { cell.birth };
        let likeness = Likeness {
            damage,
            name: names.compare(self.name, &cell.name),
            birth: Agreement::of(born, stated),
            sex: Agreement::of(Some(self.id.is_male()), cell.is_male),
            place: self.area.compare(&cell.area),
            is_ambiguous: false,
        };
        likeness.grade().map(|grade| (likeness, grade))
    }
}

/// Who is asked for in the index of damaged cells.
pub(super) struct Index {
    by_number: Vec<(u64, u32, Damage)>,
    by_fifteen: Vec<(u64, u32)>,
    /// By birth date: the first 14 digits of the cell, or none where the cell holds no number.
    by_birth: Vec<(u32, u32, Option<u64>)>,
    /// The numbers, their first digits and the birth dates, by which nearly everybody is told apart.
    known: Marks,
}

/// A set that may hold more than was put in, but never less.
#[derive(Default)]
struct Marks(Vec<u64>);

/// How many bits a set of marks has for each thing that was put in.
const BITS_OF_MARK: usize = 16;

impl Marks {
    fn of(things: impl Iterator<Item = u64> + Clone) -> Marks {
        let bits = (things.clone().count() * BITS_OF_MARK).next_power_of_two().max(64);
        let mut marks = Marks(vec![0; bits / 64]);
        for thing in things {
            let at = marks.place(thing);
            marks.0[at / 64] |= 1 << (at % 64);
        }
        marks
    }

    fn place(&self, thing: u64) -> usize {
        let hash = thing.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (hash >> 32) as usize & (self.0.len() * 64 - 1)
    }

    fn may_have(&self, thing: u64) -> bool {
        let at = self.place(thing);
        self.0[at / 64] & 1 << (at % 64) != 0
    }
}

impl Index {
    fn of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Index {
        let (by_number, by_fifteen, by_birth) = (Vec::new(), Vec::new(), Vec::new());
        let mut index = Index { by_number, by_fifteen, by_birth, known: Marks::default() };
        for (at, Cell { read, birth, .. }) in cells.enumerate() {
            let at = at as u32;
            let numbers = read.numbers.iter();
            index.by_number.extend(numbers.map(|possible| (possible.key.0, at, possible.damage)));
            index.by_fifteen.extend(read.first_fifteen.map(|digits| (digits, at)));
            if read.is_absent {
                index.by_birth.extend(birth.map(|birth| (birth, at, None)));
            } else if let (Some(birth), Some(digits)) = (read.birth, read.first_fourteen) {
                index.by_birth.push((birth, at, Some(digits)));
            }
        }
        index.by_number.sort_unstable();
        index.by_fifteen.sort_unstable();
        index.by_birth.sort_unstable();
        let numbers = index.by_number.iter().map(|entry| entry.0);
        let fifteen = index.by_fifteen.iter().map(|entry| entry.0);
        let births = index.by_birth.iter().map(|entry| u64::from(entry.0));
        index.known = Marks::of(numbers.chain(fifteen).chain(births));
        index
    }

    /// Whether any cell may have been a number: false for nearly everybody.
    fn may_know(&self, key: u64) -> bool {
        [key, key / 100, key / 1000 % 100_000_000].into_iter().any(|thing| self.known.may_have(thing))
    }

    /// The cells that may have been a number, each once with its least damage, ascending.
    pub(super) fn of_number(&self, key: u64) -> BTreeMap<u32, Damage> {
        let mut found: BTreeMap<u32, Damage> = BTreeMap::new();
        let mut take = |at: u32, damage: Damage| {
            let known = found.entry(at).or_insert(damage);
            *known = damage.min(*known);
        };
        if !self.may_know(key) {
            return found;
        }
        let fifteen = key / 100;
        let birth = (key / 1000 % 100_000_000) as u32;
        equal(&self.by_number, |entry| entry.0.cmp(&key)).iter().for_each(|entry| take(entry.1, entry.2));
        equal(&self.by_fifteen, |entry| entry.0.cmp(&fifteen))
            .iter()
            .for_each(|entry| take(entry.1, Damage::Truncated));
        for &(_, at, fourteen) in equal(&self.by_birth, |entry| entry.0.cmp(&birth)) {
            match fourteen {
                None => take(at, Damage::Absent),
                Some(digits) if digits == key / 1000 => take(at, Damage::SamePlaceAndBirth),
                Some(_) => {}
            }
        }
        found
    }

    /// The cells that propose nobody by a number, by their digits or by a birth date, because too many others
    /// say the same.
    fn crowded(&self) -> BTreeSet<u32> {
        let by_number = self.by_number.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > MOST_ALIKE);
        let by_fifteen = self.by_fifteen.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > MOST_ALIKE);
        let by_birth = self.by_birth.chunk_by(|a, b| a.0 == b.0).filter(|alike| alike.len() > MOST_ALIKE);
        let numbers = by_number.flatten().map(|entry| entry.1);
        let fifteen = by_fifteen.flatten().map(|entry| entry.1);
        numbers.chain(fifteen).chain(by_birth.flatten().map(|entry| entry.1)).collect()
    }

    /// Tells which of the rows of this index stand in a crowd.
    pub(super) fn note_crowded_rows<'r>(
        &self,
        row: impl Fn(usize) -> &'r RegistryRow,
        noticed: &mut Observations,
    ) {
        for at in self.crowded() {
            let row = row(at as usize);
            noticed.note(&row.file, Observation::CellsAlike, row.row);
        }
    }
}

/// More cells than this that say the same say nothing of anybody: a birth date that stands for "unknown", a
/// number that somebody typed in for want of the right one.
const MOST_ALIKE: usize = 1_000;

/// The entries of a sorted list that compare as equal; none where they are too many to mean anybody.
fn equal<T>(list: &[T], compare: impl Fn(&T) -> std::cmp::Ordering) -> &[T] {
    let start = list.partition_point(|entry| compare(entry).is_lt());
    let count = list[start..].partition_point(|entry| compare(entry).is_eq());
    if count > MOST_ALIKE { &[] } else { &list[start..start + count] }
}

impl Index {
    /// An index of damaged rows.
    pub(super) fn of_rows(rows: &[LooseRow]) -> Index {
        Index::of(rows.iter().map(|row| &row.cell))
    }

    fn of_payees(payees: &[LoosePayee]) -> Index {
        Index::of(payees.iter().map(|payee| &payee.cell))
    }
}

/// All that is damaged.
pub(super) struct Loose {
    pub(super) rows: Vec<LooseRow>,
    pub(super) payees: Vec<LoosePayee>,
    pub(super) aliases: Aliases,
}

/// Whose payments a registry row may speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PayeeSide {
    /// A payee with a usable number.
    Known(PersonKey),
    /// Damaged lines, by their place in the list, under a number that they may have had.
    Loose(u32, PersonKey),
}

/// Which row may speak of a payee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RowSide {
    /// The rows under the payee's number, which is usable on this side.
    Known(Table),
    /// A damaged row, by its place in the list.
    Loose(u32),
    /// Payment lines with a damaged number, by their place in the list.
    Payee(u32),
}

/// Two rows that may be of one person.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) payee: PayeeSide,
    pub(super) row: RowSide,
    pub(super) likeness: Likeness,
    pub(super) told: Match,
}

/// Two rows that may be of one person, as they are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The table of the row.
    pub table: Table,
    /// The row, as `file#row`.
    pub place: String,
    /// Its ID cell as written.
    pub id_text: String,
    /// Its name as written.
    pub name: String,
    /// The first of the payee's lines (or the grant), as `file#row`.
    pub payee_place: String,
    /// The ID cell of the payee.
    pub payee_id_text: String,
    /// The name of the payee.
    pub payee_name: String,
    /// The number that both may have.
    pub id: CitizenId,
    /// How strongly they point at one person.
    pub grade: Grade,
    /// What each field says.
    pub likeness: Likeness,
}

impl Engine<'_> {
    /// Gathers what is damaged.
    pub(super) fn read_loose(&self, noticed: &mut Observations) -> Result<Loose, Error> {
        let mut loose = Loose::read(self.tables, self.rulebook, self.as_of, noticed)?;
        let cut = self.cut_payees()?;
        if cut.is_empty() {
            return Ok(loose);
        }
        let proposes = |key: u64| cut.binary_search_by_key(&(key / 100), |cut| cut / 100).ok();
        for table in SEARCHED {
            for registry in self.tables.registry(table) {
                let failed = |why| unreadable(&registry.facts().control.file, &why);
                let mut keys = Vec::new();
                let ask = &mut |head: RowHead| keys.extend(proposes(head.key).map(|_| head.key));
                registry.heads(0, u64::MAX, &mut Vec::new(), ask).map_err(failed)?;
                keys.sort_unstable();
                keys.dedup();
                let take = &mut |row: RegistryRow| {
                    let at = row.id.ok().and_then(|id| proposes(id.key().0));
                    if let (Some(at), true) = (at, register::is_known(&row, self.as_of)) {
                        let possible = Possible { key: PersonKey(cut[at]), damage: Damage::Truncated };
                        loose.rows.push(LooseRow::proposing(self.rulebook, table, row, vec![possible]));
                    }
                };
                registry.rows_of(&keys, take).map_err(failed)?;
            }
        }
        Ok(loose)
    }

    /// The numbers of payees that a spreadsheet may have cut although they are usable, ascending.
    fn cut_payees(&self) -> Result<Vec<u64>, Error> {
        if !self.may_be_cut.contains(&true) {
            return Ok(Vec::new());
        }
        let mut cut = Vec::new();
        let mut scratch = Scratch::default();
        for range in sweep::ranges(self.tables) {
            self.read_slices(&mut scratch, range)?;
            for slice in &scratch.slices {
                let keys = slice.persons.keys[slice.inside()].iter().copied();
                cut.extend(keys.filter(|&key| {
                    key.is_multiple_of(100)
                        && CitizenId::from_key(PersonKey(key)).is_some_and(CitizenId::ends_in_zeros)
                }));
            }
        }
        cut.sort_unstable();
        cut.dedup();
        Ok(cut)
    }
}

impl Loose {
    /// Gathers what is damaged or was replaced.
    fn read(
        tables: &Tables,
        rulebook: &Rulebook,
        as_of: NaiveDate,
        noticed: &mut Observations,
    ) -> Result<Loose, Error> {
        let aliases = read_aliases(tables, as_of, noticed)?;
        let mut rows = Vec::new();
        for table in SEARCHED {
            for registry in tables.registry(table) {
                let name = &registry.facts().control.file;
                let failed = |why| unreadable(name, &why);
                let is_known = |row: &RegistryRow| register::is_known(row, as_of);
                let damaged = &mut |row: RegistryRow| {
                    if is_known(&row) {
                        rows.push(LooseRow::damaged(rulebook, table, row, as_of));
                    }
                };
                registry.unusable(damaged).map_err(failed)?;
                if registry.registry().zero_ended > 0 {
                    let cut = &mut |row: RegistryRow| {
                        if is_known(&row) && row.id.is_ok_and(CitizenId::ends_in_zeros) {
                            rows.push(LooseRow::damaged(rulebook, table, row, as_of));
                        }
                    };
                    registry.usable_rows(cut).map_err(failed)?;
                }
                let numbers: Vec<u64> = aliases.numbers().map(|number| number.0).collect();
                let replaced = &mut |row: RegistryRow| {
                    if let (Ok(id), true) = (row.id, is_known(&row)) {
                        let other = |key| Possible { key, damage: Damage::Replaced };
                        let others = aliases.others(id.key()).map(other).collect();
                        rows.push(LooseRow::proposing(rulebook, table, row, others));
                    }
                };
                registry.rows_of(&numbers, replaced).map_err(failed)?;
            }
        }
        rows.sort_by(|a, b| (a.table, &a.row.file, a.row.row).cmp(&(b.table, &b.row.file, b.row.row)));
        Ok(Loose { rows, payees: read_payees(tables, rulebook, as_of)?, aliases })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.payees.is_empty() && self.aliases.is_empty()
    }
}

/// The damaged payees, by cell and name.
fn read_payees(tables: &Tables, rulebook: &Rulebook, as_of: NaiveDate) -> Result<Vec<LoosePayee>, Error> {
    let mut payees: BTreeMap<(String, String), LoosePayee> = BTreeMap::new();
    tables.unusable_lines(&mut |file, line| {
        let [.., township, village, _] = &line.words;
        let new = || LoosePayee {
            id_text: line.id_text.clone(),
            first: (file.to_string(), line.row),
            place: format!("{file}#{}", line.row),
            lines: 0,
            cell: Cell {
                read: PossibleNumbers::of(&line.id_text, as_of),
                birth: line.birth_date.map(digits_of),
                is_male: is_male(rulebook, &line.sex),
                name: line.name().to_string(),
                area: Area { township: township.clone(), village: village.clone() },
            },
        };
        payees.entry((line.id_text.clone(), line.name().to_string())).or_insert_with(new).lines += 1;
    })?;
    Ok(payees.into_values().collect())
}

/// Reads the numbers that were replaced, and notes what is odd about them.
pub(super) fn read_aliases(
    tables: &Tables,
    as_of: NaiveDate,
    noticed: &mut Observations,
) -> Result<Aliases, Error> {
    let rows = tables.rows(Table::IdAliases)?;
    let (mut pairs, mut places) = (Vec::new(), Vec::new());
    for row in &rows {
        // A replacement of which nobody knows yet has replaced nothing.
        if row.date(Column::ChangedOn).is_some_and(|day| day > as_of) {
            noticed.note(&row.file, Observation::RowNotYetKnown, row.row);
            continue;
        }
        let old = CitizenId::read(row.text(Column::OldIdNumber), as_of).usable();
        match (old, row.id) {
            (Some(old), Ok(new)) => {
                pairs.push((old.key(), new.key()));
                places.push(row);
            }
            _ => noticed.note(&row.file, Observation::AliasUnusable, row.row),
        }
    }
    let (aliases, problems) = Aliases::of(&pairs);
    for (at, problem) in problems {
        noticed.note(&places[at].file, Observation::AliasOdd(problem), places[at].row);
    }
    Ok(aliases)
}

impl Engine<'_> {
    /// Finds every pair of a payee and a row that may be of one person.
    pub(super) fn find_pairs(&self, loose: &Loose, noticed: &mut Observations) -> Result<Vec<Pair>, Error> {
        let mut pairs = Vec::new();
        let indexes = (Index::of_rows(&loose.rows), Index::of_payees(&loose.payees));
        indexes.0.note_crowded_rows(|at| &loose.rows[at].row, noticed);
        for at in indexes.1.crowded() {
            let (file, row) = &loose.payees[at as usize].first;
            noticed.note(file, Observation::CellsAlike, *row);
        }
        if !loose.rows.is_empty() || !loose.payees.is_empty() {
            let ranges = sweep::ranges(self.tables);
            let found: Vec<Result<Vec<Pair>, Error>> = ranges
                .par_iter()
                .map_init(Scratch::default, |scratch, &range| self.pairs_in(scratch, range, loose, &indexes))
                .collect();
            for found in found {
                pairs.extend(found?);
            }
        }
        if !loose.payees.is_empty() {
            self.find_rows_of_payees(loose, &indexes.1, &mut pairs)?;
            find_damaged_twins(&self.rulebook.name_variants, loose, &indexes.0, &mut pairs);
        }
        pairs.sort_by_key(|pair| (pair.payee, pair.row));
        tell_ambiguity(&mut pairs);
        Ok(pairs)
    }

    /// The pairs of the payees of a range.
    fn pairs_in(
        &self,
        scratch: &mut Scratch,
        range: KeyRange,
        loose: &Loose,
        (rows, payees): &(Index, Index),
    ) -> Result<Vec<Pair>, Error> {
        self.read_slices(scratch, range)?;
        let mut asked: BTreeMap<u64, Vec<(RowSide, Damage)>> = BTreeMap::new();
        for slice in &scratch.slices {
            for &key in &slice.persons.keys[slice.inside()] {
                if !(rows.may_know(key) || payees.may_know(key)) || asked.contains_key(&key) {
                    continue;
                }
                // A row of a usable number is no proposal for that number.
                let is_own = |at: &u32| loose.rows[*at as usize].row.id.is_ok_and(|id| id.key().0 == key);
                let of_rows = rows.of_number(key).into_iter().filter(|(at, _)| !is_own(at));
                let of_rows = of_rows.map(|(at, damage)| (RowSide::Loose(at), damage));
                let of_payees =
                    payees.of_number(key).into_iter().map(|(at, damage)| (RowSide::Payee(at), damage));
                let found: Vec<(RowSide, Damage)> = of_rows.chain(of_payees).collect();
                if !found.is_empty() {
                    asked.insert(key, found);
                }
            }
        }
        let keys: Vec<u64> = asked.keys().copied().collect();
        self.read_lines_of(scratch, &keys, &mut Observations::default())?;
        let payments = &scratch.payments;
        let mut pairs = Vec::new();
        for lines in scratch.order.chunk_by(|&a, &b| payments.key[a] == payments.key[b]) {
            let key = PersonKey(payments.key[lines[0]]);
            let (Some(id), Some(found)) = (CitizenId::from_key(key), asked.get(&key.0)) else { continue };
            for &(row, damage) in found {
                let Some(side) = loose.side(row) else { continue };
                if let Some((line, how)) = self.pair_of_lines(id, payments, lines, side.cell, damage) {
                    let payee = (payments.place(line), id.text(), payments.name(line).to_string());
                    pairs.push(Pair::new(PayeeSide::Known(key), row, id, how, side.told, payee));
                }
            }
        }
        Ok(pairs)
    }

    /// The line of a person that is the most like a row, and how.
    fn pair_of_lines(
        &self,
        id: CitizenId,
        payments: &Payments,
        lines: &[usize],
        cell: &Cell,
        damage: Damage,
    ) -> Option<(usize, (Likeness, Grade))> {
        let mut seen: Vec<(u32, u32, u32)> = Vec::new();
        let mut best: Option<(Grade, Likeness, usize)> = None;
        for &line in lines {
            let words = payments.words[line];
            let identity = (words.name, words.township, words.village);
            if seen.contains(&identity) {
                continue;
            }
            seen.push(identity);
            let person = Person { id, name: payments.name(line), area: Area::of_line(payments, line) };
            if let Some((likeness, grade)) = person.compare(&self.rulebook.name_variants, cell, damage) {
                let found = (grade, likeness, line);
                best = Some(best.map_or(found, |known| known.min(found)));
            }
        }
        best.map(|(grade, likeness, line)| (line, (likeness, grade)))
    }

    /// The pairs of damaged payment lines and registry rows of usable numbers.
    fn find_rows_of_payees(&self, loose: &Loose, index: &Index, pairs: &mut Vec<Pair>) -> Result<(), Error> {
        for table in SEARCHED.into_iter().chain(KNOWING) {
            for registry in self.tables.registry(table) {
                let failed = |why| unreadable(&registry.facts().control.file, &why);
                let (mut keys, mut last) = (Vec::new(), None);
                let ask = &mut |head: RowHead| {
                    if last != Some(head.key) && !index.of_number(head.key).is_empty() {
                        keys.push(head.key);
                    }
                    last = Some(head.key);
                };
                registry.heads(0, u64::MAX, &mut Vec::new(), ask).map_err(failed)?;
                keys.sort_unstable();
                keys.dedup();
                let take = &mut |row: RegistryRow| {
                    let Ok(id) = row.id else { return };
                    if !register::is_known(&row, self.as_of) {
                        return;
                    }
                    for (at, damage) in index.of_number(id.key().0) {
                        let LoosePayee { cell, place, id_text, .. } = &loose.payees[at as usize];
                        let person = Person::of_row(&row, id);
                        if let Some(how) = person.compare(&self.rulebook.name_variants, cell, damage) {
                            let payee = (place.clone(), id_text.clone(), cell.name.clone());
                            let (side, told) = (PayeeSide::Loose(at, id.key()), Told::of(table, &row));
                            pairs.push(Pair::new(side, RowSide::Known(table), id, how, told, payee));
                        }
                    }
                };
                registry.rows_of(&keys, take).map_err(failed)?;
            }
        }
        Ok(())
    }
}

/// The pairs of damaged payment lines and damaged rows that may have been one number.
fn find_damaged_twins(names: &NameVariants, loose: &Loose, index: &Index, pairs: &mut Vec<Pair>) {
    for (number, payee) in loose.payees.iter().enumerate() {
        // By row, the number that takes the least damage on both sides.
        let mut best: BTreeMap<u32, (Damage, Damage, PersonKey)> = BTreeMap::new();
        for possible in &payee.cell.read.numbers {
            for (at, damage) in index.of_number(possible.key.0) {
                let worse = damage.max(possible.damage);
                let found = (worse, damage.min(possible.damage), possible.key);
                let known = best.entry(at).or_insert(found);
                *known = found.min(*known);
            }
        }
        for (at, (damage, _, key)) in best {
            let Some(id) = CitizenId::from_key(key) else { continue };
            let LoosePayee { cell, place, id_text, .. } = payee;
            let LooseRow { table, row, cell: other } = &loose.rows[at as usize];
            let person = Person { id, name: &cell.name, area: cell.area.clone() };
            if let Some(how) = person.compare(names, other, damage) {
                let payee = (place.clone(), id_text.clone(), cell.name.clone());
                let side = PayeeSide::Loose(number as u32, key);
                pairs.push(Pair::new(side, RowSide::Loose(at), id, how, Told::of(*table, row), payee));
            }
        }
    }
}

/// Which of some damaged rows, with their index, may be of the persons of other rows, with the number that
/// both may have.
pub(super) fn damaged_of<'r>(
    names: &NameVariants,
    rows: &'r [RegistryRow],
    (damaged, index): (&[LooseRow], &Index),
) -> Vec<(&'r RegistryRow, usize, CitizenId, (Likeness, Grade))> {
    let mut found = Vec::new();
    for row in rows {
        let Ok(id) = row.id else { continue };
        let person = Person::of_row(row, id);
        for (at, damage) in index.of_number(id.key().0) {
            let at = at as usize;
            found.extend(person.compare(names, &damaged[at].cell, damage).map(|how| (row, at, id, how)));
        }
    }
    found
}

/// How a row is told.
struct Told {
    table: Table,
    place: String,
    id_text: String,
    name: String,
}

impl Told {
    fn of(table: Table, row: &RegistryRow) -> Told {
        Told { table, place: row.place(), id_text: row.id_text.clone(), name: row.name.clone() }
    }
}

/// The damaged side of a pair.
struct Side<'a> {
    cell: &'a Cell,
    told: Told,
}

impl Loose {
    fn side(&self, row: RowSide) -> Option<Side<'_>> {
        match row {
            RowSide::Known(_) => None,
            RowSide::Loose(at) => {
                let LooseRow { table, row, cell } = &self.rows[at as usize];
                Some(Side { cell, told: Told::of(*table, row) })
            }
            RowSide::Payee(at) => {
                let LoosePayee { id_text, place, cell, .. } = &self.payees[at as usize];
                let (id_text, name) = (id_text.clone(), cell.name.clone());
                Some(Side {
                    cell,
                    told: Told { table: Table::Payments, place: place.clone(), id_text, name },
                })
            }
        }
    }
}

impl Pair {
    fn new(
        payee: PayeeSide,
        row: RowSide,
        id: CitizenId,
        (likeness, grade): (Likeness, Grade),
        told: Told,
        (payee_place, payee_id_text, payee_name): (String, String, String),
    ) -> Pair {
        let Told { table, place, id_text, name } = told;
        let told = Match {
            table,
            place,
            id_text,
            name,
            payee_place,
            payee_id_text,
            payee_name,
            id,
            grade,
            likeness,
        };
        Pair { payee, row, likeness, told }
    }
}

/// Tells of every row that may be of several persons, and of every damaged payee who may be several.
fn tell_ambiguity(pairs: &mut [Pair]) {
    // By damaged row, the first person and whether there is another one.
    let mut persons: BTreeMap<String, (CitizenId, bool)> = BTreeMap::new();
    let damaged = |pair: &Pair| match (pair.row, pair.payee) {
        (RowSide::Loose(_) | RowSide::Payee(_), _) => pair.told.place.clone(),
        (RowSide::Known(_), _) => pair.told.payee_place.clone(),
    };
    for pair in pairs.iter() {
        let (first, is_several) = persons.entry(damaged(pair)).or_insert((pair.told.id, false));
        *is_several |= *first != pair.told.id;
    }
    for pair in pairs {
        pair.likeness.is_ambiguous = persons[&damaged(pair)].1;
        pair.told.likeness = pair.likeness;
    }
}
