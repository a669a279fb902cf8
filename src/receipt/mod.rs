//! The receipt: hashes of inputs, rules, engine and outputs, so that anybody can recompute what a result
//! rests on.
//!
//! Owns receipt.json and its checking. Holds no absolute path, no number of threads and no time, so that
//! the same audit gives the same receipt anywhere.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sm3::Sm3;

use crate::ingest::{InputHash, hash_file, hex};
use crate::messages::{self, Error, Text};
use crate::project::{PROJECT_FILE, Project};
use crate::rulebook::{self, RuleFile, Rulebook};

/// The name of the receipt in a result folder.
pub const RECEIPT_FILE: &str = "receipt.json";

/// What a result rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The program that wrote it; also what tells our folder from anybody else's.
    pub program: String,
    /// Its version.
    pub version: String,
    /// The project's title.
    pub title: String,
    /// The region.
    pub region: String,
    /// The audited months.
    pub period: String,
    /// The day as of which the audit speaks.
    pub as_of: String,
    /// Whether that day was asked for and is not that of audit.toml.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub as_of_given: bool,
    /// The rules to which the run was limited; absent: it was not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// The SHA-256 of what audit.toml settles, its inputs in the order of table and path.
    pub project_sha256: String,
    /// The inputs, by table and path.
    pub inputs: Vec<HashedInput>,
    /// The rule files, by layer and path.
    pub rules: Vec<HashedRule>,
    /// The outputs, by name.
    pub outputs: Vec<HashedOutput>,
    /// The SM3 (GB/T 32905) over the list of all the hashes above; see [`Receipt::canonical_list`].
    pub sm3: String,
    /// The SHA-256 of this receipt with this field empty.
    pub receipt_sha256: String,
}

/// An input and its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct HashedInput {
    pub table: String,
    pub path: String,
    pub sha256: String,
}

/// A rule file and its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct HashedRule {
    pub layer: String,
    pub path: String,
    pub sha256: String,
}

/// An output and its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct HashedOutput {
    pub name: String,
    pub sha256: String,
}

impl Receipt {
    /// Makes the receipt of the files that stand in a folder.
    pub fn of(
        project: &Project,
        rulebook: &Rulebook,
        inputs: &[InputHash],
        folder: &Path,
    ) -> Result<Receipt, Error> {
        let mut receipt = Receipt {
            program: env!("CARGO_PKG_NAME").to_string(),
            version: env!("CARGO_PKG_VERSION").to_string(),
            title: project.title.clone(),
            region: project.region.clone(),
            period: project.period.to_string(),
            as_of: project.as_of.to_string(),
            as_of_given: project.as_of_given,
            only: rulebook.only.clone(),
            project_sha256: project_hash(project),
            inputs: hashed_inputs(inputs),
            rules: hashed_rules(&rulebook.files),
            outputs: hashed_outputs(folder)?,
            sm3: String::new(),
            receipt_sha256: String::new(),
        };
        receipt.sm3 = hex(&Sm3::digest(receipt.canonical_list().as_bytes()));
        receipt.receipt_sha256 = receipt.own_hash()?;
        Ok(receipt)
    }

    /// The list over which the SM3 is taken: one line for each file, `kind TAB name TAB sha256`, in the
    /// order of the receipt.
    pub fn canonical_list(&self) -> String {
        let mut list = format!("project\taudit.toml\t{}\n", self.project_sha256);
        for rule in &self.only {
            list.push_str(&format!("only\t{rule}\t\n"));
        }
        for input in &self.inputs {
            list.push_str(&format!("input\t{}/{}\t{}\n", input.table, input.path, input.sha256));
        }
        for rule in &self.rules {
            list.push_str(&format!("rule\t{}/{}\t{}\n", rule.layer, rule.path, rule.sha256));
        }
        for output in &self.outputs {
            list.push_str(&format!("output\t{}\t{}\n", output.name, output.sha256));
        }
        list
    }

    fn own_hash(&self) -> Result<String, Error> {
        let bare = Receipt { receipt_sha256: String::new(), ..self.clone() };
        Ok(hex(&Sha256::digest(bare.to_json()?.as_bytes())))
    }

