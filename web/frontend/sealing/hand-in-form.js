// The form by which a bidder hands in own parts, and seeds as the remedy, after the closing.

import { create, read } from "./api.js";
import { el } from "./dom.js";
import { OldKey } from "./key-fields.js";
import { form, note } from "./opener-form.js";
import { Problem } from "./problem.js";
import { say } from "./texts.js";

/** Make what is asked for of every own envelope that waits, and hand it in. */
export function handInForm(helper, { tender, seeds }) {
  const old = new OldKey("hand-in");
  return form("hand-in", old.elements, say("handIn"), async (work) => {
    work.replaceChildren(note(say("working")));
    await helper.ask("openBidderKey", await old.read());
    const { envelopes } = await read(`/api/tenders/${tender}/own-envelopes`);
    const body = await helper.ask("handIn", { envelopes, withSeeds: seeds === "yes" });
    const count = Object.keys(body.parts).length + Object.keys(body.seeds).length;
    if (!count) throw new Problem("nothing-to-hand-in", { field: old.id });
    const { taken } = await create(`/api/tenders/${tender}/own-secrets`, body);
    work.replaceChildren(el("p", { class: "govuk-body", "data-done": "hand-in" }, say("handedIn", { count: taken })));
  });
}
