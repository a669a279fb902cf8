//! The canonical form of inputs: it saves time and never changes an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use pension_audit::engine::Engine;
use pension_audit::findings::{self, Findings};
use pension_audit::generate::{GenerateOptions, PaymentFormat, Scenario, generate};
use pension_audit::ingest::{self, Storage};
use pension_audit::pipeline::{self, RunOptions};
use pension_audit::project::Project as AuditProject;
use pension_audit::report::Formats;
use pension_audit::rulebook;

use crate::support::village::{DECEASED, INMATE, PAYMENTS, village};
use crate::support::{Outcome, Project, assert_same_files};

const CACHE: &str = ".pension-audit/cache";
const LIST: &str = ".pension-audit/cache/entries.json";

fn entries(project: &Project, folder: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(project.path(folder))
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "store"));
    found.sort();
    found
}

/// Makes every file old enough for its time to be trusted.
fn rest(project: &Project) {
    for name in project.files(".").keys().filter(|name| name.ends_with(".csv")) {
        let path = project.path(name);
        set_time(&path, time(&path) - Duration::from_secs(3600));
    }
}

fn set_time(path: &Path, time: SystemTime) {
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

fn time(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

fn result(project: &Project, options: &str) -> BTreeMap<String, Vec<u8>> {
    project.run(&format!("run . --out 结果 {options}")).exits(0);
    let files = project.files("结果");
    fs::remove_dir_all(project.path("结果")).unwrap();
    files
}

#[test]
fn with_and_without_the_cache_every_byte_is_the_same() {
    let project = Project::copy_of("sample_data/hongta-2023");
    let without = result(&project, "--no-cache --formats csv,parquet --threads 1");
    assert!(!project.path(CACHE).exists());
    assert!(without.len() >= 15);
    for options in ["", "--threads 1", "--rehash", "--unattended", "--cache-dir 别处", "--cache-dir 别处"]
    {
        assert_same_files(&result(&project, &format!("{options} --formats csv,parquet")), &without);
    }
    assert!(entries(&project, CACHE).len() > 5);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_look_into_the_cache() {
    use std::os::unix::fs::PermissionsExt;
    let project = village();
    // A folder that was made by somebody careless is closed.
    fs::create_dir_all(project.path(CACHE)).unwrap();
    fs::set_permissions(project.path(CACHE), fs::Permissions::from_mode(0o777)).unwrap();
    result(&project, "");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&project.path(CACHE)), 0o700);
    let entries = entries(&project, CACHE);
    assert!(!entries.is_empty());
    for entry in entries {
        assert_eq!(mode(&entry), 0o600, "{}", entry.display());
    }
}

#[test]
fn an_unchanged_file_is_not_read_again_and_a_changed_one_is() {
    let project = village();
    rest(&project);
    let first = result(&project, "");
    let made: Vec<SystemTime> = entries(&project, CACHE).iter().map(|path| time(path)).collect();
    assert_same_files(&result(&project, ""), &first);
    assert_eq!(entries(&project, CACHE).iter().map(|path| time(path)).collect::<Vec<_>>(), made);
    // One amount more: another size.
    let more =
        format!("{PAYMENTS}530499194901200030,张桂兰,202306,150.00,5.00,8.00,2023-06-15,正常,虚构乡,西村\n");
    project.write("发放/2023.csv", more);
    let changed = result(&project, "");
    assert_ne!(changed["ledger.csv"], first["ledger.csv"]);
    assert_same_files(&changed, &result(&project, "--no-cache"));
}

#[test]
fn a_file_that_hides_its_change_is_found_out_by_its_bytes() {
    let project = village();
    rest(&project);
    let path = project.path("发放/2023.csv");
    let before = time(&path);
    let first = result(&project, "");
    // The same size, the same time of change, the same file.
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(13).position(|part| part == b"202305,150.00").unwrap();
    bytes[at + 7] = b'2';
    fs::write(&path, bytes).unwrap();
    set_time(&path, before);
    assert_ne!(result(&project, "--no-cache")["ledger.csv"], first["ledger.csv"]);
    for options in ["", "--rehash", "--unattended", ""] {
        assert_same_files(&result(&project, options), &result(&project, "--no-cache"));
    }
}

#[test]
fn a_file_written_a_moment_ago_is_not_trusted() {
    let project = village();
    let now = time(&project.path("发放/2023.csv"));
    result(&project, "");
    let other = PAYMENTS.replacen("150.00", "250.00", 1);
    project.write("发放/2023.csv", other);
    set_time(&project.path("发放/2023.csv"), now);
    assert_same_files(&result(&project, ""), &result(&project, "--no-cache"));
}

#[test]
fn entries_that_the_last_run_did_not_use_are_deleted() {
    let project = village();
    result(&project, "");
    let all = entries(&project, CACHE).len();
    let renamed = project.path("发放/2024.csv");
    fs::rename(project.path("发放/2023.csv"), renamed).unwrap();
    result(&project, "");
    assert_eq!(entries(&project, CACHE).len(), all, "the entry of the old name is gone");
    let toml = project.text("audit.toml");
    let without = toml.replace("[[input]]\ntable = \"custody\"\npath  = \"服刑.csv\"\n", "");
    assert_ne!(toml, without);
    project.write("audit.toml", without);
    result(&project, "");
    assert_eq!(entries(&project, CACHE).len(), all - 1);
    // Whoever reads a file another way gets another entry.
    project.write("audit.toml", project.text("audit.toml").replacen("path", "encoding = \"utf-8\"\npath", 1));
    result(&project, "");
    assert_eq!(entries(&project, CACHE).len(), all - 1);
}

/// An entry with another name written into it, as somebody would who knows how it is made.
fn forged(entry: &Path, name: &str) -> Vec<u8> {
    let mut bytes = fs::read(entry).unwrap();
    let footer = bytes.len() - 32;
    let number = |at: usize| u64::from_le_bytes(*bytes[footer + at..].first_chunk().unwrap()) as usize;
    let index = &bytes[number(0)..number(0) + number(8)];
    let checksum = twox_hash::XxHash3_64::oneshot(&[index, name.as_bytes()].concat());
    bytes[footer + 16..footer + 24].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[cfg(unix)]
#[test]
fn a_cache_that_came_with_the_files_is_not_trusted() {
    use std::os::unix::fs::MetadataExt;
    // Somebody made a cache of a death registry without rows and wrote the name of the full one on it.
    let (project, other) = (village(), village().with("死亡.csv", "身份证号,姓名,死亡日期\n"));
    let copied = village();
    for made in [&project, &other] {
        rest(made);
        result(made, "");
    }
    rest(&copied);
    let names = |project: &Project| -> BTreeSet<String> {
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_string();
        entries(project, CACHE).iter().map(name).collect()
    };
    let full = names(&project).difference(&names(&other)).next().unwrap().clone();
    let empty = names(&other).difference(&names(&project)).next().unwrap().clone();
    let list = project.text(LIST);
    let expected = result(&copied, "--no-cache");
    let bring = |list: &str| {
        fs::create_dir_all(copied.path(CACHE)).unwrap();
        for path in entries(&other, CACHE) {
            fs::copy(&path, copied.path(CACHE).join(path.file_name().unwrap())).unwrap();
        }
        let forged = forged(&other.path(&format!("{CACHE}/{empty}")), &full);
        copied.write(&format!("{CACHE}/{full}"), forged);
        copied.write(LIST, list);
        result(&copied, "")
    };
    assert_same_files(&bring(&list), &expected);
    // Only the folder's own number tells: whoever may write into the cache itself can forge it.
    let inode =
        |project: &Project| format!("\"folder\":{}", fs::metadata(project.path(CACHE)).unwrap().ino());
    let own = list.replace(&inode(&project), &inode(&copied));
    assert_ne!(own, list);
    assert_ne!(bring(&own)["ledger.csv"], expected["ledger.csv"]);
}

#[test]
fn an_entry_under_the_name_of_another_is_made_anew() {
    let project = village().with("发放/2024.csv", PAYMENTS.replace("150.00", "160.00"));
    rest(&project);
    let expected = result(&project, "");
    let all = entries(&project, CACHE);
    for (at, entry) in all.iter().enumerate() {
        let whole = fs::read(entry).unwrap();
        fs::copy(&all[(at + 1) % all.len()], entry).unwrap();
        assert_same_files(&result(&project, ""), &expected);
        assert!(fs::read(entry).unwrap() == whole, "{}", entry.display());
    }
    // A digit of a hash in the list, which must not stand in the receipt.
    let list = project.text(LIST);
    for (at, _) in list.match_indices("\"sha256\":\"") {
        let digit = at + "\"sha256\":\"".len();
        let mut wrong = list.clone().into_bytes();
        wrong[digit] = if wrong[digit] == b'1' { b'2' } else { b'1' };
        project.write(LIST, wrong);
        assert_same_files(&result(&project, ""), &expected);
    }
}

#[cfg(unix)]
#[test]
fn nobody_waits_for_a_pipe() {
    let project = village();
    rest(&project);
    let expected = result(&project, "");
    let entry = entries(&project, CACHE).remove(0);
    for path in [entry, project.path(LIST), project.path(&format!("{CACHE}/lock"))] {
        fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert_same_files(&result(&project, ""), &expected);
    }
}

#[test]
fn a_cache_that_cannot_serve_is_told() {
    let project = village().with("占用", "");
    project.run("run . --cache-dir 占用").exits(0).complains("未能使用");
    project.run("check . --cache-dir 占用 --lang en").exits(0).complains("was not used");
    project.run("run . --no-cache").exits(0).silent();
    project.run("run .").exits(0).silent();
    // Entries that cannot be written: a folder stands where each would.
    for entry in entries(&project, CACHE) {
        fs::remove_file(&entry).unwrap();
        fs::create_dir(&entry).unwrap();
    }
    project.run("run .").exits(0).complains("未能使用");
    fs::remove_dir_all(project.path(CACHE)).unwrap();
    project.run("run .").exits(0).silent();
    let held = fs::File::open(project.path(&format!("{CACHE}/lock"))).unwrap();
    held.lock().unwrap();
    project.run("run .").exits(0).complains("另一次运行正在使用它");
}

#[cfg(unix)]
#[test]
fn a_cache_behind_a_link_is_not_used() {
    let (project, other) = (village(), village());
    let expected = result(&project, "--no-cache");
    other.write("某处/a.store", "somebody's");
    fs::create_dir_all(project.path(".pension-audit")).unwrap();
    std::os::unix::fs::symlink(other.path("某处"), project.path(CACHE)).unwrap();
    project.run("check .").exits(0).complains("--cache-dir");
    assert_same_files(&result(&project, ""), &expected);
    assert_eq!(other.files("某处").len(), 1);
    fs::remove_file(project.path(CACHE)).unwrap();
    fs::create_dir_all(project.path(CACHE)).unwrap();
    std::os::unix::fs::symlink(other.path("某处/a.store"), project.path(&format!("{CACHE}/lock"))).unwrap();
    assert_same_files(&result(&project, ""), &expected);
    assert_eq!(other.text("某处/a.store"), "somebody's");
}

#[test]
fn two_projects_may_share_a_folder() {
    let (one, two) = (village(), village().with("发放/2023.csv", PAYMENTS.replace("150.00", "160.00")));
    let folder = one.path("共用");
    let option = format!("--cache-dir {}", folder.display());
    let expected = (result(&one, "--no-cache"), result(&two, "--no-cache"));
    for _ in 0..2 {
        assert_same_files(&result(&one, &option), &expected.0);
        assert_same_files(&result(&two, &option), &expected.1);
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), 2);
}

#[test]
fn a_damaged_cache_is_made_anew() {
    let project = village();
    rest(&project);
    let expected = result(&project, "--no-cache");
    result(&project, "");
    let damages: [fn(&Path); 4] = [
        |path| fs::write(path, b"").unwrap(),
        |path| fs::write(path, [7; 100]).unwrap(),
        |path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        },
        |path| fs::remove_file(path).unwrap(),
    ];
    for damage in damages {
        entries(&project, CACHE).iter().for_each(|path| damage(path));
        assert_same_files(&result(&project, ""), &expected);
    }
    // One byte anywhere.
    for at in 0..40 {
        for entry in entries(&project, CACHE) {
            let mut bytes = fs::read(&entry).unwrap();
            let place = bytes.len() * at / 40;
            bytes[place] ^= 1 << (at % 8);
            fs::write(&entry, bytes).unwrap();
        }
        assert_same_files(&result(&project, ""), &expected);
    }
    project.write(&format!("{CACHE}/entries.json"), "{ not a list");
    assert_same_files(&result(&project, ""), &expected);
}

