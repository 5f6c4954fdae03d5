// Sends a sealed file by tus: pauses, goes on after a broken line, a closed tab or a restart of the machine.
//
//   const upload = uploadSealed(file, { endpoint, onProgress });
//   upload.pause(); upload.resume();
//   location.assign(await upload.done);   // the page on which the file is checked and submitted
//
// Nothing is submitted by this: only the receipt says so.

import { Upload } from "tus-js-client";
import { hex } from "../sealing/bytes.js";
import { PartsDigest } from "../sealing/parts.js";

const FIRST_BYTES = 128 * 1024; // holds the envelope's prefix, so that a wrong file is refused at once
const CHUNK_BYTES = 16 * 1024 * 1024;
const RETRY_MILLISECONDS = [0, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000, 15000, 15000, 15000];
const READ_BYTES = 4 * 1024 * 1024; // of the file at a time
const WINDOW_MILLISECONDS = 5000; // over which the speed is measured
const BUSY = 423;
const CONFLICT = 409;

/** A refusal of the platform: `message` in the reader's language, `code` for programs. */
export class UploadRefused extends Error {
  constructor(message, code) {
    super(message);
    this.name = "UploadRefused";
    this.code = code;
  }
}

function problemOf(error) {
  try {
    return JSON.parse(error.originalResponse?.getBody() ?? "");
  } catch {
    return {};
  }
}

function shouldRetry(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  if (status === CONFLICT) return problemOf(error).code === "wrong-offset";
  return status === 0 || status === BUSY || status >= 500;
}

/** The file's parts digest as 64 hex digits; `onRead` hears how many bytes were read. */
async function digestOf(file, onRead) {
  const digest = new PartsDigest();
  for (let at = 0; at < file.size; at += READ_BYTES) {
    await digest.update(new Uint8Array(await file.slice(at, at + READ_BYTES).arrayBuffer()));
    onRead(Math.min(at + READ_BYTES, file.size));
  }
  return hex(await digest.digest());
}

/** Bytes a second over the last seconds, and the seconds left. */
function measure() {
  const seen = [];
  return (sent, total) => {
    const now = performance.now();
    seen.push([now, sent]);
    while (seen.length > 2 && now - seen[0][0] > WINDOW_MILLISECONDS) seen.shift();
    const seconds = (now - seen[0][0]) / 1000;
    const speed = seconds > 0 ? Math.max(0, sent - seen[0][1]) / seconds : 0;
    return { sent, total, speed, secondsLeft: speed > 0 ? (total - sent) / speed : Infinity };
  };
}

/**
 * Upload a sealed file (a File or Blob).
 *
 * - `endpoint`: `/api/tenders/{id}/lots/{id}/uploads`
 * - `onProgress({phase, sent, total, speed, secondsLeft})`: phase is "reading" while the digest is computed, then
 *   "sending"; speed in bytes a second
 * - `filename`, `digest` (64 hex digits, computed where it is not given), `replaces`: optional
 *
 * `done` gives the address of the check page, or fails with UploadRefused.
 */
export function uploadSealed(file, { endpoint, onProgress = () => {}, filename = file.name ?? "bid.sealed", digest, replaces } = {}) {
  let upload = null;
  let isPaused = false;
  const measured = measure();
  const done = (async () => {
    const found = digest ?? (await digestOf(file, (sent) => onProgress({ phase: "reading", sent, total: file.size, speed: 0, secondsLeft: Infinity })));
    const url = await send(found);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    const state = await answer.json();
    if (!answer.ok) throw new UploadRefused(state.detail ?? state.title, state.code);
    return state.check;
  })();

  async function send(found) {
    const metadata = { filename, digest: found, ...(replaces ? { replaces } : {}) };
    return new Promise((resolve, reject) => {
      upload = new Upload(file, {
        endpoint,
        metadata,
        chunkSize: FIRST_BYTES,
        uploadDataDuringCreation: true,
        retryDelays: RETRY_MILLISECONDS,
        removeFingerprintOnSuccess: true,
        fingerprint: async () => `mingtang ${endpoint} ${found}`, // the same file, whatever it is called
        onShouldRetry: shouldRetry,
        onChunkComplete: () => {
          upload.options.chunkSize = CHUNK_BYTES;
        },
        onProgress: (sent, total) => onProgress({ phase: "sending", ...measured(sent, total) }),
        onSuccess: () => resolve(upload.url),
        onError: (error) => {
          const problem = problemOf(error);
          reject(problem.code ? new UploadRefused(problem.detail ?? problem.title, problem.code) : error);
        },
      });
      upload.findPreviousUploads().then((previous) => {
        if (previous.length) upload.resumeFromPreviousUpload(previous[previous.length - 1]);
        if (!isPaused) upload.start();
      }, reject);
    });
  }

  return {
    pause() {
      isPaused = true;
      upload?.abort();
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      upload?.start();
    },
    done,
  };
}
