//! Reads rule files into a checked rulebook. Whatever is wrong names its file and line.
//!
//! Owns the checks of form: unknown keys, unknown fields and dictionaries, overlapping dates, duplicate ids.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::Spanned;

use super::LeftOut;
use super::Rulebook;
use super::builtin::BUILTIN;
use super::check::{
    AbsentCheck, Check, CustodyCheck, CustodyDictionaries, DeathCheck, ExclusiveCheck, Offset, Outcome,
    PensionCheck, Returns, Scope, SignsOfLife, StartMonth,
};
use super::dictionary::{Dictionary, RawDictionaryFile};
use super::kinds::{RawAge, RawConflict, RawListed, RawShared, RawStandard, RawUnpaid, RepeatedRowsCheck};
use super::name_variants::RawNameVariants;
use super::parameter::{Parameter, ParameterKind, RawParameter};
use super::rule::{Basis, CaseType, Concerns, Example, Rule, RuleStatus, TierCap};
use crate::domain::{DateOrder, DateSource};
use crate::identity::NameVariants;
use crate::ingest::{CellType, Column, Component, Table, Vocabulary, hex};
use crate::messages::{self, Error, Home, RulesFolder, Text};
use crate::project::{line_of, relative_name, toml_problem};

/// A rule file and the hash of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleFile {
    /// `builtin` or `project`.
    pub layer: String,
    /// The path below the layer's folder.
    pub path: String,
    /// The SHA-256 in hex.
    pub sha256: String,
}

/// The file of the characters that stand for one another in names.
const NAME_VARIANTS: &str = "name_variants.toml";

/// One file of a layer.
struct Source {
    path: String,
    text: String,
}

/// Loads the built-in rulebook and lays a folder of the centre's own rules over it.
pub fn load(overlay: Option<&Path>) -> Result<Rulebook, Error> {
    let builtin: Vec<Source> = BUILTIN
        .iter()
        .map(|(path, text)| Source { path: (*path).to_string(), text: (*text).to_string() })
        .collect();
    let mut layers = vec![("builtin", builtin)];
    if let Some(folder) = overlay {
        layers.push(("project", read_folder(folder)?));
    }
    let mut loader = Loader::new();
    let mut files = Vec::new();
    for (layer, sources) in layers {
        loader.begin_layer();
        for source in &sources {
            let sha256 = hex(&Sha256::digest(source.text.as_bytes()));
            files.push(RuleFile { layer: layer.to_string(), path: source.path.clone(), sha256 });
            loader.read(source)?;
        }
    }
    files.sort();
    loader.finish(files)
}

fn read_folder(folder: &Path) -> Result<Vec<Source>, Error> {
    let shown = folder.display().to_string();
    if !folder.is_dir() {
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(messages::no_rules_folder(&shown, &RulesFolder::Unreadable(&missing)));
    }
    let mut pending = vec![folder.to_path_buf()];
    let mut sources = Vec::new();
    while let Some(current) = pending.pop() {
        let failed = |why| messages::no_rules_folder(&shown, &RulesFolder::Unreadable(&why));
        for entry in std::fs::read_dir(&current).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let name = relative_name(folder, &path);
                let text =
                    std::fs::read_to_string(&path).map_err(|why| messages::unreadable_toml(&name, &why))?;
                sources.push(Source { path: name, text });
            } else if path.to_string_lossy().to_lowercase().contains(".toml") {
                // An editor added its own ending: whoever changed a rule must not believe that it holds.
                let name = relative_name(folder, &path);
                return Err(messages::no_rules_folder(&shown, &RulesFolder::Misnamed(&name)));
            }
        }
    }
    if sources.is_empty() {
        return Err(messages::no_rules_folder(&shown, &RulesFolder::Empty));
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// Something named by an id, and where it stands.
struct Entry<T> {
    value: T,
    place: (String, usize),
    layer: usize,
}

/// The file with the headings of columns.
const HEADINGS: &str = "headings.toml";
/// The file with the codes that stand for words.
const VALUES: &str = "values.toml";

/// Dictionary and parameter names that checks refer to, with where they do, checked when all files are read.
struct Loader {
    layer: usize,
    vocabulary: Vocabulary,
    rules: BTreeMap<String, Entry<Rule>>,
    dictionaries: BTreeMap<String, Entry<Dictionary>>,
    parameters: BTreeMap<String, Entry<Parameter>>,
    name_variants: NameVariants,
    references: Vec<(Reference, String, usize)>,
}

#[derive(Clone, PartialEq, Eq)]
enum Reference {
    Dictionary(String),
    DictionaryClass(String, String),
    Parameter(String),
    ParameterKind(String, ParameterKind),
    ParameterWords(String, &'static [&'static str]),
    ParameterOrder(String),
    Rule(String),
}

