//! The sample project hongta-2023.
//!
//! Owns how the scenario data become people, and which file each registry is sent in.

use std::path::Path;

use chrono::{Datelike, NaiveDate};

use super::Generated;
use super::key::{Expect, KeyRow};
use super::lines;
use super::people::Payee;
use super::plan::{self, Batch, ESTABLISHED, LOOK_ALIKES, Maker, Spec, days_after, find, shift};
use super::project::{self, AUDIT, CLAIMS, Input, KEY, PAYMENTS};
use super::registers::{Certification, Custody, Death, DeathBenefit, Participant, Pension, Registers, Row};
use super::scenario::{self, Hongta};
use super::write::{
    Encoding, ParticipantsFile, PaymentFile, PaymentForm, Place, Sheet, Spelling, TableFile, write_text,
    write_workbook,
};
use crate::domain::{Fen, Month, MonthSpan};
use crate::messages::{self, Error};

const DEATHS_CIVIL: &str = "死亡信息/民政死亡人员名单.xlsx";
const DEATHS_POLICE: [&str; 2] = ["死亡信息/公安户籍注销_上半年.csv", "死亡信息/公安户籍注销_下半年.csv"];
const CUSTODY: &str = "服刑信息/服刑人员名单.xlsx";
const PENSIONS: &str = "其他养老待遇/职工和机关事业养老待遇.csv";
const PARTICIPANTS: &str = "参保登记/参保缴费名册.parquet";
const GRANTS: &str = "丧葬补助/丧葬补助金发放.xlsx";
const BENEFITS: &str = "遗属待遇/职工和工伤遗属待遇.csv";
const CERTIFICATIONS: &str = "资格认证/资格认证.csv";
const REPAYMENTS: &str = "退回记录/退回记录.csv";

/// Writes the project.
pub(super) fn generate(dir: &Path) -> Result<Generated, Error> {
    let scenario = scenario::hongta()?;
    let (mut batch, mut maker) = people(&scenario)?;
    project::prepare_folder(dir)?;
    let files = file_names(&scenario);
    write_project(dir, &scenario, &files)?;
    write_key(dir, &batch.key)?;
    batch.payees.sort_by_key(|payee| (payee.township, payee.id));
    add_participants(&mut batch, &mut maker);
    write_registers(dir, &scenario, &mut batch.registers, &mut maker)?;
    let payment_lines = write_payments(dir, &scenario, &batch.payees, &maker)?;
    Ok(Generated { persons: batch.payees.len(), payment_lines, files })
}

/// The scenario's fixed numbers: persons, months and seed.
pub(super) fn fixed() -> Result<(usize, u32, u64), Error> {
    let scenario = scenario::hongta()?;
    Ok((scenario.payees, scenario.period.span().len() as u32, scenario.seed))
}

/// Everybody, with the sums checked against what the scenario states.
pub(super) fn people(scenario: &Hongta) -> Result<(Batch, Maker), Error> {
    let shares = scenario.township.iter().map(|township| township.weight).collect();
    let period = scenario.period.span();
    let mut maker = Maker::new(&scenario.world, period, scenario.as_of, scenario.seed, shares);
    let mut batch = Batch::default();
    plant_established(scenario, &mut maker, &mut batch)?;
    plant_elections(scenario, &mut maker, &mut batch)?;
    plant_look_alikes(scenario, &mut maker, &mut batch)?;
    add_ordinary(scenario, &mut maker, &mut batch)?;
    add_outsiders(scenario, &mut maker, &mut batch);
    Ok((batch, maker))
}

fn wrong(why: String) -> Error {
    messages::scenario_data("hongta-2023.toml", &why)
}

fn plant_established(scenario: &Hongta, maker: &mut Maker, batch: &mut Batch) -> Result<(), Error> {
    for person in &scenario.established.person {
        let (kind, plant) = find(ESTABLISHED, &person.kind).ok_or_else(|| wrong(person.kind.clone()))?;
        let spec = Spec {
            kind,
            event: person.event,
            months: person.months,
            born: Some(person.born),
            extra_years: Some(person.extra_years),
            account: Some(person.account),
        };
        plant(maker, &spec, batch);
    }
    for payee in &mut batch.payees {
        payee.listed = false;
    }
    check_sum("established", &batch.key, scenario.established.persons, scenario.established.sum)
}

