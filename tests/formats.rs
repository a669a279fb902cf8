//! One district in every format that is read: the ledger must be the same to the byte, whatever the office's
//! programs wrote.

use std::io::Write;

use polars::prelude::{Column, DataFrame};
use polars_io::parquet::write::ParquetWriter;

use crate::support::workbooks::{self, Biff, Cell, Sheet};
use crate::support::{Project, column, repository};

/// What the cells of a column hold.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Money,
    Day,
}

use Kind::{Day, Money, Text};

/// A list as an office keeps it: a title above the headings.
struct List {
    table: &'static str,
    name: &'static str,
    title: &'static str,
    columns: &'static [(&'static str, Kind)],
    rows: Vec<Vec<String>>,
}

/// The ID number of an invented person.
fn id_number(person: usize) -> String {
    let digits =
        format!("530499{}{:02}{:02}{:03}", 1940 + person % 20, 1 + person % 12, 1 + person % 28, person);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", char::from(b"10X98765432"[sum as usize % 11]))
}

/// Names with a character of two, three and four bytes in its encodings.
fn name(person: usize) -> String {
    let families = ["张", "王", "李", "赵", "𬭎", "㐂", "𠮷"];
    let given = ["秀英", "建国", "桂兰", "正明", "玉珍"];
    format!("{}{}", families[person % families.len()], given[person % given.len()])
}

const PERSONS: usize = 30;

fn lists() -> Vec<List> {
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_string()).collect::<Vec<String>>();
    let mut payments = Vec::new();
    for person in 0..PERSONS {
        for month in ["202304", "202305", "202306"] {
            let (id, name) = (id_number(person), name(person));
            let day = format!("2023-{}-15", &month[4..]);
            let own = format!("{}.{:02}", 7 + person, person * 3);
            payments.push(row(&[&id, &name, month, "150", "5", &own, &day, "正常", "虚构乡", "东村"]));
        }
    }
    let person = |person: usize, rest: &[&str]| row(&[&[&*id_number(person), &*name(person)], rest].concat());
    vec![
        List {
            table: "payments",
            name: "发放",
            title: "虚构区2023年第二季度发放明细",
            columns: &[
                ("身份证号", Text),
                ("姓名", Text),
                ("待遇所属期", Text),
                ("基础养老金", Money),
                ("加发养老金", Money),
                ("个人账户养老金", Money),
                ("发放日期", Day),
                ("发放类型", Text),
                ("乡镇", Text),
                ("村", Text),
            ],
            rows: payments,
        },
        List {
            table: "deaths",
            name: "死亡",
            title: "虚构区死亡人员名册",
            columns: &[
                ("身份证号", Text),
                ("姓名", Text),
                ("死亡日期", Day),
                ("登记日期", Day),
                ("注销原因", Text),
                ("数据来源", Text),
            ],
            rows: (0..7).map(|at| person(at, &["2023-04-10", "2023-07-01", "死亡", "民政"])).collect(),
        },
        List {
            table: "custody",
            name: "服刑",
            title: "服刑人员名册",
            columns: &[
                ("身份证号", Text),
                ("姓名", Text),
                ("刑罚种类", Text),
                ("执行方式", Text),
                ("刑期起", Day),
                ("刑期止", Day),
                ("判决文号", Text),
            ],
            rows: (7..10)
                .map(|at| {
                    person(at, &["有期徒刑", "监狱", "2023-04-20", "2025-04-19", "（2023）虚0499刑初1号"])
                })
                .collect(),
        },
        List {
            table: "other_pensions",
            name: "其他待遇",
            title: "企业职工养老保险待遇领取人员",
            columns: &[
                ("身份证号", Text),
                ("姓名", Text),
                ("险种", Text),
                ("待遇开始年月", Text),
                ("待遇状态", Text),
                ("月待遇", Money),
            ],
            rows: (10..14)
                .map(|at| person(at, &["企业职工基本养老保险", "202305", "正常", "2345.67"]))
                .collect(),
        },
    ]
}

