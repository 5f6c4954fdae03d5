"""Check published draw records with nothing but Python: python3 -I verify_draw.py record.json [more records ...]

Written from docs/formats/draw-record.md, versions 1 to 4, without the platform's code. It recomputes each record; no
number stands twice, a further round comes after those before it. Of drand it checks hashes. Exit code 0: all hold.
"""

# mypy: ignore-errors
# fmt: off
import base64
import json
import re
import sys
from bisect import bisect_right
from collections import Counter
from fractions import Fraction as F
from hashlib import sha256
from itertools import accumulate, chain, count, islice, pairwise, permutations, product
from math import lcm
from pathlib import Path

KEYS = {"v", "draw_id", "number", "tender_id", "groups", "parties", "table_digest", "classes"}
EXTRA = {1: {"employer_cap"}, 2: {"caps", "bound", "late", "verifier"}}
EXTRA[4] = (EXTRA.setdefault(3, EXTRA[2] | {"round", "continues", "nonces"})) | {"committees", "proofs"}
ROW = re.compile(r"([0-9a-f]{64}) (0|[1-9][0-9]*) (\S+)( (-|[0-9a-f.]+) (-|[0-9a-f]+))?")
Broken = type("Broken", (Exception,), {})  # the record does not hold; the text says where
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
def read_table(request, lines):  # (1) the eligible rows as (leaf, mask, employers, kin); order, shape, digest of all
    caps, groups, rows, last = request.get("caps", []), len(request["groups"]), [], ""
    for number, line in enumerate(lines):
        row, where = ROW.fullmatch(line), f"table[{number}]"
        need(row and (row[4] is None) == (request["v"] == 1), f"{where}: it is no row")
        leaf, mask, employers, kin = row[1], int(row[2]), *((tag or "-").strip("-") for tag in row.group(5, 6))
        need(leaf > last and mask < 1 << groups and (mask == 0) == (row[3] != "-"), f"{where}: order, mask or code")
        path, last = tuple(employers.split(".")) if employers else (), leaf
        need(len(path) == (len(caps) if mask else 0) and (mask or not kin), f"{where}: not one tag for each cap")
        rows += [(leaf, mask, path, kin)] if mask else []
    need(sha256("".join(f"{one}\n" for one in lines).encode()).hexdigest() == request["table_digest"], "another table")
    return rows
def innermost(path, bound):
    return next((path[level:] for level in range(len(path)) if path[level:] in bound), ())
def read_classes(request, rows, bound):  # (2) the classes are the table's; each row's class, and all in order
    of_row = [(mask, innermost(path, bound), kin if request["v"] > 3 else "") for _, mask, path, kin in rows]
    kinds, counted, told = sorted(set(of_row)), Counter(of_row), request["classes"]
    named = [(one["mask"], tuple(filter(None, one.get("employer", "").split("."))), one.get("kin", "")) for one in told]
    need(named == kinds and [cls["experts"] for cls in told] == [counted[kind] for kind in kinds], "other classes")
    return of_row, {kind: (counted[kind], fraction(cls["chance"])) for kind, cls in zip(kinds, told, strict=True)}
def read_splits(request, classes):  # (3) the spread fits: {group: share} of each class
    numbers, splits = {group["id"]: number for number, group in enumerate(request["groups"])}, {}
    for (kind, (_, chance)), cls in zip(classes.items(), request["classes"], strict=True):
        splits[kind] = {g: fraction(cls["split"][id]) for id, g in numbers.items() if id in cls["split"]}
        fits = sum(splits[kind].values()) == chance and all(n > 0 and kind[0] >> g & 1 for g, n in splits[kind].items())
        need(fits and len(splits[kind]) == len(cls["split"]), "the spread of a class does not fit its chance or groups")
    filled = [sum(classes[kind][0] * split.get(g, 0) for kind, split in splits.items()) for g in numbers.values()]
    need(filled == [group["quota"] for group in request["groups"]], "the spread does not fill each group's seats")
    return splits
def blocks_of_kin(rows, caps):  # the block of each outermost employer (or row) that relatives tie together
    block, home = {}, {}
    for position, (_, _, employers, kin) in enumerate(rows):
        if kin:
            other = home.setdefault(employers[-1:] if caps else position, kin)
            low, high = sorted((block.setdefault(kin, kin), block[other]))
            block = block if low == high else {one: low if name == high else name for one, name in block.items()}
    return {place: f"kin {block[kin]}" for place, kin in home.items()}
