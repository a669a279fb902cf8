//! The workbook, read back.

use std::path::Path;

use calamine::{Data, Range, Reader, Xlsx, open_workbook};

use super::listing::{Column, Listing};
use super::page::Paper;
use super::*;
use crate::findings::Case;
use crate::messages::{heading, workbook};
use crate::pipeline::{self, Audit, RunOptions};

/// Two people who died, one of them under two rules, the other with a name that begins like a formula; a
/// damaged ID; a grant that both schemes have paid, and one whose family chose.
const FILES: [(&str, &str); 7] = [
    (
        "pay.csv",
        "公民身份号码,姓名,待遇所属期,基础养老金,加发养老金,个人账户养老金,发放日期,银行账号,乡镇,村,个人编号\n\
         530499195201010011,张三,2023-10,150.00,5.00,12.34,2023-10-15,0053000000000001,乙街道,一村,0053001\n\
         530499195201010011,张三,2023-11,150.00,5.00,12.34,2023-11-15,0053000000000001,乙街道,一村,0053001\n\
         530499195501010021,=1+1,2023-12,150.00,0,1234.05,2023-12-15,0053000000000002,甲街道,二村,0053002\n\
         530499520101999,王五,2023-12,150.00,0,1.00,2023-12-15,0053000000000003,甲街道,二村,0053003\n",
    ),
    (
        "deaths.csv",
        "公民身份号码,姓名,死亡日期,注销原因,数据来源\n\
         530499195201010011,张三,2023-09-03,死亡,民政火化\n\
         530499195501010021,=1+1,2023-11-03,死亡,民政火化\n",
    ),
    (
        "pensions.csv",
        "公民身份号码,姓名,险种,待遇开始年月,待遇状态\n530499195201010011,张三,企业职工基本养老保险,202309,正常\n",
    ),
    (
        "grants.csv",
        "死者身份证号,姓名,金额,发放日期,死亡日期,领取人,与死者关系\n\
         530499195107010015,赵六,1236.00,2019-01-01,2018-12-03,赵七,子女\n\
         530499195107020010,钱一,1296.00,2021-12-31,2021-12-03,钱二,配偶\n",
    ),
    (
        "benefits.csv",
        "公民身份号码,姓名,险种,待遇项目,办理状态,选择日期,死亡日期\n\
         530499195107010015,赵六,企业职工基本养老保险,丧葬补助,已发放,,2018-12-03\n\
         530499195107020010,钱一,企业职工基本养老保险,丧葬抚恤,已申请,2022-03-01,2021-12-03\n",
    ),
    ("people.csv", "公民身份号码,姓名,类别\n530499195201010011,张三,登记\n"),
    ("repaid.csv", "公民身份号码,姓名,金额,收款日期\n530499195201010011,张三,100.01,2024-01-05\n"),
];

fn audit(folder: &Path, lang: &str) -> Audit {
    let tables =
        ["payments", "deaths", "other_pensions", "funeral_grants", "other_death_benefits", "participants"];
    let mut toml = format!(
        "title = \"样例区 2023\"\nregion = \"530402\"\nperiod = {{ from = \"2023-01\", to = \"2023-12\" }}\n\
         as_of = \"2024-08-31\"\nlang = \"{lang}\"\n"
    );
    for ((file, text), table) in FILES.iter().zip(tables.into_iter().chain(["repayments"])) {
        std::fs::write(folder.join(file), text).unwrap();
        toml.push_str(&format!("[[input]]\ntable = \"{table}\"\npath = \"{file}\"\n"));
    }
    std::fs::write(folder.join("audit.toml"), toml).unwrap();
    pipeline::audit(folder, &RunOptions::default(), &|_, _| {}).unwrap()
}

fn written(lang: &str) -> (tempfile::TempDir, Audit, Xlsx<std::io::BufReader<File>>) {
    let folder = tempfile::tempdir().unwrap();
    let audit = audit(folder.path(), lang);
    super::Workbook.write(&audit.content(), folder.path()).unwrap();
    let book = open_workbook(folder.path().join(WORKBOOK_FILE)).unwrap();
    (folder, audit, book)
}

fn column(range: &Range<Data>, word: Word) -> usize {
    let heading = word.in_lang(Lang::Zh);
    range.rows().nth(2).unwrap().iter().position(|cell| cell == &Data::String(heading.into())).unwrap()
}

