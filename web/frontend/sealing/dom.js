// Small pieces of pages, made by script: elements, fields with their labels, problems with the way to the field.

import { problemText, say } from "./texts.js";

/** An element with attributes and children; an attribute that is null or false is left out. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

/** An input with its label, hint and a place for its error. */
export function field(id, label, input, hint = "") {
  input.id = id;
  const describes = [hint && `${id}-hint`].filter(Boolean).join(" ");
  if (describes) input.setAttribute("aria-describedby", describes);
  return el(
    "div",
    { class: "govuk-form-group" },
    el("label", { class: "govuk-label", for: id }, label),
    hint ? el("div", { class: "govuk-hint hint", id: `${id}-hint` }, hint) : null,
    input,
  );
}

/** A text or password input. */
export const input = (attributes = {}) => el("input", { class: "govuk-input", type: "text", ...attributes });

/** An input for files. */
export const fileInput = (attributes = {}) => el("input", { class: "govuk-file-upload", type: "file", ...attributes });

/** A choice of one value. */
export const select = (options, attributes = {}) =>
  el("select", { class: "govuk-select", ...attributes }, options.map(([value, text]) => el("option", { value }, text)));

/** A group of fields with a legend. */
export const group = (legend, ...children) =>
  el("fieldset", { class: "govuk-fieldset mt-seal__group" }, el("legend", { class: "govuk-fieldset__legend govuk-fieldset__legend--s" }, legend), children);

/** A button that does not send the form. */
export const button = (text, onclick, look = "secondary quiet") =>
  el("button", { type: "button", class: `govuk-button ${look.split(" ").map((one) => `govuk-button--${one} ${one}`).join(" ")}`, onclick }, text);

/** The button that sends the form. */
export const send = (text) => el("button", { type: "submit", class: "govuk-button" }, text);

/** A place for a problem: tells it aloud, and leads to the field that it is about. */
export class ProblemBox {
  element = el("div", { class: "mt-seal__problem", role: "alert", tabindex: "-1", hidden: true });

  show(problem, fieldId = problem.facts?.field) {
    const heading = el("h3", { class: "govuk-heading-s" }, say("problem"));
    const text = problemText(problem);
    const link = fieldId ? el("a", { class: "govuk-link", href: `#${fieldId}` }, text) : text;
    this.element.replaceChildren(heading, el("p", { class: "govuk-body" }, link));
    this.element.hidden = false;
    this.element.focus();
  }

  clear() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }
}

/** Have the browser save bytes or a blob under a name. */
export function saveLink(blob, name, text, attributes = {}) {
  const href = URL.createObjectURL(blob);
  return el("a", { class: "govuk-button", role: "button", draggable: "false", href, download: name, ...attributes }, text);
}
