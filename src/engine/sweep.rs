//! One pass over all payment lines that finds whom a rule has to look at.
//!
//! Owns the choice. Lines stand sorted by person in runs; the keys are cut into ranges, and in each range
//! a small table gathers what the persons' profiles say. Nearly everybody is paid once for each month and
//! stands in no registry that bars payment: of them nothing but the key is ever read. Whoever may be hit is
//! looked at line by line, so the choice may be too wide but never too narrow. Must not judge.

use std::collections::BTreeMap;

use super::age;
use super::bars::bar_table;
use super::netting::{LineKind, LineState, read_kind, read_state};
use crate::domain::{CitizenId, Month, MonthSpan, PersonKey};
use crate::ingest::{
    CellType, ClassFacts, Column, Observations, Roster, Run, Table, Tables, UNLISTED, Window, is_end,
};
use crate::messages::Observation;
use crate::rulebook::{Check, Rulebook};

/// A range of keys, from the first up to but not including the second.
pub(super) type KeyRange = (u64, u64);

/// How many blocks of persons a range holds at least: the table of a range should fit into the processor's
/// cache.
const LEAST_BLOCKS: usize = 64;
/// How many blocks of each run a range holds at least: the blocks at its ends are read for two ranges.
const BLOCKS_OF_RUN: usize = 3;

/// For how many persons the table is asked together.
const TOGETHER: usize = 16;

/// Cuts all keys into ranges of about the same number of persons.
pub(super) fn ranges(tables: &Tables) -> Vec<KeyRange> {
    let runs = || tables.rosters().iter().flat_map(Roster::runs);
    let blocks = LEAST_BLOCKS.max(BLOCKS_OF_RUN * runs().count());
    let mut fences: Vec<u64> = runs().flat_map(Roster::fences).collect();
    fences.sort_unstable();
    let mut cuts: Vec<u64> = fences.into_iter().step_by(blocks).skip(1).collect();
    cuts.dedup();
    let starts = std::iter::once(0).chain(cuts.iter().copied().filter(|&cut| cut > 0));
    let ends = cuts.iter().copied().filter(|&cut| cut > 0).chain([u64::MAX]);
    starts.zip(ends).collect()
}

/// A set of months, as bits of their numbers modulo 128: two months more than ten years apart may share a
/// bit, which only widens the choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MonthBits(u128);

impl MonthBits {
    /// No month.
    pub(super) const NONE: MonthBits = MonthBits(0);

    pub(super) fn of(span: MonthSpan) -> MonthBits {
        let length = i64::from(span.until.0) - i64::from(span.from.0);
        match u32::try_from(length) {
            Err(_) if length <= 0 => MonthBits(0),
            Ok(0) => MonthBits(0),
            Ok(length @ 1..128) => {
                MonthBits(((1u128 << length) - 1).rotate_left(span.from.0.rem_euclid(128) as u32))
            }
            _ => MonthBits(u128::MAX),
        }
    }

    pub(super) fn meets(self, other: MonthBits) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn add(&mut self, other: MonthBits) {
        self.0 |= other.0;
    }
}

/// How far the windows of a registry's rows hold under the rules that read it. A window begins with the
/// earliest of all days of its row: a rule that does not read all of them may see a row without a day, which
/// speaks of any month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WindowTrust {
    from: bool,
    until: bool,
}

impl WindowTrust {
    /// A window as far as it holds.
    pub(super) fn widen(self, window: Window) -> Window {
        Window {
            from: if self.from { window.from } else { Window::WHOLE.from },
            until: if self.until { window.until } else { Window::WHOLE.until },
            ..window
        }
    }
}

/// The registries that bar payment under the rules.
pub(super) fn bar_tables(rulebook: &Rulebook) -> Vec<(Table, WindowTrust)> {
    let mut tables: BTreeMap<Table, WindowTrust> = BTreeMap::new();
    for rule in &rulebook.rules {
        let Some(table) = bar_table(&rule.check) else { continue };
        let trust = match &rule.check {
            Check::Death(check) => {
                let read = |column: &Column| *column == check.date || check.not_after.contains(column);
                WindowTrust { from: start_columns(table).all(|column| read(&column)), until: true }
            }
            Check::Custody(check) => {
                let read =
                    |column: &Column| check.first_of.contains(column) || check.latest_of.contains(column);
                let reads_ends = check.released == Column::ReleasedOn && check.term_end == Column::TermTo;
                let reads_no_end_as_start =
                    check.first_of.iter().chain(&check.latest_of).all(|&c| !is_end(c));
                WindowTrust {
                    from: start_columns(table).all(|column| read(&column)) && reads_no_end_as_start,
                    until: reads_ends && reads_no_end_as_start,
                }
            }
            Check::Listed(_) => WindowTrust { from: false, until: false },
            _ => WindowTrust { from: true, until: true },
        };
        let known = tables.entry(table).or_insert(trust);
        *known = WindowTrust { from: known.from && trust.from, until: known.until && trust.until };
    }
    tables.into_iter().collect()
}

