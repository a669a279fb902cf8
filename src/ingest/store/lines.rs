//! A block of payment lines, column by column: what is alike in all lines is stored once.
//!
//! Owns the form of the block. Must not know which person a line belongs to: lines stand in the order of
//! persons, and the directory of persons counts them.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::bytes::{ByteReader, ByteWriter};
use crate::domain::{Month, MonthSpan};
use crate::ingest::payments::{Amounts, NO_TOTAL, STORED_WORDS, StoredLine, Word, hash_number, hash_text};
use crate::ingest::roster::{PackedLine, PackedWord, plain_number};
use crate::ingest::strings::{StringTable, TextHasher};

/// How many lines a block holds.
pub(super) const LINES: usize = 1024;

const NUMBERS: usize = 13;

/// The words of one column in lines that are being written.
#[derive(Debug, Default)]
struct NewWords<'a> {
    /// The number of the word in the run's list, or [`OWN`].
    listed: Vec<u32>,
    /// The words that stand in no list, with the line of each.
    own: Vec<(u16, PackedWord<'a>)>,
}

/// The word stands in no list.
const OWN: u32 = u32::MAX;

/// Lines that are being written, column by column: every column is gone through several times.
#[derive(Debug, Default)]
pub(super) struct NewLines<'a> {
    pub(super) classes: Vec<u16>,
    numbers: [Vec<i64>; NUMBERS],
    words: [NewWords<'a>; STORED_WORDS.len()],
}

/// For each column of words, what the texts in a chunk's list are called in the list of the run.
pub(super) type ListedWords = [Vec<u32>; STORED_WORDS.len()];

/// For each column of words, the texts that the chunks of a run list.
pub(super) type ListedTexts = [StringTable; STORED_WORDS.len()];

impl<'a> NewLines<'a> {
    pub(super) fn with_capacity(count: usize) -> NewLines<'a> {
        NewLines {
            classes: Vec::with_capacity(count),
            numbers: std::array::from_fn(|_| Vec::with_capacity(count)),
            words: std::array::from_fn(|_| NewWords { listed: Vec::with_capacity(count), own: Vec::new() }),
        }
    }

    /// Appends a line of a chunk, whose rows are counted from `row_base`.
    pub(super) fn push(
        &mut self,
        (class, months): (u16, MonthSpan),
        row_base: u32,
        listed: &ListedWords,
        line: &PackedLine<'a>,
    ) {
        let [basic, addition, own, subsidy, other] = line.amounts;
        let has_total = line.total != NO_TOTAL;
        // The stated total nearly always is the sum of the components.
        let beyond = if has_total { line.total - line.amounts.iter().sum::<i64>() } else { 0 };
        let numbers: [i64; NUMBERS] = [
            i64::from(line.row.saturating_add(row_base)),
            i64::from(class),
            i64::from(line.total_only),
            i64::from(line.paid_day),
            basic,
            addition,
            own,
            subsidy,
            other,
            i64::from(has_total),
            beyond,
            i64::from(months.from.0),
            i64::from(months.until.0),
        ];
        for (column, number) in self.numbers.iter_mut().zip(numbers) {
            column.push(number);
        }
        let at = self.classes.len() as u16;
        for ((column, word), listed) in self.words.iter_mut().zip(line.words).zip(listed) {
            let number = match word {
                PackedWord::Listed(code) => listed.get(usize::from(code)).copied().unwrap_or_default(),
                PackedWord::Number(_) | PackedWord::Text(_) => {
                    column.own.push((at, word));
                    OWN
                }
            };
            column.listed.push(number);
        }
        self.classes.push(class);
    }

    /// The block of the lines, whose listed words are those of `texts`.
    pub(super) fn encode(&self, texts: &ListedTexts) -> Vec<u8> {
        let mut out = ByteWriter(Vec::with_capacity(self.classes.len() * 48));
        out.u16(self.classes.len() as u16);
        for column in &self.numbers {
            put_integers(&mut out, column);
        }
        for (column, texts) in self.words.iter().zip(texts) {
            column.put(&mut out, texts);
        }
        out.0
    }
}

