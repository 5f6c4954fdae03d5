// A form that saves its draft by htmx is handed in only once no draft is on its way, with the version that it gave.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.classList.contains("htmx-request")) return;
  event.preventDefault();
  const again = () => setTimeout(() => form.requestSubmit(event.submitter));
  form.addEventListener("htmx:afterRequest", again, { once: true });
});
