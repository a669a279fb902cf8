//! Lines under several numbers, or under a damaged one, held together as if they were one person's.
//!
//! Owns which lines are held together and what was paid twice among them, beyond what is claimed of them
//! already. Numbers are read many at a time, in their order. Must not claim anything: all of it is leads.

use std::collections::{BTreeMap, BTreeSet};

use super::bars::{Evidence, PersonRows};
use super::lines::LineVerdict;
use super::matched::{as_leads, claimed_by};
use super::matching::{Loose, Pair, PayeeSide, RowSide};
use super::netting::LineWords;
use super::sweep;
use super::{Engine, PersonVerdict, RangeOutcome, Scratch, person_rows, union_of_evidence};
use crate::domain::PersonKey;
use crate::identity::{Agreement, Damage, Grade, Likeness, NameLikeness};
use crate::ingest::{Observations, Payments, Renumbered};
use crate::messages::Error;
use crate::rulebook::Scope;

/// For how many persons lines and rows are read together.
pub(super) const TOGETHER: usize = 16_384;

/// What speaks for two payments under numbers of which one replaced the other.
const REPLACED: Likeness = Likeness {
    damage: Damage::Replaced,
    name: NameLikeness::Equal,
    birth: Agreement::Unknown,
    sex: Agreement::Unknown,
    place: Agreement::Unknown,
    is_ambiguous: false,
};

/// Under which numbers, and on which damaged lines, a person may have been paid.
struct Paid {
    /// The number under which it is told.
    key: PersonKey,
    /// The usable numbers, ascending.
    numbers: Vec<PersonKey>,
    /// The damaged payee.
    payee: Option<u32>,
    likeness: Likeness,
}

/// Payment lines of many persons, in one set of columns.
#[derive(Default)]
pub(super) struct HeldLines {
    pub(super) payments: Payments,
    /// By usable number, the lines in the order of file and row.
    by_number: BTreeMap<PersonKey, Vec<usize>>,
    /// By damaged payee, the lines in the order of file and row.
    pub(super) by_payee: BTreeMap<u32, Vec<usize>>,
    /// What is claimed of the lines already.
    claimed: BTreeMap<usize, Scope>,
}

