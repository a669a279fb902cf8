//! The oracle: an independent reading of the settled semantics of design.md, and small random projects on
//! which the engine must agree with it to the fen.
//!
//! Owns the comparison and the count of clauses. Must not use anything of src/ but the domain's newtypes and
//! the one function that runs the engine.

#![allow(clippy::expect_used, reason = "a test that cannot prepare its input has failed")]

mod compare;
mod coverage;
mod projects;
mod properties;
mod rulebooks;
mod semantics;
mod tables;

use rayon::prelude::*;

use self::coverage::Coverage;
use self::projects::Project;
use self::semantics::Expected;

const SEEDS: std::ops::Range<u64> = 0..2500;

/// How many projects are judged under a random rulebook each.
const RANDOM_RULEBOOKS: u64 = 1000;

/// How many failing projects are shown in full.
const SHOWN: usize = 3;

#[test]
fn the_engine_agrees_with_the_naive_reading() {
    let failures: Vec<String> = on_every_seed(failure).into_iter().flatten().collect();
    let shown: Vec<String> = failures.iter().take(SHOWN).cloned().collect();
    assert!(failures.is_empty(), "{} of {SEEDS:?} differ\n{}", failures.len(), shown.join("\n"));
}

/// Precedence, union of scopes and what a rule on trial may do, under rulebooks that nobody wrote.
#[test]
fn the_engine_agrees_with_the_naive_reading_under_random_rulebooks() {
    let failures: Vec<String> = on_every_seed(|seed| {
        (seed < RANDOM_RULEBOOKS).then(|| failure_of(&Project::with_random_rules(seed)))?
    })
    .into_iter()
    .flatten()
    .collect();
    let shown: Vec<String> = failures.iter().take(SHOWN).cloned().collect();
    assert!(failures.is_empty(), "{} of {RANDOM_RULEBOOKS} differ\n{}", failures.len(), shown.join("\n"));
}

/// Does something with every seed, on plain threads: the engine brings a pool of its own, and a pool that waits
/// for another one inside its own workers goes ever deeper.
fn on_every_seed<T: Send>(work: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let work = &work;
    let seeds = |thread: usize| SEEDS.skip(thread).step_by(threads);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| scope.spawn(move || seeds(thread).map(work).collect::<Vec<T>>()))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker panicked")).collect()
    })
}

/// What differs on the project of a seed.
fn failure(seed: u64) -> Option<String> {
    failure_of(&Project::generate(seed))
}

fn failure_of(project: &Project) -> Option<String> {
    let output = match compare::run(project, 1) {
        Ok(output) => output,
        Err(error) => return Some(format!("seed {}: {error}", project.seed)),
    };
    let differences = compare::differences(&semantics::judge(project), &output);
    (!differences.is_empty()).then(|| compare::describe(project, &differences))
}

#[test]
fn every_clause_of_the_semantics_decides_something() {
    let add = |mut sum: Coverage, other: Coverage| {
        sum.add(&other);
        sum
    };
    let judged = SEEDS.into_par_iter().map(|seed| semantics::judge(&Project::generate(seed)).coverage);
    let coverage = judged.reduce(Coverage::default, add);
    let complaints = coverage.complaints();
    assert!(complaints.is_empty(), "{}\nall: {:#?}", complaints.join("\n"), coverage.0);
}

/// A comparison that finds nothing proves nothing unless it would find something.
#[test]
fn the_comparison_finds_every_kind_of_difference() {
    let columns = [
        "id_number",
        "case_type",
        "primary_rule",
        "months",
        "first_month",
        "last_month",
        "basic_fen",
        "addition_fen",
        "account_own_fen",
        "account_subsidy_fen",
        "other_fen",
        "funeral_fen",
        "due_fen",
        "outstanding_fen",
        "recovered_fen",
        "name",
        "marks",
        "event_date",
        "subtype",
        "status",
    ];
    for column in columns {
        assert!(
            (0..300).any(|seed| finds_a_changed(column, seed, true)),
            "the ledger's {column} is not compared"
        );
    }
    for column in ["rule", "id_number", "first_month", "last_month", "potential_fen"] {
        assert!(
            (0..300).any(|seed| finds_a_changed(column, seed, false)),
            "the leads' {column} is not compared"
        );
    }
    for seed in 0..300 {
        let project = Project::generate(seed);
        let expected = semantics::judge(&project);
        let found = compare::differences(&expected, &compare::ideal_output(&expected));
        assert!(found.is_empty(), "{}", compare::describe(&project, &found));
    }
    let expected = first_with_cases();
    let mut output = compare::ideal_output(&expected);
    output.findings.pop();
    assert!(!compare::differences(&expected, &output).is_empty(), "a lost finding is not noticed");
}

fn first_with_cases() -> Expected {
    let mut judged = SEEDS.map(|seed| semantics::judge(&Project::generate(seed)));
    judged.find(|e| e.cases.values().any(|case| !case.claims.is_empty())).expect("a case")
}

fn finds_a_changed(column: &str, seed: u64, in_ledger: bool) -> bool {
    let expected = semantics::judge(&Project::generate(seed));
    let mut output = compare::ideal_output(&expected);
    let records = if in_ledger { &mut output.ledger } else { &mut output.leads };
    for record in records.iter_mut().filter(|record| record.contains_key(column)) {
        let changed = match (column, compare::text(record, column)) {
            ("first_month" | "last_month", _) => "1999-12".to_string(),
            ("event_date", _) => "1999-12-31".to_string(),
            (_, old) if old.parse::<i64>().is_ok() => format!("{}1", old),
            ("marks", old) if old.contains("absent") => String::new(),
            ("marks", _) => "absent_from_participants".to_string(),
            (_, old) => format!("{old}x"),
        };
        record.insert(column.to_string(), changed);
    }
    !compare::differences(&expected, &output).is_empty()
}
