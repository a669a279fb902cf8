//! Rules are data: renaming one, breaking one and writing one badly.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::support::village::{AUDIT, DECEASED, INMATE, PAYMENTS, village};
use crate::support::{Project, files_below, repository, rows};

/// The rule files of the repository, by their path below rules/.
pub(crate) fn rule_files() -> BTreeMap<String, String> {
    let files = files_below(&repository("rules")).into_iter();
    files.map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
}

pub(crate) fn is_rule(name: &str) -> bool {
    let is_beside = name.starts_with("dictionaries/") || name.starts_with("parameters/");
    !is_beside && !["name_variants.toml", "headings.toml", "values.toml"].contains(&name)
}

/// The text of a rule file as an overlay that says what it overrides.
pub(crate) fn overriding(text: &str) -> String {
    let line = text.lines().find(|line| line.starts_with("id ") || line.starts_with("id=")).unwrap();
    let id = line.split('"').nth(1).unwrap();
    text.replacen(line, &format!("{line}\noverrides = \"{id}\""), 1)
}

/// The dictionary file with an override for each of its dictionaries.
fn overriding_each(text: &str) -> String {
    let lines = text.lines().map(|line| match line.strip_prefix("id  = ") {
        Some(id) => format!("{line}\noverrides = {id}"),
        None => line.to_string(),
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn replaced(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "\"{old}\" must occur once");
    text.replace(old, new)
}

/// A project that has nothing but an overlay.
fn overlay(name: &str, text: &str) -> Project {
    Project::empty().with(&format!("own/{name}"), text)
}

// ----------------------------------------------------------------------------------------------------- renaming

#[test]
fn renaming_a_rule_changes_only_the_printed_code() {
    let files = rule_files();
    let retired = replaced(&overriding(&files["death/post_death.toml"]), "= \"active\"", "= \"retired\"");
    let renamed = replaced(&files["death/post_death.toml"], "= \"D-01\"", "= \"X-77\"");
    let project = Project::copy_of("sample_data/hongta-2023")
        .with("own/post_death.toml", retired)
        .with("own/renamed.toml", renamed);
    project.run("run . --out before --formats csv").exits(0);
    project.run("run . --out after --formats csv --rules own").exits(0);
    let (before, after) = (project.files("before"), project.files("after"));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (name, bytes) in before.into_iter().filter(|(name, _)| *name != "receipt.json") {
        let text = String::from_utf8(bytes).unwrap();
        let other = String::from_utf8(after[&name].clone()).unwrap();
        // That the old code is retired is told, and that what only supports it did not run.
        let is_told =
            |line: &&str| name == "coverage.csv" && ["规则已停用", ",D-04,"].iter().any(|w| line.contains(w));
        let rest = |text: &str| text.split_inclusive('\n').filter(|line| !is_told(line)).collect::<String>();
        let (text, other) = (rest(&text), rest(&other));
        assert!(!other.contains("D-01"), "{name}");
        let wanted = sorted_rows(&text.replace("D-01", "X-77"));
        assert!(wanted == sorted_rows(&other), "{name} differs in more than the code");
        let names_rules =
            ["ledger.csv", "findings.csv", "leads.csv", "coverage.csv"].contains(&name.as_str());
        assert_eq!(other.contains("X-77"), names_rules, "{name}");
    }
}

/// A rule's code may be part of a sort key, so the order of rows may follow it.
fn sorted_rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut rows = rows(text.trim_start_matches('\u{feff}'));
    rows.sort();
    rows
}

#[test]
fn a_retired_rule_does_not_run_and_a_trial_one_only_points() {
    let text = overriding(&rule_files()["death/post_death.toml"]);
    let project = village();
    project.write("retired/d.toml", replaced(&text, "= \"active\"", "= \"retired\""));
    project.write("trial/d.toml", replaced(&text, "= \"active\"", "= \"trial\""));
    project.run("run . --formats csv").exits(0);
    let deaths =
        |file: &str| project.table(file).iter().filter(|row| row["case_type"] == "post_death").count();
    assert_eq!((deaths("out/ledger.csv"), deaths("out/leads.csv")), (1, 1));
    project.run("run . --formats csv --rules retired").exits(0);
    assert_eq!((deaths("out/ledger.csv"), deaths("out/leads.csv")), (0, 0));
    project.run("rules show D-01 --rules retired").exits(0).says("停用");
    project.run("rules list --rules retired").exits(0).says("停用");
    project.run("run . --formats csv --rules retired").exits(0).says("未核查 D-01：规则已停用");
    project.run("run . --formats csv --only D-01 --rules retired").exits(2).complains("[E503]");
    project.run("run . --formats csv --only D-01").exits(0).says("限定了规则，未核查");
    // The workbook lists the rules that did not run, too.
    project.run("run . --only D-01").exits(0);
    project.run("run . --rules retired").exits(0);
    project.run("run . --formats csv --rules trial").exits(0);
    assert_eq!((deaths("out/ledger.csv"), deaths("out/leads.csv")), (0, 2));
    project.run("rules list --rules trial").exits(0).says("试行");
    // What a rule on trial finds is listed and in no sum.
    let counted = |rules: &str| {
        let outcome = project.run(&format!("run . --formats csv --json{rules}")).exits(0);
        outcome.json()["leads"].as_u64().unwrap()
    };
    assert_eq!(counted(" --rules trial"), counted(" --rules retired"));
    project.run("run . --formats csv --rules trial").exits(0).says("只列出，不计入任何合计");
}

#[test]
fn nothing_is_claimed_for_months_without_a_law_in_force() {
    let text = overriding(&rule_files()["death/post_death.toml"]);
    let later = text.replace("effective_from = 2014-02-21", "effective_from = 2030-01-01");
    let project = village().with("own/d.toml", later);
    project.run("run . --formats csv --rules own").exits(0);
    let of_deaths = |file: &str| {
        let rows = project.table(file).into_iter();
        rows.filter(|row| row["case_type"] == "post_death").collect::<Vec<_>>()
    };
    assert!(of_deaths("out/ledger.csv").is_empty());
    assert!(of_deaths("out/leads.csv").iter().any(|row| row["reason"].contains("均未施行或已失效")));
}

#[test]
fn nobody_is_owed_whom_a_list_names_that_no_rule_read() {
    let project = Project::copy_of("sample_data/hongta-2023");
    let owed = |arguments: &str| -> BTreeSet<String> {
        project.run(&format!("run . --formats csv{arguments}")).exits(0);
        let rows = project.table("out/unpaid.csv").into_iter().filter(|row| row["rule"] == "P-06");
        rows.map(|row| row["id_number"].clone()).collect()
    };
    let all = owed("");
    assert!(owed(" --only P-06").is_subset(&all));
    // A death rule of which nobody could say from when it bars has read nothing.
    let unknown = "region = \"*\"\neffective_from = 1900-01-01\nstatus = \"unknown\"";
    project.write("own/parameters/p.toml", parameter("death_stop_month", &[unknown]));
    assert!(owed(" --rules own").is_subset(&all));
}

#[test]
fn an_overlay_named_in_audit_toml_holds_for_every_command() {
    let text = overriding(&rule_files()["death/post_death.toml"]);
    let project = village()
        .with("own/d.toml", replaced(&text, "= \"active\"", "= \"retired\""))
        .with("audit.toml", format!("rules = \"own\"\n{AUDIT}"));
    project.run("run . --formats csv").exits(0);
    assert!(project.table("out/ledger.csv").iter().all(|row| row["case_type"] != "post_death"));
    assert!(project.text("out/receipt.json").contains("\"layer\": \"project\""));
    project.run("verify out").exits(0);
    project.run("check .").exits(0).says("规则已停用");
}

// ----------------------------------------------------------------------------------------- examples are tests

#[test]
fn every_example_of_every_rule_passes() {
    let outcome = Project::empty().run("rules test").exits(0).silent();
    let examples: usize = rule_files().values().map(|text| text.matches("[[example]]").count()).sum();
    assert_eq!(outcome.stdout, format!("示例 {examples} 个，通过 {examples}，不符 0\n"));
}

#[test]
fn a_broken_rule_fails_an_example_whose_line_is_named() {
    let file = "death/post_death.toml";
    let month = "month = { parameter = \"death_stop_month\" }";
    let text = replaced(&overriding(&rule_files()[file]), month, "month = \"same\"");
    let outcome = overlay(file, &text).run("rules test --rules own --lang en").exits(1).silent();
    let failing = outcome.stdout.lines().find(|line| line.starts_with(file));
    let failing = failing.unwrap_or_else(|| panic!("no example of {file} fails\n{outcome}"));
    let line: usize = failing.split("line ").nth(1).unwrap().split(':').next().unwrap().parse().unwrap();
    let name = failing.split('"').nth(1).unwrap();
    assert_eq!(text.lines().nth(line - 1), Some("[[example]]"), "{failing}");
    assert!(text.lines().nth(line).unwrap().contains(name), "{failing}");
}

#[test]
fn nothing_is_confirmed_by_silence() {
    let hearsay = ["原文未见", "未逐字核对", "据转述", "据各地", "据记忆"];
    for (file, text) in rule_files().into_iter().filter(|(name, _)| is_rule(name)) {
        let rule: toml::Table = toml::from_str(&text).unwrap();
        for basis in rule["basis"].as_array().unwrap() {
            let confirmed = basis.get("confirmed").and_then(toml::Value::as_bool);
            assert!(confirmed.is_some(), "{file}: {basis} does not say whether it was read");
            let quote = basis["quote"].as_str().unwrap();
            let is_hearsay = hearsay.iter().any(|word| quote.contains(word));
            assert!(confirmed == Some(false) || !is_hearsay, "{file}: {quote} is confirmed");
        }
    }
    // A rule of a centre that does not say so was not read.
    let text = overriding(&rule_files()["funeral/grant_not_set_off.toml"]);
    let silent = replaced(&text, "confirmed      = true\n", "");
    let shown = |text: &str| overlay("f.toml", text).run("rules show F-04 --rules own").exits(0).stdout;
    assert!(!shown(&text).contains("原文未见") && shown(&silent).contains("原文未见"));
}

#[test]
fn breaking_a_parameter_fails_an_example() {
    for (file, old, new) in [
        ("parameters/scheme_start.toml", "date           = 2011-07-01", "date           = 2011-07-02"),
        (
            "parameters/funeral_choice_deaths_from.toml",
            "date           = 2011-07-01",
            "date           = 2011-06-30",
        ),
        ("parameters/return_scope_death.toml", "\"all\"", "\"basic\""),
        (
            "parameters/return_scope_dual_pension.toml",
            "word           = \"basic\"\nstatus         = \"in_force\"",
            "word           = \"basic_and_not_own\"\nstatus         = \"in_force\"",
        ),
        (
            "parameters/death_date_priority.toml",
            "medical > cremation_certificate",
            "cremation_certificate > medical",
        ),
        ("parameters/death_date_priority.toml", "cremated_on > registered_on", "registered_on > cremated_on"),
        (
            "parameters/start_offset.toml",
            "status         = \"unknown\"",
            "word = \"same\"\nstatus = \"expected\"",
        ),
        (
            "parameters/start_offset.toml",
            "status         = \"unknown\"",
            "word = \"next\"\nstatus = \"expected\"",
        ),
    ] {
        let text = replaced(&overriding(&rule_files()[file]), old, new);
        overlay(file, &text).run("rules test --rules own").exits(1);
    }
}

/// Without its words a class of a dictionary decides nothing, and some example must notice. These classes change
/// nothing that an example can see, each with the reason.
const WITHOUT_EFFECT: &[(&str, &str)] = &[
    ("\"eligible\"", "an unknown state is a lead of the same amount; only its reason differs"),
    ("\"registration\"", "a list that does not say that it is of contributions exempts nobody"),
    ("\"arrears\"", "an unknown kind counts as arrears, with a remark"),
    ("\"paid\"", "an unknown status counts as paid, with a remark"),
    ("\"collective\"", "rules ask only for the government; other payers count like unknown ones"),
    ("\"own\"", "rules ask only for the government; other payers count like unknown ones"),
    ("\"stopped\"", "rules ask only who resumed; a stop counts like an unknown change"),
    ("\"running\"", "a row without an end is a mark whether it runs or nobody knows; only its words differ"),
];

#[test]
fn emptying_any_class_of_any_dictionary_fails_an_example() {
    let mut unnoticed = Vec::new();
    for (file, text) in rule_files().into_iter().filter(|(name, _)| name.starts_with("dictionaries/")) {
        let text = overriding_each(&text);
        for (at, line) in text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("{ name"))
        {
            let head = line.split("words = [").next().unwrap();
            let emptied = format!("{head}words = [\"〇〇〇\"] }},");
            let lines =
                text.lines().enumerate().map(|(other, line)| if other == at { &emptied } else { line });
            let broken = lines.collect::<Vec<_>>().join("\n");
            let outcome = overlay(&file, &broken).run("rules test --rules own");
            match outcome.exit {
                1 => {}
                0 if WITHOUT_EFFECT.iter().any(|(class, _)| line.contains(class)) => {}
                0 => unnoticed.push(format!("{file}:{line}")),
                _ => panic!("{outcome}"),
            }
        }
    }
    assert!(unnoticed.is_empty(), "no example notices that these classes are gone: {unnoticed:#?}");
}

