// Which names a file in a bid may have: the same on every system, harmless when unpacked. docs/formats/sealed-envelope.md

import { utf8 } from "./bytes.js";
import { Problem } from "./problem.js";

const MAX_SEGMENT_BYTES = 255;
const MAX_NAME_BYTES = 1024;
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.[^\n]*)?$/;
const UNSAFE = /[\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** Refuse names that are not relative and harmless, or not different from each other. */
export function checkNames(names) {
  const seen = new Set();
  const folders = new Set();
  for (const name of names) {
    checkName(name);
    const folded = foldCase(name).normalize("NFC");
    const parents = [...folded.matchAll(/\//g)].map((found) => folded.slice(0, found.index));
    if (seen.has(folded) || folders.has(folded) || parents.some((parent) => seen.has(parent))) {
      throw new Problem("name-twice", { name });
    }
    seen.add(folded);
    for (const parent of parents) folders.add(parent);
  }
}

function checkName(name) {
  if (typeof name !== "string" || !name) throw new Problem("name-empty");
  if (UNSAFE.test(name) || name.normalize("NFC") !== name) throw new Problem("name-characters", { name });
  if (utf8(name).length > MAX_NAME_BYTES) throw new Problem("name-long", { name, limit: MAX_NAME_BYTES });
  for (const segment of name.split("/")) checkSegment(segment, name);
}

function checkSegment(segment, name) {
  if (["", ".", ".."].includes(segment) || " .".includes(segment.at(-1)) || segment.startsWith(" ")) {
    throw new Problem("name-edges", { name });
  }
  if (utf8(segment).length > MAX_SEGMENT_BYTES) throw new Problem("name-long", { name, limit: MAX_SEGMENT_BYTES });
  if (RESERVED.test(segment.toLowerCase())) throw new Problem("name-reserved", { name });
}

/** Full case folding, character by character; this way round gives the classes of Unicode but for the dotless i. */
function foldCase(name) {
  const fold = (one) => (one === "\u0131" ? one : one.toLowerCase().toUpperCase().toLowerCase());
  return Array.from(name, fold).join("");
}
