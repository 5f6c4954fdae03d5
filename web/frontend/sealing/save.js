// Saving a sealed file: straight into a file that the person names, where the browser can; else as a download.

import { button, saveLink } from "./dom.js";
import { say } from "./texts.js";

/** A button or link that saves the blob. */
export function saveSealed(blob, name) {
  if (!globalThis.showSaveFilePicker) return saveLink(blob, name, say("save"));
  const save = button(say("save"), async () => {
    try {
      const file = await globalThis.showSaveFilePicker({ suggestedName: name });
      await blob.stream().pipeTo(await file.createWritable());
      save.textContent = `${say("save")} ✓`;
    } catch (error) {
      if (error.name !== "AbortError") save.replaceWith(saveLink(blob, name, say("save"))); // the person chose no file
    }
  }, "primary");
  return save;
}
