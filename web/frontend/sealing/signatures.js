// Ed25519 signers and signed statements. docs/formats/statements.md

import { ed25519 } from "@noble/curves/ed25519.js";
import { b64, concat, fromHex } from "./bytes.js";
import { canonical } from "./canonical.js";
import { expand, fingerprint, taggedHash } from "./hashing.js";

export const PUBLIC_BYTES = 32;
export const SIGNATURE_BYTES = 64;
const PKCS8_HEAD = fromHex("302e020100300506032b657004220420"); // of a private key that is a 32-byte seed

/** A named signer; the browser's own Ed25519 where it has one, ours in JavaScript where not. `derive` makes secrets. */
export async function signerOf(name, seed) {
  const key = await imported(seed);
  const kept = Uint8Array.from(seed);
  return {
    name,
    public: ed25519.getPublicKey(seed),
    sign: async (data) =>
      key ? new Uint8Array(await crypto.subtle.sign("Ed25519", key, data)) : ed25519.sign(data, kept),
    derive: (tag, ...parts) => expand(kept, tag, ...parts),
  };
}

async function imported(seed) {
  try {
    return await crypto.subtle.importKey("pkcs8", concat(PKCS8_HEAD, seed), "Ed25519", false, ["sign"]);
  } catch {
    return null;
  }
}

/** Whether a signature was made by this key over these bytes. */
export function isSigned(key, signature, data) {
  try {
    return ed25519.verify(signature, data, key);
  } catch {
    return false;
  }
}

/** A JSON body signed as a statement of this type. */
export async function signStatement(signer, type, body) {
  const signature = await signer.sign(taggedHash(type, canonical(body)));
  return { type, body, key: fingerprint(signer.public), signature: b64(signature) };
}
