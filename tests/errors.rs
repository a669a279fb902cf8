//! Every error has a reproducer: tests/errors/CODE/ holds a small project and case.toml the commands to run in it.
//!
//! The snapshots are the catalogue of what a person reads, in Chinese and in English. Behind them: garbage of all
//! kinds, which must be refused or rejected and never end in a panic.

use std::collections::BTreeSet;

use pension_audit::domain::IdDefect;
use pension_audit::messages::{
    CATALOGUE, Entry, Error, Exit, Kind, Lang, RejectReason, Text, error_line, id_defect_number,
    id_defect_text,
};
use proptest::prelude::*;
use serde::Deserialize;

use crate::support::village::{self, AUDIT, PAYMENTS, village};
use crate::support::{
    Project, column, compare_with_document, files_below, long_numbers, repository, rows, snapshot,
};

/// A case.toml.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The commands; all but the last prepare.
    commands: Vec<String>,
    /// The exit code of each of them but those that prepare.
    exit: i32,
    /// A written file that belongs to what the person sees.
    show: Option<String>,
}

/// Codes that no command line can bring about, with the reason. [`the_library_guards_itself`] covers them.
const LIBRARY_ONLY: &[(&str, &str)] = &[
    ("E112", "the system must let few files be open, which tests/store.rs asks for"),
    ("E113", "a file must change during the very run, which a test cannot time"),
    ("E608", "no repository can hold a file name that is no text; tests/boundaries.rs makes one"),
    ("E704", "the machine must run out of threads, which a test cannot ask for safely"),
    ("E712", "the command line accepts the two scenarios only"),
    ("E713", "the command line accepts the two formats only"),
    ("E717", "the scenario data are embedded in the binary and its own tests read them"),
    ("E721", "a disk must be full, which a test cannot ask for safely"),
    (
        "E722",
        "a damaged cache is made anew; only a file that vanishes with the process can be damaged for good",
    ),
    ("E900", "a bug, of which none is known"),
];

/// The codes that src/messages uses, each with how often.
fn codes() -> std::collections::BTreeMap<String, usize> {
    let mut codes = std::collections::BTreeMap::new();
    let files = files_below(&repository("src/messages")).into_iter();
    for (_, bytes) in files.filter(|(name, _)| name != "catalogue.rs") {
        let text = String::from_utf8(bytes).unwrap();
        let words = text.split('"').filter(|word| {
            word.len() == 4 && word.starts_with('E') && word[1..].bytes().all(|byte| byte.is_ascii_digit())
        });
        for word in words {
            *codes.entry(word.to_string()).or_default() += 1;
        }
    }
    codes
}

fn folders() -> BTreeSet<String> {
    let entries = std::fs::read_dir(repository("tests/errors")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn every_error_code_has_a_reproducer() {
    let codes = codes();
    assert!(codes.len() >= 40, "{codes:?}");
    let twice: Vec<_> = codes.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "a code stands for one error: {twice:?}");
    let expected: BTreeSet<String> =
        codes.into_keys().filter(|code| LIBRARY_ONLY.iter().all(|(other, _)| other != code)).collect();
    assert_eq!(folders(), expected);
}

#[test]
fn the_catalogue_lists_every_code_once_and_in_order() {
    let listed: Vec<&str> = CATALOGUE.iter().map(|entry| entry.code).collect();
    assert_eq!(listed, codes().keys().map(String::as_str).collect::<Vec<_>>());
    for entry in CATALOGUE {
        for text in [entry.title(), entry.remedy()] {
            assert!(!text.zh.trim().is_empty() && !text.en.trim().is_empty(), "{}", entry.code);
            assert!(!text.zh.ends_with('。') && !text.en.ends_with('.'), "{}", entry.code);
        }
    }
}

fn entry(code: &str) -> &'static Entry {
    CATALOGUE.iter().find(|entry| entry.code == code).unwrap_or_else(|| panic!("{code} is not listed"))
}

/// The exit code that a kind stands for; a row that is told in a file alone leaves 0.
fn exit_of(kind: Kind) -> Exit {
    match kind {
        Kind::Usage => Exit::Usage,
        Kind::Refused => Exit::Refused,
        Kind::File => Exit::File,
        Kind::Bug => Exit::Bug,
        Kind::Reject | Kind::Correction | Kind::Identity => Exit::Done,
    }
}

/// What is wrong with a row, in the words that stand beside the row.
fn reason_of_row(code: &str) -> Option<Text> {
    let defect = IdDefect::ALL.into_iter().find(|&defect| id_defect_number(defect) == code);
    RejectReason::from_code(code).map(RejectReason::reason).or(defect.map(id_defect_text))
}

