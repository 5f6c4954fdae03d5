"""Check published draw records with nothing but Python: python3 -I verify_draw.py record.json [more records ...]

Written from docs/formats/draw-record.md, versions 1 to 3, without any code of the platform that drew. Every record is
recomputed in whole; records given together must not repeat a draw number, and a further round of a draw holds only
after the rounds before it, in order. Exit code 0: all hold, 1: one does not.
The signature of a drand round is not checked here (its hash is): ask any drand client for the named round.
"""

# mypy: ignore-errors
# fmt: off
import base64
import heapq
import json
import re
import sys
from collections import Counter
from fractions import Fraction as F
from hashlib import sha256
from itertools import accumulate, chain, count, islice, pairwise, product
from math import lcm
from pathlib import Path

KEYS = {"v", "draw_id", "number", "tender_id", "groups", "parties", "table_digest", "classes"}
EXTRA = {1: {"employer_cap"}, 2: {"caps", "bound", "late", "verifier"}}
EXTRA[3] = EXTRA[2] | {"round", "continues", "nonces"}
ROW = re.compile(r"([0-9a-f]{64}) (0|[1-9][0-9]*) (\S+)( (-|[0-9a-f.]+) (-|[0-9a-f]+))?")
class Broken(Exception):
    """The record does not hold; the text says where."""
def need(holds, what):
    if not holds:
        raise Broken(what)
def framed(*parts):
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)
def tagged(tag, *parts):
    return sha256(framed(b"mingtang/v1/" + tag.encode(), *parts)).digest()
def read_json(data):
    def unique(pairs):
        need(len({key for key, _ in pairs}) == len(pairs), "JSON: a key stands twice in one object")
        return dict(pairs)
    return json.loads(data, object_pairs_hook=unique, parse_float=F, parse_constant=F)  # a fraction fits nowhere
def fraction(text):
    need(isinstance(text, str) and 0 <= F(text) <= 1 and str(F(text)) == text, f"{text}: no fraction in lowest terms")
    return F(text)
