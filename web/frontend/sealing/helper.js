// The page's side of the worker.

import { Problem } from "./problem.js";

/** Asks the worker and hands its answers back; a refusal becomes the same Problem on this side. */
export class Helper {
  #asked = new Map();
  #next = 0;
  #isBroken = false;

  constructor(worker) {
    this.worker = worker;
    worker.addEventListener("message", ({ data }) => this.#hear(data));
    worker.addEventListener("error", () => this.#fail());
  }

  /** Have the worker do something; `tell` hears of its progress. */
  ask(act, given = {}, tell = () => {}) {
    this.#next += 1;
    const id = this.#next;
    return new Promise((resolve, reject) => {
      if (this.#isBroken) throw new Problem("unexpected");
      this.#asked.set(id, { resolve, reject, tell });
      this.worker.postMessage({ id, act, given }, given.port ? [given.port] : []);
    });
  }

  #hear({ id, value, progress, problem, facts }) {
    const one = this.#asked.get(id);
    if (progress) return one.tell(progress);
    this.#asked.delete(id);
    return problem ? one.reject(new Problem(problem, facts)) : one.resolve(value);
  }

  #fail() {
    this.#isBroken = true;
    for (const one of this.#asked.values()) one.reject(new Problem("unexpected"));
    this.#asked.clear();
  }
}

/** A helper whose script is the one that the page names by its hash; an altered one is refused. */
export async function startHelper({ script, integrity }) {
  if (!globalThis.isSecureContext) throw new Problem("insecure-page");
  // A worker's script has no integrity attribute of its own, so the same file is fetched under its hash first.
  await fetch(script, { integrity, cache: "no-cache" }).catch(() => {
    throw new Problem("altered-program");
  });
  return new Helper(new Worker(script, { type: "module" }));
}
