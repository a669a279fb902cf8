//! Every fen of a line is claimed at most once.
//!
//! What is returnable of a line is the union of the scopes of the rules that establish it; the first of
//! them by precedence is primary and takes the whole, the others stay as evidence. A lead's potential is
//! only what it would add.

use crate::domain::{CitizenId, Fen, Month, MonthSpan};
use crate::engine::{Event, Hit, Judgement, LineLead, LineVerdict};
use crate::ingest::{Amounts, Payments};
use crate::messages::LeadReason;
use crate::rulebook::{CaseType, Rulebook, Scope};

/// What is claimed of one payment line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineClaim {
    /// The case; filled when cases are numbered.
    pub case_id: String,
    /// The person.
    pub id: CitizenId,
    /// The case type of the primary rule.
    pub case_type: CaseType,
    /// The line, by its position among the payments.
    pub line: usize,
    /// `file#row` of the line.
    pub place: String,
    /// The benefit months.
    pub months: MonthSpan,
    /// The rules that establish it, the primary one first, by their positions in the rulebook.
    pub rules: Vec<usize>,
    /// The components that are claimed.
    pub scope: Scope,
    /// The amounts that are claimed, by component, in fen.
    pub amounts: Amounts,
    /// The rows behind it.
    pub evidence: Vec<String>,
    /// What happened, by the primary rule.
    pub event: Event,
    /// The first month for which nothing was due, by the primary rule.
    pub stop_month: Month,
    /// The end of the span rests on an order, not on a report of release.
    pub release_unconfirmed: bool,
}

impl LineClaim {
    /// The claimed sum.
    pub fn claimed(&self) -> Fen {
        self.amounts.iter().map(|&fen| Fen(fen)).sum()
    }
}

/// A lead on one line, with its money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WeighedLead {
    pub(super) id: CitizenId,
    pub(super) line: usize,
    pub(super) rule: usize,
    pub(super) months: MonthSpan,
    pub(super) potential: Option<Fen>,
    pub(super) reason: LeadReason,
    pub(super) evidence: Vec<String>,
}

/// Attributes the money of all judged lines.
pub(super) fn attribute(rulebook: &Rulebook, judgement: &Judgement) -> (Vec<LineClaim>, Vec<WeighedLead>) {
    let payments = &judgement.payments;
    let mut claims = Vec::new();
    let mut leads = Vec::new();
    for person in &judgement.persons {
        for verdict in &person.lines {
            let claim = claim(payments, rulebook, person.id, verdict);
            let claimed = claim.as_ref().map_or(Scope::NONE, |claim| claim.scope);
            leads.extend(
                verdict
                    .leads
                    .iter()
                    .filter_map(|lead| weigh(payments, person.id, verdict.line, lead, claimed)),
            );
            claims.extend(claim);
        }
    }
    (claims, leads)
}

fn claim(
    payments: &Payments,
    rulebook: &Rulebook,
    id: CitizenId,
    verdict: &LineVerdict,
) -> Option<LineClaim> {
    // A total without components stands among them as `other`: whoever returns everything returns it.
    let primary: &Hit =
        verdict.hits.iter().min_by_key(|hit| (rulebook.rules[hit.rule].precedence, hit.rule))?;
    let case_type = rulebook.rules[primary.rule].case_type?;
    let scope = verdict.hits.iter().fold(Scope::NONE, |scope, hit| scope.union(hit.scope));
    let amounts = scope.of_amounts(&payments.amounts[verdict.line]);
    if amounts.iter().all(|&fen| fen == 0) {
        return None;
    }
    let mut hits: Vec<&Hit> = verdict.hits.iter().collect();
    hits.sort_by_key(|hit| (rulebook.rules[hit.rule].precedence, hit.rule));
    let mut evidence: Vec<String> = hits.iter().flat_map(|hit| hit.evidence.iter().cloned()).collect();
    evidence.sort();
    evidence.dedup();
    Some(LineClaim {
        case_id: String::new(),
        id,
        case_type,
        line: verdict.line,
        place: payments.place(verdict.line),
        months: payments.months[verdict.line],
        rules: hits.iter().map(|hit| hit.rule).collect(),
        scope,
        amounts,
        evidence,
        event: primary.event.clone(),
        stop_month: primary.stop_month,
        release_unconfirmed: hits.iter().any(|hit| hit.release_unconfirmed),
    })
}

/// A lead's money: what it would add to the claim, in proportion to the months in question, rounded down. A
/// lead that would add nothing is dropped.
fn weigh(
    payments: &Payments,
    id: CitizenId,
    line: usize,
    lead: &LineLead,
    claimed: Scope,
) -> Option<WeighedLead> {
    let added = lead.scope.minus(claimed).of_amounts(&payments.amounts[line]);
    let sum: i128 = added.iter().map(|&fen| i128::from(fen)).sum();
    let (part, whole) = (lead.share.0 as i128, lead.share.1.max(1) as i128);
    let share = i64::try_from((sum * part).div_euclid(whole)).unwrap_or(i64::MAX);
    if share <= 0 {
        return None;
    }
    let potential = (!lead.is_unknown).then_some(Fen(share));
    Some(WeighedLead {
        id,
        line,
        rule: lead.rule,
        months: lead.months,
        potential,
        reason: lead.reason,
        evidence: lead.evidence.clone(),
    })
}
