//! The folder of entries that outlives a run, so that a file that did not change is not read again.
//!
//! Owns the folder, its list of entries and the question whether a file changed. The folder holds personal
//! data: nobody but its owner may look in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Entry;
use super::container::{Place, Store, UNFINISHED};
use super::registry::Registry;
use super::roster::Roster;
use crate::ingest::input::InputFile;
use crate::ingest::schema::Table;
use crate::ingest::{Storage, hash_file, hex};
use crate::messages::CacheProblem;

/// Grows with every change of what an entry says of a file.
const FORM: u32 = 7;
const LIST: &str = "entries.json";
const LOCK: &str = "lock";
const SUFFIX: &str = ".store";

/// By what a file is known again without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    size: u64,
    modified_ns: u128,
    /// The time of the last change of anything about the file, which nobody can set.
    changed_ns: i128,
    inode: u64,
}

impl Stamp {
    /// The stamp of a file as it is now.
    pub(crate) fn of(path: &Path) -> io::Result<Stamp> {
        let data = fs::metadata(path)?;
        let modified = data.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let (inode, changed_ns) = inode_and_change(&data);
        Ok(Stamp { size: data.len(), modified_ns: modified.as_nanos(), changed_ns, inode })
    }

    /// How many bytes the file has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }
}

#[cfg(unix)]
fn inode_and_change(data: &Metadata) -> (u64, i128) {
    use std::os::unix::fs::MetadataExt;
    (data.ino(), i128::from(data.ctime()) * 1_000_000_000 + i128::from(data.ctime_nsec()))
}

#[cfg(not(unix))]
fn inode_and_change(_data: &Metadata) -> (u64, i128) {
    (0, 0)
}

/// What the list of entries says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct List {
    /// The folder by its inode: a cache that was copied or sent from elsewhere is not this folder's own, and
    /// nobody knows who made it.
    folder: u64,
    entries: BTreeMap<String, Record>,
}

