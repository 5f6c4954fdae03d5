// Keys of the window: Alt+Shift and a letter that the page shows. The item loads its papers when it is chosen from
// the list. Every page works without this module: the browser's own access keys and the buttons do the same.

const item = document.querySelector("[data-item]");
item?.addEventListener("change", () => {
  const known = [...item.list.options].some((option) => option.value === item.value);
  if (known) item.form.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
  const letter = event.code.replace("Key", "").replace("Digit", "").toLowerCase();
  const target = document.querySelector(`[accesskey="${CSS.escape(letter)}"]`);
  if (!target) return;
  event.preventDefault();
  target.focus();
  if (target.matches("a, button")) target.click();
});

document.querySelector("[data-print]")?.addEventListener("click", () => print());
document.querySelector("[data-print]")?.removeAttribute("hidden");
