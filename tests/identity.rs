//! Rows whose number is damaged, missing or replaced: which pairs are proposed, what they lead to, and that
//! nothing of it is ever claimed.
//!
//! The oracle asks of every payee and every row whether they may be of one person by trying every slip of
//! writing on the payee's number; the program goes the other way and asks what a damaged cell may have been.

use std::collections::BTreeSet;

use pension_audit::domain::{CitizenId, PersonKey};

use crate::support::{Project, Row, column};

const AUDIT: &str = "title = \"虚构\"\nregion = \"530499\"\nperiod = { from = \"2023-01\", to = \"2023-03\" }\n\
    as_of = \"2024-08-31\"\n\n[[input]]\ntable = \"payments\"\npath = \"发放.csv\"\n\n[[input]]\n\
    table = \"deaths\"\npath = \"死亡.csv\"\n";

fn number(birth: u64, order: u64) -> String {
    CitizenId::from_key(PersonKey(530_499 * 100_000_000_000 + birth * 1000 + order)).unwrap().text()
}

/// A source of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

const NAMES: [&str; 6] = ["张三", "李四", "王小明", "阿·木", "赵云", "钱多"];

/// One slip of somebody's pen, or none.
fn slip(id: &str, dice: &mut Dice) -> String {
    let mut cell: Vec<char> = id.chars().collect();
    let (at, other) = (dice.below(18) as usize, dice.below(18) as usize);
    let digit = char::from(b'0' + dice.below(10) as u8);
    match dice.below(9) {
        0 => cell[at] = digit,
        1 => cell.swap(at, other),
        2 => drop(cell.remove(at)),
        3 => cell.insert(at, digit),
        4 => cell[17] = digit,
        5 => cell.splice(15.., "000".chars()).for_each(drop),
        6 => cell.iter_mut().filter(|c| **c == '0').take(1).for_each(|c| *c = 'O'),
        7 => {
            cell[14] = digit;
            cell[15] = char::from(b'0' + dice.below(10) as u8);
        }
        _ => {}
    }
    cell.into_iter().collect()
}

/// Whether a cell may have become of a number by one slip, read off the number: no search for what it was.
fn may_be(cell: &str, id: &str) -> bool {
    let read: String = cell.replace('O', "0");
    let (cell, id): (Vec<char>, Vec<char>) = (read.chars().collect(), id.chars().collect());
    let without = |text: &[char], at: usize| [&text[..at], &text[at + 1..]].concat();
    if (17..=19).contains(&cell.len()) && cell[..14] == id[..14] {
        // Area and birth date are the same.
        return true;
    }
    if cell.len() == 18 && cell[15..] == ['0', '0', '0'] {
        return cell[..15] == id[..15];
    }
    match cell.len() {
        17 => (0..18).any(|at| without(&id, at) == cell),
        19 => (0..19).any(|at| without(&cell, at) == id),
        18 => {
            let differing: Vec<usize> = (0..18).filter(|&at| cell[at] != id[at]).collect();
            let is_swap = |a: usize, b: usize| cell[a] == id[b] && cell[b] == id[a];
            match differing.as_slice() {
                [] | [_] => true,
                // Two digits, or the last digit and the check character.
                [a, b] if is_swap(*a, *b) && (*b < 17 || *a == 16) => true,
                _ => false,
            }
        }
        _ => false,
    }
}

