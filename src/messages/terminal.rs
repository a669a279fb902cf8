//! What the commands print.

use super::{Error, Exit, Lang, LeadReason, Text};
use crate::domain::Fen;
use crate::findings::Totals;
use crate::ingest::{Column, Reject, Table};
use crate::project::Project;

/// The pool of threads could not be made.
pub fn no_threads(why: &dyn std::fmt::Display) -> Error {
    Error::new(
        Exit::File,
        "E704",
        format!("无法启动工作线程：{why}。请减小 --threads。"),
        format!("cannot start the worker threads: {why}. Use a smaller --threads."),
    )
}

/// A bug.
pub fn internal_error(what: &str) -> Error {
    Error::new(
        Exit::Bug,
        "E900",
        format!("程序内部错误：{what}。上一次的结果没有被改动；请把这条信息报告给维护者。"),
        format!("an internal error: {what}. The last result is untouched; please report this message."),
    )
}

/// Nobody has the number.
pub fn no_such_person(shown: &str) -> Error {
    Error::new(
        Exit::Usage,
        "E606",
        format!("所有输入中都没有 {shown}。请核对证件号或疑点编号。"),
        format!("no input knows {shown}. Check the ID number or case number."),
    )
}

/// An error as the terminal shows it.
pub fn error_line(error: &Error, lang: Lang) -> String {
    let word = match lang {
        Lang::Zh => "错误",
        Lang::En => "error",
    };
    format!("{word} [{}] {}", error.code, error.text.in_lang(lang))
}

/// Why `check` says nothing of what was checked.
pub fn check_incomplete() -> Text {
    Text::new(
        "有输入被拒绝，先改正后再看覆盖情况（run 会在此停止）。",
        "An input was refused: mend it first; coverage is not shown, and run would stop here.",
    )
}

/// A command line that cannot be understood.
pub fn usage_error(why: &str) -> Text {
    let why = why.trim_start_matches("error: ").trim_end();
    Text::new(format!("命令行有误（用 --help 查看用法）：{why}"), format!("error: {why}"))
}

/// A `--fail-on` that is none.
pub fn bad_limit(text: &str) -> Text {
    Text::new(
        format!("\"{text}\" 应写作 cases=1、leads=1、rejects=1 或 not_checkable=1（数量达到时退出码为 1）"),
        format!("\"{text}\" should be cases=1, leads=1, rejects=1 or not_checkable=1"),
    )
}

/// The rules of the command line are not those of audit.toml.
pub fn rules_replaced(given: &str, named: &str) -> Text {
    Text::new(
        format!("注意：本次使用 --rules {given}，audit.toml 中 rules 所指的 {named} 不起作用（两者不叠加）"),
        format!(
            "note: --rules {given} takes the place of {named}, which audit.toml names; they are not combined"
        ),
    )
}

/// An `--only` that names nothing.
pub fn no_codes() -> Text {
    Text::new(
        "没有写规则编号，应写作 --only 编号,编号（编号见 rules list；不限制规则时不要写 --only）",
        "it names no rule; write it as --only CODE,CODE (see rules list), or leave it out to run all",
    )
}

/// A limit of `--fail-on` was reached.
pub fn limit_reached(kind: &str, least: u64, found: u64) -> Text {
    Text::new(
        format!("--fail-on {kind}={least}：实为 {found}，退出码 1"),
        format!("--fail-on {kind}={least}: found {found}, exit code 1"),
    )
}

