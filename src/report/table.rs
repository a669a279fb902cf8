//! The result as plain tables of text and integers, the common source of the csv and the parquet files.
//!
//! Owns the columns that users script against: their names and order never change with the language.

use super::Content;
use crate::domain::{Fen, Month};
use crate::engine::{Match, Remark};
use crate::findings::{Case, Lead, LineClaim};
use crate::ingest::Reject;
use crate::messages::{self, Error, Lang};

/// The cells of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cells {
    /// Text; an empty cell is an empty string.
    Text(Vec<String>),
    /// Integers; fen, counts. An unknown one is absent.
    Integer(Vec<Option<i64>>),
}

impl Cells {
    /// How many cells there are.
    pub fn len(&self) -> usize {
        match self {
            Cells::Text(cells) => cells.len(),
            Cells::Integer(cells) => cells.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How many rows a batch has.
const BATCH: usize = 16_384;

/// The cells of some rows, column by column.
type Batch = Result<Vec<Cells>, Error>;

/// A table under its file name without extension. Its cells are made a batch of rows at a time, so that a
/// table of millions of rows never stands in memory as text.
pub struct TableData<'c> {
    /// The name.
    pub name: &'static str,
    names: Vec<&'static str>,
    rows: Box<dyn Batches + 'c>,
}

impl TableData<'_> {
    /// The names of the columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.names.iter().copied()
    }

    /// The cells, batch after batch; of an empty table one batch without rows. Rows that cannot be read are
    /// an error, after which the table is to be given up.
    pub fn batches(&self) -> impl Iterator<Item = Batch> + '_ {
        self.rows.batches()
    }
}

/// The rows of a table, whatever they are made from.
trait Batches: Send + Sync {
    fn batches(&self) -> Box<dyn Iterator<Item = Batch> + '_>;
}

/// What the rows of a table are made from.
enum Items<'c, T> {
    /// Items in memory.
    Listed(Box<dyn AsRef<[T]> + Send + Sync + 'c>),
    /// Items that are read anew for each report.
    Read(Box<dyn Fn() -> ItemReader<'c, T> + Send + Sync + 'c>),
}

type ItemReader<'c, T> = Box<dyn Iterator<Item = Result<T, Error>> + 'c>;
type MakeCells<'c, T> = Box<dyn Fn(&[T]) -> Cells + Send + Sync + 'c>;

struct Rows<'c, T> {
    items: Items<'c, T>,
    columns: Vec<MakeCells<'c, T>>,
}

impl<T> Rows<'_, T> {
    fn cells(&self, items: &[T]) -> Vec<Cells> {
        self.columns.iter().map(|make| make(items)).collect()
    }
}

impl<T> Batches for Rows<'_, T> {
    fn batches(&self) -> Box<dyn Iterator<Item = Batch> + '_> {
        match &self.items {
            Items::Listed(items) => {
                let items = (**items).as_ref();
                let starts = (0..items.len().max(1)).step_by(BATCH);
                Box::new(starts.map(|start| Ok(self.cells(&items[start..items.len().min(start + BATCH)]))))
            }
            Items::Read(open) => {
                let mut items = open();
                let mut is_first = true;
                Box::new(std::iter::from_fn(move || {
                    let batch: Result<Vec<T>, Error> = items.by_ref().take(BATCH).collect();
                    let is_end = batch.as_ref().is_ok_and(Vec::is_empty) && !is_first;
                    is_first = false;
                    (!is_end).then(|| batch.map(|items| self.cells(&items)))
                }))
            }
        }
    }
}

/// Builds a table column by column from the same items.
struct Builder<'c, T> {
    names: Vec<&'static str>,
    rows: Rows<'c, T>,
}

