// What an opener does with a key: prove it in a rehearsal, release shares after the closing. As client/hold_key.py.

import { b64, hex, unb64, utf8 } from "./bytes.js";
import { openShare } from "./envelope.js";
import { sha256 } from "./hashing.js";
import { readPrefix } from "./prefix.js";
import { Problem } from "./problem.js";
import { signStatement } from "./signatures.js";
import { suite } from "./suites.js";

const RELEASE = "share-release";

/** What the test envelope of a tender holds, base64url. */
export async function answerRehearsal(key, sealed) {
  const info = utf8(`mingtang/v1/rehearsal/${key.half.tender}`);
  return b64(await suite(key.half.suite).openWith(key.hpke, info, unb64(sealed)));
}

/**
 * The release of an opener's shares of every sealed bid, as the platform takes it; `closing` is its answer about the
 * closing. A share that the bidder sealed wrongly is told as undecryptable.
 */
export async function release(key, closing, onShare = () => {}) {
  if (closing.tender !== key.half.tender) throw new Problem("key-other-tender");
  const own = await suite(key.half.suite).publicOf(key.hpke);
  const shares = {};
  const hashes = {};
  for (const { bid, prefix } of closing.sealed) {
    const share = await openShare(readPrefix(unb64(prefix)), closing.opener, key.hpke, own).catch(undecryptable);
    shares[bid] = share && b64(share);
    hashes[bid] = share ? hex(sha256(share)) : "undecryptable";
    onShare({ bytes: Object.keys(shares).length, total: closing.sealed.length });
  }
  const { bids, log_size, log_root, locked } = closing;
  const body = { tender: closing.tender, opener: closing.opener, closing: { bids, log_size, log_root }, shares: hashes };
  // Of a tender that opens in stages the prices are released later, under the log's head when the scores were locked.
  if (locked) body.locked = { log_size: locked.log_size, log_root: locked.log_root };
  return { statement: await signStatement(key.signer, RELEASE, body), shares };
}

function undecryptable(error) {
  if (error.code !== "wrong-opening-key") throw error;
  return null;
}
