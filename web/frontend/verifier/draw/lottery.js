// Version 4: tickets of whole committees, and proofs that no chances are more equal.
import { Fraction, sum, whole } from "../engine/fraction.js";
import { equal, exactly } from "../json.js";
import { broken, tail } from "./table.js";

const MOST_TEAMS = 20_000;
const WEIGHT = /^(0|[1-9][0-9]*)$/;

function readWeight(text) {
  broken(typeof text === "string" && WEIGHT.test(text), "a weight is no whole number", "权重不是整数");
  return BigInt(text);
}

/** Whether this team of class numbers breaks no cap, no family and no group. */
function fits(team, classes, caps, sets) {
  const limits = new Map(), kin = new Set();
  for (const one of team) {
    const { path } = classes[one], family = classes[one].kin;
    for (let at = 0; at < path.length; at++) limits.set(tail(path, at), (limits.get(tail(path, at)) ?? 0) + 1);
    if (family && kin.has(family)) return false;
    kin.add(family);
  }
  for (const [path, count] of limits) if (count > caps[caps.length - path.split(".").length]) return false;
  return sets.every(([groups, seats]) => team.filter((one) => (classes[one].mask & ~groups) === 0).length <= seats);
}

/** Every committee there can be, kind by kind, as lists of class numbers. */
function allTeams(classes, caps, quotas) {
  const seats = quotas.reduce((one, other) => one + other, 0);
  const sets = Array.from({ length: 2 ** quotas.length }, (_, groups) =>
    [groups, quotas.reduce((total, quota, at) => total + (groups & (1 << at) ? quota : 0), 0)]);
  let teams = [[]];
  classes.forEach((one, at) => {
    const later = classes.slice(at + 1).reduce((total, next) => total + next.experts, 0), next = [];
    for (const team of teams) {
      for (let count = 0; count <= Math.min(one.experts, seats - team.length); count++) {
        const more = [...team, ...new Array(count).fill(at)];
        if (more.length + later >= seats && fits(more, classes, caps, sets)) next.push(more);
      }
    }
    teams = next;
    broken(teams.length <= 10 * MOST_TEAMS, "the pool is too large to be counted out", "专家库过大，无法逐一列举");
  });
  return teams;
}

/** The committees with their weights; checks tickets and proofs. */
export function readLottery(request, rows, classes, caps, quotas) {
  const sizes = new Map();
  for (const { employers } of rows) {
    for (let at = 0; at < caps.length; at++) sizes.set(tail(employers, at), (sizes.get(tail(employers, at)) ?? 0) + 1);
  }
  const binding = [...sizes].filter(([path, count]) => count > caps[caps.length - path.split(".").length]).map(([path]) => path).sort();
  broken(equal(request.bound, binding), "other limits bind", "起约束作用的上限不符");
  const teams = allTeams(classes, caps, quotas), known = new Set(teams.map(String)), held = classes.map(() => 0n);
  let total = 0n;
  const committees = request.committees.map((one) => {
    exactly(one, "seats", "weight");
    const team = one.seats.flat().sort((left, right) => left - right), weight = readWeight(one.weight);
    const inGroup = one.seats.every((group, g) => group.every((kind) => classes[kind].mask & (1 << g)));
    const isWhole = inGroup && equal(one.seats.map((group) => group.length), quotas);
    broken(isWhole && known.has(String(team)) && weight > 0n, "a committee breaks the rules", "有委员会组合违反规则");
    for (const kind of team) held[kind] += weight;
    total += weight;
    return { seats: one.seats, weight };
  });
  const sums = classes.map((one) => one.chance.times(whole(one.experts)));
  const given = held.every((weight, kind) => new Fraction(weight, total).compare(sums[kind]) === 0);
  broken(given, "the tickets do not give the chances", "签数与机会不符");
  checkProofs(request.proofs, classes, teams, sums);
  return { committees, total };
}

function checkProofs(proofs, classes, teams, sums) {
  const steps = [...new Map(classes.map((one) => [one.chance.text, one.chance])).values()]
    .filter((step) => step.text !== "1").sort((one, other) => one.compare(other));
  broken(proofs.length === steps.length, "a proof of the chances is missing", "缺少机会的证明");
  steps.forEach((step, at) => {
    const weights = proofs[at].map(readWeight);
    broken(weights.length === classes.length, "a proof has other classes", "证明的类别数不符");
    const ofStep = classes.every((one, kind) => {
      const side = one.chance.compare(step);
      return side === 0 ? weights[kind] > 0n : side < 0 || weights[kind] === 0n;
    });
    const most = teams.reduce((best, team) => {
      const reached = team.reduce((total, kind) => total + weights[kind], 0n);
      return best === null || reached > best ? reached : best;
    }, null);
    const due = sum(sums.map((one, kind) => one.times(new Fraction(weights[kind]))));
    broken(ofStep && due.compare(new Fraction(most ?? -1n)) === 0, "the chances are not the most equal ones", "机会不是最均等的");
  });
}
