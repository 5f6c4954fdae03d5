// From experts' sheets and bids' answers to the points of criteria and groups.
import { need } from "../errors.js";
import { expertCriteria, systemCriteria } from "./answers.js";
import { HUNDRED, ZERO, countUnits, decimal, held, least, most, ofUnits, sum, units, whole } from "./fraction.js";

/** The panel's figures: how many count, and their sum. */
function counting(figures, rule) {
  const sorted = [...figures].sort((one, other) => one.compare(other));
  if (rule.rule === "median") {
    const cut = Math.floor((sorted.length - 1) / 2);
    return sorted.slice(cut, sorted.length - cut);
  }
  if (rule.exclude) {
    const limit = decimal(rule.exclude.percent).per(HUNDRED);
    const kept = figures.filter((figure, at) => {
      const judged = rule.exclude.against === "panel" ? figures : figures.filter((_, other) => other !== at);
      const mean = judged.length ? sum(judged).per(whole(judged.length)) : figure;
      return figure.minus(mean).size.compare(limit.times(mean)) <= 0;
    });
    return kept.length ? kept : figures;
  }
  const drops = rule.rule === "trimmed_mean" && figures.length >= rule.trim_from;
  return drops ? sorted.slice(rule.drop_low, sorted.length - rule.drop_high) : sorted;
}

function describe(rule) {
  if (rule.exclude) return `mean(within=${rule.exclude.percent}%,of=${rule.exclude.against})`;
  return rule.rule === "trimmed_mean" ? `trimmed_mean(high=${rule.drop_high},low=${rule.drop_low})` : rule.rule;
}

/** Points for one answer, before rounding; `best` is the best answer of all accepted bids. */
function answeredPoints(value, answer, best, maximum) {
  if (answer === undefined) return ZERO;
  if (value.kind === "flag") return answer ? maximum : ZERO;
  if (value.kind === "choice") return decimal(value.choices[answer]);
  return held(measured(value, answer, best, maximum), ZERO, maximum);
}

function measured(value, answer, best, maximum) {
  if (value.kind === "steps") {
    const reached = value.steps.filter((step) => answer.compare(decimal(step.from)) >= 0);
    return reached.length ? decimal(reached.at(-1).points) : ZERO;
  }
  if (value.kind === "per_unit") {
    return countUnits(answer.minus(decimal(value.beyond)), decimal(value.unit), value.counted).times(decimal(value.points));
  }
  if (value.kind === "between") {
    const zero = decimal(value.zero_at);
    return maximum.times(answer.minus(zero)).per(decimal(value.full_at).minus(zero));
  }
  need(value.kind === "best_ratio", "the rulebook has a rule that this page does not know", "规则中有本页不认识的算法");
  if (answer.sign <= 0) return ZERO;
  return maximum.times(value.better === "higher" ? answer.per(best) : best.per(answer));
}

function bestAnswers(book, bids) {
  return new Map(systemCriteria(book).filter((one) => one.value.kind === "best_ratio").map((one) => {
    const given = bids.map((bid) => bid.answers.get(one.value.answer)).filter((answer) => answer !== undefined && answer.sign > 0);
    return [one.id, given.length ? (one.value.better === "higher" ? most : least)(given) : ZERO];
  }));
}

/** Of each accepted bid: points by criterion and by group as whole units, with the steps that led there. */
export function technicalPoints(book, bids, sheets, members) {
  const rule = book.combination, places = book.places.combined, best = bestAnswers(book, bids);
  const ofBid = new Map(sheets.map((sheet) => [`${sheet.member}\n${sheet.bid_id}`, sheet.points]));
  const asksExperts = expertCriteria(book).length > 0;
  for (const bid of bids) {
    const steps = [], criteria = new Map(), groups = new Map(book.groups.map((group) => [group.id, 0n]));
    const mine = asksExperts ? members.map((member) => ofBid.get(`${member}\n${bid.id}`)) : [];
    need(mine.every(Boolean) && (mine.length || !asksExperts), `a sheet for the bid ${bid.id} is missing`, `缺少投标 ${bid.id} 的评分表`);
    const combine = (name, figures, group) => {
      const kept = counting(figures, rule), exact = sum(kept).per(whole(kept.length)), value = units(exact, places);
      steps.push({ figure: `combined/${name}`, rule: describe(rule), exact, value, places });
      groups.set(group.id, groups.get(group.id) + value);
      return value;
    };
    for (const group of book.groups) {
      const ids = group.criteria.filter((one) => one.scored_by === "experts").map((one) => one.id);
      if (rule.level === "criterion") ids.forEach((id) => criteria.set(id, combine(id, mine.map((points) => decimal(points[id])), group)));
      else if (ids.length) combine(group.id, mine.map((points) => sum(ids.map((id) => decimal(points[id])))), group);
    }
    for (const group of book.groups) {
      for (const { id, value, maximum } of group.criteria.filter((one) => one.scored_by === "system")) {
        const exact = answeredPoints(value, bid.answers.get(value.answer), best.get(id), decimal(maximum));
        criteria.set(id, units(exact, places));
        steps.push({ figure: `answer/${id}`, rule: value.kind, exact, value: criteria.get(id), places });
        groups.set(group.id, groups.get(group.id) + criteria.get(id));
      }
    }
    Object.assign(bid, { criteria, groups, steps });
  }
}

/** What each part adds to the total, exact: price first, then the groups. */
export function contributions(book, pricePoints, groups) {
  const full = decimal(book.total_maximum).per(whole(10_000));
  const part = (points, maximum, weight) => points.per(decimal(maximum)).times(whole(weight)).times(full);
  return [
    part(pricePoints, book.price.maximum, book.price.weight),
    ...book.groups.map((group) => part(ofUnits(groups.get(group.id), book.places.combined), group.maximum, group.weight)),
  ];
}

/** What counts of the contributions: as they are, or as they were rounded. */
export function counted(book, exact) {
  const { weighted } = book.places;
  return book.total_of === "rounded_parts" ? exact.map((part) => ofUnits(units(part, weighted), weighted)) : exact;
}
