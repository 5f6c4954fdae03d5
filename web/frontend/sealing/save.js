// Saving a sealed file: straight into a file that the person names before the sealing, where the browser can.

import { Problem } from "./problem.js";
import { portTo } from "./page-sink.js";

/** A port to a file that the person names now; undefined where the browser has no such window. */
export async function askForFile(suggestedName) {
  if (!globalThis.showSaveFilePicker) return undefined;
  try {
    return await portTo(await globalThis.showSaveFilePicker({ suggestedName }));
  } catch (error) {
    if (error.name === "AbortError") throw new Problem("cancelled");
    return undefined; // then the sealed file is offered as a download
  }
}
