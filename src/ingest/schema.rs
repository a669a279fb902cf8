//! The tables that offices send, and their columns.
//!
//! Owns names only. Must not read anything: recognising a heading row is the business of `heading`, and the
//! headings under which a column is known stand in rules/headings.toml.

/// What a column's cells hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellType {
    /// An ID number.
    Id,
    /// A person's name.
    Name,
    /// Words, kept as written.
    Text,
    /// A day.
    Date,
    /// A month.
    Month,
    /// Money.
    Amount,
}

macro_rules! columns {
    ($($variant:ident $name:literal $kind:ident $title:literal;)*) => {
        /// A canonical column. A heading that stands for a column does so in every table that has the column.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Column { $($variant),* }

        impl Column {
            /// Every column, in order of declaration.
            pub const ALL: &'static [Column] = &[$(Column::$variant),*];

            /// The canonical name, as audit.toml and rule files write it.
            pub fn name(self) -> &'static str {
                match self { $(Column::$variant => $name),* }
            }

            /// What its cells hold.
            pub fn cell_type(self) -> CellType {
                match self { $(Column::$variant => CellType::$kind),* }
            }

            /// Its Chinese title, as messages name it; a heading like the others of rules/headings.toml.
            pub fn title(self) -> &'static str {
                match self { $(Column::$variant => $title),* }
            }
        }
    };
}

columns! {
    IdNumber "id_number" Id "公民身份号码";
    Name "name" Name "姓名";
    BenefitMonth "benefit_month" Month "待遇所属期";
    Basic "basic" Amount "基础养老金";
    Addition "addition" Amount "加发养老金";
    AccountOwn "account_own" Amount "个人账户养老金";
    AccountSubsidy "account_subsidy" Amount "个人账户养老金(补贴)";
    Other "other" Amount "其他";
    Total "total" Amount "合计";
    PaidDate "paid_date" Date "发放日期";
    LineKind "line_kind" Text "发放类型";
    PayStatus "pay_status" Text "代发结果";
    BatchNo "batch_no" Text "批次号";
    BankAccount "bank_account" Text "银行账号";
    AccountName "account_name" Text "户名";
    StartMonth "start_month" Month "待遇享受开始年月";
    Region "region" Text "行政区划";
    Township "township" Text "乡镇";
    Village "village" Text "村";
    PersonNo "person_no" Text "个人编号";
    BirthDate "birth_date" Date "出生日期";
    Sex "sex" Text "性别";
    EnrolledOn "enrolled_on" Date "参保日期";
    PaidYears "paid_years" Text "累计缴费年限";
    PaidMonths "paid_months" Text "累计缴费月数";
    Kind "kind" Text "类别";
    Status "status" Text "参保状态";
    DeathDate "death_date" Date "死亡日期";
    RegisteredOn "registered_on" Date "登记日期";
    CrematedOn "cremated_on" Date "火化日期";
    Reason "reason" Text "注销原因";
    Source "source" Text "数据来源";
    CertifiedOn "certified_on" Date "认证日期";
    Method "method" Text "认证方式";
    StatusFrom "status_from" Date "状态起始日期";
    DetainedOn "detained_on" Date "羁押日期";
    SentencedOn "sentenced_on" Date "判决日期";
    EffectiveOn "effective_on" Date "生效日期";
    AdmittedOn "admitted_on" Date "收监日期";
    TermFrom "term_from" Date "刑期起";
    TermTo "term_to" Date "刑期止";
    ReleasedOn "released_on" Date "释放日期";
    Sentence "sentence" Text "刑罚种类";
    Enforcement "enforcement" Text "执行方式";
    JudgmentNo "judgment_no" Text "判决文号";
    Scheme "scheme" Text "险种";
    Benefit "benefit" Text "待遇类别";
    FromMonth "from_month" Month "待遇开始年月";
    UntilMonth "until_month" Month "待遇终止年月";
    AwardedOn "awarded_on" Date "核定日期";
    Monthly "monthly" Amount "月待遇";
    Amount "amount" Amount "金额";
    Deducted "deducted" Amount "抵扣多领";
    PayeeName "payee_name" Text "领取人";
    PayeeId "payee_id" Text "领取人身份证号";
    Relation "relation" Text "与死者关系";
    State "state" Text "办理状态";
    ElectedScheme "elected_scheme" Text "选择险种";
    ElectedOn "elected_on" Date "选择日期";
    CaseId "case_id" Text "疑点编号";
    Payer "payer" Text "退款人";
    ReceivedOn "received_on" Date "收款日期";
    Voucher "voucher" Text "票据号";
    OldIdNumber "old_id_number" Text "原证件号码";
    ChangedOn "changed_on" Date "变更日期";
    ContributionYear "contribution_year" Text "缴费年度";
    ContributedOn "contributed_on" Date "缴费日期";
    Subsidy "subsidy" Amount "缴费补贴";
    PayerKind "payer_kind" Text "代缴类别";
    Employer "employer" Text "单位名称";
    Balance "balance" Amount "个人账户储存额";
    ChangeKind "change_kind" Text "变动类型";
    ChangeMonth "change_month" Month "变动年月";
    AppliedOn "applied_on" Date "申请日期";
    RecordedOn "recorded_on" Date "录入日期";
}

