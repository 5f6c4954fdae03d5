// What is inside an envelope: bid.json and the bid's files, padded to a size class. docs/formats/sealed-envelope.md

import { bigEndian, concat, fromBigEndian, hex, same, startsWith, utf8 } from "./bytes.js";
import { canonical, readCanonical } from "./canonical.js";
import { sha256 } from "./hashing.js";
import { checkNames } from "./names.js";
import { MAGIC as ENVELOPE_MAGIC } from "./prefix.js";
import { Problem } from "./problem.js";

const MAGIC = utf8("mingtang-archive/v1\n");
const BID_NAME = "bid.json";
const FIXED_BYTES = MAGIC.length + 4;
const LEAST_BYTES = 16 * 1024;
const MAX_MANIFEST_BYTES = 4 << 20;
const MAX_BID_BYTES = 16 << 20;
export const READ_BYTES = 4 << 20; // of a file at a time

/** The size class: at least 16 KiB, then Padmé, which hides all but a few bits of the size. */
export function paddedSize(size) {
  if (size <= LEAST_BYTES) return LEAST_BYTES;
  const exponent = BigInt(size).toString(2).length - 1;
  const step = 2 ** (exponent - exponent.toString(2).length);
  return Math.ceil(size / step) * step;
}

/** Files in the archive's order, or a refusal: bid.json first, the others by the bytes of their names. */
export function inOrder(files) {
  const ordered = files.map((file) => ({ ...file, bytes: utf8(file.name) })).sort(byName);
  checkNames(ordered.map((file) => file.name));
  if (ordered[0]?.name !== BID_NAME) throw new Problem("bid-json-missing");
  if (ordered[0].blob.size > MAX_BID_BYTES) throw new Problem("manifest-long");
  return ordered;
}

function byName(one, other) {
  if ((one.name === BID_NAME) !== (other.name === BID_NAME)) return one.name === BID_NAME ? -1 : 1;
  for (let at = 0; at < Math.min(one.bytes.length, other.bytes.length); at += 1) {
    if (one.bytes[at] !== other.bytes[at]) return one.bytes[at] - other.bytes[at];
  }
  return one.bytes.length - other.bytes.length;
}

/** The manifest of files that know their hash, with what stands before it. */
function headOf(files) {
  const items = files.map((file) => ({ name: file.name, size: file.blob.size, sha256: file.sha256 }));
  const manifest = canonical({ v: 1, files: items });
  if (manifest.length > MAX_MANIFEST_BYTES) throw new Problem("manifest-long");
  return concat(MAGIC, bigEndian(manifest.length, 4), manifest);
}

/** How large the archive of these files will be; their hashes need not be known. */
export function archiveSize(files) {
  const unhashed = inOrder(files).map((file) => ({ ...file, sha256: "0".repeat(64) }));
  return paddedSize(headOf(unhashed).length + unhashed.reduce((sum, file) => sum + file.blob.size, 0));
}

/** The bytes of a blob in pieces; a file that the disk no longer gives has changed. */
export async function* pieces(blob) {
  for (let at = 0; at < blob.size; at += READ_BYTES) {
    try {
      yield new Uint8Array(await blob.slice(at, at + READ_BYTES).arrayBuffer());
    } catch {
      throw new Problem("file-changed");
    }
  }
}

const browserHash = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));

/**
 * A file with its SHA-256 in hex, and the hashes of its pieces, by which the second reading is compared with this one:
 * the browser's own hash is several times faster than any in JavaScript, but cannot go on from piece to piece.
 */
export async function hashFile(file, onBytes = () => {}) {
  const { blob } = file;
  const hasher = blob.size > READ_BYTES ? sha256.create() : null;
  const marks = [];
  for await (const piece of pieces(blob)) {
    const mark = browserHash(piece);
    hasher?.update(piece);
    marks.push(await mark);
    await onBytes(piece.length);
  }
  return { ...file, marks, sha256: hasher ? hex(hasher.digest()) : (marks[0] ?? hex(sha256(new Uint8Array()))) };
}

/** The archive of hashed files, in pieces; each file is hashed again on its way. */
export async function* archivePieces(files) {
  const ordered = inOrder(files);
  const head = headOf(ordered);
  yield head;
  let size = head.length;
  for (const file of ordered) {
    yield* filePieces(file);
    size += file.blob.size;
  }
  for (let left = paddedSize(size) - size; left > 0; left -= READ_BYTES) yield new Uint8Array(Math.min(left, READ_BYTES));
}

async function* filePieces(file) {
  let number = 0;
  for await (const piece of pieces(file.blob)) {
    if (number === 0) checkNotSealed(piece, file.name);
    // A bid sealed with a wrong hash could never be opened.
    if ((await browserHash(piece)) !== file.marks[number]) throw new Problem("file-changed", { name: file.name });
    number += 1;
    yield piece;
  }
}

/** Refuse a file that is an envelope already: sealed twice means never read. */
export function checkNotSealed(start, name = "") {
  if (startsWith(start, ENVELOPE_MAGIC)) throw new Problem("sealed-already", { name });
}

/** The files of an archive at hand, as { name, bytes }; refuses every other form than the one right one. */
export function readArchive(bytes) {
  checkNotSealed(bytes);
  if (!startsWith(bytes, MAGIC) || bytes.length < FIXED_BYTES) throw new Problem("malformed");
  const length = fromBigEndian(bytes.subarray(MAGIC.length, FIXED_BYTES));
  if (length > MAX_MANIFEST_BYTES) throw new Problem("malformed");
  let at = FIXED_BYTES + length;
  const found = readManifest(bytes.subarray(FIXED_BYTES, at)).map((item) => {
    const content = bytes.subarray(at, at + item.size);
    checkNotSealed(content);
    at += item.size;
    if (content.length !== item.size || hex(sha256(content)) !== item.sha256) throw new Problem("malformed");
    return { name: item.name, bytes: content };
  });
  if (bytes.length !== paddedSize(at) || bytes.subarray(at).some((byte) => byte !== 0)) throw new Problem("malformed");
  return found;
}

function readManifest(data) {
  try {
    const { files } = readCanonical(data);
    const items = files.map((item) => ({ name: item.name, blob: { size: item.size }, sha256: item.sha256 }));
    const isRight = files.every((item) => Number.isSafeInteger(item.size) && item.size >= 0 && /^[0-9a-f]{64}$/.test(item.sha256));
    if (!isRight || !same(canonical({ v: 1, files }), data)) throw new Problem("malformed");
    if (!same(headOf(inOrder(items)).subarray(FIXED_BYTES), data)) throw new Problem("malformed");
    return files;
  } catch {
    throw new Problem("malformed");
  }
}
