//! One person × one case type is a case: a row of the recovery ledger.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use hmac::{Hmac, KeyInit, Mac};
use rayon::prelude::*;
use sha2::Sha256;

use super::attribution::LineClaim;
use crate::domain::{CitizenId, Fen, Month, MonthSpan};
use crate::engine::{GrantVerdict, Judgement};
use crate::ingest::{Amounts, Payments, hex};
use crate::messages::MARK_RELEASE_UNCONFIRMED;
use crate::project::Project;
use crate::rulebook::{Basis, CaseType, Concerns, Rulebook};

/// A row of the recovery ledger. Amounts are fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The case number: letters of the type and 16 hex digits of a keyed hash.
    pub case_id: String,
    /// The person.
    pub id: CitizenId,
    /// The name on the latest claimed line.
    pub name: String,
    /// The number in the payment system.
    pub person_no: String,
    /// 行政区划
    pub region: String,
    /// 乡镇(街道)
    pub township: String,
    /// 村(社区)
    pub village: String,
    /// The type.
    pub case_type: CaseType,
    /// The subtype, where the type has any.
    pub subtype: String,
    /// The rule of the lowest precedence among the lines, by its position in the rulebook.
    pub primary_rule: usize,
    /// All rules that support it, by position, ascending by precedence.
    pub rules: Vec<usize>,
    /// Marks, sorted.
    pub marks: BTreeSet<String>,
    /// The day or month of the event.
    pub event_date: String,
    /// The day by which the law of the event is chosen.
    pub event_day: Option<NaiveDate>,
    /// Who says so.
    pub event_source: String,
    /// The number of the document that says so.
    pub document_no: String,
    /// The first month for which nothing was due.
    pub stop_month: Option<Month>,
    /// The first claimed benefit month.
    pub first_month: Option<Month>,
    /// The last claimed benefit month.
    pub last_month: Option<Month>,
    /// How many distinct benefit months are claimed.
    pub months: usize,
    /// Whether the last month of the period was paid.
    pub still_paid: bool,
    /// The claim by component.
    pub amounts: Amounts,
    /// The claim on funeral grants.
    pub funeral: Fen,
    /// The sum of the six amounts.
    pub due: Fen,
    /// What was paid back.
    pub recovered: Fen,
    /// What was set off.
    pub setoff: Fen,
    /// Who owes it, where known.
    pub debtor_name: String,
    /// The debtor's relation to the person.
    pub debtor_relation: String,
    /// The rows behind it.
    pub evidence: Vec<String>,
}

impl Case {
    /// The law on which the case rests: what was due, by the law of the claimed months (of a grant: of the
    /// day of the event); how it comes back, by the law of the day as of which the audit speaks.
    pub fn law<'r>(&self, rulebook: &'r Rulebook, as_of: NaiveDate) -> Vec<&'r Basis> {
        let months = match (self.first_month, self.last_month) {
            (Some(first), Some(last)) => first.first_day().zip(last.next().first_day()),
            _ => self.event_day.and_then(|day| Some(day).zip(day.succ_opt())),
        };
        let governs = |basis: &&Basis| match (basis.concerns, months) {
            (Concerns::Recovery, _) => basis.holds_on(as_of),
            (Concerns::Entitlement, Some((first, until))) => {
                basis.effective_from < until && basis.effective_until.is_none_or(|end| first < end)
            }
            (Concerns::Entitlement, None) => basis.holds_on(as_of),
        };
        rulebook.rules[self.primary_rule].basis.iter().filter(governs).collect()
    }
    /// What is still to come back: due − recovered − set off. Negative where more came back than was due.
    ///
    /// # Panics
    /// On overflow, which amounts within one cell's limit cannot reach.
    pub fn outstanding(&self) -> Fen {
        let back = self.recovered.checked_add(self.setoff);
        match back.and_then(|back| self.due.checked_sub(back)) {
            Some(outstanding) => outstanding,
            None => panic!("the money of one case does not fit 64 bits"),
        }
    }
}

/// How many persons' cases are built by one thread in a row.
const BATCH: usize = 1024;

