//! The showcase: few invented people, at least one for each rule who is hit, one who nearly is, and one who
//! cannot be checked.
//!
//! Owns how a person of the scenario file becomes rows. Who is planted, and what must be found of whom,
//! stands in sample_data/scenarios/showcase.toml: a further person is a few lines there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

use super::Generated;
use super::project::{AUDIT, Input, KEY, prepare_folder, write_audit};
use super::write::write_text;
use crate::domain::{CitizenId, Fen, Month, MonthSpan, parse_date};
use crate::ingest::{Column, Table};
use crate::messages::{self, Error};

const SHOWCASE: &str = include_str!("../../sample_data/scenarios/showcase.toml");
/// The folder of the overlay.
const OWN_RULES: &str = "本地规则";
/// What every file of the overlay says of itself.
const INVENTED: &str = "虚构的标准，不是任何地方的文件。Invented: no office ever set it.";
const KEY_HEADINGS: &str = "id_number,name,rule,expect,found_in,fen,about";

/// One row of a table, by column.
type Row = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Showcase {
    title: String,
    region: String,
    period: String,
    as_of: String,
    /// The day of certification of whoever names none.
    certified_on: String,
    /// The years of contributions of whoever is not listed otherwise.
    paid_years: String,
    /// The components of a paid month.
    monthly: Row,
    /// Invented standards of the centre, by parameter: without them some rules could have no hit.
    parameters: BTreeMap<String, String>,
    person: Vec<Planted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planted {
    name: String,
    born: String,
    #[serde(default)]
    is_female: bool,
    /// What the person shows.
    about: String,
    /// The months that were paid, each with one line; spans as `2023-01~2023-06`.
    #[serde(default)]
    paid: Vec<String>,
    /// The ID cell of the payment lines, where it is not the number.
    written: Option<String>,
    /// Left out of the participants' list.
    #[serde(default)]
    is_absent: bool,
    /// The day of certification; empty for none.
    certified_on: Option<String>,
    /// Further rows.
    #[serde(default)]
    tables: BTreeMap<String, Vec<Row>>,
    /// What must be found.
    #[serde(default)]
    hits: Vec<Hit>,
    /// The rules that must say nothing although the person looks like it.
    #[serde(default)]
    near: Vec<String>,
    /// The rules that cannot check the person.
    #[serde(default)]
    unchecked: Vec<String>,
}

/// A finding of a rule, where it must stand and with how much in yuan, or `unknown`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hit {
    rule: String,
    ledger: Option<String>,
    lead: Option<String>,
    unpaid: Option<String>,
    mark: Option<bool>,
    /// The rows are counted because of how the number is written.
    rows: Option<bool>,
}

fn wrong(why: &str) -> Error {
    messages::scenario_data("showcase.toml", why)
}

fn day(text: &str) -> Result<NaiveDate, Error> {
    parse_date(text).day().ok_or_else(|| wrong(text))
}

fn months(text: &str) -> Result<MonthSpan, Error> {
    let (first, last) = text.split_once('~').unwrap_or((text, text));
    let read = |text: &str| Month::parse(text).ok_or_else(|| wrong(text));
    Ok(MonthSpan::through(read(first)?, read(last)?))
}

/// Writes the showcase.
pub(super) fn generate(dir: &Path) -> Result<Generated, Error> {
    let scenario: Showcase = toml::from_str(SHOWCASE).map_err(|why| wrong(&why.to_string()))?;
    prepare_folder(dir)?;
    let made = Made::of(&scenario)?;
    let mut files = vec![AUDIT.to_string(), KEY.to_string()];
    let mut inputs = Vec::new();
    for (&table, rows) in &made.tables {
        let name = format!("数据/{}.csv", table.title().replace('/', "、"));
        write_text(dir, &name, &csv(table, rows)?)?;
        inputs.push(Input::new(table.name(), &name));
        files.push(name);
    }
    for (id, value) in &scenario.parameters {
        let name = format!("{OWN_RULES}/parameters/{id}.toml");
        write_text(dir, &name, &own_parameter(&scenario.region, id, value)?)?;
        files.push(name);
    }
    write_text(dir, KEY, &made.key)?;
    files.sort();
    let (period, as_of) = (months(&scenario.period)?, day(&scenario.as_of)?);
    write_audit(dir, &scenario.title, &scenario.region, (period, as_of), Some(OWN_RULES), &inputs, &files)?;
    let payments = made.tables.get(&Table::Payments).map_or(&[][..], Vec::as_slice);
    let payees: BTreeSet<&String> = payments.iter().filter_map(|row| row.get("id_number")).collect();
    Ok(Generated { persons: payees.len(), payment_lines: payments.len() as u64, files })
}

