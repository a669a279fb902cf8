//! Boundary values and doubled circumstances: a period of one month, the audit's own day, a person with two cases.

use crate::support::Project;
use crate::support::village::{
    AUDIT, CUSTODY, DAMAGED, DEATHS, DECEASED, FUNERAL_GRANTS, GRANTEE, INMATE, OTHER_PENSIONS,
};
use crate::support::village::{PAYMENTS, PENSIONER, TWICE, village};

/// The deceased also draws an employee pension from the month of death on: two cases of one person.
fn two_cases() -> Project {
    let pension = format!("{OTHER_PENSIONS}{DECEASED},李秀英,企业职工基本养老保险,202304,,正常\n");
    village().with("其他待遇.csv", pension)
}

/// A published report with one figure.
fn claims(value: &str, unit: &str, count: &str) -> String {
    let claim = format!("text = \"…\"\nvalue = \"{value}\"\nunit = \"{unit}\"\ncount = \"{count}\"\n");
    format!("source = \"…\"\n[[claim]]\n{claim}")
}

#[test]
fn a_span_of_fifty_years_is_the_longest() {
    let line =
        |months: &str| format!("{DECEASED},李秀英,{months},1.00,0.00,0.00,2023-04-15,补发,虚构乡,东村\n");
    for (months, rejected) in [("197304-202303", 1), ("197303-202303", 2)] {
        let project = village().with("发放/2023.csv", format!("{PAYMENTS}{}", line(months)));
        project.run("run . --formats csv").exits(0);
        assert_eq!(project.table("out/rejects.csv").len(), rejected, "{months}");
    }
}

#[test]
fn a_period_may_be_one_month() {
    let period = "from = \"2023-04\", to = \"2023-06\"";
    let one = |text: &str| village().replacing("audit.toml", period, text);
    one("from = \"2023-05\", to = \"2023-05\"").run("check .").exits(0);
    one("from = \"2023-06\", to = \"2023-05\"").run("check .").exits(2);
}

#[test]
fn an_id_of_fifteen_digits_stored_as_a_number_is_exact() {
    let project = village().with("audit.toml", AUDIT.replace("服刑.csv", "服刑.xlsx"));
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (col, text) in (0u16..).zip(["身份证号", "姓名", "刑罚种类", "执行方式", "刑期起", "刑期止"])
    {
        sheet.write_string(0, col, text).unwrap();
    }
    sheet.write_number(1, 0, 530_499_510_704_002.0).unwrap();
    for (col, text) in (1u16..).zip(["王建国", "有期徒刑", "监狱", "2023-04-20", "2025-04-19"]) {
        sheet.write_string(1, col, text).unwrap();
    }
    book.save(project.path("服刑.xlsx")).unwrap();
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    assert!(ledger.iter().any(|row| row["id_number"] == INMATE), "{ledger:?}");
}

#[test]
fn exactly_half_of_the_last_decimal_rounds_up() {
    // 2,073.50 yuan in all.
    let project = village().with("丧葬.csv", FUNERAL_GRANTS.replace("1236.00", "1236.01"));
    for (value, reproduced) in [("2073.50", true), ("2074", true), ("2073", false)] {
        project.write("claims.toml", claims(value, "元", "due"));
        let outcome = project.run("claims .");
        assert_eq!(outcome.exit, i32::from(!reproduced), "{value}: {outcome}");
    }
}

#[test]
fn a_person_with_two_cases_is_one_person_of_a_claim() {
    let project = two_cases();
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    let persons: std::collections::BTreeSet<&str> =
        ledger.iter().map(|row| row["id_number"].as_str()).collect();
    assert_eq!(persons.len() + 1, ledger.len(), "one person has two cases: {ledger:?}");
    for (value, exit) in [(persons.len(), 0), (ledger.len(), 1)] {
        project.write("claims.toml", claims(&value.to_string(), "人", "persons"));
        project.run("claims .").exits(exit);
    }
}

#[test]
fn explain_parts_the_arithmetic_of_two_cases() {
    let explained = two_cases().run(&format!("explain . {DECEASED} --json")).exits(0).json();
    let cases = explained["cases"].as_array().unwrap();
    let lines: Vec<usize> = cases.iter().map(|case| case["arithmetic"].as_array().unwrap().len()).collect();
    // One line in the month of the death, two after it; each with its sum.
    assert_eq!(lines.iter().sum::<usize>(), 5, "{explained:#}");
}

