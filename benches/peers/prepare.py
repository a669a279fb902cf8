"""Generates the data of one size and loads it once the way a database would hold it. Nothing here is measured."""

import json
import subprocess
import sys
from pathlib import Path

from peer import duckdb_connection, statements

REGISTRIES = {
    "deaths": "死亡信息/死亡信息.csv",
    "custody": "服刑信息/服刑信息.csv",
    "pensions": "其他养老待遇/其他养老待遇.csv",
    "certifications": "资格认证/资格认证.csv",
}


def generate(program, folder, persons, months, without_gb18030):
    """The same district three times: CSV in UTF-8, CSV in GB18030, Parquet. A made folder is kept."""
    for name, options in (("csv", []), ("gb18030", ["--gb18030"]), ("parquet", ["--format", "parquet"])):
        project = folder / name
        if (folder / f"{name}.made").exists() or (name == "gb18030" and without_gb18030):
            continue
        print(f"generating {project.name} of {persons} persons", file=sys.stderr)
        command = [program, "generate", project, "--scenario", "district", "--persons", str(persons)]
        subprocess.run([*command, "--months", str(months), "--seed", "1", "-q", *options], check=True)
        (folder / f"{name}.made").touch()


def same_tables(folder):
    """The CSV project again with the tables that the peers read, and no others: for holding like against like."""
    whole, part = folder / "csv", folder / "csv-same"
    if part.exists():
        return
    part.mkdir()
    inputs = (whole / "audit.toml").read_text(encoding="utf-8").split("[[input]]")
    tables = ("payments", "deaths", "certifications", "custody", "other_pensions")
    kept = [text for text in inputs[1:] if any(f'table = "{table}"' in text for table in tables)]
    kept = [text.split("\n# ")[0] for text in kept]
    text = "[[input]]".join([inputs[0], *kept])
    (part / "audit.toml").write_text(text, encoding="utf-8")
    for path in whole.iterdir():
        if path.is_dir() and not path.name.startswith(".") and path.name != "out":
            (part / path.name).symlink_to(path.resolve())


def load(config):
    """Registries as text and with keys, and the keyed table of payments."""
    peers, csv = Path(config["peers"]), Path(config["csv"])
    if (peers / "made").exists():
        return
    peers.mkdir(parents=True, exist_ok=True)
    for name, file in REGISTRIES.items():
        data = (csv / file).read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        (peers / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    connection = duckdb_connection(config)
    for text in statements("source_csv.sql", config):
        connection.execute(text)
    view = statements("source_csv.sql", config)[0].split(" AS\n", 1)[1]
    files = sorted((csv / "发放明细").glob("*.csv"))
    numbered = [
        f"SELECT CAST({number} AS SMALLINT) AS file, CAST(row_number() OVER () AS INTEGER) AS row, * FROM ("
        + view.replace(f"{config['csv']}/发放明细/*.csv", str(file))
        + ")"
        for number, file in enumerate(files)
    ]
    connection.execute("CREATE TEMP VIEW file_rows AS " + " UNION ALL ".join(numbered))
    for text in statements("prepare.sql", config):
        connection.execute(text)
    count = connection.execute(f"SELECT count(*) FROM '{peers}/payments_keyed.parquet'").fetchall()[0][0]
    (peers / "made").write_text(str(count))


if __name__ == "__main__":
    program, folder, persons, months, *options = sys.argv[1:]
    generate(program, Path(folder), int(persons), int(months), "--without-gb18030" in options)
    same_tables(Path(folder))
    load(json.loads((Path(folder) / "config.json").read_text(encoding="utf-8")))
