//! Files that are too large, packed, encrypted or broken: each is refused with its code, whatever its bytes, and
//! none takes the machine down.

use std::io::Write;

use pension_audit::ingest::{self, Input, InputFile, Limits, Storage, Table};
use pension_audit::messages::Error;
use proptest::prelude::*;

use crate::support::village::{self, AUDIT, PAYMENTS, village};
use crate::support::workbooks::{self, Biff, Cell, Sheet};
use crate::support::{Outcome, Project};

fn text(text: &str) -> Cell {
    if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_string()) }
}

fn sheet_of(csv: &str) -> Sheet {
    let rows = csv.lines().map(|line| line.split(',').map(text).collect()).collect();
    Sheet { name: "表".to_string(), rows, ..Sheet::default() }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The village whose payments are one file.
fn payments(bytes: impl AsRef<[u8]>) -> Project {
    village()
        .with("audit.toml", AUDIT.replace("发放/*.csv", "发放.dat"))
        .with("claims.toml", village::CLAIMS)
        .with("发放.dat", bytes)
}

#[track_caller]
fn refused(project: &Project, options: &str, code: &str) -> Outcome {
    let outcome = project.run(&format!("run . {options}")).exits(3).complains(&format!("[{code}]"));
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
    outcome
}

#[test]
fn every_bound_refuses_and_can_be_raised() {
    let sheet = sheet_of(PAYMENTS);
    let packed = gzip(PAYMENTS.as_bytes());
    for (bytes, option, code) in [
        (PAYMENTS.as_bytes().to_vec(), "--max-file-size 100", "E117"),
        (packed, "--max-unpacked-text 1K", "E117"),
        (workbooks::xlsx(&sheet), "--max-unpacked-workbook 1K", "E117"),
        (workbooks::xlsb(&sheet), "--max-unpacked-workbook 1K", "E117"),
        (workbooks::ods(&sheet), "--max-unpacked-workbook 1K", "E117"),
        (workbooks::xlsx(&sheet), "--max-columns 9", "E110"),
        (workbooks::xls(&sheet, Biff::Eight), "--max-columns 9", "E110"),
        (workbooks::xlsb(&sheet), "--max-columns 9", "E110"),
        (workbooks::ods(&sheet), "--max-columns 9", "E110"),
        (PAYMENTS.as_bytes().to_vec(), "--max-columns 9", "E110"),
        (workbooks::xlsx(&sheet), "--max-cells 99", "E120"),
        (workbooks::xls(&sheet, Biff::Five(Some(936))), "--max-cells 99", "E120"),
        (workbooks::xlsb(&sheet), "--max-cells 99", "E120"),
        (workbooks::ods(&sheet), "--max-cells 99", "E120"),
    ] {
        let project = payments(bytes);
        let name = option.split(' ').next().unwrap();
        refused(&project, option, code).complains(name);
        for command in ["check .", "claims .", "explain . 530499195003120017"] {
            let project = project.command(&format!("{command} {option}")).output().unwrap();
            assert_eq!(project.status.code(), Some(3), "{command} {option}");
        }
        let raised =
            option.replace("100", "10M").replace("1K", "1M").replace(" 99", " 999").replace(" 9", " 10");
        project.run(&format!("run . {raised}")).exits(0);
    }
    for wrong in ["--max-file-size x", "--max-file-size 0", "--max-columns 0", "--max-file-size 99999999T"] {
        payments(PAYMENTS).run(&format!("run . {wrong}")).exits(2);
    }
    let help = payments(PAYMENTS).run("run --help").exits(0);
    for name in ["--max-file-size", "--max-ratio", "--max-columns", "64G", "100000000"] {
        help.clone().says(name);
    }
}

/// Many bytes that pack well.
fn bomb() -> Vec<u8> {
    vec![b'\n'; 100 << 20]
}

#[test]
fn bombs_are_measured_by_what_they_unpack_to() {
    let sheet = sheet_of(PAYMENTS);
    refused(&payments(gzip(&[PAYMENTS.as_bytes(), &bomb()].concat())), "", "E117").complains("--max-ratio");
    // A gzip of plain letters is decided upon by its first characters that are none.
    refused(&payments(gzip(&bomb())), "", "E117").complains("--max-ratio");
    let with = |parts: Vec<(&'static str, Vec<u8>)>, wanted: &str| {
        let parts: Vec<(&str, Vec<u8>)> = parts
            .into_iter()
            .map(|(name, bytes)| (name, if name == wanted { [bytes, bomb()].concat() } else { bytes }))
            .collect();
        payments(workbooks::zip(&parts))
    };
    let xlsx = || workbooks::xlsx_parts(&sheet, &workbooks::sheet_xml(&sheet));
    for wanted in ["xl/worksheets/sheet1.xml", "xl/styles.xml"] {
        refused(&with(xlsx(), wanted), "", "E117").complains("--max-ratio");
    }
    let ods = workbooks::ods_parts(&sheet).into_iter().map(|(name, bytes)| {
        let text = String::from_utf8(bytes).unwrap();
        let padded = format!("<office:body>{}", String::from_utf8(bomb()).unwrap());
        (name, text.replace("<office:body>", &padded).into_bytes())
    });
    refused(&payments(workbooks::zip(&ods.collect::<Vec<_>>())), "", "E117").complains("--max-ratio");
    // A record of spaces among the texts of a binary workbook, whose length is true.
    let mut parts = workbooks::xlsb_parts(&sheet);
    let texts = &mut parts.iter_mut().find(|(name, _)| name.ends_with("sharedStrings.bin")).unwrap().1;
    texts.extend([0x7f, 0x80, 0x80, 0x80, 0x32]);
    texts.extend(bomb());
    refused(&payments(workbooks::zip(&parts)), "", "E117").complains("--max-ratio");
}

#[test]
fn what_a_file_declares_takes_no_memory() {
    let sheet = sheet_of(PAYMENTS);
    // A list that declares more texts than there is memory for.
    let mut parts = workbooks::xlsx_parts(&sheet, &workbooks::sheet_xml(&sheet));
    let texts = "<sst xmlns=\"x\" count=\"1\" uniqueCount=\"99999999999999\"><si><t>甲</t></si></sst>";
    parts.push(("xl/sharedStrings.xml", texts.into()));
    refused(&payments(workbooks::zip(&parts)), "", "E105");
    // Rows, columns and blanks that repeat more often than any sheet has room for.
    let ods = |old: &str, new: &str| {
        let parts = workbooks::ods_parts(&sheet).into_iter().map(|(name, bytes)| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(name != "content.xml" || text.contains(old), "{old}");
            (name, text.replacen(old, new, 2).into_bytes())
        });
        payments(workbooks::zip(&parts.collect::<Vec<_>>()))
    };
    let row = "<table:table-row table:number-rows-repeated=\"99999999999\">";
    refused(&ods("<table:table-row>", row), "--max-cells 1000", "E120");
    let cell =
        "<table:table-cell table:number-columns-repeated=\"99999999999\" office:value-type=\"string\">";
    refused(&ods("<table:table-cell office:value-type=\"string\">", cell), "", "E110");
    ods("<text:p>正常", "<text:p><text:s text:c=\"99999999999\"/>正常").run("run .").exits(0);
    // A cell far away takes no rectangle.
    let mut far = sheet_of(village::DEATHS);
    far.rows.resize(65_000, Vec::new());
    far.rows.push(vec![text("合计")]);
    for bytes in [workbooks::xls(&far, Biff::Eight), workbooks::xlsx(&far), workbooks::xlsb(&far)] {
        let project = village().replacing("audit.toml", "死亡.csv", "死亡.dat").with("死亡.dat", bytes);
        project.run("run .").exits(0);
    }
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    let sheet = sheet_of(PAYMENTS);
    let xlsx = workbooks::xlsx(&sheet);
    let encrypted_ods: Vec<(&str, Vec<u8>)> = workbooks::ods_parts(&sheet)
        .into_iter()
        .map(|(name, bytes)| {
            let text = String::from_utf8(bytes).unwrap();
            (
                name,
                text.replace("text/xml\"/>", "text/xml\"><manifest:encryption-data/></manifest:file-entry>"),
            )
        })
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    let mut password = workbooks::xls_stream(&sheet, Biff::Eight);
    // Behind the first record: what says that all that follows is encrypted.
    password.splice(20..20, [0x2f, 0, 6, 0, 1, 0, 1, 0, 1, 0]);
    let utf16_page: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("<html><table>".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "E102"),
        ("gzip of nothing", gzip(b""), "E102"),
        ("gzip twice", gzip(&gzip(PAYMENTS.as_bytes())), "E116"),
        ("gzip of a workbook", gzip(&xlsx), "E116"),
        ("zip of a text", workbooks::zip(&[("发放.csv", PAYMENTS.into())]), "E116"),
        ("zip of a workbook", workbooks::zip(&[("发放.xlsx", xlsx.clone())]), "E116"),
        ("rar", b"Rar!\x1a\x07\0rest".to_vec(), "E116"),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(), "E116"),
        ("encrypted xlsx", workbooks::container("/EncryptedPackage", &[7; 99]), "E115"),
        ("encrypted xls", workbooks::container("/Workbook", &password), "E115"),
        ("encrypted ods", workbooks::zip(&encrypted_ods), "E115"),
        ("web page", b"<html><table><tr><td>1</td></tr></table></html>".to_vec(), "E118"),
        ("web page, BOM", "\u{feff}\r\n<!DOCTYPE html>".into(), "E118"),
        ("web page, UTF-16", utf16_page, "E118"),
        ("web archive", b"MIME-Version: 1.0\r\nContent-Type: multipart".to_vec(), "E118"),
        (
            "XML of 2003",
            b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook/>".to_vec(),
            "E118",
        ),
        ("document", workbooks::container("/WordDocument", &[7; 99]), "E104"),
        (
            "docx",
            workbooks::zip(&[
                ("[Content_Types].xml", b"<x/>".to_vec()),
                ("word/document.xml", b"<x/>".to_vec()),
            ]),
            "E104",
        ),
        ("pdf", b"%PDF-1.7\n".to_vec(), "E104"),
        ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "E104"),
        ("dbf", b"\x03\x7b\x08\x1f\x01\0\0\0\x41\0\x0b\0\0\0\0\0\0\0\0\0".to_vec(), "E104"),
        ("half a zip", xlsx[..xlsx.len() / 2].to_vec(), "E105"),
        ("half a container", workbooks::xls(&sheet, Biff::Eight)[..700].to_vec(), "E105"),
        ("bare records, cut", workbooks::xls_stream(&sheet, Biff::Eight)[..900].to_vec(), "E105"),
        ("Excel 4", b"\x09\x04\x06\0\0\0\x10\0\0\0".to_vec(), "E105"),
        ("half a gzip", gzip(PAYMENTS.as_bytes())[..200].to_vec(), "E105"),
        ("parquet", b"PAR1PAR1".to_vec(), "E105"),
    ];
    for (name, bytes, code) in cases {
        let outcome = payments(bytes).run("run .");
        assert!(outcome.exit == 3 && outcome.stderr.contains(&format!("[{code}]")), "{name}: {outcome}");
    }
}