impl Loader {
    fn new() -> Loader {
        Loader {
            layer: 0,
            vocabulary: Vocabulary::bare(),
            rules: BTreeMap::new(),
            dictionaries: BTreeMap::new(),
            parameters: BTreeMap::new(),
            name_variants: NameVariants::default(),
            references: Vec::new(),
        }
    }

    fn begin_layer(&mut self) {
        self.layer += 1;
    }

    fn read(&mut self, source: &Source) -> Result<(), Error> {
        let file = File { path: &source.path, text: &source.text };
        let added = match source.path.as_str() {
            HEADINGS => Some(self.vocabulary.add_headings(&source.text)),
            VALUES => Some(self.vocabulary.add_values(&source.text)),
            _ => None,
        };
        if let Some(added) = added {
            added.map_err(|(at, why)| file.error(line_of(&source.text, Some(at)), why))
        } else if source.path.starts_with("dictionaries/") {
            self.read_dictionaries(&file)
        } else if source.path.starts_with("parameters/") {
            self.read_parameter(&file)
        } else if source.path == NAME_VARIANTS {
            self.read_name_variants(&file)
        } else {
            self.read_rule(&file)
        }
    }

    fn read_dictionaries(&mut self, file: &File<'_>) -> Result<(), Error> {
        let raw: RawDictionaryFile = file.parse()?;
        for dictionary in &raw.dictionary {
            let line = file.line(dictionary);
            let value = Dictionary::from_raw(dictionary.get_ref());
            let overrides = dictionary.get_ref().overrides.as_deref();
            insert(&mut self.dictionaries, self.layer, &value.id.clone(), overrides, value, file, line)?;
        }
        Ok(())
    }

    /// The groups of a centre's own file are added to the others.
    fn read_name_variants(&mut self, file: &File<'_>) -> Result<(), Error> {
        let raw: RawNameVariants = file.parse()?;
        for groups in &raw.group {
            file.day(groups.from.get_ref(), &groups.from)?;
            for group in &groups.characters {
                if group.get_ref().chars().count() < 2 {
                    return Err(file.error(file.line(group), messages::lone_name_variant(group.get_ref())));
                }
                self.name_variants.add(group.get_ref());
            }
        }
        Ok(())
    }

    fn read_parameter(&mut self, file: &File<'_>) -> Result<(), Error> {
        let raw: RawParameter = file.parse()?;
        let parameter = raw.read(file)?;
        let (id, line) = (parameter.id.clone(), file.line(&raw.id));
        insert(&mut self.parameters, self.layer, &id, raw.overrides.as_deref(), parameter, file, line)
    }

    fn read_rule(&mut self, file: &File<'_>) -> Result<(), Error> {
        let raw: RawRule = file.parse()?;
        let line = file.line(&raw.id);
        let mut references = Vec::new();
        let check = CheckReader { file, line: file.line(&raw.check), references: &mut references }
            .read(raw.check.get_ref())?;
        let parameters = named_parameters(&references);
        self.references.extend(references.into_iter().map(|reference| {
            let at = file.line(&raw.check);
            (reference, file.path.to_string(), at)
        }));
        let rule = Rule {
            id: raw.id.get_ref().clone(),
            title: raw.title.clone(),
            case_type: raw.case_type,
            status: raw.status,
            tier_cap: raw.tier_cap,
            precedence: raw.precedence,
            basis: file.basis(&raw.basis)?,
            check,
            parameters,
            lines: raw.lines.clone(),
            refines: raw.refines.clone(),
            doc_checks: raw.doc.checks.clone(),
            doc_not_checked: raw.doc.not_checked.clone(),
            doc_appeal: raw.doc.appeal.clone(),
            examples: raw.example.iter().map(|ex| (file.line(ex), ex.get_ref().clone())).collect(),
            file: file.path.to_string(),
        };
        let outcome = rule.check.outcome();
        let is_misplaced = match outcome {
            Outcome::Money | Outcome::Compared => rule.case_type.is_none(),
            Outcome::Mark | Outcome::Owed => rule.case_type.is_some(),
            Outcome::Either => false,
        };
        if is_misplaced {
            return Err(file.error(line, messages::case_type_misplaced(rule.case_type.is_some())));
        }
        if rule.tier_cap == TierCap::Established && !rule.check.may_establish() {
            return Err(file.error(line, messages::cannot_establish()));
        }
        if let Some(refined) = &rule.refines {
            self.references.push((Reference::Rule(refined.clone()), file.path.to_string(), line));
        }
        let id = rule.id.clone();
        insert(&mut self.rules, self.layer, &id, raw.overrides.as_deref(), rule, file, line)
    }

