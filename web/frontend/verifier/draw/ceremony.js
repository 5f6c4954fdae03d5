// The ceremony of a draw: countersigned, committed, dealt, received, revealed, in this order (draw-escrow.md).
import { hex, sha256Hex, tagged, unb64, unhex } from "../bytes.js";
import { need } from "../errors.js";
import { equal, opt } from "../json.js";
import { checkedRounds } from "./rounds.js";

const LONGEST_CHAIN = 100_000;
const lowest = (facts) => Math.min(...facts.map((fact) => fact.index));
const highest = (facts) => Math.max(...facts.map((fact) => fact.index));
const byParty = (facts, value) => new Map(facts.map((fact) => [fact.data.party, value(fact)]));

/** The draw is the last one asked for in its round; one before it was voided first, once at most. */
function checkRestarts(evidence, id, round) {
  const asked = evidence.ofKind("draw.requested").filter((fact) => opt(fact.data, "round", 1) === round);
  const subjects = new Set(asked.map((fact) => fact.subject));
  const voided = new Map(evidence.ofKind("draw.voided").filter((fact) => subjects.has(fact.subject)).map((fact) => [fact.subject, fact.index]));
  const isLast = asked.length && asked.at(-1).subject === id && !voided.has(id) && voided.size <= 1;
  need(isLast, "the draw in the capsule is not the one that was asked for last", "证据包中的抽取不是最后申请的那次");
  asked.slice(1).forEach((later, at) => {
    const first = asked[at], isVoid = (voided.get(first.subject) ?? Infinity) < later.index;
    need(isVoid && later.data.restart_of === first.subject, "a draw was asked for again without the first one being voided", "未作废前次即再次申请抽取");
  });
  return voided.size;
}

function checkEscrow(of, parties, commits, revealed) {
  const dealings = of("draw.shares-dealt"), dealt = byParty(dealings, (fact) => fact.index);
  const signed = byParty(of("draw.shares-received"), (fact) => fact.index), all = [...parties].sort();
  const isAll = equal([...dealt.keys()].sort(), all) && equal([...signed.keys()].sort(), all);
  need(isAll, "not every party dealt shares and signed for those it received", "并非各方都分发并签收份额");
  const order = [highest(commits), Math.max(...dealt.values()), Math.max(...signed.values()), lowest(revealed)];
  const inOrder = order.every((place, at) => !at || order[at - 1] <= place);
  const isSound = inOrder && lowest(dealings) >= order[0] && Math.min(...signed.values()) >= order[1];
  need(isSound, "shares were dealt, received or revealed out of order", "份额的分发、签收或揭示次序有误");
}

/** Who stayed silent, in the record and in the log. */
function absentIn(of, record, revealed) {
  const silent = record.reveals.filter((line) => line.secret === null).map((line) => line.party), late = of("draw.late-value");
  if (!opt(record.request, "late")) {
    need(!late.length && !silent.length, "a late value was used that the request does not name", "使用了申请未写明的迟到值");
    return [];
  }
  const isTold = late.length === 1 && late[0].data.value === record.late && equal(late[0].data.absent, silent) && late[0].index >= highest(revealed);
  need(isTold, "the late value or the absent parties are not the logged ones", "迟到值或缺席方与日志所记不一致");
  return silent;
}

const link = (value) => tagged("draw-chain", value);

/** How many secrets come from chains that were registered before the draw was asked for. */
function checkChains(evidence, record, commits, asked) {
  const heads = byParty(commits, (fact) => opt(fact.data, "chain"));
  const known = new Map(evidence.chains.filter((fact) => fact.kind === "draw-chain.registered").map((fact) => [fact.data.head, fact.index]));
  for (const { party, secret } of record.reveals) {
    const head = heads.get(party);
    const fits = !head || secret === null || hex(link(unb64(secret, 32))) === head;
    need(fits, `the secret of ${party} is not the next value of its chain`, `${party} 的秘密不是其链的下一个值`);
  }
  let before = 0;
  for (const [party, head] of heads) {
    if (!head) continue;
    let value = unhex(head), steps = 0;
    while (!known.has(hex(value)) && ++steps < LONGEST_CHAIN) value = link(value);
    need(known.has(hex(value)), `the chain of ${party} was never registered`, `${party} 的链从未登记`);
    before += known.get(hex(value)) < asked.index;
  }
  return before;
}

