//! Finds the heading row of a sheet and says which of its columns is which.
//!
//! Owns the recognition of headings. Must not read data rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use super::input::{AmountUnit, Input};
use super::schema::{Column, Table};
use super::vocabulary::{Codes, Vocabulary};
use crate::domain::mask_number_text;
use crate::messages::{self, Error, Observation};

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
    /// The number of the heading row in the file, of two the lower one; data begin below it.
    pub(crate) heading_row: u32,
    /// The positions of the source columns that are read, ascending.
    pub(crate) projection: Vec<usize>,
    /// The headings of the projected columns, as the file writes them.
    pub(crate) headings: Vec<String>,
    /// What is noticed about the heading row.
    pub(crate) noticed: Vec<Observation>,
    /// Of the columns that add up, the position of the heading that may be the sum of the others.
    pub(crate) whole: BTreeMap<Column, usize>,
    /// By the column's place in [`Column::ALL`].
    origins: Vec<Option<Origin>>,
    /// How many cells the heading row has.
    pub(crate) width: usize,
    /// Whether the first cell of a row stands in the projection, where a row that is no data has its label.
    pub(crate) has_label: bool,
    /// The places in the projection of the columns that are read, ascending: not of the first column where it
    /// is a label only, nor of [`Layout::unread`].
    pub(crate) read_slots: Vec<usize>,
    /// The columns that are not read and may stand for one that the table lacks, although an empty cell of it
    /// says something: only whether they hold anything is looked at.
    pub(crate) unread: Vec<UnreadColumn>,
    /// What the heading says of each projected column, as it is compared; of a heading on two rows, what
    /// either row says.
    pub(crate) repeated: Vec<Vec<String>>,
    /// The titles above the heading, as they are compared.
    pub(crate) titles: Vec<String>,
    /// The words of offices.
    pub(crate) vocabulary: Arc<Vocabulary>,
    /// What the codes of the coded columns stand for.
    pub(crate) codes: BTreeMap<Column, Codes>,
}

impl Layout {
    #[inline]
    pub(crate) fn origin(&self, column: Column) -> Option<&Origin> {
        self.origins[column as usize].as_ref()
    }

    /// The columns that have cells or are fixed.
    pub(crate) fn columns(&self) -> impl Iterator<Item = Column> + '_ {
        Column::ALL.iter().copied().filter(|&column| self.origin(column).is_some())
    }
}

/// A column that is not read and may be one that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnreadColumn {
    /// Its place in the projection.
    pub(crate) slot: usize,
    /// The column for which it may stand.
    pub(crate) of: Column,
    /// Its heading, or its letter where it has none.
    pub(crate) heading: String,
    /// Whether its heading says so; else only its words can.
    pub(crate) is_named: bool,
}

impl UnreadColumn {
    /// The bit of the column of this number. Columns beyond the last bit share it.
    pub(crate) fn bit(number: usize) -> u32 {
        1 << number.min(31)
    }
}

/// What one candidate heading row offers.
struct Candidate {
    row: u32,
    found: BTreeMap<Column, Vec<(usize, AmountUnit)>>,
    cells: Vec<String>,
    /// Of a heading on two rows, what each of them says.
    rows: Vec<Vec<String>>,
    /// The columns for which only a heading stands that may be another thing.
    fallbacks: Vec<Column>,
}

/// What makes up a heading row.
struct HeadingCells {
    row: u32,
    cells: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// What is looked for in a sheet.
struct Search<'a> {
    table: Table,
    input: &'a Input,
    shown: &'a str,
}

