//! A district of any size, for measuring.
//!
//! Owns the stream: people are made, written and forgotten, so that memory does not grow with their number.
//! A centre keeps one roster for each monthly batch, so every line goes to the file of the month in which it
//! was paid.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use chrono::NaiveDate;

use super::hongta::{certification, contributor, dead_outsider, inmate, participant, pensioner};
use super::lines::{self, Line};
use super::people::Payee;
use super::plan::{self, Batch, ESTABLISHED, LOOK_ALIKES, Maker, Plant, find, shift};
use super::project::{self, AUDIT, Input, KEY, PAYMENTS};
use super::registers::{
    Certification, Custody, Death, DeathBenefit, Grant, Participant, Pension, Repayment, Row,
};
use super::scenario::{self, District, World};
use super::write::{Encoding, ParticipantsFile, PaymentFile, PaymentForm, Place, Spelling, TableFile};
use super::{GenerateOptions, Generated, PaymentFormat};
use crate::domain::{Month, MonthSpan};
use crate::generate::key::KeyRow;
use crate::messages::{self, Error};

const DEATHS: &str = "死亡信息/死亡信息.csv";
const CUSTODY: &str = "服刑信息/服刑信息.csv";
const PENSIONS: &str = "其他养老待遇/其他养老待遇.csv";
const PARTICIPANTS: &str = "参保登记/参保缴费名册.parquet";
const GRANTS: &str = "丧葬补助/丧葬补助金.csv";
const BENEFITS: &str = "遗属待遇/遗属待遇.csv";
const CERTIFICATIONS: &str = "资格认证/资格认证.csv";
const REPAYMENTS: &str = "退回记录/退回记录.csv";

const MOST_PERSONS: usize = 10_000_000;
const LEAST_MONTHS: usize = 6;
const MOST_MONTHS: usize = 120;
const PERSONS_PER_TOWNSHIP: usize = 50_000;

/// Writes the project.
pub(super) fn generate(dir: &Path, options: &GenerateOptions) -> Result<Generated, Error> {
    let data = scenario::district()?;
    let sample = scenario::hongta()?;
    let persons = options.persons.unwrap_or(data.persons);
    let months = options.months.unwrap_or(data.months) as usize;
    if !(1..=MOST_PERSONS).contains(&persons) {
        return Err(messages::number_out_of_range("--persons", 1, MOST_PERSONS));
    }
    if !(LEAST_MONTHS..=MOST_MONTHS).contains(&months) {
        return Err(messages::number_out_of_range("--months", LEAST_MONTHS, MOST_MONTHS));
    }
    if options.gb18030 && options.format == PaymentFormat::Parquet {
        return Err(messages::parquet_has_no_encoding());
    }
    let last = Month::of(2023, 12);
    let period = MonthSpan::through(shift(last, 1 - months as i32), last);
    let townships = persons.div_ceil(PERSONS_PER_TOWNSHIP);
    let seed = options.seed.unwrap_or(data.seed);
    let maker = Maker::new(&sample.world, period, sample.as_of, seed, vec![1; townships]);
    let kinds = Kinds::new(&data)?;
    project::prepare_folder(dir)?;
    let project = Project { dir, format: options.format, period, as_of: sample.as_of, region: sample.region };
    // The list stands there before any file does, so that a later call can clear away a half-written project.
    let possible = MonthSpan::through(period.from, last.next());
    project.write_audit(&data.title, possible.months())?;
    let sinks = Sinks::create(dir, townships, &sample.world)?;
    let batches = Batches::new(dir, options, possible.len());
    let mut stream = Stream { data, maker, kinds, sinks, batches, villages: villages(&sample.world) };
    let payment_lines = stream.run(persons, townships)?;
    stream.sinks.finish()?;
    let written = stream.batches.finish()?;
    let files = project.write_audit(&stream.data.title, written.into_iter())?;
    Ok(Generated { persons, payment_lines, files })
}

fn villages(world: &World) -> Vec<String> {
    world.villages.iter().map(|name| format!("{name}村")).collect()
}

fn township_name(at: usize) -> String {
    format!("虚构乡镇{:03}", at + 1)
}

fn payment_file(batch: &str, format: PaymentFormat) -> String {
    let extension = match format {
        PaymentFormat::Csv => "csv",
        PaymentFormat::Parquet => "parquet",
    };
    format!("{PAYMENTS}/{batch}.{extension}")
}

/// What audit.toml says.
struct Project<'a> {
    dir: &'a Path,
    format: PaymentFormat,
    period: MonthSpan,
    as_of: NaiveDate,
    region: String,
}