impl List {
    /// The list of a folder, if it is whole and the folder's own.
    fn read(folder: &Path, inode: u64) -> Option<List> {
        let path = folder.join(LIST);
        // Opening a pipe would wait for somebody to write into it.
        let is_file = fs::symlink_metadata(&path).is_ok_and(|data| data.is_file());
        let list: List = serde_json::from_slice(&is_file.then(|| fs::read(path).ok())??).ok()?;
        (list.folder == inode).then_some(list)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Record {
    stamp: Stamp,
    /// Whether the file had rested when the stamp was taken. A file that was written a moment ago may be
    /// written again without its stamp changing, because file systems count time in steps.
    settled: bool,
    /// The hash of the file's bytes. The name of its entry follows from it: another hash leads to no entry.
    sha256: String,
}

/// The folder, locked for this run.
pub(crate) struct Cache {
    folder: PathBuf,
    inode: u64,
    _lock: File,
    known: BTreeMap<String, Record>,
    /// By slot, the name of the entry and what the list will say of it.
    used: Mutex<BTreeMap<String, (String, Record)>>,
    /// Whether stamps are not enough and every byte is read.
    rehash: bool,
}

impl Cache {
    /// Opens a folder of the cache, which is made if it is not there. Where that is not possible, or another
    /// run is using it, this run does without.
    pub(crate) fn open(folder: &Path, storage: &Storage) -> Result<Cache, CacheProblem> {
        let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|data| data.is_symlink());
        // A link would let entries be written, and old ones be deleted, in somebody else's folder.
        let lock = folder.join(LOCK);
        let is_odd = |path: &Path| fs::symlink_metadata(path).is_ok_and(|data| !data.is_file());
        if is_link(folder) || folder.parent().is_some_and(is_link) || is_odd(&lock) {
            return Err(CacheProblem::Linked);
        }
        let system = |why: io::Error| CacheProblem::System(why.to_string());
        create_private(folder).map_err(system)?;
        let lock = File::options().create(true).truncate(false).write(true).open(lock).map_err(system)?;
        lock.try_lock().map_err(|why| match why {
            TryLockError::WouldBlock => CacheProblem::Busy,
            TryLockError::Error(why) => system(why),
        })?;
        let inode = inode_and_change(&fs::metadata(folder).map_err(system)?).0;
        let known = List::read(folder, inode).filter(|_| !storage.rebuild);
        Ok(Cache {
            folder: folder.to_path_buf(),
            inode,
            _lock: lock,
            known: known.map(|list| list.entries).unwrap_or_default(),
            used: Mutex::default(),
            rehash: storage.rehash,
        })
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where new entries are written.
    pub(crate) fn place(&self) -> Place {
        Place::Cache(self.folder.clone())
    }

    /// Which entry a file belongs to: its path, all that audit.toml says of reading it, and the words by
    /// which it is read.
    fn slot(file: &InputFile) -> String {
        let words = file.input.vocabulary.digest();
        let mapping = format!("{} {words} {:?} {:?}", version(), file.table, file.input);
        format!("{} {}", &hex(&Sha256::digest(mapping.as_bytes()))[..16], file.shown)
    }

    /// The name of the entry of a file with these bytes.
    pub(crate) fn name(file: &InputFile, sha256: &str) -> String {
        let address = format!("{} {sha256}", Cache::slot(file));
        format!("{}{SUFFIX}", &hex(&Sha256::digest(address.as_bytes()))[..32])
    }

    /// The entry of a file that did not change, and the file's SHA-256.
    pub(crate) fn find(&self, file: &InputFile, as_of: NaiveDate) -> Option<(Entry, String)> {
        let record = self.known.get(&Cache::slot(file))?;
        let stamp = Stamp::of(&file.path).ok()?;
        let is_known = record.settled && record.stamp == stamp && !self.rehash;
        if !is_known && hash_file(&file.path, &file.shown).ok()? != record.sha256 {
            return None;
        }
        let store = Store::open(&self.folder, &Cache::name(file, &record.sha256)).ok()?;
        let entry = match file.table {
            Table::Payments => Entry::Roster(Roster::open(store).ok()?),
            _ => Entry::Registry(Registry::open(store).ok()?),
        };
        if !entry.facts().holds_as_of(as_of) {
            return None;
        }
        self.remember(file, stamp, &record.sha256);
        Some((entry, record.sha256.clone()))
    }

    /// Remembers the entry of a file whose stamp was this before it was read.
    pub(crate) fn remember(&self, file: &InputFile, stamp: Stamp, sha256: &str) {
        let record = Record { stamp, settled: false, sha256: sha256.to_string() };
        let used = (Cache::name(file, sha256), record);
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(Cache::slot(file), used);
    }

    /// Writes the list of entries that this run used, and deletes all others.
    pub(crate) fn close(self) -> io::Result<()> {
        let used = self.used.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut list = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.folder)?;
        // The file system's own time, which no other clock need agree with.
        let now = list.as_file().metadata()?.modified()?;
        let mut names = BTreeSet::new();
        let mut records = BTreeMap::new();
        for (slot, (name, record)) in used {
            let settled = has_rested(&record.stamp, now);
            names.insert(name);
            records.insert(slot, Record { settled, ..record });
        }
        serde_json::to_writer(&mut list, &List { folder: self.inode, entries: records })?;
        list.flush()?;
        list.persist(self.folder.join(LIST)).map_err(|failed| failed.error)?;
        for entry in fs::read_dir(&self.folder)?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_old = is_entry_name(&name) && !names.contains(&name);
            if is_old || name.starts_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Whether a file's name is one that this module gives.
fn is_entry_name(name: &str) -> bool {
    name.strip_suffix(SUFFIX)
        .is_some_and(|stem| stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The version of what entries say of files: of the program and of the form.
fn version() -> String {
    format!("{} {FORM}", env!("CARGO_PKG_VERSION"))
}

fn has_rested(stamp: &Stamp, now: SystemTime) -> bool {
    const STEP: Duration = Duration::from_secs(2);
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let before = |limit: u128| {
        stamp.modified_ns < limit && u128::try_from(stamp.changed_ns).is_ok_and(|changed| changed < limit)
    };
    now.checked_sub(STEP).is_some_and(|limit| before(limit.as_nanos()))
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