// ------------------------------------------------------------------------------------------------------- damage

/// Reads bytes as the payments of a project.
fn read(bytes: &[u8]) -> Result<u64, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("发放.dat");
    std::fs::write(&path, bytes).unwrap();
    let input = Input { pattern: "发放.dat".to_string(), ..Input::default() };
    let file = InputFile { table: Table::Payments, path, shown: "发放.dat".to_string(), input };
    let as_of = chrono::NaiveDate::from_ymd_opt(2024, 8, 31).unwrap();
    let limits = Limits { workbook_bytes: 16 << 20, cells: 100_000, ..Limits::default() };
    let tables = ingest::read(&[file], as_of, &Storage { limits, ..Storage::default() }, &|_, _| {})?;
    Ok(tables.controls[0].rows)
}

/// A whole workbook of each form, and one whose parts can be damaged before they are packed.
#[derive(Clone, Debug)]
enum Made {
    Whole(Vec<u8>),
    Parts(Vec<(&'static str, Vec<u8>)>),
    Stream(&'static str, Vec<u8>),
}

fn made() -> Vec<(&'static str, Made)> {
    let mut sheet = sheet_of(PAYMENTS);
    for row in 1..sheet.rows.len() {
        sheet.rows[row][3] = Cell::Number(150.25);
        sheet.rows[row][6] = Cell::Day(45_031);
    }
    sheet.merges = vec![(1, 3, 0), (1, 3, 1), (5, 6, 3)];
    vec![
        ("xlsx", Made::Whole(workbooks::xlsx(&sheet))),
        ("xlsx parts", Made::Parts(workbooks::xlsx_parts(&sheet, &workbooks::sheet_xml(&sheet)))),
        ("xlsb", Made::Whole(workbooks::xlsb(&sheet))),
        ("xlsb parts", Made::Parts(workbooks::xlsb_parts(&sheet))),
        ("ods", Made::Whole(workbooks::ods(&sheet))),
        ("ods parts", Made::Parts(workbooks::ods_parts(&sheet))),
        ("xls", Made::Whole(workbooks::xls(&sheet, Biff::Eight))),
        ("xls stream", Made::Stream("/Workbook", workbooks::xls_stream(&sheet, Biff::Eight))),
        ("xls 95 stream", Made::Stream("/Book", workbooks::xls_stream(&sheet, Biff::Five(Some(936))))),
        ("xls bare", Made::Whole(workbooks::xls_stream(&sheet, Biff::Five(None)))),
        ("gzip", Made::Whole(gzip(PAYMENTS.as_bytes()))),
    ]
}

/// One thing that happens to bytes.
#[derive(Clone, Copy, Debug)]
struct Damage {
    place: u32,
    kind: u8,
    value: u8,
}

impl Damage {
    fn apply(self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let at = ((u64::from(self.place) * bytes.len() as u64) >> 32) as usize;
        match self.kind {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << (self.value & 7),
            2 => bytes[at] = self.value,
            3 => bytes[at] = 0xff,
            4 => drop(bytes.drain(at..(at + usize::from(self.value)).min(bytes.len()))),
            _ => {
                let copied: Vec<u8> = bytes[at..(at + usize::from(self.value)).min(bytes.len())].to_vec();
                bytes.splice(at..at, copied);
            }
        }
    }
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    let damage = (any::<u32>(), 0u8..6, any::<u8>());
    proptest::collection::vec(damage.prop_map(|(place, kind, value)| Damage { place, kind, value }), 1..4)
}

impl Made {
    fn damaged(&self, damages: &[Damage]) -> Vec<u8> {
        let apply = |bytes: &mut Vec<u8>| damages.iter().for_each(|damage| damage.apply(bytes));
        match self.clone() {
            Made::Whole(mut bytes) => {
                apply(&mut bytes);
                bytes
            }
            Made::Parts(mut parts) => {
                let number = damages[0].value as usize * 7 % parts.len();
                apply(&mut parts[number].1);
                workbooks::zip(&parts)
            }
            Made::Stream(name, mut bytes) => {
                apply(&mut bytes);
                workbooks::container(name, &bytes)
            }
        }
    }
}

#[test]
fn whole_workbooks_are_read() {
    for (name, made) in made() {
        let nothing = Damage { place: 0, kind: 4, value: 0 };
        assert_eq!(read(&made.damaged(&[nothing])).unwrap(), 13, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every damage leads to rows or to a refusal with a code, never to a panic.
    #[test]
    fn damaged_workbooks_are_refused_or_read(damages in damages()) {
        for (name, made) in made() {
            match read(&made.damaged(&damages)) {
                Ok(_) => {}
                Err(error) => prop_assert!(error.code.starts_with('E') && error.code != "E900", "{name}: {error}"),
            }
        }
    }
}
