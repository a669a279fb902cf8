//! Owns properties of the engine that hold whatever the semantics: conservation, and independence of order
//! and threads. Must not judge the engine by the naive reading, which only tests the checks themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use pension_audit::domain::{Fen, Month, parse_month_or_span};

use super::compare::{Output, Record, fen, ideal_output, run, run_engine, text};
use super::projects::{Project, Rng, Row};
use super::semantics::{COMPONENTS, judge};

/// Other seeds than those of the comparison.
const SEEDS: std::ops::Range<u64> = 1_000_000..1_000_200;

/// Every complaint of a check over all seeds, or none.
fn complaints(check: impl Fn(&Project) -> Result<Vec<String>, String> + Sync) -> Vec<String> {
    let complain = |seed: u64| {
        let said = check(&Project::generate(seed)).unwrap_or_else(|error| vec![error]);
        said.into_iter().map(|what| format!("seed {seed}: {what}")).collect::<Vec<String>>()
    };
    super::on_every_seed(complain).into_iter().flatten().collect()
}

#[test]
fn every_fen_of_the_ledger_is_found_on_a_line_once() {
    let said = complaints(|project| Ok(conservation(project, &run(project, 1)?)));
    assert!(said.is_empty(), "{}", said.join("\n"));
}

/// The check itself: it is content with what the naive reading finds, and notices what is wrong with it.
#[test]
fn the_check_of_conservation_notices_a_wrong_fen() {
    let spoil: [fn(&mut Output); 4] = [
        |output| {
            output.findings.pop();
        },
        |output| output.findings.push(output.findings[0].clone()),
        |output| change(&mut output.ledger[0], "due_fen"),
        |output| change(&mut output.findings[0], "claimed_fen"),
    ];
    for seed in SEEDS {
        let project = Project::generate(seed);
        let ideal = ideal_output(&judge(&project));
        let said = conservation(&project, &ideal);
        assert!(said.is_empty(), "seed {seed}: {}", said.join("\n"));
        for (number, spoil) in spoil.iter().enumerate().filter(|_| !ideal.findings.is_empty()) {
            let mut spoilt = ideal.clone();
            spoil(&mut spoilt);
            assert!(
                !conservation(&project, &spoilt).is_empty(),
                "seed {seed}: change {number} is not noticed"
            );
        }
    }
}

fn change(record: &mut Record, column: &str) {
    let changed = fen(record, column) + 1;
    record.insert(column.to_string(), changed.to_string());
}

/// The shuffle itself: the naive reading does not depend on it.
#[test]
fn the_naive_reading_does_not_depend_on_the_order_of_rows() {
    for seed in SEEDS {
        let project = Project::generate(seed);
        let other = project.shuffled(&mut Rng::new(seed + 7));
        let (one, two) = (ideal_output(&judge(&project)), ideal_output(&judge(&other)));
        assert_eq!(one.ledger, two.ledger, "seed {seed}");
        assert_eq!(one.leads, two.leads, "seed {seed}");
    }
}

fn conservation(project: &Project, output: &Output) -> Vec<String> {
    let mut said = Vec::new();
    let mut claimed: BTreeMap<&str, i64> = BTreeMap::new();
    let mut lines = BTreeSet::new();
    for finding in &output.findings {
        *claimed.entry(text(finding, "case_id")).or_default() += fen(finding, "claimed_fen");
        if !lines.insert(text(finding, "line")) {
            said.push(format!("claimed twice: {finding:?}"));
        }
    }
    for record in &output.ledger {
        let components: i64 = COMPONENTS.iter().map(|column| fen(record, &format!("{column}_fen"))).sum();
        let (due, funeral) = (fen(record, "due_fen"), fen(record, "funeral_fen"));
        if components + funeral != due {
            said.push(format!("due is not the sum of its parts: {record:?}"));
        }
        let found = claimed.remove(text(record, "case_id")).unwrap_or(0);
        let grants_may_be_listed = components == 0 && found == funeral;
        if found != components && !grants_may_be_listed {
            said.push(format!("findings add up to {found}: {record:?}"));
        }
    }
    said.extend(claimed.keys().map(|case| format!("findings of no case: {case}")));
    for finding in &output.findings {
        said.extend(beyond_the_line(project, finding));
    }
    said.extend(components_beyond_the_lines(project, output));
    said
}

fn line_of<'a>(project: &'a Project, finding: &Record) -> Option<&'a Row> {
    let (file, number) = text(finding, "line").rsplit_once('#')?;
    project.row_at(file, number.parse().ok()?)
}

