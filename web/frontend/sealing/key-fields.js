// The fields of a key: open a file that exists, or make one here.

import { el, field, fileInput, group, input } from "./dom.js";
import { MIN_PASSPHRASE } from "./key-files.js";
import { Problem } from "./problem.js";
import { say } from "./texts.js";

/** Passphrase of a new key, twice. */
export class NewPassphrase {
  constructor(prefix) {
    this.id = `${prefix}-passphrase`;
    this.first = input({ type: "password", autocomplete: "new-password" });
    this.again = input({ type: "password", autocomplete: "new-password" });
    this.elements = [
      field(this.id, say("passphrase"), this.first, say("passphraseHint", { least: MIN_PASSPHRASE })),
      field(`${prefix}-again`, say("passphraseAgain"), this.again),
    ];
  }

  /** The passphrase; refuses a short one and two that differ. */
  read() {
    if (this.first.value.length < MIN_PASSPHRASE) throw new Problem("passphrase-short", { least: MIN_PASSPHRASE, field: this.id });
    if (this.first.value !== this.again.value) throw new Problem("passphrase-differs", { field: this.id });
    return this.first.value;
  }
}

/** A key file and its passphrase. */
export class OldKey {
  constructor(prefix) {
    this.id = `${prefix}-file`;
    this.file = fileInput();
    this.passphrase = input({ type: "password", autocomplete: "current-password" });
    this.elements = [
      field(this.id, say("keyFile"), this.file),
      field(`${prefix}-passphrase`, say("passphrase"), this.passphrase),
    ];
  }

  /** The bytes of the file and the passphrase. */
  async read() {
    const [file] = this.file.files;
    if (!file) throw new Problem("key-none", { field: this.id });
    if (!this.passphrase.value) throw new Problem("passphrase-empty", { field: this.passphrase.id });
    return { file: new Uint8Array(await file.arrayBuffer()), passphrase: this.passphrase.value };
  }
}

/** The choice between the two, for a bidder. */
export class KeyFields {
  old = new OldKey("key");
  fresh = new NewPassphrase("new-key");

  constructor(extra = []) {
    const oldPart = el("div", {}, this.old.elements);
    const freshPart = el("div", { hidden: true }, el("p", { class: "govuk-body" }, say("keyNote")), extra, this.fresh.elements);
    const show = () => {
      oldPart.hidden = this.isNew;
      freshPart.hidden = !this.isNew;
    };
    const radio = (value, text, checked) => {
      const one = el("input", { class: "govuk-radios__input", type: "radio", name: "key", value, id: `key-${value}`, checked, onchange: show });
      if (value === "make") this.make = one;
      return el("div", { class: "govuk-radios__item" }, one, el("label", { class: "govuk-label govuk-radios__label", for: `key-${value}` }, text));
    };
    const choice = el("div", { class: "govuk-radios govuk-form-group" }, radio("open", say("keyOpen"), true), radio("make", say("keyMake"), false));
    this.element = group(say("key"), choice, oldPart, freshPart);
  }

  /** Whether a key is to be made. */
  get isNew() {
    return this.make.checked;
  }
}
