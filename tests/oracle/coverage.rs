//! Owns the list of clauses of the semantics tables and counts the persons in whom each decided something.
//! Must not decide anything itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::semantics::words;

/// Every clause must have decided something in at least this many persons.
pub(crate) const LEAST_PERSONS: usize = 50;

/// The clauses that decided something in one person.
#[derive(Debug, Default)]
pub(crate) struct Seen(RefCell<BTreeSet<String>>);

impl Seen {
    pub(crate) fn note(&self, clause: &str) {
        self.0.borrow_mut().insert(clause.to_string());
    }

    pub(crate) fn note_all(&self, clauses: &[String]) {
        for clause in clauses {
            self.note(clause);
        }
    }

    pub(crate) fn clauses(&self) -> BTreeSet<String> {
        self.0.borrow().clone()
    }
}

/// How many persons each clause decided something in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage(pub(crate) BTreeMap<String, usize>);

impl Coverage {
    pub(crate) fn add_person(&mut self, seen: &Seen) {
        for clause in seen.clauses() {
            *self.0.entry(clause).or_default() += 1;
        }
    }

    pub(crate) fn add(&mut self, other: &Coverage) {
        for (clause, persons) in &other.0 {
            *self.0.entry(clause.clone()).or_default() += persons;
        }
    }

    /// Clauses that are too rare, and notes that are in no list: a misspelt note would count nothing.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let known: BTreeSet<String> = all_clauses().into_iter().collect();
        let mut complaints = Vec::new();
        for clause in &known {
            let persons = self.0.get(clause).copied().unwrap_or(0);
            if persons < LEAST_PERSONS {
                complaints.push(format!("{clause}: only {persons} persons"));
            }
        }
        for clause in self.0.keys() {
            if !known.contains(clause) {
                complaints.push(format!("{clause}: noted, but in no list of clauses"));
            }
        }
        complaints
    }
}

fn all_clauses() -> Vec<String> {
    let mut clauses: Vec<String> = CLAUSES.iter().map(|clause| (*clause).to_string()).collect();
    let dictionaries: [(&str, &[&str]); 13] = [
        ("death, a death word", &words::DEATH),
        ("death, nothing", &words::NO_DEATH),
        ("death, gone abroad", &words::GONE_ABROAD),
        ("death, revoked by", &words::REVOKED),
        ("custody, bars nothing", &words::NOT_SERVED),
        ("custody, sentence", &words::SENTENCES),
        ("custody, served inside", &words::INSIDE),
        ("pension, nothing", &words::NO_OWN_PENSION),
        ("pension, M-02", &words::PUBLIC_INSTITUTION),
        ("pension, M-01", &words::EMPLOYEE),
        ("pension, status counts", &words::DRAWING),
        ("funeral, benefit", &words::FUNERAL_BENEFITS),
        ("funeral, other benefit", &words::OTHER_BENEFITS),
    ];
    for (clause, dictionary) in dictionaries {
        for word in dictionary {
            clauses.push(format!("{clause}: {word}"));
        }
    }
    clauses
}