impl Engine<'_> {
    /// The lines of some damaged payees.
    pub(super) fn loose_lines(&self, loose: &Loose, wanted: BTreeSet<u32>) -> Result<HeldLines, Error> {
        let payee = |at: u32| (&loose.payees[at as usize], at);
        let by_cell: BTreeMap<(&str, &str), u32> = wanted
            .into_iter()
            .map(payee)
            .map(|(payee, at)| ((payee.id_text.as_str(), payee.cell.name.as_str()), at))
            .collect();
        let mut held = HeldLines { payments: Payments::of_files(self.file_names()), ..HeldLines::default() };
        if by_cell.is_empty() {
            return Ok(held);
        }
        let files = self.file_names();
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        for (number, file) in (0u32..).zip(&files) {
            numbers.entry(file).or_insert(number);
        }
        self.tables.unusable_lines(&mut |file, line| {
            if let Some(&at) = by_cell.get(&(line.id_text.as_str(), line.name())) {
                let number = numbers.get(file).copied().unwrap_or(0);
                held.by_payee.entry(at).or_default().push(held.payments.len());
                held.payments.push(PersonKey(0), number, &line.as_stored());
            }
        })?;
        Ok(held)
    }

    /// Persons who may have been paid for one month under several numbers, or under one damaged number twice.
    pub(super) fn judge_repeated(
        &self,
        loose: &Loose,
        pairs: &[Pair],
        outcome: &mut RangeOutcome,
    ) -> Result<(), Error> {
        let groups = groups(loose, pairs);
        let loose_lines = self.loose_lines(loose, groups.iter().filter_map(|paid| paid.payee).collect())?;
        for some in groups.chunks(TOGETHER) {
            let held = self.hold(some, &loose_lines)?;
            let words = LineWords::new(&held.payments, self.rulebook);
            let mut renumbered = Renumbered::default();
            for paid in some {
                if let Some(verdict) = self.judge_lines_together(paid, &held, &words) {
                    outcome.keep(&held.payments, verdict, &mut renumbered);
                }
            }
        }
        Ok(())
    }

    /// The lines of some groups, and what is claimed of those under usable numbers.
    fn hold(&self, groups: &[Paid], loose_lines: &HeldLines) -> Result<HeldLines, Error> {
        let mut keys: Vec<u64> = groups.iter().flat_map(|paid| &paid.numbers).map(|key| key.0).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut held = HeldLines { payments: Payments::of_files(self.file_names()), ..HeldLines::default() };
        let (mut scratch, mut unheard) = (Scratch::default(), Observations::default());
        for range in sweep::ranges(self.tables) {
            let within = |bound: u64| keys.partition_point(|&key| key < bound);
            let keys = &keys[within(range.0)..within(range.1)];
            if keys.is_empty() {
                continue;
            }
            self.read_slices(&mut scratch, range)?;
            self.read_lines_of(&mut scratch, keys, &mut unheard)?;
            let rows = self.rows_of(keys)?;
            let payments = &scratch.payments;
            let words = LineWords::new(payments, self.rulebook);
            let mut renumbered = Renumbered::default();
            for lines in scratch.order.chunk_by(|&a, &b| payments.key[a] == payments.key[b]) {
                let key = PersonKey(payments.key[lines[0]]);
                let own = person_rows(&rows, key);
                let established = self.judge_person(key, payments, &words, lines, &own, &mut unheard);
                let claimed = claimed_by(established.as_ref());
                for line in lines {
                    let kept = held.payments.push_from(payments, *line, &mut renumbered);
                    held.by_number.entry(key).or_default().push(kept);
                    held.claimed.extend(claimed.get(line).map(|&scope| (kept, scope)));
                }
            }
        }
        let mut renumbered = Renumbered::default();
        for payee in groups.iter().filter_map(|paid| paid.payee).collect::<BTreeSet<u32>>() {
            let own = loose_lines.by_payee.get(&payee).into_iter().flatten();
            let lines =
                own.map(|&line| held.payments.push_from(&loose_lines.payments, line, &mut renumbered));
            held.by_payee.insert(payee, lines.collect());
        }
        Ok(held)
    }

    /// Judges lines of several sides as if they were one person's: a month that was paid on two of them, or
    /// twice on a side that nobody has judged yet, is a lead.
    fn judge_lines_together(
        &self,
        paid: &Paid,
        held: &HeldLines,
        words: &LineWords,
    ) -> Option<PersonVerdict> {
        let payments = &held.payments;
        // What was paid twice under one usable number is judged already.
        let judged = paid.numbers.iter().map(|number| held.by_number.get(number));
        let unjudged = paid.payee.iter().map(|payee| held.by_payee.get(payee));
        let side_of: BTreeMap<usize, usize> = judged
            .chain(unjudged)
            .enumerate()
            .flat_map(|(side, lines)| lines.into_iter().flatten().map(move |&line| (line, side)))
            .collect();
        let lines: Vec<usize> = side_of.keys().copied().collect();
        let mut unheard = Observations::default();
        let nothing = PersonRows::default();
        let verdict = self.judge_person(paid.key, payments, words, &lines, &nothing, &mut unheard)?;
        let places: BTreeMap<String, usize> =
            side_of.iter().map(|(&line, &side)| (payments.place(line), side)).collect();
        let speaking = |line: &LineVerdict, evidence: &Evidence| {
            let side = side_of.get(&line.line);
            // Nobody else judges what was paid twice under one damaged number.
            let is_unjudged = side.is_some_and(|&side| side >= paid.numbers.len());
            let is_other = |place: &String| places.get(place) != side;
            // An age bars by no row at all: only what lines say of lines counts here.
            let is_of_lines = evidence.iter().any(|place| places.contains_key(place));
            (is_of_lines && (is_unjudged || evidence.iter().any(is_other))).then_some(paid.likeness)
        };
        let as_leads = |line: &LineVerdict| {
            let claimed = held.claimed.get(&line.line).copied().unwrap_or(Scope::NONE);
            let mut leads = as_leads(payments, line, claimed, &|evidence| speaking(line, evidence))?;
            // Whoever looks into it must find both lines.
            let place: Evidence = [payments.place(line.line)].into();
            leads.leads.iter_mut().for_each(|lead| {
                lead.evidence = union_of_evidence(&[&lead.evidence, &place]);
            });
            Some(leads)
        };
        let lines: Vec<LineVerdict> = verdict.lines.iter().filter_map(as_leads).collect();
        (!lines.is_empty()).then(|| PersonVerdict { lines, money_back: Vec::new(), ..verdict })
    }
}

/// Whose lines are held together: those of replaced numbers, of a payee and a damaged payee who may be one,
/// and those of one damaged number.
fn groups(loose: &Loose, pairs: &[Pair]) -> Vec<Paid> {
    let mut groups: Vec<Paid> = Vec::new();
    for numbers in loose.aliases.persons() {
        let paid =
            |&key: &PersonKey| Paid { key, numbers: numbers.to_vec(), payee: None, likeness: REPLACED };
        groups.extend(numbers.first().map(paid));
    }
    let mut is_paired = BTreeSet::new();
    let mut known_as: BTreeMap<u32, (Grade, Likeness, PersonKey)> = BTreeMap::new();
    for pair in pairs {
        match (pair.payee, pair.row) {
            (PayeeSide::Known(key), RowSide::Payee(at)) => {
                is_paired.insert(at);
                let likeness = pair.likeness;
                groups.push(Paid { key, numbers: vec![key], payee: Some(at), likeness });
            }
            (PayeeSide::Loose(at, key), _) => {
                let found = (pair.told.grade, pair.likeness, key);
                let known = known_as.entry(at).or_insert(found);
                *known = found.min(*known);
            }
            _ => {}
        }
    }
    for (at, payee) in (0u32..).zip(&loose.payees) {
        if is_paired.contains(&at) || payee.lines < 2 {
            continue;
        }
        // The number that a registry knows, else the one that takes the least damage.
        let least = payee.cell.read.numbers.iter().min_by_key(|possible| possible.damage);
        let least = least.map(|least| (Likeness { damage: least.damage, ..REPLACED }, least.key));
        let known = known_as.get(&at).map(|&(_, likeness, key)| (likeness, key));
        if let Some((likeness, key)) = known.or(least) {
            groups.push(Paid { key, numbers: Vec::new(), payee: Some(at), likeness });
        }
    }
    groups
}
