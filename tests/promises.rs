//! The promises of the design, each broken on purpose or watched from outside.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use calamine::Reader;

use crate::support::village::{self, AUDIT, PAYMENTS, village, village_without};
use crate::support::{Outcome, Project, Row, assert_same_files, column, long_numbers};

fn sample() -> Project {
    Project::copy_of("sample_data/hongta-2023")
}

// -------------------------------------------------------------------------------------- the same bytes, always

#[test]
fn threads_locale_and_language_of_the_terminal_change_no_byte() {
    let project = sample();
    project.run("run . --out one --threads 1").exits(0);
    let first = project.files("one");
    assert!(first.len() >= 15, "{:?}", first.keys());
    for (arguments, locale) in
        [("--threads 2", "C"), ("--threads 7 --lang en", "en_US.UTF-8"), ("-q", "zh_CN.GB18030")]
    {
        let arguments = format!("run . --out other {arguments}");
        let mut command = project.command(&arguments);
        command
            .env("LANG", locale)
            .env("LC_ALL", locale)
            .env("TZ", "Pacific/Kiritimati")
            .env("COLUMNS", "20");
        Outcome::of(&arguments, command).exits(0);
        assert_same_files(&first, &project.files("other"));
    }
}

#[test]
fn the_order_of_the_inputs_in_audit_toml_changes_nothing() {
    let project = sample();
    project.run("run . --out first").exits(0);
    let text = project.text("audit.toml");
    let (head, tail) = text.split_at(text.find("[[input]]").unwrap());
    let tail = tail.split("\n# ").next().unwrap();
    let mut blocks: Vec<&str> = tail.split("[[input]]").filter(|block| !block.trim().is_empty()).collect();
    assert_eq!(blocks.len(), 10);
    blocks.reverse();
    project.write("audit.toml", format!("{head}[[input]]{}\n", blocks.join("\n[[input]]")));
    project.run("run . --out second").exits(0);
    assert_same_files(&project.files("first"), &project.files("second"));
}

#[test]
fn no_clock_is_read() {
    let project = village();
    project.run("run . --out first").exits(0);
    std::thread::sleep(Duration::from_millis(2100));
    project.run("run . --out second").exits(0);
    assert_same_files(&project.files("first"), &project.files("second"));
}

#[test]
fn a_result_holds_no_absolute_path() {
    let project = village();
    project.run("run . --threads 2").exits(0);
    let root = project.path(".").canonicalize().unwrap();
    for (name, bytes) in project.files("out") {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(root.to_str().unwrap()), "{name} names the folder of the project");
    }
    // The same audit elsewhere, and asked for from another folder, has the same receipt.
    let receipt = project.bytes("out/receipt.json");
    let parent = Project::empty();
    for (name, bytes) in project.files(".").into_iter().filter(|(name, _)| !name.starts_with("out")) {
        parent.write(&format!("elsewhere/{name}"), bytes);
    }
    parent.run("run elsewhere").exits(0);
    assert_eq!(parent.bytes("elsewhere/out/receipt.json"), receipt);
    parent.run("verify elsewhere/out").exits(0);
}

#[test]
fn the_language_of_the_files_is_the_projects() {
    let project = village();
    project.run("run . --out chinese --formats csv").exits(0);
    let english = village().with("audit.toml", format!("lang = \"en\"\n{AUDIT}"));
    english.run("run . --out english --formats csv").exits(0);
    let reasons = |rows: Vec<Row>| column(&rows, "reason").join(" ");
    assert!(reasons(project.table("chinese/leads.csv")).contains("姓名不一致"));
    assert!(reasons(english.table("english/leads.csv")).contains("names do not agree"));
    // Headings and codes never change.
    let heading = |text: String| text.lines().next().unwrap().to_string();
    for name in ["ledger", "findings", "leads", "rejects", "coverage", "not_checkable"] {
        let (zh, en) =
            (project.text(&format!("chinese/{name}.csv")), english.text(&format!("english/{name}.csv")));
        assert_eq!(heading(zh), heading(en));
    }
    assert_eq!(project.table("chinese/ledger.csv"), english.table("english/ledger.csv"));
}

