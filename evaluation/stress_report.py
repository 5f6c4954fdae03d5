"""What a stress comes to: its JSON form, its chart, and one sentence of advice in both languages."""

from typing import Final

from crypto.canonical import JsonValue
from evaluation.line_chart import Line, LineChart
from evaluation.rulebook import Bilingual, Rulebook
from evaluation.stress import MOST_SHADOWS, PERMILLE, Stress, StressLine
from kernel.money import write_units

SETTINGS: Final = {
    "as_it_is": Bilingual("现行规则", "As it is"),
    "trim": Bilingual("两端各多去一家", "One more dropped at each end"),
    "drawn": Bilingual("基准价乘以抽取系数 0.94–1.06", "Benchmark times a drawn 0.94 to 1.06"),
    "lowest": Bilingual("以最低价为基准", "Lowest price as benchmark"),
    "weight": Bilingual("价格权重减半", "Half the weight of price"),
}
SMALL_GAIN: Final = 50  # thousandths; less is within what made-up lots scatter
TITLE: Final = Bilingual("串通方中标机会与陪标数量", "Chance of a ring against its shadow bids")
ACROSS: Final = Bilingual("陪标数量", "shadow bids")
UP: Final = Bilingual("中标机会 %", "chance to win, %")


def advice(found: Stress) -> Bilingual:
    """What the office should know before it publishes."""
    line = found.lines[0]
    if line.gain < SMALL_GAIN:
        return Bilingual(
            "在此模型下，陪标几乎不能提高中标机会。",
            "In this model shadow bids hardly raise the ring's chance to win.",
        )
    alone, most = line.gains[0], max(line.gains, key=lambda gain: gain.chance)
    zh = (
        f"{most.shadows} 家陪标可使基准价平均变动 {_percent(most.benchmark_shift)} %，"
        f"中标机会由 {_percent(alone.chance)} % 升至 {_percent(most.chance)} %。"
    )
    en = (
        f"{most.shadows} shadow bids move the benchmark by {_percent(most.benchmark_shift)} % on average and raise the "
        f"ring's chance to win from {_percent(alone.chance)} % to {_percent(most.chance)} %."
    )
    others = [other for other in found.lines[1:] if line.gain - other.gain >= SMALL_GAIN]
    if not others:
        return Bilingual(
            zh + "所试各项设置均无明显改善。", en + " None of the settings that were tried helps much."
        )
    best = min(others, key=lambda other: (_most(other), other.gain))
    named = SETTINGS[best.setting]
    return Bilingual(
        zh + f"最有效的设置：{named.zh}（最高机会降为 {_percent(_most(best))} %）。",
        en + f" What helps most: {named.en.lower()} (then {_percent(_most(best))} % at most).",
    )


def stress_chart(found: Stress, language: str) -> LineChart:
    """Chance to win against the number of shadow bids, a line for each setting."""
    tops = [gain.chance for line in found.lines for gain in line.gains]
    top = min(PERMILLE, -(-max([*tops, 100]) // 100) * 100)
    return LineChart(
        title=said(TITLE, language),
        x_label=said(ACROSS, language),
        y_label=said(UP, language),
        x_range=(0, MOST_SHADOWS),
        y_range=(0, top),
        x_ticks=tuple((n, str(n)) for n in range(MOST_SHADOWS + 1)),
        y_ticks=tuple((top * step // 4, _percent(top * step // 4)) for step in range(5)),
        lines=tuple(
            Line(
                said(SETTINGS[line.setting], language),
                tuple((number, gain.chance) for number, gain in enumerate(line.gains)),
            )
            for line in found.lines
        ),
    )


def said(text: Bilingual, language: str) -> str:
    """The text in a language, `zh` or `en`."""
    return text.zh if language == "zh" else text.en


def write_stress(found: Stress, rulebook: Rulebook) -> dict[str, JsonValue]:
    """The JSON form; chances and shifts in percent as decimal text."""
    model, sentence = found.model, advice(found)
    return {
        "model": {
            "honest": model.honest,
            "expected": write_units(model.expected, rulebook.scale.places),
            "currency": rulebook.currency,
            "spread": model.spread,
            "spread_percent": model.spread_percent,
            "given": [write_units(price, rulebook.scale.places) for price in model.given],
            "target_percent": model.target_percent,
            "seed": model.seed,
        },
        "settings": [_write_line(line) for line in found.lines],
        "advice": {"zh": sentence.zh, "en": sentence.en},
    }


def _write_line(line: StressLine) -> JsonValue:
    named = SETTINGS[line.setting]
    return {
        "setting": line.setting,
        "name": {"zh": named.zh, "en": named.en},
        "gains": [
            {
                "shadows": number,
                "leader_percent": gain.leader_percent,
                "shadow_percents": list(gain.shadow_percents),
                "chance_percent": _percent(gain.chance),
                "benchmark_shift_percent": _percent(gain.benchmark_shift),
            }
            for number, gain in enumerate(line.gains)
        ],
    }


def _most(line: StressLine) -> int:
    return max(gain.chance for gain in line.gains)


def _percent(permille: int) -> str:
    return write_units(permille, 1)
