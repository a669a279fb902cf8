//! Finds the heading row of a sheet and says which of its columns is which.
//!
//! Owns the recognition of headings. Must not read data rows.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::input::{AmountUnit, Input};
use super::schema::{Column, FALLBACK_MONTH_HEADING, Table};
use crate::domain::mask_number_text;
use crate::messages::{self, Error};

/// How far down a sheet the heading row is looked for.
pub(crate) const PREVIEW_ROWS: usize = 50;

/// The first rows of a sheet, each with its number in the file.
pub(crate) type Preview = Vec<(u32, Vec<String>)>;

/// Where one canonical column comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The cells at these positions of the projection; more than one add up. Each has its own unit.
    Cells(Vec<(usize, AmountUnit)>),
    /// The same text for every row, from `[input.values]`.
    Fixed(String),
}

/// Which source columns are read and what each canonical column is made of.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The number of the heading row in the file; data begin below it.
    pub(crate) heading_row: u32,
    /// The positions of the source columns that are read, ascending.
    pub(crate) projection: Vec<usize>,
    /// The headings of the projected columns, as the file writes them.
    pub(crate) headings: Vec<String>,
    /// The headings that stand for no column of the table: they are told, because what they hold is not read.
    pub(crate) unused: Vec<String>,
    /// Of the columns that add up, the position of the heading that may be the sum of the others.
    pub(crate) whole: BTreeMap<Column, usize>,
    /// By the column's place in [`Column::ALL`].
    origins: Vec<Option<Origin>>,
    /// How many cells the heading row has.
    pub(crate) width: usize,
}

impl Layout {
    #[inline]
    pub(crate) fn origin(&self, column: Column) -> Option<&Origin> {
        self.origins[column as usize].as_ref()
    }
}

/// What one candidate heading row offers.
struct Candidate {
    row: u32,
    found: BTreeMap<Column, Vec<(usize, AmountUnit)>>,
    cells: Vec<String>,
}

/// Looks for the heading row of a table among a sheet's first rows.
pub(crate) fn find(table: Table, input: &Input, shown: &str, preview: &Preview) -> Result<Layout, Error> {
    let mut best: Option<(usize, Candidate, Vec<Column>)> = None;
    let mut ambiguous = None;
    for (row, cells) in preview {
        if input.header_row.is_some_and(|wanted| wanted != *row) {
            continue;
        }
        let candidate = match recognise(table, input, shown, *row, cells) {
            Ok(candidate) => candidate,
            // A row of group headings above the real ones may repeat itself.
            Err(why) => {
                ambiguous = ambiguous.or(Some(why));
                continue;
            }
        };
        let missing = missing_columns(table, input, &candidate);
        if missing.is_empty() {
            return Ok(layout_of(table, input, candidate));
        }
        let score = candidate.found.len();
        if best.as_ref().is_none_or(|(most, ..)| score > *most) {
            best = Some((score, candidate, missing));
        }
    }
    if let Some(why) = ambiguous {
        return Err(why);
    }
    let (row, found, missing, seen) = match best {
        Some((_, candidate, missing)) => (
            candidate.row,
            candidate.found.keys().copied().collect(),
            missing,
            // The nearest row may be one of data.
            candidate.cells.iter().map(|cell| mask_number_text(cell)).collect(),
        ),
        None => (0, Vec::new(), table.required().to_vec(), Vec::new()),
    };
    Err(messages::no_heading_row(shown, table, row, &found, &missing, &seen))
}

/// Whether a sheet could be the table's: used to choose among the delimiters and sheets of a file.
pub(crate) fn fits(table: Table, input: &Input, shown: &str, preview: &Preview) -> bool {
    find(table, input, shown, preview).is_ok()
}

fn recognise(
    table: Table,
    input: &Input,
    shown: &str,
    row: u32,
    cells: &[String],
) -> Result<Candidate, Error> {
    let mut found: BTreeMap<Column, Vec<(usize, AmountUnit)>> = BTreeMap::new();
    let mut fallback_month = None;
    for (position, cell) in cells.iter().enumerate() {
        let (heading, unit) = normalise(cell);
        if heading.is_empty() {
            continue;
        }
        let unit = unit.unwrap_or(input.units);
        match column_of(table, input, &heading) {
            Some(column) => found.entry(column).or_default().push((position, unit)),
            None if heading == FALLBACK_MONTH_HEADING && table.has(Column::BenefitMonth) => {
                fallback_month = Some((position, unit));
            }
            None => {}
        }
    }
    if let Some(fallback) = fallback_month
        && !input.columns.contains_key(&Column::BenefitMonth)
    {
        found.entry(Column::BenefitMonth).or_insert_with(|| vec![fallback]);
    }
    for (column, positions) in &found {
        if positions.len() > 1 && !column.adds_up() {
            let same: Vec<&str> = positions.iter().map(|&(at, _)| cells[at].as_str()).collect();
            return Err(messages::ambiguous_heading(shown, row, *column, &same));
        }
    }
    Ok(Candidate { row, found, cells: cells.to_vec() })
}

