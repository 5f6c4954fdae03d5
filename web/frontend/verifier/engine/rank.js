// The whole evaluation: a case gives its ranking (docs/formats/evaluation-case.md, "Calculation").
import { need } from "../errors.js";
import { byCodePoints, digestOf } from "../json.js";
import { writeUnits } from "../money.js";
import { readTime } from "../time.js";
import { askedAnswers, usableAnswers } from "./answers.js";
import { ONE, ZERO, decimal, least, most, ofUnits, product, scale, sum, units } from "./fraction.js";
import { benchmarkOf, evaluatedPrice, offerOf, pricePoints } from "./price.js";
import { contributions, counted, technicalPoints } from "./technical.js";

const found = (check, clause, remarks = []) => ({ check, clause, failed: 0, votes: 0, remarks });

function grounds(book, bid, asked, ballots) {
  const reasons = [];
  for (const check of book.checks) {
    const votes = ballots.get(`${bid.id}\n${check.id}`) ?? [], failing = votes.filter((vote) => !vote.passed);
    if (2 * failing.length > votes.length) {
      reasons.push({ check: check.id, clause: check.clause, failed: failing.length, votes: votes.length, remarks: failing.map((vote) => vote.reason) });
    }
  }
  const { ceiling, limits } = book.price, isPriced = bid.offer !== null;
  if (!isPriced) reasons.push(found("price-missing", "price-missing"));
  if (isPriced && ceiling !== null && bid.offer.compare(decimal(ceiling)) > 0) reasons.push(found("price-ceiling", "price-ceiling"));
  for (const limit of isPriced ? limits : []) {
    const side = bid.offer.compare(decimal(book.price[limit.of]).times(product(limit.factors, {})));
    const isOut = side === 0 ? limit.at_limit === "outside" : limit.side === "above" ? side > 0 : side < 0;
    if (isOut) reasons.push(found(`price-limit:${limit.side}:${[limit.of, ...limit.factors].join("*")}`, "price-limit"));
  }
  for (const [name, { required, withPrice }] of asked) {
    if (required && (isPriced || !withPrice) && !bid.answers.has(name)) reasons.push(found(`answer-missing:${name}`, "answer-missing"));
  }
  return reasons;
}

function membersOf(body) {
  const members = [...new Set([...body.votes, ...body.sheets].map((one) => one.member))].sort(byCodePoints);
  const cast = new Set(body.votes.map((vote) => `${vote.member}\n${vote.bid_id}\n${vote.check}`));
  const wanted = members.length * body.bids.length * body.rulebook.checks.length;
  need(cast.size === wanted && body.votes.length === wanted, "a vote is missing or doubled", "表决缺失或重复");
  return members;
}

function ballotsOf(body) {
  const ballots = new Map();
  for (const vote of [...body.votes].sort((one, other) => byCodePoints(one.member, other.member))) {
    const key = `${vote.bid_id}\n${vote.check}`;
    ballots.set(key, [...(ballots.get(key) ?? []), vote]);
  }
  return ballots;
}

/** Minimums that a bid misses. */
function misses(book, bid, technical) {
  const { combined, sheet, weighted } = book.places, reasons = [];
  const look = (name, value, minimum, places) => {
    if (value === undefined || minimum === null) return;
    const limit = units(decimal(minimum), places);
    if (value < limit) reasons.push(found(`below-minimum:${name}`, "below-minimum", [`${writeUnits(value, places)} < ${writeUnits(limit, places)}`]));
  };
  need(combined >= sheet, "the decimals of a rulebook are out of order", "规则的小数位有误");
  for (const group of book.groups) {
    for (const one of group.criteria) look(one.id, bid.criteria.get(one.id), one.minimum, combined);
    look(group.id, bid.groups.get(group.id), group.minimum, combined);
  }
  look("technical", technical, book.technical_minimum, weighted);
  return reasons;
}

const technicalOf = (book, exact) => (book.groups.length ? sum(counted(book, exact).slice(1)) : ZERO);

/** The bids by id, screened, with the points of the technical part; `kept` are those whose prices are scored. */
function screened(body) {
  const book = body.rulebook, asked = askedAnswers(book), members = membersOf(body), ballots = ballotsOf(body);
  const bids = [...body.bids].sort((one, other) => byCodePoints(one.bid_id, other.bid_id)).map((bid) => ({
    ...bid, id: bid.bid_id, offer: bid.price === null ? null : offerOf(bid), answers: usableAnswers(asked, bid.answers),
  }));
  need(new Set(bids.map((bid) => bid.id)).size === bids.length, "a bid is in the case twice", "投标在案卷中重复");
  const rejected = new Map(bids.map((bid) => [bid.id, grounds(book, bid, asked, ballots)]));
  const accepted = bids.filter((bid) => !rejected.get(bid.id).length);
  technicalPoints(book, accepted, body.sheets, members);
  for (const bid of accepted) {
    const technical = units(technicalOf(book, contributions(book, ZERO, bid.groups)), book.places.weighted);
    rejected.set(bid.id, misses(book, bid, technical));
  }
  return { book, bids, kept: accepted.filter((bid) => !rejected.get(bid.id).length), rejected };
}

