"""A whole rulebook in plain sentences, in both languages and with its own figures.

The sentences follow the evaluation: who is out, the evaluation price, the benchmark, the points for price, the other
points, the total and the places, what is drawn, where is rounded, and which prices have to be explained.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from evaluation.explain_price import benchmark_said, evaluated_said, formula_said, limits_said
from evaluation.explain_words import TIE_WORDS, Says, dec, many, named, say
from evaluation.findings.abnormally_low import AbnormallyLowRule
from evaluation.rulebook import FULL_WEIGHT, Bilingual, Criterion, Group, Rulebook
from kernel.money import write_units


@dataclass(frozen=True)
class Chapter:
    """One part of the explanation."""

    title: Bilingual
    sentences: tuple[Bilingual, ...]


def explain(rulebook: Rulebook) -> tuple[Chapter, ...]:
    """The rulebook, chapter by chapter; chapters without a sentence are left out."""
    chapters = (
        Chapter(say("哪些投标被否决", "Who is out"), tuple(_rejected(rulebook))),
        Chapter(say("评标价", "The evaluation price"), tuple(evaluated_said(rulebook))),
        Chapter(say("基准价", "The benchmark"), tuple(benchmark_said(rulebook))),
        Chapter(say("价格分", "Points for price"), tuple(formula_said(rulebook))),
        Chapter(say("其他评分", "The other points"), tuple(_quality(rulebook))),
        Chapter(say("总分与名次", "The total and the places"), tuple(_places(rulebook))),
        Chapter(say("抽取", "What is drawn"), tuple(_drawn(rulebook))),
        Chapter(say("取舍位数", "Where is rounded"), tuple(_rounding(rulebook))),
        Chapter(say("异常低价", "Abnormally low prices"), tuple(_low(rulebook))),
        Chapter(say("清标", "Price checks"), tuple(_price_checks(rulebook))),
    )
    return tuple(chapter for chapter in chapters if chapter.sentences)


def _rejected(book: Rulebook) -> Says:
    if book.checks:
        yield say(
            f"初步评审有 {len(book.checks)} 项；过半数评委认为不通过的，否决投标并写明理由。",
            f"The compliance review has {many(len(book.checks), 'check')}; a bid that more than half of the "
            "members fail in one of them is rejected, with reasons.",
        )
    yield from limits_said(book)
    for group in book.groups:
        yield from _minimum(book, group.minimum, group.name, "组", "group")
        for criterion in group.criteria:
            yield from _minimum(book, criterion.minimum, criterion.name, "项", "criterion")
    if book.technical_minimum is not None:
        least = write_units(book.technical_minimum, book.places.weighted)
        yield say(
            f"除价格外的得分（计入总分的部分）低于 {least} 分的，否决投标；恰好 {least} 分的通过。",
            f"A bid whose points beside price (as they count in the total) stay below {least} is out; {least} passes.",
        )
    if book.minimum_bids > 1:
        yield say(
            f"有效投标少于 {book.minimum_bids} 家的，视为缺乏竞争，由采购人依法处理。",
            f"With fewer than {book.minimum_bids} valid bids there is no competition, and the office decides by law.",
        )


def _minimum(book: Rulebook, minimum: int | None, name: Bilingual, zh: str, en: str) -> Says:
    if minimum is not None:
        least = write_units(minimum, book.places.sheet)
        yield say(
            f"{zh}“{name.zh}”低于 {least} 分的，否决投标；恰好 {least} 分的通过。",
            f"A bid below {least} points in the {en} “{name.en}” is out; {least} passes.",
        )


def _quality(book: Rulebook) -> Says:
    for group in book.groups:
        full = Fraction(group.weight, FULL_WEIGHT) * book.total_maximum
        maximum = write_units(group.maximum, book.places.sheet)
        yield say(
            f"“{group.name.zh}”满分 {maximum}，在总分中占 {dec(full)} 分；共 {len(group.criteria)} 项。",
            f"“{group.name.en}” has {maximum} points, "
            f"worth {dec(full)} of the total; criteria: {len(group.criteria)}.",
        )
        for criterion in group.criteria:
            yield from _criterion(book, group, criterion)
    if book.expert_criteria:
        yield from _experts(book)


def _criterion(book: Rulebook, group: Group, criterion: Criterion) -> Says:
    maximum, rule = write_units(criterion.maximum, book.places.sheet), criterion.value
    if rule is None:
        step = write_units(criterion.step, book.places.sheet)
        yield say(
            f"　{criterion.name.zh}：专家打 0 至 {maximum} 分，每档 {step} 分。",
            f"  {criterion.name.en}: experts give 0 to {maximum} points in steps of {step}.",
        )
        return
    points = write_units(rule.points, book.places.sheet)
    how = {
        "flag": ("答“是”得满分", "yes has all points"),
        "choice": (
            "按所选项给分："
            + "、".join(f"{x} {write_units(y, book.places.sheet)} 分" for x, y in rule.choices),
            "by choice: " + ", ".join(f"{x} {write_units(y, book.places.sheet)}" for x, y in rule.choices),
        ),
        "steps": (
            "达到："
            + "、".join(f"{dec(x)} 得 {write_units(y, book.places.sheet)} 分" for x, y in rule.steps),
            "by step: "
            + ", ".join(f"from {dec(x)}: {write_units(y, book.places.sheet)}" for x, y in rule.steps),
        ),
        "per_unit": (
            f"超过 {dec(rule.beyond)} 后每 {dec(rule.unit)} 得 {points} 分",
            f"{points} for each {dec(rule.unit)} beyond {dec(rule.beyond)}",
        ),
        "best_ratio": (
            f"与最优者之比（{named(rule.better).zh}为优）",
            f"in the ratio to the best answer ({named(rule.better).en} is better)",
        ),
        "between": (
            f"{dec(rule.zero_at)} 得 0 分，{dec(rule.full_at)} 得满分，之间按直线",
            f"0 at {dec(rule.zero_at)}, all at {dec(rule.full_at)}, straight in between",
        ),
    }[rule.kind]
    yield say(
        f"　{criterion.name.zh}（{maximum} 分）：由系统按回答 {rule.answer} 计分，{how[0]}。",
        f"  {criterion.name.en} ({maximum} points): the platform scores the answer {rule.answer}, {how[1]}.",
    )


def _experts(book: Rulebook) -> Says:
    rule = book.combination
    level = named(rule.level)
    what = {
        "mean": say("取算术平均", "the mean counts"),
        "median": say("取中位数", "the median counts"),
        "trimmed_mean": say(
            f"去掉 {rule.drop_high} 个最高、{rule.drop_low} 个最低后取平均",
            f"the mean without the {rule.drop_high} highest and {rule.drop_low} lowest counts",
        ),
    }[rule.rule]
    yield say(
        f"各专家独立打分，{level.zh}{what.zh}。",
        f"Experts score on their own; {level.en} {what.en}.",
    )
    if rule.trim_from:
        yield say(
            f"不足 {rule.trim_from} 名专家时不去掉。",
            f"With fewer than {rule.trim_from} experts none is dropped.",
        )
    if rule.exclude:
        against = named(rule.exclude.against)
        yield say(
            f"与{against.zh}平均相差超过 {dec(rule.exclude.percent)} % 的打分不计入。",
            f"A figure more than {dec(rule.exclude.percent)} % away from the mean of {against.en} does not count.",
        )


def _places(book: Rulebook) -> Says:
    price = Fraction(book.price.weight, FULL_WEIGHT) * book.total_maximum
    yield say(
        f"总分满分 {dec(book.total_maximum)}，其中价格 {dec(price)} 分；"
        + (
            "各部分先取舍再相加。"
            if book.total_of == "rounded_parts"
            else "各部分以精确值相加，最后取舍一次。"
        ),
        f"The total is out of {dec(book.total_maximum)}, price being {dec(price)} of it; "
        + (
            "the parts are added as rounded."
            if book.total_of == "rounded_parts"
            else "the exact parts are added."
        ),
    )
    yield _award(book)
    keys = [TIE_WORDS.get(key, say(key, key)) for key in book.tie_break]
    yield say(
        "相同时依次比较：" + "、".join([*(key.zh for key in keys), "公开抽签"]) + "。",
        "Equal bids are told apart by " + ", then ".join([*(key.en for key in keys), "a public draw"]) + ".",
    )
    yield say(
        f"推荐至多 {book.candidates} 名中标候选人。", f"At most {book.candidates} candidates are proposed."
    )


def _award(book: Rulebook) -> Bilingual:
    award = book.award
    price = named(award.of)
    less = book.price.better == "lower"
    return {
        "total": say("总分高者在前。", "The higher total stands first."),
        "technical": say(
            "名次只看价格以外的得分，高者在前。",
            "Places go by the points beside price alone, the higher first.",
        ),
        "evaluated_price": say(
            f"名次只看{price.zh}，{'低' if less else '高'}者在前。",
            f"Places go by the {price.en} alone, the {'lower' if less else 'higher'} first.",
        ),
        "quality_per_price": say(
            f"名次看（{dec(award.base_points)} + 质量分）× {dec(award.multiplier)} ÷ {price.zh}，高者在前。",
            f"Places go by ({dec(award.base_points)} + quality points) x {dec(award.multiplier)} / "
            f"{price.en}, the higher first.",
        ),
        "price_less_quality": say(
            f"名次看{price.zh} − {dec(award.rate)} × 质量分，低者在前。",
            f"Places go by {price.en} - {dec(award.rate)} x quality points, the lower first.",
        ),
        "utility_index": say(
            f"名次看（1 −（最高质量分 − 质量分）× {dec(award.rate)}）× 最低价 ÷ {price.zh}，高者在前。",
            f"Places go by (1 - (best quality - quality) x {dec(award.rate)}) x lowest price / "
            f"{price.en}, the higher first.",
        ),
    }[award.by]


def _drawn(book: Rulebook) -> Says:
    for one in book.drawn:
        values = ", ".join(dec(value) for value in one.values)
        yield say(
            f"系数 {one.name} 公开抽取，可能的值：{values}。",
            f"{one.name} is drawn in public out of {values}.",
        )
    for sample in book.price.samples:
        yield say(
            f"公开抽取 {sample.size} 家报价作为样本 {sample.name}；不足时全部计入。",
            f"The sample {sample.name} is {sample.size} offers drawn in public; all of them where there are fewer.",
        )


def _rounding(book: Rulebook) -> Iterator[Bilingual]:
    places = book.places
    yield say(
        f"一律四舍五入：专家打分 {places.sheet} 位小数，专家合成分 {places.combined} 位，评标价 {places.evaluated} 位，"
        f"价格分 {places.price} 位，加权分 {places.weighted} 位，总分 {places.total} 位。",
        f"Half up everywhere: experts' points to {many(places.sheet, 'decimal')}, combined points {places.combined}, "
        f"evaluation prices {places.evaluated}, price points {places.price}, weighted parts {places.weighted}, "
        f"the total {places.total}.",
    )
    exact = [
        (places.benchmark, say("基准价", "benchmark")),
        (places.deviation, say("偏差率（百分数）", "deviation (percent)")),
    ]
    kind = book.price.formula.kind
    for decimals, what in exact[: {"none": 0, "deviation": 2}.get(kind, 1)]:
        if decimals is None:
            yield say(
                f"{what.zh}不取舍，按分数精确计算。", f"The {what.en} is not rounded; exact fractions go on."
            )
        else:
            yield say(f"{what.zh}取 {decimals} 位小数。", f"The {what.en} has {many(decimals, 'decimal')}.")


def _low(book: Rulebook) -> Says:
    for rule in book.abnormally_low:
        yield _low_rule(rule)


def _price_checks(book: Rulebook) -> Says:
    limits = book.price_checks
    if limits is not None:
        yield say(
            f"至少 {limits.least_bids} 家报出的清单项，单价低于中位价 {limits.low_percent} % 或高于 "
            f"{limits.high_percent} % 的，提示为不平衡报价；",
            f"Where {limits.least_bids} bids price an item, a unit price below {limits.low_percent} % or above "
            f"{limits.high_percent} % of the median is shown as unbalanced;",
        )
        yield say(
            f"前段清单相对后段高出 {limits.front_percent} % 的，提示为前重后轻。两者仅供核查，不影响评分。",
            f"early items above {limits.front_percent} % of the late ones, both against the medians, are shown as "
            "front-loaded. No score depends on either.",
        )


def _low_rule(rule: AbnormallyLowRule) -> Bilingual:
    percent, minutes = write_units(rule.percent, 2), rule.response_minutes
    against = {
        "below_mean": say("有效报价平均价", "the mean of the valid offers"),
        "below_second_lowest": say("次低报价", "the second lowest offer"),
        "below_ceiling": say("最高限价（或预算）", "the ceiling (or the budget)"),
    }.get(rule.kind)
    if against is None:
        return say(
            f"按 {rule.clause} 判断异常低价；投标人至少有 {minutes} 分钟说明。",
            f"{rule.clause} says which prices are abnormally low; bidders have {minutes} minutes to explain.",
        )
    zh, en = ("低于", "below") if rule.strict else ("不高于", "at or below")
    return say(
        f"报价{zh}{against.zh} {percent} % 的，须在 {minutes} 分钟内说明（{rule.clause}）；不自动否决。",
        f"An offer {en} {percent} % of {against.en} has to be explained within {minutes} minutes ({rule.clause}); "
        "it is not out by itself.",
    )