    /// The words of the roster are needed by netting, whatever the rules say.
    fn roster_references() -> Vec<(Reference, String, usize)> {
        let needed: [(&str, &[&str]); 3] = [
            ("line_kind", &["normal", "returned", "reversal", "money_back", "arrears"]),
            ("pay_status", &["not_paid", "paid"]),
            (super::SEX_DICTIONARY, &["male", "female"]),
        ];
        let of = |(id, classes): (&str, &[&str])| {
            let class = |class: &&str| Reference::DictionaryClass(id.to_string(), (*class).to_string());
            classes.iter().map(class).collect::<Vec<_>>()
        };
        let place = "dictionaries/payments.toml";
        needed.into_iter().flat_map(of).map(|reference| (reference, place.to_string(), 1)).collect()
    }

    fn finish(mut self, files: Vec<RuleFile>) -> Result<Rulebook, Error> {
        self.references.extend(Loader::roster_references());
        for (reference, file, line) in &self.references {
            self.check_reference(reference, file, *line)?;
        }
        let mut rules: Vec<Rule> = self.rules.into_values().map(|entry| entry.value).collect();
        rules.sort_by(|a, b| (a.precedence, &a.id).cmp(&(b.precedence, &b.id)));
        let (retired, rules): (Vec<Rule>, Vec<Rule>) =
            rules.into_iter().partition(|rule| rule.status == RuleStatus::Retired);
        // Words that decide are known again where their column is not.
        for rule in &rules {
            for (table, column, dictionary) in rule.check.dictionaries() {
                if (table, column) == (Table::Deaths, Column::Reason) {
                    let words =
                        self.dictionaries.get(dictionary).into_iter().flat_map(|own| own.value.words());
                    self.vocabulary.add_words(column, words.map(str::to_string));
                }
            }
        }
        let values = |(id, entry): (String, Entry<Dictionary>)| (id, entry.value);
        Ok(Rulebook {
            rules,
            left_out: retired.into_iter().map(|rule| (rule, LeftOut::Retired)).collect(),
            dictionaries: self.dictionaries.into_iter().map(values).collect(),
            parameters: self.parameters.into_iter().map(|(id, entry)| (id, entry.value)).collect(),
            name_variants: self.name_variants,
            files,
            only: Vec::new(),
            vocabulary: Arc::new(self.vocabulary),
        })
    }
}

impl Loader {
    /// Refuses a file that refers to something that is not there, or is not what it must be.
    fn check_reference(&self, reference: &Reference, file: &str, line: usize) -> Result<(), Error> {
        let (known, what) = match reference {
            Reference::Dictionary(id) => (self.dictionaries.contains_key(id), messages::named_dictionary(id)),
            Reference::Parameter(id) => (self.parameters.contains_key(id), messages::named_parameter(id)),
            Reference::ParameterKind(id, kind) => return self.check_kind((file, line), id, *kind),
            Reference::ParameterWords(id, words) => {
                return self.check_words((file, line), (id, words), |word| words.contains(&word));
            }
            Reference::ParameterOrder(id) => {
                let is_order = |word: &str| DateOrder::parse(word).is_some();
                return self.check_words((file, line), (id, DateSource::NAMES), is_order);
            }
            Reference::Rule(id) => (self.rules.contains_key(id), messages::named_rule(id)),
            Reference::DictionaryClass(id, class) => {
                let dictionary = self.dictionaries.get(id);
                let known = dictionary
                    .is_some_and(|dictionary| dictionary.value.class_names().any(|name| name == class));
                (known, messages::named_class(class, id))
            }
        };
        if known {
            return Ok(());
        }
        Err(messages::rule_error(file, line, messages::unknown_reference(&what)))
    }

