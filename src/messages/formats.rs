//! What is said of the formats of input files: what cannot be read, what is too large, and what to do about
//! it.

use super::{Error, Exit};

/// Which bound a file exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// The size of the file.
    File(u64),
    /// What a compressed text unpacks to.
    Text(u64),
    /// What a part of a workbook unpacks to.
    Workbook(u64),
    /// How many times larger than the file its unpacked form is.
    Ratio(u64),
}

impl std::fmt::Display for Excess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words().1)
    }
}

impl std::error::Error for Excess {}

impl Excess {
    /// What is exceeded, in both languages, and the option that raises it.
    fn words(self) -> (String, String, &'static str) {
        match self {
            Excess::File(most) => (
                format!("文件超过 {}", bytes(most)),
                format!("is larger than {}", bytes(most)),
                "max-file-size",
            ),
            Excess::Text(most) => (
                format!("解压后超过 {}", bytes(most)),
                format!("unpacks to more than {}", bytes(most)),
                "max-unpacked-text",
            ),
            Excess::Workbook(most) => (
                format!("工作簿的一个部分解压后超过 {}", bytes(most)),
                format!("has a part that unpacks to more than {}", bytes(most)),
                "max-unpacked-workbook",
            ),
            Excess::Ratio(most) => (
                format!("解压后超过文件大小的 {most} 倍"),
                format!("unpacks to more than {most} times its size"),
                "max-ratio",
            ),
        }
    }
}

/// A size in the largest unit that divides it.
fn bytes(size: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let unit = units.iter().find(|(shift, _)| size >= 1 << shift && size.is_multiple_of(1 << shift));
    match unit {
        Some((shift, name)) => format!("{} {name}", size >> shift),
        None => format!("{size} B"),
    }
}

/// A formula whose value nobody has computed, in a column that is read.
pub fn formula_without_value(shown: &str, address: &str, heading: &str) -> Error {
    Error::new(
        Exit::Refused,
        "E114",
        format!(
            "{shown} 的单元格 {address}（列“{heading}”）是没有保存计算结果的公式，无法得知其值。请用 Excel 或 WPS 打开，重新计算（F9）并保存后再报送。"
        ),
        format!(
            "{shown}: cell {address} (column \"{heading}\") is a formula whose value was never saved. Open the file in Excel or WPS, recalculate (F9), save it and send it again."
        ),
    )
}

/// A file that asks for a password.
pub fn encrypted_file(shown: &str) -> Error {
    Error::new(
        Exit::Refused,
        "E115",
        format!(
            "{shown} 已加密，需要密码才能打开。请报送单位取消“打开密码”（Excel：文件→信息→保护工作簿→用密码进行加密，清空密码）后另存，再报送。"
        ),
        format!(
            "{shown} is encrypted and asks for a password. Have the office remove the password to open it (Excel: File, Info, Protect Workbook, Encrypt with Password, leave it empty), save it and send it again."
        ),
    )
}

/// An archive that holds files, or a file that was packed twice.
pub fn packed_file(shown: &str) -> Error {
    Error::new(
        Exit::Refused,
        "E116",
        format!(
            "{shown} 是压缩包（或压缩了两次），其中的文件不会被读取。请先解压，把里面的文件放入项目（CSV 可以保留一层 .gz）。"
        ),
        format!(
            "{shown} is an archive, or was packed twice; files inside are not read. Unpack it and put what it holds into the project (a CSV may keep one .gz)."
        ),
    )
}

/// A file beyond a bound.
pub fn too_large(shown: &str, excess: Excess) -> Error {
    let (zh, en, option) = excess.words();
    Error::new(
        Exit::Refused,
        "E117",
        format!("{shown} {zh}，为防止耗尽内存或磁盘而拒绝读取。若确实需要读取，请用 --{option} 提高限度。"),
        format!(
            "{shown} {en} and is not read, lest it takes the machine down. If it is what it should be, raise the limit with --{option}."
        ),
    )
}

/// A web page or the XML of old spreadsheets, whatever its name.
pub fn markup_file(shown: &str) -> Error {
    Error::new(
        Exit::Refused,
        "E118",
        format!(
            "{shown} 实际上是网页（HTML）或 XML 表格，只是用了别的扩展名。请用 Excel 或 WPS 打开，另存为 .xlsx 后再报送。"
        ),
        format!(
            "{shown} is really a web page (HTML) or an XML spreadsheet under another name. Open it in Excel or WPS and save it as .xlsx."
        ),
    )
}

/// An old workbook whose texts are in a code page that nobody here can read.
pub fn unknown_code_page(shown: &str, page: u16) -> Error {
    Error::new(
        Exit::Refused,
        "E119",
        format!(
            "{shown} 声明的文字编码是代码页 {page}，无法识别。若内容是中文，请在 audit.toml 的该 [[input]] 中写 encoding = \"gb18030\"；否则请另存为 .xlsx。"
        ),
        format!(
            "{shown} declares the unknown code page {page}. If its texts are Chinese, write encoding = \"gb18030\" in its [[input]] of audit.toml; otherwise save it as .xlsx."
        ),
    )
}

/// A sheet with more cells than it may have.
pub fn too_many_cells(shown: &str, row: u32, most: u64) -> Error {
    Error::new(
        Exit::Refused,
        "E120",
        format!(
            "{shown} 读到第 {row} 行时已超过 {most} 个有内容的单元格。请检查是否整列填充了内容；若确实需要读取，请用 --max-cells 提高限度。"
        ),
        format!(
            "{shown}: by row {row} more than {most} cells hold something. Look for columns that are filled to the end; if the sheet is what it should be, raise the limit with --max-cells."
        ),
    )
}

/// A size on the command line that is none.
pub fn bad_size(text: &str) -> super::Text {
    super::Text::new(
        format!("“{text}”不是有效大小，请写成 500M、64G 这样的形式"),
        format!("\"{text}\" is no size; write it as 500M or 64G"),
    )
}
