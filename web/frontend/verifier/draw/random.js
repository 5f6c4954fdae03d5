// Numbers from a public seed (docs/formats/seeded-random.md).
import { big, join, sha256, utf8 } from "../bytes.js";

const BEGIN = utf8("mingtang-seeded-random/v1\0");

export class Source {
  constructor(seed) {
    this.base = join(BEGIN, seed);
    this.block = 0;
    this.rest = [];
  }

  byte() {
    if (!this.rest.length) this.rest = [...sha256(join(this.base, big(this.block++, 8)))].reverse();
    return this.rest.pop();
  }

  /** A whole number below n, both of any size. */
  below(n) {
    if (n <= 1n) return 0n;
    const bits = (n - 1n).toString(2).length, mask = (1n << BigInt(bits)) - 1n;
    for (;;) {
      let value = 0n;
      for (let count = Math.ceil(bits / 8); count > 0; count--) value = (value << 8n) | BigInt(this.byte());
      value &= mask;
      if (value < n) return value;
    }
  }

  shuffle(items) {
    for (let last = items.length - 1; last > 0; last--) {
      const other = Number(this.below(BigInt(last + 1)));
      [items[last], items[other]] = [items[other], items[last]];
    }
    return items;
  }
}
