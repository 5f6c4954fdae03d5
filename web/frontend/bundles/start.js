// Starts the interactive parts of govuk-frontend and the copy buttons; every page works without it.
import { initAll } from "govuk-frontend";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = button.previousElementSibling;
    const status = button.nextElementSibling;
    getSelection().selectAllChildren(text);
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = status.textContent = "✓";
    } catch {
      status.textContent = ""; // the text is selected: the reader's own copy command works
    }
  });
}