impl Project<'_> {
    /// Writes audit.toml and tells the project's files, among them those of some monthly batches.
    fn write_audit(&self, title: &str, batches: impl Iterator<Item = Month>) -> Result<Vec<String>, Error> {
        let tables = [
            ("participants", PARTICIPANTS),
            ("deaths", DEATHS),
            ("certifications", CERTIFICATIONS),
            ("custody", CUSTODY),
            ("other_pensions", PENSIONS),
            ("funeral_grants", GRANTS),
            ("other_death_benefits", BENEFITS),
            ("repayments", REPAYMENTS),
        ];
        let mut files: Vec<String> = [AUDIT, KEY].iter().map(|name| name.to_string()).collect();
        files.extend(tables.iter().map(|(_, name)| name.to_string()));
        files.extend(batches.map(|month| payment_file(&month.to_string(), self.format)));
        files.sort();
        let fen = self.format == PaymentFormat::Parquet;
        let mut inputs = vec![Input { table: "payments", path: payment_file("*", self.format), fen }];
        inputs.extend(tables.iter().map(|(table, path)| Input::new(table, path)));
        project::write_audit(
            self.dir,
            title,
            &self.region,
            (self.period, self.as_of),
            None,
            &inputs,
            &files,
        )?;
        Ok(files)
    }
}

/// The payment files, one for each month in which anything is paid. A file begins with its first line, for
/// few districts pay anything after the last month of the period.
struct Batches<'a> {
    dir: &'a Path,
    format: PaymentFormat,
    form: PaymentForm,
    open: BTreeMap<Month, PaymentFile>,
}

impl Batches<'_> {
    fn new<'a>(dir: &'a Path, options: &GenerateOptions, months: usize) -> Batches<'a> {
        let form = match options.format {
            PaymentFormat::Parquet => PaymentForm::Parquet { files: months },
            PaymentFormat::Csv if options.gb18030 => PaymentForm::Csv(Encoding::Gb18030, Spelling::Compact),
            PaymentFormat::Csv => PaymentForm::Csv(Encoding::Utf8, Spelling::Compact),
        };
        Batches { dir, format: options.format, form, open: BTreeMap::new() }
    }

    /// Appends each line of a person to the file of the month in which it was paid.
    fn push(&mut self, payee: &Payee, place: &Place, lines: &[Line]) -> Result<(), Error> {
        for of_month in lines.chunk_by(|a, b| a.batch.0 == b.batch.0) {
            let month = of_month[0].batch.0;
            let file = match self.open.entry(month) {
                Entry::Occupied(file) => file.into_mut(),
                Entry::Vacant(none) => {
                    let name = payment_file(&month.to_string(), self.format);
                    none.insert(PaymentFile::create(self.dir, &name, self.form)?)
                }
            };
            file.push(payee, place, of_month)?;
        }
        Ok(())
    }

    /// Completes the files and tells their months.
    fn finish(self) -> Result<Vec<Month>, Error> {
        let complete = |(month, file): (Month, PaymentFile)| file.finish().map(|()| month);
        self.open.into_iter().map(complete).collect()
    }
}

/// Which kind comes next, by the shares of the scenario.
struct Kinds {
    shares: Vec<(u64, &'static str, Plant)>,
    planted: u64,
}

impl Kinds {
    fn new(data: &District) -> Result<Kinds, Error> {
        let mut shares = Vec::new();
        let mut planted = 0;
        for (name, &share) in &data.per_myriad {
            let unknown = || messages::scenario_data("district.toml", name);
            let (kind, plant) = find(ESTABLISHED, name).ok_or_else(unknown)?;
            planted += share;
            shares.push((planted, kind, plant));
        }
        Ok(Kinds { shares, planted })
    }
}

/// The registries' files.
struct Sinks {
    key: TableFile,
    deaths: TableFile,
    custody: TableFile,
    pensions: TableFile,
    certifications: TableFile,
    grants: TableFile,
    benefits: TableFile,
    repayments: TableFile,
    participants: ParticipantsFile,
}

fn drain<R: Row>(rows: &mut Vec<R>, file: &mut TableFile) -> Result<(), Error> {
    for row in rows.drain(..) {
        file.push(&row)?;
        if row.twice() {
            file.push(&row)?;
        }
    }
    Ok(())
}

impl Sinks {
    fn create(dir: &Path, townships: usize, world: &World) -> Result<Sinks, Error> {
        let (utf8, bom, gb, iso) = (Encoding::Utf8, Encoding::Utf8Bom, Encoding::Gb18030, Spelling::Iso);
        let names = (0..townships).map(township_name).collect();
        Ok(Sinks {
            key: TableFile::create::<KeyRow>(dir, KEY, bom, iso)?,
            deaths: TableFile::create::<Death>(dir, DEATHS, gb, Spelling::Compact)?,
            custody: TableFile::create::<Custody>(dir, CUSTODY, utf8, Spelling::Chinese)?,
            pensions: TableFile::create::<Pension>(dir, PENSIONS, gb, Spelling::Compact)?,
            certifications: TableFile::create::<Certification>(dir, CERTIFICATIONS, utf8, Spelling::Slash)?,
            grants: TableFile::create::<Grant>(dir, GRANTS, bom, Spelling::Dots)?,
            benefits: TableFile::create::<DeathBenefit>(dir, BENEFITS, gb, iso)?,
            repayments: TableFile::create::<Repayment>(dir, REPAYMENTS, bom, iso)?,
            participants: ParticipantsFile::create(dir, PARTICIPANTS, names, villages(world))?,
        })
    }