    /// Refuses a parameter whose values are of another kind than a check reads, at the first of them.
    fn check_kind(&self, user: (&str, usize), id: &str, needed: ParameterKind) -> Result<(), Error> {
        let entry = self.parameters.get(id);
        match entry.and_then(|entry| Some((entry, entry.value.kind.filter(|&given| given != needed)?))) {
            None => Ok(()),
            Some((entry, given)) => {
                let line = entry.value.first_line().unwrap_or(entry.place.1);
                let problem = messages::parameter_of_wrong_kind(id, needed, given, user);
                Err(messages::rule_error(&entry.place.0, line, problem))
            }
        }
    }

    /// Refuses a parameter with a word that no check knows, at the line of that value.
    fn check_words(
        &self,
        user: (&str, usize),
        (id, known): (&str, &[&str]),
        is_right: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        let entry = self.parameters.get(id);
        match entry.and_then(|entry| Some((entry, entry.value.wrong_word(is_right)?))) {
            None => Ok(()),
            Some((entry, (line, word))) => {
                let problem = messages::unknown_parameter_word(id, word, known, user);
                Err(messages::rule_error(&entry.place.0, line, problem))
            }
        }
    }
}

/// The parameters to which a check refers, each once.
fn named_parameters(references: &[Reference]) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    for reference in references {
        if let Reference::Parameter(id) = reference
            && !named.contains(id)
        {
            named.push(id.clone());
        }
    }
    named
}

/// Adds a named thing; a second one in the same layer is a duplicate, one in a later layer must say that it
/// overrides, and one that says so must find what it overrides.
fn insert<T>(
    known: &mut BTreeMap<String, Entry<T>>,
    layer: usize,
    id: &str,
    overrides: Option<&str>,
    value: T,
    file: &File<'_>,
    line: usize,
) -> Result<(), Error> {
    match (known.get(id), overrides) {
        (Some(first), _) if first.layer == layer => {
            return Err(file.error(line, messages::duplicate_id(id, &first.place.0, first.place.1)));
        }
        (Some(_), Some(overridden)) if overridden == id => {}
        (Some(_), _) => return Err(file.error(line, messages::override_not_said(id))),
        (None, Some(overridden)) => return Err(file.error(line, messages::nothing_to_override(overridden))),
        (None, None) => {}
    }
    known.insert(id.to_string(), Entry { value, place: (file.path.to_string(), line), layer });
    Ok(())
}

/// A file that is being read, for the lines of what is wrong in it.
pub(super) struct File<'a> {
    path: &'a str,
    text: &'a str,
}

