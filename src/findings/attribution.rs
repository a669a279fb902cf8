//! Every fen of a line is claimed at most once.
//!
//! What is returnable of a line is the union of the scopes of the rules that establish it; the first of
//! them by precedence is primary and takes the whole, the others stay as evidence. A lead's potential is
//! only what it would add.

use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{CitizenId, Fen, Month, MonthSpan};
use crate::engine::{
    Event, Evidence, Hit, LineLead, LineVerdict, MoneyPart, PersonVerdict, union_of_evidence,
};
use crate::ingest::{Amounts, Payments};
use crate::messages::LeadReason;
use crate::rulebook::{CaseType, Rulebook, Scope};

/// What is claimed of one payment line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineClaim {
    /// The case, by its position in the ledger.
    pub case: usize,
    /// The person.
    pub id: CitizenId,
    /// The case type of the primary rule.
    pub case_type: CaseType,
    /// The line, by its position among the payments.
    pub line: usize,
    /// The benefit months.
    pub months: MonthSpan,
    /// The rules that establish it, the primary one first, by their positions in the rulebook.
    pub rules: Vec<usize>,
    /// The components that are claimed.
    pub scope: Scope,
    /// The amounts that are claimed, by component, in fen.
    pub amounts: Amounts,
    /// The rows behind it.
    pub evidence: Evidence,
    /// What happened, by the primary rule.
    pub event: Arc<Event>,
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
    /// The money of the line behind it.
    pub(super) money: MoneyPart,
    pub(super) reason: LeadReason,
    pub(super) evidence: Evidence,
}

/// How many persons are attributed side by side.
const BATCH: usize = 8192;

/// Attributes the money of all judged lines.
pub(super) fn attribute(
    payments: &Payments,
    rulebook: &Rulebook,
    persons: Vec<PersonVerdict>,
) -> (Vec<LineClaim>, Vec<WeighedLead>) {
    let of_person = |person: PersonVerdict| {
        let (mut claims, mut leads) = (Vec::new(), Vec::new());
        for verdict in &person.lines {
            let claim = claim(payments, rulebook, person.id, verdict);
            let claimed = claim.as_ref().map_or(Scope::NONE, |claim| claim.scope);
            let weighed = verdict.leads.iter();
            leads.extend(weighed.filter_map(|lead| weigh(payments, person.id, verdict.line, lead, claimed)));
            claims.extend(claim);
        }
        (claims, leads)
    };
    let hits = persons.iter().flat_map(|person| &person.lines).filter(|verdict| !verdict.hits.is_empty());
    let (mut claims, mut leads) = (Vec::with_capacity(hits.count()), Vec::new());
    // Some persons at a time, so that their verdicts and their claims do not all stand in memory together.
    let mut persons = persons.into_iter();
    loop {
        let batch: Vec<PersonVerdict> = persons.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return (claims, leads);
        }
        let attributed: Vec<_> = batch.into_par_iter().map(of_person).collect();
        for (own_claims, own_leads) in attributed {
            claims.extend(own_claims);
            leads.extend(own_leads);
        }
    }
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
    let evidence: Vec<&Evidence> = hits.iter().map(|hit| &hit.evidence).collect();
    Some(LineClaim {
        case: 0,
        id,
        case_type,
        line: verdict.line,
        months: payments.months[verdict.line],
        rules: hits.iter().map(|hit| hit.rule).collect(),
        scope,
        amounts,
        evidence: union_of_evidence(&evidence),
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
        money: MoneyPart::of_months(payments, line, added, (lead.months, lead.share)),
        reason: lead.reason,
        evidence: lead.evidence.clone(),
    })
}
