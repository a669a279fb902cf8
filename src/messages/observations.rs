//! What was noticed about the inputs and is no reason to reject a row, and why an ID number cannot be used.

use super::{Text, alias_problem_code, alias_problem_text};
use crate::domain::{IdDefect, IdRepairs};
use crate::identity::AliasProblem;
use crate::ingest::Column;

/// Something noticed about the inputs that is no reason to reject a row. It goes to the sheet 数据质量.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observation {
    /// An ID number was mended; which way is named.
    IdRepaired(&'static str),
    /// An ID number cannot be used: the row is kept, nothing is established with it.
    IdUnusable(IdDefect),
    /// The province of an ID number does not exist.
    IdUnknownArea,
    /// The order code of an ID number is 000.
    IdOrderZero,
    /// A name holds a private-use character, which another system may show differently.
    NamePrivateUse,
    /// A day cannot be read.
    DateUnreadable(Column),
    /// A day is a placeholder such as 1900-01-01.
    DatePlaceholder(Column),
    /// A day was written as the number that a spreadsheet keeps of it.
    DateFromSerial(Column),
    /// A month was written as the number that a spreadsheet keeps of one of its days.
    MonthFromSerial(Column),
    /// A month that is not the benefit month cannot be read.
    MonthUnreadable(Column),
    /// A lone dash where an amount is expected: nothing.
    AmountDash(Column),
    /// An amount that decides nothing by itself cannot be read.
    AmountUnreadable(Column),
    /// The components do not add up to the total; the components count.
    TotalMismatch,
    /// An amount that names ten thousands as its own unit.
    AmountInWan(Column),
    /// A heading that stands for no column: what it holds is not read.
    HeadingUnused(String),
    /// Words under a heading that stands for no column, which may be those of a column that the table lacks.
    ReasonUnread(Column, String),
    /// A word of a coded column, for whoever knows which words the rules know.
    Word(Column, String),
    /// More words of a coded column than are told apart.
    MoreWords(Column),
    /// A word that no dictionary knows which reads its column.
    UnknownWord(Column, String),
    /// A code that was read as the word for which it stands.
    CodeRead(Column, String, String),
    /// A column that is known only by a heading that means another thing in some systems.
    HeadingFallback(Column),
    /// The heading stands on two rows.
    HeadingOnTwoRows,
    /// The text is read as GB18030 and looks like UTF-8 with a few bad bytes, the first of them in this row.
    EncodingDoubtful(u32),
    /// A row without any content.
    BlankRow,
    /// A file whose name belongs to another format than its content.
    FormatDiffers(String),
    /// A sheet that holds something and was not read.
    SheetUnread(String),
    /// A hidden sheet that was read, because no visible one fits.
    SheetHidden(String),
    /// Cells of a row took the value of the merged cell that covers them.
    MergedCellFilled,
    /// An amount is merged over a row: it counts once, in the first of its rows.
    MergedAmount,
    /// A cell under a merged one holds something else, which the sheet does not show.
    MergedCellDiffers,
    /// A value was computed from another workbook, as it stood when the file was saved.
    FormulaForeign,
    /// The workbook has links to other workbooks, in a format of which no cell says whether it uses them.
    LinksForeign,
    /// The heading once more, as on the next page.
    RepeatedHeading,
    /// A row with the sum of the sheet.
    TotalRow,
    /// A row with the sum of a page or a part.
    SubtotalRow,
    /// A row with a remark or signatures.
    NoteRow,
    /// The sum that the sheet states is not that of its rows; in fen.
    FooterTotalMismatch {
        /// What the sheet states.
        stated: i128,
        /// What was read, rejected rows with a readable amount included.
        read: i128,
    },
    /// An event lies after the day as of which the audit speaks: it is no date.
    DateAfterAsOf(Column),
    /// An event lies before the person's birth: it is no date.
    DateBeforeBirth(Column),
    /// A death date after the cremation or the registration: it is no date.
    DeathAfterItsRegistration,
    /// A registry row that was registered after `as_of` is not yet known.
    RowNotYetKnown,
    /// A span that ends before it starts covers nothing.
    SpanBackwards,
    /// A payment line outside the audited period.
    OutsidePeriod,
    /// A payment that was not made.
    NotPaid,
    /// A kind of line that is not known; it counts as arrears.
    UnknownLineKind(String),
    /// A payment status that is not known; claims on the line become leads.
    UnknownPayStatus(String),
    /// A returned line without the line that it returned: nothing was paid.
    ReturnedWithoutPartner,
    /// A reversal without the line that it reverses: that month's claims become leads.
    ReversalWithoutPartner,
    /// A line with a negative amount that is not called a reversal; it is treated as one.
    NegativeLine,
    /// A repayment that belongs to no case.
    RepaymentWithoutCase,
    /// A grant without a usable day of payment.
    GrantUndated,
    /// A grant paid after `as_of`: it does not count yet.
    GrantAfterAsOf,
    /// A payee whom the contribution system does not know.
    AbsentFromParticipants,
    /// A usable ID number that ends in the zeros which spreadsheets write for lost digits.
    IdEndsInZeros,
    /// A row whose damaged number or birth date too many others share for it to mean anybody.
    CellsAlike,
    /// A replaced number of which the old or the new one is unusable.
    AliasUnusable,
    /// A replaced number that is odd.
    AliasOdd(AliasProblem),
}

