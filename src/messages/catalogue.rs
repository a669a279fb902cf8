//! Every code with its cause and its remedy: the one table from which the documentation of errors is made.
//!
//! Owns what a code stands for. The sentence that a person reads has the details of the case and stands with
//! its constructor; a test holds the two lists of codes together.

use super::Text;

/// To whom a code speaks, and with which exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The command line, the project file or the rulebook is wrong: exit 2.
    Usage,
    /// An input was refused: exit 3.
    Refused,
    /// A file could not be read or written: exit 4.
    File,
    /// A bug: exit 70.
    Bug,
    /// A row was rejected, and stands in rejects.csv.
    Reject,
    /// A row was kept, but one of its cells could not be read: it stands in corrections.csv.
    Correction,
    /// A row was kept but its ID number is unusable: it stands in not_checkable.csv.
    Identity,
}

/// A code with what it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The code.
    pub code: &'static str,
    /// What it is about.
    pub kind: Kind,
    zh: [&'static str; 2],
    en: [&'static str; 2],
}

impl Entry {
    /// What is wrong.
    pub fn title(&self) -> Text {
        Text::new(self.zh[0], self.en[0])
    }

    /// What to do about it.
    pub fn remedy(&self) -> Text {
        Text::new(self.zh[1], self.en[1])
    }
}

const fn entry(code: &'static str, kind: Kind, zh: [&'static str; 2], en: [&'static str; 2]) -> Entry {
    Entry { code, kind, zh, en }
}

/// Every code, ascending.
pub const CATALOGUE: &[Entry] = &[
    entry(
        "E101",
        Kind::File,
        ["文件不存在或无法读取", "检查文件是否存在、是否有读取权限"],
        ["A file does not exist or cannot be read", "Check that it exists and may be read"],
    ),
    entry(
        "E102",
        Kind::Refused,
        ["空文件", "向报送单位重新索取"],
        ["An empty file", "Ask the office for it again"],
    ),
    entry(
        "E103",
        Kind::Refused,
        ["不是文本，也不是可识别的工作簿", "用原软件打开后另存为 .xlsx 或 CSV"],
        ["Neither a text nor a known workbook", "Open it in its own program and save it as .xlsx or CSV"],
    ),
    entry(
        "E104",
        Kind::Refused,
        ["格式不受支持", "另存为 csv、xls、xlsx、xlsb、ods 或 parquet（.dbf 先用 Excel 或 WPS 打开）"],
        [
            "A format that is not read",
            "Save it as csv, xls, xlsx, xlsb, ods or parquet (open a .dbf in a spreadsheet first)",
        ],
    ),
    entry(
        "E105",
        Kind::Refused,
        ["文件无法打开，可能已损坏或加密", "用原软件打开后另存，再试一次"],
        [
            "A file cannot be opened and may be damaged or encrypted",
            "Open it in its own program and save it again",
        ],
    ),
    entry(
        "E106",
        Kind::Refused,
        ["发放明细没有任何数据行", "补充发放明细"],
        ["The payments hold no row", "Supply the payment roster"],
    ),
    entry(
        "E107",
        Kind::Refused,
        ["两个输入文件完全相同，会重复计算", "删去其中一个，或缩小 path"],
        ["Two inputs are the same and would count twice", "Remove one, or narrow the path"],
    ),
    entry(
        "E108",
        Kind::Refused,
        ["没有指定的工作表", "改正 sheet 的名称"],
        ["The named sheet does not exist", "Correct the name of the sheet"],
    ),
    entry(
        "E109",
        Kind::Refused,
        ["多个工作表的表头都相符", "用 sheet 指定一个"],
        ["Several sheets fit", "Name one by sheet"],
    ),
    entry(
        "E110",
        Kind::Refused,
        ["列数超出限度", "删去远处误填的单元格，或用 --max-columns 提高限度"],
        ["More columns than the bound", "Remove stray cells far away, or raise --max-columns"],
    ),
    entry(
        "E111",
        Kind::Refused,
        ["引号没有配对，或一行过长", "更正或删去该引号后重新报送"],
        [
            "A quote lacks its partner, or a row has no end",
            "Correct or remove the quote and send the file again",
        ],
    ),
    entry(
        "E112",
        Kind::File,
        ["同时打开的文件数达到系统上限", "提高上限（ulimit -n），或合并零散的输入"],
        ["The system lets no more files be open", "Raise the limit (ulimit -n), or join small inputs"],
    ),
    entry(
        "E113",
        Kind::File,
        ["文件在读取过程中被改动", "等复制或保存完成后重新运行"],
        ["A file changed while it was read", "Wait until copying or saving is done and run again"],
    ),
    entry(
        "E114",
        Kind::Refused,
        ["公式没有保存计算结果", "用 Excel 或 WPS 打开，重新计算（F9）并保存"],
        ["A formula without a stored value", "Open it in a spreadsheet, recalculate (F9) and save"],
    ),
    entry(
        "E115",
        Kind::Refused,
        ["文件已加密", "取消打开密码后另存"],
        ["An encrypted file", "Remove the password and save it again"],
    ),
    entry(
        "E116",
        Kind::Refused,
        ["压缩包，或压缩了两次", "先解压，把里面的文件放入项目"],
        ["An archive, or packed twice", "Unpack it and put the files into the project"],
    ),
    entry(
        "E117",
        Kind::Refused,
        [
            "文件或其解压后的大小超出限度",
            "确需读取时用 --max-file-size、--max-unpacked-text、--max-unpacked-workbook、--max-ratio 提高限度",
        ],
        [
            "A file, or what it unpacks to, is beyond a bound",
            "Raise --max-file-size, --max-unpacked-text, --max-unpacked-workbook or --max-ratio if it must be read",
        ],
    ),
    entry(
        "E118",
        Kind::Refused,
        ["网页或 XML 表格用了别的扩展名", "用 Excel 或 WPS 打开，另存为 .xlsx"],
        [
            "A web page or an XML spreadsheet under another name",
            "Open it in a spreadsheet and save it as .xlsx",
        ],
    ),
    entry(
        "E119",
        Kind::Refused,
        ["工作簿声明的文字编码无法识别", "写 encoding = \"gb18030\"，或另存为 .xlsx"],
        ["A workbook states an unknown code page", "Write encoding = \"gb18030\", or save it as .xlsx"],
    ),
    entry(
        "E120",
        Kind::Refused,
        ["有内容的单元格数超出限度", "检查是否整列填充，或用 --max-cells 提高限度"],
        ["More cells than the bound", "Look for filled columns, or raise --max-cells"],
    ),
    entry(
        "E121",
        Kind::Refused,
        ["工作簿的工作表过多", "用 sheet = \"…\" 写明工作表，或另存为单独的文件"],
        [
            "Too many sheets in a workbook",
            "Name the sheet with sheet = \"…\", or save it as a file of its own",
        ],
    ),
    entry(
        "E201",
        Kind::Refused,
        ["找不到表头行", "在 [input.columns] 中指明这些列的标题"],
        ["No heading row was found", "Name the headings under [input.columns]"],
    ),
    entry(
        "E202",
        Kind::Refused,
        ["多个标题表示同一列", "在 [input.columns] 中指定用哪一个，标题相同的在文件中改名或删去一列"],
        [
            "Several headings mean one column",
            "Choose one under [input.columns], or rename or remove one that is headed alike",
        ],
    ),
    entry(
        "E301",
        Kind::Reject,
        ["待遇所属期为空", "补填待遇所属期（如 202301）"],
        ["The benefit month is empty", "Fill it in (202301)"],
    ),
    entry(
        "E302",
        Kind::Reject,
        ["待遇所属期不是有效年月", "改为 202301、2023-01 或 202301-202306 的写法"],
        ["The benefit month is no month", "Write it as 202301, 2023-01 or 202301-202306"],
    ),
    entry(
        "E303",
        Kind::Reject,
        ["没有任何金额", "补填各项金额或合计"],
        ["No amount is written", "Fill in the components or the total"],
    ),
    entry(
        "E304",
        Kind::Reject,
        ["金额不是数字", "改为以元为单位的数字（如 150.00）"],
        ["The amount is no number", "Write a plain number in yuan (150.00)"],
    ),
    entry(
        "E305",
        Kind::Reject,
        ["金额精确到分以下", "核对金额单位（[input.units]）或保留两位小数"],
        ["The amount is finer than a fen", "Check the unit ([input.units]) or keep two decimals"],
    ),
    entry(
        "E306",
        Kind::Reject,
        ["金额超过一亿元", "检查是否错列或单位有误"],
        ["The amount exceeds 100 million yuan", "Check for shifted columns or a wrong unit"],
    ),
    entry(
        "E307",
        Kind::Reject,
        ["含有无法按文件编码识别的字节", "用原系统重新导出，或指定 encoding"],
        ["Bytes that the file's encoding does not know", "Export the file again, or state its encoding"],
    ),
    entry(
        "E308",
        Kind::Reject,
        ["单元格多于表头，各列可能错位", "检查金额中的逗号是否加了引号"],
        ["More cells than the heading", "Check for a comma in an amount without quotes"],
    ),
    entry(
        "E309",
        Kind::Correction,
        ["不是有效日期", "核对原始材料，改为 2023-01-15 的写法"],
        ["A day that is none", "Compare the original and write it as 2023-01-15"],
    ),
    entry(
        "E310",
        Kind::Correction,
        ["占位日期", "补填真实日期，确实没有的留空"],
        ["A placeholder for a day (1900-01-01)", "Fill in the real day, or leave it empty if there is none"],
    ),
    entry(
        "E311",
        Kind::Correction,
        ["不是有效年月（待遇所属期之外的列）", "核对原始材料，改为 202301 或 2023-01 的写法"],
        ["A month other than the benefit month that is none", "Compare the original and write it as 202301"],
    ),
    entry(
        "E312",
        Kind::Correction,
        [
            "电子表格的公式出错，没有算出值（#REF!、#N/A 等；月份或金额如此的行被拒收）",
            "在原表中修正公式，或把值直接填入该格",
        ],
        [
            "A failed formula of the spreadsheet (#REF!, #N/A); a row is rejected where its month or amount is one",
            "Mend the formula in the original, or write the value into the cell",
        ],
    ),
    entry("E401", Kind::Identity, ["证件号为空", "补填证件号"], ["The ID number is empty", "Fill it in"]),
    entry(
        "E402",
        Kind::Identity,
        ["证件号位数不是18位或15位", "核对并补正证件号"],
        ["The ID number has neither 18 nor 15 characters", "Compare it with the certificate"],
    ),
    entry(
        "E403",
        Kind::Identity,
        ["证件号含有非数字字符", "核对并补正证件号"],
        ["The ID number holds characters that are no digits", "Compare it with the certificate"],
    ),
    entry(
        "E404",
        Kind::Identity,
        ["证件号中的出生日期不存在或晚于审计截止日", "核对并补正证件号"],
        ["The birth date in the ID number is not real or after as_of", "Compare it with the certificate"],
    ),
    entry(
        "E405",
        Kind::Identity,
        ["证件号校验位不符", "核对并补正证件号"],
        ["The check character of the ID number does not fit", "Compare it with the certificate"],
    ),
    entry(
        "E406",
        Kind::Identity,
        ["15位证件号顺序码为996至999，不能按19世纪升位", "填写18位证件号"],
        ["A 15-digit number with order 996 to 999", "Write the number of 18 characters"],
    ),
    entry(
        "E407",
        Kind::Identity,
        ["证件号以数值存储，末几位已丢失", "按文本格式重新导出"],
        ["The ID number was stored as a number", "Have it exported as text"],
    ),
    entry(
        "E408",
        Kind::Identity,
        ["证件号末三位为000，多半被表格软件截断", "按文本格式重新导出"],
        ["The ID number ends in 000, most likely cut by a spreadsheet", "Have it exported as text"],
    ),
    entry(
        "E409",
        Kind::Identity,
        ["证件号处是电子表格的公式错误（如 #N/A）", "在原表中修正公式，或直接填写证件号"],
        [
            "A failed formula of the spreadsheet in the place of the ID number",
            "Write the number into the cell",
        ],
    ),
    entry(
        "E501",
        Kind::Usage,
        ["规则文件有误", "按提示的文件和行改正"],
        ["A rule file is wrong", "Correct the file and line that are named"],
    ),
    entry(
        "E502",
        Kind::Usage,
        ["规则文件夹无法读取", "检查 audit.toml 的 rules 或 --rules"],
        ["The folder of rules cannot be read", "Check rules in audit.toml, or --rules"],
    ),
    entry(
        "E503",
        Kind::Usage,
        ["没有该编号的规则", "用 rules list 查看现有编号"],
        ["No rule has this code", "See rules list"],
    ),
    entry(
        "E601",
        Kind::Usage,
        ["找不到 audit.toml", "指定含有 audit.toml 的文件夹，或先运行 init"],
        ["There is no audit.toml", "Name the folder that holds it, or run init"],
    ),
    entry(
        "E602",
        Kind::Usage,
        ["audit.toml 或 claims.toml 的写法有误", "对照文档检查该行"],
        ["audit.toml or claims.toml is not well formed", "Check the line against the documentation"],
    ),
    entry(
        "E603",
        Kind::Usage,
        ["audit.toml 或 claims.toml 的值有误", "按提示改正该行"],
        ["A value of audit.toml or claims.toml is wrong", "Correct the line that is named"],
    ),
    entry(
        "E604",
        Kind::Usage,
        ["audit.toml 没有发放明细", "加入 table = \"payments\" 的输入"],
        ["audit.toml names no payments", "Add an input with table = \"payments\""],
    ),
    entry(
        "E605",
        Kind::Usage,
        ["没有 claims.toml", "写明公布的数字后再比对"],
        ["There is no claims.toml", "Write the published figures down first"],
    ),
    entry(
        "E606",
        Kind::Usage,
        ["输入中没有这个人", "核对证件号或疑点编号"],
        ["No input knows this person", "Check the ID number or the case number"],
    ),
    entry(
        "E607",
        Kind::Usage,
        ["文件不是 UTF-8 文本", "另存为 UTF-8 编码"],
        ["A file is no UTF-8 text", "Save it as UTF-8"],
    ),
    entry(
        "E608",
        Kind::Refused,
        ["文件名不是 UTF-8", "改名后重新运行"],
        ["A file's name is not UTF-8", "Rename it and run again"],
    ),
    entry(
        "E609",
        Kind::Usage,
        ["audit.toml 已存在，init 不覆盖", "改名或移走它，或加 --print"],
        ["audit.toml exists and init never overwrites it", "Move it away, or use --print"],
    ),
    entry(
        "E610",
        Kind::Refused,
        ["文件夹中没有认出发放明细", "放入名册，或手写 audit.toml 并指明标题"],
        ["No file looks like a payment roster", "Add the roster, or write audit.toml by hand"],
    ),
    entry(
        "E611",
        Kind::Usage,
        ["--as-of 不是日期", "写作 2024-08-31"],
        ["--as-of is no date", "Write it as 2024-08-31"],
    ),
    entry(
        "E701",
        Kind::File,
        ["无法写入", "检查磁盘空间和权限，关闭占用文件的 Excel"],
        [
            "Something cannot be written",
            "Check space and permissions; close the spreadsheet that holds the file",
        ],
    ),
    entry(
        "E702",
        Kind::Usage,
        ["文件夹中没有凭据 receipt.json", "指定 run 生成的结果文件夹"],
        ["The folder holds no receipt.json", "Name a folder that run has written"],
    ),
    entry(
        "E703",
        Kind::Usage,
        ["输出文件夹不是本程序的结果", "换一个 --out，或先移走它"],
        ["The output folder is not this program's", "Choose another --out, or move it away"],
    ),
    entry(
        "E704",
        Kind::File,
        ["系统不能再开线程", "关闭其他程序，或用 --threads 减少线程"],
        ["The system gives no more threads", "Close other programs, or lower --threads"],
    ),
    entry(
        "E705",
        Kind::Usage,
        ["--timings-json 的文件不是本程序所写", "换一个文件名"],
        ["--timings-json would overwrite another file", "Choose another name"],
    ),
    entry(
        "E706",
        Kind::Usage,
        ["缓存在结果文件夹之内", "把缓存放在别处"],
        ["The cache lies in the result folder", "Keep the cache elsewhere"],
    ),
    entry(
        "E707",
        Kind::File,
        ["结果旁边没有 audit.toml，无法核对", "用 --project 指明项目文件夹"],
        ["No audit.toml stands beside the result", "Name the project's folder with --project"],
    ),
    entry(
        "E711",
        Kind::Usage,
        ["生成的目标不是空文件夹", "指定新文件夹或空文件夹"],
        ["The folder to generate into is not empty", "Name a new or an empty folder"],
    ),
    entry(
        "E712",
        Kind::Usage,
        ["没有这个情景", "用 hongta-2023 或 district"],
        ["There is no such scenario", "Use hongta-2023 or district"],
    ),
    entry(
        "E713",
        Kind::Usage,
        ["没有这个格式", "用 csv 或 parquet"],
        ["There is no such format", "Use csv or parquet"],
    ),
    entry(
        "E714",
        Kind::Usage,
        ["该情景不接受这个选项", "改用 --scenario district"],
        ["The scenario takes no such option", "Use --scenario district"],
    ),
    entry(
        "E715",
        Kind::Usage,
        ["数值超出范围", "按提示的范围填写"],
        ["A number is out of range", "Stay within the range that is named"],
    ),
    entry(
        "E716",
        Kind::Usage,
        ["--gb18030 只适用于 csv", "去掉 --gb18030 或改用 csv"],
        ["--gb18030 is for csv only", "Leave it out, or use csv"],
    ),
    entry(
        "E717",
        Kind::Bug,
        ["内置情景数据有误", "请报告这个缺陷"],
        ["The built-in scenario is wrong", "Report this bug"],
    ),
    entry(
        "E721",
        Kind::File,
        ["缓存或临时文件无法写入", "检查磁盘空间，或用 --cache-dir 另指文件夹"],
        ["The stored form of an input cannot be written", "Check the space, or use --cache-dir"],
    ),
    entry(
        "E722",
        Kind::File,
        ["缓存或临时文件已损坏", "删除 .pension-audit 文件夹后重试"],
        ["The stored form of an input is damaged", "Delete the folder .pension-audit and try again"],
    ),
    entry(
        "E900",
        Kind::Bug,
        ["程序缺陷", "请附上命令和输出报告"],
        ["A bug of the program", "Report it with the command and its output"],
    ),
];
