//! Owns the way from cell texts to the rows of one person. Must not apply a rule.

use chrono::NaiveDate;
use pension_audit::domain::{
    CitizenId, DateReading, Fen, IdDefect, IdReading, IdRepairs, IdWarning, Month, MonthSpan, Name,
    parse_date, parse_month_or_span,
};
use unicode_normalization::UnicodeNormalization;

use super::words;
use crate::oracle::coverage::Seen;
use crate::oracle::projects::{Project, Row, Table, as_of};
use crate::oracle::rulebooks::Rulebook;

/// basic, addition, account_own, account_subsidy, other.
pub(crate) const COMPONENTS: [&str; 5] = ["basic", "addition", "account_own", "account_subsidy", "other"];
pub(crate) const OTHER: usize = 4;

/// One person: a usable ID number and every row that bears it, in the order of file and row.
pub(crate) struct Person<'a> {
    pub(crate) id: CitizenId,
    pub(crate) rows: Vec<&'a Row>,
    pub(crate) seen: Seen,
    pub(crate) rulebook: &'a Rulebook,
}

impl<'a> Person<'a> {
    pub(crate) fn gather(project: &'a Project, id: CitizenId) -> Person<'a> {
        let seen = Seen::default();
        let mut rows = Vec::new();
        for row in &project.rows {
            let IdReading::Usable { id: found, repairs, warning } =
                CitizenId::read(row.cell("id_number"), as_of())
            else {
                continue;
            };
            if found != id {
                continue;
            }
            note_repairs(&seen, repairs);
            if warning == Some(IdWarning::OrderZero) {
                seen.note("id, order 000 is a warning");
            }
            rows.push(row);
        }
        rows.sort_by_key(|row| project.place(row));
        Person { id, rows, seen, rulebook: &project.rulebook }
    }

    pub(crate) fn of(&self, table: Table) -> impl Iterator<Item = &'a Row> + '_ {
        self.rows.iter().copied().filter(move |row| row.table == table)
    }

    /// An event date: a day after `as_of`, before birth, or a placeholder is no date.
    pub(crate) fn event(&self, row: &Row, column: &'static str) -> Option<NaiveDate> {
        match parse_date(row.cell(column)) {
            DateReading::Day(day) if day > as_of() => {
                self.seen.note("date, after as_of is no date");
                None
            }
            DateReading::Day(day) if day < self.id.birth_date() => {
                self.seen.note("date, before birth is no date");
                None
            }
            DateReading::Day(day) => Some(day),
            DateReading::Placeholder => {
                self.seen.note("date, placeholder is no date");
                None
            }
            DateReading::Empty | DateReading::Unreadable => None,
        }
    }

    /// The end of something, which may lie in the future.
    pub(crate) fn end(&self, row: &Row, column: &'static str) -> Option<NaiveDate> {
        let day = parse_date(row.cell(column)).day().filter(|&day| day >= self.id.birth_date())?;
        if day > as_of() {
            self.seen.note("date, an end in the future");
        }
        Some(day)
    }

    /// A month in which something began: before the month of birth, or 1900-01, is no month.
    ///
    /// Reading: a month after `as_of` stays what it says; it bars no month of the period either way.
    pub(crate) fn began_in(&self, row: &Row, column: &'static str) -> Option<Month> {
        let month = Month::parse(row.cell(column))?;
        if month == Month::of(1900, 1) {
            self.seen.note("date, placeholder is no date");
            return None;
        }
        if month < Month::containing(self.id.birth_date()) {
            self.seen.note("date, before birth is no date");
            return None;
        }
        Some(month)
    }

    /// Whether a registry row known only after `as_of` must be ignored.
    pub(crate) fn is_not_yet_known(&self, row: &Row) -> bool {
        let late = parse_date(row.cell("registered_on")).day().is_some_and(|day| day > as_of());
        if late {
            self.seen.note("known, registered after as_of");
        }
        late
    }

    /// Whether the names of two rows agree; noted, because every such comparison decides something.
    pub(crate) fn names_agree(&self, one: &str, other: &str) -> bool {
        let agree = Name(one.to_string()).agrees(&Name(other.to_string()));
        let blank = |text: &str| text.chars().any(char::is_whitespace);
        if agree && one != other && (blank(one) || blank(other)) {
            self.seen.note("name, blanks removed");
        } else if agree && one != other {
            self.seen.note("name, separators unified");
        } else if !agree && (one.trim().is_empty() || other.trim().is_empty()) {
            self.seen.note("name, empty never agrees");
        } else if !agree {
            self.seen.note("name, differs: lead");
        }
        agree
    }
}

fn note_repairs(seen: &Seen, repairs: IdRepairs) {
    let clauses = [
        (IdRepairs::WIDTH, "id, full width repaired"),
        (IdRepairs::BLANKS, "id, blanks repaired"),
        (IdRepairs::APOSTROPHE, "id, apostrophe repaired"),
        (IdRepairs::LOWER_X, "id, lower x repaired"),
        (IdRepairs::FIFTEEN, "id, 15 digits repaired"),
    ];
    for (kind, clause) in clauses {
        if repairs.contains(kind) {
            seen.note(clause);
        }
    }
}

/// The clause that makes an ID cell unusable, for the count.
pub(crate) fn unusable_clause(cell: &str) -> Option<&'static str> {
    match CitizenId::read(cell, as_of()) {
        IdReading::Usable { .. } => None,
        IdReading::Unusable(defect) => Some(match defect {
            IdDefect::Empty => "id, unusable: empty",
            IdDefect::Length | IdDefect::StoredAsNumber | IdDefect::Characters | IdDefect::FormulaError => {
                "id, unusable: length"
            }
            IdDefect::BirthDate => "id, unusable: birth date",
            IdDefect::CheckCharacter | IdDefect::LostDigits => "id, unusable: check character",
            IdDefect::Centenarian => "id, unusable: order 996 to 999",
        }),
    }
}

