//! Owns random small projects as cell texts, and how they become files. Must not know what a run finds.

mod grants;
mod payments;
mod persons;
mod registries;
mod rng;
mod spelling;

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use pension_audit::domain::{Month, MonthSpan};

pub(crate) use self::rng::Rng;
use super::rulebooks::Rulebook;

/// The day as of which every project speaks.
pub(crate) fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 6, 30).expect("a day")
}

/// The benefit months under audit.
pub(crate) fn period() -> MonthSpan {
    MonthSpan::through(Month::of(2023, 1), Month::of(2023, 12))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    Payments,
    Participants,
    Deaths,
    Certifications,
    Custody,
    OtherPensions,
    FuneralGrants,
    OtherDeathBenefits,
    Repayments,
}

/// The columns of a table that are written, each with its heading.
type Columns = &'static [(&'static str, &'static str)];

impl Table {
    pub(crate) const ALL: [Table; 9] = [
        Table::Payments,
        Table::Participants,
        Table::Deaths,
        Table::Certifications,
        Table::Custody,
        Table::OtherPensions,
        Table::FuneralGrants,
        Table::OtherDeathBenefits,
        Table::Repayments,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Table::Payments => "payments",
            Table::Participants => "participants",
            Table::Deaths => "deaths",
            Table::Certifications => "certifications",
            Table::Custody => "custody",
            Table::OtherPensions => "other_pensions",
            Table::FuneralGrants => "funeral_grants",
            Table::OtherDeathBenefits => "other_death_benefits",
            Table::Repayments => "repayments",
        }
    }

    pub(crate) fn columns(self) -> Columns {
        match self {
            Table::Payments => PAYMENT_COLUMNS,
            Table::Participants => &[
                ("id_number", "身份证号"),
                ("name", "姓名"),
                ("enrolled_on", "参保日期"),
                ("paid_years", "累计缴费年限"),
                ("kind", "类别"),
            ],
            Table::Deaths => &[
                ("id_number", "身份证号"),
                ("name", "姓名"),
                ("death_date", "死亡日期"),
                ("registered_on", "登记日期"),
                ("cremated_on", "火化日期"),
                ("reason", "注销原因"),
                ("source", "数据来源"),
            ],
            Table::Certifications => {
                &[("id_number", "身份证号码"), ("name", "姓名"), ("certified_on", "认证日期")]
            }
            Table::Custody => CUSTODY_COLUMNS,
            Table::OtherPensions => PENSION_COLUMNS,
            Table::FuneralGrants => &[
                ("id_number", "死者身份证号"),
                ("name", "姓名"),
                ("amount", "金额"),
                ("paid_date", "发放日期"),
                ("death_date", "死亡日期"),
                ("deducted", "抵扣多领"),
            ],
            Table::OtherDeathBenefits => DEATH_BENEFIT_COLUMNS,
            Table::Repayments => &[
                ("id_number", "身份证号"),
                ("name", "姓名"),
                ("payer", "退款人"),
                ("amount", "金额"),
                ("received_on", "收款日期"),
                ("voucher", "票据号"),
            ],
        }
    }
}

const PAYMENT_COLUMNS: Columns = &[
    ("id_number", "公民身份号码"),
    ("name", "姓名"),
    ("benefit_month", "待遇所属期"),
    ("basic", "基础养老金"),
    ("addition", "加发养老金"),
    ("account_own", "个人账户养老金"),
    ("account_subsidy", "个人账户养老金(补贴)"),
    ("other", "其他"),
    ("total", "合计"),
    ("paid_date", "发放日期"),
    ("line_kind", "发放类型"),
    ("pay_status", "代发结果"),
    ("batch_no", "批次号"),
    ("bank_account", "银行账号"),
];

const PENSION_COLUMNS: Columns = &[
    ("id_number", "社会保障号码"),
    ("name", "姓名"),
    ("scheme", "险种"),
    ("benefit", "待遇类别"),
    ("from_month", "待遇开始年月"),
    ("until_month", "待遇终止年月"),
    ("monthly", "月待遇"),
    ("status", "待遇状态"),
];

const DEATH_BENEFIT_COLUMNS: Columns = &[
    ("id_number", "身份证号"),
    ("name", "姓名"),
    ("scheme", "险种"),
    ("benefit", "待遇项目"),
    ("state", "办理状态"),
    ("elected_scheme", "选择险种"),
    ("elected_on", "选择日期"),
    ("death_date", "死亡日期"),
];

const CUSTODY_COLUMNS: Columns = &[
    ("id_number", "证件号码"),
    ("name", "姓名"),
    ("status_from", "状态起始日期"),
    ("detained_on", "羁押日期"),
    ("sentenced_on", "判决日期"),
    ("effective_on", "生效日期"),
    ("admitted_on", "收监日期"),
    ("term_from", "刑期起"),
    ("term_to", "刑期止"),
    ("released_on", "释放日期"),
    ("sentence", "刑罚种类"),
    ("enforcement", "执行方式"),
    ("source", "数据来源"),
];

/// One row of one table: its cell texts by column name; a column that is not named is empty.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) table: Table,
    /// Which person of the project it was written for, for messages only.
    pub(crate) person: usize,
    /// The number of the file of its table.
    pub(crate) file: usize,
    /// Where it stands among the rows of its file.
    pub(crate) number: usize,
    cells: Vec<(&'static str, String)>,
}

