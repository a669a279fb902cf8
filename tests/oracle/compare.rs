//! Owns running the engine on a project and comparing what it wrote with the naive reading. Must not judge.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use pension_audit::domain::{CitizenId, Month, Name, parse_date};
use pension_audit::pipeline::{RunOptions, run as run_audit};
use pension_audit::report::Formats;

use super::projects::{Project, Row, as_of};
use super::semantics::{COMPONENTS, Case, Expected, Leads, MoneyBack, Rule};

/// Runs the engine, which writes ledger.csv, findings.csv and leads.csv into `out`.
pub(crate) fn run_engine(
    project: &Path,
    out: &Path,
    only: Vec<String>,
    threads: usize,
) -> Result<(), String> {
    let options = RunOptions {
        only,
        out: Some(out.to_path_buf()),
        formats: Formats::CSV_ONLY,
        threads: Some(threads),
        ..RunOptions::default()
    };
    run_audit(project, &options).map(|_| ()).map_err(|error| error.to_string())
}

/// One row of a CSV file, by heading.
pub(crate) type Record = BTreeMap<String, String>;

/// What a run wrote.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    pub(crate) ledger: Vec<Record>,
    pub(crate) findings: Vec<Record>,
    pub(crate) leads: Vec<Record>,
}

/// Writes a project, runs the engine on it and reads what it wrote.
pub(crate) fn run(project: &Project, threads: usize) -> Result<Output, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    project.write(folder.path());
    let out = folder.path().join("out");
    run_engine(folder.path(), &out, project.rulebook.codes(), threads)?;
    Ok(Output {
        ledger: records(&out.join("ledger.csv"))?,
        findings: records(&out.join("findings.csv"))?,
        leads: records(&out.join("leads.csv"))?,
    })
}

fn records(path: &Path) -> Result<Vec<Record>, String> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    records_of_text(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// The rows of a file that begins with a byte order mark.
pub(crate) fn records_of_text(bytes: &[u8]) -> Result<Vec<Record>, String> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").ok_or("no byte order mark")?;
    let mut reader = csv::Reader::from_reader(text);
    let headings: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_string).collect();
    let mut records = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        records.push(headings.iter().cloned().zip(row.iter().map(str::to_string)).collect());
    }
    Ok(records)
}

/// A cell that must exist.
pub(crate) fn text<'a>(record: &'a Record, column: &str) -> &'a str {
    record.get(column).map_or("<no such column>", String::as_str)
}

/// A cell that must be an integer.
pub(crate) fn fen(record: &Record, column: &str) -> i64 {
    text(record, column).parse().unwrap_or(i64::MIN)
}

/// Where engine and oracle differ: the ID number of the person and what differs.
pub(crate) type Difference = (String, String);

/// Everything in which the output differs from what was expected.
pub(crate) fn differences(expected: &Expected, output: &Output) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut written = BTreeMap::new();
    for record in &output.ledger {
        let key = (text(record, "id_number").to_string(), text(record, "case_type").to_string());
        if written.insert(key.clone(), record).is_some() {
            found.push((key.0, format!("two ledger rows of {}", key.1)));
        }
    }
    for (key, case) in &expected.cases {
        match written.get(key) {
            None => found.push((key.0.clone(), format!("{}: not in the ledger; expected {case:?}", key.1))),
            Some(record) => {
                let said =
                    compare_case(case, record).into_iter().chain(compare_findings(case, record, output));
                found.extend(said.map(|what| (key.0.clone(), format!("{}: {what}", key.1))));
            }
        }
    }
    for (key, record) in &written {
        if !expected.cases.contains_key(key) {
            found.push((key.0.clone(), format!("{}: in the ledger, but not expected: {record:?}", key.1)));
        }
    }
    for (id, back) in &expected.money_back {
        let rows: Vec<&Record> =
            output.ledger.iter().filter(|record| text(record, "id_number") == id).collect();
        found.extend(compare_money_back(back, &rows).into_iter().map(|what| (id.clone(), what)));
    }
    compare_leads(expected, output, &mut found);
    found
}

