// The page that uploads a sealed file: a bar with speed and time left, pause, and going on after the tab was closed.
// Without this script the form sends the file in one piece.

import { uploadSealed } from "../upload/tus-upload.js";

const form = document.querySelector("form[data-uploads]");
const input = form?.querySelector("input[type=file]");
const problem = document.getElementById("file-problem");
const panel = document.getElementById("upload-progress");

function sized(bytes) {
  const step = Math.min(3, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
  return `${(bytes / 1024 ** step).toFixed(step ? 1 : 0)} ${["B", "KiB", "MiB", "GiB"][step]}`;
}

function timed(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function show(words, { phase, sent, total, speed, secondsLeft }) {
  const bar = panel.querySelector("progress");
  bar.max = total;
  bar.value = sent;
  const percent = total ? Math.floor((100 * sent) / total) : 0;
  const left = Number.isFinite(secondsLeft) && phase === "sending" ? ` · ${sized(speed)}/s · ${words.left} ${timed(secondsLeft)}` : "";
  panel.querySelector("[data-figures]").textContent = `${words[phase]} ${percent} % · ${sized(sent)} / ${sized(total)}${left}`;
}

function begin(file) {
  const words = panel.dataset;
  const [pause, resume] = [panel.querySelector("[data-pause]"), panel.querySelector("[data-resume]")];
  const upload = uploadSealed(file, {
    endpoint: form.dataset.uploads,
    replaces: form.dataset.replaces || undefined,
    onProgress: (figures) => show(words, figures),
  });
  const turn = (isPaused) => {
    pause.hidden = isPaused;
    resume.hidden = !isPaused;
    (isPaused ? resume : pause).focus();
    panel.querySelector("[data-state]").textContent = isPaused ? words.paused : "";
  };
  pause.onclick = () => (upload.pause(), turn(true));
  resume.onclick = () => (upload.resume(), turn(false));
  problem.hidden = true;
  panel.hidden = false;
  form.querySelector("button:not([type=button])").disabled = true;
  upload.done.then(
    (page) => location.assign(page),
    (error) => {
      panel.hidden = true;
      form.querySelector("button:not([type=button])").disabled = false;
      problem.textContent = error.name === "UploadRefused" ? error.message : words.broken;
      problem.hidden = false;
      input.focus();
    },
  );
}

form?.addEventListener("submit", (event) => {
  const file = input.files[0];
  // Without a file, the server says what is missing.
  if (!file || !panel) return;
  event.preventDefault();
  if (file.size > Number(input.dataset.limit)) return;
  begin(file);
});
