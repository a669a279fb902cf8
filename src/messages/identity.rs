//! Why two rows may be of one person, in words.

use super::Text;
use crate::identity::{Agreement, AliasProblem, Damage, Grade, Likeness, NameLikeness};

/// How a number became what it is, as a short phrase.
pub fn damage_text(damage: Damage) -> Text {
    let (zh, en) = match damage {
        Damage::Replaced => ("证件号变更表载明两号为同一人", "one number replaced the other"),
        Damage::LookAlike => (
            "证件号把形似字母改回数字后一致（O→0、l→1）",
            "the numbers agree once letters are read as the digits they look like (O, l)",
        ),
        Damage::CheckCharacter => {
            ("证件号前17位一致，仅校验位不符", "the first 17 digits agree, the check character does not fit")
        }
        Damage::OneDigit => ("证件号只差一位", "the numbers differ by one digit"),
        Damage::Swapped => ("证件号有两位互换", "two digits of the number changed places"),
        Damage::Missing => ("证件号少一位", "one digit of the number is missing"),
        Damage::Extra => ("证件号多一位", "the number has one digit too many"),
        Damage::Truncated => (
            "证件号被表格软件按数值保存，前15位一致、末三位已丢失",
            "a spreadsheet kept 15 digits of the number, and these agree",
        ),
        Damage::SamePlaceAndBirth => (
            "证件号前14位（地区和出生日期）一致，其余不同",
            "area and birth date of the numbers agree, the rest does not",
        ),
        Damage::Absent => ("没有证件号", "there is no number"),
    };
    Text::new(zh, en)
}

/// The code of a damage in matches.csv.
pub fn damage_code(damage: Damage) -> &'static str {
    match damage {
        Damage::Replaced => "replaced",
        Damage::LookAlike => "look_alike",
        Damage::CheckCharacter => "check_character",
        Damage::OneDigit => "one_digit",
        Damage::Swapped => "swapped",
        Damage::Missing => "missing_digit",
        Damage::Extra => "extra_digit",
        Damage::Truncated => "truncated",
        Damage::SamePlaceAndBirth => "same_place_and_birth",
        Damage::Absent => "absent",
    }
}

/// What the names say, as a short phrase.
pub fn name_likeness_text(likeness: NameLikeness) -> Text {
    let (zh, en) = match likeness {
        NameLikeness::Equal => ("姓名一致", "the names agree"),
        NameLikeness::Variant => ("姓名仅异体字、间隔号或缺字不同", "the names are variants of one"),
        NameLikeness::OneCharacter => ("姓名差一个字", "the names differ by one character"),
        NameLikeness::Different => ("姓名不同", "the names differ"),
        NameLikeness::Missing => ("一方没有姓名", "one of the names is missing"),
    };
    Text::new(zh, en)
}

/// The code of what the names say.
pub fn name_likeness_code(likeness: NameLikeness) -> &'static str {
    match likeness {
        NameLikeness::Equal => "equal",
        NameLikeness::Variant => "variant",
        NameLikeness::OneCharacter => "one_character",
        NameLikeness::Different => "different",
        NameLikeness::Missing => "missing",
    }
}

/// The code of what a field says.
pub fn agreement_code(agreement: Agreement) -> &'static str {
    match agreement {
        Agreement::Agrees => "agrees",
        Agreement::Unknown => "unknown",
        Agreement::Differs => "differs",
    }
}

/// The code of a grade.
pub fn grade_code(grade: Grade) -> &'static str {
    match grade {
        Grade::Strong => "strong",
        Grade::Medium => "medium",
        Grade::Weak => "weak",
    }
}

/// A grade in words.
pub fn grade_text(grade: Grade) -> Text {
    let (zh, en) = match grade {
        Grade::Strong => ("较强", "strong"),
        Grade::Medium => ("中等", "medium"),
        Grade::Weak => ("较弱", "weak"),
    };
    Text::new(zh, en)
}

/// Why two rows may be of one person, as a sentence; no row is ever more than a lead by it.
pub fn likeness_text(likeness: &Likeness) -> Text {
    let mut parts = vec![damage_text(likeness.damage), name_likeness_text(likeness.name)];
    let fields = [
        (likeness.birth, "出生日期", "birth date"),
        (likeness.sex, "性别", "sex"),
        (likeness.place, "住址", "place"),
    ];
    for (agreement, zh, en) in fields {
        match agreement {
            Agreement::Agrees => parts.push(Text::new(format!("{zh}一致"), format!("the {en} agrees"))),
            Agreement::Differs => parts.push(Text::new(format!("{zh}不同"), format!("the {en} differs"))),
            Agreement::Unknown => {}
        }
    }
    if likeness.is_ambiguous {
        parts.push(Text::new("另有其他人也可能相符", "others may fit as well"));
    }
    let zh: Vec<String> = parts.iter().map(|part| part.zh.clone()).collect();
    let en: Vec<String> = parts.iter().map(|part| part.en.clone()).collect();
    Text::new(
        format!("疑似同一人：{}。请核实证件号", zh.join("；")),
        format!("may be one person: {}. Verify the number", en.join("; ")),
    )
}

/// The code of what is odd about a replaced number.
pub fn alias_problem_code(problem: AliasProblem) -> &'static str {
    match problem {
        AliasProblem::Same => "same",
        AliasProblem::SeveralNew => "several_new",
        AliasProblem::Circle => "circle",
        AliasProblem::Crowded => "crowded",
    }
}

/// What is odd about a replaced number, as a sentence.
pub fn alias_problem_text(problem: AliasProblem) -> Text {
    let (zh, en) = match problem {
        AliasProblem::Same => ("证件号变更：新旧号码相同", "a number is said to have replaced itself"),
        AliasProblem::SeveralNew => (
            "证件号变更：一个旧号对应多个新号，均只作线索",
            "one old number became several new ones; all of them only propose",
        ),
        AliasProblem::Circle => {
            ("证件号变更：号码互为新旧，请核对", "numbers are said to have replaced one another")
        }
        AliasProblem::Crowded => (
            "证件号变更：过多号码连成一人，本次均不使用",
            "more numbers are tied together than one person can have; none of them is used",
        ),
    };
    Text::new(zh, en)
}
