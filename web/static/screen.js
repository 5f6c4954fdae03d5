// Keeps the wall screen up to date: every 4 seconds the page is fetched anew and its live part replaced.

const PAUSE = 4000; // milliseconds; a change shows within 5 seconds
const wall = document.getElementById("main-content");
const time = wall.querySelector("[data-time]");

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    wall.querySelector("[data-live]").replaceWith(page.querySelector("[data-live]"));
    time.replaceChildren(...page.querySelector("[data-time]").childNodes);
  } catch {
    time.textContent = wall.dataset.lost;
  }
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
