//! A village of eight payees that one can read: one person for each thing that a run can say.

use super::Project;

/// Died on 2023-04-10, paid through June: May and June are due back. 100 yuan came back.
pub const DECEASED: &str = "530499195003120017";
/// In prison from 2023-04-20.
pub const INMATE: &str = "53049919510704002X";
/// Draws an employee pension from May on.
pub const PENSIONER: &str = "530499194901200030";
/// Paid twice for May.
pub const TWICE: &str = "530499195208150041";
/// A death row under another name: only a lead.
pub const OTHER_NAME: &str = "530499195306090054";
/// Died in 2019; the family has chosen the grant of another scheme.
pub const GRANTEE: &str = "530499194803010065";
/// Nothing is wrong with this payee.
pub const CLEAN: &str = "530499195404220078";
/// A number whose check character does not fit.
pub const DAMAGED: &str = "530499195512300088";

pub const AUDIT: &str = r#"title  = "虚构村"
region = "530499"
period = { from = "2023-04", to = "2023-06" }
as_of  = "2024-08-31"

[[input]]
table = "payments"
path  = "发放/*.csv"

[[input]]
table = "participants"
path  = "参保.csv"

[[input]]
table = "deaths"
path  = "死亡.csv"

[[input]]
table = "certifications"
path  = "认证.csv"

[[input]]
table = "custody"
path  = "服刑.csv"

[[input]]
table = "other_pensions"
path  = "其他待遇.csv"

[[input]]
table = "funeral_grants"
path  = "丧葬.csv"

[[input]]
table = "other_death_benefits"
path  = "遗属.csv"

[[input]]
table = "repayments"
path  = "退回.csv"
"#;

pub const PAYMENTS: &str = "\
身份证号,姓名,待遇所属期,基础养老金,加发养老金,个人账户养老金,发放日期,发放类型,乡镇,村
530499195003120017,李秀英,202304,150.00,5.00,20.00,2023-04-15,正常,虚构乡,东村
530499195003120017,李秀英,202305,150.00,5.00,20.00,2023-05-15,正常,虚构乡,东村
530499195003120017,李秀英,202306,150.00,5.00,20.00,2023-06-15,正常,虚构乡,东村
53049919510704002X,王建国,202304,150.00,5.00,12.50,2023-04-15,正常,虚构乡,东村
53049919510704002X,王建国,202305,150.00,5.00,12.50,2023-05-15,正常,虚构乡,东村
530499194901200030,张桂兰,202304,150.00,5.00,8.00,2023-04-15,正常,虚构乡,西村
530499194901200030,张桂兰,202305,150.00,5.00,8.00,2023-05-15,正常,虚构乡,西村
530499195208150041,刘正明,202305,150.00,5.00,9.99,2023-05-15,正常,虚构乡,西村
530499195208150041,刘正明,202305,150.00,5.00,9.99,2023-05-25,正常,虚构乡,西村
530499195306090054,陈玉珍,202305,150.00,0.00,7.00,2023-05-15,正常,虚构乡,西村
530499195404220078,赵国栋,202305,150.00,0.00,7.00,2023-05-15,正常,虚构乡,西村
530499195512300088,杨福,202305,150.00,0.00,7.00,2023-05-15,正常,虚构乡,西村
530499195404220078,赵国栋,202313,150.00,0.00,7.00,2023-06-15,正常,虚构乡,西村
";

pub const PARTICIPANTS: &str = "\
身份证号,姓名,类别
53049919510704002X,王建国,登记
530499194901200030,张桂兰,登记
530499195208150041,刘正明,登记
530499195306090054,陈玉珍,登记
530499195404220078,赵国栋,登记
";

pub const DEATHS: &str = "\
身份证号,姓名,死亡日期,登记日期,注销原因,数据来源
530499195003120017,李秀英,2023-04-10,2023-07-01,死亡,民政
530499195306090054,陈玉贞,2023-01-10,2023-01-20,死亡,民政
";

pub const CERTIFICATIONS: &str = "\
身份证号,姓名,认证日期
530499195404220078,赵国栋,2023-03-01
";

pub const CUSTODY: &str = "\
身份证号,姓名,刑罚种类,执行方式,刑期起,刑期止,释放日期,判决文号
53049919510704002X,王建国,有期徒刑,监狱,2023-04-20,2025-04-19,,（2023）虚0499刑初1号
";

pub const OTHER_PENSIONS: &str = "\
身份证号,姓名,险种,待遇开始年月,待遇终止年月,待遇状态
530499194901200030,张桂兰,企业职工基本养老保险,202305,,正常
";

pub const FUNERAL_GRANTS: &str = "\
死者身份证号,姓名,金额,发放日期,死亡日期,领取人,领取人身份证号,与死者关系
530499194803010065,孙有才,1236.00,2019-06-01,2019-05-02,孙小才,530499196001170090,子女
";

pub const OTHER_DEATH_BENEFITS: &str = "\
身份证号,姓名,险种,待遇项目,办理状态,选择险种,选择日期
530499194803010065,孙有才,企业职工基本养老保险,丧葬抚恤待遇,已申请,企业职工基本养老保险,2024-03-01
";

pub const REPAYMENTS: &str = "\
身份证号,姓名,金额,收款日期,票据号
530499195003120017,李秀英,100.00,2024-01-05,P-1
";

pub const CLAIMS: &str = r#"source = "虚构通报"

[[claim]]
text       = "死亡后多领1人"
value      = "1"
unit       = "人"
count      = "persons"
case_types = ["post_death"]

[[claim]]
text  = "应追回0.21万元"
value = "0.21"
unit  = "万元"
count = "due"
"#;

/// The village as a project.
pub fn village() -> Project {
    Project::empty()
        .with("audit.toml", AUDIT)
        .with("发放/2023.csv", PAYMENTS)
        .with("参保.csv", PARTICIPANTS)
        .with("死亡.csv", DEATHS)
        .with("认证.csv", CERTIFICATIONS)
        .with("服刑.csv", CUSTODY)
        .with("其他待遇.csv", OTHER_PENSIONS)
        .with("丧葬.csv", FUNERAL_GRANTS)
        .with("遗属.csv", OTHER_DEATH_BENEFITS)
        .with("退回.csv", REPAYMENTS)
}

/// The village without one of its inputs: neither the file nor the table of audit.toml that names it.
pub fn village_without(table: &str) -> Project {
    let project = village();
    let blocks: Vec<&str> = AUDIT.split("[[input]]").collect();
    let kept: Vec<&str> =
        blocks.iter().copied().filter(|block| !block.contains(&format!("\"{table}\""))).collect();
    assert_eq!(kept.len() + 1, blocks.len(), "audit.toml names {table} once");
    project.with("audit.toml", kept.join("[[input]]"))
}