/** The ids of the bids whose prices are scored. */
export const keptBids = (body) => screened(body).kept.map((bid) => bid.id);

function priceAll(book, bids, kept, drawn) {
  const { formula, benchmark } = book.price, { places } = book, priced = bids.filter((bid) => bid.offer !== null);
  for (const bid of priced) {
    bid.exactPrice = evaluatedPrice(book, bid.offer, bid.answers);
    bid.evaluated = ofUnits(units(bid.exactPrice, places.evaluated), places.evaluated);
  }
  need(kept.every((bid) => bid.evaluated.sign > 0), "an evaluation price is not above zero", "评标价不大于零");
  if (formula.kind === "none") {
    for (const bid of kept) bid.points = { exact: ZERO, value: 0n, deviation: null };
    return null;
  }
  const basis = benchmark.among === "opened" ? priced : kept;
  const mark = benchmarkOf(book, basis.map((bid) => ({ id: bid.id, price: bid[benchmark.of] })), drawn);
  const prices = kept.map((bid) => bid[formula.of]), anchors = { benchmark: mark.value, lowest: least(prices), highest: most(prices) };
  for (const name of ["ceiling", "estimate"]) if (book.price[name] !== null) anchors[name] = decimal(book.price[name]);
  const [first] = mark.terms, floors = book.price.outliers === "floor" && first.kept.length && first.dropped.length;
  for (const bid of kept) {
    const price = bid[formula.of];
    bid.points = pricePoints(book, price, mark.value, anchors, drawn);
    if (floors && (price.compare(first.kept[0].price) < 0 || price.compare(first.kept.at(-1).price) > 0)) {
      const floor = decimal(formula.floor);
      bid.points = { ...bid.points, exact: floor, value: units(floor, places.price) };
    }
  }
  return mark;
}

function weigh(book, bid) {
  const { places } = book;
  bid.exact = contributions(book, ofUnits(bid.points.value, places.price), bid.groups);
  bid.weighted = bid.exact.map((part) => units(part, places.weighted));
  const parts = counted(book, bid.exact);
  bid.technicalExact = technicalOf(book, bid.exact);
  bid.technical = units(bid.technicalExact, places.weighted);
  bid.totalExact = sum(parts);
  bid.total = units(bid.totalExact, places.total);
}

/** The figure that decides: exact, in units, and its decimals; less stands before more in `key`. */
function decide(book, kept) {
  const { award, places } = book, quality = kept.map((bid) => ofUnits(bid.technical, places.weighted));
  const money = kept.map((bid) => bid[award.of]), rate = decimal(award.rate);
  const named = { total: places.total, technical: places.weighted, evaluated_price: places.evaluated };
  const exact = (at) => {
    if (award.by === "quality_per_price") return decimal(award.base_points).plus(quality[at]).times(decimal(award.multiplier)).per(money[at]);
    if (award.by === "price_less_quality") return money[at].minus(rate.times(quality[at]));
    need(award.by === "utility_index", "the rulebook decides in a way that this page does not know", "规则以本页不认识的方式定标");
    return ONE.minus(most(quality).minus(quality[at]).times(rate)).times(least(money)).per(money[at]);
  };
  const less = award.by === "price_less_quality" || (award.by === "evaluated_price" && book.price.better !== "higher");
  kept.forEach((bid, at) => {
    const places_ = named[award.by] ?? places.award;
    const figure = { total: bid.total, technical: bid.technical, evaluated_price: units(money[at], places.evaluated) }[award.by];
    const step = figure === undefined ? exact(at) : null, value = figure ?? units(step, places_);
    bid.award = { step, value, places: places_, key: less ? value : -value };
  });
}

function tieKey(book, bid, key) {
  const [kind, name] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
  if (key.includes(":")) {
    if (kind === "answer") return bid.answers.get(name) === true ? 0n : 1n;
    return -{ group: bid.groups, criterion: bid.criteria }[kind].get(name);
  }
  const keys = {
    lower_price: () => units(bid.offer, book.price_places),
    lower_evaluated_price: () => units(bid.evaluated, book.places.evaluated),
    higher_technical: () => -bid.technical,
    higher_price_points: () => -bid.points.value,
    earlier_bid: () => readTime(bid.received_at),
  };
  return keys[key]();
}

function place(book, kept, ties) {
  const drawn = new Map(ties.flatMap((tie) => tie.map((id, position) => [id, BigInt(position)])));
  for (const bid of kept) bid.keys = [bid.award.key, ...book.tie_break.map((key) => tieKey(book, bid, key)), drawn.get(bid.id) ?? 0n];
  const compare = (one, other) => {
    const at = one.keys.findIndex((key, index) => key !== other.keys[index]);
    return at < 0 ? 0 : one.keys[at] < other.keys[at] ? -1 : 1;
  };
  const lines = [...kept].sort((one, other) => compare(one, other) || byCodePoints(one.id, other.id));
  lines.forEach((bid, at) => (bid.place = at && compare(lines[at - 1], bid) === 0 ? lines[at - 1].place : at + 1));
  return lines;
}

