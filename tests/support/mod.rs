//! A project in a temporary folder, and one run of the program on it.
//!
//! The program always runs inside the project's folder with relative paths and a bare environment, so that no
//! absolute path and no setting of the machine can get into what it prints.

pub mod key;
pub mod village;
pub mod workbooks;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// One row of a written table, by column.
pub type Row = BTreeMap<String, String>;

/// A project folder that vanishes with the test.
pub struct Project {
    folder: TempDir,
}

/// What one run of the program did. It ran once: exit code and both streams belong together.
#[derive(Clone, PartialEq, Eq)]
pub struct Outcome {
    pub command: String,
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A file or folder of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

impl Project {
    /// A folder without anything in it.
    pub fn empty() -> Project {
        Project { folder: TempDir::new().unwrap() }
    }

    /// A copy of a folder of the repository, without the result and the cache of whoever has run the program
    /// there.
    pub fn copy_of(path: &str) -> Project {
        let project = Project::empty();
        let is_made = |name: &str| name.starts_with("out/") || name.starts_with(".pension-audit/");
        for (name, bytes) in files_below(&repository(path)).into_iter().filter(|(name, _)| !is_made(name)) {
            project.write(&name, bytes);
        }
        project
    }

    /// This project with one more file, or another text in the place of an old one.
    pub fn with(self, name: &str, bytes: impl AsRef<[u8]>) -> Project {
        self.write(name, bytes);
        self
    }

    /// This project with another text in one file, in which the old one must occur.
    pub fn replacing(self, name: &str, old: &str, new: &str) -> Project {
        let text = self.text(name);
        assert!(text.contains(old), "{name} does not hold {old}");
        self.write(name, text.replace(old, new));
        self
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// The rows of a written csv file, which must begin with a BOM.
    pub fn table(&self, name: &str) -> Vec<Row> {
        rows(self.text(name).strip_prefix('\u{feff}').unwrap_or_else(|| panic!("{name} has no BOM")))
    }

    /// Every file below a folder of the project, by its relative name.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        files_below(&self.path(folder))
    }

    /// A command that has not run yet.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("pension-audit"));
        command.current_dir(self.folder.path()).env_clear().args(arguments.split_whitespace());
        command
    }

    /// Runs the program with arguments that are separated by blanks.
    pub fn run(&self, arguments: &str) -> Outcome {
        Outcome::of(arguments, self.command(arguments))
    }
}

impl Outcome {
    pub fn of(arguments: &str, mut command: Command) -> Outcome {
        let output = command.output().unwrap();
        Outcome {
            command: format!("pension-audit {arguments}"),
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The outcome, if the exit code was this one.
    #[track_caller]
    pub fn exits(self, code: i32) -> Outcome {
        assert_eq!(self.exit, code, "exit code of\n{self}");
        self
    }

    /// The outcome, if stdout holds a text.
    #[track_caller]
    pub fn says(self, text: &str) -> Outcome {
        assert!(self.stdout.contains(text), "stdout does not hold \"{text}\":\n{self}");
        self
    }

    /// The outcome, if stderr holds a text.
    #[track_caller]
    pub fn complains(self, text: &str) -> Outcome {
        assert!(self.stderr.contains(text), "stderr does not hold \"{text}\":\n{self}");
        self
    }

    /// The outcome, if nothing stands on stderr.
    #[track_caller]
    pub fn silent(self) -> Outcome {
        assert_eq!(self.stderr, "", "stderr of\n{self}");
        self
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|why| panic!("{why}:\n{self}"))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}   [exit code {}]", self.command, self.exit)?;
        f.write_str(&self.stdout)?;
        for line in self.stderr.lines() {
            writeln!(f, "stderr: {line}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The rows of a csv text.
pub fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Result<Vec<Row>, csv::Error> = reader.deserialize().collect();
    rows.unwrap()
}

/// The cells of a column, without the empty ones.
pub fn column<'a>(rows: &'a [Row], name: &str) -> Vec<&'a str> {
    rows.iter().map(|row| row[name].as_str()).filter(|cell| !cell.is_empty()).collect()
}

/// Every file below a folder, by its path relative to it.
pub fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(current) = pending.pop() {
        for entry in std::fs::read_dir(&current).unwrap_or_else(|why| panic!("{}: {why}", current.display()))
        {
            let path = entry.unwrap().path();
            if path.is_dir() {
                pending.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_string();
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Fails with the names of the files that differ.
#[track_caller]
pub fn assert_same_files(left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) {
    let names: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let differing: Vec<&&String> =
        names.iter().filter(|name| left.get(**name) != right.get(**name)).collect();
    assert!(differing.is_empty(), "these files differ: {differing:?}");
}

/// Compares a text with tests/snapshots/NAME.snap. `INSTA_UPDATE=always` rewrites it; read the change before you
/// commit it.
#[track_caller]
pub fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(repository("tests/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Compares a document of the repository, or the part of it between two marks, with what it must say. `UPDATE_DOCS=1`
/// writes it there; read the change before you commit it.
#[track_caller]
pub fn compare_with_document(name: &str, mark: Option<&str>, expected: &str) {
    let path = repository(name);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let (from, until) = match mark {
        None => (0, text.len()),
        Some(mark) => {
            let (begin, end) = (format!("<!-- {mark} -->\n"), format!("<!-- end {mark} -->"));
            let from = text.find(&begin).unwrap() + begin.len();
            (from, from + text[from..].find(&end).unwrap())
        }
    };
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{}{expected}{}", &text[..from], &text[until..])).unwrap();
        return;
    }
    let written = &text[from..until];
    let differing = written.lines().zip(expected.lines()).find(|(is, should)| is != should);
    assert!(written == expected, "{name} is not up to date (UPDATE_DOCS=1 writes it); first: {differing:#?}");
}

/// The runs of 15 or more digits in a text, as ID and account numbers are.
pub fn long_numbers(text: &str) -> Vec<String> {
    let digits = text.split(|c: char| !c.is_ascii_digit());
    digits.filter(|run| run.len() >= 15).map(str::to_string).collect()
}
