//! Owns the naive reading of the semantics tables of design.md: what a run must find in a project. Must not
//! use anything of src/ but the domain's newtypes, and must not be clever.
//!
//! Where the tables leave something open, the reading that claims less against a person is taken and marked
//! with "Reading:".

mod custody;
mod death;
mod funeral;
mod payments;
mod pensions;
mod repeated;
mod rows;
pub(crate) mod words;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use pension_audit::domain::{CitizenId, Fen, Month, parse_date};

use self::funeral::{Funeral, Outcome};
use self::payments::Settled;
use self::rows::{Line, OTHER, Person};
use super::coverage::{Coverage, Seen};
use super::projects::{Project, Table, as_of};
use super::rulebooks::Force;

pub(crate) use self::rows::COMPONENTS;

/// What the rows of one registry say about a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    Nothing,
    /// Reading: the potential is unknown where the first month is.
    LeadOfUnknownAmount,
    Lead,
    Established,
}

impl Tier {
    fn stronger(self, other: Tier) -> Tier {
        let rank = |tier| match tier {
            Tier::Nothing => 0,
            Tier::LeadOfUnknownAmount => 1,
            Tier::Lead => 2,
            Tier::Established => 3,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

/// The rules in order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rule {
    Death,
    Custody,
    EmployeePension,
    PublicInstitutionPension,
    Repeated,
    Funeral,
}

impl Rule {
    pub(crate) const ALL: [Rule; 6] = [
        Rule::Death,
        Rule::Custody,
        Rule::EmployeePension,
        Rule::PublicInstitutionPension,
        Rule::Repeated,
        Rule::Funeral,
    ];

    const OF_REGISTRIES: [Rule; 4] =
        [Rule::Death, Rule::Custody, Rule::EmployeePension, Rule::PublicInstitutionPension];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Rule::Death => "D-01",
            Rule::Custody => "P-01",
            Rule::EmployeePension => "M-01",
            Rule::PublicInstitutionPension => "M-02",
            Rule::Repeated => "M-05",
            Rule::Funeral => "F-01",
        }
    }

    pub(crate) fn case_type(self) -> &'static str {
        match self {
            Rule::Death => "post_death",
            Rule::Custody => "in_custody",
            Rule::EmployeePension | Rule::PublicInstitutionPension => "dual_pension",
            Rule::Repeated => "repeated_payment",
            Rule::Funeral => "funeral_exclusive",
        }
    }
}

/// The one of two rules that is primary.
fn first(person: &Person, one: Rule, other: Rule) -> Rule {
    let precedence = |rule| person.rulebook.of(rule).precedence;
    if precedence(other) < precedence(one) { other } else { one }
}

/// A line of a case: where it stands (file and data row, from 0), its first month, what is claimed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClaimedLine {
    pub(crate) place: (String, usize),
    pub(crate) month: Month,
    pub(crate) fen: i64,
}

/// One row that the ledger must have. An `Option` that is `None` is left open by the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) amount: [i64; 5],
    pub(crate) funeral: i64,
    pub(crate) months: BTreeSet<Month>,
    pub(crate) primary: Rule,
    pub(crate) names: BTreeSet<String>,
    pub(crate) subtype: Option<&'static str>,
    pub(crate) event: Option<NaiveDate>,
    pub(crate) absent_mark: Option<bool>,
    pub(crate) release_unconfirmed: Option<bool>,
    /// What each claimed line adds.
    pub(crate) claims: Vec<ClaimedLine>,
    name_month: Option<Month>,
}

impl Case {
    fn new(primary: Rule) -> Case {
        Case {
            amount: [0; 5],
            funeral: 0,
            months: BTreeSet::new(),
            primary,
            names: BTreeSet::new(),
            subtype: None,
            event: None,
            absent_mark: None,
            release_unconfirmed: (primary == Rule::Custody).then_some(false),
            claims: Vec::new(),
            name_month: None,
        }
    }