impl NewWords<'_> {
    fn put(&self, out: &mut ByteWriter, texts: &StringTable) {
        if self.own.is_empty() && self.put_listed(out, texts) {
            return;
        }
        let mut own = self.own.iter();
        let mut next = own.next();
        let words = self.listed.iter().enumerate().map(|(at, &listed)| match next {
            Some(&(line, word)) if usize::from(line) == at => {
                next = own.next();
                word
            }
            _ => PackedWord::Text(texts.text(listed).as_bytes()),
        });
        let words: Vec<PackedWord<'_>> = words.collect();
        let number = |word: &PackedWord<'_>| match word {
            PackedWord::Number(number) => Some(*number),
            PackedWord::Text(text) => plain_number(text),
            PackedWord::Listed(_) => None,
        };
        if let Some(numbers) = words.iter().map(number).collect::<Option<Vec<i64>>>() {
            out.u8(WordForm::Digits as u8);
            return put_integers(out, &numbers);
        }
        // Numbers among texts are texts.
        let has_numbers = words.iter().any(|word| matches!(word, PackedWord::Number(_)));
        let written: Vec<String> =
            if has_numbers { words.iter().map(written_number).collect() } else { Vec::new() };
        let cells = words.iter().enumerate().map(|(at, word)| match word {
            PackedWord::Text(text) => text,
            _ => written.get(at).map_or(&[][..], |text| text.as_bytes()),
        });
        let cells: Vec<&[u8]> = cells.collect();
        put_words(out, &cells);
    }

    /// Puts a column whose words all stand in the list; false where they are too many for codes.
    fn put_listed(&self, out: &mut ByteWriter, texts: &StringTable) -> bool {
        let Some(&first) = self.listed.first() else { return false };
        if self.listed.iter().all(|&listed| listed == first) {
            out.u8(WordForm::Alike as u8);
            put_texts(out, &[texts.text(first).as_bytes()]);
            return true;
        }
        const NONE: u16 = u16::MAX;
        if texts.len() > MOST_LISTED {
            return false;
        }
        let mut codes_of = vec![NONE; texts.len()];
        let mut used: Vec<&[u8]> = Vec::new();
        let mut codes = Vec::with_capacity(self.listed.len());
        for &listed in &self.listed {
            let code = &mut codes_of[listed as usize];
            if *code == NONE {
                *code = used.len() as u16;
                used.push(texts.text(listed).as_bytes());
            }
            codes.push(*code as u8);
        }
        if used.len() > CODES {
            return false;
        }
        out.u8(WordForm::Coded as u8);
        put_texts(out, &used);
        out.0.extend_from_slice(&codes);
        true
    }
}

fn written_number(word: &PackedWord<'_>) -> String {
    if let PackedWord::Number(number) = word { number.to_string() } else { String::new() }
}

/// Lists with more texts are not turned into codes by a table of all of them.
const MOST_LISTED: usize = 1 << 14;

/// Numbers as their distance from the smallest, in as few bytes as the largest distance needs.
fn put_integers(out: &mut ByteWriter, numbers: &[i64]) {
    let least = numbers.iter().copied().min().unwrap_or(0);
    let most = numbers.iter().copied().max().unwrap_or(0);
    let distance = |number: i64| number.wrapping_sub(least) as u64;
    let width: u8 = match distance(most) {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    };
    out.u8(width);
    out.i64(least);
    match width {
        0 => {}
        1 => out.0.extend(numbers.iter().map(|&number| distance(number) as u8)),
        2 => numbers.iter().for_each(|&number| out.u16(distance(number) as u16)),
        4 => numbers.iter().for_each(|&number| out.u32(distance(number) as u32)),
        _ => numbers.iter().for_each(|&number| out.u64(distance(number))),
    }
}

/// How the words of a column are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum WordForm {
    /// One text for all lines.
    #[default]
    Alike = 0,
    /// A text for every line.
    EachItsOwn = 1,
    /// Few texts, and for every line a byte that says which.
    Coded = 2,
    /// Every text is a number without leading zeros, as account numbers are.
    Digits = 3,
}

/// The most texts that a byte can tell apart.
const CODES: usize = 256;
/// How many lines are looked at to see whether texts repeat.
const SAMPLE: usize = 48;

fn put_words(out: &mut ByteWriter, cells: &[&[u8]]) {
    let Some(first) = cells.first() else { return out.u8(WordForm::Alike as u8) };
    if cells.iter().all(|cell| cell == first) {
        out.u8(WordForm::Alike as u8);
        return put_texts(out, &cells[..1]);
    }
    if let Some((texts, codes)) = code(cells) {
        out.u8(WordForm::Coded as u8);
        put_texts(out, &texts);
        return out.0.extend_from_slice(&codes);
    }
    out.u8(WordForm::EachItsOwn as u8);
    put_texts(out, cells);
}

