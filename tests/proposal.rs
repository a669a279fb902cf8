//! `init`: a folder of files becomes an audit.toml that a person can check, and that runs.

use crate::support::{Project, column};

fn sample_without_project_file() -> Project {
    let project = Project::copy_of("sample_data/hongta-2023");
    std::fs::remove_file(project.path("audit.toml")).unwrap();
    project
}

#[test]
fn the_samples_own_files_are_placed_and_give_the_same_ledger() {
    let expected = Project::copy_of("sample_data/hongta-2023");
    expected.run("run . --formats csv").exits(0);
    let project = sample_without_project_file();
    project
        .run("init . --title 虚构 --region 530402")
        .exits(0)
        .says("payments 发放明细")
        .says("没有归类：answer_key.csv");
    // The period is what the rosters hold; which year is audited is the person's to say.
    let text = project.text("audit.toml");
    assert!(text.contains("period = { from = \"2023-01\", to = \"2024-01\" }"), "{text}");
    assert!(text.contains("path  = \"发放明细/*.csv.gz\""), "{text}");
    let given = expected.text("audit.toml");
    let line = |text: &str, key: &str| text.lines().find(|line| line.starts_with(key)).unwrap().to_string();
    let mut mended = text.replace(&line(&text, "period"), &line(&given, "period"));
    mended = mended.replace(&line(&text, "as_of"), &line(&given, "as_of"));
    project.write("audit.toml", mended);
    project.run("run . --formats csv").exits(0);
    let ledger = |project: &Project| project.table("out/ledger.csv");
    assert_eq!(column(&ledger(&project), "due_fen").len(), 98);
    let money = |project: &Project| {
        let mut money: Vec<(String, String)> = ledger(project)
            .into_iter()
            .map(|row| (row["id_number"].clone(), row["due_fen"].clone()))
            .collect();
        money.sort();
        money
    };
    assert_eq!(money(&project), money(&expected));
}

#[test]
fn a_project_file_is_never_overwritten() {
    let project = sample_without_project_file().with("audit.toml", "mine");
    project.run("init .").exits(2).complains("[E609]");
    assert_eq!(project.text("audit.toml"), "mine");
    let printed = project.run("init . --print").exits(0);
    assert!(printed.stdout.contains("[[input]]"), "{printed}");
    assert_eq!(project.text("audit.toml"), "mine");
}

#[test]
fn what_may_be_two_tables_is_left_to_a_person() {
    let roster = "身份证号,姓名,待遇所属期,基础养老金\n530499195201010011,张三,202301,100.00\n";
    let project = Project::empty()
        .with("名册.csv", roster)
        .with("名单.csv", "身份证号,姓名\n530499195201010011,张三\n")
        .with("火化/2023.csv", "身份证号,姓名,火化日期\n530499195201010011,张三,2023-01-02\n")
        .with("通知.pdf", "%PDF-1.4 …");
    project.run("init .").exits(0).says("没有归类：通知.pdf").says("没有归类：名单.csv");
    let text = project.text("audit.toml");
    assert!(text.contains("table = \"payments\"\npath  = \"名册.csv\""), "{text}");
    assert!(!text.contains("名单.csv"), "{text}");
    // It can be read as it is.
    project.run("check .").exits(0);
    // A list of nothing but numbers and names under a telling name is a proposal behind a #.
    std::fs::remove_file(project.path("audit.toml")).unwrap();
    let json = project.run("init . --json --lang en").exits(0).json();
    assert_eq!(json["period"]["from"], "2023-01");
}

#[test]
fn each_sheet_of_a_workbook_is_placed_by_itself() {
    let project = Project::empty();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheets: [(&str, &[&[&str]]); 3] = [
        (
            "明细",
            &[
                &["身份证号", "姓名", "待遇所属期", "基础养老金"],
                &["530499195201010011", "张三", "202301", "100.00"],
            ],
        ),
        ("死亡人员", &[&["身份证号", "姓名", "死亡日期"], &["530499195201010011", "张三", "2022-12-02"]]),
        ("说明", &[&["本表由甲单位报送"]]),
    ];
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap();
        for (row, cells) in (0u32..).zip(rows) {
            for (column, cell) in (0u16..).zip(*cells) {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
    }
    project.write("材料.xlsx", book.save_to_buffer().unwrap());
    project.run("init .").exits(0).says("［说明］");
    let text = project.text("audit.toml");
    for sheet in ["sheet = \"明细\"", "sheet = \"死亡人员\""] {
        assert!(text.contains(sheet), "{text}");
    }
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    assert_eq!(column(&ledger, "case_type"), ["post_death"]);
}
