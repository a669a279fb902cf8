//! Owns the dictionaries of the semantics tables, as design.md writes them. Must not know rows or dates.

pub(crate) const DEATH: [&str; 5] = ["宣告死亡", "死亡", "病故", "火化", "去世"];
pub(crate) const NO_DEATH: [&str; 5] = ["重户", "双户口", "虚假户口", "迁出", "参军"];
pub(crate) const GONE_ABROAD: [&str; 4] = ["丧失国籍", "出国定居", "出境定居", "出国(境)定居"];
pub(crate) const REVOKED: [&str; 2] = ["撤销死亡", "恢复户口"];
pub(crate) const POLICE: [&str; 2] = ["公安", "户籍"];
pub(crate) const VILLAGE: [&str; 1] = ["村报告"];

pub(crate) const NOT_SERVED: [&str; 12] = [
    "缓刑",
    "假释",
    "暂予监外",
    "监外执行",
    "保外就医",
    "社区矫正",
    "管制",
    "单处罚金",
    "剥夺政治权利",
    "免予刑事处罚",
    "不起诉",
    "无罪",
];
pub(crate) const SENTENCES: [&str; 6] = ["拘役", "有期徒刑", "无期徒刑", "死缓", "死刑缓期", "死刑"];
pub(crate) const FOR_LIFE: [&str; 3] = ["无期徒刑", "死缓", "死刑缓期"];
pub(crate) const INSIDE: [&str; 5] = ["监狱", "看守所", "收监", "服刑", "在押"];

pub(crate) const NO_OWN_PENSION: [&str; 14] = [
    "遗属",
    "供养",
    "工伤",
    "失业",
    "医疗",
    "生育",
    "一次性",
    "被征地",
    "村干部",
    "优抚",
    "高龄津贴",
    "低保",
    "特困",
    "计生",
];
pub(crate) const PUBLIC_INSTITUTION: [&str; 2] = ["机关事业", "离休"];
pub(crate) const EMPLOYEE: [&str; 1] = ["职工"];
pub(crate) const DRAWING: [&str; 3] = ["正常", "在领", "发放"];

pub(crate) const FUNERAL_BENEFITS: [&str; 3] = ["丧葬补助", "丧葬抚恤", "抚恤"];
pub(crate) const OTHER_BENEFITS: [&str; 4] = ["个人账户", "继承", "供养亲属抚恤金", "一次性工亡"];

/// The first word of a dictionary that a text contains.
pub(crate) fn first_in(text: &str, dictionary: &[&'static str]) -> Option<&'static str> {
    dictionary.iter().find(|word| text.contains(*word)).copied()
}
