// The bidder's page of an opening: own parts and seeds are made here of the key file and handed in.

import { handInForm } from "../sealing/hand-in-form.js";
import { start } from "../sealing/start.js";

const root = document.getElementById("bidder-open");

start(root, (helper) => root.querySelector("[data-form]").append(handInForm(helper, root.dataset)));