#[test]
fn a_birth_after_the_audits_day_is_read_again_for_another_day() {
    // Born on 2023-06-15: no number as of 2023-06-01, a number a month later.
    let id = "530499202306150010";
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = id.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let id = format!(
        "{}{}",
        &id[..17],
        ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][(sum % 11) as usize]
    );
    // The same with a wrong check character is no number as of any day.
    let wrong = format!("{}{}", &id[..17], if id.ends_with('1') { '2' } else { '1' });
    let line = format!("{id},赵小小,202305,150.00,0.00,7.00,2023-05-15,正常,虚构乡,西村\n");
    let line = format!("{line}{}", line.replace(&id, &wrong));
    let project = village().with("发放/2023.csv", format!("{PAYMENTS}{line}"));
    rest(&project);
    let toml = project.text("audit.toml");
    let day = toml.lines().find(|line| line.starts_with("as_of")).unwrap().to_string();
    for as_of in ["2023-06-01", "2024-08-31", "2023-06-01", "2023-07-15", "2024-08-31"] {
        project.write("audit.toml", toml.replace(&day, &format!("as_of = \"{as_of}\"")));
        assert_same_files(&result(&project, ""), &result(&project, "--no-cache"));
    }
}

#[test]
fn check_explain_and_claims_use_the_cache_too() {
    let project = Project::copy_of("sample_data/hongta-2023");
    let person = project.bytes("answer_key.csv");
    let person = String::from_utf8(person).unwrap().lines().nth(1).unwrap()[..18].to_string();
    for command in ["check .".to_string(), "claims .".to_string(), format!("explain . {person}")] {
        let cold = project.run(&format!("{command} --no-cache --json")).exits(0).json();
        for _ in 0..2 {
            assert_eq!(project.run(&format!("{command} --json")).exits(0).json(), cold, "{command}");
        }
    }
    assert!(!entries(&project, CACHE).is_empty());
}