// ------------------------------------------------------------------------------------ what is wrong with a file

#[test]
fn a_badly_written_overlay_is_refused_with_file_and_line() {
    let files = rule_files();
    let death = overriding(&files["death/post_death.toml"]);
    let custody = overriding(&files["custody/in_custody.toml"]);
    let pension = overriding(&files["dual/employee_pension.toml"]);
    let funeral = overriding(&files["funeral/funeral_exclusive.toml"]);
    let absent = overriding(&files["data/absent_from_participants.toml"]);
    let repeated = overriding(&files["dual/repeated_payment.toml"]);
    let start = overriding(&files["parameters/scheme_start.toml"]);
    let scope = "{ parameter = \"return_scope_dual_pension\" }";
    let second_value = "effective_until = 2010-01-02\n\n[[value]]\nregion = \"*\"\n\
                        effective_from = 2010-01-01\ndate = 2012-07-01\nstatus = \"expected\"\ndocument = \"…\"\n";
    let basis = "[[basis]]\ndocument = \"国发〔2014〕8号\"\narticle = \"养老保险待遇及调整\"\n\
                 effective_from = 2020-01-01\nquote = \"…\"\n\n[doc]";
    // File, its text, the text that stands on the line which must be named, and a word of the message.
    let cases: Vec<(&str, String, &str, &str)> = vec![
        ("d.toml", replaced(&death, "precedence =", "precedense ="), "precedense", "precedense"),
        ("d.toml", replaced(&death, "[doc]\n", "[doc]\nwhy = \"…\"\n"), "why = ", "why"),
        ("d.toml", replaced(&death, "\noverrides = \"D-01\"", ""), "id         =", "overrides"),
        (
            "d.toml",
            replaced(&death, "overrides = \"D-01\"", "overrides = \"D-02\""),
            "id         =",
            "overrides",
        ),
        (
            "n.toml",
            replaced(&death, "= \"D-01\"\noverrides = \"D-01\"", "= \"D-99\"\noverrides = \"D-99\""),
            "D-99",
            "D-99",
        ),
        (
            "d.toml",
            replaced(&death, "field = \"death_date\"", "field = \"died_on\""),
            "field = \"died_on\"",
            "died_on",
        ),
        ("d.toml", replaced(&death, "= \"deaths\"", "= \"departed\""), "departed", "departed"),
        (
            "d.toml",
            replaced(&death, "field = \"death_date\"", "field = [\"death_date\", \"cremated_on\"]"),
            "[check]",
            "一个字段",
        ),
        (
            "c.toml",
            replaced(&custody, "released = \"released_on\"", "released = \"freed_on\""),
            "freed_on",
            "freed_on",
        ),
        (
            "p.toml",
            replaced(&pension, "\"from_month\", month = \"same\"", "\"from_month\", month = \"next\""),
            "[check]",
            "same",
        ),
        ("p.toml", replaced(&pension, scope, "[\"basis\"]"), "[\"basis\"]", "basis"),
        ("p.toml", replaced(&pension, scope, "[]"), "[check]", "returns"),
        (
            "p.toml",
            replaced(&pension, scope, "{ parameter = \"return_scopes\" }"),
            "[check]",
            "return_scopes",
        ),
        ("p.toml", replaced(&pension, scope, "{ parameter = \"custody_stop_month\" }"), "[check]", "next"),
        (
            "d.toml",
            replaced(&death, "= \"death_date_priority\"", "= \"priorities\""),
            "[check]",
            "priorities",
        ),
        ("p.toml", replaced(&pension, "= \"own_pension\"", "= \"own_pensions\""), "[check]", "own_pensions"),
        ("p.toml", replaced(&pension, "[\"employee\"]", "[\"employees\"]"), "[check]", "employees"),
        ("p.toml", replaced(&pension, "case_type  = \"dual_pension\"\n", ""), "id         =", "case_type"),
        ("p.toml", replaced(&pension, "= \"dual_pension\"", "= \"double\""), "double", "double"),
        (
            "f.toml",
            replaced(&funeral, "= \"funeral_choice_deaths_from\"", "= \"nothing\""),
            "[check]",
            "nothing",
        ),
        (
            "a.toml",
            replaced(&absent, "status     = \"active\"", "status     = \"active\"\ncase_type  = \"other\""),
            "id         =",
            "case_type",
        ),
        ("r.toml", replaced(&repeated, "[doc]", basis), "effective_from = 2020-01-01", "重叠"),
        (
            "r.toml",
            replaced(&repeated, "effective_from = 2014-02-21", "effective_from = 2014-02-31"),
            "2014-02-31",
            "",
        ),
        (
            "r.toml",
            replaced(&repeated, "kind     = \"repeated\"", "kind     = \"repeating\""),
            "[check]",
            "repeating",
        ),
        (
            "r.toml",
            repeated.split("[[basis]]").next().unwrap().to_string()
                + "[doc]\nchecks=\"\"\nnot_checked=\"\"\nappeal=\"\"\n",
            "",
            "依据",
        ),
        ("parameters/s.toml", format!("{start}{second_value}"), "effective_from = 2010-01-01", "重叠"),
        ("parameters/s.toml", replaced(&start, "= \"expected\"", "= \"perhaps\""), "perhaps", "perhaps"),
        ("dictionaries/w.toml", "[[dictionary]]\nid = \"x\"\nclass = []\n".to_string(), "", "doc"),
        ("headings.toml", "[headings]\n\nnme = [\"名\"]\n".to_string(), "nme", "nme"),
        ("headings.toml", "[headings]\nname = [\n\"身份证号\"]\n".to_string(), "身份证号", "id_number"),
        (
            "headings.toml",
            "[headings]\nname = [\"编号\"]\n\nid_number = [\"编号\"]\n".to_string(),
            "编号",
            "编号",
        ),
        (
            "headings.toml",
            "[headings]\nbenefit_month = [\"发放年月\"]\n".to_string(),
            "发放年月",
            "benefit_month",
        ),
    ];
    for (file, text, on_line, word) in cases {
        for lang in ["zh", "en"] {
            let outcome = overlay(file, &text).run(&format!("rules list --rules own --lang {lang}")).exits(2);
            assert_eq!(outcome.stdout, "", "{outcome}");
            assert!(lang == "en" || outcome.stderr.contains(word), "no \"{word}\" in {outcome}");
            assert!(outcome.stderr.contains("[E501]") && outcome.stderr.contains(file), "{outcome}");
            let line = text.lines().position(|line| line.contains(on_line)).unwrap() + 1;
            // A table's values may be told at its heading, some lines above.
            let near = line.saturating_sub(3)..=line + 1;
            let named = |at: &usize| {
                outcome.stderr.contains(&format!("第 {at} 行"))
                    || outcome.stderr.contains(&format!("line {at}:"))
            };
            assert!(
                on_line.is_empty() || near.clone().any(|at| named(&at)),
                "line {line} is not named: {outcome}"
            );
        }
    }
}

