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
    project.run("check .").exits(0).says("表尾合计行");
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

fn sheet() -> impl proptest::strategy::Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0..LINES.len(), 1..25)
}

/// Lines of a sheet, with what each must become: a row of the table, or the observation that tells of it.
const LINES: &[(&str, &str)] = &[
    ("1,530499195404220078,赵国栋,202305,150.00,", "rows_in"),
    ("2,530499195003120017,李秀英,202305,(150.00),", "rows_in"),
    ("3,530499195512300088,杨福,202305,-,", "rows_in"),
    ("4,,无号人,202305,150.00,", "rows_in"),
    ("5,530499195404220078,赵国栋,202313,150.00,", "rows_in"),
    ("6,530499195404220078,赵国栋,202305,一百五,", "rows_in"),
    ("合计,530499195404220078,合计,202305,150.00,", "rows_in"),
    ("8,530499195404220078,赵国栋,202305,1,150.00,7", "rows_in"),
    ("合计,,,,300.00,", "total_row"),
    ("总计：,,,,300.00,", "total_row"),
    ("本页小计,,,,300.00,", "subtotal_row"),
    ("东村小计,,,,300.00,", "subtotal_row"),
    ("制表人：甲,,,审核人：乙,,", "note_row"),
    ("说明：无,,,,,", "note_row"),
    ("序号,身份证号,姓名,待遇所属期,基础养老金,备注", "repeated_heading"),
    ("发放表,,,,,", "repeated_heading"),
    (",,,,,", "blank_row"),
    ("9,,,,,", "blank_row"),
    ("", "blank_row"),
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 24, ..Default::default() })]
    #[test]
    fn every_line_is_kept_rejected_or_told(lines in sheet()) {
        let heading = "发放表,,,,,\n序号,身份证号,姓名,待遇所属期,基础养老金,备注\n";
        let body: String = lines.iter().map(|&line| format!("{}\n", LINES[line].0)).collect();
        // A roster without any row is refused.
        let project = with_roster(&format!("{heading}{}\n{body}", LINES[0].0));
        balance(&project, ROSTER);
        let kinds = ["rows_in", "total_row", "subtotal_row", "note_row", "repeated_heading", "blank_row"];
        let wanted: Vec<u64> = kinds
            .iter()
            .map(|kind| lines.iter().chain([&0]).filter(|&&line| LINES[line].1 == *kind).count() as u64)
            .collect();
        proptest::prop_assert_eq!(counts(&project, ROSTER, &kinds), wanted, "{}", body);
    }
}

#[test]
fn a_rejected_row_is_told_as_a_clerk_needs_it() {
    let project = with_roster(&format!("{}6,'{CLEAN},赵国栋,202305,一百五,\n", pages()));
    balance(&project, ROSTER);
    let text = project.text("out/rejects.csv");
    let heading = "file,sheet,row,column,value,code,reason,remedy,column_letter,id_number,name";
    assert_eq!(text.lines().next().unwrap().trim_start_matches('\u{feff}'), heading);
    let row = &project.table("out/rejects.csv")[0];
    assert_eq!((row["row"].as_str(), row["column"].as_str()), ("16", "基础养老金"));
    assert_eq!((row["column_letter"].as_str(), row["name"].as_str()), ("E", "赵国栋"));
    assert!(row["id_number"].contains(CLEAN), "{row:?}");
}

// ------------------------------------------------------------------------------------------------------- values

