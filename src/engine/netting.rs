//! What is left of a person's payment lines before any rule looks: reversals and returned lines are matched
//! with the lines that they undo, and what was not paid is set aside.
//!
//! Owns the kinds of line. Must not know a bar.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::domain::{MonthSpan, mask_number_text};
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

/// The kinds and states of lines, looked up once for every distinct word.
pub(super) struct LineWords {
    kinds: Vec<(LineKind, bool)>,
    not_paid: Vec<bool>,
    unknown_status: Vec<bool>,
}

impl LineWords {
    pub(super) fn new(payments: &Payments, rulebook: &Rulebook) -> LineWords {
        let kinds = rulebook.dictionary("line_kind");
        let states = rulebook.dictionary("pay_status");
        let mut words = LineWords { kinds: Vec::new(), not_paid: Vec::new(), unknown_status: Vec::new() };
        // Every string of the roster is looked up as a kind and as a state; the table holds each word once.
        let used_kinds: BTreeSet<u32> = payments.words.iter().map(|w| w.line_kind).collect();
        let used_states: BTreeSet<u32> = payments.words.iter().map(|w| w.pay_status).collect();
        for (number, text) in payments.strings.texts().iter().enumerate() {
            let number = number as u32;
            let kind = if used_kinds.contains(&number) { kinds.class_of(text) } else { None };
            words.kinds.push(match kind {
                _ if text.is_empty() => (LineKind::Normal, true),
                Some("normal") => (LineKind::Normal, true),
                Some("reversal") => (LineKind::Reversal, true),
                Some("returned") => (LineKind::Returned, true),
                Some("money_back") => (LineKind::MoneyBack, true),
                Some("arrears") => (LineKind::Arrears, true),
                _ => (LineKind::Arrears, false),
            });
            let state = if used_states.contains(&number) { states.class_of(text) } else { None };
            words.not_paid.push(state == Some("not_paid"));
            words.unknown_status.push(state.is_none() && !text.is_empty());
        }
        words
    }

    fn kind(&self, payments: &Payments, line: usize) -> (LineKind, bool) {
        self.kinds[payments.words[line].line_kind as usize]
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
        let (kind, is_known) = words.kind(payments, line);
        let mut note = |observation| {
            noticed.note(&payments.files[usize::from(payments.file[line])], observation, payments.row[line]);
        };
        let status = payments.words[line].pay_status as usize;
        // Whether a reversal or a returned line was itself "paid" is not asked: it undoes what it matches.
        let is_undoing = matches!(kind, LineKind::Reversal | LineKind::Returned);
        if words.not_paid[status] && !is_undoing {
            note(Observation::NotPaid);
            net.set_aside.push((line, SetAside::NotPaid));
            continue;
        }
        if words.unknown_status[status] && !is_undoing {
            let word = payments.strings.text(payments.words[line].pay_status);
            note(Observation::UnknownPayStatus(mask_number_text(word)));
            net.doubtful.insert(line);
        }
        if !is_known {
            note(Observation::UnknownLineKind(mask_number_text(
                payments.strings.text(payments.words[line].line_kind),
            )));
        }
        let is_negative = payments.amounts[line].iter().map(|&fen| i128::from(fen)).sum::<i128>() < 0;
        match kind {
            LineKind::Normal | LineKind::Arrears if is_negative => {
                note(Observation::NegativeLine);
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
        noticed.note(&payments.files[usize::from(payments.file[line])], observation, payments.row[line]);
        net.set_aside.push((line, SetAside::WithoutPartner));
    }
}

/// The order in which a person's lines of one month count as paid: day of payment (absent last), larger
/// total, larger components, account, file, row.
pub(super) fn payment_order(
    payments: &Payments,
    line: usize,
) -> (i32, Reverse<i128>, Reverse<[i64; 5]>, &str, u16, u32) {
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