#[test]
fn two_rules_with_one_id_are_refused() {
    let text = replaced(&rule_files()["dual/repeated_payment.toml"], "= \"M-05\"", "= \"M-95\"");
    let project = overlay("a.toml", &text).with("own/b.toml", &text);
    project.run("rules list --rules own").exits(2).complains("b.toml 第 1 行").complains("a.toml 第 1 行");
    let words = "[[dictionary]]\nid = \"w\"\ndoc = \"…\"\nclass = []\n";
    let project = overlay("dictionaries/a.toml", &format!("{words}\n{words}"));
    project.run("rules list --rules own").exits(2).complains("dictionaries/a.toml 第 6 行").complains("w");
}

#[test]
fn an_example_that_cannot_be_used_is_refused_with_its_line() {
    let text = overriding(&rule_files()["dual/repeated_payment.toml"]);
    for (old, new) in [
        ("benefit_month = \"2023-05\", total = \"150\"", "benefit_month = \"2023-13\", total = \"150\""),
        ("benefit_month = \"2023-05\", total = \"150\"", "month = \"2023-05\", total = \"150\""),
    ] {
        let broken = replaced(&text, old, new);
        let outcome = overlay("r.toml", &broken).run("rules test --rules own").exits(2);
        assert!(outcome.stderr.contains("[E501]") && outcome.stderr.contains("r.toml"), "{outcome}");
    }
}

