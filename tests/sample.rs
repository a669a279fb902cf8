//! Generated projects against their answer keys: the committed sample, and districts of any size.
//!
//! The keys are written where a person is planted and know nothing of engine or rulebook.

use std::collections::BTreeSet;

use crate::support::key::{answer_key, assert_answers};
use crate::support::{Project, Row, assert_same_files, column};

fn sample() -> Project {
    Project::copy_of("sample_data/hongta-2023")
}

#[test]
fn the_sample_is_answered_person_by_person_and_fen_by_fen() {
    let project = sample();
    let summary = project.run("run . --json").exits(0).silent().json();
    assert_answers(&project, "out");
    assert_eq!(summary["payees"], 62_331);
    assert_eq!(summary["payment_lines"], 718_533);
    assert_eq!(summary["cases"], 98);
    assert_eq!(summary["rejects"], 0);
    let claims = summary["claims"].as_array().unwrap();
    let figures: Vec<&str> = claims.iter().map(|claim| claim["computed"].as_str().unwrap()).collect();
    assert_eq!(figures, ["16", "0.56", "82", "10.37"]);
    assert!(claims.iter().all(|claim| claim["reproduced"] == true), "{claims:?}");
    // Against every registry that was given every usable payee, or every deceased, was held; for the others
    // the reason is told.
    let coverage = project.table("out/coverage.csv");
    let unchecked = coverage.iter().filter(|row| row["persons_checked"] == "0");
    assert!(unchecked.clone().all(|row| row["reason"].contains("未")), "{coverage:?}");
    let rules: BTreeSet<&str> = column(&coverage, "rule").into_iter().collect();
    assert!(
        ["D-01", "P-01", "M-01", "M-02", "M-05", "E-01", "F-01", "DQ-01"].iter().all(|id| rules.contains(id))
    );
    project.run("verify out").exits(0).silent();
}

#[test]
fn the_sample_holds_the_16_and_the_82() {
    let project = sample();
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    let due = |rows: &[&Row]| rows.iter().map(|row| row["due_fen"].parse::<i64>().unwrap()).sum::<i64>();
    let absent: Vec<&Row> =
        ledger.iter().filter(|row| row["marks"].contains("absent_from_participants")).collect();
    assert_eq!(absent.len(), 16);
    assert!((555_000..565_000).contains(&due(&absent)), "0.56 万元: {}", due(&absent));
    let elections: Vec<&Row> = ledger.iter().filter(|row| row["subtype"] == "election").collect();
    assert_eq!(elections.len(), 82);
    assert_eq!(due(&elections), 10_369_200);
    assert_eq!(ledger.len(), 16 + 82);
    let types: Vec<&str> = column(&ledger, "case_type");
    let count = |wanted: &str| types.iter().filter(|case_type| **case_type == wanted).count();
    assert_eq!((count("post_death"), count("in_custody"), count("dual_pension")), (10, 3, 3));
}

#[test]
fn the_key_of_the_sample_holds_enough_look_alikes() {
    let key = answer_key(&sample());
    let look_alikes: Vec<&Row> = key.iter().filter(|row| row["expect"] != "ledger").collect();
    let kinds: BTreeSet<&String> = look_alikes.iter().map(|row| &row["kind"]).collect();
    assert!(look_alikes.len() >= 300, "{} persons", look_alikes.len());
    assert!(kinds.len() >= 24, "{} kinds", kinds.len());
    // Nobody living can be named: the two area codes were never assigned.
    for row in &key {
        let digits: String = row["id_number"].chars().filter(char::is_ascii_digit).collect();
        assert!(digits.starts_with("530499") || digits.starts_with("532499"), "{row:?}");
    }
}

#[test]
fn the_committed_sample_is_what_generate_writes() {
    let project = Project::empty();
    project.run("generate made --scenario hongta-2023").exits(0).silent().says("62331");
    assert_same_files(&project.files("made"), &sample().files("."));
    let size: usize = project.files("made").values().map(Vec::len).sum();
    assert!(size <= 12 << 20, "{size} bytes are too many to commit");
}

const DISTRICT: &str = "--scenario district --persons 2000 --months 12 --seed 7";

#[test]
fn a_district_is_the_same_for_the_same_seed_and_another_for_another() {
    let project = Project::empty();
    project.run(&format!("generate a {DISTRICT}")).exits(0);
    project.run(&format!("generate b {DISTRICT}")).exits(0);
    project.run("generate c --scenario district --persons 2000 --months 12 --seed 8").exits(0);
    assert_same_files(&project.files("a"), &project.files("b"));
    assert_ne!(project.bytes("a/answer_key.csv"), project.bytes("c/answer_key.csv"));
}

/// Generates the district in one form, runs it and checks it against its key.
fn district(options: &str) -> Project {
    let project = Project::empty();
    project.run(&format!("generate . {DISTRICT} {options}")).exits(0);
    project.run("run . --formats csv").exits(0).silent();
    assert_answers(&project, "out");
    project
}

#[test]
fn a_district_has_one_answer_whatever_the_format_and_encoding() {
    let csv = district("");
    for other in [district("--format parquet"), district("--gb18030")] {
        for (name, evidence) in [("ledger", "evidence"), ("leads", "evidence"), ("findings", "evidence")] {
            let without_places = |project: &Project| {
                let mut rows = project.table(&format!("out/{name}.csv"));
                for row in &mut rows {
                    row.remove(evidence);
                    row.remove("line");
                }
                rows
            };
            assert_eq!(without_places(&csv), without_places(&other), "{name}.csv");
        }
    }
    let ends_in =
        |project: &Project, end: &str| project.files("发放明细").keys().any(|name| name.ends_with(end));
    assert!(ends_in(&csv, ".csv") && ends_in(&district("--format parquet"), ".parquet"));
}

#[test]
fn districts_of_other_seeds_are_answered_too() {
    for seed in 20..26 {
        let project = Project::empty();
        let size = format!("--persons {} --months {}", 1000 + seed * 37, 6 + seed % 7);
        project.run(&format!("generate . --scenario district {size} --seed {seed}")).exits(0);
        project.run("run . --formats csv").exits(0);
        assert_answers(&project, "out");
    }
}