impl File<'_> {
    fn parse<T: for<'de> Deserialize<'de>>(&self) -> Result<T, Error> {
        toml::from_str(self.text).map_err(|why| match self.other_home() {
            Some(home) => self.error(1, messages::file_misplaced(home)),
            None => self.error(line_of(self.text, why.span()), toml_problem(self.text, &why)),
        })
    }

    /// Where the file belongs by what it holds, if that is not where it stands.
    fn other_home(&self) -> Option<Home> {
        let table: toml::Table = toml::from_str(self.text).ok()?;
        let homes = [("check", Home::Rules), ("value", Home::Parameters), ("dictionary", Home::Dictionaries)];
        let (_, held) = homes.into_iter().find(|(key, _)| table.contains_key(*key))?;
        let stands = match self.path.split_once('/') {
            Some(("parameters", _)) => Home::Parameters,
            Some(("dictionaries", _)) => Home::Dictionaries,
            _ => Home::Rules,
        };
        (held != stands).then_some(held)
    }

    pub(super) fn line<T>(&self, at: &Spanned<T>) -> usize {
        line_of(self.text, Some(at.span()))
    }

    pub(super) fn error(&self, line: usize, text: Text) -> Error {
        messages::rule_error(self.path, line, text)
    }

    pub(super) fn day<T>(&self, value: &toml::value::Datetime, at: &Spanned<T>) -> Result<NaiveDate, Error> {
        let day = value.date.and_then(|date| {
            NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
        });
        day.ok_or_else(|| self.error(self.line(at), messages::not_a_day(&value.to_string())))
    }

    fn basis(&self, raw: &[Spanned<RawBasis>]) -> Result<Vec<Basis>, Error> {
        let mut basis: Vec<Basis> = Vec::new();
        for entry in raw {
            let given = entry.get_ref();
            let day = |value: &Option<toml::value::Datetime>| {
                value.as_ref().map(|day| self.day(day, entry)).transpose()
            };
            let read = Basis {
                document: given.document.clone(),
                article: given.article.clone(),
                effective_from: self.day(&given.effective_from, entry)?,
                effective_until: day(&given.effective_until)?,
                published_on: day(&given.published_on)?,
                quote: given.quote.clone(),
                confirmed: given.confirmed,
                mark: given.mark.clone(),
                concerns: given.concerns,
            };
            let same = |other: &&Basis| other.document == read.document && other.article == read.article;
            let overlaps = |other: &Basis| {
                other.effective_until.is_none_or(|until| read.effective_from < until)
                    && read.effective_until.is_none_or(|until| other.effective_from < until)
            };
            if basis.iter().filter(same).any(overlaps) {
                return Err(self.error(self.line(entry), messages::overlapping_basis(&read.document)));
            }
            basis.push(read);
        }
        if basis.is_empty() {
            return Err(self.error(1, messages::no_basis()));
        }
        basis.sort_by(|a, b| (a.effective_from, &a.document).cmp(&(b.effective_from, &b.document)));
        Ok(basis)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: Spanned<String>,
    overrides: Option<String>,
    title: String,
    case_type: Option<CaseType>,
    status: RuleStatus,
    tier_cap: TierCap,
    precedence: u32,
    #[serde(default)]
    lines: Vec<String>,
    refines: Option<String>,
    check: Spanned<RawCheck>,
    #[serde(default)]
    basis: Vec<Spanned<RawBasis>>,
    doc: RawDoc,
    #[serde(default)]
    example: Vec<Spanned<Example>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBasis {
    document: String,
    article: String,
    effective_from: toml::value::Datetime,
    effective_until: Option<toml::value::Datetime>,
    published_on: Option<toml::value::Datetime>,
    quote: String,
    /// Nothing is confirmed by silence.
    #[serde(default)]
    confirmed: bool,
    mark: Option<String>,
    #[serde(default)]
    concerns: Concerns,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDoc {
    checks: String,
    not_checked: String,
    appeal: String,
}

/// The kinds of check. `barred` has one reading for each kind of history that a registry tells.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum RawCheck {
    Barred {
        registry: String,
        returns: RawReturns,
        from: Option<RawFrom>,
        reading: Box<RawReading>,
    },
    Repeated {
        registry: String,
        by: Option<String>,
        told_apart_by: Option<String>,
        /// Of a list: the amount of which one is due, and the day by which the first is known.
        amount: Option<String>,
        day: Option<String>,
    },
    Exclusive {
        registry: String,
        other: String,
        benefits: String,
        states: String,
        schemes: String,
        deaths_from: String,
    },
    Absent {
        registry: String,
        mark: String,
        kinds: String,
        exempt_age: u32,
        scheme_start: String,
    },
    Conflict(RawConflict),
    Unpaid(RawUnpaid),
    Standard(RawStandard),
    Shared(RawShared),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFrom {
    /// The field of the event; for a term, the fields of which the first present counts.
    field: OneOrMany,
    month: RawStart,
    /// Fields of which the latest counts where the first ones are all empty.
    #[serde(default)]
    else_latest_of: Vec<String>,
    /// Fields that the event cannot follow, the earlier of which stands in for it.
    #[serde(default)]
    not_after: Vec<String>,
}

/// The month at which a bar starts: fixed, or what a parameter says for the region and the day.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawStart {
    Fixed(Offset),
    Parameter(RawParameterName),
}

/// What is returned: some components, or what a parameter says for the region.
#[derive(Deserialize)]
#[serde(untagged)]
enum RawReturns {
    Fixed(Vec<String>),
    Parameter(RawParameterName),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParameterName {
    parameter: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn all(&self) -> Vec<String> {
        match self {
            OneOrMany::One(one) => vec![one.clone()],
            OneOrMany::Many(many) => many.clone(),
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "history", rename_all = "snake_case", deny_unknown_fields)]
enum RawReading {
    /// An event without end: a death.
    Death { reasons: String, sources: String, priority: Option<String>, signs_of_life: RawSigns },
    /// A term with verdicts: custody.
    Custody { until: RawUntil, admitted: String, words: CustodyDictionaries },
    /// A benefit from month to month: another pension.
    Pension {
        until: String,
        schemes: String,
        classes: Vec<String>,
        takes_unclassified: bool,
        elsewhere: Option<String>,
        statuses: String,
    },
    /// Rows that each speak for themselves.
    Listed(RawListed),
    /// No list at all: the age that the ID number says.
    Age(RawAge),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUntil {
    released: String,
    term_end: String,
    month: Offset,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSigns {
    certified: String,
    custody_first_of: Vec<String>,
    custody_latest_of: Vec<String>,
    pension_from: String,
    pension_dictionary: String,
    pension_classes: Vec<String>,
}

/// Turns a raw check into a typed one and remembers what it refers to.
pub(super) struct CheckReader<'a> {
    file: &'a File<'a>,
    line: usize,
    references: &'a mut Vec<Reference>,
}

impl CheckReader<'_> {
    fn read(mut self, raw: &RawCheck) -> Result<Check, Error> {
        match raw {
            RawCheck::Barred { registry, returns, from, reading } => {
                self.barred(registry, returns, from.as_ref(), reading)
            }
            RawCheck::Conflict(conflict) => Ok(Check::Conflict(conflict.read(&mut self)?)),
            RawCheck::Standard(standard) => Ok(Check::Standard(standard.read(&mut self)?)),
            RawCheck::Unpaid(unpaid) => Ok(Check::Unpaid(unpaid.read(&mut self)?)),
            RawCheck::Shared(shared) => Ok(Check::Shared(shared.read(&self)?)),
            RawCheck::Repeated { registry, by: None, told_apart_by: None, amount: None, day: None } => {
                self.table(registry, Table::Payments).map(|()| Check::Repeated)
            }
            RawCheck::Repeated { registry, by, told_apart_by, amount: Some(amount), day: Some(day) } => {
                let things = (by.as_deref(), told_apart_by.as_deref());
                RepeatedRowsCheck::read(&self, registry, things, (amount, day)).map(Check::RepeatedRows)
            }
            RawCheck::Repeated { .. } => Err(self.wrong(messages::repeated_without_amount())),
            RawCheck::Exclusive { registry, other, benefits, states, schemes, deaths_from } => {
                self.table(registry, Table::FuneralGrants)?;
                self.table(other, Table::OtherDeathBenefits)?;
                self.classes(benefits, &["excluded", "funeral"]);
                self.classes(states, &["declined", "paid", "applied", "eligible"]);
                self.classes(schemes, &["resident"]);
                self.parameter(deaths_from, ParameterKind::Date);
                Ok(Check::Exclusive(ExclusiveCheck {
                    benefits: benefits.clone(),
                    states: states.clone(),
                    schemes: schemes.clone(),
                    deaths_from: deaths_from.clone(),
                }))
            }
            RawCheck::Absent { registry, mark, kinds, exempt_age, scheme_start } => {
                self.table(registry, Table::Participants)?;
                self.classes(kinds, &["contribution"]);
                self.parameter(scheme_start, ParameterKind::Date);
                Ok(Check::Absent(AbsentCheck {
                    mark: mark.clone(),
                    kinds: kinds.clone(),
                    exempt_age: *exempt_age,
                    scheme_start: scheme_start.clone(),
                }))
            }
        }
    }

    fn barred(
        &mut self,
        registry: &str,
        returns: &RawReturns,
        from: Option<&RawFrom>,
        reading: &RawReading,
    ) -> Result<Check, Error> {
        let returns = self.returns(returns)?;
        let from = match (from, reading) {
            (Some(from), _) => from,
            (None, RawReading::Age(age)) => {
                self.table(registry, Table::Payments)?;
                return Ok(Check::Age(age.read(self, returns)?));
            }
            (None, _) => return Err(self.wrong(messages::from_is_missing())),
        };
        match reading {
            RawReading::Age(_) => Err(self.wrong(messages::from_is_misplaced())),
            RawReading::Listed(listed) => {
                let span = (from.field.all(), self.fixed_start(&from.month)?);
                Ok(Check::Listed(listed.read(self, registry, (&span.0, span.1), returns)?))
            }
            RawReading::Death { reasons, sources, priority, signs_of_life } => {
                self.table(registry, Table::Deaths)?;
                self.classes(reasons, &["revoked", "undecided", "not_a_death", "death"]);
                self.classes(sources, &["village", "police"]);
                Ok(Check::Death(DeathCheck {
                    date: self.single_field(from, Table::Deaths)?,
                    start: self.start(&from.month),
                    not_after: self.fields(&from.not_after, Table::Deaths, CellType::Date)?,
                    returns,
                    reasons: reasons.clone(),
                    sources: sources.clone(),
                    priority: self.priority(priority.as_deref()),
                    signs_of_life: self.signs(signs_of_life)?,
                }))
            }
            RawReading::Custody { until, admitted, words } => {
                self.custody((registry, from), (until, admitted), words, returns)
            }
            RawReading::Pension { until, schemes, classes, takes_unclassified, elsewhere, statuses } => {
                self.pension_span(registry, from, until)?;
                self.classes(schemes, &classes.iter().map(String::as_str).collect::<Vec<_>>());
                self.classes(statuses, &["undecided", "ended", "drawing"]);
                Ok(Check::Pension(PensionCheck {
                    schemes: schemes.clone(),
                    classes: classes.clone(),
                    takes_unclassified: *takes_unclassified,
                    elsewhere: elsewhere
                        .as_ref()
                        .map(|name| self.field(name, Table::OtherPensions, CellType::Text))
                        .transpose()?,
                    statuses: statuses.clone(),
                    returns,
                }))
            }
        }
    }

    fn custody(
        &mut self,
        (registry, from): (&str, &RawFrom),
        (until, admitted): (&RawUntil, &str),
        words: &CustodyDictionaries,
        returns: Returns,
    ) -> Result<Check, Error> {
        self.table(registry, Table::Custody)?;
        words.refer(self);
        Ok(Check::Custody(CustodyCheck {
            first_of: self.fields(&from.field.all(), Table::Custody, CellType::Date)?,
            latest_of: self.fields(&from.else_latest_of, Table::Custody, CellType::Date)?,
            start: self.start(&from.month),
            released: self.field(&until.released, Table::Custody, CellType::Date)?,
            term_end: self.field(&until.term_end, Table::Custody, CellType::Date)?,
            end_offset: until.month,
            admitted: self.field(admitted, Table::Custody, CellType::Date)?,
            returns,
            words: words.clone(),
        }))
    }

    /// A pension's months are those of two fixed fields, as they are written.
    fn pension_span(&self, registry: &str, from: &RawFrom, until: &str) -> Result<(), Error> {
        self.table(registry, Table::OtherPensions)?;
        self.field(&from.field.all().concat(), Table::OtherPensions, CellType::Month)?;
        self.field(until, Table::OtherPensions, CellType::Month)?;
        match from.month {
            RawStart::Fixed(Offset::Same) => Ok(()),
            _ => Err(self.wrong(messages::pension_month_is_same())),
        }
    }

    fn start(&mut self, raw: &RawStart) -> StartMonth {
        match raw {
            RawStart::Fixed(offset) => StartMonth::Fixed(*offset),
            RawStart::Parameter(raw) => {
                self.word_parameter(&raw.parameter, Offset::NAMES);
                StartMonth::Parameter(raw.parameter.clone())
            }
        }
    }

    fn fixed_start(&self, raw: &RawStart) -> Result<Offset, Error> {
        match raw {
            RawStart::Fixed(offset) => Ok(*offset),
            RawStart::Parameter(_) => Err(self.wrong(messages::month_is_fixed())),
        }
    }

    fn signs(&mut self, raw: &RawSigns) -> Result<SignsOfLife, Error> {
        let classes: Vec<&str> = raw.pension_classes.iter().map(String::as_str).collect();
        self.classes(&raw.pension_dictionary, &classes);
        Ok(SignsOfLife {
            certified: self.field(&raw.certified, Table::Certifications, CellType::Date)?,
            custody_first_of: self.fields(&raw.custody_first_of, Table::Custody, CellType::Date)?,
            custody_latest_of: self.fields(&raw.custody_latest_of, Table::Custody, CellType::Date)?,
            pension_from: self.field(&raw.pension_from, Table::OtherPensions, CellType::Month)?,
            pension_dictionary: raw.pension_dictionary.clone(),
            pension_classes: raw.pension_classes.clone(),
        })
    }

    pub(super) fn wrong(&self, text: Text) -> Error {
        self.file.error(self.line, text)
    }

    /// The line below the check's heading on which a word stands, for the most exact message.
    pub(super) fn wrong_word(&self, word: &str, text: Text) -> Error {
        let quoted = format!("\"{word}\"");
        let below = self.file.text.lines().enumerate().skip(self.line - 1);
        let line =
            below.into_iter().find(|(_, line)| line.contains(&quoted)).map_or(self.line, |(at, _)| at + 1);
        self.file.error(line, text)
    }

    pub(super) fn table(&self, given: &str, expected: Table) -> Result<(), Error> {
        if Table::from_name(given) == Some(expected) {
            return Ok(());
        }
        Err(self.wrong_word(given, messages::bad_choice("registry", given, expected.name())))
    }

    /// The registry of a name; payments are none.
    pub(super) fn registry(&self, given: &str) -> Result<Table, Error> {
        let registry = Table::from_name(given).filter(|&table| table != Table::Payments);
        registry.ok_or_else(|| {
            let registries = Table::ALL.into_iter().filter(|&table| table != Table::Payments);
            let known: Vec<&str> = registries.map(Table::name).collect();
            self.wrong_word(given, messages::bad_choice("registry", given, &known.join(", ")))
        })
    }

    /// A field of a registry, whatever its cells hold.
    pub(super) fn any_field(&self, name: &str, table: Table) -> Result<Column, Error> {
        use CellType::{Amount, Date, Month, Text};
        self.field_of(name, table, &[Text, Date, Month, Amount])
    }

    /// A field of a registry whose cells hold one of some things.
    pub(super) fn field_of(&self, name: &str, table: Table, kinds: &[CellType]) -> Result<Column, Error> {
        let fits = |column: &Column| table.has(*column) && kinds.contains(&column.cell_type());
        Column::from_name(name).filter(fits).ok_or_else(|| {
            let known: Vec<&str> = table.columns().filter(fits).map(Column::name).collect();
            self.wrong_word(name, messages::unknown_field(table.name(), name, &known.join(", ")))
        })
    }

    fn single_field(&self, from: &RawFrom, table: Table) -> Result<Column, Error> {
        match from.field.all().as_slice() {
            [one] => self.field(one, table, CellType::Date),
            _ => Err(self.wrong(messages::one_field_only())),
        }
    }

    fn field(&self, name: &str, table: Table, kind: CellType) -> Result<Column, Error> {
        self.field_of(name, table, &[kind])
    }

    fn fields(&self, names: &[String], table: Table, kind: CellType) -> Result<Vec<Column>, Error> {
        names.iter().map(|name| self.field(name, table, kind)).collect()
    }

    fn returns(&mut self, raw: &RawReturns) -> Result<Returns, Error> {
        match raw {
            RawReturns::Fixed(names) => self.scope(names).map(Returns::Fixed),
            RawReturns::Parameter(raw) => {
                self.word_parameter(&raw.parameter, Returns::NAMES);
                Ok(Returns::Parameter(raw.parameter.clone()))
            }
        }
    }

    fn scope(&self, names: &[String]) -> Result<Scope, Error> {
        let mut scope = Scope::NONE;
        for name in names {
            let component = Component::ALL.into_iter().find(|component| component.name() == name);
            let component = component.ok_or_else(|| {
                let known = Component::ALL.map(Component::name).join(", ");
                self.wrong_word(name, messages::bad_choice("returns", name, &known))
            })?;
            scope = scope.union(Scope::of([component]));
        }
        if scope.is_empty() { Err(self.wrong(messages::returns_nothing())) } else { Ok(scope) }
    }

    /// Remembers that a parameter must be there, and what its values must be.
    pub(super) fn parameter(&mut self, id: &str, kind: ParameterKind) {
        self.references.push(Reference::Parameter(id.to_string()));
        self.references.push(Reference::ParameterKind(id.to_string(), kind));
    }

    /// Remembers that a parameter must be there, and the only words that it may name.
    pub(super) fn word_parameter(&mut self, id: &str, words: &'static [&'static str]) {
        self.parameter(id, ParameterKind::Word);
        self.references.push(Reference::ParameterWords(id.to_string(), words));
    }

    /// Remembers that a parameter must be there, where one is named, and that it orders the sources of days
    /// of death.
    pub(super) fn priority(&mut self, id: Option<&str>) -> Option<String> {
        let id = id?.to_string();
        self.parameter(&id, ParameterKind::Word);
        self.references.push(Reference::ParameterOrder(id.clone()));
        Some(id)
    }

    pub(super) fn classes(&mut self, dictionary: &str, classes: &[&str]) {
        self.references.push(Reference::Dictionary(dictionary.to_string()));
        for class in classes {
            self.references.push(Reference::DictionaryClass(dictionary.to_string(), (*class).to_string()));
        }
    }
}
