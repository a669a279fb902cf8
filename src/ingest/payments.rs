//! Payment lines in memory, as keyed, typed columns: those that somebody looks at.
//!
//! Owns the columns. Must not judge a line, nor know how lines are read or stored.

use std::fmt::Write;

use chrono::NaiveDate;
use twox_hash::XxHash3_64;

use super::roster::plain_number;
use super::schema::Column;
use super::strings::StringTable;
use crate::domain::{MonthSpan, PersonKey};

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

    pub(super) fn column(self) -> Column {
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
    fn from_array(words: [u32; STORED_WORDS.len()]) -> Words {
        let [name, line_kind, pay_status, batch_no, bank_account, account_name, person_no, ..] = words;
        let [.., region, township, village, start_month] = words;
        Words {
            name,
            line_kind,
            pay_status,
            batch_no,
            bank_account,
            account_name,
            person_no,
            region,
            township,
            village,
            start_month,
        }
    }

    fn map(self, mut renumber: impl FnMut(u32) -> u32) -> Words {
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

/// The columns of words that are stored with every line.
pub(crate) const STORED_WORDS: [Column; 11] = [
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

/// What is stored of a payment line beside its person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StoredLine<'a> {
    pub(crate) row: u32,
    /// Its class, or [`UNLISTED`](super::store::UNLISTED).
    pub(crate) class: u16,
    pub(crate) months: MonthSpan,
    pub(crate) total_only: bool,
    pub(crate) total: i64,
    pub(crate) paid_day: i32,
    pub(crate) amounts: Amounts,
    pub(crate) words: [Word<'a>; STORED_WORDS.len()],
}

/// A word of a stored line.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Word<'a> {
    /// As it was written.
    Text(&'a str),
    /// A number without leading zeros.
    Number(i64),
}

impl Word<'_> {
    /// A hash by which words are compared: the same however a word is stored, 0 for none.
    pub(crate) fn hash(&self) -> u64 {
        match self {
            Word::Text(text) => hash_text(text.as_bytes()),
            Word::Number(number) => hash_number(*number),
        }
    }

    /// The text; a number is written into the buffer.
    pub(crate) fn text<'b>(&'b self, buffer: &'b mut String) -> &'b str {
        match self {
            Word::Text(text) => text,
            Word::Number(number) => {
                buffer.clear();
                // Writing into a string cannot fail.
                let _ = write!(buffer, "{number}");
                buffer
            }
        }
    }
}

/// The hash of a word that is stored as this text.
pub(super) fn hash_text(text: &[u8]) -> u64 {
    match plain_number(text) {
        _ if text.is_empty() => 0,
        Some(number) => hash_number(number),
        None => XxHash3_64::oneshot(text) | 1,
    }
}

/// The hash of a word that is stored as this number.
pub(super) fn hash_number(number: i64) -> u64 {
    (number as u64 ^ 0x5851_f42d_4c95_7f2d).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1
}

/// Payment lines, one entry a line in every column. The lines of a person stand together.
#[derive(Clone, Debug, Default)]
pub struct Payments {
    /// The names of the files, by number.
    pub files: Vec<String>,
    /// The strings that [`Words`] number.
    pub strings: StringTable,
    /// The person.
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
    pub file: Vec<u32>,
    /// The row in the file.
    pub row: Vec<u32>,
    /// The words of the line that was pushed last.
    last_words: [u32; STORED_WORDS.len()],
}

/// The numbers that the words of other columns got in these.
#[derive(Debug, Default)]
pub(crate) struct Renumbered(Vec<Option<u32>>);

/// No day of payment is stated.
pub const NO_DAY: i32 = i32::MAX;
/// No total is stated.
pub const NO_TOTAL: i64 = i64::MIN;

impl Payments {
    /// Forgets all lines but keeps their memory.
    pub(crate) fn clear(&mut self) {
        self.files.clear();
        self.strings.clear();
        self.key.clear();
        self.months.clear();
        self.amounts.clear();
        self.total_only.clear();
        self.total.clear();
        self.paid_day.clear();
        self.words.clear();
        self.file.clear();
        self.row.clear();
        self.last_words = [0; STORED_WORDS.len()];
    }

    /// No lines yet, of these files.
    pub fn of_files(files: Vec<String>) -> Payments {
        Payments { files, ..Payments::default() }
    }

    /// Makes room for so many more lines; where there is none yet, for as many as are expected in all.
    pub(crate) fn make_room(&mut self, lines: usize, expected: usize) {
        if self.key.capacity() - self.len() >= lines {
            return;
        }
        let lines = lines.max(expected.saturating_sub(self.len()));
        self.key.reserve_exact(lines);
        self.months.reserve_exact(lines);
        self.amounts.reserve_exact(lines);
        self.total_only.reserve_exact(lines);
        self.total.reserve_exact(lines);
        self.paid_day.reserve_exact(lines);
        self.words.reserve_exact(lines);
        self.file.reserve_exact(lines);
        self.row.reserve_exact(lines);
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.key.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.key.is_empty()
    }

    /// `file#row`.
    pub fn place(&self, line: usize) -> String {
        format!("{}#{}", self.files[self.file[line] as usize], self.row[line])
    }

    /// The day of payment.
    pub fn paid_on(&self, line: usize) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(self.paid_day[line]).filter(|_| self.paid_day[line] != NO_DAY)
    }

    /// The name on a line, as written.
    pub fn name(&self, line: usize) -> &str {
        self.strings.text(self.words[line].name)
    }

    /// The file of a line.
    pub fn file_name(&self, line: usize) -> &str {
        &self.files[self.file[line] as usize]
    }

    /// The file and the row of a line, which order the lines of a person.
    pub fn position(&self, line: usize) -> (u32, u32) {
        (self.file[line], self.row[line])
    }

    /// Appends a stored line of a file.
    pub(crate) fn push(&mut self, key: PersonKey, file: u32, line: &StoredLine<'_>) {
        let mut buffer = String::new();
        let mut words = [0; STORED_WORDS.len()];
        for (at, word) in line.words.iter().enumerate() {
            let text = word.text(&mut buffer);
            // The lines of a roster repeat most of their words.
            if self.strings.text(self.last_words[at]) != text {
                self.last_words[at] = self.strings.number(text);
            }
            words[at] = self.last_words[at];
        }
        self.key.push(key.0);
        self.months.push(line.months);
        self.amounts.push(line.amounts);
        self.total_only.push(line.total_only);
        self.total.push(line.total);
        self.paid_day.push(line.paid_day);
        self.words.push(Words::from_array(words));
        self.file.push(file);
        self.row.push(line.row);
    }

    /// Appends a line of other columns, with the numbers that their words got here so far; its number here.
    pub(crate) fn push_from(&mut self, other: &Payments, line: usize, renumbered: &mut Renumbered) -> usize {
        let words = other.words[line].map(|number| {
            let at = number as usize;
            if renumbered.0.len() <= at {
                renumbered.0.resize(at + 1, None);
            }
            *renumbered.0[at].get_or_insert_with(|| self.strings.number(other.strings.text(number)))
        });
        self.key.push(other.key[line]);
        self.months.push(other.months[line]);
        self.amounts.push(other.amounts[line]);
        self.total_only.push(other.total_only[line]);
        self.total.push(other.total[line]);
        self.paid_day.push(other.paid_day[line]);
        self.words.push(words);
        self.file.push(other.file[line]);
        self.row.push(other.row[line]);
        self.len() - 1
    }
}