    pub(crate) fn due(&self) -> i64 {
        self.amount.iter().sum::<i64>() + self.funeral
    }
}

/// The leads of one person under one rule, added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leads {
    pub(crate) first: Option<Month>,
    pub(crate) last: Option<Month>,
    pub(crate) potential: i64,
    pub(crate) some_unknown: bool,
}

/// The money that came back from one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MoneyBack {
    pub(crate) repaid: i64,
    pub(crate) deducted: i64,
    pub(crate) set_off: i64,
}

/// What a run of the engine must write about a project.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// By ID number and case type.
    pub(crate) cases: BTreeMap<(String, String), Case>,
    /// By rule and ID number.
    pub(crate) leads: BTreeMap<(String, String), Leads>,
    pub(crate) money_back: BTreeMap<String, MoneyBack>,
    pub(crate) coverage: Coverage,
}

/// Reads a project.
pub(crate) fn judge(project: &Project) -> Expected {
    let mut expected = Expected::default();
    let mut ids = BTreeSet::new();
    for row in &project.rows {
        let is_paid = matches!(row.table, Table::Payments | Table::FuneralGrants);
        match CitizenId::read(row.cell("id_number"), as_of()).usable() {
            Some(id) if is_paid => {
                ids.insert(id);
            }
            Some(_) => {}
            None => count_unusable(row.cell("id_number"), &mut expected.coverage),
        }
    }
    for id in ids {
        let person = Person::gather(project, id);
        judge_person(project, &person, &mut expected);
        expected.coverage.add_person(&person.seen);
    }
    expected
}

/// An unusable ID is a person of its own only for the count: nothing is established or a lead with it.
fn count_unusable(cell: &str, coverage: &mut Coverage) {
    let seen = Seen::default();
    if let Some(clause) = rows::unusable_clause(cell) {
        seen.note(clause);
    }
    coverage.add_person(&seen);
}

fn judge_person(project: &Project, person: &Person, expected: &mut Expected) {
    let settled = payments::settle(project, person);
    let id = person.id.text();
    let mut cases: BTreeMap<&'static str, Case> = BTreeMap::new();
    for at in 0..settled.lines.len() {
        let judged = judge_line(person, &settled.lines, at);
        if let Some(claim) = judged.claim {
            let case = cases.entry(claim.primary.case_type()).or_insert_with(|| Case::new(claim.primary));
            add_claim(person, case, &claim, &settled.lines[at]);
        }
        for lead in judged.leads {
            let key = (lead.rule.code().to_string(), id.clone());
            add_lead(expected.leads.entry(key).or_default(), &lead);
        }
    }
    let funeral = funeral::judge(person);
    let force = person.rulebook.of(Rule::Funeral).force;
    if force == Force::Retired {
        // Nobody asks about grants.
    } else if funeral.outcome >= Outcome::Election && force == Force::Claims {
        cases.insert(Rule::Funeral.case_type(), funeral_case(&funeral));
    } else if funeral.outcome >= Outcome::Lead {
        let key = (Rule::Funeral.code().to_string(), id.clone());
        expected.leads.entry(key).or_default().potential += funeral.amount;
    }
    finish_cases(project, person, &settled, &mut cases);
    let money_back = money_back(person, &settled, &funeral, &cases);
    if !cases.is_empty() {
        expected.money_back.insert(id.clone(), money_back);
    }
    for (case_type, case) in cases {
        expected.cases.insert((id.clone(), case_type.to_string()), case);
    }
}

/// What a line establishes: it goes whole to the case of its primary rule.
struct Claim {
    primary: Rule,
    amount: [i64; 5],
}

/// One lead: at most one for each rule and line.
struct Lead {
    rule: Rule,
    first: Month,
    last: Month,
    potential: Option<i64>,
}

#[derive(Default)]
struct Judged {
    claim: Option<Claim>,
    leads: Vec<Lead>,
}

/// A rule that speaks about a line.
struct Hit {
    rule: Rule,
    scope: [bool; 5],
    established: bool,
    unknown: bool,
    /// The months of the period that the rule bars.
    barred: Vec<Month>,
}