impl Observation {
    /// The code in quality.csv.
    pub fn code(&self) -> String {
        let column = |prefix: &str, column: &Column| format!("{prefix}:{}", column.name());
        match self {
            Observation::IdRepaired(kind) => format!("id_repaired:{kind}"),
            Observation::IdUnusable(defect) => format!("id_unusable:{}", id_defect_code(*defect)),
            Observation::IdUnknownArea => "id_unknown_area".into(),
            Observation::IdOrderZero => "id_order_zero".into(),
            Observation::NamePrivateUse => "name_private_use".into(),
            Observation::DateUnreadable(of) => column("date_unreadable", of),
            Observation::DatePlaceholder(of) => column("date_placeholder", of),
            Observation::DateFromSerial(of) => column("date_from_serial", of),
            Observation::MonthFromSerial(of) => column("month_from_serial", of),
            Observation::MonthUnreadable(of) => column("month_unreadable", of),
            Observation::AmountDash(of) => column("amount_dash", of),
            Observation::AmountUnreadable(of) => column("amount_unreadable", of),
            Observation::AmountInWan(of) => column("amount_in_wan", of),
            Observation::ReasonUnread(of, heading) => format!("reason_unread:{}:{heading}", of.name()),
            Observation::TotalMismatch => "total_mismatch".into(),
            Observation::HeadingUnused(heading) => format!("heading_unused:{heading}"),
            Observation::Word(of, word) => format!("word:{}:{word}", of.name()),
            Observation::MoreWords(of) => column("more_words", of),
            Observation::UnknownWord(of, word) => format!("unknown_word:{}:{word}", of.name()),
            Observation::CodeRead(of, code, word) => format!("code_read:{}:{code}={word}", of.name()),
            Observation::HeadingFallback(of) => column("heading_fallback", of),
            Observation::HeadingOnTwoRows => "heading_on_two_rows".into(),
            Observation::EncodingDoubtful(row) => format!("encoding_doubtful:{row}"),
            Observation::BlankRow => "blank_row".into(),
            Observation::FormatDiffers(format) => format!("format_differs:{format}"),
            Observation::SheetUnread(sheet) => format!("sheet_unread:{sheet}"),
            Observation::SheetHidden(sheet) => format!("sheet_hidden:{sheet}"),
            Observation::MergedCellFilled => "merged_cell_filled".into(),
            Observation::MergedAmount => "merged_amount".into(),
            Observation::MergedCellDiffers => "merged_cell_differs".into(),
            Observation::FormulaForeign => "formula_foreign".into(),
            Observation::LinksForeign => "links_foreign".into(),
            Observation::RepeatedHeading => "repeated_heading".into(),
            Observation::TotalRow => "total_row".into(),
            Observation::SubtotalRow => "subtotal_row".into(),
            Observation::NoteRow => "note_row".into(),
            Observation::FooterTotalMismatch { stated, read } => {
                format!("footer_total_mismatch:{stated}:{read}")
            }
            Observation::DateAfterAsOf(of) => column("date_after_as_of", of),
            Observation::DateBeforeBirth(of) => column("date_before_birth", of),
            Observation::DeathAfterItsRegistration => "death_after_its_registration".into(),
            Observation::RowNotYetKnown => "row_not_yet_known".into(),
            Observation::SpanBackwards => "span_backwards".into(),
            Observation::OutsidePeriod => "outside_period".into(),
            Observation::NotPaid => "not_paid".into(),
            Observation::UnknownLineKind(word) => format!("unknown_line_kind:{word}"),
            Observation::UnknownPayStatus(word) => format!("unknown_pay_status:{word}"),
            Observation::ReturnedWithoutPartner => "returned_without_partner".into(),
            Observation::ReversalWithoutPartner => "reversal_without_partner".into(),
            Observation::NegativeLine => "negative_line".into(),
            Observation::RepaymentWithoutCase => "repayment_without_case".into(),
            Observation::GrantUndated => "grant_undated".into(),
            Observation::GrantAfterAsOf => "grant_after_as_of".into(),
            Observation::AbsentFromParticipants => "absent_from_participants".into(),
            Observation::IdEndsInZeros => "id_ends_in_zeros".into(),
            Observation::CellsAlike => "cells_alike".into(),
            Observation::AliasUnusable => "alias_unusable".into(),
            Observation::AliasOdd(problem) => format!("alias:{}", alias_problem_code(*problem)),
        }
    }

