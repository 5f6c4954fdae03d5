"""The price part of a rulebook in plain sentences: limits, evaluation price, benchmark, points."""

from fractions import Fraction

from evaluation.answers import answer_fields
from evaluation.explain_words import Says, dec, money, named, say, times
from evaluation.lint_price import uses_benchmark
from evaluation.price_curve import points_at
from evaluation.rulebook import Bilingual, Rulebook
from evaluation.rulebook.price import Adjustment, Band, Exclusion, Formula, Term, Trim
from kernel.money import write_units

EXAMPLES = (Fraction(-10), Fraction(-5), Fraction(0), Fraction(5), Fraction(10))  # percent from the benchmark


def limits_said(book: Rulebook) -> Says:
    """What rejects a bid for its price or for what it does not answer."""
    rule, places = book.price, book.scale.places
    if rule.ceiling is not None:
        amount = money(rule.ceiling, places, book.currency)
        yield say(
            f"报价高于最高限价 {amount} 的，否决投标；等于限价的有效。",
            f"An offer above the ceiling of {amount} is out; one exactly there is in.",
        )
    for limit in rule.limits:
        of, side = named(limit.of), ("高于", "above") if limit.side == "above" else ("低于", "below")
        at = ("有效", "in") if limit.at_limit == "inside" else ("也无效", "out as well")
        amount = money(getattr(rule, limit.of), places, book.currency)
        yield say(
            f"报价{side[0]}{of.zh}（{amount}）{times(limit.factors)} 的，否决投标；恰好相等的{at[0]}。",
            f"An offer {side[1]} {of.en} ({amount}){times(limit.factors)} is out; one exactly there is {at[1]}.",
        )
    for field in answer_fields(book).values():
        if field.required:
            yield say(f"未回答 {field.id} 的，否决投标。", f"A bid that does not answer {field.id} is out.")


def evaluated_said(book: Rulebook) -> Says:
    """How an offer becomes an evaluation price."""
    if not book.price.adjustments:
        yield say(
            "评标价就是报价（或经确认的修正价）。",
            "The evaluation price is the offer, or its confirmed correction.",
        )
        return
    yield say(
        "评标价从报价（或经确认的修正价）起算：",
        "The evaluation price starts from the offer, or its confirmed correction:",
    )
    for one in book.price.adjustments:
        yield _adjustment(book, one)


def _adjustment(book: Rulebook, one: Adjustment) -> Bilingual:
    if one.kind == "quality":
        listed = "; ".join(
            f"{f.answer}: " + ", ".join(f"{name} {dec(value)}" for name, value in f.choices)
            for f in one.features
        )
        by = ("除以", "divided by") if one.operation == "divide" else ("乘以", "multiplied with")
        return say(
            f"　{by[0]} 1 + 所得值之和 ÷（1 − 最优值之和）（{listed}）。",
            f"  {by[1]} 1 + the chosen values / (1 - the best values) ({listed}).",
        )
    if one.kind == "stated":
        sign = ("加上", "plus") if one.sign > 0 else ("减去", "minus")
        return say(
            f"　{sign[0]}投标人在 {one.answer} 中填写的金额。",
            f"  {sign[1]} the amount that the bid states as {one.answer}.",
        )
    if one.percent is not None:
        worth = say(f"报价的 {dec(one.percent)} %", f"{dec(one.percent)} % of the offer")
    else:
        amount = money(one.amount, book.scale.places, book.currency)
        worth = say(amount, amount)
    if one.kind == "flag":
        return say(
            f"　{one.answer} 为“是”的，加 {worth.zh}（负数为扣减）。",
            f"  where {one.answer} is yes, plus {worth.en} (less, where it is negative).",
        )
    side = ("超过", "above") if one.side == "above" else ("低于", "below")
    counted = named(one.counted)
    return say(
        f"　{one.answer} {side[0]} {dec(one.beyond)} 的部分，每 {dec(one.unit)} 加 {worth.zh}（{counted.zh}）。",
        f"  for each {dec(one.unit)} of {one.answer} {side[1]} {dec(one.beyond)}, plus {worth.en} ({counted.en}).",
    )


