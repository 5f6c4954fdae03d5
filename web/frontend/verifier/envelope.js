// The readable part of a sealed envelope, its commitments and shares (docs/formats/sealed-envelope.md).
import { expand, readUtf8, same, sha256, tagged, unb64, utf8 } from "./bytes.js";
import { need } from "./errors.js";
import { canonical, exactly, has, isObject, isWhole, readText, write } from "./json.js";
import { isSigned } from "./signed.js";

const MAGIC = "mingtang-envelope/v1\n";
const FIXED = MAGIC.length + 4, LONGEST = 64 * 1024, MOST_OPENERS = 32, MOST_ENVELOPES = 8;
const SHARE_BYTES = { hybrid: 1200, classic: 112, sm: 209 };
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, FINGERPRINT = /^[0-9a-f]{64}$/;
const ALSO = "bidder_also"; // where the openers need the bidder's own part of the key
const FIELDS = ["header", "key_commitment", "bid_commitment", "share_commitments", "shares", "payload", "signature"];
const ALGORITHM = /^(rsa-(pss|pkcs1)|ecdsa-p(256|384))-sha(256|384|512)$|^sm2-sm3$/, MOST_CERTIFICATES = 5, LONGEST_CERTIFICATE = 8192;
const CHUNK = 16384, TAG = 16, HEAD = 56;

const fits = (holds) => need(holds, "the readable part of an envelope is malformed", "信封的可读部分格式有误");

function checkHeader(header) {
  exactly(header, "v", "suite", "tender", "lot", "kind", "bidder", "bidder_key", "submission", "k", "n", "opener_keys", ...(has(header, ALSO) ? [ALSO] : []));
  fits(!has(header, ALSO) || header[ALSO] === true);
  const ids = [header.tender, header.lot, header.kind, header.bidder, header.submission];
  fits(header.v === 1 && Object.hasOwn(SHARE_BYTES, header.suite) && ids.every((id) => typeof id === "string" && ID.test(id)));
  fits(isWhole(header.k, 1) && isWhole(header.n, header.k) && header.n <= MOST_OPENERS);
  const keys = header.opener_keys;
  fits(Array.isArray(keys) && keys.length === header.n && new Set(keys).size === header.n);
  fits(keys.every((key) => typeof key === "string" && FINGERPRINT.test(key)));
}

/** The form of a second signature, by a certificate; nothing of it is checked here. */
function checkCertificate({ algorithm, chain, signature, ...more }) {
  fits(ALGORITHM.test(algorithm) && !Object.keys(more).length && Array.isArray(chain) && chain.length >= 1 && chain.length <= MOST_CERTIFICATES);
  const sizes = chain.map((one) => unb64(one).length), { length } = unb64(signature);
  fits(sizes.every((size) => size >= 1 && size <= LONGEST_CERTIFICATE) && new Set(chain).size === chain.length && length >= 1 && length <= 1024);
}

/** The prefix of an envelope; its signature is not checked here. */
export function readPrefix(data) {
  const length = new DataView(data.buffer, data.byteOffset, data.length);
  fits(data.length >= FIXED && same(data.subarray(0, MAGIC.length), utf8(MAGIC)) && data.length <= LONGEST);
  fits(length.getUint32(MAGIC.length) === data.length - FIXED);
  const body = readText(readUtf8(data.subarray(FIXED)));
  const { header } = body, isAlso = isObject(header) && has(header, ALSO), isTwice = has(body, "certificate");
  exactly(body, ...FIELDS, ...(isAlso ? ["part_commitment"] : []), ...(isTwice ? ["certificate"] : []));
  if (isTwice) checkCertificate(body.certificate);
  checkHeader(header);
  exactly(body.payload, "size", "digest");
  const rest = (body.payload.size - HEAD) % (CHUNK + TAG);
  fits(isWhole(body.payload.size, HEAD + TAG) && rest >= TAG);
  const commitments = body.share_commitments.map((one) => unb64(one, 32));
  const shares = body.shares.map((one) => unb64(one, SHARE_BYTES[header.suite]));
  fits(commitments.length === header.n && shares.length === header.n);
  unb64(body.payload.digest, 32);
  const { signature, ...unsigned } = body, { certificate, ...bare } = unsigned;
  return {
    certificate,
    bare,
    header,
    ctx: sha256(canonical(header)),
    key: unb64(header.bidder_key, 32),
    keyCommitment: unb64(body.key_commitment, 32),
    bidCommitment: unb64(body.bid_commitment, 32),
    partCommitment: isAlso ? unb64(body.part_commitment, 32) : null,
    commitments,
    signed: tagged("envelope", canonical(unsigned)),
    signature: unb64(signature, 64),
  };
}