fn text(cell: &Data) -> &str {
    match cell {
        Data::String(text) => text,
        Data::Empty => "",
        other => panic!("{other:?} is no text"),
    }
}

fn row_of<'r>(range: &'r Range<Data>, col: usize, wanted: &str) -> &'r [Data] {
    range.rows().find(|row| row[col] == Data::String(wanted.into())).unwrap()
}

#[test]
fn sheets_and_headings_stand_in_order() {
    let (_folder, _, mut book) = written("zh");
    let names = [
        "追回台账(拟追回,待核实)",
        "疑点明细",
        "待核线索",
        "应发未发(漏发、少发)",
        "提示(标记)",
        "汇总",
        "数据质量",
        "运行凭据",
    ];
    assert_eq!(book.sheet_names(), names);
    let ledger = book.worksheet_range(names[0]).unwrap();
    let rows: Vec<&[Data]> = ledger.rows().collect();
    assert_eq!(rows[0][0], Data::String("样例区 2023　追回台账（拟追回，待核实）".into()));
    assert!(text(&rows[1][0]).starts_with("审计期：2023-01 至 2023-12　　数据截至：2024-08-31　　单位：元"));
    let headings: Vec<&str> = rows[2].iter().map(text).collect();
    assert_eq!(
        headings.join("|"),
        "序号|疑点编号|姓名|公民身份号码|个人编号|乡镇(街道)|村(社区)|疑点类型|细分|核实状态|\
        主要规则|全部规则|标记|发生日期|信息来源|文号|停发年月|多领起年月|多领止年月|多领月数|是否仍在发放|基础养老金|加发|\
        个人账户(个人)|个人账户(补贴)|其他|丧葬补助金|应追回金额|已追回金额|已抵扣金额|未追回金额|责任人|与参保人关系|法律依据|\
        证据(文件#行)"
    );
}

#[test]
fn what_is_recovered_from_nobody_is_not_called_a_recovery_below_the_page() {
    let (folder, _, book) = written("zh");
    let file = File::open(folder.path().join(WORKBOOK_FILE)).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let footers = (1..=book.sheet_names().len()).map(|number| {
        let mut sheet = String::new();
        let name = format!("xl/worksheets/sheet{number}.xml");
        std::io::Read::read_to_string(&mut archive.by_name(&name).unwrap(), &mut sheet).unwrap();
        let footer = sheet.split("<oddFooter>&amp;C").nth(1).unwrap();
        footer.split("\u{3000}").next().unwrap().to_string()
    });
    assert_eq!(
        footers.collect::<Vec<_>>(),
        [
            "拟追回，待核实",
            "拟追回，待核实",
            "待核线索，不计入拟追回金额",
            "应发未发，待核实补发",
            "提示，不产生金额",
            "待核实",
            "待核实",
            "待核实",
        ]
    );
}

#[test]
fn every_cell_of_the_ledger_is_what_it_says() {
    let (_folder, audit, mut book) = written("zh");
    let ledger = book.worksheet_range("追回台账(拟追回,待核实)").unwrap();
    let at = |word| column(&ledger, word);
    let row = row_of(&ledger, at(heading::NAME), "张三");
    assert_eq!(row[0], Data::Float(1.0));
    assert_eq!(text(&row[at(heading::ID_NUMBER)]), "530499195201010011");
    assert_eq!(text(&row[at(heading::PERSON_NO)]), "0053001");
    assert_eq!(text(&row[at(heading::CASE_TYPE)]), "死亡后多领");
    assert_eq!(text(&row[at(heading::PRIMARY_RULE)]), "D-01");
    assert_eq!(text(&row[at(heading::RULES)]), "D-01、M-01");
    assert_eq!(text(&row[at(heading::FIRST_MONTH)]), "2023-10");
    assert_eq!(row[at(heading::MONTHS)], Data::Float(2.0));
    assert_eq!(row[at(heading::ACCOUNT_OWN)], Data::Float(24.68));
    assert_eq!(row[at(heading::DUE)], Data::Float(334.68));
    assert_eq!(row[at(heading::RECOVERED)], Data::Float(100.01));
    assert_eq!(row[at(heading::OUTSTANDING)], Data::Float(234.67));
    // What was due follows the law of the months; how it comes back, that of the audit's day.
    let law =
        "国发〔2014〕8号 养老保险待遇领取条件〔原文待核〕；社会保险经办条例（国务院令第765号） 第四十六条";
    assert_eq!(text(&row[at(heading::LAW)]), law);
    // A name is never a formula.
    let row = row_of(&ledger, at(heading::NAME), "=1+1");
    assert!(text(&row[at(heading::LAW)]).ends_with("社会保险经办条例（国务院令第765号） 第四十六条"));
    assert_eq!(text(&row[at(heading::MARKS)]), "缴费系统无信息");
    assert_eq!(text(&row[at(heading::STILL_PAID)]), "是");
    let row = row_of(&ledger, at(heading::NAME), "赵六");
    assert_eq!(text(&row[at(heading::SUBTYPE)]), "两边均已发放");
    assert_eq!(text(&row[at(heading::DEBTOR)]), "赵七");
    assert!(text(&row[at(heading::LAW)]).contains("云人社发〔2020〕28号"));
    let row = row_of(&ledger, at(heading::NAME), "钱一");
    assert_eq!(text(&row[at(heading::SUBTYPE)]), "选择其他险种(申请退回)");
    assert_eq!(text(&row[at(heading::MARKS)]), "依据待确认");
    assert!(text(&row[at(heading::LAW)]).ends_with("〔原文待核〕"));
    assert_eq!(audit.findings.cases.len(), 4);
}

