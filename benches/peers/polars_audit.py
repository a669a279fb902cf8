"""The same audit in polars expressions. The steps and their names are those of the SQL files."""

import time
from datetime import date

import polars as pl
from polars import col, lit

OPEN = 999_999
COMPONENTS = ["basic", "addition", "account_own", "other"]
BITS = dict(zip(COMPONENTS, (1, 2, 4, 8)))


def holds(name, words):
    return col(name).fill_null("").str.contains(words)


def name_form():
    spaced = col("name").fill_null("").str.replace_all("[•‧・･．.]", "·").str.replace_all(r"[\s　]", "")
    plain = col("name").str.contains("^[一-鿿]+$")
    return pl.when(plain).then(col("name")).otherwise(spaced).alias("form")


def month_of(day):
    return day.dt.year().cast(pl.Int32) * 12 + day.dt.month().cast(pl.Int32) - 1


def birth():
    day = col("key") // 1000
    return pl.date(day // 10_000 % 10_000, day // 100 % 100, day % 100)


def event_day(name, as_of):
    day = col(name)
    real = (day >= birth()) & (day <= as_of) & (day != date(1900, 1, 1))
    return pl.when(real).then(day)


def first_of(*cases, otherwise):
    """A CASE: pairs of condition and value."""
    chain = pl
    for condition, value in cases:
        chain = chain.when(condition).then(lit(value) if isinstance(value, (str, int, bool)) else value)
    return chain.otherwise(lit(otherwise) if isinstance(otherwise, (str, int, bool)) else otherwise)


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_character(key):
    """The check character that belongs to 17 digits."""
    digits = [key // 10 ** (16 - at) % 10 * weight for at, weight in enumerate(WEIGHTS)]
    return pl.sum_horizontal(digits).mod(11).cast(pl.Int64).replace_strict(dict(enumerate("10X98765432")))


def raw_key(number):
    """The 17 digits of a number as it is written, right or wrong."""
    length = number.str.len_bytes()
    old = pl.concat_str(number.str.slice(0, 6), lit("19"), number.str.slice(6, 9))
    digits = (
        pl.when(length == 18)
        .then(number.str.slice(0, 17))
        .when((length == 15) & (number.str.slice(12, 3) < "996"))
        .then(old)
    )
    return digits.cast(pl.Int64, strict=False)


def is_born(key, as_of):
    born = (key // 1000 % 100_000_000).cast(pl.String).str.to_date("%Y%m%d", strict=False)
    return (born <= as_of).fill_null(False)


def with_usable_key(frame, as_of):
    """A registry with the key of its text; NULL where the number is not usable."""
    frame = frame.with_columns(raw_key(col("id")).alias("key"))
    fits = (col("id").str.len_bytes() == 15) | (
        col("id").str.slice(17).str.to_uppercase() == check_character(col("key"))
    )
    return frame.with_columns(pl.when(fits & is_born(col("key"), as_of)).then("key").alias("key"))


def read(config, name, persons=None):
    """A registry, of some persons if they are given."""
    if config["source"] == "keyed":
        frame = pl.scan_parquet(f"{config['peers']}/{name}_keyed.parquet")
        return frame if persons is None else frame.join(persons.lazy(), on="key", how="semi")
    frame = pl.scan_parquet(f"{config['peers']}/{name}_text.parquet")
    if persons is not None:
        frame = frame.with_columns(raw_key(col("id")).alias("key")).join(persons.lazy(), on="key", how="semi")
    return with_usable_key(frame, date.fromisoformat(config["as_of"]))


TEXT_COLUMNS = {
    "公民身份号码": "id",
    "姓名": "name",
    "待遇所属期": "month",
    "发放日期": "paid",
    "批次号": "batch",
    "银行账号": "account",
    "基础养老金": "basic",
    "加发养老金": "addition",
    "个人账户养老金": "account_own",
    "合计": "total",
    "发放类型": "kind",
    "代发结果": "status",
}


def month_of_text(text):
    number = text.str.slice(0, 6).cast(pl.Int32)
    return number // 100 * 12 + number % 100 - 1


def read_text_lines(config, registered):
    """The lines of the persons in question, by numbers as text, which are grouped and sought as they stand."""
    if config["source"] == "csv":
        payments = pl.scan_csv(f"{config['csv']}/发放明细/*.csv", infer_schema=False)
    else:
        payments = pl.scan_parquet(f"{config['parquet']}/发放明细/*.parquet")
    payments = payments.select(col(name).alias(short) for name, short in TEXT_COLUMNS.items())
    first, last, as_of = config["first_month"], config["last_month"], date.fromisoformat(config["as_of"])
    single = payments.filter(col("month").str.len_bytes() == 6).select(
        "id", month_of_text(col("month")).alias("month")
    )
    bit = lit(1, pl.Int64) * lit(2, pl.Int64).pow(col("month") - first)
    other_writing = (col("id").str.len_bytes() != 18) | col("id").str.ends_with("x")
    several = (
        single.filter(col("month").is_between(first, last))
        .group_by("id")
        .agg(bit.sum().alias("sum"), bit.bitwise_or().alias("or"))
        .filter((col("sum") > col("or")) | other_writing)
        .select(raw_key(col("id")).alias("key"))
        .collect(engine="streaming")
    )
    keys = pl.concat([registered, several.drop_nulls()]).unique().filter(is_born(col("key"), as_of))
    spelled = keys.with_columns(
        col("key").cast(pl.String).alias("digits"), check_character(col("key")).alias("last")
    )
    old = pl.concat_str(col("digits").str.slice(0, 6), col("digits").str.slice(8))
    wanted = pl.concat(
        [
            spelled.select("key", (col("digits") + col("last")).alias("id")),
            spelled.filter(col("last") == "X").select("key", (col("digits") + "x").alias("id")),
            spelled.filter(
                (col("digits").str.slice(6, 2) == "19") & (col("digits").str.slice(14) < "996")
            ).select("key", old.alias("id")),
        ]
    )
    lines = payments.filter(col("id").is_in(wanted["id"].implode())).collect(engine="streaming")
    lines = lines.join(wanted, on="id")
    lines = lines.with_columns(
        month_of_text(col("month")).alias("month"),
        pl.when(col("month").str.len_bytes() > 6).then(col("month").str.slice(7)).alias("until"),
    ).with_columns((month_of_text(col("until")) - col("month") + 1).fill_null(1).alias("months"))
    if config["source"] == "csv":
        fen = [
            (col(name).cast(pl.Decimal(18, 2)) * 100).cast(pl.Int64) for name in (*COMPONENTS[:3], "total")
        ]
        lines = lines.with_columns(fen)
    return lines.with_row_index("n").with_columns(col("n").cast(pl.Int64))


def read_keyed_lines(config, registered):
    """The lines of the persons in question, by an integer key."""
    payments = read(config, "payments")
    first, last = config["first_month"], config["last_month"]
    bit = lit(1, pl.Int64) * lit(2, pl.Int64).pow(col("month") - first)
    several = (
        payments.filter((col("months") == 1) & (col("key") != 0) & col("month").is_between(first, last))
        .group_by("key")
        .agg(bit.sum().alias("sum"), bit.bitwise_or().alias("or"))
        .filter(col("sum") > col("or"))
        .select("key")
        .collect(engine="streaming")
    )
    wanted = pl.concat([registered, several]).unique()
    chosen = (col("key") != 0) & col("key").is_in(wanted["key"].implode())
    lines = payments.filter(chosen).collect(engine="streaming")
    return lines.with_columns((col("file").cast(pl.Int64) * 2**32 + col("row")).alias("n"))


def read_deaths(config, as_of):
    village = holds("source", "村报告|村委|行政村|村级|村组|村民小组|社区报告|居委")
    reason = first_of(
        ((col("reason").fill_null("") == "") & village, "dead"),
        ((col("reason").fill_null("") == "") & holds("source", "公安|户籍"), "undecided"),
        (col("reason").fill_null("") == "", "dead"),
        (holds("reason", "撤销死亡|恢复户口|误注销|误登记|健在"), "revoked"),
        (holds("reason", "未死亡|非死亡|疑似死亡"), "undecided"),
        (holds("reason", "重户|双户口|虚假户口|迁出|参军"), "nothing"),
        (holds("reason", "丧失国籍|出国定居|出境定居|出国.境.定居|出国境定居"), "undecided"),
        (holds("reason", "死亡|病故|火化|去世"), "dead"),
        otherwise="undecided",
    )
    bound = pl.min_horizontal(event_day("cremated_on", as_of), event_day("registered_on", as_of))
    rows = read(config, "deaths").filter(
        col("key").is_not_null() & (col("registered_on").is_null() | (col("registered_on") <= as_of))
    )
    rows = rows.select(
        "key",
        name_form(),
        village.alias("is_village"),
        reason.alias("verdict"),
        event_day("death_date", as_of).alias("died"),
        bound.alias("bound"),
    )
    died = col("died").is_not_null() & (col("bound").is_null() | (col("died") <= col("bound")))
    day = pl.when(died).then(col("died")).otherwise(col("bound")).alias("day")
    return rows.select("key", "form", "is_village", "verdict", day).collect()


def read_custody(config, as_of):
    exempt = (
        "缓刑|假释|暂予监外|监外执行|保外就医|社区矫正|管制|单处罚金|剥夺政治权利|免予刑事处罚|不起诉|无罪"
    )
    inside = "监狱|看守所|收监|服刑|在押"
    open_ended = "无期徒刑|死缓|死刑缓期"
    days = {
        "released": "released_on",
        "admitted": "admitted_on",
        "detained": "detained_on",
        "sentenced": "sentenced_on",
        "effective": "effective_on",
        "from1": "status_from",
        "from2": "term_from",
    }
    rows = (
        read(config, "custody")
        .filter(col("key").is_not_null())
        .with_columns(name_form(), *(event_day(column, as_of).alias(name) for name, column in days.items()))
    )
    first = pl.coalesce("from1", "from2", "admitted")
    others = ["detained", "sentenced", "effective"]
    is_inside = first_of(
        (holds("enforcement", "未收监|不予收监|暂不收监|待收监"), False),
        (holds("enforcement", inside), True),
        otherwise=col("admitted").is_not_null() | (holds("source", inside) & ~holds("source", "社区")),
    )
    served = holds("sentence", open_ended + "|拘役|有期徒刑|死刑") & is_inside
    start = pl.coalesce(first, pl.max_horizontal(others))
    end = pl.coalesce("released", "term_to")
    verdict = first_of(
        (holds("sentence", exempt) | holds("enforcement", exempt), "nothing"),
        (served & end.is_null() & start.is_not_null() & ~holds("sentence", open_ended), "undecided"),
        (served, "bars"),
        otherwise="undecided",
    )
    return rows.select(
        "key",
        "form",
        verdict.alias("verdict"),
        start.alias("start"),
        pl.when(first.is_null()).then(pl.min_horizontal(others)).alias("earliest"),
        (month_of(start) + 1).alias("from_month"),
        (month_of(end) + 1).fill_null(OPEN).alias("until_month"),
    ).collect()


def read_pensions(config):
    kind = first_of(
        (
            holds("words", "遗属|供养|工伤|失业|医疗|生育|一次性|被征地|村干部|优抚|高龄津贴|低保|特困|计生"),
            "none",
        ),
        (holds("words", "机关事业|离休"), "M-02"),
        (holds("words", "职工"), "M-01"),
        otherwise="unclassified",
    )
    rows = (
        read(config, "pensions")
        .filter(col("key").is_not_null())
        .with_columns(
            name_form(), (col("scheme").fill_null("") + col("benefit").fill_null("")).alias("words")
        )
    )
    rows = (
        rows.with_columns(kind.alias("class"))
        .filter(col("class") != "none")
        .with_columns(
            pl.when(col("from_month") >= month_of(birth())).then("from_month").alias("start"),
            birth().alias("birth"),
        )
    )
    certain = first_of(
        (
            (col("class") == "unclassified")
            | col("start").is_null()
            | (col("monthly") == 0).fill_null(False),
            False,
        ),
        (col("status").fill_null("") == "", True),
        (holds("status", "暂停|停止|停发|未发放|待发放|不在领|非正常|不正常"), False),
        (holds("status", "终止"), col("until_month").is_not_null()),
        otherwise=holds("status", "正常|在领|发放"),
    )
    return rows.select(
        "key",
        "form",
        "class",
        "start",
        "birth",
        (col("until_month") + 1).fill_null(OPEN).alias("until_month"),
        certain.alias("is_certain"),
    ).collect()


def read_lines(config, registered):
    """The lines of the persons in question with what their words mean; two passes over the payments."""
    is_total = pl.all_horizontal(col(name).is_null() for name in COMPONENTS[:3])
    lines = (read_keyed_lines if config["source"] == "keyed" else read_text_lines)(config, registered)
    lines = lines.with_columns(
        name_form(),
        is_total.alias("total_only"),
        pl.when(is_total).then(col("total")).otherwise(0).alias("other"),
        col("months").cast(pl.Int32),
        col("month").cast(pl.Int32),
    )
    lines = lines.with_columns(
        pl.when(col("form") == "").then(lit("*")).otherwise("form").alias("form"),
        *(col(name).fill_null(0) for name in COMPONENTS),
        first_of(
            (col("kind") == "正常", "normal"),
            (holds("kind", "重发"), "normal"),
            (holds("kind", "退票|银行退回"), "returned"),
            (holds("kind", "冲销"), "reversal"),
            (holds("kind", "扣回|抵扣"), "money_back"),
            (holds("kind", "补发"), "arrears"),
            (holds("kind", "正常") | (col("kind").fill_null("") == ""), "normal"),
            otherwise="arrears",
        ).alias("class"),
        first_of(
            (col("status") == "成功", "paid"),
            (holds("status", "失败|退票|未发|未成功|不成功|未到账"), "not_paid"),
            (holds("status", "成功|已到账") | (col("status").fill_null("") == ""), "paid"),
            otherwise="unknown",
        ).alias("state"),
    )
    return lines.with_columns(pl.sum_horizontal(COMPONENTS).alias("money"))


def death_bars(config, as_of, forms, deaths, custody, pensions):
    certified = (
        read(config, "certifications", deaths)
        .select("key", name_form(), event_day("certified_on", as_of).alias("day"))
        .collect()
    )
    days = pl.concat([certified, custody.select("key", "form", col("start").alias("day"))])
    life = days.group_by("key", "form").agg(col("day").max().alias("life_day"))
    drawn = pensions.filter(col("class") != "unclassified")
    drawn = drawn.group_by("key", "form").agg(col("start").max().alias("life_month"))
    both = forms.join(deaths, on="key", suffix="_row")
    own, dead = col("form") == col("form_row"), col("verdict").is_in(["dead", "undecided"])
    proven = own & (col("verdict") == "dead") & ~col("is_village") & col("day").is_not_null()
    judged = (
        both.group_by("key", "form")
        .agg(
            (own & (col("verdict") == "revoked")).any().alias("own_revoked"),
            (~own & (col("verdict") == "revoked")).any().alias("other_revoked"),
            dead.any().alias("anything"),
            proven.any().alias("proven"),
            col("day").filter(own & dead).min().alias("own_first"),
            col("day").filter(own & dead).max().alias("own_last"),
            col("day").filter(~own & dead).min().alias("other_first"),
        )
        .filter(~col("own_revoked"))
    )
    judged = judged.join(life, on=["key", "form"], how="left").join(drawn, on=["key", "form"], how="left")
    lives = (col("life_day") > col("own_last")).fill_null(False)
    lives |= (col("life_month") > month_of(col("own_last"))).fill_null(False)
    judged = judged.with_columns((col("other_revoked") | ~col("proven") | lives).alias("doubt"))
    dated, other = (
        judged.filter(col("own_last").is_not_null()),
        judged.filter(col("other_first").is_not_null()),
    )
    unknown = judged.filter(col("anything") & col("own_first").is_null() & col("other_first").is_null())
    sure, doubtful = dated.filter(~col("doubt")), dated.filter(col("doubt"))

    def bars(frame, start, end, tier):
        return frame.select(
            "key",
            "form",
            lit("D-01").alias("rule"),
            start.cast(pl.Int32).alias("from_month"),
            end.cast(pl.Int32).alias("until_month"),
            lit(tier).alias("tier"),
        )

    first, last, never = month_of(col("own_first")) + 1, month_of(col("own_last")) + 1, lit(OPEN)
    return pl.concat(
        [
            bars(sure, last, never, "e"),
            bars(sure, first, last, "k"),
            bars(doubtful, first, never, "k"),
            bars(other, month_of(col("other_first")) + 1, never, "k"),
            bars(unknown, month_of(birth()), never, "u"),
        ]
    )


def pension_bars(forms, pensions):
    tier = first_of(
        (col("start").is_null(), "u"),
        (col("is_certain") & (col("form") == col("form_row")), "e"),
        otherwise="k",
    )
    rule = pl.when(col("class") == "M-02").then(lit("M-02")).otherwise(lit("M-01"))
    return forms.join(pensions, on="key", suffix="_row").select(
        "key",
        "form",
        rule.alias("rule"),
        pl.coalesce("start", month_of(col("birth"))).cast(pl.Int32).alias("from_month"),
        col("until_month").cast(pl.Int32),
        tier.alias("tier"),
    )


def custody_bars(config, forms, custody):
    def months(frame, start, end):
        start = pl.max_horizontal(start, lit(config["first_month"])).cast(pl.Int64)
        end = pl.min_horizontal(end, lit(config["last_month"] + 1)).cast(pl.Int64)
        frame = frame.with_columns(pl.int_ranges(start, pl.max_horizontal(start, end)).alias("month"))
        return frame.explode("month").filter(col("month").is_not_null())

    started = custody.filter(col("start").is_not_null())
    soft = pl.when(col("verdict") == "nothing").then(lit("nothing")).otherwise(lit("undecided"))
    before = started.filter(col("earliest") < col("start")).with_columns(
        soft.alias("verdict"),
        col("earliest").alias("start"),
        (month_of(col("earliest")) + 1).alias("from_month"),
        pl.min_horizontal("from_month", "until_month").alias("until_month"),
    )
    segments = pl.concat([started, before]).drop("earliest")
    covered = forms.join(segments, on="key", suffix="_row").with_columns(
        (col("form") == col("form_row")).alias("own")
    )
    covered = months(covered, col("from_month"), col("until_month"))
    group = ["key", "form", "month"]
    own_start = pl.when(col("own")).then(col("start"))
    covered = covered.with_columns(
        (col("start") == col("start").max().over(group)).alias("last"),
        (col("own") & (col("start") == own_start.max().over(group))).fill_null(False).alias("last_own"),
    )
    unstarted = forms.join(custody.filter(col("start").is_null()), on="key", suffix="_row").with_columns(
        (col("form") == col("form_row")).alias("own")
    )
    released = (
        unstarted.filter(col("verdict") == "nothing")
        .group_by("key", "form")
        .agg(
            col("until_month").max().alias("any_until"),
            col("until_month").filter("own").max().alias("own_until"),
        )
    )

    def says(last):
        verdicts = col("verdict").filter(last)
        return first_of(
            ((verdicts == "bars").all() & (verdicts.len() > 0), "bars"),
            ((verdicts == "nothing").all(), "nothing"),
            otherwise="undecided",
        )

    decided = covered.group_by(group).agg(
        says(col("last")).alias("says"), says(col("last_own")).alias("own_says")
    )
    decided = decided.join(released, on=["key", "form"], how="left")
    for name, until in (("says", "any_until"), ("own_says", "own_until")):
        late = (col(name) == "bars") & (col(until) > col("month")).fill_null(False)
        decided = decided.with_columns(pl.when(late).then(lit("undecided")).otherwise(name).alias(name))
    sure = (col("says") == "bars") & (col("own_says") == "bars")
    decided = decided.filter((col("says") != "nothing") | (col("own_says") != "nothing")).select(
        "key", "form", "month", pl.when(sure).then(lit("e")).otherwise(lit("k")).alias("tier")
    )
    unknown = months(unstarted.filter(col("verdict") != "nothing"), month_of(birth()), col("until_month"))
    spoken = covered.select(*group, col("own").alias("own_seg"))
    open_months = (
        unknown.join(spoken, on=group, how="left")
        .group_by([*group, "own"])
        .agg(
            (col("own_seg").fill_null(False) | (~col("own") & col("own_seg").is_not_null()))
            .any()
            .alias("settled")
        )
        .filter(~col("settled"))
    )
    unknown = open_months.select(*group, lit("u").alias("tier"))
    both = pl.concat([decided, unknown.select(decided.columns)])
    return both.select(
        "key",
        "form",
        lit("P-01").alias("rule"),
        col("month").cast(pl.Int32).alias("from_month"),
        (col("month") + 1).cast(pl.Int32).alias("until_month"),
        "tier",
    )


def netted(lines, several):
    same = ["key", "month", "months", *(f"abs_{name}" for name in COMPONENTS)]
    absolute = [col(name).abs().alias(f"abs_{name}") for name in COMPONENTS]
    pays = col("class").is_in(["normal", "arrears"]) & (col("state") != "not_paid")
    undoing = lines.filter(col("class").is_in(["reversal", "returned"]) | (pays & (col("money") < 0)))
    undoing = (
        undoing.with_columns(absolute)
        .sort((col("class") != "returned"), "n")
        .with_columns(col("n").cum_count().over(same).alias("turn"))
    )
    paid = lines.filter(pays & (col("money") >= 0))
    undoable = (
        paid.join(undoing, on=["key", "month"], how="semi")
        .with_columns(absolute)
        .sort(
            ["paid", "money", *COMPONENTS, "account", "n"],
            descending=[True, False, False, False, False, False, True, True],
            nulls_last=False,
        )
        .with_columns(col("n").cum_count().over(same).alias("turn"))
    )
    undone = undoing.join(undoable, on=[*same, "turn"], suffix="_paid").select("n", "n_paid")
    net = paid.join(undone, left_on="n", right_on="n_paid", how="anti")
    alike = [
        "key",
        "month",
        "months",
        "name",
        "kind",
        "status",
        *COMPONENTS,
        "total",
        "total_only",
        "paid",
        "account",
        "batch",
    ]
    twins = (
        net.join(several, on=["key", "month"], how="semi")
        .sort("n")
        .filter(pl.struct(alike).is_first_distinct().not_())
        .select("n")
    )
    unmatched = (
        undoing.filter(col("class") != "returned")
        .join(undone, on="n", how="anti")
        .select("key", "month", "months")
    )
    reversed_ = (
        net.join(unmatched, on="key", suffix="_u")
        .filter(
            (col("month_u") < col("month") + col("months"))
            & (col("month") < col("month_u") + col("months_u"))
        )
        .select("n")
    )
    return net, pl.concat([twins, reversed_]).unique()


def repetitions(net, several):
    bits = pl.sum_horizontal((col(name) > 0).cast(pl.Int64) * bit for name, bit in BITS.items())
    single = net.join(several, on=["key", "month"], how="semi").filter(
        (col("class") == "normal") & (col("months") == 1)
    )
    single = (
        single.with_columns(bits.alias("bits"))
        .sort(
            ["paid", "money", *COMPONENTS, "account", "n"],
            descending=[False, True, True, True, True, True, False, False],
            nulls_last=[True, False, False, False, False, False, False, False],
        )
        .with_columns(col("n").cum_count().over("key", "month").alias("turn"))
    )
    single = single.select("n", "key", "month", "bits", "form", "total_only", "state", "turn")
    pairs = single.join(single, on=["key", "month"], suffix="_e").filter(col("turn_e") < col("turn"))
    sure = (col("form_e") == col("form")) & (col("form") != "*") & (col("total_only_e") == col("total_only"))
    sure &= col("state_e") == "paid"
    found = pairs.group_by("n").agg(
        col("bits").max(),
        col("bits_e").filter(sure).bitwise_or().fill_null(0).alias("sure"),
        col("bits_e").bitwise_or().alias("any"),
        (col("total_only_e") != col("total_only")).any().alias("meets"),
    )
    claimed = col("bits") & col("sure")
    possible = pl.when(col("meets")).then(col("bits")).otherwise(col("bits") & col("any"))
    return found.select("n", claimed.alias("claimed"), (possible - claimed).alias("doubtful"))


def verdicts_of(config, net, doubted, bars, repeated):
    first, last = config["first_month"], config["last_month"]
    slim = net.select("n", "key", "form", "month", "months").join(bars, on=["key", "form"], how="semi")
    spread = slim.with_columns(
        pl.int_ranges(col("month"), col("month") + col("months")).alias("month")
    ).explode("month")
    hits = spread.join(bars, on=["key", "form"]).filter(
        (col("month") >= col("from_month"))
        & (col("month") < col("until_month"))
        & col("month").is_between(first, last)
    )
    of_month = hits.group_by("n", "rule", "month").agg(
        (col("tier") == "e").any().alias("e"), (col("tier") != "u").any().alias("k")
    )
    by_rule = (
        of_month.group_by("n", "rule")
        .agg(
            col("e").sum().cast(pl.Int64),
            col("k").sum().cast(pl.Int64),
            (~col("k")).sum().cast(pl.Int64).alias("u"),
        )
        .with_columns(
            pl.when(col("rule").is_in(["D-01", "P-01"])).then(15).otherwise(3).cast(pl.Int64).alias("bits")
        )
    )
    doubted = doubted.with_columns(lit(True).alias("doubted"))
    weak = col("doubted").fill_null(False) | (col("state") == "unknown") | (pl.min_horizontal(COMPONENTS) < 0)
    bare = col("total_only") & (col("bits") != 15)
    something = (col("basic") != 0) | (col("addition") != 0)
    something |= (col("bits") == 15) & ((col("account_own") != 0) | (col("other") != 0))
    whole = (col("e") == col("months")) | (col("k") == 0)
    barred = (
        by_rule.join(net, on="n")
        .join(doubted, on="n", how="left")
        .filter((col("e") < col("months")) | col("total_only") | something)
        .select(
            "n",
            "rule",
            ((col("e") == col("months")) & ~(weak | bare)).alias("is_claim"),
            pl.when(bare).then(8).otherwise("bits").cast(pl.Int64).alias("bits"),
            (bare | ((col("e") < col("months")) & (col("u") > 0))).alias("is_unknown"),
            pl.when(whole).then(1).otherwise("k").cast(pl.Int64).alias("part"),
            pl.when(whole).then(1).otherwise("months").cast(pl.Int64).alias("whole"),
        )
    )
    twice = (
        repeated.join(net, on="n")
        .join(doubted, on="n", how="left")
        .filter(col("month").is_between(first, last))
    )
    twice = twice.select("n", "claimed", "doubtful", weak.alias("weak"))

    def again(frame, claims, bits):
        return frame.select(
            "n",
            lit("M-05").alias("rule"),
            lit(claims).alias("is_claim"),
            bits.cast(pl.Int64).alias("bits"),
            lit(False).alias("is_unknown"),
            lit(1, pl.Int64).alias("part"),
            lit(1, pl.Int64).alias("whole"),
        )

    claims = again(twice.filter((col("claimed") != 0) & ~col("weak")), True, col("claimed"))
    open_ = twice.filter((col("doubtful") != 0) | (col("weak") & (col("claimed") != 0)))
    leads = again(
        open_, False, pl.when(col("weak")).then(col("claimed") | col("doubtful")).otherwise(col("doubtful"))
    )
    return pl.concat([barred, claims, leads])


def money(bits):
    return pl.sum_horizontal(
        pl.when((bits // bit) % 2 == 1).then(col(name)).otherwise(0) for name, bit in BITS.items()
    )


def run(source, form, config):
    config = {**config, "source": source}
    as_of = date.fromisoformat(config["as_of"])
    stages, start = [], time.perf_counter()

    def stage(name):
        stages.append((name, round(time.perf_counter() - start, 3)))

    deaths, custody, pensions = read_deaths(config, as_of), read_custody(config, as_of), read_pensions(config)
    registered = pl.concat(frame.select("key") for frame in (deaths, custody, pensions)).unique()
    stage("registries")
    lines = read_lines(config, registered)
    stage("lines")
    forms = lines.select("key", "form").join(registered, on="key", how="semi").unique()
    bars = pl.concat(
        [
            death_bars(config, as_of, forms, deaths, custody, pensions),
            pension_bars(forms, pensions),
            custody_bars(config, forms, custody),
        ]
    ).filter(
        (col("from_month") < col("until_month"))
        & (col("from_month") <= config["last_month"])
        & (col("until_month") > config["first_month"])
    )
    stage("bars")
    several = lines.group_by("key", "month").len().filter(col("len") > 1).select("key", "month")
    net, doubted = netted(lines, several)
    stage("net")
    verdicts = verdicts_of(config, net, doubted, bars, repetitions(net, several))
    precedence = col("rule").replace_strict({"D-01": 10, "P-01": 20, "M-01": 30, "M-02": 31, "M-05": 40})
    claimed = (
        verdicts.filter("is_claim")
        .group_by("n")
        .agg(col("bits").bitwise_or(), precedence.min().alias("precedence"))
        .join(net, on="n")
        .with_columns(money(col("bits")).alias("fen"))
        .filter(col("fen") != 0)
    )
    case_type = col("precedence").replace_strict(
        {10: "post_death", 20: "in_custody", 30: "dual_pension", 31: "dual_pension", 40: "repeated_payment"}
    )
    claims = claimed.group_by("key", case_type.alias("case_type")).agg(col("fen").sum())
    taken = claimed.select("n", col("bits").alias("taken"))
    leads = verdicts.filter(~col("is_claim")).join(taken, on="n", how="left").join(net, on="n")
    more = col("bits") - (col("bits") & col("taken").fill_null(0))
    leads = leads.with_columns((money(more) * col("part") // col("whole")).alias("fen")).filter(
        col("fen") > 0
    )
    known = pl.when((~col("is_unknown")).any()).then(col("fen").filter(~col("is_unknown")).sum())
    leads = leads.group_by("key", "rule").agg(known.alias("fen"), col("is_unknown").any())
    claims, leads = claims.rows(), leads.rows()
    stage("findings")
    return time.perf_counter() - start, claims, leads, stages
