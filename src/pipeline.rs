//! The audit from a project folder to a result folder: the table of contents of the whole program.
//!
//! Owns the order of the stages and the exchange of result folders. Must not compute anything itself.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::engine::Engine;
use crate::findings::{self, Findings};
use crate::ingest::{self, Limits, Progress, Storage, Table, Tables};
use crate::messages::{self, Error};
use crate::project::Project;
use crate::receipt::{RECEIPT_FILE, Receipt};
use crate::report::{Content, Formats};
use crate::rulebook::{self, Rulebook};
use crate::timings::{Handled, Timings};

/// How an audit runs.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Where to write; absent: as audit.toml says.
    pub out: Option<PathBuf>,
    /// The overlay of rules; absent: as audit.toml says.
    pub rules: Option<PathBuf>,
    /// The rules that run; empty: all of them.
    pub only: Vec<String>,
    /// The day as of which the audit speaks; absent: as audit.toml says.
    pub as_of: Option<NaiveDate>,
    /// Which formats to write.
    pub formats: Formats,
    /// Where the canonical form of inputs is kept between runs.
    pub cache: CacheChoice,
    /// Whether every byte of every input is read, however unchanged a file looks.
    pub rehash: bool,
    /// How much is read of one file before it is refused.
    pub limits: Limits,
    /// Whether all inputs are read although some are refused, which a result never comes from.
    pub keep_going: bool,
    /// How many threads; absent: one for each core. The result never depends on it.
    pub threads: Option<usize>,
}

/// Where the canonical form of inputs is kept between runs. It holds personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CacheChoice {
    /// In the project's own folder `.pension-audit`.
    #[default]
    Project,
    /// In a folder of the project's own inside this one.
    Folder(PathBuf),
    /// Nowhere: every run reads its inputs anew.
    None,
}

/// An audit whose result is in memory.
#[derive(Debug)]
pub struct Audit {
    /// The project.
    pub project: Project,
    /// The rules.
    pub rulebook: Rulebook,
    /// What was read.
    pub tables: Tables,
    /// The result.
    pub findings: Findings,
    /// Where the time went; no part of the result.
    pub timings: Timings,
}

/// A finished run.
#[derive(Debug)]
pub struct RunResult {
    /// The audit.
    pub audit: Audit,
    /// Where the result stands.
    pub out: PathBuf,
    /// Where an edited older result was moved, if there was one.
    pub kept: Option<PathBuf>,
}

impl Audit {
    /// What a report may show.
    pub fn content(&self) -> Content<'_> {
        Content {
            project: &self.project,
            rulebook: &self.rulebook,
            tables: &self.tables,
            payments: &self.findings.payments,
            findings: &self.findings,
        }
    }
}

/// Loads a project and the rules that it runs under.
pub fn load(root: &Path, options: &RunOptions) -> Result<(Project, Rulebook), Error> {
    let mut project = Project::load(root)?;
    let mut rulebook = rulebook::load(options.rules.as_deref().or(project.rules.as_deref()))?;
    rulebook.keep_only(&options.only)?;
    if let Some(as_of) = options.as_of {
        project.speak_as_of(as_of);
    }
    project.read_by(&rulebook.vocabulary);
    Ok((project, rulebook))
}

/// Reads, judges and concludes; writes nothing but the cache.
pub fn audit(root: &Path, options: &RunOptions, progress: &Progress<'_>) -> Result<Audit, Error> {
    let timings = Timings::default();
    let (project, rulebook) = timings.stage("rules", || load(root, options), |_| Handled::default())?;
    in_pool(options.threads, || {
        let storage = storage(root, options);
        let attempt = |storage: &Storage| {
            let read = || ingest::read(&project.files, project.as_of, storage, progress);
            let tables = timings.stage("read", read, inputs_handled)?;
            let judge = || Engine::new(&tables, &rulebook, &project)?.judge();
            let judgement = timings.stage("judge", judge, |_| lines_handled(&tables))?;
            let conclude = || findings::conclude(&tables, &rulebook, &project, judgement);
            let findings = timings.stage("conclude", conclude, |_| Handled::default())?;
            Ok::<_, Error>((tables, findings))
        };
        let result = match attempt(&storage) {
            // A damaged cache costs time, never an answer.
            Err(why) if why.code == messages::STORE_DAMAGED && storage.cache.is_some() => {
                attempt(&Storage { rebuild: true, ..storage })
            }
            result => result,
        };
        let (tables, findings) = result?;
        Ok(Audit { project, rulebook, tables, findings, timings })
    })
}

