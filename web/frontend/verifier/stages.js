// Tenders whose prices open after the scores: what was locked, which heads openers signed, what opened then
// (docs/formats/opening-record.md).
import { hex, unb64 } from "./bytes.js";
import { announces } from "./envelope.js";
import { need } from "./errors.js";
import { AFTER_SCORES, AT_CLOSING, nameOf } from "./evidence.js";
import { checkFailed, isEnoughWithout } from "./failures.js";
import { digestOf, equal, exactly, has, opt, readLoosely, sorted } from "./json.js";
import { checkConsistency } from "./merkle.js";
import { joined, readAnnounced } from "./money.js";
import { readCheckpoint, readStatement } from "./signed.js";


/** The names of the openers who signed these releases, in words about exactly this moment and these envelopes. */
export function checkReleases(evidence, statements, { kind, after, about, names: wanted }) {
  const { openers, k } = evidence.notice.sealing, known = new Map(openers.map((opener) => [opener.position, opener]));
  const logged = new Map(evidence.ofKind(kind).map((fact) => [fact.data.position, fact])), names = [];
  for (const statement of statements) {
    const opener = known.get(statement.body.opener);
    need(opener && !names.includes(opener.name), "a release is not by an opener of the notice, or is there twice", "有份额释放不是公告所列开标人作出，或重复");
    const { opener: _, shares, ...said } = readStatement(statement, "share-release", unb64(opener.ed25519, 32)), { name } = opener;
    need(equal(said, about), `the release of ${name} is about another closing or lock`, `${name} 的份额释放针对另一次截止或锁定`);
    need(equal(sorted(Object.keys(shares)), sorted(wanted)), `the release of ${name} names other bids`, `${name} 的份额释放所列投标不符`);
    const fact = logged.get(opener.position), isLogged = fact && fact.index > after && fact.data.statement === digestOf(statement);
    need(isLogged, `the release of ${name} is not logged after the moment that it names`, `${name} 的份额释放未在其所述时刻之后记入日志`);
    names.push(name);
  }
  const isEnough = names.length >= k || isEnoughWithout(evidence, wanted.filter((name) => outcomes(evidence).get(name) === "opened"));
  need(isEnough, `${names.length} openers released, ${k} are needed`, `${names.length} 位开标人释放份额，需要 ${k} 位`);
  return names;
}

/** What came out of each envelope, by name, as the records say. */
function outcomes(evidence) {
  const lines = [...evidence.opening.bids, ...(evidence.isStaged ? pricesOf(evidence).bids : [])];
  return new Map(lines.flatMap((line) => [...evidence.partsOf(line)]).map(([name, { outcome }]) => [name, outcome]));
}

/** What every release says of the closing. */
export function aboutClosing(evidence) {
  const { size, root } = evidence.closingHead;
  return { tender: evidence.tender, closing: { bids: evidence.sealed.size, log_size: size, log_root: hex(root) } };
}

/** The record of the second opening, as logged. */
export const pricesOf = (evidence) => evidence.keep("prices", () => evidence.recorded("prices", "the record of the prices", "报价记录"));

/** The bids of which the first opening could read every envelope. */
export function readableBids(evidence) {
  const isReadable = (line) => [...evidence.partsOf(line).values()].every((part) => part.outcome === "opened");
  return new Set(evidence.opening.bids.filter(isReadable).map((line) => line.bid));
}

/** The head with the lock of the scores: signed, right after the lock, and the start of what the log became. */
function lockedHead(evidence) {
  const { locked } = pricesOf(evidence), lock = evidence.one("scores.locked"), { head } = evidence;
  const found = readCheckpoint(locked.checkpoint, evidence.keys.log_vkey);
  const isNamed = locked.log_size === found.size && locked.log_root === hex(found.root) && found.size === lock.index + 1;
  need(isNamed, "the record of the prices does not name the head right after the lock of the scores", "报价记录所列日志头不是评分锁定后的那一个");
  const way = exactly(evidence.json("log/locked.json"), "consistency").consistency.map((step) => unb64(step, 32));
  checkConsistency(found.size, head.size, way, found.root, head.root);
  return { lock, size: found.size, root: hex(found.root) };
}

/** Who released the prices, once the scores were locked. */
export function pricesOpenedByQuorum(evidence) {
  const { lock, size, root } = lockedHead(evidence), late = evidence.kindsAt(AFTER_SCORES);
  const names = [...readableBids(evidence)].flatMap((bid) => late.map((kind) => nameOf(bid, kind)));
  if (!names.length) return [];
  const about = { ...aboutClosing(evidence), locked: { log_size: size, log_root: root } };
  return checkReleases(evidence, pricesOf(evidence).releases, { kind: "prices.released", after: lock.index, about, names });
}