#[test]
fn months_and_amounts_in_every_spelling_are_the_same_line() {
    let heading = "身份证号,姓名,待遇所属期,基础养老金,发放日期\n";
    for (month, amount, day) in [
        ("202305", "150.00", "2023-05-15"),
        ("2023-5", "￥150", "20230515"),
        ("2023.05", "１５０．００", "2023.5.15"),
        ("2023/5", "150元", "2023/5/15"),
        ("2023年5月", "0.015万元", "2023年5月15日"),
        ("二〇二三年五月", "+150.000", "二〇二三年五月十五日"),
        ("2023-05-01", "150元整", "45061"),
        ("20230531", "人民币150", "2023-05-15 00:00:00"),
        ("45047", "150", "2023-05-15T08:00:00"),
    ] {
        let project = with_roster(&format!("{heading}{DECEASED},李秀英,{month},{amount},{day}\n"));
        assert_eq!(balance(&project, ROSTER), (1, 1, 0), "{month} {amount} {day}");
        let rows = project.table("out/quality.csv");
        let code = |code: &str| quality(&rows, ROSTER, code).is_some();
        assert_eq!(code("month_from_serial:benefit_month"), month == "45047", "{month}");
        assert_eq!(code("date_from_serial:paid_date"), day == "45061", "{day}");
        let finding = &project.table("out/findings.csv")[0];
        assert_eq!(
            (finding["benefit_month"].as_str(), finding["claimed_fen"].as_str()),
            ("2023-05", "15000")
        );
    }
    for (month, amount) in
        [("20235", "150"), ("29000", "150"), ("2023.13", "150"), ("202305", "1,50"), ("202305", "-")]
    {
        let project = with_roster(&format!("{heading}{DECEASED},李秀英,{month},\"{amount}\",\n"));
        assert_eq!(balance(&project, ROSTER), (1, 0, 1), "{month} {amount}");
    }
}

#[test]
fn a_lone_dash_among_amounts_is_nothing_and_told() {
    let heading = "身份证号,姓名,待遇所属期,基础养老金,加发养老金\n";
    let project = with_roster(&format!("{heading}{DECEASED},李秀英,202305,150.00, - \n"));
    assert_eq!(balance(&project, ROSTER), (1, 1, 0));
    assert_eq!(counts(&project, ROSTER, &["amount_dash:addition"]), [1]);
}

// ------------------------------------------------------------------------------------------------- codes and words

#[test]
fn codes_are_words_and_told() {
    let pensions = "身份证号,姓名,险种,待遇开始年月,待遇状态\n530499194901200030,张桂兰,１１０,202305,正常\n";
    let project = village().with("其他待遇.csv", pensions);
    project.run("run . --formats csv").exits(0);
    let dual = |project: &Project, file: &str| {
        project.table(file).iter().filter(|row| row["case_type"] == "dual_pension").count()
    };
    // Nobody but the office knows its codes: a code that is not explained establishes nothing.
    assert_eq!((dual(&project, "out/ledger.csv"), dual(&project, "out/leads.csv")), (0, 1));
    assert_eq!(counts(&project, "其他待遇.csv", &["unknown_word:scheme:１１０"]), [1]);
    let codes = "path  = \"其他待遇.csv\"\n[input.codes.scheme]\n\"110\" = \"企业职工基本养老保险\"";
    let explained =
        village().with("其他待遇.csv", pensions).replacing("audit.toml", "path  = \"其他待遇.csv\"", codes);
    explained.run("run . --formats csv").exits(0);
    assert_eq!(dual(&explained, "out/ledger.csv"), 1);
    assert_eq!(counts(&explained, "其他待遇.csv", &["code_read:scheme:１１０=企业职工基本养老保险"]), [1]);
    // A centre's own file explains it for every project; what audit.toml says of a file wins.
    let value = |column: &str, code: &str| {
        format!(
            "[[value]]\ncolumn = \"{column}\"\ncode = \"{code}\"\nword = \"失业保险\"\nsource = \"本地\"\n"
        )
    };
    project.write("own/values.toml", value("scheme", "110"));
    project.run("run . --rules own --formats csv").exits(0);
    assert_eq!((dual(&project, "out/ledger.csv"), dual(&project, "out/leads.csv")), (0, 0));
    project.run("verify out --rules own").exits(0);
    explained.write("own/values.toml", value("scheme", "110"));
    explained.run("run . --rules own --formats csv").exits(0);
    assert_eq!(dual(&explained, "out/ledger.csv"), 1);
    // A built-in code is changed only by a file that says so.
    project.write("own/values.toml", value("sex", "1"));
    project.run("run . --rules own").exits(2).complains("values.toml 第 3 行").complains("overrides = true");
    project.write("own/values.toml", value("sex", "1") + "overrides = true\n");
    project.run("run . --rules own --formats csv").exits(0);
    let wrong = codes.replace("codes.scheme", "codes.name");
    let wrong = village().replacing("audit.toml", "path  = \"其他待遇.csv\"", &wrong);
    wrong.run("check .").exits(2).complains("[E603]").complains("scheme, benefit");
}