#[test]
fn explain_says_claimed_of_every_rule_that_establishes() {
    let project = two_cases().replacing("audit.toml", "from = \"2023-04\"", "from = \"2023-05\"");
    let explained = project.run(&format!("explain . {DECEASED} --json")).exits(0).json();
    let rules = explained["rules"].as_array().unwrap();
    let claimed = rules.iter().filter(|rule| rule["verdict"] == "claimed").count();
    assert_eq!(claimed, 2, "death and pension both establish May and June: {explained:#}");
}

#[test]
fn explain_orders_lines_by_benefit_month() {
    let late = format!("{PAYMENTS}{DECEASED},李秀英,202303,150.00,5.00,20.00,2023-07-15,补发,虚构乡,东村\n");
    let project = village().with("发放/2023.csv", late);
    let explained = project.run(&format!("explain . {DECEASED} --json")).exits(0).json();
    let lines = explained["lines"].as_array().unwrap();
    let months: Vec<&str> = lines.iter().map(|line| line["benefit_month"].as_str().unwrap()).collect();
    assert_eq!(months, ["2023-03", "2023-04", "2023-05", "2023-06"]);
}

#[test]
fn verify_names_a_file_that_serves_a_further_table() {
    let project = village();
    project.run("run . --formats csv").exits(0);
    project.write(
        "audit.toml",
        format!("{AUDIT}\n[[input]]\ntable = \"certifications\"\npath = \"死亡.csv\"\n"),
    );
    let outcome = project.run("verify out --lang en").exits(1);
    assert_eq!(
        outcome.stdout.matches("死亡.csv").count() + outcome.stderr.matches("死亡.csv").count(),
        1,
        "{outcome}"
    );
}

#[test]
fn verify_takes_the_rules_of_the_run_before_those_of_the_project() {
    let own = DEATHS.len().to_string(); // anything: the overlays only have to differ
    let toml = AUDIT.replacen("region =", "rules = \"own\"\nregion =", 1);
    let rule = std::fs::read_to_string(crate::support::repository("rules/death/post_death.toml")).unwrap();
    let line = rule.lines().find(|line| line.starts_with("id")).unwrap().to_string();
    let id = line.split('"').nth(1).unwrap().to_string();
    let rule = rule.replacen(&line, &format!("{line}\noverrides = \"{id}\""), 1);
    let project = village()
        .with("audit.toml", toml)
        .with("own/post_death.toml", &rule)
        .with("other/post_death.toml", format!("{rule}\n# {own}\n"));
    project.run("run . --formats csv --rules other").exits(0);
    project.run("verify out --rules other").exits(0);
    project.run("verify out").exits(1);
}

#[test]
fn two_payees_with_one_damaged_number_are_two() {
    let other = format!("{PAYMENTS}{DAMAGED},杨禄,202305,150.00,0.00,7.00,2023-05-15,正常,虚构乡,西村\n");
    let project = village().with("发放/2023.csv", other);
    project.run("run . --formats csv").exits(0);
    let coverage = project.table("out/coverage.csv");
    let deaths = coverage.iter().find(|row| row["registry"] == "deaths").unwrap();
    assert_eq!(deaths["not_checkable"], "2", "{deaths:?}");
}

#[test]
fn a_component_taken_back_on_the_first_line_was_not_paid_by_it() {
    let first = format!("{TWICE},刘正明,202305,150.00,5.00,9.99,2023-05-15");
    let payments = PAYMENTS.replace(&first, &format!("{TWICE},刘正明,202305,-1.00,5.00,9.99,2023-05-15"));
    let project = village().with("发放/2023.csv", payments);
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    let case = ledger.iter().find(|row| row["id_number"] == TWICE).unwrap();
    assert_eq!((case["basic_fen"].as_str(), case["due_fen"].as_str()), ("0", "1499"), "{case:?}");
}

