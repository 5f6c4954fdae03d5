// Bytes: text forms, comparison, and the framed hashes of docs/formats/canonical.md.
import { sha256 } from "@noble/hashes/sha2.js";
import { shake256 } from "@noble/hashes/sha3.js";
import { need } from "./errors.js";

export { sha256 };

const HEX = [...Array(256).keys()].map((n) => n.toString(16).padStart(2, "0"));
const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE = STANDARD.slice(0, 62) + "-_";
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const utf8 = (text) => ENCODER.encode(text);

export function readUtf8(data) {
  try {
    return DECODER.decode(data);
  } catch {
    need(false, "the bytes are no text", "字节不是文本");
  }
}

export function hex(data) {
  let text = "";
  for (const byte of data) text += HEX[byte];
  return text;
}

export function unhex(text) {
  need(typeof text === "string" && /^([0-9a-f]{2})*$/.test(text), "a text is not in hex", "文本不是十六进制");
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(one, other) {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

export function less(one, other) {
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    if (one[at] !== other[at]) return one[at] < other[at];
  }
  return one.length < other.length;
}

function decoder(alphabet) {
  const values = new Map([...alphabet].map((letter, value) => [letter.charCodeAt(0), value]));
  return (text) => {
    const found = new Uint8Array(Math.floor((text.length * 3) / 4));
    let held = 0, bits = 0, at = 0;
    for (let place = 0; place < text.length; place++) {
      const value = values.get(text.charCodeAt(place));
      if (value === undefined) return null;
      held = ((held << 6) | value) & 0xffff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        found[at++] = (held >> bits) & 0xff;
      }
    }
    const rest = held & ((1 << bits) - 1);
    return bits === 6 || rest ? null : found;
  };
}

const fromUrlSafe = decoder(URL_SAFE);
const fromStandard = decoder(STANDARD);

/** Unpadded base64url; the one right form only. */
export function unb64(text, length) {
  const found = typeof text === "string" ? fromUrlSafe(text) : null;
  need(found, "a text is not base64url without padding", "文本不是无填充的 base64url");
  need(length === undefined || found.length === length, `${length} bytes are needed`, `应为 ${length} 字节`);
  return found;
}

/** Standard base64 with its padding, as C2SP notes have it. */
export function unb64Padded(text) {
  const bare = text.replace(/={1,2}$/, "");
  const found = text.length % 4 || (4 - (bare.length % 4)) % 4 !== text.length - bare.length ? null : fromStandard(bare);
  need(found, "a base64 value is malformed", "base64 数值有误");
  return found;
}

export function b64Padded(data) {
  let text = "";
  for (let at = 0; at < data.length; at += 3) {
    const three = (data[at] << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
    for (const shift of [18, 12, 6, 0]) text += STANDARD[(three >> shift) & 63];
  }
  const short = (3 - (data.length % 3)) % 3;
  return text.slice(0, text.length - short) + "=".repeat(short);
}

export function number(data) {
  let value = 0n;
  for (const byte of data) value = (value << 8n) | BigInt(byte);
  return value;
}

export function big(value, length) {
  const data = new Uint8Array(length);
  for (let at = length - 1, rest = BigInt(value); at >= 0; at--, rest >>= 8n) data[at] = Number(rest & 255n);
  return data;
}

function lengthOf(part) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(4, part.length);
  return bytes;
}

/** Each part behind its length in 8 bytes. */
export const framed = (...parts) => join(...parts.flatMap((part) => [lengthOf(part), part]));
/** H(tag, parts). */
export const tagged = (tag, ...parts) => sha256(framed(utf8(`mingtang/v1/${tag}`), ...parts));
/** X(seed, tag, parts). */
export const expand = (seed, tag, ...parts) => shake256(framed(utf8(`mingtang/v1/${tag}`), seed, ...parts), { dkLen: 32 });
export const sha256Hex = (data) => hex(sha256(data));
