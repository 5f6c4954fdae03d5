// Says at once, before anything is sent, that a chosen file is too large or no sealed envelope.

const input = document.querySelector("input[type=file][data-limit]");
const message = document.getElementById("file-problem");
const MAGIC = input?.dataset.magic ?? "";

input?.addEventListener("change", async () => {
  message.hidden = true;
  const file = input.files[0];
  if (!file) return;
  const head = new Uint8Array(await file.slice(0, MAGIC.length).arrayBuffer());
  const starts = String.fromCharCode(...head);
  const problem = file.size > Number(input.dataset.limit) ? input.dataset.large : starts !== MAGIC ? input.dataset.wrong : "";
  message.textContent = problem;
  message.hidden = problem === "";
});
