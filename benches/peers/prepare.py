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


def generate(program, folder, persons, months):
    """The same district three times: CSV in UTF-8, CSV in GB18030, Parquet. A made folder is kept."""
    for name, options in (("csv", []), ("gb18030", ["--gb18030"]), ("parquet", ["--format", "parquet"])):
        project = folder / name
        if (folder / f"{name}.made").exists():
            continue
        print(f"generating {project.name} of {persons} persons", file=sys.stderr)
        command = [program, "generate", project, "--scenario", "district", "--persons", str(persons)]
        subprocess.run([*command, "--months", str(months), "--seed", "1", "-q", *options], check=True)
        (folder / f"{name}.made").touch()


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
    program, folder, persons, months = sys.argv[1:]
    generate(program, Path(folder), int(persons), int(months))
    load(json.loads((Path(folder) / "config.json").read_text(encoding="utf-8")))
