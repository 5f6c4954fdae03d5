// Claims about sealed bids and their opening.
import { sha256Hex, unb64, unhex } from "./bytes.js";
import { checkCertificates } from "./certificates.js";
import { fitsCommitment, opens } from "./envelope.js";
import { NotProven, need } from "./errors.js";
import { AT_CLOSING, bidOf, nameOf } from "./evidence.js";
import { PART, SEED, STORED_BID, checkFailed, isConfirmed, ownSecrets } from "./failures.js";
import { equal, has } from "./json.js";
import { readAnnounced, writeUnits } from "./money.js";
import { fingerprint } from "./signed.js";
import {
  aboutClosing, announcedTogether, checkPriced, checkReleases, pricedLines, pricesOf, pricesOpenedByQuorum,
} from "./stages.js";
import { checkToken, readAuthority } from "./timestamp.js";
import { writeTime } from "./time.js";

export function sealedBeforeClosing(evidence) {
  const closed = evidence.one("tender.closed"), { sealed } = evidence;
  need(evidence.closingHead.size === closed.index + 1, "the frozen head is not the one right after the closing", "冻结的日志头不是截止后的那一个");
  const moved = evidence.ofKind("bid.sealed", "bid.withdrawn").some((fact) => fact.index > closed.index);
  need(!moved, "bids changed after the closing", "截止后投标有变动");
  const every = evidence.ofKind("bid.sealed").length;
  const counted = { last_sequence: every, bids: sealed.size };
  need(equal(closed.data, counted), `the closing did not count ${every} received, ${sealed.size} standing bids`, `截止时的计数与日志不符（收到 ${every}，有效 ${sealed.size}）`);
  return [`${sealed.size} bids count, of ${every} received`, `收到 ${every} 份，计入 ${sealed.size} 份`];
}

export function onTime(evidence) {
  const authority = readAuthority(unb64(evidence.keys.timestamp_certificate)), { closesAt } = evidence;
  let last = "";
  for (const [bid, { data }] of evidence.sealed) {
    const token = unb64(evidence.bid(bid).token);
    need(sha256Hex(token) === data.token, `the timestamp of bid ${bid} is not the logged one`, `投标 ${bid} 的时间戳与日志所记不一致`);
    const at = checkToken(token, unhex(data.digest), authority);
    need(writeTime(at) === data.received_at, `the log gives bid ${bid} another time than its timestamp`, `日志所记投标 ${bid} 的时间与时间戳不符`);
    need(at <= closesAt, `the bid ${bid} was stamped at ${writeTime(at)}, after the closing time`, `投标 ${bid} 于 ${writeTime(at)} 盖戳，晚于截止时间`);
    if (writeTime(at) > last) last = writeTime(at);
  }
  if (has(evidence.notice.sealing, "timestamps")) {
    throw new NotProven("outside authorities stamped the bids too, whose tokens this page does not read", "投标另有外部时间戳机构的时间戳，本页不读取");
  }
  return [`the last at ${last}, closing time ${writeTime(closesAt)}`, `最后一份 ${last}，截止时间 ${writeTime(closesAt)}`];
}

export function signedByBidders(evidence) {
  const { sealing } = evidence.notice, keys = sealing.openers.map((opener) => opener.fingerprint);
  const found = sealing.openers.map((opener) => fingerprint(unb64(opener.hpke)));
  need(equal(keys, found), "an opener key of the notice does not have its fingerprint", "公告中开标人的密钥与指纹不符");
  for (const [name, { header }] of evidence.prefixes) {
    const bid = bidOf(name), { data } = evidence.sealed.get(bid);
    const isAlso = has(header, "bidder_also") === has(sealing, "bidder_also");
    need(isAlso, `the envelope of bid ${bid} does not keep to the notice's bidder_also`, `投标 ${bid} 的信封与公告的投标人解密要求不符`);
    const isOurs = header.tender === evidence.tender && equal(header.opener_keys, keys) && header.k === sealing.k;
    need(isOurs, `the envelope of bid ${bid} was sealed for another tender or other openers`, `投标 ${bid} 的信封是为另一项目或其他开标人密封的`);
    const isSaid = equal([header.lot, header.bidder, header.submission], [data.lot, data.bidder, data.submission]);
    need(isSaid, `the envelope of bid ${bid} is another bidder's, lot's or submission's`, `投标 ${bid} 的信封属于另一投标人、标段或递交`);
  }
  checkCertificates(evidence);
  return [`${evidence.prefixes.size} signatures`, `${evidence.prefixes.size} 个签名`];
}

export function openedByQuorum(evidence) {
  const { index: after } = evidence.one("tender.closed"), { openers, k } = evidence.notice.sealing, { isStaged } = evidence;
  const opening = evidence.kindsAt(AT_CLOSING), names = [...evidence.sealed.keys()].flatMap((bid) => opening.map((kind) => nameOf(bid, kind)));
  const about = aboutClosing(evidence), found = checkReleases(evidence, evidence.opening.releases, { kind: "shares.released", after, about, names });
  const later = isStaged ? pricesOpenedByQuorum(evidence).join(", ") : "", told = found.join(", ");
  return [
    `${found.length} of ${openers.length} openers, ${k} needed: ${told}${isStaged ? `; the prices after the scores were locked: ${later || "none left to open"}` : ""}`,
    `${openers.length} 位开标人中 ${found.length} 位，需要 ${k} 位：${told}${isStaged ? `；评分锁定后开启报价：${later || "无"}` : ""}`,
  ];
}