#[test]
fn reasons_of_rows_are_those_of_the_catalogue() {
    let of_rows = |entry: &&Entry| matches!(entry.kind, Kind::Reject | Kind::Correction | Kind::Identity);
    let listed: Vec<&Entry> = CATALOGUE.iter().filter(of_rows).collect();
    assert_eq!(listed.len(), RejectReason::ALL.len() + IdDefect::ALL.len());
    for entry in listed {
        let reason = reason_of_row(entry.code).unwrap_or_else(|| panic!("no row has {}", entry.code));
        let is_defect = matches!(RejectReason::from_code(entry.code), Some(RejectReason::IdUnusable(_)));
        assert_eq!(is_defect, entry.kind == Kind::Identity, "{}", entry.code);
        // The catalogue may say less, and never anything else.
        let beginning: String = entry.title().zh.chars().take(6).collect();
        assert!(reason.zh.starts_with(&beginning), "{}: {} / {}", entry.code, entry.title().zh, reason.zh);
    }
}

/// The heading of a kind of code in the documentation.
fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Usage => "命令、项目或规则有误 / Command, project or rules (exit 2)",
        Kind::Refused => "输入被拒绝 / Inputs that are refused (exit 3)",
        Kind::File => "文件不能读写 / Files that cannot be read or written (exit 4)",
        Kind::Bug => "程序缺陷 / Bugs (exit 70)",
        Kind::Reject => "被拒收的行 / Rejected rows (rejects.csv)",
        Kind::Correction => "须更正的格 / Cells to be corrected in kept rows (corrections.csv)",
        Kind::Identity => {
            "证件号不可用的行 / Rows whose ID number is unusable (not_checkable.csv, corrections.csv)"
        }
    }
}

/// What a person sees of a code, in both languages: from its snapshot, or from the library.
fn example(code: &str) -> String {
    let quoted = |zh: &str, en: &str| format!("> {zh}\n>\n> {en}\n");
    if let Some(error) = library_errors().iter().find(|error| error.code == code) {
        return quoted(&error_line(error, Lang::Zh), &error_line(error, Lang::En));
    }
    let path = repository(&format!("tests/snapshots/error_{code}.snap"));
    let seen = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let line_with = |sentence: &str| {
        let line = seen.lines().find(|line| line.contains(sentence));
        let line = line.unwrap_or_else(|| panic!("the snapshot of {code} does not say \"{sentence}\""));
        // A line of a table is laid out with blanks.
        let words: Vec<&str> = line.trim_start_matches("stderr: ").split_whitespace().collect();
        words.join(" ")
    };
    let told = || Text::new(format!("错误 [{code}] "), format!("error [{code}] "));
    let sentence = reason_of_row(code).unwrap_or_else(told);
    quoted(&line_with(&sentence.zh), &line_with(&sentence.en))
}

#[test]
fn the_documentation_of_errors_is_the_catalogue() {
    let mut text = String::from(
        "# 错误与拒收代码 / Codes\n\n由 src/messages/catalogue.rs 生成，例句取自 tests/errors/ 的实际输出，无法复现的取自程序库。\n\
         Generated from src/messages/catalogue.rs; the examples are what tests/errors/ really print, or\n\
         what the library says where no command can bring them about.\n",
    );
    for kind in
        [Kind::Refused, Kind::Reject, Kind::Correction, Kind::Identity, Kind::Usage, Kind::File, Kind::Bug]
    {
        text.push_str(&format!("\n## {}\n", heading(kind)));
        for entry in CATALOGUE.iter().filter(|entry| entry.kind == kind) {
            let (title, remedy) = (entry.title(), entry.remedy());
            text.push_str(&format!("\n### {}\n\n", entry.code));
            text.push_str(&format!("{}。{}。\n\n", title.zh, remedy.zh));
            text.push_str(&format!("{}. {}.\n", title.en, remedy.en));
            text.push_str(&format!("\n{}", example(entry.code)));
        }
    }
    compare_with_document("docs/errors.md", None, &text);
}

#[test]
fn every_reproducer_says_what_its_snapshot_says() {
    for code in folders() {
        let mut seen = String::new();
        for lang in ["zh", "en"] {
            seen.push_str(&reproduce(&code, lang));
            seen.push('\n');
        }
        snapshot(&format!("error_{code}"), &seen);
    }
}

