//! What a clerk meets when she tries the inputs of her offices: words under headings that nobody knows, cells to be
//! corrected, footers, one file of many that is refused.

use crate::support::village::{CLEAN, DEATHS, DECEASED, INMATE, PENSIONER, TWICE, village};
use crate::support::workbooks::{self, Cell, Sheet};
use crate::support::{Project, Row, assert_same_files, column};

const DEATH_LIST: &str = "死亡.csv";
const ROSTER: &str = "发放/2023.csv";

/// A run whose tables are read afterwards.
fn ran(project: Project) -> Project {
    project.run("run . --formats csv").exits(0);
    project
}

/// How many rows of a written table are about a person's death.
fn deaths_in(project: &Project, table: &str, id: &str) -> usize {
    let rows = project.table(table);
    rows.iter().filter(|row| row["case_type"] == "post_death" && row["id_number"] == id).count()
}

/// Of claims and leads about the death of the deceased, how many there are.
fn of_deceased(project: &Project) -> (usize, usize) {
    (deaths_in(project, "out/ledger.csv", DECEASED), deaths_in(project, "out/leads.csv", DECEASED))
}

fn codes_of(project: &Project, file: &str) -> Vec<(String, String)> {
    let rows = project.table("out/quality.csv").into_iter().filter(|row| row["file"] == file);
    rows.map(|row| (row["code"].clone(), row["count"].clone())).collect()
}

fn told(project: &Project, file: &str, code: &str) -> Option<String> {
    codes_of(project, file).into_iter().find(|(own, _)| own == code).map(|(_, count)| count)
}

// ------------------------------------------------------------------------------- words that no column holds

#[test]
fn words_under_an_unknown_heading_make_no_claim() {
    for (heading, word, unread) in [
        // A heading that may be a reason or a state, whatever it says.
        ("状态", "重户", true),
        ("人员状态", "正常", true),
        ("类别", "参军", true),
        ("备注", "见附件", true),
        ("死亡原因", "死亡", true),
        ("状态（说明）", "迁出", true),
        // Any other heading, if a dictionary knows a word below it.
        ("栏甲", "重户注销", true),
        ("", "出国定居", true),
        ("栏甲", "误登记", true),
        // Nothing of the kind.
        ("栏甲", "甲", false),
        ("状态", "", false),
        ("状态", "—", false),
        ("备注", "无", false),
        ("住址", "重户村一组", false),
        ("火化地点", "火化场", false),
        ("联系电话", "13800000000", false),
    ] {
        let text = format!("身份证号,姓名,死亡日期,{heading}\n{DECEASED},李秀英,2023-04-10,{word}\n");
        let project = ran(village().with(DEATH_LIST, text));
        let expected = if unread { (0, 1) } else { (1, 0) };
        assert_eq!(of_deceased(&project), expected, "{heading}: {word}");
        let shown = if heading.is_empty() { "D" } else { heading };
        let code = format!("reason_unread:reason:{shown}");
        assert_eq!(told(&project, DEATH_LIST, &code).is_some(), unread, "{heading}: {word}");
    }
}

#[test]
fn the_remedy_for_an_unread_reason_is_told_and_works() {
    let list = |word: &str| format!("身份证号,姓名,死亡日期,状态\n{DECEASED},李秀英,2023-04-10,{word}\n");
    let path = format!("path  = \"{DEATH_LIST}\"");
    for (word, line, expected) in [
        ("死亡", "", (0, 1)),
        ("死亡", "[input.columns]\nreason = \"状态\"", (1, 0)),
        ("重户", "[input.columns]\nreason = \"状态\"", (0, 0)),
        ("重户", "[input.values]\nreason = \"死亡\"", (1, 0)),
    ] {
        let mapped = format!("{path}\n{line}");
        let project = village().with(DEATH_LIST, list(word)).replacing("audit.toml", &path, &mapped);
        project.run("check .").exits(0);
        let project = ran(project);
        assert_eq!(of_deceased(&project), expected, "{word}, {line}");
    }
    let project = village().with(DEATH_LIST, list("死亡"));
    project.run("check .").exits(0).says("reason = \"状态\"").says("[input.values]");
    project.run("check . --lang en").exits(0).says("reason = \"状态\"");
    project.run(&format!("explain . {DECEASED}")).exits(0);
}