/// The rows and bytes of the files that were read anew: what the cache knew costs next to nothing.
fn inputs_handled(read: &Result<Tables, Error>) -> Handled {
    let Ok(tables) = read else { return Handled::default() };
    Handled { rows: Some(tables.read_rows), bytes: Some(tables.read_bytes) }
}

/// The payment lines and the bytes of the canonical form.
fn lines_handled(tables: &Tables) -> Handled {
    Handled { rows: Some(tables.row_counts(Table::Payments).0), bytes: Some(tables.stored_bytes) }
}

/// Where this run keeps the canonical form of its inputs.
fn storage(root: &Path, options: &RunOptions) -> Storage {
    let own = root.join(".pension-audit");
    let cache = match &options.cache {
        CacheChoice::Project => Some(own.join("cache")),
        CacheChoice::Folder(folder) => Some(folder.join(cache_name(root))),
        CacheChoice::None => None,
    };
    let scratch = vec![root.to_path_buf(), std::env::temp_dir()];
    let limits = options.limits;
    let keep_going = options.keep_going;
    Storage { cache, scratch, rehash: options.rehash, limits, keep_going, ..Storage::default() }
}

/// Several projects may share a folder for caches: each has its own inside, named by a hash of its path.
fn cache_name(root: &Path) -> String {
    let whole = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    ingest::short_hash(whole.as_os_str().as_encoded_bytes())
}

/// Runs a closure on a pool of its own, so that `--threads` holds for every stage.
fn in_pool<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> Result<T, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
    match pool {
        Ok(pool) => pool.install(work),
        Err(why) => Err(messages::no_threads(&why)),
    }
}

/// Audits a project and exchanges its result folder whole.
pub fn run(root: &Path, options: &RunOptions) -> Result<RunResult, Error> {
    run_with_progress(root, options, &|_, _| {})
}

/// [`run`], telling after each input file how many are done.
pub fn run_with_progress(
    root: &Path,
    options: &RunOptions,
    progress: &Progress<'_>,
) -> Result<RunResult, Error> {
    let out = match &options.out {
        Some(out) => out.clone(),
        None => Project::load(root)?.out,
    };
    let out = behind_links(out)?;
    if let CacheChoice::Folder(folder) = &options.cache
        && is_inside(folder, &out)
    {
        // The result folder is exchanged whole: the cache would vanish with it, or be taken for a result.
        return Err(messages::cache_inside_out(&folder.display().to_string()));
    }
    refuse_foreign(&out)?;
    let audit = audit(root, options, progress)?;
    let staged = stage(&audit, options.formats, &out)?;
    let kept = exchange(staged, &out)?;
    Ok(RunResult { audit, out, kept })
}

/// Where a link leads: the folder behind it is exchanged, and the link stays.
fn behind_links(out: PathBuf) -> Result<PathBuf, Error> {
    let is_link = std::fs::symlink_metadata(&out).is_ok_and(|data| data.is_symlink());
    if !is_link {
        return Ok(out);
    }
    out.canonicalize().map_err(|why| messages::cannot_write(&out.display().to_string(), &why))
}

fn is_inside(path: &Path, folder: &Path) -> bool {
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    whole(path).starts_with(whole(folder))
}

/// A folder that holds anything but our receipt is never replaced.
fn refuse_foreign(out: &Path) -> Result<(), Error> {
    let shown = out.display().to_string();
    if !out.exists() {
        return Ok(());
    }
    let is_empty = std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
    if is_empty || (out.is_dir() && Receipt::read(out).is_ok()) {
        return Ok(());
    }
    Err(messages::not_our_folder(&shown))
}

/// How the name of a staging folder begins and ends.
const STAGED: (&str, &str) = (".pension-audit-", ".partial");

