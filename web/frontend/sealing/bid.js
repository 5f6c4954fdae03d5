// A bid before it is sealed: which notice, which lot, price, answers, files, and what makes it impossible to submit.

import { b64, concat, hex, unb64 } from "./bytes.js";
import { canonical } from "./canonical.js";
import { answerFields, answerRemarks } from "./asked.js";
import { checkNotSealed, inOrder } from "./archive.js";
import { envelopeSize } from "./envelope.js";
import { sha256 } from "./hashing.js";
import { MAGIC } from "./prefix.js";
import { Problem } from "./problem.js";

export const BID = "bid"; // the kind of a bid's only envelope
const PRICE = /^(0|[1-9][0-9]{0,17})(\.[0-9]+)?$/;
const MOST_UNITS = 10n ** 18n - 1n;

/** The notice of an answer as the server gives it and `mingtang notice` keeps it; its digest must fit. */
export function readNotice(answer, tender) {
  const notice = answer?.notice;
  const isWhole = notice?.v === 1 && notice.sealing && hex(sha256(canonical(notice))) === answer.digest;
  if (!isWhole || (tender && notice.tender !== tender)) throw new Problem("bad-notice");
  if (notice.sealing.signing) throw new Problem("needs-certificate");
  return notice;
}

/** The lot of a notice by its id. */
export function lotOf(notice, id) {
  const lot = notice.lots.find((one) => one.id === id);
  if (!lot) throw new Problem("bad-notice");
  return lot;
}

/** The answers that the rulebook of a lot asks for. */
export const fieldsOf = (notice, lot) => answerFields(lotOf(notice, lot).rulebook ?? notice.rulebook);

/** The price in the tender's scale, such as 1250000.00; refuses what could not be read at the opening. */
export function readPrice(text, notice) {
  const places = notice.price_places;
  const [whole, fraction = ""] = text.split(".");
  if (!PRICE.test(text)) throw new Problem("price-form");
  if (fraction.length > places) throw new Problem("price-places", { places });
  const units = BigInt(whole + fraction.padEnd(places, "0"));
  if (units > MOST_UNITS) throw new Problem("price-high");
  if (units === 0n) throw new Problem("price-zero");
  return places ? `${whole}.${fraction.padEnd(places, "0")}` : whole;
}

/** What will not count, as remarks; refuses where the bid would be rejected for it. */
export function checkAnswers(notice, lot, answers) {
  const remarks = answerRemarks(fieldsOf(notice, lot), answers);
  const rejecting = remarks.find((remark) => remark.rejects);
  if (rejecting) throw new Problem(rejecting.code, { id: rejecting.id, field: `answer-${rejecting.id}` });
  return remarks;
}

/** The envelopes that a notice asks for, in the order in which they open. */
export const termsOf = (notice) =>
  notice.sealing.envelopes ?? [{ kind: BID, title: { zh: "投标文件", en: "Bid" }, opens: "closing", price: true }];

/** The bytes of the bid.json of one envelope, the part that is announced when it opens. */
export function bidJson(notice, lot, bidder, price, answers, term) {
  const body = { v: 1, tender: notice.tender, lot, bidder, answers };
  if (term.kind !== BID) body.envelope = term.kind;
  if (term.price) body.price = { amount: readPrice(price, notice), currency: notice.currency };
  return canonical(body);
}

/** The answers that belong into one envelope: what only adjusts the price lies with it, all else in the first. */
export function answersOf(notice, lot, answers, term) {
  const terms = termsOf(notice);
  if (terms.length === 1) return answers;
  const priced = new Set(fieldsOf(notice, lot).filter((field) => field.withPrice).map((field) => field.id));
  const belongs = (id) => (term.price ? priced.has(id) : !priced.has(id) && term.kind === terms[0].kind);
  return Object.fromEntries(Object.entries(answers).filter(([id]) => belongs(id)));
}

/** Refuse files, as { name, blob }, that no envelope can have; says so before anything is read through. */
export async function checkFiles(files) {
  if (files.some((file) => ["bid.json", "trace.json"].includes(file.name))) throw new Problem("name-own");
  inOrder([{ name: "bid.json", blob: new Blob() }, ...files]);
  for (const { name, blob } of files) {
    const start = blob.slice(0, MAGIC.length).arrayBuffer();
    checkNotSealed(new Uint8Array(await start.catch(() => { throw new Problem("file-changed", { name }); })), name);
  }
}

/** The header of one envelope of a submission. */
export function headerFor(notice, lot, signer, submission, kind) {
  const { suite, k, openers, bidder_also: also } = notice.sealing;
  return {
    v: 1,
    suite,
    tender: notice.tender,
    lot,
    kind,
    bidder: signer.name,
    bidder_key: b64(signer.public),
    submission,
    k,
    n: openers.length,
    opener_keys: openers.map((opener) => opener.fingerprint),
    ...(also && { bidder_also: true }),
  };
}

/**
 * The envelopes of a bid, to be sealed one after the other into one file; refuses a bid that could not be submitted.
 * `bid` is { lot, price, answers, files }; where the tender opens in stages, each file names the `kind` of its envelope.
 */
export async function planBid(notice, bid, signer, submission = newId()) {
  checkAnswers(notice, bid.lot, bid.answers);
  if (!bid.files.length) throw new Problem("files-none");
  const openerPublics = notice.sealing.openers.map((opener) => unb64(opener.hpke));
  const terms = termsOf(notice);
  const envelopes = [];
  for (const term of terms) {
    const files = bid.files.filter((file) => terms.length === 1 || file.kind === term.kind);
    await checkFiles(files);
    const answers = answersOf(notice, bid.lot, bid.answers, term);
    const announcement = bidJson(notice, bid.lot, signer.name, bid.price, answers, term);
    const header = headerFor(notice, bid.lot, signer, submission, term.kind);
    const members = [{ name: "bid.json", blob: new Blob([announcement]) }, ...files];
    envelopes.push({ header, openerPublics, signer, announcement, files: members });
  }
  let size = 0;
  for (const envelope of envelopes) size += await envelopeSize(envelope);
  const limit = Number(notice.sealing.limit_bytes);
  if (size > limit) throw new Problem("too-large", { size, limit });
  return { submission, envelopes, size };
}

/** A random UUID; `crypto.randomUUID` is missing where a page is not from a secure place. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const marked = concat(bytes.subarray(0, 6), [(bytes[6] & 15) | 64, bytes[7], (bytes[8] & 63) | 128], bytes.subarray(9));
  return hex(marked).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
