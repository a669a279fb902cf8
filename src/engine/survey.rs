//! One look at all lines for what only lines show: who has several names or numbers, whose account is
//! another's, and what several payees share.
//!
//! Owns the choice. Texts are compared by their hashes, so the choice may be too wide but never too narrow;
//! who judges compares the texts. Must not judge.

use rayon::prelude::*;
use twox_hash::XxHash3_64;

use super::age::first_due;
use super::checks::Oddity;
use super::sweep::{self, KeyRange};
use super::{Engine, Scratch};
use crate::domain::{CitizenId, Month, MonthSpan, Name, PersonKey};
use crate::ingest::{Column, Roster, STORED_WORDS, StoredLine, Word, unreadable};
use crate::messages::Error;
use crate::rulebook::{Check, SharedBy};

/// What the look found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The payees to look at, ascending.
    pub(super) odd: Vec<u64>,
    /// For each thing that payees may share, those who perhaps do, ascending.
    pub(super) sharing: Vec<(SharedBy, Vec<u64>)>,
}

/// About how many pairs of a text and a payee are held at once: rosters with more are looked at several
/// times, each time for a part of the texts.
const MOST_PAIRS: u64 = 4 << 20;

/// What to look for.
struct Wanted {
    names: bool,
    person_numbers: bool,
    account_names: bool,
    /// The benefit may not begin before this birthday.
    start_before: Option<u32>,
    /// What payees may share, with the least number of payees that is worth telling.
    shared: Vec<(SharedBy, usize)>,
    period: MonthSpan,
    /// The part of the texts of shared things, of how many.
    part: (u64, u64),
}

/// What a range of payees comes to.
#[derive(Default)]
struct Found {
    odd: Vec<u64>,
    /// For each shared thing, hashes and payees.
    pairs: Vec<Vec<(u64, u64)>>,
}

impl Engine<'_> {
    /// Looks at all lines, if any rule needs it.
    pub(super) fn survey(&self) -> Result<Survey, Error> {
        let oddities = &self.visits.oddities;
        let mut wanted = Wanted {
            names: oddities.contains(&Oddity::Names),
            person_numbers: oddities.contains(&Oddity::PersonNumbers),
            account_names: oddities.contains(&Oddity::AccountName),
            start_before: oddities.iter().filter_map(years_of).max(),
            shared: self.shared_things(),
            period: self.period,
            part: (0, 1),
        };
        let mut survey = Survey::default();
        survey.sharing.extend(wanted.shared.iter().map(|&(by, _)| (by, Vec::new())));
        if oddities.is_empty() && wanted.shared.is_empty() {
            return Ok(survey);
        }
        let most = self.tables.rosters().iter().map(Roster::usable_lines).max().unwrap_or_default();
        let parts = if wanted.shared.is_empty() { 1 } else { most.div_ceil(MOST_PAIRS).max(1) };
        for part in 0..parts {
            wanted.part = (part, parts);
            self.survey_part(&wanted, &mut survey)?;
            // One look is enough for what one payee shows.
            wanted = Wanted {
                names: false,
                person_numbers: false,
                account_names: false,
                start_before: None,
                ..wanted
            };
        }
        survey.odd.sort_unstable();
        survey.odd.dedup();
        for (_, keys) in &mut survey.sharing {
            keys.sort_unstable();
            keys.dedup();
        }
        Ok(survey)
    }

    /// What payees may share under the rules, each once with the least number that is asked for.
    fn shared_things(&self) -> Vec<(SharedBy, usize)> {
        let mut things: Vec<(SharedBy, usize)> = Vec::new();
        for rule in &self.rulebook.rules {
            let Check::Shared(check) = &rule.check else { continue };
            match things.iter_mut().find(|(by, _)| *by == check.by) {
                Some((_, least)) => *least = check.least.min(*least),
                None if check.by != SharedBy::ReplacedNumber => things.push((check.by, check.least)),
                None => {}
            }
        }
        things
    }

    fn survey_part(&self, wanted: &Wanted, survey: &mut Survey) -> Result<(), Error> {
        let ranges = sweep::ranges(self.tables);
        let look = |scratch: &mut Scratch, &range: &KeyRange| self.survey_range(wanted, scratch, range);
        let found: Result<Vec<Found>, Error> = ranges.par_iter().map_init(Scratch::default, look).collect();
        let mut pairs: Vec<Vec<(u64, u64)>> = vec![Vec::new(); wanted.shared.len()];
        for found in found? {
            survey.odd.extend(found.odd);
            for (all, own) in pairs.iter_mut().zip(found.pairs) {
                all.extend(own);
            }
        }
        for ((pairs, (_, least)), (_, keys)) in pairs.iter_mut().zip(&wanted.shared).zip(&mut survey.sharing)
        {
            pairs.par_sort_unstable();
            // A payee stands in one range, and there once for each hash.
            let shared = pairs.chunk_by(|a, b| a.0 == b.0).filter(|payees| payees.len() >= *least);
            keys.extend(shared.flatten().map(|&(_, key)| key));
        }
        Ok(())
    }

    fn survey_range(&self, wanted: &Wanted, scratch: &mut Scratch, range: KeyRange) -> Result<Found, Error> {
        self.read_slices(scratch, range)?;
        let Scratch { slices, buffer, .. } = scratch;
        let mut look = Look::new(wanted);
        let mut next = 0;
        for roster in self.tables.rosters() {
            for run in roster.runs() {
                let slice = &slices[next];
                next += 1;
                let everybody: Vec<usize> = slice.inside().collect();
                look.begin_run();
                let mut take = |key: u64, line: &StoredLine<'_>| look.see(key, line);
                let read = roster.read_lines(run, slice, &everybody, buffer, &mut take);
                read.map_err(|why| unreadable(&roster.facts().control.file, &why))?;
            }
        }
        Ok(look.finish())
    }
}

