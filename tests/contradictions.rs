//! Checks that hold lists and payments of one person, or of several, against each other.

use std::collections::BTreeSet;

use crate::support::Project;
use crate::support::workbooks::{Cell, Sheet, xlsx};

const AUDIT: &str = r#"title  = "虚构村"
region = "530499"
period = { from = "2023-01", to = "2023-12" }
as_of  = "2024-08-31"

[[input]]
table = "payments"
path  = "发放*.csv"

[[input]]
table = "deaths"
path  = "死亡.csv"

[[input]]
table = "contributions"
path  = "缴费.csv"

[[input]]
table = "funeral_grants"
path  = "丧葬.csv"

[[input]]
table = "id_aliases"
path  = "变更.csv"
"#;

const PAYMENTS: &[&str] = &[
    "身份证号,姓名,待遇所属期,基础养老金,银行账号,户名,个人编号,村,待遇享受开始年月",
    "530499195201010011,甲木,202305,150.00,6217000000000000001,甲木,0001,东村,201201",
    "530499195201010011,甲木,202306,150.00,6217000000000000001,甲木,0002,东村,201201",
    "530499195501010021,乙禾,202305,150.00,6217000000000000001,甲木,0003,东村,201412",
    "530499195501010021,乙禾,202306,150.00,6217000000000000001,甲木,0003,东村,201412",
    "530499195107010015,丙水,202305,150.00,6217000000000000003,丙水,0004,西村,201108",
    "530499195107020010,丁火,202305,150.00,6217000000000000004,丁火,0005,西村,201108",
    "530499195107020010,丁土,202306,150.00,6217000000000000004,丁土,0005,西村,201108",
];
const DEATHS: &[&str] = &[
    "身份证号,姓名,死亡日期,登记日期,注销原因,数据来源",
    "530499195107010015,丙水,2023-01-10,2023-01-20,死亡,民政",
    "530499195107010015,丙水,2023-03-10,2023-03-20,死亡,经办系统",
];
const CONTRIBUTIONS: &[&str] = &[
    "身份证号,姓名,缴费年度,缴费日期,金额,缴费补贴",
    "530499195107010015,丙水,2023,2023-05-01,100.00,30.00",
    "530499195107010015,丙水,2023,2023-06-01,100.00,40.00",
    "530499195107010015,丙水,2023,2023-07-01,-100.00,-30.00",
    "530499195501010021,乙禾,2023,2023-06-30,100.00,",
];
const GRANTS: &[&str] = &[
    "死者身份证号,姓名,金额,发放日期,死亡日期",
    "530499195107010015,丙水,1200.00,2023-04-01,2023-01-10",
    "530499195107010015,丙水,1300.00,2023-05-01,2023-01-10",
    "530499195107010015,丙水,1200.00,2023-06-01,2023-01-10",
    "530499195107010015,丙水,-1200.00,2023-07-01,2023-01-10",
];
const ALIASES: &[&str] =
    &["身份证号,原证件号码,变更日期", "530499195107010015,530499195107020010,2020-01-01"];

/// A list, its rows in order or backwards.
fn list(rows: &[&str], is_backwards: bool) -> String {
    let mut body: Vec<&str> = rows[1..].to_vec();
    if is_backwards {
        body.reverse();
    }
    format!("{}\n{}\n", rows[0], body.join("\n"))
}

fn project(is_backwards: bool) -> Project {
    let project = Project::empty().with("audit.toml", AUDIT);
    for (name, rows) in
        [("死亡.csv", DEATHS), ("缴费.csv", CONTRIBUTIONS), ("丧葬.csv", GRANTS), ("变更.csv", ALIASES)]
    {
        project.write(name, list(rows, is_backwards));
    }
    if !is_backwards {
        project.write("发放.csv", list(PAYMENTS, false));
        return project;
    }
    // The same lines in two files.
    for (at, name) in ["发放1.csv", "发放2.csv"].into_iter().enumerate() {
        let own = PAYMENTS[1..].iter().enumerate().filter(|(line, _)| line % 2 == at).map(|(_, line)| *line);
        let rows: Vec<&str> = PAYMENTS[..1].iter().copied().chain(own).collect();
        project.write(name, list(&rows, true));
    }
    project
}

/// What is marked and what is a lead, without the places of rows.
fn told(project: &Project, threads: u32) -> BTreeSet<String> {
    project.run(&format!("run . --formats csv --threads {threads}")).exits(0);
    let mut told = BTreeSet::new();
    for row in project.table("out/marks.csv") {
        told.insert(format!("{} {} {}", row["rule"], row["id_number"], row["detail"]));
    }
    for row in project.table("out/leads.csv").iter().filter(|row| row["case_type"] == "other") {
        told.insert(format!("{} {} {}", row["rule"], row["id_number"], row["potential_fen"]));
    }
    told
}