/// The distinct texts of a column and the code of each line; `None` where they are too many.
fn code<'a>(cells: &[&'a [u8]]) -> Option<(Vec<&'a [u8]>, Vec<u8>)> {
    let mut seen = cells[..cells.len().min(SAMPLE)].to_vec();
    seen.sort_unstable();
    seen.dedup();
    if seen.len() * 4 > SAMPLE * 3 {
        return None;
    }
    let mut numbers: HashMap<&[u8], u8, BuildHasherDefault<TextHasher>> = HashMap::default();
    let mut texts: Vec<&[u8]> = Vec::new();
    let mut codes = Vec::with_capacity(cells.len());
    let mut last: (&[u8], u8) = (&[], 0);
    for &cell in cells {
        if texts.is_empty() || cell != last.0 {
            let number = match numbers.get(cell) {
                Some(&number) => number,
                None if texts.len() == CODES => return None,
                None => {
                    let number = texts.len() as u8;
                    numbers.insert(cell, number);
                    texts.push(cell);
                    number
                }
            };
            last = (cell, number);
        }
        codes.push(last.1);
    }
    Some((texts, codes))
}

/// Texts in a row, with where each ends.
fn put_texts(out: &mut ByteWriter, texts: &[&[u8]]) {
    let length: usize = texts.iter().map(|text| text.len()).sum();
    out.u16(texts.len() as u16);
    out.u32(length as u32);
    let mut end = 0;
    for text in texts {
        end += text.len();
        if length <= usize::from(u16::MAX) {
            out.u16(end as u16);
        } else {
            out.u32(end as u32);
        }
    }
    texts.iter().for_each(|text| out.0.extend_from_slice(text));
}

#[derive(Clone, Copy, Debug, Default)]
struct Numbers<'a> {
    least: i64,
    width: usize,
    bytes: &'a [u8],
}

impl<'a> Numbers<'a> {
    fn take(input: &mut ByteReader<'a>, count: usize) -> Option<Numbers<'a>> {
        let width = usize::from(input.u8()?);
        if !matches!(width, 0 | 1 | 2 | 4 | 8) {
            return None;
        }
        Some(Numbers { width, least: input.i64()?, bytes: input.bytes(width * count)? })
    }

    /// The numbers of so many lines.
    fn decode(&self, count: usize, numbers: &mut Vec<i64>) {
        let number = |distance: u64| self.least.wrapping_add(distance as i64);
        let bytes = |chunk: &[u8]| chunk.iter().rev().fold(0u64, |all, &byte| all << 8 | u64::from(byte));
        numbers.clear();
        match self.width {
            0 => numbers.resize(count, self.least),
            1 => numbers.extend(self.bytes.iter().map(|&byte| number(u64::from(byte)))),
            2 => numbers.extend(self.bytes.chunks_exact(2).map(|chunk| number(bytes(chunk)))),
            4 => numbers.extend(self.bytes.chunks_exact(4).map(|chunk| number(bytes(chunk)))),
            _ => numbers.extend(self.bytes.chunks_exact(8).map(|chunk| number(bytes(chunk)))),
        }
    }

    #[inline]
    fn get(&self, at: usize) -> i64 {
        let at = at * self.width;
        let distance = match self.width {
            0 => 0,
            1 => u64::from(self.bytes[at]),
            2 => u64::from(u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]])),
            width => {
                let mut distance = [0; 8];
                distance[..width].copy_from_slice(&self.bytes[at..at + width]);
                u64::from_le_bytes(distance)
            }
        };
        self.least.wrapping_add(distance as i64)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct WordColumn<'a> {
    form: WordForm,
    wide: bool,
    ends: &'a [u8],
    text: &'a [u8],
    codes: &'a [u8],
    numbers: Numbers<'a>,
}