/// What a component of a line amounts to; a lone total is an amount in `other`.
fn amount(row: &Row, column: &str) -> i64 {
    let cell = |column: &str| Fen::parse_yuan(row.cell(column)).map_or(0, |fen| fen.0);
    let is_total_only = COMPONENTS.iter().all(|column| row.cell(column).trim().is_empty());
    if is_total_only && column == "other" { cell("total") } else { cell(column) }
}

fn beyond_the_line(project: &Project, finding: &Record) -> Option<String> {
    let Some(row) = line_of(project, finding) else {
        return Some(format!("names no row of an input: {finding:?}"));
    };
    if row.table.name() != "payments" {
        return None;
    }
    let all: i64 = COMPONENTS.iter().map(|column| amount(row, column)).sum();
    if fen(finding, "claimed_fen") > all {
        return Some(format!("more than the line {}: {finding:?}", row.describe()));
    }
    let (Some(span), Some(month)) =
        (parse_month_or_span(row.cell("benefit_month")), Month::parse(first_month(finding)))
    else {
        return Some(format!("a month that cannot be read: {finding:?}"));
    };
    (!span.contains(month)).then(|| format!("another month than the line {}: {finding:?}", row.describe()))
}

/// `benefit_month` may be a span; its first seven characters are its first month.
fn first_month(finding: &Record) -> &str {
    text(finding, "benefit_month").get(..7).unwrap_or("")
}

/// No component of a case is more than that component of the lines that were claimed for it.
fn components_beyond_the_lines(project: &Project, output: &Output) -> Vec<String> {
    let mut said = Vec::new();
    for record in &output.ledger {
        let of_case = |finding: &&Record| text(finding, "case_id") == text(record, "case_id");
        for column in COMPONENTS {
            let most: i64 = output
                .findings
                .iter()
                .filter(of_case)
                .filter_map(|finding| line_of(project, finding))
                .map(|row| amount(row, column))
                .sum();
            if fen(record, &format!("{column}_fen")) > most {
                said.push(format!("more {column} than the lines hold ({most}): {record:?}"));
            }
        }
    }
    said
}

#[test]
fn the_order_of_inputs_and_registry_rows_changes_nothing_but_evidence() {
    let said = complaints(|project| {
        let other = project.shuffled(&mut Rng::new(project.seed + 7));
        let (one, two) = (run(project, 1)?, run(&other, 1)?);
        let (one, two) = (without_evidence(&one.ledger), without_evidence(&two.ledger));
        Ok(one.iter().zip(&two).filter(|(a, b)| a != b).flat_map(|(a, b)| unequal_cells(a, b)).collect())
    });
    assert!(said.is_empty(), "{}", said.join("\n"));
}

fn unequal_cells(a: &Record, b: &Record) -> Vec<String> {
    let unequal = a.iter().filter(|(column, cell)| b.get(*column) != Some(cell));
    unequal.map(|(column, cell)| format!("{column}: {cell} or {:?}", b.get(column))).collect()
}

fn without_evidence(records: &[Record]) -> Vec<Record> {
    let mut records = records.to_vec();
    for record in &mut records {
        record.remove("evidence");
    }
    records
}

#[test]
fn one_thread_and_two_write_the_same_bytes() {
    let said = complaints(|project| {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        project.write(folder.path());
        let outs = [folder.path().join("one"), folder.path().join("two")];
        run_engine(folder.path(), &outs[0], Vec::new(), 1)?;
        run_engine(folder.path(), &outs[1], Vec::new(), 2)?;
        let mut said = Vec::new();
        for entry in fs::read_dir(&outs[0]).map_err(|error| error.to_string())? {
            let entry = entry.map_err(|error| error.to_string())?;
            let (one, two) = (fs::read(entry.path()), fs::read(outs[1].join(entry.file_name())));
            if one.ok() != two.ok() {
                said.push(format!("{} differs", entry.path().display()));
            }
        }
        Ok(said)
    });
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn two_identical_files_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    Project::generate(SEEDS.start).write(folder.path());
    let toml = folder.path().join("audit.toml");
    fs::copy(folder.path().join("payments-0.csv"), folder.path().join("again.csv")).expect("a copy");
    let listed = fs::read_to_string(&toml).expect("audit.toml");
    fs::write(&toml, format!("{listed}\n[[input]]\ntable = \"payments\"\npath = \"again.csv\"\n"))
        .expect("audit.toml");
    assert!(run_engine(folder.path(), &folder.path().join("out"), Vec::new(), 1).is_err());
}
