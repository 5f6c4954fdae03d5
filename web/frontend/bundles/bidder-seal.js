// The bidder's page "seal": seals in this browser, keeps the sealed file, uploads it. The commands stay beside it.

import { create, read } from "../sealing/api.js";
import { readNotice } from "../sealing/bid.js";
import { button, el, ProblemBox, saveLink } from "../sealing/dom.js";
import { startHelper } from "../sealing/helper.js";
import { forget, keptBids } from "../sealing/kept.js";
import { Problem } from "../sealing/problem.js";
import { ProgressBar } from "../sealing/progress.js";
import { SealForm } from "../sealing/seal-form.js";
import { say, sizeText } from "../sealing/texts.js";
import { uploadSealed } from "../upload/tus-upload.js";

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

const standing = JSON.parse(root.dataset.standing); // the bids that count now, by lot: a new one replaces them
const nameOf = (submission) => `bid-${submission}.sealed`;

const actions = ({ blob, submission, lot, digest }) => {
  const place = el("div");
  const upload = button(say("submit"), () => send({ blob, submission, lot, digest }, place), "primary");
  const canSubmit = root.dataset.takesBids === "1";
  const save = saveLink(blob, nameOf(submission), say("save"));
  return el("div", {}, el("div", { class: "govuk-button-group" }, save, canSubmit ? upload : null), place);
};

/** Upload, then go on to the page on which the file is checked and submitted; a refusal is told in its own words. */
async function send({ blob, submission, lot, digest }, place) {
  const problems = new ProblemBox();
  const upload = uploadSealed(blob, {
    endpoint: `/api/tenders/${tender}/lots/${lot}/uploads`,
    filename: nameOf(submission),
    digest,
    replaces: standing[lot],
    onProgress: ({ sent, total, speed, secondsLeft }) => {
      bar.show({ bytes: sent, total, perSecond: speed, secondsLeft: Number.isFinite(secondsLeft) ? secondsLeft : null });
    },
  });
  const bar = new ProgressBar(say("uploading"), upload);
  place.replaceChildren(problems.element, bar.element);
  try {
    location.assign(await upload.done);
  } catch (error) {
    bar.element.remove();
    problems.show(error.code ? new Problem("refused", { detail: error.message }) : new Problem("no-connection"));
  }
}

/** List what lies in this browser, but for the bid that was sealed just now and stands above. */
async function drawKept(fresh = "") {
  const list = document.getElementById("kept-here");
  const kept = (await keptBids(tender)).filter((one) => one.submission !== fresh);
  const items = kept.map((one) => {
    const drop = button(say("remove"), () => forget(one.name).then(() => drawKept(fresh)));
    const title = el("p", { class: "govuk-body" }, `${new Date(one.file.lastModified).toLocaleString()} · ${sizeText(one.file.size)}`);
    const { file: blob, submission, lot } = one;
    return el("li", { "data-kept": submission }, title, actions({ blob, submission, lot }), drop);
  });
  const heading = el("h3", { class: "govuk-heading-s" }, say("kept"));
  list.replaceChildren(...(items.length ? [heading, el("p", { class: "govuk-hint" }, say("keptNote")), el("ul", { class: "govuk-list" }, items)] : []));
}

async function done(sealed, lot) {
  await drawKept(sealed.submission);
  return actions({ ...sealed, lot });
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