impl<'a> WordColumn<'a> {
    fn take(input: &mut ByteReader<'a>, count: usize) -> Option<WordColumn<'a>> {
        let form = match input.u8()? {
            0 => WordForm::Alike,
            1 => WordForm::EachItsOwn,
            2 => WordForm::Coded,
            _ => WordForm::Digits,
        };
        let mut column = WordColumn { form, ..WordColumn::default() };
        if form == WordForm::Digits {
            column.numbers = Numbers::take(input, count)?;
            return Some(column);
        }
        let entries = usize::from(input.u16()?);
        let length = input.u32()? as usize;
        column.wide = length > usize::from(u16::MAX);
        column.ends = input.bytes(entries * if column.wide { 4 } else { 2 })?;
        column.text = input.bytes(length)?;
        if form == WordForm::Coded {
            column.codes = input.bytes(count)?;
        }
        Some(column)
    }

    fn end(&self, entry: usize) -> Option<usize> {
        if self.wide {
            let bytes = self.ends.get(entry * 4..)?.first_chunk()?;
            Some(u32::from_le_bytes(*bytes) as usize)
        } else {
            let bytes = self.ends.get(entry * 2..)?.first_chunk()?;
            Some(usize::from(u16::from_le_bytes(*bytes)))
        }
    }

    /// The hashes of the words of so many lines: texts that stand for several lines are hashed once.
    fn hash(&self, count: usize, hashes: &mut Vec<u64>) -> Option<()> {
        hashes.clear();
        let text = |entry: usize| self.bytes(entry).map(hash_text);
        match self.form {
            WordForm::Alike => hashes.resize(count, text(0)?),
            WordForm::EachItsOwn => {
                for line in 0..count {
                    hashes.push(text(line)?);
                }
            }
            WordForm::Coded => {
                let mut of_texts = [None; CODES];
                for &code in self.codes {
                    let known = &mut of_texts[usize::from(code)];
                    if known.is_none() {
                        *known = text(usize::from(code));
                    }
                    hashes.push((*known)?);
                }
            }
            WordForm::Digits => {
                hashes.extend((0..count).map(|line| hash_number(self.numbers.get(line))));
            }
        }
        Some(())
    }

    fn bytes(&self, entry: usize) -> Option<&'a [u8]> {
        let start = if entry == 0 { 0 } else { self.end(entry - 1)? };
        self.text.get(start..self.end(entry)?)
    }

    fn get(&self, at: usize) -> Option<Word<'a>> {
        let entry = match self.form {
            WordForm::Alike => 0,
            WordForm::EachItsOwn => at,
            WordForm::Coded => usize::from(self.codes[at]),
            WordForm::Digits => return Some(Word::Number(self.numbers.get(at))),
        };
        std::str::from_utf8(self.bytes(entry)?).ok().map(Word::Text)
    }
}

