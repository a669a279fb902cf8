//! What payees may share, over all ranges of persons: accounts, and names with birth date and village.
//!
//! Owns the gathering. Texts are compared by their hashes, so the choice may be too wide but never too
//! narrow; who judges compares the texts. Must not judge.

use rayon::prelude::*;

use super::look::Wanted;
use super::sweep::{self, KeyRange};
use super::{Engine, Scratch};
use crate::domain::{CitizenId, Name};
use crate::ingest::Roster;
use crate::messages::Error;
use crate::rulebook::{Check, Rulebook, SharedBy};

/// Hashes of what payees have, and the payees, for each thing that they may share.
pub(super) type Pairs = Vec<Vec<(u64, u64)>>;

/// For each thing that payees may share, those who perhaps do.
#[derive(Debug)]
pub(super) struct Sharing {
    things: Vec<(SharedBy, usize)>,
    pairs: Pairs,
    keys: Vec<Vec<u64>>,
}

/// About how many pairs of a text and a payee are held at once: rosters with more are looked at several
/// times, each time for a part of the texts.
const MOST_PAIRS: u64 = 4 << 20;

impl Sharing {
    pub(super) fn of(wanted: &Wanted) -> Sharing {
        let count = wanted.shared.len();
        Sharing {
            things: wanted.shared.clone(),
            pairs: vec![Vec::new(); count],
            keys: vec![Vec::new(); count],
        }
    }

    /// Adds what a range of persons comes to.
    pub(super) fn add(&mut self, pairs: Pairs) {
        for (all, own) in self.pairs.iter_mut().zip(pairs) {
            all.extend(own);
        }
    }

    /// Keeps the payees who share something with enough others, and forgets what they share.
    fn settle(&mut self) {
        for ((pairs, (_, least)), keys) in self.pairs.iter_mut().zip(&self.things).zip(&mut self.keys) {
            pairs.par_sort_unstable();
            // A payee stands in one range, and there once for each hash.
            let shared = pairs.chunk_by(|a, b| a.0 == b.0).filter(|payees| payees.len() >= *least);
            keys.extend(shared.flatten().map(|&(_, key)| key));
            pairs.clear();
        }
    }

    /// Those who perhaps share a thing, ascending.
    pub(super) fn keys(&self, by: SharedBy) -> &[u64] {
        let at = self.things.iter().position(|(own, _)| *own == by);
        at.map_or(&[][..], |at| self.keys[at].as_slice())
    }
}

/// What payees may share under some rules, each once with the least number that is asked for.
pub(super) fn shared_things(rulebook: &Rulebook, runnable: &[usize]) -> Vec<(SharedBy, usize)> {
    let mut things: Vec<(SharedBy, usize)> = Vec::new();
    for &rule in runnable {
        let Check::Shared(check) = &rulebook.rules[rule].check else { continue };
        match things.iter_mut().find(|(by, _)| *by == check.by) {
            Some((_, least)) => *least = check.least.min(*least),
            None if check.by != SharedBy::ReplacedNumber => things.push((check.by, check.least)),
            None => {}
        }
    }
    things
}

impl Engine<'_> {
    /// Into how many parts the texts that payees may share are cut.
    pub(super) fn parts(&self) -> u64 {
        let most = self.tables.rosters().iter().map(Roster::usable_lines).max().unwrap_or_default();
        if self.visits.wanted.shared.is_empty() { 1 } else { most.div_ceil(MOST_PAIRS).max(1) }
    }

    /// Looks at all lines again for the parts of the texts that the judgement of the ranges left out.
    pub(super) fn share_rest(&self, sharing: &mut Sharing) -> Result<(), Error> {
        sharing.settle();
        let (parts, ranges) = (self.parts(), sweep::ranges(self.tables));
        for part in 1..parts {
            let wanted = self.visits.wanted.only_shared((part, parts));
            let look = |scratch: &mut Scratch, &range: &KeyRange| {
                self.sweep(scratch, range)?;
                self.look(&wanted, scratch)?;
                Ok(scratch.look.take_pairs())
            };
            let found: Result<Vec<Pairs>, Error> =
                ranges.par_iter().map_init(Scratch::default, look).collect();
            found?.into_iter().for_each(|pairs| sharing.add(pairs));
            sharing.settle();
        }
        for keys in &mut sharing.keys {
            keys.sort_unstable();
            keys.dedup();
        }
        Ok(())
    }
}

/// An account has at least so many digits; what has fewer is none.
const LEAST_DIGITS: usize = 6;

/// Whether a text is a bank account: one digit over and over stands for none.
pub(super) fn is_account(text: &str) -> bool {
    let digits = || text.bytes().filter(u8::is_ascii_digit);
    let first = digits().next();
    digits().count() >= LEAST_DIGITS && digits().any(|digit| Some(digit) != first)
}

/// Name, birth date and village as one hash.
pub(super) fn likeness_hash(key: u64, [name, township, village]: [u64; 3]) -> u64 {
    // The digits of the birth date stand behind those of the area and before the order.
    let birth = key / 1_000 % 100_000_000;
    name ^ township.rotate_left(21) ^ village.rotate_left(42) ^ birth.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Name, birth date and village as one text.
pub(super) fn likeness(id: CitizenId, name: &str, township: &str, village: &str) -> String {
    let name = Name::comparison_form(name);
    format!("{name}\n{}\n{township}\n{village}", id.birth_date())
}
