//! Rows of a payment roster to typed lines, a chunk at a time: chunks do not know of each other.
//!
//! Owns which rows are kept and what is noticed. Must not judge a line, nor know how lines are stored.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};

use super::cells::{BadCell, RowView};
use super::chunk::RawChunk;
use super::heading::Layout;
use super::payments::{Amounts, Component, NO_DAY, NO_TOTAL, STORED_WORDS};
use super::quality::{Control, FileNotes, Reject};
use super::schema::{Column, Table};
use crate::domain::{DateReading, Fen, IdDefect, IdReading, MonthSpan, parse_date, parse_month_or_span};
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

const PACKED_NUMBERS: usize = 4 + 4 + 4 + 1 + 8 + 5 * 8;

fn pack(out: &mut Vec<u8>, line: &PackedLine<'_>) {
    out.extend_from_slice(&line.class.to_le_bytes());
    out.extend_from_slice(&line.row.to_le_bytes());
    out.extend_from_slice(&line.paid_day.to_le_bytes());
    out.push(u8::from(line.total_only));
    out.extend_from_slice(&line.total.to_le_bytes());
    line.amounts.iter().for_each(|fen| out.extend_from_slice(&fen.to_le_bytes()));
    line.words.iter().for_each(|word| out.extend_from_slice(&(word.len() as u32).to_le_bytes()));
    line.words.iter().for_each(|word| out.extend_from_slice(word));
}

fn unpack(bytes: &[u8]) -> Option<PackedLine<'_>> {
    let (numbers, rest) = bytes.split_at_checked(PACKED_NUMBERS)?;
    let (lengths, mut text) = rest.split_at_checked(4 * STORED_WORDS.len())?;
    let four = |at: usize| numbers[at..].first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    let eight = |at: usize| numbers[at..].first_chunk().map(|bytes| i64::from_le_bytes(*bytes));
    let mut line = PackedLine {
        class: four(0)?,
        row: four(4)?,
        paid_day: four(8)? as i32,
        total_only: numbers[12] != 0,
        total: eight(13)?,
        amounts: [eight(21)?, eight(29)?, eight(37)?, eight(45)?, eight(53)?],
        words: [&[]; STORED_WORDS.len()],
    };
    for (word, length) in line.words.iter_mut().zip(lengths.as_chunks::<4>().0) {
        (*word, text) = text.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    }
    Some(line)
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
    /// The latest birth date among the usable ID numbers.
    pub(crate) latest_birth: Option<NaiveDate>,
    /// The newest day of payment, as days of the common era; the smallest number where there is none.
    pub(crate) newest_paid: i32,
}

impl RosterChunk {
    /// About how many bytes of memory the lines take.
    pub(crate) fn size(&self) -> usize {
        self.lines.len() * std::mem::size_of::<RosterLine>() + self.packed.len()
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

/// Reads the rows of one chunk.
pub(crate) struct RosterReader<'a> {
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
        rows: &RawChunk,
    ) -> RosterChunk {
        let chunk = RosterChunk {
            lines: Vec::with_capacity(rows.len()),
            packed: Vec::with_capacity(rows.len() * 192),
            classes: Vec::new(),
            unusable: Vec::new(),
            control: Control::new(Table::Payments, file),
            rejects: Vec::new(),
            noticed: FileNotes::default(),
            latest_birth: None,
            newest_paid: i32::MIN,
        };
        let mut reader = RosterReader {
            as_of,
            file,
            sheet,
            chunk,
            class_numbers: HashMap::new(),
            last_class: None,
            last_months: Last::default(),
            last_paid: Last::default(),
        };
        for row in 0..rows.len() {
            reader.read_row(&RowView { chunk: rows, layout, row });
        }
        reader.chunk
    }

    fn read_row(&mut self, view: &RowView<'_>) {
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

    fn keep(&mut self, view: &RowView<'_>, money: Result<Money, BadCell>) -> Result<(), BadCell> {
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
        let name = view.text(Column::Name);
        if has_private_use(name) {
            self.chunk.noticed.note(Observation::NamePrivateUse, number);
        }
        let id = match id {
            IdReading::Usable { id, .. } => id,
            IdReading::Unusable(defect) => {
                let id_text = view.text(Column::IdNumber).to_string();
                let name = name.to_string();
                self.chunk.unusable.push(UnusableLine { row: number, months, defect, id_text, name });
                return Ok(());
            }
        };
        self.chunk.latest_birth = self.chunk.latest_birth.max(Some(id.birth_date()));
        let class = self.class(view, months, money.fen() < 0);
        let line = RosterLine { key: id.key().0, class, start: self.chunk.packed.len() as u32 };
        let packed = PackedLine {
            class,
            row: number,
            paid_day,
            total_only: money.total_only,
            total: money.total.map_or(NO_TOTAL, |total| total.0),
            amounts: money.amounts,
            words: STORED_WORDS.map(|column| view.text(column).as_bytes()),
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

    fn class(&mut self, view: &RowView<'_>, months: MonthSpan, is_negative: bool) -> u32 {
        let (line_kind, pay_status) = (view.text(Column::LineKind), view.text(Column::PayStatus));
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