#[test]
fn the_pairs_are_those_that_every_slip_on_every_number_makes() {
    let mut found_any = 0;
    for seed in 1..=6 {
        let mut dice = Dice(seed);
        let mut payees: BTreeSet<(String, &str)> = BTreeSet::new();
        while payees.len() < 150 {
            // Few birth dates and orders, so that neighbours are often one slip apart.
            let id = number(19_520_101 + dice.below(6), 100 + dice.below(60));
            payees.insert((id, NAMES[dice.below(6) as usize]));
        }
        let mut ids = BTreeSet::new();
        payees.retain(|(id, _)| ids.insert(id.clone()));
        let payees: Vec<(String, &str)> = payees.into_iter().collect();
        let mut rows: Vec<(String, &str)> = Vec::new();
        while rows.len() < 60 {
            let (id, name) = &payees[dice.below(payees.len() as u64) as usize];
            let name = if dice.below(4) == 0 { NAMES[dice.below(6) as usize] } else { name };
            rows.push((slip(id, &mut dice), name));
        }
        let as_of = chrono::NaiveDate::from_ymd_opt(2024, 8, 31).unwrap();
        let is_usable = |cell: &str| CitizenId::read(cell, as_of).usable().is_some();
        let mut expected: BTreeSet<(usize, String)> = BTreeSet::new();
        for (at, (cell, name)) in rows.iter().enumerate() {
            let is_loose = !is_usable(cell) || (cell.ends_with("000") && cell.len() == 18);
            let others = payees.iter().filter(|(id, payee)| is_loose && payee == name && id != cell);
            let likely = others.filter(|(id, _)| may_be(cell, id));
            expected.extend(likely.map(|(id, _)| (at, id.clone())));
        }
        let mut payments = String::from("身份证号,姓名,待遇所属期,基础养老金\n");
        payees.iter().for_each(|(id, name)| payments.push_str(&format!("{id},{name},202303,100.00\n")));
        let mut deaths = String::from("身份证号,姓名,死亡日期\n");
        rows.iter().for_each(|(cell, name)| deaths.push_str(&format!("{cell},{name},2023-01-15\n")));
        let project = Project::empty().with("audit.toml", AUDIT).with("发放.csv", payments);
        let project = project.with("死亡.csv", deaths);
        project.run("run . --formats csv --no-cache").exits(0);
        let place = |row: &Row| row["line"].strip_prefix("死亡.csv#").unwrap().parse::<usize>().unwrap() - 2;
        let equal = |row: &&Row| row["name_likeness"] == "equal";
        let matches = project.table("out/matches.csv");
        let found: BTreeSet<(usize, String)> =
            matches.iter().filter(equal).map(|row| (place(row), row["possible_id_number"].clone())).collect();
        let missing: Vec<_> = expected.difference(&found).map(|(at, id)| (&rows[*at].0, id)).collect();
        let surplus: Vec<_> = found.difference(&expected).map(|(at, id)| (&rows[*at].0, id)).collect();
        assert!(missing.is_empty() && surplus.is_empty(), "seed {seed}: {missing:?} {surplus:?}");
        found_any += found.len();
        // Each of these pairs would stop a payment: all of them are leads, and none is claimed twice.
        let claimed: BTreeSet<String> =
            project.table("out/ledger.csv").iter().map(|row| row["id_number"].clone()).collect();
        let by_number: BTreeSet<&String> =
            rows.iter().filter(|(cell, _)| is_usable(cell)).map(|(cell, _)| cell).collect();
        assert!(claimed.iter().all(|id| by_number.contains(id)), "{claimed:?}");
        let led: BTreeSet<String> =
            project.table("out/leads.csv").iter().map(|row| row["id_number"].clone()).collect();
        for (_, id) in &found {
            assert!(led.contains(id) || claimed.contains(id), "{id} is neither");
        }
    }
    assert!(found_any > 150, "{found_any}");
}

#[test]
fn a_crowd_of_alike_cells_is_told_and_proposes_nobody() {
    let id = number(19_520_101, 101);
    let payments = format!("身份证号,姓名,待遇所属期,基础养老金\n{id},张三,202303,100.00\n");
    let damaged = format!("{}O{}", &id[..1], &id[2..]);
    for (rows, told) in [(1_000, None), (1_001, Some("1001"))] {
        let mut deaths = String::from("身份证号,姓名,死亡日期\n");
        (0..rows).for_each(|_| deaths.push_str(&format!("{damaged},张三,2023-01-15\n")));
        let project = Project::empty().with("audit.toml", AUDIT).with("发放.csv", &payments);
        let project = project.with("死亡.csv", deaths);
        project.run("run . --formats csv --no-cache").exits(0);
        let quality = project.table("out/quality.csv");
        let noted = quality.iter().find(|row| row["code"] == "cells_alike");
        assert_eq!(noted.map(|row| row["count"].as_str()), told, "{quality:?}");
        assert!(noted.is_none_or(|row| row["file"] == "死亡.csv"));
        let matches = project.table("out/matches.csv");
        assert_eq!(matches.is_empty(), told.is_some(), "{} {rows}", matches.len());
    }
}

fn alias_project(aliases: &str) -> Project {
    let (old, new) = (number(19_520_101, 101), number(19_520_102, 101));
    let payments = format!(
        "身份证号,姓名,待遇所属期,基础养老金,发放日期\n{old},张三,202302,100.00,2023-02-10\n{old},张三,202303,100.00,2023-03-10\n{new},张三,202303,100.00,2023-03-11\n"
    );
    let deaths = format!("身份证号,姓名,死亡日期\n{new},张三,2023-01-15\n");
    let input = "\n[[input]]\ntable = \"id_aliases\"\npath = \"变更.csv\"\n";
    let aliases = aliases.replace("OLD", &old).replace("NEW", &new);
    Project::empty()
        .with("audit.toml", format!("{AUDIT}{input}"))
        .with("发放.csv", payments)
        .with("死亡.csv", deaths)
        .with("变更.csv", format!("原身份证号,现身份证号,变更日期\n{aliases}"))
}

