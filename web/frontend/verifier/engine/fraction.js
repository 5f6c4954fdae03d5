// Exact fractions of whole numbers of any size, always in lowest terms.

function gcd(one, other) {
  while (other) [one, other] = [other, one % other];
  return one;
}

const size = (value) => (value < 0n ? -value : value);

export class Fraction {
  constructor(over, under = 1n) {
    if (under === 0n) throw new RangeError("division by zero");
    const shared = gcd(size(over), size(under)) * (under < 0n ? -1n : 1n);
    this.over = over / shared;
    this.under = under / shared;
  }

  plus(other) {
    return new Fraction(this.over * other.under + other.over * this.under, this.under * other.under);
  }

  minus(other) {
    return new Fraction(this.over * other.under - other.over * this.under, this.under * other.under);
  }

  times(other) {
    return new Fraction(this.over * other.over, this.under * other.under);
  }

  per(other) {
    return new Fraction(this.over * other.under, this.under * other.over);
  }

  /** Below zero, zero or above zero: how it compares with another. */
  compare(other) {
    const gap = this.over * other.under - other.over * this.under;
    return gap < 0n ? -1 : gap > 0n ? 1 : 0;
  }

  get sign() {
    return this.over < 0n ? -1 : this.over > 0n ? 1 : 0;
  }

  get size() {
    return new Fraction(size(this.over), this.under);
  }

  get floor() {
    const whole = this.over / this.under;
    return this.over % this.under < 0n ? whole - 1n : whole;
  }

  get ceiling() {
    return -new Fraction(-this.over, this.under).floor;
  }

  /** The nearest whole number, a half away from zero. */
  get rounded() {
    const whole = (2n * size(this.over) + this.under) / (2n * this.under);
    return this.over < 0n ? -whole : whole;
  }

  get text() {
    return this.under === 1n ? `${this.over}` : `${this.over}/${this.under}`;
  }
}

export const ZERO = new Fraction(0n), ONE = new Fraction(1n), HUNDRED = new Fraction(100n);
export const whole = (value) => new Fraction(BigInt(value));
export const scale = (places) => new Fraction(10n ** BigInt(Math.max(places, 0)), 10n ** BigInt(Math.max(-places, 0)));
export const least = (figures) => figures.reduce((one, other) => (other.compare(one) < 0 ? other : one));
export const most = (figures) => figures.reduce((one, other) => (other.compare(one) > 0 ? other : one));
export const sum = (figures) => figures.reduce((one, other) => one.plus(other), ZERO);
export const held = (figure, low, high) => least([most([figure, low]), high]);
/** Whole units of 10**-places of a figure, and the other way round. */
export const units = (figure, places) => figure.times(scale(places)).rounded;
export const ofUnits = (value, places) => new Fraction(value).per(scale(places));

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/** A plain decimal such as "-0.5", or null. */
export function readDecimal(text) {
  const found = typeof text === "string" ? DECIMAL.exec(text) : null;
  if (!found) return null;
  const [, sign, digits, more = ""] = found;
  const value = BigInt(digits + more);
  return new Fraction(sign ? -value : value, 10n ** BigInt(more.length));
}

export function decimal(text) {
  const found = readDecimal(text);
  if (!found) throw new TypeError("a decimal was expected");
  return found;
}

/** How many units an amount holds; nothing below zero counts. */
export function countUnits(amount, unit, counted) {
  const exact = most([amount, ZERO]).per(unit);
  return counted === "started" ? whole(exact.ceiling) : counted === "completed" ? whole(exact.floor) : exact;
}

/** The product of factors such as "0.95", "K1" or "1-K1". */
export function product(factors, drawn) {
  return factors.reduce((found, text) => {
    const [, sign, name] = /^(1[-+])?(.+)$/.exec(text);
    const number = decimal(Object.hasOwn(drawn, name) ? drawn[name] : name);
    return found.times(sign === "1-" ? ONE.minus(number) : sign === "1+" ? ONE.plus(number) : number);
  }, ONE);
}
