// From chances to seats (docs/formats/draw-record.md, "Rounding, version 1" and "Drawing, version 2").

/** Open arcs between nodes, never a round among them. */
class Rounding {
  constructor(unit, source) {
    this.unit = unit;
    this.source = source;
    this.part = new Map();
    this.near = new Map();
    this.full = [];
  }

  beside(node) {
    if (!this.near.has(node)) this.near.set(node, []);
    return this.near.get(node);
  }

  /** The only way there is along open arcs; empty where there is none. */
  way(start, goal) {
    if (!this.beside(goal).length) return [];
    const ways = [[start]];
    for (const way of ways) {
      if (way.at(-1) === goal) return way;
      for (const onward of this.beside(way.at(-1))) if (onward !== way.at(-2)) ways.push([...way, onward]);
    }
    return [];
  }

  /** Arcs passed from tail to head rise and the others fall, or the other way round, until one is closed. */
  settle(way) {
    const rising = [], falling = [];
    for (let at = 0; at + 1 < way.length; at++) {
      const arc = this.part.get(`${way[at]}>${way[at + 1]}`);
      if (arc) rising.push(arc);
      else falling.push(this.part.get(`${way[at + 1]}>${way[at]}`));
    }
    if (!rising.length) return;
    const least = (values) => values.reduce((one, other) => (other < one ? other : one));
    const up = least([...rising.map((arc) => this.unit - arc.part), ...falling.map((arc) => arc.part)]);
    const down = least([...rising.map((arc) => arc.part), ...falling.map((arc) => this.unit - arc.part)]);
    const move = this.source.below(up + down) < down ? up : -down;
    for (const arc of rising) arc.part += move;
    for (const arc of falling) arc.part -= move;
    for (const arc of [...rising, ...falling]) {
      if (arc.part !== 0n && arc.part !== this.unit) continue;
      for (const [node, other] of [[arc.tail, arc.head], [arc.head, arc.tail]]) {
        const near = this.beside(node);
        near.splice(near.indexOf(other), 1);
      }
      this.part.delete(`${arc.tail}>${arc.head}`);
      if (arc.part) this.full.push(arc);
    }
  }

  add(tail, head, part) {
    const back = this.way(head, tail);
    this.part.set(`${tail}>${head}`, { tail, head, part });
    this.beside(tail).push(head);
    this.beside(head).push(tail);
    this.settle(back.length ? [tail, ...back] : []);
  }
}

/** Version 1: [expert, group] of each seat. */
export function drawPlain(source, order, shares, unit) {
  const rounding = new Rounding(unit, source), seated = [];
  order.forEach((expert, block) => {
    for (const [group, share] of shares[expert]) if (share === unit) seated.push([expert, group]);
    for (const [group, share] of shares[expert]) if (share < unit) rounding.add(block, -1 - group, share);
    for (let way = [block]; way.length; rounding.settle(way)) way = betweenSingles(rounding);
  });
  return [...seated, ...rounding.full.map((arc) => [order[arc.tail], -1 - arc.head])];
}

/** The way between the first two blocks of one tree that have a single open edge each. */
function betweenSingles(rounding) {
  const single = [...rounding.near].filter(([node, near]) => node >= 0 && near.length === 1).map(([node]) => node);
  single.sort((one, other) => one - other);
  for (const start of single) {
    for (const goal of single) {
      const way = start === goal ? [] : rounding.way(start, goal);
      if (way.length) return way;
    }
  }
  return [];
}

/** Clusters of places and, inside of kept employers, clusters of their own. */
export function makeClusters(order, held, rows, caps, blocks, unit) {
  const weight = (part) => part.reduce((sum, place) => sum + held[order[place]], 0n);
  const byFirst = (parts) => [...parts].sort((one, other) => one[0] - other[0]);
  const fill = (parts) => {
    const clusters = [];
    let total = unit + 1n;
    for (const part of parts) {
      total += weight(part);
      if (total > unit) {
        clusters.push([]);
        total = weight(part);
      }
      clusters.at(-1).push(...part);
    }
    return clusters;
  };
  const sortOut = (places, key) => {
    const homes = new Map();
    for (const place of places) homes.set(key(place), [...(homes.get(key(place)) ?? []), place]);
    return homes;
  };
  const handOut = (places, level) => {
    let parts = level ? [] : places.map((place) => [place]), kept = [];
    const inner = level ? sortOut(places, (place) => rows[order[place]].employers[level - 1]).values() : [];
    for (const one of inner) {
      const [handed, limits] = handOut(one, level - 1);
      parts = byFirst([...parts, ...handed]);
      kept = [...kept, ...limits];
    }
    const piles = Array.from({ length: Math.min(caps[level], parts.length) }, (_, hand) =>
      parts.filter((_, at) => at % caps[level] === hand).flat().sort((one, other) => one - other));
    const isKept = kept.length > 0 || piles.some((pile) => weight(pile) > unit);
    return isKept ? [[], [[fill(parts), kept]]] : [piles, []];
  };
  const home = (place) => {
    const outermost = caps.length ? rows[order[place]].employers.at(-1) : order[place];
    return blocks.get(outermost) ?? outermost;
  };
  const found = [...sortOut(order.map((_, place) => place), home)].map(([name, places]) => {
    const isOnePart = places.length === 1 || (typeof name === "string" && name.startsWith("kin "));
    return isOnePart ? [[places], []] : handOut(places, caps.length - 1);
  });
  return [fill(byFirst(found.flatMap(([parts]) => parts))), found.flatMap(([, limits]) => limits)];
}

/** Version 2: [expert, group] of each seat. */
export function drawCapped(source, order, shares, unit, [clusters, limits]) {
  const arcs = [], choices = new Map();
  let name = 100; // groups are 1, 2, ...; the pool is 0
  const place = (outer, inside, inner) => {
    const first = arcs.length;
    for (const cluster of inside) {
      const node = name++, weights = new Map();
      for (const spot of cluster) for (const [group, share] of shares[order[spot]]) weights.set(group, (weights.get(group) ?? 0n) + share);
      arcs.push([outer, node, [...weights.values()].reduce((sum, part) => sum + part, 0n)]);
      for (const [group, share] of [...weights].sort(([one], [other]) => one - other)) {
        arcs.push([node, 1 + group, share]);
        choices.set(`${node}>${1 + group}`, [cluster, group]);
      }
    }
    for (const [own, more] of inner) {
      const node = name++, at = arcs.push(null) - 1;
      arcs[at] = [outer, node, place(node, own, more)];
    }
    return arcs.slice(first).filter((arc) => arc[0] === outer).reduce((sum, arc) => sum + arc[2], 0n);
  };
  place(0, clusters, limits);
  const rounding = new Rounding(unit, source), seated = [];
  for (const [tail, head, flow] of arcs) if (flow % unit) rounding.add(tail, head, flow % unit);
  const full = new Set(rounding.full.map((arc) => `${arc.tail}>${arc.head}`));
  for (const [tail, head, flow] of arcs) {
    const choice = choices.get(`${tail}>${head}`);
    if (!choice || !(flow === unit || full.has(`${tail}>${head}`))) continue;
    const [cluster, group] = choice;
    let left = source.below(flow);
    const picked = cluster.find((spot) => (left -= shares[order[spot]].get(group) ?? 0n) < 0n);
    seated.push([order[picked], group]);
  }
  return seated;
}
