//! Rows of a payment roster to typed lines, a chunk at a time: chunks do not know of each other.
//!
//! Owns which rows are kept and what is noticed. Must not judge a line, nor know how lines are stored.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use chrono::{Datelike, NaiveDate};

use super::aside::Aside;
use super::cells::{BadCell, RowView, trimmed};
use super::chunk::RawChunk;
use super::heading::{Layout, Origin};
use super::payments::Word as StoredWord;
use super::payments::{Amounts, Component, NO_DAY, NO_TOTAL, STORED_WORDS, StoredLine};
use super::quality::{Control, FileNotes, Noticed, Reject};
use super::schema::{Column, Table};
use super::store::UNLISTED;
use super::strings::TextHasher;
use super::vocabulary::{Codes, RowLabel, word_of};
use crate::domain::{
    CitizenId, DateReading, Fen, IdDefect, IdReading, Month, MonthSpan, is_formula_error, is_serial,
    parse_date, parse_digits, parse_month_or_span,
};
use crate::messages::{Observation, RejectReason};

/// What a rule may ask of a line before it looks at the line itself. A roster has few classes: nearly all
/// lines of a month are alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LineClass {
    /// The benefit months.
    pub(crate) months: MonthSpan,
    /// 发放类型, as written.
    pub(crate) line_kind: String,
    /// 代发结果, as written.
    pub(crate) pay_status: String,
    /// Whether the sum of the components is below zero.
    pub(crate) is_negative: bool,
}

/// A kept row with a usable ID number: whose it is, its class, and where the rest of it stands in the chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RosterLine {
    pub(crate) key: u64,
    /// The class by its number in the chunk.
    pub(crate) class: u32,
    /// Where the packed line begins.
    pub(crate) start: u32,
}

/// A word of a line. Most words of a roster repeat: they stand in a list of the chunk once, and lines say
/// which of the list they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PackedWord<'a> {
    /// A text by its number in the chunk's list of the column.
    Listed(u8),
    /// A number without leading zeros, as account numbers are.
    Number(i64),
    /// Any other text.
    Text(&'a [u8]),
}

/// A line in one piece of memory: lines are fetched in the order of persons, which is no order of theirs, and
/// every further piece would be a further wait for memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackedLine<'a> {
    pub(crate) class: u32,
    pub(crate) row: u32,
    pub(crate) paid_day: i32,
    pub(crate) total_only: bool,
    pub(crate) total: i64,
    pub(crate) amounts: Amounts,
    pub(crate) words: [PackedWord<'a>; STORED_WORDS.len()],
}

const TOTAL_ONLY: u8 = 1;
/// The stated total is none.
const WITHOUT_TOTAL: u8 = 2;
/// The stated total is the sum of the components.
const TOTAL_IS_SUM: u8 = 4;
/// Amounts take eight bytes and not four.
const WIDE: u8 = 8;
/// The most texts that a chunk lists of a column; larger codes say where else the word stands.
const MOST_LISTED: usize = 250;
/// The word is a number behind the codes.
const NUMBER: u8 = 254;
/// The word is a text behind the codes, with its length.
const TEXT: u8 = 255;

fn pack(out: &mut Vec<u8>, line: &PackedLine<'_>) {
    let sum: i64 = line.amounts.iter().sum();
    let mut flags = if line.total_only { TOTAL_ONLY } else { 0 };
    flags |= match line.total {
        NO_TOTAL => WITHOUT_TOTAL,
        total if total == sum => TOTAL_IS_SUM,
        _ => 0,
    };
    let is_wide = line.amounts.iter().any(|&fen| i32::try_from(fen).is_err());
    flags |= if is_wide { WIDE } else { 0 };
    let nonzero = line.amounts.iter().enumerate().filter(|(_, fen)| **fen != 0);
    let present = nonzero.clone().fold(0u8, |bits, (at, _)| bits | 1 << at);
    let mut head = [0; HEAD];
    head[..4].copy_from_slice(&line.class.to_le_bytes());
    head[4..8].copy_from_slice(&line.row.to_le_bytes());
    head[8..12].copy_from_slice(&line.paid_day.to_le_bytes());
    head[12] = flags;
    head[13] = present;
    for (code, word) in head[HEAD - STORED_WORDS.len()..].iter_mut().zip(&line.words) {
        *code = match word {
            PackedWord::Listed(code) => *code,
            PackedWord::Number(_) => NUMBER,
            PackedWord::Text(_) => TEXT,
        };
    }
    out.extend_from_slice(&head);
    for (_, fen) in nonzero {
        if is_wide {
            out.extend_from_slice(&fen.to_le_bytes());
        } else {
            out.extend_from_slice(&(*fen as i32).to_le_bytes());
        }
    }
    if flags & (WITHOUT_TOTAL | TOTAL_IS_SUM) == 0 {
        out.extend_from_slice(&line.total.to_le_bytes());
    }
    for word in &line.words {
        match word {
            PackedWord::Listed(_) => {}
            PackedWord::Number(number) => out.extend_from_slice(&number.to_le_bytes()),
            PackedWord::Text(text) => {
                out.extend_from_slice(&(text.len() as u32).to_le_bytes());
                out.extend_from_slice(text);
            }
        }
    }
}

