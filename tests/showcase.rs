//! The showcase against its answer key: rule by rule, person by person and fen by fen.
//!
//! A further person is a few lines in sample_data/scenarios/showcase.toml, then
//! `pension-audit generate sample_data/showcase --scenario showcase`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use pension_audit::domain::{CitizenId, IdReading, IdRepairs};
use pension_audit::engine::MoneyRow;
use pension_audit::findings::potential_of;
use pension_audit::pipeline::{self, RunOptions};
use pension_audit::report::Formats;
use pension_audit::rulebook::{self, CaseType, Check, ConflictCheck, NumberForm, TierCap};

use crate::rules::{is_rule, overriding, rule_files};
use crate::support::key::answer_key;
use crate::support::{Project, Row, assert_same_files};

/// Active rules that nobody of the showcase stands for yet.
const WITHOUT_PERSONS: &[&str] = &[];

/// The titles under which the tables of the showcase state the number of a person.
const NUMBERS: &[&str] = &["公民身份号码", "死者身份证号"];

fn showcase() -> Project {
    Project::copy_of("sample_data/showcase")
}

/// What is found: rule, person and where, with the sum in fen; `None` where it is unknown or there is none.
type Found = BTreeMap<(String, String, String), Option<i64>>;

fn add(found: &mut Found, rule: &str, row: &Row, place: &str, fen: Option<&str>) {
    let key = (rule.to_string(), row["id_number"].clone(), place.to_string());
    let fen = fen.and_then(|text| text.parse::<i64>().ok());
    let entry = found.entry(key).or_insert(Some(0));
    *entry = entry.zip(fen).map(|(sum, fen)| sum + fen);
}

fn found(project: &Project) -> Found {
    let mut found = Found::new();
    for row in &project.table("out/findings.csv") {
        for rule in row["rules"].split(';') {
            add(&mut found, rule, row, "ledger", Some(&row["claimed_fen"]));
        }
    }
    for row in project.table("out/ledger.csv").iter().filter(|row| row["funeral_fen"] != "0") {
        add(&mut found, &row["primary_rule"], row, "ledger", Some(&row["funeral_fen"]));
    }
    for row in &project.table("out/leads.csv") {
        add(&mut found, &row["rule"], row, "lead", Some(&row["potential_fen"]));
    }
    for row in &project.table("out/unpaid.csv") {
        add(&mut found, &row["rule"], row, "unpaid", Some(&row["owed_fen"]));
    }
    for row in &project.table("out/marks.csv") {
        add(&mut found, &row["rule"], row, "mark", None);
    }
    for row in &odd_numbers(project) {
        add(&mut found, &row["rule"], row, "rows", None);
    }
    found
}

/// The rows of all tables whose number is one that a rule about numbers tells, read anew: rule and number.
fn odd_numbers(project: &Project) -> Vec<Row> {
    let rulebook = rulebook::load(None).unwrap();
    let as_of = NaiveDate::from_ymd_opt(2024, 6, 30).unwrap();
    let mut found = Vec::new();
    for (name, _) in project.files("数据") {
        for row in project.table(&format!("数据/{name}")) {
            let Some(number) = row.iter().find(|(title, _)| NUMBERS.contains(&title.as_str())) else {
                panic!("{name} has no number: {row:?}");
            };
            let reading = CitizenId::read(number.1, as_of);
            for rule in &rulebook.rules {
                let Check::Conflict(ConflictCheck::Numbers(forms)) = &rule.check else { continue };
                let is_told = |form: &NumberForm| match (form, reading) {
                    (NumberForm::Unusable(defect), IdReading::Unusable(found)) => *defect == found,
                    (NumberForm::Mended(kind), IdReading::Usable { repairs, .. }) => {
                        let told = IdRepairs::KINDS.into_iter().find(|(_, code)| code == kind);
                        told.is_some_and(|(told, _)| repairs.contains(told))
                    }
                    _ => false,
                };
                if forms.iter().any(is_told) {
                    let cells = [("rule", rule.id.as_str()), ("id_number", number.1.as_str())];
                    found.push(cells.map(|(name, cell)| (name.to_string(), cell.to_string())).into());
                }
            }
        }
    }
    found
}

