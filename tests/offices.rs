//! Tables as offices write them: headings, rows that are no data, values and codes in every spelling.

use crate::support::village::{AUDIT, CLEAN, DECEASED, PAYMENTS, village};
use crate::support::{Outcome, Project, Row};

/// The village with another roster.
fn with_roster(text: &str) -> Project {
    village().with("发放/2023.csv", text)
}

/// What quality.csv says of a file: the row of a code.
fn quality<'a>(rows: &'a [Row], file: &str, code: &str) -> Option<&'a Row> {
    rows.iter().find(|row| row["file"] == file && row["code"] == code)
}

/// The counts of some codes in a file, absent ones as none.
fn counts(project: &Project, file: &str, codes: &[&str]) -> Vec<u64> {
    let rows = project.table("out/quality.csv");
    let count = |code: &&str| quality(&rows, file, code).map_or(0, |row| row["count"].parse().unwrap());
    codes.iter().map(count).collect()
}

/// Runs the audit and returns rows in, kept and rejected of a file. Every row in is kept or rejected.
fn balance(project: &Project, file: &str) -> (u64, u64, u64) {
    project.run("run . --formats csv").exits(0);
    let found = counts(project, file, &["rows_in", "rows_kept", "rows_rejected"]);
    assert_eq!(found[0], found[1] + found[2], "rows in = kept + rejected");
    let rejects = project.table("out/rejects.csv");
    assert_eq!(rejects.iter().filter(|row| row["file"] == file).count() as u64, found[2]);
    (found[0], found[1], found[2])
}

const ROSTER: &str = "发放/2023.csv";

// ----------------------------------------------------------------------------------------------------- headings

#[test]
fn a_centre_names_its_own_headings_in_an_overlay() {
    let project = with_roster(&PAYMENTS.replacen("身份证号,姓名", "持卡人证号,持卡人", 1));
    project.run("run .").exits(3).complains("[E201]");
    project.write("own/headings.toml", "[headings]\nid_number = [\"持卡人证号\"]\nname = [\"持卡人\"]\n");
    project.run("run . --rules own --formats csv").exits(0);
    assert!(project.text("out/receipt.json").contains("\"path\": \"headings.toml\""));
    project.run("verify out --rules own").exits(0);
    // What was read by other headings is read anew: the cache knows by which.
    project.run("run .").exits(3).complains("[E201]");
    project.write("own/headings.toml", "[headings]\nid_number = [\"持卡人证号\"]\n");
    project.run("run . --rules own").exits(3).complains("[E201]");
    project.write("audit.toml", format!("rules = \"own\"\n{AUDIT}"));
    project.write("own/headings.toml", "[headings]\nid_number = [\"持卡人证号\"]\nname = [\"持卡人\"]\n");
    project.run("run . --formats csv").exits(0);
    project.run("verify out").exits(0);
}

#[test]
fn one_heading_is_not_given_to_two_columns() {
    let mapped =
        "path  = \"死亡.csv\"\n[input.columns]\ndeath_date = \"注销日期\"\nregistered_on = \"注销 日期\"";
    let project = village().replacing("audit.toml", "path  = \"死亡.csv\"", mapped);
    project.run("check .").exits(2).complains("[E603]").complains("注销 日期").complains("death_date");
    project.run("check . --lang en").exits(2).complains("registered_on");
}

#[test]
fn field_codes_are_headings() {
    let coded = "aac002,AAC003,aae003,基础养老金,aae010\n";
    let project = with_roster(&format!("{coded}{CLEAN},赵国栋,202305,150.00,053001\n"));
    assert_eq!(balance(&project, ROSTER), (1, 1, 0));
}

// --------------------------------------------------------------------------------------- rows that are no data

/// A sheet of two pages with everything that is no person.
fn pages() -> String {
    let heading = "序号,身份证号,姓名,待遇所属期,基础养老金,备注\n";
    format!(
        "某乡 2023 年 5 月发放表,,,,,\n{heading}\
         1,{CLEAN},赵国栋,202305,150.00,\n\
         2,{DECEASED},李秀英,202305,150.00,\n\
         本页小计,,,,300.00,\n\
         ,,,,,\n\
         某乡 2023 年 5 月发放表,,,,,\n{heading}\
         3,530499195208150041,刘正明,202305,100.50,\n\
         4,,合计旺,202305,1.00,\n\
         5,,,202305,2.00,\n\
         东村合计,,,,103.50,\n\
         合　计,,5人,,403.50,\n\
         制表人：王五,,审核人：赵六,,,单位盖章\n\
         说明：本表一式两份,,,,,\n"
    )
}

