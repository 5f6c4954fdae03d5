// tus-js-client under node: uploads a file through a line that is cut, as a browser would.
// Usage: FILE ENDPOINT TOKEN DIGEST CHUNK_BYTES; prints the upload's address.

import { createReadStream, statSync } from "node:fs";
import { createRequire } from "node:module";

const [file, endpoint, token, digest, chunk] = process.argv.slice(2);
const { Upload } = createRequire(`${process.cwd()}/web/frontend/package.json`)("tus-js-client");

new Upload(createReadStream(file), {
  endpoint,
  headers: { Authorization: `Bearer ${token}` },
  metadata: { filename: "bid.sealed", digest },
  uploadSize: statSync(file).size,
  chunkSize: Number(chunk) || Number.POSITIVE_INFINITY,
  retryDelays: Array(20).fill(10),
  onError: (error) => {
    console.error(String(error));
    process.exit(1);
  },
  onSuccess() {
    console.log(this.url ?? "");
  },
}).start();
