// Openings that fail, and those that need the bidder too: what bidders handed in, why a bid was not opened and what
// follows (docs/formats/opening-record.md, docs/formats/capsule.md).
import { sha256Hex, unb64 } from "./bytes.js";
import { isDealt, isOwnPart } from "./envelope.js";
import { need } from "./errors.js";
import { bidOf, nameOf } from "./evidence.js";
import { equal, has, opt } from "./json.js";

export const PART = "part", SEED = "seed", OPENERS = "openers", STORED_BID = "stored-bid";
const OWN = "own-secrets.json";
const FOLLOWS = { bidder: "revoked", opener: "withdrawn", platform: "withdrawn" };

/** The hash of each own part or seed that was handed in, by envelope, as logged. */
export function handedIn(evidence, what) {
  const facts = evidence.ofKind("own-secret.given").filter(({ data }) => data.what === what);
  return new Map(facts.map(({ subject, data }) => [nameOf(subject, data.kind), data.sha256]));
}

/** The secrets themselves, by what they are and envelope; only a full capsule holds them, and exactly the logged. */
export function ownSecrets(evidence) {
  const kinds = [PART, SEED], logged = new Map(kinds.map((what) => [what, handedIn(evidence, what)]));
  const isFull = evidence.capsule.statement.body.scope === "full", isAny = kinds.some((what) => logged.get(what).size);
  need(evidence.has(OWN) === (isFull && isAny), "a full capsule holds what bidders handed in, and no other does", "完整证据包应含投标人提交的解密内容，其他证据包不含");
  const found = new Map(kinds.map((what) => [what, new Map()]));
  for (const [name, line] of evidence.has(OWN) ? Object.entries(evidence.json(OWN)) : []) {
    const prefix = evidence.prefixes.get(name);
    for (const [what, text] of Object.entries(line)) {
      const secret = unb64(text, 32), isLogged = found.has(what) && logged.get(what).get(name) === sha256Hex(secret);
      need(isLogged, "what bidders handed in is not what was logged", "投标人提交的解密内容与日志所记不符");
      const isRight = what === PART ? isOwnPart(prefix, secret) : isDealt(prefix, secret);
      need(isRight, `the own ${what} of bid ${name} is not what its envelope commits to`, `投标 ${name} 的解密内容与信封承诺不符`);
      found.get(what).set(name, secret);
    }
  }
  const isAll = !evidence.has(OWN) || kinds.every((what) => equal([...found.get(what).keys()].sort(), [...logged.get(what).keys()].sort()));
  need(isAll, "what bidders handed in is not what was logged", "投标人提交的解密内容与日志所记不符");
  return found;
}

/** Whether this failure was confirmed: of every bid, or of this one. */
export const isConfirmed = (evidence, failing, bid = null) =>
  evidence.ofKind("opening.failed").some(({ data }) => data.failing === failing && (!has(data, "bid") || data.bid === bid));

/** Fewer than k openers are enough only where they failed for certain and bidders gave the seeds of all that opened. */
export function isEnoughWithout(evidence, opened) {
  const seeds = handedIn(evidence, SEED);
  return isConfirmed(evidence, OPENERS) && opened.every((name) => seeds.has(name));
}

/** Refuses where the log does not bear out why a bid was not opened, or something else follows from it. */
export function checkFailed(evidence, line) {
  const { bid, outcome, cause } = line, follows = opt(FOLLOWS, cause);
  const isConsequence = opt(line, "consequence", follows) === follows && (cause === "" || follows !== null);
  need(isConsequence, `the consequence for bid ${bid} does not follow from its cause`, `投标 ${bid} 的后果与原因不符`);
  need((outcome === "opened") === (cause === ""), `the bid ${bid} was opened and has a cause of failure, or neither`, `投标 ${bid} 的开启结果与原因矛盾`);
  const isOwnFault = outcome !== "malformed" || cause === "bidder";
  need(isOwnFault, `the bid ${bid} is malformed, and not by its bidder`, `投标 ${bid} 格式有误，却不归因于投标人`);
  const isBorneOut = outcome !== "unopened" || isCaused(evidence, bid, cause);
  need(isBorneOut, `nothing in the log bears out why bid ${bid} was not opened`, `日志中没有投标 ${bid} 未开启的依据`);
}

function isCaused(evidence, bid, cause) {
  if (cause === "platform") return isConfirmed(evidence, STORED_BID, bid);
  const acted = ["shares.released", "prices.released"].map((kind) => evidence.ofKind(kind).length);
  if (Math.max(...acted) === evidence.notice.sealing.openers.length || isConfirmed(evidence, OPENERS, bid)) return true;
  const parts = handedIn(evidence, PART), own = [...evidence.prefixes].filter(([name]) => bidOf(name) === bid);
  return cause === "bidder" && own.some(([name, { header }]) => has(header, "bidder_also") && !parts.has(name));
}
