// Keeps the opening room up to date from the tender's event stream; the page is complete without it.

const room = document.getElementById("room");
const words = document.getElementById("words");
const live = room.querySelector("[data-live]");
const table = room.querySelector("[data-envelopes]");
const rows = table.tBodies[0];

function moment(text) {
  const at = new Date(text);
  const shown = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium",
  }).format(at);
  const time = document.createElement("time");
  const zone = document.createElement("span");
  time.className = "mt-moment";
  time.dateTime = text;
  zone.className = "mt-zone";
  zone.textContent = words.dataset.zone;
  time.append(`${shown} `, zone);
  return time;
}

function grouped(amount) {
  const [whole, fraction] = amount.split(".");
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}

function finish(kind, at) {
  const step = room.querySelector(`[data-step="${kind}"]`);
  if (!step || step.dataset.done !== undefined) return;
  if (kind === "prices.released" && Number(room.dataset.pricesReleased) < Number(room.dataset.needed)) return;
  if (kind === "shares.released" && room.querySelectorAll(".mt-openers [data-released]").length < Number(room.dataset.needed)) return;
  step.dataset.done = "";
  step.querySelector("[data-at]").replaceChildren(moment(at));
}

function close(fact) {
  room.querySelector("[data-countdown]")?.remove();
  room.querySelector("[data-before]")?.remove();
  room.querySelector("[data-none]").hidden = true;
  table.hidden = false;
  const there = rows.querySelectorAll("tr").length;
  const row = document.getElementById("sealed-row").content;
  for (let n = there; n < fact.data.bids; n += 1) rows.append(row.cloneNode(true));
}

function release(fact) {
  const opener = room.querySelector(`[data-opener="${fact.data.position}"]`);
  if (!opener || opener.dataset.released !== undefined) return;
  opener.dataset.released = "";
  opener.querySelector("[data-word]").textContent = words.dataset.released;
  room.querySelector("[data-released-count]").textContent = room.querySelectorAll(".mt-openers [data-released]").length;
}

/** What came of a bid: why it was not opened, who is answerable, what follows. */
function stateOf({ outcome, problem, cause, consequence }) {
  const told = [words.dataset[outcome], problem];
  if (cause) told.push(`${words.getAttribute(`data-cause-${cause}`)}; ${words.getAttribute(`data-follows-${consequence}`)}`);
  return told.filter(Boolean).join(" · ");
}

function open(fact) {
  const line = fact.data;
  if (rows.querySelector(`[data-bid="${line.bid}"]`)) return;
  const row = document.getElementById("opened-row").content.cloneNode(true).firstElementChild;
  row.dataset.bid = line.bid;
  row.querySelector("[data-name]").textContent = line.bidder;
  row.querySelector("[data-state]").textContent = stateOf(line);
  row.querySelector("[data-price]").textContent = line.price ? grouped(line.price) : (!line.problem && words.dataset.later) || "";
  row.querySelector("[data-received]").append(moment(line.received_at));
  const lot = row.querySelector("[data-lot]");
  if (lot) lot.textContent = words.content.querySelector(`[data-lot-id="${line.lot}"]`)?.textContent ?? "";
  row.dataset.at = line.received_at;
  rows.querySelector("[data-sealed]")?.remove();
  // In the order in which the bids came in, whatever the order in which the envelopes are opened.
  const later = [...rows.rows].find((other) => other.dataset.sealed !== undefined || other.dataset.at > line.received_at);
  rows.insertBefore(row, later ?? null);
}

function price(fact) {
  const line = fact.data;
  const row = rows.querySelector(`[data-bid="${line.bid}"]`);
  if (!row) return;
  row.querySelector("[data-price]").textContent = line.price ? grouped(line.price) : "";
  row.querySelector("[data-state]").textContent = stateOf(line);
}

const acts = {
  "prices.released": () => { room.dataset.pricesReleased = Number(room.dataset.pricesReleased) + 1; },
  "price.opened": price,
  "tender.closed": close,
  "shares.released": release,
  "bid.opened": open,
  "tender.amended": () => location.reload(),
  "tender.failed": () => { live.textContent = words.dataset.failed; },
  "opening.recorded": () => { room.querySelector("[data-record]").hidden = false; },
  "report.made": () => { room.querySelector("[data-result]").hidden = false; },
};
const kinds = [...Object.keys(acts), "panel.drawn", "scores.locked", "prices.recorded", "ranking.made"];

function watch() {
  const source = new EventSource(`/api/tenders/${room.dataset.tender}/events?after=${room.dataset.last}`);
  source.addEventListener("open", () => { live.textContent = words.dataset.live; });
  source.addEventListener("error", () => { live.textContent = words.dataset.lost; });
  for (const kind of kinds) {
    source.addEventListener(kind, (event) => {
      const fact = JSON.parse(event.data);
      acts[kind]?.(fact);
      finish(kind, fact.at);
    });
  }
  addEventListener("pagehide", () => source.close());
}

function count() {
  const clock = room.querySelector("[data-countdown]");
  if (!clock) return;
  const ahead = Date.parse(room.dataset.now) - Date.now(); // the site's clock counts, not the reader's
  const names = clock.querySelector("[data-words]").dataset.words.split(",");
  const left = clock.querySelector("[data-left]");
  left.hidden = false;
  const timer = setInterval(() => {
    const seconds = Math.ceil((Date.parse(clock.dataset.countdown) - Date.now() - ahead) / 1000);
    if (seconds <= 0 || !clock.isConnected) {
      clearInterval(timer);
      left.textContent = "";
      if (clock.isConnected) live.textContent = words.dataset.closing;
      return;
    }
    const parts = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
    const first = parts.findIndex((part) => part > 0);
    left.textContent = parts.map((part, n) => (n < first ? "" : `${part} ${names[n]}`)).filter(Boolean).join(" ");
  }, 250);
}

watch();
count();