fn plant_elections(scenario: &Hongta, maker: &mut Maker, batch: &mut Batch) -> Result<(), Error> {
    let before = batch.key.len();
    for group in &scenario.elections.group {
        for _ in 0..group.count {
            let spec = maker.spec("funeral_election");
            let months = MonthSpan::through(group.deaths_from, group.deaths_to);
            plan::election(maker, &spec, batch, months, group.amount);
        }
    }
    check_sum("elections", &batch.key[before..], scenario.elections.persons, scenario.elections.sum)
}

fn check_sum(what: &str, rows: &[KeyRow], persons: usize, sum: Fen) -> Result<(), Error> {
    let due: i64 = rows.iter().map(|row| row.due).sum();
    if rows.len() == persons && due == sum.0 && rows.iter().all(|row| row.expect == Expect::Ledger) {
        return Ok(());
    }
    Err(wrong(format!("{what}: {persons} persons, {sum} yuan; planted {} and {}", rows.len(), Fen(due))))
}

fn plant_look_alikes(scenario: &Hongta, maker: &mut Maker, batch: &mut Batch) -> Result<(), Error> {
    for wanted in &scenario.lookalike {
        let (kind, plant) = find(LOOK_ALIKES, &wanted.kind).ok_or_else(|| wrong(wanted.kind.clone()))?;
        let before = batch.key.len();
        for _ in 0..wanted.count {
            let spec = maker.spec(kind);
            plant(maker, &spec, batch);
        }
        let planted = &batch.key[before..];
        // Of a kind that is found by what else the lists say, some may stand in none.
        let is_wanted = |row: &KeyRow| row.expect.word() == wanted.expect;
        let is_other = |row: &KeyRow| !is_wanted(row) && row.expect != Expect::Clean;
        if planted.len() != wanted.count || planted.iter().any(is_other) || !planted.iter().any(is_wanted) {
            return Err(wrong(format!("{kind}: not {} times {}", wanted.count, wanted.expect)));
        }
    }
    Ok(())
}

/// People of whom there is nothing to find: they start in the year, die in it and are stopped, or are paid
/// all the time, some of them with a certificate that they are alive.
fn add_ordinary(scenario: &Hongta, maker: &mut Maker, batch: &mut Batch) -> Result<(), Error> {
    let period = maker.period;
    let wanted = scenario.payees.checked_sub(batch.payees.len() + scenario.starters + scenario.stopped);
    let steady = wanted.ok_or_else(|| wrong("payees: fewer than are planted".to_string()))?;
    for _ in 0..scenario.starters {
        let first = shift(period.from, maker.rng.between(1, period.len() as i64 - 1) as i32);
        let payee = maker.starter(first);
        batch.payees.push(payee);
    }
    for _ in 0..scenario.stopped {
        let month = shift(period.from, maker.rng.between(0, period.len() as i64 - 1) as i32);
        let (payee, died) = plan::stopped(maker, month, batch);
        if maker.rng.chance(scenario.noise.grants_per_cent, 100) {
            let sum = Fen(12 * payee.parts(&maker.rates, month)[0]);
            let row = plan::grant_of(maker, payee.id.text(), payee.name.clone(), died, sum);
            batch.registers.grants.push(row);
        }
        batch.payees.push(payee);
    }
    for number in 0..steady {
        let payee = maker.payee();
        if number < scenario.noise.certified {
            let row = certification(maker, &payee);
            batch.registers.certifications.push(row);
        }
        batch.payees.push(payee);
    }
    Ok(())
}

/// A certificate of a living payee.
pub(super) fn certification(maker: &mut Maker, payee: &Payee) -> Certification {
    let first = maker.window.from.first_day().unwrap_or_default();
    let day = days_after(first, maker.rng.between(0, 150));
    let method = maker.rng.pick(&["人脸识别", "社区核验", "上门认证"]);
    Certification { id: payee.id.text(), name: payee.name.clone(), day, method }
}

/// Rows about people who are not paid at all.
fn add_outsiders(scenario: &Hongta, maker: &mut Maker, batch: &mut Batch) {
    let noise = scenario.noise;
    for _ in 0..noise.pensioners {
        batch.registers.pensions.push(pensioner(maker));
    }
    for _ in 0..noise.inmates {
        batch.registers.custody.push(inmate(maker));
    }
    for number in 0..noise.police + noise.civil {
        batch.registers.deaths.push(dead_outsider(maker, number < noise.police));
    }
    for _ in 0..noise.survivors {
        batch.registers.benefits.push(dead_employee(maker));
    }
    for _ in 0..scenario.contributors {
        batch.registers.participants.push(contributor(maker));
    }
}

