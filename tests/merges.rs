//! What a workbook says beyond its plain cells: merged cells, days of another calendar, formulas, hidden sheets.

use crate::support::village::{self, AUDIT, PAYMENTS, village};
use crate::support::workbooks::{self, Biff, Cell, Sheet};
use crate::support::{Project, column};

type Writer = fn(&Sheet) -> Vec<u8>;

const WRITERS: &[(&str, Writer)] = &[
    ("xlsx", workbooks::xlsx),
    ("xlsb", workbooks::xlsb),
    ("ods", workbooks::ods),
    ("xls", |sheet| workbooks::xls(sheet, Biff::Eight)),
    ("xls of Excel 95", |sheet| workbooks::xls(sheet, Biff::Five(Some(936)))),
];

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_string()) }
}

/// A csv text as a sheet, without what its amounts are.
fn sheet_of(csv: &str) -> Sheet {
    let rows = csv.lines().map(|line| line.split(',').map(text).collect()).collect();
    Sheet { name: "表".to_string(), rows, ..Sheet::default() }
}

/// The village with another file of deaths.
fn with_deaths(bytes: Vec<u8>) -> Project {
    village().replacing("audit.toml", "死亡.csv", "死亡.dat").with("死亡.dat", bytes)
}

/// The village whose payments are one workbook.
fn with_payments(bytes: Vec<u8>) -> Project {
    village().with("audit.toml", AUDIT.replace("发放/*.csv", "发放.dat")).with("发放.dat", bytes)
}

/// What a run noticed in a file, as `code count rows`.
fn noticed(project: &Project, file: &str) -> Vec<String> {
    let rows = project.table("out/quality.csv").into_iter();
    let rows = rows.filter(|row| row["file"] == file && !row["code"].is_empty());
    rows.map(|row| format!("{} {} {}", row["code"], row["count"], row["first_rows"])).collect()
}

#[track_caller]
fn assert_noticed(project: &Project, file: &str, expected: &str, context: &str) {
    let found = noticed(project, file);
    assert!(found.iter().any(|line| line == expected), "{context}: {expected} is not in {found:#?}");
}

#[test]
fn merged_cells_hold_for_every_row_that_they_cover_but_money_stands_once() {
    let expected = village();
    expected.run("run . --formats csv").exits(0);
    // Rows 2 to 4 are one person: number, name, day and place are merged, and so is one amount.
    let mut plain = PAYMENTS.to_string();
    plain.insert_str(0, "虚构村发放明细,,,,,,,,,\n");
    let mut sheet = sheet_of(&plain);
    for merged in [0, 1, 7, 8, 9] {
        for row in 3..5 {
            sheet.rows[row][merged] = Cell::Empty;
        }
        sheet.merges.push((2, 4, merged as u32));
    }
    sheet.rows[3][4] = Cell::Empty;
    sheet.rows[4][4] = Cell::Empty;
    sheet.merges.push((2, 4, 4));
    for (name, writer) in WRITERS {
        let project = with_payments(writer(&sheet));
        project.run("run . --formats csv").exits(0).silent();
        let (found, wanted) = (project.table("out/ledger.csv"), expected.table("out/ledger.csv"));
        assert_eq!(column(&found, "id_number"), column(&wanted, "id_number"), "{name}");
        assert_noticed(&project, "发放.dat", "merged_cell_filled 2 4;5", name);
        assert_noticed(&project, "发放.dat", "merged_amount 2 4;5", name);
        // Two months are due without the five yuan that stand in the first.
        let money = |rows: &[crate::support::Row]| -> i64 {
            let row = rows.iter().find(|row| row["id_number"] == village::DECEASED).unwrap();
            row["due_fen"].parse().unwrap()
        };
        assert_eq!(money(&found), money(&wanted) - 1_000, "{name}");
    }
}