#[test]
fn the_columns_that_scripts_rely_on_stand_first_and_in_order() {
    let project = village();
    project.run("run . --formats csv").exits(0);
    let contract = [
        (
            "ledger",
            "case_id,id_number,name,person_no,region,township,village,case_type,subtype,status,primary_rule,rules,\
             marks,event_date,event_source,document_no,stop_month,first_month,last_month,months,still_paid,basic_fen,\
             addition_fen,account_own_fen,account_subsidy_fen,other_fen,funeral_fen,due_fen,recovered_fen,setoff_fen,\
             outstanding_fen,debtor_name,debtor_relation,evidence",
        ),
        ("findings", "case_id,id_number,benefit_month,line,rules,scope,claimed_fen,evidence"),
        ("leads", "case_type,rule,id_number,name,first_month,last_month,potential_fen,reason,evidence"),
        ("rejects", "file,sheet,row,column,value,code,reason,remedy"),
        ("coverage", "registry,rule,rows,usable,persons_checked,not_checkable,reason,newest_date"),
    ];
    for (name, columns) in contract {
        let text = project.text(&format!("out/{name}.csv"));
        assert!(
            text.starts_with(&format!("\u{feff}{columns}")),
            "{name}.csv begins {}",
            text.lines().next().unwrap()
        );
    }
}

#[test]
fn sums_of_the_ledger_hold() {
    let project = sample();
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    let fen = |row: &Row, name: &str| row[name].parse::<i128>().unwrap();
    let mut claimed: BTreeMap<String, i128> = BTreeMap::new();
    for row in project.table("out/findings.csv") {
        *claimed.entry(row["case_id"].clone()).or_default() += fen(&row, "claimed_fen");
    }
    let parts = ["basic_fen", "addition_fen", "account_own_fen", "account_subsidy_fen", "other_fen"];
    for row in &ledger {
        let lines: i128 = parts.iter().map(|part| fen(row, part)).sum();
        assert_eq!(lines, claimed.remove(&row["case_id"]).unwrap_or(0), "{row:?}");
        assert_eq!(fen(row, "due_fen"), lines + fen(row, "funeral_fen"));
        let back = fen(row, "recovered_fen") + fen(row, "setoff_fen");
        assert_eq!(fen(row, "outstanding_fen"), fen(row, "due_fen") - back);
        assert_eq!(row["status"], "待核实");
    }
    assert!(claimed.is_empty(), "lines of no case: {claimed:?}");
    assert!(column(&ledger, "case_id").is_sorted());
}

// ------------------------------------------------------------------------------------------------------ verify

/// Changes the byte in the middle of a file, runs `verify`, and puts the file back.
fn flipped(project: &Project, name: &str) -> Outcome {
    let bytes = project.bytes(name);
    let mut changed = bytes.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    project.write(name, changed);
    let outcome = project.run("verify out");
    project.write(name, bytes);
    outcome
}

#[test]
fn one_flipped_byte_of_any_output_is_named() {
    let project = sample();
    project.run("run .").exits(0);
    let outputs = project.files("out");
    assert!(outputs.len() >= 15);
    for name in outputs.keys().filter(|name| *name != "receipt.json") {
        flipped(&project, &format!("out/{name}")).exits(1).says(&format!("输出与凭据不符：{name}")).silent();
    }
    project.run("verify out").exits(0).says("核对一致");
}

#[test]
fn one_flipped_byte_of_any_input_is_named() {
    let project = sample();
    project.run("run .").exits(0);
    let mut kinds = std::collections::BTreeSet::new();
    let is_input = |name: &&String| {
        name.contains('/') && !name.starts_with("out/") && !name.starts_with(".pension-audit/")
    };
    for name in project.files(".").keys().filter(is_input) {
        flipped(&project, name).exits(1).says(&format!("输入与凭据不符：{name}"));
        kinds.insert(name.rsplit('.').next().unwrap().to_string());
    }
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["csv", "gz", "parquet", "xlsx"]);
    project.run("verify out --lang en").exits(0).says("verified");
}

