// What a check may say besides "it holds": each in English and Chinese.

/** Something does not fit: the claim fails. */
export class Broken extends Error {
  constructor(en, zh) {
    super(en);
    this.zh = zh;
  }
}

/** The capsule does not hold what a proof would need. */
export class NotProven extends Error {
  constructor(en, zh) {
    super(en);
    this.zh = zh;
  }
}

/** Fail unless it holds. */
export function need(holds, en, zh) {
  if (!holds) throw new Broken(en, zh);
}