/// The columns of a table that say when something began.
fn start_columns(table: Table) -> impl Iterator<Item = Column> {
    let is_day = |column: &Column| {
        matches!(column.cell_type(), CellType::Date | CellType::Month) && *column != Column::BirthDate
    };
    table.columns().filter(move |column| is_day(column) && !is_end(*column))
}

/// What a profile of lines says before anybody looks at the lines.
#[derive(Clone, Copy, Debug, Default)]
struct Reading {
    /// Months for which a normal line was paid.
    normal: MonthBits,
    /// Months for which anything was paid.
    paid: MonthBits,
    flags: u8,
}

/// A line of the person lies in the audited period.
const IN_PERIOD: u8 = 1;
/// The person is looked at line by line.
const CHOSEN: u8 = 2;
/// The participants' list knows the person.
const KNOWN: u8 = 4;
/// A certification of late is known.
const CERTIFIED: u8 = 8;

/// What the classes of one roster say.
struct ClassReading {
    months: MonthSpan,
    kind: LineKind,
    is_paid: bool,
    /// Something that only the line itself can tell.
    is_odd: bool,
    in_period: bool,
}

/// The readings of all profiles, by roster and run.
pub(super) struct Readings {
    by_run: Vec<Vec<Vec<Reading>>>,
    /// By roster and class, whether such a line is of arrears.
    arrears: Vec<Vec<bool>>,
    /// Every month of which a line speaks.
    months: MonthSpan,
}

impl Readings {
    /// Reads the classes of every roster by the rulebook, and notes what they say as a whole.
    pub(super) fn new(
        tables: &Tables,
        rulebook: &Rulebook,
        period: MonthSpan,
        noticed: &mut Observations,
    ) -> Readings {
        let (mut by_run, mut arrears) = (Vec::new(), Vec::new());
        let (mut first, mut until) = (Month::OPEN, Month(i32::MIN));
        for roster in tables.rosters() {
            let file = &roster.facts().control.file;
            let classes: Vec<ClassReading> =
                roster.classes().iter().map(|facts| read_class(facts, rulebook, period)).collect();
            for facts in roster.classes() {
                note_class(file, facts, rulebook, period, noticed);
                first = first.min(facts.class.months.from);
                until = until.max(facts.class.months.until);
            }
            by_run.push(roster.runs().iter().map(|run| read_run(run, &classes)).collect());
            arrears.push(classes.iter().map(|class| class.kind == LineKind::Arrears).collect());
        }
        Readings { by_run, arrears, months: MonthSpan::new(first, until) }
    }

    /// Whether a line of a class is of arrears. Who has lines of no class is looked at in any case.
    pub(super) fn is_arrears(&self, roster: usize, class: u16) -> bool {
        self.arrears[roster].get(usize::from(class)).is_some_and(|&is_arrears| is_arrears)
    }
}

fn read_class(facts: &ClassFacts, rulebook: &Rulebook, period: MonthSpan) -> ClassReading {
    let class = &facts.class;
    let (kind, _) = read_kind(rulebook, &class.line_kind);
    let is_undoing = matches!(kind, LineKind::Reversal | LineKind::Returned);
    let is_paid = is_undoing || read_state(rulebook, &class.pay_status) != LineState::NotPaid;
    let is_plain = matches!(kind, LineKind::Normal | LineKind::Arrears) && !class.is_negative;
    ClassReading {
        months: class.months,
        kind,
        is_paid,
        is_odd: is_paid && !is_plain,
        in_period: !class.months.intersect(period).is_empty(),
    }
}

/// Notes what a line's class alone says, for all lines of the class.
fn note_class(
    file: &str,
    facts: &ClassFacts,
    rulebook: &Rulebook,
    period: MonthSpan,
    noticed: &mut Observations,
) {
    let class = &facts.class;
    for observation in observations(rulebook, period, class.months, &class.line_kind, &class.pay_status) {
        noticed.add_many(file, observation, facts.lines, &facts.rows);
    }
}

