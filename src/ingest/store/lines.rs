//! A block of payment lines, column by column: what is alike in all lines is stored once.
//!
//! Owns the form of the block. Must not know which person a line belongs to: lines stand in the order of
//! persons, and the directory of persons counts them.

use super::bytes::{ByteReader, ByteWriter};
use crate::domain::{Month, MonthSpan};
use crate::ingest::payments::{NO_TOTAL, STORED_WORDS, StoredLine};
use crate::ingest::roster::PackedLine;

/// How many lines a block holds.
pub(super) const LINES: usize = 1024;

const NUMBERS: usize = 13;

/// A line as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewLine<'a> {
    pub(super) class: u16,
    pub(super) months: MonthSpan,
    pub(super) line: PackedLine<'a>,
}

/// Writes a block of lines.
pub(super) fn encode(lines: &[NewLine<'_>]) -> Vec<u8> {
    let mut out = ByteWriter(Vec::with_capacity(lines.len() * 64));
    out.u16(lines.len() as u16);
    put_numbers(&mut out, lines, |new| i64::from(new.line.row));
    put_numbers(&mut out, lines, |new| i64::from(new.class));
    put_numbers(&mut out, lines, |new| i64::from(new.line.total_only));
    put_numbers(&mut out, lines, |new| i64::from(new.line.paid_day));
    for component in 0..5 {
        put_numbers(&mut out, lines, |new| new.line.amounts[component]);
    }
    // The stated total nearly always is the sum of the components.
    put_numbers(&mut out, lines, |new| i64::from(new.line.total != NO_TOTAL));
    put_numbers(&mut out, lines, |new| if new.line.total == NO_TOTAL { 0 } else { new.line.total - sum(new) });
    put_numbers(&mut out, lines, |new| i64::from(new.months.from.0));
    put_numbers(&mut out, lines, |new| i64::from(new.months.until.0));
    for word in 0..STORED_WORDS.len() {
        put_words(&mut out, lines, word);
    }
    out.0
}

fn sum(new: &NewLine<'_>) -> i64 {
    new.line.amounts.iter().sum()
}

/// Numbers as their distance from the smallest, in as few bytes as the largest distance needs.
fn put_numbers(out: &mut ByteWriter, lines: &[NewLine<'_>], of: impl Fn(&NewLine<'_>) -> i64) {
    let first = lines.first().map_or(0, &of);
    let (mut least, mut most) = (first, first);
    for line in lines {
        let number = of(line);
        least = least.min(number);
        most = most.max(number);
    }
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
    for line in lines {
        let bytes = distance(of(line)).to_le_bytes();
        out.0.extend_from_slice(&bytes[..usize::from(width)]);
    }
}

/// Words as texts, a new one wherever a line's differs from the line before, and which text each line has.
fn put_words(out: &mut ByteWriter, lines: &[NewLine<'_>], word: usize) {
    let mut ends: Vec<u32> = Vec::new();
    let mut codes: Vec<u16> = Vec::with_capacity(lines.len());
    let mut text: Vec<u8> = Vec::new();
    let mut last: Option<&[u8]> = None;
    for line in lines {
        let cell = line.line.words[word];
        if last != Some(cell) {
            text.extend_from_slice(cell);
            ends.push(text.len() as u32);
            last = Some(cell);
        }
        codes.push(ends.len() as u16 - 1);
    }
    let form = match ends.len() {
        1 => WordForm::Alike,
        count if count == lines.len() => WordForm::EachItsOwn,
        _ => WordForm::Coded,
    };
    out.u8(form as u8);
    out.u16(ends.len() as u16);
    out.u32(text.len() as u32);
    for end in &ends {
        if text.len() <= usize::from(u16::MAX) {
            out.u16(*end as u16);
        } else {
            out.u32(*end);
        }
    }
    out.0.extend_from_slice(&text);
    if form == WordForm::Coded {
        codes.iter().for_each(|&code| out.u16(code));
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum WordForm {
    #[default]
    Alike = 0,
    EachItsOwn = 1,
    Coded = 2,
}

#[derive(Clone, Copy, Debug, Default)]
struct Numbers<'a> {
    least: i64,
    width: usize,
    bytes: &'a [u8],
}

impl Numbers<'_> {
    fn get(&self, at: usize) -> i64 {
        let bytes = &self.bytes[at * self.width..(at + 1) * self.width];
        let mut distance = [0; 8];
        distance[..self.width].copy_from_slice(bytes);
        self.least.wrapping_add(u64::from_le_bytes(distance) as i64)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct WordColumn<'a> {
    form: WordForm,
    wide: bool,
    ends: &'a [u8],
    text: &'a [u8],
    codes: &'a [u8],
}

impl<'a> WordColumn<'a> {
    fn end(&self, entry: usize) -> usize {
        if self.wide {
            let at = entry * 4;
            let bytes = &self.ends[at..at + 4];
            u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize
        } else {
            usize::from(u16::from_le_bytes([self.ends[entry * 2], self.ends[entry * 2 + 1]]))
        }
    }

    fn get(&self, at: usize) -> Option<&'a str> {
        let entry = match self.form {
            WordForm::Alike => 0,
            WordForm::EachItsOwn => at,
            WordForm::Coded => usize::from(u16::from_le_bytes([self.codes[at * 2], self.codes[at * 2 + 1]])),
        };
        let start = if entry == 0 { 0 } else { self.end(entry - 1) };
        std::str::from_utf8(self.text.get(start..self.end(entry))?).ok()
    }
}

/// A block of lines, any of which can be read by itself.
#[derive(Debug)]
pub(super) struct LineBlock<'a> {
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
            let width = usize::from(input.u8()?);
            *column = Numbers { width, least: input.i64()?, bytes: input.bytes(width * count)? };
        }
        for column in &mut block.words {
            let form = match input.u8()? {
                0 => WordForm::Alike,
                1 => WordForm::EachItsOwn,
                _ => WordForm::Coded,
            };
            let entries = usize::from(input.u16()?);
            let length = input.u32()? as usize;
            let wide = length > usize::from(u16::MAX);
            let ends = input.bytes(entries * if wide { 4 } else { 2 })?;
            let text = input.bytes(length)?;
            let codes = if form == WordForm::Coded { input.bytes(count * 2)? } else { &[] };
            *column = WordColumn { form, wide, ends, text, codes };
        }
        Some(block)
    }

    /// A line of the block.
    pub(super) fn line(&self, at: usize) -> Option<StoredLine<'a>> {
        if at >= self.count {
            return None;
        }
        let number = |column: usize| self.numbers[column].get(at);
        let amounts = [number(4), number(5), number(6), number(7), number(8)];
        let total = if number(9) == 0 { NO_TOTAL } else { number(10) + amounts.iter().sum::<i64>() };
        let mut words = [""; STORED_WORDS.len()];
        for (word, column) in words.iter_mut().zip(&self.words) {
            *word = column.get(at)?;
        }
        Some(StoredLine {
            row: number(0) as u32,
            class: number(1) as u16,
            months: MonthSpan { from: Month(number(11) as i32), until: Month(number(12) as i32) },
            total_only: number(2) != 0,
            paid_day: number(3) as i32,
            amounts,
            total,
            words,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn lines_come_back_as_they_were(
            rows in proptest::collection::vec(
                (any::<u32>(), any::<u16>(), any::<bool>(), any::<i32>(), -10_000_000_000i64..10_000_000_000,
                 proptest::option::of(-10_000_000_000i64..10_000_000_000), "[a-z甲乙]{0,3}"),
                1..40,
            ),
            long in 0usize..3,
        ) {
            let texts: Vec<String> = rows.iter().map(|row| row.6.repeat(1 + long * 4000)).collect();
            let lines: Vec<StoredLine<'_>> = rows
                .iter()
                .zip(&texts)
                .map(|(&(row, class, total_only, paid_day, amount, total, _), text)| StoredLine {
                    row,
                    class,
                    months: MonthSpan::through(
                        Month(i32::from(class)),
                        Month(i32::from(class) + i32::from(total_only)),
                    ),
                    total_only,
                    paid_day,
                    total: total.unwrap_or(NO_TOTAL),
                    amounts: [amount, 0, 15_000, -amount, 1],
                    words: [text, "", "甲", text, "b", "", "", text, "", "丙", text],
                })
                .collect();
            let new: Vec<NewLine<'_>> = lines
                .iter()
                .map(|line| NewLine {
                    class: line.class,
                    months: line.months,
                    line: PackedLine {
                        class: 0,
                        row: line.row,
                        paid_day: line.paid_day,
                        total_only: line.total_only,
                        total: line.total,
                        amounts: line.amounts,
                        words: line.words.map(str::as_bytes),
                    },
                })
                .collect();
            let bytes = encode(&new);
            let block = LineBlock::open(&bytes).unwrap();
            prop_assert!(block.line(lines.len()).is_none());
            for (at, line) in lines.iter().enumerate() {
                prop_assert_eq!(format!("{:?}", block.line(at).unwrap()), format!("{line:?}"));
            }
        }
    }
}
