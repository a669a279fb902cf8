"""The same SQL for DataFusion over the keyed table: macros are written out, a few words are spelled in its way."""

import re
import time

from peer import CLAIMS, LEADS, statements

SPELLINGS = [
    (r"CREATE TEMP ", "CREATE "),
    (r"\bSEMI JOIN\b", "LEFT SEMI JOIN"),
    (r"\bregexp_matches\(", "regexp_like("),
    (r"regexp_full_match\(([^,]+), '([^']*)'\)", r"regexp_like(\1, '^\2$')"),
    (r" // ", " / "),
    (r"\byear\(", "date_part('year', "),
    (r"\bmonth\(", "date_part('month', "),
]


def arguments_of(text, start):
    """The arguments of a call whose bracket opens before `start`, and where it ends."""
    depth, quoted, begun, found = 1, False, start, []
    for at in range(start, len(text)):
        letter = text[at]
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return [*found, text[begun:at].strip()], at + 1
        elif letter == "," and depth == 1:
            found.append(text[begun:at].strip())
            begun = at + 1
    raise ValueError("a bracket is not closed")


def macros(config):
    found = {}
    for text in statements("macros.sql", config):
        name, parameters, body = re.match(r"CREATE TEMP MACRO (\w+)\((.*?)\) AS\s+(.*)", text, re.S).groups()
        found[name] = ([part.strip() for part in parameters.split(",")], body)
    return found


def written_out(text, known):
    """A statement with every call of a macro replaced by what it stands for."""
    pattern = re.compile(r"\b(" + "|".join(known) + r")\(")
    while match := pattern.search(text):
        values, end = arguments_of(text, match.end())
        parameters, body = known[match[1]]
        meant = dict(zip(parameters, values))
        body = re.sub(r"\b(" + "|".join(meant) + r")\b", lambda found: meant[found[1]], body)
        text = text[: match.start()] + "(" + body + ")" + text[end:]
    return text


def spelled(text, known, config):
    text = written_out(text, known)
    text = text.replace("getvariable('as_of')", f"DATE '{config['as_of']}'")
    for name in ("first_month", "last_month"):
        text = text.replace(f"getvariable('{name}')", str(config[name]))
    for pattern, replacement in SPELLINGS:
        text = re.sub(pattern, replacement, text)
    return text


def run(source, form, config):
    import datafusion

    if source != "keyed":
        raise ValueError("only the keyed table is written for DataFusion")
    settings = datafusion.SessionConfig().with_target_partitions(config["threads"])
    session = datafusion.SessionContext(settings)
    known = macros(config)
    texts = []
    for name in ("registries.sql", "lines_keyed.sql", "bars.sql", "findings.sql"):
        texts += [spelled(text, known, config) for text in statements(name, config)]
    stages = []
    start = time.perf_counter()
    for name in ("deaths", "custody", "pensions", "certifications", "payments"):
        table = name if name == "payments" else f"reg_{name}"
        session.register_parquet(table, f"{config['peers']}/{name}_keyed.parquet")
    for text in texts:
        begun = time.perf_counter()
        try:
            session.sql(text).collect()
        except Exception as why:
            raise RuntimeError(f"{why} in\n{text}") from why
        stages.append((text.split(" AS")[0][-30:], round(time.perf_counter() - begun, 4)))
    claims = [tuple(row.values()) for row in session.sql(CLAIMS).to_pylist()]
    leads = [tuple(row.values()) for row in session.sql(LEADS).to_pylist()]
    return time.perf_counter() - start, claims, leads, stages