/// Builds all cases, by person and type; money back is applied later.
pub(super) fn build(
    rulebook: &Rulebook,
    project: &Project,
    judgement: &Judgement,
    claims: &[LineClaim],
    still_paid: &BTreeSet<CitizenId>,
) -> Vec<Case> {
    // Claims stand by person.
    let persons: Vec<&[LineClaim]> = claims.chunk_by(|a, b| a.id == b.id).collect();
    let of_person = |claims: &&[LineClaim]| {
        let mut grouped: BTreeMap<CaseType, Vec<&LineClaim>> = BTreeMap::new();
        for claim in *claims {
            grouped.entry(claim.case_type).or_default().push(claim);
        }
        let id = claims[0].id;
        let build = |(case_type, claims): (CaseType, Vec<&LineClaim>)| {
            let mut case = from_claims(&judgement.payments, rulebook, id, case_type, &claims);
            case.still_paid = still_paid.contains(&id);
            case
        };
        grouped.into_iter().map(build).collect::<Vec<_>>()
    };
    let parts: Vec<Vec<Case>> =
        persons.par_chunks(BATCH).map(|part| part.iter().flat_map(of_person).collect()).collect();
    let grants = judgement.grants.len();
    let mut cases = Vec::with_capacity(parts.iter().map(Vec::len).sum::<usize>() + grants);
    parts.into_iter().for_each(|part| cases.extend(part));
    cases.extend(judgement.grants.iter().filter_map(|verdict| from_grant(rulebook, verdict)));
    cases.par_iter_mut().for_each(|case| {
        case.case_id = case_id(project, case.id, case.case_type);
        let carries = |(_, payees): &(&String, &Vec<_>)| payees.binary_search(&case.id.key()).is_ok();
        let marks: Vec<String> =
            judgement.marked.iter().filter(carries).map(|(mark, _)| mark.clone()).collect();
        case.marks.extend(marks);
    });
    cases
}

/// The number of a case, which a person's next run gives again and nobody can turn back into an ID number.
pub(super) fn case_id(project: &Project, id: CitizenId, case_type: CaseType) -> String {
    let Ok(mut hash) = Hmac::<Sha256>::new_from_slice(project.case_salt.as_bytes()) else {
        unreachable!("HMAC takes a key of any length");
    };
    hash.update(id.text().as_bytes());
    hash.update(case_type.name().as_bytes());
    let digest = hex(&hash.finalize().into_bytes());
    format!("{}-{}", case_type.code(), &digest[..16])
}

/// The case number as the ledger sorts it.
pub(super) fn sort_key(case: &Case) -> [u8; 24] {
    let mut key = [0; 24];
    key.iter_mut().zip(case.case_id.bytes()).for_each(|(place, byte)| *place = byte);
    key
}

fn from_claims(
    payments: &Payments,
    rulebook: &Rulebook,
    id: CitizenId,
    case_type: CaseType,
    claims: &[&LineClaim],
) -> Case {
    let mut amounts = [0i64; 5];
    let mut months = BTreeSet::new();
    let mut rules = BTreeSet::new();
    let mut marks = BTreeSet::new();
    for claim in claims {
        for (sum, fen) in amounts.iter_mut().zip(claim.amounts) {
            *sum += fen;
        }
        months.extend(claim.months.months());
        rules.extend(claim.rules.iter().map(|&rule| (rulebook.rules[rule].precedence, rule)));
        if claim.release_unconfirmed {
            marks.insert(MARK_RELEASE_UNCONFIRMED.to_string());
        }
    }
    // The ledger names the person as the latest claimed line does.
    let order = |claim: &&&LineClaim| (claim.months.last(), payments.paid_day[claim.line], claim.line);
    let latest = claims.iter().max_by_key(order).map_or(0, |claim| claim.line);
    let first = first_claim(rulebook, claims);
    mark_basis(rulebook, first.rules[0], first.event.day, &mut marks);
    let words = payments.words[latest];
    let text = |number: u32| payments.strings.text(number).to_string();
    let evidence: BTreeSet<&String> = claims.iter().flat_map(|claim| claim.evidence.iter()).collect();
    Case {
        case_id: String::new(),
        id,
        name: payments.name(latest).to_string(),
        person_no: text(words.person_no),
        region: text(words.region),
        township: text(words.township),
        village: text(words.village),
        case_type,
        subtype: String::new(),
        primary_rule: first.rules[0],
        rules: rules.into_iter().map(|(_, rule)| rule).collect(),
        marks,
        event_date: first.event.date.clone(),
        event_day: first.event.day,
        event_source: first.event.source.clone(),
        document_no: first.event.document_no.clone(),
        stop_month: Some(first.stop_month),
        first_month: months.first().copied(),
        last_month: months.last().copied(),
        months: months.len(),
        still_paid: false,
        amounts,
        funeral: Fen::ZERO,
        due: amounts.iter().map(|&fen| Fen(fen)).sum(),
        recovered: Fen::ZERO,
        setoff: Fen::ZERO,
        debtor_name: String::new(),
        debtor_relation: String::new(),
        evidence: evidence.into_iter().cloned().collect(),
    }
}