    /// The observation of a code, of those that reading a file makes.
    pub fn from_code(code: &str) -> Option<Observation> {
        let (kind, detail) = code.split_once(':').unwrap_or((code, ""));
        let column = || Column::from_name(detail);
        Some(match kind {
            "id_repaired" => {
                let (_, kind) = IdRepairs::KINDS.into_iter().find(|(_, kind)| *kind == detail)?;
                Observation::IdRepaired(kind)
            }
            "id_unusable" => Observation::IdUnusable(id_defect_of_code(detail)?),
            "id_unknown_area" => Observation::IdUnknownArea,
            "id_order_zero" => Observation::IdOrderZero,
            "id_ends_in_zeros" => Observation::IdEndsInZeros,
            "name_private_use" => Observation::NamePrivateUse,
            "date_unreadable" => Observation::DateUnreadable(column()?),
            "date_placeholder" => Observation::DatePlaceholder(column()?),
            "date_from_serial" => Observation::DateFromSerial(column()?),
            "month_from_serial" => Observation::MonthFromSerial(column()?),
            "month_unreadable" => Observation::MonthUnreadable(column()?),
            "amount_dash" => Observation::AmountDash(column()?),
            "amount_unreadable" => Observation::AmountUnreadable(column()?),
            "amount_in_wan" => Observation::AmountInWan(column()?),
            "reason_unread" => {
                let (of, heading) = detail.split_once(':')?;
                Observation::ReasonUnread(Column::from_name(of)?, heading.to_string())
            }
            "date_before_birth" => Observation::DateBeforeBirth(column()?),
            "total_mismatch" => Observation::TotalMismatch,
            "heading_unused" => Observation::HeadingUnused(detail.to_string()),
            "word" => {
                let (of, word) = detail.split_once(':')?;
                Observation::Word(Column::from_name(of)?, word.to_string())
            }
            "more_words" => Observation::MoreWords(column()?),
            "code_read" => {
                let (of, read) = detail.split_once(':')?;
                let (code, word) = read.split_once('=')?;
                Observation::CodeRead(Column::from_name(of)?, code.to_string(), word.to_string())
            }
            "heading_fallback" => Observation::HeadingFallback(column()?),
            "heading_on_two_rows" => Observation::HeadingOnTwoRows,
            "encoding_doubtful" => Observation::EncodingDoubtful(detail.parse().ok()?),
            "blank_row" => Observation::BlankRow,
            "format_differs" => Observation::FormatDiffers(detail.to_string()),
            "sheet_unread" => Observation::SheetUnread(detail.to_string()),
            "sheet_hidden" => Observation::SheetHidden(detail.to_string()),
            "merged_cell_filled" => Observation::MergedCellFilled,
            "merged_amount" => Observation::MergedAmount,
            "merged_cell_differs" => Observation::MergedCellDiffers,
            "formula_foreign" => Observation::FormulaForeign,
            "links_foreign" => Observation::LinksForeign,
            "repeated_heading" => Observation::RepeatedHeading,
            "total_row" => Observation::TotalRow,
            "subtotal_row" => Observation::SubtotalRow,
            "note_row" => Observation::NoteRow,
            "footer_total_mismatch" => {
                let (stated, read) = detail.split_once(':')?;
                Observation::FooterTotalMismatch { stated: stated.parse().ok()?, read: read.parse().ok()? }
            }
            _ => return None,
        })
    }

