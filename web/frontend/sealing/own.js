// What a bidder's key alone can make again of an envelope: its seed, and the bidder's own part of its file key.

import { same } from "./bytes.js";
import { expand, taggedHash } from "./hashing.js";

/** The seed of an envelope, from which its bidder can open it again on another machine. */
export const ownSeed = (signer, ctx) => signer.derive("own-seed", ctx);

/** The 32 bytes without which the openers cannot open an envelope that needs its bidder too. */
export const ownPart = (signer, ctx) => signer.derive("own-part", ctx);

/** What the envelope says of the bidder's own part. */
export const partCommitment = (ctx, part) => taggedHash("part", ctx, part);

/** Whether this is the bidder's own part that a prefix commits to. */
export const isOwnPart = (prefix, part) =>
  prefix.partCommitment !== null && same(partCommitment(prefix.ctx, part), prefix.partCommitment);

/** The key of the payload: of the seed, and of the bidder's own part where the envelope needs it. */
export const fileKey = (seed, ctx, part = null) => (part ? expand(seed, "file", ctx, part) : expand(seed, "file", ctx));
