//! One look at the lines of a range of persons for what only lines show: several names or numbers, amounts
//! that jump or are none, an account in another name, and what payees may share.
//!
//! Owns the choice. Texts are compared by their hashes and amounts by the least and the most of a person, so
//! that nothing is read twice: the choice may be too wide but never too narrow. Must not judge.

use super::age::first_due;
use super::checks::{Layers, Oddity};
use super::survey::{is_account, likeness_hash};
use super::sweep::{MonthBits, PersonTable, Readings};
use crate::domain::{CitizenId, Fen, Month, MonthSpan, Name, PersonKey};
use crate::ingest::{Column, LineBlock, NO_TOTAL, OwnLines, STORED_WORDS, Word};
use crate::rulebook::SharedBy;

/// What to look for.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// Whether anything of one payee is looked for.
    any: bool,
    names: bool,
    /// Whether a list of names will be held against those on the lines.
    forms: bool,
    person_numbers: bool,
    account_names: bool,
    /// The benefit may not begin before the month of this birthday, or in it.
    start_before: Option<u32>,
    start_after_month: bool,
    no_money: bool,
    paid_again: bool,
    off_standard: bool,
    /// The least change in percent that counts.
    swing: Option<u32>,
    /// What payees may share, with the least number of payees that is worth telling.
    pub(super) shared: Vec<(SharedBy, usize)>,
    /// The part of the texts of shared things, of how many.
    part: (u64, u64),
}

impl Wanted {
    /// What oddities and shared things come to.
    pub(super) fn of(oddities: &[Oddity], shared: Vec<(SharedBy, usize)>) -> Wanted {
        let mut wanted = Wanted { any: !oddities.is_empty(), shared, part: (0, 1), ..Wanted::default() };
        for oddity in oddities {
            match *oddity {
                Oddity::Names => wanted.names = true,
                Oddity::AnotherName => wanted.forms = true,
                Oddity::PersonNumbers => wanted.person_numbers = true,
                Oddity::AccountName => wanted.account_names = true,
                Oddity::StartBefore { years, or_in_month } => {
                    wanted.start_before = wanted.start_before.max(Some(years));
                    wanted.start_after_month |= or_in_month;
                }
                Oddity::NoMoney => wanted.no_money = true,
                Oddity::PaidAgain => wanted.paid_again = true,
                Oddity::OffStandard => wanted.off_standard = true,
                Oddity::Swing(percent) => {
                    wanted.swing = Some(wanted.swing.map_or(percent, |least| least.min(percent)));
                }
            }
        }
        wanted
    }

    /// All of it, with what payees may share in a part of the texts.
    pub(super) fn in_part(&self, part: (u64, u64)) -> Wanted {
        Wanted { part, ..self.clone() }
    }

    /// Nothing but what payees may share, in a part of the texts.
    pub(super) fn only_shared(&self, part: (u64, u64)) -> Wanted {
        Wanted { shared: self.shared.clone(), part, ..Wanted::default() }
    }

    /// Whether there is anything to look for.
    pub(super) fn is_any(&self) -> bool {
        self.any || !self.shared.is_empty()
    }

    fn shares(&self, by: SharedBy) -> bool {
        self.shared.iter().any(|(own, _)| *own == by)
    }

    /// Whether a word is looked at.
    fn reads(&self, word: usize) -> bool {
        let alike = self.shares(SharedBy::NameBirthDateVillage);
        match word {
            NAME => self.names || self.forms || self.account_names || alike,
            PERSON_NO => self.person_numbers,
            ACCOUNT => self.shares(SharedBy::BankAccount),
            HOLDER => self.account_names,
            START => self.start_before.is_some(),
            _ => alike,
        }
    }

    fn reads_amounts(&self) -> bool {
        self.no_money || self.paid_again || self.off_standard || self.swing.is_some()
    }
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
const NAME: usize = 0;
const PERSON_NO: usize = 1;
const ACCOUNT: usize = 2;
const HOLDER: usize = 3;
const START: usize = 4;
const TOWNSHIP: usize = 5;
const VILLAGE: usize = 6;

const fn place_of(column: Column) -> usize {
    let mut at = 0;
    while STORED_WORDS[at] as usize != column as usize {
        at += 1;
    }
    at
}

/// What the lines of a payee showed so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// The hashes of the words on the line before; of personal numbers, of the last that was stated.
    words: [u64; WATCHED.len()],
    /// The hash of the form in which the name is compared.
    form: u64,
    is_seen: bool,
    has_several_names: bool,
    is_odd: bool,
    /// The least and the most that a month came to, in those parts that do not change by themselves.
    least: i64,
    most: i64,
    /// The most that arrears came to, and the least that a month of other lines did.
    arrears: i64,
    floor: i64,
    /// The months of arrears.
    arrears_months: MonthBits,
}