/// The help text of a command or option.
pub fn help(key: &str) -> Text {
    let (zh, en) = match key {
        "about" => (
            "审计城乡居民基本养老保险待遇发放，生成追回台账",
            "audits resident basic pension payments and writes the recovery ledger",
        ),
        "run" => (
            "审计一个项目，写出台账和全部结果（主命令）",
            "audits a project and writes the ledger and all results",
        ),
        "check" => (
            "只读输入和规则，报告数据质量和覆盖情况，不作认定",
            "reads inputs and rules, reports quality and coverage, claims nothing",
        ),
        "explain" => {
            ("说明一个人为什么在（或不在）台账中", "explains why a person is, or is not, in the ledger")
        }
        "rules" => ("查看和检验规则", "shows and tests the rulebook"),
        "rules_list" => ("列出规则", "lists the rules"),
        "rules_show" => (
            "显示一条规则的依据、参数、说明和示例，或一个参数的全部取值",
            "shows a rule with its law, parameters and examples, or all values of a parameter",
        ),
        "rules_test" => ("运行规则文件中的全部示例", "runs every example of the rule files"),
        "claims" => (
            "将已公布的数字与计算结果逐项比对（claims.toml）",
            "holds published figures (claims.toml) against the computed ones",
        ),
        "generate" => {
            ("生成虚构的样例项目及答案", "generates an invented sample project with its answer key")
        }
        "verify" => (
            "重新计算结果文件夹的凭据，指出不符之处",
            "recomputes the receipt of a result folder and names what differs",
        ),
        "lang" => (
            "终端语言：zh（默认）或 en；文件语言由 audit.toml 的 lang 决定",
            "language of the terminal: zh (default) or en; files follow lang in audit.toml",
        ),
        "quiet" => ("不显示进度和提示", "no progress, no remarks"),
        "project" => ("含有 audit.toml 的项目文件夹", "a project folder that holds an audit.toml"),
        "only" => ("只运行这些规则（逗号分隔），其余不算", "run these rules only, separated by commas"),
        "as_of" => (
            "截至日，代替 audit.toml 的 as_of（写入运行凭据）",
            "the day as of which the audit speaks, instead of that of audit.toml; the receipt says so",
        ),
        "rules_doc" => ("把全部规则写成文档", "write all rules as a document"),
        "rules_doc_to" => ("写到哪个文件", "the file to write"),
        "rules_dir" => {
            ("本地规则文件夹，叠加在内置规则之上", "a folder of own rules, laid over the built-in ones")
        }
        "threads" => ("线程数（不影响结果）", "number of threads; the result never depends on it"),
        "no_cache" => (
            "不使用也不写缓存：每个输入都重新读取（结果相同）",
            "neither use nor write the cache: every input is read anew (the result is the same)",
        ),
        "cache_dir" => (
            "缓存放在这个文件夹（默认 PROJECT/.pension-audit/cache；内含个人信息）",
            "keep the cache in this folder (default PROJECT/.pension-audit/cache; it holds personal data)",
        ),
        "rehash" => (
            "逐字节核对输入是否改变，不凭文件时间和大小",
            "read every byte to see whether an input changed, whatever its time and size say",
        ),
        "unattended" => (
            "无人值守的定时任务：逐字节核对输入，不显示进度",
            "for a job that nobody watches: read every byte of the inputs, show no progress",
        ),
        "max_file_size" => {
            ("单个输入文件的大小上限（默认 64G）", "how large an input file may be (default 64G)")
        }
        "max_unpacked_text" => {
            ("压缩文本解压后的大小上限（默认 64G）", "what a compressed text may unpack to (default 64G)")
        }
        "max_unpacked_workbook" => (
            "工作簿任一部分解压后的大小上限（默认 2G）",
            "what any part of a workbook may unpack to (default 2G)",
        ),
        "max_ratio" => (
            "解压后与文件大小之比的上限，64M 以下不限（默认 250）",
            "how many times its size a file may unpack to, beyond 64M (default 250)",
        ),
        "max_columns" => {
            ("一张表的列数上限（默认 1000）", "how many columns a sheet may have (default 1000)")
        }
        "init" => (
            "查看一个文件夹，按表头建议 audit.toml（从不覆盖）",
            "look at a folder and propose audit.toml from the headings (never overwrites)",
        ),
        "init_folder" => ("放有各单位文件的文件夹", "the folder with the files of the offices"),
        "init_title" => ("项目标题（默认用文件夹名）", "the title (default: the name of the folder)"),
        "init_region" => (
            "行政区划代码（默认取多数证件号的前六位）",
            "the region code (default: the first six digits of most ID numbers)",
        ),
        "init_as_of" => (
            "审计截止日（默认取各文件中最晚的日期）",
            "the audit's day (default: the newest day that any file names)",
        ),
        "init_print" => ("只在标准输出显示建议，不写文件", "only print the proposal, write nothing"),
        "max_cells" => (
            "一张工作表中有内容的单元格数上限（默认 100000000）",
            "how many cells of a sheet may hold anything (default 100000000)",
        ),
        "timings" => (
            "在标准错误输出各阶段用时、行数和字节数",
            "print to stderr how long each stage took, with rows and bytes a second",
        ),
        "timings_json" => (
            "把各阶段用时写入这个文件（不属于结果）",
            "write the stages' times to this file (no part of the result)",
        ),
        "out" => ("结果文件夹（默认按 audit.toml）", "result folder (default: as audit.toml says)"),
        "formats" => (
            "只写这些格式：csv,parquet,xlsx（默认全部）",
            "write only these formats: csv,parquet,xlsx (default: all)",
        ),
        "fail_on" => (
            "数量达到时退出码为 1，如 cases=1 或 rejects=100",
            "exit code 1 from this many on, as cases=1 or rejects=100",
        ),
        "json" => ("以 JSON 输出", "print JSON"),
        "unmask" => ("显示完整证件号（默认遮盖）", "show full ID numbers (masked by default)"),
        "id" => ("公民身份号码（任何写法）或疑点编号", "an ID number in any writing, or a case number"),
        "code" => ("规则编号或参数的 id", "the rule's code, or a parameter's id"),
        "dir" => ("要生成的文件夹", "the folder to make"),
        "scenario" => (
            "场景：hongta-2023、showcase（固定样例）或 district（任意规模）",
            "hongta-2023 or showcase (fixed samples), or district (any size)",
        ),
        "persons" => ("人数（district）", "number of persons (district)"),
        "months" => ("月数（district）", "number of months (district)"),
        "seed" => ("随机种子（district）", "random seed (district)"),
        "format" => ("发放明细的格式（district）", "format of the payments (district)"),
        "gb18030" => ("文本以 GB18030 编码（district）", "write text files as GB18030 (district)"),
        "result" => ("run 生成的结果文件夹", "a result folder that run has written"),
        "verify_project" => {
            ("项目文件夹（默认为结果文件夹的上一级）", "the project folder (default: the parent of OUT)")
        }
        _ => ("", ""),
    };
    Text::new(zh, en)
}