/// Somebody who draws another scheme's pension.
pub(super) fn pensioner(maker: &mut Maker) -> Pension {
    let oldest = NaiveDate::from_ymd_opt(1935, 1, 1).unwrap_or_default();
    let birth = days_after(oldest, maker.rng.between(0, 9000));
    let (id, name) = maker.outsider(birth);
    let month = Month::containing(birth).0 + maker.rng.between(55 * 12, 60 * 12) as i32;
    let (scheme, benefit) = maker.rng.pick(&[
        ("企业职工基本养老保险", "基本养老金"),
        ("企业职工基本养老保险", "基本养老金"),
        ("机关事业单位养老保险", "退休费"),
        ("企业职工基本养老保险", "遗属生活困难补助"),
    ]);
    Pension {
        id: id.text(),
        name,
        scheme,
        benefit,
        from: Some(Month(month)),
        monthly: Some(Fen(maker.rng.between(90_000, 620_000))),
        status: "正常",
        ..Pension::default()
    }
}

/// Somebody who serves a sentence, inside or outside.
pub(super) fn inmate(maker: &mut Maker) -> Custody {
    let birth = maker.any_birth();
    let (id, name) = maker.outsider(birth);
    let month = Month::of(2019, 1).0 + maker.rng.between(0, 59) as i32;
    let start = maker.day_in(Month(month));
    let inside = maker.rng.chance(2, 3);
    let (sentence, days, enforcement, source) = maker.rng.pick(if inside {
        &[
            ("有期徒刑一年", 365, "监狱", "监狱在押名册"),
            ("有期徒刑三年六个月", 1278, "监狱", "监狱在押名册"),
            ("有期徒刑八年", 2922, "监狱", "监狱在押名册"),
            ("拘役四个月", 120, "看守所", "法院判决"),
        ]
    } else {
        &[
            ("管制一年", 365, "社区矫正", "社区矫正机构"),
            ("有期徒刑三年，缓刑四年", 1460, "社区矫正", "社区矫正机构"),
            ("有期徒刑五年", 1826, "假释", "社区矫正机构"),
            ("拘役三个月，缓刑六个月", 180, "社区矫正", "社区矫正机构"),
        ]
    });
    Custody {
        id: id.text(),
        name,
        sentenced: Some(days_after(start, 30)),
        admitted: inside.then(|| days_after(start, 60)),
        term_from: Some(start),
        term_to: Some(days_after(start, days)),
        sentence,
        enforcement,
        judgment: format!("（{}）虚0499刑初{}号", start.year(), maker.rng.between(1, 400)),
        source,
        ..Custody::default()
    }
}

/// Somebody who died, moved or was registered twice, and was never paid.
pub(super) fn dead_outsider(maker: &mut Maker, police: bool) -> Death {
    let birth = maker.any_birth();
    let (id, name) = maker.outsider(birth);
    let month = maker.window.from.0 + maker.rng.between(0, maker.window.len() as i64 - 1) as i32;
    let day = maker.day_in(Month(month));
    let reason =
        if police { maker.rng.pick(&["死亡", "死亡", "迁出", "重户", "参军"]) } else { "" };
    let died = !police || reason == "死亡";
    Death {
        id: id.text(),
        name,
        died: died.then_some(day),
        cremated: (!police).then(|| days_after(day, 2)),
        registered: Some(days_after(day, 10)),
        reason,
        source: if police { "公安户籍" } else { "民政火化" },
        ..Death::default()
    }
}

/// An employee who died and for whom no resident grant was paid.
pub(super) fn dead_employee(maker: &mut Maker) -> DeathBenefit {
    let birth = maker.any_birth();
    let (id, name) = maker.outsider(birth);
    let month = Month::of(2019, 1).0 + maker.rng.between(0, 59) as i32;
    let died = maker.day_in(Month(month));
    DeathBenefit {
        id: id.text(),
        name,
        scheme: "企业职工基本养老保险",
        benefit: "丧葬抚恤",
        state: "已发放",
        amount: Some(Fen(maker.rng.between(1_000_000, 6_000_000))),
        paid: Some(days_after(died, 70)),
        died: Some(died),
        ..DeathBenefit::default()
    }
}

