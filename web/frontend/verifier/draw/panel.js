// What a panel did, replayed from the log: whose verdicts and sheets counted when each lot was ranked (panel-facts.md).
import { need } from "../errors.js";
import { equal, has, opt } from "../json.js";
import { checkedRounds, employersOf, laterTable } from "./rounds.js";

class Panel {
  constructor(rounds) {
    [this.rounds, this.drawn, this.employers] = [rounds, [rounds[0]], employersOf(rounds[0])];
    this.seats = new Map(rounds[0].seats.map((seat, at) => [`seat-${at + 1}`, seat.group]));
    this.leaves = new Map(rounds[0].seats.map((seat, at) => [`seat-${at + 1}`, seat.leaf]));
    this.called = new Set(this.leaves.values());
    [this.vacant, this.due, this.votes, this.sheets, this.counted] = [new Map(), new Map(), new Map(), new Map(), new Map()];
    this.chair = null;
  }

  elect({ data }) {
    const isElected = this.seats.has(data.seat) && 2 * data.votes > this.seats.size;
    need(isElected, "the chair was not elected by more than half of all seats", "组长未经过半数席位选出");
    this.chair = data.seat;
  }

  /** The reserve who is next for a seat of the group: of the first round, then of the later ones. */
  next(group, passedOver) {
    const passed = new Set([...this.called, ...passedOver]), seated = [...this.leaves.values()];
    for (const one of this.drawn) {
      const free = (leaf) => !passed.has(leaf) && !seated.includes(leaf) && this.employers.haveRoom(leaf, seated);
      const found = has(one.reserves, group) ? one.reserves[group].find(free) : undefined;
      if (found) return found;
    }
    return null;
  }

  replace({ data }) {
    const group = this.seats.get(data.seat);
    for (const one of [this.seats, this.leaves, this.vacant]) one.delete(data.seat);
    const due = has(data, "draw") ? this.due.get(data.seat) : group && this.next(group, opt(data, "passed_over", []));
    this.due.delete(data.seat);
    const isNext = group && due === data.leaf && !this.seats.has(data.replacement);
    need(isNext, `${data.seat} was not taken over by the next reserve of the draw`, `${data.seat} 未由抽取的下一名候补接替`);
    this.seats.set(data.replacement, group);
    this.leaves.set(data.replacement, data.leaf);
    this.called.add(data.leaf);
    this.forgetWork(data.seat);
  }

  leaveVacant({ data }) {
    const { seat } = data, leaf = this.leaves.get(seat) ?? "", group = this.seats.get(seat);
    this.leaves.delete(seat);
    const isUsedUp = group === data.group && (!has(data, "passed_over") || this.next(group, data.passed_over) === null);
    need(isUsedUp, `${seat} was left vacant although a reserve was left`, `尚有候补而 ${seat} 空缺`);
    this.leaves.set(seat, leaf);
    this.vacant.set(seat, group);
    this.forgetWork(seat);
  }

  forgetWork(seat) {
    for (const work of [this.votes, this.sheets]) for (const [key, one] of work) if (one.seat === seat) work.delete(key);
    if (this.chair === seat) this.chair = null;
  }

  further(id) {
    const coming = this.rounds[this.drawn.length];
    return coming?.request.draw_id === id ? coming : null;
  }

  askAgain({ subject }) {
    const further = this.further(subject);
    if (!further) return;
    const seated = [...this.leaves].filter(([seat]) => !this.vacant.has(seat)).map(([, leaf]) => leaf);
    const due = laterTable(this.rounds.slice(0, this.drawn.length), further.request.groups, seated);
    need(equal(due, further.record.table), "the table of a further round is not what the panel and the first one leave", "后续轮次的表与评委会及首轮所剩不符");
  }

