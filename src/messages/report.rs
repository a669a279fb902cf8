//! Headings and fixed words of the written files.

use super::{Error, Exit, Lang, Text};
use crate::domain::{Fen, MonthSpan};
use crate::ingest::Component;
use crate::rulebook::CaseType;

/// A fixed word in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    zh: &'static str,
    en: &'static str,
}

impl Word {
    /// A word from its two wordings.
    pub const fn new(zh: &'static str, en: &'static str) -> Word {
        Word { zh, en }
    }

    /// The wording in one language.
    pub fn in_lang(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

/// The subtype of a funeral claim where both schemes have paid.
pub const SUBTYPE_BOTH_PAID: &str = "both_paid";
/// The subtype of a funeral claim where the family has chosen the other scheme.
pub const SUBTYPE_ELECTION: &str = "election";

/// What a control total counts.
pub fn control_text(code: &str) -> Text {
    match code {
        "rows_in" => Text::new("读入行数与金额", "rows and money read"),
        "rows_kept" => Text::new("采用行数与金额", "rows and money kept"),
        _ => Text::new("拒收行数与金额", "rows and money rejected"),
    }
}

/// A file that a receipt names is not there.
pub fn verify_missing(kind: &str, name: &str) -> Text {
    Text::new(format!("{}缺失：{name}", kind_zh(kind)), format!("{kind} missing: {name}"))
}

/// A file is not as the receipt states.
pub fn verify_changed(kind: &str, name: &str) -> Text {
    Text::new(
        format!("{}与凭据不符：{name}", kind_zh(kind)),
        format!("{kind} differs from the receipt: {name}"),
    )
}

/// The receipt does not agree with itself.
pub fn verify_receipt_edited(name: &str) -> Text {
    Text::new(format!("凭据本身被改动过：{name}"), format!("the receipt itself was edited: {name}"))
}

/// The run had rules of its own that are not those of audit.toml.
pub fn verify_names_no_overlay(files: usize) -> Text {
    Text::new(
        format!(
            "本次运行使用了 {files} 个本地规则文件，与现在找到的不同；若运行时用了 --rules，核对时也请用 --rules 指明同一文件夹"
        ),
        format!(
            "the run used rules of its own ({files} files) that are not those found now; if it was given --rules, give verify the same folder with --rules"
        ),
    )
}

/// No project beside a result.
pub fn verify_without_project(folder: &str) -> Error {
    Error::new(
        Exit::File,
        "E707",
        format!("{folder} 中没有 audit.toml，无法核对输入和规则。请用 --project 指明结果所属的项目文件夹。"),
        format!(
            "{folder} holds no audit.toml: inputs and rules cannot be verified. Name the project's folder with --project."
        ),
    )
}

/// A file that the receipt does not know.
pub fn verify_new(kind: &str, name: &str) -> Text {
    Text::new(format!("{}不在凭据中：{name}", kind_zh(kind)), format!("{kind} not in the receipt: {name}"))
}

/// Another version wrote the result.
pub fn verify_version(then: &str, now: &str) -> Text {
    Text::new(
        format!("程序版本不同：结果由 {then} 生成，当前为 {now}"),
        format!("another version: written by {then}, this is {now}"),
    )
}

fn kind_zh(kind: &str) -> &'static str {
    match kind {
        "input" => "输入",
        "rule" => "规则",
        "output" => "输出",
        "project" => "项目文件",
        _ => "凭据",
    }
}

/// A folder whose receipt cannot be used.
pub fn no_receipt(folder: &str, why: &str) -> Error {
    without_receipt(folder, &Text::new(why, why))
}

/// A folder whose receipt cannot be read.
pub fn no_receipt_file(folder: &str, why: &std::io::Error) -> Error {
    without_receipt(folder, &Text::new(super::system_words(why), why.to_string()))
}

fn without_receipt(folder: &str, why: &Text) -> Error {
    Error::new(
        Exit::Usage,
        "E702",
        format!("{folder} 中没有本程序的凭据 receipt.json（{}）。请指定 run 生成的结果文件夹。", why.zh),
        format!(
            "{folder} holds no receipt.json of this program ({}). Name a folder that `run` has written.",
            why.en
        ),
    )
}

/// A folder that is not ours is never replaced.
pub fn not_our_folder(folder: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E703",
        format!(
            "{folder} 已存在且不是本程序的结果（没有 receipt.json），不会被覆盖。请换一个 --out 文件夹，或先移走它。"
        ),
        format!(
            "{folder} exists and is no result of this program (it has no receipt.json); it is never replaced. Choose another --out, or move it away."
        ),
    )
}