#[test]
fn a_pension_may_begin_in_the_month_of_birth() {
    let project = village().with("其他待遇.csv", OTHER_PENSIONS.replace("202305", "194901"));
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    let case = ledger.iter().find(|row| row["id_number"] == PENSIONER).unwrap();
    assert_eq!((case["stop_month"].as_str(), case["months"].as_str()), ("1949-01", "2"), "{case:?}");
}

#[test]
fn what_was_received_on_the_day_of_the_audit_has_come_back() {
    let repaid = crate::support::village::REPAYMENTS.replace("2024-01-05", "2024-08-31");
    let project = village().with("退回.csv", repaid);
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    let case = ledger.iter().find(|row| row["id_number"] == DECEASED).unwrap();
    assert_eq!(case["recovered_fen"], "10000", "{case:?}");
}

/// The village with an overlay of the day from which deaths are subject to the choice of a grant.
fn with_deaths_from(values: &[(&str, &str, &str, &str)]) -> Project {
    let name = "rules/parameters/funeral_choice_deaths_from.toml";
    let id = "funeral_choice_deaths_from";
    assert!(crate::support::repository(name).is_file());
    let mut text = format!("id = \"{id}\"\noverrides = \"{id}\"\ntitle = \"虚构\"\n");
    for (region, from, until, date) in values {
        let until = if until.is_empty() { String::new() } else { format!("effective_until = {until}\n") };
        text.push_str(&format!(
            "[[value]]\nregion = \"{region}\"\neffective_from = {from}\n{until}date = {date}\n\
             status = \"in_force\"\ndocument = \"虚构\"\n"
        ));
    }
    village()
        .with("audit.toml", AUDIT.replacen("region =", "rules = \"own\"\nregion =", 1))
        .with("own/parameters/funeral_choice_deaths_from.toml", text)
}

fn has_grant_case(project: &Project) -> bool {
    project.run("run . --formats csv").exits(0);
    project.table("out/ledger.csv").iter().any(|row| row["id_number"] == GRANTEE)
}

#[test]
fn the_value_of_the_longest_region_wins_whatever_the_order() {
    let all = ("*", "2011-07-01", "", "2011-07-01");
    let own = ("5304", "2011-07-01", "", "2023-01-01");
    assert!(has_grant_case(&with_deaths_from(&[all])));
    assert!(!has_grant_case(&with_deaths_from(&[all, own])));
    assert!(!has_grant_case(&with_deaths_from(&[own, all])));
}

#[test]
fn a_parameter_holds_no_longer_on_the_day_of_its_end() {
    let old = ("*", "2011-07-01", "2024-08-31", "2011-07-01");
    let new = ("*", "2024-08-31", "", "2023-01-01");
    assert!(!has_grant_case(&with_deaths_from(&[old, new])));
    // Without an end of its own a value ends where the next begins.
    let open = ("*", "2011-07-01", "", "2011-07-01");
    assert!(!has_grant_case(&with_deaths_from(&[open, new])));
}

#[test]
fn a_claim_on_a_span_names_its_first_and_last_month() {
    let old = format!("{DECEASED},李秀英,202305,150.00,5.00,20.00,2023-05-15");
    let new = format!("{DECEASED},李秀英,202305-202306,300.00,10.00,40.00,2023-05-15");
    let project = village().with("发放/2023.csv", PAYMENTS.replace(&old, &new));
    project.run("run . --formats csv").exits(0);
    let findings = project.table("out/findings.csv");
    assert!(findings.iter().any(|row| row["benefit_month"] == "2023-05~2023-06"), "{findings:?}");
}

#[test]
fn who_took_the_last_grant_owes_it() {
    let grants = format!("{FUNERAL_GRANTS}{GRANTEE},孙有才,100.00,2019-07-01,2019-05-02,孙大才,,配偶\n");
    let project = village().with("丧葬.csv", grants);
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    let case = ledger.iter().find(|row| row["id_number"] == GRANTEE).unwrap();
    assert_eq!(
        (case["debtor_name"].as_str(), case["debtor_relation"].as_str()),
        ("孙大才", "配偶"),
        "{case:?}"
    );
}