impl Column {
    /// The column of a canonical name.
    pub fn from_name(name: &str) -> Option<Column> {
        Column::ALL.iter().copied().find(|column| column.name() == name)
    }

    /// Whether its cells hold words of a list, for which codes may stand. Free texts have none, nor has what
    /// tells who somebody is.
    pub fn is_coded(self) -> bool {
        use Column::*;
        matches!(
            self,
            LineKind
                | PayStatus
                | Kind
                | Status
                | Reason
                | Source
                | Method
                | Sentence
                | Enforcement
                | Scheme
                | Benefit
                | State
                | ElectedScheme
                | Relation
                | Sex
                | PayerKind
                | ChangeKind
        )
    }

    /// Whether several headings of one sheet may add up to this column.
    pub fn adds_up(self) -> bool {
        matches!(self, Column::Basic | Column::Addition | Column::Other)
    }
}

/// The columns of payments that are read where they exist.
const PAYMENT_COLUMNS: &[Column] = {
    use Column::*;
    &[
        Basic,
        Addition,
        AccountOwn,
        AccountSubsidy,
        Other,
        Total,
        PaidDate,
        LineKind,
        PayStatus,
        BatchNo,
        BankAccount,
        AccountName,
        StartMonth,
        Region,
        Township,
        Village,
        PersonNo,
        BirthDate,
        Sex,
    ]
};

/// A table of the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// 发放明细
    Payments,
    /// 参保登记/缴费系统
    Participants,
    /// 死亡信息
    Deaths,
    /// 资格认证
    Certifications,
    /// 服刑信息
    Custody,
    /// 职工/机关事业养老待遇
    OtherPensions,
    /// 丧葬补助金
    FuneralGrants,
    /// 遗属待遇
    OtherDeathBenefits,
    /// 退回记录
    Repayments,
    /// 证件号变更
    IdAliases,
    /// 缴费记录（含缴费补贴和代缴）
    Contributions,
    /// 职工养老保险缴费
    EmployeeContributions,
    /// 财政供养人员
    PublicPayroll,
    /// 个人账户
    Accounts,
    /// 待遇停发、暂停与恢复记录
    StatusChanges,
}

impl Table {
    /// Every table, in the order in which reports list them.
    pub const ALL: [Table; 15] = [
        Table::Payments,
        Table::Participants,
        Table::Deaths,
        Table::Certifications,
        Table::Custody,
        Table::OtherPensions,
        Table::FuneralGrants,
        Table::OtherDeathBenefits,
        Table::Repayments,
        Table::IdAliases,
        Table::Contributions,
        Table::EmployeeContributions,
        Table::PublicPayroll,
        Table::Accounts,
        Table::StatusChanges,
    ];

