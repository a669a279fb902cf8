//! Checks that look at a person as a whole: lines, spans and rows together.
//!
//! Owns the person as such checks see one, what they tell, and whom they have to see. One file for each
//! kind. Must not claim anything: a claim is the matter of bars.

mod conflict;
mod contributions;
mod deaths;
mod entitlement;
mod irregular;
mod months;
mod payee;
mod repeated_rows;
mod standard;
mod subsidies;
mod unpaid;

pub(super) use standard::Layers;
pub(super) use unpaid::{entitling_months, months_needed, of_age};

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

pub(super) use payee::months_of_several;

use super::bars;
use super::bars::{Bar, Evidence};
use super::look::Seen;
use super::money::MoneyPart;
use super::netting::{LineKind, NetLines};
use super::{LineVerdict, RowsByTable, parameter_day};
use crate::domain::{CitizenId, Fen, Month, MonthSpan, Name};
use crate::ingest::{Column, Fields, Payments, RegistryRow, StoredRow, Table};
use crate::messages::Detail;
use crate::rulebook::{
    Check, Condition, ConflictCheck, EntitlementCheck, Offset, Rulebook, Scope, Test, UnpaidCheck,
};

/// What a check tells of a person beyond what bars say of payment lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The rule, by its position in the rulebook.
    pub rule: usize,
    /// The person.
    pub id: CitizenId,
    /// The name, as the rows in question write it.
    pub name: String,
    /// The months in question.
    pub months: Option<MonthSpan>,
    /// The money in question, in fen; `None` where nobody can tell, or where a mark has none.
    pub amount: Option<Fen>,
    /// The rows that hold that money; for what was paid, not for what is owed.
    pub money: Vec<MoneyPart>,
    /// What it is, and what to do.
    pub detail: Detail,
    /// The rows behind it.
    pub evidence: Evidence,
}

/// A person as a check sees one.
pub(super) struct Person<'a> {
    pub(super) id: CitizenId,
    pub(super) payments: &'a Payments,
    pub(super) net: &'a NetLines,
    /// Whether the roster has no line at all of the person, paid or not.
    pub(super) is_unknown_to_roster: bool,
    pub(super) bars: &'a [Bar],
    pub(super) verdicts: &'a [LineVerdict],
    /// By line, where its verdict stands.
    pub(super) verdict_of: BTreeMap<usize, usize>,
    pub(super) rows: &'a RowsByTable,
    pub(super) rulebook: &'a Rulebook,
    /// The rules whose tables were given, by position.
    pub(super) runnable: &'a [usize],
    pub(super) period: MonthSpan,
    pub(super) as_of: NaiveDate,
    pub(super) region: &'a str,
    pub(super) layers: &'a Layers,
    /// The forms of the names on payment lines without a usable number.
    pub(super) damaged_names: &'a BTreeSet<String>,
    /// The months of the period for which the rosters pay anybody.
    pub(super) roster_months: &'a BTreeSet<Month>,
    /// By roster, whether it lacks the column of additions.
    pub(super) without_additions: &'a [bool],
    /// How far back the records of stopping and resuming go.
    pub(super) changes_from: Option<Month>,
}

/// What a rule tells, while it looks at a person.
pub(super) struct Told<'t> {
    pub(super) rule: usize,
    pub(super) remarks: &'t mut Vec<Remark>,
}

impl Told<'_> {
    /// Tells something.
    pub(super) fn tell(
        &mut self,
        person: &Person<'_>,
        name: &str,
        (months, amount): (Option<MonthSpan>, Option<Fen>),
        detail: Detail,
        evidence: impl IntoIterator<Item = String>,
    ) {
        self.tell_money(person, name, (months, amount), Vec::new(), detail, evidence);
    }

    /// Tells something of money that some rows hold.
    pub(super) fn tell_money(
        &mut self,
        person: &Person<'_>,
        name: &str,
        (months, amount): (Option<MonthSpan>, Option<Fen>),
        money: Vec<MoneyPart>,
        detail: Detail,
        evidence: impl IntoIterator<Item = String>,
    ) {
        let evidence: BTreeSet<String> = evidence.into_iter().collect();
        self.remarks.push(Remark {
            rule: self.rule,
            id: person.id,
            name: name.to_string(),
            months,
            amount,
            money,
            detail,
            evidence: evidence.into_iter().collect(),
        });
    }
}