/// Class, row, day of payment, flags, amounts present, and a code for each word.
const HEAD: usize = 14 + STORED_WORDS.len();

fn unpack(bytes: &[u8]) -> Option<PackedLine<'_>> {
    let (head, mut rest) = bytes.split_first_chunk::<HEAD>()?;
    let four = |at: usize| [head[at], head[at + 1], head[at + 2], head[at + 3]];
    let (flags, present) = (head[12], head[13]);
    let mut amounts = [0; 5];
    for (at, fen) in amounts.iter_mut().enumerate() {
        if present & (1 << at) == 0 {
            continue;
        }
        *fen = if flags & WIDE == 0 {
            i64::from(i32::from_le_bytes(*take(&mut rest)?))
        } else {
            i64::from_le_bytes(*take(&mut rest)?)
        };
    }
    let total = match flags & (WITHOUT_TOTAL | TOTAL_IS_SUM) {
        WITHOUT_TOTAL => NO_TOTAL,
        TOTAL_IS_SUM => amounts.iter().sum(),
        _ => i64::from_le_bytes(*take(&mut rest)?),
    };
    let mut words = [PackedWord::Listed(0); STORED_WORDS.len()];
    for (word, &code) in words.iter_mut().zip(&head[HEAD - STORED_WORDS.len()..]) {
        *word = match code {
            NUMBER => PackedWord::Number(i64::from_le_bytes(*take(&mut rest)?)),
            TEXT => {
                let length = u32::from_le_bytes(*take(&mut rest)?) as usize;
                let (text, behind) = rest.split_at_checked(length)?;
                rest = behind;
                PackedWord::Text(text)
            }
            listed => PackedWord::Listed(listed),
        };
    }
    Some(PackedLine {
        class: u32::from_le_bytes(four(0)),
        row: u32::from_le_bytes(four(4)),
        paid_day: i32::from_le_bytes(four(8)),
        total_only: flags & TOTAL_ONLY != 0,
        total,
        amounts,
        words,
    })
}

fn take<'a, const SIZE: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; SIZE]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(first)
}

/// The number that a text is, if it is written as the number would be.
pub(crate) fn plain_number(text: &[u8]) -> Option<i64> {
    match text {
        [b'0'] => Some(0),
        [b'1'..=b'9', ..] => parse_digits(text).and_then(|number| i64::try_from(number).ok()),
        _ => None,
    }
}

/// A kept row without a usable ID number: a payment stays a payment, but nobody can be held to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusableLine {
    /// The row in the file.
    pub row: u32,
    /// The benefit months.
    pub months: MonthSpan,
    /// Why the ID number is unusable.
    pub defect: IdDefect,
    /// The ID cell as written.
    pub id_text: String,
    /// The birth date, by a column of its own.
    pub birth_date: Option<NaiveDate>,
    /// The sex as written.
    pub sex: String,
    /// Whether only a total was given.
    pub total_only: bool,
    /// The stated total in fen, [`NO_TOTAL`] where there is none.
    pub total: i64,
    /// The day of payment as days of the common era, [`NO_DAY`] where there is none.
    pub paid_day: i32,
    /// The components in fen.
    pub amounts: Amounts,
    /// The words, in the order of [`STORED_WORDS`].
    pub words: [String; STORED_WORDS.len()],
}

impl UnusableLine {
    /// The name as written.
    pub fn name(&self) -> &str {
        &self.words[0]
    }