#[test]
fn codes_of_a_roster_are_words_and_told() {
    let heading = "身份证号,姓名,待遇所属期,基础养老金,发放类型,到账标志\n";
    let line =
        |month: &str, kind: &str, status: &str| format!("{DECEASED},李秀英,{month},150.00,{kind},{status}\n");
    let text =
        [line("202305", "正常", "是"), line("202306", "0", "否"), line("202306", "正常", "Y")].concat();
    let codes = "path  = \"发放/*.csv\"\n[input.codes]\nline_kind = { \"0\" = \"正常\" }";
    let project =
        with_roster(&format!("{heading}{text}")).replacing("audit.toml", "path  = \"发放/*.csv\"", codes);
    assert_eq!(balance(&project, ROSTER), (3, 3, 0));
    let told =
        ["code_read:line_kind:0=正常", "code_read:pay_status:否=未到账", "not_paid", "unknown_line_kind:0"];
    assert_eq!(counts(&project, ROSTER, &told), [1, 1, 1, 0]);
    let due: Vec<String> =
        project.table("out/findings.csv").iter().map(|row| row["claimed_fen"].clone()).collect();
    assert_eq!(due, ["15000", "15000"]);
}

#[test]
fn words_that_no_dictionary_knows_are_told_with_count_and_rows() {
    let pensions = "身份证号,姓名,险种,待遇类别,待遇开始年月,待遇状态\n\
                    530499194901200030,张桂兰,XYZ,养老,202305,正常\n\
                    53049919510704002X,王建国,XYZ,养老,202305,甲态\n\
                    530499195404220078,赵国栋,职工养老,养老,202305,\n";
    let project = village().with("其他待遇.csv", pensions);
    project.run("run . --formats csv").exits(0);
    let rows = project.table("out/quality.csv");
    let told = quality(&rows, "其他待遇.csv", "unknown_word:scheme:XYZ").unwrap();
    assert_eq!((told["count"].as_str(), told["first_rows"].as_str()), ("2", "2;3"));
    assert_eq!(counts(&project, "其他待遇.csv", &["unknown_word:status:甲态"]), [1]);
    assert!(!rows.iter().any(|row| row["code"].contains("职工养老") || row["code"].starts_with("word:")));
    project.run("check .").exits(0).says("“XYZ”不在词典中");
    // From the cache it is told just so.
    let before = project.files("out");
    project.run("run . --formats csv").exits(0);
    crate::support::assert_same_files(&before, &project.files("out"));
    // A dictionary of the centre that knows it silences it.
    let words = std::fs::read_to_string(crate::support::repository("rules/dictionaries/other_pensions.toml"))
        .unwrap();
    let own = words
        .replace("id  = \"own_pension\"", "id  = \"own_pension\"\noverrides = \"own_pension\"")
        .replace("[\"职工\"]", "[\"职工\", \"XYZ\"]");
    let own = own.split("[[dictionary]]").take(2).collect::<Vec<_>>().join("[[dictionary]]");
    project.write("own/dictionaries/other_pensions.toml", own);
    project.run("run . --formats csv --rules own").exits(0);
    assert_eq!(counts(&project, "其他待遇.csv", &["unknown_word:scheme:XYZ"]), [0]);
}