function stepsOf(book, bid, mark) {
  const { places, price } = book, steps = [...bid.steps];
  steps.sort((one, other) => one.figure.startsWith("answer/") - other.figure.startsWith("answer/"));
  const add = (figure, rule, exact, value, decimals) => steps.push({ figure, rule, exact, value, places: decimals });
  if (price.adjustments.length) {
    add("evaluated_price", price.adjustments.map((one) => one.id).join("+"), bid.exactPrice, units(bid.evaluated, places.evaluated), places.evaluated);
  }
  const { deviation } = bid.points;
  if (deviation) add("deviation", "percent", deviation.exact, deviation.value, places.deviation);
  if (mark) add("price", `${price.formula.kind}(${mark.terms.map((term) => term.base).join("+")})`, bid.points.exact, bid.points.value, places.price);
  ["price", ...book.groups.map((group) => group.id)].forEach((name, at) => {
    add(`weighted/${name}`, "weight", bid.exact[at], bid.weighted[at], places.weighted);
  });
  add("technical", `sum(${book.total_of})`, bid.technicalExact, bid.technical, places.weighted);
  add("total", `sum(${book.total_of})`, bid.totalExact, bid.total, places.total);
  if (bid.award.step) add("award", book.award.by, bid.award.step, bid.award.value, bid.award.places);
  return steps;
}

function writeLine(book, bid, mark) {
  const { places } = book, names = ["price", ...book.groups.map((group) => group.id)];
  const points = [bid.points.value, ...book.groups.map((group) => bid.groups.get(group.id))];
  return {
    place: bid.place,
    bid_id: bid.id,
    bidder_name: bid.bidder_name,
    price: writeUnits(units(decimal(bid.price), book.price_places), book.price_places),
    offer: writeUnits(units(bid.offer, book.price_places), book.price_places),
    evaluated_price: writeUnits(units(bid.evaluated, places.evaluated), places.evaluated),
    price_points: writeUnits(bid.points.value, places.price),
    technical_points: writeUnits(bid.technical, places.weighted),
    total: writeUnits(bid.total, places.total),
    award: writeUnits(bid.award.value, bid.award.places),
    parts: names.map((part, at) => ({
      part, points: writeUnits(points[at], at ? places.combined : places.price), weighted: writeUnits(bid.weighted[at], places.weighted),
    })),
    derivation: stepsOf(book, bid, mark).map((step) => {
      const exact = step.exact.times(scale(step.places));
      return { figure: step.figure, rule: step.rule, numerator: `${exact.over}`, denominator: `${exact.under}`, value: writeUnits(step.value, step.places) };
    }),
  };
}

const writeFraction = (figure) => ({ numerator: `${figure.over}`, denominator: `${figure.under}` });

function writeBenchmark(mark) {
  const terms = mark.terms.map((term) => ({
    base: term.base, figure: writeFraction(term.figure), factor: writeFraction(term.factor), dropped: term.dropped,
  }));
  return { value: writeFraction(mark.value), exact: writeFraction(mark.exact), terms };
}

/** The published ranking of a case, with every step's fraction in lowest terms. */
export function evaluate(body) {
  const { book, bids, kept, rejected } = screened(body);
  const mark = kept.length ? priceAll(book, bids, kept, body.drawn) : null;
  for (const bid of kept) weigh(book, bid);
  if (kept.length) decide(book, kept);
  const lines = place(book, kept, body.drawn.ties), places = new Map();
  for (const bid of lines) places.set(bid.place, [...(places.get(bid.place) ?? []), bid.id]);
  return {
    v: 2,
    tender_id: body.tender_id,
    lot_id: body.lot_id,
    rulebook_digest: digestOf(book),
    case_digest: digestOf(body),
    is_competitive: lines.length >= book.minimum_bids,
    ties: [...places.values()].filter((tie) => tie.length > 1),
    benchmark: mark ? writeBenchmark(mark) : null,
    lines: lines.map((bid) => writeLine(book, bid, mark)),
    rejected: [...rejected].filter(([, reasons]) => reasons.length).map(([bid_id, reasons]) => ({ bid_id, reasons })),
  };
}

/** A ranking with every fraction of its derivations in lowest terms, so that two can be compared. */
export function reduced(ranking) {
  return {
    ...ranking,
    lines: ranking.lines.map((line) => ({
      ...line,
      derivation: line.derivation.map((step) => {
        const exact = decimal(step.numerator).per(decimal(step.denominator));
        return { ...step, ...writeFraction(exact) };
      }),
    })),
  };
}

