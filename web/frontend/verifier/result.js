// Claims about the panel's work, the ranking, the report and what came after.
import { hex, sha256Hex, utf8 } from "./bytes.js";
import { sealedPrices, statedAnswers } from "./bids.js";
import { workThatCounted } from "./draw/panel.js";
import { askedAnswers, tellAnswers, usableAnswers } from "./engine/answers.js";
import { evaluate, reduced } from "./engine/rank.js";
import { NotProven, need } from "./errors.js";
import { NATIONAL } from "./evidence.js";
import { byCodePoints, digestOf, equal, has, opt, sorted } from "./json.js";
import { partsDigest } from "./merkle.js";
import { writeUnits } from "./money.js";
import { checkLocked, checkReview } from "./stages.js";
import { readTime } from "./time.js";

const REPORT = { json: "report.json", "pdf-zh": "report.zh.pdf", "pdf-en": "report.en.pdf" };
const SIGNATURES = { "sign-json": "signatures.json", "sign-zh": "signatures.zh.pdf", "sign-en": "signatures.en.pdf" };

/** Rows of verdicts stand in the order of bid and check, each between quotes (panel-facts.md, "Verdicts"). */
const rowKey = ([bid, check]) => `'${bid}', '${check}', `;
const votesDigest = (rows) => digestOf([...rows].sort((one, other) => byCodePoints(rowKey(one), rowKey(other))));

export function sheetsWereSigned(evidence) {
  const counted = workThatCounted(evidence);
  let count = 0, size = 0;
  for (const [lot, body] of evidence.cases) {
    const work = counted.get(lot), cast = new Map();
    need(work, `the log does not rank the lot ${lot}`, `日志未对标段 ${lot} 排序`);
    for (const vote of body.votes) {
      cast.set(vote.member, [...(cast.get(vote.member) ?? []), [vote.bid_id, vote.check, vote.passed, vote.reason]]);
    }
    for (const [member, rows] of cast) {
      need(work.votes.get(member) === votesDigest(rows), `the votes of ${member} are not the ones handed in`, `${member} 的表决与提交的不一致`);
    }
    for (const sheet of body.sheets) {
      const isSigned = work.sheets.get(`${sheet.bid_id}\n${sheet.member}`) === digestOf(sheet);
      need(isSigned, `the sheet of ${sheet.member} for bid ${sheet.bid_id} is not as signed`, `${sheet.member} 对投标 ${sheet.bid_id} 的评分与签名的不一致`);
    }
    need(!cast.size || equal(sorted(cast.keys()), sorted(work.seats)), "the votes of a member are missing", "缺少成员的表决");
    checkSheetsWhole(evidence, lot, body, work.seats);
    if (evidence.isStaged) checkLocked(evidence, body);
    count += body.sheets.length;
    size = work.seats.length;
  }
  return [`${count} signed sheets of ${size} members`, `${size} 名成员的 ${count} 份签名评分表`];
}

/** Where there are sheets at all, every seat has one for every ranked bid. */
function checkSheetsWhole(evidence, lot, body, seats) {
  const sheets = new Set(body.sheets.map((sheet) => `${sheet.bid_id}\n${sheet.member}`));
  for (const line of sheets.size ? evidence.rankings.get(lot).lines : []) {
    for (const seat of seats) {
      need(sheets.has(`${line.bid_id}\n${seat}`), `the sheet of ${seat} for bid ${line.bid_id} is missing`, `缺少 ${seat} 对投标 ${line.bid_id} 的评分表`);
    }
  }
}

/** Corrected prices that bidders confirmed and the panel accepted, by bid. */
function corrections(evidence, places) {
  const byId = (kind) => new Map(evidence.ofKind(kind).map((fact) => [fact.subject, fact.data])), found = new Map();
  const confirmed = new Set(evidence.ofKind("clarification.answered").filter((fact) => fact.data.confirms).map((fact) => fact.subject));
  const ruled = byId("clarification.ruled");
  for (const [id, data] of byId("clarification.asked")) {
    const isAgreed = data.corrected_price !== null && confirmed.has(id) && ruled.get(id)?.ruling === "accepted";
    if (isAgreed) found.set(data.bid, writeUnits(BigInt(data.corrected_price), places));
  }
  return found;
}

/** Answers and receipt of each bid are those of its opening; a corrected price was agreed on. */
function checkAgainstOpening(evidence, body) {
  const lines = new Map(evidence.opening.bids.map((line) => [line.bid, line])), asked = askedAnswers(body.rulebook);
  const agreed = corrections(evidence, evidence.opening.price_places);
  for (const bid of body.bids) {
    const line = lines.get(bid.bid_id);
    const isSame = tellAnswers(usableAnswers(asked, bid.answers)) === tellAnswers(usableAnswers(asked, statedAnswers(evidence, line)));
    const isReceived = readTime(bid.received_at) === readTime(line.received_at);
    need(isSame && isReceived, `the case gives the bid ${bid.bid_id} other answers than its opening`, `案卷中投标 ${bid.bid_id} 的应答与开标不符`);
    const isAgreed = bid.corrected_price === (agreed.get(bid.bid_id) ?? null);
    need(isAgreed, `the corrected price of the bid ${bid.bid_id} is not the one agreed on`, `投标 ${bid.bid_id} 的修正价并非商定的`);
  }
}

