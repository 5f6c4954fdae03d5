// Chances are the most equal ones, and no employer or family expects more seats than it may have.
import { broken, innermost, isIn, tail } from "./table.js";

const gcd = (one, other) => (other ? gcd(other, one % other) : one);
export const lcmOf = (values) => values.reduce((one, other) => (one * other) / gcd(one, other), 1n);

/** The block of each outermost employer (without caps: of each row) that relatives tie together, by its name. */
export function blocksOfKin(rows, caps) {
  const block = new Map(), home = new Map();
  rows.forEach(({ employers, kin }, position) => {
    if (!kin) return;
    const place = caps.length ? employers.at(-1) : position;
    if (!home.has(place)) home.set(place, kin);
    if (!block.has(kin)) block.set(kin, kin);
    const [low, high] = [block.get(kin), block.get(home.get(place))].sort();
    if (low !== high) for (const [tag, name] of block) if (name === high) block.set(tag, low);
  });
  return new Map([...home].map(([place, kin]) => [place, `kin ${block.get(kin)}`]));
}

/** Nobody together expects more seats than there can be; `held` is each row's chance in units. */
export function checkCaps(rows, held, unit, caps, blocks) {
  const totals = new Map();
  const add = (key, most, chance) => totals.set(key, { most, sum: (totals.get(key)?.sum ?? 0n) + chance });
  rows.forEach(({ employers }, position) => {
    const block = blocks.get(caps.length ? employers.at(-1) : position);
    if (block) add(block, unit, held[position]);
    caps.forEach((cap, level) => add(tail(employers, level), unit * BigInt(cap), held[position]));
  });
  const kept = [...totals.values()].every(({ sum, most }) => sum <= most);
  broken(kept, "an employer or a family expects more seats than it may have", "某单位或亲属的期望席位超过上限");
}

/** For each node and set of groups, the weight of those inside who can fill no other group. */
function insideOf(nodes, full, classes, weights) {
  const table = new Map(nodes.map((node) => [node, new Array(full + 1).fill(0n)]));
  classes.forEach((one, at) => (table.get(one.employer)[one.mask] += weights[at]));
  for (const sums of table.values()) {
    for (let bit = 1; bit <= full; bit *= 2) {
      for (let groups = 0; groups <= full; groups++) if (groups & bit) sums[groups] += sums[groups ^ bit];
    }
  }
  return table;
}

/** At every step below 1, everybody of it is held down by full groups or by caps that are reached. */
export function checkChances(quotas, classes, bound, caps) {
  const full = 2 ** quotas.length - 1, depth = (node) => (node ? node.split(".").length : 0);
  const nodes = [...[...bound].sort((one, other) => depth(other) - depth(one)), ""];
  const unit = lcmOf(classes.map((one) => one.chance.under));
  const inUnits = (one) => (one.chance.over * unit) / one.chance.under;
  const seats = Array.from({ length: full + 1 }, (_, groups) =>
    unit * BigInt(quotas.reduce((sum, quota, at) => sum + (isIn(groups, at) ? quota : 0), 0)));
  const counts = insideOf(nodes, full, classes, classes.map((one) => unit * BigInt(one.experts)));
  const steps = [...new Set(classes.map(inUnits))].filter((step) => step !== unit).sort((one, other) => (one < other ? -1 : 1));
  for (const step of steps) {
    const least = insideOf(nodes, full, classes, classes.map((one) => (inUnits(one) < step ? inUnits(one) : step) * BigInt(one.experts)));
    let waiting = classes.filter((one) => inUnits(one) === step);
    for (let groups = 0; groups <= full && waiting.length; groups++) {
      const used = nodes.reduce((sum, node) => sum + least.get(node)[groups], 0n);
      const reached = reachedCaps(nodes, least, counts, groups, full, unit, caps, bound);
      const isTight = reached.free === seats[full ^ groups] + used;
      waiting = waiting.filter((one) => {
        if (one.mask & ~groups) return true;
        const isHeld = one.path.some((_, at) => reached.nodes.has(tail(one.path, at)));
        return !(used === seats[groups] || (isTight && isHeld));
      });
    }
    broken(!waiting.length, "the chances are not the most equal ones", "机会不是最均等的");
  }
}

/** How many seats caps leave to everybody, and the employers whose caps are reached then. */
function reachedCaps(nodes, least, counts, groups, full, unit, caps, bound) {
  const free = new Map(nodes.map((node) => [node, 0n])), reached = new Set();
  for (const node of nodes) {
    const inside = free.get(node) + least.get(node)[groups] + counts.get(node)[full] - counts.get(node)[groups];
    free.set(node, inside);
    if (!node) continue;
    const path = node.split("."), cap = unit * BigInt(caps[caps.length - path.length]);
    if (inside >= cap) reached.add(node);
    const outer = innermost(path.slice(1), bound);
    free.set(outer, free.get(outer) + (inside < cap ? inside : cap));
  }
  return { free: free.get(""), nodes: reached };
}
