//! What each command prints and how it exits, as a user sees it: snapshots in tests/snapshots, and the contract
//! of exit codes as a table.

use crate::support::village::{self, AUDIT, CLAIMS, village, village_without};
use crate::support::{Outcome, Project, snapshot};

/// Runs commands on a project one after another and compares all that they print with one snapshot.
fn transcript(name: &str, project: &Project, commands: &[&str]) {
    let outcomes: Vec<String> = commands.iter().map(|command| project.run(command).to_string()).collect();
    snapshot(name, &outcomes.join("\n"));
}

#[test]
fn run() {
    let project = village().with("claims.toml", CLAIMS);
    transcript("run", &project, &["run .", "run . --lang en", "run . --formats csv --quiet", "run . --json"]);
}

#[test]
fn run_says_what_was_not_checked() {
    transcript("run_unchecked", &village_without("deaths"), &["run .", "run . --lang en"]);
}

#[test]
fn the_ledger() {
    let project = village();
    project.run("run . --formats csv").exits(0);
    let tables: Vec<String> =
        ["ledger", "findings", "leads", "rejects", "coverage", "not_checkable", "quality"]
            .iter()
            .map(|name| {
                format!(
                    "{name}.csv\n{}",
                    project.text(&format!("out/{name}.csv")).trim_start_matches('\u{feff}')
                )
            })
            .collect();
    snapshot("tables", &tables.join("\n"));
}

#[test]
fn check() {
    let project = village();
    transcript("check", &project, &["check .", "check . --lang en", "check . --json"]);
    assert!(!project.path("out").exists(), "check writes nothing");
}

#[test]
fn explain_a_case() {
    let deceased = format!("explain . {}", village::DECEASED);
    let commands = [&deceased, &format!("{deceased} --lang en"), &format!("{deceased} --json")];
    transcript("explain_case", &village(), &commands.map(String::as_str));
}

#[test]
fn explain_the_others() {
    let people = [
        village::INMATE,
        village::PENSIONER,
        village::TWICE,
        village::OTHER_NAME,
        village::GRANTEE,
        village::CLEAN,
        village::DAMAGED,
    ];
    let commands = people.map(|id| format!("explain . {id}"));
    transcript("explain_others", &village(), &commands.each_ref().map(String::as_str));
}

#[test]
fn explain_takes_any_writing_and_a_case_number() {
    let project = village();
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    let case = ledger.iter().find(|row| row["id_number"] == village::INMATE).unwrap();
    let wanted = project.run(&format!("explain . {}", village::INMATE)).exits(0).stdout;
    for writing in ["53049919510704002x", "530499510704002", case["case_id"].as_str()] {
        assert_eq!(project.run(&format!("explain . {writing}")).exits(0).stdout, wanted, "{writing}");
    }
}

#[test]
fn rules() {
    let project = Project::empty();
    let commands =
        ["rules list", "rules list --lang en", "rules show M-01", "rules show F-01 --lang en", "rules test"];
    transcript("rules", &project, &commands);
}

#[test]
fn claims() {
    let project = village().with("claims.toml", CLAIMS);
    transcript("claims", &project, &["claims .", "claims . --lang en", "claims . --json"]);
    let wrong = project.replacing("claims.toml", "\"1\"", "\"2\"");
    transcript("claims_wrong", &wrong, &["claims .", "claims . --lang en", "run . --formats csv"]);
}

#[test]
fn a_claim_rounds_half_up_at_its_own_decimals() {
    // 2,073.49 yuan in all.
    for (value, unit, reproduced) in [
        ("2073.49", "元", true),
        ("2073.48", "元", false),
        ("2073", "元", true),
        ("2073.5", "元", true),
        ("2073.4", "元", false),
        ("0.2", "万元", true),
        ("0.20", "万元", false),
        ("0.21", "万元", true),
        ("0.2073", "万元", true),
        ("0.207349", "万元", true),
    ] {
        let claim = format!(
            "source = \"…\"\n[[claim]]\ntext = \"…\"\nvalue = \"{value}\"\nunit = \"{unit}\"\ncount = \"due\"\n"
        );
        let outcome = village().with("claims.toml", claim).run("claims .");
        assert_eq!(outcome.exit, i32::from(!reproduced), "{value} {unit}: {outcome}");
    }
}