fn years_of(oddity: &Oddity) -> Option<u32> {
    match oddity {
        Oddity::StartBefore(years) => Some(*years),
        _ => None,
    }
}

/// A look at the lines of a range.
struct Look<'w> {
    wanted: &'w Wanted,
    /// The payee of the line before, and the words on it.
    key: u64,
    last: [Seen; WATCHED.len()],
    odd: Vec<u64>,
    names: Vec<(u64, u64)>,
    numbers: Vec<(u64, u64)>,
    /// For each shared thing, payees and hashes.
    shared: Vec<Vec<(u64, u64)>>,
}

/// The words that are watched, as places among those of a line.
const WATCHED: [usize; 7] = [
    place_of(Column::Name),
    place_of(Column::PersonNo),
    place_of(Column::BankAccount),
    place_of(Column::AccountName),
    place_of(Column::StartMonth),
    place_of(Column::Township),
    place_of(Column::Village),
];

const fn place_of(column: Column) -> usize {
    let mut at = 0;
    while STORED_WORDS[at] as usize != column as usize {
        at += 1;
    }
    at
}

/// A word that was seen, as text once somebody asks.
#[derive(Default)]
struct Seen {
    text: String,
    /// The number, where it is stored as one.
    number: Option<i64>,
}

impl Seen {
    /// Whether another word is this one; else it is from now on.
    fn is_again(&mut self, word: &Word<'_>) -> bool {
        match word {
            Word::Number(number) if self.number == Some(*number) => return true,
            Word::Text(text) if self.number.is_none() && self.text == *text => return true,
            Word::Number(number) => self.number = Some(*number),
            Word::Text(_) => self.number = None,
        }
        let mut buffer = String::new();
        let text = word.text(&mut buffer);
        self.text.clear();
        self.text.push_str(text);
        false
    }
}

/// An account has at least so many digits; what has fewer is none.
pub(super) const LEAST_DIGITS: usize = 6;

/// Whether a text is a bank account: one digit over and over stands for none.
pub(super) fn is_account(text: &str) -> bool {
    let digits = || text.bytes().filter(u8::is_ascii_digit);
    let first = digits().next();
    digits().count() >= LEAST_DIGITS && digits().any(|digit| Some(digit) != first)
}

impl<'w> Look<'w> {
    fn new(wanted: &'w Wanted) -> Look<'w> {
        Look {
            wanted,
            key: 0,
            last: Default::default(),
            odd: Vec::new(),
            names: Vec::new(),
            numbers: Vec::new(),
            shared: vec![Vec::new(); wanted.shared.len()],
        }
    }

    fn begin_run(&mut self) {
        self.key = 0;
    }

    fn see(&mut self, key: u64, line: &StoredLine<'_>) {
        if line.months.intersect(self.wanted.period).is_empty() {
            return;
        }
        // Lines of a payee that say the same as the one before are seen already.
        let mut changed = key != self.key;
        self.key = key;
        for (last, place) in self.last.iter_mut().zip(WATCHED) {
            changed |= !last.is_again(&line.words[place]);
        }
        if changed {
            self.see_words();
        }
    }

    fn see_words(&mut self) {
        let Look { wanted, key, last, odd, names, numbers, shared } = self;
        let [name, number, account, holder, start, township, village] = last.each_ref().map(|l| &l.text);
        if wanted.names {
            names.push((*key, hash(name)));
        }
        if wanted.person_numbers && !number.is_empty() {
            numbers.push((*key, hash(number)));
        }
        let is_elsewhere = wanted.account_names && !holder.is_empty() && holder != name;
        let is_early = |years: u32| {
            let due = CitizenId::from_key(PersonKey(*key)).and_then(|id| first_due(id, years));
            due.zip(Month::parse(start)).is_some_and(|(due, start)| start < due)
        };
        if is_elsewhere || (!start.is_empty() && wanted.start_before.is_some_and(is_early)) {
            odd.push(*key);
        }
        for ((by, _), pairs) in wanted.shared.iter().zip(shared) {
            let hash = match by {
                SharedBy::BankAccount if is_account(account) => hash(account),
                SharedBy::NameBirthDateVillage if !name.is_empty() && !village.is_empty() => {
                    // The digits of the birth date stand behind those of the area and before the order.
                    let birth = *key / 1_000 % 100_000_000;
                    let place = hash(township).rotate_left(21) ^ hash(village).rotate_left(42);
                    hash(&Name::comparison_form(name)) ^ place ^ birth.wrapping_mul(0x9e37_79b9_7f4a_7c15)
                }
                _ => continue,
            };
            if hash % wanted.part.1 == wanted.part.0 {
                pairs.push((*key, hash));
            }
        }
    }

    fn finish(mut self) -> Found {
        for pairs in [&mut self.names, &mut self.numbers] {
            pairs.sort_unstable();
            pairs.dedup();
            let several = pairs.windows(2).filter(|pair| pair[0].0 == pair[1].0);
            self.odd.extend(several.map(|pair| pair[0].0));
        }
        for pairs in &mut self.shared {
            for pair in pairs.iter_mut() {
                *pair = (pair.1, pair.0);
            }
            pairs.sort_unstable();
            pairs.dedup();
            pairs.shrink_to_fit();
        }
        self.odd.dedup();
        Found { odd: self.odd, pairs: self.shared }
    }
}

fn hash(text: &str) -> u64 {
    XxHash3_64::oneshot(text.as_bytes())
}

/// Name, birth date and village as one text.
pub(super) fn likeness(id: CitizenId, name: &str, township: &str, village: &str) -> String {
    let name = Name::comparison_form(name);
    format!("{name}\n{}\n{township}\n{village}", id.birth_date())
}
