"""Measures pension-audit against DuckDB, polars and DataFusion on the same audit, and writes docs/performance.md.

The peers answer a fixed part of the audit (deaths, custody, both rules on other pensions, repeated payments) and must
give the program's rows, fen by fen, before their time counts. See README.md beside this file.
"""

import argparse
import csv
import datetime
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

SIZES = {"0.75M": 62_500, "12M": 1_000_000, "120M": 10_000_000}
# Of this size one peer is measured, from Parquet and from its keyed table, and the data is made without GB18030.
LARGEST = "120M"
OF_LARGEST = (
    "program, csv, writing the cache",
    "program, csv, warm cache",
    "program, parquet, no cache",
    "duckdb, keyed table",
    "duckdb, parquet",
    "scan of key and month, keyed table",
)
MONTHS = 12
RULES = ("D-01", "P-01", "M-01", "M-02", "M-05")
CASE_TYPES = ("post_death", "in_custody", "dual_pension", "repeated_payment")
POLL_SECONDS = 0.02
# A run during which other processes took more of the machine is made again.
DISTURBED = 0.05
MOST_TRIES = 4


class Failure(Exception):
    """A run that gave no figure, and why."""


# ------------------------------------------------------------------------------------------------------- one process


class Watch(threading.Thread):
    """Looks at a process and its memory until it ends: what it allocated, apart from the file pages it maps."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.own, self.mapped, self.ended = pid, 0, 0, False

    def run(self):
        while not self.ended:
            try:
                text = Path(f"/proc/{self.pid}/status").read_text()
            except OSError:
                return
            kilobytes = {
                line.split(":")[0]: int(line.split()[1]) for line in text.splitlines() if "Rss" in line
            }
            self.own = max(self.own, kilobytes.get("RssAnon", 0) + kilobytes.get("RssShmem", 0))
            self.mapped = max(self.mapped, kilobytes.get("RssFile", 0))
            time.sleep(POLL_SECONDS)


def busy_seconds():
    """How long all processors together have worked so far."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, irq, softirq, steal = (int(word) for word in file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def measured(command, environment=None):
    """Runs a command; its seconds, its peak memory in MB, and what share of the machine others took meanwhile."""
    busy = busy_seconds()
    start = time.perf_counter()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=nowhere, stderr=subprocess.PIPE, env=environment
        )
        watch = Watch(process.pid)
        watch.start()
        stderr = process.stderr.read().decode("utf-8", "replace")
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    watch.ended = True
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode < 0:
        raise Failure(f"ended by signal {-process.returncode}, at {usage.ru_maxrss // 1024} MB")
    if process.returncode != 0:
        last = [line for line in stderr.strip().splitlines() if line.strip()][-1:]
        raise Failure(f"exit {process.returncode}: {' '.join(last)[:160]}")
    memory = {"max": usage.ru_maxrss / 1024, "own": watch.own / 1024, "mapped": watch.mapped / 1024}
    others = busy_seconds() - busy - usage.ru_utime - usage.ru_stime
    return {"seconds": seconds, "memory": memory, "others": others / (seconds * os.cpu_count())}


# ------------------------------------------------------------------------------------------------------- contestants


class Program:
    """One way to run pension-audit over a project."""

    def __init__(self, setting, project, *, formats="csv,parquet", cache="none"):
        self.setting, self.project, self.formats, self.cache = setting, project, formats, cache
        self.keyed = []

    def unsupported(self):
        wanted = {"none": [], "write": ["--cache-dir"], "warm": ["--cache-dir"]}[self.cache]
        missing = [flag for flag in wanted if flag not in self.setting.help]
        return f"the program has no {missing[0]}" if missing else None

    def run(self):
        out = self.setting.folder / "out" / f"{self.project}-{self.cache}-{self.formats.count(',')}"
        cache = self.setting.folder / "cache"
        command = [self.setting.program, "run", self.setting.folder / self.project, "--formats", self.formats]
        command += ["--threads", self.setting.threads, "--out", out, "-q"]
        if "--only" in self.setting.help:
            # The peers answer these rules, and no others.
            command += ["--only", "D-01,P-01,M-01,M-02,M-05,F-01,DQ-01"]
        if self.cache == "none" and "--no-cache" in self.setting.help:
            command.append("--no-cache")
        if self.cache != "none":
            command += ["--cache-dir", cache]
        if self.cache == "write":
            # What is deleted while the clock runs would count against the program.
            shutil.rmtree(cache, ignore_errors=True)
        timings = self.setting.folder / "timings.json"
        timings.unlink(missing_ok=True)
        if "--timings-json" in self.setting.help:
            command += ["--timings-json", timings]
        out.parent.mkdir(exist_ok=True)
        result = measured(command)
        if timings.exists():
            self.keyed.append(json.loads(timings.read_text())["keyed_to_findings_seconds"])
        return result

    def rows(self):
        out = self.setting.folder / "out" / f"{self.project}-{self.cache}-{self.formats.count(',')}"
        return program_rows(out)