#[test]
fn a_damaged_number_does_not_make_a_type_unchecked() {
    // Rules whose lists the village lacks are told; the damaged number adds nothing to that.
    let lines = PAYMENTS.lines().filter(|line| !line.contains(DAMAGED));
    let without = village().with("发放/2023.csv", lines.collect::<Vec<_>>().join("\n") + "\n");
    assert_eq!(unchecked_types(&village()), unchecked_types(&without));
}

/// What the summary says of types that were not checked, or only in part.
fn unchecked_types(project: &Project) -> Vec<String> {
    use calamine::Reader;
    project.run("run . --formats xlsx").exits(0);
    let name = project.files("out").into_keys().find(|name| name.ends_with(".xlsx")).unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(project.path(&format!("out/{name}"))).unwrap();
    let summary = book.worksheet_range("汇总").unwrap();
    summary
        .used_cells()
        .map(|(.., cell)| cell.to_string())
        .filter(|text| text == "未核查，见数据质量" || text == "部分规则未核查，见数据质量")
        .collect()
}

#[test]
fn a_release_that_nobody_reported_is_marked_under_any_primary_rule() {
    let row = format!("{DECEASED},李秀英,有期徒刑,监狱,2023-03-10,2025-04-19,,（2023）虚0499刑初2号\n");
    let project = village().with("服刑.csv", format!("{CUSTODY}{row}"));
    project.run("run . --formats csv").exits(0);
    let ledger = project.table("out/ledger.csv");
    let case =
        ledger.iter().find(|row| row["id_number"] == DECEASED && row["case_type"] == "post_death").unwrap();
    assert!(case["marks"].contains("release_unconfirmed"), "{case:?}");
}

#[test]
fn a_rule_that_reads_fewer_days_looks_at_more_months() {
    // Under this overlay a row with a day of registration only is a row without a day: it speaks of any month.
    let rule = std::fs::read_to_string(crate::support::repository("rules/death/post_death.toml")).unwrap();
    let own = rule
        .replacen("not_after = [\"cremated_on\", \"registered_on\"]", "not_after = [\"cremated_on\"]", 1)
        .replacen("status ", "overrides  = \"D-01\"\nstatus ", 1);
    let own: String = own.split("[[example]]").next().unwrap().to_string();
    let example = rule.split("[[example]]").nth(1).unwrap().to_string();
    let deaths = format!("{DEATHS}{PENSIONER},张桂兰,,2023-12-01,死亡,民政\n");
    let project = village().with("死亡.csv", deaths);
    project.write("本地/死亡.toml", format!("{own}[[example]]{example}"));
    let leads = |options: &str| {
        project.run(&format!("run . --formats csv {options}")).exits(0);
        let leads = project.table("out/leads.csv");
        leads.iter().filter(|row| row["id_number"] == PENSIONER && row["rule"] == "D-01").count()
    };
    assert_eq!(leads(""), 0, "registered after the last payment");
    assert_eq!(leads("--rules 本地"), 1);
}