#[test]
fn a_changed_project_file_rule_or_receipt_is_named() {
    let rule =
        std::fs::read_to_string(crate::support::repository("rules/dual/repeated_payment.toml")).unwrap();
    let own = rule.replacen("status", "overrides  = \"M-05\"\nstatus", 1);
    let project =
        village().with("own/repeated.toml", &own).with("audit.toml", format!("rules = \"own\"\n{AUDIT}"));
    project.run("run .").exits(0);
    project.run("verify out").exits(0);
    project.write("own/repeated.toml", format!("{own}# A remark.\n"));
    project.run("verify out").exits(1).says("规则与凭据不符：project/repeated.toml");
    project.write("own/repeated.toml", &own);
    let audit = project.text("audit.toml");
    project.write("audit.toml", format!("{audit}# A remark.\n"));
    project.run("verify out").exits(0);
    project.write("audit.toml", audit.replace("2024-08-31", "2024-08-30"));
    project.run("verify out").exits(1).says("项目文件与凭据不符：audit.toml");
    project.write("audit.toml", &audit);
    let receipt = project.text("out/receipt.json");
    project.write("out/receipt.json", receipt.replace("虚构村", "虚构镇"));
    project.run("verify out").exits(1).says("凭据本身被改动过：receipt.json");
    project.write("out/receipt.json", receipt);
    project.run("verify out").exits(0);
}

#[test]
fn no_flipped_byte_of_a_receipt_passes() {
    let project = village();
    project.run("run . --formats csv").exits(0);
    let receipt = project.bytes("out/receipt.json");
    for at in (0..receipt.len()).step_by(61) {
        let mut changed = receipt.clone();
        changed[at] ^= 1;
        project.write("out/receipt.json", changed);
        let outcome = project.run("verify out");
        let names_it = format!("{outcome}").contains("receipt.json");
        assert!([1, 2].contains(&outcome.exit) && names_it, "byte {at}: {outcome}");
    }
}

#[test]
fn missing_and_new_files_are_named() {
    let project = village();
    project.run("run .").exits(0);
    project.write("out/备注.txt", "…");
    project.write("发放/2022.csv", PAYMENTS.replace("2023", "2022"));
    std::fs::remove_file(project.path("out/leads.csv")).unwrap();
    std::fs::remove_file(project.path("死亡.csv")).unwrap();
    let outcome = project.run("verify out").exits(1);
    for line in ["输出缺失：leads.csv", "输出不在凭据中：备注.txt", "输入缺失：死亡.csv"]
    {
        assert!(outcome.stdout.contains(line), "{line}\n{outcome}");
    }
    project.write("死亡.csv", village::DEATHS);
    project.run("verify out --json").exits(1).says("输入不在凭据中：发放/2022.csv");
}

// ----------------------------------------------------------------------------------------- the result folder

#[test]
fn a_folder_that_is_not_ours_is_refused_and_untouched() {
    let foreign = [
        vec![("何物.txt", "not ours")],
        vec![("receipt.json", "{\"program\": \"another\"}")],
        vec![("receipt.json", "no json"), ("ledger.csv", "")],
    ];
    for files in foreign {
        let project = village();
        for (name, text) in &files {
            project.write(&format!("theirs/{name}"), text);
        }
        let before = project.files(".");
        project.run("run . --out theirs").exits(2).complains("[E703]");
        assert_same_files(&before, &project.files("."));
    }
    // A file of that name is no folder; an empty folder is anybody's.
    let project = village().with("theirs", "a file");
    project.run("run . --out theirs").exits(2).complains("[E703]");
    assert_eq!(project.text("theirs"), "a file");
    std::fs::create_dir(project.path("empty")).unwrap();
    project.run("run . --out empty").exits(0);
}

#[test]
fn an_edited_result_is_kept_and_an_unedited_one_replaced() {
    let project = village();
    project.run("run .").exits(0);
    let original = project.files("out");
    project.run("run .").exits(0).silent();
    assert!(!project.path("out.previous-1").exists(), "nothing was edited");
    project.write("out/ledger.csv", "checked by hand");
    project.run("run .").exits(0).complains("out.previous-1");
    assert_eq!(project.text("out.previous-1/ledger.csv"), "checked by hand");
    assert_same_files(&original, &project.files("out"));
    project.write("out/备注.txt", "a file beside ours");
    project.run("run . --quiet").exits(0).silent();
    assert_eq!(project.text("out.previous-2/备注.txt"), "a file beside ours");
    let receipt = project.text("out/receipt.json");
    project.write("out/receipt.json", receipt.replace("虚构村", "虚构镇"));
    project.run("run .").exits(0);
    assert!(project.text("out.previous-3/receipt.json").contains("虚构镇"));
    assert_same_files(&original, &project.files("out"));
    assert_eq!(project.text("out.previous-1/ledger.csv"), "checked by hand");
}

