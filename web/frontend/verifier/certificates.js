// Signatures by X.509 certificates (docs/formats/signing-certificate.md): who signed, and the chain up to the notice.
// What this page does not judge (revocation, SM2, unusual forms) it leaves NOT PROVEN; the command judges all of it.
import { p256, p384 } from "@noble/curves/nist.js";
import { sha384, sha512 } from "@noble/hashes/sha2.js";
import { hex, join, number, same, sha256, sha256Hex, tagged, unb64, unhex, big } from "./bytes.js";
import * as der from "./der.js";
import { NotProven, need } from "./errors.js";
import { bidOf, nameOf } from "./evidence.js";
import { canonical, digestOf, exactly, has } from "./json.js";
import { checkToken, readAuthority } from "./timestamp.js";

const HASHES = { sha256, sha384, sha512 }, CURVES = { p256: [p256, 32], p384: [p384, 48] };
// Object identifiers, as the bytes that stand in DER.
const RSA_KEY = "2a864886f70d010101", EC_KEY = "2a8648ce3d0201";
const ON_CURVE = { "2a8648ce3d030107": "p256", "2b81040022": "p384" };
const ISSUED_BY = {
  "2a864886f70d01010b": "rsa-pkcs1-sha256", "2a864886f70d01010c": "rsa-pkcs1-sha384", "2a864886f70d01010d": "rsa-pkcs1-sha512",
  "2a8648ce3d040302": "ecdsa-sha256", "2a8648ce3d040303": "ecdsa-sha384", "2a8648ce3d040304": "ecdsa-sha512",
};
const DIGEST_INFO = {
  sha256: "3031300d060960864801650304020105000420", sha384: "3041300d060960864801650304020205000430",
  sha512: "3051300d060960864801650304020305000440",
};
const LEAST_BITS = 2048, MOST_BITS = 8192;

const unknown = () => {
  throw new NotProven("a certificate has a form or an algorithm that this page does not know; use the command", "证书的形式或算法本页不认识；请用命令核验");
};
const holds = (bid, is) => need(is, `the certificate of bid ${bid}, its chain or its signature does not hold`, `投标 ${bid} 的证书、证书链或签名不成立`);

function keyOf(info) {
  const [algorithm, bits] = der.inside(info, der.SEQUENCE), [kind, curve] = der.inside(algorithm, der.SEQUENCE);
  const body = der.contentsOf(bits, der.BITS).subarray(1);
  if (der.oid(kind) === RSA_KEY) {
    const [modulus, exponent] = der.values(der.only(body, der.SEQUENCE).contents).map((value) => number(der.contentsOf(value, der.INTEGER)));
    const size = modulus.toString(2).length;
    return size < LEAST_BITS || size > MOST_BITS ? unknown() : { kind: "rsa", modulus, exponent, size };
  }
  const name = der.oid(kind) === EC_KEY ? ON_CURVE[der.oid(curve)] : undefined;
  return name ? { kind: "ecdsa", name, point: body } : unknown();
}

/** What the checks need of a certificate. */
function readCertificate(data) {
  const [body, algorithm, bits] = der.values(der.only(data, der.SEQUENCE).contents);
  const [version, serial, , issuer, validity, subject, info] = der.inside(body, der.SEQUENCE);
  if (version.tag !== der.tagged(0) || serial.tag !== der.INTEGER) unknown();
  const [from, until] = der.inside(validity, der.SEQUENCE).map(der.time);
  return {
    signed: body.whole, how: ISSUED_BY[der.oid(der.inside(algorithm, der.SEQUENCE)[0])], signature: der.contentsOf(bits, der.BITS).subarray(1),
    issuer: issuer.whole, subject: subject.whole, from, until, key: keyOf(info),
  };
}

function power(base, exponent, modulus) {
  let found = 1n;
  for (let square = base % modulus, rest = exponent; rest; rest >>= 1n, square = (square * square) % modulus) {
    if (rest & 1n) found = (found * square) % modulus;
  }
  return found;
}

/** MGF1 of PKCS #1. */
function mask(seed, length, hash) {
  const parts = [];
  for (let at = 0; at * hash.outputLen < length; at++) parts.push(hash(join(seed, big(at, 4))));
  return join(...parts).subarray(0, length);
}

function fitsPss(encoded, bits, digest, hash) {
  const { outputLen } = hash, unused = 8 * encoded.length - bits, split = encoded.length - outputLen - 1;
  if (encoded.at(-1) !== 0xbc || split < outputLen + 1 || encoded[0] >> (8 - unused)) return false;
  const seed = encoded.subarray(split, -1), block = mask(seed, split, hash).map((byte, at) => byte ^ encoded[at]);
  block[0] &= 0xff >> unused;
  const start = split - outputLen;
  if (block[start - 1] !== 1 || block.subarray(0, start - 1).some((byte) => byte)) return false;
  return same(hash(join(new Uint8Array(8), digest, block.subarray(start))), seed);
}

