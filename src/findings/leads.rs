//! Everything short of a claim, one row for each person, rule, reason and evidence.

use std::collections::BTreeMap;

use super::attribution::WeighedLead;
use crate::domain::{CitizenId, Fen, Month};
use crate::engine::{Evidence, GrantVerdict, Judgement, MoneyPart};
use crate::ingest::Payments;
use crate::messages::LeadReason;
use crate::rulebook::{CaseType, RuleStatus, Rulebook};

/// A lead: what may be owed, and what is missing to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// The case that it may become.
    pub case_type: CaseType,
    /// The rule, by its position in the rulebook.
    pub rule: usize,
    /// The person.
    pub id: CitizenId,
    /// The name on the latest line in question.
    pub name: String,
    /// The first month in question.
    pub first_month: Option<Month>,
    /// The last month in question.
    pub last_month: Option<Month>,
    /// What it would add to the ledger; `None` where nobody can tell.
    pub potential: Option<Fen>,
    /// The rows that hold that money, each with what is in question of it.
    pub money: Vec<MoneyPart>,
    /// Why it is no claim.
    pub reason: LeadReason,
    /// The rows behind it.
    pub evidence: Evidence,
}

/// Person, rule, reason, evidence, and whether the amount is unknown: what is known stays visible beside it.
type Group = (CitizenId, usize, LeadReason, Evidence, bool);

/// Gathers the leads and puts them in the order of leads.csv.
pub(super) fn build(
    rulebook: &Rulebook,
    judgement: &Judgement,
    line_leads: Vec<WeighedLead>,
    matched_leads: Vec<WeighedLead>,
    told: Vec<Lead>,
) -> Vec<Lead> {
    let mut leads = of_lines(rulebook, &judgement.payments, line_leads);
    leads.extend(told);
    leads.extend(of_lines(rulebook, &judgement.matched.payments, matched_leads));
    leads.extend(grants(rulebook, &judgement.grants));
    leads.extend(grants(rulebook, &judgement.matched.grants));
    leads.sort_by(|a, b| {
        let key = |lead: &Lead| {
            (lead.case_type, lead.rule, lead.id, lead.reason.is_unlikely(), lead.first_month, lead.reason)
        };
        key(a).cmp(&key(b)).then_with(|| a.evidence.cmp(&b.evidence))
    });
    leads
}

/// One lead for each person, rule, reason and evidence.
fn of_lines(rulebook: &Rulebook, payments: &Payments, line_leads: Vec<WeighedLead>) -> Vec<Lead> {
    let mut gathered: BTreeMap<Group, Vec<WeighedLead>> = BTreeMap::new();
    for lead in line_leads {
        let is_unknown = lead.potential.is_none();
        let key = (lead.id, lead.rule, lead.reason, lead.evidence.clone(), is_unknown);
        gathered.entry(key).or_default().push(lead);
    }
    gathered
        .into_iter()
        .filter_map(|((id, rule, reason, evidence, is_unknown), parts)| {
            let latest = parts.iter().max_by_key(|part| (part.months.last(), part.line))?;
            let money = parts.iter().filter(|_| !is_unknown).map(|part| part.money.clone());
            Some(Lead {
                case_type: rulebook.rules[rule].case_type?,
                rule,
                id,
                name: payments.name(latest.line).to_string(),
                first_month: parts.iter().map(|part| part.months.from).min(),
                last_month: parts.iter().map(|part| part.months.last()).max(),
                potential: parts.iter().map(|part| part.potential).sum::<Option<Fen>>(),
                money: money.collect(),
                reason,
                evidence,
            })
        })
        .collect()
}

fn grants(rulebook: &Rulebook, verdicts: &[GrantVerdict]) -> Vec<Lead> {
    let mut leads = Vec::new();
    for verdict in verdicts {
        let rule = &rulebook.rules[verdict.rule];
        let reason = match verdict.outcome {
            Err(reason) => reason,
            Ok(_) if rule.establishes() => continue,
            Ok(_) if rule.status == RuleStatus::Trial => LeadReason::OnTrial,
            Ok(_) => LeadReason::CappedAtLead,
        };
        let Some(case_type) = rule.case_type else { continue };
        leads.push(Lead {
            case_type,
            rule: verdict.rule,
            id: verdict.id,
            name: verdict.name.clone(),
            first_month: None,
            last_month: None,
            potential: Some(verdict.amount),
            money: verdict.money.clone(),
            reason,
            evidence: verdict.evidence.clone().into(),
        });
    }
    leads
}