/// A project whose rejected rows fill several blocks of several files. Returns the file, row and value of those
/// of the payments, in order.
fn with_rejects() -> (Project, Vec<[String; 3]>) {
    let mut expected = Vec::new();
    let mut project = village();
    for (name, lines, spoilt_each) in [("发放/2023.csv", 2_500, 1), ("发放/2024.csv", 4_200, 2)] {
        let mut text = PAYMENTS.lines().next().unwrap().to_string();
        for line in 0..lines {
            let amount = if line % spoilt_each == 0 { format!("坏{line}") } else { line.to_string() };
            text += &format!("\n{DECEASED},李秀英,202304,{amount},5.00,20.00,2023-04-15,正常,虚构乡,东村");
            if line % spoilt_each == 0 {
                expected.push([name.to_string(), (line + 2).to_string(), amount]);
            }
        }
        project = project.with(name, text);
    }
    // One file that is two inputs, of which each rejects every row: it has a cell too many.
    let mut text = "身份证号,姓名,死亡日期,刑罚种类,执行方式,刑期起,刑期止\n".to_string();
    for row in 0..1_300 {
        text += &format!("{INMATE},王建国,2023-04-10,有期徒刑,监狱,2023-04-20,2025-04-19,{row}\n");
    }
    let more = "[[input]]\ntable = \"deaths\"\npath = \"名册.csv\"\n[[input]]\ntable = \"custody\"\npath = \"名册.csv\"\n";
    let audit = format!("{}\n{more}", project.text("audit.toml"));
    (project.with("名册.csv", text).with("audit.toml", audit), expected)
}