pub(super) fn words(lang: Lang, zh: &[&str], en: &[&str]) -> Vec<String> {
    let chosen = match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    chosen.iter().map(|word| (*word).to_string()).collect()
}

/// The first line of a run's result.
pub fn run_heading(project: &Project, totals: &Totals) -> Text {
    let money = i64::try_from(totals.payment_fen).map(|fen| Fen(fen).yuan()).unwrap_or_default();
    let (period, as_of) = (project.period, project.as_of);
    Text::new(
        format!(
            "{}\n审计期 {period}，截止 {as_of}：领取人员 {} 人，发放记录 {} 行，{money} 元",
            project.title, totals.payees, totals.payment_lines
        ),
        format!(
            "{}\nperiod {period}, as of {as_of}: {} payees, {} payment lines, {money} yuan",
            project.title, totals.payees, totals.payment_lines
        ),
    )
}

/// The columns of the table of timings.
pub fn timing_columns(lang: Lang) -> Vec<String> {
    words(
        lang,
        &["阶段", "秒", "行数", "百万行/秒", "MB/秒"],
        &["stage", "seconds", "rows", "million rows/s", "MB/s"],
    )
}

/// The name of a stage of a run.
pub fn stage_word(stage: &str) -> Text {
    let (zh, en) = match stage {
        "rules" => ("规则", "rules"),
        "read" => ("读取输入", "reading inputs"),
        "judge" => ("判定", "judging"),
        "conclude" => ("归集", "concluding"),
        "csv" => ("写 csv", "writing csv"),
        "parquet" => ("写 parquet", "writing parquet"),
        "xlsx" => ("写工作簿", "writing the workbook"),
        "receipt" => ("运行凭据", "receipt"),
        _ => ("", ""),
    };
    Text::new(zh, en)
}

/// The columns of a run's table.
pub fn run_columns(lang: Lang) -> Vec<String> {
    words(
        lang,
        &["疑点类型", "人数", "应追回(元)", "未追回(元)", "待核线索"],
        &["case type", "persons", "due (yuan)", "outstanding", "leads"],
    )
}

/// Total.
pub fn total_word() -> Text {
    Text::new("合计", "total")
}