/// The earliest claim of the primary rule: its event is the case's.
fn first_claim<'a>(rulebook: &Rulebook, claims: &[&'a LineClaim]) -> &'a LineClaim {
    let mut first = claims[0];
    let rank = |claim: &LineClaim| {
        let rule = claim.rules[0];
        (rulebook.rules[rule].precedence, rule, claim.stop_month, claim.line)
    };
    for claim in claims {
        if rank(claim) < rank(first) {
            first = claim;
        }
    }
    first
}

fn from_grant(rulebook: &Rulebook, verdict: &GrantVerdict) -> Option<Case> {
    let rule = &rulebook.rules[verdict.rule];
    let subtype = verdict.outcome.ok().filter(|_| rule.establishes())?;
    let mut marks = BTreeSet::new();
    mark_basis(rulebook, verdict.rule, verdict.event.day, &mut marks);
    let mut evidence = verdict.evidence.clone();
    evidence.sort();
    Some(Case {
        case_id: String::new(),
        id: verdict.id,
        name: verdict.name.clone(),
        person_no: String::new(),
        region: String::new(),
        township: String::new(),
        village: String::new(),
        case_type: rule.case_type?,
        subtype: subtype.to_string(),
        primary_rule: verdict.rule,
        rules: vec![verdict.rule],
        marks,
        event_date: verdict.event.date.clone(),
        event_day: verdict.event.day,
        event_source: verdict.event.source.clone(),
        document_no: String::new(),
        stop_month: None,
        first_month: None,
        last_month: None,
        months: 0,
        still_paid: false,
        amounts: [0; 5],
        funeral: verdict.amount,
        due: verdict.amount,
        recovered: Fen::ZERO,
        setoff: Fen::ZERO,
        debtor_name: verdict.payee.0.clone(),
        debtor_relation: verdict.payee.1.clone(),
        evidence,
    })
}

/// Adds the mark of every basis in force on the day of the event that carries one.
fn mark_basis(rulebook: &Rulebook, rule: usize, day: Option<NaiveDate>, marks: &mut BTreeSet<String>) {
    let Some(day) = day else { return };
    let in_force = rulebook.rules[rule].basis.iter().filter(|basis| basis.holds_on(day));
    marks.extend(in_force.filter_map(|basis| basis.mark.clone()));
}

/// Numbers the claims by their cases and puts them in the order of findings.csv.
pub(super) fn number_claims(
    mut claims: Vec<LineClaim>,
    cases: &[Case],
    payments: &Payments,
) -> Vec<LineClaim> {
    let mut numbers: Vec<(CitizenId, CaseType, usize)> =
        cases.iter().enumerate().map(|(at, case)| (case.id, case.case_type, at)).collect();
    numbers.par_sort_unstable();
    claims.par_iter_mut().for_each(|claim| {
        let own = (claim.id, claim.case_type);
        let at = numbers.partition_point(|&(id, case_type, _)| (id, case_type) < own);
        claim.case = numbers.get(at).map_or(0, |number| number.2);
    });
    // Claims are large: their order is found first, and then each is moved once.
    let mut order: Vec<(usize, MonthSpan, usize)> =
        claims.iter().enumerate().map(|(at, claim)| (claim.case, claim.months, at)).collect();
    order.par_sort_unstable_by(|a, b| {
        let place =
            |&(.., at): &(usize, MonthSpan, usize)| (payments.place(claims[at].line), claims[at].line);
        (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| place(a).cmp(&place(b)))
    });
    permute(&mut claims, order.into_iter().map(|(.., at)| at).collect());
    claims
}

/// Puts items in an order, given as the old position of each new one.
fn permute<T>(items: &mut [T], mut old: Vec<usize>) {
    for start in 0..old.len() {
        let mut at = start;
        // Each circle of items that take each other's places is gone round once.
        while old[at] != start {
            let from = old[at];
            items.swap(at, from);
            old[at] = at;
            at = from;
        }
        old[at] = at;
    }
}
