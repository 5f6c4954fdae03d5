// Sealed bids that lie in the browser's private file system: listed again after the tab was closed.

import { prefixLength, readPrefix } from "./prefix.js";
import { sealedFolder } from "./sinks.js";

/** The sealed bids of a tender, whole ones only: [{ name, file, lot, submission }]; what was never finished is deleted. */
export async function keptBids(tender) {
  const folder = await sealedFolder();
  const found = [];
  if (!folder) return found;
  for await (const [name, handle] of folder.entries()) {
    const file = await handle.getFile();
    const header = await headerOf(file);
    // A sealing that another tab is busy with holds a lock, and so is not deleted.
    if (!header) await folder.removeEntry(name).catch(() => {});
    else if (header.tender === tender) found.push({ name, file, lot: header.lot, submission: header.submission });
  }
  return found.sort((one, other) => other.file.lastModified - one.file.lastModified);
}

/** Delete a kept bid. */
export async function forget(name) {
  const folder = await sealedFolder();
  await folder?.removeEntry(name);
}

async function headerOf(file) {
  try {
    const start = new Uint8Array(await file.slice(0, 1 << 16).arrayBuffer());
    return readPrefix(start.subarray(0, prefixLength(start))).header;
  } catch {
    return null;
  }
}
