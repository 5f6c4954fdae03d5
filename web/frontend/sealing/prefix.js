// The readable part of a sealed envelope; reading is strict: one envelope has one prefix. docs/formats/sealed-envelope.md

import { b64, bigEndian, concat, fromBigEndian, same, startsWith, unb64, utf8 } from "./bytes.js";
import { canonical, readCanonical } from "./canonical.js";
import { sha256, taggedHash } from "./hashing.js";
import { plaintextBytes } from "./payload.js";
import { Problem } from "./problem.js";
import { MAX_OPENERS, SHARE_BYTES } from "./shares.js";
import { PUBLIC_BYTES, SIGNATURE_BYTES } from "./signatures.js";
import { suite } from "./suites.js";

export const MAGIC = utf8("mingtang-envelope/v1\n");
const FIXED_BYTES = MAGIC.length + 4;
const MAX_PREFIX_BYTES = 64 * 1024;
const DIGEST_BYTES = 32;
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const FINGERPRINT = /^[0-9a-f]{64}$/;
const IDS = ["tender", "lot", "kind", "bidder", "submission"];
const HEADER = [...IDS, "v", "suite", "bidder_key", "k", "n", "opener_keys"].sort();
const BIDDER_ALSO = "bidder_also";

/** The digest that everything in an envelope is bound to. */
export const ctxOf = (header) => sha256(canonical(header));

/** Refuse a header, as it stands in the prefix, that breaks a limit. */
export function checkHeader(header) {
  const { k, n, opener_keys: keys } = header;
  suite(header.suite);
  unb64(header.bidder_key, PUBLIC_BYTES);
  const isRight =
    Object.keys(header).filter((name) => name !== BIDDER_ALSO).sort().join() === HEADER.join() &&
    (!(BIDDER_ALSO in header) || header[BIDDER_ALSO] === true) &&
    header.v === 1 &&
    IDS.every((name) => typeof header[name] === "string" && ID.test(header[name])) &&
    Number.isInteger(k) && Number.isInteger(n) && 1 <= k && k <= n && n <= MAX_OPENERS &&
    Array.isArray(keys) && keys.length === n && new Set(keys).size === n && keys.every((key) => FINGERPRINT.test(key));
  if (!isRight) throw new Problem("bad-header");
}

/** What the bidder's signature covers. */
export const signedBytes = (unsigned) => taggedHash("envelope", canonical(unsigned));

/** Magic, length and canonical JSON: all bytes before the payload. */
export function writePrefix(unsigned, signature) {
  const body = canonical({ ...unsigned, signature: b64(signature) });
  if (FIXED_BYTES + body.length > MAX_PREFIX_BYTES) throw new Problem("bad-header");
  return concat(MAGIC, bigEndian(body.length, 4), body);
}

/** How many bytes of an envelope hold its prefix, told from its first 25 bytes. */
export function prefixLength(start) {
  if (!startsWith(start, MAGIC) || start.length < FIXED_BYTES) throw new Problem("malformed");
  const length = FIXED_BYTES + fromBigEndian(start.subarray(MAGIC.length, FIXED_BYTES));
  if (length > MAX_PREFIX_BYTES) throw new Problem("malformed");
  return length;
}

/** The prefix at the start of these bytes, its fields as bytes; the signature is not checked here. */
export function readPrefix(bytes) {
  const length = prefixLength(bytes);
  if (bytes.length < length) throw new Problem("malformed");
  try {
    return fieldsOf(readCanonical(bytes.subarray(FIXED_BYTES, length)), bytes.subarray(0, length));
  } catch (error) {
    throw ["unknown-suite", "national-suite"].includes(error.code) ? error : new Problem("malformed");
  }
}

function fieldsOf({ signature, ...unsigned }, written) {
  const { header, payload } = unsigned;
  checkHeader(header);
  const shareBytes = suite(header.suite).sealedBytes(SHARE_BYTES);
  plaintextBytes(payload.size);
  const prefix = {
    header,
    ctx: ctxOf(header),
    unsigned,
    keyCommitment: unb64(unsigned.key_commitment, DIGEST_BYTES),
    bidCommitment: unb64(unsigned.bid_commitment, DIGEST_BYTES),
    shareCommitments: unsigned.share_commitments.map((item) => unb64(item, DIGEST_BYTES)),
    shares: unsigned.shares.map((item) => unb64(item, shareBytes)),
    payloadSize: payload.size,
    payloadDigest: unb64(payload.digest, DIGEST_BYTES),
    certificate: unsigned.certificate,
    partCommitment: header[BIDDER_ALSO] ? unb64(unsigned.part_commitment, DIGEST_BYTES) : null,
    signature: unb64(signature, SIGNATURE_BYTES),
    length: written.length,
  };
  const known = unsignedPrefix({ ...prefix, payloadDigest: prefix.payloadDigest });
  const counts = [prefix.shareCommitments.length, prefix.shares.length];
  if (counts.some((count) => count !== header.n) || !same(writePrefix(known, prefix.signature), written)) {
    throw new Problem("malformed");
  }
  return prefix;
}

/** The JSON of a prefix without its signature. */
export function unsignedPrefix(fields) {
  return {
    header: fields.header,
    key_commitment: b64(fields.keyCommitment),
    bid_commitment: b64(fields.bidCommitment),
    share_commitments: fields.shareCommitments.map(b64),
    shares: fields.shares.map(b64),
    payload: { size: fields.payloadSize, digest: b64(fields.payloadDigest) },
    ...(fields.certificate && { certificate: fields.certificate }),
    ...(fields.partCommitment && { part_commitment: b64(fields.partCommitment) }),
  };
}
