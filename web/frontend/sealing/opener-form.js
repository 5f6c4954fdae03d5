// The opener's three acts in the browser: make a key, register and rehearse it, release shares after the closing.

import { create, read } from "./api.js";
import { el, ProblemBox, saveLink, send } from "./dom.js";
import { NewPassphrase, OldKey } from "./key-fields.js";
import { Problem } from "./problem.js";
import { ProgressBar } from "./progress.js";
import { say } from "./texts.js";

/** A form of its own with a problem box; `act` gets the place for what it tells. */
export function form(id, parts, text, act) {
  const problems = new ProblemBox();
  const work = el("div", { "aria-live": "polite" });
  const button = send(text);
  const onsubmit = async (event) => {
    event.preventDefault();
    problems.clear();
    button.disabled = true;
    try {
      await act(work);
    } catch (problem) {
      work.replaceChildren();
      problems.show(problem);
    } finally {
      button.disabled = false;
    }
  };
  return el("form", { id, novalidate: true, class: "mt-seal", onsubmit }, problems.element, parts, button, work);
}

export const note = (text) => el("p", { class: "govuk-body" }, text);

/** Make a key file and have it saved; the private halves never leave the worker but under the passphrase. */
export function makeForm(helper, { tender, suite, opener }) {
  const fresh = new NewPassphrase("new-key");
  return form("make-key", [note(say("keyNote")), fresh.elements], say("make"), async (work) => {
    const passphrase = fresh.read();
    work.replaceChildren(note(say("working")));
    const made = await helper.ask("makeOpenerKey", { suite, tender, opener, passphrase });
    const link = saveLink(new Blob([made.file]), `opener-${tender.slice(0, 8)}.key`, say("saveKey"));
    work.replaceChildren(el("h3", { class: "govuk-heading-s" }, say("madeTitle")), link, note(say("made")));
    link.click();
  });
}

/** Open a key file of this tender and opener. */
async function openKey(helper, old, { tender, opener }) {
  const opened = await helper.ask("openOpenerKey", await old.read());
  if (opened.half.tender !== tender) throw new Problem("key-other-tender", { field: old.id });
  if (opened.half.opener !== opener) throw new Problem("key-not-registered", { field: old.id });
  return opened;
}

/** Register the public half and open the test envelope with the file that was saved. */
export function registerForm(helper, page) {
  const old = new OldKey("register");
  return form("register-key", old.elements, say("register"), async (work) => {
    work.replaceChildren(note(say("working")));
    await openKey(helper, old, page);
    const path = `/api/tenders/${page.tender}`;
    const test = await create(`${path}/opener-key`, { statement: await helper.ask("offerKey") });
    const answer = await helper.ask("answerRehearsal", { sealed: test.rehearsal });
    await create(`${path}/rehearsal`, { answer });
    work.replaceChildren(el("p", { class: "govuk-body", "data-done": "register" }, say("registered")));
  });
}

/** Decrypt the shares of every sealed bid here, sign the release, hand both in. */
export function releaseForm(helper, page) {
  const old = new OldKey("release");
  return form("release-shares", old.elements, say("release"), async (work) => {
    work.replaceChildren(note(say("working")));
    const opened = await openKey(helper, old, page);
    if (opened.fingerprint !== page.registered) throw new Problem("key-not-registered", { field: old.id });
    const closing = await read(`/api/tenders/${page.tender}/closing`);
    const bar = new ProgressBar(say("releasing"));
    work.replaceChildren(bar.element);
    const body = await helper.ask("release", { closing }, (event) => bar.show(event));
    await create(`/api/tenders/${page.tender}/releases`, body);
    const all = Object.values(body.shares);
    const facts = { count: all.length, bad: all.filter((share) => share === null).length };
    work.replaceChildren(el("p", { class: "govuk-body", "data-done": "release" }, say("released", facts)));
  });
}
