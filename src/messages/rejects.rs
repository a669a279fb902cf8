//! Why a row is rejected, and what to do about it.

use super::{CATALOGUE, Text, id_defect_number, id_defect_text};
use crate::domain::IdDefect;

/// Why a row was rejected, or a cell of a kept row is to be corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectReason {
    /// The benefit month is empty.
    MonthEmpty,
    /// The benefit month is no month.
    MonthUnreadable,
    /// No amount is written.
    AmountEmpty,
    /// An amount is no number.
    AmountUnreadable,
    /// An amount has more digits than fen.
    AmountTooPrecise,
    /// An amount is beyond any pension.
    AmountTooLarge,
    /// The row holds bytes that its encoding does not know.
    Undecodable,
    /// The row has more cells than the heading.
    TooManyCells,
    /// A day of a kept row is no day.
    DateUnreadable,
    /// A day of a kept row is a placeholder.
    DatePlaceholder,
    /// A month of a kept row, other than the benefit month, is no month.
    OtherMonthUnreadable,
    /// The mark of a formula that a spreadsheet could not compute.
    FormulaError,
    /// The ID number of a kept row is unusable.
    IdUnusable(IdDefect),
}

impl RejectReason {
    /// Every reason but the defects of ID numbers.
    pub const ALL: [RejectReason; 12] = [
        RejectReason::MonthEmpty,
        RejectReason::MonthUnreadable,
        RejectReason::AmountEmpty,
        RejectReason::AmountUnreadable,
        RejectReason::AmountTooPrecise,
        RejectReason::AmountTooLarge,
        RejectReason::Undecodable,
        RejectReason::TooManyCells,
        RejectReason::DateUnreadable,
        RejectReason::DatePlaceholder,
        RejectReason::OtherMonthUnreadable,
        RejectReason::FormulaError,
    ];

    /// The reason of a code.
    pub fn from_code(code: &str) -> Option<RejectReason> {
        let defects = IdDefect::ALL.into_iter().map(RejectReason::IdUnusable);
        RejectReason::ALL.into_iter().chain(defects).find(|reason| reason.code() == code)
    }

    /// The code in rejects.csv.
    pub fn code(self) -> &'static str {
        match self {
            RejectReason::MonthEmpty => "E301",
            RejectReason::MonthUnreadable => "E302",
            RejectReason::AmountEmpty => "E303",
            RejectReason::AmountUnreadable => "E304",
            RejectReason::AmountTooPrecise => "E305",
            RejectReason::AmountTooLarge => "E306",
            RejectReason::Undecodable => "E307",
            RejectReason::TooManyCells => "E308",
            RejectReason::DateUnreadable => "E309",
            RejectReason::DatePlaceholder => "E310",
            RejectReason::OtherMonthUnreadable => "E311",
            RejectReason::FormulaError => "E312",
            RejectReason::IdUnusable(defect) => id_defect_number(defect),
        }
    }

    /// What is wrong, as a sentence.
    pub fn reason(self) -> Text {
        match self {
            RejectReason::MonthEmpty => Text::new("待遇所属期为空", "the benefit month is empty"),
            RejectReason::MonthUnreadable => {
                Text::new("待遇所属期不是有效年月", "the benefit month is no month")
            }
            RejectReason::AmountEmpty => Text::new("没有任何金额", "no amount is written"),
            RejectReason::AmountUnreadable => Text::new("金额不是数字", "the amount is no number"),
            RejectReason::AmountTooPrecise => Text::new("金额精确到分以下", "the amount is finer than a fen"),
            RejectReason::AmountTooLarge => {
                Text::new("金额超过一亿元", "the amount exceeds 100 million yuan")
            }
            RejectReason::TooManyCells => Text::new(
                "单元格多于表头，各列可能错位",
                "it has more cells than the heading; columns may be shifted",
            ),
            RejectReason::Undecodable => Text::new(
                "含有无法按文件编码识别的字节",
                "it holds bytes that the file's encoding does not know",
            ),
            RejectReason::DateUnreadable => {
                Text::new("不是有效日期，按未填处理", "is no date and counts as empty")
            }
            RejectReason::DatePlaceholder => Text::new(
                "占位日期（如 1900-01-01），按未填处理",
                "is a placeholder (1900-01-01) and counts as empty",
            ),
            RejectReason::OtherMonthUnreadable => {
                Text::new("不是有效年月，按未填处理", "is no month and counts as empty")
            }
            RejectReason::FormulaError => Text::new(
                "电子表格的公式出错，没有算出值",
                "a formula of the spreadsheet failed; there is no value",
            ),
            RejectReason::IdUnusable(defect) => id_defect_text(defect),
        }
    }

    /// What to do about it.
    pub fn remedy(self) -> Text {
        match self {
            RejectReason::MonthEmpty => Text::new(
                "请报送单位补填待遇所属期（如 202301）",
                "have the office fill in the benefit month (202301)",
            ),
            RejectReason::MonthUnreadable => Text::new(
                "请改为 202301、2023-01 或 202301-202306 的写法",
                "write it as 202301, 2023-01 or 202301-202306",
            ),
            RejectReason::AmountEmpty => {
                Text::new("请补填各项金额或合计", "fill in the components or the total")
            }
            RejectReason::AmountUnreadable => {
                Text::new("请改为以元为单位的数字（如 150.00）", "write a plain number in yuan (150.00)")
            }
            RejectReason::AmountTooPrecise => Text::new(
                "请核对金额单位（[input.units]）或保留两位小数",
                "check the unit ([input.units]) or keep two decimals",
            ),
            RejectReason::AmountTooLarge => Text::new(
                "请检查是否错列（账号填入金额列）或单位有误",
                "check for shifted columns (an account number among the amounts) or a wrong unit",
            ),
            RejectReason::TooManyCells => Text::new(
                "请检查金额中的逗号是否加了引号（\"1,160.00\"）",
                "check for a comma in an amount without quotes (\"1,160.00\")",
            ),
            RejectReason::Undecodable => Text::new(
                "请用原系统重新导出，或在 audit.toml 中指定 encoding",
                "export the file again, or state its encoding in audit.toml",
            ),
            RejectReason::DateUnreadable => Text::new(
                "请核对原始材料，改为 2023-01-15 的写法",
                "compare the original and write it as 2023-01-15",
            ),
            RejectReason::DatePlaceholder => Text::new(
                "请补填真实日期，确实没有的留空",
                "fill in the real day, or leave it empty if there is none",
            ),
            RejectReason::OtherMonthUnreadable => Text::new(
                "请核对原始材料，改为 202301 或 2023-01 的写法",
                "compare the original and write it as 202301 or 2023-01",
            ),
            RejectReason::FormulaError => Text::new(
                "请在原表中修正公式，或把值直接填入该格",
                "mend the formula in the original, or write the value into the cell",
            ),
            RejectReason::IdUnusable(_) => {
                let entry = CATALOGUE.iter().find(|entry| entry.code == self.code());
                entry.map_or_else(|| Text::new("", ""), super::Entry::remedy)
            }
        }
    }
}
