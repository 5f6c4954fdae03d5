// The digest of a stored object: RFC 6962 tree hash over its 1 MiB parts. docs/formats/parts-digest.md

import { sha256 } from "@noble/hashes/sha2.js";
import { concat } from "./bytes.js";

export const PART_BYTES = 1 << 20;
const LEAF = 0;
const NODE = Uint8Array.of(1);
const IN_FLIGHT = 4; // parts being hashed by the browser at a time

/** The digest of bytes that arrive in pieces; the browser hashes parts beside us, memory stays bounded. */
export class PartsDigest {
  #part = new Uint8Array(1 + PART_BYTES);
  #filled = 0;
  #waiting = [];
  #trees = []; // complete subtrees from left to right: { leaves, hash }

  constructor() {
    this.#part[0] = LEAF;
  }

  /** Take the next bytes. */
  async update(bytes) {
    for (let at = 0; at < bytes.length; ) {
      const piece = bytes.subarray(at, at + PART_BYTES - this.#filled);
      this.#part.set(piece, 1 + this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === PART_BYTES) await this.#close();
    }
  }

  /** The 32 bytes over everything so far; nothing may follow. */
  async digest() {
    if (this.#filled) await this.#close();
    await this.#settle(0);
    const hashes = this.#trees.map((tree) => tree.hash);
    return hashes.length ? hashes.reduceRight((right, left) => node(left, right)) : sha256(new Uint8Array());
  }

  async #close() {
    // The browser copies the bytes before the call returns, so the buffer can be filled again.
    this.#waiting.push(crypto.subtle.digest("SHA-256", this.#part.subarray(0, 1 + this.#filled)));
    this.#filled = 0;
    await this.#settle(IN_FLIGHT);
  }

  async #settle(unfinished) {
    while (this.#waiting.length > unfinished) {
      let tree = { leaves: 1, hash: new Uint8Array(await this.#waiting.shift()) };
      while (this.#trees.at(-1)?.leaves === tree.leaves) {
        const left = this.#trees.pop();
        tree = { leaves: 2 * tree.leaves, hash: node(left.hash, tree.hash) };
      }
      this.#trees.push(tree);
    }
  }
}

const node = (left, right) => sha256(concat(NODE, left, right));

/** The digest of bytes at hand. */
export async function partsDigest(bytes) {
  const digest = new PartsDigest();
  await digest.update(bytes);
  return digest.digest();
}
