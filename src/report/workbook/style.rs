//! The looks of cells: fonts, borders and number formats, made once for the whole workbook.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

/// The font of Chinese office documents; a machine without it falls back to its own.
const FONT: &str = "宋体";
const HEADING_FILL: u32 = 0xDCE6F1;
const BORDER: u32 = 0xA6A6A6;
/// Yuan with thousands separators; what came back too much is red.
const MONEY: &str = "#,##0.00_ ;[Red]-#,##0.00_ ";

/// How a cell looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The title of a sheet.
    Title,
    /// A line below a title or a table.
    Note,
    /// The title of a part of a sheet.
    Section,
    /// A heading of a table.
    Heading,
    /// Numbers and codes that are text: never wrapped, never taken for a number.
    Code,
    /// Words; a long text wraps.
    Text,
    /// Short words in the middle of their cell.
    Centre,
    /// The number of a row.
    Serial,
    /// Yuan.
    Money,
    /// A count.
    Count,
    /// The label of a line of totals.
    TotalLabel,
    /// The yuan of a line of totals.
    TotalMoney,
    /// The count of a line of totals.
    TotalCount,
}

/// The formats, one for each look.
pub(super) struct Style {
    title: Format,
    note: Format,
    section: Format,
    heading: Format,
    code: Format,
    text: Format,
    quoted: Format,
    centre: Format,
    serial: Format,
    money: Format,
    count: Format,
    total_label: Format,
    total_money: Format,
    total_count: Format,
}

/// The look of a cell that says nothing of its own; it gives the unit in which widths are measured.
pub(super) fn default_format() -> Format {
    Format::new().set_font_name(FONT).set_font_size(11)
}

/// The pixels of a row and of a column in that look.
pub(super) const DEFAULT_PIXELS: (u32, u32) = (18, 72);

impl Style {
    pub(super) fn new() -> Style {
        let plain =
            Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::VerticalCenter);
        let boxed = plain.clone().set_border(FormatBorder::Thin).set_border_color(BORDER);
        let total = boxed.clone().set_bold().set_background_color(0xF2F2F2);
        let money = |format: &Format| format.clone().set_align(FormatAlign::Right).set_num_format(MONEY);
        let count = |format: &Format| format.clone().set_align(FormatAlign::Right).set_num_format("#,##0_ ");
        Style {
            title: plain.clone().set_font_size(16).set_bold(),
            section: plain.clone().set_font_size(12).set_bold(),
            heading: boxed
                .clone()
                .set_bold()
                .set_background_color(HEADING_FILL)
                .set_align(FormatAlign::Center)
                .set_text_wrap(),
            code: boxed.clone().set_num_format("@"),
            text: boxed.clone().set_text_wrap(),
            quoted: boxed.clone().set_text_wrap().set_quote_prefix(),
            centre: boxed.clone().set_align(FormatAlign::Center).set_num_format("@"),
            serial: boxed.clone().set_align(FormatAlign::Center),
            money: money(&boxed),
            count: count(&boxed),
            total_label: total.clone(),
            total_money: money(&total),
            total_count: count(&total),
            note: plain,
        }
    }

    /// A look for a text that begins like a formula: it stays a text when somebody edits the cell.
    pub(super) fn quoted(&self, look: Look) -> &Format {
        if look == Look::Text { &self.quoted } else { self.of(look) }
    }

    pub(super) fn of(&self, look: Look) -> &Format {
        match look {
            Look::Title => &self.title,
            Look::Note => &self.note,
            Look::Section => &self.section,
            Look::Heading => &self.heading,
            Look::Code => &self.code,
            Look::Text => &self.text,
            Look::Centre => &self.centre,
            Look::Serial => &self.serial,
            Look::Money => &self.money,
            Look::Count => &self.count,
            Look::TotalLabel => &self.total_label,
            Look::TotalMoney => &self.total_money,
            Look::TotalCount => &self.total_count,
        }
    }
}