/// Somebody who contributes and does not draw yet.
pub(super) fn contributor(maker: &mut Maker) -> Participant {
    let oldest = NaiveDate::from_ymd_opt(1964, 1, 1).unwrap_or_default();
    let birth = days_after(oldest, maker.rng.between(0, 14_000));
    let (id, name) = maker.outsider(birth);
    let adult = days_after(birth, 16 * 366);
    let start = NaiveDate::from_ymd_opt(2011, 7, 1).unwrap_or_default();
    Participant {
        id,
        name,
        enrolled: adult.max(start),
        paid_years: maker.rng.between(1, 12) as i32,
        status: "正常缴费",
        township: maker.rng.index(maker.shares.len()),
        village: maker.rng.index(maker.villages),
    }
}

/// The row of a payee in the contribution list.
pub(super) fn participant(payee: &Payee) -> Participant {
    Participant {
        id: payee.id,
        name: payee.name.clone(),
        enrolled: NaiveDate::from_ymd_opt(2011, 7, 1).unwrap_or_default(),
        paid_years: 15 + payee.extra_years as i32,
        status: "待遇领取",
        township: payee.township,
        village: payee.village,
    }
}

fn add_participants(batch: &mut Batch, maker: &mut Maker) {
    let listed = batch.payees.iter().filter(|payee| payee.listed).map(participant);
    batch.registers.participants.extend(listed);
    batch.registers.participants.sort_by_key(|row| row.id);
    // The order in which offices list people is their own.
    maker.rng.shuffle(&mut batch.registers.deaths);
    maker.rng.shuffle(&mut batch.registers.custody);
    maker.rng.shuffle(&mut batch.registers.pensions);
    maker.rng.shuffle(&mut batch.registers.certifications);
    maker.rng.shuffle(&mut batch.registers.benefits);
    batch.registers.grants.sort_by_key(|row| row.paid);
}

fn payment_file(township: &str) -> String {
    format!("{PAYMENTS}/{township}.csv.gz")
}

fn file_names(scenario: &Hongta) -> Vec<String> {
    let fixed = [
        AUDIT,
        CLAIMS,
        KEY,
        DEATHS_CIVIL,
        CUSTODY,
        PENSIONS,
        PARTICIPANTS,
        GRANTS,
        BENEFITS,
        CERTIFICATIONS,
        REPAYMENTS,
    ];
    let mut files: Vec<String> = fixed.iter().chain(&DEATHS_POLICE).map(|name| name.to_string()).collect();
    files.extend(scenario.township.iter().map(|township| payment_file(&township.name)));
    files.sort();
    files
}

fn write_project(dir: &Path, scenario: &Hongta, files: &[String]) -> Result<(), Error> {
    let inputs = [
        Input::new("payments", &payment_file("*")),
        Input::new("participants", PARTICIPANTS),
        Input::new("deaths", DEATHS_CIVIL),
        Input::new("deaths", "死亡信息/公安户籍注销_*.csv"),
        Input::new("certifications", CERTIFICATIONS),
        Input::new("custody", CUSTODY),
        Input::new("other_pensions", PENSIONS),
        Input::new("funeral_grants", GRANTS),
        Input::new("other_death_benefits", BENEFITS),
        Input::new("repayments", REPAYMENTS),
    ];
    let (period, as_of) = (scenario.period.span(), scenario.as_of);
    project::write_audit(dir, &scenario.title, &scenario.region, (period, as_of), None, &inputs, files)?;
    write_text(dir, CLAIMS, scenario::HONGTA_CLAIMS)
}

fn write_key(dir: &Path, key: &[KeyRow]) -> Result<(), Error> {
    write_csv(dir, KEY, Encoding::Utf8Bom, Spelling::Iso, key)
}

fn write_csv<R: Row>(
    dir: &Path,
    name: &str,
    encoding: Encoding,
    as_: Spelling,
    rows: &[R],
) -> Result<(), Error> {
    let mut file = TableFile::create::<R>(dir, name, encoding, as_)?;
    for row in rows {
        file.push(row)?;
        if row.twice() {
            file.push(row)?;
        }
    }
    file.finish()
}

