// A file that the person named beforehand, written by the page for the worker: sealed bytes go straight to the disk.

import { Problem } from "./problem.js";

/** The worker's side: sends each write to the page and waits for it, so that no more than one is in memory. */
export class PageSink {
  constructor(port) {
    this.port = port;
  }

  write = (at, bytes) => this.#ask({ write: bytes, at });
  finish = () => this.#ask({ finish: true });
  abort = () => this.#ask({ abort: true }).catch(() => {});

  #ask(message) {
    return new Promise((resolve, reject) => {
      this.port.onmessage = ({ data }) => {
        if (data.problem) reject(new Problem(data.problem, data.facts));
        else resolve(data.file);
      };
      this.port.postMessage(message, message.write ? [message.write.buffer] : []);
    });
  }
}

/** The page's side: a port for the worker, behind which the named file is written. */
export async function portTo(handle) {
  const { port1, port2 } = new MessageChannel();
  const target = await handle.createWritable();
  const acts = {
    write: ({ write, at }) => target.write({ type: "write", position: at, data: write }),
    finish: async () => {
      await target.close();
      return handle.getFile();
    },
    abort: () => target.abort(),
  };
  port1.onmessage = async ({ data }) => {
    const act = Object.keys(acts).find((name) => name in data);
    try {
      port1.postMessage({ file: await acts[act](data) });
    } catch {
      port1.postMessage({ problem: "disk-full", facts: {} });
    }
  };
  return port2;
}