    /// The canonical name, as audit.toml and rule files write it.
    pub fn name(self) -> &'static str {
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
            Table::IdAliases => "id_aliases",
            Table::Contributions => "contributions",
            Table::EmployeeContributions => "employee_contributions",
            Table::PublicPayroll => "public_payroll",
            Table::Accounts => "accounts",
            Table::StatusChanges => "status_changes",
        }
    }

    /// The Chinese name.
    pub fn title(self) -> &'static str {
        match self {
            Table::Payments => "发放明细",
            Table::Participants => "参保登记/缴费系统",
            Table::Deaths => "死亡信息",
            Table::Certifications => "资格认证",
            Table::Custody => "服刑信息",
            Table::OtherPensions => "职工/机关事业养老待遇",
            Table::FuneralGrants => "丧葬补助金",
            Table::OtherDeathBenefits => "遗属待遇",
            Table::Repayments => "退回记录",
            Table::IdAliases => "证件号变更",
            Table::Contributions => "居民养老保险缴费记录",
            Table::EmployeeContributions => "职工养老保险缴费",
            Table::PublicPayroll => "财政供养人员",
            Table::Accounts => "个人账户",
            Table::StatusChanges => "待遇停发恢复记录",
        }
    }

    /// The table of a canonical name.
    pub fn from_name(name: &str) -> Option<Table> {
        Table::ALL.into_iter().find(|table| table.name() == name)
    }

    /// The columns that must exist.
    pub fn required(self) -> &'static [Column] {
        use Column::*;
        match self {
            Table::Payments => &[IdNumber, Name, BenefitMonth],
            Table::Participants | Table::Deaths | Table::Custody => &[IdNumber, Name],
            Table::Certifications => &[IdNumber, Name, CertifiedOn],
            Table::OtherPensions => &[IdNumber, Name, Scheme, FromMonth],
            Table::FuneralGrants => &[IdNumber, Name, Amount, PaidDate],
            Table::OtherDeathBenefits => &[IdNumber, Name, Scheme, State],
            // One of case_id and id_number must exist as well; `heading` checks that.
            Table::Repayments => &[Amount, ReceivedOn],
            Table::IdAliases => &[IdNumber, OldIdNumber],
            Table::Contributions => &[IdNumber, Name, ContributionYear],
            Table::EmployeeContributions => &[IdNumber, Name, FromMonth],
            Table::PublicPayroll => &[IdNumber, Name, Employer],
            Table::Accounts => &[IdNumber, Name, Balance],
            Table::StatusChanges => &[IdNumber, Name, ChangeKind, ChangeMonth],
        }
    }

    /// The columns that are read where they exist.
    pub fn optional(self) -> &'static [Column] {
        use Column::*;
        match self {
            Table::Payments => PAYMENT_COLUMNS,
            Table::Participants => {
                &[BirthDate, Sex, EnrolledOn, PaidYears, PaidMonths, Kind, Status, Region, Township, Village]
            }
            Table::Deaths => {
                &[DeathDate, RegisteredOn, CrematedOn, Reason, Source, BirthDate, Sex, Township, Village]
            }
            Table::Certifications => &[Method],
            Table::Custody => &[
                StatusFrom,
                DetainedOn,
                SentencedOn,
                EffectiveOn,
                AdmittedOn,
                TermFrom,
                TermTo,
                ReleasedOn,
                Sentence,
                Enforcement,
                JudgmentNo,
                Source,
                BirthDate,
                Sex,
                Township,
                Village,
            ],
            Table::OtherPensions => {
                &[Benefit, UntilMonth, AwardedOn, Monthly, Status, Region, BirthDate, Sex, Township, Village]
            }
            Table::FuneralGrants => {
                &[DeathDate, Deducted, PayeeName, PayeeId, Relation, BirthDate, Sex, Township, Village]
            }
            Table::OtherDeathBenefits => &[
                Benefit,
                ElectedScheme,
                ElectedOn,
                Amount,
                PaidDate,
                DeathDate,
                BirthDate,
                Sex,
                Township,
                Village,
            ],
            Table::Repayments => &[CaseId, IdNumber, Name, Payer, Kind, Voucher, Method],
            Table::IdAliases => &[Name, ChangedOn, Reason, Source],
            Table::Contributions => &[ContributedOn, Amount, Subsidy, PayerKind],
            Table::EmployeeContributions => &[UntilMonth, Status, Employer, Region],
            Table::PublicPayroll => &[FromMonth, UntilMonth, Status],
            Table::Accounts => &[],
            Table::StatusChanges => &[Reason, AppliedOn, RecordedOn],
        }
    }

    /// The column of words whose empty cell means the plain case: a death, a pension that is drawn. Where the
    /// column is missing, its words may stand in one that is not read.
    pub(crate) fn plain_where_empty(self) -> Option<Column> {
        match self {
            Table::Deaths => Some(Column::Reason),
            Table::OtherPensions => Some(Column::Status),
            _ => None,
        }
    }

    /// All its columns, required ones first.
    pub fn columns(self) -> impl Iterator<Item = Column> {
        self.required().iter().chain(self.optional()).copied()
    }

    /// Whether the table has a column.
    pub fn has(self, column: Column) -> bool {
        self.columns().any(|own| own == column)
    }
}
