// What a bidder hands in of the own envelopes after the closing. As client/own_bid.py.

import { b64, same, unb64 } from "./bytes.js";
import { ownPart, ownSeed } from "./own.js";
import { readPrefix } from "./prefix.js";

/** Own parts, and seeds where they are wanted, by envelope; `envelopes` is the platform's answer about them. */
export function handIn(signer, envelopes, withSeeds) {
  const made = { parts: {}, seeds: {} };
  for (const { envelope, prefix: text, part_until: part, seed_until: seed, given, opened } of envelopes) {
    const prefix = readPrefix(unb64(text));
    if (opened || !same(unb64(prefix.header.bidder_key), signer.public)) continue;
    if (part && !given.includes("part")) made.parts[envelope] = b64(ownPart(signer, prefix.ctx));
    if (withSeeds && seed && !given.includes("seed")) made.seeds[envelope] = b64(ownSeed(signer, prefix.ctx));
  }
  return made;
}