fn compare_case(case: &Case, record: &Record) -> Vec<String> {
    let mut said = Vec::new();
    let mut same = |column: &str, expected: String| {
        let actual = text(record, column);
        if actual != expected {
            said.push(format!("{column}: expected {expected}, found {actual}"));
        }
    };
    for (component, column) in COMPONENTS.iter().enumerate() {
        same(&format!("{column}_fen"), case.amount[component].to_string());
    }
    same("funeral_fen", case.funeral.to_string());
    same("due_fen", case.due().to_string());
    same("months", case.months.len().to_string());
    same("status", "待核实".to_string());
    same("primary_rule", case.primary.code().to_string());
    if let (Some(first), Some(last)) = (case.months.first(), case.months.last()) {
        same("first_month", first.to_string());
        same("last_month", last.to_string());
    }
    if let Some(subtype) = case.subtype {
        same("subtype", subtype.to_string());
    }
    if let Some(event) = case.event
        && parse_date(text(record, "event_date")).day() != Some(event)
    {
        said.push(format!("event_date: expected {event}, found {}", text(record, "event_date")));
    }
    let forms: BTreeSet<String> = case.names.iter().map(|name| Name::comparison_form(name)).collect();
    if !forms.contains(&Name::comparison_form(text(record, "name"))) {
        said.push(format!("name: expected one of {forms:?}, found {}", text(record, "name")));
    }
    let marks: Vec<&str> = text(record, "marks").split(';').collect();
    let expected_marks =
        [("absent_from_participants", case.absent_mark), ("release_unconfirmed", case.release_unconfirmed)];
    for (mark, expected) in expected_marks {
        if expected.is_some_and(|expected| expected != marks.contains(&mark)) {
            said.push(format!("mark {mark}: expected {expected:?}, found {marks:?}"));
        }
    }
    said
}

/// What each line adds must be what it was expected to add. A grant may or may not be listed.
fn compare_findings(case: &Case, record: &Record, output: &Output) -> Option<String> {
    if case.primary == Rule::Funeral {
        return None;
    }
    let id = text(record, "case_id");
    let of_case = output.findings.iter().filter(|finding| text(finding, "case_id") == id);
    let mut claimed: Vec<i64> = of_case.map(|finding| fen(finding, "claimed_fen")).collect();
    let mut expected: Vec<i64> = case.claims.iter().map(|line| line.fen).collect();
    claimed.sort_unstable();
    expected.sort_unstable();
    (claimed != expected).then(|| format!("findings: expected {expected:?}, found {claimed:?}"))
}

/// Compares what came back as far as the tables determine it: added up over the person's cases, and only if
/// the money that came back is no more than any of them is due.
///
/// Reading: a line of 扣回 either sets off a case or leaves the mark `possible_setoff` on one; a deduction
/// from a grant is set off only where there is a case after death.
fn compare_money_back(back: &MoneyBack, rows: &[&Record]) -> Option<String> {
    let sum = |column: &str| -> i64 { rows.iter().map(|row| fen(row, column)).sum() };
    for row in rows {
        let left = fen(row, "due_fen") - fen(row, "recovered_fen") - fen(row, "setoff_fen");
        if fen(row, "outstanding_fen") != left {
            return Some(format!("outstanding_fen is not due - recovered - setoff: {row:?}"));
        }
    }
    let least_due = rows.iter().map(|row| fen(row, "due_fen")).min().unwrap_or(0);
    if back.repaid + back.deducted + back.set_off > least_due {
        return None;
    }
    let after_death = rows.iter().any(|row| text(row, "case_type") == Rule::Death.case_type());
    if back.deducted > 0 && !after_death {
        return None;
    }
    let marked = rows.iter().any(|row| text(row, "marks").split(';').any(|mark| mark == "possible_setoff"));
    let whole = back.repaid + back.deducted + back.set_off;
    let found = sum("recovered_fen") + sum("setoff_fen");
    let agrees = found == whole || (marked && found == whole - back.set_off);
    (!agrees).then(|| format!("money back: expected {back:?}, found {found}"))
}

fn compare_leads(expected: &Expected, output: &Output, found: &mut Vec<Difference>) {
    let mut written: BTreeMap<(String, String), Leads> = BTreeMap::new();
    let known: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    // Whom a row with a damaged number may be of is no part of these semantics: tests/identity.rs has its oracle.
    let is_proposed = |record: &Record| text(record, "reason").starts_with("疑似同一人：");
    let own = output.leads.iter().filter(|record| !is_proposed(record));
    for record in own.filter(|record| known.contains(text(record, "rule"))) {
        let key = (text(record, "rule").to_string(), text(record, "id_number").to_string());
        let leads = written.entry(key).or_default();
        let (first, last) =
            (Month::parse(text(record, "first_month")), Month::parse(text(record, "last_month")));
        leads.first = [leads.first, first].into_iter().flatten().min();
        leads.last = leads.last.max(last);
        match text(record, "potential_fen") {
            "" => leads.some_unknown = true,
            _ => leads.potential += fen(record, "potential_fen"),
        }
    }
    let keys: BTreeSet<&(String, String)> = expected.leads.keys().chain(written.keys()).collect();
    for key in keys {
        let mut pair = [expected.leads.get(key).cloned(), written.get(key).cloned()];
        if key.0 == Rule::Funeral.code() {
            for leads in pair.iter_mut().flatten() {
                (leads.first, leads.last) = (None, None);
            }
        }
        if pair[0] != pair[1] {
            found.push((
                key.1.clone(),
                format!("{} leads: expected {:?}, found {:?}", key.0, pair[0], pair[1]),
            ));
        }
    }
}