/// The column that a normalised heading stands for: audit.toml's word first, then the aliases.
fn column_of(table: Table, input: &Input, heading: &str) -> Option<Column> {
    let mapped =
        input.columns.iter().find(|(_, names)| names.iter().any(|name| normalise(name).0 == heading));
    if let Some((column, _)) = mapped {
        return Some(*column);
    }
    table.columns().find(|column| {
        !input.columns.contains_key(column)
            && (column.name() == heading
                || column.aliases().iter().any(|alias| normalise(alias).0 == heading))
    })
}

fn missing_columns(table: Table, input: &Input, candidate: &Candidate) -> Vec<Column> {
    let has = |column: &Column| candidate.found.contains_key(column) || input.values.contains_key(column);
    let mut missing: Vec<Column> = table.required().iter().copied().filter(|column| !has(column)).collect();
    // A mapping that names a heading which the sheet lacks is a mistake, not a wish.
    let unmapped = input.columns.keys().copied().filter(|column| !has(column) && !missing.contains(column));
    missing.extend(unmapped.collect::<Vec<_>>());
    let amounts = [
        Column::Basic,
        Column::Addition,
        Column::AccountOwn,
        Column::AccountSubsidy,
        Column::Other,
        Column::Total,
    ];
    if table == Table::Payments && !amounts.iter().any(has) {
        missing.push(Column::Total);
    }
    if table == Table::Repayments && !has(&Column::CaseId) && !has(&Column::IdNumber) {
        missing.push(Column::IdNumber);
    }
    missing
}

fn layout_of(table: Table, input: &Input, candidate: Candidate) -> Layout {
    let mut projection: Vec<usize> =
        candidate.found.values().flat_map(|positions| positions.iter().map(|&(at, _)| at)).collect();
    projection.sort_unstable();
    let slot = |position: usize| projection.partition_point(|&at| at < position);
    let mut origins = vec![None; Column::ALL.len()];
    let mut whole = BTreeMap::new();
    for column in table.columns() {
        if let Some(positions) = candidate.found.get(&column) {
            // The canonical heading beside its parts may be their sum.
            let name = |at: usize| normalise(&candidate.cells[at]).0;
            let is_whole =
                |&(at, _): &(usize, AmountUnit)| column.aliases().first() == Some(&name(at).as_str());
            if positions.len() > 1
                && let Some(at) = positions.iter().position(is_whole)
            {
                whole.insert(column, at);
            }
            let cells = positions.iter().map(|&(at, unit)| (slot(at), unit)).collect();
            origins[column as usize] = Some(Origin::Cells(cells));
        } else if let Some(text) = input.values.get(&column) {
            origins[column as usize] = Some(Origin::Fixed(text.clone()));
        }
    }
    let headings = projection.iter().map(|&at| candidate.cells[at].trim().to_string()).collect();
    let is_unused = |(at, cell): &(usize, &String)| !cell.trim().is_empty() && !projection.contains(at);
    let unused = candidate.cells.iter().enumerate().filter(is_unused);
    let unused = unused.map(|(_, cell)| cell.trim().to_string()).collect();
    let width = candidate.cells.len();
    Layout { heading_row: candidate.row, projection, headings, unused, whole, origins, width }
}

/// A heading without width, blanks and its unit: `金额（万元）` is `金额` in 万元.
fn normalise(heading: &str) -> (String, Option<AmountUnit>) {
    let plain: String = heading.nfkc().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    for (suffix, unit) in [
        ("(元)", AmountUnit::Yuan),
        ("(元/月)", AmountUnit::Yuan),
        ("(万元)", AmountUnit::Wan),
        ("(分)", AmountUnit::Fen),
    ] {
        if let Some(bare) = plain.strip_suffix(suffix) {
            return (bare.to_string(), Some(unit));
        }
    }
    (plain, None)
}