    fn take(&mut self, batch: &mut Batch) -> Result<(), Error> {
        drain(&mut batch.key, &mut self.key)?;
        drain(&mut batch.registers.deaths, &mut self.deaths)?;
        drain(&mut batch.registers.custody, &mut self.custody)?;
        drain(&mut batch.registers.pensions, &mut self.pensions)?;
        drain(&mut batch.registers.certifications, &mut self.certifications)?;
        drain(&mut batch.registers.grants, &mut self.grants)?;
        drain(&mut batch.registers.benefits, &mut self.benefits)?;
        drain(&mut batch.registers.repayments, &mut self.repayments)?;
        batch.registers.participants.drain(..).try_for_each(|row: Participant| self.participants.push(row))
    }

    fn finish(self) -> Result<(), Error> {
        let tables = [
            self.key,
            self.deaths,
            self.custody,
            self.pensions,
            self.certifications,
            self.grants,
            self.benefits,
            self.repayments,
        ];
        tables.into_iter().try_for_each(TableFile::finish)?;
        self.participants.finish()
    }
}

/// The making of one person after another.
struct Stream<'a> {
    data: District,
    maker: Maker,
    kinds: Kinds,
    sinks: Sinks,
    batches: Batches<'a>,
    villages: Vec<String>,
}

impl Stream<'_> {
    /// Township by township, until there are as many payees as were asked for.
    fn run(&mut self, persons: usize, townships: usize) -> Result<u64, Error> {
        let (mut made, mut written) = (0, 0);
        let mut batch = Batch::default();
        for at in 0..townships {
            let name = township_name(at);
            let until = persons * (at + 1) / townships;
            while made < until {
                self.step(&mut batch);
                for mut payee in batch.payees.drain(..) {
                    made += 1;
                    payee.township = at;
                    if payee.listed {
                        batch.registers.participants.push(participant(&payee));
                    }
                    let lines =
                        payee.lines.take().unwrap_or_else(|| lines::regular(&payee, &self.maker.rates));
                    written += lines.len() as u64;
                    let place = Place::new(&name, &self.villages[payee.village], made);
                    self.batches.push(&payee, &place, &lines)?;
                }
                self.sinks.take(&mut batch)?;
            }
        }
        Ok(written)
    }

    /// One person, and now and then somebody whom the payments do not concern.
    fn step(&mut self, batch: &mut Batch) {
        let drawn = self.maker.rng.below(10_000);
        if drawn < self.kinds.planted {
            let chosen = self.kinds.shares.iter().find(|(until, _, _)| drawn < *until);
            if let Some((_, kind, plant)) = chosen {
                let spec = self.maker.spec(kind);
                plant(&mut self.maker, &spec, batch);
            }
        } else if drawn < self.kinds.planted + self.data.lookalikes_per_myriad {
            let (kind, plant) = self.maker.rng.pick(LOOK_ALIKES);
            let spec = self.maker.spec(kind);
            plant(&mut self.maker, &spec, batch);
        } else {
            let payee = self.ordinary(batch);
            batch.payees.push(payee);
        }
        self.outsiders(batch);
    }

    fn ordinary(&mut self, batch: &mut Batch) -> Payee {
        let maker = &mut self.maker;
        let (window, period) = (maker.window, maker.period);
        if maker.rng.chance(self.data.stopped_per_myriad, 10_000) {
            let month = shift(window.from, maker.rng.between(0, window.len() as i64 - 1) as i32);
            return plan::stopped(maker, month, batch).0;
        }
        let later_months = period.len() as u64 - 1;
        if maker.rng.chance(self.data.starters_per_month * later_months, 10_000) {
            let first = shift(period.from, maker.rng.between(1, later_months as i64) as i32);
            return maker.starter(first);
        }
        let payee = maker.payee();
        if maker.rng.chance(self.data.certified_per_myriad, 10_000) {
            let row = certification(maker, &payee);
            batch.registers.certifications.push(row);
        }
        payee
    }

    fn outsiders(&mut self, batch: &mut Batch) {
        let maker = &mut self.maker;
        if maker.rng.chance(self.data.contributors_per_myriad, 10_000) {
            batch.registers.participants.push(contributor(maker));
        }
        if maker.rng.chance(self.data.pensioners_per_myriad, 10_000) {
            batch.registers.pensions.push(pensioner(maker));
        }
        if maker.rng.chance(self.data.inmates_per_myriad, 10_000) {
            let police = maker.rng.chance(1, 2);
            batch.registers.custody.push(inmate(maker));
            batch.registers.deaths.push(dead_outsider(maker, police));
        }
    }
}