impl List {
    /// The lines of a text file.
    fn text(&self, separator: &str) -> String {
        let line = |cells: Vec<&str>| cells.join(separator) + "\n";
        let headings = self.columns.iter().map(|(heading, _)| *heading).collect();
        let rows = self.rows.iter().map(|row| line(row.iter().map(String::as_str).collect()));
        [format!("{}\n", self.title), line(headings)].into_iter().chain(rows).collect()
    }

    fn sheet(&self) -> Sheet {
        let text = |text: &str| Cell::Text(text.to_string());
        let mut rows = vec![vec![text(self.title)]];
        rows.push(self.columns.iter().map(|(heading, _)| text(heading)).collect());
        for row in &self.rows {
            let cells = row.iter().zip(self.columns).map(|(cell, (_, kind))| match kind {
                Text => text(cell),
                Money => Cell::Number(cell.parse().unwrap()),
                Day => Cell::Day(serial(cell)),
            });
            rows.push(cells.collect());
        }
        Sheet { name: "名册".to_string(), rows, ..Sheet::default() }
    }

    fn parquet(&self) -> Vec<u8> {
        let columns = self.columns.iter().enumerate().map(|(at, (heading, _))| {
            let cells: Vec<&str> = self.rows.iter().map(|row| row[at].as_str()).collect();
            Column::new((*heading).into(), cells)
        });
        let mut frame = DataFrame::new(self.rows.len(), columns.collect()).unwrap();
        let mut bytes = Vec::new();
        ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
        bytes
    }
}

/// The serial number of a day.
fn serial(day: &str) -> u32 {
    let first = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).unwrap();
    let day: chrono::NaiveDate = day.parse().unwrap();
    u32::try_from((day - first).num_days()).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

type Writer = fn(&List) -> Vec<u8>;

/// Every format, by the name that its files usually have.
const FORMATS: &[(&str, Writer)] = &[
    ("csv", |list| list.text(",").into_bytes()),
    ("csv, BOM", |list| [b"\xef\xbb\xbf", list.text(",").as_bytes()].concat()),
    ("csv, GB18030", |list| pension_audit::ingest::to_gb18030(&list.text(","))),
    ("csv, CR LF", |list| list.text(",").replace('\n', "\r\n").into_bytes()),
    ("txt, Unicode", |list| utf16(&list.text("\t"))),
    ("tsv", |list| list.text("\t").into_bytes()),
    ("txt, |", |list| list.text("|").into_bytes()),
    ("txt, | in GB18030", |list| pension_audit::ingest::to_gb18030(&list.text("|"))),
    ("txt, ;", |list| list.text(";").into_bytes()),
    ("csv.gz", |list| gzip(list.text(",").as_bytes())),
    ("xls", |list| workbooks::xls(&list.sheet(), Biff::Eight)),
    ("xls of Excel 95", |list| workbooks::xls(&list.sheet(), Biff::Five(Some(936)))),
    ("xls without code page", |list| workbooks::xls(&list.sheet(), Biff::Five(None))),
    ("xls, bare", |list| workbooks::xls_stream(&list.sheet(), Biff::Five(Some(936)))),
    ("xlsx", |list| workbooks::xlsx(&list.sheet())),
    ("xlsx, 1904", |list| workbooks::xlsx(&Sheet { is_1904: true, ..list.sheet() })),
    ("xlsb", |list| workbooks::xlsb(&list.sheet())),
    ("xlsb, 1904", |list| workbooks::xlsb(&Sheet { is_1904: true, ..list.sheet() })),
    ("xls, 1904", |list| workbooks::xls(&Sheet { is_1904: true, ..list.sheet() }, Biff::Eight)),
    ("ods", |list| workbooks::ods(&list.sheet())),
    ("parquet", List::parquet),
];

/// The district in one format. Its files have the same names in all, so that the evidence does.
fn district(writer: Writer) -> Project {
    let mut audit = String::from(
        "title = \"虚构区\"\nregion = \"530499\"\nperiod = { from = \"2023-04\", to = \"2023-06\" }\nas_of = \"2024-08-31\"\n",
    );
    let project = Project::empty();
    for list in lists() {
        audit.push_str(&format!("[[input]]\ntable = \"{}\"\npath = \"{}.dat\"\n", list.table, list.name));
        project.write(&format!("{}.dat", list.name), writer(&list));
    }
    project.with("audit.toml", audit)
}