#[test]
fn claims_and_explain_never_read_the_result() {
    let project = village().with("claims.toml", CLAIMS);
    let commands = ["claims .".to_string(), format!("explain . {}", village::DECEASED)];
    let before = commands.each_ref().map(|command| project.run(command));
    project.run("run .").exits(0);
    project.write("out/ledger.csv", "edited");
    assert_eq!(commands.each_ref().map(|command| project.run(command)), before);
}

#[test]
fn verify() {
    let project = village();
    project.run("run .").exits(0);
    transcript("verify", &project, &["verify out", "verify out --lang en", "verify out --json"]);
    project.write("out/ledger.csv", "edited");
    project.write("死亡.csv", village::PARTICIPANTS);
    transcript("verify_differs", &project, &["verify out", "verify out --lang en", "verify out --json"]);
}

#[test]
fn verify_takes_a_result_that_stands_elsewhere() {
    let project = village();
    project.run("run . --out far/away").exits(0);
    project.run("verify far/away").exits(4).complains("[E707]").complains("--project");
    project.run("verify far/away --project .").exits(0);
}

#[test]
fn only_takes_codes_as_people_write_them() {
    let project = village();
    let only = |codes: &str| {
        let mut command = project.command("check . --json --only");
        command.arg(codes);
        Outcome::of(codes, command)
    };
    let wanted = only("D-01,P-01").exits(0).stdout;
    for codes in ["d-01,p-01", " D-01 , P-01 ", "D-01，P-01", "D-01、p-01、", "Ｄ-01；P-01"] {
        assert_eq!(only(codes).exits(0).stdout, wanted, "{codes}");
    }
    project.run("run . --formats csv --only d-01 --only p-01").exits(0);
    let receipt: serde_json::Value = serde_json::from_str(&project.text("out/receipt.json")).unwrap();
    assert_eq!(receipt["only"], serde_json::json!(["D-01", "P-01"]));
    for codes in ["", " ", "，"] {
        only(codes).exits(2).complains("没有写规则编号").complains("--only 编号,编号");
    }
    only("Z-99").exits(2).complains("[E503]").complains("Z-99");
}

#[test]
fn rules_of_the_command_line_take_the_place_of_those_of_the_project() {
    let project = village().replacing("audit.toml", "region =", "rules = \"own\"\nregion =");
    let rule = crate::rules::overriding(&crate::rules::rule_files()["death/post_death.toml"]);
    let project = project.with("own/d.toml", &rule).with("other/d.toml", &rule);
    for command in ["run .", "check ."] {
        let outcome = project.run(&format!("{command} --rules other")).complains("--rules other");
        assert!(outcome.stderr.contains("audit.toml") && outcome.stderr.contains("own"), "{outcome}");
    }
    project.run("run . --rules own").exits(0).silent();
    project.run("run .").exits(0).silent();
    project.run("run . -q --rules other").exits(0).silent();
    project.run("run . --rules other --lang en").exits(0).complains("takes the place of");
}

#[test]
fn verify_asks_for_the_overlay_of_the_run() {
    let words = "[[group]]\ntitle = \"…\"\nsource = \"…\"\nfrom = 2020-01-01\ncharacters = [\"甲乙\"]\n";
    let project = village().with("own/name_variants.toml", words);
    project.run("run . --rules own").exits(0);
    project.run("verify out").exits(1).says("请用 --rules").says("project/name_variants.toml");
    project.run("--lang en verify out").exits(1).says("with --rules");
    project.run("verify out --rules own").exits(0);
    // A file of the named folder that was changed is told as such.
    project.write("own/name_variants.toml", words.replace("甲乙", "甲丙"));
    let changed = project.run("verify out --rules own").exits(1).says("project/name_variants.toml");
    assert!(!changed.stdout.contains("--rules"), "{changed}");
}

#[test]
fn help() {
    let commands = [
        "--help",
        "run --help",
        "check --help",
        "explain --help",
        "rules --help",
        "rules show --help",
        "claims --help",
        "generate --help",
        "verify --help",
    ];
    transcript("help_zh", &Project::empty(), &commands);
    let english: Vec<String> = commands.iter().map(|command| format!("{command} --lang en")).collect();
    transcript("help_en", &Project::empty(), &english.iter().map(String::as_str).collect::<Vec<_>>());
    Project::empty().run("--version").exits(0).says(env!("CARGO_PKG_VERSION"));
}