def check_caps(rows, held, unit, caps, blocks):  # (4) nobody expects more seats than there can be
    totals = Counter()
    for position, ((_, _, path, _), chance) in enumerate(zip(rows, held, strict=True)):
        block = filter(None, [blocks.get(path[-1:] if caps else position)])
        totals.update(dict.fromkeys([*block, *(path[level:] for level in range(len(caps)))], chance))
    kept = [total <= unit * (1 if isinstance(place, str) else caps[-len(place)]) for place, total in totals.items()]
    need(all(kept), "an employer or a block of relatives holds more than its cap")
def check_chances(quotas, classes, bound, caps):  # (5) at every step, with nobody counted above it, each expert of it
    # is in a tight set: his groups are full, or all other seats depend on employers whose cap is reached
    full, nodes = (1 << len(quotas)) - 1, [*sorted(bound, key=len, reverse=True), ()]  # from the inside out
    unit = lcm(*(chance.denominator for _, chance in classes.values()))
    seats = [unit * sum(q for g, q in enumerate(quotas) if groups >> g & 1) for groups in range(full + 1)]
    def inside(weights):  # for each node and set of groups: the weight of the experts who fill no other group
        table = {node: [0] * (full + 1) for node in nodes}
        for (mask, path, _), weight in weights.items():
            table[path][mask] += weight
        for sums, bit, index in product(table.values(), range(len(quotas)), range(full + 1)):
            sums[index] += sums[index ^ 1 << bit] if index >> bit & 1 else 0
        return table
    counts = inside({kind: unit * cls[0] for kind, cls in classes.items()})
    for step in sorted({chance for _, chance in classes.values()} - {F(1)}):
        least = inside({kind: int(min(cls[1], step) * unit) * cls[0] for kind, cls in classes.items()})
        waiting = {kind for kind, cls in classes.items() if cls[1] == step}
        for groups in range(full + 1):
            used = sum(least[node][groups] for node in nodes)
            free, reached = dict.fromkeys(nodes, 0), set()
            for node in nodes:
                free[node] += least[node][groups] + counts[node][full] - counts[node][groups]
                if node:
                    cap = unit * caps[-len(node)]
                    reached |= {node} if free[node] >= cap else set()
                    free[innermost(node[1:], bound)] += min(cap, free[node])
            tight = reached if free[()] == seats[full ^ groups] + used else set()
            waiting = {(mask, path, _) for mask, path, _ in waiting if mask & ~groups
                       or not (used == seats[groups] or any(path[i:] in tight for i in range(len(path))))}
        need(not waiting, "the chances are not the most equal ones")
def check_lottery(request, rows, classes, caps, quotas):  # (3) to (5), version 4: tickets, and proofs of the chances
    sizes = Counter(path[level:] for _, _, path, _ in rows for level in range(len(caps)))
    need(request["bound"] == sorted(".".join(p) for p, n in sizes.items() if n > caps[-len(p)]), "other limits bind")
    kinds, (counts, chances) = list(classes), zip(*classes.values(), strict=True)
    sets = [(groups, sum(q for g, q in enumerate(quotas) if groups >> g & 1)) for groups in range(1 << len(quotas))]
    def fits(team):
        limits = Counter(kinds[one][1][at:] for one in team for at in range(len(kinds[one][1])))
        capped = all(n <= caps[-len(path)] for path, n in limits.items())
        apart = max(Counter(kinds[one][2] for one in team if kinds[one][2]).values(), default=0) < 2
        return capped and apart and all(sum(kinds[one][0] & ~groups == 0 for one in team) <= q for groups, q in sets)
    seats, teams, held = sum(quotas), {()}, Counter()
    for at, size in enumerate(counts):  # every committee, kind by kind
        teams = {more for team in teams for count in range(min(size, seats - len(team)) + 1)
                 if len(more := team + (at,) * count) + sum(counts[at + 1 :]) >= seats and fits(more)}
    for one in request["committees"]:
        team, weight = sorted(kind for group in one["seats"] for kind in group), int(one["weight"])
        in_group = all(kinds[kind][0] >> g & 1 for g, group in enumerate(one["seats"]) for kind in group)
        is_whole = in_group and list(map(len, one["seats"])) == quotas
        need(is_whole and tuple(team) in teams and weight > 0, "a committee breaks the rules")
        held.update({kind: weight * team.count(kind) for kind in team})
    sums = [chance * count for chance, count in zip(chances, counts, strict=True)]
    need([F(held[k] * seats, held.total()) for k in range(len(kinds))] == sums, "the tickets do not give the chances")
    for step, weights in zip(sorted(set(chances) - {F(1)}), [[*map(int, p)] for p in request["proofs"]], strict=True):
        of_step = [w > 0 if p == step else w == 0 or w > 0 > p - step for w, p in zip(weights, chances, strict=True)]
        over = max(sum(weights[k] for k in t) for t in teams) - sum(w * n for w, n in zip(weights, sums, strict=True))
        need(all(of_step) and not over, "the chances are not the most equal ones")