fn judge_line(person: &Person, lines: &[Line], at: usize) -> Judged {
    let line = &lines[at];
    let mut hits: Vec<Hit> =
        Rule::OF_REGISTRIES.iter().filter_map(|&rule| hit_of_registry(person, line, rule)).collect();
    hits.extend(hits_of_repetition(person, lines, at));
    hits.retain(|hit| person.rulebook.of(hit.rule).force != Force::Retired);
    let doubtful = line.reversed || line.twin || line.paid == rows::Paid::Unclear;
    for hit in &mut hits {
        if hit.established && doubtful {
            if line.reversed {
                person.seen.note("netting, an unmatched reversal makes leads");
            }
            if line.twin && hit.rule != Rule::Repeated {
                person.seen.note("repeated, double import caps other rules");
            }
            hit.established = false;
        }
        if person.rulebook.of(hit.rule).force != Force::Claims {
            hit.established = false;
        }
    }
    let claim = claim_of(person, line, &hits);
    let claimed = claim.as_ref().map_or([0; 5], |claim| claim.amount);
    let leads = hits
        .iter()
        .filter(|hit| !hit.established)
        .filter_map(|hit| lead_of(person, line, hit, claimed, claim.is_some()))
        .collect();
    Judged { claim, leads }
}

/// Whether a rule over a registry bars the months of a line: all of them and all in the period, or only some.
fn hit_of_registry(person: &Person, line: &Line, rule: Rule) -> Option<Hit> {
    let tier_of = |month| match rule {
        Rule::Death => death::tier(person, &line.name, month),
        Rule::Custody => custody::tier(person, &line.name, month),
        _ => pensions::tier(person, rule, &line.name, month),
    };
    let in_period = payments::months_in_period(line);
    let tiers: Vec<Tier> = in_period.iter().map(|&month| tier_of(month)).collect();
    // Reading: months outside the period do not count as barred.
    let barred: Vec<Month> =
        (0..tiers.len()).filter(|&at| tiers[at] != Tier::Nothing).map(|at| in_period[at]).collect();
    if barred.is_empty() {
        return None;
    }
    let whole = in_period.len() == line.span.len() && tiers.iter().all(|&tier| tier == Tier::Established);
    let scope = person.rulebook.of(rule).scope;
    let undivided = line.total_only && scope != [true; 5];
    if line.span.len() > 1 && !undivided {
        let clause = match (whole, in_period.len() == line.span.len()) {
            (true, _) => "several months, claimed",
            (false, false) => "several months, partly in period: lead",
            (false, true) => "several months, partly barred: lead",
        };
        person.seen.note(clause);
    }
    if whole && line.total_only {
        person.seen.note(if undivided {
            "total only, lead of a rule that returns some components"
        } else {
            "total only, claimed by a rule that returns everything"
        });
    }
    Some(Hit {
        rule,
        scope,
        established: whole && !undivided,
        // Reading: how much of a lone total is in the scope is unknown.
        unknown: undivided || tiers.contains(&Tier::LeadOfUnknownAmount),
        barred,
    })
}

/// Repetition may be established for some components and a lead for others: together they are one hit each.
fn hits_of_repetition(person: &Person, lines: &[Line], at: usize) -> Vec<Hit> {
    let line = &lines[at];
    let repeated = repeated::judge(person, lines, at);
    let hit = |scope: [bool; 5], established| Hit {
        rule: Rule::Repeated,
        scope,
        established,
        unknown: false,
        barred: payments::months_in_period(line),
    };
    let is_capped = person.rulebook.of(Rule::Repeated).force != Force::Claims;
    let doubtful = line.reversed || line.twin || line.paid == rows::Paid::Unclear || is_capped;
    if doubtful {
        // At most one lead for a rule and a line.
        let mut scope = repeated.lead;
        for (inside, established) in scope.iter_mut().zip(repeated.established) {
            *inside |= established;
        }
        if line.reversed && repeated.established.contains(&true) {
            person.seen.note("netting, an unmatched reversal makes leads");
        }
        return vec![hit(scope, false)];
    }
    vec![hit(repeated.established, true), hit(repeated.lead, false)]
}

