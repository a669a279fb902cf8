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

/// A kept row with a usable ID number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RosterLine {
    pub(crate) key: u64,
    pub(crate) row: u32,
    /// The class by its number in the chunk.
    pub(crate) class: u32,
    pub(crate) paid_day: i32,
    pub(crate) total_only: bool,
    pub(crate) total: i64,
    pub(crate) amounts: Amounts,
    /// The words by their numbers in the chunk's texts.
    pub(crate) words: [u32; STORED_WORDS.len()],
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

/// Texts in a row, each by its number.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) -> u32 {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        self.ends.len() as u32 - 1
    }

    pub(crate) fn get(&self, number: u32) -> &str {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }

    fn size(&self) -> usize {
        self.text.len() + self.ends.len() * 4
    }
}

/// What a chunk of rows holds.
#[derive(Debug)]
pub(crate) struct RosterChunk {
    pub(crate) lines: Vec<RosterLine>,
    pub(crate) texts: Texts,
    pub(crate) classes: Vec<LineClass>,
    pub(crate) unusable: Vec<UnusableLine>,
    pub(crate) control: Control,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) noticed: FileNotes,
    /// The latest birth date among the usable ID numbers.
    pub(crate) latest_birth: Option<NaiveDate>,
}

impl RosterChunk {
    /// About how many bytes of memory the lines take.
    pub(crate) fn size(&self) -> usize {
        self.lines.len() * std::mem::size_of::<RosterLine>() + self.texts.size()
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
    last_words: [u32; STORED_WORDS.len()],
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
        let mut texts = Texts::default();
        texts.push("");
        let chunk = RosterChunk {
            lines: Vec::with_capacity(rows.len()),
            texts,
            classes: Vec::new(),
            unusable: Vec::new(),
            control: Control::new(Table::Payments, file),
            rejects: Vec::new(),
            noticed: FileNotes::default(),
            latest_birth: None,
        };
        let mut reader = RosterReader {
            as_of,
            file,
            sheet,
            chunk,
            class_numbers: HashMap::new(),
            last_class: None,
            last_words: [0; STORED_WORDS.len()],
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
        let words = self.words(view);
        let id = match id {
            IdReading::Usable { id, .. } => id,
            IdReading::Unusable(defect) => {
                self.chunk.unusable.push(UnusableLine {
                    row: number,
                    months,
                    defect,
                    id_text: view.text(Column::IdNumber).to_string(),
                    name: view.text(Column::Name).to_string(),
                });
                return Ok(());
            }
        };
        self.chunk.latest_birth = self.chunk.latest_birth.max(Some(id.birth_date()));
        let line = RosterLine {
            key: id.key().0,
            row: number,
            class: self.class(view, months, money.fen() < 0),
            paid_day,
            total_only: money.total_only,
            total: money.total.map_or(NO_TOTAL, |total| total.0),
            amounts: money.amounts,
            words,
        };
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
        day.map_or(NO_DAY, |day| day.num_days_from_ce())
    }

    /// Numbers the words of a row; a roster repeats them from line to line, so the last ones are remembered.
    fn words(&mut self, view: &RowView<'_>) -> [u32; STORED_WORDS.len()] {
        for (at, column) in STORED_WORDS.into_iter().enumerate() {
            let text = view.text(column);
            let is_new = self.chunk.texts.get(self.last_words[at]) != text;
            if is_new {
                self.last_words[at] = if text.is_empty() { 0 } else { self.chunk.texts.push(text) };
            }
            if column == Column::Name && has_private_use(text) {
                self.chunk.noticed.note(Observation::NamePrivateUse, view.number());
            }
        }
        self.last_words
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
