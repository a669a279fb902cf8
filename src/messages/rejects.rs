//! Why a row is rejected, and what to do about it.

use super::Text;

/// Why a row was rejected.
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
}

impl RejectReason {
    /// Every reason.
    pub const ALL: [RejectReason; 8] = [
        RejectReason::MonthEmpty,
        RejectReason::MonthUnreadable,
        RejectReason::AmountEmpty,
        RejectReason::AmountUnreadable,
        RejectReason::AmountTooPrecise,
        RejectReason::AmountTooLarge,
        RejectReason::Undecodable,
        RejectReason::TooManyCells,
    ];

    /// The reason of a code.
    pub fn from_code(code: &str) -> Option<RejectReason> {
        RejectReason::ALL.into_iter().find(|reason| reason.code() == code)
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
        }
    }
}
