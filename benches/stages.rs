//! Timings of each stage. Row counts are asserted, times are not.

// A bench that cannot make its sample has nothing to time.
#![allow(clippy::expect_used, missing_docs)]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pension_audit::domain::{CitizenId, Fen, Month, Name, parse_date};
use pension_audit::engine::Engine;
use pension_audit::generate::{GenerateOptions, PaymentFormat, Scenario, generate};
use pension_audit::ingest::{Storage, Table};
use pension_audit::project::Project;
use pension_audit::report::Formats;
use pension_audit::{findings, ingest, pipeline, rulebook};

const PERSONS: usize = 20_000;
const MONTHS: u32 = 12;

fn cells(c: &mut Criterion) {
    let as_of = chrono::NaiveDate::default();
    let mut group = c.benchmark_group("cells");
    group.throughput(Throughput::Elements(1));
    group.bench_function("id_18", |b| b.iter(|| CitizenId::read(black_box("11010519491231002X"), as_of)));
    group.bench_function("id_15_full_width", |b| {
        b.iter(|| CitizenId::read(black_box("１１０１０５４９１２３１００２"), as_of));
    });
    group.bench_function("yuan", |b| b.iter(|| Fen::parse_yuan(black_box("1234.50"))));
    group.bench_function("yuan_with_separators", |b| b.iter(|| Fen::parse_yuan(black_box("1,234.50"))));
    group.bench_function("month", |b| b.iter(|| Month::parse(black_box("202301"))));
    group.bench_function("date", |b| b.iter(|| parse_date(black_box("2023年1月15日"))));
    group.bench_function("name", |b| b.iter(|| Name::comparison_form(black_box("阿木·乌尔"))));
    group.finish();
}

fn sample(folder: &Path, format: PaymentFormat, gb18030: bool) -> u64 {
    let options = GenerateOptions {
        scenario: Scenario::District,
        persons: Some(PERSONS),
        months: Some(MONTHS),
        seed: Some(1),
        format,
        gb18030,
    };
    let made = generate(folder, &options).expect("the generator writes into a temporary folder");
    assert_eq!(made.persons, PERSONS);
    made.payment_lines
}

fn stages(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let forms = [
        ("utf8", PaymentFormat::Csv, false),
        ("gb18030", PaymentFormat::Csv, true),
        ("parquet", PaymentFormat::Parquet, false),
    ];
    let mut group = c.benchmark_group("stages");
    group.sample_size(10);
    for (name, format, gb18030) in forms {
        let root = folder.path().join(name);
        let lines = sample(&root, format, gb18030);
        group.throughput(Throughput::Elements(lines));
        let project = Project::load(&root).expect("a generated project loads");
        group.bench_function(format!("ingest_{name}"), |b| {
            b.iter(|| {
                let tables = ingest::read(&project.files, project.as_of, &Storage::default(), &|_, _| {})
                    .expect("a generated project reads");
                assert_eq!(tables.row_counts(Table::Payments).0, lines);
                tables
            });
        });
    }
    let root = folder.path().join("utf8");
    let project = Project::load(&root).expect("a generated project loads");
    let cached = Storage { cache: Some(folder.path().join("cache")), ..Storage::default() };
    group.bench_function("ingest_warm_cache", |b| {
        b.iter(|| ingest::read(&project.files, project.as_of, &cached, &|_, _| {}).expect("a cache"));
    });
    let tables = ingest::read(&project.files, project.as_of, &Storage::default(), &|_, _| {})
        .expect("a generated project reads");
    let rules = rulebook::load(None).expect("the built-in rules load");
    group.bench_function("sweep_bars_and_judgement", |b| {
        b.iter(|| Engine::new(&tables, &rules, &project).and_then(|engine| engine.judge()))
    });
    let judge = || Engine::new(&tables, &rules, &project).and_then(|engine| engine.judge());
    let judgement = judge().expect("a judgement");
    group.bench_function("attribution_and_cases", |b| {
        b.iter(|| findings::conclude(&tables, &rules, &project, judgement.clone()));
    });
    let audit = pipeline::audit(&root, &pipeline::RunOptions::default(), &|_, _| {}).expect("an audit");
    assert!(!audit.findings.cases.is_empty());
    for (name, formats) in [
        ("csv", Formats::CSV_ONLY),
        ("parquet", Formats { csv: false, parquet: true, xlsx: false }),
        ("workbook", Formats { csv: false, parquet: false, xlsx: true }),
    ] {
        group.bench_function(format!("report_{name}"), |b| {
            b.iter(|| {
                let out = tempfile::tempdir().expect("a temporary folder");
                for (_, report) in formats.reports() {
                    report.write(&audit.content(), out.path()).expect("a report");
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, cells, stages);
criterion_main!(benches);