/** The prefixes of a bid's envelopes, one after the other: of one submission, each of another kind. */
export function readPrefixes(data) {
  const found = [];
  for (let at = 0; at < data.length;) {
    fits(data.length - at >= FIXED);
    const length = new DataView(data.buffer, data.byteOffset + at).getUint32(MAGIC.length);
    found.push(readPrefix(data.subarray(at, at + FIXED + length)));
    at += FIXED + length;
  }
  const kinds = new Set(found.map(({ header }) => header.kind)), rest = found.map(({ header }) => write({ ...header, kind: "" }));
  fits(found.length >= 1 && found.length <= MOST_ENVELOPES && kinds.size === found.length && new Set(rest).size === 1);
  return found;
}

export const isSignedByBidder = (prefix) => isSigned(prefix.key, prefix.signature, prefix.signed);

/** Whether this was announced: blind and bytes of bid.json are what the envelope commits to. */
export const announces = (prefix, blind, bidJson) => same(tagged("bid", prefix.ctx, blind, bidJson), prefix.bidCommitment);

const LOGS = new Uint8Array(256), POWERS = new Uint8Array(510);
for (let power = 0, value = 1; power < 255; power++) {
  [POWERS[power], POWERS[power + 255], LOGS[value]] = [value, value, power];
  value ^= value << 1; // times 3, which generates the field
  if (value & 0x100) value ^= 0x11b;
}
const times = (one, other) => (one && other ? POWERS[LOGS[one] + LOGS[other]] : 0);
const over = (one, other) => (one ? POWERS[LOGS[one] + 255 - LOGS[other]] : 0);

/** The share of the opener at this place is the one that the envelope commits to. */
export function fitsCommitment(prefix, place, share) {
  const index = Uint8Array.of(place);
  return same(tagged("share", prefix.ctx, index, share.subarray(0, 32), share.subarray(32)), prefix.commitments[place - 1]);
}

/** Whether this is the bidder's own part of the key that an envelope commits to. */
export const isOwnPart = (prefix, part) => prefix.partCommitment !== null && same(tagged("part", prefix.ctx, part), prefix.partCommitment);

/** Whether k of these good shares (by place) give a seed that, dealt again, gives every commitment. */
export function opens(prefix, shares) {
  const { header } = prefix;
  const chosen = [...shares].slice(0, header.k);
  if (chosen.length < header.k) return false;
  const seed = new Uint8Array(32);
  for (const [place, share] of chosen) {
    let weight = 1;
    for (const [other] of chosen) if (other !== place) weight = times(weight, over(other, other ^ place));
    for (let at = 0; at < 32; at++) seed[at] ^= times(weight, share[at]);
  }
  return isDealt(prefix, seed);
}

/** Whether this is an envelope's seed, and dealing it again gives every commitment. */
export function isDealt(prefix, seed) {
  const { header, ctx } = prefix;
  if (!same(tagged("seed", ctx, seed), prefix.keyCommitment)) return false;
  const curve = [seed];
  for (let j = 1; j < header.k; j++) curve.push(expand(seed, "coef", ctx, Uint8Array.of(j)));
  return prefix.commitments.every((_, at) => {
    const place = at + 1, share = new Uint8Array(64);
    for (let byte = 0; byte < 32; byte++) {
      for (let j = header.k - 1; j >= 0; j--) share[byte] = times(share[byte], place) ^ curve[j][byte];
    }
    share.set(expand(seed, "blind", ctx, Uint8Array.of(place)), 32);
    return fitsCommitment(prefix, place, share);
  });
}