/// The seed, the person's rows in every table, also those whose ID number is damaged, and what differs.
pub(crate) fn describe(project: &Project, differences: &[Difference]) -> String {
    let mut message = format!("seed {}\n", project.seed);
    let ids: BTreeSet<&String> = differences.iter().map(|(id, _)| id).collect();
    for id in ids {
        message.push_str(&format!("person {id}\n"));
        let persons: BTreeSet<usize> =
            project.rows.iter().filter(|row| bears(row, id)).map(|row| row.person).collect();
        let mut rows: Vec<&Row> = project.rows.iter().filter(|row| persons.contains(&row.person)).collect();
        rows.sort_by_key(|row| (row.table, row.file, row.number));
        for row in rows {
            message.push_str(&format!("  {}\n", row.describe()));
        }
        for (_, what) in differences.iter().filter(|(of, _)| of == id) {
            message.push_str(&format!("  !! {what}\n"));
        }
    }
    message
}

fn bears(row: &Row, id: &str) -> bool {
    CitizenId::read(row.cell("id_number"), as_of()).usable().is_some_and(|found| found.text() == id)
}

/// What an engine would write that agrees with the oracle: only to test the comparison itself.
pub(crate) fn ideal_output(expected: &Expected) -> Output {
    let mut output = Output::default();
    for (number, ((id, case_type), case)) in expected.cases.iter().enumerate() {
        let case_id = format!("case-{number}");
        // All money that came back is put to the first case of a person.
        let is_first = !output.ledger.iter().any(|row| text(row, "id_number") == id);
        let back = expected.money_back.get(id).copied().filter(|_| is_first).unwrap_or_default();
        let mut record = ideal_record(case, &back);
        record.insert("case_id".to_string(), case_id.clone());
        record.insert("id_number".to_string(), id.clone());
        record.insert("case_type".to_string(), case_type.clone());
        output.ledger.push(record);
        for line in &case.claims {
            output.findings.push(record_of(vec![
                ("case_id", case_id.clone()),
                ("line", format!("{}#{}", line.place.0, line.place.1 + 2)),
                ("benefit_month", line.month.to_string()),
                ("claimed_fen", line.fen.to_string()),
            ]));
        }
    }
    for ((rule, id), leads) in &expected.leads {
        ideal_leads(rule, id, leads, &mut output.leads);
    }
    output
}

fn record_of(cells: Vec<(&str, String)>) -> Record {
    cells.into_iter().map(|(column, value)| (column.to_string(), value)).collect()
}

fn month_text(month: Option<Month>) -> String {
    month.map(|month| month.to_string()).unwrap_or_default()
}

fn ideal_record(case: &Case, back: &MoneyBack) -> Record {
    let marks =
        [("absent_from_participants", case.absent_mark), ("release_unconfirmed", case.release_unconfirmed)];
    let marks: Vec<&str> = marks.iter().filter(|(_, on)| *on == Some(true)).map(|(mark, _)| *mark).collect();
    let came_back = back.repaid + back.deducted + back.set_off;
    let mut record = record_of(vec![
        ("name", case.names.first().cloned().unwrap_or_default()),
        ("status", "待核实".to_string()),
        ("primary_rule", case.primary.code().to_string()),
        ("subtype", case.subtype.unwrap_or_default().to_string()),
        ("event_date", case.event.map(|day| day.to_string()).unwrap_or_default()),
        ("first_month", month_text(case.months.first().copied())),
        ("last_month", month_text(case.months.last().copied())),
        ("months", case.months.len().to_string()),
        ("funeral_fen", case.funeral.to_string()),
        ("due_fen", case.due().to_string()),
        ("recovered_fen", back.repaid.to_string()),
        ("setoff_fen", (back.deducted + back.set_off).to_string()),
        ("outstanding_fen", (case.due() - came_back).to_string()),
        ("marks", marks.join(";")),
    ]);
    for (component, column) in COMPONENTS.iter().enumerate() {
        record.insert(format!("{column}_fen"), case.amount[component].to_string());
    }
    record
}

fn ideal_leads(rule: &str, id: &str, leads: &Leads, records: &mut Vec<Record>) {
    let known = (leads.potential > 0).then(|| leads.potential.to_string());
    let unknown = leads.some_unknown.then(String::new);
    for potential in known.into_iter().chain(unknown) {
        records.push(record_of(vec![
            ("rule", rule.to_string()),
            ("id_number", id.to_string()),
            ("first_month", month_text(leads.first)),
            ("last_month", month_text(leads.last)),
            ("potential_fen", potential),
        ]));
    }
}