/// A ledger whose rows are counted from the first below the headings, as those of a Parquet file are.
fn counted_below_headings(ledger: &str) -> String {
    let mut parts = ledger.split(".dat#");
    let mut out = parts.next().unwrap().to_string();
    for part in parts {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        let row: u32 = digits.parse().unwrap();
        out.push_str(&format!(".dat#{}{}", row - 2, &part[digits.len()..]));
    }
    out
}

#[test]
fn every_format_gives_the_same_ledger() {
    let mut first: Option<String> = None;
    for (name, writer) in FORMATS {
        let project = district(*writer);
        let outcome = project.run("run . --formats csv --no-cache").exits(0);
        assert_eq!(outcome.stderr, "", "{name}");
        let ledger = project.text("out/ledger.csv");
        let rejects = project.table("out/rejects.csv");
        assert!(rejects.is_empty(), "{name}: {rejects:?}");
        let Some(first) = &first else {
            let types = project.table("out/ledger.csv");
            assert_eq!(column(&types, "case_type").len(), 14, "{ledger}");
            assert!(ledger.contains("死亡.dat#3") && ledger.contains("𬭎"), "{ledger}");
            first = Some(ledger);
            continue;
        };
        if *name == "parquet" {
            assert_eq!(ledger, counted_below_headings(first), "{name}");
        } else {
            assert_eq!(&ledger, first, "{name}");
        }
    }
}

/// The observations of a run by code, without those of unread columns.
fn observations(project: &Project) -> Vec<String> {
    let quality = project.table("out/quality.csv");
    let codes = quality.iter().map(|row| row.get("code").or_else(|| row.get("observation")).unwrap().clone());
    codes.filter(|code| !code.starts_with("heading_unused")).collect()
}

#[test]
fn the_content_decides_and_a_name_that_contradicts_it_is_told() {
    let list = &lists()[1];
    let text = list.text(",").into_bytes();
    let cases: Vec<(&str, Vec<u8>, Option<&str>)> = vec![
        ("死亡.csv", text.clone(), None),
        ("死亡.TXT", text.clone(), None),
        ("死亡", text.clone(), None),
        ("死亡.dat", text.clone(), None),
        ("死亡.xls", text.clone(), Some("format_differs:csv")),
        ("死亡.xls", utf16(&list.text("\t")), Some("format_differs:csv")),
        ("死亡.xls", list.text("\t").into_bytes(), Some("format_differs:csv")),
        ("死亡.xlsx", text.clone(), Some("format_differs:csv")),
        ("死亡.csv.gz", text.clone(), Some("format_differs:csv")),
        ("死亡.csv.gz", gzip(&text), None),
        ("死亡.csv", gzip(&text), Some("format_differs:csv.gz")),
        ("死亡.xls", workbooks::xlsx(&list.sheet()), Some("format_differs:xlsx")),
        ("死亡.xlsx", workbooks::xls(&list.sheet(), Biff::Eight), Some("format_differs:xls")),
        ("死亡.xlsx", workbooks::xlsb(&list.sheet()), Some("format_differs:xlsb")),
        ("死亡.csv", workbooks::ods(&list.sheet()), Some("format_differs:ods")),
        ("死亡.et", workbooks::xls(&list.sheet(), Biff::Eight), None),
        ("死亡.et", workbooks::xlsx(&list.sheet()), None),
        ("死亡.xls", list.parquet(), Some("format_differs:parquet")),
    ];
    for (name, bytes, told) in cases {
        let project = district(FORMATS[0].1).replacing("audit.toml", "死亡.dat", name).with(name, bytes);
        project.run("run . --formats csv").exits(0).silent();
        let codes = observations(&project);
        let differs: Vec<&str> =
            codes.iter().map(String::as_str).filter(|code| code.starts_with("format_differs")).collect();
        assert_eq!(differs, told.into_iter().collect::<Vec<_>>(), "{name}");
        assert_eq!(project.table("out/ledger.csv").len(), 14, "{name}");
    }
}

