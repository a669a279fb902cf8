//! What checks of whole persons tell becomes a lead, a mark or money that was not paid, as its rule says.

use super::leads::Lead;
use crate::engine::Remark;
use crate::messages::LeadReason;
use crate::rulebook::{Outcome, Rulebook};

/// What checks of whole persons tell, sorted by what it is.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) leads: Vec<Lead>,
    /// Facts without an amount, by rule, person and place.
    pub(super) marks: Vec<Remark>,
    /// What was due and was not paid, by rule, person and place.
    pub(super) unpaid: Vec<Remark>,
}

/// Sorts remarks by what they are.
pub(super) fn sort(rulebook: &Rulebook, remarks: Vec<Remark>) -> Sorted {
    let mut sorted = Sorted::default();
    for remark in remarks {
        let rule = &rulebook.rules[remark.rule];
        match (rule.check.outcome(), rule.case_type) {
            (Outcome::Owed, _) => sorted.unpaid.push(remark),
            (Outcome::Compared, _) if remark.detail.is_owed() => sorted.unpaid.push(remark),
            (_, None) => sorted.marks.push(remark),
            _ if remark.detail.is_mark() => sorted.marks.push(remark),
            (_, Some(case_type)) => sorted.leads.push(Lead {
                case_type,
                rule: remark.rule,
                id: remark.id,
                name: remark.name,
                first_month: remark.months.map(|months| months.from),
                last_month: remark.months.map(|months| months.last()),
                potential: remark.amount,
                money: remark.money,
                reason: LeadReason::Told(remark.detail),
                evidence: remark.evidence,
            }),
        }
    }
    for list in [&mut sorted.marks, &mut sorted.unpaid] {
        let order = |remark: &Remark| (remark.rule, remark.id, remark.months.map(|months| months.from));
        list.sort_by(|a, b| {
            order(a).cmp(&order(b)).then_with(|| (&a.evidence, a.detail).cmp(&(&b.evidence, b.detail)))
        });
    }
    sorted
}