def benchmark_said(book: Rulebook) -> Says:
    """What the prices are measured against."""
    formula, benchmark = book.price.formula, book.price.benchmark
    if formula.kind == "none" or not uses_benchmark(formula):
        return
    among = (
        ("所有已开标的投标", "all opened bids")
        if benchmark.among == "opened"
        else ("有效投标", "the valid bids")
    )
    of = named(benchmark.of)
    yield say(f"基准价用{among[0]}的{of.zh}计算。", f"The benchmark is made of the {of.en}s of {among[1]}.")
    parts = [(named(term.base), times(term.factors)) for term in benchmark.terms]
    yield say(
        "基准价 = " + " + ".join(f"{base.zh}{factors}" for base, factors in parts) + "。",
        "Benchmark = " + " + ".join(f"{base.en}{factors}" for base, factors in parts) + ".",
    )
    for term in benchmark.terms:
        yield from _term(term)


def _term(term: Term) -> Says:
    base = named(term.base)
    if term.sample:
        yield say(
            f"“{base.zh}”只看样本 {term.sample}。", f"The {base.en} looks at the sample {term.sample} only."
        )
    for trim in term.trim:
        yield _trim(trim, base)
    if term.trim and term.trim[0].from_bids > 1:
        yield say(
            f"不足 {term.trim[0].from_bids} 家时不去掉。",
            f"With fewer than {term.trim[0].from_bids} bids none is dropped.",
        )
    if term.exclude:
        yield from _exclusion(term.exclude)


def _trim(trim: Trim, base: Bilingual) -> Bilingual:
    high, low = _count(trim.high, trim.high_percent), _count(trim.low, trim.low_percent)
    return say(
        f"满 {trim.from_bids} 家时，“{base.zh}”先去掉最高的{high[0]}、最低的{low[0]}。",
        f"From {trim.from_bids} bids on, the {base.en} drops {high[1]} of the highest and {low[1]} of the lowest.",
    )


def _count(count: int, percent: Fraction) -> tuple[str, str]:
    if not percent:
        return f" {count} 家", str(count)
    more = (f"另加 {count} 家", f" and {count} more") if count else ("", "")
    return f" {dec(percent)} %{more[0]}", f"{dec(percent)} %{more[1]}"


def _exclusion(rule: Exclusion) -> Says:
    of = named(rule.of)
    side = {"both": ("上下", "either way"), "above": ("向上", "upwards"), "below": ("向下", "downwards")}[
        rule.side
    ]
    order = (
        ("最偏离者先去，同样偏离先去高价", "the farthest first, the dearer on a tie")
        if rule.order == "worst_first"
        else ("一次全部去掉", "all at once")
    )
    again = ("再重新计算", "then again") if rule.repeat else ("只做一次", "once")
    edge = (
        ("恰好相等的也去掉", "exactly there is out")
        if rule.at_limit == "outside"
        else ("恰好相等的保留", "exactly there stays")
    )
    yield say(
        f"与{of.zh}相比{side[0]}偏离超过 {dec(rule.percent)} % 的报价不计入"
        f"（{order[0]}，{again[0]}，{edge[0]}），至少留 {rule.least} 家。",
        f"Prices more than {dec(rule.percent)} % {side[1]} from the {of.en} leave ({order[1]}, {again[1]}, {edge[1]}); "
        f"at least {rule.least} stay.",
    )


def formula_said(book: Rulebook) -> Says:
    """How a price becomes points, with examples."""
    rule, formula = book.price, book.price.formula
    if formula.kind == "none":
        yield say("报价不计分。", "Price has no points.")
        return
    full = write_units(rule.maximum, rule.places)
    of = named(formula.of)
    yield say(f"价格分满分 {full}，对{of.zh}计分。", f"Price has {full} points, given to the {of.en}.")
    yield from _formula(book, formula, full)
    if formula.floor:
        floor = write_units(formula.floor, rule.places)
        yield say(f"最低得 {floor} 分。", f"Nobody has less than {floor}.")
    if formula.cap < rule.maximum:
        cap = write_units(formula.cap, rule.places)
        yield say(f"最高得 {cap} 分。", f"Nobody has more than {cap}.")
    if rule.outliers == "floor":
        yield say(
            "未计入基准价的两端报价得最低分。", "Prices outside what the benchmark kept have the floor."
        )
    if formula.kind != "curve":
        yield _examples(book)