#[test]
fn a_contribution_list_of_many_kinds_is_one_all_the_same() {
    // Nobody who was sixty when the scheme began is marked, however many batches the list names.
    let mut list = String::from("身份证号,姓名,类别\n");
    for batch in 0..90 {
        list.push_str(&format!("{TWICE},刘正明,缴费第{batch}批\n"));
    }
    let marked = |list: &str| {
        let project = village().with("参保.csv", list);
        project.run("run . --json --formats csv").exits(0).json()["marked"].clone()
    };
    let old = marked("身份证号,姓名,类别\n530499195208150041,刘正明,缴费\n");
    assert_eq!(marked(&list), old);
    assert_ne!(marked(&list.replace("缴费第7批", "登记")), old);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_no_pattern_can_match_is_never_passed_over() {
    use std::os::unix::ffi::OsStrExt;
    // `*.csv` means this one as well.
    let expected = village().with("发放/2024.csv", PAYMENTS.replace("150.00", "160.00"));
    let project = village().with("发放/2024.CSV", PAYMENTS.replace("150.00", "160.00"));
    let lines = |project: &Project| project.run("run . --json").exits(0).json()["payment_lines"].clone();
    assert_eq!(lines(&project), lines(&expected));
    std::os::unix::fs::symlink("/nonexistent", project.path("发放/2025.csv")).unwrap();
    project.run("run .").exits(4).complains("[E101]").complains("发放/2025.csv");
    std::fs::remove_file(project.path("发放/2025.csv")).unwrap();
    let bytes = |name: &'static [u8]| std::ffi::OsStr::from_bytes(name).to_os_string();
    let (file, folder) = (bytes(b"\xb7\xa2.csv"), bytes(b"\xb7\xa2"));
    std::fs::write(project.path("发放").join(&file), PAYMENTS).unwrap();
    project.run("run .").exits(3).complains("[E608]");
    std::fs::remove_file(project.path("发放").join(&file)).unwrap();
    // Folders that the pattern would enter, and the folder that `**` begins with.
    let audit = project.text("audit.toml");
    for pattern in ["*/*.csv", "发*/2023.csv", "**/2023.csv", "**/*.csv"] {
        let other = audit.replacen("发放/*.csv", pattern, 1);
        project.write("audit.toml", &other[..other.find("[[input]]\ntable = \"participants\"").unwrap()]);
        let complaint = |path: std::path::PathBuf, is_folder: bool| {
            if is_folder {
                std::fs::create_dir(&path).unwrap();
            } else {
                std::fs::write(&path, PAYMENTS).unwrap();
            }
            let outcome = project.run("check .");
            if is_folder {
                std::fs::remove_dir(path).unwrap()
            } else {
                std::fs::remove_file(path).unwrap()
            }
            outcome.stderr.contains("[E608]")
        };
        assert!(complaint(project.path(".").join(&folder), true), "{pattern}");
        assert_eq!(complaint(project.path(".").join(&file), false), pattern == "**/*.csv", "{pattern}");
        assert_eq!(
            complaint(project.path("发放").join(&file), false),
            pattern.ends_with("*.csv"),
            "{pattern}"
        );
        assert!(!complaint(project.path("发放").join(bytes(b".\xb7\xa2.csv")), false), "{pattern}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_project_in_a_folder_with_brackets_reads_its_own_files() {
    let parent = Project::empty();
    let small = village().with("发放/2024.csv", PAYMENTS.replace("150.00", "160.00"));
    for (name, project) in [("Audit[1]", village()), ("audit[1]", small)] {
        std::fs::rename(project.path(""), parent.path(name)).unwrap();
    }
    let lines =
        |name: &str| parent.run(&format!("run {name} --json")).exits(0).json()["payment_lines"].clone();
    let alone = village().run("run . --json").exits(0).json()["payment_lines"].clone();
    assert_eq!(lines("Audit[1]"), alone);
    assert_ne!(lines("audit[1]"), alone);
}

#[cfg(unix)]
#[test]
fn a_result_folder_behind_a_link_stays_there() {
    let (project, disk) = (village(), Project::empty());
    std::fs::create_dir(disk.path("结果")).unwrap();
    std::os::unix::fs::symlink(disk.path("结果"), project.path("链接")).unwrap();
    for _ in 0..2 {
        project.run("run . --out 链接 --formats csv").exits(0);
        assert!(std::fs::symlink_metadata(project.path("链接")).unwrap().is_symlink());
        assert!(disk.path("结果/ledger.csv").is_file());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_stderr_that_takes_nothing_changes_no_exit_code() {
    let project = village();
    let exit = |arguments: &str| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("pension-audit"));
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        command.current_dir(project.path(".")).args(arguments.split_whitespace()).stderr(full);
        command.stdout(std::process::Stdio::null()).status().unwrap().code()
    };
    assert_eq!(exit("run . --timings"), Some(0));
    assert_eq!(exit("run 没有"), Some(2));
    assert_eq!(exit("run . --fail-on cases=1"), Some(1));
}

#[test]
fn a_record_without_end_is_told_apart_from_a_quote() {
    let long = format!("{PAYMENTS}{}", "x".repeat(17 << 20));
    let project = village().with("发放/2023.csv", long);
    project.run("run .").exits(3).complains("[E111]").complains("16 MB");
    let one_line = "甲,乙".repeat(40_000);
    let outcome = village().with("死亡.csv", one_line).run("run .").exits(3).complains("[E201]");
    assert!(outcome.stderr.chars().count() < 1_000, "{outcome}");
}
