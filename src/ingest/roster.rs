//! Rows of a payment roster to typed lines, a chunk at a time: chunks do not know of each other.
//!
//! Owns which rows are kept and what is noticed. Must not judge a line, nor know how lines are stored.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};

use super::cells::{BadCell, RowView, trimmed};
use super::chunk::RawChunk;
use super::heading::{Layout, Origin};
use super::payments::{Amounts, Component, NO_DAY, NO_TOTAL, STORED_WORDS};
use super::quality::{Control, FileNotes, Reject};
use super::schema::{Column, Table};
use crate::domain::{
    CitizenId, DateReading, Fen, IdDefect, IdReading, MonthSpan, parse_date, parse_month_or_span,
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
    pub(crate) words: [&'a [u8]; STORED_WORDS.len()],
}

const TOTAL_ONLY: u8 = 1;
/// The stated total is none.
const WITHOUT_TOTAL: u8 = 2;
/// The stated total is the sum of the components.
const TOTAL_IS_SUM: u8 = 4;
/// A word of this length or longer has its length behind the others.
const LONG: u8 = u8::MAX;

fn pack(out: &mut Vec<u8>, line: &PackedLine<'_>) {
    let sum: i64 = line.amounts.iter().sum();
    let mut flags = if line.total_only { TOTAL_ONLY } else { 0 };
    flags |= match line.total {
        NO_TOTAL => WITHOUT_TOTAL,
        total if total == sum => TOTAL_IS_SUM,
        _ => 0,
    };
    let nonzero = line.amounts.iter().enumerate().filter(|(_, fen)| **fen != 0);
    let present = nonzero.clone().fold(0u8, |bits, (at, _)| bits | 1 << at);
    out.extend_from_slice(&line.class.to_le_bytes());
    out.extend_from_slice(&line.row.to_le_bytes());
    out.extend_from_slice(&line.paid_day.to_le_bytes());
    out.extend_from_slice(&[flags, present]);
    out.extend(line.words.iter().map(|word| word.len().min(usize::from(LONG)) as u8));
    nonzero.for_each(|(_, fen)| out.extend_from_slice(&fen.to_le_bytes()));
    if flags & (WITHOUT_TOTAL | TOTAL_IS_SUM) == 0 {
        out.extend_from_slice(&line.total.to_le_bytes());
    }
    for word in line.words.iter().filter(|word| word.len() >= usize::from(LONG)) {
        out.extend_from_slice(&(word.len() as u32).to_le_bytes());
    }
    line.words.iter().for_each(|word| out.extend_from_slice(word));
}

fn unpack(bytes: &[u8]) -> Option<PackedLine<'_>> {
    let (class, rest) = bytes.split_first_chunk::<4>()?;
    let (row, rest) = rest.split_first_chunk::<4>()?;
    let (paid_day, rest) = rest.split_first_chunk::<4>()?;
    let (&[flags, present], rest) = rest.split_first_chunk::<2>()?;
    let (lengths, mut rest) = rest.split_first_chunk::<{ STORED_WORDS.len() }>()?;
    let mut amounts = [0; 5];
    for (at, fen) in amounts.iter_mut().enumerate() {
        if present & (1 << at) != 0 {
            let (bytes, behind) = rest.split_first_chunk::<8>()?;
            (*fen, rest) = (i64::from_le_bytes(*bytes), behind);
        }
    }
    let total = match flags & (WITHOUT_TOTAL | TOTAL_IS_SUM) {
        WITHOUT_TOTAL => NO_TOTAL,
        TOTAL_IS_SUM => amounts.iter().sum(),
        _ => {
            let (bytes, behind) = rest.split_first_chunk::<8>()?;
            rest = behind;
            i64::from_le_bytes(*bytes)
        }
    };
    let mut sizes = lengths.map(usize::from);
    for size in sizes.iter_mut().filter(|size| **size == usize::from(LONG)) {
        let (bytes, behind) = rest.split_first_chunk::<4>()?;
        (*size, rest) = (u32::from_le_bytes(*bytes) as usize, behind);
    }
    let mut words: [&[u8]; STORED_WORDS.len()] = [&[]; STORED_WORDS.len()];
    for (word, size) in words.iter_mut().zip(sizes) {
        (*word, rest) = rest.split_at_checked(size)?;
    }
    Some(PackedLine {
        class: u32::from_le_bytes(*class),
        row: u32::from_le_bytes(*row),
        paid_day: i32::from_le_bytes(*paid_day),
        total_only: flags & TOTAL_ONLY != 0,
        total,
        amounts,
        words,
    })
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
    /// The name as written.
    pub name: String,
}

