// The second verifier as a program: a question a line (a capsule's file with pinned keys, a case, a ranking, a draw's
// record), an answer a line.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { examine } from "./claims.js";
import { checkRecord } from "./draw/record.js";
import { evaluate, reduced } from "./engine/rank.js";
import { readText, write } from "./json.js";
import { readTime } from "./time.js";

/** A question's value as one that knows no field that is not there. */
const settled = (value) => readText(write(value));

function verdictsOn({ capsule, pinned, now }) {
  const moment = now ? readTime(now) : undefined, started = performance.now(), keys = pinned ? settled(pinned) : null;
  const found = examine(new Uint8Array(readFileSync(capsule)), keys, moment);
  const claims = found.map(({ claim, result, detail }) => ({ claim, result, detail }));
  return { claims, milliseconds: Math.round(performance.now() - started) };
}

function drawn(record) {
  const { seats, reserves } = checkRecord(settled(record));
  return { seats, reserves };
}

const ANSWERS = {
  capsule: verdictsOn,
  ranking: ({ ranking }) => evaluate(settled(ranking)),
  reduced: ({ reduced: ranking }) => reduced(settled(ranking)),
  draw: ({ draw }) => drawn(draw),
};

function answer(question) {
  try {
    return ANSWERS[Object.keys(question)[0]](question);
  } catch (error) {
    return { refused: `${error.name}: ${error.message}` };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${write(answer(JSON.parse(line)))}\n`);
}
