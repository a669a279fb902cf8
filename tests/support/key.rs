//! A run's cases and leads against the answer key of a generated project, person by person and fen by fen.

use std::collections::BTreeMap;

use super::{Project, Row, rows};

/// The answer key of a project.
pub fn answer_key(project: &Project) -> Vec<Row> {
    rows(project.text("answer_key.csv").trim_start_matches('\u{feff}'))
}

/// The rules for which the keys of generated projects are written: those that may establish a claim.
const RULES_OF_KEYS: [&str; 9] = ["D-01", "D-04", "P-01", "P-03", "M-01", "M-02", "M-05", "E-01", "F-01"];

/// What is said of one person: for each case type the name and the sum, which is unknown if any part of it is.
type Said = BTreeMap<(String, String), (String, Option<i64>)>;

fn said(rows: &[Row], amount: &str) -> Said {
    let mut said = Said::new();
    for row in rows {
        let key = (row["id_number"].clone(), row["case_type"].clone());
        let fen = row[amount].parse::<i64>().ok();
        let entry = said.entry(key).or_insert_with(|| (row["name"].clone(), Some(0)));
        entry.1 = entry.1.zip(fen).map(|(sum, fen)| sum + fen);
    }
    said
}

/// Fails unless the ledger and the leads of a result are exactly what the answer key says.
#[track_caller]
pub fn assert_answers(project: &Project, out: &str) {
    let key = answer_key(project);
    let expected = |keep: &dyn Fn(&Row) -> bool, amount: &str| {
        said(&key.iter().filter(|row| keep(row)).cloned().collect::<Vec<_>>(), amount)
    };
    let ledger = said(&project.table(&format!("{out}/ledger.csv")), "due_fen");
    assert_differences("ledger", &expected(&|row| row["expect"] == "ledger", "due_fen"), &ledger);
    // A person of the ledger may have a potential beside the claim; nobody else of the key may have one.
    // Under which of two names a lead stands is not settled, so names are left out here.
    let nameless = |said: Said| {
        let bare = said.into_iter().map(|(key, (_, sum))| (key, (String::new(), sum)));
        bare.collect::<Said>()
    };
    let mut leads = project.table(&format!("{out}/leads.csv"));
    leads.retain(|row| RULES_OF_KEYS.contains(&row["rule"].as_str()));
    let leads = nameless(said(&leads, "potential_fen"));
    let pointed = |row: &Row| row["expect"] == "lead" || row["potential_fen"] != "0";
    let expected = nameless(expected(&pointed, "potential_fen"));
    assert_differences("leads", &expected, &leads);
    // The key is the only judge of who is clean: nobody of it may have slipped through the comparisons above.
    for row in key.iter().filter(|row| row["expect"] == "clean") {
        let is_named = ledger.keys().chain(leads.keys()).any(|(id, _)| *id == row["id_number"]);
        assert!(!is_named, "clean, but found: {row:?}");
    }
}

#[track_caller]
fn assert_differences(what: &str, expected: &Said, found: &Said) {
    let missing: Vec<_> = expected.iter().filter(|(key, value)| found.get(*key) != Some(value)).collect();
    let surplus: Vec<_> = found.iter().filter(|(key, value)| expected.get(*key) != Some(value)).collect();
    let same = missing.is_empty() && surplus.is_empty();
    assert!(same, "{what}: the key expects {missing:#?}\nbut the run says {surplus:#?}");
}