#[test]
fn a_whole_column_is_a_reason_where_one_cell_of_it_is() {
    // The second row says something that no dictionary knows, under the heading of the first.
    let text = format!(
        "身份证号,姓名,死亡日期,栏甲\n{CLEAN},赵国栋,2023-04-10,双户口\n{DECEASED},李秀英,2023-04-10,入伍\n\
         {TWICE},刘正明,2023-01-10,\n"
    );
    let project = ran(village().with(DEATH_LIST, text).with("认证.csv", "身份证号,姓名,认证日期\n"));
    assert_eq!(of_deceased(&project), (0, 1));
    // Nothing stands there: the plain case.
    assert_eq!(deaths_in(&project, "out/ledger.csv", TWICE), 1);
    assert_eq!(told(&project, DEATH_LIST, "reason_unread:reason:栏甲").as_deref(), Some("1"));
    // The same from the cache.
    let before = project.files("out");
    let project = ran(project);
    assert_same_files(&before, &project.files("out"));
    assert_eq!(of_deceased(&project), (0, 1));
}

#[test]
fn unread_columns_change_nothing_else() {
    // Rows with nothing but a remark, formulas without value, merged remarks: as before.
    let cells = |texts: [&str; 4]| -> Vec<Cell> {
        let cell = |text: &str| match text {
            "" => Cell::Empty,
            text => Cell::Text(text.to_string()),
        };
        texts.into_iter().map(cell).collect()
    };
    let sheet = Sheet {
        name: "名单".into(),
        rows: vec![
            cells(["身份证号", "姓名", "死亡日期", "备注"]),
            cells([DECEASED, "李秀英", "2023-04-10", ""]),
            cells(["", "", "", "以上共一人"]),
        ],
        ..Sheet::default()
    };
    let project = village().with("死亡.xlsx", workbooks::xlsx(&sheet));
    let project = ran(project.replacing("audit.toml", "path  = \"死亡.csv\"", "path  = \"死亡.xlsx\""));
    assert_eq!(of_deceased(&project), (1, 0));
    let rows = project.table("out/quality.csv");
    let count = |code: &str| {
        rows.iter()
            .find(|row| row["file"] == "死亡.xlsx" && row["code"] == code)
            .map(|row| row["count"].clone())
    };
    assert_eq!(count("rows_in").as_deref(), Some("1"));
    assert_eq!(count("blank_row").as_deref(), Some("1"));
    assert!(!rows.iter().any(|row| row["code"].starts_with("reason_unread")), "{rows:?}");
}

#[test]
fn an_unread_state_of_another_pension_makes_no_claim() {
    let dual = |project: &Project, table: &str| {
        let rows = project.table(table);
        rows.iter().filter(|row| row["case_type"] == "dual_pension" && row["id_number"] == PENSIONER).count()
    };
    for (heading, word, expected) in [
        ("发放状态", "暂停", (0, 1)),
        ("是否停发", "是", (0, 1)),
        ("发放状态", "", (1, 0)),
        ("发放银行", "某行", (1, 0)),
    ] {
        let text =
            format!("身份证号,姓名,险种,待遇开始年月,{heading}\n{PENSIONER},张桂兰,职工养老,202305,{word}\n");
        let project = ran(village().with("其他待遇.csv", text));
        let found = (dual(&project, "out/ledger.csv"), dual(&project, "out/leads.csv"));
        assert_eq!(found, expected, "{heading}: {word}");
    }
}

// ------------------------------------------------------------------------------------------ cells to be corrected

const CORRECTIONS: &str = "out/corrections.csv";

/// The place of each cell to be corrected: file, row, letter of the column, value, code.
fn corrections(project: &Project) -> Vec<String> {
    let cell =
        |row: &Row| ["file", "row", "column_letter", "value", "code"].map(|name| row[name].clone()).join("|");
    project.table(CORRECTIONS).iter().map(cell).collect()
}

#[test]
fn every_cell_that_is_kept_and_unreadable_is_listed() {
    let deaths = format!(
        "身份证号,姓名,死亡日期,登记日期,注销原因\n\
         {DECEASED},李秀英,2023-04-31,1900-01-01,死亡\n,无名氏,2023年春,,死亡\n{INMATE},王建国,2023-04-01,#REF!,重户\n"
    );
    let pensions =
        format!("身份证号,姓名,险种,待遇开始年月,月待遇\n{PENSIONER},张桂兰,职工养老,2023春,一千\n");
    let project = village().with(DEATH_LIST, deaths).with("其他待遇.csv", pensions);
    let project = ran(project);
    assert_eq!(
        corrections(&project),
        [
            "其他待遇.csv|2|D|2023春|E311",
            "其他待遇.csv|2|E|一千|E304",
            "发放/2023.csv|13|A|530499195512300088|E405",
            "死亡.csv|2|C|2023-04-31|E309",
            "死亡.csv|2|D|1900-01-01|E310",
            "死亡.csv|3|A||E401",
            "死亡.csv|3|C|2023年春|E309",
            "死亡.csv|4|D|#REF!|E312",
        ]
    );
    let rejects = project.text("out/rejects.csv");
    let text = project.text(CORRECTIONS);
    assert_eq!(text.lines().next(), rejects.lines().next(), "columns like those of rejects.csv");
    for row in project.table(CORRECTIONS) {
        assert!(!row["reason"].is_empty() && !row["remedy"].is_empty(), "{row:?}");
        assert!(!row["column"].is_empty(), "{row:?}");
    }
    assert!(project.text("out/receipt.json").contains("corrections.csv"));
    project.run("verify out").exits(0);
    project.run("run .").exits(0);
    assert!(project.files("out").contains_key("corrections.parquet"));
    project.run("run . --formats csv --lang en").exits(0);
}

