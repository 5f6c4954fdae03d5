// The claim about an evaluation's draws: what chance decided was frozen, logged, drawn with the root after, and used.
import { hex, tagged, unb64, unhex } from "./bytes.js";
import { Source } from "./draw/random.js";
import { readDecimal } from "./engine/fraction.js";
import { evaluate, keptBids } from "./engine/rank.js";
import { need } from "./errors.js";
import { readFact } from "./evidence.js";
import { byCodePoints, canonical, digestOf, equal, exactly, sorted } from "./json.js";
import { checkConsistency, checkInclusion, leafHash } from "./merkle.js";

function resultOf(request, hash, root) {
  const numbers = new Source(tagged("evaluation-draw-seed", hash, root));
  return request.items.map(({ kind, among }) =>
    kind === "coefficient" ? [among[Number(numbers.below(BigInt(among.length)))]] : numbers.shuffle([...among]));
}

function checkRequest(request) {
  exactly(request, "v", "draw_id", "tender_id", "lot_id", "stage", "rests_on", "items");
  need(request.v === 1 && ["formula", "ties"].includes(request.stage), "a draw is of another version", "抽取版本不符");
  for (const item of request.items) {
    const { kind, among } = exactly(item, "kind", "name", "among"), isKnown = ["coefficient", "sample", "tie"].includes(kind);
    const isOnce = among.every((one) => typeof one === "string") && new Set(among).size === among.length;
    need(isKnown && isOnce && (kind === "coefficient" || equal(sorted(among), among)), "a draw is among doubled or unsorted values", "抽取范围重复或未排序");
  }
}

/** One record, recomputed and tied to the head of the log. */
function checkRecord(evidence, { record, consistency }) {
  exactly(record, "v", "request", "freeze", "tree", "result");
  const { request, freeze, tree } = record;
  need(record.v === 1, "a draw is of another version", "抽取版本不符");
  checkRequest(request);
  exactly(freeze, "index", "fact", "salt");
  exactly(tree, "size", "root", "proof");
  const hash = tagged("evaluation-draw", canonical(request)), body = unb64(freeze.fact), fact = readFact(body);
  const told = [fact.kind, fact.subject, fact.tender, fact.data.request];
  need(equal(told, ["evaluation-draw.frozen", request.draw_id, request.tender_id, hex(hash)]), "the entry of the log froze something else", "日志条目冻结的是别的内容");
  const root = unhex(tree.root), leaf = leafHash(tagged("leaf", unb64(freeze.salt, 32), body));
  need(tree.size === freeze.index + 2 && root.length === 32, "the tree does not end with the entry after the freeze", "日志树未止于冻结后的条目");
  checkInclusion(leaf, freeze.index, tree.size, tree.proof.map(unhex), root);
  need(equal(resultOf(request, hash, root), record.result), "the result of a draw is not what the root gives", "抽取结果不是日志根所给出的");
  const { head } = evidence;
  checkConsistency(tree.size, head.size, consistency.map((step) => unb64(step, 32)), root, head.root);
  return { request, index: freeze.index, digest: digestOf(record), result: record.result };
}

/** The draws of a lot by stage and what they rest on; none is missing, none was tried twice. */
function drawsOf(evidence, lot) {
  const frozen = new Map(evidence.ofKind("evaluation-draw.frozen").filter((fact) => fact.data.lot === lot).map((fact) => [fact.subject, fact]));
  const rests = [...frozen.values()].map(({ data }) => `${data.stage} ${data.rests_on}`);
  need(new Set(rests).size === rests.length, "the same draw was frozen twice", "同一抽取被冻结两次");
  const drawn = new Map(evidence.ofKind("evaluation-draw.drawn").filter((fact) => frozen.has(fact.subject)).map((fact) => [fact.subject, fact.data.record]));
  const found = new Map();
  for (const line of evidence.json(`lots/${lot}/draws.json`)) {
    const one = checkRecord(evidence, exactly(line, "record", "consistency")), { request } = one, fact = frozen.get(request.draw_id);
    const isLogged = fact && fact.index === one.index && request.lot_id === lot && request.stage === fact.data.stage
      && request.rests_on === fact.data.rests_on && drawn.get(request.draw_id) === one.digest;
    need(isLogged, `the draw ${request.draw_id} is not the one that was logged`, `抽取 ${request.draw_id} 与日志所记不一致`);
    drawn.delete(request.draw_id);
    found.set(`${request.stage} ${request.rests_on}`, one);
  }
  need(!drawn.size, "a draw is missing", "缺少一次抽取");
  return found;
}