export function rankingFollowsRulebook(evidence) {
  const prices = sealedPrices(evidence), winners = [];
  if (evidence.isStaged) checkReview(evidence);
  for (const [lot, body] of evidence.cases) {
    const inLot = evidence.opening.bids.filter((line) => line.lot === lot && prices.has(line.bid)).map((line) => [line.bid, prices.get(line.bid)]);
    const ofCase = body.bids.map((bid) => [bid.bid_id, bid.price]);
    need(equal(inLot.sort(), ofCase.sort()), "the case does not hold exactly the opened bids with their prices", "案卷与开标的投标及报价不一致");
    checkAgainstOpening(evidence, body);
    const due = evaluate(body), found = evidence.rankings.get(lot);
    need(equal(due, reduced(found)), `the ranking of lot ${lot} is not what the rulebook gives`, `标段 ${lot} 的排序不是规则所给出的`);
    if (due.lines.length) winners.push(due.lines[0].bidder_name);
  }
  const whole = digestOf(Object.fromEntries([...evidence.rankings].map(([lot, ranking]) => [lot, digestOf(ranking)])));
  const made = evidence.ofKind("ranking.made", "ranking.voided").at(-1);
  need(made?.kind === "ranking.made" && made.data.ranking === whole, "the rankings together are not the logged ones", "全部排序与日志所记不一致");
  return [`first: ${winners.join(", ")}`, `第一名：${winners.join("、")}`];
}

/** Every form is in the capsule as its last fact names it. */
export function checkForms(evidence, kind, forms) {
  const made = evidence.ofKind(kind).at(-1);
  need(made, `the log has no ${kind} of this tender`, `日志中没有本项目的 ${kind}`);
  for (const [form, name] of Object.entries(forms)) {
    const isLogged = hex(partsDigest(evidence.part(name))) === opt(made.data, form);
    need(isLogged, `${name} is not the one that was logged`, `${name} 与日志所记不一致`);
  }
  return made;
}

export function reportIsLogged(evidence) {
  checkForms(evidence, "report.made", REPORT);
  const { content } = evidence.json("report.json").parts.find((part) => part.id === "facts");
  need(equal(sorted(content.lots.map((one) => one.lot)), sorted(evidence.lots)), "the report is not about the lots of the notice", "报告所述标段与公告不符");
  for (const { lot, ranking_digest: told } of content.lots) {
    need(digestOf(evidence.rankings.get(lot)) === told, `the report is about another ranking of the lot ${lot}`, `报告所述标段 ${lot} 的排序不符`);
  }
  const names = Object.values(REPORT);
  return [names.join(", "), names.join("、")];
}

const countsAs = ({ decision, text }) => (decision === "dissent" || (decision === "refuse" && text.trim()) ? "dissent" : "consent");

function checkLine(line, fact, isOver) {
  const { seat } = line;
  need(line.counts_as === countsAs(line), `the decision of ${seat} counts otherwise`, `${seat} 的决定计法不符`);
  if (!fact) {
    need(line.decision === "silent" && !line.text && isOver, `the log has no decision of ${seat}`, `日志中没有 ${seat} 的决定`);
    return;
  }
  const isLogged = fact.decision === line.decision && fact.text === (line.text ? sha256Hex(utf8(line.text)) : null);
  need(isLogged, `the decision of ${seat} is not the one that was logged`, `${seat} 的决定与日志所记不一致`);
}

export function reportWasSigned(evidence) {
  const report = hex(partsDigest(evidence.part(REPORT.json)));
  const signed = new Map(evidence.ofKind("report.signed").filter((fact) => fact.data.report === report).map((fact) => [fact.data.seat, fact.data]));
  if (!evidence.has(SIGNATURES["sign-json"]) && !evidence.ofKind("report.closed").length) {
    throw new NotProven("the panel may still sign; the capsule has the signatures once they are closed", "评委会仍可签署；签署结束后证据包才含签名");
  }
  const closed = checkForms(evidence, "report.closed", SIGNATURES), form = evidence.json(SIGNATURES["sign-json"]);
  need(form.report === report, "the signatures are about another report", "签名针对另一份报告");
  const seats = new Set([...workThatCounted(evidence).values()].flatMap((work) => work.seats));
  const isAll = equal(sorted(form.members.map((line) => line.seat)), sorted(seats));
  need(isAll, "the form does not list exactly the members of the panel", "签署表所列与评委会成员不一致");
  for (const line of form.members) checkLine(line, signed.get(line.seat), closed.at >= readTime(form.sign_until));
  const dissent = form.members.filter((line) => line.counts_as === "dissent").length;
  return [`${signed.size} of ${seats.size} members answered, ${dissent} dissent`, `${seats.size} 名成员中 ${signed.size} 名答复，${dissent} 名持不同意见`];
}

export function awardFollowsRanking(evidence) {
  if (!evidence.ofKind("award.made").length) throw new NotProven("no award is recorded in this capsule", "证据包中没有定标记录");
  throw new NotProven("this page does not know awards yet; use a newer one", "本页尚不认识定标；请用更新的版本");
}

export function witnessesCosigned(evidence) {
  const { signatures } = evidence.head;
  throw new NotProven(`the head carries ${signatures} signature, the log's own; no witness key was given`, `日志头有 ${signatures} 个签名，仅日志自身；未提供见证人密钥`);
}


export function nationalHeadHolds(evidence) {
  if (!has(evidence.keys, NATIONAL)) {
    throw new NotProven("the log has no national head, or its key is not among those that you pinned", "日志没有国密日志头，或其公钥不在可信公钥之列");
  }
  throw new NotProven("this page does not check SM2; the command does: mingtang verify", "本页不核验 SM2；请用命令 mingtang verify");
}