/// What is noticed about a line by its months, kind and state.
pub(super) fn observations(
    rulebook: &Rulebook,
    period: MonthSpan,
    months: MonthSpan,
    line_kind: &str,
    pay_status: &str,
) -> Vec<Observation> {
    let mut noticed = Vec::new();
    if months.intersect(period).is_empty() {
        noticed.push(Observation::OutsidePeriod);
    }
    let (kind, is_known) = read_kind(rulebook, line_kind);
    // Whether a reversal or a returned line was itself "paid" is not asked: it undoes what it matches.
    if !matches!(kind, LineKind::Reversal | LineKind::Returned) {
        match read_state(rulebook, pay_status) {
            LineState::NotPaid => {
                noticed.push(Observation::NotPaid);
                return noticed;
            }
            LineState::Unknown => {
                noticed.push(Observation::UnknownPayStatus(crate::domain::mask_number_text(pay_status)));
            }
            LineState::Paid => {}
        }
    }
    if !is_known {
        noticed.push(Observation::UnknownLineKind(crate::domain::mask_number_text(line_kind)));
    }
    noticed
}

fn read_run(run: &Run, classes: &[ClassReading]) -> Vec<Reading> {
    let read = |profile: &Vec<u16>| {
        let mut reading = Reading::default();
        for &class in profile {
            let Some(class) = classes.get(usize::from(class)) else {
                reading.flags |= CHOSEN;
                continue;
            };
            let months = MonthBits::of(class.months);
            if class.in_period {
                reading.flags |= IN_PERIOD;
            }
            if class.is_odd {
                reading.flags |= CHOSEN;
            }
            if !class.is_paid {
                continue;
            }
            if class.kind == LineKind::Normal && class.months.len() == 1 {
                if reading.normal.meets(months) {
                    reading.flags |= CHOSEN;
                }
                reading.normal.0 |= months.0;
            }
            reading.paid.0 |= months.0;
        }
        reading
    };
    run.profiles.iter().map(read).collect()
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    normal: MonthBits,
    paid: MonthBits,
    key: u64,
    flags: u8,
}

/// The persons of one range. The key 0 stands for an empty slot: no ID number is all zeros.
#[derive(Debug, Default)]
pub(super) struct PersonTable {
    slots: Vec<Slot>,
    count: usize,
}

impl PersonTable {
    /// Empties the table and makes room.
    pub(super) fn reset(&mut self, persons: usize) {
        let size = (persons * 2).next_power_of_two().max(64);
        self.slots.clear();
        self.slots.resize(size, Slot::default());
        self.count = 0;
    }

    fn place(&self, key: u64) -> usize {
        // Fibonacci hashing: keys of one range differ in their low digits.
        let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (hash >> (64 - self.slots.len().trailing_zeros())) as usize
    }

