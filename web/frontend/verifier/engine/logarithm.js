// Natural logarithms of fractions as whole numbers of 10**-DIGITS.
import { Fraction } from "./fraction.js";

export const DIGITS = 90;
const ONE = 10n ** BigInt(DIGITS);

/** 2 * artanh(x) of |x| <= 1/3, as a series. */
function series(over, under) {
  let term = (over * ONE) / under, total = 0n;
  for (let power = 1n; term; power += 2n) {
    total += term / power;
    term = (term * over * over) / (under * under);
  }
  return 2n * total;
}

const LN2 = series(1n, 3n);

export function logarithm(number) {
  if (number.sign <= 0) throw new RangeError("no logarithm");
  let twos = BigInt(number.over.toString(2).length - number.under.toString(2).length);
  const reduced = twos > 0n ? new Fraction(number.over, number.under << twos) : new Fraction(number.over << -twos, number.under);
  return series(reduced.over - reduced.under, reduced.over + reduced.under) + twos * LN2;
}
