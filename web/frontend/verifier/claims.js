// Every claim of a capsule, in the order of the story, each judged on its own (docs/formats/capsule.md, "Claims").
import { archiveIsStamped } from "./archive.js";
import { announcedWasSealed, contentsWereSealed, onTime, openedByQuorum, sealedBeforeClosing, signedByBidders } from "./bids.js";
import { unb64 } from "./bytes.js";
import { panelWasDrawn } from "./draw/ceremony.js";
import { drawsCameFromTheLog } from "./drawing.js";
import { Broken, NotProven, need } from "./errors.js";
import { Evidence, NATIONAL, checkWhole, knownKeys, openCapsule } from "./evidence.js";
import { findingsAreLogged } from "./findings.js";
import { digestOf, equal, has } from "./json.js";
import { checkConsistency } from "./merkle.js";
import {
  awardFollowsRanking, nationalHeadHolds, rankingFollowsRulebook, reportIsLogged, reportWasSigned, sheetsWereSigned, witnessesCosigned,
} from "./result.js";
import { readStatement } from "./signed.js";

export const PASS = "PASS", FAIL = "FAIL", OPEN = "NOT PROVEN";

function isWhole(evidence) {
  const { capsule } = evidence, body = readStatement(capsule.statement, "capsule", unb64(evidence.keys.receipts_public, 32));
  const count = checkWhole(capsule, body);
  return [`${count} parts`, `${count} 个部件`];
}

function keysArePinned(evidence) {
  if (!evidence.pinned) {
    throw new NotProven("no pinned keys were given; compare keys.json with what you know", "未提供可信公钥；请将 keys.json 与你所知的核对");
  }
  const told = knownKeys(evidence.json("keys.json")), names = Object.keys(told).filter((name) => name !== NATIONAL || has(evidence.pinned, name));
  need(equal(evidence.pinned, Object.fromEntries(names.map((name) => [name, told[name]]))), "the capsule names other platform keys than the pinned ones", "证据包所列平台密钥与可信公钥不符");
  return ["keys.json equals the pinned keys", "keys.json 与可信公钥一致"];
}

function logHoldsEveryFact(evidence) {
  const { facts, head, closingHead: closing } = evidence, way = evidence.closing.consistency.map((step) => unb64(step, 32));
  checkConsistency(closing.size, head.size, way, closing.root, head.root);
  return [`${facts.length} facts in a log of ${head.size}; head at the closing ${closing.size}`, `${head.size} 条日志中的 ${facts.length} 条；截止时的日志头 ${closing.size}`];
}

function noticeIsPublished(evidence) {
  const { notice } = evidence, { reference } = evidence.capsule.statement.body;
  need(notice.reference === reference, "the capsule names another reference than the notice", "证据包所列编号与公告不符");
  need(digestOf(notice.rulebook) === notice.rulebook_digest, "the rulebook does not fit the digest in the notice", "规则与公告中的摘要不符");
  for (const lot of notice.lots.filter((one) => has(one, "rulebook") || has(one, "rulebook_digest"))) {
    const fits = digestOf(lot.rulebook) === lot.rulebook_digest;
    need(fits, `the rulebook of lot ${lot.number} does not fit its digest in the notice`, `标段 ${lot.number} 的规则与公告中的摘要不符`);
  }
  const start = notice.rulebook_digest.slice(0, 16);
  return [`notice version ${notice.version}, rulebook ${start}…`, `公告第 ${notice.version} 版，规则 ${start}…`];
}

export const CLAIMS = [
  ["the capsule is whole and signed", "证据包完整且有签名", isWhole],
  ["the platform's keys are the pinned ones", "平台密钥即可信公钥", keysArePinned],
  ["every fact is in the append-only log", "每项事实都在只增日志中", logHoldsEveryFact],
  ["the notice and rulebook are the published ones", "公告与规则即公布的内容", noticeIsPublished],
  ["all bids were sealed before the closing", "全部投标在截止前密封", sealedBeforeClosing],
  ["all bids were on time", "全部投标按时送达", onTime],
  ["all envelopes were signed by their bidders", "全部信封由投标人签名", signedByBidders],
  ["the bids were opened by the named openers", "由公告所列开标人开启", openedByQuorum],
  ["the announced prices are the sealed ones", "唱标价即密封的报价", announcedWasSealed],
  ["the whole contents are the sealed ones", "全部内容即密封的内容", contentsWereSealed],
  ["the panel is the draw's result", "评委会即抽取结果", panelWasDrawn],
  ["votes and sheets are as signed", "表决与评分表即签名的内容", sheetsWereSigned],
  ["the ranking is the rulebook's result", "排序即规则的结果", rankingFollowsRulebook],
  ["whatever was drawn came from the log", "凡抽取皆出自日志", drawsCameFromTheLog],
  ["the report is the logged one", "报告即日志所记的那份", reportIsLogged],
  ["the findings are the logged ones", "评审分析即日志所记", findingsAreLogged],
  ["the members signed or dissented", "成员已签署或提出异议", reportWasSigned],
  ["the award follows the ranking", "定标遵循排序", awardFollowsRanking],
  ["independent witnesses saw the log", "独立见证人见过日志", witnessesCosigned],
  ["the log is stamped for the archive", "日志盖有存档时间戳", archiveIsStamped],
  ["the national head holds every fact", "国密日志头含每项事实", nationalHeadHolds],
];

function judge([claim, zh, check], evidence) {
  try {
    const [detail, detailZh] = check(evidence);
    return { claim, zh, result: PASS, detail, detailZh };
  } catch (error) {
    if (error instanceof NotProven) return { claim, zh, result: OPEN, detail: error.message, detailZh: error.zh };
    if (error instanceof Broken) return { claim, zh, result: FAIL, detail: error.message, detailZh: error.zh };
    const kind = `${error.name}: ${error.message}`;
    return { claim, zh, result: FAIL, detail: `a part does not have the shape of its format (${kind})`, detailZh: `某部件不符合其格式（${kind}）` };
  }
}

/** A verdict on each claim, one after the other; `pinned` are the platform's keys that the reader trusts. */
export function* verdicts(data, pinned = null, now = BigInt(Date.now()) * 1000n) {
  const evidence = new Evidence(openCapsule(data), pinned, now);
  for (const claim of CLAIMS) yield judge(claim, evidence);
}

export const examine = (data, pinned = null, now = undefined) => [...verdicts(data, pinned, now)];