    /// The text of receipt.json.
    pub fn to_json(&self) -> Result<String, Error> {
        let text =
            serde_json::to_string_pretty(self).map_err(|why| messages::cannot_write(RECEIPT_FILE, &why))?;
        Ok(text + "\n")
    }

    /// Reads the receipt of a result folder.
    pub fn read(folder: &Path) -> Result<Receipt, Error> {
        let path = folder.join(RECEIPT_FILE);
        let text = std::fs::read_to_string(&path)
            .map_err(|why| messages::no_receipt_file(&folder.display().to_string(), &why))?;
        let receipt: Receipt = serde_json::from_str(&text)
            .map_err(|why| messages::no_receipt(&folder.display().to_string(), &why.to_string()))?;
        if receipt.program == env!("CARGO_PKG_NAME") {
            return Ok(receipt);
        }
        Err(messages::no_receipt(&folder.display().to_string(), &receipt.program))
    }

    /// Whether anything in a result folder is not as this program wrote it, the receipt itself included.
    pub fn is_edited(&self, folder: &Path) -> Result<bool, Error> {
        Ok(self.own_hash()? != self.receipt_sha256 || !self.changed_outputs(folder)?.is_empty())
    }

    /// The outputs of a folder that differ from this receipt, or are missing or new.
    pub fn changed_outputs(&self, folder: &Path) -> Result<Vec<Text>, Error> {
        Ok(differences("output", &names(&self.outputs), &names(&hashed_outputs(folder)?)))
    }
}

fn names(outputs: &[HashedOutput]) -> Vec<(String, String)> {
    outputs.iter().map(|output| (output.name.clone(), output.sha256.clone())).collect()
}

fn hashed_inputs(inputs: &[InputHash]) -> Vec<HashedInput> {
    let hashed = inputs.iter().map(|input| HashedInput {
        table: input.table.name().to_string(),
        path: input.path.clone(),
        sha256: input.sha256.clone(),
    });
    hashed.collect()
}

fn hashed_rules(files: &[RuleFile]) -> Vec<HashedRule> {
    let hashed = files.iter().map(|file| HashedRule {
        layer: file.layer.clone(),
        path: file.path.clone(),
        sha256: file.sha256.clone(),
    });
    hashed.collect()
}

/// The hash of what audit.toml settles, in a fixed order: neither the order of its inputs nor a remark
/// changes it.
fn project_hash(project: &Project) -> String {
    let mut settled = format!(
        "{:?}\n",
        (&project.title, &project.region, project.period, project.as_of, project.lang, &project.case_salt)
    );
    for file in &project.files {
        settled.push_str(&format!("{:?}\n", (file.table, &file.shown, &file.input)));
    }
    hex(&Sha256::digest(settled.as_bytes()))
}

fn hashed_outputs(folder: &Path) -> Result<Vec<HashedOutput>, Error> {
    let shown = folder.display().to_string();
    let entries = std::fs::read_dir(folder).map_err(|why| messages::cannot_read(&shown, &why))?;
    let mut outputs = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|why| messages::cannot_read(&shown, &why))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == RECEIPT_FILE {
            continue;
        }
        let sha256 =
            if entry.path().is_dir() { "folder".to_string() } else { hash_file(&entry.path(), &name)? };
        outputs.push(HashedOutput { name, sha256 });
    }
    outputs.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(outputs)
}

/// What differs between the hashes of a receipt and those found now: changed, missing, new.
fn differences(kind: &str, then: &[(String, String)], now: &[(String, String)]) -> Vec<Text> {
    let mut found = Vec::new();
    for (name, sha256) in then {
        match now.iter().find(|(other, _)| other == name) {
            None => found.push(messages::verify_missing(kind, name)),
            Some((_, other)) if other != sha256 => found.push(messages::verify_changed(kind, name)),
            Some(_) => {}
        }
    }
    for (name, _) in now.iter().filter(|(name, _)| then.iter().all(|(other, _)| other != name)) {
        found.push(messages::verify_new(kind, name));
    }
    found
}

