// Canonical JSON (docs/formats/canonical.md): one value, one text. What is read knows no field that is not there.
import { readUtf8, sha256Hex, utf8 } from "./bytes.js";
import { Broken, need } from "./errors.js";

const DEEPEST = 100;

/** Asking an object for a field that it does not have is an error, never `undefined`. */
const NO_FIELD = new Proxy(Object.create(null), {
  get(_, name) {
    if (typeof name === "symbol") return undefined;
    throw new Broken(`the field ${name} is missing`, `缺少字段 ${name}`);
  },
  has: () => false,
});

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
export const has = (value, name) => Object.hasOwn(value, name);

function settle(value, depth) {
  need(depth > 0, "the JSON is nested too deeply", "JSON 嵌套过深");
  if (Array.isArray(value)) return value.map((item) => settle(item, depth - 1));
  if (!isObject(value)) return value;
  const fields = Object.create(NO_FIELD);
  for (const name of Object.keys(value)) {
    Object.defineProperty(fields, name, { value: settle(value[name], depth - 1), enumerable: true, writable: true });
  }
  return fields;
}

/** A value made here, as one that knows no field that is not there. */
export const settled = (value) => settle(value, DEEPEST);

/** The text of a value. */
export function write(value) {
  if (typeof value === "string") {
    need(value.isWellFormed(), "text must be valid Unicode", "文本不是有效的 Unicode");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    need(Number.isSafeInteger(value), "a number is no whole number below 2**53", "数字不是小于 2**53 的整数");
    return String(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  need(isObject(value), "a value is no JSON", "数值不是 JSON");
  return `{${Object.keys(value).sort().map((name) => `${write(name)}:${write(value[name])}`).join(",")}}`;
}

export const canonical = (value) => utf8(write(value));
export const digestOf = (value) => sha256Hex(canonical(value));

/** Parse text that must be in the one right form. */
export function readText(text) {
  let value;
  try {
    value = settle(JSON.parse(text), DEEPEST);
  } catch (error) {
    if (error instanceof Broken) throw error;
    throw new Broken("the bytes are not JSON", "字节不是 JSON");
  }
  need(write(value) === text, "the JSON is not in canonical form", "JSON 不是规范形式");
  return value;
}

export const read = (data) => readText(readUtf8(data));

/** Parse JSON in any form. */
export function readLoosely(data) {
  try {
    return settle(JSON.parse(readUtf8(data)), DEEPEST);
  } catch {
    return null;
  }
}

/** Two values are the same, in every type and figure. */
export const equal = (one, other) => write(one) === write(other);

/** The object has exactly these fields. */
export function exactly(value, ...names) {
  const found = isObject(value) && Object.keys(value).sort().join() === [...names].sort().join();
  need(found, `an object does not have exactly the fields ${names.join(", ")}`, `对象的字段不恰为 ${names.join("、")}`);
  return value;
}

/** The field, or another value where it is not there. */
export const opt = (value, name, other = null) => (has(value, name) ? value[name] : other);
export const isWhole = (value, least = 0) => Number.isSafeInteger(value) && value >= least;

/** By Unicode code points, as all lists of ids are sorted. */
export function byCodePoints(one, other) {
  const left = [...one], right = [...other];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    if (left[at] !== right[at]) return left[at].codePointAt(0) - right[at].codePointAt(0);
  }
  return left.length - right.length;
}

/** Texts in that order. */
export const sorted = (texts) => [...texts].sort(byCodePoints);