#[test]
fn many_different_words_are_told_as_many() {
    let rows: String = (0..450).map(|at| format!(",甲{at},X{at:04},202305\n")).collect();
    let project = village().with("其他待遇.csv", format!("身份证号,姓名,险种,待遇开始年月\n{rows}"));
    project.run("run . --formats csv").exits(0);
    let quality = project.table("out/quality.csv");
    let words = quality.iter().filter(|row| row["code"].starts_with("unknown_word:scheme:")).count();
    assert_eq!((words, counts(&project, "其他待遇.csv", &["more_words:scheme"])[0]), (200, 250));
}

// ----------------------------------------------------------------------------------------------------- encodings

#[test]
fn a_doubtful_encoding_is_told_with_its_remedy() {
    // One bad byte among the first rows: by contract the file counts as GB18030, and no heading is found.
    let mut damaged = PAYMENTS.as_bytes().to_vec();
    let at = PAYMENTS.find("李秀英").unwrap();
    damaged[at] = 0xff;
    let project = village().with("发放/2023.csv", &damaged);
    let place = format!("第 2 行（第 {} 字节）", at + 1);
    project.run("run .").exits(3).complains("[E201]").complains("encoding = \"utf-8\"").complains(&place);
    project.run("run . --lang en").exits(3).complains("row 2").complains("encoding = \"utf-8\"");
    let stated = project.replacing(
        "audit.toml",
        "path  = \"发放/*.csv\"",
        "path  = \"发放/*.csv\"\nencoding = \"utf-8\"",
    );
    let (_, _, rejected) = balance(&stated, ROSTER);
    assert_eq!(rejected, 2, "the damaged row, and the one that the village always has");
    // The other way round: GB18030 that is said to be UTF-8.
    let stated = stated.with("发放/2023.csv", pension_audit::ingest::to_gb18030(PAYMENTS));
    stated.run("run .").exits(3).complains("[E201]").complains("encoding = \"gb18030\"");
    // Headings in ASCII hide it; the names do not.
    let coded = PAYMENTS.replacen("身份证号,姓名,待遇所属期", "aac002,aac003,aae003", 1).replacen(
        "基础养老金",
        "basic",
        1,
    );
    let heading = coded.lines().next().unwrap();
    let coded = coded.replacen(
        heading,
        "aac002,aac003,aae003,basic,addition,account_own,paid_date,line_kind,township,village",
        1,
    );
    let at = coded.find("李秀英").unwrap();
    let mut damaged = coded.into_bytes();
    damaged[at] = 0xff;
    let project = village().with("发放/2023.csv", damaged);
    project.run("run . --formats csv").exits(0);
    assert_eq!(counts(&project, ROSTER, &["encoding_doubtful:2"]), [1]);
}

#[test]
fn names_of_rare_characters_come_through_every_encoding() {
    // Four bytes in GB18030, beyond the basic plane in UTF-16; and one of the private-use area.
    let name = "𬭎㐂\u{e001}";
    let text = PAYMENTS.replace("李秀英", name);
    let tabs = text.replace(',', "\t");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(tabs.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let deaths = "身份证号,姓名,死亡日期,注销原因,数据来源\n530499195003120017,NAME,2023-04-10,死亡,民政\n";
    for bytes in
        [text.clone().into_bytes(), tabs.into_bytes(), utf16, pension_audit::ingest::to_gb18030(&text)]
    {
        let project = village().with("发放/2023.csv", bytes).with("死亡.csv", deaths.replace("NAME", name));
        balance(&project, ROSTER);
        let ledger = project.table("out/ledger.csv");
        let case = ledger.iter().find(|row| row["id_number"] == DECEASED && row["case_type"] == "post_death");
        assert_eq!(case.map(|row| row["name"].as_str()), Some(name));
        assert_eq!(counts(&project, ROSTER, &["name_private_use"]), [3]);
    }
}
