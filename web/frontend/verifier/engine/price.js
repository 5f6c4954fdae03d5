// Evaluation prices, the benchmark and the points for price.
import { need } from "../errors.js";
import {
  Fraction, HUNDRED, ONE, ZERO, countUnits, decimal, held, least, most, ofUnits, product, scale, sum, units, whole,
} from "./fraction.js";
import { logarithm } from "./logarithm.js";

const LOG_PLACES = 40;

export const offerOf = (bid) => decimal(bid.corrected_price ?? bid.price);

function quality(one, answers) {
  const got = sum(one.features.map((feature) => {
    const chosen = answers.get(feature.answer);
    return chosen === undefined ? ZERO : decimal(feature.choices[chosen]);
  }));
  const best = sum(one.features.map((feature) => most(Object.values(feature.choices).map(decimal))));
  return ONE.plus(got.per(ONE.minus(best)));
}

function added(one, offer, answer) {
  if (answer === undefined) return ZERO;
  if (one.kind === "stated") return answer.times(whole(one.sign));
  const worth = one.percent !== null ? offer.times(decimal(one.percent)).per(HUNDRED) : decimal(one.amount);
  if (one.kind === "flag") return answer ? worth : ZERO;
  need(one.kind === "units", "the rulebook has a rule that this page does not know", "规则中有本页不认识的算法");
  const gap = answer.minus(decimal(one.beyond));
  return countUnits(one.side === "above" ? gap : ZERO.minus(gap), decimal(one.unit), one.counted).times(worth);
}

/** The evaluation price before its rounding. */
export function evaluatedPrice(book, offer, answers) {
  let price = offer;
  for (const one of book.price.adjustments) {
    if (one.kind !== "quality") price = price.plus(added(one, offer, answers.get(one.answer)));
    else price = one.operation === "multiply" ? price.times(quality(one, answers)) : price.per(quality(one, answers));
  }
  return price;
}

/** Mean, median, lowest, second lowest or highest of rising prices. */
function figure(base, prices) {
  if (base === "mean") return sum(prices).per(whole(prices.length));
  const middle = Math.floor((prices.length - 1) / 2);
  if (base === "median") return prices[middle].plus(prices[Math.floor(prices.length / 2)]).per(whole(2));
  if (base === "second_lowest") return prices[Math.min(1, prices.length - 1)];
  need(base === "lowest" || base === "highest", "the rulebook has a base that this page does not know", "规则中有本页不认识的基数");
  return base === "lowest" ? prices[0] : prices.at(-1);
}

function trimmed(rows, rules) {
  const share = (percent, rounded) => {
    const exact = decimal(percent).times(whole(rows.length)).per(HUNDRED);
    return Number(rounded === "up" ? exact.ceiling : rounded === "half_up" ? exact.rounded : exact.floor);
  };
  const rule = rules.filter((one) => rows.length >= one.from_bids).at(-1);
  if (!rule) return rows;
  const low = rule.low + share(rule.low_percent, rule.rounded), high = rule.high + share(rule.high_percent, rule.rounded);
  return rows.slice(low, rows.length - high);
}

function afterExclusion(rows, rule) {
  let kept = rows;
  for (;;) {
    const centre = figure(rule.of, kept.map((row) => row.price)), limit = decimal(rule.percent).times(centre).per(HUNDRED);
    const before = kept.length;
    const isBeyond = (distance) => distance.compare(limit) > 0 || (rule.at_limit === "outside" && distance.compare(limit) === 0);
    while (kept.length > rule.least) {
      const above = kept.at(-1).price.minus(centre), below = centre.minus(kept[0].price);
      const highGoes = rule.side !== "below" && isBeyond(above), lowGoes = rule.side !== "above" && isBeyond(below);
      if (!highGoes && !lowGoes) break;
      kept = highGoes && (!lowGoes || above.compare(below) >= 0) ? kept.slice(0, -1) : kept.slice(1);
      if (rule.order === "worst_first") break;
    }
    if (kept.length === before || !rule.repeat) return kept;
  }
}

function termOf(term, rule, rows, drawn) {
  const factor = product(term.factors, drawn.coefficients);
  if (term.base === "ceiling" || term.base === "estimate") return { base: term.base, figure: decimal(rule[term.base]), factor, kept: [], dropped: [] };
  const chosen = term.sample ? rows.filter((row) => drawn.samples[term.sample].includes(row.id)) : rows;
  const ordered = [...chosen].sort((one, other) => one.price.compare(other.price));
  let kept = trimmed(ordered, term.trim);
  if (term.exclude) kept = afterExclusion(kept, term.exclude);
  const dropped = ordered.filter((row) => !kept.includes(row)).map((row) => row.id);
  return { base: term.base, figure: figure(term.base, kept.map((row) => row.price)), factor, kept, dropped };
}