// -------------------------------------------------------------------------------------------------- completeness

#[test]
fn the_binary_carries_exactly_the_files_under_rules() {
    let built_in = pension_audit::rulebook::load(None).unwrap();
    let carried: BTreeMap<String, String> =
        built_in.files.iter().map(|file| (file.path.clone(), file.sha256.clone())).collect();
    assert!(built_in.files.iter().all(|file| file.layer == "builtin"));
    let hex =
        |text: &String| Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let on_disk: BTreeMap<String, String> =
        rule_files().iter().map(|(name, text)| (name.clone(), hex(text))).collect();
    assert_eq!(carried, on_disk);
}

#[test]
fn every_rule_has_law_words_and_examples() {
    for rule in pension_audit::rulebook::load(None).unwrap().rules {
        assert!(!rule.basis.is_empty(), "{}: no law", rule.id);
        for basis in &rule.basis {
            let parts = [&basis.document, &basis.article, &basis.quote];
            assert!(parts.iter().all(|part| !part.trim().is_empty()), "{}: {basis:?}", rule.id);
        }
        for text in [&rule.doc_checks, &rule.doc_not_checked, &rule.doc_appeal] {
            assert!(text.trim().chars().count() >= 20, "{}: \"{text}\" tells nothing", rule.id);
        }
        assert!(rule.examples.len() >= 4, "{}: {} examples", rule.id, rule.examples.len());
        let names: BTreeSet<&String> = rule.examples.iter().map(|(_, example)| &example.name).collect();
        assert_eq!(names.len(), rule.examples.len(), "{}: two examples of one name", rule.id);
        // A rule is tested in both directions: what it must find, and what it must leave alone.
        let expects_nothing = |expect: &pension_audit::rulebook::ExpectedOutcome| {
            let money = [&expect.claimed, &expect.supports, &expect.lead, &expect.unpaid];
            money.iter().all(|amount| amount.is_none()) && !expect.marked && expect.rows == 0
        };
        let silent = rule.examples.iter().filter(|(_, example)| expects_nothing(&example.expect)).count();
        assert!(silent >= 2, "{}: {silent} examples that must find nothing", rule.id);
        assert!(silent < rule.examples.len(), "{}: no example that must find something", rule.id);
    }
}

// ---------------------------------------------------------------------------------------------------- parameters

/// A parameter file of one id with these values, each a line of TOML keys.
fn parameter(id: &str, values: &[&str]) -> String {
    let mut text = format!("id = \"{id}\"\noverrides = \"{id}\"\ntitle = \"…\"\n");
    for value in values {
        text += &format!("\n[[value]]\n{value}\ndocument = \"…\"\n");
    }
    text
}