/// Where the files are.
pub fn run_files(out: &str, is_written: impl Fn(&str) -> bool) -> Text {
    let main = [
        "追回台账.xlsx",
        "ledger.csv",
        "findings.csv",
        "leads.csv",
        "coverage.csv",
        "ledger.parquet",
        "receipt.json",
    ];
    // The Parquet twins are worth a word only where they stand alone.
    let has_csv = is_written("ledger.csv");
    let is_shown = |name: &&str| is_written(name) && !(has_csv && name.ends_with(".parquet"));
    let names: Vec<&str> = main.into_iter().filter(is_shown).collect();
    Text::new(
        format!("结果：{out}/{} 等（均为待核实的拟追回，须经人工核实）", names.join("、")),
        format!("results: {out}/{} … (all proposed; people decide)", names.join(", ")),
    )
}

/// An edited older result was kept.
pub fn kept_previous(kept: &str) -> Text {
    Text::new(
        format!("原结果文件夹中的文件被改动过，已保留为 {kept}"),
        format!("the last result had been edited and was kept as {kept}"),
    )
}

/// Rows were rejected.
pub fn run_rejects(count: u64) -> Text {
    Text::new(
        format!("拒收 {count} 行，详见 rejects.csv，可退回报送单位更正"),
        format!("{count} rows were rejected; see rejects.csv, which can be sent back"),
    )
}

/// A registry was not checked.
pub fn run_not_checked(rules: &str, reason: &Text) -> Text {
    Text::new(format!("未核查 {rules}：{}", reason.zh), format!("not checked, {rules}: {}", reason.en))
}

/// Rows could not be checked.
pub fn run_not_checkable(count: usize) -> Text {
    Text::new(
        format!("{count} 项无法核查，详见 not_checkable.csv"),
        format!("{count} items could not be checked; see not_checkable.csv"),
    )
}

/// Who was not paid although something was due.
pub fn run_unpaid(persons: usize, sum: Fen, unknown: usize) -> Text {
    Text::new(
        format!("应发未发：{persons} 人，估算应补发 {sum} 元，{unknown} 条金额待核定，详见 unpaid.csv"),
        format!(
            "due and not paid: {persons} persons, about {sum} yuan, {unknown} of unknown amount; see unpaid.csv"
        ),
    )
}

/// What rules on trial found.
pub fn run_on_trial(leads: usize, unpaid: usize) -> Text {
    Text::new(
        format!("试行规则另有线索 {leads} 条、应发未发 {unpaid} 条，只列出，不计入任何合计"),
        format!("rules on trial: {leads} leads and {unpaid} unpaid more, listed and in no total"),
    )
}

/// The marks of a rule.
pub fn run_marks(rule: &str, title: &str, persons: usize) -> Text {
    Text::new(
        format!("提示：{rule} {title}，{persons} 人，详见 marks.csv"),
        format!("marked by {rule}: {persons} persons; see marks.csv"),
    )
}

/// A rejected row.
pub fn reject_line(reject: &Reject) -> Text {
    let (reason, remedy) = (reject.reason.reason(), reject.reason.remedy());
    let (file, row, column) = (&reject.file, reject.row, &reject.column);
    // Shifted columns put ID numbers among the amounts.
    let value = crate::domain::mask_number_text(&reject.value);
    Text::new(
        format!("{file} 第 {row} 行 {column}“{value}”：{}。{}", reason.zh, remedy.zh),
        format!("{file}, row {row}, {column} \"{value}\": {}; {}", reason.en, remedy.en),
    )
}

/// The heading above the published figures.
pub fn claims_heading(source: &str) -> Text {
    Text::new(format!("公布数字比对（{source}）"), format!("published figures ({source})"))
}

/// The columns of the published figures.
pub fn claims_columns(lang: Lang) -> Vec<String> {
    words(
        lang,
        &["公布内容", "公布值", "计算值", "精确值", "结论"],
        &["as published", "published", "computed", "exact", "verdict"],
    )
}

/// Whether a figure was reproduced.
pub fn claim_verdict(reproduced: bool) -> Text {
    if reproduced { Text::new("一致", "reproduced") } else { Text::new("不一致", "NOT reproduced") }
}

/// The columns of `check`'s inputs.
pub fn check_columns(lang: Lang) -> Vec<String> {
    words(
        lang,
        &["登记表", "文件", "行数", "采用", "拒收", "金额(元)", "所属期/最新日期", "识别列", "拒收原因"],
        &["table", "file", "rows", "kept", "rejected", "yuan", "months/newest day", "columns", "rejected by"],
    )
}