/// Looks for the heading row of a table among a sheet's first rows; where no single row fits, for a heading
/// on two rows.
pub(crate) fn find(table: Table, input: &Input, shown: &str, preview: &Preview) -> Result<Layout, Error> {
    let search = Search { table, input, shown };
    let is_wanted = |row: u32| input.header_row.is_none_or(|wanted| wanted == row);
    let mut best: Option<(usize, Candidate, Vec<Column>)> = None;
    let mut ambiguous = None;
    for (at, (row, cells)) in preview.iter().enumerate().filter(|(_, (row, _))| is_wanted(*row)) {
        let single = HeadingCells { row: *row, cells: cells.clone(), rows: Vec::new() };
        let candidate = match search.recognise(single) {
            Ok(candidate) => candidate,
            // A row of group headings above the real ones may repeat itself.
            Err(why) => {
                ambiguous = ambiguous.or(Some(why));
                continue;
            }
        };
        let missing = search.missing_columns(&candidate);
        if missing.is_empty() {
            return Ok(search.layout_of(preview, search.with_other_half(preview, at, candidate)));
        }
        let score = candidate.found.len();
        if best.as_ref().is_none_or(|(most, ..)| score > *most) {
            best = Some((score, candidate, missing));
        }
    }
    for lower in 1..preview.len() {
        // Either of the two rows may be named.
        if !is_wanted(preview[lower].0) && !is_wanted(preview[lower - 1].0) {
            continue;
        }
        match search.pair(preview, lower) {
            Some(Ok(candidate)) if search.missing_columns(&candidate).is_empty() => {
                return Ok(search.layout_of(preview, candidate));
            }
            Some(Err(why)) => ambiguous = ambiguous.or(Some(why)),
            _ => {}
        }
    }
    Err(ambiguous.unwrap_or_else(|| search.not_found(best)))
}

/// Whether a sheet could be the table's: used to choose among the delimiters and sheets of a file.
pub(crate) fn fits(table: Table, input: &Input, shown: &str, preview: &Preview) -> bool {
    find(table, input, shown, preview).is_ok()
}