#[test]
fn a_badly_written_parameter_is_refused_with_file_and_line() {
    let first = "region = \"53\"\neffective_from = 2020-01-01\namount = \"10.00\"\nstatus = \"in_force\"";
    let next = |day: &str, rest: &str| format!("region = \"53\"\neffective_from = {day}\n{rest}");
    let in_force = "amount = \"12.00\"\nstatus = \"in_force\"";
    let ended = |day: &str| format!("{first}\neffective_until = {day}");
    // The values, which of them is named, and a word of the message.
    let cases: &[(Vec<String>, usize, &str)] = &[
        (vec![first.into(), next("2019-01-01", in_force)], 1, "从早到晚"),
        (vec![first.into(), next("2020-01-01", in_force)], 1, "都从 2020-01-01 起"),
        (vec![ended("2021-01-02"), next("2021-01-01", in_force)], 1, "重叠"),
        (vec![ended("2020-12-31"), next("2021-01-01", in_force)], 1, "没有取值"),
        (vec![ended("2020-01-01")], 0, "effective_until"),
        (vec![first.into(), next("2021-01-01", "number = 3\nstatus = \"in_force\"")], 1, "number"),
        (vec![next("2021-01-01", "number = 3\namount = \"3\"\nstatus = \"in_force\"")], 0, "之一"),
        (vec![next("2021-01-01", "status = \"in_force\"")], 0, "缺少取值"),
        (vec![next("2021-01-01", "status = \"expected\"")], 0, "缺少取值"),
        (vec![next("2021-01-01", "amount = \"3\"\nstatus = \"unknown\"")], 0, "不应有取值"),
        (vec![next("2021-01-01", "amount = \"许多\"\nstatus = \"in_force\"")], 0, "许多"),
        (vec![first.replace("\"53\"", "\"云南\"")], 0, "云南"),
        (vec![next("2021-01-01", "amount = 3\nstatus = \"in_force\"")], 0, "写的是整数 3，应为文字"),
        (vec![format!("{first}\nefective_until = 2021-01-01")], 0, "efective_until"),
        (vec![format!("{first}\nlast_checked_on = 2021-02-31")], 0, "28"),
    ];
    for (values, wrong, word) in cases {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let text = parameter("base_city", &values);
        let outcome = overlay("parameters/p.toml", &text).run("rules list --rules own").exits(2);
        assert!(
            outcome.stderr.contains("[E501]") && outcome.stderr.contains("parameters/p.toml"),
            "{outcome}"
        );
        assert!(outcome.stderr.contains(word), "no \"{word}\" in {outcome}");
        let heading = |(_, line): &(usize, &str)| *line == "[[value]]";
        let (at, _) = text.lines().enumerate().filter(heading).nth(*wrong).unwrap();
        let end = at + 1 + text.lines().skip(at + 1).take_while(|line| !line.is_empty()).count();
        let named = (at + 1..=end + 1).any(|line| outcome.stderr.contains(&format!("第 {line} 行")));
        assert!(named, "no line of {}..{} is named: {outcome}", at + 1, end + 1);
    }
    // Another place begins anew, an unknown span closes a gap, and the kind of a parameter is what its checks need.
    let fine = [first, "region = \"5304\"\neffective_from = 2009-01-01\nstatus = \"unknown\""];
    overlay("parameters/p.toml", &parameter("base_city", &fine)).run("rules list --rules own").exits(0);
    let number = parameter(
        "base_city",
        &["region = \"*\"\neffective_from = 2009-01-01\nnumber = 3\nstatus = \"in_force\""],
    );
    overlay("parameters/p.toml", &number).run("rules list --rules own").exits(2).complains("base_city");
    let word = parameter(
        "custody_stop_month",
        &["region = \"*\"\neffective_from = 2009-01-01\nword = \"later\"\nstatus = \"in_force\""],
    );
    overlay("parameters/p.toml", &word)
        .run("rules list --rules own")
        .exits(2)
        .complains("custody_stop_month")
        .complains("parameters/p.toml");
    // Of a wrong kind: told at the value, with the rule that reads it.
    let amount = parameter(
        "custody_stop_month",
        &["region = \"*\"\neffective_from = 2009-01-01\namount = \"10\"\nstatus = \"in_force\""],
    );
    overlay("parameters/p.toml", &amount)
        .run("rules list --rules own")
        .exits(2)
        .complains("parameters/p.toml 第 5 行")
        .complains("in_custody.toml")
        .complains("word（词）")
        .complains("amount（金额）");
}

#[test]
fn a_file_that_cannot_be_read_is_told_in_chinese_with_what_to_do() {
    let value = "[[value]]\nregion = \"*\"\neffective_from = 2020-01-01\nword = \"same\"\n";
    let month = |rest: &str| {
        let head = "id = \"custody_stop_month\"\noverrides = \"custody_stop_month\"\ntitle = \"…\"\n";
        format!("{head}{value}{rest}")
    };
    let whole = month("status = \"in_force\"\ndocument = \"…\"\n");
    let rule = overriding(&rule_files()["custody/in_custody.toml"]);
    let words = "[[dictionary]]\nid = \"w\"\ndoc = \"…\"\nclass = []\n";
    for (file, text, told) in [
        ("parameters/p.toml", month("status = \"in_force\"\n"), "第 4 行：缺少必填的键 document"),
        ("parameters/p.toml", month("status = \"inforce\"\n"), "第 8 行：不认识“inforce”，可用：in_force、"),
        ("parameters/p.toml", month("state = 1\n"), "第 8 行：没有名为 state 的键，可用：region、"),
        ("parameters/p.toml", month("status = in_force\n"), "文字须用英文双引号括起"),
        ("parameters/p.toml", whole.replace("01-01", "02-31"), "日应在 01 到 29 之间"),
        ("parameters/p.toml", whole.replace("= 2020-01-01", "= \"2020-01-01\""), "应为日期"),
        ("parameters/p.toml", String::new(), "文件是空的"),
        ("p.toml", "# 说明\n\n".to_string(), "文件是空的"),
        ("p.toml", whole.clone(), "应放在规则文件夹的 parameters/ 中"),
        ("p.toml", words.to_string(), "应放在规则文件夹的 dictionaries/ 中"),
        ("parameters/r.toml", rule.clone(), "这是规则文件"),
        ("dictionaries/r.toml", rule, "这是规则文件"),
    ] {
        let outcome = overlay(file, &text).run("rules list --rules own").exits(2);
        let outcome = outcome.complains("[E501]").complains(file).complains(told);
        for english in ["expected ", "invalid", "missing", "unknown "] {
            assert!(!outcome.stderr.contains(english), "{outcome}");
        }
    }
    overlay("parameters/p.toml", &whole).run("rules list --rules own").exits(0);
    Project::empty().run("rules list --rules nowhere").exits(2).complains("不存在");
}