function isSignedByRsa(key, form, name, signature, data) {
  const length = Math.ceil(key.size / 8), hash = HASHES[name], value = number(signature);
  if (signature.length !== length || value >= key.modulus) return false;
  const plain = power(value, key.exponent, key.modulus), digest = hash(data);
  if (form === "pss") {
    const bytes = Math.ceil((key.size - 1) / 8);
    return plain >> BigInt(8 * bytes) ? false : fitsPss(big(plain, bytes), key.size - 1, digest, hash);
  }
  const tail = join(Uint8Array.of(0), unhex(DIGEST_INFO[name]), digest), filled = new Uint8Array(length - 2 - tail.length).fill(0xff);
  return same(big(plain, length), join(Uint8Array.of(0, 1), filled, tail));
}

function isSigned(key, algorithm, signature, data, format) {
  const [kind, ...rest] = algorithm.split("-"), name = rest.at(-1);
  if (kind !== key.kind) return false;
  if (kind === "rsa") return isSignedByRsa(key, rest[0], name, signature, data);
  const [curve, half] = CURVES[key.name];
  if ((format === "compact" && signature.length !== 2 * half) || (rest.length > 1 && rest[0] !== key.name)) return false;
  try {
    return curve.verify(signature, HASHES[name](data), key.point, { format, lowS: false, prehash: false });
  } catch {
    return false;
  }
}

/** The certificates from the signer's up to one that the notice pins. */
function pathOf(bid, chain, pinned) {
  const found = chain.map(readCertificate), all = pinned.map(readCertificate);
  const roots = all.filter((one) => same(one.subject, one.issuer)), anchors = roots.length ? roots : all;
  if (found.some(({ how }) => !how)) unknown();
  const isIssued = (one, above) => isSigned(above.key, one.how, one.signature, one.signed, "der");
  for (let at = 0; at + 1 < found.length; at++) {
    if (!same(found[at].issuer, found[at + 1].subject)) unknown();
    holds(bid, isIssued(found[at], found[at + 1]));
  }
  // Names are compared by their bytes: others may say the same, which this page does not judge.
  const named = anchors.filter(({ subject }) => same(subject, found.at(-1).issuer));
  if (!named.length) unknown();
  const anchor = named.find((one) => isIssued(found.at(-1), one));
  holds(bid, anchor);
  return [...found, anchor];
}

function checkBid(evidence, bid, authorities) {
  const { data } = evidence.sealed.get(bid), told = exactly(evidence.bid(bid).signing, "authority", "holder", "lists");
  need(data.signing === digestOf(told), `the log does not say why the certificate of bid ${bid} was accepted`, `日志未说明为何接受投标 ${bid} 的证书`);
  for (const one of told.lists) {
    need(sha256Hex(evidence.part(`signing/${one}.crl`)) === one, "a revocation list that a bid rests on is another one", "投标所依据的吊销列表不符");
  }
  const authority = authorities.find(({ name }) => name === told.authority);
  holds(bid, authority);
  const at = checkToken(unb64(evidence.bid(bid).token), unhex(data.digest), readAuthority(unb64(evidence.keys.timestamp_certificate)));
  for (const { kind } of evidence.envelopes) {
    const { certificate, bare } = evidence.prefixes.get(nameOf(bid, kind));
    holds(bid, certificate);
    if (certificate.algorithm === "sm2-sm3") unknown();
    const chain = certificate.chain.map((one) => unb64(one)), path = pathOf(bid, chain, authority.certificates.map((one) => unb64(one)));
    const covered = tagged("certificate", sha256(chain[0]), canonical(bare));
    holds(bid, isSigned(path[0].key, certificate.algorithm, unb64(certificate.signature), covered, "compact"));
    for (const { from, until } of path) holds(bid, from <= at && at <= until + 999_999n);
  }
}

/** Judge what this page can of signatures by certificate; throws NotProven where a tender asks for them. */
export function checkCertificates(evidence) {
  const { sealing } = evidence.notice;
  if (!has(sealing, "signing")) {
    for (const [name, { certificate }] of evidence.prefixes) holds(bidOf(name), !certificate);
    for (const [bid, { data }] of evidence.sealed) holds(bid, !has(data, "signing"));
    return;
  }
  for (const bid of evidence.sealed.keys()) checkBid(evidence, bid, sealing.signing.authorities);
  throw new NotProven(
    "the certificates' signatures and chains hold; whether one was revoked this page does not judge, the command does",
    "证书签名与证书链成立；是否吊销本页不判断，请用命令核验",
  );
}
