// The opener's page of one tender: which of the three acts are offered is what the server says is possible now.

import { makeForm, registerForm, releaseForm } from "../sealing/opener-form.js";
import { start } from "../sealing/start.js";

const root = document.getElementById("opener-here");
const FORMS = { make: makeForm, register: registerForm, release: releaseForm };

start(root, (helper) => {
  for (const place of root.querySelectorAll("[data-act]")) place.append(FORMS[place.dataset.act](helper, root.dataset));
});