#[test]
fn merges_of_titles_and_headings_and_over_empty_rows_fill_nothing() {
    let mut sheet = sheet_of(village::DEATHS);
    sheet.rows.insert(0, vec![text("死亡名册"), Cell::Empty]);
    // The title over two columns, a heading over the row below it, and a last row over two rows without content.
    sheet.rows.push(Vec::new());
    let last = sheet.rows.len() as u32;
    sheet.merges = vec![(0, 1, 5), (1, 2, 4), (last - 2, last + 3, 0), (last - 2, last + 3, 1)];
    for (name, writer) in WRITERS {
        let project = with_deaths(writer(&sheet));
        project.run("run . --formats csv").exits(0).silent();
        let found = noticed(&project, "死亡.dat");
        assert!(!found.iter().any(|line| line.starts_with("merged")), "{name}: {found:?}");
        let expected = village();
        expected.run("run . --formats csv").exits(0);
        let names = |project: &Project| project.text("out/ledger.csv").replace("死亡.dat#3", "死亡.csv#2");
        assert_eq!(names(&project), names(&expected), "{name}");
    }
}

#[test]
fn what_a_merge_hides_is_told() {
    let mut sheet = sheet_of(village::DEATHS);
    sheet.merges = vec![(1, 2, 5), (1, 2, 3)];
    for (name, writer) in WRITERS {
        let project = with_deaths(writer(&sheet));
        project.run("run . --formats csv").exits(0).silent();
        assert_noticed(&project, "死亡.dat", "merged_cell_differs 1 3", name);
    }
}

#[test]
fn bare_numbers_of_days_count_from_the_first_day_of_their_workbook() {
    // 45026 is 2023-04-10 in most workbooks, 43564 in those of 1904.
    for is_1904 in [false, true] {
        let mut sheet = Sheet { is_1904, ..sheet_of(village::DEATHS) };
        sheet.rows[1][2] = Cell::Number(if is_1904 { 43_564.0 } else { 45_026.0 });
        sheet.rows[1][3] = Cell::Day(45_108);
        // Eight digits are a day in both.
        sheet.rows[2][2] = Cell::Number(20_230_110.0);
        for (name, writer) in WRITERS.iter().filter(|(name, _)| *name != "ods") {
            let project = with_deaths(writer(&sheet));
            project.run("run . --formats csv").exits(0).silent();
            let expected = village();
            expected.run("run . --formats csv").exits(0);
            let ledger = project.text("out/ledger.csv").replace("死亡.dat", "死亡.csv");
            assert_eq!(ledger, expected.text("out/ledger.csv"), "{name} {is_1904}");
            let leads = project.text("out/leads.csv").replace("死亡.dat", "死亡.csv");
            assert_eq!(leads, expected.text("out/leads.csv"), "{name} {is_1904}");
        }
    }
}

/// The deaths as an .xlsx file whose first day of death is written by this XML.
fn deaths_with(cell: &str) -> Vec<u8> {
    let sheet = sheet_of(village::DEATHS);
    let xml = workbooks::sheet_xml(&sheet);
    let old = "<c r=\"C2\" t=\"inlineStr\"><is><t>2023-04-10</t></is></c>";
    assert!(xml.contains(old));
    workbooks::zip(&workbooks::xlsx_parts(&sheet, &xml.replace(old, cell)))
}

