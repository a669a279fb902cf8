//! What is left of a person's payment lines before any rule looks: reversals and returned lines are matched
//! with the lines that they undo, and what was not paid is set aside.
//!
//! Owns the kinds of line. Must not know a bar.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::domain::MonthSpan;
use crate::ingest::{Observations, Payments};
use crate::messages::Observation;
use crate::rulebook::Rulebook;

/// The kind of a payment line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// 正常、重发
    Normal,
    /// 补发
    Arrears,
    /// 冲销
    Reversal,
    /// 退票
    Returned,
    /// 扣回、抵扣
    MoneyBack,
}

impl LineKind {
    /// The class of the dictionary of line kinds, as rule files name it.
    pub fn name(self) -> &'static str {
        match self {
            LineKind::Normal => "normal",
            LineKind::Arrears => "arrears",
            LineKind::Reversal => "reversal",
            LineKind::Returned => "returned",
            LineKind::MoneyBack => "money_back",
        }
    }
}

/// Whether a line was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineState {
    /// 成功、已到账, or nothing is said.
    Paid,
    /// 失败、退票、未发
    NotPaid,
    /// Words that are not known.
    Unknown,
}

/// The kind of line that a word stands for, and whether the word is known.
pub(super) fn read_kind(rulebook: &Rulebook, word: &str) -> (LineKind, bool) {
    match rulebook.dictionary("line_kind").class_of(word) {
        _ if word.is_empty() => (LineKind::Normal, true),
        Some("normal") => (LineKind::Normal, true),
        Some("reversal") => (LineKind::Reversal, true),
        Some("returned") => (LineKind::Returned, true),
        Some("money_back") => (LineKind::MoneyBack, true),
        Some("arrears") => (LineKind::Arrears, true),
        _ => (LineKind::Arrears, false),
    }
}

/// The state that a word stands for.
pub(super) fn read_state(rulebook: &Rulebook, word: &str) -> LineState {
    match rulebook.dictionary("pay_status").class_of(word) {
        Some("not_paid") => LineState::NotPaid,
        None if !word.is_empty() => LineState::Unknown,
        _ => LineState::Paid,
    }
}

/// The kinds and states of some lines, looked up once for every word.
pub(super) struct LineWords {
    kinds: BTreeMap<u32, LineKind>,
    states: BTreeMap<u32, LineState>,
}

impl LineWords {
    pub(super) fn new(payments: &Payments, rulebook: &Rulebook) -> LineWords {
        let mut words = LineWords { kinds: BTreeMap::new(), states: BTreeMap::new() };
        for line in &payments.words {
            let text = |number: u32| payments.strings.text(number);
            words.kinds.entry(line.line_kind).or_insert_with(|| read_kind(rulebook, text(line.line_kind)).0);
            words
                .states
                .entry(line.pay_status)
                .or_insert_with(|| read_state(rulebook, text(line.pay_status)));
        }
        words
    }

    fn kind(&self, payments: &Payments, line: usize) -> LineKind {
        self.kinds.get(&payments.words[line].line_kind).copied().unwrap_or(LineKind::Arrears)
    }

    fn state(&self, payments: &Payments, line: usize) -> LineState {
        self.states.get(&payments.words[line].pay_status).copied().unwrap_or(LineState::Unknown)
    }
}

/// A person's lines after netting.
#[derive(Debug, Default)]
pub(super) struct NetLines {
    /// Normal lines and arrears that were paid and not undone, in the order in which the lines were given.
    pub(super) paid: Vec<(usize, LineKind)>,
    /// Money-back lines.
    pub(super) money_back: Vec<usize>,
    /// Paid lines whose payment status does not decide whether they were paid.
    pub(super) doubtful: BTreeSet<usize>,
    /// Months in which a reversal found no partner.
    pub(super) unmatched: Vec<MonthSpan>,
    /// For `explain`: what became of the lines that are not in `paid`.
    pub(super) set_aside: Vec<(usize, SetAside)>,
}