#[test]
fn rules_about_numbers_count_every_row_of_every_table() {
    let project = showcase();
    run_into(&project, "out");
    let odd = odd_numbers(&project);
    let coverage = project.table("out/coverage.csv");
    for rule in ["DQ-02", "DQ-03"] {
        let own = || coverage.iter().filter(|row| row["rule"] == rule);
        let hits: usize = own().map(|row| row["hits"].parse::<usize>().unwrap()).sum();
        assert_eq!(hits, odd.iter().filter(|row| row["rule"] == rule).count(), "{rule}");
        assert!(
            hits > 0 && own().all(|row| row["persons_checked"] == row["rows"] && row["status"] == "active")
        );
        assert_eq!(own().count(), project.files("数据").len(), "{rule}: one row for each table");
    }
    // What is told in numbers stands row by row among what could not be checked.
    let unchecked = project.table("out/not_checkable.csv");
    assert!(
        odd.iter()
            .filter(|row| row["rule"] == "DQ-02")
            .all(|row| { unchecked.iter().any(|other| other["id_number"] == row["id_number"]) })
    );
}

#[test]
fn a_sum_of_leads_counts_the_money_of_a_row_once_and_never_what_is_claimed() {
    for sample in ["sample_data/showcase", "sample_data/hongta-2023"] {
        let project = Project::copy_of(sample);
        let options = RunOptions {
            out: Some(project.path("out")),
            formats: Formats::CSV_ONLY,
            ..RunOptions::default()
        };
        let audit = pipeline::run(&project.path("."), &options).unwrap().audit;
        let findings = &audit.findings;
        let mut claimed: BTreeMap<(u32, u32), [i64; 5]> = BTreeMap::new();
        for claim in &findings.claims {
            claimed.insert(findings.payments.position(claim.line), claim.amounts);
        }
        let (mut plain, mut told) = (0, 0);
        for lead in findings.leads.iter() {
            let Some(potential) = lead.potential else { continue };
            plain += i128::from(potential.0);
            assert_eq!(potential_of([lead].into_iter()), i128::from(potential.0), "{lead:?}");
            assert!(!lead.money.is_empty(), "no row holds the money of {lead:?}");
            for part in &lead.money {
                let MoneyRow::Line { file, row } = part.row else {
                    let is_claimed =
                        findings.cases.iter().any(|case| case.id == lead.id && case.funeral.0 != 0);
                    assert!(!is_claimed || lead.case_type != CaseType::FuneralExclusive, "{lead:?}");
                    continue;
                };
                let Some(amounts) = claimed.get(&(file, row)) else { continue };
                told += 1;
                let is_free =
                    amounts.iter().zip(part.amounts).all(|(claimed, fen)| *claimed == 0 || fen == 0);
                assert!(is_free, "{lead:?} points at what is claimed");
            }
        }
        let once = potential_of(findings.leads.iter());
        assert!(0 < once && once <= plain, "{once} of {plain}");
        let mut turned = findings.leads.clone();
        turned.reverse();
        assert_eq!(potential_of(turned.iter()), once);
        if sample.ends_with("showcase") {
            assert!(once < plain, "nobody of the showcase is pointed at twice");
            assert!(told > 0, "nobody of the showcase has a lead beside a claim on one line");
        }
    }
}

#[test]
fn the_showcase_is_answered_fen_by_fen() {
    let project = showcase();
    project.run("run . --formats csv").exits(0).silent();
    let key = answer_key(&project);
    let of = |expect: &'static str| key.iter().filter(move |row| row["expect"] == expect);
    let mut expected = Found::new();
    for row in of("hit") {
        add(&mut expected, &row["rule"], row, &row["found_in"], Some(&row["fen"]));
    }
    let found = found(&project);
    let missing: Vec<_> = expected.iter().filter(|(key, fen)| found.get(*key) != Some(fen)).collect();
    let surplus: Vec<_> = found.iter().filter(|(key, fen)| expected.get(*key) != Some(fen)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "key: {missing:#?}\nfound: {surplus:#?}");
    for row in of("near_miss") {
        let is_hit = found.keys().any(|(rule, id, _)| (rule, id) == (&row["rule"], &row["id_number"]));
        assert!(!is_hit, "a near miss was hit: {row:?}");
    }
    let unchecked: BTreeSet<(String, String)> = project
        .table("out/not_checkable.csv")
        .iter()
        .map(|row| (row["id_number"].clone(), row["name"].clone()))
        .collect();
    for row in of("not_checkable") {
        assert!(unchecked.contains(&(row["id_number"].clone(), row["name"].clone())), "{row:?}");
    }
}

