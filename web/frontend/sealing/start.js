// The start of a page whose work is done by the worker.

import { ProblemBox } from "./dom.js";
import { startHelper } from "./helper.js";

/** Show the element and have `fill` complete it with the helper; what goes wrong is told on top of it. */
export async function start(root, fill) {
  root.hidden = false;
  try {
    fill(await startHelper({ script: root.dataset.worker, integrity: root.dataset.workerIntegrity }));
  } catch (problem) {
    const problems = new ProblemBox();
    root.prepend(problems.element);
    problems.show(problem);
  }
}