    /// The sentence in the sheet 数据质量.
    pub fn text(&self) -> Text {
        let of = |column: &Column| column.title();
        match self {
            Observation::IdRepaired(kind) => {
                let (zh, en) = id_repair_words(kind);
                Text::new(format!("证件号已修正写法：{zh}"), format!("ID number mended: {en}"))
            }
            Observation::IdUnusable(defect) => {
                let text = id_defect_text(*defect);
                Text::new(
                    format!("证件号不可用（行保留，不作认定）：{}", text.zh),
                    format!("ID number unusable (the row is kept, nothing is established): {}", text.en),
                )
            }
            Observation::IdUnknownArea => Text::new(
                "证件号的行政区划代码不存在，请核对",
                "the area code of the ID number does not exist",
            ),
            Observation::IdOrderZero => {
                Text::new("证件号顺序码为 000，请核对", "the order code of the ID number is 000")
            }
            Observation::IdEndsInZeros => Text::new(
                "证件号末三位为000但校验相符，可能被表格软件截断过，请核对原表",
                "the ID number ends in 000 and yet fits: a spreadsheet may have cut it; compare the original",
            ),
            Observation::CellsAlike => Text::new(
                "一千以上的行证件号（或出生日期）写法相同或相近，多半是占位号码，据此不能找出是谁，未作比对；\
                 请报送单位逐行补填真实证件号（或出生日期）后重新审计",
                "more than 1,000 rows share this damaged number or birth date, as a filler does; they were compared \
                 with nobody by it: have the real numbers (or birth dates) filled in and audit again",
            ),
            Observation::AliasUnusable => Text::new(
                "证件号变更：原号码或现号码不可用，本行不使用",
                "a replaced number of which one is unusable; the row is not used",
            ),
            Observation::AliasOdd(problem) => alias_problem_text(*problem),
            Observation::NamePrivateUse => Text::new(
                "姓名含自造字，其他系统可能显示为别的字",
                "a name holds a private-use character, which other systems may show differently",
            ),
            Observation::DateUnreadable(column) => Text::new(
                format!("{} 不是有效日期，按未填处理", of(column)),
                format!("{} is no date and counts as empty", column.name()),
            ),
            Observation::DatePlaceholder(column) => Text::new(
                format!("{} 为占位日期（如 1900-01-01），按未填处理", of(column)),
                format!("{} is a placeholder (1900-01-01) and counts as empty", column.name()),
            ),
            Observation::DateFromSerial(column) => Text::new(
                format!("{} 写成了电子表格的日期序号（如 44941），已换算为日期，请抽查", of(column)),
                format!(
                    "{} is the serial number of a day (44941) and was converted; check some",
                    column.name()
                ),
            ),
            Observation::MonthFromSerial(column) => Text::new(
                format!("{} 写成了电子表格的日期序号（如 44941），按该日所在月份读取，请抽查", of(column)),
                format!(
                    "{} is the serial number of a day (44941) and was read as that day's month; check some",
                    column.name()
                ),
            ),
            Observation::AmountDash(column) => Text::new(
                format!("{} 只写了短横线，按未填处理", of(column)),
                format!("{} is a lone dash and counts as empty", column.name()),
            ),
            Observation::MonthUnreadable(column) => Text::new(
                format!("{} 不是有效年月，按未填处理", of(column)),
                format!("{} is no month and counts as empty", column.name()),
            ),
            Observation::AmountUnreadable(column) => Text::new(
                format!("{} 不是有效金额，按未填处理", of(column)),
                format!("{} is no amount and counts as empty", column.name()),
            ),
            Observation::DateAfterAsOf(column) => Text::new(
                format!("{} 晚于审计截止日，不作日期使用", of(column)),
                format!("{} lies after as_of and is no date", column.name()),
            ),
            Observation::DateBeforeBirth(column) => Text::new(
                format!("{} 早于出生日期，不作日期使用", of(column)),
                format!("{} lies before the birth and is no date", column.name()),
            ),
            Observation::HeadingUnused(heading) => Text::new(
                format!("未识别的列“{heading}”没有读取；若与认定有关，请在 [input.columns] 中指明"),
                format!(
                    "the column \"{heading}\" is not known and was not read; name it under [input.columns] if it matters"
                ),
            ),
            Observation::AmountInWan(column) => Text::new(
                format!("{} 的单元格中写有“万”，已按 10000 元换算，请核对", of(column)),
                format!("{} names 万 in the cell and was read as 10000 yuan each; check it", column.name()),
            ),
            Observation::ReasonUnread(column, heading) => Text::new(
                format!(
                    "没有认出“{of}”列，而未识别的列“{heading}”可能就是：有内容的行只作线索，不作认定。是的请写 [input.columns] {name} = \"{heading}\"；不是的，请用 [input.values] {name} = \"…\" 写明全表的{of}",
                    of = of(column),
                    name = column.name()
                ),
                format!(
                    "the column {name} was not found and the unknown column \"{heading}\" may be it: rows that say something there are leads, never claims. If it is, write [input.columns] {name} = \"{heading}\"; if not, state the word for the whole file by [input.values] {name} = \"…\"",
                    name = column.name()
                ),
            ),
            Observation::FormatDiffers(format) => Text::new(
                format!("扩展名与内容不符：内容是 {format}，已按内容读取"),
                format!("the name belongs to another format: the content is {format} and was read as that"),
            ),
            Observation::SheetUnread(sheet) => Text::new(
                format!("工作表“{sheet}”有内容但没有读取；若也是数据，请另写一个 [[input]] 用 sheet 指明"),
                format!(
                    "the sheet \"{sheet}\" holds something and was not read; if it is data, name it by sheet in an [[input]] of its own"
                ),
            ),
            Observation::SheetHidden(sheet) => Text::new(
                format!("读取的是隐藏的工作表“{sheet}”（可见的工作表都不相符），请核对"),
                format!("the hidden sheet \"{sheet}\" was read, as no visible one fits; check it"),
            ),
            Observation::UnknownWord(column, word) => Text::new(
                format!(
                    "{} 中的“{word}”不在词典中，不据以认定；若是代码请在 [input.codes.{}] 中指明，若是新的写法请补入 values.toml 或词典",
                    of(column),
                    column.name()
                ),
                format!(
                    "no dictionary knows \"{word}\" in {name}: nothing is established by it. If it is a code, say so under [input.codes.{name}]; if it is a new word, add it to values.toml or a dictionary",
                    name = column.name()
                ),
            ),
            Observation::MoreWords(column) => Text::new(
                format!("{} 中不同的写法太多，其余的没有逐一列出；请核对是否错列", of(column)),
                format!(
                    "{} holds too many different words to list the others; check for shifted columns",
                    column.name()
                ),
            ),
            Observation::CodeRead(column, code, word) => Text::new(
                format!(
                    "{} 的“{code}”按“{word}”读取；若本文件中另有含义，请在 [input.codes.{}] 中指明",
                    of(column),
                    column.name()
                ),
                format!(
                    "\"{code}\" in {name} was read as \"{word}\"; if it means another thing in this file, say so under [input.codes.{name}]",
                    name = column.name()
                ),
            ),
            Observation::HeadingFallback(column) => Text::new(
                format!(
                    "没有更确切的标题，{} 取自另有他义的列（如“费款所属期”）；请核对，必要时在 [input.columns] 中指明",
                    of(column)
                ),
                format!(
                    "{} was taken from a heading that may mean another thing, for want of a better one; check it, and name the right one under [input.columns]",
                    column.name()
                ),
            ),
            Observation::EncodingDoubtful(row) => Text::new(
                format!(
                    "文件按 GB18030 读取，但绝大部分像是 UTF-8（首个坏字节在第 {row} 行）；若姓名是乱码，请写 encoding = \"utf-8\""
                ),
                format!(
                    "read as GB18030, yet most of it looks like UTF-8 (the first bad byte is in row {row}); if names are garbled write encoding = \"utf-8\""
                ),
            ),
            Observation::FooterTotalMismatch { stated, read } => Text::new(
                format!(
                    "表尾合计 {} 元，读入各行合计 {} 元，请核对是否缺行或串列",
                    yuan(*stated),
                    yuan(*read)
                ),
                format!(
                    "the sheet states a sum of {} yuan, its rows come to {}; look for missing or shifted rows",
                    yuan(*stated),
                    yuan(*read)
                ),
            ),
            Observation::UnknownLineKind(word) => Text::new(
                format!("不认识的发放类型“{word}”，按补发处理"),
                format!("unknown kind of line \"{word}\"; it counts as arrears"),
            ),
            Observation::UnknownPayStatus(word) => Text::new(
                format!("不认识的代发结果“{word}”，该笔的认定降为线索"),
                format!("unknown payment status \"{word}\"; claims on the line become leads"),
            ),
            plain => plain.plain_text(),
        }
    }