#[test]
fn what_is_told_depends_neither_on_the_order_of_rows_nor_on_files_nor_on_threads() {
    let plain = told(&project(false), 1);
    assert_eq!(plain, told(&project(true), 2));
    let count = |rule: &str| plain.iter().filter(|text| text.starts_with(&format!("{rule} "))).count();
    for (rule, expected) in [
        ("B-01", 1),
        ("B-02", 1),
        ("D-02", 1),
        ("D-05", 1),
        ("D-07", 1),
        ("DQ-04", 1),
        ("E-06", 1),
        ("F-02", 1),
        ("M-04", 1),
        ("M-09", 1),
        ("M-10", 1),
        ("S-01", 1),
        ("S-02", 0),
    ] {
        assert_eq!(count(rule), expected, "{rule}: {plain:#?}");
    }
}

#[test]
fn a_shared_account_is_told_once_at_its_holder_with_a_line_of_everybody() {
    let project = project(false);
    told(&project, 1);
    let marks = project.table("out/marks.csv");
    let shared: Vec<_> = marks.iter().filter(|row| row["rule"] == "B-01").collect();
    assert_eq!(shared.len(), 1);
    assert_eq!(shared[0]["id_number"], "530499195201010011");
    assert_eq!(shared[0]["evidence"], "发放.csv#3;发放.csv#5");
}

#[test]
fn a_later_grant_is_a_lead_less_what_came_back() {
    let project = project(false);
    let told = told(&project, 1);
    // Of the equal grants the later one is the one that came back; 1300 are left beside the first.
    assert!(told.contains("F-02 530499195107010015 130000"), "{told:#?}");
    // 30 and 40 yuan of subsidies, of which 30 came back.
    assert!(told.contains("S-01 530499195107010015 4000"), "{told:#?}");
}

#[test]
fn checks_that_are_written_wrongly_are_refused() {
    let shared = "kind = \"shared\"\nregistry = \"payments\"\nby = \"bank_account\"\nleast = 1\n";
    let repeated = "kind = \"repeated\"\nregistry = \"contributions\"\nby = \"contribution_year\"\n";
    let release = "kind = \"conflict\"\nbetween = \"name_and_payments\"\nregistry = \"payments\"\n";
    for (check, word) in [(shared, "least"), (repeated, "amount"), (release, "payments")] {
        let rule = format!(
            "id = \"X-01\"\ntitle = \"试\"\nstatus = \"active\"\ntier_cap = \"lead\"\nprecedence = 900\n\n\
             [check]\n{check}\n[[basis]]\ndocument = \"试\"\narticle = \"试\"\neffective_from = 2014-01-01\n\
             quote = \"试\"\n\n[doc]\nchecks = \"试\"\nnot_checked = \"试\"\nappeal = \"试\"\n"
        );
        let project = project(false).with("own/x.toml", rule);
        project.run("run . --rules own").exits(2).complains("x.toml").complains(word);
    }
}

/// A project of payments and participants, with the lists beside them that are named.
fn village_of(payees: usize, entitled: usize, beside: &[(&str, &str)]) -> Project {
    let head = "title  = \"虚构村\"\nregion = \"530499\"\nas_of  = \"2024-08-31\"\n\
                period = { from = \"2023-01\", to = \"2023-12\" }\n";
    let input = |table: &str, path: &str| format!("[[input]]\ntable = \"{table}\"\npath = \"{path}\"\n");
    let mut audit = format!("{head}{}{}", input("payments", "发放.csv"), input("participants", "参保.csv"));
    let numbers = ["530499195001010017", "530499195001020012", "530499195001030018", "530499195001040013"];
    let numbers: Vec<&str> = numbers.into_iter().chain(["530499196201010016"]).collect();
    let mut payments = "身份证号,姓名,待遇所属期,基础养老金\n".to_string();
    for number in &numbers[..payees] {
        payments.push_str(&format!("{number},甲木,202305,150.00\n"));
    }
    let mut participants = "身份证号,姓名,类别,累计缴费年限,参保状态\n".to_string();
    for number in &numbers[numbers.len() - entitled..] {
        participants.push_str(&format!("{number},甲木,登记,15,正常参保\n"));
    }
    let mut project = Project::empty().with("发放.csv", payments).with("参保.csv", participants);
    for (table, rows) in beside {
        audit.push_str(&input(table, &format!("{table}.csv")));
        project = project.with(&format!("{table}.csv"), rows);
    }
    project.with("audit.toml", audit)
}

#[test]
fn who_is_not_paid_is_told_with_what_nobody_compared() {
    let deaths = ("deaths", "身份证号,姓名,死亡日期\n530499195001010017,甲木,2024-01-01\n");
    for (beside, expected) in [
        (&[][..], "；未与死亡信息、服刑信息、职工/机关事业养老待遇比对"),
        (&[deaths][..], "；未与服刑信息、职工/机关事业养老待遇比对"),
    ] {
        let project = village_of(4, 5, beside);
        project.run("run . --formats csv").exits(0);
        let unpaid = project.table("out/unpaid.csv");
        let own: Vec<_> = unpaid.iter().filter(|row| row["rule"] == "E-05").collect();
        assert_eq!(own.len(), 1);
        assert!(own[0]["reason"].ends_with(expected), "{}", own[0]["reason"]);
    }
    // A rule that was not run compared nothing either.
    let project = village_of(4, 5, &[deaths]);
    project.run("run . --formats csv --only E-05").exits(0);
    assert!(project.table("out/unpaid.csv")[0]["reason"].contains("未与死亡信息"));
}

