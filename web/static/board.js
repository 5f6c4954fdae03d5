// Keeps the board of cards fresh: fetches its rows every few seconds; the page is complete without it.

const EVERY_MS = 3000;
const rows = document.querySelector("[data-rows]");
const news = document.querySelector("[data-news]");
let shown = rows.innerHTML.trim();

async function look() {
  if (document.hidden || new URLSearchParams(location.search).has("cursor")) return;
  const answer = await fetch(`/supervision/rows${location.search}`, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.body.innerHTML.trim();
  if (fresh === shown || rows.contains(document.activeElement)) return;
  shown = fresh;
  rows.replaceChildren(...page.body.childNodes);
  news.textContent = news.dataset.text;
}

setInterval(() => look().catch(() => {}), EVERY_MS);