/// In the order of the tables in design.md.
const CLAUSES: &[&str] = &[
    // Identity.
    "id, full width repaired",
    "id, blanks repaired",
    "id, apostrophe repaired",
    "id, lower x repaired",
    "id, 15 digits repaired",
    "id, order 000 is a warning",
    "id, unusable: check character",
    "id, unusable: order 996 to 999",
    "id, unusable: birth date",
    "id, unusable: length",
    "id, unusable: empty",
    "name, separators unified",
    "name, blanks removed",
    "name, differs: lead",
    "name, empty never agrees",
    "name, of the latest claimed line",
    "known, registered after as_of",
    "date, after as_of is no date",
    "date, before birth is no date",
    "date, placeholder is no date",
    "date, an end in the future",
    // Payments.
    "kind, normal",
    "kind, resent is normal",
    "kind, arrears",
    "kind, money back",
    "kind, unknown is arrears",
    "netting, a reversal removes its line",
    "netting, a returned line removes its line",
    "netting, of equals the latest paid",
    "netting, returned without partner",
    "netting, an unmatched reversal makes leads",
    "status, a word that counts",
    "status, not paid",
    "status, unknown word: lead",
    "several months, claimed",
    "several months, partly barred: lead",
    "several months, partly in period: lead",
    "several months, never part of repeated",
    "total only, claimed by a rule that returns everything",
    "total only, lead of a rule that returns some components",
    "total, components do not add up to it",
    "period, line outside",
    "reject, month",
    "reject, amount",
    // Death.
    "death, empty reason",
    "death, police list with an empty reason: lead",
    "death, any other reason: lead",
    "death, month of death is due",
    "death, bar from death_date",
    "death, death_date after cremated_on",
    "death, death_date after registered_on",
    "death, bar from cremated_on",
    "death, bar from registered_on",
    "death, no date at all: lead",
    "death, several rows: by the latest date",
    "death, several rows: the difference is a lead",
    "death, only a village report: lead",
    "death, a village report beside another source",
    "death, certified afterwards: lead",
    "death, certified on the day or before: no sign of life",
    "death, custody starts afterwards: lead",
    "death, own pension starts afterwards: lead",
    "death, sign of life of another name does not count",
    // Custody.
    "custody, 死缓 is not 缓刑",
    "custody, inside because admitted_on is present",
    "custody, inside because the source lists inmates",
    "custody, empty enforcement: lead",
    "custody, unknown enforcement: lead",
    "custody, no sentence: lead",
    "custody, starts by status_from",
    "custody, starts by term_from",
    "custody, starts by admitted_on",
    "custody, starts by the latest of three",
    "custody, back to the earliest is a lead",
    "custody, no start: lead",
    "custody, month of the start is due",
    "custody, ends by released_on",
    "custody, ends by term_to: release_unconfirmed",
    "custody, open for life",
    "custody, open without a life sentence: lead",
    "custody, resumes the month after the end",
    "custody, a later row ends the bar",
    "custody, a later row bars",
    "custody, equal starts with different verdicts: lead",
    "custody, equal starts with the same verdict",
    "custody, rows of two names disagree: lead",
    // Other pensions.
    "pension, unknown scheme: lead",
    "pension, from_month bars inclusive",
    "pension, until_month bars inclusive",
    "pension, until_month absent: open",
    "pension, union of several rows",
    "pension, the account part stays",
    "pension, empty status counts",
    "pension, 终止 with until_month",
    "pension, 终止 without until_month: lead",
    "pension, other status: lead",
    "pension, monthly 0: lead",
    "pension, no from_month: lead",
    "pension, M-01 and M-02 on one line",
    // Repeated.
    "repeated, later amount claimed",
    "repeated, unequal amounts",
    "repeated, only the common component",
    "repeated, disjoint components are lawful",
    "repeated, order by paid date",
    "repeated, absent paid date last",
    "repeated, larger total first",
    "repeated, components decide the order",
    "repeated, arrears are no part of it",
    "repeated, two lines with only a total",
    "repeated, names differ: lead",
    "repeated, total-only meets component line: lead",
    "repeated, suspected double import: lead",
    "repeated, double import caps other rules",
    // Marks and grants.
    "absent, marked",
    "absent, marked on a contribution list",
    "absent, 免缴 on a contribution list",
    "absent, no register: no mark",
    "absent, a mark alone makes no row",
    "funeral, returned grant leaves nothing",
    "funeral, partly returned",
    "funeral, several grants add up",
    "funeral, empty benefit: lead",
    "funeral, paid after as_of does not count",
    "funeral, death on 2011-07-01",
    "funeral, all deaths earlier: nothing",
    "funeral, mixed death dates: lead",
    "funeral, no death date: lead",
    "funeral, 已发放: both_paid",
    "funeral, 已申请: election",
    "funeral, elected another scheme: election",
    "funeral, 符合条件: lead",
    "funeral, 不符合: nothing",
    "funeral, 已放弃: nothing",
    "funeral, elected the resident grant: nothing",
    "funeral, other state: lead",
    "funeral, names differ: lead",
    // Cases.
    "case, death before custody",
    "case, custody before dual pension",
    "case, dual pension before repeated",
    "case, claim and lead on one line",
    "case, a lead that adds nothing is none",
    "case, scopes are united",
    "case, repayment up to as_of",
    "case, repayment after as_of",
    "case, deducted from a grant",
    "case, 扣回 sets off",
];
