// Bytes and their texts: hex, UTF-8, unpadded base64url, big-endian numbers. docs/formats/canonical.md

import { Problem } from "./problem.js";

const READER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const WRITER = new TextEncoder();
const BASE64URL = /^[A-Za-z0-9_-]*$/;
const PIECE = 0x8000; // of bytes made into characters by one call

/** UTF-8 bytes of a text. */
export const utf8 = (text) => WRITER.encode(text);

/** The text of UTF-8 bytes; refuses others. */
export function fromUtf8(bytes) {
  try {
    return READER.decode(bytes);
  } catch {
    throw new Problem("not-utf8");
  }
}

/** All parts one after the other. */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two byte strings are the same; for public values only. */
export const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Whether `bytes` begin with `start`. */
export const startsWith = (bytes, start) => bytes.length >= start.length && start.every((byte, at) => byte === bytes[at]);

/** Lower-case hex digits. */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of hex digits; only for texts of our own. */
export const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** A whole number below 2**53 as big-endian bytes. */
export function bigEndian(number, length) {
  const bytes = new Uint8Array(length);
  for (let at = length - 1, rest = number; at >= 0; at -= 1, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  return bytes;
}

/** The whole number of at most six big-endian bytes. */
export const fromBigEndian = (bytes) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/** Each part behind its length as 8 big-endian bytes. */
export const lp = (...parts) => concat(...parts.flatMap((part) => [bigEndian(part.length, 8), part]));

/** Unpadded base64url text. */
export function b64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of unpadded base64url text; refuses padding, foreign characters, trailing bits, another length. */
export function unb64(text, length) {
  if (typeof text !== "string" || !BASE64URL.test(text) || text.length % 4 === 1) throw new Problem("not-base64url");
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(raw, (character) => character.charCodeAt(0));
  if (b64(bytes) !== text || (length !== undefined && bytes.length !== length)) throw new Problem("not-base64url");
  return bytes;
}