/// Runs the commands of a reproducer in a copy of its folder; what the person sees.
fn reproduce(code: &str, lang: &str) -> String {
    let project = Project::copy_of(&format!("tests/errors/{code}"));
    let case: Case = toml::from_str(&project.text("case.toml")).unwrap();
    std::fs::remove_file(project.path("case.toml")).unwrap();
    let mut seen = String::new();
    // Rejected rows and unusable numbers are told in a file, not by the exit code.
    let is_reject = matches!(entry(code).kind, Kind::Reject | Kind::Correction | Kind::Identity);
    assert_eq!(
        case.exit,
        exit_of(entry(code).kind) as i32,
        "the catalogue names another exit code for {code}"
    );
    for (at, command) in case.commands.iter().enumerate() {
        let arguments = format!("{command} --lang {lang}");
        let is_last = at + 1 == case.commands.len();
        let mut outcome = project.run(&arguments);
        if is_last || is_reject {
            assert_eq!(outcome.exit, case.exit, "{code}: {outcome}");
            assert!(!outcome.stderr.contains("panicked"), "{outcome}");
            assert!(is_reject || outcome.stderr.contains(&format!("[{code}]")), "{code}: {outcome}");
            if is_reject && is_last {
                // What the run prints besides is shown elsewhere.
                outcome.stdout = String::new();
            }
            seen.push_str(&outcome.to_string());
        } else {
            assert_eq!(outcome.exit, 0, "{outcome}");
        }
    }
    if let Some(name) = &case.show {
        let text = project.text(name);
        let text = text.trim_start_matches('\u{feff}');
        assert!(rows(text).iter().any(|row| row["code"] == code), "{name} of {code}:\n{text}");
        seen.push_str(&format!("{name}:\n{text}"));
    }
    seen
}

/// The errors of [`LIBRARY_ONLY`], as the library words them.
fn library_errors() -> [Error; 10] {
    use pension_audit::generate::{PaymentFormat, Scenario};
    use pension_audit::messages::{
        cannot_store, changed_while_read, internal_error, no_threads, scenario_data, store_damaged,
        too_many_open, unreadable_name,
    };
    let other = std::io::Error::other;
    [
        too_many_open("死亡.csv", &other("Too many open files (os error 24)")),
        changed_while_read("发放.csv"),
        unreadable_name("发放/\u{fffd}\u{fffd}.csv"),
        no_threads(&"Resource temporarily unavailable (os error 11)"),
        "yuxi".parse::<Scenario>().unwrap_err(),
        "ods".parse::<PaymentFormat>().unwrap_err(),
        scenario_data("hongta-2023.toml", "…"),
        cannot_store("发放.csv", &other("No space left on device (os error 28)")),
        store_damaged("发放.csv"),
        internal_error("…"),
    ]
}

#[test]
fn the_library_guards_itself() {
    let errors = library_errors();
    for error in &errors {
        assert_eq!(error.exit, exit_of(entry(error.code).kind), "{}", error.code);
        assert!(!error.text.zh.is_empty() && !error.text.en.is_empty());
    }
    let told: Vec<&str> = errors.iter().map(|error| error.code).collect();
    assert_eq!(told, LIBRARY_ONLY.iter().map(|(code, _)| *code).collect::<Vec<_>>());
}

// ----------------------------------------------------------------------------------------------------- garbage

/// A project whose only payments are the bytes of one file.
fn payments_of(name: &str, bytes: &[u8]) -> Project {
    let audit = format!(
        "{}[[input]]\ntable = \"payments\"\npath = \"{name}\"\n",
        AUDIT.split("[[input]]").next().unwrap()
    );
    Project::empty().with("audit.toml", audit).with(name, bytes)
}

#[test]
fn what_is_no_list_of_payments_is_refused() {
    let gz = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut encoder, bytes).unwrap();
        encoder.finish().unwrap()
    };
    let cut = |mut bytes: Vec<u8>| {
        bytes.truncate(bytes.len() / 2);
        bytes
    };
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    let heading = PAYMENTS.lines().next().unwrap();
    let refused: Vec<(&str, Vec<u8>, &str)> = vec![
        ("a.csv", Vec::new(), "E102"),
        ("a.csv", png.to_vec(), "E103"),
        ("a.csv", heading.as_bytes().to_vec(), "E106"),
        ("a.csv", format!("{heading}\n\n,,,,\n").into_bytes(), "E106"),
        ("a.csv", b"\xef\xbb\xbf".to_vec(), "E201"),
        ("a.csv", "不是表格的一段话。\n".repeat(99).into_bytes(), "E201"),
        ("a.csv", vec![0xff; 300], "E201"),
        ("a.xlsx", png.to_vec(), "E104"),
        ("a.xlsx", Vec::new(), "E102"),
        ("a.parquet", b"PAR1PAR1".to_vec(), "E105"),
        ("a.parquet", Vec::new(), "E102"),
        ("a.csv.gz", cut(gz(PAYMENTS.as_bytes())), "E105"),
        ("a.csv.gz", gz(b""), "E102"),
        ("a.csv.gz", Vec::new(), "E102"),
    ];
    for (name, bytes, code) in refused {
        let outcome = payments_of(name, &bytes).run("run .");
        assert!(
            outcome.exit == 3 && outcome.stderr.starts_with(&format!("错误 [{code}] ")),
            "{code}, {name}: {outcome}"
        );
        assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
    }
}

