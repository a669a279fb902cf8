//! Damaged ID numbers: what is still found, what is never established, and the table of it in docs/identity.md.
//!
//! A generated district is audited as it is; what it establishes is the truth. Then the numbers of these persons
//! are damaged, on the side of the registries or of the payments, kind by kind, and everything that is established
//! or led to must still be that truth.

use std::collections::{BTreeMap, BTreeSet};

use pension_audit::domain::CitizenId;

use crate::support::{Project, compare_with_document};

/// A kind of damage, and whether the cell is still a number (which a clerk would read the same way).
struct Kind {
    name: &'static str,
    is_usable: bool,
    apply: fn(&str, u64) -> String,
}

fn replaced(id: &str, at: usize, with: &str) -> String {
    format!("{}{with}{}", &id[..at], &id[at + 1..])
}

fn other_digit(id: &str, at: usize, seed: u64) -> String {
    let digit = (id.as_bytes()[at] - b'0' + 1 + (seed / 17 % 9) as u8) % 10;
    replaced(id, at, &digit.to_string())
}

fn full_width(id: &str) -> String {
    id.chars().map(|c| char::from_u32(c as u32 - 0x20 + 0xff00).unwrap()).collect()
}

/// Two neighbouring digits that are not alike change places.
fn swapped(id: &str, seed: u64) -> String {
    let bytes = id.as_bytes();
    let places = (0..16).map(|at| ((seed + at) % 16) as usize).find(|&at| bytes[at] != bytes[at + 1]);
    let mut bytes = bytes.to_vec();
    let at = places.unwrap();
    bytes.swap(at, at + 1);
    String::from_utf8(bytes).unwrap()
}

fn look_alike(id: &str, digit: char, letter: &str) -> String {
    id[..17].find(digit).map_or_else(|| replaced(id, 4, "?"), |at| replaced(id, at, letter))
}

fn fifteen(id: &str) -> String {
    if &id[6..8] == "19" { format!("{}{}", &id[..6], &id[8..17]) } else { id.to_string() }
}

const KINDS: [Kind; 16] = [
    Kind { name: "全角", is_usable: true, apply: |id, _| full_width(id) },
    Kind { name: "空格", is_usable: true, apply: |id, _| format!(" {} {}", &id[..6], &id[6..]) },
    Kind { name: "前置撇号", is_usable: true, apply: |id, _| format!("'{id}") },
    Kind { name: "小写x", is_usable: true, apply: |id, _| id.to_lowercase() },
    Kind { name: "15位旧号", is_usable: true, apply: |id, _| fifteen(id) },
    Kind { name: "O代0", is_usable: false, apply: |id, _| look_alike(id, '0', "O") },
    Kind { name: "l代1", is_usable: false, apply: |id, _| look_alike(id, '1', "l") },
    Kind {
        name: "错一位", is_usable: false, apply: |id, seed| other_digit(id, (seed % 17) as usize, seed)
    },
    Kind { name: "两位互换", is_usable: false, apply: swapped },
    Kind {
        name: "校验位错",
        is_usable: false,
        apply: |id, _| replaced(id, 17, if id.ends_with('7') { "3" } else { "7" }),
    },
    Kind { name: "少一位", is_usable: false, apply: |id, seed| replaced(id, (seed % 17) as usize, "") },
    Kind {
        name: "多一位",
        is_usable: false,
        apply: |id, seed| format!("{}{}{}", &id[..9], seed % 10, &id[9..]),
    },
    Kind { name: "末三位000（Excel）", is_usable: false, apply: |id, _| format!("{}000", &id[..15]) },
    Kind {
        name: "看不清一位（?）",
        is_usable: false,
        apply: |id, seed| replaced(id, (seed % 17) as usize, "?"),
    },
    Kind {
        name: "错两位（顺序码）",
        is_usable: false,
        apply: |id, seed| other_digit(&other_digit(id, 14, seed), 15, seed / 3),
    },
    Kind {
        name: "没有证件号（有出生日期、村）", is_usable: false, apply: |_, _| String::new()
    },
];

/// Person and case type.
type Truth = BTreeSet<(String, String)>;

struct District {
    project: Project,
    truth: BTreeMap<(String, String), i64>,
    villages: BTreeMap<String, String>,
}

/// The registry files, with the column that holds the number, and the payments.
const REGISTRIES: [&str; 5] = [
    "死亡信息/死亡信息.csv",
    "服刑信息/服刑信息.csv",
    "其他养老待遇/其他养老待遇.csv",
    "丧葬补助/丧葬补助金.csv",
    "遗属待遇/遗属待遇.csv",
];

fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_string(),
        Err(_) => encoding_rs::GB18030.decode(bytes).0.into_owned(),
    }
}

fn seed_of(id: &str) -> u64 {
    id.bytes().fold(7, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte))) >> 3
}

impl District {
    fn new() -> District {
        let project = Project::empty();
        project
            .run("generate . --scenario district --persons 4000 --months 12 --seed 11 --format csv")
            .exits(0);
        let mut villages = BTreeMap::new();
        for (name, bytes) in project.files("发放明细") {
            let text = text_of(&bytes);
            let mut lines = text.lines();
            let headings: Vec<&str> = lines.next().unwrap().split(',').collect();
            let at = |heading: &str| headings.iter().position(|other| *other == heading).unwrap();
            let (id, village) = (at("公民身份号码"), at("村"));
            for line in lines {
                let cells: Vec<&str> = line.split(',').collect();
                villages.insert(cells[id].to_string(), cells[village].to_string());
            }
            // Everything is text without quotes, so that a line is its cells.
            assert!(!text.contains('"'), "{name}");
        }
        let truth = ledger(&project);
        assert!(truth.len() > 100, "{}", truth.len());
        District { project, truth, villages }
    }

    /// Damages the numbers of the persons of the truth that are chosen, in every row of one side.
    fn damaged(&self, kind: &Kind, of_payments: bool, is_chosen: &dyn Fn(&str) -> bool) -> Project {
        let project = Project::empty();
        for (name, bytes) in self.project.files(".").into_iter().filter(|(name, _)| !name.starts_with("out/"))
        {
            let is_registry = REGISTRIES.contains(&name.as_str());
            let is_payment = name.starts_with("发放明细/");
            let concerns = if of_payments { is_payment } else { is_registry };
            if !concerns || name.starts_with("丧葬补助/") {
                project.write(&name, bytes);
                continue;
            }
            project.write(&name, self.damaged_file(&text_of(&bytes), kind, true, is_chosen));
        }
        project
    }

    fn damaged_file(
        &self,
        text: &str,
        kind: &Kind,
        is_first: bool,
        is_chosen: &dyn Fn(&str) -> bool,
    ) -> String {
        let (mut out, mut lines) = (String::new(), text.lines());
        let headings = lines.next().unwrap();
        let names = ["公民身份号码", "身份证号码", "社会保障号码", "死者身份证号", "证件号码", "身份证号"];
        let at = headings.split(',').position(|heading| names.contains(&heading)).unwrap();
        out.push_str(headings);
        let further = if headings.contains("所属期") {
            ",出生日期,性别\n"
        } else {
            ",出生日期,性别,村\n"
        };
        out.push_str(if is_first { further } else { "\n" });
        for line in lines {
            let mut cells: Vec<String> = line.split(',').map(str::to_string).collect();
            let id = cells[at].clone();
            let damaged = is_chosen(&id).then(|| (kind.apply)(&id, seed_of(&id)));
            if let Some(damaged) = damaged.filter(|damaged| !is_another_number(kind, damaged)) {
                cells[at] = damaged;
            }
            out.push_str(&cells.join(","));
            if is_first && id.len() == 18 {
                let sex = if id.as_bytes()[16] % 2 == 1 { "男" } else { "女" };
                let village = self.villages.get(&id).map_or("", String::as_str);
                out.push_str(&format!(",{},{sex}", &id[6..14]));
                if !headings.contains("所属期") {
                    out.push_str(&format!(",{village}"));
                }
            }
            out.push('\n');
        }
        out
    }
}

/// Whether a damaged number fits its check character by chance, as one in eleven does of which two digits are
/// wrong: then it is the number of somebody else, and nobody can tell. A number that a spreadsheet cut is told by
/// the other numbers of its file.
fn is_another_number(kind: &Kind, damaged: &str) -> bool {
    let as_of = chrono::NaiveDate::from_ymd_opt(2024, 8, 31).unwrap();
    !kind.is_usable && !damaged.ends_with("000") && CitizenId::read(damaged, as_of).usable().is_some()
}

fn ledger(project: &Project) -> BTreeMap<(String, String), i64> {
    project.run("run . --formats csv --no-cache").exits(0);
    let rows = project.table("out/ledger.csv");
    rows.into_iter()
        .map(|row| ((row["id_number"].clone(), row["case_type"].clone()), row["due_fen"].parse().unwrap()))
        .collect()
}