    /// The sentences that need no detail.
    fn plain_text(&self) -> Text {
        let (zh, en) = match self {
            Observation::TotalMismatch => (
                "各项金额之和与合计不符，以各项金额为准",
                "the components do not add up to the total; they count",
            ),
            Observation::HeadingOnTwoRows => {
                ("表头占两行，已合并识别", "the heading stands on two rows and was read as one")
            }
            Observation::BlankRow => ("空白行，已跳过", "a blank row was skipped"),
            Observation::MergedCellFilled => (
                "合并单元格覆盖的行，文字、证件号、日期已按合并的值读取",
                "a merged cell covers the row; its words, number or day were read for it",
            ),
            Observation::MergedAmount => (
                "金额单元格跨行合并，只计在首行，请核对",
                "an amount is merged over the row; it counts in its first row only",
            ),
            Observation::MergedCellDiffers => (
                "合并单元格下面另有不同的值（表上看不见），按该行自己的值读取，请核对",
                "a merged cell hides another value; the row's own was read",
            ),
            Observation::FormulaForeign => (
                "值由其他工作簿的数据计算得出（以文件保存时为准），请核对",
                "the value was computed from another workbook, as it stood when the file was saved",
            ),
            Observation::LinksForeign => (
                "工作簿链接了其他工作簿，有的值可能由其数据计算得出（以文件保存时为准），请与原表核对",
                "the workbook has links to other workbooks: values may have been computed from these, as they \
                 stood when the file was saved; compare the original",
            ),
            Observation::RepeatedHeading => {
                ("数据中重复的表头或标题，不作数据", "a heading or title within the data is no row of it")
            }
            Observation::TotalRow => {
                ("表尾合计行，不作数据", "a row with the sum of the sheet is no row of data")
            }
            Observation::SubtotalRow => {
                ("小计行，不作数据", "a row with the sum of a part is no row of data")
            }
            Observation::NoteRow => {
                ("说明、签章等行，不作数据", "a row with a remark or signatures is no row of data")
            }
            Observation::DeathAfterItsRegistration => (
                "死亡日期晚于火化或登记日期，不作日期使用",
                "a death date after cremation or registration is no date",
            ),
            Observation::RowNotYetKnown => {
                ("登记日期晚于审计截止日，本次不使用该行", "registered after as_of; the row is not used yet")
            }
            Observation::SpanBackwards => {
                ("终止早于起始，不覆盖任何月份", "the end lies before the start; it covers no month")
            }
            Observation::OutsidePeriod => {
                ("待遇所属期不在审计期内，不作认定", "the benefit month lies outside the period")
            }
            Observation::NotPaid => {
                ("未成功发放的记录，不作认定", "the payment was not made; no rule looks at it")
            }
            Observation::ReturnedWithoutPartner => (
                "退票记录找不到对应的发放记录，视为未发放",
                "a returned line without partner: nothing was paid",
            ),
            Observation::ReversalWithoutPartner => (
                "冲销记录找不到对应的发放记录，该月认定降为线索",
                "a reversal without partner: that month's claims become leads",
            ),
            Observation::NegativeLine => (
                "金额为负但发放类型不是冲销，按冲销处理",
                "a negative amount that is not called a reversal is treated as one",
            ),
            Observation::RepaymentWithoutCase => {
                ("退回记录找不到对应的案件", "a repayment belongs to no case")
            }
            Observation::GrantUndated => {
                ("丧葬补助金没有有效的发放日期", "a funeral grant has no usable day of payment")
            }
            Observation::GrantAfterAsOf => {
                ("丧葬补助金发放晚于审计截止日，暂不计入", "a grant paid after as_of does not count yet")
            }
            Observation::AbsentFromParticipants => {
                ("发放名册有、缴费（参保）系统无信息", "a payee whom the contribution system does not know")
            }
            _ => ("", ""),
        };
        Text::new(zh, en)
    }
}