impl Person<'_> {
    /// The person's rows in a registry.
    pub(super) fn rows(&self, table: Table) -> impl Iterator<Item = &RegistryRow> {
        let rows = self.rows.get(&table).map_or(&[][..], Vec::as_slice);
        let key = self.id.key().0;
        let start = rows.partition_point(|(other, _)| *other < key);
        rows[start..].iter().take_while(move |(other, _)| *other == key).map(|(_, row)| row)
    }

    /// The net lines of the period, with the months of each.
    pub(super) fn lines(&self) -> impl Iterator<Item = usize> + '_ {
        let lines = self.net.paid.iter().map(|&(line, _)| line);
        lines.filter(|&line| !self.payments.months[line].intersect(self.period).is_empty())
    }

    /// The months of the period for which anything was paid, each with its first line.
    pub(super) fn paid_months(&self) -> BTreeMap<Month, usize> {
        let mut paid = BTreeMap::new();
        for line in self.lines() {
            for month in self.payments.months[line].intersect(self.period).months() {
                paid.entry(month).or_insert(line);
            }
        }
        paid
    }

    /// What was paid in the period by lines that lie in some months whole, in fen.
    pub(super) fn paid_within(&self, span: MonthSpan) -> Fen {
        let inside = self.lines().filter(|&line| span.covers(self.payments.months[line]));
        inside.flat_map(|line| self.payments.amounts[line]).map(Fen).sum()
    }

    /// The name on the latest line; empty where nothing was paid.
    pub(super) fn paid_name(&self) -> &str {
        let latest = self.net.paid.iter().max_by_key(|(line, _)| (self.payments.months[*line].last(), *line));
        latest.map_or("", |&(line, _)| self.payments.name(line))
    }

    /// Whether the name of a row agrees with that of any line.
    pub(super) fn is_paid_as(&self, row: &RegistryRow) -> bool {
        let forms = self.net.paid.iter().map(|&(line, _)| Name::comparison_form(self.payments.name(line)));
        !row.name_form.is_empty() && forms.into_iter().any(|form| form == row.name_form)
    }

    /// What is claimed of a line already.
    pub(super) fn claimed(&self, line: usize) -> Scope {
        let hits = self.verdict(line).into_iter().flat_map(|verdict| &verdict.hits);
        hits.fold(Scope::NONE, |scope, hit| scope.union(hit.scope))
    }

    /// What rules say of a line already.
    pub(super) fn verdict(&self, line: usize) -> Option<&LineVerdict> {
        self.verdict_of.get(&line).map(|&at| &self.verdicts[at])
    }

    /// An event date of the person, if it is one.
    pub(super) fn day(&self, row: &RegistryRow, column: Column) -> Option<NaiveDate> {
        bars::event_day(row, column, self.id, self.as_of)
    }

    /// The day that a parameter names, if anybody knows.
    pub(super) fn parameter(&self, id: &str) -> Option<NaiveDate> {
        parameter_day(self.rulebook, self.region, self.as_of, id)
    }

    /// From which month after a birthday the pension is paid, if anybody knows.
    pub(super) fn start_offset(&self, parameter: &str, birthday: Month) -> Option<Offset> {
        self.rulebook.offset(parameter, self.region, birthday.first_day()?)
    }

    /// What the last month with normal lines before another month came to, and those lines.
    pub(super) fn last_paid_before(&self, month: Month) -> Option<(Fen, Vec<usize>)> {
        let months = &self.payments.months;
        let is_before = |&&(line, kind): &&(usize, LineKind)| {
            kind == LineKind::Normal && months[line].len() == 1 && months[line].from < month
        };
        let last = self.net.paid.iter().filter(is_before).map(|&(line, _)| months[line].from).max()?;
        let lines: Vec<usize> = self
            .net
            .paid
            .iter()
            .filter(is_before)
            .map(|&(line, _)| line)
            .filter(|&line| months[line].from == last)
            .collect();
        let sum: i64 = lines.iter().flat_map(|&line| self.payments.amounts[line]).sum();
        Some((Fen(sum), lines))
    }

    /// Whether any rule says, or asks, that nothing was due for a month.
    pub(super) fn may_be_barred(&self, month: Month) -> bool {
        self.bars.iter().any(|bar| bar.span.contains(month))
    }
}

/// Whom a check has to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sees {
    /// Nobody: it is not of this kind.
    Nobody,
    /// The persons of a registry, whether or not they are paid, as far as the check asks.
    PersonsOf(Table),
    /// The payees whose lines show something, which one look at all lines finds.
    PayeesWith(Oddity),
    /// Every payee from an age on.
    Aged(u32),
    /// Every payee without a certification in so many months before the end of the period.
    Uncertified(u32),
}

/// What a look at all lines may show of a payee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Oddity {
    /// More than one name.
    Names,
    /// More than one personal number.
    PersonNumbers,
    /// An account in another name.
    AccountName,
    /// A benefit that began before the month of a birthday.
    StartBefore {
        /// Which birthday.
        years: u32,
        /// Whether that month is too early as well.
        or_in_month: bool,
    },
    /// Another name than a list has.
    AnotherName,
    /// A line without money.
    NoMoney,
    /// Arrears as high as what was paid before.
    PaidAgain,
    /// A basic part that is not the standard.
    OffStandard,
    /// Months that differ by more than so many percent.
    Swing(u32),
}