fn write_registers(
    dir: &Path,
    scenario: &Hongta,
    of: &mut Registers,
    maker: &mut Maker,
) -> Result<(), Error> {
    write_deaths(dir, &of.deaths, maker)?;
    let twice: Vec<Custody> = of.custody.iter().filter(|row| row.twice).cloned().collect();
    of.custody.extend(twice);
    let titles =
        ["服刑、羁押和社区矫正人员信息（虚构样例）", "提供单位：虚构法院、监狱、司法局　批次：2023年各月"];
    let spelling = Some(Spelling::Chinese);
    write_workbook(dir, &Sheet { name: CUSTODY, tab: "服刑信息", titles: &titles, spelling }, &of.custody)?;
    write_csv(dir, PENSIONS, Encoding::Gb18030, Spelling::Compact, &of.pensions)?;
    let titles = ["丧葬补助金发放明细（虚构样例）"];
    let spelling = Some(Spelling::Dots);
    write_workbook(dir, &Sheet { name: GRANTS, tab: "丧葬补助金", titles: &titles, spelling }, &of.grants)?;
    write_csv(dir, BENEFITS, Encoding::Gb18030, Spelling::Iso, &of.benefits)?;
    write_csv(dir, CERTIFICATIONS, Encoding::Utf8, Spelling::Slash, &of.certifications)?;
    write_csv(dir, REPAYMENTS, Encoding::Utf8Bom, Spelling::Chinese, &of.repayments)?;
    let townships = scenario.township.iter().map(|township| township.name.clone()).collect();
    let villages = scenario.world.villages.iter().map(|name| format!("{name}村")).collect();
    let mut file = ParticipantsFile::create(dir, PARTICIPANTS, townships, villages)?;
    for row in of.participants.drain(..) {
        file.push(row)?;
    }
    file.finish()
}

/// The civil list as a workbook with real date cells; the police list in two half-yearly batches.
fn write_deaths(dir: &Path, deaths: &[Death], maker: &Maker) -> Result<(), Error> {
    let is_police = |row: &&Death| row.source.contains("公安");
    let mut civil: Vec<Death> = deaths.iter().filter(|row| !is_police(row)).cloned().collect();
    let twice: Vec<Death> = civil.iter().filter(|row| row.twice).cloned().collect();
    civil.extend(twice);
    let titles = [
        "2023年度死亡人员信息汇总表（虚构样例）",
        "填报单位：虚构民政局、虚构卫健局、各村委会",
        "填报日期：2024年1月10日　密级：内部",
    ];
    write_workbook(
        dir,
        &Sheet { name: DEATHS_CIVIL, tab: "死亡人员", titles: &titles, spelling: None },
        &civil,
    )?;
    let half_year = shift(maker.period.from, 6).first_day().unwrap_or_default();
    for (at, name) in DEATHS_POLICE.into_iter().enumerate() {
        let belongs = |row: &&Death| {
            let later = row.registered.is_some_and(|day| day >= half_year);
            row.twice || later == (at == 1)
        };
        let mut file = TableFile::create::<Death>(dir, name, Encoding::Utf8Bom, Spelling::Compact)?;
        for row in deaths.iter().filter(is_police).filter(belongs) {
            file.push(row)?;
        }
        file.finish()?;
    }
    Ok(())
}

/// One file per township; the lines of a person stand together, in the order of months.
fn write_payments(dir: &Path, scenario: &Hongta, payees: &[Payee], maker: &Maker) -> Result<u64, Error> {
    let spellings = [Spelling::Compact, Spelling::Iso, Spelling::Slash, Spelling::Dots];
    let villages: Vec<String> = scenario.world.villages.iter().map(|name| format!("{name}村")).collect();
    let mut written = 0;
    for (at, township) in scenario.township.iter().enumerate() {
        let form = PaymentForm::Csv(Encoding::Gb18030, spellings[at % spellings.len()]);
        let mut file = PaymentFile::create(dir, &payment_file(&township.name), form)?;
        for (number, payee) in (1..).zip(payees).filter(|(_, payee)| payee.township == at) {
            let place = Place::new(&township.name, &villages[payee.village], number);
            let lines = payee.lines.clone().unwrap_or_else(|| lines::regular(payee, &maker.rates));
            written += lines.len() as u64;
            file.push(payee, &place, &lines)?;
        }
        file.finish()?;
    }
    Ok(written)
}
