// The bidder's page of an opening: own parts and seeds are made here of the key file and handed in.

import { handInForm } from "../sealing/hand-in-form.js";
import { startHelper } from "../sealing/helper.js";
import { ProblemBox } from "../sealing/dom.js";

const root = document.getElementById("bidder-open");
const page = root.dataset;

async function start() {
  try {
    const helper = await startHelper({ script: page.worker, integrity: page.workerIntegrity });
    root.querySelector("[data-form]").append(handInForm(helper, page));
  } catch (problem) {
    const problems = new ProblemBox();
    root.prepend(problems.element);
    problems.show(problem);
  }
}

root.hidden = false;
start();