impl Search<'_> {
    fn recognise(&self, heading: HeadingCells) -> Result<Candidate, Error> {
        let HeadingCells { row, cells, rows } = heading;
        let mut found: BTreeMap<Column, Vec<(usize, AmountUnit)>> = BTreeMap::new();
        let mut fallbacks: BTreeMap<Column, Vec<(usize, AmountUnit)>> = BTreeMap::new();
        for (position, cell) in cells.iter().enumerate() {
            let (heading, unit) = normalise(cell);
            let unit = unit.unwrap_or(self.input.units);
            match self.column_of(&heading) {
                Some((column, false)) => found.entry(column).or_default().push((position, unit)),
                Some((column, true)) => fallbacks.entry(column).or_default().push((position, unit)),
                None => {}
            }
        }
        fallbacks.retain(|column, _| !found.contains_key(column));
        let fallback_columns = fallbacks.keys().copied().collect();
        found.append(&mut fallbacks);
        for (column, positions) in &found {
            if positions.len() > 1 && !column.adds_up() {
                let same: Vec<(usize, &str)> =
                    positions.iter().map(|&(at, _)| (at, cells[at].as_str())).collect();
                return Err(messages::ambiguous_heading(self.shown, row, *column, &same));
            }
        }
        Ok(Candidate { row, found, cells, rows, fallbacks: fallback_columns })
    }

    /// The column that a normalised heading stands for, and whether only where nothing else does:
    /// audit.toml's word first, then the vocabulary.
    fn column_of(&self, heading: &str) -> Option<(Column, bool)> {
        if heading.is_empty() {
            return None;
        }
        let mapped = &self.input.columns;
        let names = |names: &Vec<String>| names.iter().any(|name| normalise(name).0 == heading);
        if let Some((column, _)) = mapped.iter().find(|(_, given)| names(given)) {
            return Some((*column, false));
        }
        let (column, is_fallback) = self.input.vocabulary.column(heading)?;
        (self.table.has(column) && !mapped.contains_key(&column)).then_some((column, is_fallback))
    }

    /// A heading row that fits, together with the row above or below it if that names further columns: half a
    /// heading may be complete without what is merged over both rows, or parted below a group.
    fn with_other_half(&self, preview: &Preview, at: usize, single: Candidate) -> Candidate {
        let is_half = |pair: &Candidate| {
            // Nobody stands in the lower row.
            let people = [Column::IdNumber, Column::Name].map(|column| single.found.get(&column));
            let mut people = people.into_iter().flatten().flatten();
            let lower = preview.get(at + 1).map_or(&[][..], |(_, cells)| cells.as_slice());
            let is_above = pair.row == single.row;
            is_above || people.all(|&(at, _)| lower.get(at).is_none_or(|cell| cell.trim().is_empty()))
        };
        let pairs = [at, at + 1].into_iter().filter(|&lower| lower < preview.len());
        let mut pairs = pairs.filter_map(|lower| self.pair(preview, lower)?.ok());
        pairs.find(|pair| is_half(pair) && self.adds_columns(pair, &single)).unwrap_or(single)
    }

    /// Whether a heading on two rows knows all that its lower row knows, and more.
    fn adds_columns(&self, pair: &Candidate, single: &Candidate) -> bool {
        let keeps = single.found.iter().all(|(column, positions)| {
            pair.found.get(column).is_some_and(|others| positions.iter().all(|at| others.contains(at)))
        });
        let count = |candidate: &Candidate| candidate.found.values().map(Vec::len).sum::<usize>();
        keeps && count(pair) > count(single) && self.missing_columns(pair).is_empty()
    }

    /// The rows `lower - 1` and `lower` of the preview as one heading, if they can be one.
    fn pair(&self, preview: &Preview, lower: usize) -> Option<Result<Candidate, Error>> {
        let (row, below) = &preview[lower];
        let (above_row, above) = preview.get(lower.checked_sub(1)?)?;
        // Long numbers are people's, not headings.
        let is_data = |cells: &Vec<String>| cells.iter().any(|cell| longest_number(cell) >= LONG_NUMBER);
        if above_row + 1 != *row || is_data(below) || is_data(above) {
            return None;
        }
        let mut group = "";
        let mut cells = Vec::new();
        for at in 0..above.len().max(below.len()) {
            let cell = |row: &'_ Vec<String>| row.get(at).map_or("", |cell| cell.trim()).to_string();
            let (over, under) = (cell(above), cell(below));
            if !over.is_empty() {
                group = above[at].trim();
            }
            cells.push(self.joined(group, &over, &under));
        }
        let has_both = [above, below].iter().all(|row| row.iter().any(|cell| !cell.trim().is_empty()));
        let rows = vec![above.clone(), below.clone()];
        has_both.then(|| self.recognise(HeadingCells { row: *row, cells, rows }))
    }

    /// The heading of a column on two rows: the lower cell, under the group that stands over it if both
    /// together are known (死者 over 姓名); the upper one where the lower is empty.
    fn joined(&self, group: &str, over: &str, under: &str) -> String {
        if under.is_empty() {
            return over.to_string();
        }
        let together = [format!("{group}{under}"), format!("{under}{group}")];
        let known = together.iter().find(|heading| self.column_of(&normalise(heading).0).is_some());
        known.cloned().unwrap_or_else(|| under.to_string())
    }

    fn not_found(&self, best: Option<(usize, Candidate, Vec<Column>)>) -> Error {
        let (row, found, missing, seen) = match best {
            Some((_, candidate, missing)) => (
                candidate.row,
                candidate.found.keys().copied().collect(),
                missing,
                // The nearest row may be one of data.
                candidate.cells.iter().map(|cell| mask_number_text(cell)).collect(),
            ),
            None => (0, Vec::new(), self.table.required().to_vec(), Vec::new()),
        };
        messages::no_heading_row(self.shown, self.table, row, &found, &missing, &seen)
    }

    fn missing_columns(&self, candidate: &Candidate) -> Vec<Column> {
        let (table, input) = (self.table, self.input);
        let has = |column: &Column| candidate.found.contains_key(column) || input.values.contains_key(column);
        let mut missing: Vec<Column> =
            table.required().iter().copied().filter(|column| !has(column)).collect();
        // A mapping that names a heading which the sheet lacks is a mistake, not a wish.
        let unmapped =
            input.columns.keys().copied().filter(|column| !has(column) && !missing.contains(column));
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

    fn layout_of(&self, preview: &Preview, candidate: Candidate) -> Layout {
        let (table, input) = (self.table, self.input);
        let mut projection: Vec<usize> =
            candidate.found.values().flat_map(|positions| positions.iter().map(|&(at, _)| at)).collect();
        projection.sort_unstable();
        let noticed = noticed(&candidate, &projection);
        // Rows that are no data say so in their first cell. A Parquet file has no such rows.
        let has_label = candidate.row > 0 && !projection.is_empty();
        let read = projection.clone();
        let unread = self.unread_columns(&candidate);
        projection.extend(unread.iter().map(|(at, _)| *at));
        projection.extend(has_label.then_some(0));
        projection.sort_unstable();
        projection.dedup();
        let slot = |position: usize| projection.partition_point(|&at| at < position);
        let mut origins = vec![None; Column::ALL.len()];
        let mut whole = BTreeMap::new();
        for column in table.columns() {
            if let Some(positions) = candidate.found.get(&column) {
                // The canonical heading beside its parts may be their sum.
                let is_whole = |&(at, _): &(usize, AmountUnit)| {
                    normalise(&candidate.cells[at]).0 == normalise(column.title()).0
                };
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
        let codes_of = |column| (column, input.vocabulary.codes_of(column, input.codes.get(&column)));
        let headings = projection.iter().map(|&at| candidate.cells[at].trim().to_string()).collect();
        Layout {
            heading_row: candidate.row,
            repeated: projection.iter().map(|&at| candidate.writings(at)).collect(),
            titles: titles(preview, &candidate),
            width: candidate.cells.len(),
            vocabulary: input.vocabulary.clone(),
            codes: table.columns().filter(|column| column.is_coded()).map(codes_of).collect(),
            read_slots: read.into_iter().map(slot).collect(),
            unread: unread
                .into_iter()
                .map(|(at, column)| UnreadColumn { slot: slot(at), ..column })
                .collect(),
            projection,
            headings,
            noticed,
            whole,
            origins,
            has_label,
        }
    }

    /// The columns that are not read and may stand for the one that the table lacks, with their positions.
    fn unread_columns(&self, candidate: &Candidate) -> Vec<(usize, UnreadColumn)> {
        let lacks = |column: &Column| {
            !candidate.found.contains_key(column) && !self.input.values.contains_key(column)
        };
        let Some(of) = self.table.plain_where_empty().filter(lacks) else { return Vec::new() };
        let is_read = |at: usize| candidate.found.values().flatten().any(|&(other, _)| other == at);
        let cells = candidate.cells.iter().enumerate().filter(|&(at, _)| !is_read(at));
        let unread = cells.filter_map(|(at, cell)| {
            let is_named = self.input.vocabulary.may_stand_for(of, &normalise(cell).0)?;
            let heading = match cell.trim() {
                "" => messages::column_letter(at),
                heading => heading.to_string(),
            };
            Some((at, UnreadColumn { slot: 0, of, heading, is_named }))
        });
        unread.collect()
    }
}

impl Candidate {
    /// What the heading, or either of its rows, says of a column, as it is compared.
    fn writings(&self, position: usize) -> Vec<String> {
        let cells = self.rows.iter().chain([&self.cells]).filter_map(|row| row.get(position));
        cells.map(|cell| normalise(cell).0).filter(|heading| !heading.is_empty()).collect()
    }
}

/// What is noticed about a heading row: columns that are not read, and how others were recognised.
fn noticed(candidate: &Candidate, projection: &[usize]) -> Vec<Observation> {
    let is_unused = |(at, cell): &(usize, &String)| !cell.trim().is_empty() && !projection.contains(at);
    let unused = candidate.cells.iter().enumerate().filter(is_unused);
    let unused = unused.map(|(_, cell)| Observation::HeadingUnused(cell.trim().to_string()));
    let fallbacks = candidate.fallbacks.iter().map(|&column| Observation::HeadingFallback(column));
    let on_two_rows = (!candidate.rows.is_empty()).then_some(Observation::HeadingOnTwoRows);
    unused.chain(fallbacks).chain(on_two_rows).collect()
}

/// The titles above a heading: rows with nothing but their first cell.
fn titles(preview: &Preview, candidate: &Candidate) -> Vec<String> {
    let above = preview.iter().filter(|(row, _)| *row < candidate.row);
    let is_title = |cells: &Vec<String>| cells.iter().skip(1).all(|cell| cell.trim().is_empty());
    let first = above.filter(|(_, cells)| is_title(cells)).filter_map(|(_, cells)| cells.first());
    first.map(|cell| normalise(cell).0).filter(|title| !title.is_empty()).collect()
}

/// A run of so many digits is no part of a heading.
pub(super) const LONG_NUMBER: usize = 8;

/// The length of the longest run of digits in a text, blanks aside.
pub(super) fn longest_number(text: &str) -> usize {
    if text.is_ascii() && text.len() < LONG_NUMBER {
        return 0;
    }
    let plain: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    plain.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}

/// A heading as it is compared with others.
pub(crate) fn heading_name(heading: &str) -> String {
    normalise(heading).0
}

/// A heading without width, blanks, line breaks, the mark of a required field and its unit: `金额（万元）*` is
/// `金额` in 万元.
pub(super) fn normalise(heading: &str) -> (String, Option<AmountUnit>) {
    // 帐 is an older writing of 账.
    let plain = heading.nfkc().filter(|c| !c.is_whitespace() && !c.is_control());
    let plain: String = plain.collect::<String>().to_lowercase().replace('帐', "账");
    let bare = bare(&plain);
    match without_unit(bare) {
        Some((name, unit)) => (self::bare(name).to_string(), Some(unit)),
        None => (bare.to_string(), None),
    }
}

/// A heading without the marks around it.
fn bare(heading: &str) -> &str {
    heading.trim_matches(['*', '\u{203b}']).trim_end_matches([':', '\u{feff}']).trim_start_matches('\u{feff}')
}

/// A heading that ends with a unit, without it: in brackets of any kind, or behind a slash or colon.
fn without_unit(heading: &str) -> Option<(&str, AmountUnit)> {
    const BRACKETS: [(char, char); 5] = [('(', ')'), ('[', ']'), ('【', '】'), ('〔', '〕'), ('{', '}')];
    let bracketed = BRACKETS.iter().find_map(|&(open, close)| {
        let (name, inner) = heading.strip_suffix(close)?.rsplit_once(open)?;
        Some((name, unit_of(inner)?))
    });
    bracketed.or_else(|| {
        // `养老金/元/月` ends with the unit 元/月.
        let mut ends = heading.match_indices(['/', ':', ',', '、']);
        ends.find_map(|(at, mark)| Some((&heading[..at], unit_of(&heading[at + mark.len()..])?)))
    })
}

fn unit_of(word: &str) -> Option<AmountUnit> {
    let word = word.strip_prefix("单位").unwrap_or(word).trim_start_matches(':');
    let word = word.strip_prefix("人民币").unwrap_or(word);
    let word = ["/月", "/人月", "/人", "每月"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    match word {
        "元" => Some(AmountUnit::Yuan),
        "万元" => Some(AmountUnit::Wan),
        "分" => Some(AmountUnit::Fen),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn preview(rows: &[&str]) -> Preview {
        let cells = |row: &&str| row.split(',').map(str::to_string).collect();
        (1..).zip(rows.iter().map(cells)).collect()
    }

    fn found(rows: &[&str]) -> Result<Layout, Error> {
        find(Table::Payments, &Input::default(), "a.csv", &preview(rows))
    }

    /// The positions in the file from which a column is read.
    fn positions(layout: &Layout, column: Column) -> Vec<usize> {
        match layout.origin(column) {
            Some(Origin::Cells(cells)) => cells.iter().map(|&(slot, _)| layout.projection[slot]).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn headings_as_offices_write_them() {
        for (text, name, unit) in [
            ("金额(元)", "金额", Some(AmountUnit::Yuan)),
            ("金额（万元）", "金额", Some(AmountUnit::Wan)),
            ("金额[元]", "金额", Some(AmountUnit::Yuan)),
            ("金额［元］", "金额", Some(AmountUnit::Yuan)),
            ("金额【分】", "金额", Some(AmountUnit::Fen)),
            ("金额/元", "金额", Some(AmountUnit::Yuan)),
            ("金额：元", "金额", Some(AmountUnit::Yuan)),
            ("金额（单位：元）", "金额", Some(AmountUnit::Yuan)),
            ("月待遇(元/月)", "月待遇", Some(AmountUnit::Yuan)),
            ("月待遇/元/月", "月待遇", Some(AmountUnit::Yuan)),
            ("金额（元）*", "金额", Some(AmountUnit::Yuan)),
            ("＊姓名", "姓名", None),
            ("姓名＊", "姓名", None),
            ("姓\n名", "姓名", None),
            (" 姓　名 ", "姓名", None),
            ("姓名：", "姓名", None),
            ("AAC002", "aac002", None),
            ("银行帐号", "银行账号", None),
            ("乡镇/街道", "乡镇/街道", None),
            ("个人账户养老金（补贴）", "个人账户养老金(补贴)", None),
            ("元", "元", None),
            ("", "", None),
        ] {
            assert_eq!(normalise(text), (name.to_string(), unit), "{text}");
        }
    }

    #[test]
    fn a_month_of_payment_is_never_the_benefit_month() {
        assert_eq!(found(&["身份证号,姓名,发放年月,合计"]).unwrap_err().code, "E201");
        let layout = found(&["身份证号,姓名,发放年月,费款所属期,合计"]).unwrap();
        assert_eq!(positions(&layout, Column::BenefitMonth), [3]);
        assert!(layout.noticed.contains(&Observation::HeadingFallback(Column::BenefitMonth)));
        let layout = found(&["身份证号,姓名,费款所属期,待遇所属期,合计"]).unwrap();
        assert_eq!(positions(&layout, Column::BenefitMonth), [3]);
        assert!(layout.noticed.contains(&Observation::HeadingUnused("费款所属期".into())));
    }

    #[test]
    fn headings_on_two_rows_are_read_as_one() {
        // A title, then groups over their parts, with what is merged over both rows beside them.
        let rows = [
            "2023年发放表,,,,,,",
            "序号,身份证号,姓名,所属期,基础养老金,,个人账户养老金",
            ",,,,中央,省级,",
            "1,530499195201010011,甲,202301,98.00,22.00,5.00",
        ];
        // 中央 and 省级 are headings under 基础养老金 only.
        let layout = found(&rows).unwrap();
        assert_eq!(layout.headings[4..6], ["中央基础养老金", "省级基础养老金"]);
        assert_eq!(layout.heading_row, 3);
        assert_eq!(positions(&layout, Column::IdNumber), [1]);
        assert_eq!(positions(&layout, Column::Basic), [4, 5]);
        assert_eq!(positions(&layout, Column::AccountOwn), [6]);
        assert!(layout.noticed.contains(&Observation::HeadingOnTwoRows));
        assert_eq!(layout.titles, ["2023年发放表"]);
    }

    #[test]
    fn a_group_says_whose_name_stands_below_it() {
        let rows = ["死者,,领取人,,金额,发放日期", "姓名,身份证号,姓名,身份证号,,"];
        let layout = find(Table::FuneralGrants, &Input::default(), "a.csv", &preview(&rows)).unwrap();
        assert_eq!(positions(&layout, Column::Name), [0]);
        assert_eq!(positions(&layout, Column::IdNumber), [1]);
        assert_eq!(positions(&layout, Column::PayeeName), [2]);
        assert_eq!(positions(&layout, Column::PayeeId), [3]);
        assert_eq!(positions(&layout, Column::PaidDate), [5]);
    }

    #[test]
    fn a_row_that_fits_takes_what_is_merged_over_it() {
        let rows = ["人员,,,发放类型,", "身份证号,姓名,所属期,,合计", "530499195201010011,甲,202301,正常,1"];
        let layout = found(&rows).unwrap();
        assert_eq!(layout.heading_row, 2);
        assert_eq!(positions(&layout, Column::LineKind), [3]);
        // A title above adds nothing and stays a title.
        let layout = found(&["发放明细,,,", "身份证号,姓名,所属期,合计"]).unwrap();
        assert!(layout.noticed.is_empty(), "{:?}", layout.noticed);
    }

    #[test]
    fn a_row_of_data_is_no_half_of_a_heading() {
        let rows = ["身份证号,姓名,所属期,", "530499195201010011,甲,202301,合计"];
        assert_eq!(found(&rows).unwrap_err().code, "E201");
        // Nor are rows that do not follow each other.
        let mut apart = preview(&["身份证号,姓名,所属期,", ",,,合计"]);
        assert!(find(Table::Payments, &Input::default(), "a.csv", &apart).is_ok());
        apart[1].0 = 3;
        assert!(find(Table::Payments, &Input::default(), "a.csv", &apart).is_err());
    }

    #[test]
    fn what_two_headings_would_mean_is_told_with_their_places() {
        let why = found(&["序号,身份证号,姓名,所属期,公民身份号码,合计"]).unwrap_err();
        assert_eq!(why.code, "E202");
        for word in
            ["B 列“身份证号”", "E 列“公民身份号码”", "公民身份号码(id_number)", "id_number = \"身份证号\""]
        {
            assert!(why.text.zh.contains(word), "{word}: {}", why.text.zh);
        }
        let why = found(&["身份证号,姓名,所属期,姓名,合计"]).unwrap_err();
        assert!(why.text.zh.contains("标题相同"), "{}", why.text.zh);
    }

    #[test]
    fn the_first_column_is_projected_for_labels() {
        let layout = found(&["序号,身份证号,姓名,所属期,合计"]).unwrap();
        assert_eq!((layout.projection, layout.read_slots), (vec![0, 1, 2, 3, 4], vec![1, 2, 3, 4]));
        let layout = found(&["身份证号,姓名,所属期,合计"]).unwrap();
        assert_eq!((layout.projection, layout.read_slots), (vec![0, 1, 2, 3], vec![0, 1, 2, 3]));
        let columns: Preview =
            vec![(0, ["x", "aac002", "aac003", "aae003", "合计"].map(String::from).to_vec())];
        let layout = find(Table::Payments, &Input::default(), "a.parquet", &columns).unwrap();
        assert_eq!((layout.projection.as_slice(), layout.has_label), ([1, 2, 3, 4].as_slice(), false));
    }

    proptest! {
        #[test]
        fn no_cells_make_it_panic(
            rows in proptest::collection::vec(
                proptest::collection::vec("[身份证号姓名金额元(/:*0-9 ]{0,6}", 0..6),
                0..5,
            ),
        ) {
            let preview: Preview = (1..).zip(rows).collect();
            for table in Table::ALL {
                let _ = find(table, &Input::default(), "a.csv", &preview);
            }
        }
    }
}