/// The columns of what each input lacks.
pub fn check_lacking_columns(lang: Lang) -> Vec<String> {
    words(
        lang,
        &["文件", "没有的列（可选）", "审计期内没有的月份"],
        &["file", "columns that it lacks (optional ones)", "months of the period that it lacks"],
    )
}

/// A column by its name in a language.
pub fn column_name(column: Column, lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => column.title(),
        Lang::En => column.name(),
    }
}

/// The columns of `check`'s observations.
pub fn observation_columns(lang: Lang) -> Vec<String> {
    words(lang, &["文件", "次数", "发现", "首见行"], &["file", "count", "noticed", "first rows"])
}

/// The columns of `check`'s coverage.
pub fn coverage_columns(lang: Lang) -> Vec<String> {
    words(
        lang,
        &["登记表", "规则", "行数", "可用", "已核查人数", "无法核查", "最新日期", "说明"],
        &["registry", "rule", "rows", "usable", "persons checked", "not checkable", "newest", "reason"],
    )
}

/// How many examples ran.
pub fn examples_passed(count: usize, failed: usize) -> Text {
    Text::new(
        format!("示例 {count} 个，通过 {}，不符 {failed}", count - failed),
        format!("{count} examples, {} passed, {failed} failed", count - failed),
    )
}

/// A project was generated.
pub fn generated(folder: &str, persons: usize, lines: u64, files: usize) -> Text {
    Text::new(
        format!("已生成 {folder}：{persons} 人，发放记录 {lines} 行，{files} 个文件（全部虚构）"),
        format!("made {folder}: {persons} persons, {lines} payment lines, {files} files (all invented)"),
    )
}

/// The verdict of `verify`.
pub fn verified(differences: usize) -> Text {
    if differences == 0 {
        Text::new(
            "核对一致：输入、规则、输出均与凭据相符",
            "verified: inputs, rules and outputs are as the receipt states",
        )
    } else {
        Text::new(format!("核对不一致：{differences} 处"), format!("not verified: {differences} differences"))
    }
}

/// The headings of an explanation.
pub fn explain_heading(key: &str) -> Text {
    match key {
        "lines" => Text::new("发放记录", "payment lines"),
        "rows" => Text::new("登记信息", "registry rows"),
        "spans" => Text::new("不应发放的月份", "months in which nothing was due"),
        _ => Text::new("各规则结论", "verdict of every rule"),
    }
}

/// The columns of an explanation's lines.
pub fn explain_line_columns(lang: Lang) -> Vec<String> {
    words(
        lang,
        &["待遇所属期", "类型", "金额(元)", "应追回(元)", "发放日期", "位置", "规则与说明"],
        &["month", "kind", "yuan", "due back", "paid on", "line", "rules and remarks"],
    )
}

/// Claim or lead.
pub fn tier_word(established: bool) -> Text {
    if established { Text::new("认定", "established") } else { Text::new("线索", "lead") }
}

/// The verdict of a rule on a person.
pub fn verdict_word(verdict: &str) -> Text {
    let (zh, en) = match verdict {
        "claimed" => ("应追回", "claimed"),
        "lead" => ("线索", "lead"),
        "marked" => ("标记", "marked"),
        "not_checkable" => ("无法核查", "not checkable"),
        _ => ("未触发", "did not fire"),
    };
    Text::new(zh, en)
}

/// A note at a row.
pub fn note_at(place: &str, text: &Text) -> Text {
    Text::new(format!("{place}：{}", text.zh), format!("{place}: {}", text.en))
}

/// Why a lead is one.
pub fn lead_because(reason: LeadReason, potential: Option<Fen>) -> Text {
    let text = reason.text();
    match potential {
        Some(fen) => {
            Text::new(format!("线索 {fen} 元：{}", text.zh), format!("a lead of {fen} yuan: {}", text.en))
        }
        None => Text::new(
            format!("线索，金额未知：{}", text.zh),
            format!("a lead of unknown amount: {}", text.en),
        ),
    }
}

/// What a rule claims or supports.
pub fn explain_claimed(fen: Fen) -> Text {
    Text::new(format!("认定的应追回金额 {fen} 元由本规则支持"), format!("supports a claim of {fen} yuan"))
}

