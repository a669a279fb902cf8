//! Runs the examples that stand in rule files: the rules' tests are data.
//!
//! Owns the small project of one example. Judges through the same ingest, engine and findings as a run.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;

use crate::domain::{DateReading, Fen, Month, MonthSpan, parse_date};
use crate::engine::Engine;
use crate::findings::{self, Findings};
use crate::ingest::{self, Table, Tables};
use crate::messages::{self, Error, Lang, Text};
use crate::project::Project;
use crate::rulebook::{Check, ConflictCheck, Example, Rule, Rulebook};

/// The person of an example whose rows do not name one. Its area code was never assigned.
const DEFAULT_ID: &str = "530499195201010011";
/// That person's name.
const DEFAULT_NAME: &str = "示例人";

/// An example that did not come out as it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The rule's id.
    pub rule: String,
    /// The rule file.
    pub file: String,
    /// The line at which the example begins.
    pub line: usize,
    /// The example's name.
    pub name: String,
    /// What came out otherwise than expected.
    pub differences: Vec<Difference>,
}

/// One thing that came out otherwise than an example says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is.
    pub part: Part,
    /// What was expected.
    pub expected: String,
    /// What came out.
    pub found: String,
}

/// The things that examples state, in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What the rule claims, as the primary rule, in yuan.
    Claimed,
    /// The benefit months that it claims.
    Months,
    /// The claims that it supports, in yuan.
    Supports,
    /// The potential of its leads, in yuan.
    Lead,
    /// What was due and was not paid, in yuan.
    Unpaid,
    /// Whether the person is marked.
    Marked,
    /// How many rows a rule about numbers tells.
    Rows,
    /// The subtype of the case.
    Subtype,
    /// The marks of the case that the example names.
    Marks,
    /// The words that the example wants to be said.
    Says,
}

/// Runs every example of every rule. Returns how many ran, and those that failed.
///
/// # Errors
/// When an example cannot be used.
pub fn run(rulebook: &Rulebook) -> Result<(usize, Vec<Failure>), Error> {
    run_some(rulebook, |_| true)
}

/// [`run`] for one rule, beside all others.
///
/// # Errors
/// When an example cannot be used.
pub fn run_rule(rulebook: &Rulebook, id: &str) -> Result<(usize, Vec<Failure>), Error> {
    run_some(rulebook, |rule| rule.id == id)
}

fn run_some(rulebook: &Rulebook, is_wanted: impl Fn(&Rule) -> bool) -> Result<(usize, Vec<Failure>), Error> {
    let mut count = 0;
    let mut failures = Vec::new();
    for rule in rulebook.rules.iter().filter(|rule| is_wanted(rule)) {
        for (line, example) in &rule.examples {
            count += 1;
            let (expected, found) = run_example(rulebook, rule, *line, example)?;
            let differences = differences(expected, found);
            if !differences.is_empty() {
                let (file, name) = (rule.file.clone(), example.name.clone());
                failures.push(Failure { rule: rule.id.clone(), file, line: *line, name, differences });
            }
        }
    }
    Ok((count, failures))
}

/// What an example states, or what came out.
type Told = [(Part, String); 10];

fn differences(expected: Told, found: Told) -> Vec<Difference> {
    let pairs = expected.into_iter().zip(found);
    let differing = pairs.filter(|(expected, found)| expected != found);
    differing.map(|((part, expected), (_, found))| Difference { part, expected, found }).collect()
}

fn run_example(
    rulebook: &Rulebook,
    rule: &Rule,
    line: usize,
    example: &Example,
) -> Result<(Told, Told), Error> {
    let wrong = |what: String| messages::rule_error(&rule.file, line, messages::bad_example(&what));
    let project = project_of(example).map_err(wrong)?;
    let tables = tables_of(&project, example).map_err(|problem| match problem {
        Problem::Words(what) => wrong(what),
        Problem::Error(why) => messages::rule_error(&rule.file, line, why.text),
    })?;
    let rulebook = &with_parameters(rulebook, example).map_err(wrong)?;
    let judgement = Engine::new(&tables, rulebook, &project)?.judge()?;
    let findings = findings::conclude(&tables, rulebook, &project, judgement)?;
    Ok((expected(example).map_err(wrong)?, found(rulebook, rule, example, &findings)))
}