    /// The line as the lines with a usable number are read.
    pub(crate) fn as_stored(&self) -> StoredLine<'_> {
        StoredLine {
            row: self.row,
            class: UNLISTED,
            months: self.months,
            total_only: self.total_only,
            total: self.total,
            paid_day: self.paid_day,
            amounts: self.amounts,
            words: self.words.each_ref().map(|word| StoredWord::Text(word)),
        }
    }
}

/// What a chunk of rows holds.
#[derive(Debug)]
pub(crate) struct RosterChunk {
    pub(crate) lines: Vec<RosterLine>,
    packed: Vec<u8>,
    /// The texts of each column of words that lines name by number.
    pub(crate) listed: [Vec<String>; STORED_WORDS.len()],
    pub(crate) classes: Vec<LineClass>,
    pub(crate) unusable: Vec<UnusableLine>,
    pub(crate) control: Control,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) noticed: FileNotes,
    /// The latest birth date that an ID number states: as of an earlier day the number would be none.
    pub(crate) latest_birth: Option<NaiveDate>,
    /// The newest day of payment, as days of the common era; the smallest number where there is none.
    pub(crate) newest_paid: i32,
}

impl RosterChunk {
    /// About how many bytes of memory the lines take.
    pub(crate) fn size(&self) -> usize {
        let text = |text: &String| std::mem::size_of::<String>() + text.len();
        let listed: usize = self.listed.iter().flatten().map(text).sum();
        self.lines.len() * std::mem::size_of::<RosterLine>() + self.packed.len() + listed
    }

    /// Asks for the memory of a line that will be read soon, so that it is there by then.
    #[inline]
    pub(crate) fn ask_for(&self, start: u32) -> u8 {
        let byte = |at: usize| self.packed.get(at).copied().unwrap_or(0);
        byte(start as usize) ^ byte(start as usize + 64)
    }

    /// The packed line that begins here.
    pub(crate) fn line(&self, start: u32) -> Option<PackedLine<'_>> {
        unpack(self.packed.get(start as usize..)?)
    }
}

/// A cell that was read before, so that a roster's repetitions are read once.
#[derive(Default)]
struct Last<T> {
    text: String,
    value: T,
}

impl<T: Copy> Last<T> {
    fn get(&mut self, text: &str, read: impl FnOnce(&str) -> T) -> T {
        if self.text != text {
            self.value = read(text);
            self.text.clear();
            self.text.push_str(text);
        }
        self.value
    }
}

/// Reads the words of one column.
struct WordReader<'a> {
    /// The cell's place in a row; absent: the only listed text is that of every row.
    slot: Option<usize>,
    listed: Vec<&'a str>,
    numbers: HashMap<&'a str, u8, BuildHasherDefault<TextHasher>>,
    /// The cell that was found in the list last, as written, and its number.
    last: (&'a str, u8),
    /// How many cells were read while the list was open.
    seen: usize,
    /// The column repeats too little for a list.
    is_closed: bool,
    /// The words for which codes stand.
    codes: Option<&'a Codes>,
    /// The codes that were read, as written, with their words.
    read_codes: Vec<(&'a str, &'a str, Noticed)>,
}

impl<'a> WordReader<'a> {
    /// From this many texts on a list must be worth it.
    const TRIED: usize = 32;

