//! Owns hand-written examples that hold the naive reading itself against the tables of design.md. Must not
//! use the generator.

use pension_audit::domain::{CitizenId, Fen, PersonKey};

use super::projects::{Project, Row, Table};
use super::semantics::{Expected, judge};

/// What must come out of some rows: `case_type due months first..last`, and `rule potential first..last`.
struct Example {
    name: &'static str,
    rows: &'static [(Table, &'static str)],
    ledger: &'static [&'static str],
    leads: &'static [&'static str],
}

/// `column=text` separated by blanks; ID number and name are filled in unless given.
fn row(table: Table, text: &str) -> Row {
    let id = CitizenId::from_key(PersonKey(53_049_919_450_310_002)).expect("an ID").text();
    let mut cells: Vec<(&'static str, String)> = Vec::new();
    for part in text.split_whitespace() {
        let (column, value) = part.split_once('=').expect("column=text");
        let known = table.columns().iter().find(|(name, _)| *name == column);
        cells.push((known.unwrap_or_else(|| panic!("no column {column}")).0, value.to_string()));
    }
    for (column, value) in [("id_number", id.as_str()), ("name", "李明")] {
        if !cells.iter().any(|(known, _)| *known == column) {
            cells.push((if column == "name" { "name" } else { "id_number" }, value.to_string()));
        }
    }
    Row::new(table, 0, cells)
}

fn ledger_of(expected: &Expected) -> Vec<String> {
    let months = |case: &super::semantics::Case| match (case.months.first(), case.months.last()) {
        (Some(first), Some(last)) => format!(" {} {first}..{last}", case.months.len()),
        _ => format!(" {}", case.subtype.unwrap_or("mixed")),
    };
    expected
        .cases
        .iter()
        .map(|((_, kind), case)| format!("{kind} {}{}", Fen(case.due()), months(case)))
        .collect()
}

fn leads_of(expected: &Expected) -> Vec<String> {
    let mut said = Vec::new();
    for ((rule, _), leads) in &expected.leads {
        let unknown = if leads.some_unknown { "+?" } else { "" };
        let months = match (leads.first, leads.last) {
            (Some(first), Some(last)) => format!(" {first}..{last}"),
            _ => String::new(),
        };
        said.push(format!("{rule} {}{unknown}{months}", Fen(leads.potential)));
    }
    said
}

fn check(examples: &[Example]) {
    for example in examples {
        let rows = example.rows.iter().map(|(table, text)| row(*table, text)).collect();
        let expected = judge(&Project::of_rows(rows));
        assert_eq!(ledger_of(&expected), example.ledger, "{}: ledger", example.name);
        assert_eq!(leads_of(&expected), example.leads, "{}: leads", example.name);
    }
}

const JAN: (Table, &str) =
    (Table::Payments, "benefit_month=2023-01 basic=100 account_own=50 paid_date=2023-01-15");
const FEB: (Table, &str) =
    (Table::Payments, "benefit_month=2023-02 basic=100 account_own=50 paid_date=2023-02-15");
const MAR: (Table, &str) =
    (Table::Payments, "benefit_month=2023-03 basic=100 account_own=50 paid_date=2023-03-15");
const DIED: (Table, &str) = (Table::Deaths, "death_date=2023-01-31 reason=死亡 source=殡葬");

const PAYMENTS: &[Example] = &[
    Example {
        name: "a reversal removes its line, a second one makes leads",
        rows: &[
            DIED,
            FEB,
            MAR,
            (Table::Payments, "benefit_month=2023-02 basic=-100 account_own=-50 line_kind=冲销"),
            (Table::Payments, "benefit_month=2023-03 basic=-100 account_own=-49 line_kind=冲销"),
        ],
        ledger: &[],
        leads: &["D-01 150.00 2023-03..2023-03"],
    },
    Example {
        name: "returned, then paid again",
        rows: &[
            DIED,
            FEB,
            (Table::Payments, "benefit_month=2023-02 basic=100 account_own=50 line_kind=退票"),
            (Table::Payments, "benefit_month=2023-02 basic=100 account_own=50 line_kind=重发"),
        ],
        ledger: &["post_death 150.00 1 2023-02..2023-02"],
        leads: &[],
    },
    Example {
        name: "of two equal lines the one paid last is reversed: here the arrears, so repetition remains",
        rows: &[
            (Table::Payments, "benefit_month=2023-01 basic=100 paid_date=2023-01-15"),
            (Table::Payments, "benefit_month=2023-01 basic=100 paid_date=2023-01-20 line_kind=补发"),
            (Table::Payments, "benefit_month=2023-01 basic=110 paid_date=2023-01-18"),
            (Table::Payments, "benefit_month=2023-01 basic=-100 line_kind=冲销"),
        ],
        ledger: &["repeated_payment 110.00 1 2023-01..2023-01"],
        leads: &[],
    },
    Example {
        name: "a line that failed leaves every rule",
        rows: &[DIED, (Table::Payments, "benefit_month=2023-02 basic=100 pay_status=代发失败")],
        ledger: &[],
        leads: &[],
    },
    Example {
        name: "arrears of three months, two of them barred: floor",
        rows: &[DIED, (Table::Payments, "benefit_month=202301-202303 basic=100 line_kind=补发")],
        ledger: &[],
        leads: &["D-01 66.66 2023-02..2023-03"],
    },
    Example {
        name: "arrears wholly barred but not wholly in the period",
        rows: &[
            (Table::Deaths, "death_date=2022-06-01 reason=死亡"),
            (Table::Payments, "benefit_month=2022-12~2023-02 basic=90 line_kind=补发"),
            (Table::Payments, "benefit_month=2023-04~2023-05 basic=90 line_kind=补发"),
            (Table::Payments, "benefit_month=2022-12 basic=90"),
        ],
        ledger: &["post_death 90.00 2 2023-04..2023-05"],
        leads: &["D-01 60.00 2023-01..2023-02"],
    },
    Example {
        name: "only a total: claimed whole after death, a lead of unknown amount beside an employee pension",
        rows: &[
            (Table::Deaths, "death_date=2023-02-01 reason=死亡"),
            (Table::OtherPensions, "scheme=职工养老 from_month=2023-01"),
            (Table::Payments, "benefit_month=2023-01 total=150"),
            (Table::Payments, "benefit_month=2023-03 total=150"),
        ],
        ledger: &["post_death 150.00 1 2023-03..2023-03"],
        leads: &["M-01 0.00+? 2023-01..2023-01"],
    },
    Example {
        name: "components count, not the total that does not fit them",
        rows: &[DIED, (Table::Payments, "benefit_month=2023-02 basic=100 total=999")],
        ledger: &["post_death 100.00 1 2023-02..2023-02"],
        leads: &[],
    },
];

#[test]
fn payments_as_the_table_says() {
    check(PAYMENTS);
}

const DEATHS: &[Example] = &[
    Example {
        name: "the month of death is due",
        rows: &[JAN, FEB, MAR, DIED],
        ledger: &["post_death 300.00 2 2023-02..2023-03"],
        leads: &[],
    },
    Example {
        name: "two sources: the later establishes, the difference is a lead",
        rows: &[JAN, FEB, MAR, DIED, (Table::Deaths, "death_date=2023-02-01 reason=死亡 source=公安")],
        ledger: &["post_death 150.00 1 2023-03..2023-03"],
        leads: &["D-01 150.00 2023-02..2023-02"],
    },
    Example {
        name: "another name, an empty name",
        rows: &[JAN, FEB, (Table::Deaths, "name= death_date=2023-01-01 reason=死亡")],
        ledger: &[],
        leads: &["D-01 150.00 2023-02..2023-02"],
    },
    Example {
        name: "no usable date: from the month after the earlier of cremation and registration",
        rows: &[
            JAN,
            FEB,
            (
                Table::Deaths,
                "death_date=2023-02-02 cremated_on=2023-02-01 registered_on=2023-01-31 reason=火化",
            ),
        ],
        ledger: &["post_death 150.00 1 2023-02..2023-02"],
        leads: &[],
    },
    Example {
        name: "no date at all: the amount is unknown",
        rows: &[JAN, FEB, (Table::Deaths, "death_date=1900-01-01 reason=死亡")],
        ledger: &[],
        leads: &["D-01 0.00+? 2023-01..2023-02"],
    },
    Example {
        name: "certified afterwards; on the very day it is no sign of life",
        rows: &[FEB, DIED, (Table::Certifications, "certified_on=2023-02-01")],
        ledger: &[],
        leads: &["D-01 150.00 2023-02..2023-02"],
    },
    Example {
        name: "certified on the very day",
        rows: &[FEB, DIED, (Table::Certifications, "certified_on=2023-01-31")],
        ledger: &["post_death 150.00 1 2023-02..2023-02"],
        leads: &[],
    },
    Example {
        name: "an employee pension from the month of death is no sign of life, from the next month it is",
        rows: &[MAR, DIED, (Table::OtherPensions, "scheme=职工 from_month=2023-01 until_month=2023-01")],
        ledger: &["post_death 150.00 1 2023-03..2023-03"],
        leads: &[],
    },
    Example {
        name: "an employee pension from the month after death, whatever its status",
        rows: &[
            MAR,
            DIED,
            (Table::OtherPensions, "scheme=职工 from_month=2023-02 until_month=2023-02 status=停发"),
        ],
        ledger: &[],
        leads: &["D-01 150.00 2023-03..2023-03"],
    },
    Example {
        name: "revoked",
        rows: &[FEB, DIED, (Table::Deaths, "reason=撤销死亡 source=公安")],
        ledger: &[],
        leads: &[],
    },
    Example {
        name: "not yet known at as_of",
        rows: &[FEB, (Table::Deaths, "death_date=2023-01-31 reason=死亡 registered_on=2024-07-01")],
        ledger: &[],
        leads: &[],
    },
    Example {
        name: "a village alone, a police list without a reason, a person moved away",
        rows: &[
            FEB,
            (Table::Deaths, "death_date=2023-01-05 reason=死亡 source=村报告"),
            (Table::Deaths, "death_date=2023-01-06 source=公安"),
            (Table::Deaths, "death_date=2023-01-07 reason=迁出"),
        ],
        ledger: &[],
        leads: &["D-01 150.00 2023-02..2023-02"],
    },
];

#[test]
fn deaths_as_the_table_says() {
    check(DEATHS);
}

const CUSTODY: &[Example] = &[
    Example {
        name: "released before the term ends",
        rows: &[
            JAN,
            FEB,
            MAR,
            (
                Table::Custody,
                "sentence=拘役 source=在押 term_from=2022-12-31 term_to=2023-03-31 released_on=2023-02-01",
            ),
        ],
        ledger: &["in_custody 300.00 2 2023-01..2023-02"],
        leads: &[],
    },
    Example {
        name: "from the month after the start through the month of the end",
        rows: &[
            JAN,
            FEB,
            MAR,
            (Table::Custody, "sentence=有期徒刑 enforcement=监狱 term_from=2023-01-01 term_to=2023-02-01"),
        ],
        ledger: &["in_custody 150.00 1 2023-02..2023-02"],
        leads: &[],
    },
    Example {
        name: "death sentence with reprieve is no probation, and is open",
        rows: &[JAN, FEB, (Table::Custody, "sentence=死刑缓期执行 admitted_on=2023-01-01")],
        ledger: &["in_custody 150.00 1 2023-02..2023-02"],
        leads: &[],
    },
    Example {
        name: "parole ends it",
        rows: &[
            FEB,
            MAR,
            (Table::Custody, "sentence=有期徒刑 enforcement=监狱 term_from=2022-01-01 term_to=2024-01-01"),
            (Table::Custody, "sentence=有期徒刑 enforcement=假释 status_from=2023-02-01 term_to=2024-01-01"),
        ],
        ledger: &["in_custody 150.00 1 2023-02..2023-02"],
        leads: &[],
    },
    Example {
        name: "equal starts, different verdicts",
        rows: &[
            FEB,
            (Table::Custody, "sentence=拘役 enforcement=看守所 status_from=2023-01-01 term_to=2023-05-01"),
            (Table::Custody, "sentence=拘役 enforcement=保外就医 status_from=2023-01-01 term_to=2023-05-01"),
        ],
        ledger: &[],
        leads: &["P-01 150.00 2023-02..2023-02"],
    },
    Example {
        name: "the latest of three days; back to the earliest is a lead",
        rows: &[
            JAN,
            FEB,
            MAR,
            (
                Table::Custody,
                "sentence=拘役 source=在押 detained_on=2022-12-01 effective_on=2023-02-01 term_to=2023-09-01",
            ),
        ],
        ledger: &["in_custody 150.00 1 2023-03..2023-03"],
        leads: &["P-01 300.00 2023-01..2023-02"],
    },
    Example {
        name: "an end is missing",
        rows: &[FEB, (Table::Custody, "sentence=有期徒刑 enforcement=监狱 term_from=2023-01-01")],
        ledger: &[],
        leads: &["P-01 150.00 2023-02..2023-02"],
    },
    Example {
        name: "the enforcement is missing",
        rows: &[FEB, (Table::Custody, "sentence=有期徒刑 term_from=2023-01-01 term_to=2023-05-01")],
        ledger: &[],
        leads: &["P-01 150.00 2023-02..2023-02"],
    },
];

#[test]
fn custody_as_the_table_says() {
    check(CUSTODY);
}

const PENSIONS: &[Example] = &[
    Example {
        name: "the local addition is returned with the basic part, account and other are not",
        rows: &[
            (
                Table::Payments,
                "benefit_month=2023-01 basic=100 addition=5 account_own=50 account_subsidy=3 other=2",
            ),
            (Table::OtherPensions, "scheme=职工养老 from_month=2023-01"),
        ],
        ledger: &["dual_pension 105.00 1 2023-01..2023-01"],
        leads: &[],
    },
    Example {
        name: "first and last month are barred, the account stays",
        rows: &[
            JAN,
            FEB,
            MAR,
            (Table::OtherPensions, "scheme=职工养老 from_month=2023-02 until_month=2023-02"),
        ],
        ledger: &["dual_pension 100.00 1 2023-02..2023-02"],
        leads: &[],
    },
    Example {
        name: "a survivor's benefit of the employee scheme is nothing; an unknown scheme is a lead",
        rows: &[
            JAN,
            (Table::OtherPensions, "scheme=职工养老 benefit=遗属待遇 from_month=2022-01"),
            (Table::OtherPensions, "scheme=商业养老 from_month=2022-01"),
        ],
        ledger: &[],
        leads: &["M-01 100.00 2023-01..2023-01"],
    },
    Example {
        name: "ended without a month, paused, nothing a month",
        rows: &[
            JAN,
            (Table::OtherPensions, "scheme=机关事业 from_month=2022-01 status=终止"),
            (Table::OtherPensions, "scheme=机关事业 from_month=2022-01 status=暂停"),
            (Table::OtherPensions, "scheme=机关事业 from_month=2022-01 monthly=0"),
        ],
        ledger: &[],
        leads: &["M-02 100.00 2023-01..2023-01"],
    },
    Example {
        name: "death may add the account part to what the pension claims",
        rows: &[
            FEB,
            (Table::OtherPensions, "scheme=职工养老 from_month=2022-01"),
            (Table::Deaths, "death_date=2023-01-05 reason=死亡 source=村报告"),
        ],
        ledger: &["dual_pension 100.00 1 2023-02..2023-02"],
        leads: &["D-01 50.00 2023-02..2023-02"],
    },
];

#[test]
fn pensions_as_the_table_says() {
    check(PENSIONS);
}

const REPETITION: &[Example] = &[
    Example {
        name: "the first is due",
        rows: &[JAN, (Table::Payments, "benefit_month=2023-01 basic=110 paid_date=2023-01-20")],
        ledger: &["repeated_payment 110.00 1 2023-01..2023-01"],
        leads: &[],
    },
    Example {
        name: "disjoint components are lawful",
        rows: &[
            (Table::Payments, "benefit_month=2023-01 basic=100 paid_date=2023-01-15"),
            (Table::Payments, "benefit_month=2023-01 account_own=50 paid_date=2023-01-16"),
        ],
        ledger: &[],
        leads: &[],
    },
    Example {
        name: "equal in everything",
        rows: &[JAN, JAN],
        ledger: &[],
        leads: &["M-05 150.00 2023-01..2023-01"],
    },
    Example {
        name: "a total meets components; names differ",
        rows: &[
            JAN,
            (Table::Payments, "benefit_month=2023-01 total=150 paid_date=2023-01-20"),
            FEB,
            (Table::Payments, "benefit_month=2023-02 basic=100 name=李民 paid_date=2023-02-20"),
        ],
        ledger: &[],
        leads: &["M-05 250.00 2023-01..2023-02"],
    },
    Example {
        name: "a pension claims the basic part, repetition the account of the second line: one case",
        rows: &[
            JAN,
            (Table::Payments, "benefit_month=2023-01 basic=100 account_own=50 paid_date=2023-01-20"),
            (Table::OtherPensions, "scheme=职工养老 from_month=2022-01"),
        ],
        ledger: &["dual_pension 250.00 1 2023-01..2023-01"],
        leads: &[],
    },
];

#[test]
fn repetition_as_the_table_says() {
    check(REPETITION);
}

const GRANT: (Table, &str) =
    (Table::FuneralGrants, "amount=1,236.00 paid_date=2023-08-01 death_date=2019-01-05");

const FUNERALS: &[Example] = &[
    Example {
        name: "applied for elsewhere",
        rows: &[GRANT, (Table::OtherDeathBenefits, "scheme=工伤 benefit=丧葬补助金 state=已申请")],
        ledger: &["funeral_exclusive 1236.00 election"],
        leads: &[],
    },
    Example {
        name: "paid elsewhere, partly returned; a grant after as_of does not count",
        rows: &[
            GRANT,
            (Table::FuneralGrants, "amount=-236.00 paid_date=2023-09-01"),
            (Table::FuneralGrants, "amount=500 paid_date=2024-07-01"),
            (Table::OtherDeathBenefits, "scheme=职工 benefit=抚恤金 state=已发放"),
        ],
        ledger: &["funeral_exclusive 1000.00 both_paid"],
        leads: &[],
    },
    Example {
        name: "not entitled is not entitled",
        rows: &[GRANT, (Table::OtherDeathBenefits, "scheme=职工 benefit=丧葬抚恤 state=不符合条件")],
        ledger: &[],
        leads: &[],
    },
    Example {
        name: "entitled and not chosen",
        rows: &[GRANT, (Table::OtherDeathBenefits, "scheme=职工 benefit=丧葬抚恤 state=符合条件")],
        ledger: &[],
        leads: &["F-01 1236.00"],
    },
    Example {
        name: "entitled and chosen",
        rows: &[
            GRANT,
            (
                Table::OtherDeathBenefits,
                "scheme=职工 benefit=丧葬抚恤 state=符合条件 elected_scheme=职工养老 elected_on=2024-03-01",
            ),
        ],
        ledger: &["funeral_exclusive 1236.00 election"],
        leads: &[],
    },
    Example {
        name: "one stated death before the law",
        rows: &[GRANT, (Table::OtherDeathBenefits, "benefit=丧葬抚恤 state=已发放 death_date=2011-06-30")],
        ledger: &[],
        leads: &["F-01 1236.00"],
    },
    Example {
        name: "dependants' money and an inherited account are something else",
        rows: &[
            GRANT,
            (Table::OtherDeathBenefits, "benefit=供养亲属抚恤金 state=已发放"),
            (Table::OtherDeathBenefits, "benefit=个人账户余额 state=已发放"),
        ],
        ledger: &[],
        leads: &[],
    },
];

#[test]
fn funerals_as_the_table_says() {
    check(FUNERALS);
}