fn leads(project: &Project) -> Truth {
    let rows = project.table("out/leads.csv");
    rows.into_iter().map(|row| (row["id_number"].clone(), row["case_type"].clone())).collect()
}

/// A case under what a spreadsheet leaves of the number: where that is a usable number it stands for itself.
fn as_cut((id, case_type): &(String, String)) -> (String, String) {
    (format!("{}000", &id[..15]), case_type.clone())
}

/// What is found of the truth of the persons whose numbers were damaged.
#[derive(Default)]
struct Found {
    cases: usize,
    established: usize,
    led: usize,
}

fn measure(district: &District, project: &Project, is_chosen: &dyn Fn(&str) -> bool) -> Found {
    let (established, leads) = (ledger(project), leads(project));
    for (case, due) in &established {
        // Whatever was damaged: nothing is claimed that is not true, and no fen more.
        let true_due = district.truth.get(case);
        assert!(true_due.is_some_and(|true_due| due <= true_due), "{case:?} {due} {true_due:?}");
    }
    let mut found = Found::default();
    for case in district.truth.keys().filter(|(id, _)| is_chosen(id)) {
        found.cases += 1;
        if established.contains_key(case) {
            found.established += 1;
        } else if leads.contains(case) || leads.contains(&as_cut(case)) {
            found.led += 1;
        }
    }
    found
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.1}", 100.0 * part as f64 / whole.max(1) as f64)
}

#[test]
fn recall_by_kind_of_damage_is_what_the_documentation_says() {
    let district = District::new();
    let persons: BTreeSet<String> = district.truth.keys().map(|(id, _)| id.clone()).collect();
    let is_chosen = |id: &str| persons.contains(id);
    let mut table = String::from(
        "| 损坏方式 | 登记表一侧：认定 | 认定＋线索 | 发放名册一侧：认定 | 认定＋线索 |\n|---|---|---|---|---|\n",
    );
    let mut missed = Vec::new();
    for kind in &KINDS {
        let mut cells = Vec::new();
        for of_payments in [false, true] {
            let project = district.damaged(kind, of_payments, &is_chosen);
            let found = measure(&district, &project, &is_chosen);
            let all = found.established + found.led;
            cells.push(percent(found.established, found.cases));
            cells.push(percent(all, found.cases));
            if kind.is_usable && found.established < found.cases {
                missed.push(format!("{} is not established any more", kind.name));
            }
        }
        table.push_str(&format!("| {} | {} |\n", kind.name, cells.join(" | ")));
    }
    assert_eq!(missed, [""; 0]);
    compare_with_document("docs/identity.md", Some("by kind"), &table);
}

#[test]
fn of_three_percent_damaged_numbers_nearly_all_is_found() {
    let district = District::new();
    let project = Project::empty();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let is_thirtieth =
        |id: &str, salt: u64| seed_of(id).wrapping_add(salt).wrapping_mul(0x9e37_79b9) >> 7 & 1023 < 31;
    for (name, bytes) in district.project.files(".").into_iter().filter(|(name, _)| !name.starts_with("out/"))
    {
        let is_registry = REGISTRIES.contains(&name.as_str());
        if !is_registry && !name.starts_with("发放明细/") {
            project.write(&name, bytes);
            continue;
        }
        // Rows of a registry are typed by different hands, the lines of a payee by one.
        let salt = if is_registry { name.len() as u64 } else { 0 };
        let mut text = text_of(&bytes);
        for (number, kind) in KINDS.iter().enumerate() {
            let of_kind = |id: &str| {
                id.len() == 18 && is_thirtieth(id, salt) && seed_of(id) as usize % KINDS.len() == number
            };
            let is_first = number == 0;
            // The further columns are added once.
            text = district.damaged_file(&text, kind, is_first, &of_kind);
        }
        files.insert(name, text);
    }
    for (name, text) in &files {
        project.write(name, text);
    }
    let found = measure(&district, &project, &|_| true);
    let all = found.established + found.led;
    let line = format!(
        "{} 个应认定案件中：认定 {}，另有线索 {}，合计 {}%；认定的准确率 100%。\n",
        found.cases,
        found.established,
        found.led,
        percent(all, found.cases)
    );
    assert!(all * 100 >= found.cases * 98, "{line}");
    compare_with_document("docs/identity.md", Some("three percent"), &line);
}