const read = (evidence, body) => readAnnounced(body, evidence.opening.currency, evidence.opening.price_places);

export function announcedWasSealed(evidence) {
  const record = evidence.opening, { notice, sealed } = evidence;
  const isScale = record.currency === notice.currency && record.price_places === notice.price_places;
  need(isScale, "the opening record is in another currency or scale than the notice", "开标记录的币种或精度与公告不同");
  const lines = new Map(record.bids.map((line) => [line.bid, line]));
  const isAll = lines.size === record.bids.length && equal([...lines.keys()].sort(), [...sealed.keys()].sort());
  need(isAll, "the opening record does not list exactly the sealed bids", "开标记录所列与密封投标不一致");
  let opened = 0;
  for (const [bid, line] of lines) {
    need(line.digest === sealed.get(bid).data.digest, `the opening record gives bid ${bid} another envelope`, `开标记录中投标 ${bid} 的信封不符`);
    checkFailed(evidence, line);
    if (evidence.isStaged) {
      opened += checkPriced(evidence, line) ? 1 : 0;
      continue;
    }
    if (line.outcome !== "opened") continue;
    const said = read(evidence, announcedTogether(evidence, line)), isUsable = said.units !== null;
    const isSame = said.text === line.price && isUsable === (line.problem === "");
    need(isSame, `the price read out for bid ${bid} is not the sealed one`, `投标 ${bid} 的唱标价与密封的不一致`);
    opened++;
  }
  return [`${opened} of ${lines.size} bids opened, each with the price that was sealed`, `${lines.size} 份投标中开启 ${opened} 份，报价均与密封一致`];
}

/** As far as a capsule carries it: released shares fit releases, commitments and each other. */
export function contentsWereSealed(evidence) {
  const isFull = evidence.capsule.statement.body.scope === "full";
  need(isFull === evidence.has("shares.json"), "a full capsule holds the released shares, and no other does", "完整证据包应含已释放的份额，其他证据包不含");
  const secrets = ownSecrets(evidence);
  if (!isFull) {
    throw new NotProven("the public capsule holds no shares; a supervisor's full capsule does", "公开证据包不含份额；监督人员的完整证据包才有");
  }
  const shares = evidence.json("shares.json"), { prefixes } = evidence;
  const records = [evidence.opening, ...(evidence.isStaged ? [pricesOf(evidence)] : [])], told = new Map();
  for (const { opener, shares: own } of records.flatMap((record) => record.releases.map(({ body }) => body))) {
    told.set(String(opener), { ...told.get(String(opener)), ...own });
  }
  const names = (of) => Object.keys(of).sort(), places = [...told.keys()].sort();
  const isAll = equal(names(shares), places) && places.every((place) => equal(names(shares[place]), names(told.get(place))));
  need(isAll, "the shares are not those of the openers who released", "份额与释放份额的开标人不符");
  const parts = new Map(records.flatMap((record) => record.bids).flatMap((line) => [...evidence.partsOf(line)]));
  for (const [name, { outcome }] of parts) {
    const good = new Map(), prefix = evidence.prefixes.get(name);
    for (const place of names(shares).sort((one, other) => one - other).filter((one) => has(shares[one], name))) {
      const text = shares[place][name], share = text === null ? null : unb64(text, 64);
      const isTold = told.get(place)[name] === (share ? sha256Hex(share) : "undecryptable");
      need(isTold, `a share of bid ${name} is not the one that its opener signed`, `投标 ${name} 的份额不是开标人所签的`);
      if (share && fitsCommitment(prefix, Number(place), share)) good.set(Number(place), share);
    }
    const isKnown = opens(prefix, good) || secrets.get(SEED).has(name);
    const canOpen = isKnown && (prefix.partCommitment === null || secrets.get(PART).has(name));
    const isLost = outcome === "unopened" && isConfirmed(evidence, STORED_BID, bidOf(name));
    // A malformed bid may open to something that is no bid; that takes the envelope itself to see.
    const isAsTold = outcome === "malformed" || isLost || canOpen === (outcome === "opened");
    need(isAsTold, `the shares do not do to bid ${name} what the opening record says`, `份额对投标 ${name} 的结果与开标记录不符`);
  }
  throw new NotProven("the shares fit; this page opens no envelopes, the command does: mingtang verify --envelopes", "份额相符；本页不开启信封，请用命令 mingtang verify --envelopes");
}

/** What each bid announced over all that could be opened of it: of the bids that the panel worked on at least. */
function announcements(evidence) {
  return evidence.keep("announcements", () => {
    const late = evidence.isStaged ? pricedLines(evidence) : null, found = new Map();
    for (const line of evidence.opening.bids) {
      const isRead = late ? late.has(line.bid) : line.outcome === "opened";
      if (isRead) found.set(line.bid, read(evidence, announcedTogether(evidence, line, late?.get(line.bid) ?? null)));
    }
    return found;
  });
}

/** The price of each bid at work, as decimal text; null where prices open later and this one says none. */
export function sealedPrices(evidence) {
  const places = evidence.opening.price_places, found = new Map();
  for (const [bid, { units }] of announcements(evidence)) {
    if (units !== null || evidence.isStaged) found.set(bid, units === null ? null : writeUnits(units, places));
  }
  return found;
}

/** What a bid stated, by the names of its answers. */
export const statedAnswers = (evidence, line) => announcements(evidence).get(line.bid)?.answers ?? {};