/// Why a line is not looked at by the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetAside {
    /// It was not paid.
    NotPaid,
    /// A reversal or returned line undid it.
    Undone,
    /// It undid another line.
    Undoes,
    /// It found no line to undo.
    WithoutPartner,
}

/// Nets the lines of one person.
pub(super) fn net(
    payments: &Payments,
    words: &LineWords,
    lines: &[usize],
    noticed: &mut Observations,
) -> NetLines {
    let mut net = NetLines::default();
    let mut undoing: Vec<(usize, LineKind)> = Vec::new();
    for &line in lines {
        let kind = words.kind(payments, line);
        let state = words.state(payments, line);
        // Whether a reversal or a returned line was itself "paid" is not asked: it undoes what it matches.
        let is_undoing = matches!(kind, LineKind::Reversal | LineKind::Returned);
        if state == LineState::NotPaid && !is_undoing {
            net.set_aside.push((line, SetAside::NotPaid));
            continue;
        }
        if state == LineState::Unknown && !is_undoing {
            net.doubtful.insert(line);
        }
        let is_negative = payments.amounts[line].iter().map(|&fen| i128::from(fen)).sum::<i128>() < 0;
        match kind {
            LineKind::Normal | LineKind::Arrears if is_negative => {
                noticed.note(payments.file_name(line), Observation::NegativeLine, payments.row[line]);
                undoing.push((line, LineKind::Reversal));
            }
            LineKind::Normal | LineKind::Arrears => net.paid.push((line, kind)),
            LineKind::MoneyBack => net.money_back.push(line),
            LineKind::Reversal | LineKind::Returned => undoing.push((line, kind)),
        }
    }
    undo(payments, undoing, &mut net, noticed);
    net
}

/// Matches each undoing line with the line that it undoes. Returned lines go first: a reversal that then
/// finds nothing only turns claims into leads.
fn undo(
    payments: &Payments,
    mut undoing: Vec<(usize, LineKind)>,
    net: &mut NetLines,
    noticed: &mut Observations,
) {
    undoing.sort_by_key(|&(line, kind)| (kind == LineKind::Reversal, line));
    for (line, kind) in undoing {
        let absolute = |line: usize| payments.amounts[line].map(i64::unsigned_abs);
        let partner = net
            .paid
            .iter()
            .enumerate()
            .filter(|(_, (paid, _))| {
                payments.months[*paid] == payments.months[line] && absolute(*paid) == absolute(line)
            })
            .max_by_key(|(_, (paid, _))| payment_order(payments, *paid))
            .map(|(at, _)| at);
        if let Some(at) = partner {
            let (undone, _) = net.paid.remove(at);
            net.set_aside.push((undone, SetAside::Undone));
            net.set_aside.push((line, SetAside::Undoes));
            continue;
        }
        let observation = if kind == LineKind::Returned {
            Observation::ReturnedWithoutPartner
        } else {
            net.unmatched.push(payments.months[line]);
            Observation::ReversalWithoutPartner
        };
        noticed.note(payments.file_name(line), observation, payments.row[line]);
        net.set_aside.push((line, SetAside::WithoutPartner));
    }
}

/// The order in which a person's lines of one month count as paid: day of payment (absent last), larger
/// total, larger components, account, file, row.
pub(super) fn payment_order(
    payments: &Payments,
    line: usize,
) -> (i32, Reverse<i128>, Reverse<[i64; 5]>, &str, u32, u32) {
    let amounts = payments.amounts[line];
    let total: i128 = amounts.iter().map(|&fen| i128::from(fen)).sum();
    let account = payments.strings.text(payments.words[line].bank_account);
    (
        payments.paid_day[line],
        Reverse(total),
        Reverse(amounts),
        account,
        payments.file[line],
        payments.row[line],
    )
}