#[test]
fn sums_remarks_and_repeated_headings_are_no_people() {
    let project = with_roster(&pages());
    // A row with money and no person stays a row.
    assert_eq!(balance(&project, ROSTER), (5, 5, 0));
    let codes = ["repeated_heading", "subtotal_row", "total_row", "note_row", "blank_row"];
    assert_eq!(counts(&project, ROSTER, &codes), [2, 2, 1, 2, 1]);
    let rows = project.table("out/quality.csv");
    assert_eq!(quality(&rows, ROSTER, "repeated_heading").unwrap()["first_rows"], "7;8");
    assert_eq!(quality(&rows, ROSTER, "rows_in").unwrap()["fen"], "40350");
    assert!(!rows.iter().any(|row| row["code"].starts_with("footer_total_mismatch")));
    let unusable: Vec<String> =
        project.table("out/not_checkable.csv").into_iter().map(|r| r["name"].clone()).collect();
    assert!(unusable.contains(&"合计旺".to_string()), "a name that begins like a label is one: {unusable:?}");
    project.run("check .").exits(0).says("total_row");
}

#[test]
fn a_stated_sum_is_held_against_the_rows() {
    for (footer, mismatch) in [
        ("合计,,,,403.50,", None),
        ("合计,,,,403.51,", Some("footer_total_mismatch:40351:40350")),
        // Who knows which of two is meant, or what a sum without a figure is.
        ("合计,,,,403.51,\n总计,,,,403.51,", None),
        ("合计,,,,,", None),
        ("本页合计,,,,1.00,", None),
    ] {
        let project = with_roster(&pages().replace("合　计,,5人,,403.50,", footer));
        project.run("run . --formats csv").exits(0);
        let rows = project.table("out/quality.csv");
        let found: Vec<&str> =
            rows.iter().map(|row| row["code"].as_str()).filter(|code| code.starts_with("footer_")).collect();
        assert_eq!(found, mismatch.into_iter().collect::<Vec<_>>(), "{footer}");
    }
}

#[test]
fn a_row_with_a_number_is_a_person_whatever_else_it_says() {
    for row in [
        format!("合计,{CLEAN},合计,202305,150.00,\n"),
        format!("合计,'{CLEAN},,202305,150.00,\n"),
        "合计,5304991954042200,小计,202305,150.00,\n".to_string(),
        // A person without a number is one as well.
        "合计,,赵国栋,202305,150.00,\n".to_string(),
        "制表人,,赵国栋,202305,150.00,\n".to_string(),
        "负责人,无,赵国栋,202305,150.00,\n".to_string(),
        "7,,,202305,150.00,\n".to_string(),
    ] {
        let project = with_roster(&format!("{}{row}", pages()));
        assert_eq!(balance(&project, ROSTER), (6, 6, 0), "{row}");
    }
}

#[test]
fn registries_have_such_rows_too() {
    let text = "死亡人员名单,,,\n身份证号,姓名,死亡日期,注销原因\n\
                530499195003120017,李秀英,2023-04-10,死亡\n\
                身份证号,姓名,死亡日期,注销原因\n,,,\n\
                ,无名氏,2023-04-11,死亡\n合计,,2人,\n,合计2人,,\n制表人,王五,审核人,赵六\n备注：无,,,\n";
    let project = village().with("死亡.csv", text);
    assert_eq!(balance(&project, "死亡.csv"), (2, 2, 0));
    let codes = ["repeated_heading", "total_row", "note_row", "blank_row"];
    assert_eq!(counts(&project, "死亡.csv", &codes), [1, 2, 2, 1]);
}

#[test]
fn grants_with_a_sum_below_are_added_up() {
    let grants = "死者身份证号,姓名,金额,发放日期\n530499194803010065,孙有才,1236.00,2019-06-01\n";
    for (footer, told) in [("合计,,1236.00,\n", false), ("合计,,1236.01,\n", true)] {
        let project = village().with("丧葬.csv", format!("{grants}{footer}"));
        assert_eq!(balance(&project, "丧葬.csv"), (1, 1, 0));
        let rows = project.table("out/quality.csv");
        assert_eq!(rows.iter().any(|row| row["code"].starts_with("footer_total_mismatch")), told, "{footer}");
    }
}

#[test]
fn a_heading_on_two_rows_repeats_itself_on_the_next_page() {
    let heading = "序号,身份证号,姓名,所属期,基础养老金,,备注\n,,,,中央,省级,\n";
    let person = |id: &str, name: &str| format!("1,{id},{name},202305,98.00,22.00,\n");
    let (first, second) = (person(CLEAN, "赵国栋"), person(DECEASED, "李秀英"));
    let project = with_roster(&format!("{heading}{first}{heading}{second}"));
    assert_eq!(balance(&project, ROSTER), (2, 2, 0));
    let codes = ["repeated_heading", "heading_on_two_rows"];
    assert_eq!(counts(&project, ROSTER, &codes), [2, 1]);
    let rows = project.table("out/quality.csv");
    assert_eq!(quality(&rows, ROSTER, "rows_in").unwrap()["fen"], "24000");
}

#[test]
fn the_result_of_such_rows_is_the_same_from_the_cache_and_on_any_threads() {
    let project = with_roster(&pages());
    let run = |options: &str| -> Outcome { project.run(&format!("run . --json {options}")).exits(0) };
    let first = run("--threads 1").stdout;
    let read = || project.files("out");
    let files = read();
    for options in ["", "--threads 2", "--no-cache", "--rehash"] {
        assert_eq!(run(options).stdout, first, "{options}");
        crate::support::assert_same_files(&read(), &files);
    }
}