/// A block of lines, any of which can be read by itself.
#[derive(Debug)]
pub(crate) struct LineBlock<'a> {
    count: usize,
    numbers: [Numbers<'a>; NUMBERS],
    words: [WordColumn<'a>; STORED_WORDS.len()],
}

impl<'a> LineBlock<'a> {
    /// Opens a block whose checksum was tested.
    pub(super) fn open(bytes: &'a [u8]) -> Option<LineBlock<'a>> {
        let mut input = ByteReader(bytes);
        let count = usize::from(input.u16()?);
        let mut block = LineBlock {
            count,
            numbers: [Numbers::default(); NUMBERS],
            words: [WordColumn::default(); STORED_WORDS.len()],
        };
        for column in &mut block.numbers {
            *column = Numbers::take(&mut input, count)?;
        }
        for column in &mut block.words {
            *column = WordColumn::take(&mut input, count)?;
        }
        Some(block)
    }

    /// How many lines the block has.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// The amounts of all lines, component by component.
    pub(crate) fn decode_amounts(&self, amounts: &mut [Vec<i64>; 5]) {
        for (component, fen) in amounts.iter_mut().enumerate() {
            self.numbers[4 + component].decode(self.count, fen);
        }
    }

    /// The benefit months of all lines, as numbers: the first, and the first that is outside again.
    pub(crate) fn decode_months(&self, months: &mut [Vec<i64>; 2]) {
        for (end, numbers) in months.iter_mut().enumerate() {
            self.numbers[11 + end].decode(self.count, numbers);
        }
    }

    fn number(&self, column: usize, at: usize) -> i64 {
        self.numbers[column].get(at)
    }

    /// The class of a line, or [`UNLISTED`](super::UNLISTED).
    pub(crate) fn class(&self, at: usize) -> u16 {
        self.number(1, at) as u16
    }

    /// Whether a line has a total only.
    pub(crate) fn total_only(&self, at: usize) -> bool {
        self.number(2, at) != 0
    }

    /// The components of a line.
    pub(crate) fn amounts(&self, at: usize) -> Amounts {
        std::array::from_fn(|component| self.number(4 + component, at))
    }

    /// The stated total of a line, or [`NO_TOTAL`].
    pub(crate) fn total(&self, at: usize) -> i64 {
        match self.number(9, at) {
            0 => NO_TOTAL,
            _ => self.number(10, at) + self.amounts(at).iter().sum::<i64>(),
        }
    }

    /// The benefit months of a line.
    pub(crate) fn months(&self, at: usize) -> MonthSpan {
        MonthSpan { from: Month(self.number(11, at) as i32), until: Month(self.number(12, at) as i32) }
    }

    /// A word of a line, by its place among [`STORED_WORDS`].
    pub(crate) fn word(&self, place: usize, at: usize) -> Option<Word<'a>> {
        self.words[place].get(at)
    }

    /// The hashes of one word of every line. Nothing where a text is not there.
    pub(crate) fn hash_words(&self, place: usize, hashes: &mut Vec<u64>) -> Option<()> {
        self.words[place].hash(self.count, hashes)
    }

    /// A line of the block.
    pub(super) fn line(&self, at: usize) -> Option<StoredLine<'a>> {
        if at >= self.count {
            return None;
        }
        let mut words = [Word::Text(""); STORED_WORDS.len()];
        for (word, column) in words.iter_mut().zip(&self.words) {
            *word = column.get(at)?;
        }
        Some(StoredLine {
            row: self.number(0, at) as u32,
            class: self.class(at),
            months: self.months(at),
            total_only: self.total_only(at),
            paid_day: self.number(3, at) as i32,
            amounts: self.amounts(at),
            total: self.total(at),
            words,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LISTED: [&str; 3] = ["甲", "乙", "7"];

    proptest! {
        #[test]
        fn lines_come_back_as_they_were(
            rows in proptest::collection::vec(
                (any::<u32>(), any::<u16>(), any::<bool>(), any::<i32>(), -10_000_000_000i64..10_000_000_000,
                 proptest::option::of(-10_000_000_000i64..10_000_000_000), "[0-9]{1,18}|[a-z甲乙]{0,3}"),
                1..40,
            ),
            long in 0usize..3,
        ) {
            let texts: Vec<String> = rows.iter().map(|row| row.6.repeat(1 + long * 4000)).collect();
            let mut tables = ListedTexts::default();
            let listed: ListedWords =
                tables.each_mut().map(|table| LISTED.map(|text| table.number(text)).to_vec());
            let word = |text: &'static str| PackedWord::Text(text.as_bytes());
            let written: Vec<(u16, PackedLine<'_>)> = rows
                .iter()
                .zip(&texts)
                .map(|(&(row, class, total_only, paid_day, amount, total, _), text)| {
                    let number = plain_number(text.as_bytes()).map(PackedWord::Number);
                    let own = number.unwrap_or(PackedWord::Text(text.as_bytes()));
                    let named = PackedWord::Listed((class % 3) as u8);
                    let mixed = if class % 2 == 0 { named } else { own };
                    let words = [
                        own, word(""), word("甲"), mixed, word("b"), named, PackedWord::Listed(1),
                        PackedWord::Text(text.as_bytes()), PackedWord::Number(amount.abs()), mixed, own,
                    ];
                    let amounts = [amount, 0, 15_000, -amount, 1];
                    let total = total.unwrap_or(NO_TOTAL);
                    (class, PackedLine { class: 0, row, paid_day, total_only, total, amounts, words })
                })
                .collect();
            let mut new = NewLines::with_capacity(written.len());
            for (class, line) in &written {
                new.push((*class, MonthSpan::single(Month(i32::from(*class)))), 0, &listed, line);
            }
            let bytes = new.encode(&tables);
            let block = LineBlock::open(&bytes).unwrap();
            prop_assert!(block.line(written.len()).is_none());
            let mut amounts: [Vec<i64>; 5] = Default::default();
            block.decode_amounts(&mut amounts);
            let mut months: [Vec<i64>; 2] = Default::default();
            block.decode_months(&mut months);
            for at in 0..written.len() {
                prop_assert_eq!(block.amounts(at), amounts.each_ref().map(|fen| fen[at]));
                let MonthSpan { from, until } = block.months(at);
                prop_assert_eq!([from.0, until.0].map(i64::from), months.each_ref().map(|ends| ends[at]));
            }
            let mut hashes = Vec::new();
            for place in 0..STORED_WORDS.len() {
                block.hash_words(place, &mut hashes).unwrap();
                let words = (0..written.len()).map(|at| block.word(place, at).unwrap().hash());
                prop_assert_eq!(&hashes, &words.collect::<Vec<u64>>());
            }
            for (at, (class, written)) in written.iter().enumerate() {
                let line = block.line(at).unwrap();
                let months = MonthSpan::single(Month(i32::from(*class)));
                prop_assert_eq!((line.row, line.class, line.months), (written.row, *class, months));
                prop_assert_eq!((line.total_only, line.total), (written.total_only, written.total));
                prop_assert_eq!((line.paid_day, line.amounts), (written.paid_day, written.amounts));
                for (word, expected) in line.words.iter().zip(&written.words) {
                    let mut buffer = String::new();
                    let expected = match *expected {
                        PackedWord::Listed(code) => LISTED[usize::from(code)].to_string(),
                        PackedWord::Number(number) => number.to_string(),
                        PackedWord::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
                    };
                    prop_assert_eq!(word.text(&mut buffer), expected);
                }
            }
        }
    }
}
