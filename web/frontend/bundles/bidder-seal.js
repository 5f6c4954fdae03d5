// The bidder's page "seal": seals in this browser, keeps the sealed file, uploads it. The commands stay beside it.

import { create, read } from "../sealing/api.js";
import { readNotice } from "../sealing/bid.js";
import { button, el, ProblemBox, saveLink } from "../sealing/dom.js";
import { uploadByForm } from "../sealing/form-upload.js";
import { startHelper } from "../sealing/helper.js";
import { forget, keptBids } from "../sealing/kept.js";
import { Problem } from "../sealing/problem.js";
import { ProgressBar } from "../sealing/progress.js";
import { SealForm } from "../sealing/seal-form.js";
import { say, sizeText } from "../sealing/texts.js";

const root = document.getElementById("seal-here");
const { tender, bidder, keys, lot } = root.dataset;
const registered = new Set(keys.split(" ").filter(Boolean));

/** Only a registered key makes a bid that can be submitted; registering is what `mingtang key new` does too. */
async function approve({ half, fingerprint }) {
  if (half.bidder !== bidder) throw new Problem("key-other-bidder");
  if (registered.has(fingerprint)) return;
  await create("/api/signing-keys", { public: half.signing_public });
  registered.add(fingerprint);
}

const actions = (file, name, lot) => {
  const place = el("div");
  const upload = button(say("submit"), () => send(file, lot, place), "primary");
  const canSubmit = root.dataset.takesBids === "1";
  return el("div", {}, el("div", { class: "govuk-button-group" }, saveLink(file, name, say("save")), canSubmit ? upload : null), place);
};

async function send(file, lot, place) {
  const bar = new ProgressBar(say("uploading"));
  const problems = new ProblemBox();
  place.replaceChildren(problems.element, bar.element);
  try {
    const endpoint = `/bidder/tenders/${tender}/lots/${lot}/upload`;
    location.assign(await uploadByForm(file, { endpoint, onProgress: (event) => bar.show(event) }).done);
  } catch (problem) {
    bar.element.remove();
    problems.show(problem);
  }
}

async function drawKept() {
  const list = document.getElementById("kept-here");
  const kept = await keptBids(tender);
  const items = kept.map((one) => {
    const drop = button(say("remove"), () => forget(one.name).then(drawKept));
    const title = el("p", { class: "govuk-body" }, `${new Date(one.file.lastModified).toLocaleString()} · ${sizeText(one.file.size)}`);
    return el("li", { "data-kept": one.submission }, title, actions(one.file, `bid-${one.submission}.sealed`, one.lot), drop);
  });
  const heading = el("h3", { class: "govuk-heading-s" }, say("kept"));
  list.replaceChildren(...(items.length ? [heading, el("p", { class: "govuk-hint" }, say("keptNote")), el("ul", { class: "govuk-list" }, items)] : []));
}

async function done(sealed, lot) {
  await drawKept();
  return actions(sealed.blob, `bid-${sealed.submission}.sealed`, lot);
}

async function start() {
  const problems = new ProblemBox();
  root.append(problems.element);
  try {
    const notice = readNotice(await read(`/api/tenders/${tender}/notice`), tender);
    const helper = await startHelper({ script: root.dataset.worker, integrity: root.dataset.workerIntegrity });
    root.append(new SealForm(notice, helper, { bidder, approve, done }, lot || undefined).element);
    await drawKept();
  } catch (problem) {
    problems.show(problem);
  }
}

root.hidden = false;
start();
