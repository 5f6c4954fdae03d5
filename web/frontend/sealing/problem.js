// An expected refusal: a code for which the page has words, and the facts that go into them.

export class Problem extends Error {
  constructor(code, facts = {}) {
    super(code);
    this.name = "Problem";
    this.code = code;
    this.facts = facts;
  }
}
