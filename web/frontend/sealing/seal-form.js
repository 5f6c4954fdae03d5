// The form that seals a bid in the browser: files, price, answers, key, progress, and the sealed file at the end.

import { AnswerFields } from "./answer-fields.js";
import { checkAnswers, fieldsOf, readPrice, termsOf } from "./bid.js";
import { el, field, input, ProblemBox, saveLink, select, send } from "./dom.js";
import { FileList } from "./file-list.js";
import { KeyFields } from "./key-fields.js";
import { Problem } from "./problem.js";
import { ProgressBar } from "./progress.js";
import { CHINESE, languageOf, say, sizeText } from "./texts.js";

/** The text of a notice that stands there in both languages. */
export const said = (texts) => (languageOf() === CHINESE ? texts.zh || texts.en : texts.en || texts.zh);

/**
 * The form for one notice. `doors` says what differs between a page of the platform and one on the bidder's own disk:
 * { bidder: fixed id or "", approve(key) after a key was opened or made, done(sealed) gives what to show at the end,
 * target() gives a port to a file that the person names, where there is such a way }.
 */
export class SealForm {
  constructor(notice, helper, doors, lot = notice.lots[0].id) {
    Object.assign(this, { notice, helper, doors });
    this.problems = new ProblemBox();
    this.lot = select(notice.lots.map((one) => [one.id, `${one.number} ${said(one.title)}`]), { onchange: () => this.#askAnswers() });
    this.price = input({ inputmode: "decimal", autocomplete: "off", class: "govuk-input govuk-input--width-20" });
    this.answers = el("div");
    this.bidder = input({ autocomplete: "off" });
    this.key = new KeyFields(doors.bidder ? [] : field("bidder", say("bidderId"), this.bidder));
    this.work = el("div", { class: "mt-seal__work", "aria-live": "polite" });
    const limit = say("limitHint", { limit: sizeText(Number(notice.sealing.limit_bytes)) });
    const terms = termsOf(notice);
    this.lists = terms.map((term, at) => new FileList({
      kind: term.kind,
      title: said(term.title),
      isOnly: terms.length === 1,
      hint: at === 0 ? limit : "",
      onChange: () => this.problems.clear(),
      onProblem: (problem, id) => this.problems.show(problem, id),
    }));
    const sample = (1250000).toFixed(notice.price_places);
    this.form = el("form", { novalidate: true, class: "mt-seal", onsubmit: (event) => this.#submit(event) });
    this.form.append(
      this.problems.element,
      ...(notice.lots.length > 1 ? [field("lot", say("lot"), this.lot)] : []),
      ...this.lists.map((list) => list.element),
      field("price", say("price", { currency: notice.currency }), this.price, say("priceHint", { sample })),
      this.answers,
      this.key.element,
      send(say("seal")),
    );
    this.element = el("div", {}, this.form, this.work);
    this.lot.value = lot;
    this.#askAnswers();
  }

  #askAnswers() {
    this.asked = new AnswerFields(fieldsOf(this.notice, this.lot.value));
    this.answers.replaceChildren(this.asked.element);
  }

  /** What the form holds; refuses what no bid can have, before anything is read or sealed. */
  #read() {
    const files = this.lists.flatMap((list) => list.files);
    if (!files.length) throw new Problem("files-none", { field: this.lists[0].id });
    try {
      readPrice(this.price.value.trim(), this.notice);
    } catch (problem) {
      throw new Problem(problem.code, { ...problem.facts, field: "price" });
    }
    const answers = this.asked.read();
    this.remarks = checkAnswers(this.notice, this.lot.value, answers);
    return { lot: this.lot.value, price: this.price.value.trim(), answers, files };
  }

  async #submit(event) {
    event.preventDefault();
    this.problems.clear();
    this.work.replaceChildren();
    try {
      const bid = this.#read();
      // Now, as browsers let a page name a file only right after a click.
      const port = await this.doors.target?.(bid.lot);
      const key = this.key.isNew ? { passphrase: this.key.fresh.read() } : await this.key.old.read();
      this.#busy(true);
      this.work.replaceChildren(el("p", { class: "govuk-body" }, say("working")));
      const opened = await this.#openKey(key);
      await this.doors.approve(opened);
      await this.#seal(bid, port);
    } catch (problem) {
      this.work.replaceChildren();
      this.problems.show(problem);
    } finally {
      this.#busy(false);
    }
  }

  async #openKey(key) {
    if (!this.key.isNew) return this.helper.ask("openBidderKey", key);
    const bidder = this.doors.bidder || this.bidder.value.trim();
    if (!bidder) throw new Problem("key-other-bidder", { field: "bidder" });
    const made = await this.helper.ask("makeBidderKey", { bidder, passphrase: key.passphrase });
    const link = saveLink(new Blob([made.file]), "bidder.key", say("saveKey"));
    this.form.before(el("p", { class: "govuk-body" }, say("keyNote"), " ", link));
    link.click();
    return made;
  }

  async #seal(bid, port) {
    const hold = { pause: () => this.helper.ask("pause"), resume: () => this.helper.ask("resume"), cancel: () => this.helper.ask("cancel") };
    const bar = new ProgressBar(say("progress"), hold);
    this.work.replaceChildren(bar.element);
    const sealed = await this.helper.ask("seal", { notice: this.notice, bid, port }, (event) => bar.show(event));
    const shown = await this.doors.done(sealed, bid.lot);
    const title = el("strong", { tabindex: "-1" }, say("sealed"));
    const digest = el("code", { class: "mt-hex", "data-digest": true }, sealed.digest);
    const facts = el("p", { class: "govuk-body" }, say("sealedFacts", { size: sizeText(sealed.size) }), " ", digest);
    const remarks = this.remarks.map((remark) => el("li", {}, say(remark.code, { id: remark.id })));
    const list = remarks.length ? el("ul", { class: "govuk-list govuk-list--bullet" }, remarks) : "";
    this.work.replaceChildren(el("div", { class: "mt-banner mt-banner--danger banner fail" }, title), facts, list, shown);
    title.focus();
  }

  #busy(isBusy) {
    for (const one of this.form.elements) one.disabled = isBusy;
    globalThis.onbeforeunload = isBusy ? (event) => event.preventDefault() : null;
  }
}
