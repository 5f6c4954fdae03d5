// The sealed envelope: seal it, open a share, join shares, open the payload. docs/formats/sealed-envelope.md

import { lp, same, unb64 } from "./bytes.js";
import { archivePieces, archiveSize, readArchive } from "./archive.js";
import { expand, fingerprint, taggedHash } from "./hashing.js";
import { fileKey, isOwnPart, ownPart, ownSeed, partCommitment } from "./own.js";
import { STEP_BYTES, PayloadWriter, decrypt, payloadBytes } from "./payload.js";
import { partsDigest } from "./parts.js";
import { checkHeader, ctxOf, readPrefix, signedBytes, unsignedPrefix, writePrefix } from "./prefix.js";
import { Problem } from "./problem.js";
import { combine, commitment, deal, isFaithful } from "./shares.js";
import { SIGNATURE_BYTES, isSigned } from "./signatures.js";
import { suite } from "./suites.js";

/** Everything of an envelope but payload digest and signature; its length is final already. */
async function draft({ header, openerPublics, signer, announcement, seed, size }) {
  checkHeader(header);
  if (!same(unb64(header.bidder_key), signer.public)) throw new Problem("wrong-bidder-key");
  if (openerPublics.map(fingerprint).join() !== header.opener_keys.join()) throw new Problem("wrong-opening-key");
  const ctx = ctxOf(header);
  const dealt = deal(seed, ctx, header.k, header.n);
  const shares = [];
  for (const [at, share] of dealt.entries()) {
    shares.push(await suite(header.suite).sealTo(openerPublics[at], shareInfo(ctx, at + 1, openerPublics[at]), share));
  }
  return {
    header,
    ctx,
    keyCommitment: taggedHash("seed", ctx, seed),
    bidCommitment: taggedHash("bid", ctx, expand(seed, "bid-blind", ctx), announcement),
    shareCommitments: dealt.map((share, at) => commitment(ctx, at + 1, share)),
    shares,
    payloadSize: payloadBytes(size),
    payloadDigest: new Uint8Array(32),
    partCommitment: header.bidder_also ? partCommitment(ctx, ownPart(signer, ctx)) : null,
  };
}

/** How long the envelope of these files will be, before anything is hashed or sealed. */
export async function envelopeSize(envelope) {
  const size = archiveSize(envelope.files);
  const fields = await draft({ ...envelope, size, seed: new Uint8Array(32) });
  return writePrefix(unsignedPrefix(fields), new Uint8Array(SIGNATURE_BYTES)).length + fields.payloadSize;
}

/**
 * Seal one envelope into `sink` from byte `at` on and tell its size. Its prefix is written last, so that until then the
 * file does not start as an envelope. `envelope` is { header, openerPublics, signer, announcement, files, seed }, each
 * file as `hashFile` gives it; `onBytes` hears of every step of plaintext and may hold it up.
 */
export async function seal(envelope, sink, at, onBytes = () => {}) {
  const { header, signer, files, seed = ownSeed(signer, ctxOf(header)) } = envelope;
  const size = archiveSize(files);
  const fields = await draft({ ...envelope, seed, size });
  const prefixBytes = writePrefix(unsignedPrefix(fields), new Uint8Array(SIGNATURE_BYTES)).length;
  let end = at + prefixBytes;
  const key = fileKey(seed, fields.ctx, header.bidder_also ? ownPart(signer, fields.ctx) : null);
  const writer = await PayloadWriter.begin(key, fields.ctx, async (block) => {
    const at = end;
    end += block.length; // before the sink may take the bytes away
    await sink.write(at, block);
  });
  await pour(archivePieces(files), writer, onBytes);
  fields.payloadDigest = await writer.end();
  const unsigned = unsignedPrefix(fields);
  await sink.write(at, writePrefix(unsigned, await signer.sign(signedBytes(unsigned))));
  if (end - at !== prefixBytes + fields.payloadSize) throw new Problem("file-changed");
  return { size: end - at, payloadSize: fields.payloadSize, digest: fields.payloadDigest };
}

/** Cut pieces of any size into steps of the cipher. */
async function pour(pieces, writer, onBytes) {
  const step = new Uint8Array(STEP_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + STEP_BYTES - filled);
      step.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === STEP_BYTES) {
        await writer.add(step, false);
        await onBytes(filled);
        filled = 0;
      }
    }
  }
  await writer.add(step.subarray(0, filled), true);
  await onBytes(filled);
}

/** Whether the bidder named in the header signed this prefix. */
export const isSignedPrefix = (prefix) =>
  isSigned(unb64(prefix.header.bidder_key), prefix.signature, signedBytes(prefix.unsigned));

/** The 64 bytes of opener `index`, counted from 1; refuses another key, and what cannot be decrypted. */
export async function openShare(prefix, index, key, known = null) {
  const { header, ctx } = prefix;
  const own = known ?? (await suite(header.suite).publicOf(key));
  if (fingerprint(own) !== header.opener_keys[index - 1]) throw new Problem("wrong-opening-key");
  return suite(header.suite).openWith(key, shareInfo(ctx, index, own), prefix.shares[index - 1]);
}

/** Join shares, a Map from opener to 64 bytes: { outcome, bad, seed }. */
export function joinShares(prefix, shares) {
  const { ctx, header, shareCommitments } = prefix;
  const isGood = ([index, share]) => same(commitment(ctx, index, share), shareCommitments[index - 1] ?? []);
  const good = [...shares].filter(isGood).sort(([one], [other]) => one - other);
  const bad = [...shares.keys()].filter((index) => !good.some(([kept]) => kept === index));
  if (good.length < header.k) return { outcome: "need_more_shares", bad };
  const seed = combine(new Map(good.slice(0, header.k)));
  if (!isSeed(prefix, seed) || !isFaithful(seed, ctx, header.k, shareCommitments)) return { outcome: "malformed_bid", bad };
  return { outcome: "opened", bad, seed };
}

/** Whether this is the seed that an envelope commits to. */
export const isSeed = (prefix, seed) => same(taggedHash("seed", prefix.ctx, seed), prefix.keyCommitment);

/** The content of an envelope at hand, decrypted with its seed, and with its bidder's own part where it needs that. */
export async function openPayload(envelope, seed, part = null) {
  const prefix = readPrefix(envelope);
  const payload = envelope.subarray(prefix.length);
  if (payload.length !== prefix.payloadSize || !isSeed(prefix, seed)) throw new Problem("malformed");
  if (prefix.header.bidder_also && !(part && isOwnPart(prefix, part))) throw new Problem("malformed");
  if (!same(await partsDigest(payload), prefix.payloadDigest)) throw new Problem("malformed");
  return decrypt(fileKey(seed, prefix.ctx, prefix.header.bidder_also ? part : null), prefix.ctx, payload);
}

/** The files of an envelope at hand; refuses where bid.json is not the one committed to. */
export async function openFiles(envelope, seed, part = null) {
  const { ctx, bidCommitment } = readPrefix(envelope);
  const files = readArchive(await openPayload(envelope, seed, part));
  const committed = taggedHash("bid", ctx, expand(seed, "bid-blind", ctx), files[0].bytes);
  if (!same(committed, bidCommitment)) throw new Problem("malformed");
  return files;
}

const shareInfo = (ctx, index, key) => lp(ctx, Uint8Array.of(index), key);
