//! Writes the workbooks from which `workbook` and `package` start: a small list in every form, by the writers
//! of the main package's tests. No target: `-runs=0` ends it once they are written.
#![no_main]

#[allow(dead_code)]
#[path = "../../tests/support/workbooks.rs"]
mod workbooks;

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use workbooks::{Biff, Cell, Sheet};

fuzz_target!(init: write().expect("the seeds can be written"), |_bytes: &[u8]| {});

fn write() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, sheet) in [("payments", payments()), ("deaths", deaths())] {
        let whole = [
            ("xlsx", workbooks::xlsx(&sheet)),
            ("xlsb", workbooks::xlsb(&sheet)),
            ("ods", workbooks::ods(&sheet)),
            ("xls", workbooks::xls(&sheet, Biff::Eight)),
            ("xls5", workbooks::xls(&sheet, Biff::Five(Some(936)))),
            ("stream8", workbooks::xls_stream(&sheet, Biff::Eight)),
            ("stream5", workbooks::xls_stream(&sheet, Biff::Five(None))),
        ];
        for (form, bytes) in whole {
            std::fs::write(corpus.join("workbook").join(format!("{name}_{form}")), bytes)?;
        }
        let shared = shared_texts(&sheet);
        let parts = [
            ("xlsx", workbooks::xlsx_parts(&sheet, &workbooks::sheet_xml(&sheet))),
            ("xlsx_shared", shared),
            ("xlsb", workbooks::xlsb_parts(&sheet)),
            ("ods", workbooks::ods_parts(&sheet)),
        ];
        for (form, parts) in parts {
            let texts = parts.iter().map(|(name, part)| [format!("=== {name}\n").as_bytes(), part].concat());
            let bytes = texts.collect::<Vec<_>>().join(&b'\n');
            std::fs::write(corpus.join("package").join(format!("{name}_{form}")), bytes)?;
        }
    }
    Ok(())
}

/// The parts of an .xlsx file whose texts are shared, with a formula, an error and a merge.
fn shared_texts(sheet: &Sheet) -> Vec<(&'static str, Vec<u8>)> {
    let mut xml = workbooks::sheet_xml(sheet);
    let mut texts = Vec::new();
    while let Some(at) = xml.find("t=\"inlineStr\"><is><t>") {
        let rest = &xml[at + 21..];
        let end = rest.find("</t></is>").unwrap_or(rest.len());
        texts.push(rest[..end].to_string());
        let shared = format!("t=\"s\"><v>{}</v>", texts.len() - 1);
        xml.replace_range(at..(at + 21 + end + 9).min(xml.len()), &shared);
    }
    let row = "<row r=\"9\"><c r=\"A9\" t=\"str\"><f>A3&amp;\"\"</f><v>x</v></c><c r=\"D9\" t=\"e\"><v>#N/A</v></c></row>";
    let xml = xml.replace("</sheetData>", &format!("{row}</sheetData>"));
    let list: String = texts.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    let mut parts = workbooks::xlsx_parts(sheet, &xml);
    let count = texts.len();
    parts.push((
        "xl/sharedStrings.xml",
        format!(
            "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" uniqueCount=\"{count}\">{list}</sst>"
        )
        .into_bytes(),
    ));
    for (name, part) in &mut parts {
        if *name == "xl/_rels/workbook.xml.rels" {
            let text = String::from_utf8_lossy(part).replace(
                "</Relationships>",
                "<Relationship Id=\"rId9\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>",
            );
            *part = text.into_bytes();
        }
    }
    parts
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_string())
}

fn payments() -> Sheet {
    Sheet {
        name: "发放".to_string(),
        rows: vec![
            vec![text("发放明细")],
            vec![text("身份证号"), text("姓名"), text("所属期"), text("养老金"), text("发放日期")],
            vec![
                text("530499195003120017"),
                text("李秀英"),
                text("202304"),
                Cell::Number(150.5),
                Cell::Day(45_031),
            ],
            vec![Cell::Empty, Cell::Empty, text("202305"), Cell::Number(5.0), text("2023-5-1")],
        ],
        merges: vec![(2, 3, 0), (2, 3, 1)],
        is_1904: false,
    }
}

fn deaths() -> Sheet {
    Sheet {
        name: "Sheet1".to_string(),
        rows: vec![
            vec![text("身份证号"), text("姓名"), text("死亡日期")],
            vec![text("530499195003120017"), text("李秀英"), Cell::Day(45_026)],
            vec![text("530499195306090054"), text("陈玉贞"), Cell::Number(45_000.0)],
        ],
        merges: Vec::new(),
        is_1904: true,
    }
}