/// A rule about an age that did not fire.
pub fn explain_old_enough() -> Text {
    Text::new("未触发：没有未到龄月份的发放", "did not fire: nothing was paid for months before the age")
}

/// What was due is not known.
pub fn explain_not_configured() -> Text {
    Text::new(
        "标准未配置，未核查或只核查了已知部分",
        "the standard is not configured: not checked, or only in part",
    )
}

/// A rule about how numbers are written.
pub fn explain_counts_rows() -> Text {
    Text::new(
        "按行计数，不对人下结论；行数见 coverage.csv，无法使用的逐行见 not_checkable.csv",
        "it counts rows and says nothing of a person: how many in coverage.csv, which cannot be used in not_checkable.csv",
    )
}

/// A check of the whole person that found nothing.
pub fn explain_nothing_told() -> Text {
    Text::new("未触发：没有发现本规则所指的情形", "did not fire: nothing that the rule looks for was found")
}

/// Known to the contribution system.
pub fn explain_present() -> Text {
    Text::new("未触发：缴费（参保）系统中有此人", "did not fire: the contribution system knows the person")
}

/// Exempt from contributions.
pub fn explain_exempt() -> Text {
    Text::new(
        "未触发：制度实施时已满60周岁，免缴费，不在缴费名单属正常",
        "did not fire: already 60 when the scheme began and exempt from contributions",
    )
}

/// No payment in the period.
pub fn explain_no_payment() -> Text {
    Text::new("未触发：审计期内没有发放记录", "did not fire: no payment in the period")
}

/// Nothing repeated.
pub fn explain_not_repeated() -> Text {
    Text::new("未触发：没有同一所属期的重复项目", "did not fire: no component was paid twice for one month")
}

/// The registry does not know the person.
pub fn explain_no_row(table: Table) -> Text {
    Text::new(
        format!("未触发：{}中没有此人", table.title()),
        format!("did not fire: {} has no row of the person", table.name()),
    )
}

/// No election, no second grant.
pub fn explain_no_choice_due() -> Text {
    Text::new(
        "未触发：补助金已退回，或其他险种的待遇不要求择一（已放弃、不符合、选择居民待遇、不在择一之列、死亡早于适用起点）",
        "did not fire: the grant was returned, or the other benefit asks for no choice",
    )
}

/// Spans, but nothing was paid in them.
pub fn explain_no_line_in_span() -> Text {
    Text::new(
        "未触发：不应发放的月份内没有（净）发放",
        "did not fire: nothing was paid in the months in question",
    )
}

/// Rows, but no span.
pub fn explain_no_span() -> Text {
    Text::new("未触发：登记信息不影响发放（见各行说明）", "did not fire: the rows do not bar payment")
}

/// A line that another one undid.
pub fn explain_undone() -> Text {
    Text::new("已被冲销或退票抵消", "undone by a reversal or returned line")
}

/// A line that undid another one.
pub fn explain_undoes() -> Text {
    Text::new("抵消了另一笔发放", "undoes another line")
}

/// An undoing line without partner.
pub fn explain_without_partner() -> Text {
    Text::new("找不到对应的发放记录", "found no line to undo")
}

/// A claim on grants.
pub fn explain_grant_sum(fen: Fen) -> Text {
    Text::new(format!("丧葬补助金净额 {fen}"), format!("funeral grants, net {fen}"))
}

/// The sum of a case.
pub fn explain_sum(due: Fen, recovered: Fen, setoff: Fen, outstanding: Fen) -> Text {
    Text::new(
        format!("应追回 {due} − 已追回 {recovered} − 已抵扣 {setoff} = 未追回 {outstanding}"),
        format!("due {due} − recovered {recovered} − set off {setoff} = outstanding {outstanding}"),
    )
}

/// A damaged ID number.
pub fn explain_damaged(shown: &str, lines: &[String]) -> Text {
    let first: Vec<&str> = lines.iter().take(12).map(String::as_str).collect();
    Text::new(
        format!(
            "{shown} 不是可用的证件号，无法与任何登记表核对（不等于没有问题）。该写法的发放记录 {} 行：{}",
            lines.len(),
            first.join("、")
        ),
        format!(
            "{shown} is no usable ID number and was checked against nothing (which is not clean). Payment lines with it: {}: {}",
            lines.len(),
            first.join(", ")
        ),
    )
}
