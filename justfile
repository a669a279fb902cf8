# The menu of everyday commands; `just` alone lists them.

# Lists the recipes.
default:
    @just --list --unsorted

# Audits the sample project and prints the four published figures.
run:
    cargo run --release -- run sample_data/hongta-2023

# All tests.
test:
    cargo test --release

# What every change must pass.
ci:
    .ci/run

# Formats the code.
format:
    cargo fmt --all

# Lints, warnings denied.
lint:
    cargo clippy --release --all-targets -- -D warnings

# The examples that stand in the rule files.
rules:
    cargo run --release -- rules test

# Makes the sample project again from its scenario; the result must be byte-identical to what is committed.
sample:
    cargo run --release -- generate sample_data/hongta-2023 --scenario hongta-2023

# Timings of each stage.
bench:
    cargo bench --bench stages

# The audit's main part against DuckDB, polars and DataFusion; writes docs/performance.md. `--large` takes 120 million
# lines as well, which need 35 GB of disk and an hour.
bench-peers *ARGS:
    cargo build --release --locked
    test -d target/bench-venv || python3 -m venv target/bench-venv
    target/bench-venv/bin/pip install --quiet --requirement benches/peers/requirements.txt
    target/bench-venv/bin/python benches/peers/run.py {{ARGS}}

# The API documentation.
docs:
    cargo doc --release --no-deps --document-private-items

# The binary that is handed out.
dist:
    cargo build --profile dist
