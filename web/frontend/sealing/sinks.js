// Where sealed bytes go: the browser's private file system, which outlives the tab, or a blob where there is none.

import { Problem } from "./problem.js";

const FOLDER = "sealed-bids";
const GATHER_BYTES = 8 << 20; // of bytes in memory before they become a blob, which the browser keeps on disk

/** The folder of sealed bids in the browser's private file system; null where there is none. */
export async function sealedFolder() {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(FOLDER, { create: true });
  } catch {
    return null;
  }
}

/** The best sink for a file of that size and name; call in a worker. */
export async function openSink(name, size) {
  const folder = await sealedFolder();
  if (folder && globalThis.FileSystemFileHandle?.prototype.createSyncAccessHandle) {
    const { quota = Infinity, usage = 0 } = (await navigator.storage.estimate?.()) ?? {};
    if (quota - usage < size) throw new Problem("disk-full", { size, free: Math.max(0, quota - usage) });
    const file = await folder.getFileHandle(name, { create: true });
    return new FileSink(folder, file, await file.createSyncAccessHandle());
  }
  return new BlobSink();
}

/** Writes into a file of the browser's private file system. */
class FileSink {
  constructor(folder, file, access) {
    Object.assign(this, { folder, file, access });
    access.truncate(0);
  }

  write(at, bytes) {
    let written = 0;
    try {
      written = this.access.write(bytes, { at });
    } catch {
      written = -1; // the disk is full, or the site's share of it
    }
    if (written !== bytes.length) throw new Problem("disk-full", { size: at + bytes.length, free: at });
  }

  async finish() {
    this.access.flush();
    this.access.close();
    return this.file.getFile();
  }

  async abort() {
    this.access.close();
    await this.folder.removeEntry(this.file.name).catch(() => {});
  }
}

/** Gathers blobs; each envelope's bytes come in order but for its prefix, which comes last and stands first. */
export class BlobSink {
  #parts = []; // { at, blob }
  #waiting = [];
  #from = 0;
  #end = 0;

  write(at, bytes) {
    if (at !== this.#end) {
      this.#close();
      this.#from = at;
    }
    this.#waiting.push(bytes);
    this.#end = at + bytes.length;
    if (this.#end - this.#from >= GATHER_BYTES) this.#close();
  }

  async finish() {
    this.#close();
    return new Blob(this.#parts.sort((one, other) => one.at - other.at).map((part) => part.blob));
  }

  async abort() {
    this.#parts = this.#waiting = [];
  }

  #close() {
    if (this.#waiting.length) this.#parts.push({ at: this.#from, blob: new Blob(this.#waiting) });
    this.#waiting = [];
    this.#from = this.#end;
  }
}