#[test]
fn every_active_rule_has_somebody_who_is_hit_who_nearly_is_and_who_cannot_be_checked() {
    let rulebook = pension_audit::rulebook::load(None).unwrap();
    let key = answer_key(&showcase());
    let has = |rule: &str, expect: &str| key.iter().any(|row| row["rule"] == rule && row["expect"] == expect);
    let mut lacking = Vec::new();
    for rule in rulebook.rules.iter().filter(|rule| !WITHOUT_PERSONS.contains(&rule.id.as_str())) {
        for expect in ["hit", "near_miss", "not_checkable"] {
            if !has(&rule.id, expect) {
                lacking.push(format!("{} {expect}", rule.id));
            }
        }
    }
    assert!(lacking.is_empty(), "showcase.toml lacks {lacking:?}");
    let known = |rule: &str| rulebook.rule(rule).is_some();
    assert!(key.iter().all(|row| known(&row["rule"])), "the key names a rule that does not exist");
    assert!(WITHOUT_PERSONS.iter().all(|rule| known(rule) && !has(rule, "hit")), "named in vain");
}

#[test]
fn the_committed_showcase_is_what_generate_writes() {
    let project = Project::empty();
    project.run("generate made --scenario showcase").exits(0).silent();
    let files = project.files("made");
    assert_same_files(&files, &showcase().files("."));
    assert!(files.values().map(Vec::len).sum::<usize>() <= 1 << 20);
    let payments = project.table("made/数据/发放明细.csv");
    let payees: BTreeSet<&String> = payments.iter().map(|row| &row["公民身份号码"]).collect();
    assert!(payees.len() <= 500);
    // Nobody living can be named: the area code was never assigned.
    let is_invented = |id: &&String| id.is_empty() || id.starts_with("530499") || id.starts_with("5.30499");
    assert!(payees.iter().all(is_invented), "{payees:?}");
}

/// The rules that may not establish: id and file.
fn pointing_rules() -> Vec<(String, String)> {
    let rulebook = pension_audit::rulebook::load(None).unwrap();
    let pointing = |id: &str| rulebook.rule(id).is_some_and(|rule| rule.tier_cap == TierCap::Lead);
    let files = rule_files().into_iter().filter(|(name, _)| is_rule(name));
    let id_of = |text: &str| text.split('"').nth(1).unwrap().to_string();
    files.map(|(_, text)| (id_of(&text), text)).filter(|(id, _)| pointing(id)).collect()
}

fn run_into(project: &Project, out: &str) {
    let out = Some(project.path(out));
    let options = RunOptions { out, formats: Formats::CSV_ONLY, ..RunOptions::default() };
    pipeline::run(&project.path("."), &options).unwrap();
}

/// A run in which the project's own rules put one rule into another state.
fn run_with_state(project: &Project, text: &str, state: &str) {
    let active = "= \"active\"";
    assert_eq!(text.matches(active).count(), 1);
    project.write("本地规则/state.toml", overriding(text).replace(active, &format!("= \"{state}\"")));
    run_into(project, state);
}

#[test]
fn a_rule_that_only_points_changes_nothing_but_its_own_rows() {
    let project = showcase();
    run_into(&project, "active");
    let rules = pointing_rules();
    assert!(rules.len() > 40);
    let mut wrong = Vec::new();
    for (id, text) in rules {
        run_with_state(&project, &text, "retired");
        for name in ["ledger", "findings"] {
            if project.bytes(&format!("active/{name}.csv")) != project.bytes(&format!("retired/{name}.csv")) {
                wrong.push(format!("{id} retired: {name}"));
            }
        }
        for name in ["leads", "marks", "unpaid"] {
            let mut rest = project.table(&format!("active/{name}.csv"));
            rest.retain(|row| row["rule"] != id);
            if rest != project.table(&format!("retired/{name}.csv")) {
                wrong.push(format!("{id} retired: {name}"));
            }
        }
        run_with_state(&project, &text, "trial");
        if project.bytes("active/ledger.csv") != project.bytes("trial/ledger.csv") {
            wrong.push(format!("{id} on trial: ledger"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