#[test]
fn ids_of_nineteen_digits_are_kept_and_not_checkable() {
    let project = village().with("发放/2023.csv", PAYMENTS.replace("\n530499", "\n1530499"));
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    assert!(
        column(&ledger, "case_type").iter().all(|case_type| *case_type == "funeral_exclusive"),
        "{ledger:?}"
    );
    let damaged = column(&project.table("out/not_checkable.csv"), "line").len();
    assert_eq!(damaged, 7, "persons");
    let coverage = project.table("out/coverage.csv");
    let deaths = coverage.iter().find(|row| row["registry"] == "deaths").unwrap();
    assert_eq!((deaths["persons_checked"].as_str(), deaths["not_checkable"].as_str()), ("0", "7"));
}

/// Byte for byte the same damage on every machine.
fn damaged(bytes: &[u8], step: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(step as u64 + 1);
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut bytes = bytes.to_vec();
    match step % 4 {
        0 => bytes.truncate(random(bytes.len())),
        1 => {
            let at = random(bytes.len());
            bytes[at] ^= 1 << random(8);
        }
        // Most of what these formats say of themselves stands at the end.
        2 => {
            let at = bytes.len() - 1 - random(bytes.len().min(3000));
            bytes[at] = random(256) as u8;
        }
        _ => {
            let (from, count) = (random(bytes.len()), random(64));
            for at in from..(from + count).min(bytes.len()) {
                bytes[at] = random(256) as u8;
            }
        }
    }
    bytes
}

#[test]
fn damaged_files_are_refused_or_read_and_never_a_bug() {
    let made = Project::empty();
    made.run("generate . --scenario district --persons 100 --months 6 --seed 1 --format parquet").exits(0);
    let parquet = made.files("发放明细").into_values().next().unwrap();
    let sample = repository("sample_data/hongta-2023");
    let gz = std::fs::read(sample.join("发放明细/雾坪乡.csv.gz")).unwrap();
    let xlsx = std::fs::read(sample.join("服刑信息/服刑人员名单.xlsx")).unwrap();
    for (name, table, bytes, count) in [
        ("a.parquet", "payments", parquet, 240),
        ("a.xlsx", "custody", xlsx, 60),
        ("a.csv.gz", "payments", gz, 20),
    ] {
        let project = payments_of("b.csv", PAYMENTS.as_bytes());
        let input = format!("[[input]]\ntable = \"{table}\"\npath = \"{name}\"\n");
        project.write("audit.toml", project.text("audit.toml") + &input);
        let mut refused = 0;
        for step in 0..count {
            project.write(name, damaged(&bytes, step));
            let outcome = project.run("check . --json");
            assert!(outcome.exit == 0 || outcome.exit == 3, "{name}, step {step}: {outcome}");
            assert!(!outcome.stderr.contains("panicked"), "{name}, step {step}: {outcome}");
            refused += usize::from(outcome.exit == 3);
        }
        assert!(refused > count / 3, "{name}: only {refused} of {count} were refused");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in the cells of whatever table, a run ends with a result or a refusal.
    #[test]
    fn no_cell_makes_the_audit_panic(
        cells in proptest::collection::vec("(\\PC{0,12}|[0-9./年月日-]{0,20}|530499[0-9]{11}[0-9X]|[-+]?[0-9]{1,20}(\\.[0-9]{0,4})?)", 96),
    ) {
        let project = village();
        let mut cells = cells.iter();
        for (name, text) in [
            ("发放/2023.csv", PAYMENTS),
            ("死亡.csv", village::DEATHS),
            ("服刑.csv", village::CUSTODY),
            ("其他待遇.csv", village::OTHER_PENSIONS),
            ("丧葬.csv", village::FUNERAL_GRANTS),
            ("遗属.csv", village::OTHER_DEATH_BENEFITS),
            ("退回.csv", village::REPAYMENTS),
        ] {
            let width = text.lines().next().unwrap().split(',').count();
            let row: Vec<String> = cells.by_ref().take(width).map(|cell| format!("\"{}\"", cell.replace('"', ""))).collect();
            project.write(name, format!("{text}{}\n", row.join(",")));
        }
        let options = pension_audit::pipeline::RunOptions { threads: Some(1), ..Default::default() };
        let result = pension_audit::pipeline::run(&project.path("."), &options);
        prop_assert!(result.is_ok(), "{:?}", result.err());
    }
}

#[test]
fn a_repository_of_reproducers_names_nobody() {
    for (name, bytes) in files_below(&repository("tests/errors")) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let foreign: Vec<String> = long_numbers(&text)
            .into_iter()
            .filter(|number| !number.trim_start_matches('1').starts_with("530499"))
            .collect();
        assert!(foreign.is_empty(), "{name}: {foreign:?} may be somebody's number");
    }
}
