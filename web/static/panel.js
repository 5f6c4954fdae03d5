// A member's two large forms: points (criteria down, bids across) and verdicts (checks down, bids across). Arrow keys
// and Enter move between cells, drafts are saved while the member works, a clash with another window is shown and
// nothing typed is lost. Both forms work without this module by their buttons.

const SAVE_AFTER = 1500; // ms without a key
const LONGEST_WAIT = 5000; // ms that somebody who never pauses waits for the next save
const TRY_AGAIN = 5000; // ms after a failed request
const NARROW = matchMedia("(max-width: 47.99em)");

// The whole number of 10**-places units in a decimal text; NaN when it is none.
export function toUnits(text, places) {
  const found = /^(\d{1,9})(?:\.(\d*))?$/.exec(text);
  if (!found) return NaN;
  const decimals = found[2] ?? "";
  if (decimals.length > places && /[^0]/.test(decimals.slice(places))) return NaN;
  return Number(found[1] + decimals.slice(0, places).padEnd(places, "0"));
}

// What a member types on any keyboard: full-width digits and the Chinese full stop mean the same.
export function plain(text) {
  return text.normalize("NFKC").replace("。", ".").trim();
}

async function send(path, body, headers = {}) {
  const answer = await fetch(path, {
    method: "PUT",
    headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

// One form with cells: where they are, how one moves, when they are saved.
class Board {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.bids = [...form.querySelectorAll("thead [data-bid]")].map((head) => head.dataset.bid);
    this.heads = new Map([...form.querySelectorAll("thead [data-bid]")].map((head) => [head.dataset.bid, head]));
    this.rows = [...form.querySelectorAll("tr[data-row]")];
    this.status = form.querySelector("[data-status]");
    this.chooser = form.querySelector("[data-chooser]");
    this.timer = 0;
    this.since = 0;
    this.isSending = false;
    this.isWaiting = false;
    form.addEventListener("keydown", (event) => this.key(event));
    this.chooser?.querySelector("select").addEventListener("change", (event) => this.show(event.target.value));
    NARROW.addEventListener("change", () => this.fit());
    addEventListener("beforeunload", (event) => {
      if (this.isSending || this.isUnsaved()) event.preventDefault();
    });
    this.fit();
  }

  say(text, isBad = false) {
    this.status.textContent = text;
    this.status.classList.toggle("mt-board__bad", isBad);
  }

  // On a phone one bid at a time.
  fit() {
    this.form.classList.toggle("mt-board--one", NARROW.matches);
    if (this.chooser) this.chooser.hidden = !NARROW.matches;
    this.show(NARROW.matches ? (this.chooser?.querySelector("select").value ?? this.bids[0]) : "");
  }

  show(bid) {
    for (const cell of this.form.querySelectorAll("[data-bid]")) cell.hidden = Boolean(bid) && cell.dataset.bid !== bid;
  }

  place(element) {
    const cell = element.closest("td[data-bid]");
    return cell && { cell, row: this.rows.indexOf(cell.parentElement), bid: cell.dataset.bid };
  }

  cell(row, bid) {
    return this.rows[row]?.querySelector(`td[data-bid="${CSS.escape(bid)}"]`);
  }

  // Go `down` rows and `right` bids from a cell to the next one that can be filled in; past an end, to the next column.
  move(from, down, right) {
    let { row } = from;
    let column = this.bids.indexOf(from.bid);
    for (let steps = this.rows.length * this.bids.length; steps > 0; steps -= 1) {
      row += down;
      column += right;
      if (down && row >= this.rows.length) [row, column] = [0, column + 1];
      if (down && row < 0) [row, column] = [this.rows.length - 1, column - 1];
      if (column < 0 || column >= this.bids.length) return false;
      const bid = this.bids[column];
      if (this.chooser && NARROW.matches && this.cell(row, bid)?.hidden) {
        this.chooser.querySelector("select").value = bid;
        this.show(bid);
      }
      if (this.rows[row].hidden) continue;
      if (this.enter(this.cell(row, bid))) return true;
    }
    return false;
  }

  later() {
    clearTimeout(this.timer);
    this.since ||= Date.now();
    const wait = Math.min(SAVE_AFTER, Math.max(0, this.since + LONGEST_WAIT - Date.now()));
    this.timer = setTimeout(() => this.save(), wait);
  }

  // Send what is unsaved, one request at a time; a failed one is tried again.
  async save() {
    clearTimeout(this.timer);
    if (this.isSending) {
      this.isWaiting = true;
      return;
    }
    if (!this.isUnsaved()) return;
    this.isSending = true;
    this.isWaiting = false;
    this.since = 0;
    let failed = false;
    try {
      await this.exchange();
    } catch {
      failed = true;
      this.say(this.words.offline, true);
    }
    this.isSending = false;
    if (failed) this.timer = setTimeout(() => this.save(), TRY_AGAIN);
    else if (this.isWaiting) this.later();
  }

  // Two buttons for a clash with another window.
  offer(keep, take) {
    const box = this.form.querySelector("[data-clash]");
    const [mine, theirs] = box.querySelectorAll("button");
    box.hidden = false;
    mine.onclick = () => {
      box.hidden = true;
      keep();
    };
    theirs.onclick = () => {
      box.hidden = true;
      take();
    };
  }

  moment(text) {
    return new Date(text).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  }
}

// Points of all bids of a lot.
class Scores extends Board {
  constructor(form) {
    super(form);
    this.places = Number(this.words.places);
    this.versions = new Map([...this.heads].map(([bid, head]) => [bid, Number(head.querySelector("input")?.value ?? -1)]));
    this.saved = new Map();
    this.unsaved = new Set();
    this.clashes = new Set();
    this.inputs = [...form.querySelectorAll("td input")];
    this.cells = new Map(this.bids.map((bid) => [bid, []]));
    this.given = new Set();
    this.tally = new Map([...this.rows, ...this.bids].map((one) => [one, { given: 0, all: 0 }]));
    for (const row of this.rows) this.tally.get(row).all = this.tally.get(row).given = row.querySelectorAll("td [data-fixed]").length;
    for (const input of this.inputs) {
      const cell = input.parentElement;
      this.saved.set(input, input.value);
      this.cells.get(cell.dataset.bid).push(input);
      for (const one of [cell.parentElement, cell.dataset.bid]) this.tally.get(one).all += 1;
      if (input.value) this.judge(input);
      this.note(input);
    }
    this.now = form.querySelector("[data-now]");
    form.addEventListener("focusin", ({ target }) => this.entered(target));
    form.addEventListener("input", ({ target }) => this.typed(target));
    this.filter = form.querySelector("[data-filter]");
    this.filter.closest("[hidden]")?.removeAttribute("hidden");
    this.filter.addEventListener("change", () => this.sift());
    form.querySelector("[data-save]").addEventListener("click", (event) => {
      event.preventDefault();
      this.save();
      if (!this.isUnsaved()) this.say(this.words.nothing);
    });
    this.count();
  }

  isUnsaved() {
    return this.unsaved.size > 0;
  }

  enter(cell) {
    const input = cell?.querySelector("input");
    input?.focus();
    input?.select();
    return Boolean(input);
  }

  entered(target) {
    if (!target.matches("td input")) return;
    target.select();
    const { row, bid } = this.place(target);
    const head = this.rows[row].querySelector("th");
    const name = head.querySelector("[data-name]").textContent;
    this.now.textContent = `${name} · ${this.heads.get(bid).querySelector("[data-name]").textContent} · ${head.querySelector("[data-limit]").textContent}`;
  }

  key(event) {
    const input = event.target;
    if (!input.matches("td input") || event.altKey || event.metaKey) return;
    const place = this.place(input);
    const isWhole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const steps = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: isWhole || input.selectionStart === input.value.length ? [0, 1] : null,
      ArrowLeft: isWhole || input.selectionEnd === 0 ? [0, -1] : null,
      Enter: event.shiftKey ? [-1, 0] : [1, 0],
    }[event.key];
    if (event.key === "Escape") {
      input.value = this.saved.get(input);
      this.typed(input);
      input.select();
    } else if (event.ctrlKey && (event.key === "Home" || event.key === "End")) {
      event.preventDefault();
      const own = this.inputs.filter((one) => !one.closest("[hidden]"));
      own.at(event.key === "Home" ? 0 : -1)?.focus();
    } else if (steps && !event.isComposing) {
      event.preventDefault();
      if (!this.move(place, ...steps)) this.save();
    }
  }

  typed(input) {
    if (!input.matches("td input")) return;
    const cell = input.parentElement;
    this.judge(input);
    if (input.value !== this.saved.get(input)) this.unsaved.add(cell.dataset.bid);
    this.note(input);
    this.tell([cell.parentElement], [cell.dataset.bid]);
    this.say(this.words.waiting);
    this.later();
  }

  // Mark a cell that cannot be saved, with the reason in words.
  judge(input) {
    const text = plain(input.value);
    const { maximum, step } = input.closest("tr").dataset;
    const units = toUnits(text, this.places);
    let why = "";
    if (text && Number.isNaN(units)) why = this.words.noNumber;
    else if (text && units > toUnits(maximum, this.places)) why = this.words.tooMuch.replace("{maximum}", maximum);
    else if (text && units % toUnits(step, this.places)) why = this.words.offStep.replace("{step}", step);
    const cell = input.closest("td");
    cell.querySelector(".mt-board__why")?.remove();
    input.toggleAttribute("aria-invalid", Boolean(why));
    if (why) {
      input.setAttribute("aria-invalid", "true");
      cell.append(this.reason(input, why));
    }
    return !why;
  }

  reason(input, why) {
    const text = document.createElement("span");
    text.className = "mt-board__why";
    text.id = `${input.id}-why`;
    text.textContent = why;
    const limit = input.closest("tr").querySelector("[data-limit]").id;
    input.setAttribute("aria-describedby", `${limit} ${text.id}`);
    return text;
  }

  // Count a cell in or out of its row's and its bid's progress.
  note(input) {
    const isGiven = input.value.trim() !== "" && !input.hasAttribute("aria-invalid");
    if (isGiven === this.given.has(input)) return;
    this.given[isGiven ? "add" : "delete"](input);
    const cell = input.parentElement;
    for (const one of [cell.parentElement, cell.dataset.bid]) this.tally.get(one).given += isGiven ? 1 : -1;
  }

  count() {
    for (const input of this.inputs) this.note(input);
    this.tell(this.rows, this.bids);
  }

  // Write the progress of some rows and bids.
  tell(rows, bids) {
    for (const row of rows) {
      const { given, all } = this.tally.get(row);
      row.querySelector("[data-row-count]").textContent = `${given}/${all}`;
      row.classList.toggle("mt-board__done", given === all);
    }
    for (const bid of bids) {
      const { given, all } = this.tally.get(bid);
      if (all) this.heads.get(bid).querySelector("[data-count]").textContent = `${given}/${all}`;
    }
    this.form.querySelector("[data-total]").textContent = `${this.given.size}/${this.inputs.length}`;
  }

  // Only the criteria that still lack points.
  sift() {
    for (const row of this.rows) row.hidden = this.filter.checked && row.classList.contains("mt-board__done");
    for (const group of this.form.querySelectorAll("tbody")) {
      const own = [...group.querySelectorAll("tr[data-row]")];
      group.hidden = own.length > 0 && own.every((row) => row.hidden);
    }
  }

  points(bid) {
    const given = this.cells.get(bid).filter((input) => plain(input.value) && !input.hasAttribute("aria-invalid"));
    return Object.fromEntries(given.map((input) => [input.dataset.criterion, plain(input.value)]));
  }

  async exchange() {
    const bids = [...this.unsaved].filter((bid) => !this.clashes.has(bid));
    if (!bids.length) return;
    const sent = new Map(bids.flatMap((bid) => this.cells.get(bid).map((input) => [input, input.value])));
    for (const bid of bids) this.unsaved.delete(bid);
    const sheets = Object.fromEntries(bids.map((bid) => [bid, { points: this.points(bid), version: this.versions.get(bid) }]));
    this.say(this.words.saving);
    let answer;
    try {
      answer = await send(this.words.matrix, { sheets });
    } catch (error) {
      for (const bid of bids) this.unsaved.add(bid);
      throw error;
    }
    if (answer.status !== 200) {
      for (const bid of bids) this.unsaved.add(bid);
      this.say(`${this.words.refused} ${answer.body.detail ?? ""}`, true);
      return;
    }
    for (const [bid, version] of Object.entries(answer.body.saved)) this.keep(bid, version, sent);
    for (const [bid, problem] of Object.entries(answer.body.refused)) this.clash(bid, problem);
    const wrong = this.form.querySelectorAll("td [aria-invalid]").length;
    if (this.unsaved.size) return;
    if (!Object.keys(answer.body.refused).length) {
      const at = `${this.words.saved} ${this.moment(answer.body.saved_at)}`;
      this.say(wrong ? `${at} · ${this.words.wrong.replace("{count}", wrong)}` : at, wrong > 0);
    }
  }

  keep(bid, version, sent) {
    this.versions.set(bid, version);
    this.heads.get(bid).querySelector("input").value = version;
    for (const input of this.cells.get(bid)) this.saved.set(input, sent.get(input));
  }

  same(one, other) {
    const [first, second] = [plain(one), plain(other)];
    return first === second || toUnits(first, this.places) === toUnits(second, this.places);
  }

  // Another window has saved this sheet: take over what nobody touched here, and ask about the rest.
  clash(bid, problem) {
    this.unsaved.add(bid);
    this.say(`${this.words.refused} ${problem.detail}`, true);
    if (problem.code !== "changed-meanwhile") {
      this.clashes.add(bid);
      return;
    }
    const own = this.cells.get(bid);
    const differing = [];
    for (const input of own) {
      const theirs = problem.points[input.dataset.criterion] ?? "";
      const before = this.saved.get(input);
      if (this.same(input.value, theirs) || this.same(before, theirs)) continue;
      if (this.same(input.value, before)) input.value = theirs;
      else differing.push([input, theirs]);
    }
    const go = () => {
      this.clashes.delete(bid);
      this.versions.set(bid, problem.version);
      for (const input of own) {
        this.saved.set(input, problem.points[input.dataset.criterion] ?? "");
        this.judge(input);
      }
      this.unsaved.add(bid);
      this.count();
      this.later();
    };
    if (!differing.length) {
      go();
      return;
    }
    this.clashes.add(bid);
    for (const [input, theirs] of differing) {
      input.closest("td").querySelector(".mt-board__why")?.remove();
      input.closest("td").append(this.reason(input, this.words.elsewhere.replace("{points}", theirs || "–")));
    }
    this.offer(go, () => {
      for (const [input, theirs] of differing) input.value = theirs;
      go();
    });
  }
}

// Verdicts on all bids of a lot.
class Verdicts extends Board {
  constructor(form) {
    super(form);
    this.version = form.querySelector("input[name=version]");
    this.changes = 0;
    this.done = 0;
    form.addEventListener("input", () => this.touched());
    form.querySelector("[data-save]").addEventListener("click", (event) => {
      event.preventDefault();
      this.changes += 1;
      this.save();
    });
    this.count();
  }

  isUnsaved() {
    return this.changes !== this.done;
  }

  enter(cell) {
    const input = cell?.querySelector("input:checked") ?? cell?.querySelector("input[type=radio]");
    input?.focus();
    return Boolean(input);
  }

  key(event) {
    const place = this.place(event.target);
    if (!place || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const isRadio = event.target.type === "radio";
    if (event.key === "Enter") {
      event.preventDefault();
      this.move(place, event.shiftKey ? -1 : 1, 0);
    } else if (isRadio && { ArrowLeft: 1, ArrowRight: 1, ArrowUp: 1, ArrowDown: 1 }[event.key]) {
      event.preventDefault();
      const isBack = event.key === "ArrowLeft" || event.key === "ArrowUp";
      const isAcross = event.key === "ArrowLeft" || event.key === "ArrowRight";
      this.move(place, isAcross ? 0 : isBack ? -1 : 1, isAcross ? (isBack ? -1 : 1) : 0);
    } else if (isRadio && (event.key === "1" || event.key === "2")) {
      event.preventDefault();
      const chosen = place.cell.querySelector(`input[value=${event.key === "1" ? "pass" : "fail"}]`);
      chosen.checked = true;
      this.touched();
      if (event.key === "1") this.move(place, 1, 0);
      else place.cell.querySelector("textarea").focus();
    }
  }

  touched() {
    this.changes += 1;
    this.count();
    this.say(this.words.waiting);
    this.later();
  }

  count() {
    const cells = [...this.form.querySelectorAll("td[data-bid]")];
    for (const bid of this.bids) {
      const own = cells.filter((cell) => cell.dataset.bid === bid);
      const given = own.filter((cell) => cell.querySelector("input:checked")).length;
      this.heads.get(bid).querySelector("[data-count]").textContent = `${given}/${own.length}`;
    }
    const given = cells.filter((cell) => cell.querySelector("input:checked")).length;
    this.form.querySelector("[data-total]").textContent = `${given}/${cells.length}`;
  }

  votes() {
    return [...this.form.querySelectorAll("td[data-bid]")].map((cell) => {
      const chosen = cell.querySelector("input:checked");
      const reason = cell.querySelector("textarea").value.trim();
      const passed = chosen ? chosen.value === "pass" : null;
      return { bid: cell.dataset.bid, check: cell.parentElement.dataset.row, passed, reason };
    });
  }

  async exchange() {
    const upTo = this.changes;
    this.say(this.words.saving);
    const answer = await send(this.words.verdicts, { votes: this.votes() }, { "If-Match": `"${this.version.value}"` });
    if (answer.status === 200) {
      this.version.value = answer.body.version;
      this.done = upTo;
      this.say(`${this.words.saved} ${this.moment(new Date())}`);
      return;
    }
    this.say(`${this.words.refused} ${answer.body.detail ?? ""}`, true);
    if (answer.status !== 412) return;
    const desk = await (await fetch(this.words.desk, { headers: { Accept: "application/json" } })).json();
    const { ballot } = desk.lots.find((lot) => lot.lot === this.words.lot);
    this.offer(
      () => {
        this.version.value = ballot.version;
        this.touched();
      },
      () => {
        this.done = this.changes;
        location.reload();
      },
    );
  }
}

for (const form of document.querySelectorAll("form[data-matrix]")) new Scores(form);
for (const form of document.querySelectorAll("form[data-verdicts]")) new Verdicts(form);