const UNSEEN: Seen = Seen {
    words: [0; WATCHED.len()],
    form: 0,
    is_seen: false,
    has_several_names: false,
    is_odd: false,
    least: i64::MAX,
    most: 0,
    arrears: 0,
    floor: i64::MAX,
    arrears_months: MonthBits::NONE,
};

impl Seen {
    /// Whether a name may be another one than that on the lines.
    pub(super) fn may_be_named_otherwise(&self, name: &str) -> bool {
        self.has_several_names || self.form != Word::Text(&Name::comparison_form(name)).hash()
    }

    fn is_odd(&self, wanted: &Wanted) -> bool {
        let is_far = |percent: u32| {
            let change = i128::from(self.most) - i128::from(self.least);
            self.least < self.most && change * 100 > i128::from(self.least) * i128::from(percent)
        };
        self.is_odd
            || (wanted.names && self.has_several_names)
            || wanted.swing.is_some_and(is_far)
            || (wanted.paid_again && self.arrears > 0 && self.arrears >= self.floor)
    }

    /// Takes the amounts of a line into account.
    fn see_amounts(&mut self, lines: &Lines<'_>, block: &LineBlock<'_>, line: &Amounts) {
        let wanted = lines.wanted;
        let Amounts { at, months, fen } = *line;
        let [basic, addition, ..] = fen;
        let sum = fen.iter().fold(0, |all: i64, &part| all.saturating_add(part));
        let is_empty = || matches!(block.total(at), 0 | NO_TOTAL);
        // What is below zero may make less of other parts: nothing is concluded.
        self.is_odd |= fen.iter().any(|&part| part < 0) || (wanted.no_money && sum == 0 && is_empty());
        let is_arrears = lines.readings.is_arrears(lines.roster, block.class(at));
        if !block.total_only(at) {
            let parts = basic.saturating_add(addition);
            if months.len() == 1 && parts > 0 && !is_arrears {
                (self.least, self.most) = (self.least.min(parts), self.most.max(parts));
            }
            self.is_odd |= wanted.off_standard && lines.layers.may_miss(months, (Fen(basic), is_arrears));
        }
        if is_arrears {
            let bits = MonthBits::of(months);
            self.is_odd |= wanted.paid_again && self.arrears_months.meets(bits);
            self.arrears_months.add(bits);
            self.arrears = self.arrears.max(sum);
        } else {
            let each = |fen: i64| if months.len() > 1 { fen / months.len() as i64 } else { fen };
            for fen in [basic, sum].into_iter().filter(|&fen| fen > 0) {
                self.floor = self.floor.min(each(fen));
            }
        }
    }
}

/// The amounts of a line of a block, in fen.
#[derive(Clone, Copy, Debug)]
struct Amounts {
    at: usize,
    months: MonthSpan,
    fen: [i64; 5],
}

/// The lines of one file that are looked at, and what is known beforehand.
pub(super) struct Lines<'e> {
    pub(super) wanted: &'e Wanted,
    pub(super) readings: &'e Readings,
    pub(super) layers: &'e Layers,
    pub(super) period: MonthSpan,
    /// The number of the roster.
    pub(super) roster: usize,
}

/// The look at a range of persons; one thread uses it again for each range.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// By the place of the person in the table of the range.
    seen: Vec<Seen>,
    /// For each shared thing, hashes and payees.
    pairs: Vec<Vec<(u64, u64)>>,
    /// For each watched word, the hashes of a block.
    hashes: [Vec<u64>; WATCHED.len()],
    /// The months of a block, from and until, and its amounts by component.
    months: [Vec<i64>; 2],
    amounts: [Vec<i64>; 5],
}

impl Look {
    /// Forgets everything, for the persons of a table.
    pub(super) fn reset(&mut self, wanted: &Wanted, table: &PersonTable) {
        self.seen.clear();
        self.seen.resize(if wanted.is_any() { table.places() } else { 0 }, UNSEEN);
        self.pairs = vec![Vec::new(); wanted.shared.len()];
    }

    /// What the lines of a payee showed, if there are any in the period.
    pub(super) fn seen(&self, place: usize) -> Option<&Seen> {
        self.seen.get(place).filter(|seen| seen.is_seen)
    }

    /// Whether a check has to see a payee.
    pub(super) fn is_odd(&self, wanted: &Wanted, place: usize) -> bool {
        self.seen(place).is_some_and(|seen| seen.is_odd(wanted))
    }