/** What the envelopes of a line announced, each as its prefix commits to; one that was not opened says nothing. */
export function announcedParts(evidence, line, kinds) {
  const parts = evidence.partsOf(line), names = kinds.map((kind) => nameOf(line.bid, kind));
  const isAll = equal([...parts.keys()], names) && (parts.has(line.bid) || line.envelopes.length === names.length);
  need(isAll, `a record tells of other envelopes of bid ${line.bid} than opened then`, `记录所列投标 ${line.bid} 的信封与当时开启的不符`);
  return [...parts].map(([name, part]) => {
    if (part.outcome !== "opened") return null;
    const bidJson = unb64(part.bid_json), isSealed = announces(evidence.prefixes.get(name), unb64(part.blind, 32), bidJson);
    need(isSealed, `bid ${line.bid} announced something else than it sealed`, `投标 ${line.bid} 所唱内容不是其密封的内容`);
    return readLoosely(bidJson);
  });
}

/** All that a bid announced: of its only envelope, or of all that could be opened, the second opening's included. */
export function announcedTogether(evidence, line, late = null) {
  const first = announcedParts(evidence, line, evidence.kindsAt(AT_CLOSING));
  if (evidence.envelopes.length === 1) return first[0];
  const isPriced = late !== null && late.outcome === "opened";
  return joined([...first, ...(isPriced ? announcedParts(evidence, late, evidence.kindsAt(AFTER_SCORES)) : [])]);
}

/** The line of each readable bid in the record of the prices. */
export function pricedLines(evidence) {
  return evidence.keep("priced lines", () => {
    const { bids } = pricesOf(evidence), lines = new Map(bids.map((line) => [line.bid, line]));
    const isAll = lines.size === bids.length && equal(sorted(lines.keys()), sorted(readableBids(evidence)));
    need(isAll, "the record of the prices does not list exactly the readable bids", "报价记录所列与可读投标不一致");
    return lines;
  });
}

/** The first opening told no price of this bid, the second one the sealed price; whether there is one. */
export function checkPriced(evidence, line) {
  announcedParts(evidence, line, evidence.kindsAt(AT_CLOSING));
  need(line.price === "", `the first opening told a price of bid ${line.bid}`, `首次开标公布了投标 ${line.bid} 的报价`);
  const late = pricedLines(evidence).get(line.bid), { currency, price_places: places } = evidence.opening;
  if (!late) return false;
  const told = pricesOf(evidence);
  need(told.currency === currency && told.price_places === places, "the two records are in different currencies or scales", "两份记录的币种或精度不同");
  need(late.digest === line.digest, `the record of the prices gives bid ${line.bid} another envelope`, `报价记录中投标 ${line.bid} 的信封不符`);
  checkFailed(evidence, late);
  announcedParts(evidence, late, evidence.kindsAt(AFTER_SCORES));
  if (late.outcome !== "opened") return false;
  const read = readAnnounced(announcedTogether(evidence, line, late), currency, places);
  const isSame = read.text === late.price && (read.units !== null) === (late.problem === "");
  need(isSame, `the price read out for bid ${line.bid} is not the sealed one`, `投标 ${line.bid} 的唱标价与密封的不一致`);
  return true;
}

/** What the panel concluded on each bid of a case is what was locked before any price could open. */
export function checkLocked(evidence, body) {
  const { scores } = pricesOf(evidence).locked;
  need(digestOf(scores) === evidence.one("scores.locked").data.scores, "the locked scores are not the logged ones", "锁定的评分与日志所记不一致");
  const rows = new Map();
  for (const name of ["votes", "sheets"]) {
    for (const row of body[name]) {
      if (!rows.has(row.bid_id)) rows.set(row.bid_id, {});
      (rows.get(row.bid_id)[name] ??= []).push(row);
    }
  }
  for (const [bid, own] of rows) {
    const locked = opt(scores, bid, {}), digest = (name) => (own[name] ? digestOf(own[name]) : null);
    // The case leaves out the sheets of a bid that its price rejected.
    const isLocked = has(scores, bid) && digest("votes") === opt(locked, "votes") && (!own.sheets || digest("sheets") === opt(locked, "sheets"));
    need(isLocked, `the scores of bid ${bid} are not the locked ones`, `投标 ${bid} 的评分不是锁定的评分`);
  }
}

/** The lots were ranked after the chair had closed the look at the prices. */
export function checkReview(evidence) {
  const reviewed = evidence.one("prices.reviewed").index, ranked = evidence.ofKind("lot.ranked");
  const isInOrder = evidence.one("prices.recorded").index < reviewed && ranked.every((fact) => fact.index > reviewed);
  need(isInOrder, "a lot was ranked before the panel had looked at the prices", "评委会审查报价之前已有标段排序");
}