impl Row {
    pub(crate) fn new(table: Table, person: usize, cells: Vec<(&'static str, String)>) -> Row {
        for (column, _) in &cells {
            assert!(
                table.columns().iter().any(|(name, _)| name == column),
                "{table:?} has no column {column}"
            );
        }
        Row { table, person, file: 0, number: 0, cells }
    }

    /// The text of a cell.
    pub(crate) fn cell(&self, column: &str) -> &str {
        self.cells.iter().find(|(name, _)| *name == column).map_or("", |(_, text)| text.as_str())
    }

    /// What is written in the row, for messages.
    pub(crate) fn describe(&self) -> String {
        let cells: Vec<String> = self
            .cells
            .iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(c, t)| format!("{c}={t:?}"))
            .collect();
        format!("{}-{}#{} {}", self.table.name(), self.file, self.number + 2, cells.join(" "))
    }
}

/// A project: rows, and the order in which audit.toml lists its files.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) seed: u64,
    pub(crate) rows: Vec<Row>,
    with_bom: bool,
    inputs: Vec<(Table, usize)>,
    pub(crate) rulebook: Rulebook,
}

impl Project {
    /// The project of a seed: always the same.
    pub(crate) fn generate(seed: u64) -> Project {
        let mut rng = Rng::new(seed);
        let mut rows = persons::people(&mut rng);
        rng.shuffle(&mut rows);
        let with_bom = rng.chance(30);
        let mut project =
            Project { seed, rows, with_bom, inputs: Vec::new(), rulebook: Rulebook::built_in() };
        let two_files = rng.chance(30);
        for row in &mut project.rows {
            let may_split = matches!(row.table, Table::Payments | Table::Deaths | Table::Custody);
            row.file = usize::from(two_files && may_split && rng.chance(40));
        }
        project.number_rows();
        // Two identical files would be refused.
        for table in Table::ALL {
            if project.file_bytes(table, 0) == project.file_bytes(table, 1) {
                project.rows.iter_mut().filter(|row| row.table == table).for_each(|row| row.file = 0);
            }
        }
        project.number_rows();
        project
    }

    /// A project of given rows, in the order given.
    pub(crate) fn of_rows(rows: Vec<Row>) -> Project {
        let rulebook = Rulebook::built_in();
        let mut project = Project { seed: 0, rows, with_bom: false, inputs: Vec::new(), rulebook };
        project.number_rows();
        project
    }

    /// The same rows in another order within the registries, and the files listed in another order.
    pub(crate) fn shuffled(&self, rng: &mut Rng) -> Project {
        let mut other = self.clone();
        rng.shuffle(&mut other.rows);
        // Payment lines keep their places, because file and row break ties among them.
        let mut payments: Vec<Row> =
            self.rows.iter().filter(|row| row.table == Table::Payments).cloned().collect();
        other.rows.retain(|row| row.table != Table::Payments);
        other.rows.append(&mut payments);
        other.number_rows();
        rng.shuffle(&mut other.inputs);
        other
    }

    fn number_rows(&mut self) {
        self.inputs.clear();
        for table in Table::ALL {
            for file in 0..2 {
                let mut number = 0;
                for row in self.rows.iter_mut().filter(|row| row.table == table && row.file == file) {
                    row.number = number;
                    number += 1;
                }
                if number > 0 {
                    self.inputs.push((table, file));
                }
            }
        }
    }

    fn file_name(table: Table, file: usize) -> String {
        format!("{}-{file}.csv", table.name())
    }

    /// The file and the row number, which break ties between equal payment lines.
    pub(crate) fn place(&self, row: &Row) -> (String, usize) {
        (Project::file_name(row.table, row.file), row.number)
    }

    /// The row that stands in a line of a file, as a person who opens it counts: the headings are line 1.
    pub(crate) fn row_at(&self, file: &str, line: usize) -> Option<&Row> {
        self.rows.iter().find(|row| {
            let name = Project::file_name(row.table, row.file);
            (file == name || file.ends_with(&format!("/{name}"))) && row.number + 2 == line
        })
    }

    /// Writes the project into a folder.
    /// The project of a seed under a rulebook of the same seed.
    pub(crate) fn with_random_rules(seed: u64) -> Project {
        let mut rng = Rng::new(seed ^ 0x0005_ea1e);
        Project { rulebook: Rulebook::random(&mut rng), ..Project::generate(seed) }
    }

    pub(crate) fn write(&self, folder: &Path) {
        let mut toml = format!("title = \"oracle {}\"\nregion = \"530499\"\n", self.seed);
        toml.push_str("period = { from = \"2023-01\", to = \"2023-12\" }\nas_of = \"2024-06-30\"\n");
        for &(table, file) in &self.inputs {
            let name = Project::file_name(table, file);
            toml.push_str(&format!("\n[[input]]\ntable = \"{}\"\npath = \"{name}\"\n", table.name()));
            fs::write(folder.join(name), self.file_bytes(table, file)).expect("a file of the project");
        }
        if self.rulebook.write(&folder.join("own")) {
            toml = format!("rules = \"own\"\n{toml}");
        }
        fs::write(folder.join("audit.toml"), toml).expect("audit.toml");
    }

    fn file_bytes(&self, table: Table, file: usize) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(table.columns().iter().map(|(_, heading)| heading)).expect("headings");
        let mut rows: Vec<&Row> =
            self.rows.iter().filter(|row| row.table == table && row.file == file).collect();
        rows.sort_by_key(|row| row.number);
        for row in rows {
            writer.write_record(table.columns().iter().map(|(column, _)| row.cell(column))).expect("a row");
        }
        let mut bytes = if self.with_bom { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
        bytes.append(&mut writer.into_inner().expect("a buffer"));
        bytes
    }
}
