// One draw record, recomputed (docs/formats/draw-record.md, versions 1 to 4).
import { bls12_381 } from "@noble/curves/bls12-381.js";
import { big, hex, framed, join, less, sha256, tagged, unb64, unhex, utf8 } from "../bytes.js";
import { equal, exactly, has, isWhole, opt, canonical } from "../json.js";
import { blocksOfKin, checkCaps, checkChances, lcmOf } from "./chances.js";
import { readLottery } from "./lottery.js";
import { drawCapped, drawPlain, makeClusters } from "./rounding.js";
import { Source } from "./random.js";
import { broken, readClasses, readSplits, readTable } from "./table.js";

const BASE = ["v", "draw_id", "number", "tender_id", "groups", "parties", "table_digest", "classes"];
const TERMS = ["caps", "bound", "late", "verifier"], ROUND = ["round", "continues", "nonces"];
const KEYS = {
  1: [...BASE, "employer_cap"],
  2: [...BASE, ...TERMS],
  3: [...BASE, ...TERMS, ...ROUND],
  4: [...BASE, ...TERMS, ...ROUND, "committees", "proofs"],
};
const HASH = /^[0-9a-f]{64}$/;
const DRAND_TAG = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
const ABSENT = utf8("ABSENT");

/** Whether this is the signature of a round of a chain with signatures of 48 bytes. */
function isDrandRound(rule, signature) {
  try {
    const scheme = bls12_381.shortSignatures;
    const message = scheme.hash(sha256(big(rule.round, 8)), DRAND_TAG);
    return scheme.verify(signature, message, unhex(rule.public_key));
  } catch {
    return false;
  }
}

function lateValue(rule, text) {
  broken(typeof text === "string", "the late value is no text", "迟到值不是文本");
  if (rule.kind === "typed") return utf8(text.trim());
  broken(rule.kind === "drand" && text.length === 96, "the late value is no signature", "迟到值不是签名");
  broken(isDrandRound(rule, unhex(text)), "the late value is not that of the round", "迟到值不是该轮的签名");
  return sha256(unhex(text));
}

/** The seed, from the request's hash, commitments, reveals and the late value. */
function seedOf(request, record) {
  const hash = tagged("draw-request", canonical(request)), rule = opt(request, "late");
  broken(record.request_hash === hex(hash), "the request hash is not that of the request", "申请摘要与申请不符");
  for (const line of record.commitments) exactly(line, "party", "commitment");
  for (const line of record.reveals) exactly(line, "party", "secret");
  const { parties } = request;
  broken(parties.length && new Set(parties).size === parties.length && parties.every((one) => typeof one === "string"), "the parties are not distinct", "各方重复");
  for (const lines of [record.commitments, record.reveals]) {
    broken(equal(lines.map((line) => line.party), parties), "not every party stands there once, in order", "各方未按次序各出现一次");
  }
  const parts = record.reveals.flatMap(({ party, secret }, at) => {
    if (secret === null) {
      broken(rule?.kind === "drand", "a party is absent without a drand round", "没有 drand 轮次而有一方缺席");
      return [utf8(party), ABSENT];
    }
    const bytes = unb64(secret, 32), told = hex(tagged("draw-commit", hash, utf8(party), bytes));
    broken(told === record.commitments[at].commitment, "a reveal does not match its commitment", "揭示值与承诺不符");
    return [utf8(party), bytes];
  });
  broken(record.reveals.some((line) => line.secret !== null), "nobody revealed", "无人揭示");
  broken(has(record, "late") === (rule !== null), "there is a late value that the request does not name, or none", "迟到值与申请不符");
  return tagged("draw-seed", hash, ...parts, ...(rule ? [utf8("late"), lateValue(rule, record.late)] : []));
}

function checkShape(record) {
  const { request } = record, more = ["late", "nonces"].filter((name) => has(record, name));
  exactly(record, "v", "request", "table", "request_hash", "commitments", "reveals", "result", ...more);
  broken(Object.hasOwn(KEYS, record.v) && request.v === record.v, "it is of another version", "版本不符");
  exactly(request, ...KEYS[record.v]);
  const { groups } = request, caps = opt(request, "caps", []), ids = groups.map((group) => exactly(group, "id", "quota", "reserves").id);
  const known = opt(request, "employer_cap") === null && ids.length >= 1 && ids.length <= 13 && new Set(ids).size === ids.length;
  const sizes = groups.every((group) => typeof group.id === "string" && isWhole(group.quota, 1) && isWhole(group.reserves));
  const numbered = isWhole(request.number, 1) && typeof request.draw_id === "string" && typeof request.tender_id === "string";
  broken(known && sizes && numbered && caps.length <= 3 && caps.every((cap) => isWhole(cap, 1)), "groups or caps are no counts", "组别或上限有误");
}

