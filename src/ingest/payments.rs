//! The payment lines as keyed, typed columns.
//!
//! Owns the columns and their building from chunks. Must not judge a line.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::cells::{BadCell, RowView};
use super::chunk::RawChunk;
use super::heading::Layout;
use super::quality::{Control, Observations, Reject};
use super::schema::{Column, Table};
use super::strings::StringTable;
use crate::domain::{CitizenId, Fen, IdDefect, IdReading, MonthSpan, PersonKey, parse_month_or_span};
use crate::messages::{Observation, RejectReason};

/// The parts of a payment line, which are kept apart always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// 基础养老金
    Basic,
    /// 加发(年龄、年限)
    Addition,
    /// 个人账户(个人缴费部分)
    AccountOwn,
    /// 个人账户(政府补贴部分)
    AccountSubsidy,
    /// 其他
    Other,
}

impl Component {
    /// Every component, in the order of the ledger's columns.
    pub const ALL: [Component; 5] = [
        Component::Basic,
        Component::Addition,
        Component::AccountOwn,
        Component::AccountSubsidy,
        Component::Other,
    ];

    /// The canonical name.
    pub fn name(self) -> &'static str {
        self.column().name()
    }

    fn column(self) -> Column {
        match self {
            Component::Basic => Column::Basic,
            Component::Addition => Column::Addition,
            Component::AccountOwn => Column::AccountOwn,
            Component::AccountSubsidy => Column::AccountSubsidy,
            Component::Other => Column::Other,
        }
    }
}

/// The amounts of a line by component, in fen, indexed by [`Component`] in order.
pub type Amounts = [i64; 5];

/// The words of a line that are kept as numbers of the string table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub struct Words {
    pub name: u32,
    pub line_kind: u32,
    pub pay_status: u32,
    pub batch_no: u32,
    pub bank_account: u32,
    pub account_name: u32,
    pub person_no: u32,
    pub region: u32,
    pub township: u32,
    pub village: u32,
    pub start_month: u32,
}

impl Words {
    const COLUMNS: [Column; 11] = [
        Column::Name,
        Column::LineKind,
        Column::PayStatus,
        Column::BatchNo,
        Column::BankAccount,
        Column::AccountName,
        Column::PersonNo,
        Column::Region,
        Column::Township,
        Column::Village,
        Column::StartMonth,
    ];

    fn from_array(words: [u32; 11]) -> Words {
        Words {
            name: words[0],
            line_kind: words[1],
            pay_status: words[2],
            batch_no: words[3],
            bank_account: words[4],
            account_name: words[5],
            person_no: words[6],
            region: words[7],
            township: words[8],
            village: words[9],
            start_month: words[10],
        }
    }

    fn map(self, renumber: impl Fn(u32) -> u32) -> Words {
        Words {
            name: renumber(self.name),
            line_kind: renumber(self.line_kind),
            pay_status: renumber(self.pay_status),
            batch_no: renumber(self.batch_no),
            bank_account: renumber(self.bank_account),
            account_name: renumber(self.account_name),
            person_no: renumber(self.person_no),
            region: renumber(self.region),
            township: renumber(self.township),
            village: renumber(self.village),
            start_month: renumber(self.start_month),
        }
    }
}

/// The payment lines of all files, one entry a line in every column. Lines stand in the order of file and
/// row.
#[derive(Clone, Debug, Default)]
pub struct Payments {
    /// The files, by number.
    pub files: Vec<String>,
    /// The strings that [`Words`] number.
    pub strings: StringTable,
    /// The person, 0 where the ID number is unusable.
    pub key: Vec<u64>,
    /// The benefit months of the line; nearly always one.
    pub months: Vec<MonthSpan>,
    /// The components in fen. A line with only a total holds it as `other`.
    pub amounts: Vec<Amounts>,
    /// Whether only a total was given.
    pub total_only: Vec<bool>,
    /// The stated total in fen, `i64::MIN` where there is none.
    pub total: Vec<i64>,
    /// The day of payment as days of the common era, `i32::MAX` where there is none: absent sorts last.
    pub paid_day: Vec<i32>,
    /// The words.
    pub words: Vec<Words>,
    /// The file.
    pub file: Vec<u16>,
    /// The row in the file.
    pub row: Vec<u32>,
    /// The unusable ID cells, by line.
    pub unusable: BTreeMap<usize, (IdDefect, String)>,
}

/// No day of payment is stated.
pub const NO_DAY: i32 = i32::MAX;
/// No total is stated.
pub const NO_TOTAL: i64 = i64::MIN;

impl Payments {
    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.key.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.key.is_empty()
    }

    /// The person of a line, if the ID number is usable.
    pub fn person(&self, line: usize) -> Option<CitizenId> {
        CitizenId::from_key(PersonKey(self.key[line])).filter(|_| self.key[line] != 0)
    }

    /// `file#row`.
    pub fn place(&self, line: usize) -> String {
        format!("{}#{}", self.files[usize::from(self.file[line])], self.row[line])
    }

    /// The day of payment.
    pub fn paid_on(&self, line: usize) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(self.paid_day[line]).filter(|_| self.paid_day[line] != NO_DAY)
    }

    /// The name on a line, as written.
    pub fn name(&self, line: usize) -> &str {
        self.strings.text(self.words[line].name)
    }

    /// Appends the lines of another file behind these.
    pub(super) fn append(&mut self, other: Payments) {
        let base = self.len();
        let first_file = self.files.len();
        let numbers: Vec<u32> = other.strings.texts().iter().map(|text| self.strings.number(text)).collect();
        self.files.extend(other.files);
        self.key.extend(other.key);
        self.months.extend(other.months);
        self.amounts.extend(other.amounts);
        self.total_only.extend(other.total_only);
        self.total.extend(other.total);
        self.paid_day.extend(other.paid_day);
        self.words.extend(other.words.into_iter().map(|words| words.map(|old| numbers[old as usize])));
        self.file.extend(other.file.into_iter().map(|file| file_number(first_file + usize::from(file))));
        self.row.extend(other.row);
        self.unusable.extend(other.unusable.into_iter().map(|(line, defect)| (base + line, defect)));
    }
}