#[test]
fn a_run_that_fails_leaves_the_last_result_whole() {
    let project = village();
    project.run("run .").exits(0);
    let before = project.files("out");
    project.write("死亡.csv", "");
    project.run("run .").exits(3).complains("[E102]");
    assert_same_files(&before, &project.files("out"));
    project.write("死亡.csv", village::DEATHS);
    project.run("run . --out audit.toml/out").exits(4).complains("[E701]");
    assert_eq!(project.text("audit.toml"), AUDIT);
    // Nothing half-made is left behind.
    let leftovers: Vec<String> =
        project.files(".").into_keys().filter(|name| name.contains("partial")).collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

/// A shell that sets a limit before the program runs.
fn limited(project: &Project, limit: &str) -> std::process::ExitStatus {
    let program = assert_cmd::cargo::cargo_bin!("pension-audit");
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{limit}; exec \"$0\" run ."), program.to_str().unwrap()]);
    shell.current_dir(project.path(".")).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
}

#[test]
fn a_run_killed_while_it_writes_leaves_the_last_result_whole() {
    let project = village();
    project.run("run .").exits(0);
    let before = project.files("out");
    // Another result would be written: the killed run must not have begun to put it in place.
    project.write("死亡.csv", village::DEATHS.replace("2023-04-10", "2023-05-10"));
    let status = limited(&project, "ulimit -f 1");
    assert!(!status.success(), "a limit of one block must stop the writing of the ledger");
    assert_same_files(&before, &project.files("out"));
    project.run("run .").exits(0);
    assert_ne!(before["ledger.csv"], project.bytes("out/ledger.csv"));
    // The next run removes what the killed one left behind: it holds full ID numbers.
    let remains: Vec<String> =
        project.files(".").into_keys().filter(|name| name.contains("partial")).collect();
    assert!(remains.is_empty(), "{remains:?}");
}