class Rounding:  # open arcs, never a round among them: both versions settle ways and rounds of it
    def __init__(self, unit, source):
        self.unit, self.source, self.part, self.near, self.full = unit, source, {}, {}, []
    def way(self, start, goal):  # the only one there is, empty if there is none
        ways = [[start]] if self.near.get(goal) else []
        for way in ways:  # grows while it is read
            if way[-1] == goal:
                return way
            ways += [[*way, onward] for onward in self.near.get(way[-1], ()) if onward not in way[-2:-1]]
        return []
    def settle(self, way):  # arcs passed from tail to head rise, the others fall, or the other way round
        rising = [arc for arc in pairwise(way) if arc in self.part]
        falling = [arc[::-1] for arc in pairwise(way) if arc not in self.part]
        if rising:
            up = min([self.unit - self.part[arc] for arc in rising] + [self.part[arc] for arc in falling])
            down = min([self.part[arc] for arc in rising] + [self.unit - self.part[arc] for arc in falling])
            move = up if self.source.below(up + down) < down else -down
        for arc in rising + falling:
            self.part[arc] += move if arc in rising else -move
            if self.part[arc] in (0, self.unit):
                self.near[arc[0]].remove(arc[1])
                self.near[arc[1]].remove(arc[0])
                self.full += [arc] if self.part.pop(arc) else []
    def add(self, tail, head, part):  # open an arc and settle the round that it closes
        back, self.part[tail, head] = self.way(head, tail), part
        self.near.setdefault(tail, []).append(head)
        self.near.setdefault(head, []).append(tail)
        self.settle([tail, *back] if back else [])
def draw_v1(source, order, shares, unit):
    rounding, seated = Rounding(unit, source), []
    for block, expert in enumerate(order):
        seated += [(expert, group) for group, share in shares[expert].items() if share == unit]
        for group in (group for group, share in shares[expert].items() if share < unit):
            rounding.add(block, -1 - group, shares[expert][group])
        way = [block]
        while way:  # between experts with a single open edge
            single = sorted(node for node, near in rounding.near.items() if node >= 0 and len(near) == 1)
            way = next(filter(None, (rounding.way(*pair) for pair in permutations(single, 2))), [])
            rounding.settle(way)
    return seated + [(order[block], -1 - node) for block, node in rounding.full]
def make_clusters(order, held, rows, caps, blocks, unit):  # free clusters; kept limits: (clusters, kept ones inside)
    def weight(part):
        return sum(held[order[place]] for place in part)
    def fill(parts):
        clusters, total = [], unit + 1
        for part in parts:
            total += weight(part)
            if total > unit:
                clusters, total = [*clusters, []], weight(part)
            clusters[-1].extend(part)
        return clusters
    def sort_out(places, key):
        homes = {}
        for place in places:
            homes.setdefault(key(place), []).append(place)
        return homes
    def hand_out(places, level):
        parts, kept = [] if level else [[place] for place in places], []
        for inner in sort_out(places, lambda place: rows[order[place]][2][level - 1]).values() if level else ():
            handed, limits = hand_out(inner, level - 1)
            parts, kept = sorted(parts + handed), kept + limits
        dealt = [parts[hand :: caps[level]] for hand in range(min(caps[level], len(parts)))]
        piles = [sorted(place for part in parts for place in part) for parts in dealt]
        is_kept = kept or not all(weight(pile) <= unit for pile in piles)
        return ([], [(fill(parts), kept)]) if is_kept else (piles, [])
    def home(place):
        outermost = rows[order[place]][2][-1:] if caps else order[place]
        return blocks.get(outermost, outermost)
    found = [([places], []) if len(places) == 1 or isinstance(name, str) else hand_out(places, len(caps) - 1)
             for name, places in sort_out(range(len(order)), home).items()]
    return fill(sorted(part for parts, _ in found for part in parts)), [one for _, limits in found for one in limits]
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
    for tail, head, flow in arcs:
        if (tail, head) in choices and (flow == unit or (tail, head) in rounding.full):
            cluster, group = choices[tail, head]
            sums = list(accumulate(shares[order[spot]].get(group, 0) for spot in cluster))
            seated.append((order[cluster[bisect_right(sums, source.below(flow))]], group))
    return seated
