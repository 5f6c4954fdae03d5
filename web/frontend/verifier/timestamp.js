// RFC 3161 tokens against one pinned certificate (docs/formats/timestamp.md); certificates inside a token count nothing.
import { p256 } from "@noble/curves/nist.js";
import { hex, join, same, sha256 } from "./bytes.js";
import * as der from "./der.js";
import { NotProven, need } from "./errors.js";

// Object identifiers, as the bytes that stand in DER.
const SHA256 = "608648016503040201", ECDSA_SHA256 = "2a8648ce3d040302";
const EC_KEY = "2a8648ce3d0201", P256 = "2a8648ce3d030107";
const SIGNED_DATA = "2a864886f70d010702", TST_INFO = "2a864886f70d0109100104";
const CONTENT_TYPE = "2a864886f70d010903", MESSAGE_DIGEST = "2a864886f70d010904";
const SIGNING_CERTIFICATE = "2a864886f70d010910022f";
const EXTENDED_USAGE = "551d25", TIME_STAMPING = "2b06010505070308";

function wrong(holds) {
  need(holds, "a timestamp does not fit its digest or its authority", "时间戳与其摘要或签发机构不符");
}

/** Key, issuer, serial number and validity of an authority's certificate; it must be for timestamps alone. */
export function readAuthority(data) {
  const certificate = der.values(der.only(data, der.SEQUENCE).contents);
  const fields = der.inside(certificate[0], der.SEQUENCE);
  wrong(fields[0].tag === der.tagged(0));
  const [, serial, , issuer, validity, , keyInfo] = fields;
  const [algorithm, bits] = der.inside(keyInfo, der.SEQUENCE);
  const [kind, curve] = der.inside(algorithm, der.SEQUENCE);
  if (der.oid(kind) !== EC_KEY || der.oid(curve) !== P256) {
    throw new NotProven("the authority's key is of a kind that this page does not know", "本页不认识时间戳机构的密钥类型");
  }
  const extensions = fields.find((field) => field.tag === der.tagged(3));
  const usages = der.inside(der.only(extensions.contents, der.SEQUENCE), der.SEQUENCE).map((one) => der.inside(one, der.SEQUENCE));
  const usage = usages.find((one) => der.oid(one[0]) === EXTENDED_USAGE);
  wrong(usage?.length === 3 && usage[1].tag === der.BOOLEAN && usage[1].contents[0] === 0xff);
  const purposes = der.values(der.only(usage[2].contents, der.SEQUENCE).contents);
  wrong(purposes.length === 1 && der.oid(purposes[0]) === TIME_STAMPING);
  const key = der.contentsOf(bits, der.BITS);
  wrong(key[0] === 0);
  const [from, until] = der.inside(validity, der.SEQUENCE).map(der.time);
  return { key: key.subarray(1), identity: join(issuer.whole, serial.whole), digest: sha256(data), from, until };
}

function attributesOf(signer) {
  const found = new Map();
  for (const one of der.values(der.contentsOf(signer, der.tagged(0)))) {
    const [name, set] = der.inside(one, der.SEQUENCE);
    const held = der.inside(set, der.SET);
    wrong(!found.has(der.oid(name)) && held.length === 1);
    found.set(der.oid(name), held[0]);
  }
  return found;
}

/** What the token holds: the stamped fields, and who signed them, as read and not yet believed. */
function readToken(token) {
  const [status, info, ...more] = der.values(der.only(token, der.SEQUENCE).contents);
  const [granted] = der.inside(status, der.SEQUENCE);
  wrong(!more.length && granted.tag === der.INTEGER && hex(granted.contents) === "00");
  const [kind, wrapped] = der.inside(info, der.SEQUENCE);
  wrong(der.oid(kind) === SIGNED_DATA);
  const signed = der.values(der.only(der.contentsOf(wrapped, der.tagged(0)), der.SEQUENCE).contents);
  const [type, octets] = der.inside(signed[2], der.SEQUENCE);
  wrong(der.oid(type) === TST_INFO);
  const content = der.only(der.contentsOf(octets, der.tagged(0)), der.OCTETS).contents;
  const signers = der.inside(signed.at(-1), der.SET);
  wrong(signers.length === 1);
  return { content, fields: der.values(der.only(content, der.SEQUENCE).contents), signer: der.inside(signers[0], der.SEQUENCE) };
}

function isSha256(algorithm) {
  const [kind, nothing, ...more] = der.inside(algorithm, der.SEQUENCE);
  return der.oid(kind) === SHA256 && !more.length && (!nothing || hex(nothing.whole) === "0500");
}

/** The moment at which the authority stamped this digest, in microseconds. */
export function checkToken(token, digest, authority) {
  const { content, fields, signer } = readToken(token);
  const [algorithm, stamped, ...rest] = der.inside(fields[2], der.SEQUENCE);
  wrong(isSha256(algorithm) && same(der.contentsOf(stamped, der.OCTETS), digest) && !rest.length);
  wrong(fields[4].tag === der.TIME);
  const at = der.time(fields[4]);
  wrong(authority.from <= at && at <= authority.until + 999_999n);
  const [, identity, digestAlgorithm, , signatureAlgorithm, signature] = signer;
  wrong(same(der.contentsOf(identity, der.SEQUENCE), authority.identity) && isSha256(digestAlgorithm));
  if (der.oid(der.inside(signatureAlgorithm, der.SEQUENCE)[0]) !== ECDSA_SHA256) {
    throw new NotProven("a timestamp is signed in a way that this page does not know", "本页不认识时间戳的签名算法");
  }
  const attributes = attributesOf(signer[3]);
  wrong(der.oid(attributes.get(CONTENT_TYPE)) === TST_INFO);
  wrong(same(der.contentsOf(attributes.get(MESSAGE_DIGEST), der.OCTETS), sha256(content)));
  const [listed] = der.inside(attributes.get(SIGNING_CERTIFICATE), der.SEQUENCE);
  const named = der.inside(der.inside(listed, der.SEQUENCE)[0], der.SEQUENCE)[0];
  wrong(same(der.contentsOf(named, der.OCTETS), authority.digest));
  // Signed as a SET, sent under the tag [0].
  const asSet = join(Uint8Array.of(der.SET), signer[3].whole.subarray(1));
  const form = { format: "der", lowS: false };
  wrong(p256.verify(der.contentsOf(signature, der.OCTETS), asSet, authority.key, form));
  return at;
}