class Peer:
    """One way to run a peer over a source; of several forms the fastest is kept."""

    def __init__(self, setting, peer, source, forms=("filter",)):
        self.setting, self.peer, self.source, self.forms = setting, peer, source, list(forms)
        self.keyed, self.all_forms = [], {}
        self.is_compared = peer == "scan"

    def unsupported(self):
        module = {"scan": "polars"}.get(self.peer, self.peer)
        return None if module in self.setting.modules else f"{module} is not installed"

    def run(self):
        results = {}
        for form in self.forms:
            results[form] = self.run_form(form)
        if len(self.forms) > 1:
            best = min(results, key=lambda form: results[form]["seconds"])
            self.all_forms = {form: result["seconds"] for form, result in results.items()}
            self.forms = [best]
        return results[self.forms[0]]

    def run_form(self, form):
        out = self.setting.folder / "peer.json"
        out.unlink(missing_ok=True)
        command = [
            sys.executable,
            HERE / "peer.py",
            self.peer,
            self.source,
            form,
            self.setting.config_file,
            out,
        ]
        environment = {**os.environ, "POLARS_MAX_THREADS": str(self.setting.threads)}
        result = measured(command, environment)
        answer = json.loads(out.read_text(encoding="utf-8"))
        result["seconds"] = answer["seconds"]
        if self.peer != "scan":
            compare(f"{self.peer}, {self.source}, {form}", answer, self.setting.expected)
        return result


# ----------------------------------------------------------------------------------------------------------- answers