fn amount_in(scope: [bool; 5], amount: [i64; 5]) -> [i64; 5] {
    let mut inside = [0; 5];
    for component in 0..5 {
        if scope[component] {
            inside[component] = amount[component];
        }
    }
    inside
}

/// The union of the scopes of the established hits, for the first of them in precedence.
///
/// Reading: a rule that returns nothing of a line does not hit it.
fn claim_of(person: &Person, line: &Line, hits: &[Hit]) -> Option<Claim> {
    let mut claim: Option<Claim> = None;
    let mut rules = Vec::new();
    for hit in hits.iter().filter(|hit| hit.established) {
        let amount = amount_in(hit.scope, line.amount);
        if amount.iter().all(|&fen| fen == 0) {
            continue;
        }
        rules.push(hit.rule);
        let claim = claim.get_or_insert(Claim { primary: hit.rule, amount: [0; 5] });
        claim.primary = first(person, claim.primary, hit.rule);
        for component in 0..5 {
            if hit.scope[component] {
                claim.amount[component] = line.amount[component];
            }
        }
    }
    note_precedence(person, line, &rules, claim.as_ref());
    claim
}

fn note_precedence(person: &Person, line: &Line, rules: &[Rule], claim: Option<&Claim>) {
    let has = |rule| rules.contains(&rule);
    let dual = has(Rule::EmployeePension) || has(Rule::PublicInstitutionPension);
    let seen = &person.seen;
    if has(Rule::Death) && has(Rule::Custody) {
        seen.note("case, death before custody");
    }
    if has(Rule::Custody) && dual && !has(Rule::Death) {
        seen.note("case, custody before dual pension");
    }
    if dual && has(Rule::Repeated) {
        seen.note("case, dual pension before repeated");
    }
    if has(Rule::EmployeePension) && has(Rule::PublicInstitutionPension) {
        seen.note("pension, M-01 and M-02 on one line");
    }
    let Some(claim) = claim else { return };
    let account_stays = claim.amount[2] == 0 && line.amount[2] > 0;
    if dual && claim.primary >= Rule::EmployeePension && account_stays {
        seen.note("pension, the account part stays");
    }
    if dual && claim.primary >= Rule::EmployeePension && !account_stays && has(Rule::Repeated) {
        seen.note("case, scopes are united");
    }
}

/// The lead of a rule on a line: what it would add to the claims of that line; none if it would add nothing.
fn lead_of(person: &Person, line: &Line, hit: &Hit, claimed: [i64; 5], on_a_claim: bool) -> Option<Lead> {
    let mut open = amount_in(hit.scope, line.amount);
    if hit.unknown && line.total_only {
        open[OTHER] = line.amount[OTHER];
    }
    for component in 0..5 {
        open[component] -= claimed[component].min(open[component]);
    }
    let amount: i64 = open.iter().sum();
    let (first, last) = (*hit.barred.first()?, *hit.barred.last()?);
    let months = line.span.len() as i64;
    let potential = amount * hit.barred.len() as i64 / months;
    if potential <= 0 {
        if on_a_claim && hit.scope.contains(&true) {
            person.seen.note("case, a lead that adds nothing is none");
        }
        return None;
    }
    if on_a_claim {
        person.seen.note("case, claim and lead on one line");
    }
    Some(Lead { rule: hit.rule, first, last, potential: (!hit.unknown).then_some(potential) })
}

fn add_lead(leads: &mut Leads, lead: &Lead) {
    leads.first = Some(leads.first.map_or(lead.first, |first| first.min(lead.first)));
    leads.last = leads.last.max(Some(lead.last));
    match lead.potential {
        Some(fen) => leads.potential += fen,
        None => leads.some_unknown = true,
    }
}