#[test]
fn rosters_that_lack_many_say_nothing_of_who_is_missing() {
    let project = village_of(3, 5, &[]);
    project.run("run . --formats csv").exits(0);
    assert!(project.table("out/unpaid.csv").iter().all(|row| row["rule"] != "E-05"));
    let coverage = project.table("out/coverage.csv");
    let row = coverage.iter().find(|row| row["rule"] == "E-05").unwrap();
    assert_eq!(row["persons_checked"], "0");
    assert!(row["reason"].contains("5 人中只有 3 人见于发放明细"), "{}", row["reason"]);
    assert!(row["reason"].contains("发放明细看来不是全部"), "{}", row["reason"]);
    // Who is dead, held or paid elsewhere is not missing for want of a roster.
    let deaths = ("deaths", "身份证号,姓名,死亡日期\n530499195001040013,甲木,2022-01-01\n");
    let project = village_of(3, 4, &[deaths]);
    project.run("run . --formats csv").exits(0);
    let coverage = project.table("out/coverage.csv");
    let row = coverage.iter().find(|row| row["rule"] == "E-05").unwrap();
    assert!(row["reason"].contains("3 人中只有 2 人"), "{}", row["reason"]);
}

#[test]
fn additions_are_only_missed_where_a_roster_has_their_column() {
    let parameter = |id: &str, yuan: &str| {
        format!(
            "id = \"{id}\"\noverrides = \"{id}\"\ntitle = \"虚构\"\nkind = \"amount\"\n\n[[value]]\n\
             region = \"530499\"\neffective_from = 2009-09-01\namount = \"{yuan}\"\n\
             status = \"in_force\"\ndocument = \"虚构\"\n"
        )
    };
    let project = village_of(4, 5, &[])
        .with("own/parameters/a.toml", parameter("age_addition", "5.00"))
        .with("own/parameters/y.toml", parameter("year_addition", "2.00"));
    let owed = |project: &Project| {
        project.run("run . --formats csv --rules own").exits(0);
        project.table("out/unpaid.csv").iter().filter(|row| row["rule"] == "A-02").count()
    };
    assert_eq!(owed(&project), 0);
    let coverage = project.table("out/coverage.csv");
    let row = coverage.iter().find(|row| row["rule"] == "A-02").unwrap();
    assert!(row["reason"].contains("没有“加发养老金”一列"), "{}", row["reason"]);
    // Of two rosters one has the column: only who stands on that one was left without an addition.
    let audit = project.text("audit.toml").replace("发放.csv", "发放*.csv");
    let second = "身份证号,姓名,待遇所属期,基础养老金,加发养老金\n530499195001020012,甲木,202306,150.00,\n";
    let project = project.with("audit.toml", audit).with("发放2.csv", second);
    assert_eq!(owed(&project), 1);
    let unpaid = project.table("out/unpaid.csv");
    let own = unpaid.iter().find(|row| row["rule"] == "A-02").unwrap();
    assert_eq!((own["first_month"].as_str(), own["owed_fen"].as_str()), ("2023-06", "500"));
}

#[test]
fn a_number_that_a_workbook_stored_as_a_number_is_one_of_those_that_are_told() {
    let text = |text: &str| Cell::Text(text.to_string());
    let sheet = Sheet {
        name: "发放".to_string(),
        rows: vec![
            ["身份证号", "姓名", "待遇所属期", "基础养老金"].map(text).to_vec(),
            vec![Cell::Number(530_499_195_201_010_000.0), text("孙某"), text("2023-05"), text("150")],
        ],
        ..Sheet::default()
    };
    let audit = AUDIT.split("\n[[input]]").next().unwrap();
    let input = "[[input]]\ntable = \"payments\"\npath  = \"发放.xlsx\"\n";
    let rule =
        std::fs::read_to_string(crate::support::repository("rules/data/number_unusable.toml")).unwrap();
    let rule = rule.replacen("\n", "\noverrides = \"DQ-02\"\n", 1).replace("\"stored_as_number\", ", "");
    let project = Project::empty()
        .with("audit.toml", format!("{audit}\n{input}"))
        .with("发放.xlsx", xlsx(&sheet))
        .with("own/n.toml", rule.split("[[example]]").next().unwrap());
    for (rules, hits) in [("", "1"), (" --rules own", "0")] {
        project.run(&format!("run . --formats csv{rules}")).exits(0);
        let coverage = project.table("out/coverage.csv");
        let row = coverage.iter().find(|row| row["rule"] == "DQ-02").unwrap();
        assert_eq!((row["rows"].as_str(), row["hits"].as_str()), ("1", hits), "{row:?}");
    }
}
