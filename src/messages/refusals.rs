//! Why an input, a workbook's sheet or a stored form of it is refused, and what to do about it.

use super::{Error, Exit, Text};
use crate::ingest::{Column, Table};

/// A file of zero bytes.
pub fn empty_file(shown: &str) -> Error {
    Error::new(
        Exit::Refused,
        "E102",
        format!("{shown} 是空文件（0 字节），请向报送单位重新索取。"),
        format!("{shown} is empty (0 bytes); ask the office for it again."),
    )
}

/// A binary file under a text file's name.
pub fn not_a_text_file(shown: &str) -> Error {
    Error::new(
        Exit::Refused,
        "E103",
        format!(
            "{shown} 不是文本文件（内含二进制数据），也不是可识别的工作簿。请用原软件打开后另存为 .xlsx 或 CSV，再报送。"
        ),
        format!(
            "{shown} is no text file (it holds binary data) and no workbook that is known. Open it in its own program and save it as .xlsx or CSV."
        ),
    )
}

/// A format that cannot be read.
pub fn unknown_format(shown: &str) -> Error {
    Error::new(
        Exit::Refused,
        "E104",
        format!(
            "{shown} 的内容不是可读的格式。可读：文本 .csv、.txt、.tsv（可带 .gz），工作簿 .xlsx、.xlsm、.xlsb、.xls、.ods，以及 .parquet。请用原软件打开后另存为其中一种（.dbf 可用 Excel 或 WPS 打开后另存为 .xlsx）。"
        ),
        format!(
            "{shown} has a content that cannot be read. Texts (.csv, .txt, .tsv, also .gz), workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) and .parquet can be. Open it in its own program and save it as one of these (a .dbf opens in Excel or WPS)."
        ),
    )
}

/// A workbook or Parquet file whose content cannot be understood.
pub fn corrupt_file(shown: &str, why: &str) -> Error {
    Error::new(
        Exit::Refused,
        "E105",
        format!("{shown} 无法打开，文件可能已损坏或加密。请用原软件打开后另存，再试一次（技术信息：{why}）"),
        format!(
            "{shown} cannot be opened; it may be damaged or encrypted. Open it in its own program and save it again (technical: {why})"
        ),
    )
}

/// The code of [`store_damaged`], for those who then make the store anew.
pub const STORE_DAMAGED: &str = "E722";

/// A stored form of an input that is not what was written: it is made anew.
pub fn store_damaged(shown: &str) -> Error {
    Error::new(
        Exit::File,
        STORE_DAMAGED,
        format!("{shown} 的缓存或临时文件已损坏或被改动。请删除项目下的 .pension-audit 文件夹后重试。"),
        format!(
            "the stored form of {shown} is damaged or was changed. Delete the folder .pension-audit of the project and try again."
        ),
    )
}

/// Whether the system lets this program, or all programs together, open no more files.
pub(super) fn is_too_many_open(why: &std::io::Error) -> bool {
    // The standard library has no word for it; these are its numbers.
    let numbers: &[i32] = if cfg!(windows) { &[4] } else { &[23, 24] };
    why.raw_os_error().is_some_and(|number| numbers.contains(&number))
}

/// A file for which there is no room among the open ones.
pub fn too_many_open(shown: &str, why: &std::io::Error) -> Error {
    Error::new(
        Exit::File,
        "E112",
        format!(
            "打开 {shown} 时，同时打开的文件数已达系统上限（每个输入文件占一个）：{why}。请提高上限（Linux、macOS 用 ulimit -n，或请系统管理员提高硬上限），或把零散的输入文件合并。"
        ),
        format!(
            "{shown} would be one open file more than the system allows (each input takes one): {why}. Raise the limit (ulimit -n on Linux and macOS; an administrator can raise the hard one), or join small inputs."
        ),
    )
}

/// The canonical form of an input cannot be written.
pub fn cannot_store(shown: &str, why: &std::io::Error) -> Error {
    if is_too_many_open(why) {
        return too_many_open(shown, why);
    }
    Error::new(
        Exit::File,
        "E721",
        format!("无法写入 {shown} 的缓存或临时文件：{why}。请检查磁盘空间，或用 --cache-dir 另指文件夹。"),
        format!(
            "the stored form of {shown} cannot be written: {why}. Check the free space, or name another folder with --cache-dir."
        ),
    )
}

/// The payments hold no line at all.
pub fn no_payment_rows() -> Error {
    Error::new(
        Exit::Refused,
        "E106",
        "发放明细中没有任何数据行：只有表头的文件无法审计。",
        "the payments hold no row at all: a heading alone cannot be audited.",
    )
}

/// A row that does not end where it should: a quote swallows the lines below it, or, where it is too long,
/// perhaps no line end comes at all.
pub fn unclosed_quote(shown: &str, row: u32, is_too_long: bool) -> Error {
    let (zh, en) = if is_too_long {
        (
            "超过 16 MB 仍未结束：要么有一个没有配对的引号，要么文件不是逐行的文本。请检查该行后重新报送。",
            "has no end within 16 MB: a quote lacks its partner, or this is no text of lines. Look at that row and send the file again.",
        )
    } else {
        (
            "有一个没有配对的引号，会把后面的行并入同一格。请更正或删去该引号后重新报送。",
            "holds a quote without its partner, which would swallow the lines below it. Correct or remove it and send the file again.",
        )
    };
    Error::new(Exit::Refused, "E111", format!("{shown} 第 {row} 行{zh}"), format!("{shown}: row {row} {en}"))
}

