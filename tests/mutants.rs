//! Every word and number of every rule's check is changed in turn: some example of the rule must notice.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pension_audit::rule_test;
use pension_audit::rulebook::{self, Rulebook};
use toml::{Table, Value};

use crate::rules::{is_rule, overriding, rule_files};

/// What may be changed without an example that notices, each with the reason: rule, and where in its check.
const WITHOUT_EFFECT: &[(&str, &str, &str)] = &[
    ("P-06", "check.who: acquitted", "the same months and amount; only the words of the finding differ"),
    (
        "D-04",
        "check.reading.signs_of_life",
        "it claims nothing but beside D-01, which reads the signs of life too",
    ),
    ("D-04", "check.returns: all", "it claims nothing but beside D-01, of the same scope"),
    (
        "DQ-02",
        "check.defects: without \"stored_as_number\"",
        "the cells of an example are texts; tests/contradictions.rs shows it with a workbook",
    ),
    ("P-03", "check.from.else_latest_of", "it claims nothing but beside P-01, which bars from the same days"),
    ("P-07", "check.who: stopped", "the same months and amount; only the words of the finding differ"),
];

/// Rules of whose check nothing can be changed here: it names only lists, columns, words and parameters.
const NOTHING_TO_CHANGE: &[&str] = &["A-03", "A-04", "A-06", "A-07", "F-02", "F-04", "M-06", "P-04"];

/// Keys of a check whose word is exchanged for every other one that a rule has under the same key.
const EXCHANGED: &[&str] = &["amount", "between", "by", "who"];

/// The rulebook with one changed file; `None` where the change is refused.
fn load(file: &str, text: &str) -> Option<Rulebook> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    rulebook::load(Some(Path::new(folder.path()))).ok()
}

/// The changes of one value, with what each is.
fn changed(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Integer(number) => [number + 1, number - 1]
            .into_iter()
            .filter(|other| *other >= 0)
            .map(|other| (other.to_string(), Value::Integer(other)))
            .collect(),
        Value::Boolean(is) => vec![((!is).to_string(), Value::Boolean(!is))],
        Value::String(word) => {
            let other = match word.as_str() {
                "next" => "same",
                "same" => "next",
                "stated" => "empty",
                "empty" => "stated",
                _ => return Vec::new(),
            };
            vec![(other.to_string(), Value::String(other.to_string()))]
        }
        Value::Array(items) if items.len() > 1 && items.iter().all(Value::is_str) => (0..items.len())
            .map(|at| {
                let mut fewer = items.clone();
                let gone = fewer.remove(at);
                (format!("without {gone}"), Value::Array(fewer))
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Every change of one value somewhere below a table.
fn mutants(value: &Value, path: &str) -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> =
        changed(value).into_iter().map(|(what, value)| (format!("{path}: {what}"), value)).collect();
    match value {
        Value::Table(table) => {
            for (key, inner) in table {
                for (what, other) in mutants(inner, &format!("{path}.{key}")) {
                    let mut table = table.clone();
                    table.insert(key.clone(), other);
                    found.push((what, Value::Table(table)));
                }
            }
        }
        Value::Array(items) if items.iter().any(Value::is_table) => {
            for (at, inner) in items.iter().enumerate() {
                for (what, other) in mutants(inner, &format!("{path}[{at}]")) {
                    let mut items = items.clone();
                    items[at] = other;
                    found.push((what, Value::Array(items)));
                }
            }
        }
        _ => {}
    }
    found
}

/// Where a parameter says what is returned: everything, and each component alone, whatever the parameter says.
fn fixed_scopes(check: &Value) -> Vec<(String, Value)> {
    if !check.get("returns").is_some_and(Value::is_table) {
        return Vec::new();
    }
    let components = ["basic", "addition", "account_own", "account_subsidy", "other"];
    let alone = components.iter().map(|component| (*component, vec![*component]));
    let fixed = |(what, scope): (&str, Vec<&str>)| {
        let mut table = check.as_table().unwrap().clone();
        table.insert("returns".to_string(), Value::from(scope));
        (format!("check.returns: {what}"), Value::Table(table))
    };
    alone.chain([("all", components.to_vec())]).map(fixed).collect()
}

/// By key, the words that are exchanged.
fn words<'r>(rules: impl Iterator<Item = &'r Table>) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut words: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for rule in rules {
        for &key in EXCHANGED {
            let word = rule["check"].get(key).and_then(Value::as_str);
            words.entry(key).or_default().extend(word.map(str::to_string));
        }
    }
    words
}

/// Every exchange of a word of a check.
fn exchanges(check: &Value, words: &BTreeMap<&'static str, BTreeSet<String>>) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (&key, others) in words {
        let Some(own) = check.get(key).and_then(Value::as_str) else { continue };
        for other in others.iter().filter(|other| *other != own) {
            let mut table = check.as_table().unwrap().clone();
            table.insert(key.to_string(), Value::String(other.clone()));
            found.push((format!("check.{key}: {other}"), Value::Table(table)));
        }
    }
    found
}

#[test]
fn changing_any_word_or_number_of_a_check_fails_an_example() {
    let mut unnoticed = Vec::new();
    let (mut changeable, mut broken) = (BTreeSet::new(), BTreeSet::new());
    let files = rule_files().into_iter().filter(|(name, _)| is_rule(name));
    let rules: BTreeMap<String, Table> =
        files.map(|(file, text)| (file, toml::from_str(&overriding(&text)).unwrap())).collect();
    let words = words(rules.values());
    for (file, rule) in &rules {
        let id = rule["id"].as_str().unwrap().to_string();
        let mut variants = mutants(&rule["check"], "check");
        variants.extend(fixed_scopes(&rule["check"]));
        variants.extend(exchanges(&rule["check"], &words));
        if rule["tier_cap"].as_str() == Some("established") {
            variants.push(("tier_cap: lead".to_string(), rule["check"].clone()));
        }
        for (what, check) in variants {
            let mut mutant = rule.clone();
            mutant.insert("check".to_string(), check);
            if what.starts_with("tier_cap") {
                mutant.insert("tier_cap".to_string(), Value::String("lead".to_string()));
            }
            let Some(rulebook) = load(file, &toml::to_string(&mutant).unwrap()) else { continue };
            changeable.insert(id.clone());
            let (_, failures) = rule_test::run_rule(&rulebook, &id).unwrap();
            if !failures.is_empty() {
                broken.insert(id.clone());
            } else if !WITHOUT_EFFECT.iter().any(|(own, place, _)| *own == id && what.starts_with(place)) {
                unnoticed.push(format!("{id} {what}"));
            }
        }
    }
    assert!(unnoticed.is_empty(), "no example notices: {unnoticed:#?}");
    let ids: BTreeSet<&str> = rules.values().map(|rule| rule["id"].as_str().unwrap()).collect();
    let fixed: Vec<&str> = ids.iter().copied().filter(|id| !changeable.contains(*id)).collect();
    assert_eq!(fixed, NOTHING_TO_CHANGE, "the rules of which nothing can be changed");
    let whole: Vec<&String> = changeable.difference(&broken).collect();
    assert!(whole.is_empty(), "no change breaks {whole:?}");
}