/** The benchmark of these rows of id and price. */
export function benchmarkOf(book, rows, drawn) {
  const rule = book.price;
  for (const { name, size } of rule.samples) {
    const sample = drawn.samples[name], ids = rows.map((row) => row.id);
    const fits = sample.length === Math.min(size, rows.length) && sample.every((id) => ids.includes(id));
    need(fits, "a drawn sample does not have the bids it should", "抽取的样本与应有的投标不符");
  }
  const terms = rule.benchmark.terms.map((term) => termOf(term, rule, rows, drawn));
  const exact = sum(terms.map((term) => term.figure.times(term.factor))), { benchmark } = book.places;
  const value = benchmark === null ? exact : ofUnits(units(exact, benchmark), benchmark);
  need(value.sign > 0, "the benchmark is not above zero", "评标基准价不大于零");
  return { exact, value, terms };
}

function bandsCost(percent, bands, formula) {
  return sum(bands.map((band, at) => {
    const from = decimal(band.from), end = at + 1 < bands.length ? decimal(bands[at + 1].from) : null;
    const inside = (end ? least([percent, end]) : percent).minus(from);
    return countUnits(inside, decimal(formula.unit), formula.counted).times(decimal(band.points));
  }));
}

function onCurve(price, formula, anchors, coefficients) {
  const knots = new Map();
  for (const knot of formula.knots) {
    const from = knot.of === "price" ? decimal(knot.price) : anchors[knot.of];
    const at = from.times(product(knot.factors, coefficients)), points = decimal(knot.points), known = knots.get(at.text);
    knots.set(at.text, { at, points: known ? most([known.points, points]) : most([points, ZERO]) });
  }
  const line = [...knots.values()].sort((one, other) => one.at.compare(other.at));
  if (line.length === 1) return line[0].points;
  const place = formula.outside === "hold" ? held(price, line[0].at, line.at(-1).at) : price;
  const next = Math.max(1, line.slice(0, -1).filter((knot) => knot.at.compare(place) <= 0).length);
  const [left, right] = [line[next - 1], line[next]];
  return left.points.plus(right.points.minus(left.points).times(place.minus(left.at)).per(right.at.minus(left.at)));
}

/** 1 - log(ratio) / log(base), times the maximum in units, as a fraction of 10**-40 units. */
function onLogarithm(ratio, formula, maximum, places) {
  const share = new Fraction(logarithm(ratio), logarithm(decimal(formula.base)));
  const exact = ONE.minus(share).times(maximum).times(scale(places));
  return ofUnits(units(exact, LOG_PLACES), LOG_PLACES).per(scale(places));
}

/** Points for one price: as the formula gives them and as they count, and the deviation where it is declared. */
export function pricePoints(book, price, mark, anchors, drawn) {
  const { price: rule, places } = book, { formula } = rule, maximum = decimal(rule.maximum);
  let exact, deviation = null;
  if (formula.kind === "ratio") {
    exact = maximum.times(rule.better === "higher" ? price.per(mark) : mark.per(price));
  } else if (formula.kind === "deviation") {
    const percent = price.minus(mark).times(HUNDRED).per(mark);
    if (places.deviation !== null) deviation = { exact: percent, value: units(percent, places.deviation) };
    const counts = (deviation ? ofUnits(deviation.value, places.deviation) : percent).size;
    exact = decimal(formula.start).minus(bandsCost(counts, percent.sign > 0 ? formula.above : formula.below, formula));
  } else if (formula.kind === "curve") {
    exact = onCurve(price, formula, anchors, drawn.coefficients);
  } else {
    need(formula.kind === "log", "the rulebook has a formula that this page does not know", "规则中有本页不认识的公式");
    exact = onLogarithm(price.per(mark), formula, maximum, places.price);
  }
  const value = units(exact, places.price);
  const low = units(decimal(formula.floor), places.price), high = units(decimal(formula.cap), places.price);
  const counted = value < low ? low : value > high ? high : value;
  return { exact: counted === value ? exact : ofUnits(counted, places.price), value: counted, deviation };
}