/// A file that was changed during the run: nobody can say which of its states was read.
pub fn changed_while_read(shown: &str) -> Error {
    Error::new(
        Exit::File,
        "E113",
        format!("{shown} 在读取过程中被改动。多半是文件还在复制或被其他程序保存，请等它完成后重新运行。"),
        format!(
            "{shown} changed while it was being read; most likely it is still being copied or saved. Wait until that is done and run again."
        ),
    )
}

/// Why the cache did not serve a run, which was right without it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CacheProblem {
    /// The folder, the one above it or the lock is a link or no file.
    Linked,
    /// Another run is using it.
    Busy,
    /// The system refused something.
    System(String),
}

/// The cache did not serve a run.
pub fn cache_unused(folder: &str, problem: &CacheProblem) -> Text {
    let (zh, en) = match problem {
        CacheProblem::Linked => (
            "它或其上级文件夹是链接，或其中的 lock 不是普通文件；要移到别处请用 --cache-dir".to_string(),
            "it or the folder above it is a link, or its lock is no plain file; to keep it elsewhere use --cache-dir"
                .to_string(),
        ),
        CacheProblem::Busy => {
            ("另一次运行正在使用它".to_string(), "another run is using it".to_string())
        }
        CacheProblem::System(why) => (why.clone(), why.clone()),
    };
    Text::new(
        format!("缓存 {folder} 未能使用（{zh}）。结果不受影响，只是每次都要重新读取输入。"),
        format!(
            "the cache {folder} was not used ({en}). The result is right; only every input is read anew."
        ),
    )
}

/// Two inputs of one table with the same bytes.
pub fn identical_files(first: &str, second: &str) -> Error {
    let (zh, en) = if first == second {
        (
            format!("{first} 被 audit.toml 中的两个 [[input]] 同时匹配，会重复计算。请缩小其中一个的 path。"),
            format!(
                "{first} is matched by two inputs of audit.toml and would count twice. Narrow the path of one."
            ),
        )
    } else {
        (
            format!("{first} 与 {second} 内容完全相同：同一文件被导入两次会虚增金额。请删去其中一个。"),
            format!("{first} and {second} are byte for byte the same and would count twice. Remove one."),
        )
    };
    Error::new(Exit::Refused, "E107", zh, en)
}

/// A sheet that the workbook lacks.
pub fn no_such_sheet(shown: &str, wanted: &str, names: &[String]) -> Error {
    Error::new(
        Exit::Refused,
        "E108",
        format!("{shown} 中没有工作表“{wanted}”，现有：{}。", names.join("、")),
        format!("{shown} has no sheet \"{wanted}\"; it has: {}.", names.join(", ")),
    )
}

/// Several sheets of a workbook could be the table.
pub fn several_sheets(shown: &str, names: &[String]) -> Error {
    Error::new(
        Exit::Refused,
        "E109",
        format!(
            "{shown} 有多个工作表的表头都相符：{}。请在 audit.toml 中用 sheet = \"…\" 指定一个。",
            names.join("、")
        ),
        format!(
            "{shown} has several sheets whose headings fit: {}. Choose one by sheet = \"…\" in audit.toml.",
            names.join(", ")
        ),
    )
}

/// A sheet too large to be a list of people.
pub fn sheet_too_large(shown: &str, row: u32, column: u32, most: u32) -> Error {
    Error::new(
        Exit::Refused,
        "E110",
        format!(
            "{shown} 的工作表在第 {row} 行第 {column} 列还有内容，超出 {most} 列的限度。多半是远处有误填的单元格，请删去后另存；若确实有这么多列，请用 --max-columns 提高限度。"
        ),
        format!(
            "{shown} has a sheet with something in row {row}, column {column}, beyond the limit of {most} columns; a stray cell far away is likely. Remove it and save again; if there are so many columns, raise the limit with --max-columns."
        ),
    )
}

/// A text of at most so many characters.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_string();
    }
    text.chars().take(most).chain(['…']).collect()
}

fn headings_of(columns: &[Column]) -> (String, String) {
    let zh: Vec<String> =
        columns.iter().map(|column| format!("{}({})", column.title(), column.name())).collect();
    let en: Vec<&str> = columns.iter().map(|column| column.name()).collect();
    (zh.join("、"), en.join(", "))
}