/// Recomputes everything that the receipt of a result folder states; `rules` is the overlay of the run, if
/// it was not that of audit.toml. An empty list means that all is as it was.
pub fn verify(out: &Path, project_root: &Path, rules: Option<&Path>) -> Result<Vec<Text>, Error> {
    let receipt = Receipt::read(out)?;
    let mut found = Vec::new();
    if receipt.own_hash()? != receipt.receipt_sha256 {
        found.push(messages::verify_receipt_edited(RECEIPT_FILE));
    }
    if hex(&Sm3::digest(receipt.canonical_list().as_bytes())) != receipt.sm3 {
        found.push(messages::verify_receipt_edited("sm3"));
    }
    if receipt.version != env!("CARGO_PKG_VERSION") {
        found.push(messages::verify_version(&receipt.version, env!("CARGO_PKG_VERSION")));
    }
    found.extend(receipt.changed_outputs(out)?);
    found.extend(verify_inputs(&receipt, project_root, rules)?);
    Ok(found)
}

fn verify_inputs(receipt: &Receipt, project_root: &Path, rules: Option<&Path>) -> Result<Vec<Text>, Error> {
    let mut found = Vec::new();
    let project_file = project_root.join(PROJECT_FILE);
    match std::fs::File::open(&project_file) {
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {
            return Err(messages::verify_without_project(&project_root.display().to_string()));
        }
        Err(why) => return Err(messages::cannot_read(PROJECT_FILE, &why)),
        Ok(_) => {}
    }
    for input in &receipt.inputs {
        let path = project_root.join(&input.path);
        if !path.is_file() {
            found.push(messages::verify_missing("input", &input.path));
        } else if hash_file(&path, &input.path)? != input.sha256 {
            found.push(messages::verify_changed("input", &input.path));
        }
    }
    // A project whose patterns match other files by now is different even if the old ones are the same.
    let mut project = match Project::load(project_root) {
        Ok(project) => project,
        Err(why) => {
            found.push(why.text);
            return Ok(found);
        }
    };
    if receipt.as_of_given
        && let Some(as_of) = receipt.as_of.parse().ok()
    {
        // The run was asked to speak as of another day than audit.toml says.
        project.as_of = as_of;
    }
    if project_hash(&project) != receipt.project_sha256 {
        found.push(messages::verify_changed("project", PROJECT_FILE));
    }
    let known = |table: &str, path: &str| receipt.inputs.iter().any(|i| i.table == table && i.path == path);
    for file in project.files.iter().filter(|file| !known(file.table.name(), &file.shown)) {
        found.push(messages::verify_new("input", &file.shown));
    }
    match rulebook::load(rules.or(project.rules.as_deref())) {
        Ok(rulebook) => found.extend(rule_differences(receipt, &rulebook, rules.is_some())),
        Err(why) => found.push(why.text),
    }
    Ok(found)
}

/// What differs between the rule files of a receipt and those found now. Where the run had files of its own
/// and nobody says from which folder, that is said first: the receipt names no folder.
fn rule_differences(receipt: &Receipt, rulebook: &Rulebook, is_named: bool) -> Vec<Text> {
    let then: Vec<(String, String)> = receipt
        .rules
        .iter()
        .map(|rule| (format!("{}/{}", rule.layer, rule.path), rule.sha256.clone()))
        .collect();
    let now: Vec<(String, String)> = rulebook
        .files
        .iter()
        .map(|file| (format!("{}/{}", file.layer, file.path), file.sha256.clone()))
        .collect();
    let mut found = differences("rule", &then, &now);
    let of_overlay = |files: &[(String, String)]| -> Vec<(String, String)> {
        files.iter().filter(|(name, _)| name.starts_with(OVERLAY)).cloned().collect()
    };
    let (own, given) = (of_overlay(&then), of_overlay(&now));
    if !is_named && !own.is_empty() && own != given {
        found.insert(0, messages::verify_names_no_overlay(own.len()));
    }
    found
}

/// How the files of a centre's own rules begin in the receipt.
const OVERLAY: &str = "project/";
