// A progress bar with speed and time left, and buttons to hold it, go on and stop.

import { button, el } from "./dom.js";
import { say, sizeText, timeText } from "./texts.js";

const TOLD_MS = 5000; // between two announcements to a screen reader

/** The bar; `control` is { pause, resume, cancel }, the last where it can be stopped, or null where nothing can be held. */
export class ProgressBar {
  #told = 0;
  #percent = 0;

  constructor(label, control = null) {
    this.bar = el("progress", { class: "mt-seal__bar", max: "1", value: "0", "aria-label": label });
    this.text = el("p", { class: "govuk-body" });
    this.aloud = el("p", { class: "govuk-visually-hidden", role: "status" });
    this.hold = button(say("pause"), () => this.#turn(control));
    const cancel = control?.cancel ? button(say("cancel"), () => control.cancel(), "warning quiet") : null;
    const buttons = control ? el("div", { class: "govuk-button-group" }, [this.hold, cancel]) : null;
    this.element = el("div", { class: "mt-seal__progress" }, this.bar, this.text, this.aloud, buttons);
    this.isHeld = false;
  }

  /** Show { bytes, total, perSecond, secondsLeft }. */
  show({ bytes, total, perSecond, secondsLeft }) {
    this.bar.max = total;
    this.bar.value = bytes;
    this.#percent = Math.floor((100 * bytes) / Math.max(total, 1));
    if (this.isHeld) return;
    const left = secondsLeft === null || secondsLeft === undefined ? "…" : timeText(secondsLeft);
    this.text.textContent = say("state", { percent: this.#percent, speed: sizeText(Math.round(perSecond ?? 0)), left });
    if (performance.now() - this.#told < TOLD_MS) return;
    this.#told = performance.now();
    this.aloud.textContent = `${this.#percent} %`;
  }

  #turn(control) {
    this.isHeld = !this.isHeld;
    this.hold.textContent = say(this.isHeld ? "resume" : "pause");
    if (this.isHeld) {
      control.pause();
      this.text.textContent = this.aloud.textContent = say("paused", { percent: this.#percent });
    } else control.resume();
  }
}