/// The rulebook with the values that an example sets.
fn with_parameters<'r>(rulebook: &'r Rulebook, example: &Example) -> Result<Cow<'r, Rulebook>, String> {
    let mut rulebook = Cow::Borrowed(rulebook);
    for (id, text) in &example.parameters {
        let known = rulebook.parameters.get(id).ok_or_else(|| id.clone())?;
        let fixed = known.fixed(text).ok_or_else(|| format!("{id} = {text}"))?;
        rulebook.to_mut().parameters.insert(id.clone(), fixed);
    }
    Ok(rulebook)
}

fn project_of(example: &Example) -> Result<Project, String> {
    let as_of = match example.as_of.as_deref().map(parse_date) {
        None => NaiveDate::from_ymd_opt(2024, 6, 30),
        Some(DateReading::Day(day)) => Some(day),
        Some(_) => None,
    };
    Ok(Project {
        root: PathBuf::new(),
        title: String::new(),
        region: "530499".to_string(),
        period: MonthSpan::through(Month::of(2023, 1), Month::of(2023, 12)),
        as_of: as_of.ok_or_else(|| "as_of".to_string())?,
        as_of_given: false,
        rules: None,
        out: PathBuf::new(),
        lang: Lang::Zh,
        case_salt: String::new(),
        files: Vec::new(),
    })
}

enum Problem {
    Words(String),
    Error(Error),
}

fn tables_of(project: &Project, example: &Example) -> Result<Tables, Problem> {
    let mut tables = Tables::default();
    for (name, rows) in &example.tables {
        let table = Table::from_name(name).ok_or_else(|| Problem::Words(name.clone()))?;
        let rows: Vec<BTreeMap<String, String>> = rows.iter().map(with_person).collect();
        ingest::read_cells(&mut tables, table, &rows, project.as_of).map_err(Problem::Error)?;
    }
    let first = tables.rejects().next().transpose().map_err(Problem::Error)?;
    match first {
        Some(reject) => Err(Problem::Words(format!("{} {} {}", reject.file, reject.column, reject.value))),
        None => Ok(tables),
    }
}

fn with_person(row: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut row = row.clone();
    row.entry("id_number".to_string()).or_insert_with(|| DEFAULT_ID.to_string());
    row.entry("name".to_string()).or_insert_with(|| DEFAULT_NAME.to_string());
    row
}

/// What an example expects, in the words of [`found`].
fn expected(example: &Example) -> Result<Told, String> {
    let expect = &example.expect;
    let yuan = |text: &String| Fen::parse_yuan(text).map(Fen::yuan).map_err(|_| text.clone());
    let claimed = expect.claimed.as_ref().map(yuan).transpose()?.unwrap_or_else(|| "0.00".to_string());
    let lead = match expect.lead.as_deref() {
        Some("unknown") => "unknown".to_string(),
        Some(text) => yuan(&text.to_string())?,
        None => "0.00".to_string(),
    };
    let subtype = expect.subtype.clone().unwrap_or_default();
    let unpaid = match expect.unpaid.as_deref() {
        Some("unknown") => "unknown".to_string(),
        Some(text) => yuan(&text.to_string())?,
        None => "0.00".to_string(),
    };
    let supports = expect.supports.as_ref().map(yuan).transpose()?.unwrap_or_else(|| claimed.clone());
    let named = [&expect.marks, &expect.says];
    let told = (expect.marked, expect.rows);
    Ok(told_as([claimed, supports, lead, unpaid], &expect.months, told, subtype, named))
}