/// Which of the persons of a registry a check has to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// All of them.
    Persons,
    /// Those who are paid.
    Payees,
    /// Those of whom a row says something.
    Rows,
}

/// What is known of a person of a registry before anybody reads the lines.
pub(super) struct Glance<'g> {
    pub(super) rulebook: &'g Rulebook,
    pub(super) region: &'g str,
    pub(super) period: MonthSpan,
    pub(super) as_of: NaiveDate,
    /// Whether the roster has any line of the person.
    pub(super) is_payee: bool,
    /// What the lines in the period showed, where they were looked at.
    pub(super) seen: Option<&'g Seen>,
}

/// Whom a check has to see.
pub(super) fn sees(check: &Check, rulebook: &Rulebook, region: &str, period: MonthSpan) -> Sees {
    match check {
        Check::Conflict(ConflictCheck::Entitlement(EntitlementCheck::OldAge { years })) => Sees::Aged(*years),
        Check::Conflict(ConflictCheck::Entitlement(EntitlementCheck::Uncertified { months, .. })) => {
            Sees::Uncertified(*months)
        }
        Check::Conflict(ConflictCheck::StartAndAge { years, start }) => {
            let or_in_month = rulebook.may_be_next(start, region);
            Sees::PayeesWith(Oddity::StartBefore { years: *years, or_in_month })
        }
        Check::Conflict(check) => conflict::sees(check),
        Check::RepeatedRows(check) => Sees::PersonsOf(check.table),
        Check::Unpaid(check) => Sees::PersonsOf(check.table()),
        Check::Standard(check) => standard::sees(check, rulebook, region, period),
        _ => Sees::Nobody,
    }
}

/// Which of the persons of its registry a check has to see.
pub(super) fn asks(check: &Check) -> Asks {
    match check {
        Check::Conflict(check) => conflict::asks(check),
        Check::Unpaid(UnpaidCheck::Entitled(_)) => Asks::Rows,
        Check::Standard(check) => standard::asks(check),
        _ => Asks::Persons,
    }
}

/// What a look at all lines has to find, for a check that holds a registry against it.
pub(super) fn compares(check: &Check) -> Option<Oddity> {
    let is_of_names = matches!(check, Check::Conflict(ConflictCheck::NameAndPayments { .. }));
    is_of_names.then_some(Oddity::AnotherName)
}

/// Whether a check may speak of a person of its registry; without a row, as far as the person alone tells.
pub(super) fn may_speak(check: &Check, glance: &Glance<'_>, row: Option<&StoredRow<'_>>) -> bool {
    match (asks(check), row) {
        (Asks::Persons, _) | (Asks::Rows, None) => true,
        (Asks::Payees, _) => glance.is_payee,
        (Asks::Rows, Some(row)) => match check {
            Check::Conflict(check) => conflict::may_speak(check, glance, row),
            Check::Unpaid(UnpaidCheck::Entitled(check)) => {
                !glance.is_payee && unpaid::may_be_entitled(check, glance, row)
            }
            _ => true,
        },
    }
}

/// The registries that a check reads where they were given, beside those without which it cannot run.
pub(super) fn also_reads(check: &Check) -> &'static [Table] {
    match check {
        Check::Unpaid(UnpaidCheck::Revived(_)) => &[Table::Participants],
        _ => &[],
    }
}

/// Lets every check that looks at persons look at one.
pub(super) fn judge(person: &Person<'_>, remarks: &mut Vec<Remark>) {
    for &rule in person.runnable {
        let mut told = Told { rule, remarks };
        match &person.rulebook.rules[rule].check {
            Check::RepeatedRows(check) => repeated_rows::judge(check, person, &mut told),
            Check::Conflict(check) => conflict::judge(check, person, &mut told),
            Check::Unpaid(check) => unpaid::judge(check, person, &mut told),
            Check::Standard(check) => standard::judge(check, person, &mut told),
            _ => {}
        }
    }
}

/// Whether a condition holds of a row.
pub(super) fn holds(rulebook: &Rulebook, condition: &Condition, row: &impl Fields) -> bool {
    let column = condition.column;
    let is_class = |dictionary: &str, classes: &[String]| {
        let class = rulebook.dictionary(dictionary).class_of(row.text_of(column));
        class.is_some_and(|class| classes.iter().any(|wanted| wanted == class))
    };
    let is_stated = || row.states(column);
    match &condition.test {
        Test::Class(dictionary, classes) => is_class(dictionary, classes),
        Test::NotClass(dictionary, classes) => !is_class(dictionary, classes),
        Test::Empty => !is_stated(),
        Test::Stated => is_stated(),
    }
}
