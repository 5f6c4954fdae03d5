// Runs what is asked of the browser's sealing library: reads requests on standard input, answers in one JSON object.

import { readFileSync } from "node:fs";
import { archiveSize, paddedSize, readArchive } from "../../web/frontend/sealing/archive.js";
import { answerFields, answerRemarks } from "../../web/frontend/sealing/asked.js";
import { planBid, readPrice } from "../../web/frontend/sealing/bid.js";
import { b64, fromHex, hex, unb64, utf8 } from "../../web/frontend/sealing/bytes.js";
import { canonical, readCanonical } from "../../web/frontend/sealing/canonical.js";
import * as envelopes from "../../web/frontend/sealing/envelope.js";
import { expand, taggedHash } from "../../web/frontend/sealing/hashing.js";
import { Control, sealBid } from "../../web/frontend/sealing/job.js";
import * as keyFiles from "../../web/frontend/sealing/key-files.js";
import { checkNames } from "../../web/frontend/sealing/names.js";
import { release } from "../../web/frontend/sealing/opener.js";
import { partsDigest } from "../../web/frontend/sealing/parts.js";
import { payloadBytes, plaintextBytes } from "../../web/frontend/sealing/payload.js";
import { readPrefix } from "../../web/frontend/sealing/prefix.js";
import { combine, deal } from "../../web/frontend/sealing/shares.js";
import { isSigned, signStatement, signerOf } from "../../web/frontend/sealing/signatures.js";
import { BlobSink } from "../../web/frontend/sealing/sinks.js";
import { suite } from "../../web/frontend/sealing/suites.js";

const filesOf = (given) => given.map(({ bytes, ...file }) => ({ ...file, blob: new Blob([unb64(bytes)]) }));

const ACTS = {
  canonical: ({ value }) => hex(canonical(value)),
  read_canonical: ({ text }) => readCanonical(utf8(text)),
  b64: ({ bytes }) => b64(fromHex(bytes)),
  unb64: ({ text, length }) => hex(unb64(text, length)),
  tagged_hash: ({ tag, parts }) => hex(taggedHash(tag, ...parts.map(fromHex))),
  expand: ({ seed, tag, parts }) => hex(expand(fromHex(seed), tag, ...parts.map(fromHex))),
  parts_digest: async ({ size }) => hex(await partsDigest(new Uint8Array(size))),
  deal: ({ seed, ctx, k, n }) => deal(fromHex(seed), fromHex(ctx), k, n).map(hex),
  combine: ({ shares }) => hex(combine(new Map(shares.map(([index, share]) => [index, fromHex(share)])))),
  public_of: async ({ name, key }) => hex(await suite(name).publicOf(fromHex(key))),
  sizes: ({ sizes }) => sizes.map((size) => [paddedSize(size), payloadBytes(size), plaintextBytes(payloadBytes(size))]),
  names: ({ names }) => checkNames(names),
  archive_size: ({ files }) => archiveSize(filesOf(files)),
  archive: ({ bytes }) => readArchive(unb64(bytes)).map((file) => [file.name, b64(file.bytes)]),
  price: ({ text, notice }) => readPrice(text, notice),
  answer_fields: ({ rulebook }) => answerFields(rulebook),
  answer_remarks: ({ fields, given }) => answerRemarks(fields, given).map(({ id, rejects }) => [id, rejects]),
  prefix: ({ bytes }) => hex(readPrefix(unb64(bytes)).ctx),
  open_bidder: async ({ file, passphrase }) => (await keyFiles.openBidderKey(utf8(file), passphrase)).half,
  open_opener: async ({ file, passphrase }) => {
    const key = await keyFiles.openOpenerKey(utf8(file), passphrase);
    return { half: key.half, hpke: hex(key.hpke), offer: await keyFiles.offerKey(key) };
  },
  cost: () => keyFiles.COST,
  release: async ({ file, passphrase, closing }) =>
    release(await keyFiles.openOpenerKey(utf8(file), passphrase), closing),
  make_bidder: async ({ bidder, passphrase, cost }) => b64((await keyFiles.makeBidderKey(bidder, passphrase, cost)).file),
  make_opener: async ({ suite: name, tender, opener, passphrase, cost }) =>
    b64((await keyFiles.makeOpenerKey(name, tender, opener, passphrase, cost)).file),
  statement: async ({ seed, type, body }) => signStatement(await signerOf("somebody", fromHex(seed)), type, body),
  is_signed: ({ key, signature, data }) => isSigned(fromHex(key), unb64(signature), fromHex(data)),
  open: async ({ envelope, keys, with: chosen, part }) => {
    const bytes = unb64(envelope);
    const prefix = readPrefix(bytes);
    const shares = new Map();
    for (const index of chosen) shares.set(index, await envelopes.openShare(prefix, index, fromHex(keys[index - 1])));
    const joined = envelopes.joinShares(prefix, shares);
    const answer = { outcome: joined.outcome, bad: joined.bad, signed: envelopes.isSignedPrefix(prefix) };
    if (joined.outcome !== "opened") return answer;
    const content = await envelopes.openPayload(bytes, joined.seed, part ? fromHex(part) : null);
    return { ...answer, seed: hex(joined.seed), content: b64(content) };
  },
  open_files: async ({ envelope, seed }) =>
    (await envelopes.openFiles(unb64(envelope), fromHex(seed))).map((file) => [file.name, b64(file.bytes)]),
  seal: async ({ notice, bidder, seed, lot, price, answers, files }) => {
    const signer = await signerOf(bidder, fromHex(seed));
    const plan = await planBid(notice, { lot, price, answers, files: filesOf(files) }, signer);
    const told = [];
    const sealed = await sealBid(plan, new BlobSink(), new Control(), (event) => told.push(event));
    const bytes = new Uint8Array(await sealed.blob.arrayBuffer());
    const last = told.at(-1);
    return { envelope: b64(bytes), digest: sealed.digest, planned: plan.size, done: last.bytes === last.total };
  },
};