/// A sum of amounts, or that nobody can tell.
fn sum(amounts: impl Iterator<Item = Option<Fen>>) -> String {
    amounts.sum::<Option<Fen>>().map_or_else(|| "unknown".to_string(), Fen::yuan)
}

fn found(rulebook: &Rulebook, rule: &Rule, example: &Example, findings: &Findings) -> Told {
    let own = |at: &usize| rulebook.rules[*at].id == rule.id;
    let cases: Vec<_> = findings.cases.iter().filter(|case| own(&case.primary_rule)).collect();
    let claimed: Fen = cases.iter().map(|case| case.due).sum();
    let mut months: Vec<String> = findings
        .claims
        .iter()
        .filter(|claim| own(&claim.rules[0]))
        .flat_map(|claim| claim.months.months())
        .map(|month| month.to_string())
        .collect();
    months.sort();
    months.dedup();
    let supported = findings.claims.iter().filter(|claim| claim.rules.iter().any(own));
    let grants: Fen = cases.iter().map(|case| case.funeral).sum();
    let supports: Fen = supported.map(|claim| claim.claimed()).chain([grants]).sum();
    let lead = sum(findings.leads.iter().filter(|lead| own(&lead.rule)).map(|lead| lead.potential));
    let unpaid = sum(findings.unpaid.iter().filter(|owed| own(&owed.rule)).map(|owed| owed.amount));
    let marked = findings.marks.iter().any(|mark| own(&mark.rule));
    let subtype = cases.iter().map(|case| case.subtype.clone()).collect::<Vec<_>>().join(";");
    // Only the marks that the example names are compared: others may come from rules beside it.
    let has = |mark: &&String| cases.iter().any(|case| case.marks.contains(*mark));
    let marks: Vec<String> = example.expect.marks.iter().filter(has).cloned().collect();
    let told = texts(rulebook, rule, findings);
    let is_said = |word: &&String| told.iter().any(|text| text.contains(*word));
    let says: Vec<String> = example.expect.says.iter().filter(is_said).cloned().collect();
    let told = (marked, numbers_told(rule, own, findings));
    let amounts = [claimed.yuan(), supports.yuan(), lead, unpaid];
    told_as(amounts, &months, told, subtype, [&marks, &says])
}

/// How many rows a rule about numbers tells.
fn numbers_told(rule: &Rule, own: impl Fn(&usize) -> bool, findings: &Findings) -> u64 {
    if !matches!(rule.check, Check::Conflict(ConflictCheck::Numbers(_))) {
        return 0;
    }
    findings.coverage.iter().filter(|row| own(&row.rule)).map(|row| row.found.hits).sum()
}

/// What a rule tells, in Chinese.
fn texts(rulebook: &Rulebook, rule: &Rule, findings: &Findings) -> Vec<String> {
    let own = |at: usize| rulebook.rules[at].id == rule.id;
    let leads = findings.leads.iter().filter(|lead| own(lead.rule)).map(|lead| lead.reason.text());
    let remarks = findings.marks.iter().chain(&findings.unpaid).filter(|remark| own(remark.rule));
    leads.chain(remarks.map(|remark| remark.detail.text())).map(|text| text.zh).collect()
}

fn told_as(
    [claimed, supports, lead, unpaid]: [String; 4],
    months: &[String],
    (marked, rows): (bool, u64),
    subtype: String,
    [marks, says]: [&Vec<String>; 2],
) -> Told {
    [
        (Part::Claimed, claimed),
        (Part::Months, months.join(" ")),
        (Part::Supports, supports),
        (Part::Lead, lead),
        (Part::Unpaid, unpaid),
        (Part::Marked, marked.to_string()),
        (Part::Rows, rows.to_string()),
        (Part::Subtype, subtype),
        (Part::Marks, marks.join(" ")),
        (Part::Says, says.join(" ")),
    ]
}

impl Failure {
    /// The sentence that `rules test` prints.
    pub fn text(&self) -> Text {
        messages::example_failed(&self.file, self.line, &self.name, &self.differences)
    }
}