/// Reading: "the latest claimed line" is the one of the latest benefit month; of several, any name will do.
fn add_claim(person: &Person, case: &mut Case, claim: &Claim, line: &Line) {
    for component in 0..5 {
        case.amount[component] += claim.amount[component];
    }
    let fen = claim.amount.iter().sum();
    case.claims.push(ClaimedLine { place: line.place.clone(), month: line.span.from, fen });
    case.primary = first(person, case.primary, claim.primary);
    case.months.extend(line.span.months());
    let latest = Some(line.span.last());
    if latest > case.name_month {
        if case.name_month.is_some() && !case.names.contains(&line.name) {
            person.seen.note("name, of the latest claimed line");
        }
        case.name_month = latest;
        case.names.clear();
    }
    if latest == case.name_month {
        case.names.insert(line.name.clone());
    }
    if claim.primary == Rule::Custody {
        for month in line.span.months() {
            let (all, any) = custody::unconfirmed(person, &line.name, month);
            if all {
                case.release_unconfirmed = Some(true);
            } else if any && case.release_unconfirmed == Some(false) {
                case.release_unconfirmed = None;
            }
        }
    }
}

fn funeral_case(funeral: &Funeral) -> Case {
    let mut case = Case::new(Rule::Funeral);
    case.funeral = funeral.amount;
    case.names = funeral.names.iter().cloned().collect();
    case.subtype = match funeral.outcome {
        _ if funeral.mixed => None,
        Outcome::BothPaid => Some("both_paid"),
        _ => Some("election"),
    };
    case
}

fn finish_cases(
    project: &Project,
    person: &Person,
    settled: &Settled,
    cases: &mut BTreeMap<&'static str, Case>,
) {
    let absent = is_absent(project, person);
    if absent && !settled.lines.is_empty() && cases.is_empty() {
        person.seen.note("absent, a mark alone makes no row");
    }
    for (case_type, case) in cases.iter_mut() {
        if *case_type != Rule::Funeral.case_type() {
            case.absent_mark = Some(absent);
        }
        if *case_type == Rule::Death.case_type() {
            case.event = death::only_date(person);
        }
    }
}

/// DQ-01. The scheme began between 2009 and 2012; the generator writes nobody who became 60 in those years.
///
/// Reading: a row under another name is a row.
fn is_absent(project: &Project, person: &Person) -> bool {
    let list: Vec<_> = project.rows.iter().filter(|row| row.table == Table::Participants).collect();
    if list.is_empty() {
        person.seen.note("absent, no register: no mark");
        return false;
    }
    if person.of(Table::Participants).next().is_some() {
        return false;
    }
    let of_contributions = list.iter().all(|row| row.cell("kind").contains("缴费"));
    if of_contributions && person.id.birth_date().year() < 1950 {
        person.seen.note("absent, 免缴 on a contribution list");
        return false;
    }
    person.seen.note(if of_contributions {
        "absent, marked on a contribution list"
    } else {
        "absent, marked"
    });
    true
}

fn money_back(
    person: &Person,
    settled: &Settled,
    funeral: &Funeral,
    cases: &BTreeMap<&'static str, Case>,
) -> MoneyBack {
    let mut back = MoneyBack { repaid: 0, deducted: funeral.deducted, set_off: settled.set_off };
    if cases.is_empty() {
        return back;
    }
    for row in person.of(Table::Repayments) {
        let (Ok(amount), Some(day)) =
            (Fen::parse_yuan(row.cell("amount")), parse_date(row.cell("received_on")).day())
        else {
            continue;
        };
        if day <= as_of() {
            person.seen.note("case, repayment up to as_of");
            back.repaid += amount.0;
        } else {
            person.seen.note("case, repayment after as_of");
        }
    }
    if back.deducted > 0 {
        person.seen.note("case, deducted from a grant");
    }
    if back.set_off > 0 {
        person.seen.note("case, 扣回 sets off");
    }
    back
}