#[test]
fn a_formula_is_what_it_was_when_the_file_was_saved() {
    let project =
        with_deaths(deaths_with("<c r=\"C2\" t=\"str\"><f>\"2023\"&amp;\"-04-10\"</f><v>2023-04-10</v></c>"));
    project.run("run . --formats csv").exits(0).silent();
    assert!(!noticed(&project, "死亡.dat").iter().any(|line| line.contains("formula")));
    let foreign = "<c r=\"C2\" t=\"str\"><f>VLOOKUP(A2,'[1]公安'!A:C,3,0)</f><v>2023-04-10</v></c>";
    let project = with_deaths(deaths_with(foreign));
    project.run("run . --formats csv").exits(0).silent();
    assert_noticed(&project, "死亡.dat", "formula_foreign 1 2", "foreign");
    // A formula that was never computed, also one that shares its text with another.
    for cell in [
        "<c r=\"C2\"><f>DATE(2023,4,10)</f></c>",
        "<c r=\"C2\"><f>DATE(2023,4,10)</f><v></v></c>",
        "<c r=\"C2\"><f t=\"shared\" si=\"0\"/></c>",
    ] {
        let outcome = with_deaths(deaths_with(cell)).run("run .").exits(3).complains("[E114]");
        assert!(outcome.stderr.contains("C2") && outcome.stderr.contains("死亡日期"), "{outcome}");
    }
    // One whose result is an empty text was computed.
    with_deaths(deaths_with("<c r=\"C2\" t=\"str\"><f>\"\"</f><v></v></c>")).run("run .").exits(0);
    // A column that is not read may hold what it likes.
    let sheet = sheet_of(village::DEATHS);
    let end = "</row><row r=\"3\">";
    let xml = workbooks::sheet_xml(&sheet);
    let xml = xml.replacen(end, &format!("<c r=\"H2\"><f>1+1</f></c>{end}"), 1);
    with_deaths(workbooks::zip(&workbooks::xlsx_parts(&sheet, &xml))).run("run .").exits(0);
}

#[test]
fn formulas_of_open_documents_are_held_to_the_same() {
    let sheet = sheet_of(village::DEATHS);
    let old = "<table:table-cell office:value-type=\"string\"><text:p>2023-04-10</text:p></table:table-cell>";
    let with = |cell: &str| {
        let parts = workbooks::ods_parts(&sheet).into_iter().map(|(name, bytes)| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(name != "content.xml" || text.contains(old));
            (name, text.replace(old, cell).into_bytes())
        });
        with_deaths(workbooks::zip(&parts.collect::<Vec<_>>()))
    };
    with("<table:table-cell table:formula=\"of:=TODAY()\"/>").run("run .").exits(3).complains("[E114]");
    let foreign = "<table:table-cell table:formula=\"of:=['file:///公安.ods'#$Sheet1.C2]\" office:value-type=\"date\" office:date-value=\"2023-04-10T00:00:00\"><text:p>x</text:p></table:table-cell>";
    let project = with(foreign);
    project.run("run . --formats csv").exits(0).silent();
    assert_noticed(&project, "死亡.dat", "formula_foreign 1 2", "foreign");
    assert!(column(&project.table("out/ledger.csv"), "case_type").contains(&"post_death"));
    // An error is not nothing.
    let error = "<table:table-cell table:formula=\"of:=NA()\" office:value-type=\"string\" office:string-value=\"\" calcext:value-type=\"error\"><text:p>#N/A</text:p></table:table-cell>";
    let project = with(error);
    project.run("run . --formats csv").exits(0).silent();
    assert_noticed(&project, "死亡.dat", "date_unreadable:death_date 1 2", "error");
}

