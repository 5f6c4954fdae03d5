// The files of one envelope: chosen one by one or as a folder, listed, removed.

import { checkFiles } from "./bid.js";
import { el, field, fileInput, button } from "./dom.js";
import { say, sizeText } from "./texts.js";

const SHOWN = 20; // names listed before the rest is only counted

/** Two inputs and the list of what was chosen; `files` are { name, blob, kind }. */
export class FileList {
  files = [];
  #list = el("div", { "aria-live": "polite" });

  constructor({ kind, title, isOnly, hint, onChange, onProblem }) {
    Object.assign(this, { kind, onChange, onProblem });
    const names = isOnly ? [say("files"), say("folder")] : [say("filesOf", { title }), say("folderOf", { title })];
    const each = fileInput({ multiple: true, onchange: (event) => this.#take(event.target) });
    const folder = fileInput({ webkitdirectory: true, onchange: (event) => this.#take(event.target) });
    this.id = `files-${kind}`;
    this.element = el("div", {}, field(this.id, names[0], each, hint), field(`folder-${kind}`, names[1], folder), this.#list);
  }

  async #take(chosen) {
    // Names come decomposed from some systems; one composed form is what every other system writes.
    const added = Array.from(chosen.files, (file) => ({
      name: (file.webkitRelativePath || file.name).normalize("NFC"),
      blob: file,
      kind: this.kind,
    }));
    chosen.value = "";
    const all = [...this.files.filter((file) => !added.some((one) => one.name === file.name)), ...added];
    try {
      await checkFiles(all);
    } catch (problem) {
      this.onProblem(problem, this.id);
      return;
    }
    this.files = all;
    this.#draw();
    this.onChange();
  }

  #draw() {
    const size = this.files.reduce((sum, file) => sum + file.blob.size, 0);
    const lines = this.files.slice(0, SHOWN).map((file) => el("li", {}, `${file.name} (${sizeText(file.blob.size)})`));
    if (this.files.length > SHOWN) lines.push(el("li", {}, say("more", { count: this.files.length - SHOWN })));
    const clear = button(say("clear"), () => {
      this.files = [];
      this.#draw();
      this.onChange();
    });
    const count = el("p", { class: "govuk-body" }, say("chosen", { count: this.files.length, size: sizeText(size) }));
    this.#list.replaceChildren(...(this.files.length ? [count, el("ul", { class: "govuk-list govuk-list--bullet" }, lines), clear] : []));
  }
}
