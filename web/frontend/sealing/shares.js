// Deals a seed to n openers so that any k restore it: Shamir over GF(2^8). docs/formats/sealed-envelope.md "Shares"

import { concat, same } from "./bytes.js";
import { expand, taggedHash } from "./hashing.js";
import { Problem } from "./problem.js";

export const SHARE_BYTES = 64;
export const MAX_OPENERS = 32;
const SEED_BYTES = 32;
const ORDER = 255;
const [EXP, LOG] = tables();

/** The shares of openers 1 to n, each 64 bytes: value of the polynomial, then blinding. */
export function deal(seed, ctx, k, n) {
  if (seed.length !== SEED_BYTES || !(1 <= k && k <= n && n <= MAX_OPENERS)) throw new Problem("bad-header");
  const coefficients = [seed];
  for (let j = 1; j < k; j += 1) coefficients.push(expand(seed, "coef", ctx, Uint8Array.of(j)));
  return Array.from({ length: n }, (_, at) => {
    const index = Uint8Array.of(at + 1);
    return concat(evaluate(coefficients, at + 1), expand(seed, "blind", ctx, index));
  });
}

/** The public commitment to the share of one opener, who is counted from 1. */
export const commitment = (ctx, index, share) =>
  taggedHash("share", ctx, Uint8Array.of(index), share.subarray(0, SEED_BYTES), share.subarray(SEED_BYTES));

/** The seed from exactly k shares, given as a Map from opener to 64 bytes; `isFaithful` tells whether it is right. */
export function combine(shares) {
  const seed = new Uint8Array(SEED_BYTES);
  for (const [index, share] of shares) {
    let weight = 1;
    for (const x of shares.keys()) if (x !== index) weight = multiply(weight, divide(x, x ^ index));
    for (let at = 0; at < SEED_BYTES; at += 1) seed[at] ^= multiply(share[at], weight);
  }
  return seed;
}

/** Whether every published commitment is of the dealing of this seed. */
export function isFaithful(seed, ctx, k, committed) {
  const dealt = deal(seed, ctx, k, committed.length);
  return dealt.every((share, at) => same(commitment(ctx, at + 1, share), committed[at]));
}

function evaluate(coefficients, x) {
  const value = new Uint8Array(SEED_BYTES);
  for (const coefficient of [...coefficients].reverse()) {
    for (let at = 0; at < SEED_BYTES; at += 1) value[at] = multiply(value[at], x) ^ coefficient[at];
  }
  return value;
}

function multiply(left, right) {
  return left && right ? EXP[LOG[left] + LOG[right]] : 0;
}

function divide(left, right) {
  return EXP[LOG[left] - LOG[right] + ORDER];
}

function tables() {
  const powers = new Uint8Array(2 * ORDER);
  const logs = new Uint8Array(256);
  for (let exponent = 0, value = 1; exponent < ORDER; exponent += 1) {
    powers[exponent] = powers[exponent + ORDER] = value;
    logs[value] = exponent;
    value ^= value << 1;
    if (value > ORDER) value ^= 0x11b;
  }
  return [powers, logs];
}
