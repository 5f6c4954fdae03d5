// Returns to the start of the touch screen when nobody has touched it for a while.
const main = document.querySelector("[data-idle-seconds]");
let timer;

function wait() {
  clearTimeout(timer);
  timer = setTimeout(() => location.assign("/kiosk"), Number(main.dataset.idleSeconds) * 1000);
}

if (main) {
  for (const kind of ["pointerdown", "touchstart", "keydown", "scroll"]) {
    addEventListener(kind, wait, { passive: true });
  }
  wait();
}