impl<'c, T: Send + Sync + 'c> Builder<'c, T> {
    fn new(items: impl AsRef<[T]> + Send + Sync + 'c) -> Builder<'c, T> {
        Builder::of(Items::Listed(Box::new(items)))
    }

    /// A table of items that are too many to stand in memory.
    fn reading(open: impl Fn() -> ItemReader<'c, T> + Send + Sync + 'c) -> Builder<'c, T> {
        Builder::of(Items::Read(Box::new(open)))
    }

    fn of(items: Items<'c, T>) -> Builder<'c, T> {
        Builder { names: Vec::new(), rows: Rows { items, columns: Vec::new() } }
    }

    fn column(mut self, name: &'static str, make: impl Fn(&[T]) -> Cells + Send + Sync + 'c) -> Self {
        self.names.push(name);
        self.rows.columns.push(Box::new(make));
        self
    }

    fn text(self, name: &'static str, cell: impl Fn(&T) -> String + Send + Sync + 'c) -> Self {
        self.column(name, move |items| Cells::Text(items.iter().map(&cell).collect()))
    }

    fn integer(self, name: &'static str, cell: impl Fn(&T) -> Option<i64> + Send + Sync + 'c) -> Self {
        self.column(name, move |items| Cells::Integer(items.iter().map(&cell).collect()))
    }

    fn fen(self, name: &'static str, cell: impl Fn(&T) -> Fen + Send + Sync + 'c) -> Self {
        self.integer(name, move |item| Some(cell(item).0))
    }

    fn count(self, name: &'static str, cell: impl Fn(&T) -> u64 + Send + Sync + 'c) -> Self {
        self.integer(name, move |item| i64::try_from(cell(item)).ok())
    }

    fn finish(self, name: &'static str) -> TableData<'c> {
        TableData { name, names: self.names, rows: Box::new(self.rows) }
    }
}

/// All tables of a run, in the order in which they are described in the documentation.
pub fn tables<'c>(content: &'c Content<'c>) -> Vec<TableData<'c>> {
    vec![
        ledger(content),
        findings(content),
        leads(content),
        marks(content),
        unpaid(content),
        matches(content),
        rejects(content),
        corrections(content),
        coverage(content),
        not_checkable(content),
        quality(content),
    ]
}

fn month(month: Option<Month>) -> String {
    month.map(|month| month.to_string()).unwrap_or_default()
}

fn rule_id(content: &Content<'_>, rule: usize) -> String {
    content.rulebook.rule_at(rule).id.clone()
}

fn rule_ids(content: &Content<'_>, rules: &[usize]) -> String {
    rules.iter().map(|&rule| content.rulebook.rules[rule].id.as_str()).collect::<Vec<_>>().join(";")
}

/// The status of every case as a run writes it: the engine proposes, people decide.
pub(super) const CASE_STATUS: &str = "待核实";

fn ledger<'c>(content: &'c Content<'c>) -> TableData<'c> {
    let marks = |case: &Case| case.marks.iter().cloned().collect::<Vec<_>>().join(";");
    Builder::new(&content.findings.cases)
        .text("case_id", |case| case.case_id.clone())
        .text("id_number", |case| case.id.text())
        .text("name", |case| case.name.clone())
        .text("person_no", |case| case.person_no.clone())
        .text("region", |case| case.region.clone())
        .text("township", |case| case.township.clone())
        .text("village", |case| case.village.clone())
        .text("case_type", |case| case.case_type.name().to_string())
        .text("subtype", |case| case.subtype.clone())
        .text("status", |_| CASE_STATUS.to_string())
        .text("primary_rule", |case| rule_id(content, case.primary_rule))
        .text("rules", |case| rule_ids(content, &case.rules))
        .text("marks", marks)
        .text("event_date", |case| case.event_date.clone())
        .text("event_source", |case| case.event_source.clone())
        .text("document_no", |case| case.document_no.clone())
        .text("stop_month", |case| month(case.stop_month))
        .text("first_month", |case| month(case.first_month))
        .text("last_month", |case| month(case.last_month))
        .count("months", |case| case.months as u64)
        .text("still_paid", |case| case.still_paid.to_string())
        .fen("basic_fen", |case| Fen(case.amounts[0]))
        .fen("addition_fen", |case| Fen(case.amounts[1]))
        .fen("account_own_fen", |case| Fen(case.amounts[2]))
        .fen("account_subsidy_fen", |case| Fen(case.amounts[3]))
        .fen("other_fen", |case| Fen(case.amounts[4]))
        .fen("funeral_fen", |case| case.funeral)
        .fen("due_fen", |case| case.due)
        .fen("recovered_fen", |case| case.recovered)
        .fen("setoff_fen", |case| case.setoff)
        .fen("outstanding_fen", Case::outstanding)
        .text("debtor_name", |case| case.debtor_name.clone())
        .text("debtor_relation", |case| case.debtor_relation.clone())
        .text("evidence", |case| case.evidence.join(";"))
        .finish("ledger")
}

fn findings<'c>(content: &'c Content<'c>) -> TableData<'c> {
    Builder::new(&content.findings.claims)
        .text("case_id", |claim: &LineClaim| content.findings.cases[claim.case].case_id.clone())
        .text("id_number", |claim| claim.id.text())
        .text("benefit_month", benefit_month)
        .text("line", |claim| content.payments.place(claim.line))
        .text("rules", |claim| rule_ids(content, &claim.rules))
        .text("scope", |claim| claim.scope.names().join(";"))
        .fen("claimed_fen", LineClaim::claimed)
        .text("evidence", |claim| claim.evidence.join(";"))
        .finish("findings")
}

/// One month, or the first and last of several.
pub(super) fn benefit_month(claim: &LineClaim) -> String {
    if claim.months.len() == 1 {
        claim.months.from.to_string()
    } else {
        format!("{}~{}", claim.months.from, claim.months.last())
    }
}

fn leads<'c>(content: &'c Content<'c>) -> TableData<'c> {
    let lang = content.project.lang;
    Builder::new(&content.findings.leads)
        .text("case_type", |lead: &Lead| lead.case_type.name().to_string())
        .text("rule", |lead| rule_id(content, lead.rule))
        .text("id_number", |lead| lead.id.text())
        .text("name", |lead| lead.name.clone())
        .text("first_month", |lead| month(lead.first_month))
        .text("last_month", |lead| month(lead.last_month))
        .integer("potential_fen", |lead| lead.potential.map(|fen| fen.0))
        .text("reason", move |lead| lead.reason.text().in_lang(lang).to_string())
        .text("evidence", |lead| lead.evidence.join(";"))
        .text("status", |lead| content.rulebook.rules[lead.rule].status.name().to_string())
        .finish("leads")
}

/// Facts without an amount that somebody should look at.
fn marks<'c>(content: &'c Content<'c>) -> TableData<'c> {
    let lang = content.project.lang;
    Builder::new(&content.findings.marks)
        .text("rule", |mark: &Remark| rule_id(content, mark.rule))
        .text("status", |mark| content.rulebook.rules[mark.rule].status.name().to_string())
        .text("id_number", |mark| mark.id.text())
        .text("name", |mark| mark.name.clone())
        .text("first_month", |mark| month(mark.months.map(|months| months.from)))
        .text("last_month", |mark| month(mark.months.map(|months| months.last())))
        .text("detail", move |mark| mark.detail.text().in_lang(lang).to_string())
        .text("evidence", |mark| mark.evidence.join(";"))
        .finish("marks")
}

/// What was due and was not paid.
fn unpaid<'c>(content: &'c Content<'c>) -> TableData<'c> {
    let lang = content.project.lang;
    Builder::new(&content.findings.unpaid)
        .text("rule", |owed: &Remark| rule_id(content, owed.rule))
        .text("status", |owed| content.rulebook.rules[owed.rule].status.name().to_string())
        .text("id_number", |owed| owed.id.text())
        .text("name", |owed| owed.name.clone())
        .text("first_month", |owed| month(owed.months.map(|months| months.from)))
        .text("last_month", |owed| month(owed.months.map(|months| months.last())))
        .integer("owed_fen", |owed| owed.amount.map(|fen| fen.0))
        .text("reason", move |owed| owed.detail.text().in_lang(lang).to_string())
        .text("evidence", |owed| owed.evidence.join(";"))
        .finish("unpaid")
}

/// Rows whose number is damaged, missing or replaced, and whom they may be of.
fn matches<'c>(content: &'c Content<'c>) -> TableData<'c> {
    let lang = content.project.lang;
    let code = |agreement| messages::agreement_code(agreement).to_string();
    Builder::new(&content.findings.matches)
        .text("registry", |found: &Match| found.table.name().to_string())
        .text("line", |found| found.place.clone())
        .text("id_number", |found| found.id_text.clone())
        .text("name", |found| found.name.clone())
        .text("payee_line", |found| found.payee_place.clone())
        .text("payee_id_number", |found| found.payee_id_text.clone())
        .text("payee_name", |found| found.payee_name.clone())
        .text("possible_id_number", |found| found.id.text())
        .text("grade", |found| messages::grade_code(found.grade).to_string())
        .text("id_damage", |found| messages::damage_code(found.likeness.damage).to_string())
        .text("name_likeness", |found| messages::name_likeness_code(found.likeness.name).to_string())
        .text("birth_date", move |found| code(found.likeness.birth))
        .text("sex", move |found| code(found.likeness.sex))
        .text("place", move |found| code(found.likeness.place))
        .text("reason", move |found| messages::likeness_text(&found.likeness).in_lang(lang).to_string())
        .finish("matches")
}

fn rejects<'c>(content: &'c Content<'c>) -> TableData<'c> {
    cells("rejects", content.project.lang, move || Box::new(content.tables.rejects()))
}

/// The cells of kept rows that an office is to correct, in the form of the rejected rows.
fn corrections<'c>(content: &'c Content<'c>) -> TableData<'c> {
    cells("corrections", content.project.lang, move || Box::new(content.tables.corrections()))
}

fn cells<'c>(
    name: &'static str,
    lang: Lang,
    open: impl Fn() -> ItemReader<'c, Reject> + Send + Sync + 'c,
) -> TableData<'c> {
    Builder::reading(open)
        .text("file", |reject: &Reject| reject.file.clone())
        .text("sheet", |reject| reject.sheet.clone())
        .count("row", |reject| u64::from(reject.row))
        .text("column", |reject| reject.column.clone())
        .text("value", |reject| reject.value.clone())
        .text("code", |reject| reject.reason.code().to_string())
        .text("reason", move |reject| reject.reason.reason().in_lang(lang).to_string())
        .text("remedy", move |reject| reject.reason.remedy().in_lang(lang).to_string())
        .text("column_letter", |reject| reject.letter.clone())
        .text("id_number", |reject| reject.id_text.clone())
        .text("name", |reject| reject.name.clone())
        .finish(name)
}

