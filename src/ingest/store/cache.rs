//! The folder of entries that outlives a run, so that a file that did not change is not read again.
//!
//! Owns the folder, its list of entries and the question whether a file changed. The folder holds personal
//! data: nobody but its owner may look in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Entry;
use super::container::{Place, Store, UNFINISHED};
use super::registry::Registry;
use super::roster::Roster;
use crate::ingest::input::InputFile;
use crate::ingest::schema::Table;
use crate::ingest::{Storage, hash_file, hex};

/// Grows with every change of what an entry says of a file.
const VERSION: &str = "2";
const LIST: &str = "entries.json";
const LOCK: &str = "lock";
const SUFFIX: &str = ".store";

/// By what a file is known again without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    size: u64,
    modified_ns: u128,
    inode: u64,
}

impl Stamp {
    /// The stamp of a file as it is now.
    pub(crate) fn of(path: &Path) -> io::Result<Stamp> {
        let data = fs::metadata(path)?;
        let modified = data.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Stamp { size: data.len(), modified_ns: modified.as_nanos(), inode: inode(&data) })
    }
}

#[cfg(unix)]
fn inode(data: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(data)
}

#[cfg(not(unix))]
fn inode(_data: &Metadata) -> u64 {
    0
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Record {
    stamp: Stamp,
    /// Whether the file had rested when the stamp was taken. A file that was written a moment ago may be
    /// written again without its stamp changing, because file systems count time in steps.
    settled: bool,
    sha256: String,
    /// The day as of which the entry was made, as days of the common era.
    as_of: i32,
    name: String,
}

/// The folder, locked for this run.
pub(crate) struct Cache {
    folder: PathBuf,
    _lock: File,
    known: BTreeMap<String, Record>,
    used: Mutex<BTreeMap<String, Record>>,
    /// Whether stamps are not enough and every byte is read.
    rehash: bool,
}

impl Cache {
    /// Opens a folder of the cache, which is made if it is not there. `None` where that is not possible or
    /// another run is using it: then this run does without.
    pub(crate) fn open(folder: &Path, storage: &Storage) -> Option<Cache> {
        create_private(folder).ok()?;
        let lock = File::create(folder.join(LOCK)).ok()?;
        lock.try_lock().ok()?;
        let list = || fs::read(folder.join(LIST)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let known = if storage.rebuild { None } else { list() };
        Some(Cache {
            folder: folder.to_path_buf(),
            _lock: lock,
            known: known.unwrap_or_default(),
            used: Mutex::default(),
            rehash: storage.rehash,
        })
    }

    /// Where new entries are written.
    pub(crate) fn place(&self) -> Place {
        Place::Cache(self.folder.clone())
    }

    /// Which entry a file belongs to: its path and all that audit.toml says of reading it.
    fn slot(file: &InputFile) -> String {
        let mapping = format!("{VERSION} {:?} {:?}", file.table, file.input);
        format!("{} {}", &hex(&Sha256::digest(mapping.as_bytes()))[..16], file.shown)
    }

    /// The name of the entry of a file with these bytes.
    pub(crate) fn name(file: &InputFile, sha256: &str) -> String {
        let address = format!("{} {sha256}", Cache::slot(file));
        format!("{}{SUFFIX}", &hex(&Sha256::digest(address.as_bytes()))[..32])
    }

    /// The entry of a file that did not change, and the file's SHA-256.
    pub(crate) fn find(&self, file: &InputFile, as_of: NaiveDate) -> Option<(Entry, String)> {
        let slot = Cache::slot(file);
        let record = self.known.get(&slot)?;
        let stamp = Stamp::of(&file.path).ok()?;
        let is_known = record.settled && record.stamp == stamp && !self.rehash;
        if !is_known && hash_file(&file.path, &file.shown).ok()? != record.sha256 {
            return None;
        }
        let store = Store::open(&self.folder.join(&record.name)).ok()?;
        let entry = match file.table {
            Table::Payments => Entry::Roster(Roster::open(store).ok()?),
            _ => Entry::Registry(Registry::open(store).ok()?),
        };
        let made_as_of = NaiveDate::from_num_days_from_ce_opt(record.as_of)?;
        if !entry.facts().holds_as_of(made_as_of, as_of) {
            return None;
        }
        let record = Record { stamp, settled: false, ..record.clone() };
        let sha256 = record.sha256.clone();
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(slot, record);
        Some((entry, sha256))
    }

    /// Remembers an entry that was made of a file whose stamp had been this before it was read.
    pub(crate) fn remember(&self, file: &InputFile, stamp: Stamp, sha256: &str, as_of: NaiveDate) {
        let name = Cache::name(file, sha256);
        let (as_of, sha256) = (as_of.num_days_from_ce(), sha256.to_string());
        let record = Record { stamp, settled: false, sha256, as_of, name };
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(Cache::slot(file), record);
    }

    /// Writes the list of entries that this run used, and deletes all others.
    pub(crate) fn close(self) -> io::Result<()> {
        let mut records = self.used.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut list = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder)?;
        // The file system's own time, which no other clock need agree with.
        let now = list.as_file().metadata()?.modified()?;
        for record in records.values_mut() {
            record.settled = has_rested(&record.stamp, now);
        }
        serde_json::to_writer(&mut list, &records)?;
        list.flush()?;
        list.persist(self.folder.join(LIST)).map_err(|failed| failed.error)?;
        let names: BTreeSet<&str> = records.values().map(|record| record.name.as_str()).collect();
        for entry in fs::read_dir(&self.folder)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_entry = name.ends_with(SUFFIX) && !names.contains(name.as_str());
            if is_entry || name.starts_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

fn has_rested(stamp: &Stamp, now: SystemTime) -> bool {
    const STEP: Duration = Duration::from_secs(2);
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    now.checked_sub(STEP).is_some_and(|limit| stamp.modified_ns < limit.as_nanos())
}

/// Makes a folder that only its owner may enter. One that others could enter is closed to them.
fn create_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}