/// Every text in a value of TOML.
fn texts_of(value: &toml::Value) -> Vec<&str> {
    match value {
        toml::Value::String(text) => vec![text],
        toml::Value::Array(values) => values.iter().flat_map(texts_of).collect(),
        toml::Value::Table(table) => table.values().flat_map(texts_of).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_parameter_that_a_check_reads_is_shown_with_its_value_and_document() {
    let rulebook = pension_audit::rulebook::load(None).unwrap();
    let files = rule_files();
    let mut read_by_any = BTreeSet::new();
    for rule in &rulebook.rules {
        let file: toml::Table = toml::from_str(&files[&rule.file]).unwrap();
        let named: BTreeSet<&str> =
            texts_of(&file["check"]).into_iter().filter(|id| rulebook.parameters.contains_key(*id)).collect();
        let known: BTreeSet<&str> = rule.parameters.iter().map(String::as_str).collect();
        assert_eq!(known, named, "{}", rule.id);
        read_by_any.extend(named.iter().map(|id| id.to_string()));
        let page = pension_audit::messages::rule_page(&rulebook, rule, pension_audit::messages::Lang::Zh);
        for id in named {
            let value = rulebook.parameters[id].values.last().unwrap();
            let at = page.iter().position(|line| line.trim().starts_with(&format!("{id}  "))).unwrap();
            let below = page[at + 1..].iter().take_while(|line| line.starts_with("    "));
            let last = below.last().unwrap();
            assert!(last.contains(&value.document) && last.contains(&value.from.to_string()), "{last}");
        }
    }
    assert!(read_by_any.contains("custody_stop_month") && read_by_any.len() >= 10, "{read_by_any:?}");
}

#[test]
fn a_parameter_is_shown_with_all_that_is_known_of_it() {
    let values = [
        "region = \"*\"\neffective_from = 1900-01-01\nword = \"next\"\nstatus = \"expected\"",
        "region = \"53\"\neffective_from = 2021-01-01\nword = \"same\"\nstatus = \"in_force\"\n\
         article = \"第三条\"\nlast_checked_on = 2024-05-06\nnote = \"某省口径\"",
    ];
    let project = overlay("parameters/p.toml", &parameter("custody_stop_month", &values));
    let page = project.run("rules show custody_stop_month --rules own").exits(0);
    let page = page.says("全国 1900-01-01 起：next，待确认").says("53 2021-01-01 起：same，已生效，… 第三条");
    let page = page.says("最近核对于 2024-05-06").says("未注明何时核对过").says("说明：某省口径");
    page.says("P-01").says("P-03");
    let english = project.run("rules show custody_stop_month --rules own --lang en").exits(0);
    english.says("53 from 2021-01-01: same, in force").says("last checked on 2024-05-06");
    // The page of a rule shows what the overlay says, in capitals or not.
    project.run("rules show p-01 --rules own").exits(0).says("53 2021-01-01 起：same，已生效，… 第三条");
    // Of several values the last of each region.
    let built_in = project.run("rules show A-01").exits(0).says("base_national");
    assert!(!built_in.stdout.contains("55.00 元"), "{built_in}");
    project.run("rules show base_national").exits(0).says("2009-09-01 起至 2014-07-01 前：55.00 元");
    project.run("rules show nothing").exits(2).complains("[E503]").complains("custody_stop_month");
}

#[test]
fn what_differs_in_an_example_is_told_in_the_words_of_the_field() {
    let project = overlay("parameters/p.toml", &word_everywhere("custody_stop_month", "same"));
    let outcome = project.run("rules test --rules own").exits(1);
    let outcome = outcome.says("    应追回（元，claimed）：应为 320.00，实为 480.00\n");
    let outcome =
        outcome.says("    应追回的所属期（months）：应为 2023-04 2023-05，实为 2023-03 2023-04 2023-05\n");
    let outcome = outcome.says("规则 P-01：示例 17 个，不符 5 个\n").says("规则 P-03：示例 ");
    for other in ["supports 3", "marked false", "subtype \"", "提示（marked）", "规则 D-01"] {
        assert!(!outcome.stdout.contains(other), "{other} in {outcome}");
    }
    let english = project.run("rules test --rules own --lang en").exits(1);
    english
        .says("    claimed (yuan): expected 320.00, found 480.00\n")
        .says("rule P-01: 17 examples, 5 failed\n");
}

#[test]
fn a_rule_without_any_example_is_named_and_does_not_fail() {
    let text = overriding(&rule_files()["custody/in_custody.toml"]);
    let bare = text.split("[[example]]").next().unwrap();
    let project = overlay("r.toml", bare);
    project.run("rules test --rules own").exits(0).says("没有示例：P-01\n").says("不符 0\n");
    project.run("rules test --rules own --lang en").exits(0).says("without any example: P-01\n");
    let built_in = project.run("rules test").exits(0);
    assert!(!built_in.stdout.contains("没有示例"), "{built_in}");
}

#[test]
fn a_word_of_a_parameter_that_no_check_knows_is_refused_where_it_stands() {
    for (id, right, wrong) in [
        ("return_scope_death", "basic", "none"),
        ("start_offset", "same", "later"),
        ("death_date_priority", "medical > village", "medical > hospital"),
        ("death_date_priority", "village", "village > medical > village"),
    ] {
        let value = |day: &str, word: &str| {
            format!("region = \"*\"\neffective_from = {day}\nword = \"{word}\"\nstatus = \"in_force\"")
        };
        let text = parameter(id, &[&value("1900-01-01", right), &value("2020-01-01", wrong)]);
        let line = text.lines().position(|line| line.contains(wrong)).unwrap() + 1;
        let outcome = overlay("parameters/p.toml", &text).run("rules list --rules own").exits(2);
        let outcome = outcome.complains("[E501]").complains("parameters/p.toml").complains(wrong);
        let near = (line.saturating_sub(3)..=line).any(|at| outcome.stderr.contains(&format!("第 {at} 行")));
        assert!(near, "line {line} is not named: {outcome}");
    }
}

/// A parameter that says one word for everywhere.
fn word_everywhere(id: &str, word: &str) -> String {
    parameter(
        id,
        &[&format!("region = \"*\"\neffective_from = 1900-01-01\nword = \"{word}\"\nstatus = \"in_force\"")],
    )
}

#[test]
fn a_province_that_claims_the_basic_part_only_changes_one_value() {
    let project = village();
    project.run("run . --formats csv --out before").exits(0);
    let basic = village().with("own/parameters/r.toml", word_everywhere("return_scope_death", "basic"));
    basic.run("run . --formats csv --rules own --out after").exits(0);
    let cases = |project: &Project, folder: &str| -> BTreeMap<String, BTreeMap<String, String>> {
        let rows = project.table(&format!("{folder}/ledger.csv")).into_iter();
        rows.map(|row| (row["case_id"].clone(), row.into_iter().collect())).collect()
    };
    let (before, after) = (cases(&project, "before"), cases(&basic, "after"));
    let mut deaths = 0;
    for (case, row) in &before {
        if row["case_type"] == "post_death" {
            deaths += 1;
            let own = &after[case];
            assert_eq!((&own["basic_fen"], &own["addition_fen"]), (&row["basic_fen"], &row["addition_fen"]));
            for column in ["account_own_fen", "account_subsidy_fen", "other_fen"] {
                assert_eq!(own[column], "0", "{own:?}");
            }
        } else {
            assert_eq!(after.get(case), Some(row));
        }
    }
    assert!(deaths > 0);
}

#[test]
fn a_scope_that_nobody_knows_makes_its_rules_idle_and_is_told() {
    let unknown = parameter(
        "return_scope_death",
        &["region = \"*\"\neffective_from = 1900-01-01\nstatus = \"unknown\""],
    );
    let project = village()
        .with("own/parameters/r.toml", unknown.replace("title", "kind = \"word\"\ntitle"))
        .with("audit.toml", format!("rules = \"own\"\n{AUDIT}"));
    project.run("run . --formats csv").exits(0);
    assert!(project.table("out/ledger.csv").iter().all(|row| row["case_type"] != "post_death"));
    let rules = ["D-01", "D-04"];
    assert!(project.table("out/leads.csv").iter().all(|row| !rules.contains(&row["rule"].as_str())));
    let coverage = project.table("out/coverage.csv");
    for row in coverage.iter().filter(|row| rules.contains(&row["rule"].as_str())) {
        assert!(row["reason"].contains("标准未配置") && row["persons_checked"] == "0", "{row:?}");
    }
    let unchecked = project.table("out/not_checkable.csv");
    assert!(unchecked.iter().any(|row| row["reason"].contains("return_scope_death")));
    let explained = project.run(&format!("explain . {DECEASED}"));
    assert!(explained.exits(0).stdout.contains("标准未配置"));
    // A list of components goes on working.
    let death = overriding(&rule_files()["death/post_death.toml"]);
    let listed = replaced(&death, "{ parameter = \"return_scope_death\" }", "[\"basic\"]");
    let project = village().with("own/d.toml", listed);
    project.run("run . --formats csv --rules own").exits(0);
    let ledger = project.table("out/ledger.csv");
    assert!(ledger.iter().any(|row| row["case_type"] == "post_death" && row["account_own_fen"] == "0"));
    let shown = project.run("rules show D-01").exits(0).stdout.clone();
    assert!(shown.contains("return_scope_death") && shown.contains("all：基础养老金"), "{shown}");
}

#[test]
fn what_the_likely_day_of_death_supports_stands_first() {
    let row = |day: &str, source: &str| format!("{DECEASED},李秀英,{day},死亡,{source}\n");
    let deaths = [row("2023-03-20", "公安"), row("2023-04-20", "卫健"), row("2023-06-20", "殡葬")].concat();
    let deaths = format!("公民身份号码,姓名,死亡日期,注销原因,数据来源\n{deaths}");
    for (order, expected) in [
        ("medical > police_death_date", vec![("2023-05", true), ("2023-04", false)]),
        ("police_death_date", vec![("2023-04", true)]),
        ("cremation_certificate > medical", vec![("2023-04", false)]),
    ] {
        let project = village()
            .with("死亡.csv", &deaths)
            .with("own/parameters/p.toml", word_everywhere("death_date_priority", order));
        project.run("run . --formats csv --rules own").exits(0);
        let leads = project.table("out/leads.csv");
        let own = leads.iter().filter(|row| row["rule"] == "D-01" && row["id_number"] == DECEASED);
        let found: Vec<(&str, bool)> =
            own.map(|row| (row["first_month"].as_str(), row["reason"].contains("也支持"))).collect();
        assert_eq!(found, expected, "{order}");
        let ledger = project.table("out/ledger.csv");
        assert!(ledger.iter().all(|row| row["id_number"] != DECEASED), "{order}: {ledger:?}");
    }
}

#[test]
fn an_overlay_moves_the_month_from_which_custody_bars_in_its_region_and_nothing_else() {
    let value = |region: &str, word: &str| {
        format!(
            "region = \"{region}\"\neffective_from = 1900-01-01\nword = \"{word}\"\nstatus = \"in_force\""
        )
    };
    let text = |region: &str| parameter("custody_stop_month", &[&value("*", "next"), &value(region, "same")]);
    let project =
        village().with("here/parameters/c.toml", text("5304")).with("there/parameters/c.toml", text("3301"));
    project.run("run . --formats csv --out before").exits(0);
    project.run("run . --formats csv --out here_out --rules here").exits(0);
    project.run("run . --formats csv --out there_out --rules there").exits(0);
    for (name, bytes) in project.files("before").into_iter().filter(|(name, _)| name != "receipt.json") {
        assert_eq!(bytes, project.bytes(&format!("there_out/{name}")), "{name}");
        let others = |folder: &str| {
            let mut rows = project.table(&format!("{folder}/{name}"));
            rows.retain(|row| row.get("id_number").is_none_or(|id| id != INMATE));
            // How much a rule found is no row of anybody's own.
            rows.iter_mut().filter(|_| name.starts_with("coverage")).for_each(|row| {
                row.remove("hits");
            });
            rows
        };
        assert_eq!(others("before"), others("here_out"), "{name}");
    }
    let months = |folder: &str| {
        let rows = project.table(&format!("{folder}/ledger.csv"));
        rows.into_iter().find(|row| row["id_number"] == INMATE).unwrap()["first_month"].clone()
    };
    assert_eq!((months("before"), months("here_out")), ("2023-05".to_string(), "2023-04".to_string()));
}

/// The village with layers that add up to 145.00 yuan a month.
fn village_with_standards() -> Project {
    let mut project = village();
    for (id, amount) in [
        ("base_national", "103.00"),
        ("base_province", "22.00"),
        ("base_city", "12.00"),
        ("base_county", "8.00"),
    ] {
        let value = format!(
            "region = \"*\"\neffective_from = 2009-01-01\namount = \"{amount}\"\nstatus = \"in_force\""
        );
        project = project.with(&format!("own/parameters/{id}.toml"), parameter(id, &[&value]));
    }
    project
}

#[test]
fn a_standard_that_is_not_configured_is_told_and_never_guessed() {
    let project = village();
    project.run("run . --formats csv").exits(0);
    let coverage = project.table("out/coverage.csv");
    let row = coverage.iter().find(|row| row["rule"] == "A-01").unwrap();
    assert!(row["reason"].contains("标准未配置") && row["persons_checked"] == "0", "{row:?}");
    let unchecked = project.table("out/not_checkable.csv");
    for id in ["base_province", "base_city", "base_county"] {
        assert_eq!(unchecked.iter().filter(|row| row["reason"].contains(id)).count(), 1, "{id}");
    }
    assert!(project.table("out/leads.csv").iter().all(|row| row["rule"] != "A-01"));
    assert!(project.table("out/unpaid.csv").iter().all(|row| row["rule"] != "A-01"));
}

#[test]
fn what_is_held_against_a_standard_does_not_depend_on_the_order_of_rows() {
    let project = village_with_standards();
    let told = |folder: &str| {
        project.run(&format!("run . --formats csv --rules own --out {folder}")).exits(0);
        let mut told = Vec::new();
        for name in ["leads", "marks", "unpaid", "ledger"] {
            for mut row in project.table(&format!("{folder}/{name}.csv")) {
                // Rows are named by their numbers, which change with the order.
                row.remove("evidence");
                told.push((name, row));
            }
        }
        told.sort();
        told
    };
    let before = told("before");
    let above: Vec<_> =
        before.iter().filter(|(_, row)| row.get("rule").is_some_and(|rule| rule == "A-01")).collect();
    assert!(
        above.iter().all(|(name, row)| *name == "leads" && row["potential_fen"].ends_with("00")),
        "{above:?}"
    );
    assert!(!above.is_empty());
    let covered = project.table("before/coverage.csv");
    assert!(
        covered.iter().find(|row| row["rule"] == "A-01").is_some_and(|row| row["persons_checked"] != "0")
    );
    let mut lines: Vec<&str> = PAYMENTS.lines().collect();
    lines[1..].reverse();
    project.write("发放/2023.csv", lines.join("\n") + "\n");
    assert_eq!(before, told("after"));
}

#[test]
fn the_documentation_of_rules_is_the_rulebook() {
    let rulebook = pension_audit::rulebook::load(None).unwrap();
    let document = pension_audit::messages::rules_document(&rulebook);
    crate::support::compare_with_document("docs/rules.md", None, &document);
}

#[test]
fn a_run_of_some_rules_as_of_another_day_says_so_in_its_receipt() {
    let project = village();
    project.run("run . --formats csv").exits(0);
    let whole = project.text("out/receipt.json");
    assert!(!whole.contains("\"only\"") && !whole.contains("as_of_given"));
    project.run("run . --formats csv --only D-01,P-01 --as-of 2024-01-31").exits(0);
    let receipt = project.text("out/receipt.json");
    assert!(receipt.contains("\"as_of_given\": true") && receipt.contains("\"P-01\""), "{receipt}");
    let ledger = project.table("out/ledger.csv");
    let types: BTreeSet<&str> = ledger.iter().map(|row| row["case_type"].as_str()).collect();
    assert!(!types.is_empty() && types.iter().all(|name| ["post_death", "in_custody"].contains(name)));
    project.run("verify out").exits(0);
    project.write("out/receipt.json", receipt.replace("2024-01-31", "2024-02-01"));
    project.run("verify out").exits(1);
    project.run("run . --only D-01,X-77").exits(2).complains("[E503]").complains("X-77");
    project.run("run . --as-of 2024-13-01").exits(2);
}

#[test]
fn a_closer_reading_claims_nothing_without_the_rule_that_it_refines() {
    let death = overriding(&rule_files()["death/post_death.toml"]);
    for change in ["\"trial\"", "\"retired\""] {
        let arrears = PAYMENTS;
        let project = village().with("own/d.toml", replaced(&death, "= \"active\"", &format!("= {change}")));
        let line = format!("{DECEASED},李秀英,202311,150.00,0.00,0.00,2023-12-15,补发,虚构乡,东村\n");
        project.write("发放/2023.csv", format!("{arrears}{line}"));
        project.run("run . --formats csv --rules own").exits(0);
        let ledger = project.table("out/ledger.csv");
        assert!(ledger.iter().all(|row| row["case_type"] != "post_death"), "{change}: {ledger:?}");
    }
}

#[test]
fn a_rule_over_a_bare_list_cannot_establish() {
    let listed = overriding(&rule_files()["funeral/dead_on_roster.toml"]);
    let text = replaced(&listed, "tier_cap   = \"lead\"", "tier_cap   = \"established\"");
    overlay("f.toml", &text).run("rules list --rules own").exits(2).complains("[E501]").complains("tier_cap");
}