#[test]
fn rejected_rows_of_many_blocks_come_out_complete_and_in_order() {
    let (project, expected) = with_rejects();
    rest(&project);
    let formats = "--formats csv,parquet";
    let without = result(&project, &format!("{formats} --no-cache"));
    for options in ["--threads 1", "", "--threads 3"] {
        assert_same_files(&result(&project, &format!("{formats} {options}")), &without);
    }
    project.run(&format!("run . {formats}")).exits(0).says("拒收 7200 行");
    let rejects = project.table("out/rejects.csv");
    let (registers, payments): (Vec<_>, Vec<_>) = rejects.iter().partition(|row| row["file"] == "名册.csv");
    let found: Vec<[String; 3]> =
        payments.iter().map(|row| ["file", "row", "value"].map(|name| row[name].clone())).collect();
    assert_eq!(found, expected);
    let rows: Vec<u32> = registers.iter().map(|row| row["row"].parse().unwrap()).collect();
    let twice: Vec<u32> = (2..1_302).flat_map(|row| [row, row]).collect();
    assert_eq!(rows, twice, "rows of two inputs of one file stand together");
    assert_eq!(rejects.last(), Some(registers[2_599]), "files stand in the order of their names");
    assert_eq!(project.run("run . --json").exits(0).json()["rejects"], 7_200);
    project.run("run . --fail-on rejects=7200").exits(1);
    project.run("run . --fail-on rejects=7201").exits(0);
    let check = project.run("check .").exits(0).says("发放/2023.csv 第 21 行").says("拒收 7200 行");
    assert!(!check.stdout.contains("发放/2023.csv 第 22 行"), "{check}");
}