/// Fen as yuan with two decimals.
fn yuan(fen: i128) -> String {
    let (sign, absolute) = (if fen < 0 { "-" } else { "" }, fen.unsigned_abs());
    format!("{sign}{}.{:02}", absolute / 100, absolute % 100)
}

/// The code of a defect of an ID number.
pub fn id_defect_code(defect: IdDefect) -> &'static str {
    match defect {
        IdDefect::Empty => "empty",
        IdDefect::Length => "length",
        IdDefect::Characters => "characters",
        IdDefect::BirthDate => "birth_date",
        IdDefect::CheckCharacter => "check_character",
        IdDefect::Centenarian => "order_996_999",
        IdDefect::StoredAsNumber => "stored_as_number",
        IdDefect::LostDigits => "lost_digits",
        IdDefect::FormulaError => "formula_error",
    }
}

/// The code of a defect in docs/errors.md.
pub fn id_defect_number(defect: IdDefect) -> &'static str {
    match defect {
        IdDefect::Empty => "E401",
        IdDefect::Length => "E402",
        IdDefect::Characters => "E403",
        IdDefect::BirthDate => "E404",
        IdDefect::CheckCharacter => "E405",
        IdDefect::Centenarian => "E406",
        IdDefect::StoredAsNumber => "E407",
        IdDefect::LostDigits => "E408",
        IdDefect::FormulaError => "E409",
    }
}