fn file_number(number: usize) -> u16 {
    match u16::try_from(number) {
        Ok(number) => number,
        Err(_) => panic!("more than 65,536 payment files"),
    }
}

/// Builds the payment columns of one file.
pub(super) struct PaymentBuilder<'a> {
    as_of: NaiveDate,
    layout: &'a Layout,
    file: String,
    pub(super) payments: Payments,
    pub(super) control: Control,
    pub(super) rejects: Vec<Reject>,
    pub(super) noticed: Observations,
    sheet: String,
    last_words: [(String, u32); 11],
}

impl<'a> PaymentBuilder<'a> {
    pub(super) fn new(file: &str, sheet: &str, layout: &'a Layout, as_of: NaiveDate) -> PaymentBuilder<'a> {
        PaymentBuilder {
            as_of,
            layout,
            file: file.to_string(),
            payments: Payments { files: vec![file.to_string()], ..Payments::default() },
            control: Control::new(Table::Payments, file),
            rejects: Vec::new(),
            noticed: Observations::default(),
            sheet: sheet.to_string(),
            last_words: Default::default(),
        }
    }

    pub(super) fn push_chunk(&mut self, chunk: &RawChunk) {
        for row in 0..chunk.len() {
            let view = RowView { chunk, layout: self.layout, row };
            if view.is_blank() {
                self.noticed.note(&self.file, Observation::BlankRow, view.number());
                continue;
            }
            let money = read_money(&view);
            let fen = money.as_ref().map_or(0, Money::fen);
            match self.keep(&view, money) {
                Ok(()) => self.control.count(true, fen),
                Err(bad) => {
                    self.control.count(false, fen);
                    self.rejects.push(bad.reject(&self.file, &self.sheet, view.number()));
                }
            }
        }
    }

    fn keep(&mut self, view: &RowView<'_>, money: Result<Money, BadCell>) -> Result<(), BadCell> {
        if let Some(bad) = view.unreadable() {
            return Err(bad);
        }
        let months = read_months(view)?;
        let money = money?;
        let number = view.number();
        let line = self.payments.len();
        match view.id(self.as_of, &self.file, &mut self.noticed) {
            IdReading::Usable { id, .. } => self.payments.key.push(id.key().0),
            IdReading::Unusable(defect) => {
                self.payments.key.push(0);
                self.payments.unusable.insert(line, (defect, view.text(Column::IdNumber).to_string()));
            }
        }
        if money.total_unreadable {
            self.noticed.note(&self.file, Observation::AmountUnreadable(Column::Total), number);
        }
        if !money.total_only && money.total.is_some_and(|total| i128::from(total.0) != money.component_sum())
        {
            self.noticed.note(&self.file, Observation::TotalMismatch, number);
        }
        let paid_on = view.date(Column::PaidDate, &self.file, &mut self.noticed);
        let words = self.words(view);
        if has_private_use(self.payments.strings.text(words.name)) {
            self.noticed.note(&self.file, Observation::NamePrivateUse, number);
        }
        self.payments.months.push(months);
        self.payments.amounts.push(money.amounts);
        self.payments.total_only.push(money.total_only);
        self.payments.total.push(money.total.map_or(NO_TOTAL, |total| total.0));
        self.payments.paid_day.push(paid_on.map_or(NO_DAY, |day| day.num_days_from_ce()));
        self.payments.words.push(words);
        self.payments.file.push(0);
        self.payments.row.push(number);
        Ok(())
    }

    /// Numbers the words of a row; a roster repeats them from line to line, so the last ones are remembered.
    fn words(&mut self, view: &RowView<'_>) -> Words {
        let mut numbers = [0; 11];
        for (at, column) in Words::COLUMNS.into_iter().enumerate() {
            let text = view.text(column);
            let (last_text, last_number) = &mut self.last_words[at];
            if last_text != text {
                *last_number = self.payments.strings.number(text);
                last_text.clear();
                last_text.push_str(text);
            }
            numbers[at] = *last_number;
        }
        Words::from_array(numbers)
    }
}

pub(super) fn has_private_use(text: &str) -> bool {
    text.chars().any(|c| ('\u{e000}'..='\u{f8ff}').contains(&c) || c >= '\u{f0000}')
}

fn read_months(view: &RowView<'_>) -> Result<MonthSpan, BadCell> {
    let text = view.text(Column::BenefitMonth);
    // The number 2023.1 is what a spreadsheet keeps of 2023.10.
    let is_ambiguous = view.is_number(Column::BenefitMonth) && text.contains('.');
    parse_month_or_span(text).filter(|_| !is_ambiguous).ok_or_else(|| BadCell {
        column: view.heading(Column::BenefitMonth),
        value: text.to_string(),
        reason: if text.is_empty() { RejectReason::MonthEmpty } else { RejectReason::MonthUnreadable },
    })
}

struct Money {
    amounts: Amounts,
    total: Option<Fen>,
    total_only: bool,
    total_unreadable: bool,
}

impl Money {
    fn component_sum(&self) -> i128 {
        self.amounts.iter().map(|&fen| i128::from(fen)).sum()
    }

    /// The fen of the row: the components' sum, else the total (which then stands among the components).
    fn fen(&self) -> i128 {
        self.component_sum()
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