#[test]
fn totals_are_the_sums_of_the_ledger_and_stand_apart() {
    let (_folder, audit, mut book) = written("zh");
    let cases = &audit.findings.cases;
    let ledger = book.worksheet_range("追回台账(拟追回,待核实)").unwrap();
    let rows: Vec<&[Data]> = ledger.rows().collect();
    let blank = 3 + cases.len();
    assert!(rows[blank].iter().all(|cell| cell == &Data::Empty));
    let totals = rows[blank + 1];
    assert_eq!(totals[0], Data::String("合计".into()));
    type Amount = fn(&Case) -> Fen;
    let sums: [(Word, Amount); 7] = [
        (heading::BASIC, |case| Fen(case.amounts[0])),
        (heading::ACCOUNT_OWN, |case| Fen(case.amounts[2])),
        (heading::FUNERAL, |case| case.funeral),
        (heading::DUE, |case| case.due),
        (heading::RECOVERED, |case| case.recovered),
        (heading::SETOFF, |case| case.setoff),
        (heading::OUTSTANDING, Case::outstanding),
    ];
    for (word, fen) in sums {
        let sum: Fen = cases.iter().map(fen).sum();
        let Data::Float(shown) = totals[column(&ledger, word)] else { panic!("{word:?} has no total") };
        assert_eq!(Fen::parse_yuan(&format!("{shown:.2}")), Ok(sum), "{word:?}");
    }
    let due: Fen = cases.iter().map(|case| case.due).sum();
    assert_eq!(text(&rows[blank + 2][0]), format!("应追回金额合计（人民币大写）：{}", due.capital()));
    let summary = book.worksheet_range("汇总").unwrap();
    let total = row_of(&summary, 0, "合计");
    assert_eq!((&total[1], &total[2]), (&Data::Float(4.0), &totals[column(&ledger, heading::DUE)]));
    assert_eq!(text(&row_of(&summary, 0, "应追回金额合计（人民币大写）")[1]), due.capital());
    assert_eq!(text(&row_of(&summary, 0, "服刑期间多领")[6]), "未核查，见数据质量");
}

#[test]
fn claims_stand_line_by_line_with_their_accounts_as_text() {
    let (_folder, audit, mut book) = written("zh");
    let claims = book.worksheet_range("疑点明细").unwrap();
    assert_eq!(claims.rows().count(), 3 + audit.findings.claims.len());
    let at = |word| column(&claims, word);
    let row = row_of(&claims, at(heading::BENEFIT_MONTH), "2023-11");
    assert_eq!(text(&row[at(heading::BANK_ACCOUNT)]), "0053000000000001");
    assert_eq!(text(&row[at(heading::LINE)]), "pay.csv#3");
    assert_eq!(text(&row[at(heading::RULES)]), "D-01、M-01");
    assert_eq!(text(&row[at(heading::SCOPE)]), "全部");
    assert_eq!(row[at(heading::CLAIMED)], Data::Float(167.34));
}

