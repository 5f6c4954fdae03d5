// Prices as whole units, and what is read out of a bid (docs/formats/opening-record.md).
import { NotProven } from "./errors.js";
import { has, isObject, settled } from "./json.js";

const PLAIN = /^(0|[1-9][0-9]{0,17})(?:\.([0-9]+))?$/;
const MOST_UNITS = 10n ** 18n - 1n;

/** Units of 10**-places, or null where the text is no price. */
export function readUnits(text, places) {
  const found = PLAIN.exec(text);
  if (!found || (found[2] ?? "").length > places) return null;
  const units = BigInt(found[1] + (found[2] ?? "").padEnd(places, "0"));
  return units > 0n && units <= MOST_UNITS ? units : null;
}

export function writeUnits(units, places) {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
  const text = places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
  return units < 0n ? `-${text}` : text;
}

/** What an envelope, or all of a bid, announces: the text of its price, its units (null: not usable), its answers. */
export function readAnnounced(body, currency, places) {
  const answers = isObject(body) && has(body, "answers") ? body.answers : {};
  if (isObject(body) && !has(body, "price")) return { text: "", units: null, answers };
  const isRead = isObject(body) && isObject(body.price) && has(body.price, "amount") && has(body.price, "currency");
  if (!isRead) return { text: "", units: null, answers: {} };
  const { amount, currency: named } = body.price;
  if (typeof amount !== "string" || typeof named !== "string") {
    throw new NotProven("a bid states its price in a form that this page does not read", "有投标以本页不读取的形式报价");
  }
  const units = named === currency ? readUnits(amount, places) : null;
  const shown = units === null ? `${[...amount].slice(0, 40).join("")} ${[...named].slice(0, 8).join("")}` : amount;
  return { text: shown, units, answers };
}

/** What several envelopes announce together: of a member or answer that stands in two, the one that opens first counts. */
export function joined(bodies) {
  const whole = {}, answers = {};
  for (const body of [...bodies].reverse()) {
    if (!isObject(body) || !isPlain(body)) continue;
    if (has(body, "answers") && isObject(body.answers)) Object.assign(answers, body.answers);
    Object.assign(whole, body);
  }
  return settled({ ...whole, answers });
}

/** Whether a value has whole numbers only: what has others announces nothing beside other envelopes. */
function isPlain(value) {
  if (typeof value === "number") return Number.isInteger(value);
  return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}