/// No row of a sheet is the table's heading row.
pub fn no_heading_row(
    shown: &str,
    table: Table,
    row: u32,
    found: &[Column],
    missing: &[Column],
    seen: &[String],
) -> Error {
    let (found_zh, found_en) = headings_of(found);
    let (missing_zh, missing_en) = headings_of(missing);
    let seen: Vec<String> = seen
        .iter()
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty())
        .take(12)
        .map(|cell| shortened(cell, 40))
        .collect();
    let none = |text: String| if text.is_empty() { "—".to_string() } else { text };
    Error::new(
        Exit::Refused,
        "E201",
        format!(
            "{shown} 中找不到“{}”的表头行。最接近的是第 {row} 行（{}）：已识别 {}；缺少 {}。请在 audit.toml 的 [input.columns] 中指明这些列的标题。",
            table.title(),
            none(seen.join("、")),
            none(found_zh),
            missing_zh
        ),
        format!(
            "{shown} has no heading row for {}. The nearest is row {row} ({}): found {}; missing {}. Name their headings under [input.columns] in audit.toml.",
            table.name(),
            none(seen.join(", ")),
            none(found_en),
            missing_en
        ),
    )
}

/// A refusal of a text whose encoding is doubtful: perhaps nothing is wrong with its heading. `first` is the
/// row and the byte of the first place that is no UTF-8.
pub fn with_encoding_doubt(error: Error, is_read_as_utf8: bool, bad: u64, first: (u32, u64)) -> Error {
    let (row, byte) = first;
    let (zh, en) = match (is_read_as_utf8, bad) {
        (false, 0) => (
            "另：文件编码存疑。现按 GB18030 读取，而内容全是有效的 UTF-8。请在该 [[input]] 中写 encoding = \"utf-8\"。".to_string(),
            "The encoding is doubtful as well: it is read as GB18030, and all of it is valid UTF-8. Write encoding = \"utf-8\" in this [[input]].".to_string(),
        ),
        (false, _) => (
            format!(
                "另：文件编码存疑。现按 GB18030 读取，但绝大部分是有效的 UTF-8，只有 {bad} 处不是，第一处在第 {row} 行（第 {byte} 字节）。若确为 UTF-8，请在该 [[input]] 中写 encoding = \"utf-8\"，含坏字节的行会被拒收并列出。"
            ),
            format!(
                "The encoding is doubtful as well: it is read as GB18030, yet most of it is valid UTF-8; {bad} places are not, the first in row {row} (byte {byte}). If it is UTF-8, write encoding = \"utf-8\" in this [[input]]: rows with bad bytes are then rejected and listed."
            ),
        ),
        (true, 0) => (
            "另：文件编码存疑。现按 UTF-8 读取，若按 GB18030 读取则能找到表头。请在该 [[input]] 中写 encoding = \"gb18030\"。".to_string(),
            "The encoding is doubtful as well: it is read as UTF-8, and has its heading if it is read as GB18030. Write encoding = \"gb18030\" in this [[input]].".to_string(),
        ),
        (true, _) => (
            format!(
                "另：文件编码存疑。现按 UTF-8 读取，但有 {bad} 处不是 UTF-8，第一处在第 {row} 行（第 {byte} 字节），而整体像是 GB18030。若确为 GB18030，请在该 [[input]] 中写 encoding = \"gb18030\"。"
            ),
            format!(
                "The encoding is doubtful as well: it is read as UTF-8, yet {bad} places are no UTF-8, the first in row {row} (byte {byte}), and all of it looks like GB18030. If it is, write encoding = \"gb18030\" in this [[input]]."
            ),
        ),
    };
    Error { text: Text::new(format!("{}{zh}", error.text.zh), format!("{} {en}", error.text.en)), ..error }
}

/// The letter of a column as a spreadsheet shows it, from its position counted from 0.
pub fn column_letter(position: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = position + 1;
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.into_iter().rev().collect()
}

/// Several headings that mean the same column, with their positions counted from 0.
pub fn ambiguous_heading(shown: &str, row: u32, column: Column, headings: &[(usize, &str)]) -> Error {
    let places = |before: &str, between: &str, quotes: (&str, &str), comma: &str| {
        let place = |(at, text): &(usize, &str)| {
            let (open, close) = quotes;
            format!("{before}{}{between}{open}{}{close}", column_letter(*at), shortened(text.trim(), 40))
        };
        headings.iter().map(place).collect::<Vec<_>>().join(comma)
    };
    let (name, title) = (column.name(), column.title());
    let first = headings.first().map_or("", |(_, text)| text.trim());
    let (zh, en) = if headings.iter().all(|(_, text)| text.trim() == first) {
        (
            "几列标题相同，无法分辨。请在文件中改名或删去其中一列。".to_string(),
            "They are headed alike and cannot be told apart. Rename or remove one of them in the file."
                .to_string(),
        )
    } else {
        (
            format!("请在 audit.toml 的 [input.columns] 中指定用哪一个，如 {name} = \"{first}\"。"),
            format!("Choose one under [input.columns] in audit.toml, as in {name} = \"{first}\"."),
        )
    };
    Error::new(
        Exit::Refused,
        "E202",
        format!(
            "{shown} 第 {row} 行有 {} 个标题都表示 {title}({name})：{}。{zh}",
            headings.len(),
            places("", " 列", ("“", "”"), "、"),
        ),
        format!(
            "{shown}, row {row}: {} headings mean {name} ({title}): {}. {en}",
            headings.len(),
            places("column ", " ", ("\"", "\""), ", "),
        ),
    )
}