#[test]
fn a_replaced_number_leads_to_the_payments_under_the_old_one() {
    let project = alias_project("OLD,NEW,2020-05-01\n");
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    // What stands under the new number is established; what was paid under the old one is not.
    assert_eq!(column(&ledger, "due_fen"), ["10000"]);
    let leads = project.table("out/leads.csv");
    let of = |case: &str| leads.iter().filter(move |row| row["case_type"] == case).collect::<Vec<_>>();
    assert_eq!(
        of("post_death").iter().map(|row| row["potential_fen"].as_str()).collect::<Vec<_>>(),
        ["20000"]
    );
    assert!(of("post_death")[0]["reason"].contains("证件号变更表"), "{leads:?}");
    // One month was paid under both numbers; the later payment of it is claimed after the death already.
    assert!(of("repeated_payment").is_empty(), "{leads:?}");
    let explained = project.run(&format!("explain . {}", number(19_520_101, 101))).exits(0);
    assert!(explained.stdout.contains("证件号变更表"), "{explained}");
}

#[test]
fn a_month_paid_under_two_numbers_adds_only_what_nobody_claims() {
    let (old, new) = (number(19_520_101, 101), number(19_520_102, 101));
    let header = "身份证号,姓名,待遇所属期,基础养老金,加发养老金,发放日期\n";
    let first = format!("{header}{old},张三,202303,100.00,7.00,2023-03-10\n");
    let other = format!("{new},张三,202303,100.00,7.00,2023-03-12\n");
    let twice = format!("{new},张三,202303,90.00,0.00,2023-03-11\n");
    // Payments; what is claimed under the usable number; what the replaced number adds.
    let cases = [
        (format!("{first}{other}"), vec![], vec!["10700"]),
        // The basic pension of the last line repeats that of the line before under its own number.
        (format!("{first}{twice}{other}"), vec!["10000"], vec!["700", "9000"]),
    ];
    for (payments, due, added) in cases {
        let nobody = format!("身份证号,姓名,死亡日期\n{},李四,2023-01-15\n", number(19_520_103, 101));
        let project = alias_project("OLD,NEW,2020-05-01\n").with("死亡.csv", nobody);
        let project = project.with("发放.csv", payments);
        project.run("run . --formats csv").exits(0);
        assert_eq!(column(&project.table("out/ledger.csv"), "due_fen"), due);
        let leads = project.table("out/leads.csv");
        let mut potentials = column(&leads, "potential_fen");
        potentials.sort_unstable_by_key(|fen| fen.parse::<i64>().unwrap());
        assert_eq!(potentials, added, "{leads:?}");
    }
}

#[test]
fn the_workbook_shows_pairs_where_there_are_any() {
    use calamine::{Data, Reader, Xlsx, open_workbook};
    for (aliases, is_shown) in [("OLD,NEW,2020-05-01\n", true), ("OLD,NEW,2025-01-01\n", false)] {
        let project = alias_project(aliases);
        project.run("run .").exits(0);
        let matches = project.table("out/matches.csv");
        let mut book: Xlsx<_> = open_workbook(project.path("out/追回台账.xlsx")).unwrap();
        let sheet = book.worksheet_range("疑似同一人");
        assert_eq!(sheet.is_ok(), is_shown);
        let rows = sheet.map_or(Vec::new(), |range| range.rows().map(<[Data]>::to_vec).collect::<Vec<_>>());
        // Title, note and headings stand above the pairs.
        assert_eq!(rows.len(), if matches.is_empty() { 0 } else { matches.len() + 3 }, "{rows:?}");
        if let (Some(row), Some(found)) = (rows.get(3), matches.first()) {
            assert_eq!(row[9], Data::String(found["possible_id_number"].clone()));
            assert_eq!(row[10], Data::String(found["reason"].clone()));
        }
    }
}

#[test]
fn odd_replacements_are_told_and_later_ones_are_not_known_yet() {
    let project = alias_project("OLD,OLD,\n不详,NEW,\nOLD,NEW,2025-01-01\n");
    project.run("run . --formats csv").exits(0);
    assert!(project.table("out/leads.csv").is_empty());
    let quality = project.table("out/quality.csv");
    let codes: Vec<&str> =
        quality.iter().filter(|row| row["file"] == "变更.csv").map(|row| row["code"].as_str()).collect();
    for code in ["alias:same", "alias_unusable", "row_not_yet_known"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
}

#[test]
fn a_pair_is_the_same_whatever_the_threads_and_the_cache() {
    let project = alias_project("OLD,NEW,2020-05-01\n");
    project.run("run . --formats csv --threads 1 --no-cache").exits(0);
    let first = (project.bytes("out/leads.csv"), project.bytes("out/matches.csv"));
    for command in ["run . --formats csv --threads 3", "run . --formats csv"] {
        project.run(command).exits(0);
        assert_eq!((project.bytes("out/leads.csv"), project.bytes("out/matches.csv")), first);
    }
}