def _formula(book: Rulebook, formula: Formula, full: str) -> Says:
    if formula.kind == "ratio":
        over = (
            ("价格 ÷ 基准价", "price / benchmark")
            if book.price.better == "higher"
            else ("基准价 ÷ 价格", "benchmark / price")
        )
        yield say(f"价格分 = {full} × {over[0]}。", f"Points = {full} x {over[1]}.")
    elif formula.kind == "log":
        base = dec(formula.base)
        yield say(
            f"价格分 = {full} − {full} × log(价格 ÷ 基准价) ÷ log {base}。",
            f"Points = {full} - {full} x log(price / benchmark) / log {base}.",
        )
    elif formula.kind == "deviation":
        start = write_units(formula.start, book.price.places)
        counted = named(formula.counted)
        yield say(
            f"等于基准价得 {start} 分；偏差率 = |价格 − 基准价| ÷ 基准价，"
            f"以 {dec(formula.unit)} % 为单位，{counted.zh}。",
            f"A price at the benchmark has {start}; deviation = |price - benchmark| / benchmark, in units of "
            f"{dec(formula.unit)} %, {counted.en}.",
        )
        yield from _bands(formula.above, "高于基准价", "above the benchmark")
        yield from _bands(formula.below, "低于基准价", "below the benchmark")
    else:
        yield from _knots(book, formula)


def _bands(bands: tuple[Band, ...], zh: str, en: str) -> Says:
    if not bands:
        yield say(f"{zh}的不扣分。", f"{en.capitalize()} nothing is lost.")
    for band in bands:
        start = dec(band.from_percent)
        if band.points:
            verb = ("扣", "costs") if band.points > 0 else ("加", "earns")
            yield say(
                f"{zh}，从 {start} % 起每单位{verb[0]} {dec(abs(band.points))} 分。",
                f"{en.capitalize()}, from {start} % on each unit {verb[1]} {dec(abs(band.points))}.",
            )
        else:
            yield say(
                f"{zh}，从 {start} % 起不扣分。", f"{en.capitalize()}, from {start} % on nothing is lost."
            )


def _knots(book: Rulebook, formula: Formula) -> Says:
    zh, en = [], []
    for knot in formula.knots:
        points = write_units(knot.points, book.price.places)
        if knot.of == "price":
            amount = money(knot.price, book.scale.places, book.currency)
            at = say(amount, amount)
        else:
            word = named(knot.of)
            at = say(word.zh + times(knot.factors), word.en + times(knot.factors))
        zh.append(f"{at.zh} 得 {points} 分")
        en.append(f"{points} at {at.en}")
    beyond = (
        ("两端之外保持不变", "flat beyond the ends")
        if formula.outside == "hold"
        else ("两端之外沿直线延伸", "the lines go on beyond the ends")
    )
    yield say(
        "以下各点之间按直线：" + "，".join(zh) + f"；{beyond[0]}。",
        "Straight lines between " + ", ".join(en) + f"; {beyond[1]}.",
    )


def _examples(book: Rulebook) -> Bilingual:
    shown = []
    for percent, points in zip(EXAMPLES, points_at(book, EXAMPLES), strict=True):
        if book.price.better == "lower" and book.price.formula.kind != "deviation" and percent < 0:
            continue  # nothing lies below the lowest price
        shown.append((percent, write_units(points, book.price.places)))
    listed = "，".join(f"{_signed(percent)} % 得 {points}" for percent, points in shown)
    said = ", ".join(f"{_signed(percent)} % has {points}" for percent, points in shown)
    return say(f"例如与基准价相差：{listed}。", f"For example, this far from the benchmark: {said}.")


def _signed(percent: Fraction) -> str:
    return ("+" if percent > 0 else "") + dec(percent)