/// A workbook of several sheets with their states.
fn book_of(sheets: &[(&str, Option<&str>, &str)]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, state, csv) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        if *state == Some("hidden") {
            sheet.set_hidden(true);
        }
        for (row, line) in (0u32..).zip(csv.lines()) {
            for (column, cell) in (0u16..).zip(line.split(',')) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
    if sheets[0].1.is_some() {
        book.worksheets_mut().last_mut().unwrap().set_active(true);
        book.worksheets_mut().last_mut().unwrap().set_first_tab(true);
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn hidden_sheets_are_read_only_where_no_other_fits_and_no_sheet_is_passed_over_in_silence() {
    let (deaths, notes) = (village::DEATHS, "说明\n仅供参考\n");
    let project = with_deaths(book_of(&[("旧", Some("hidden"), deaths), ("新", None, deaths)]));
    project.run("run . --formats csv").exits(0).silent();
    assert_noticed(&project, "死亡.dat", "sheet_unread:旧 1 1", "a hidden copy");
    let project = with_deaths(book_of(&[("旧", Some("hidden"), deaths), ("说明", None, notes)]));
    project.run("run . --formats csv").exits(0).silent();
    assert_noticed(&project, "死亡.dat", "sheet_hidden:旧 1 1", "only a hidden one");
    assert_noticed(&project, "死亡.dat", "sheet_unread:说明 1 1", "notes");
    // Whoever names a sheet has looked at the others.
    let project = with_deaths(book_of(&[("旧", None, deaths), ("新", None, deaths)]));
    project.run("run .").exits(3).complains("[E109]");
    let project =
        project.replacing("audit.toml", "path  = \"死亡.dat\"", "path  = \"死亡.dat\"\nsheet = \"新\"");
    project.run("run . --formats csv").exits(0).silent();
    assert!(!noticed(&project, "死亡.dat").iter().any(|line| line.starts_with("sheet")));
}

#[test]
fn errors_of_formulas_are_no_zero() {
    // The record of a formula that ended in #N/A, in a binary workbook.
    let sheet = sheet_of(village::DEATHS);
    let mut parts = workbooks::xlsb_parts(&sheet);
    let cells = &mut parts.iter_mut().find(|(name, _)| name.ends_with("sheet1.bin")).unwrap().1;
    // The fifteenth cell is the first day of death: number 8 of the shared texts.
    let old = [&[7, 12][..], &[2, 0, 0, 0], &[0; 4], &8u32.to_le_bytes()].concat();
    let at = cells.windows(old.len()).position(|window| window == old).unwrap();
    let new = [&[11, 15][..], &[2, 0, 0, 0], &[0; 4], &[0x2a], &[0; 6]].concat();
    cells.splice(at..at + old.len(), new);
    let project = with_deaths(workbooks::zip(&parts));
    project.run("run . --formats csv").exits(0).silent();
    assert_noticed(&project, "死亡.dat", "date_unreadable:death_date 1 2", "xlsb");
}

#[test]
fn formulas_of_old_workbooks_have_their_texts_behind_them() {
    let sheet = sheet_of(village::DEATHS);
    let whole = workbooks::xls_stream(&sheet, Biff::Eight);
    // The first day of death is the ninth of the shared texts.
    let old = [&[0xfd, 0, 10, 0][..], &[1, 0, 2, 0, 15, 0], &8u32.to_le_bytes()].concat();
    let at = whole.windows(old.len()).position(|window| window == old).unwrap();
    let head = [&[6, 0, 22, 0][..], &[1, 0, 2, 0, 15, 0], &[0, 0, 0, 0, 0, 0, 0xff, 0xff], &[0; 8]].concat();
    let text = [&[7, 2, 13, 0][..], &[10, 0, 0], b"2023-04-10"].concat();
    let with = |records: Vec<u8>| {
        let mut stream = whole.clone();
        stream.splice(at..at + old.len(), records);
        with_deaths(workbooks::container("/Workbook", &stream))
    };
    let project = with([head.clone(), text].concat());
    project.run("run . --formats csv").exits(0).silent();
    assert!(column(&project.table("out/ledger.csv"), "case_type").contains(&"post_death"));
    let outcome = with(head).run("run .").exits(3).complains("[E114]");
    assert!(outcome.stderr.contains("C2"), "{outcome}");
}

#[test]
fn months_of_1904_are_not_four_years_too_early() {
    let mut sheet = Sheet { is_1904: true, ..sheet_of(village::OTHER_PENSIONS) };
    // 43585 is 2023-05-01 there.
    sheet.rows[1][3] = Cell::Number(43_585.0);
    let project = village()
        .replacing("audit.toml", "其他待遇.csv", "其他待遇.dat")
        .with("其他待遇.dat", workbooks::xlsx(&sheet));
    project.run("run . --formats csv").exits(0).silent();
    let expected = village();
    expected.run("run . --formats csv").exits(0);
    let ledger = project.text("out/ledger.csv").replace("其他待遇.dat", "其他待遇.csv");
    assert_eq!(ledger, expected.text("out/ledger.csv"));
}