/** A file that another program writes into between two readings. */
class Changing extends Blob {
  #read = 0;

  slice(...range) {
    this.#read += 1;
    return this.#read > 2 ? new Blob([new Uint8Array(super.slice(...range).size)]) : super.slice(...range);
  }
}

/** A place that does not keep what it was given. */
class Forgetful extends BlobSink {
  async finish() {
    const bytes = new Uint8Array(await (await super.finish()).arrayBuffer());
    bytes[bytes.length - 1] ^= 1;
    return new Blob([bytes]);
  }
}

/** Seal one file with something going wrong; tells the problem, and whether the sink was cleared. */
async function sealBadly({ notice, bidder, seed, bytes }, Kind, sink, control, tell) {
  const signer = await signerOf(bidder, fromHex(seed));
  const files = [{ name: "a.bin", blob: new Kind([unb64(bytes)]) }];
  const plan = await planBid(notice, { lot: "lot-1", price: "1", answers: {}, files }, signer);
  let isCleared = false;
  const abort = sink.abort.bind(sink);
  sink.abort = async () => {
    isCleared = true;
    await abort();
  };
  const code = await sealBid(plan, sink, control, tell).then(() => "sealed", (problem) => problem.code);
  return { code, isCleared };
}

ACTS.seal_changing = (given) => sealBadly(given, Changing, new BlobSink(), new Control(), () => {});
ACTS.seal_forgetful = (given) => sealBadly(given, Blob, new Forgetful(), new Control(), () => {});
ACTS.seal_cancelled = (given) => {
  const control = new Control();
  return sealBadly(given, Blob, new BlobSink(), control, () => control.cancel());
};
ACTS.seal_paused = async (given) => {
  const control = new Control();
  let events = 0;
  let begun;
  const first = new Promise((resolve) => (begun = resolve));
  const sealing = sealBadly(given, Blob, new BlobSink(), control, () => {
    events += 1;
    if (events > 1) return;
    control.pause();
    begun();
  });
  await first;
  await new Promise((resolve) => setTimeout(resolve, 150));
  const heldAt = events;
  const early = await Promise.race([sealing, Promise.resolve("waits")]);
  control.resume();
  return { ...(await sealing), heldAt, early };
};

async function answer({ act, ...given }) {
  try {
    return { value: (await ACTS[act](given)) ?? null };
  } catch (error) {
    if (error.name !== "Problem") return { bug: String(error.stack) };
    return { problem: error.code, facts: error.facts };
  }
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
for (const one of asked) answers.push(await answer(one));
process.stdout.write(JSON.stringify(answers));