/// A registry word for matching: NFKC, without blanks around it.
pub(crate) fn word_text(cell: &str) -> String {
    cell.nfkc().collect::<String>().trim().to_string()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Arrears,
    Reversal,
    Returned,
    MoneyBack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paid {
    Yes,
    No,
    Unclear,
}

/// A payment line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) place: (String, usize),
    pub(crate) name: String,
    pub(crate) span: MonthSpan,
    pub(crate) amount: [i64; 5],
    pub(crate) total_only: bool,
    pub(crate) stated_total: Option<i64>,
    pub(crate) paid_on: Option<NaiveDate>,
    pub(crate) kind: Kind,
    pub(crate) kind_word: String,
    pub(crate) paid: Paid,
    pub(crate) status_word: String,
    pub(crate) batch: String,
    pub(crate) account: String,
    /// Equal in everything to an earlier line.
    pub(crate) twin: bool,
    /// In a month with an unmatched reversal.
    pub(crate) reversed: bool,
}

impl Line {
    pub(crate) fn total(&self) -> i64 {
        self.amount.iter().sum()
    }
}

/// The amount of a cell: `Ok(None)` when it is empty.
fn amount(cell: &str) -> Result<Option<i64>, ()> {
    if word_text(cell).is_empty() {
        return Ok(None);
    }
    Fen::parse_yuan(cell).map(|fen| Some(fen.0)).map_err(|_| ())
}

/// A payment line, or `None` when its month or an amount cannot be read: then the row is rejected.
pub(crate) fn read_line(row: &Row, place: (String, usize), seen: &Seen) -> Option<Line> {
    let Some(span) = parse_month_or_span(row.cell("benefit_month")) else {
        seen.note("reject, month");
        return None;
    };
    let mut components = [None; 5];
    for (index, column) in COMPONENTS.iter().enumerate() {
        let Ok(value) = amount(row.cell(column)) else {
            seen.note("reject, amount");
            return None;
        };
        components[index] = value;
    }
    let stated_total = amount(row.cell("total")).ok()?;
    let total_only = components.iter().all(Option::is_none);
    let mut amount = components.map(Option::unwrap_or_default);
    if total_only {
        let Some(total) = stated_total else {
            seen.note("reject, amount");
            return None;
        };
        amount[OTHER] = total;
    } else if stated_total.is_some_and(|total| total != amount.iter().sum::<i64>()) {
        seen.note("total, components do not add up to it");
    }
    let (kind_word, status_word) = (word_text(row.cell("line_kind")), word_text(row.cell("pay_status")));
    Some(Line {
        place,
        name: row.cell("name").to_string(),
        span,
        amount,
        total_only,
        stated_total,
        paid_on: parse_date(row.cell("paid_date")).day(),
        kind: line_kind(&kind_word, seen),
        kind_word,
        paid: pay_status(&status_word, seen),
        status_word,
        batch: row.cell("batch_no").to_string(),
        account: row.cell("bank_account").to_string(),
        twin: false,
        reversed: false,
    })
}

/// Reading: an empty kind is a normal line.
fn line_kind(word: &str, seen: &Seen) -> Kind {
    let has = |dictionary: &[&'static str]| words::first_in(word, dictionary).is_some();
    if has(&["冲销"]) {
        Kind::Reversal
    } else if has(&["退票"]) {
        Kind::Returned
    } else if has(&["扣回", "抵扣"]) {
        seen.note("kind, money back");
        Kind::MoneyBack
    } else if has(&["补发"]) {
        seen.note("kind, arrears");
        Kind::Arrears
    } else if has(&["重发"]) {
        seen.note("kind, resent is normal");
        Kind::Normal
    } else if has(&["正常"]) || word.is_empty() {
        seen.note("kind, normal");
        Kind::Normal
    } else {
        seen.note("kind, unknown is arrears");
        Kind::Arrears
    }
}

/// Reading: an unknown word decides nothing, so that what the line would establish becomes a lead.
fn pay_status(word: &str, seen: &Seen) -> Paid {
    if words::first_in(word, &["失败", "退票", "未发"]).is_some() {
        return Paid::No;
    }
    if word.is_empty() {
        return Paid::Yes;
    }
    if words::first_in(word, &["成功", "已到账"]).is_some() {
        seen.note("status, a word that counts");
        return Paid::Yes;
    }
    Paid::Unclear
}