function checkNonces(evidence, one, asked) {
  const standing = new Map(), move = (nonce, by) => standing.set(nonce, (standing.get(nonce) ?? 0) + by);
  for (const { index, data } of evidence.ofKind("draw.nonce-given")) {
    if (index >= asked.index) continue;
    move(data.nonce, 1);
    if (data.replaces) move(data.replaces, -1);
  }
  const told = new Map();
  for (const nonce of one.nonces) told.set(nonce, (told.get(nonce) ?? 0) + 1);
  const left = [...standing].filter(([, count]) => count > 0).sort(), given = [...told].sort();
  need(equal(left, given), "the bidders' nonces in the draw are not those that the log holds", "抽取中投标人的随机数与日志所记不一致");
}

/** One round was held as the log says; how it went. */
function checkRound(evidence, one) {
  const { record, request } = one, id = request.draw_id;
  const of = (kind) => evidence.ofKind(kind).filter((fact) => fact.subject === id);
  const voided = checkRestarts(evidence, id, opt(request, "round", 1)), [asked, ...again] = of("draw.requested");
  need(asked && !again.length, "the draw was not asked for once", "抽取申请不恰为一次");
  const commits = of("draw.committed"), signed = of("draw.countersigned");
  need(signed.length === 1 && signed[0].data.request === one.hash, "the supervisor did not countersign this request", "监督人员未会签该申请");
  need(commits.length && signed[0].index <= lowest(commits), "somebody committed before the request was countersigned", "有人在会签前已承诺");
  const revealed = [...of("draw.revealed"), ...of("draw.rescued")].sort((left, right) => left.index - right.index);
  need(revealed.length && of("draw.revealed").length, "nobody revealed", "无人揭示");
  const absent = absentIn(of, record, revealed);
  if (!opt(request, "late")) checkEscrow(of, request.parties, commits, revealed);
  const told = revealed.map((fact) => fact.data.party), due = request.parties.filter((party) => !absent.includes(party));
  need(equal(told, due), "the parties did not reveal once each, in the order of the request", "各方未按申请次序各揭示一次");
  const fixed = checkChains(evidence, record, commits, asked);
  need(asked.data.request === one.hash, "the draw record is not the one that was asked for", "抽取记录与所申请的不一致");
  const said = record.commitments.map((line) => [line.party, line.commitment]).sort();
  const logged = [...byParty(commits, (fact) => fact.data.commitment)].sort();
  need(equal(said, logged), "the commitments of the draw are not the logged ones", "抽取的承诺与日志所记不一致");
  const named = opt(request, "verifier", ""), programs = [...evidence.capsule.parts].filter(([name]) => name.startsWith("verify_draw"));
  const isThere = !named || programs.some(([, program]) => sha256Hex(program) === named);
  need(isThere, "the program that checks the draw is not the one that the request named", "校验抽取的程序不是申请所指明的");
  checkNonces(evidence, one, asked);
  need(highest(commits) <= lowest(of("draw.revealed")), "a secret was revealed before every party had committed", "各方承诺齐备前已有秘密揭示");
  return { rescued: of("draw.rescued").length, absent: absent.length, voided, fixed };
}

export function panelWasDrawn(evidence) {
  const rounds = checkedRounds(evidence), went = rounds.map((one) => checkRound(evidence, one))[0];
  const [first] = rounds, further = rounds.slice(1).reduce((sum, one) => sum + one.seats.length, 0);
  const en = [`${first.seats.length} seats of ${first.all.length} experts`, `${went.rescued} rebuilt, ${went.absent} absent, ${went.voided} voided before`];
  const zh = [`${first.all.length} 名专家中抽取 ${first.seats.length} 席`, `重建 ${went.rescued}，缺席 ${went.absent}，此前作废 ${went.voided}`];
  if (went.fixed) {
    en.push(`${went.fixed} from chains fixed before`);
    zh.push(`${went.fixed} 个秘密来自事先登记的链`);
  }
  if (first.nonces.length) {
    en.push(`${first.nonces.length} nonces of bidders in the seed`);
    zh.push(`种子中有投标人随机数 ${first.nonces.length} 个`);
  }
  if (further) {
    en.push(`${further} seats drawn again in ${rounds.length - 1} further rounds`);
    zh.push(`后续 ${rounds.length - 1} 轮补抽 ${further} 席`);
  }
  return [en.join("; "), zh.join("；")];
}