/// The overlay's file for one invented standard.
fn own_parameter(region: &str, id: &str, text: &str) -> Result<String, Error> {
    let (kind, value) = match (Fen::parse_yuan(text), parse_date(text).day()) {
        (Ok(_), _) => ("amount", format!("amount         = \"{text}\"\n")),
        (Err(_), Some(day)) => ("date", format!("date           = {day}\n")),
        (Err(_), None) => return Err(wrong(text)),
    };
    let head = format!("# {INVENTED}\nid        = \"{id}\"\noverrides = \"{id}\"\n");
    let value = format!("{value}status         = \"in_force\"\n");
    let from = "effective_from = 2009-09-01";
    Ok(format!(
        "{head}title     = \"{id}（虚构）\"\nkind      = \"{kind}\"\n\n[[value]]\n\
         region         = \"{region}\"\n{from}\n{value}document       = \"{INVENTED}\"\n"
    ))
}

/// What has been made so far.
struct Made {
    tables: BTreeMap<Table, Vec<Row>>,
    key: String,
    /// How many of each birth date and sex there are: their numbers differ in the order.
    orders: BTreeMap<(NaiveDate, bool), u64>,
}

impl Made {
    fn of(scenario: &Showcase) -> Result<Made, Error> {
        let key = format!("\u{feff}{KEY_HEADINGS}\r\n");
        let mut made = Made { tables: BTreeMap::new(), key, orders: BTreeMap::new() };
        for person in &scenario.person {
            let id = made.number(&scenario.region, person)?;
            made.plant(scenario, person, id)?;
            made.expect(person, id)?;
        }
        Ok(made)
    }

    /// The number of the next person of a birth date: under an area code that was never assigned.
    fn number(&mut self, region: &str, person: &Planted) -> Result<CitizenId, Error> {
        let born = day(&person.born)?;
        let before = self.orders.entry((born, person.is_female)).or_insert(0);
        let order = *before * 2 + if person.is_female { 2 } else { 1 };
        *before += 1;
        let area: u64 = region.parse().map_err(|_| wrong(region))?;
        let date = u64::from(born.year_ce().1) * 10_000 + u64::from(born.month() * 100 + born.day());
        let key = crate::domain::PersonKey(area * 100_000_000_000 + date * 1_000 + order);
        CitizenId::from_key(key).ok_or_else(|| wrong(&person.name))
    }

    fn push(&mut self, table: Table, person: &Planted, id: &str, row: Row) {
        let mut row = row;
        row.entry("id_number".into()).or_insert_with(|| id.to_string());
        row.entry("name".into()).or_insert_with(|| person.name.clone());
        self.tables.entry(table).or_default().push(row);
    }