/** What a rulebook draws before the ranking: coefficients by name, then samples by name. */
function formulaItems(body) {
  const { drawn, price } = body.rulebook, ids = sorted(body.bids.map((bid) => bid.bid_id));
  return [
    ...[...drawn].sort((one, other) => byCodePoints(one.name, other.name)).map(({ name, values }) => ({ kind: "coefficient", name, among: values })),
    ...sorted(price.samples.map((sample) => sample.name)).map((name) => ({ kind: "sample", name, among: ids })),
  ];
}

/** What the case must hold of the draw before the ranking. */
function drawnFacts(body, items, result) {
  const { price } = body.rulebook, samples = {}, coefficients = {};
  const given = new Map(items.map((item, at) => [`${item.kind} ${item.name}`, result[at]]));
  for (const item of items) if (item.kind === "coefficient") [coefficients[item.name]] = given.get(`coefficient ${item.name}`);
  if (price.samples.length) {
    const basis = new Set(price.benchmark.among === "opened" ? body.bids.map((bid) => bid.bid_id) : keptBids(body));
    for (const { name, size } of price.samples) {
      samples[name] = sorted(given.get(`sample ${name}`).filter((id) => basis.has(id)).slice(0, size));
    }
  }
  return { coefficients, samples };
}

function checkLot(evidence, body, draws) {
  const items = formulaItems(body), bare = { coefficients: {}, samples: {}, ties: [] };
  let used = 0;
  if (items.length) {
    const draw = draws.get(`formula ${digestOf(body.rulebook)}`);
    need(draw && equal(draw.request.items, items), "the coefficients and samples of the rulebook were not drawn as it says", "规则所需的系数与样本未按规定抽取");
    Object.assign(bare, drawnFacts(body, items, draw.result));
    used++;
  }
  const before = { ...body, drawn: bare }, ranking = evaluate(before), places = new Map(ranking.lines.map((line) => [line.bid_id, line.place]));
  const ties = ranking.ties.filter(([first]) => places.get(first) <= body.rulebook.candidates)
    .map((tie) => ({ kind: "tie", name: String(places.get(tie[0])), among: sorted(tie) }));
  if (ties.length) {
    // The ranking that left them equal was logged with its case, which is this one without the order drawn.
    const left = evidence.ofKind("lot.ranked").filter((fact) => fact.subject === body.lot_id && fact.data.case === digestOf(before));
    const draw = left.map((fact) => draws.get(`ties ${fact.data.ranking}`)).find(Boolean);
    need(draw && equal(draw.request.items, ties), "equal bids were not drawn", "并列投标未抽取");
    bare.ties = draw.result;
    used++;
  }
  need(sameDrawn(bare, body.drawn), "the case does not hold what was drawn", "案卷与抽取结果不符");
  return used;
}

/** Coefficients compare as numbers: the request lists them as the rulebook writes them. */
function sameDrawn(one, other) {
  const texts = (coefficients) => Object.fromEntries(Object.entries(coefficients).map(([name, text]) => [name, readDecimal(text).text]));
  return equal({ ...one, coefficients: texts(one.coefficients) }, { ...other, coefficients: texts(other.coefficients) });
}

export function drawsCameFromTheLog(evidence) {
  const opened = evidence.one("opening.recorded").index, { cases } = evidence;
  let count = 0;
  for (const [lot, body] of cases) {
    const draws = drawsOf(evidence, lot);
    const early = [...draws.values()].some((one) => one.index < opened);
    need(!early, "a draw was frozen before the bids were opened", "开标前已冻结抽取");
    count += checkLot(evidence, body, draws);
  }
  return count ? [`${count} draws decided something`, `${count} 次抽取决定了事项`] : ["the rulebook left nothing to chance", "规则没有留给抽取的事项"];
}