class Source:  # of numbers: docs/formats/seeded-random.md
    def __init__(self, seed):
        base = b"mingtang-seeded-random/v1\x00" + seed
        self.bytes = chain.from_iterable(sha256(base + block.to_bytes(8, "big")).digest() for block in count())
    def below(self, n):
        bits, value = (n - 1).bit_length(), n
        while value >= n:
            value = int.from_bytes(islice(self.bytes, (bits + 7) // 8), "big") & (1 << bits) - 1
        return value
    def shuffle(self, items):
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
def read_table(request, lines):
    """(1) The eligible rows as (leaf, mask, employers, kin); order, shape and digest of all."""
    caps, groups, rows, last = request.get("caps", []), len(request["groups"]), [], ""
    for number, line in enumerate(lines):
        row, where = ROW.fullmatch(line), f"table[{number}]"
        need(row and (row[4] is None) == (request["v"] == 1), f"{where}: it is no row")
        leaf, mask, employers, kin = row[1], int(row[2]), *((tag or "-").strip("-") for tag in row.group(5, 6))
        need(leaf > last and mask < 1 << groups and (mask == 0) == (row[3] != "-"), f"{where}: order, mask or code")
        path, last = tuple(employers.split(".")) if employers else (), leaf
        need(len(path) == (len(caps) if mask else 0) and (mask or not kin), f"{where}: not one tag for each cap")
        rows += [(leaf, mask, path, kin)] if mask else []
    digest = sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    need(digest == request["table_digest"], "the table is not the one that the request names")
    return rows
def innermost(path, bound):
    return next((path[level:] for level in range(len(path)) if path[level:] in bound), ())
def read_classes(request, rows, bound):
    """(2) Classes are the table's, (3) their spread fits: {(mask, path): (experts, chance, {group: share})}."""
    numbers, classes = {group["id"]: number for number, group in enumerate(request["groups"])}, {}
    for cls in request["classes"]:
        split = {numbers[id]: fraction(text) for id, text in cls["split"].items()}
        chance, path = fraction(cls["chance"]), tuple(filter(None, cls.get("employer", "").split(".")))
        fits = all(share > 0 and cls["mask"] >> g & 1 for g, share in split.items())
        need(fits and sum(split.values()) == chance, "the spread of a class is not its chance over its own groups")
        classes[cls["mask"], path] = (cls["experts"], chance, dict(sorted(split.items())))
    counted = Counter((mask, innermost(employers, bound)) for _, mask, employers, _ in rows)
    in_order = list(classes) == sorted(classes) and len(classes) == len(request["classes"])
    need(in_order and {kind: cls[0] for kind, cls in classes.items()} == counted, "the classes are not the table's")
    filled = [sum(cls[0] * cls[2].get(g, 0) for cls in classes.values()) for g in numbers.values()]
    need(filled == [group["quota"] for group in request["groups"]], "the spread does not fill each group's seats")
    return classes
def blocks_of_kin(rows, caps):
    """The block of each outermost employer (or row) that relatives tie together."""
    block, home = {}, {}
    for position, (_, _, employers, kin) in enumerate(rows):
        if kin:
            other = home.setdefault(employers[-1:] if caps else position, kin)
            low, high = sorted((block.setdefault(kin, kin), block[other]))
            block = block if low == high else {one: low if name == high else name for one, name in block.items()}
    return {place: block[kin] for place, kin in home.items()}
def check_caps(rows, held, unit, caps, blocks):
    """(4) No employer and no block of relatives expects more seats than it can have."""
    totals = Counter()
    for position, ((_, _, path, _), chance) in enumerate(zip(rows, held, strict=True)):
        block = ("kin", blocks.get(path[-1:] if caps else position))
        totals.update(dict.fromkeys([block, *(path[level:] for level in range(len(caps)))], chance))
    totals["kin", None] = 0  # who has no relatives
    for place, total in totals.items():
        cap = 1 if place[0] == "kin" else caps[len(caps) - len(place)]
        need(total <= cap * unit, "an employer or a block of relatives holds more than its cap")
def check_chances(quotas, classes, bound, caps):
    """(5) The most equal ones: at every step of the chances, with nobody counted above it, each expert of the step is
    in a tight set: his groups are full, or all other seats depend on employers whose cap is reached."""
    full, nodes = (1 << len(quotas)) - 1, [*sorted(bound, key=len, reverse=True), ()]  # from the inside out
    unit = lcm(*(chance.denominator for _, chance, _ in classes.values()))
    seats = [unit * sum(q for g, q in enumerate(quotas) if groups >> g & 1) for groups in range(full + 1)]
    def inside(weights):  # for each node and set of groups: the weight of the experts who fill no other group
        table = {node: [0] * (full + 1) for node in nodes}
        for (mask, path), weight in weights.items():
            table[path][mask] += weight
        for sums, bit, index in product(table.values(), range(len(quotas)), range(full + 1)):
            sums[index] += sums[index ^ 1 << bit] if index >> bit & 1 else 0
        return table
    counts = inside({kind: unit * cls[0] for kind, cls in classes.items()})
    for step in sorted({chance for _, chance, _ in classes.values()} - {F(1)}):
        least = inside({kind: int(min(cls[1], step) * unit) * cls[0] for kind, cls in classes.items()})
        waiting = {kind for kind, cls in classes.items() if cls[1] == step}
        for groups in range(full + 1):
            used = sum(least[node][groups] for node in nodes)
            free, reached = dict.fromkeys(nodes, 0), set()
            for node in nodes:
                free[node] += least[node][groups] + counts[node][full] - counts[node][groups]
                if node:
                    cap = unit * caps[len(caps) - len(node)]
                    reached |= {node} if free[node] >= cap else set()
                    free[innermost(node[1:], bound)] += min(cap, free[node])
            by_caps = reached if free[()] == seats[full ^ groups] + used else set()
            waiting = {(mask, path) for mask, path in waiting if mask & ~groups or not (
                       used == seats[groups] or any(path[level:] in by_caps for level in range(len(path))))}
        need(not waiting, "the chances are not the most equal ones")
class Rounding:  # open arcs, never a round among them: both versions settle ways and rounds of it
    def __init__(self, unit, source):
        self.unit, self.source, self.part, self.near, self.full = unit, source, {}, {}, []
    def open(self, tail, head, part):  # gives the way back that was open before
        back, self.part[tail, head] = self.way(head, tail), part
        self.near.setdefault(tail, []).append(head)
        self.near.setdefault(head, []).append(tail)
        return back
    def way(self, start, goal):
        before, queue, way = {start: start}, [start] if goal in self.near else [], [goal]
        for node in queue:  # grows while it is read
            new = [onward for onward in self.near.get(node, ()) if onward not in before]
            before.update(dict.fromkeys(new, node))
            queue += new
        while goal in before and way[-1] != start:
            way.append(before[way[-1]])
        return way[::-1] if goal in before else None
    def settle(self, rising, falling):
        up = min([self.unit - self.part[arc] for arc in rising] + [self.part[arc] for arc in falling])
        down = min([self.part[arc] for arc in rising] + [self.unit - self.part[arc] for arc in falling])
        move = up if self.source.below(up + down) < down else -down
        for arc, change in [(arc, move) for arc in rising] + [(arc, -move) for arc in falling]:
            self.part[arc] += change
            if self.part[arc] in (0, self.unit):
                self.full += [arc] if self.part.pop(arc) else []
                for one, other in (arc, arc[::-1]):
                    self.near[one].remove(other)
                    self.near.pop(one) if not self.near[one] else None
    def add(self, tail, head, part):  # version 2: open an arc and settle the round that it closes
        back = self.open(tail, head, part)
        if back:
            steps = [(tail, head), *pairwise(back)]
            self.settle([a for a in steps if a in self.part], [a[::-1] for a in steps if a not in self.part])
    def add_block(self, block, shares):  # version 1: an expert's edges, then the ways between single open edges
        for group, share in shares.items():
            back = self.open(block, -1 - group, share)
            self.alternate([block, *back] if back else [])
        def ways():
            single = sorted(node for node, near in self.near.items() if node >= 0 and len(near) == 1)
            return filter(None, (self.way(one, other) for one in single for other in single if other != one))
        while way := next(ways(), None):
            self.alternate(way)
    def alternate(self, way):
        steps = [(one, other) if one >= 0 else (other, one) for one, other in pairwise(way)]
        return self.settle(steps[::2], steps[1::2]) if steps else None
def draw_v1(source, order, shares, unit):
    rounding, seated = Rounding(unit, source), []
    for block, expert in enumerate(order):
        seated += [(expert, group) for group, share in shares[expert].items() if share == unit]
        rounding.add_block(block, {group: share for group, share in shares[expert].items() if share < unit})
    need(not rounding.part, "the rounding leaves shares open")
    return seated + [(order[block], -1 - node) for block, node in rounding.full]
def make_clusters(order, held, rows, caps, blocks, unit):
    """Free clusters and kept limits (clusters, kept limits inside), experts by their place in the order."""
    def weight(part):
        return sum(held[order[place]] for place in part)
    def fill(parts):
        clusters, total = [], unit + 1
        for part in parts:
            if total + weight(part) > unit:
                clusters, total = [*clusters, []], 0
            clusters[-1].extend(part)
            total += weight(part)
        return clusters
    def sort_out(places, key):
        homes = {key(place): [] for place in places}
        for place in places:
            homes[key(place)].append(place)
        return homes
    def hand_out(places, level):
        parts, kept = [] if level else [[place] for place in places], []
        for inner in sort_out(places, lambda place: rows[order[place]][2][level - 1]).values() if level else ():
            handed, limits = hand_out(inner, level - 1)
            parts, kept = sorted(parts + handed), kept + limits
        piles = [sorted(place for part in parts[pile :: caps[level]] for place in part) for pile in range(caps[level])]
        piles = parts if len(parts) <= caps[level] else piles
        is_kept = kept or not all(weight(pile) <= unit for pile in piles)
        return ([], [(fill(parts), kept)]) if is_kept else (piles, [])
    def home(place):
        outermost = rows[order[place]][2][-1:] if caps else order[place]
        return ("kin", blocks[outermost]) if outermost in blocks else outermost
    free, kept = [], []
    for name, places in sort_out(range(len(order)), home).items():
        is_block = len(places) == 1 or (isinstance(name, tuple) and name[0] == "kin")
        parts, limits = ([places], []) if is_block else hand_out(places, len(caps) - 1)
        free.extend(parts)
        kept.extend(limits)
    return fill(sorted(free)), kept
def draw_v2(source, order, shares, unit, clusters, limits):
    arcs, choices, names = [], {}, iter(range(100, 10**9))  # groups are 1, 2, ...; the pool is 0
    def place(outer, clusters, limits):
        first = len(arcs)
        for cluster in clusters:
            node, weights = next(names), Counter()
            for spot in cluster:
                weights.update(shares[order[spot]])
            arcs.append((outer, node, sum(weights.values())))
            arcs.extend((node, 1 + group, weight) for group, weight in sorted(weights.items()))
            choices.update({(node, 1 + group): (cluster, group) for group in weights})
        for inner in limits:
            node, at = next(names), len(arcs)
            arcs.append(())
            arcs[at] = (outer, node, place(node, *inner))
        return sum(arc[2] for arc in arcs[first:] if arc[0] == outer)
    place(0, clusters, limits)
    rounding, seated = Rounding(unit, source), []
    for tail, head, flow in (arc for arc in arcs if arc[2] % unit):
        rounding.add(tail, head, flow % unit)
    need(not rounding.part, "the rounding leaves shares open")
    for tail, head, flow in arcs:
        if (tail, head) in choices and (flow == unit or (tail, head) in rounding.full):
            (cluster, group), number = choices[tail, head], source.below(flow)
            sums = accumulate(shares[order[spot]].get(group, 0) for spot in cluster)
            seated.append((order[next(spot for spot, end in zip(cluster, sums, strict=True) if number < end)], group))
    return seated
def seed_of(request, record):
    """(6) The request hash, (7) commitments and reveals, (8) the late value: what makes the seed."""
    written = json.dumps(request, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    hash, rule, parts = tagged("draw-request", written.encode()), request.get("late"), []
    need(record["request_hash"] == hash.hex(), "the request hash is not that of the request")
    for told in ("commitments", "reveals"):
        need([one["party"] for one in record[told]] == request["parties"], f"not every party once, in order: {told}")
    for committed, revealed in zip(record["commitments"], record["reveals"], strict=True):
        need(len(committed) == len(revealed) == 2, "a commitment or a reveal says more than it may")
        given, party, secret = revealed["secret"], revealed["party"].encode(), b"ABSENT"
        need(given is not None or (rule and rule["kind"] == "drand"), "a party is absent without a drand round")
        if given is not None:
            secret = base64.urlsafe_b64decode(given + "=")
            is_whole = len(secret) == 32 and base64.urlsafe_b64encode(secret)[:-1].decode() == given
            made = tagged("draw-commit", hash, party, secret).hex()
            need(is_whole and made == committed["commitment"], "a reveal does not match its commitment")
        parts += [party, secret]
    need(any(one["secret"] for one in record["reveals"]), "nobody revealed")
    need(("late" in record) == (rule is not None), "a late value that the request does not name, or none")
    if rule:
        is_round, late = rule["kind"] == "drand", record["late"]
        parts += [b"late", sha256(bytes.fromhex(late)).digest() if is_round else late.strip().encode()]
    return tagged("draw-seed", hash, *parts)
def check(record):
    request, known = record["request"], {"v", "request", "table", "request_hash", "commitments", "reveals", "result"}
    need(record["v"] in EXTRA and request["v"] == record["v"], "another version")
    need(set(record) - {"late"} == known and set(request) == KEYS | EXTRA[record["v"]], "keys too many or too few")
    groups, caps, ids = request["groups"], request.get("caps", []), [group["id"] for group in request["groups"]]
    need(request.get("employer_cap") is None and 1 <= len(ids) == len(set(ids)) <= 13, "1 to 13 groups, no cap in v 1")
    sizes = [*(group["quota"] for group in groups), *(1 + group["reserves"] for group in groups), *caps]
    need(len(caps) <= 3 and all(type(n) is int and n >= 1 for n in sizes), "quotas, reserves or caps are no counts")
    need(len(set(request["parties"])) == len(request["parties"]) > 0, "the parties must be different ones")
    bound = {tuple(text.split(".")) for text in request.get("bound", [])}
    rows = read_table(request, record["table"])
    classes, blocks = read_classes(request, rows, bound), blocks_of_kin(rows, caps)
    unit = lcm(*(share.denominator for cls in classes.values() for share in cls[2].values()))
    units = {kind: {g: int(share * unit) for g, share in cls[2].items()} for kind, cls in classes.items()}
    kinds = [(mask, innermost(employers, bound)) for _, mask, employers, _ in rows]
    shares, held = [units[kind] for kind in kinds], [sum(units[kind].values()) for kind in kinds]
    check_caps(rows, held, unit, caps, blocks)
    check_chances([group["quota"] for group in groups], classes, bound, caps)
    seed = seed_of(request, record)
    source, order = Source(seed), list(range(len(rows)))  # (9) the panel and its reserves
    source.shuffle(order)
    more = make_clusters(order, held, rows, caps, blocks, unit) if record["v"] > 1 else ()
    seated = (draw_v2 if more else draw_v1)(source, order, shares, unit, *more)
    seats = [{"group": ids[g], "leaf": leaf} for g, leaf in sorted((g, rows[expert][0]) for expert, g in seated)]
    taken, reserves = {seat["leaf"] for seat in seats}, {}
    for g, group in enumerate(groups):
        able = (leaf for leaf, mask, _, _ in rows if mask >> g & 1 and leaf not in taken)
        start = framed(b"mingtang/v1/draw-ticket", seed, ids[g].encode()) + (32).to_bytes(8, "big")
        tickets = ((sha256(start + bytes.fromhex(leaf)).digest(), leaf) for leaf in able)
        reserves[ids[g]] = [leaf for _, leaf in heapq.nsmallest(group["reserves"], tickets)]
    need(record["result"] == {"seats": seats, "reserves": reserves}, "the result is not what the seed gives")
    return request["number"], len(seats), len(rows)
def near(tags, kin):  # what colleagues, from each level on, and relatives share
    return ({tags[at:] for at in range(0, len(tags), 17)} | {kin}) - {"-"}
def check_round(record, known):
    """(10) A further round goes on from those before (`known` by hash): nobody new, nobody who had a turn."""
    request, first, members = record["request"], record, set()
    need((request.get("round", 1) > 1) == bool(request.get("continues")), "only a later round continues another one")
    while first["request"].get("continues"):
        later, first = first["request"], known.get(first["request"]["continues"]["request"])
        need(first, "the round before is not among the records")
        before, result = first["request"], first["result"]
        steps = (later["round"] - before.get("round", 1), before["tender_id"], before["number"] < later["number"])
        need(steps == (1, later["tender_id"], True), "the rounds are not of one tender and in order")
        members.update((seat["leaf"] for seat in result["seats"]), *result["reserves"].values())
    if first is record:
        return
    places = {group["id"]: g for g, group in enumerate(first["request"]["groups"])}
    wanted, seats = [places[group["id"]] for group in request["groups"]], request["continues"]["seats"]
    is_filled = len(set(seats)) == len(seats) == sum(group["quota"] for group in request["groups"])
    need(is_filled and request["caps"] == first["request"].get("caps", []), "other caps or seats than the round fills")
    rows = [(line + " - -").split(" ")[:5] for line in first["table"]]
    beside = set().union(*(near(tags, kin) for leaf, _, _, tags, kin in rows if leaf in members))
    for (leaf, old, code, tags, kin), line in zip(rows, record["table"], strict=True):
        mask = sum(1 << g for g, place in enumerate(wanted) if int(old) >> place & 1)
        code = "earlier-round" if leaf in members else code if code != "-" or mask else "no-vacant-seat"
        due = [f"{leaf} {mask} - {tags} {kin}" if code == "-" else f"{leaf} 0 {code} - -"]
        due += [f"{leaf} 0 beside-member - -"] if code == "-" and near(tags, kin) & beside else []
        need(line in due, "the table of a later round is not what the first one leaves")
def main(paths):
    numbers, known, failed = set(), {}, False
    for path in paths:
        try:
            record = read_json(Path(path).read_bytes())
            number, seats, eligible = check(record)
            check_round(record, known)
            need(number not in numbers, f"the draw number {number} was used before")
            numbers.add(number)
            known[record["request_hash"]] = record
            print(f"{path}: holds: draw {number}, {seats} seats from {eligible} experts, every chance recomputed")
        except (Broken, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError) as error:
            failed, kind = True, "" if isinstance(error, Broken) else f"it is no draw record ({type(error).__name__}) "
            print(f"{path}: DOES NOT HOLD: {kind}{error}")
    return 1 if failed else 0
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if sys.argv[1:] else print(__doc__) or 2)
