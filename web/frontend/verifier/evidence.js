// What a capsule says, read once and pinned to the log before anything is made of it.
import { readUtf8, sha256Hex, tagged, unb64 } from "./bytes.js";
import { need } from "./errors.js";
import { digestOf, equal, exactly, has, isObject, read } from "./json.js";
import { checkInclusion, leafHash } from "./merkle.js";
import { readCheckpoint } from "./signed.js";
import { isSignedByBidder, readPrefixes } from "./envelope.js";
import { readTime, writeTime } from "./time.js";
import { CONTENTS, unpack } from "./zip.js";

export const AT_CLOSING = "closing", AFTER_SCORES = "scores-locked";
const ONLY = "bid";

/** How openers name an envelope: a bid's only one as the bid. */
export const nameOf = (bid, kind) => (kind === ONLY ? bid : `${bid}/${kind}`);
export const bidOf = (name) => name.split("/")[0];

export const NATIONAL = "national_vkey";

/** The keys of a platform; a log without a national head has none for it. */
export const knownKeys = (keys) =>
  exactly(keys, "log_vkey", "receipts_public", "timestamp_certificate", ...(isObject(keys) && has(keys, NATIONAL) ? [NATIONAL] : []));

/** Compute once; what went wrong goes wrong again. */
function once(compute) {
  let known = null;
  return () => {
    if (!known) {
      try {
        known = { value: compute() };
      } catch (error) {
        known = { error };
      }
    }
    if (known.error) throw known.error;
    return known.value;
  };
}

/** The parts of a capsule and its statement; nothing is checked but the shape. */
export function openCapsule(data) {
  const parts = unpack(data);
  const statement = read(parts.get(CONTENTS));
  parts.delete(CONTENTS);
  const { body } = exactly(statement, "type", "body", "key", "signature");
  exactly(body, "v", "tender", "reference", "scope", "parts");
  const texts = [body.tender, body.reference].every((text) => typeof text === "string");
  const known = body.v === 2 && texts && ["public", "full"].includes(body.scope) && isObject(body.parts);
  need(known, "it is no capsule of version 2", "它不是第 2 版证据包");
  return { parts, statement, tender: body.tender };
}

export class Evidence {
  constructor(capsule, pinned, now) {
    Object.assign(this, { capsule, pinned, now });
    for (const name of ["keys", "head", "closing", "closingHead", "facts", "chains", "notice", "sealed", "envelopes", "prefixes", "opening", "cases", "rankings"]) {
      Object.defineProperty(this, name, { get: once(() => this[`_${name}`]()) });
    }
    this.kept = new Map();
  }

  /** Anything else that is computed once. */
  keep(name, compute) {
    if (!this.kept.has(name)) this.kept.set(name, once(compute));
    return this.kept.get(name)();
  }

  get tender() {
    return this.capsule.tender;
  }

  part(name) {
    const found = this.capsule.parts.get(name);
    need(found, `the part ${name} is missing`, `缺少部件 ${name}`);
    return found;
  }

  has(name) {
    return this.capsule.parts.has(name);
  }

  json(name) {
    return this.keep(`json ${name}`, () => read(this.part(name)));
  }

  ofKind(...kinds) {
    return this.facts.filter((fact) => kinds.includes(fact.kind));
  }

  one(kind) {
    const found = this.ofKind(kind);
    need(found.length === 1, `the log has ${found.length} entries ${kind}, not one`, `日志中 ${kind} 有 ${found.length} 条，应为一条`);
    return found[0];
  }

  _keys() {
    return knownKeys(this.pinned ?? this.json("keys.json"));
  }

  _head() {
    return readCheckpoint(readUtf8(this.part("log/head")), this.keys.log_vkey);
  }

  _closing() {
    return exactly(this.json("log/closing.json"), "checkpoint", "consistency");
  }

  _closingHead() {
    return readCheckpoint(this.closing.checkpoint, this.keys.log_vkey);
  }

  _facts() {
    const found = this.proven("log/facts.json");
    for (const fact of found) need(fact.tender === this.tender, "a log entry is of another tender", "日志条目属于另一项目");
    return found;
  }

  _chains() {
    return this.has("log/chains.json") ? this.proven("log/chains.json") : [];
  }

  /** Entries of the log, each proven to stand in the signed head. */
  proven(name) {
    const { head } = this;
    let last = -1;
    return this.json(name).map((line) => {
      const entry = provenEntry(line, head);
      need(entry.index > last, "log entries are doubled or out of order", "日志条目重复或乱序");
      last = entry.index;
      return entry;
    });
  }

  _notice() {
    const published = this.ofKind("tender.published", "tender.amended");
    need(published.length, "the log has no publication of this tender", "日志中没有本项目的公告");
    let last;
    for (const { data } of published) {
      last = this.json(`notices/${data.version}.json`);
      need(digestOf(last) === data.notice, "a notice is not the one that was published", "公告与已发布的不一致");
    }
    need(last.tender === this.tender, "the notice is of another tender", "公告属于另一项目");
    return last;
  }

  get closesAt() {
    return readTime(this.notice.timetable.closes_at);
  }

  /** The bids that count, by id: neither replaced nor withdrawn. */
  _sealed() {
    const sealed = this.ofKind("bid.sealed"), standing = new Map(sealed.map((fact) => [fact.subject, fact]));
    for (const { data } of sealed) standing.delete(String(data.replaces));
    for (const { subject } of this.ofKind("bid.withdrawn")) standing.delete(subject);
    return standing;
  }

  bid(id) {
    const { sealing } = this.notice, more = has(sealing, "timestamps") ? ["tokens"] : [];
    if (has(sealing, "signing")) more.push("signing");
    const body = exactly(this.json(`bids/${id}.json`), "bid", "prefix", "token", ...more);
    need(body.bid === id, `the part of bid ${id} is another bid's`, `投标 ${id} 的部件属于另一投标`);
    return body;
  }

