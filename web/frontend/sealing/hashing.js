// Framed hashes H and X, and fingerprints of keys. docs/formats/canonical.md

import { sha256 } from "@noble/hashes/sha2.js";
import { shake256 } from "@noble/hashes/sha3.js";
import { hex, lp, utf8 } from "./bytes.js";

export { sha256 };

/** H(tag, parts): SHA-256 over the framed tag and parts. */
export const taggedHash = (tag, ...parts) => sha256(lp(utf8(`mingtang/v1/${tag}`), ...parts));

/** X(seed, tag, parts): 32 secret bytes from SHAKE256. */
export const expand = (seed, tag, ...parts) => shake256(lp(utf8(`mingtang/v1/${tag}`), seed, ...parts), { dkLen: 32 });

/** The printed short form of a public key. */
export const fingerprint = (key) => hex(taggedHash("key", key));