/// What a chunk of rows holds.
#[derive(Debug)]
pub(crate) struct RosterChunk {
    pub(crate) lines: Vec<RosterLine>,
    packed: Vec<u8>,
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
        self.lines.len() * std::mem::size_of::<RosterLine>() + self.packed.len()
    }

    /// Asks for the memory of a line that will be read soon, so that it is there by then.
    #[inline]
    pub(crate) fn ask_for(&self, start: u32) -> u8 {
        let byte = |at: usize| self.packed.get(at).copied().unwrap_or(0);
        byte(start as usize) ^ byte(start as usize + 64) ^ byte(start as usize + 128)
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

/// Where the words of a column stand: looked up once for a chunk and not for every row.
#[derive(Clone, Copy)]
enum WordSource<'a> {
    Cell(usize),
    Fixed(&'a str),
}

impl<'a> WordSource<'a> {
    fn of(layout: &'a Layout, column: Column) -> WordSource<'a> {
        match layout.origin(column) {
            Some(Origin::Cells(cells)) => WordSource::Cell(cells[0].0),
            Some(Origin::Fixed(text)) => WordSource::Fixed(text.trim()),
            None => WordSource::Fixed(""),
        }
    }

    #[inline]
    fn text(self, view: &RowView<'a>) -> &'a str {
        match self {
            WordSource::Cell(slot) => trimmed(view.chunk.cell(view.row, slot)),
            WordSource::Fixed(text) => text,
        }
    }
}

/// Reads the rows of one chunk.
pub(crate) struct RosterReader<'a> {
    words: [WordSource<'a>; STORED_WORDS.len()],
    as_of: NaiveDate,
    file: &'a str,
    sheet: &'a str,
    chunk: RosterChunk,
    class_numbers: HashMap<LineClass, u32>,
    last_class: Option<u32>,
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
            packed: Vec::with_capacity(rows.size() + rows.size() / 4),
            classes: Vec::new(),
            unusable: Vec::new(),
            control: Control::new(Table::Payments, file),
            rejects: Vec::new(),
            noticed: FileNotes::default(),
            latest_birth: None,
            newest_paid: i32::MIN,
        };
        let mut reader = RosterReader {
            words: STORED_WORDS.map(|column| WordSource::of(layout, column)),
            as_of,
            file,
            sheet,
            chunk,
            class_numbers: HashMap::new(),
            last_class: None,
            last_months: Last::default(),
            last_paid: Last::default(),
        };
        for &row in rows.blanks() {
            reader.chunk.noticed.note(Observation::BlankRow, row);
        }
        for row in 0..rows.len() {
            reader.read_row(&RowView { chunk: rows, layout, row });
        }
        reader.chunk
    }

    fn read_row(&mut self, view: &RowView<'a>) {
        if view.is_blank() {
            self.chunk.noticed.note(Observation::BlankRow, view.number());
            return;
        }
        let money = read_money(view);
        let fen = money.as_ref().map_or(0, Money::fen);
        match self.keep(view, money) {
            Ok(()) => self.chunk.control.count(true, fen),
            Err(bad) => {
                self.chunk.control.count(false, fen);
                self.chunk.rejects.push(bad.reject(self.file, self.sheet, view.number()));
            }
        }
    }

    fn keep(&mut self, view: &RowView<'a>, money: Result<Money, BadCell>) -> Result<(), BadCell> {
        if let Some(bad) = view.unreadable() {
            return Err(bad);
        }
        let months = self.months(view)?;
        let money = money?;
        let number = view.number();
        let id = view.id(self.as_of, &mut self.chunk.noticed);
        if money.total_unreadable {
            self.chunk.noticed.note(Observation::AmountUnreadable(Column::Total), number);
        }
        if !money.total_only && money.total.is_some_and(|total| i128::from(total.0) != money.fen()) {
            self.chunk.noticed.note(Observation::TotalMismatch, number);
        }
        let paid_day = self.paid_day(view);
        let words = self.words.map(|word| word.text(view));
        let [name, line_kind, pay_status, ..] = words;
        if has_private_use(name) {
            self.chunk.noticed.note(Observation::NamePrivateUse, number);
        }
        let id = match id {
            IdReading::Usable { id, .. } => id,
            IdReading::Unusable(defect) => {
                let id_text = view.text(Column::IdNumber).to_string();
                self.chunk.latest_birth = self.chunk.latest_birth.max(CitizenId::stated_birth(&id_text));
                let name = name.to_string();
                self.chunk.unusable.push(UnusableLine { row: number, months, defect, id_text, name });
                return Ok(());
            }
        };
        self.chunk.latest_birth = self.chunk.latest_birth.max(Some(id.birth_date()));
        let class = self.class(months, line_kind, pay_status, money.fen() < 0);
        let line = RosterLine { key: id.key().0, class, start: self.chunk.packed.len() as u32 };
        let packed = PackedLine {
            class,
            row: number,
            paid_day,
            total_only: money.total_only,
            total: money.total.map_or(NO_TOTAL, |total| total.0),
            amounts: money.amounts,
            words: words.map(str::as_bytes),
        };
        pack(&mut self.chunk.packed, &packed);
        self.chunk.lines.push(line);
        Ok(())
    }

    fn months(&mut self, view: &RowView<'_>) -> Result<MonthSpan, BadCell> {
        let text = view.text(Column::BenefitMonth);
        // The number 2023.1 is what a spreadsheet keeps of 2023.10.
        let is_ambiguous = view.is_number(Column::BenefitMonth) && text.contains('.');
        let months = self.last_months.get(text, parse_month_or_span);
        months.filter(|_| !is_ambiguous).ok_or_else(|| BadCell {
            column: view.heading(Column::BenefitMonth),
            value: text.to_string(),
            reason: if text.is_empty() { RejectReason::MonthEmpty } else { RejectReason::MonthUnreadable },
        })
    }

    fn paid_day(&mut self, view: &RowView<'_>) -> i32 {
        let reading = self.last_paid.get(view.text(Column::PaidDate), |text| Some(parse_date(text)));
        let day = reading.and_then(|reading| {
            view.note_date(Column::PaidDate, reading, &mut self.chunk.noticed);
            reading.day()
        });
        let Some(day) = day else { return NO_DAY };
        let days = day.num_days_from_ce();
        self.chunk.newest_paid = self.chunk.newest_paid.max(days);
        days
    }

    fn class(&mut self, months: MonthSpan, line_kind: &str, pay_status: &str, is_negative: bool) -> u32 {
        if let Some(last) = self.last_class {
            let class = &self.chunk.classes[last as usize];
            if class.months == months
                && class.is_negative == is_negative
                && class.line_kind == line_kind
                && class.pay_status == pay_status
            {
                return last;
            }
        }
        let (line_kind, pay_status) = (line_kind.to_string(), pay_status.to_string());
        let class = LineClass { months, line_kind, pay_status, is_negative };
        let number = match self.class_numbers.get(&class) {
            Some(&number) => number,
            None => {
                let number = self.chunk.classes.len() as u32;
                self.chunk.classes.push(class.clone());
                self.class_numbers.insert(class, number);
                number
            }
        };
        self.last_class = Some(number);
        number
    }
}

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

fn read_money(view: &RowView<'_>) -> Result<Money, BadCell> {
    let mut amounts = [0; 5];
    let mut any_component = false;
    for (at, component) in Component::ALL.into_iter().enumerate() {
        if let Some(fen) = view.amount(component.column())? {
            amounts[at] = fen.0;
            any_component = true;
        }
    }
    match (view.amount(Column::Total), any_component) {
        (Ok(total), true) => Ok(Money { amounts, total, total_only: false, total_unreadable: false }),
        (Err(_), true) => Ok(Money { amounts, total: None, total_only: false, total_unreadable: true }),
        (Ok(Some(total)), false) => {
            amounts[Component::Other as usize] = total.0;
            Ok(Money { amounts, total: Some(total), total_only: true, total_unreadable: false })
        }
        (Ok(None), false) => Err(BadCell {
            column: view.heading(Column::Total),
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
            amounts in proptest::array::uniform5(-10_000_000_000i64..10_000_000_000),
            zeros in any::<u8>(),
            total in proptest::option::of(any::<bool>()),
            word in "[a甲]{0,3}",
            long in 0usize..3,
        ) {
            let mut amounts = amounts;
            for (at, fen) in amounts.iter_mut().enumerate() {
                *fen *= i64::from(zeros >> at & 1);
            }
            let sum: i64 = amounts.iter().sum();
            let total = total.map_or(NO_TOTAL, |is_sum| if is_sum { sum } else { sum + 7 });
            let (class, row, paid_day, total_only) = numbers;
            let (word, other) = (word.as_bytes(), "甲".repeat(long * 85 + 1));
            let words = [word, b"", other.as_bytes(), word, b"1", b"", b"", word, b"", b"x", word];
            let line = PackedLine { class, row, paid_day, total_only, total, amounts, words };
            let mut bytes = vec![1, 2, 3];
            pack(&mut bytes, &line);
            pack(&mut bytes, &line);
            prop_assert_eq!(format!("{:?}", unpack(&bytes[3..]).unwrap()), format!("{line:?}"));
        }
    }
}
