// The sealed payload, Cobblestone-256 on WebCrypto: 16 KiB chunks, many in flight. docs/formats/sealed-envelope.md

import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { bigEndian, concat, same, utf8 } from "./bytes.js";
import { PartsDigest } from "./parts.js";
import { Problem } from "./problem.js";

export const HEAD_BYTES = 56;
export const CHUNK_BYTES = 16 * 1024;
export const TAG_BYTES = 16;
export const STEP_BYTES = 1 << 20; // handed to the browser's cipher at a time: 64 chunks
const SALT_BYTES = 24;
const LABEL = utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0");

/** How long the payload of so many plaintext bytes is. */
export const payloadBytes = (size) => HEAD_BYTES + size + TAG_BYTES * (Math.floor(size / CHUNK_BYTES) + 1);

/** The inverse of `payloadBytes`; refuses sizes that no content has. */
export function plaintextBytes(payloadSize) {
  const rest = payloadSize - HEAD_BYTES;
  const size = rest - TAG_BYTES * Math.max(1, Math.ceil(rest / (CHUNK_BYTES + TAG_BYTES)));
  if (!Number.isSafeInteger(payloadSize) || size < 0 || payloadBytes(size) !== payloadSize) throw new Problem("malformed");
  return size;
}

async function derive(fileKey, ctx, salt, usage) {
  // HKDF-Expand by itself, as the file key is shorter than the library demands of one.
  const info = concat(LABEL, salt, ctx);
  const first = hmac(sha512, fileKey, concat(info, Uint8Array.of(1)));
  const derived = concat(first, hmac(sha512, fileKey, concat(first, info, Uint8Array.of(2))));
  const key = await crypto.subtle.importKey("raw", derived.subarray(0, 32), "AES-GCM", false, [usage]);
  return { key, nonce: derived.slice(32, 44), commitment: derived.slice(44, 76) };
}

function nonceOf(base, number) {
  const nonce = Uint8Array.from(base);
  bigEndian(number, 8).forEach((byte, at) => (nonce[4 + at] ^= byte));
  return nonce;
}

/** Encrypts plaintext that comes in steps and hands ciphertext to `write`, hashing it on its way. */
export class PayloadWriter {
  #digest = new PartsDigest();
  #chunks = 0;
  #pending = Promise.resolve();

  /** A writer whose head is written; `write` takes consecutive bytes and may be asynchronous. */
  static async begin(fileKey, ctx, write, salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))) {
    const writer = new PayloadWriter();
    writer.write = write;
    Object.assign(writer, await derive(fileKey, ctx, salt, "encrypt"));
    await writer.#out([salt, writer.commitment]);
    return writer;
  }

  /** Take the next plaintext: STEP_BYTES, or less for the last time. The buffer may be used again at once. */
  async add(plaintext, isLast) {
    const chunks = [];
    const end = isLast ? plaintext.length + 1 : plaintext.length; // the last chunk is a short one, perhaps empty
    for (let at = 0; at < end; at += CHUNK_BYTES) chunks.push(this.#encrypt(plaintext.subarray(at, at + CHUNK_BYTES)));
    const encrypted = Promise.all(chunks);
    encrypted.catch(() => {}); // told by the await below, also when an earlier step fails first
    await this.#pending;
    this.#pending = encrypted.then((done) => this.#out(done.map((chunk) => new Uint8Array(chunk))));
    this.#pending.catch(() => {});
  }

  /** The parts digest of the whole payload, when everything is written. */
  async end() {
    await this.#pending;
    return this.#digest.digest();
  }

  #encrypt(chunk) {
    const iv = nonceOf(this.nonce, this.#chunks);
    this.#chunks += 1;
    return crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, chunk);
  }

  async #out(pieces) {
    const block = concat(...pieces);
    await this.#digest.update(block);
    await this.write(block);
  }
}

/** The plaintext of a payload at hand; refuses everything that the key did not encrypt. */
export async function decrypt(fileKey, ctx, payload) {
  const head = payload.subarray(0, HEAD_BYTES);
  const { key, nonce, commitment } = await derive(fileKey, ctx, head.subarray(0, SALT_BYTES), "decrypt");
  if (!same(commitment, head.subarray(SALT_BYTES))) throw new Problem("malformed");
  const plaintext = new Uint8Array(plaintextBytes(payload.length));
  let filled = 0;
  for (let at = HEAD_BYTES, number = 0; at < payload.length; at += CHUNK_BYTES + TAG_BYTES, number += 1) {
    const chunk = payload.subarray(at, at + CHUNK_BYTES + TAG_BYTES);
    const piece = await decryptChunk(key, nonceOf(nonce, number), chunk);
    plaintext.set(piece, filled);
    filled += piece.length;
  }
  return plaintext;
}

async function decryptChunk(key, iv, chunk) {
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, chunk));
  } catch {
    throw new Problem("malformed");
  }
}