#[test]
fn no_sheet_holds_a_formula_and_two_writes_are_alike() {
    let (folder, audit, mut book) = written("zh");
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).unwrap();
        assert!(formulas.rows().flatten().all(String::is_empty), "{name}");
    }
    let again = tempfile::tempdir().unwrap();
    super::Workbook.write(&audit.content(), again.path()).unwrap();
    let bytes = |folder: &Path| std::fs::read(folder.join(WORKBOOK_FILE)).unwrap();
    assert!(bytes(folder.path()) == bytes(again.path()));
    let left: Vec<_> = std::fs::read_dir(again.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing but the workbook is left behind");
}

#[test]
fn quality_and_receipt_name_every_file() {
    let (_folder, audit, mut book) = written("zh");
    let receipt = book.worksheet_range("运行凭据").unwrap();
    for input in &audit.tables.inputs {
        assert_eq!(text(&row_of(&receipt, 1, &input.path)[2]), input.sha256);
    }
    for rule in &audit.rulebook.files {
        assert_eq!(text(&row_of(&receipt, 1, &rule.path)[2]), rule.sha256);
    }
    let note =
        receipt.rows().find(|row| matches!(&row[0], Data::String(text) if text.contains("receipt.json")));
    assert!(note.is_some());
    let quality = book.worksheet_range("数据质量").unwrap();
    let row = row_of(&quality, 1, "pay.csv");
    assert_eq!(row[2..5], [Data::Float(4.0), Data::Float(4.0), Data::Float(0.0)]);
    assert_eq!(row[5], Data::Float(1869.73));
    assert!(quality.rows().any(|row| row[2] == Data::String("530499520101999".into())));
}

#[test]
fn an_english_project_gets_an_english_workbook() {
    let (_folder, _, mut book) = written("en");
    let names = [
        "Recovery ledger (proposed)",
        "Claimed lines",
        "Leads",
        "Due and not paid",
        "Marks",
        "Summary",
        "Data quality",
        "Run receipt",
    ];
    assert_eq!(book.sheet_names(), names);
    let ledger = book.worksheet_range(names[0]).unwrap();
    assert!(ledger.rows().nth(2).unwrap().iter().all(|cell| text(cell).is_ascii()));
    assert!(ledger.rows().any(|row| row[7] == Data::String("paid after death".into())));
}

#[test]
fn a_long_table_goes_on_in_further_sheets() {
    let items: Vec<u64> = (1..=5).collect();
    let rows: Vec<&u64> = items.iter().collect();
    let listing = Listing {
        name: workbook::SHEET_CLAIMS,
        footer: workbook::FOOTER_CLAIMED,
        title: "题".into(),
        note: "注".into(),
        paper: Paper::A4,
        frozen: 1,
        columns: vec![Column::money(heading::DUE, |item: &u64| Some(Fen(*item as i64)))],
        capitals: vec![(heading::DUE, workbook::CAPITAL_DUE)],
        lang: Lang::Zh,
    };
    let mut book = rust_xlsxwriter::Workbook::new();
    listing.write_split(&mut book, &Style::new(), &rows, 2).unwrap();
    listing_of_nothing(&mut book);
    let folder = tempfile::tempdir().unwrap();
    book.save(folder.path().join("x.xlsx")).unwrap();
    let mut read: Xlsx<_> = open_workbook(folder.path().join("x.xlsx")).unwrap();
    assert_eq!(read.sheet_names(), ["疑点明细", "疑点明细(2)", "疑点明细(3)", "待核线索"]);
    let last = read.worksheet_range("疑点明细(3)").unwrap();
    let rows: Vec<&[Data]> = last.rows().collect();
    assert_eq!(rows[3], [Data::Float(5.0), Data::Float(0.05)]);
    assert_eq!(rows[5][1], Data::Float(0.15));
    assert_eq!(text(&rows[6][0]), "应追回金额合计（人民币大写）：壹角伍分");
    assert_eq!(read.worksheet_range("疑点明细(2)").unwrap().rows().count(), 5);
    assert_eq!(read.worksheet_range("待核线索").unwrap().rows().count(), 3);
}

fn listing_of_nothing(book: &mut rust_xlsxwriter::Workbook) {
    let listing = Listing {
        name: workbook::SHEET_LEADS,
        footer: workbook::FOOTER_LEADS,
        title: "题".into(),
        note: "注".into(),
        paper: Paper::A4,
        frozen: 1,
        columns: vec![Column::count(heading::MONTHS, |item: &u64| *item)],
        capitals: Vec::new(),
        lang: Lang::Zh,
    };
    listing.write(book, &Style::new(), &[]).unwrap();
}
