// Canonical JSON (RFC 8785) of texts, safe integers, lists and objects. docs/formats/canonical.md

import { fromUtf8, same, utf8 } from "./bytes.js";
import { Problem } from "./problem.js";

const MAX_DEPTH = 100;

/** The canonical bytes of a value. */
export const canonical = (value) => utf8(write(value, MAX_DEPTH));

/** The value of bytes that must be canonical already. */
export function readCanonical(bytes) {
  let value;
  try {
    value = JSON.parse(fromUtf8(bytes));
  } catch {
    throw new Problem("not-json");
  }
  if (!same(canonical(value), bytes)) throw new Problem("not-canonical");
  return value;
}

function write(value, depth) {
  if (depth === 0) throw new Problem("not-canonical");
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return writeText(value);
  if (typeof value === "number") return writeNumber(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth - 1)).join(",")}]`;
  if (typeof value !== "object") throw new Problem("not-canonical");
  // The default order of `sort` is that of UTF-16 code units, as RFC 8785 wants it.
  const members = Object.keys(value).sort().map((name) => `${writeText(name)}:${write(value[name], depth - 1)}`);
  return `{${members.join(",")}}`;
}

function writeText(text) {
  if (/\p{Cs}/u.test(text)) throw new Problem("not-canonical"); // a lone surrogate
  return JSON.stringify(text);
}

function writeNumber(number) {
  if (!Number.isSafeInteger(number) || Object.is(number, -0)) throw new Problem("not-canonical");
  return String(number);
}