#[test]
fn a_forced_code_page_concerns_texts_in_a_code_page_only() {
    for (biff, page) in [(Biff::Eight, "auto"), (Biff::Eight, "gb18030"), (Biff::Five(Some(1252)), "gb18030")]
    {
        let list = &lists()[1];
        let audit = format!("path = \"死亡.dat\"\nencoding = \"{page}\"");
        let project = district(FORMATS[0].1)
            .replacing("audit.toml", "path = \"死亡.dat\"", &audit)
            .with("死亡.dat", workbooks::xls(&list.sheet(), biff));
        project.run("run . --formats csv").exits(0).silent();
        assert_eq!(project.table("out/ledger.csv").len(), 14, "{biff:?} {page}");
    }
    // A code page that hides the headings, and one that nobody knows.
    for (page, code) in [(1252, "[E201]"), (4_321, "[E119]")] {
        let sheet = workbooks::xls(&lists()[1].sheet(), Biff::Five(Some(page)));
        district(FORMATS[0].1).with("死亡.dat", sheet).run("run .").exits(3).complains(code);
    }
}

#[test]
fn what_an_office_suite_has_written_is_read_equally() {
    // The list of deaths, opened and saved by LibreOffice in each of its forms.
    let expected = district(FORMATS[0].1);
    expected.run("run . --formats csv").exits(0);
    for name in ["死亡.xls", "死亡.ods", "死亡.xlsx"] {
        let bytes = std::fs::read(repository(&format!("tests/workbooks/{name}"))).unwrap();
        let project = district(FORMATS[0].1).with("死亡.dat", bytes);
        project.run("run . --formats csv").exits(0).silent();
        assert_eq!(project.text("out/ledger.csv"), expected.text("out/ledger.csv"), "{name}");
    }
}

#[test]
fn what_is_written_by_hand_is_read_as_what_real_programs_write() {
    // The same list, written by the library that writes the reports.
    let list = &lists()[1];
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let day = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d");
    for (row, cells) in (0u32..).zip(&list.sheet().rows) {
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    sheet.write_string(row, column, text).unwrap();
                }
                Cell::Number(number) => {
                    sheet.write_number(row, column, *number).unwrap();
                }
                Cell::Day(number) => {
                    sheet.write_number_with_format(row, column, *number, &day).unwrap();
                }
            }
        }
    }
    let project = district(FORMATS[0].1).with("死亡.dat", book.save_to_buffer().unwrap());
    project.run("run . --formats csv").exits(0).silent();
    let expected = district(FORMATS[0].1);
    expected.run("run . --formats csv").exits(0);
    assert_eq!(project.text("out/ledger.csv"), expected.text("out/ledger.csv"));
}

#[test]
fn a_binary_workbook_may_keep_its_sheets_anywhere_and_says_that_it_has_links() {
    let list = &lists()[1];
    let expected = district(FORMATS[0].1);
    expected.run("run . --formats csv").exits(0);
    for target in ["/data/sheet.bin", "../data/./sheet.bin"] {
        let mut parts = workbooks::xlsb_parts(&list.sheet());
        for (name, bytes) in &mut parts {
            match *name {
                "xl/_rels/workbook.bin.rels" => {
                    let text = String::from_utf8(bytes.clone()).unwrap();
                    *bytes = text.replace("worksheets/sheet1.bin", target).into_bytes();
                }
                "xl/worksheets/sheet1.bin" => *name = "data/sheet.bin",
                _ => {}
            }
        }
        parts.push(("xl/externalLinks/externalLink1.bin", Vec::new()));
        let project = district(FORMATS[0].1).with("死亡.dat", workbooks::zip(&parts));
        for _ in 0..2 {
            project.run("run . --formats csv").exits(0);
            assert_eq!(project.text("out/ledger.csv"), expected.text("out/ledger.csv"), "{target}");
            let quality = project.table("out/quality.csv");
            let noted = |code: &str| quality.iter().filter(|row| row["code"] == code).count();
            assert_eq!(noted("links_foreign"), 1, "{target} {quality:?}");
        }
    }
    // A sheet of which nobody knows where it stands is not passed over.
    let mut parts = workbooks::xlsb_parts(&list.sheet());
    parts.retain(|(name, _)| *name != "xl/_rels/workbook.bin.rels");
    let project = district(FORMATS[0].1).with("死亡.dat", workbooks::zip(&parts));
    project.run("run . --formats csv").exits(3).complains("名册");
}