fn coverage<'c>(content: &'c Content<'c>) -> TableData<'c> {
    let lang = content.project.lang;
    Builder::new(&content.findings.coverage)
        .text("registry", |row| row.registry.name().to_string())
        .text("rule", |row| rule_id(content, row.rule))
        .count("rows", |row| row.rows)
        .count("usable", |row| row.usable)
        .count("persons_checked", |row| row.persons_checked)
        .count("not_checkable", |row| row.not_checkable)
        .text("reason", move |row| {
            row.reason.as_ref().map(|text| text.in_lang(lang).to_string()).unwrap_or_default()
        })
        .text("newest_date", |row| row.newest_date.map(|day| day.to_string()).unwrap_or_default())
        .count("months_behind", |row| row.months_behind)
        .count("hits", |row| row.found.hits)
        .count("leads", |row| row.found.leads)
        .count("marks", |row| row.found.marks)
        .count("unpaid", |row| row.found.unpaid)
        .text("status", |row| content.rulebook.rule_at(row.rule).status.name().to_string())
        .finish("coverage")
}

fn not_checkable<'c>(content: &'c Content<'c>) -> TableData<'c> {
    let lang = content.project.lang;
    Builder::new(&content.findings.not_checkable)
        .text("registry", |row| row.table.name().to_string())
        .text("line", |row| row.place.clone())
        .text("id_number", |row| row.id_text.clone())
        .text("name", |row| row.name.clone())
        .text("reason", move |row| row.reason.text().in_lang(lang).to_string())
        .text("code", |row| row.reason.code().to_string())
        .finish("not_checkable")
}

