// The answers that a rulebook asks for, as fields of a form.

import { el, field, group, input, select } from "./dom.js";
import { say } from "./texts.js";

/** The fields of one lot; `read` gives what was answered, each in its own type, what is empty left out. */
export class AnswerFields {
  constructor(fields) {
    this.fields = fields.map((one) => ({ ...one, element: elementOf(one) }));
    const parts = this.fields.map((one) => {
      const label = one.required ? say("answerRequired", { id: one.id }) : one.id;
      return field(`answer-${one.id}`, label, one.element, one.kind === "choice" ? "" : say(one.kind));
    });
    this.element = fields.length ? group(say("answers"), parts) : el("div");
  }

  read() {
    const given = this.fields.filter((one) => one.element.value !== "");
    return Object.fromEntries(given.map((one) => [one.id, one.kind === "flag" ? one.element.value === "true" : one.element.value.trim()]));
  }
}

function elementOf(one) {
  if (one.kind === "flag") return select([["", say("choose")], ["true", say("yes")], ["false", say("no")]]);
  if (one.kind === "choice") return select([["", say("choose")], ...one.choices.map((choice) => [choice, choice])]);
  return input({ inputmode: "decimal", class: "govuk-input govuk-input--width-10" });
}
