"""One audit by one peer, in a process of its own: `peer.py PEER SOURCE FORM CONFIG OUT`.

Importing and connecting are not measured; reading, judging and fetching the result are. The rows and the seconds go
to OUT as JSON.
"""

import json
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def statements(name, config):
    """The statements of an SQL file, with the folders of the data filled in."""
    text = (HERE / name).read_text(encoding="utf-8")
    for word in ("peers", "parquet", "csv"):
        text = text.replace("{" + word + "}", config[word])
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    return [part.strip().rstrip(";") for part in "\n".join(lines).split(";\n") if part.strip(" ;\n")]


def script(source, form, config):
    """All statements of an audit: of the filtered form, or of the direct one, which takes every line along."""
    found = statements(f"source_{source}.sql", config)
    registers = statements("registers_keyed.sql" if source == "keyed" else "registers_text.sql", config)
    # The view of certifications looks at the deaths.
    found += registers[:-1] + statements("registries.sql", config) + registers[-1:]
    lines = statements("lines_keyed.sql" if source == "keyed" else "lines_text.sql", config)
    if form == "direct":
        lines = [text for text in lines if not text.startswith("CREATE TEMP TABLE wanted")]
        lines = [text.replace(" SEMI JOIN wanted USING (key)", "") for text in lines]
        every = "SELECT *, usable_key(id) AS key FROM payments"
        filtered = "SELECT payments.*, wanted.key FROM payments JOIN wanted ON wanted.id = payments.id"
        lines = [text.replace(filtered, every) for text in lines]
    if form == "loaded":
        # The text is read once, into a table of the columns that are needed.
        found.append("CREATE TEMP TABLE loaded AS SELECT * FROM payments")
        found.append("CREATE OR REPLACE TEMP VIEW payments AS SELECT * FROM loaded")
    return found + lines + statements("bars.sql", config) + statements("findings.sql", config)


CLAIMS = "SELECT key, case_type, due_fen FROM claims"
LEADS = "SELECT key, rule, potential_fen, has_unknown FROM leads"


def duckdb_connection(config):
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {config['threads']}")
    connection.execute(f"SET VARIABLE as_of = DATE '{config['as_of']}'")
    connection.execute(f"SET VARIABLE first_month = {config['first_month']}")
    connection.execute(f"SET VARIABLE last_month = {config['last_month']}")
    for text in statements("macros.sql", config):
        connection.execute(text)
    return connection


def run_duckdb(source, form, config):
    connection = duckdb_connection(config)
    texts = script(source, form, config)
    stages = []
    start = time.perf_counter()
    # One transaction: otherwise every statement is committed, which costs a third more.
    connection.execute("BEGIN")
    for text in texts:
        begun = time.perf_counter()
        connection.execute(text)
        stages.append(
            (text.split("(")[0].split(" AS")[0][-40:].strip(), round(time.perf_counter() - begun, 4))
        )
    claims = connection.execute(CLAIMS).fetchall()
    leads = connection.execute(LEADS).fetchall()
    seconds = time.perf_counter() - start
    return seconds, claims, leads, stages


def scan_polars(source, config):
    """Nothing but reading: the key and the month of every line."""
    import polars

    start = time.perf_counter()
    if source == "keyed":
        frame = polars.scan_parquet(f"{config['peers']}/payments_keyed.parquet")
        columns = [polars.col("key").sum(), polars.col("month").sum().alias("month")]
    else:
        frame = polars.scan_csv(f"{config['csv']}/发放明细/*.csv", infer_schema=False)
        columns = [polars.col(name).str.len_bytes().sum() for name in ("公民身份号码", "待遇所属期")]
    frame.select(columns).collect(engine="streaming")
    return time.perf_counter() - start, [], [], []


def main():
    peer, source, form, config_file, out = sys.argv[1:]
    config = json.loads(Path(config_file).read_text(encoding="utf-8"))
    os.environ["POLARS_MAX_THREADS"] = str(config["threads"])
    if peer == "duckdb":
        result = run_duckdb(source, form, config)
    elif peer == "scan":
        result = scan_polars(source, config)
    elif peer == "polars":
        import polars_audit

        result = polars_audit.run(source, form, config)
    else:
        import datafusion_audit

        result = datafusion_audit.run(source, form, config)
    seconds, claims, leads, stages = result
    Path(out).write_text(
        json.dumps({"seconds": seconds, "claims": claims, "leads": leads, "stages": stages}), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