#[test]
fn a_run_killed_at_any_time_leaves_a_result_that_verifies() {
    let project = sample();
    project.run("run .").exits(0);
    for milliseconds in [20, 300, 600, 800, 900, 1000, 1100] {
        let mut run = Command::new(assert_cmd::cargo::cargo_bin!("pension-audit"));
        run.args(["run", "."]).current_dir(project.path(".")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = run.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        child.wait().unwrap();
        project.run("verify out").exits(0);
    }
}

// ---------------------------------------------------------------------------------------- unknown is not clean

#[test]
fn a_registry_that_is_not_given_is_said_to_be_unchecked() {
    let registries =
        ["participants", "deaths", "custody", "other_pensions", "funeral_grants", "other_death_benefits"];
    let complete = village();
    complete.run("run . --formats csv").exits(0);
    // Whatever was not checked says why.
    let unchecked = complete.table("out/coverage.csv");
    let mut unchecked = unchecked.iter().filter(|row| row["persons_checked"] == "0");
    assert!(unchecked.all(|row| !row["reason"].is_empty()));
    for registry in registries {
        let project = village_without(registry);
        project.run("run . --formats csv").exits(0).silent().says("未核查").says(&format!("（{registry}）"));
        let coverage = project.table("out/coverage.csv");
        let rows: Vec<&Row> = coverage.iter().filter(|row| row["registry"] == registry).collect();
        assert!(!rows.is_empty(), "{registry}");
        for row in rows {
            assert_eq!(row["persons_checked"], "0", "{row:?}");
            // Without the grants nobody knows how many deceased there would have been.
            assert!(row["not_checkable"] != "0" || registry == "funeral_grants", "{row:?}");
            assert!(row["reason"].contains("未提供"), "{row:?}");
        }
        let unchecked = project.table("out/not_checkable.csv");
        assert!(unchecked.iter().any(|row| row["registry"] == registry && row["reason"].contains("未提供")));
        let person = project.run(&format!("explain . {}", village::CLEAN)).exits(0);
        let is_about_deceased = registry.contains("funeral") || registry.contains("benefits");
        assert!(is_about_deceased || person.stdout.contains("无法核查"), "{registry}\n{person}");
    }
}

#[test]
fn a_damaged_id_is_listed_and_never_clean() {
    let project = village();
    project.run("run . --formats csv").exits(0).says("not_checkable.csv");
    let rows = project.table("out/not_checkable.csv");
    let damaged: Vec<&Row> = rows.iter().filter(|row| row["id_number"] == village::DAMAGED).collect();
    assert_eq!(damaged.len(), 1, "{rows:?}");
    assert!(damaged[0]["reason"].contains("校验位"), "{damaged:?}");
    project.run(&format!("explain . {}", village::DAMAGED)).exits(0).says("不等于没有问题");
}

// ------------------------------------------------------------------------------------------------ every row, fen

const REJECTED: &str = "\
身份证号,姓名,待遇所属期,基础养老金,个人账户养老金,合计
530499195404220078,赵国栋,202304,150.00,7.01,157.01
530499195404220078,赵国栋,,150.00,7.02,157.02
530499195404220078,赵国栋,202313,150.00,7.03,157.03
530499195404220078,赵国栋,202305,,,
530499195404220078,赵国栋,202305,一百五十,7.05,
530499195404220078,赵国栋,202305,150.005,,
530499195404220078,赵国栋,202305,1000000000,,
530499195404220078,赵国栋,202306,,,157.08
,,,,,
";

#[test]
fn rows_and_fen_in_are_kept_or_rejected() {
    let project = village().with("发放/2023.csv", REJECTED);
    project.run("run . --formats csv").exits(0).says("拒收 6 行");
    let rejects = project.table("out/rejects.csv");
    assert_eq!(column(&rejects, "code"), ["E301", "E302", "E303", "E304", "E305", "E306"]);
    assert_eq!(column(&rejects, "row"), ["3", "4", "5", "6", "7", "8"]);
    assert!(rejects.iter().all(|row| !row["reason"].is_empty() && !row["remedy"].is_empty()));
    assert!(rejects.iter().all(|row| row["file"] == "发放/2023.csv"));
    let mut totals: BTreeMap<(String, String), (i128, i128)> = BTreeMap::new();
    for row in project.table("out/quality.csv").iter().filter(|row| row["code"].starts_with("rows_")) {
        let count = (row["count"].parse().unwrap(), row["fen"].parse().unwrap());
        totals.insert((row["file"].clone(), row["code"].clone()), count);
    }
    let files: Vec<String> = totals.keys().map(|(file, _)| file.clone()).collect();
    for file in &files {
        let of = |code: &str| totals[&(file.clone(), code.to_string())];
        let (all, kept, rejected) = (of("rows_in"), of("rows_kept"), of("rows_rejected"));
        assert_eq!(all, (kept.0 + rejected.0, kept.1 + rejected.1), "{file}");
    }
    let of = |code: &str| totals[&("发放/2023.csv".to_string(), code.to_string())];
    assert_eq!(of("rows_in"), (8, 15_701 + 15_702 + 15_703 + 15_708), "the blank row is none");
    assert_eq!(of("rows_kept"), (2, 15_701 + 15_708));
    assert_eq!(of("rows_rejected"), (6, 15_702 + 15_703));
}

#[test]
fn a_file_imported_twice_is_refused() {
    let project = village().with("发放/2023-copy.csv", PAYMENTS);
    let outcome = project.run("run .").exits(3).complains("[E107]");
    assert!(
        outcome.stderr.contains("发放/2023-copy.csv") && outcome.stderr.contains("发放/2023.csv"),
        "{outcome}"
    );
    assert!(!project.path("out").exists());
    // The same file under two patterns is imported twice, too.
    let twice = village()
        .with("audit.toml", format!("{AUDIT}\n[[input]]\ntable = \"payments\"\npath = \"发放/2023.csv\"\n"));
    twice.run("run .").exits(3).complains("[E107]");
}

// ------------------------------------------------------------------------------------------------------- masks

#[test]
fn no_full_number_reaches_the_screen() {
    let shifted = format!(
        "{PAYMENTS}赵国栋,530499195404220078,202305,530499195404220078,150.00,,,530499195404220078,,\n"
    );
    let project = village().with("发放/2023.csv", shifted);
    let mut asked =
        vec!["run .".to_string(), "run . --json".into(), "check .".into(), "check . --json".into()];
    for id in [village::DECEASED, village::INMATE, village::GRANTEE, village::DAMAGED, "530499990101001"] {
        asked.push(format!("explain . {id}"));
        asked.push(format!("explain . {id} --json"));
    }
    for arguments in asked {
        for lang in ["zh", "en"] {
            let outcome = project.run(&format!("{arguments} --lang {lang}"));
            assert!(!outcome.stdout.is_empty() || outcome.exit == 2, "{outcome}");
            let shown = format!("{}{}", outcome.stdout, outcome.stderr);
            assert!(long_numbers(&shown).is_empty(), "{:?} in\n{shown}", long_numbers(&shown));
            assert!(!shown.contains("53049919510704002"), "{shown}");
        }
    }
    project
        .run(&format!("explain . {}", village::GRANTEE))
        .says("530499********0065")
        .says("payee_id=530499********0090");
    // Who asks for full numbers gets them; the ledger always holds them.
    project
        .run(&format!("explain . {} --unmask", village::GRANTEE))
        .says(village::GRANTEE)
        .says("530499196001170090");
    project.run("run . --formats csv").exits(0);
    assert!(column(&project.table("out/ledger.csv"), "id_number").contains(&village::DECEASED));
}

#[test]
fn an_error_message_masks_the_rows_that_it_quotes() {
    let without_heading: String = PAYMENTS.lines().skip(1).map(|line| format!("{line}\n")).collect();
    let project = village().with("发放/2023.csv", without_heading);
    for lang in ["zh", "en"] {
        let outcome = project.run(&format!("run . --lang {lang}")).exits(3).complains("[E201]");
        assert!(long_numbers(&outcome.stderr).is_empty(), "{outcome}");
    }
}

#[test]
fn the_result_is_readable_by_its_owner_only() {
    let project = village();
    project.run("run .").exits(0);
    for name in project.files("out").keys() {
        let mode = project.path(&format!("out/{name}")).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(project.path("out").metadata().unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn text_that_a_spreadsheet_would_compute_is_made_harmless() {
    for evil in ["=HYPERLINK(\"\"http://x\"\";1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1"] {
        let evil = format!("\"{evil}\"");
        let project = village()
            .replacing("发放/2023.csv", "李秀英", &evil)
            .replacing("死亡.csv", "李秀英", &evil)
            .replacing("死亡.csv", "陈玉贞", &evil)
            .replacing("发放/2023.csv", "陈玉珍", &evil)
            .replacing("发放/2023.csv", "东村", &evil);
        project.run("run .").exits(0);
        assert_eq!(project.table("out/ledger.csv").len(), 6, "the cases are still found");
        for (name, bytes) in project.files("out").into_iter().filter(|(name, _)| name.ends_with(".csv")) {
            let text = String::from_utf8(bytes).unwrap();
            let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
            for record in reader.records() {
                let record = record.unwrap();
                let is_number = |cell: &str| cell.parse::<i64>().is_ok();
                let computed = record
                    .iter()
                    .find(|cell| cell.starts_with(['=', '+', '-', '@', '\t']) && !is_number(cell));
                assert_eq!(computed, None, "{name}");
            }
        }
        assert_no_formula_of_a_name(&project);
    }
}

/// In the workbook a name is a text, whatever it begins with.
fn assert_no_formula_of_a_name(project: &Project) {
    let path = project.path("out/追回台账.xlsx");
    if !path.exists() {
        return;
    }
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).unwrap();
    for sheet in book.sheet_names() {
        let formulas = book.worksheet_formula(&sheet).unwrap();
        for (_, _, formula) in formulas.used_cells() {
            assert!(!formula.contains("HYPERLINK") && !formula.contains("A1"), "{sheet}: {formula}");
        }
    }
}

// ------------------------------------------------------------------------------------------------------- pipes

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let project = village();
    for arguments in ["rules list", "check .", "run .", "explain . 530499195003120017 --json", "--help"] {
        let program = assert_cmd::cargo::cargo_bin!("pension-audit");
        let mut command = Command::new(program);
        command.args(arguments.split_whitespace()).current_dir(project.path("."));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments}");
    }
}

#[test]
fn a_full_disk_under_stdout_is_a_file_error() {
    let project = village();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("pension-audit"));
    command.args(["rules", "list"]).current_dir(project.path(".")).stdout(full);
    let output = command.stderr(Stdio::piped()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{stderr}");
    assert!(stderr.contains("[E701]"), "{stderr}");
}

/// The tool works offline, so nothing that could speak to a network is linked.
#[test]
fn no_dependency_opens_sockets() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none"]);
    let output = cargo.current_dir(crate::support::repository(".")).output().unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(tree.contains("polars v"), "{}", String::from_utf8_lossy(&output.stderr));
    for name in ["reqwest", "hyper", "rustls", "openssl", "native-tls", "object_store", "ureq", "curl"] {
        let linked = tree.lines().any(|line| line.starts_with(&format!("{name} v")));
        assert!(!linked, "{name} has no place in an offline tool");
    }
}
