// The sealing page that bidders keep on their own disk: no network, the same form, the same worker out of itself.

import { readNotice } from "../sealing/bid.js";
import { button, el, field, fileInput, ProblemBox, saveLink } from "../sealing/dom.js";
import { Helper } from "../sealing/helper.js";
import { Problem } from "../sealing/problem.js";
import { askForFile } from "../sealing/save.js";
import { SealForm, said } from "../sealing/seal-form.js";
import { say } from "../sealing/texts.js";
import { serve } from "../sealing/worker.js";

const LANGUAGES = { "zh-CN": "中文", en: "English" };

/** A worker that runs this very script: a page from the disk has no other. */
function startHelper() {
  const source = document.querySelector("script[type=module]").textContent;
  const url = URL.createObjectURL(new Blob(['"use strict";', source], { type: "text/javascript" }));
  return new Helper(new Worker(url)); // browsers refuse a module here, and one without imports needs to be none
}

/** The page in the language that the reader chose. */
function draw(helper) {
  const problems = new ProblemBox();
  const place = el("div");
  const chosen = fileInput({ accept: ".json,application/json" });
  chosen.addEventListener("change", async () => {
    problems.clear();
    place.replaceChildren();
    try {
      const notice = readNotice(await read(chosen.files[0]));
      place.append(...titleOf(notice), formOf(notice, helper).element);
    } catch (problem) {
      problems.show(problem instanceof Problem ? problem : new Problem("bad-notice"), "notice");
    }
  });
  const other = Object.keys(LANGUAGES).find((code) => code !== document.documentElement.lang);
  const turn = button(LANGUAGES[other], () => {
    document.documentElement.lang = other;
    draw(helper);
  });
  turn.lang = other;
  const intro = el("p", {}, say("offlineIntro"));
  const main = document.getElementById("main");
  main.replaceChildren(turn, el("h1", {}, say("offlineTitle")), intro, problems.element, field("notice", say("notice"), chosen, say("noticeHint")), place);
}

async function read(file) {
  if (!file) throw new Problem("bad-notice");
  return JSON.parse(await file.text());
}

function titleOf(notice) {
  const facts = { reference: notice.reference, title: said(notice.title), version: notice.version };
  const zone = { timeZone: "Asia/Shanghai", hourCycle: "h23", dateStyle: "long", timeStyle: "medium" };
  const closes = new Date(notice.timetable.closes_at).toLocaleString(document.documentElement.lang, zone);
  return [el("h2", {}, say("noticeOf", facts)), el("p", {}, say("closes", { time: closes }))];
}

function formOf(notice, helper) {
  let isNamed = false;
  return new SealForm(notice, helper, {
    bidder: "",
    approve: async () => {},
    target: async () => {
      const port = await askForFile(`bid-${notice.reference}.sealed`.replace(/[^\p{L}\p{N}._-]/gu, "_"));
      isNamed = Boolean(port);
      return port;
    },
    done: async ({ blob, submission }) => {
      const save = isNamed ? el("p", { "data-saved": blob.name }, say("saved", { name: blob.name })) : saveLink(blob, `bid-${submission}.sealed`, say("save"));
      return el("div", {}, save, el("p", {}, say("next")));
    },
  });
}

if (typeof document === "undefined") serve(globalThis);
else draw(startHelper());
