// One sealing from beginning to end: hash the files, seal envelope after envelope, read back what was written.

import { hex } from "./bytes.js";
import { hashFile, paddedSize, pieces } from "./archive.js";
import { seal } from "./envelope.js";
import { PartsDigest } from "./parts.js";
import { Problem } from "./problem.js";

const WINDOW_MS = 5000; // over which the speed is told
const TELL_MS = 100; // between two progress events

/** Pause, resume and cancel, obeyed between two parts. */
export class Control {
  #resume = null;
  #held = null;
  isCancelled = false;

  pause() {
    this.#held ??= new Promise((resolve) => (this.#resume = resolve));
  }

  resume() {
    this.#resume?.();
    this.#held = this.#resume = null;
  }

  cancel() {
    this.isCancelled = true;
    this.resume();
  }

  /** Wait while paused; refuses to go on when cancelled. */
  async point() {
    while (this.#held) await this.#held;
    if (this.isCancelled) throw new Problem("cancelled");
  }
}

/** Counts work, and tells { bytes, total, perSecond, secondsLeft } now and then. */
class Progress {
  #bytes = 0;
  #marks = [];
  #told = 0;

  constructor(total, tell) {
    this.total = total;
    this.tell = tell;
  }

  add(bytes) {
    this.#bytes += bytes;
    const now = performance.now();
    if (now - this.#told < TELL_MS && this.#bytes < this.total) return;
    this.#told = now;
    this.#marks = [...this.#marks.filter((mark) => now - mark.now < WINDOW_MS), { now, bytes: this.#bytes }];
    const [first] = this.#marks;
    const perSecond = now > first.now ? ((this.#bytes - first.bytes) * 1000) / (now - first.now) : 0;
    const secondsLeft = perSecond ? (this.total - this.#bytes) / perSecond : null;
    this.tell({ bytes: Math.min(this.#bytes, this.total), total: this.total, perSecond, secondsLeft });
  }
}

/**
 * Seal a planned bid into a sink and tell { blob, size, digest, files }; the digest is the one that the receipt names.
 * On a refusal nothing of the sink is left.
 */
export async function sealBid(plan, sink, control, tell) {
  const files = plan.envelopes.flatMap((envelope) => envelope.files);
  const content = files.reduce((sum, file) => sum + file.blob.size, 0);
  const progress = new Progress(content + paddedSize(content) + plan.size, tell);
  const step = async (bytes) => {
    progress.add(bytes);
    await control.point();
  };
  try {
    let at = 0;
    const digests = [];
    for (const envelope of plan.envelopes) {
      const hashed = [];
      for (const file of envelope.files) hashed.push(await hashFile(file, step));
      const sealed = await seal({ ...envelope, files: hashed }, sink, at, step);
      digests.push({ start: at + sealed.size - sealed.payloadSize, end: at + sealed.size, digest: hex(sealed.digest) });
      at += sealed.size;
    }
    const blob = await sink.finish(plan.envelopes[0].header);
    const digest = await readBack(blob, digests, step);
    return { blob, size: blob.size, digest };
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/** The parts digest of a written file; refuses where a payload is not the one that was signed. */
async function readBack(blob, payloads, step) {
  const whole = new PartsDigest();
  let digests = payloads.map((one) => ({ ...one, parts: new PartsDigest() }));
  let at = 0;
  for await (const piece of pieces(blob)) {
    await whole.update(piece);
    for (const one of digests) {
      const from = Math.max(one.start - at, 0);
      const to = Math.min(one.end - at, piece.length);
      if (from < to) await one.parts.update(piece.subarray(from, to));
    }
    at += piece.length;
    await step(piece.length);
  }
  for (const one of digests) if (hex(await one.parts.digest()) !== one.digest) throw new Problem("storage-broken");
  return hex(await whole.digest());
}