def program_rows(out):
    """The program's claims by person and case type, and its leads by person and rule, of the rules compared."""
    claims, leads = {}, {}
    with open(out / "ledger.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["case_type"] in CASE_TYPES:
                claims[int(row["id_number"][:17]), row["case_type"]] = int(row["due_fen"])
    with open(out / "leads.csv", encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["rule"] in RULES:
                key = (int(row["id_number"][:17]), row["rule"])
                known, has_unknown = leads.get(key, (None, False))
                fen = row["potential_fen"]
                leads[key] = ((known or 0) + int(fen), has_unknown) if fen else (known, True)
    return claims, leads


def compare(who, answer, expected):
    """Stops everything where a peer's rows are not the program's."""
    claims = {(key, case_type): fen for key, case_type, fen in answer["claims"]}
    leads = {(key, rule): (fen, unknown) for key, rule, fen, unknown in answer["leads"]}
    for what, found, wanted in (("claims", claims, expected[0]), ("leads", leads, expected[1])):
        wrong = [key for key in found.keys() | wanted.keys() if found.get(key) != wanted.get(key)]
        if wrong:
            for key in sorted(wrong)[:20]:
                print(f"  {key}: {who} {found.get(key)}, pension-audit {wanted.get(key)}", file=sys.stderr)
            raise SystemExit(f"{who}: {len(wrong)} {what} of {len(wanted)} are not the program's")


# --------------------------------------------------------------------------------------------------------- measuring


class Setting:
    """What all runs of one size share."""

    def __init__(self, arguments, size):
        self.program, self.threads = Path(arguments.program).resolve(), arguments.threads
        self.size, self.folder = size, Path(arguments.data).resolve() / size
        self.help = subprocess.run([self.program, "run", "--help"], capture_output=True, text=True).stdout
        self.modules = {name for name in ("duckdb", "polars", "datafusion") if version_of(name)}
        self.expected = None
        first = 2023 * 12 + 12 - MONTHS
        self.config = {name: str(self.folder / name) for name in ("peers", "csv", "parquet")}
        self.config |= {"threads": self.threads, "as_of": "2024-08-31", "first_month": first}
        self.config["last_month"] = 2023 * 12 + 11
        self.config_file = self.folder / "config.json"

    def prepare(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config_file.write_text(json.dumps(self.config), encoding="utf-8")
        # In another process: a child counts the memory of the one that started it among its own peak.
        command = [sys.executable, HERE / "prepare.py", self.program, self.folder, SIZES[self.size], MONTHS]
        if self.size == LARGEST:
            command.append("--without-gb18030")
        subprocess.run([str(part) for part in command], check=True)
        # The rows that everybody must give are the program's own.
        reference = Program(self, "csv")
        reference.run()
        self.expected = reference.rows()

    def contestants(self, only):
        direct = ("filter", "direct") if self.size != LARGEST else ("filter",)
        found = {
            "program, csv, no cache": Program(self, "csv"),
            "program, csv, the peers' tables, no cache": Program(self, "csv-same"),
            "program, csv, the peers' tables, writing the cache": Program(self, "csv-same", cache="write"),
            "program, csv, writing the cache": Program(self, "csv", cache="write"),
            "program, csv, warm cache": Program(self, "csv", cache="warm"),
            "program, csv, warm cache, with xlsx": Program(
                self, "csv", formats="csv,parquet,xlsx", cache="warm"
            ),
            "program, csv in GB18030, no cache": Program(self, "gb18030"),
            "program, parquet, no cache": Program(self, "parquet"),
            "duckdb, keyed table": Peer(self, "duckdb", "keyed", direct),
            "duckdb, parquet": Peer(self, "duckdb", "parquet", direct),
            "duckdb, csv": Peer(self, "duckdb", "csv", ("loaded", *direct)),
            "polars, keyed table": Peer(self, "polars", "keyed"),
            "polars, parquet": Peer(self, "polars", "parquet"),
            "polars, csv": Peer(self, "polars", "csv"),
            "datafusion, keyed table": Peer(self, "datafusion", "keyed"),
            "scan of key and month, keyed table": Peer(self, "scan", "keyed"),
            "scan of key and month, csv": Peer(self, "scan", "csv"),
        }
        if self.size == LARGEST:
            found = {name: one for name, one in found.items() if name in OF_LARGEST}
        return {name: one for name, one in found.items() if not only or any(word in name for word in only)}

    def warm_page_cache(self):
        for folder in ("csv", "gb18030", "parquet", "peers"):
            for file in (self.folder / folder).rglob("*"):
                if file.is_file():
                    with open(file, "rb") as opened:
                        while opened.read(1 << 24):
                            pass


def undisturbed(one):
    """A run that had the machine to itself; where none can be had, the least disturbed of some."""
    tries = []
    for number in range(MOST_TRIES):
        tries.append(one.run())
        if tries[-1]["others"] <= DISTURBED:
            break
        if number + 1 < MOST_TRIES:
            wait_for_quiet()
    return min(tries, key=lambda result: result["others"])


def wait_for_quiet():
    """Waits until the machine has been idle for two seconds, at most three minutes."""
    for _ in range(90):
        busy = busy_seconds()
        time.sleep(2)
        if busy_seconds() - busy < 2 * os.cpu_count() * DISTURBED:
            return


def measure(setting, runs, only):
    """All contestants in turn, round after round, so that a slow hour of the machine falls on everybody."""
    contestants = setting.contestants(only)
    results = {name: {"runs": [], "failure": one.unsupported()} for name, one in contestants.items()}
    setting.warm_page_cache()
    for number in range(runs):
        for name, one in contestants.items():
            if results[name]["failure"]:
                continue
            try:
                result = undisturbed(one)
            except Failure as why:
                results[name]["failure"] = str(why)
                print(f"{setting.size} {name}: {why}", file=sys.stderr)
                continue
            results[name]["runs"].append(result)
            print(f"{setting.size} round {number + 1} {name}: {result['seconds']:.3f} s", file=sys.stderr)
    for name, one in contestants.items():
        results[name]["keyed"] = one.keyed
        results[name]["form"] = one.forms[0] if isinstance(one, Peer) else None
        results[name]["all_forms"] = getattr(one, "all_forms", {})
    return results


# ------------------------------------------------------------------------------------------------------------ report


def version_of(module):
    try:
        return importlib.metadata.version(module)
    except importlib.metadata.PackageNotFoundError:
        return None


def machine():
    """The machine by what matters, without its name."""
    cpu = next(
        (line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
        "unknown",
    )
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return f"{cpu}, {os.cpu_count()} cores, {memory / 1048576:.0f} GB of memory, Linux {platform.release()}"


def seconds_of(result):
    runs = [run["seconds"] for run in result["runs"]]
    return statistics.median(runs) if runs else None


def peak_of(result, what):
    return max((run["memory"][what] for run in result["runs"]), default=None)


def shown(value, form):
    return "–" if value is None else format(value, form)


PAIRS = [
    ("findings from the keyed table", "keyed", "duckdb, keyed table"),
    ("findings from the keyed table", "keyed", "polars, keyed table"),
    ("findings from the keyed table", "keyed", "datafusion, keyed table"),
    ("findings from the keyed table", "keyed", "scan of key and month, keyed table"),
    ("whole run with a warm cache", "program, csv, warm cache", "duckdb, keyed table"),
    ("whole run with a warm cache", "program, csv, warm cache", "duckdb, csv"),
    ("whole run with a warm cache", "program, csv, warm cache", "polars, keyed table"),
    ("whole run with a warm cache", "program, csv, warm cache", "polars, csv"),
    ("whole run on parquet", "program, parquet, no cache", "duckdb, parquet"),
    ("whole run on parquet", "program, parquet, no cache", "polars, parquet"),
    ("whole run with a warm cache and the workbook", "program, csv, warm cache, with xlsx", "duckdb, keyed table"),
    ("whole run on the peers' csv", "program, csv, the peers' tables, no cache", "duckdb, csv"),
    ("whole run on the peers' csv", "program, csv, the peers' tables, no cache", "polars, csv"),
    ("the same while writing the cache", "program, csv, the peers' tables, writing the cache", "duckdb, csv"),
    ("whole run on csv", "program, csv, no cache", "duckdb, csv"),
    ("whole run on csv", "program, csv, no cache", "polars, csv"),
    ("whole run on csv", "program, csv, no cache", "scan of key and month, csv"),
]


def keyed_seconds(results):
    """The program's time from its keyed columns to findings, where it tells it."""
    for name in ("program, csv, warm cache", "program, csv, no cache"):
        if name in results and results[name]["keyed"]:
            return statistics.median(results[name]["keyed"])
    return None


def table_of(results):
    lines = [
        "| what | median s | fastest | slowest | peak MB | of it own | mapped files |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, result in results.items():
        label = name + (f" ({result['form']})" if result["form"] and len(result["all_forms"]) > 1 else "")
        if result["failure"] and not result["runs"]:
            lines.append(f"| {label} | {result['failure']} | | | | | |")
            continue
        runs = [run["seconds"] for run in result["runs"]]
        cells = [shown(seconds_of(result), ".3f"), f"{min(runs):.3f}", f"{max(runs):.3f}"]
        cells += [shown(peak_of(result, what), ".0f") for what in ("max", "own", "mapped")]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
        if result["failure"]:
            lines.append(f"| {label}, later | {result['failure']} | | | | | |")
    return lines


def ratios_of(results):
    lines = ["| pension-audit | s | against | s | ratio |", "|---|--:|---|--:|--:|"]
    for label, ours, peer in PAIRS:
        own = keyed_seconds(results) if ours == "keyed" else seconds_of(results.get(ours, {"runs": []}))
        theirs = seconds_of(results.get(peer, {"runs": []}))
        if own is not None and theirs is not None:
            lines.append(f"| {label} | {own:.3f} | {peer} | {theirs:.3f} | {own / theirs:.2f} |")
    return lines if len(lines) > 2 else []


def forms_of(results):
    told = [
        f"{name}: " + ", ".join(f"{form} {seconds:.2f} s" for form, seconds in result["all_forms"].items())
        for name, result in results.items()
        if len(result["all_forms"]) > 1
    ]
    return (
        ["Forms of the SQL, one run each; the fastest was measured further: " + "; ".join(told) + "."]
        if told
        else []
    )


def report(measurements, arguments):
    """docs/performance.md."""
    text = (HERE / "report.md").read_text(encoding="utf-8")
    everything = [
        run for _, results, _ in measurements.values() for one in results.values() for run in one["runs"]
    ]
    disturbed = sum(run["others"] > DISTURBED for run in everything)
    versions = ", ".join(
        f"{name} {version_of(name)}" for name in ("duckdb", "polars", "datafusion") if version_of(name)
    )
    sections = []
    for size, (lines, results, runs) in measurements.items():
        sections += [f"## {lines:,} payment lines ({SIZES[size]:,} persons, {MONTHS} months)", ""]
        sections += [f"Medians of {runs} runs, one after another in turn.", ""]
        sections += table_of(results) + [""]
        for part in (ratios_of(results), forms_of(results)):
            sections += part + [""] if part else []
    filled = {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "threads": arguments.threads,
        "versions": f"pension-audit {arguments.version}, {versions}, Python {platform.python_version()}",
        "command": "just bench-peers" + "".join(f" {word}" for word in arguments.words),
        "earlier": "".join(f"; {size} measured before, by an earlier `--json`" for size in arguments.earlier_sizes),
        "tables": "\n".join(sections),
        "disturbed": f"{disturbed} of {len(everything)}",
    }
    for name, value in filled.items():
        text = text.replace("{" + name + "}", str(value))
    Path(arguments.report).parent.mkdir(parents=True, exist_ok=True)
    Path(arguments.report).write_text(text.rstrip() + "\n", encoding="utf-8")


def parse_arguments():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=target / "release" / "pension-audit")
    parser.add_argument("--data", default=target / "bench-data", help="where the generated data is kept")
    parser.add_argument("--sizes", default="0.75M,12M", help="of 0.75M, 12M, 120M")
    parser.add_argument("--large", action="store_true", help="120 million lines as well")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--only", default="", help="only what has one of these words in its name, separated by commas"
    )
    parser.add_argument("--report", default=ROOT / "docs" / "performance.md")
    parser.add_argument("--json", help="write the single runs here as well")
    parser.add_argument("--with", dest="earlier", help="show the sizes of an earlier --json as well")
    arguments = parser.parse_args()
    hidden = {"--program", "--data", "--report", "--json", "--with"}
    words, skip = [], False
    for word in sys.argv[1:]:
        # A path of the machine is nobody's business.
        if skip or word.split("=")[0] in hidden:
            skip = word in hidden
            continue
        words.append(word)
    arguments.words = words
    return arguments


def main():
    arguments = parse_arguments()
    sizes = [size for size in arguments.sizes.split(",") if size] + ([LARGEST] if arguments.large else [])
    told = subprocess.run([arguments.program, "--version"], capture_output=True, text=True, check=True)
    arguments.version = told.stdout.split()[-1]
    earlier = json.loads(Path(arguments.earlier).read_text()) if arguments.earlier else {}
    earlier = {size: part for size, part in earlier.items() if size not in sizes}
    arguments.earlier_sizes = list(earlier)
    measurements = {}
    for size in dict.fromkeys(sizes):
        setting = Setting(arguments, size)
        setting.prepare()
        runs = min(arguments.runs, 3) if size == LARGEST else arguments.runs
        only = [word for word in arguments.only.split(",") if word]
        measurements[size] = (
            int((setting.folder / "peers" / "made").read_text()),
            measure(setting, runs, only),
            runs,
        )
        shown = {**measurements, **{size: tuple(part) for size, part in earlier.items()}}
        report({size: shown[size] for size in SIZES if size in shown}, arguments)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(measurements, indent=1))


if __name__ == "__main__":
    main()
