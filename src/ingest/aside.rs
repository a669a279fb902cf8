//! Rows of a sheet that are no data: repeated headings, sums, remarks and signatures.
//!
//! Owns how such a row is told from a person's. Whatever has an ID number, or nothing that marks it, is data:
//! a row is never taken aside because it cannot be read.

use super::cells::RowView;
use super::heading::{LONG_NUMBER, Layout, longest_number, normalise};
use super::schema::Column;
use super::vocabulary::RowLabel;
use crate::messages::Observation;

/// What a row is that is no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aside {
    Blank,
    RepeatedHeading,
    Label(RowLabel),
}

impl Aside {
    /// What is noticed about it.
    pub(crate) fn observation(self) -> Observation {
        match self {
            Aside::Blank => Observation::BlankRow,
            Aside::RepeatedHeading => Observation::RepeatedHeading,
            Aside::Label(RowLabel::GrandTotal) => Observation::TotalRow,
            Aside::Label(RowLabel::Subtotal) => Observation::SubtotalRow,
            Aside::Label(RowLabel::Note) => Observation::NoteRow,
        }
    }

    /// What a row is, if it is no data. Nearly every row begins a person's ID number, which settles it.
    #[inline]
    pub(crate) fn of(view: &RowView<'_>) -> Option<Aside> {
        let id = view.text(Column::IdNumber);
        let is_number = id.len() >= 15 && id.as_bytes()[0].is_ascii_digit();
        if is_number { None } else { Aside::without_number(view, id) }
    }

    fn without_number(view: &RowView<'_>, id: &str) -> Option<Aside> {
        let layout = view.layout;
        let label = if layout.has_label { view.chunk.cell(view.row, 0).trim() } else { "" };
        if view.is_blank() {
            // What only the first column says is no data, unless that column is read.
            let is_serial = label.bytes().all(|byte| byte.is_ascii_digit());
            return Some(match layout.vocabulary.row_label(label) {
                _ if is_serial => Aside::Blank,
                _ if is_title(view, label) => Aside::RepeatedHeading,
                found => Aside::Label(found.unwrap_or(RowLabel::Note)),
            });
        }
        if longest_number(id) >= LONG_NUMBER {
            return None;
        }
        if is_heading(view) || is_title(view, label) {
            return Some(Aside::RepeatedHeading);
        }
        // Of a repayment, the case stands for the person.
        let person = [Column::Name, Column::CaseId].map(|column| view.text(column));
        let found = [label, id, person[0]].iter().find_map(|cell| layout.vocabulary.row_label(cell));
        let is_person = |cell: &str| is_person(layout, cell);
        let has_person = person.into_iter().any(is_person);
        let found = match found {
            // 虚构乡合计 in the first column.
            None if id.is_empty() && person.iter().all(|cell| cell.is_empty()) => {
                layout.vocabulary.is_sum_of_part(label).then_some(RowLabel::Subtotal)
            }
            // 制表人 in one cell and a name in the next: nothing else of the row is a month, a day or a sum.
            Some(RowLabel::Note) => (!has_figures(view)).then_some(RowLabel::Note),
            Some(_) if has_person => None,
            found => found,
        };
        found.map(Aside::Label)
    }
}

/// Whether a cell names somebody, and is neither a label nor a figure.
fn is_person(layout: &Layout, cell: &str) -> bool {
    let is_mark = |c: char| c.is_numeric() || matches!(c, ':' | '\u{ff1a}');
    !cell.is_empty() && !cell.contains(is_mark) && layout.vocabulary.row_label(cell).is_none()
}

/// Whether anything beside who it is may be a month, a day or a sum.
fn has_figures(view: &RowView<'_>) -> bool {
    let who = [view.slot(Column::IdNumber), view.slot(Column::Name)];
    let slots = view.layout.read_slots.iter().copied();
    let mut others = slots.filter(|slot| !who.contains(&Some(*slot)));
    others.any(|slot| {
        let cell = view.chunk.cell(view.row, slot);
        // 第1页、电话:… are labels; 2023-01-15 00:00:00 is a day.
        let is_label = cell.contains([':', '\u{ff1a}']) && !cell.trim().starts_with(char::is_numeric);
        cell.contains(char::is_numeric) && !is_label
    })
}

/// Whether a row says what the heading says, as on the next page.
fn is_heading(view: &RowView<'_>) -> bool {
    let says = |slot: usize| {
        let heading = normalise(view.chunk.cell(view.row, slot)).0;
        view.layout.repeated[slot].contains(&heading)
    };
    let who = [view.slot(Column::IdNumber), view.slot(Column::Name)];
    if let [Some(id), Some(name)] = who
        && says(id)
        && says(name)
    {
        return true;
    }
    // The lower row of a heading on two rows.
    let slots = view.layout.read_slots.iter().copied();
    let mut filled = slots.filter(|&slot| !view.chunk.cell(view.row, slot).trim().is_empty());
    let mut count = 0;
    filled.all(|slot| {
        count += 1;
        says(slot)
    }) && count >= 2
}

/// Whether a row holds nothing but the title that stands above the heading.
fn is_title(view: &RowView<'_>, label: &str) -> bool {
    let titles = &view.layout.titles;
    if label.is_empty() || titles.is_empty() || !titles.contains(&normalise(label).0) {
        return false;
    }
    let slots = view.layout.read_slots.iter().filter(|slot| **slot > 0);
    slots.into_iter().all(|&slot| view.chunk.cell(view.row, slot).trim().is_empty())
}
