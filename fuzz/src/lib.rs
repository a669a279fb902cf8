//! What the targets share: a day, files in memory, reading them as a project's inputs, and what must hold of
//! whatever was read.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::NaiveDate;
use pension_audit::ingest::{EncodingChoice, Input, InputFile, Limits, Storage, Table, Tables, read};
use pension_audit::messages::{Error, Lang};

/// A payment of nobody in particular, for projects whose registries are read.
const PAYMENTS: &str = "姓名,公民身份号码,待遇所属期,养老金\n张三,530499196002091255,2023-01,150.00\n";

/// The day as of which everything is read.
pub fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 8, 31).expect("a day of the calendar")
}

/// Bounds that an input of the fuzzer meets: what is not bounded shows as time or memory.
fn limits() -> Limits {
    Limits {
        file_bytes: 1 << 20,
        text_bytes: 4 << 20,
        workbook_bytes: 4 << 20,
        columns: 100,
        cells: 20_000,
        ..Limits::default()
    }
}

/// A folder of this process, in memory where the system has such a place; every input is written over the last.
fn folder() -> &'static Path {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.expect("a folder for inputs");
        std::fs::write(folder.path().join("payments.csv"), PAYMENTS).expect("the payments can be written");
        folder
    });
    made.path()
}

fn written(name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder().join(name);
    std::fs::write(&path, bytes).expect("the input can be written");
    path
}

/// Reads bytes as a file of each of these tables, beside a payment if none of them holds payments.
pub fn read_as(
    tables: &[Table],
    name: &str,
    encoding: EncodingChoice,
    bytes: &[u8],
) -> Result<Tables, Error> {
    let path = written(name, bytes);
    let input = Input { encoding, ..Input::default() };
    let of = |&table: &Table| InputFile {
        table,
        path: path.clone(),
        shown: name.to_string(),
        input: input.clone(),
    };
    let mut files: Vec<InputFile> = tables.iter().map(of).collect();
    if !tables.contains(&Table::Payments) {
        let path = folder().join("payments.csv");
        files.insert(
            0,
            InputFile {
                table: Table::Payments,
                path,
                shown: "payments.csv".to_string(),
                input: Input::default(),
            },
        );
    }
    // So few lines a run that small inputs have several.
    let storage =
        Storage { limits: limits(), run_lines: 3, scratch: vec![folder().into()], ..Storage::default() };
    read(&files, as_of(), &storage, &|_, _| {})
}

/// What must hold of everything that was read: no row is lost, no fen, and all of it can be read again.
pub fn check(tables: &Tables) {
    let mut rejected = 0;
    for control in &tables.controls {
        assert_eq!(control.rows, control.kept + control.rejected, "{control:?}");
        assert_eq!(control.fen, control.fen_kept + control.fen_rejected, "{control:?}");
        rejected += control.rejected;
    }
    assert_eq!(tables.reject_count(), rejected);
    let mut told = 0;
    for reject in tables.rejects() {
        reject.expect("a rejected row is read again");
        told += 1;
    }
    assert_eq!(told, rejected);
    tables.unusable_lines(&mut |_, _| {}).expect("lines without a number are read again");
    for table in REGISTRIES {
        let rows = tables.rows(table).expect("rows are read again");
        assert_eq!(rows.len() as u64, tables.row_counts(table).0, "{table:?}");
    }
}

/// Tables whose rows are a registry's.
pub const REGISTRIES: [Table; 5] =
    [Table::Deaths, Table::Custody, Table::OtherPensions, Table::FuneralGrants, Table::Participants];

/// What reading came to, as text: two readings of the same rows agree in it.
pub fn told(result: &Result<Tables, Error>) -> String {
    match result {
        Ok(tables) => {
            let rejects: Vec<_> = tables.rejects().collect();
            format!("{:?}\n{:?}\n{rejects:?}", tables.controls, tables.noticed)
        }
        Err(error) => format!("{} {}", error.code, error.text.in_lang(Lang::En)),
    }
}