#[test]
fn a_rejected_row_is_not_to_be_corrected_cell_by_cell() {
    let grants = "死者身份证号,姓名,发放日期,金额\n530499194803010066,孙有才,2019-13-01,一千\n";
    let project = ran(village().with("丧葬.csv", grants));
    assert!(!corrections(&project).iter().any(|row| row.starts_with("丧葬")), "{:?}", corrections(&project));
    assert!(column(&project.table("out/rejects.csv"), "file").contains(&"丧葬.csv"));
    // A repayment that names its case needs no number.
    let repayments = "案件编号,身份证号,金额,收款日期\nX-1,,1.00,2024-01-05\n,,1.00,2024-01-05\n";
    let project = ran(village().with("退回.csv", repayments));
    let of_file = corrections(&project).into_iter().filter(|row| row.starts_with("退回"));
    assert_eq!(of_file.collect::<Vec<_>>(), ["退回.csv|3|B||E401"]);
}

#[test]
fn many_corrections_are_the_same_whatever_the_threads_and_the_cache() {
    let heading = "身份证号,姓名,待遇所属期,基础养老金,发放日期\n";
    let rows: String = (0..9000)
        .map(|at| format!("53049919540422007{},甲{at},202305,1.00,2023-02-3{}\n", at % 7, at % 3))
        .collect();
    let project = village().with(ROSTER, format!("{heading}{rows}"));
    project.run("run . --formats csv --threads 1 --no-cache").exits(0);
    let before = project.files("out");
    let listed = project.table(CORRECTIONS);
    let in_roster: Vec<u32> =
        listed.iter().filter(|row| row["file"] == ROSTER).map(|row| row["row"].parse().unwrap()).collect();
    assert!(in_roster.is_sorted() && in_roster.len() == 18_000, "{}", in_roster.len());
    for options in ["", "", "--threads 2 --no-cache"] {
        project.run(&format!("run . --formats csv {options}")).exits(0);
        assert_same_files(&before, &project.files("out"));
    }
}

#[test]
fn a_formula_error_is_called_one() {
    let heading = "身份证号,姓名,待遇所属期,基础养老金,发放日期\n";
    let rows =
        format!("#N/A,甲,202305,1.00,#VALUE!\n{CLEAN},赵国栋,#REF!,1.00,\n{CLEAN},赵国栋,202305,#DIV/0!,\n");
    let project = ran(village().with(ROSTER, format!("{heading}{rows}")));
    let rejects = project.table("out/rejects.csv");
    assert_eq!(column(&rejects, "code"), ["E312", "E312"]);
    assert!(rejects[0]["reason"].contains("公式"), "{rejects:?}");
    let listed = corrections(&project);
    assert_eq!(listed, ["发放/2023.csv|2|A|#N/A|E409", "发放/2023.csv|2|E|#VALUE!|E312"]);
    let unchecked = project.table("out/not_checkable.csv");
    assert!(column(&unchecked, "code").contains(&"E409"), "{unchecked:?}");
}

// ------------------------------------------------------------------------------------------------ values and rows

#[test]
fn ten_thousands_in_cells_are_read_and_told() {
    let heading = "身份证号,姓名,待遇所属期,基础养老金,合计\n";
    let rows = format!("{CLEAN},赵国栋,202305,0.015万,150\n{DECEASED},李秀英,202305,150,0.015万元\n");
    let project = ran(village().with(ROSTER, format!("{heading}{rows}")));
    let wan = ["amount_in_wan:basic", "amount_in_wan:total"].map(|code| told(&project, ROSTER, code));
    assert_eq!(wan, [Some("1".to_string()), Some("1".to_string())]);
    let quality = project.table("out/quality.csv");
    let row = quality.iter().find(|row| row["code"] == "amount_in_wan:total").unwrap();
    assert_eq!(row["first_rows"], "3");
    assert!(row["text"].contains("10000"), "{row:?}");
    assert_eq!(
        quality.iter().find(|row| row["file"] == ROSTER && row["code"] == "rows_in").unwrap()["fen"],
        "30000"
    );
}

