//! Whom the engine looks at: the choice by first sight must lose nobody of whom a check has something to say.
//!
//! The showcase is jumbled at random, cell by cell, and judged twice: with the choice, and looking at everybody.

use std::collections::BTreeMap;

use pension_audit::engine::{Engine, Judgement};
use pension_audit::ingest::{self, Storage};
use pension_audit::pipeline::{self, RunOptions};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRng, TestRunner};

use crate::support::{Project, files_below, repository};

/// What a cell of some columns may become, beside the cells of other rows.
const AWKWARD: [(&str, &[&str]); 6] = [
    ("待遇所属期", &["2022-12", "2024-01", "202303-202305", "202212-202302", "2023-07"]),
    ("基础养老金", &["0", "", "5.00", "60.00", "110.00", "119.99", "120.01", "180.00", "360.00", "-120.00"]),
    ("加发养老金", &["0", "", "200.00", "-5.00"]),
    ("个人账户养老金", &["0", "", "15.51", "-15.50"]),
    ("发放类型", &["补发", "冲销", "退票", "重发", "扣回", "正常", "不明"]),
    ("姓名", &["普 开云", "别人", "普·开云", ""]),
];

/// A table as cells; nothing is quoted in the showcase.
fn cells(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| !line.is_empty());
    lines.map(|line| line.split(',').map(str::to_string).collect()).collect()
}

/// The showcase, jumbled: about one cell in so many becomes that of another row, or an awkward one.
fn jumbled(one_in: u32, with_own_rules: bool, rng: &mut TestRng) -> Project {
    let mut project = Project::copy_of("sample_data/showcase");
    for (name, bytes) in files_below(&repository("sample_data/showcase/数据")) {
        let text = String::from_utf8(bytes).unwrap();
        let text = text.trim_start_matches('\u{feff}');
        let whole = cells(text);
        let (heading, rows) = whole.split_first().unwrap();
        let mut jumbled = rows.to_vec();
        for row in &mut jumbled {
            for (at, cell) in row.iter_mut().enumerate() {
                if !rng.random_bool(1.0 / f64::from(one_in)) {
                    continue;
                }
                let awkward = AWKWARD.iter().find(|(column, _)| *column == heading[at]).map(|(_, to)| *to);
                *cell = match awkward.filter(|_| rng.random_bool(0.5)) {
                    Some(to) => to[rng.random_range(0..to.len())].to_string(),
                    None => rows[rng.random_range(0..rows.len())][at].clone(),
                };
            }
        }
        let lines: Vec<String> = [heading].into_iter().chain(&jumbled).map(|row| row.join(",")).collect();
        project = project.with(&format!("数据/{name}"), lines.join("\n") + "\n");
    }
    if !with_own_rules {
        project = project.replacing("audit.toml", "rules  = \"本地规则\"\n", "");
    }
    project
}

/// What a judgement says, in an order of its own.
fn said(judgement: &Judgement) -> BTreeMap<String, usize> {
    let mut said = BTreeMap::new();
    let mut say = |what: String| *said.entry(what).or_insert(0) += 1;
    judgement.remarks.iter().for_each(|remark| say(format!("{remark:?}")));
    judgement.grants.iter().for_each(|grant| say(format!("{grant:?}")));
    say(format!("{:?} {}", judgement.marked, judgement.payees));
    for person in &judgement.persons {
        let place = |line: usize| judgement.payments.place(line);
        for verdict in &person.lines {
            say(format!("{} {:?} {:?} {:?}", person.id, place(verdict.line), verdict.hits, verdict.leads));
        }
        let back: Vec<String> = person.money_back.iter().map(|&line| place(line)).collect();
        say(format!("{} {back:?} {}", person.id, person.still_paid));
    }
    said
}

fn assert_nobody_is_lost(project: &Project) -> usize {
    let (audit, rulebook) = pipeline::load(&project.path("."), &RunOptions::default()).unwrap();
    let read = ingest::read(&audit.files, audit.as_of, &Storage::default(), &|_, _| {});
    // A table may become unreadable: then there is nothing to compare.
    let Ok(tables) = read else { return 0 };
    let engine = || Engine::new(&tables, &rulebook, &audit).unwrap();
    let (chosen, all) = (engine().judge().unwrap(), engine().looking_at_everybody().judge().unwrap());
    let (chosen, all) = (said(&chosen), said(&all));
    let lost: Vec<&String> = all.keys().filter(|what| chosen.get(*what) != all.get(*what)).collect();
    let invented: Vec<&String> = chosen.keys().filter(|what| !all.contains_key(*what)).collect();
    assert!(lost.is_empty() && invented.is_empty(), "lost {lost:#?}\ninvented {invented:#?}");
    all.len()
}

#[test]
fn the_choice_loses_nobody_of_the_samples() {
    let showcase = Project::copy_of("sample_data/showcase");
    assert!(assert_nobody_is_lost(&showcase) > 100);
    // With its own standards every participant is looked at, whose additions are compared: not so without.
    let bare = showcase.replacing("audit.toml", "rules  = \"本地规则\"\n", "");
    assert!(assert_nobody_is_lost(&bare) > 80);
}

#[test]
fn the_choice_loses_nobody_of_jumbled_files() {
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    let cases = (prop_oneof![Just(4u32), Just(12), Just(60)], any::<bool>());
    let run = runner.run(&cases.prop_perturb(|case, rng| (case, rng)), |((one_in, own_rules), mut rng)| {
        assert_nobody_is_lost(&jumbled(one_in, own_rules, &mut rng));
        Ok(())
    });
    run.unwrap();
}