    fn plant(&mut self, scenario: &Showcase, person: &Planted, id: CitizenId) -> Result<(), Error> {
        let number = id.text();
        let written = person.written.as_ref().unwrap_or(&number);
        let with = |pairs: &[(&str, &str)]| -> Row {
            pairs.iter().map(|(column, text)| ((*column).to_string(), (*text).to_string())).collect()
        };
        let tail = &number[6..17];
        for span in &person.paid {
            for month in months(span)?.months() {
                let mut row = scenario.monthly.clone();
                let paid_on = format!("{month}-15");
                row.extend(with(&[("benefit_month", &month.to_string()), ("paid_date", &paid_on)]));
                row.extend(with(&[("bank_account", &format!("6217{tail}")), ("account_name", &person.name)]));
                self.push(Table::Payments, person, written, row);
            }
        }
        let is_payee = !person.paid.is_empty() && person.written.is_none();
        let is_listed = person.tables.contains_key(Table::Participants.name());
        if is_payee && !person.is_absent && !is_listed {
            let sex = if person.is_female { "女" } else { "男" };
            let mut row = with(&[("birth_date", &person.born), ("sex", sex), ("kind", "登记")]);
            row.extend(with(&[("paid_years", &scenario.paid_years)]));
            self.push(Table::Participants, person, &number, row);
        }
        let certified_on = person.certified_on.as_ref().unwrap_or(&scenario.certified_on);
        if is_payee && !certified_on.is_empty() {
            self.push(Table::Certifications, person, &number, with(&[("certified_on", certified_on)]));
        }
        for (name, rows) in &person.tables {
            let table = Table::from_name(name).ok_or_else(|| wrong(name))?;
            let of = if table == Table::Payments { written } else { &number };
            for row in rows {
                self.push(table, person, of, row.clone());
            }
        }
        Ok(())
    }

    /// The lines of the answer key.
    fn expect(&mut self, person: &Planted, id: CitizenId) -> Result<(), Error> {
        let number = id.text();
        // An unusable number is listed as it is written.
        let damaged = person.tables.values().flatten().find_map(|row| row.get("id_number"));
        let written = person.written.as_ref().or(damaged).unwrap_or(&number);
        let mut line = |id: &str, rule: &str, expect: &str, found_in: &str, fen: &str| {
            let cells = [id, &person.name, rule, expect, found_in, fen, &person.about];
            self.key.push_str(&format!("{}\r\n", cells.map(quoted).join(",")));
        };
        for hit in &person.hits {
            let found = [("ledger", &hit.ledger), ("lead", &hit.lead), ("unpaid", &hit.unpaid)];
            for (found_in, amount) in found {
                match amount.as_deref() {
                    None => {}
                    Some("unknown") => line(&number, &hit.rule, "hit", found_in, ""),
                    Some(yuan) => {
                        let fen = Fen::parse_yuan(yuan).map_err(|_| wrong(yuan))?;
                        line(&number, &hit.rule, "hit", found_in, &fen.0.to_string());
                    }
                }
            }
            if hit.mark == Some(true) {
                line(&number, &hit.rule, "hit", "mark", "");
            }
            if hit.rows == Some(true) {
                line(written, &hit.rule, "hit", "rows", "");
            }
        }
        for rule in &person.near {
            line(&number, rule, "near_miss", "", "");
        }
        for rule in &person.unchecked {
            line(written, rule, "not_checkable", "", "");
        }
        Ok(())
    }
}

/// A table as text, under the titles of the columns that any row has.
fn csv(table: Table, rows: &[Row]) -> Result<String, Error> {
    let is_used = |column: &Column| rows.iter().any(|row| row.contains_key(column.name()));
    let columns: Vec<Column> =
        table.columns().filter(|column| table.required().contains(column) || is_used(column)).collect();
    let strays = rows.iter().flat_map(BTreeMap::keys);
    if let Some(stray) = strays.into_iter().find(|name| !columns.iter().any(|own| own.name() == *name)) {
        return Err(wrong(&format!("{} {stray}", table.name())));
    }
    let mut text = String::from("\u{feff}");
    let headings: Vec<String> = columns.iter().map(|column| quoted(column.title())).collect();
    text.push_str(&format!("{}\r\n", headings.join(",")));
    for row in rows {
        let cells: Vec<String> =
            columns.iter().map(|column| quoted(row.get(column.name()).map_or("", String::as_str))).collect();
        text.push_str(&format!("{}\r\n", cells.join(",")));
    }
    Ok(text)
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_string()
}
