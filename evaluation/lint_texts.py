"""What each remark on a rulebook says, in both languages; docs/formats/rulebook-lint.md lists the codes.

error: as written it cannot do what it says. warning: the law, or what bidders can make of it, speaks against it.
hint: it may be meant so; the tender's text has to say the same.
"""

from typing import Final, NamedTuple


class RemarkText(NamedTuple):
    """How grave a remark is, and its sentence with places for figures."""

    severity: str
    zh: str
    en: str


ERROR: Final = "error"
WARNING: Final = "warning"
HINT: Final = "hint"

REMARKS: Final[dict[str, RemarkText]] = {
    # Bands of a deviation formula.
    "free-band-one-side": RemarkText(
        WARNING,
        "只有{zh_side}基准价 {percent} % 以内不扣分，另一侧从基准价起就扣分；招标文件不得又写另一侧也给满分",
        "only up to {percent} % {side} the benchmark costs nothing, while the other side costs from the start; "
        "the tender's text may not give full marks on the other side as well",
    ),
    "free-band-both-sides": RemarkText(
        HINT,
        "基准价上 {above} %、下 {below} % 以内都得满分：在此范围内报价高低没有区别",
        "from {below} % below to {above} % above the benchmark every price has full marks: they are all alike",
    ),
    "band-edge-started": RemarkText(
        WARNING,
        "“每满或不足 1 % 按 1 %”从 {percent} % 这一界限起数，还是从基准价起数，文字容易含混；此处从界限起数",
        "whole units are counted from the edge at {percent} %; a text that counts them from the benchmark "
        "would give other points",
    ),
    "band-same-cost": RemarkText(
        HINT,
        "相邻两段扣分相同，这一界限没有作用",
        "this band costs the same as the one before, so its edge does nothing",
    ),
    "band-never-reached": RemarkText(
        HINT,
        "偏差到 {percent} % 时已扣到最低分，这一段不起作用",
        "at {percent} % the floor is reached already, so this band never counts",
    ),
    "deviation-rounded": RemarkText(
        HINT,
        "偏差率先取 {places} 位小数再数整个百分点，会移动界限",
        "the deviation is rounded to {places} decimals before whole units are counted, which moves the edges",
    ),
    "flat-formula": RemarkText(ERROR, "任何报价的价格分都相同", "every price has the same points"),
    "dearer-gains": RemarkText(ERROR, "报价越高得分越高：{at}", "a dearer bid gains points: {at}"),
    "cheaper-loses": RemarkText(
        HINT,
        "低于基准价也扣分：报价更低反而得分更少",
        "a price below the benchmark loses points: a cheaper bid can score less",
    ),
    # Floor, cap, start.
    "floor-is-cap": RemarkText(ERROR, "最低分等于最高分", "floor and cap are the same"),
    "start-above-cap": RemarkText(
        WARNING,
        "起始分 {start} 高于上限 {cap}，先扣的分不起作用",
        "the start of {start} is above the cap of {cap}: the first losses cost nothing",
    ),
    "start-below-floor": RemarkText(
        ERROR, "起始分 {start} 低于下限 {floor}", "the start of {start} is below the floor of {floor}"
    ),
    "outliers-cliff": RemarkText(
        WARNING,
        "基准价未计入的报价只得最低分：相差一分钱就可能从高分跌到最低分",
        "prices that the benchmark left out fall to the floor: one cent may cost nearly everything",
    ),
    # Benchmark.
    "mean-untrimmed": RemarkText(
        WARNING,
        "平均价未去掉最高、最低，也不剔除偏离者：串通的报价可以左右基准价（见 stress）",
        "this mean drops no extremes and leaves nobody out: a ring can move it (see stress)",
    ),
    "lowest-unguarded": RemarkText(
        HINT,
        "以最低价为基准而没有异常低价规则：一个不合理的低价会压低所有人的得分",
        "the lowest price is the benchmark and no rule asks about abnormally low prices: one absurd price "
        "lowers everybody's points",
    ),
    "no-ceiling": RemarkText(
        HINT, "没有最高限价：畸高的报价会抬高平均价", "there is no ceiling: very dear offers raise the mean"
    ),
    "benchmark-not-own-price": RemarkText(
        WARNING,
        "基准价用{benchmark}，计分却用{formula}：两种价格混用",
        "the benchmark is taken from {benchmark} prices but points are given to {formula} prices: the two are mixed",
    ),
    "benchmark-can-be-zero": RemarkText(
        ERROR, "抽取的系数可使基准价为零", "a coefficient that may be drawn makes the benchmark zero"
    ),
    "benchmark-far-below": RemarkText(
        HINT,
        "各项系数之和最多只有 {percent} %：基准价将远低于报价",
        "the factors add up to at most {percent} %: the benchmark lies far below the offers",
    ),
    "price-can-drop-to-zero": RemarkText(
        WARNING,
        "扣减后评标价可能为零或负数，届时无法评标",
        "deductions can bring an evaluation price to zero or below, and then nothing can be evaluated",
    ),
    "stated-unchecked": RemarkText(
        WARNING,
        "金额由投标人自填（{answer}），可填负数：评审时须核实",
        "bidders state this amount themselves ({answer}), and may write one below zero: the review has to check it",
    ),
    "drawn-close": RemarkText(
        WARNING,
        "可抽取的数值相差只有 {percent} %：抽取几乎不改变结果",
        "the values differ by only {percent} %: the draw decides next to nothing",
    ),
    "drawn-few": RemarkText(
        HINT, "只有 {count} 个可抽取的数值，容易猜中", "only {count} values to draw from are easily guessed"
    ),
    "trim-never-bites": RemarkText(
        HINT,
        "满 {bids} 家时这条规则一家也不去掉",
        "with {bids} bids this rule drops nobody",
    ),
    "trim-falls": RemarkText(
        HINT,
        "投标人更多，去掉的反而更少",
        "with more bids fewer are dropped than by the rule before",
    ),
    "exclusion-never-bites": RemarkText(
        WARNING,
        "没有报价会比平均价低 {percent} %：此规则不起作用",
        "no price lies {percent} % below the mean: this rule never bites",
    ),
    "sample-small": RemarkText(
        WARNING,
        "只抽 {size} 家：基准价取决于一两个报价",
        "a sample of {size} lets one or two offers decide the benchmark",
    ),
    # Limits.
    "limits-contradict": RemarkText(
        ERROR, "没有报价能同时满足上下限", "no offer can keep both the upper and the lower limit"
    ),
    "limit-never-bites": RemarkText(
        HINT,
        "高于最高限价的报价已被否决，这一上限不起作用",
        "offers above the ceiling are out already, so this limit never bites",
    ),
    "limit-edge": RemarkText(
        HINT,
        "恰好等于界限 {price} 的报价{zh_state}；招标文件的“低于”“不高于”等字样须与此一致",
        "an offer of exactly {price} is {state}; the words of the tender (below, at most) must say the same",
    ),
    "example-price": RemarkText(
        HINT,
        "{price} 是样例中的占位值，请换成本项目的数额",
        "{price} is the stand-in of a ready-made rulebook: put the tender's own figure here",
    ),
    # Rounding.
    "rounding-coarse": RemarkText(
        HINT,
        "价格分只保留 {places} 位小数：报价相差 {percent} % 以内可能同分",
        "with {places} decimals, prices within {percent} % of each other may have the same points",
    ),
    "total-coarse": RemarkText(
        HINT,
        "总分比各部分少 {places} 位小数，容易并列",
        "the total has {places} decimals fewer than its parts: ties are likely",
    ),
    # Criteria.
    "minimum-unreachable": RemarkText(
        ERROR,
        "最低分 {minimum} 高于可得的最高分 {reachable}",
        "the minimum of {minimum} is above the {reachable} that can be reached",
    ),
    "minimum-is-maximum": RemarkText(WARNING, "只有满分才能通过", "only full marks pass"),
    "maximum-unreachable": RemarkText(
        HINT,
        "最多只能得 {reachable} 分，不到满分",
        "at most {reachable} points can be reached, less than the maximum",
    ),
    "criterion-without-effect": RemarkText(
        WARNING,
        "这一项最多只影响总分 {effect}，小于总分的最小单位",
        "this criterion moves the total by {effect} at most, less than one unit of the total",
    ),
    "answers-alike": RemarkText(WARNING, "任何回答得分都相同", "every answer has the same points"),
    "experts-many": RemarkText(
        WARNING,
        "去掉高低分后，至少需要 {experts} 名专家",
        "at least {experts} experts are needed, or nothing is left after the extremes are dropped",
    ),
    # Award, ties.
    "total-without-price": RemarkText(
        ERROR,
        "按总分定标而价格权重为 0：报价不起作用",
        "the total decides, but price has no weight: offers do not matter",
    ),
    "price-points-unused": RemarkText(
        WARNING,
        "名次按技术分决定，价格分却有权重：公布的总分与名次不一致",
        "places go by technical points while price has a weight: totals and places will not agree",
    ),
    "quality-without-effect": RemarkText(
        WARNING,
        "名次只看评标价，而评分没有最低分要求：评分不起作用",
        "places go by the price alone and no minimum is set: the points for quality do nothing",
    ),
    "price-formula-none": RemarkText(
        ERROR,
        "价格有权重却没有计分公式：人人得 0 分",
        "price has a weight but no formula: everybody has 0 points",
    ),
    "adjustments-unused": RemarkText(
        WARNING,
        "没有任何一步使用评标价：调整不起作用",
        "nothing uses the evaluation price: the adjustments do nothing",
    ),
    "tie-key-useless": RemarkText(
        HINT,
        "同分时，{key} 必然也相同或不存在，不能区分",
        "{key} cannot decide: it is equal whenever the deciding figure is, or does not exist",
    ),
    "no-tie-key": RemarkText(
        HINT,
        "没有同分处理规则：并列时只能抽签",
        "there is no tie key: equal bids go to a public draw at once",
    ),
    # Chinese law; data: LEGAL below.
    "price-weight-law": RemarkText(
        WARNING,
        "价格权重 {weight} % 低于 {least} %（财政部令第87号第55条：货物不低于 30 %，服务不低于 10 %）[?]",
        "the price weight of {weight} % is below {least} % (MOF Order 87 article 55: goods at least 30 %, "
        "services at least 10 %) [?]",
    ),
    "price-weight-goods": RemarkText(
        HINT,
        "价格权重 {weight} % 只够服务项目；政府采购货物不低于 30 %（财政部令第87号第55条）[?]",
        "a price weight of {weight} % is enough for services only; goods need at least 30 % (MOF Order 87 "
        "article 55) [?]",
    ),
    "candidates-law": RemarkText(
        WARNING,
        "中标候选人 {count} 名，超过 3 名（招标投标法实施条例第53条）",
        "{count} candidates are more than the three of article 53 of the implementing regulation",
    ),
    "minimum-bids-law": RemarkText(
        WARNING,
        "有效投标不足 3 家即缺乏竞争，此处只要求 {count} 家",
        "fewer than three valid bids lack competition; this rulebook asks for {count}",
    ),
    "low-above-law": RemarkText(
        WARNING,
        "{percent} % 超过 65 %（财库〔2026〕2号最多提高到 65 %）",
        "{percent} % is above 65 %, the most that 财库〔2026〕2号 allows",
    ),
    "low-below-law": RemarkText(
        WARNING,
        "{percent} % 低于财库〔2026〕2号的 {least} %",
        "{percent} % is below the {least} % of 财库〔2026〕2号",
    ),
    "low-inclusive": RemarkText(
        HINT,
        "恰好等于界限的报价也算异常低价；财库〔2026〕2号用“低于”",
        "a price exactly at the limit counts as abnormally low; 财库〔2026〕2号 says below",
    ),
    "low-without-ceiling": RemarkText(
        HINT,
        "既无最高限价也无预算：这条规则无从比较",
        "there is neither a ceiling nor a budget: this rule has nothing to compare with",
    ),
}

GOODS_WEIGHT: Final = 3000  # basis points; MOF Order 87 article 55, read in a question bank
SERVICES_WEIGHT: Final = 1000
LEGAL_CANDIDATES: Final = 3
LEGAL_BIDS: Final = 3
LOW_MOST: Final = 6500  # hundredths of one percent; 财库〔2026〕2号, read in a secondary source
LOW_LEAST: Final = {"below_mean": 5000, "below_second_lowest": 5000, "below_ceiling": 4500}
