// The worker that holds private keys and does the work: what the page asks by name, it answers; keys never leave it.

import { planBid } from "./bid.js";
import { fingerprint } from "./hashing.js";
import { unb64 } from "./bytes.js";
import { handIn } from "./hand-in.js";
import { Control, sealBid } from "./job.js";
import { makeBidderKey, makeOpenerKey, offerKey, openBidderKey, openOpenerKey } from "./key-files.js";
import { answerRehearsal, release } from "./opener.js";
import { PageSink } from "./page-sink.js";
import { Problem } from "./problem.js";
import { openSink } from "./sinks.js";

/** Answer the messages of one page. */
export function serve(scope) {
  let key = null;
  let control = new Control();

  const told = (half) => ({ half, fingerprint: fingerprint(unb64(half.hpke_public ?? half.signing_public)) });
  const keep = (found) => {
    key = found;
    return told(found.half);
  };
  const acts = {
    makeBidderKey: async ({ bidder, passphrase }) => {
      const made = await makeBidderKey(bidder, passphrase);
      return { ...keep(made), file: made.file };
    },
    openBidderKey: async ({ file, passphrase }) => keep(await openBidderKey(file, passphrase)),
    // What is made is not kept: the rehearsal opens the file again, so that file and passphrase are known to work.
    makeOpenerKey: async ({ suite, tender, opener, passphrase }) => {
      const { file, half } = await makeOpenerKey(suite, tender, opener, passphrase);
      return { ...told(half), file };
    },
    openOpenerKey: async ({ file, passphrase }) => keep(await openOpenerKey(file, passphrase)),
    offerKey: () => offerKey(key),
    answerRehearsal: ({ sealed }) => answerRehearsal(key, sealed),
    release: ({ closing }, tell) => release(key, closing, tell),
    handIn: ({ envelopes, withSeeds }) => handIn(key.signer, envelopes, withSeeds),
    seal: async ({ notice, bid, port }, tell) => {
      control = new Control();
      if (!key) throw new Problem("not-a-key");
      const plan = await planBid(notice, bid, key.signer);
      const name = `${notice.tender}_${bid.lot}_${plan.submission}.sealed`;
      const sink = port ? new PageSink(port) : await openSink(name, plan.size);
      return { ...(await sealBid(plan, sink, control, tell)), submission: plan.submission };
    },
    pause: () => control.pause(),
    resume: () => control.resume(),
    cancel: () => control.cancel(),
  };

  scope.addEventListener("message", async ({ data: { id, act, given } }) => {
    try {
      const value = await acts[act](given ?? {}, (progress) => scope.postMessage({ id, progress }));
      scope.postMessage({ id, value });
    } catch (error) {
      const known = error instanceof Problem;
      scope.postMessage({ id, problem: known ? error.code : "unexpected", facts: known ? error.facts : {} });
    }
  });
}