def seed_of(request, record):  # (6) the request hash, (7) commitments and reveals, (8) the late value
    written = json.dumps(request, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    hash, rule, parts = tagged("draw-request", written.encode()), request.get("late"), []
    need(record["request_hash"] == hash.hex(), "the request hash is not that of the request")
    told = [[one["party"] for one in record[part] if len(one) == 2] for part in ("commitments", "reveals")]
    need(told == [request["parties"]] * 2 and len(set(told[0])) == len(told[0]) > 0, "not every party once, in order")
    for committed, revealed in zip(record["commitments"], record["reveals"], strict=True):
        given, party = revealed["secret"], revealed["party"].encode()
        need(given is not None or (rule and rule["kind"] == "drand"), "a party is absent without a drand round")
        secret = b"ABSENT" if given is None else base64.urlsafe_b64decode(given + "=")
        matches = tagged("draw-commit", hash, party, secret).hex() == committed["commitment"] and len(secret) == 32
        is_told = given is None or (matches and base64.urlsafe_b64encode(secret)[:-1].decode() == given)
        need(is_told, "a reveal does not match its commitment")
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
    need(set(record) - {"late", "nonces"} == known and set(request) == KEYS | EXTRA[record["v"]], "wrong keys")
    frozen = tagged("draw-nonces", *map(bytes.fromhex, record["nonces"])).hex() if "nonces" in record else ""
    need(frozen == request.get("nonces", ""), "other nonces of bidders than those that the request froze")
    groups, caps, ids = request["groups"], request.get("caps", []), [group["id"] for group in request["groups"]]
    need(request.get("employer_cap") is None and 1 <= len(ids) == len(set(ids)) <= 13, "1 to 13 groups, no cap in v 1")
    sizes = [*(group["quota"] for group in groups), *(1 + group["reserves"] for group in groups), *caps]
    need(len(caps) <= 3 and all(type(n) is int and n >= 1 for n in sizes), "quotas, reserves or caps are no counts")
    bound = {tuple(text.split(".")) for text in request.get("bound", [])}
    rows, quotas = read_table(request, record["table"]), [group["quota"] for group in groups]
    kinds, classes = read_classes(request, rows, bound)
    source = Source(seed := seed_of(request, record))
    source.shuffle(order := list(range(len(rows))))
    if record["v"] == 4:
        check_lottery(request, rows, classes, caps, quotas)
        ends = list(accumulate(int(one["weight"]) for one in request["committees"]))
        drawn = request["committees"][bisect_right(ends, source.below(ends[-1]))]["seats"]
        waiting = [iter([expert for expert in order if kinds[expert] == kind]) for kind in classes]
        seated = [(next(waiting[number]), group) for group, numbers in enumerate(drawn) for number in numbers]
    else:
        splits = read_splits(request, classes)
        unit = lcm(*(share.denominator for split in splits.values() for share in split.values()))
        units = {kind: {g: int(share * unit) for g, share in split.items()} for kind, split in splits.items()}
        shares, held = [units[kind] for kind in kinds], [sum(units[kind].values()) for kind in kinds]
        check_caps(rows, held, unit, caps, blocks := blocks_of_kin(rows, caps))
        check_chances(quotas, classes, bound, caps)
        more = make_clusters(order, held, rows, caps, blocks, unit) if record["v"] > 1 else ()
        seated = (draw_v2 if more else draw_v1)(source, order, shares, unit, *more)
    seats = [{"group": ids[g], "leaf": leaf} for g, leaf in sorted((g, rows[expert][0]) for expert, g in seated)]
    taken, reserves = {seat["leaf"] for seat in seats}, {}
    for g, group in enumerate(groups):
        able = [leaf for leaf, mask, _, _ in rows if mask >> g & 1 and leaf not in taken]
        start = framed(b"mingtang/v1/draw-ticket", seed, ids[g].encode()) + (32).to_bytes(8, "big")
        able.sort(key=lambda leaf, start=start: sha256(start + bytes.fromhex(leaf)).digest())
        reserves[ids[g]] = able[: group["reserves"]]
    need(record["result"] == {"seats": seats, "reserves": reserves}, "the result is not what the seed gives")
    return request["number"], len(seats), len(rows)
def near(tags, kin):  # what colleagues, from each level on, and relatives share
    return ({tags[at:] for at in range(0, len(tags), 17)} | {kin}) - {"-"}
def check_round(record, known):  # (10) goes on from those before (`known` by hash): nobody new, nobody who had a turn
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
    known, failed = {}, False
    for path in paths:
        try:
            number, seats, eligible = check(record := read_json(Path(path).read_bytes()))
            check_round(record, known)
            need((number,) not in known, f"the draw number {number} was used before")
            known |= {record["request_hash"]: record, (number,): record}
            print(f"{path}: holds: draw {number}, {seats} seats from {eligible} experts, every chance recomputed")
        except (Broken, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError) as error:
            failed, kind = True, "" if isinstance(error, Broken) else f"it is no draw record ({type(error).__name__}) "
            print(f"{path}: DOES NOT HOLD: {kind}{error}")
    return int(failed)
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if sys.argv[1:] else print(__doc__) or 2)