#[test]
fn usage_errors() {
    let commands = [
        "",
        "audit .",
        "run",
        "run . --thread 2",
        "run . --threads 0",
        "run . --formats pdf",
        "run . --fail-on cases",
        "run . --fail-on cases=1.5",
        "run . --lang de",
        "rules",
        "generate x",
    ];
    transcript("usage_zh", &village(), &commands);
    let english: Vec<String> = commands.iter().map(|command| format!("--lang en {command}")).collect();
    transcript("usage_en", &village(), &english.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn generate() {
    let commands = [
        "generate a --scenario district --persons 100 --months 6 --seed 3",
        "generate b --scenario district --persons 100 --months 6 --seed 3 --lang en",
    ];
    transcript("generate", &Project::empty(), &commands);
}

#[test]
fn exit_codes_are_as_promised() {
    let project = village().with("claims.toml", CLAIMS).with("empty.csv", "");
    let refused = format!(
        "{}[[input]]\ntable = \"payments\"\npath = \"empty.csv\"\n",
        AUDIT.split("[[input]]").next().unwrap()
    );
    project.write("refused/audit.toml", refused);
    project.write("refused/empty.csv", "");
    for (code, arguments) in [
        (0, "run ."),
        (0, "check ."),
        (0, "claims ."),
        (0, "rules list"),
        (0, "rules test"),
        (0, "verify out"),
        (0, "--help"),
        (0, "--version"),
        // Rejected rows alone leave 0; the village has one.
        (0, "run . --fail-on rejects=2"),
        (1, "run . --fail-on rejects=1"),
        (1, "run . --fail-on cases=1"),
        (1, "run . --fail-on cases=5"),
        (0, "run . --fail-on cases=6"),
        (1, "run . --fail-on leads=1"),
        (1, "run . --fail-on cases=99,not_checkable=1"),
        (1, "run . --fail-on cases=99 --fail-on not_checkable=1"),
        (2, ""),
        (2, "nonsense"),
        (2, "run nowhere"),
        (2, "rules show Z-99"),
        (2, "rules list --rules nowhere"),
        (2, "explain . 110105194912310029"),
        (2, "verify ."),
        (3, "run refused"),
        (3, "check refused"),
        (4, "run . --out audit.toml/out"),
    ] {
        let outcome = project.run(arguments);
        assert_eq!(outcome.exit, code, "{outcome}");
        // Results go to stdout, diagnostics to stderr.
        assert!(code < 2 || outcome.stdout.is_empty(), "{outcome}");
        assert!(code < 2 || !outcome.stderr.is_empty(), "{outcome}");
    }
}

#[test]
fn a_limit_that_is_reached_is_told_and_the_result_is_written() {
    let project = village();
    transcript(
        "fail_on",
        &project,
        &["run . -q --fail-on cases=1", "run . --json --fail-on cases=1 --lang en"],
    );
    project.run("verify out").exits(0);
}

#[test]
fn a_pipe_gets_nothing_on_stderr() {
    let project = village().with("claims.toml", CLAIMS);
    for arguments in ["run .", "check .", "claims .", "rules test", "verify out", "run . --json", "run . -q"]
    {
        project.run(arguments).exits(0).silent();
    }
}

#[test]
fn formats_are_written_as_asked() {
    let project = village();
    let endings = |formats: &str| {
        project.run(&format!("run . --out {formats} --formats {formats}")).exits(0);
        let names = project.files(formats).into_keys().filter(|name| name != "receipt.json");
        names
            .map(|name| name.rsplit('.').next().unwrap().to_string())
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(endings("csv").into_iter().collect::<Vec<_>>(), ["csv"]);
    assert_eq!(endings("parquet").into_iter().collect::<Vec<_>>(), ["parquet"]);
    assert_eq!(endings("csv,parquet").into_iter().collect::<Vec<_>>(), ["csv", "parquet"]);
    // Each csv has its twin.
    let names = project.files("csv,parquet");
    let tables: Vec<&str> = names.keys().filter_map(|name| name.strip_suffix(".csv")).collect();
    assert!(
        tables.len() >= 7 && tables.iter().all(|name| names.contains_key(&format!("{name}.parquet"))),
        "{tables:?}"
    );
}