/// One observation, or one control total, as a row of quality.csv.
pub(super) struct QualityRow {
    pub(super) file: String,
    pub(super) code: String,
    pub(super) count: u64,
    pub(super) fen: Option<i64>,
    pub(super) rows: String,
    pub(super) text: String,
}

/// The control totals of every file and what was noticed in it.
pub(super) fn quality_rows(content: &Content<'_>, lang: Lang) -> Vec<QualityRow> {
    let mut rows = Vec::new();
    for control in &content.findings.controls {
        let parts = [
            ("rows_in", control.rows, control.fen),
            ("rows_kept", control.kept, control.fen_kept),
            ("rows_rejected", control.rejected, control.fen_rejected),
        ];
        for (code, count, fen) in parts {
            rows.push(QualityRow {
                file: control.file.clone(),
                code: code.to_string(),
                count,
                fen: i64::try_from(fen).ok(),
                rows: String::new(),
                text: messages::control_text(code).in_lang(lang).to_string(),
            });
        }
    }
    for (file, observation, noticed) in content.findings.noticed.iter() {
        rows.push(QualityRow {
            file: file.to_string(),
            code: observation.code(),
            count: noticed.count,
            fen: None,
            rows: noticed.rows.iter().map(ToString::to_string).collect::<Vec<_>>().join(";"),
            text: observation.text().in_lang(lang).to_string(),
        });
    }
    rows
}

fn quality<'c>(content: &'c Content<'c>) -> TableData<'c> {
    let rows = quality_rows(content, content.project.lang);
    Builder::new(rows)
        .text("file", |row| row.file.clone())
        .text("code", |row| row.code.clone())
        .count("count", |row| row.count)
        .integer("fen", |row| row.fen)
        .text("first_rows", |row| row.rows.clone())
        .text("text", |row| row.text.clone())
        .finish("quality")
}
