// What a rulebook asks of a bid, and which of its answers can be read; the rest counts as not given.
import { has, isObject } from "../json.js";
import { readDecimal } from "./fraction.js";

const DECIMAL = /^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?$/;

export const systemCriteria = (book) => book.groups.flatMap((group) => group.criteria).filter((one) => one.scored_by === "system");
export const expertCriteria = (book) => book.groups.flatMap((group) => group.criteria).filter((one) => one.scored_by === "experts");

/** Every answer that is asked for, by name, in the order of asking. */
export function askedAnswers(book) {
  const asked = new Map();
  const ask = (name, kind, required, choices = [], withPrice = false) => {
    const known = asked.get(name);
    asked.set(name, { kind, choices, required: required || (known?.required ?? false), withPrice: withPrice && (known?.withPrice ?? true) });
  };
  for (const { value } of systemCriteria(book)) {
    const kind = value.kind === "flag" || value.kind === "choice" ? value.kind : "number";
    ask(value.answer, kind, value.required, value.kind === "choice" ? Object.keys(value.choices) : []);
  }
  for (const one of book.price.adjustments) {
    if (one.kind === "quality") one.features.forEach((feature) => ask(feature.answer, "choice", false, Object.keys(feature.choices), true));
    else ask(one.answer, one.kind === "flag" ? "flag" : "number", one.required, [], true);
  }
  for (const key of book.tie_break) if (key.startsWith("answer:")) ask(key.slice(7), "flag", false);
  return asked;
}

function readAnswer({ kind, choices }, value) {
  if (kind === "flag") return typeof value === "boolean" ? value : undefined;
  if (kind === "choice") return choices.includes(value) ? value : undefined;
  if (Number.isSafeInteger(value)) value = String(value);
  return typeof value === "string" && DECIMAL.test(value) ? readDecimal(value) : undefined;
}

/** The readable answers of a bid, by name: true or false, a fraction, or a choice. */
export function usableAnswers(asked, given) {
  const usable = new Map();
  for (const [name, field] of asked) {
    const value = isObject(given) && has(given, name) ? readAnswer(field, given[name]) : undefined;
    if (value !== undefined) usable.set(name, value);
  }
  return usable;
}

/** One text for a set of answers, so that two sets can be compared. */
export const tellAnswers = (answers) =>
  [...answers].map(([name, value]) => `${name}=${typeof value === "object" ? value.text : typeof value + value}`).join("\n");