#[test]
fn footers_with_capital_numerals_and_bare_signatures_are_no_people() {
    let heading = "序号,身份证号,姓名,待遇所属期,基础养老金\n";
    let person = format!("1,{CLEAN},赵国栋,202305,150.00\n");
    for footer in [
        "大写：壹佰伍拾元整,,,,",
        ",大写：壹佰伍拾元整,,,",
        "大写,壹佰伍拾元整,,,",
        "人民币大写：壹佰伍拾元整,,,,",
        "金额大写：壹佰伍拾元整,,,,",
        "审核,,复核,,制表",
        "审核,甲,复核,乙,制表",
        "复核：,,,,",
        "制表,,,,",
        ",,经办,,",
    ] {
        let project = ran(village().with(ROSTER, format!("{heading}{person}{footer}\n")));
        let count = |code: &str| told(&project, ROSTER, code);
        assert_eq!(count("rows_in").as_deref(), Some("1"), "{footer}");
        assert_eq!(count("note_row").as_deref(), Some("1"), "{footer}");
    }
    for row in [
        format!("审核,{CLEAN},赵国栋,202305,150.00"),
        "审核,,,202305,150.00".to_string(),
        "大写：壹佰伍拾元整,,,,150.00".to_string(),
        format!("1,{CLEAN},审核,202305,150.00"),
        "审核员甲,,乙,202305,1.00".to_string(),
    ] {
        let project = ran(village().with(ROSTER, format!("{heading}{person}{row}\n")));
        assert_eq!(told(&project, ROSTER, "rows_in").as_deref(), Some("2"), "{row}");
    }
}

#[test]
fn the_first_month_by_its_old_name_is_read() {
    let heading = "身份证号,姓名,待遇所属期,基础养老金\n";
    let row = |month: &str| format!("{CLEAN},赵国栋,{month},150.00\n");
    let text = format!("{heading}{}{}{}", row("2023年元月"), row("23年1月"), row("元月"));
    let project = ran(village().with(ROSTER, text));
    assert_eq!(column(&project.table("out/rejects.csv"), "row"), ["3", "4"]);
}

// ------------------------------------------------------------------------------------------------- refused inputs

#[test]
fn check_goes_on_behind_a_refused_file() {
    let project = village().with("认证.csv", "序号,备注\n1,2\n").with("服刑.csv", "");
    let outcome = project.run("check .").exits(3).complains("[E201]").complains("[E102]");
    let outcome = outcome.complains("认证.csv").complains("服刑.csv").says("死亡.csv").says("退回.csv");
    assert_eq!(outcome.stderr.lines().count(), 2, "{outcome}");
    let json = project.run("check . --json").exits(3);
    let value = json.json();
    let files: Vec<&str> =
        value["refused"].as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["认证.csv", "服刑.csv"]);
    assert_eq!(value["refused"][0]["code"], "E201");
    assert_eq!(value["inputs"].as_array().unwrap().len(), 7);
    // A run refuses at once.
    let run = project.run("run .").exits(3);
    assert_eq!(run.stderr.lines().count(), 1, "{run}");
    assert!(!project.path("out").exists());
    // The only roster.
    let project = village().with(ROSTER, "");
    project.run("check .").exits(3).complains("[E102]").says("死亡.csv");
    // The same bytes twice.
    let project = village().with("发放/又.csv", crate::support::village::PAYMENTS);
    project.run("check .").exits(3).says("死亡.csv");
    assert!(village().run("check . --json").exits(0).json()["refused"].as_array().unwrap().is_empty());
}

#[test]
fn a_damaged_file_is_told_without_foreign_words_in_the_sentence() {
    let project = village().with("死亡.csv", b"PK\x03\x04 and nothing more".as_slice());
    let outcome = project.run("run .").exits(3).complains("[E105]");
    let line = outcome.stderr.lines().next().unwrap();
    let (sentence, _) = line.split_once("（技术信息：").unwrap_or_else(|| panic!("{outcome}"));
    assert!(
        !sentence.split(']').nth(1).unwrap().replace("csv", "").contains(char::is_lowercase),
        "{outcome}"
    );
    assert!(line.ends_with('）'), "{outcome}");
    assert!(DEATHS.contains(DECEASED));
}