  /** The envelopes that the notice asks for, in its order: their kinds, and when each opens. */
  _envelopes() {
    const { sealing } = this.notice;
    return has(sealing, "envelopes") ? sealing.envelopes : [{ kind: ONLY, opens: AT_CLOSING, price: true }];
  }

  /** Whether the price stays sealed until the scores are locked. */
  get isStaged() {
    return this.envelopes.some(({ opens }) => opens === AFTER_SCORES);
  }

  /** The kinds of the envelopes that open then. */
  kindsAt(moment) {
    return this.envelopes.filter(({ opens }) => opens === moment).map(({ kind }) => kind);
  }

  /** What a line of a record tells of each envelope, by the envelope's name. */
  partsOf(line) {
    if (this.envelopes.every(({ kind }) => kind === ONLY)) return new Map([[line.bid, line]]);
    return new Map(line.envelopes.map((part) => [nameOf(line.bid, part.kind), part]));
  }

  /** The signed prefixes of all envelopes, by name. */
  _prefixes() {
    const kinds = this.envelopes.map(({ kind }) => kind), found = new Map();
    for (const id of this.sealed.keys()) {
      const prefixes = readPrefixes(unb64(this.bid(id).prefix));
      const areSigned = prefixes.every(isSignedByBidder);
      need(areSigned, `the envelope of bid ${id} is not signed by its bidder`, `投标 ${id} 的信封没有投标人的签名`);
      const areAsked = equal(prefixes.map(({ header }) => header.kind), kinds);
      need(areAsked, `the bid ${id} does not have the envelopes of the notice`, `投标 ${id} 的信封与公告不符`);
      for (const prefix of prefixes) found.set(nameOf(id, prefix.header.kind), prefix);
    }
    return found;
  }

  _opening() {
    return this.recorded("opening", "the opening record", "开标记录");
  }

  /** The record of an opening, as logged. */
  recorded(name, called, calledZh) {
    const body = this.json(`${name}.json`);
    const isLogged = digestOf(body) === this.one(`${name}.recorded`).data.record;
    need(isLogged, `${called} is not the logged one`, `${calledZh}与日志所记不一致`);
    return body;
  }

  get lots() {
    return this.notice.lots.map((lot) => lot.id);
  }

  /** What the log says of each lot's ranking: the last word counts. */
  rankedLots() {
    return new Map(this.ofKind("lot.ranked").map((fact) => [fact.subject, fact.data]));
  }

  /** The case of each lot of the notice, as logged. */
  _cases() {
    return this.ofEachLot("case.json", "case", (body, lot) => {
      need(body.tender_id === this.tender && body.lot_id === lot, "a case is another lot's", "评审案卷属于另一标段");
      need(equal(body.rulebook, lotRulebook(this.notice, lot)), "a case has another rulebook than the published one", "评审案卷的规则与公布的不一致");
    });
  }

  /** The ranking of each lot of the notice, as logged. */
  _rankings() {
    return this.ofEachLot("ranking.json", "ranking", () => {});
  }

  ofEachLot(name, key, check) {
    const ranked = this.rankedLots(), found = new Map();
    need(equal([...ranked.keys()].sort(), [...this.lots].sort()), "the log does not rank exactly the lots of the notice", "日志所排序的标段与公告不一致");
    for (const lot of this.lots) {
      const body = this.json(`lots/${lot}/${name}`);
      need(digestOf(body) === ranked.get(lot)[key], `${name} of lot ${lot} is not the logged one`, `标段 ${lot} 的 ${name} 与日志所记不一致`);
      check(body, lot);
      found.set(lot, body);
    }
    return found;
  }
}

/** The rulebook that a notice gives a lot: its own, or the tender's. */
export function lotRulebook(notice, id) {
  const lot = notice.lots.find((one) => one.id === id);
  return has(lot, "rulebook") ? lot.rulebook : notice.rulebook;
}

/** The disclosed bytes of a log entry. */
export function readFact(body) {
  const fact = exactly(read(body), "v", "kind", "subject", "tender", "at", "data");
  const texts = [fact.kind, fact.subject, fact.at].every((text) => typeof text === "string");
  const isFact = fact.v === 1 && texts && isObject(fact.data) && (fact.tender === null || typeof fact.tender === "string");
  const at = readTime(fact.at);
  need(isFact && writeTime(at) === fact.at, "a log entry is malformed", "日志条目格式有误");
  return { kind: fact.kind, subject: fact.subject, tender: fact.tender, at, data: fact.data };
}

/** A disclosed log entry, once it is proven to stand in a head. */
export function provenEntry(line, head) {
  const { index, fact, salt, proof } = exactly(line, "index", "fact", "salt", "proof"), body = unb64(fact);
  checkInclusion(leafHash(tagged("leaf", unb64(salt, 32), body)), index, head.size, proof.map((step) => unb64(step, 32)), head.root);
  return { index, ...readFact(body) };
}

/** The capsule's signature, and every part against what it names. */
export function checkWhole(capsule, body) {
  for (const [name, said] of Object.entries(body.parts)) {
    const found = capsule.parts.get(name);
    need(found, `the part ${name} is missing`, `缺少部件 ${name}`);
    const told = { size: String(found.length), sha256: sha256Hex(found) };
    need(equal(said, told), `the part ${name} was changed`, `部件 ${name} 被改动`);
  }
  for (const name of capsule.parts.keys()) need(has(body.parts, name), `the part ${name} is foreign`, `部件 ${name} 不属于本证据包`);
  return capsule.parts.size;
}