    fn new(layout: &'a Layout, column: Column) -> WordReader<'a> {
        let (slot, listed) = match layout.origin(column) {
            Some(Origin::Cells(cells)) => (Some(cells[0].0), Vec::new()),
            Some(Origin::Fixed(text)) => (None, vec![text.trim()]),
            None => (None, vec![""]),
        };
        WordReader {
            slot,
            listed,
            numbers: HashMap::default(),
            last: ("", 0),
            seen: 0,
            is_closed: false,
            codes: layout.codes.get(&column).filter(|codes| !codes.is_empty()),
            read_codes: Vec::new(),
        }
    }

    /// The word of a row, and its text without the blanks around it.
    #[inline]
    fn read(&mut self, view: &RowView<'a>) -> Word<'a> {
        let Some(slot) = self.slot else { return (self.listed[0], PackedWord::Listed(0)) };
        let cell = view.chunk.cell(view.row, slot);
        if cell == self.last.0
            && let Some(text) = self.listed.get(usize::from(self.last.1))
        {
            self.seen += 1;
            return (text, PackedWord::Listed(self.last.1));
        }
        let text = trimmed(cell);
        if self.codes.is_some()
            && !self.numbers.contains_key(text)
            && let Some(word) = self.word_of(text, view.number())
        {
            // Codes are counted, so none of them is remembered as the last.
            let listed = self.code(word).map(PackedWord::Listed);
            return (word, listed.unwrap_or(PackedWord::Text(word.as_bytes())));
        }
        if let Some(code) = self.code(text) {
            self.last = (cell, code);
            return (text, PackedWord::Listed(code));
        }
        let word =
            plain_number(text.as_bytes()).map_or(PackedWord::Text(text.as_bytes()), PackedWord::Number);
        (text, word)
    }

    /// The word for which a text stands, if it is a code.
    fn word_of(&mut self, text: &'a str, row: u32) -> Option<&'a str> {
        let word = word_of(self.codes?, text)?;
        let at = self.read_codes.iter().position(|(code, ..)| *code == text).unwrap_or_else(|| {
            self.read_codes.push((text, word, Noticed::default()));
            self.read_codes.len() - 1
        });
        self.read_codes[at].2.note(row);
        Some(word)
    }

    /// The number of a text in the list, as long as the column repeats.
    fn code(&mut self, text: &'a str) -> Option<u8> {
        if self.is_closed {
            return None;
        }
        self.seen += 1;
        if let Some(&code) = self.numbers.get(text) {
            return Some(code);
        }
        let count = self.listed.len();
        if count >= MOST_LISTED || (count >= WordReader::TRIED && count * 4 > self.seen * 3) {
            self.is_closed = true;
            return None;
        }
        let code = count as u8;
        self.listed.push(text);
        self.numbers.insert(text, code);
        Some(code)
    }
}

/// Reads the rows of one chunk.
pub(crate) struct RosterReader<'a> {
    words: [WordReader<'a>; STORED_WORDS.len()],
    as_of: NaiveDate,
    file: &'a str,
    sheet: &'a str,
    chunk: RosterChunk,
    class_numbers: HashMap<LineClass, u32>,
    last_class: Option<(ClassKey<'a>, u32)>,
    /// The usable number with the latest birth date.
    youngest: Option<CitizenId>,
    last_months: Last<Option<MonthSpan>>,
    last_paid: Last<Option<DateReading>>,
}

impl<'a> RosterReader<'a> {
    pub(crate) fn read(
        file: &'a str,
        sheet: &'a str,
        layout: &'a Layout,
        as_of: NaiveDate,
        rows: &'a RawChunk,
    ) -> RosterChunk {
        let chunk = RosterChunk {
            lines: Vec::with_capacity(rows.len()),
            packed: Vec::with_capacity(rows.size() / 2 + HEAD),
            listed: Default::default(),
            classes: Vec::new(),
            unusable: Vec::new(),
            control: Control::new(Table::Payments, file),
            rejects: Vec::new(),
            noticed: FileNotes::default(),
            latest_birth: None,
            newest_paid: i32::MIN,
        };
        let mut reader = RosterReader {
            words: STORED_WORDS.map(|column| WordReader::new(layout, column)),
            as_of,
            file,
            sheet,
            chunk,
            class_numbers: HashMap::new(),
            last_class: None,
            youngest: None,
            last_months: Last::default(),
            last_paid: Last::default(),
        };
        for &row in rows.blanks() {
            reader.chunk.noticed.note(Observation::BlankRow, row);
        }
        for row in 0..rows.len() {
            reader.read_row(&RowView { chunk: rows, layout, row });
        }
        let RosterReader { mut chunk, words, youngest, .. } = reader;
        chunk.latest_birth = chunk.latest_birth.max(youngest.map(CitizenId::birth_date));
        for (word, column) in words.iter().zip(STORED_WORDS) {
            for (code, word, found) in &word.read_codes {
                let read = Observation::CodeRead(column, (*code).to_string(), (*word).to_string());
                chunk.noticed.insert(read, found);
            }
        }
        chunk.noticed.place_corrections(file, sheet);
        chunk.listed = words.map(|word| word.listed.into_iter().map(str::to_string).collect());
        chunk
    }

    fn read_row(&mut self, view: &RowView<'a>) {
        if let Some(aside) = Aside::of(view) {
            self.chunk.noticed.note(aside.observation(), view.number());
            if aside == Aside::Label(RowLabel::GrandTotal) {
                let money = read_money(view, &mut FileNotes::default());
                self.chunk.noticed.state_total(money.ok().map(|money| money.fen()));
            }
            return;
        }
        let money = read_money(view, &mut self.chunk.noticed);
        let fen = money.as_ref().map_or(0, Money::fen);
        match self.keep(view, money) {
            Ok(()) => self.chunk.control.count(true, fen),
            Err(bad) => {
                self.chunk.control.count(false, fen);
                self.chunk.rejects.push(bad.reject(self.file, self.sheet, view));
            }
        }
    }

    fn keep(&mut self, view: &RowView<'a>, money: Result<Money, BadCell>) -> Result<(), BadCell> {
        if let Some(bad) = view.unreadable() {
            return Err(bad);
        }
        let months = self.months(view)?;
        let money = money?;
        let row = view.number();
        let id = view.id(self.as_of, &mut self.chunk.noticed);
        if money.total_unreadable {
            self.chunk.noticed.note(Observation::AmountUnreadable(Column::Total), row);
            if let Err(bad) = view.amount(Column::Total, &mut FileNotes::default()) {
                view.correct(bad, &mut self.chunk.noticed);
            }
        }
        if !money.total_only && money.total.is_some_and(|total| i128::from(total.0) != money.fen()) {
            self.chunk.noticed.note(Observation::TotalMismatch, row);
        }
        let paid_day = self.paid_day(view);
        let words = self.words.each_mut().map(|word| word.read(view));
        let [(name, _), line_kind, pay_status, ..] = words;
        if has_private_use(name) {
            self.chunk.noticed.note(Observation::NamePrivateUse, row);
        }
        let id = match id {
            IdReading::Usable { id, .. } => id,
            IdReading::Unusable(defect) => {
                let id_text = view.text(Column::IdNumber).to_string();
                self.chunk.latest_birth = self.chunk.latest_birth.max(CitizenId::stated_birth(&id_text));
                self.chunk.unusable.push(UnusableLine {
                    row,
                    months,
                    defect,
                    id_text,
                    birth_date: view.date(Column::BirthDate, &mut self.chunk.noticed),
                    sex: view.text(Column::Sex).to_string(),
                    total_only: money.total_only,
                    total: money.total.map_or(NO_TOTAL, |total| total.0),
                    paid_day,
                    amounts: money.amounts,
                    words: words.map(|(text, _)| text.to_string()),
                });
                return Ok(());
            }
        };
        if self.youngest.is_none_or(|youngest| youngest.birth_digits() < id.birth_digits()) {
            self.youngest = Some(id);
        }
        let class = self.class(months, line_kind, pay_status, money.fen() < 0);
        let line = RosterLine { key: id.key().0, class, start: self.chunk.packed.len() as u32 };
        let packed = PackedLine {
            class,
            row,
            paid_day,
            total_only: money.total_only,
            total: money.total.map_or(NO_TOTAL, |total| total.0),
            amounts: money.amounts,
            words: words.map(|(_, word)| word),
        };
        pack(&mut self.chunk.packed, &packed);
        self.chunk.lines.push(line);
        Ok(())
    }

    fn months(&mut self, view: &RowView<'_>) -> Result<MonthSpan, BadCell> {
        let text = view.text(Column::BenefitMonth);
        // The number 2023.1 is what a spreadsheet keeps of 2023.10.
        let is_ambiguous = view.is_number(Column::BenefitMonth) && text.contains('.');
        let read =
            |text: &str| parse_month_or_span(text).or_else(|| Month::of_serial(text).map(MonthSpan::single));
        let months = self.last_months.get(text, read);
        if months.is_some() && is_serial(text) {
            self.chunk.noticed.note(Observation::MonthFromSerial(Column::BenefitMonth), view.number());
        }
        months.filter(|_| !is_ambiguous).ok_or_else(|| BadCell {
            column: view.heading(Column::BenefitMonth),
            slot: view.slot(Column::BenefitMonth),
            value: text.to_string(),
            reason: match text {
                "" => RejectReason::MonthEmpty,
                text if is_formula_error(text) => RejectReason::FormulaError,
                _ => RejectReason::MonthUnreadable,
            },
        })
    }

    fn paid_day(&mut self, view: &RowView<'_>) -> i32 {
        let text = view.text(Column::PaidDate);
        let reading = self.last_paid.get(text, |text| Some(parse_date(text)));
        let day = reading.and_then(|reading| {
            view.note_date(Column::PaidDate, text, reading, &mut self.chunk.noticed);
            reading.day()
        });
        let Some(day) = day else { return NO_DAY };
        let days = day.num_days_from_ce();
        self.chunk.newest_paid = self.chunk.newest_paid.max(days);
        days
    }

    fn class(&mut self, months: MonthSpan, kind: Word<'a>, status: Word<'a>, is_negative: bool) -> u32 {
        let key = (months, kind.1, status.1, is_negative);
        if let Some((last, number)) = self.last_class
            && last == key
        {
            return number;
        }
        let (line_kind, pay_status) = (kind.0.to_string(), status.0.to_string());
        let class = LineClass { months, line_kind, pay_status, is_negative };
        let classes = &mut self.chunk.classes;
        let number = *self.class_numbers.entry(class).or_insert_with_key(|class| {
            classes.push(class.clone());
            classes.len() as u32 - 1
        });
        self.last_class = Some((key, number));
        number
    }
}

/// A word and its text.
type Word<'a> = (&'a str, PackedWord<'a>);

/// What makes the class of a line: months, kind, state, sign.
type ClassKey<'a> = (MonthSpan, PackedWord<'a>, PackedWord<'a>, bool);

pub(super) fn has_private_use(text: &str) -> bool {
    text.chars().any(|c| ('\u{e000}'..='\u{f8ff}').contains(&c) || c >= '\u{f0000}')
}

struct Money {
    amounts: Amounts,
    total: Option<Fen>,
    total_only: bool,
    total_unreadable: bool,
}

impl Money {
    /// The fen of the row: the components' sum, else the total (which then stands among the components).
    fn fen(&self) -> i128 {
        self.amounts.iter().map(|&fen| i128::from(fen)).sum()
    }
}

fn read_money(view: &RowView<'_>, noticed: &mut FileNotes) -> Result<Money, BadCell> {
    let mut amounts = [0; 5];
    let mut any_component = false;
    for (at, component) in Component::ALL.into_iter().enumerate() {
        if let Some(fen) = view.amount(component.column(), noticed)? {
            amounts[at] = fen.0;
            any_component = true;
        }
    }
    match (view.amount(Column::Total, noticed), any_component) {
        (Ok(total), true) => Ok(Money { amounts, total, total_only: false, total_unreadable: false }),
        (Err(_), true) => Ok(Money { amounts, total: None, total_only: false, total_unreadable: true }),
        (Ok(Some(total)), false) => {
            amounts[Component::Other as usize] = total.0;
            Ok(Money { amounts, total: Some(total), total_only: true, total_unreadable: false })
        }
        (Ok(None), false) => Err(BadCell {
            column: view.heading(Column::Total),
            slot: view.slot(Column::Total),
            value: String::new(),
            reason: RejectReason::AmountEmpty,
        }),
        (Err(bad), false) => Err(bad),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_packed_line_comes_back_as_it_was(
            numbers in (any::<u32>(), any::<u32>(), any::<i32>(), any::<bool>()),
            is_small in any::<bool>(),
            amounts in proptest::array::uniform5(-10_000_000_000i64..10_000_000_000),
            zeros in any::<u8>(),
            total in proptest::option::of(any::<bool>()),
            word in "[a甲]{0,3}",
            long in 0usize..3,
        ) {
            let mut amounts = amounts;
            for (at, fen) in amounts.iter_mut().enumerate() {
                *fen *= i64::from(zeros >> at & 1);
                *fen /= if is_small { 100_000 } else { 1 };
            }
            let sum: i64 = amounts.iter().sum();
            let total = total.map_or(NO_TOTAL, |is_sum| if is_sum { sum } else { sum + 7 });
            let (class, row, paid_day, total_only) = numbers;
            let (word, other) = (PackedWord::Text(word.as_bytes()), "甲".repeat(long * 85 + 1));
            let (other, number) = (PackedWord::Text(other.as_bytes()), PackedWord::Number(total));
            let listed = PackedWord::Listed(zeros.min(MOST_LISTED as u8));
            let words =
                [word, listed, other, word, number, listed, listed, word, number, listed, word];
            let line = PackedLine { class, row, paid_day, total_only, total, amounts, words };
            let mut bytes = vec![1, 2, 3];
            pack(&mut bytes, &line);
            pack(&mut bytes, &line);
            prop_assert_eq!(format!("{:?}", unpack(&bytes[3..]).unwrap()), format!("{line:?}"));
        }
    }
}