/// The entry that holds a text, and where.
fn entry_with(project: &Project, text: &str) -> (PathBuf, usize) {
    let place = |path: PathBuf| {
        let bytes = fs::read(&path).unwrap();
        let at = bytes.windows(text.len()).position(|part| part == text.as_bytes())?;
        Some((path, at))
    };
    entries(project, CACHE).into_iter().find_map(place).unwrap()
}

fn damage(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_damaged_block_of_rejected_rows_is_made_anew() {
    let (project, _) = with_rejects();
    rest(&project);
    let expected = result(&project, "");
    let checked = project.run("check .").exits(0);
    // Of the first and the last block of a file, of another file, and of a file that is two inputs.
    for value in ["坏7", "坏2490", "坏4190", "王建国2023-04-10"] {
        let (entry, at) = entry_with(&project, value);
        let whole = fs::read(&entry).unwrap();
        damage(&entry, at);
        assert_same_files(&result(&project, ""), &expected);
        assert!(fs::read(&entry).unwrap() == whole, "{value}");
        damage(&entry, at);
        assert_eq!(project.run("check .").exits(0).stdout, checked.stdout, "{value}");
        assert!(fs::read(&entry).unwrap() == whole, "{value}");
    }
}

#[test]
fn rejected_rows_that_are_damaged_while_a_report_is_written_are_told() {
    let (project, _) = with_rejects();
    let audit = pipeline::audit(&project.path("."), &RunOptions::default(), &|_, _| {}).unwrap();
    let out = project.path("半途");
    fs::create_dir(&out).unwrap();
    let (entry, at) = entry_with(&project, "坏4190");
    damage(&entry, at);
    for (name, report) in Formats::ALL.reports() {
        // The workbook does not show them.
        let expected = if name == "xlsx" { Ok(()) } else { Err(("E722", true)) };
        let written = report.write(&audit.content(), &out);
        assert_eq!(
            written.map_err(|why| (why.code, why.text.zh.contains("发放/2024.csv"))),
            expected,
            "{name}"
        );
    }
}

/// The outcome of a run over 60 small rosters where so many files may be open.
#[cfg(target_os = "linux")]
fn run_with_open_files(limit: &str) -> Outcome {
    let project = village();
    for number in 0..60 {
        let line = format!("{DECEASED},李秀英,202304,{number}.00,0.00,0.00,2023-04-15,补发,虚构乡,东村");
        let heading = PAYMENTS.lines().next().unwrap();
        project.write(&format!("发放/补发{number:02}.csv"), format!("{heading}\n{line}\n"));
    }
    let program = assert_cmd::cargo::cargo_bin!("pension-audit");
    let line = format!("ulimit {limit} && exec \"$0\" run . --threads 1");
    let mut command = assert_cmd::Command::new("/bin/sh");
    command.current_dir(project.path(".")).env_clear().args(["-c", &line]).arg(program);
    Outcome::of(&line, command)
}

#[cfg(target_os = "linux")]
#[test]
fn more_inputs_than_open_files_are_read_where_the_limit_can_be_raised() {
    run_with_open_files("-S -n 40").exits(0).silent();
    run_with_open_files("-n 40").exits(4).complains("[E112]");
}

/// The findings of a project whose rosters are sorted in runs of so many lines.
fn findings_of(root: &Path, run_lines: usize) -> Findings {
    let project = AuditProject::load(root).unwrap();
    let rules = rulebook::load(None).unwrap();
    let storage = Storage { scratch: vec![root.to_path_buf()], run_lines, ..Storage::default() };
    let tables = ingest::read(&project.files, project.as_of, &storage, &|_, _| {}).unwrap();
    let judgement = Engine::new(&tables, &rules, &project).unwrap().judge().unwrap();
    findings::conclude(&tables, &rules, &project, judgement).unwrap()
}

#[test]
fn how_lines_are_cut_into_runs_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = GenerateOptions {
        scenario: Scenario::District,
        persons: Some(9_000),
        months: Some(7),
        seed: Some(5),
        format: PaymentFormat::Csv,
        gb18030: false,
    };
    let root = folder.path().join("区县");
    generate(&root, &options).unwrap();
    let whole = findings_of(&root, usize::MAX);
    assert!(whole.cases.len() > 100 && whole.leads.len() > 10);
    for run_lines in [5_000, 700, 61] {
        let cut = findings_of(&root, run_lines);
        assert_eq!(cut.cases, whole.cases, "{run_lines}");
        assert_eq!(cut.claims.len(), whole.claims.len());
        let claims = |findings: &Findings| -> Vec<String> {
            let place = |line: usize| findings.payments.place(line);
            findings.claims.iter().map(|claim| format!("{} {:?}", place(claim.line), claim.amounts)).collect()
        };
        assert_eq!(claims(&cut), claims(&whole), "{run_lines}");
        assert_eq!(cut.leads, whole.leads, "{run_lines}");
        assert_eq!(cut.noticed, whole.noticed, "{run_lines}");
        assert_eq!(cut.coverage, whole.coverage, "{run_lines}");
        assert_eq!(cut.totals, whole.totals, "{run_lines}");
        assert_eq!(cut.marked, whole.marked, "{run_lines}");
    }
}

#[test]
fn timings_are_told_beside_the_result() {
    let project = village();
    let outcome = project.run("run . --timings --timings-json 用时.json").exits(0);
    outcome.complains("读取输入");
    let timings: serde_json::Value = serde_json::from_str(&project.text("用时.json")).unwrap();
    let names: Vec<&str> =
        timings["stages"].as_array().unwrap().iter().map(|stage| stage["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["rules", "read", "judge", "conclude", "csv", "parquet", "xlsx", "receipt"]);
    assert!(timings["keyed_to_findings_seconds"].as_f64().unwrap() > 0.0);
    let read = &timings["stages"][1];
    assert!(read["rows"].as_u64().unwrap() > 20 && read["bytes"].as_u64().unwrap() > 1000);
    assert!(!project.files("out").keys().any(|name| name.contains("用时")));
    assert!(timings["total_seconds"].as_f64().unwrap() > 0.0);
    // What the cache knew was not read.
    rest(&project);
    project.run("run .").exits(0);
    project.run("run . --timings-json 用时.json").exits(0);
    let timings: serde_json::Value = serde_json::from_str(&project.text("用时.json")).unwrap();
    assert_eq!(timings["stages"][1]["rows"], 0);
}