/// A cache in the folder that a run exchanges.
pub fn cache_inside_out(folder: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E706",
        format!("--cache-dir {folder} 在结果文件夹之内，而结果文件夹每次整体更换。请把缓存放在别处。"),
        format!(
            "--cache-dir {folder} lies in the result folder, which every run exchanges whole. Keep the cache elsewhere."
        ),
    )
}

/// A file that timings would overwrite.
pub fn not_our_timings(path: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E705",
        format!("{path} 已存在且不是 --timings-json 写出的文件，不会被覆盖。请换一个文件名。"),
        format!(
            "{path} exists and was not written by --timings-json; it is never overwritten. Choose another name."
        ),
    )
}

/// Declares words, each documented by its Chinese wording.
macro_rules! words {
    ($($name:ident = $zh:literal, $en:literal;)*) => {
        $(#[doc = concat!("「", $zh, "」")] pub const $name: Word = Word::new($zh, $en);)*
    };
}

/// The sheets of the workbook, and what stands above, below and beside their tables.
pub mod workbook {
    use super::Word;

    words! {
        SHEET_LEDGER = "追回台账(拟追回,待核实)", "Recovery ledger (proposed)";
        SHEET_CLAIMS = "疑点明细", "Claimed lines";
        SHEET_LEADS = "待核线索", "Leads";
        ON_TRIAL = "（试行，不计入合计）", " (on trial, in no total)";
        SHEET_MATCHES = "疑似同一人", "May be one person";
        SHEET_UNPAID = "应发未发(漏发、少发)", "Due and not paid";
        SHEET_MARKS = "提示(标记)", "Marks";
        SHEET_SUMMARY = "汇总", "Summary";
        SHEET_QUALITY = "数据质量", "Data quality";
        SHEET_RECEIPT = "运行凭据", "Run receipt";
        TITLE_LEDGER = "追回台账（拟追回，待核实）", "recovery ledger (proposed, to be verified)";
        TITLE_CLAIMS = "疑点明细（逐笔，待核实）", "claimed payment lines (to be verified)";
        TITLE_LEADS = "待核线索（不计入拟追回金额）", "leads (in no total)";
        TITLE_MATCHES = "疑似同一人（证件号待核实，不作认定）", "may be one person (verify the number)";
        TITLE_UNPAID = "应发未发（漏发、少发，待核实补发）", "due and not paid (to be verified, then paid)";
        TITLE_MARKS = "提示（标记，不产生金额）", "marks (no amount follows from them)";
        TITLE_SUMMARY = "审计汇总", "summary of the audit";
        TITLE_QUALITY = "数据质量与核查覆盖", "data quality and coverage";
        TITLE_RECEIPT = "运行凭据", "run receipt";
        FOOTER_CLAIMED = "拟追回，待核实", "proposed recovery, to be verified";
        FOOTER_LEADS = "待核线索，不计入拟追回金额", "leads, in no total";
        FOOTER_UNPAID = "应发未发，待核实补发", "due and not paid, to be verified, then paid";
        FOOTER_MARKS = "提示，不产生金额", "marks, no amount follows from them";
        FOOTER_OTHER = "待核实", "to be verified";
        FOOTER_PAGES = "　　第 &P 页，共 &N 页", "    page &P of &N";
        BETWEEN_TITLES = "　", ": ";
        COMMA = "、", ", ";
        SEMICOLON = "；", "; ";
        TOTAL = "合计", "Total";
        CAPITAL_DUE = "应追回金额合计（人民币大写）", "Total due in capital numerals";
        CAPITAL_OUTSTANDING = "未追回金额合计（人民币大写）", "Total outstanding in capital numerals";
        CAPITAL_OWED = "估算应补发金额合计（人民币大写）", "Estimated arrears in capital numerals";
        UNPAID_NOTE = "这些人可能少领或没有领到待遇：请先核实，再通知本人、恢复发放或补发。",
            "These persons may have been left out: verify, then tell them, resume and pay arrears.";
        MARKS_NOTE = "提示不是多领，也不是停发理由：请逐条核对并记下结果。",
            "A mark is no overpayment and no reason to stop: look at each and note what it was.";
        GRANTS_ELSEWHERE = "丧葬补助金没有逐月明细，见追回台账。", "Funeral grants have no monthly lines; see the ledger.";
        BY_CASE_TYPE = "拟追回（按疑点类型）", "Proposed recovery by case type";
        LEADS_BY_TYPE = "待核线索（按疑点类型，不计入拟追回金额；每个金额中同一笔钱只计一次）", "Leads by case type (in no total; each sum counts the same money once)";
        UNPAID_BY_RULE = "应发未发（按规则）", "Due and not paid, by rule";
        MARKS_BY_RULE = "提示（按规则，人数按人去重）", "Marks by rule (a person counts once)";
        MARKS = "标记（只提示，不产生金额）", "Marks (no amount follows from them)";
        BASICS = "基本情况", "Basics";
        CONTROLS = "一、读入控制总数（读入 = 采用 + 拒收）", "1. Control totals (read = kept + rejected)";
        REJECTS_ELSEWHERE = "拒收的每一行及处理办法见 rejects.csv。", "Every rejected row and its remedy: rejects.csv.";
        OBSERVATIONS = "二、读取与核查中的提示", "2. What was noticed";
        COVERAGE = "三、核查覆盖（未核查不等于没有问题）", "3. Coverage (unchecked is not clean)";
        NOT_CHECKABLE = "四、无法核查的人员和记录", "4. Persons and rows that could not be checked";
        NONE = "无", "none";
        INPUTS = "输入文件", "Inputs";
        RULES = "规则文件", "Rule files";
        RECEIPT_NOTE = "本工作簿不能记载自身的散列值。全部输出文件（含本工作簿）、audit.toml 的散列值\
            和 SM3 总值记载在同一文件夹的 receipt.json，可用 pension-audit verify 重新核对。",
            "A workbook cannot hold its own hash. The hashes of all outputs (this one too) and of \
            audit.toml, and the SM3 over them, stand in receipt.json in the same folder; \
            `pension-audit verify` recomputes them.";
        SUMMARY_NOTE = "全部疑点由程序按规则拟出，均待人工核实；本表不是停发、责令退回或处罚的决定。",
            "Everything here is proposed by rules and awaits verification by people; it decides nothing.";
        PERSONS_NOTE = "合计人数按人去重，同一人有多类疑点只计一次。", "The total counts a person of several types once.";
        NOT_CHECKED = "未核查，见数据质量", "not checked, see data quality";
        PARTLY_CHECKED = "部分规则未核查，见数据质量", "some rules were not checked, see data quality";
        YES = "是", "yes";
        NO = "否", "no";
        STATUS_TO_VERIFY = "待核实", "to be verified";
        SCOPE_ALL = "全部", "all";
        CLAUSE_NOT_SEEN = "〔原文待核〕", " [clause not seen]";
        LAYER_BUILTIN = "内置", "built in";
        LAYER_PROJECT = "项目自带", "project";
    }
}

/// The headings of the workbook.
pub mod heading {
    use super::Word;

    words! {
        SERIAL = "序号", "No.";
        CASE_ID = "疑点编号", "Case";
        NAME = "姓名", "Name";
        ID_NUMBER = "公民身份号码", "ID number";
        PERSON_NO = "个人编号", "Person no.";
        TOWNSHIP = "乡镇(街道)", "Township";
        VILLAGE = "村(社区)", "Village";
        CASE_TYPE = "疑点类型", "Case type";
        SUBTYPE = "细分", "Subtype";
        STATUS = "核实状态", "Status";
        PRIMARY_RULE = "主要规则", "Primary rule";
        RULES = "全部规则", "All rules";
        MARKS = "标记", "Marks";
        EVENT_DATE = "发生日期", "Event date";
        EVENT_SOURCE = "信息来源", "Source";
        DOCUMENT_NO = "文号", "Document no.";
        STOP_MONTH = "停发年月", "Stop month";
        FIRST_MONTH = "多领起年月", "First month";
        LAST_MONTH = "多领止年月", "Last month";
        MONTHS = "多领月数", "Months";
        STILL_PAID = "是否仍在发放", "Still paid";
        BASIC = "基础养老金", "Basic";
        ADDITION = "加发", "Addition";
        ACCOUNT_OWN = "个人账户(个人)", "Account (own)";
        ACCOUNT_SUBSIDY = "个人账户(补贴)", "Account (subsidy)";
        OTHER = "其他", "Other";
        FUNERAL = "丧葬补助金", "Funeral grant";
        DUE = "应追回金额", "Due";
        RECOVERED = "已追回金额", "Recovered";
        SETOFF = "已抵扣金额", "Set off";
        OUTSTANDING = "未追回金额", "Outstanding";
        DEBTOR = "责任人", "Debtor";
        RELATION = "与参保人关系", "Relation";
        LAW = "法律依据", "Legal basis";
        EVIDENCE = "证据(文件#行)", "Evidence (file#row)";
        BENEFIT_MONTH = "待遇所属期", "Benefit month";
        LINE = "发放记录(文件#行)", "Payment line (file#row)";
        PAID_DATE = "发放日期", "Paid on";
        BANK_ACCOUNT = "银行账号", "Bank account";
        SCOPE = "应退范围", "Returnable parts";
        CLAIMED = "拟追回金额", "Claimed";
        RULE = "规则", "Rule";
        RULE_TITLE = "规则名称", "Rule title";
        FIRST_IN_QUESTION = "涉及起年月", "First month";
        LAST_IN_QUESTION = "涉及止年月", "Last month";
        POTENTIAL = "可能金额(空为不能估算)", "Potential (empty: unknown)";
        LEAD_REASON = "为何只是线索(缺什么)", "Why it is only a lead";
        GRADE = "可能性", "Grade";
        ROW_TABLE = "来源表", "Registry";
        ROW_NAME = "姓名(来源行)", "Name (row)";
        ROW_ID = "证件号(来源行原样)", "ID number (row)";
        ROW_PLACE = "来源行(文件#行)", "Row (file#row)";
        PAYEE_NAME = "姓名(领取人)", "Name (payee)";
        PAYEE_ID = "证件号(领取人原样)", "ID number (payee)";
        PAYEE_PLACE = "领取记录(文件#行)", "Payee's line (file#row)";
        POSSIBLE_ID = "可能的公民身份号码", "Possible ID number";
        LIKENESS = "依据(哪些一致、哪些不同)", "What speaks for it, and against";
        OWED = "应补发金额(空为待核定)", "Owed (empty: unknown)";
        OWED_SUM = "估算应补发", "Estimated arrears";
        UNKNOWN_OWED = "其中金额待核定(条)", "Of these unknown";
        UNPAID_REASON = "为何应发(怎么办)", "Why it was due";
        MARK_DETAIL = "提示内容(怎么办)", "What it is";
        TITLE = "项目", "Project";
        REGION = "行政区划", "Region";
        PERIOD = "审计期(待遇所属期)", "Period (benefit months)";
        AS_OF = "数据截至", "As of";
        PAYEES = "审计期内领取待遇人数", "Payees of the period";
        LINES = "采用的发放记录(笔)", "Payment lines kept";
        MONEY = "采用的发放金额(元)", "Their money (yuan)";
        PERSONS = "人数", "Persons";
        REMARK = "备注", "Remark";
        LEADS = "线索(条)", "Leads";
        UNKNOWN_POTENTIAL = "其中不能估算(条)", "Of these unknown";
        KNOWN_POTENTIAL = "可能金额", "Potential";
        TABLE = "数据表", "Table";
        FILE = "文件", "File";
        ROWS_IN = "读入行数", "Rows read";
        ROWS_KEPT = "采用行数", "Rows kept";
        ROWS_REJECTED = "拒收行数", "Rows rejected";
        MONEY_IN = "读入金额", "Money read";
        MONEY_KEPT = "采用金额", "Money kept";
        MONEY_REJECTED = "拒收金额", "Money rejected";
        COUNT = "次数", "Count";
        FIRST_ROWS = "最先出现的行", "First rows";
        OBSERVATION = "提示", "What was noticed";
        REGISTRY = "登记表", "Registry";
        ROWS = "行数", "Rows";
        USABLE = "证件号可用", "Usable IDs";
        CHECKED = "已核查人数", "Persons checked";
        NOT_CHECKABLE = "无法核查人数", "Not checkable";
        NEWEST_DATE = "最新日期", "Newest date";
        EXPLANATION = "说明", "Explanation";
        PLACE = "位置(文件#行)", "Place (file#row)";
        ID_AS_WRITTEN = "证件号原文", "ID as written";
        REASON = "原因", "Reason";
        PROGRAM = "程序", "Program";
        VERSION = "版本", "Version";
        LAYER = "来源", "Layer";
    }
}

/// What a case is about.
pub fn case_type_word(case_type: CaseType) -> Word {
    match case_type {
        CaseType::PostDeath => Word::new("死亡后多领", "paid after death"),
        CaseType::InCustody => Word::new("服刑期间多领", "paid in custody"),
        CaseType::DualPension => Word::new("重复享受养老待遇", "two pensions"),
        CaseType::RepeatedPayment => Word::new("同一所属期重复发放", "paid twice"),
        CaseType::Ineligible => Word::new("不符合领取条件", "not entitled"),
        CaseType::FuneralExclusive => Word::new("丧葬待遇择一", "one funeral grant of two"),
        CaseType::Other => Word::new("其他", "other"),
    }
}

/// A part of a payment.
pub fn component_word(component: Component) -> Word {
    match component {
        Component::Basic => heading::BASIC,
        Component::Addition => heading::ADDITION,
        Component::AccountOwn => heading::ACCOUNT_OWN,
        Component::AccountSubsidy => heading::ACCOUNT_SUBSIDY,
        Component::Other => heading::OTHER,
    }
}

/// A subtype, where it is known.
pub fn subtype_word(subtype: &str) -> Option<Word> {
    match subtype {
        SUBTYPE_BOTH_PAID => Some(Word::new("两边均已发放", "both have paid")),
        SUBTYPE_ELECTION => Some(Word::new("选择其他险种(申请退回)", "the other scheme was chosen")),
        _ => None,
    }
}

/// A mark, where it is known; a rulebook may bring its own.
pub fn mark_word(mark: &str) -> Option<Word> {
    match mark {
        "absent_from_participants" => Some(Word::new("缴费系统无信息", "absent from participants")),
        "basis_unconfirmed" => Some(Word::new("依据待确认", "basis unconfirmed")),
        super::MARK_RELEASE_UNCONFIRMED => Some(Word::new("释放日期未确认", "release unconfirmed")),
        super::MARK_POSSIBLE_SETOFF => Some(Word::new("可能已抵扣", "possibly set off")),
        super::MARK_OVER_RECOVERED => Some(Word::new("退回超过应退", "more came back than was due")),
        _ => None,
    }
}

/// The line below a sheet's title.
pub fn sheet_note(period: &str, as_of: &str) -> Text {
    Text::new(
        format!("审计期：{period}　　数据截至：{as_of}　　单位：元"),
        format!("Period: {period}    As of: {as_of}    Unit: yuan"),
    )
}

/// The months of a span, for the eye.
pub fn months_text(span: MonthSpan) -> Text {
    let (first, last) = (span.from, span.last());
    if span.len() == 1 {
        return Text::new(first.to_string(), first.to_string());
    }
    Text::new(format!("{first} 至 {last}"), format!("{first} to {last}"))
}

/// How much stands in the ledger.
pub fn ledger_note(cases: usize) -> Text {
    Text::new(format!("共 {cases} 件，全部待核实"), format!("{cases} cases, all to be verified"))
}

/// How much stands in the sheet of lines.
pub fn claims_note(lines: usize, sum: Fen) -> Text {
    Text::new(format!("共 {lines} 笔，拟追回 {sum} 元"), format!("{lines} lines, {sum} yuan claimed"))
}

/// How much stands in the sheet of leads.
pub fn leads_note(leads: usize, sum: Fen, unknown: usize) -> Text {
    Text::new(
        format!(
            "共 {leads} 条，可能金额合计 {sum} 元（多条线索指向同一笔钱的，只计一次），另有 {unknown} 条不能估算"
        ),
        format!(
            "{leads} leads, potential {sum} yuan in all (money at which several point counts once); {unknown} cannot be estimated"
        ),
    )
}

/// How many pairs a sheet of pairs shows.
pub fn matches_note(matches: usize) -> Text {
    Text::new(
        format!("共 {matches} 对，可能性较强的在前；核实证件号前不作认定"),
        format!("{matches} pairs, the strongest first; nothing is established by them"),
    )
}

/// How much stands in the sheet of what was not paid.
pub fn unpaid_note(persons: usize, sum: Fen, unknown: usize) -> Text {
    Text::new(
        format!("共 {persons} 人，估算应补发 {sum} 元，另有 {unknown} 条金额待核定"),
        format!("{persons} persons, estimated arrears {sum} yuan; {unknown} of unknown amount"),
    )
}

/// How much stands in the sheet of marks.
pub fn marks_note(marks: usize, persons: usize) -> Text {
    Text::new(format!("共 {marks} 条，涉及 {persons} 人"), format!("{marks} marks on {persons} persons"))
}

/// More evidence than a cell should hold.
pub fn more_evidence(shown: usize, all: usize, file: &str) -> Text {
    Text::new(
        format!("……共 {all} 处，此处列 {shown} 处，全部见 {file}"),
        format!("… {all} in all, {shown} shown; the rest in {file}"),
    )
}

/// More rows than a sheet for people should hold.
pub fn more_rows(shown: usize, all: usize, file: &str) -> Text {
    Text::new(
        format!("共 {all} 行，此处列前 {shown} 行，全部见 {file}。"),
        format!("{all} rows, the first {shown} here; all in {file}."),
    )
}

/// The end of a text that a cell cannot hold whole.
pub const CUT_OFF: Word = Word::new("……（未完，见 csv 文件）", "… (cut off; see the csv file)");