/// The defect of a code.
pub fn id_defect_of_code(code: &str) -> Option<IdDefect> {
    IdDefect::ALL.into_iter().find(|defect| id_defect_code(*defect) == code)
}

/// Why an ID number cannot be used.
pub fn id_defect_text(defect: IdDefect) -> Text {
    match defect {
        IdDefect::Empty => Text::new("证件号为空", "the ID number is empty"),
        IdDefect::Length => {
            Text::new("证件号位数不是18位或15位", "the ID number has neither 18 nor 15 characters")
        }
        IdDefect::Characters => {
            Text::new("证件号含有非数字字符", "the ID number holds characters that are no digits")
        }
        IdDefect::BirthDate => Text::new(
            "证件号中的出生日期不存在或晚于审计截止日",
            "the birth date in the ID number is not real or after as_of",
        ),
        IdDefect::CheckCharacter => {
            Text::new("证件号校验位不符", "the check character of the ID number does not fit")
        }
        IdDefect::Centenarian => Text::new(
            "15位证件号顺序码为996至999（百岁老人专用），不能按19世纪升位",
            "a 15-digit number with order 996 to 999 belongs to someone born before 1900",
        ),
        IdDefect::StoredAsNumber => Text::new(
            "证件号以数值存储，末几位已丢失，请报送单位按文本格式重新导出",
            "the ID number was stored as a number and lost its last digits; have it exported as text",
        ),
        IdDefect::LostDigits => Text::new(
            "证件号末三位为000，多半被表格软件按数值截断，请报送单位按文本格式重新导出",
            "the ID number ends in 000: a spreadsheet most likely cut it; have it exported as text",
        ),
        IdDefect::FormulaError => Text::new(
            "证件号处是电子表格的公式错误（如 #N/A），没有值",
            "in the place of the ID number stands a failed formula of the spreadsheet (#N/A)",
        ),
    }
}

fn id_repair_words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "full_width" => ("全角转半角", "full-width characters"),
        "blanks" => ("去除空格", "blanks removed"),
        "apostrophe" => ("去除前置撇号", "leading apostrophe removed"),
        "lower_x" => ("小写x改为X", "lower-case x"),
        _ => ("15位升18位", "15 digits extended to 18"),
    }
}