    fn find(&self, key: u64) -> usize {
        let mut at = self.place(key);
        while self.slots[at].key != key && self.slots[at].key != 0 {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    /// How many places for persons there are.
    pub(super) fn places(&self) -> usize {
        self.slots.len()
    }

    /// The place of a person.
    pub(super) fn place_of(&self, key: u64) -> Option<usize> {
        Some(self.find(key)).filter(|&at| self.slots[at].key == key)
    }

    fn grow(&mut self) {
        let old = std::mem::take(&mut self.slots);
        self.slots.resize(old.len() * 2, Slot::default());
        for slot in old.into_iter().filter(|slot| slot.key != 0) {
            let at = self.find(slot.key);
            self.slots[at] = slot;
        }
    }

    /// Adds what a run says of its persons.
    pub(super) fn add(
        &mut self,
        readings: &Readings,
        roster: usize,
        run: usize,
        keys: &[u64],
        profiles: &[u16],
    ) {
        let readings = &readings.by_run[roster][run];
        for (keys, profiles) in keys.chunks(TOGETHER).zip(profiles.chunks(TOGETHER)) {
            // The slots stand all over the table: waiting for a group of them takes as long as for one.
            let touched = keys.iter().fold(0, |all, &key| {
                let slot = &self.slots[self.place(key)];
                all ^ slot.key ^ slot.normal.0 as u64
            });
            std::hint::black_box(touched);
            for (&key, &profile) in keys.iter().zip(profiles) {
                let reading = match readings.get(usize::from(profile)) {
                    Some(reading) => *reading,
                    None => {
                        debug_assert_eq!(profile, UNLISTED);
                        Reading { flags: CHOSEN, ..Reading::default() }
                    }
                };
                self.add_person(key, &reading);
            }
        }
    }

    fn add_person(&mut self, key: u64, reading: &Reading) {
        let at = self.find(key);
        let slot = &mut self.slots[at];
        if slot.key == 0 {
            *slot = Slot { normal: reading.normal, paid: reading.paid, key, flags: reading.flags };
            self.count += 1;
            if self.count * 4 > self.slots.len() * 3 {
                self.grow();
            }
            return;
        }
        if slot.normal.meets(reading.normal) {
            slot.flags |= CHOSEN;
        }
        slot.normal.0 |= reading.normal.0;
        slot.paid.0 |= reading.paid.0;
        slot.flags |= reading.flags;
    }

    /// Chooses a person of whom a row of a registry speaks, if it may speak of a month that was paid.
    pub(super) fn bar(&mut self, readings: &Readings, as_of: Month, key: u64, window: Window) {
        let at = self.find(key);
        let slot = &mut self.slots[at];
        if slot.key == 0 || slot.flags & CHOSEN != 0 {
            return;
        }
        let span = MonthSpan {
            from: window.from.max(readings.months.from),
            until: window.until.min(readings.months.until),
        };
        // An event of the audit's month may lie after the audit's day and then is no date.
        if window.latest >= as_of || slot.paid.meets(MonthBits::of(span)) {
            slot.flags |= CHOSEN;
        }
    }

    /// Chooses everybody who was paid for a month before an age.
    pub(super) fn choose_young(&mut self, readings: &Readings, years: u32) {
        for slot in self.slots.iter_mut().filter(|slot| slot.key != 0 && slot.flags & CHOSEN == 0) {
            let id = CitizenId::from_key(PersonKey(slot.key));
            let Some(due) = id.and_then(|id| age::first_due(id, years)) else {
                slot.flags |= CHOSEN;
                continue;
            };
            let young = MonthSpan { from: readings.months.from, until: due.min(readings.months.until) };
            if slot.paid.meets(MonthBits::of(young)) {
                slot.flags |= CHOSEN;
            }
        }
    }

    /// Chooses everybody who was paid for a month from an age on.
    pub(super) fn choose_old(&mut self, readings: &Readings, years: u32) {
        for slot in self.slots.iter_mut().filter(|slot| slot.key != 0 && slot.flags & CHOSEN == 0) {
            let id = CitizenId::from_key(PersonKey(slot.key));
            let Some(old) = id.and_then(|id| age::first_due(id, years)) else { continue };
            if slot.paid.meets(MonthBits::of(MonthSpan { from: old, until: readings.months.until })) {
                slot.flags |= CHOSEN;
            }
        }
    }

    /// Notes that a person was certified of late.
    pub(super) fn certify(&mut self, key: u64) {
        let at = self.find(key);
        if self.slots[at].key != 0 {
            self.slots[at].flags |= CERTIFIED;
        }
    }

    /// Chooses everybody of the period who was not.
    pub(super) fn choose_uncertified(&mut self) {
        for slot in self.slots.iter_mut().filter(|slot| slot.flags & (IN_PERIOD | CERTIFIED) == IN_PERIOD) {
            slot.flags |= CHOSEN;
        }
    }

    /// Notes that the participants' list knows a person.
    pub(super) fn know(&mut self, key: u64) {
        let at = self.find(key);
        if self.slots[at].key != 0 {
            self.slots[at].flags |= KNOWN;
        }
    }

    /// Chooses a person.
    pub(super) fn choose(&mut self, place: usize) {
        self.slots[place].flags |= CHOSEN;
    }

    /// The persons, each with its place, whether a line lies in the period, whether it is chosen, and whether
    /// it is known.
    pub(super) fn persons(&self) -> impl Iterator<Item = (u64, usize, [bool; 3])> + '_ {
        self.slots.iter().enumerate().filter(|(_, slot)| slot.key != 0).map(|(place, slot)| {
            (slot.key, place, [IN_PERIOD, CHOSEN, KNOWN].map(|flag| slot.flags & flag != 0))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_bits() {
        let bits =
            |from: i32, until: i32| MonthBits::of(MonthSpan { from: Month(from), until: Month(until) });
        for (from, length) in [(0, 1), (5, 12), (120, 20), (24_276, 127)] {
            let span = bits(from, from + length);
            for month in from - 200..from + 200 {
                let inside = (from - 400..from + length + 400)
                    .any(|other| (other - month) % 128 == 0 && (from..from + length).contains(&other));
                assert_eq!(span.meets(bits(month, month + 1)), inside, "{from} {length} {month}");
            }
        }
        assert_eq!(bits(7, 7).0, 0);
        assert_eq!(bits(9, 7).0, 0);
        assert_eq!(bits(0, 128).0, u128::MAX);
        assert_eq!(MonthBits::of(MonthSpan::from_on(Month(3))).0, u128::MAX);
        assert_eq!(MonthBits::of(MonthSpan { from: Month(i32::MIN), until: Month::OPEN }).0, u128::MAX);
    }
}