/// Removes what killed runs left behind: staging folders without a receipt that no running program holds.
/// They contain full ID numbers and are of use to nobody.
fn remove_remains(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let is_staging = name.starts_with(STAGED.0) && name.ends_with(STAGED.1) && path.is_dir();
        if !is_staging || path.join(RECEIPT_FILE).exists() {
            continue;
        }
        if std::fs::File::open(&path).is_ok_and(|folder| folder.try_lock().is_ok()) {
            // What cannot be removed now is removed by a later run.
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

/// Writes the whole result into a folder beside the old one. The folder vanishes if anything fails.
fn stage(audit: &Audit, formats: Formats, out: &Path) -> Result<tempfile::TempDir, Error> {
    let shown = out.display().to_string();
    let failed = |why: std::io::Error| messages::cannot_write(&shown, &why);
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(parent).map_err(failed)?;
    remove_remains(parent);
    let mut staging = tempfile::Builder::new();
    staging.prefix(STAGED.0).suffix(STAGED.1);
    // Full ID numbers stand in these files: nobody else may look in, not even while they are being written.
    #[cfg(unix)]
    staging.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    let staged = staging.tempdir_in(parent).map_err(failed)?;
    // Held while the folder is being written; a system that cannot lock folders only keeps the remains
    // longer.
    let _in_use = std::fs::File::open(staged.path()).and_then(|folder| folder.lock().map(|()| folder));
    let content = audit.content();
    for (name, report) in formats.reports() {
        let write = || report.write(&content, staged.path());
        audit.timings.stage(name, write, |_| Handled::default())?;
    }
    let sign = || {
        let receipt = Receipt::of(&audit.project, &audit.rulebook, &audit.tables.inputs, staged.path())?;
        std::fs::write(staged.path().join(RECEIPT_FILE), receipt.to_json()?).map_err(failed)?;
        seal(staged.path()).map_err(failed)
    };
    audit.timings.stage("receipt", sign, |_| Handled::default())?;
    Ok(staged)
}

/// Makes every file readable by its owner only, and durable before the exchange.
fn seal(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        set_private(&path)?;
        std::fs::File::open(&path)?.sync_all()?;
    }
    Ok(())
}

#[cfg(unix)]
fn set_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn set_private(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// Puts the staged folder in the place of the old one. An old one whose files were edited is kept beside it.
fn exchange(staged: tempfile::TempDir, out: &Path) -> Result<Option<PathBuf>, Error> {
    let shown = out.display().to_string();
    let failed = |why: std::io::Error| messages::cannot_write(&shown, &why);
    let is_ours = out.join(RECEIPT_FILE).is_file();
    let edited = is_ours && Receipt::read(out)?.is_edited(out)?;
    refuse_foreign(out)?;
    let staged = staged.keep();
    if !out.exists() {
        return std::fs::rename(&staged, out).map(|()| None).map_err(failed);
    }
    if let Err(why) = swap(&staged, out) {
        // The staged copy is of no use to anybody; the old result stays as it is.
        let _ = std::fs::remove_dir_all(&staged);
        return Err(failed(why));
    }
    // From here on the staged name holds the old result, which somebody may have edited.
    if edited {
        let kept = free_name(out);
        return std::fs::rename(&staged, &kept).map(|()| Some(kept)).map_err(failed);
    }
    std::fs::remove_dir_all(&staged).map(|()| None).map_err(failed)
}

/// Exchanges two folders in one step.
#[cfg(target_os = "linux")]
fn swap(staged: &Path, out: &Path) -> std::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, staged, CWD, out, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        // Some file systems cannot exchange; two renames are the next best.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => swap_by_renames(staged, out),
        Err(why) => Err(why.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn swap(staged: &Path, out: &Path) -> std::io::Result<()> {
    swap_by_renames(staged, out)
}

fn swap_by_renames(staged: &Path, out: &Path) -> std::io::Result<()> {
    let aside = staged.with_extension("old");
    std::fs::rename(out, &aside)?;
    if let Err(why) = std::fs::rename(staged, out) {
        std::fs::rename(&aside, out)?;
        return Err(why);
    }
    std::fs::rename(&aside, staged)
}

/// `out.previous-N` with the first N that is free.
fn free_name(out: &Path) -> PathBuf {
    let name = out.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut number = 1u32;
    loop {
        let candidate = out.with_file_name(format!("{name}.previous-{number}"));
        if !candidate.exists() {
            return candidate;
        }
        number += 1;
    }
}
