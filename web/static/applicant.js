// Shows how far an upload is, and says at once that a file is too large; the forms work without it.

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const problem = form.querySelector("[data-problem]");
  const bar = form.querySelector("progress");
  const button = form.querySelector("button");

  const say = (text) => {
    problem.textContent = text;
    problem.hidden = text === "";
  };

  const tooLarge = () => input.files[0]?.size > Number(input.dataset.limit);

  input.addEventListener("change", () => say(tooLarge() ? input.dataset.large : ""));

  form.addEventListener("submit", (event) => {
    if (!input.files[0]) return; // the server says what is missing
    event.preventDefault();
    if (tooLarge()) {
      say(input.dataset.large);
      return;
    }
    say("");
    const sending = new XMLHttpRequest();
    sending.upload.addEventListener("progress", (step) => {
      if (step.lengthComputable) bar.value = (100 * step.loaded) / step.total;
    });
    sending.addEventListener("load", () => {
      if (sending.status < 400) {
        location.reload(); // the redirect led to this page with the paper on it
        return;
      }
      const answer = new DOMParser().parseFromString(sending.responseText, "text/html");
      say(answer.querySelector(".govuk-error-summary__list")?.textContent.trim() ?? sending.statusText);
    });
    sending.addEventListener("error", () => form.submit());
    sending.addEventListener("loadend", () => {
      bar.hidden = true;
      button.disabled = false;
    });
    bar.value = 0;
    bar.hidden = false;
    button.disabled = true;
    sending.open("POST", form.action);
    sending.send(new FormData(form));
  });
}