/** Salt and nonces hash to what the request froze; the digests of the nonces. */
function checkNonces(request, record) {
  if (!has(record, "nonces")) {
    broken(opt(request, "nonces", "") === "", "the nonces are missing", "缺少随机数");
    return [];
  }
  broken(record.nonces.length && record.nonces.every((text) => typeof text === "string" && HASH.test(text)), "a nonce is malformed", "随机数格式有误");
  const [salt, ...given] = record.nonces.map(unhex);
  broken(given.every((one, at) => !at || !less(one, given[at - 1])), "the nonces are out of order", "随机数乱序");
  broken(hex(tagged("draw-nonces", salt, ...given)) === request.nonces, "other nonces than the request froze", "随机数与申请所冻结的不符");
  return given.map((one) => hex(tagged("draw-nonce", one)));
}

/** Who sits where: [expert, group] of each seat. */
function drawSeats(request, rows, ofRow, classes, bound, source) {
  const caps = opt(request, "caps", []), quotas = request.groups.map((group) => group.quota);
  const order = source.shuffle(rows.map((_, place) => place));
  if (request.v === 4) {
    const { committees, total } = readLottery(request, rows, classes, caps, quotas);
    let left = source.below(total);
    const { seats } = committees.find((one) => (left -= one.weight) < 0n);
    const waiting = classes.map((_, kind) => order.filter((expert) => ofRow[expert] === kind).values());
    return seats.flatMap((kinds, group) => kinds.map((kind) => [waiting[kind].next().value, group]));
  }
  const splits = readSplits(request, classes);
  const unit = lcmOf(splits.flatMap((split) => [...split.values()].map((share) => share.under)));
  const inUnits = splits.map((split) => new Map([...split].map(([group, share]) => [group, (share.over * unit) / share.under])));
  const shares = ofRow.map((kind) => inUnits[kind]);
  const held = shares.map((split) => [...split.values()].reduce((one, other) => one + other, 0n));
  const blocks = blocksOfKin(rows, caps);
  checkCaps(rows, held, unit, caps, blocks);
  checkChances(quotas, classes, bound, caps);
  if (request.v === 1) return drawPlain(source, order, shares, unit);
  return drawCapped(source, order, shares, unit, makeClusters(order, held, rows, caps, blocks, unit));
}

/** The reserves of a group, by their tickets. */
function reservesOf(group, number, rows, taken, seed) {
  const start = join(framed(utf8("mingtang/v1/draw-ticket"), seed, utf8(group.id)), big(32, 8));
  const able = rows.filter((row) => (row.mask >> number) & 1 && !taken.has(row.leaf));
  const tickets = able.map((row) => [hex(sha256(join(start, unhex(row.leaf)))), row.leaf]);
  return tickets.sort(([one], [other]) => (one < other ? -1 : 1)).slice(0, group.reserves).map(([, leaf]) => leaf);
}

/** Recompute a record: its request, all rows, the result and the digests of the nonces. */
export function checkRecord(record) {
  checkShape(record);
  const { request } = record, nonces = checkNonces(request, record);
  const bound = new Set(opt(request, "bound", []));
  const all = readTable(request, record.table), rows = all.filter((row) => row.mask);
  const { classes, ofRow } = readClasses(request, rows, bound), seed = seedOf(request, record);
  const seated = drawSeats(request, rows, ofRow, classes, bound, new Source(seed));
  const seats = seated.map(([expert, group]) => ({ group, leaf: rows[expert].leaf }))
    .sort((one, other) => one.group - other.group || (one.leaf < other.leaf ? -1 : 1))
    .map(({ group, leaf }) => ({ group: request.groups[group].id, leaf }));
  const taken = new Set(seats.map((seat) => seat.leaf));
  const reserves = Object.fromEntries(request.groups.map((group, at) => [group.id, reservesOf(group, at, rows, taken, seed)]));
  broken(equal(record.result, { seats, reserves }), "the result is not what the seed gives", "结果不是种子所给出的");
  return { request, hash: record.request_hash, all, rows, seats, reserves, nonces };
}
