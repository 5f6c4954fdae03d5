// The opener's page of one tender: which of the three acts are offered is what the server says is possible now.

import { startHelper } from "../sealing/helper.js";
import { makeForm, registerForm, releaseForm } from "../sealing/opener-form.js";
import { ProblemBox } from "../sealing/dom.js";

const root = document.getElementById("opener-here");
const page = root.dataset;
const FORMS = { make: makeForm, register: registerForm, release: releaseForm };

async function start() {
  try {
    const helper = await startHelper({ script: page.worker, integrity: page.workerIntegrity });
    for (const place of root.querySelectorAll("[data-act]")) place.append(FORMS[place.dataset.act](helper, page));
  } catch (problem) {
    const problems = new ProblemBox();
    root.prepend(problems.element);
    problems.show(problem);
  }
}

root.hidden = false;
start();
