//! `run`: the main job.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use serde_json::json;

use super::{Voice, audit_options, path, table};
use crate::claims;
use crate::domain::{CitizenId, Fen};
use crate::engine::Remark;
use crate::findings::{Case, Lead};
use crate::messages::{self, Error, Exit, Lang, Text};
use crate::pipeline::{self, Audit, RunResult};
use crate::report::Formats;
use crate::rulebook::CaseType;
use crate::timings::Timings;

/// A limit of `--fail-on`: what is counted, and from how many on the exit code is 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    kind: String,
    least: u64,
}

/// Parses `cases=1`.
pub(super) fn parse_limit(text: &str, lang: Lang) -> Result<Limit, String> {
    let wrong = || messages::bad_limit(text).in_lang(lang).to_string();
    let (kind, least) = text.split_once('=').ok_or_else(wrong)?;
    if !["cases", "leads", "rejects", "not_checkable"].contains(&kind) {
        return Err(wrong());
    }
    Ok(Limit { kind: kind.to_string(), least: least.parse().map_err(|_| wrong())? })
}

pub(super) fn run(voice: Voice, arguments: &ArgMatches) -> Result<Exit, Error> {
    let root = path(arguments, "project");
    let mut options = audit_options(arguments);
    if let Some(chosen) = arguments.get_many::<String>("formats") {
        let chosen: Vec<&str> = chosen.map(String::as_str).collect();
        let has = |name: &str| chosen.contains(&name);
        options.formats = Formats { csv: has("csv"), parquet: has("parquet"), xlsx: has("xlsx") };
    }
    let timings_file = arguments.get_one::<PathBuf>("timings-json");
    if let Some(path) = timings_file {
        refuse_foreign_timings(path)?;
    }
    let published = claims::load(&root)?;
    let bar = voice.progress();
    let result = pipeline::run_with_progress(&root, &options, &|done, of| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let result = result?;
    voice.tell_cache(&result.audit);
    voice.tell_rules(&options, &result.audit);
    let findings = &result.audit.findings;
    let verdicts = published.as_ref().map(|published| claims::verify(published, &findings.cases));
    if voice.json {
        voice.json(&summary_json(&result, verdicts.as_deref()));
    } else {
        print(voice, &result);
        if let (Some(published), Some(verdicts)) = (&published, &verdicts) {
            voice.say("");
            super::claims::print(voice, &published.source, verdicts);
        }
    }
    tell_timings(voice, arguments.get_flag("timings"), timings_file, &result.audit.timings)?;
    let exceeded = |limit: &&Limit| count(&result.audit, &limit.kind) >= limit.least;
    let mut limits = arguments.get_many::<Limit>("fail-on").into_iter().flatten();
    match limits.find(exceeded) {
        Some(limit) => {
            let found = count(&result.audit, &limit.kind);
            voice.tell(messages::limit_reached(&limit.kind, limit.least, found).in_lang(voice.lang));
            Ok(Exit::NotSo)
        }
        None => Ok(Exit::Done),
    }
}

/// Refuses to write timings over anything else than timings, before any work is done.
fn refuse_foreign_timings(path: &Path) -> Result<(), Error> {
    if !std::fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() > 0) {
        return Ok(());
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let old: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    match old.get("keyed_to_findings_seconds") {
        Some(_) => Ok(()),
        None => Err(messages::not_our_timings(&path.display().to_string())),
    }
}

/// Tells where the time went: to people on stderr, to programs in a file.
fn tell_timings(
    voice: Voice,
    is_shown: bool,
    file: Option<&PathBuf>,
    timings: &Timings,
) -> Result<(), Error> {
    let stages = timings.stages();
    if is_shown {
        let mut rows = vec![messages::timing_columns(voice.lang)];
        let rate = |count: Option<u64>, seconds: f64, unit: f64| {
            count.map(|count| format!("{:.1}", count as f64 / seconds.max(1e-9) / unit)).unwrap_or_default()
        };
        for stage in &stages {
            rows.push(vec![
                messages::stage_word(stage.name).in_lang(voice.lang).to_string(),
                format!("{:.3}", stage.seconds),
                stage.rows.map(|rows| rows.to_string()).unwrap_or_default(),
                rate(stage.rows, stage.seconds, 1e6),
                rate(stage.bytes, stage.seconds, 1e6),
            ]);
        }
        let none = || vec![String::new(); 3];
        let total =
            [messages::total_word().in_lang(voice.lang).to_string(), format!("{:.3}", timings.elapsed())];
        rows.push(total.into_iter().chain(none()).collect());
        for line in table::layout(&rows, &[1, 2, 3, 4]) {
            voice.tell(&line);
        }
    }
    let Some(path) = file else { return Ok(()) };
    let value = json!({
        "stages": stages,
        "keyed_to_findings_seconds": timings.keyed_to_findings(),
        "total_seconds": timings.elapsed(),
    });
    let failed = |why| messages::cannot_write(&path.display().to_string(), &why);
    std::fs::write(path, format!("{value:#}\n")).map_err(failed)
}

fn count(audit: &Audit, kind: &str) -> u64 {
    match kind {
        "cases" => audit.findings.cases.len() as u64,
        "leads" => audit.findings.counted_leads(&audit.rulebook).count() as u64,
        "rejects" => audit.tables.reject_count(),
        _ => audit.findings.not_checkable.len() as u64,
    }
}

/// The sums of one case type.
struct TypeSums {
    case_type: CaseType,
    persons: usize,
    due: Fen,
    outstanding: Fen,
    leads: usize,
}

fn sums(audit: &Audit) -> Vec<TypeSums> {
    let findings = &audit.findings;
    let leads: Vec<&Lead> = findings.counted_leads(&audit.rulebook).collect();
    let of = |case_type: CaseType| {
        let cases: Vec<&Case> = findings.cases.iter().filter(|case| case.case_type == case_type).collect();
        TypeSums {
            case_type,
            persons: cases.len(),
            due: cases.iter().map(|case| case.due).sum(),
            outstanding: cases.iter().map(|case| case.outstanding()).sum(),
            leads: leads.iter().filter(|lead| lead.case_type == case_type).count(),
        }
    };
    CaseType::ALL.into_iter().map(of).filter(|sums| sums.persons > 0 || sums.leads > 0).collect()
}

fn print(voice: Voice, result: &RunResult) {
    let (findings, lang) = (&result.audit.findings, voice.lang);
    voice.say(messages::run_heading(&result.audit.project, &findings.totals).in_lang(lang));
    voice.say("");
    let mut rows = vec![messages::run_columns(lang)];
    let sums = sums(&result.audit);
    for line in &sums {
        rows.push(vec![
            messages::case_type_word(line.case_type).in_lang(lang).to_string(),
            line.persons.to_string(),
            line.due.yuan(),
            line.outstanding.yuan(),
            line.leads.to_string(),
        ]);
    }
    let total = |amount: fn(&TypeSums) -> Fen| sums.iter().map(amount).sum::<Fen>().yuan();
    rows.push(vec![
        messages::total_word().in_lang(lang).to_string(),
        findings
            .cases
            .iter()
            .map(|case| case.id)
            .collect::<std::collections::BTreeSet<_>>()
            .len()
            .to_string(),
        total(|line| line.due),
        total(|line| line.outstanding),
        findings.counted_leads(&result.audit.rulebook).count().to_string(),
    ]);
    for line in table::layout(&rows, &[1, 2, 3, 4]) {
        voice.say(&line);
    }
    voice.say("");
    print_remarks(voice, &result.audit, lang);
    print_unchecked(voice, &result.audit, lang);
    let is_written = |name: &str| result.out.join(name).is_file();
    voice.say(messages::run_files(&result.out.display().to_string(), is_written).in_lang(lang));
    if let Some(kept) = &result.kept {
        voice.tell(messages::kept_previous(&kept.display().to_string()).in_lang(lang));
    }
}

/// How many persons of each rule some remarks are about.
fn persons_by_rule<'a>(audit: &'a Audit, remarks: &'a [Remark]) -> BTreeMap<&'a str, usize> {
    let mut persons: BTreeMap<&str, BTreeSet<CitizenId>> = BTreeMap::new();
    for remark in remarks {
        persons.entry(audit.rulebook.rules[remark.rule].id.as_str()).or_default().insert(remark.id);
    }
    persons.into_iter().map(|(rule, ids)| (rule, ids.len())).collect()
}

/// Persons who were not paid, what is known of the money, and how many remarks have none.
fn unpaid_sums(audit: &Audit) -> (usize, Fen, usize) {
    let unpaid: Vec<&Remark> = audit.findings.counted_unpaid(&audit.rulebook).collect();
    let persons: BTreeSet<CitizenId> = unpaid.iter().map(|owed| owed.id).collect();
    let known = unpaid.iter().filter_map(|owed| owed.amount).sum();
    (persons.len(), known, unpaid.iter().filter(|owed| owed.amount.is_none()).count())
}

/// People who were left out, and marks by rule.
fn print_remarks(voice: Voice, audit: &Audit, lang: Lang) {
    let findings = &audit.findings;
    let (persons, known, unknown) = unpaid_sums(audit);
    if persons > 0 {
        voice.say(messages::run_unpaid(persons, known, unknown).in_lang(lang));
    }
    let leads = findings.leads.len() - findings.counted_leads(&audit.rulebook).count();
    let unpaid = findings.unpaid.len() - findings.counted_unpaid(&audit.rulebook).count();
    if leads + unpaid > 0 {
        voice.say(messages::run_on_trial(leads, unpaid).in_lang(lang));
    }
    for (rule, persons) in persons_by_rule(audit, &findings.marks) {
        let title = audit.rulebook.rule(rule).map_or("", |rule| rule.title.as_str());
        voice.say(messages::run_marks(rule, title, persons).in_lang(lang));
    }
}

/// Why rules checked nobody, each with the rules, in the order of registries. That a rule lacks another of
/// its registries is said beside that one.
fn unchecked_rules(audit: &Audit) -> Vec<(Text, Vec<&str>)> {
    let mut unchecked: Vec<(Text, Vec<&str>)> = Vec::new();
    let elsewhere = messages::coverage_other_missing();
    for row in audit.findings.coverage.iter().filter(|row| row.persons_checked == 0) {
        let Some(reason) = row.reason.as_ref().filter(|reason| **reason != elsewhere) else { continue };
        let rule = audit.rulebook.rule_at(row.rule).id.as_str();
        match unchecked.iter_mut().find(|(known, _)| known == reason) {
            Some((_, rules)) => rules.push(rule),
            None => unchecked.push((reason.clone(), vec![rule])),
        }
    }
    unchecked
}

/// Unknown is not clean: what was not checked is said before where the files are.
fn print_unchecked(voice: Voice, audit: &Audit, lang: Lang) {
    let (findings, rejected) = (&audit.findings, audit.tables.reject_count());
    if rejected > 0 {
        voice.say(messages::run_rejects(rejected).in_lang(lang));
    }
    for (reason, rules) in unchecked_rules(audit) {
        voice.say(messages::run_not_checked(&rules.join("、"), &reason).in_lang(lang));
    }
    if !findings.not_checkable.is_empty() {
        voice.say(messages::run_not_checkable(findings.not_checkable.len()).in_lang(lang));
    }
}

fn summary_json(result: &RunResult, verdicts: Option<&[claims::Verdict]>) -> serde_json::Value {
    let findings = &result.audit.findings;
    let types: Vec<serde_json::Value> = sums(&result.audit)
        .iter()
        .map(|line| {
            json!({
                "case_type": line.case_type.name(),
                "persons": line.persons,
                "due_fen": line.due.0,
                "outstanding_fen": line.outstanding.0,
                "leads": line.leads,
            })
        })
        .collect();
    let mut names: Vec<String> = std::fs::read_dir(&result.out)
        .map(|entries| {
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
        })
        .unwrap_or_default();
    names.sort();
    let unpaid = unpaid_sums(&result.audit);
    json!({
        "title": result.audit.project.title,
        "period": result.audit.project.period.to_string(),
        "as_of": result.audit.project.as_of.to_string(),
        "payees": findings.totals.payees,
        "payment_lines": findings.totals.payment_lines,
        "payment_fen": findings.totals.payment_fen.to_string(),
        "case_types": types,
        "cases": findings.cases.len(),
        "leads": findings.counted_leads(&result.audit.rulebook).count(),
        "rejects": result.audit.tables.reject_count(),
        "not_checkable": findings.not_checkable.len(),
        "marked": findings.totals.marked,
        "marks": persons_by_rule(&result.audit, &findings.marks),
        "unpaid": { "persons": unpaid.0, "fen": unpaid.1.0, "unknown": unpaid.2 },
        "claims": verdicts,
        "out": result.out.display().to_string(),
        "files": names,
    })
}