    /// Looks at a block of lines. Nothing where a text is not there.
    pub(super) fn see(
        &mut self,
        lines: &Lines<'_>,
        table: &PersonTable,
        block: &LineBlock<'_>,
        persons: &[OwnLines],
    ) -> Option<()> {
        let wanted = lines.wanted;
        for (word, hashes) in self.hashes.iter_mut().enumerate() {
            if wanted.reads(word) {
                block.hash_words(WATCHED[word], hashes)?;
            } else {
                hashes.clear();
                hashes.resize(block.len(), 0);
            }
        }
        block.decode_months(&mut self.months);
        if wanted.reads_amounts() {
            block.decode_amounts(&mut self.amounts);
        }
        for (key, own) in persons {
            let place = table.place_of(*key)?;
            for at in own.clone() {
                let [from, until] = self.months.each_ref().map(|ends| Month(ends[at] as i32));
                let months = MonthSpan { from, until };
                if months.intersect(lines.period).is_empty() {
                    continue;
                }
                if wanted.reads_amounts() {
                    let fen = self.amounts.each_ref().map(|fen| fen[at]);
                    self.seen[place].see_amounts(lines, block, &Amounts { at, months, fen });
                }
                let words = self.hashes.each_ref().map(|hashes| hashes[at]);
                // A payee's lines say the same nearly always.
                if words != self.seen[place].words || !self.seen[place].is_seen {
                    self.see_words(wanted, block, (*key, place, at), words)?;
                }
            }
        }
        Some(())
    }

    /// Takes the words of a line into account, some of which are others than on the payee's line before.
    fn see_words(
        &mut self,
        wanted: &Wanted,
        block: &LineBlock<'_>,
        (key, place, at): (u64, usize, usize),
        words: [u64; WATCHED.len()],
    ) -> Option<()> {
        let seen = &mut self.seen[place];
        let changes = |word: usize| !seen.is_seen || seen.words[word] != words[word];
        let mut buffer = String::new();
        let has_new_name = changes(NAME);
        seen.has_several_names |= seen.is_seen && has_new_name;
        let has_new_likeness = wanted.shares(SharedBy::NameBirthDateVillage)
            && (has_new_name || changes(TOWNSHIP) || changes(VILLAGE));
        let mut likeness = None;
        if has_new_likeness || (wanted.forms && has_new_name) {
            let name = block.word(WATCHED[NAME], at)?;
            seen.form = Word::Text(&Name::comparison_form(name.text(&mut buffer))).hash();
            let is_told = words[NAME] != 0 && words[VILLAGE] != 0;
            likeness = is_told.then(|| likeness_hash(key, [seen.form, words[TOWNSHIP], words[VILLAGE]]));
        }
        if words[START] != 0 && changes(START) {
            let start = Month::parse(block.word(WATCHED[START], at)?.text(&mut buffer));
            seen.is_odd |= wanted.start_before.is_some_and(|years| {
                let due = CitizenId::from_key(PersonKey(key)).and_then(|id| first_due(id, years));
                let due = due.map(|due| if wanted.start_after_month { due.next() } else { due });
                due.zip(start).is_some_and(|(due, start)| start < due)
            });
        }
        let mut account = None;
        if words[ACCOUNT] != 0 && changes(ACCOUNT) {
            let text = block.word(WATCHED[ACCOUNT], at)?;
            account = is_account(text.text(&mut buffer)).then_some(words[ACCOUNT]);
        }
        seen.is_odd |= words[HOLDER] != 0 && words[HOLDER] != words[NAME];
        let (before, number) = (seen.words[PERSON_NO], words[PERSON_NO]);
        seen.is_odd |= before != 0 && number != 0 && before != number;
        for ((by, _), pairs) in wanted.shared.iter().zip(&mut self.pairs) {
            let hash = match by {
                SharedBy::BankAccount => account,
                SharedBy::NameBirthDateVillage => likeness,
                SharedBy::ReplacedNumber => None,
            };
            pairs.extend(
                hash.filter(|hash| (hash >> 1) % wanted.part.1 == wanted.part.0).map(|hash| (hash, key)),
            );
        }
        seen.words = words;
        seen.words[PERSON_NO] = if number == 0 { before } else { number };
        seen.is_seen = true;
        Some(())
    }

    /// For each shared thing, hashes and payees, each pair once.
    pub(super) fn take_pairs(&mut self) -> Vec<Vec<(u64, u64)>> {
        let mut all = std::mem::take(&mut self.pairs);
        for pairs in &mut all {
            pairs.sort_unstable();
            pairs.dedup();
            pairs.shrink_to_fit();
        }
        all
    }
}