  drawAgain({ subject }) {
    const further = this.further(subject);
    if (!further) return;
    const { groups, continues } = further.request, places = new Map(groups.map((group, at) => [group.id, at]));
    const found = continues.seats.map((seat) => this.vacant.get(seat) ?? ""), wanted = groups.flatMap((group) => new Array(group.quota).fill(group.id));
    need(equal(found.sort(), wanted.sort()), "a further round was drawn for other seats than the vacant ones", "后续轮次所补并非空缺席位");
    const number = (seat) => Number(seat.slice(seat.lastIndexOf("-") + 1));
    const filled = [...continues.seats].sort((one, other) => places.get(this.vacant.get(one)) - places.get(this.vacant.get(other)) || number(one) - number(other));
    this.due = new Map(filled.map((seat, at) => [seat, further.seats[at].leaf]));
    this.drawn.push(further);
  }

  checkMember(seat) {
    need(this.seats.has(seat) && !this.vacant.has(seat), `${seat} does not sit on the panel`, `${seat} 不在评委会`);
    need(this.chair !== null, `${seat} voted or signed before the panel had a chair`, `${seat} 在组长选出前表决或签名`);
  }

  vote({ subject, data }) {
    this.checkMember(data.seat);
    const key = `${subject}\n${data.seat}`;
    need(!this.votes.has(key), `${data.seat} voted twice on the lot ${subject} without a re-opening`, `${data.seat} 未经重开对标段 ${subject} 再次表决`);
    this.votes.set(key, { lot: subject, seat: data.seat, digest: data.votes });
  }

  votesOf(lot) {
    return new Map([...this.votes.values()].filter((one) => one.lot === lot).map((one) => [one.seat, one.digest]));
  }

  reopenVotes({ subject, data }) {
    const isSame = equal(Object.fromEntries(this.votesOf(subject)), data.votes);
    need(isSame, `the re-opened verdicts on the lot ${subject} are not those that stood`, `标段 ${subject} 重开的表决与原有的不符`);
    for (const [key, one] of this.votes) if (one.lot === subject) this.votes.delete(key);
  }

  sign({ subject, data }) {
    this.checkMember(data.seat);
    const key = `${subject}\n${data.seat}`;
    need(!this.sheets.has(key), `${data.seat} signed twice for the bid ${subject} without a re-opening`, `${data.seat} 未经重开对投标 ${subject} 再次签名`);
    this.sheets.set(key, { seat: data.seat, digest: data.sheet });
  }

  reopenSheet({ subject, data }) {
    const key = `${subject}\n${data.seat}`, isSame = this.sheets.get(key)?.digest === data.sheet;
    need(isSame, `the re-opened sheet of ${data.seat} is not the one that stood`, `${data.seat} 重开的评分表与原有的不符`);
    this.sheets.delete(key);
  }

  review({ data }) {
    need(data.seat === this.chair, "somebody else than the chair closed the look at the prices", "关闭报价审查的不是组长");
  }

  rank({ subject }) {
    const sheets = new Map([...this.sheets].map(([key, one]) => [key, one.digest]));
    this.counted.set(subject, { seats: [...this.seats.keys()], votes: this.votesOf(subject), sheets });
  }
}

const ACTS = {
  "chair.elected": "elect",
  "seat.replaced": "replace",
  "panel.reserves-used-up": "leaveVacant",
  "draw.requested": "askAgain",
  "panel.drawn": "drawAgain",
  "compliance.voted": "vote",
  "compliance.reopened": "reopenVotes",
  "sheet.signed": "sign",
  "sheet.reopened": "reopenSheet",
  "prices.reviewed": "review",
  "lot.ranked": "rank",
};

/** What counted of each lot when it was ranked last: seats, digests of votes by seat, of sheets by bid and seat. */
export function workThatCounted(evidence) {
  return evidence.keep("work", () => {
    const panel = new Panel(checkedRounds(evidence));
    for (const fact of evidence.facts) {
      if (fact.kind === "ranking.voided") panel.counted.clear();
      else if (Object.hasOwn(ACTS, fact.kind)) panel[ACTS[fact.kind]](fact);
    }
    return panel.counted;
  });
}
