// The parts digest of a file: RFC 6962 tree hash over its 1 MiB parts (docs/formats/parts-digest.md).
// Reads the file part by part, a few at a time, so memory stays small however large the file is.

const PART_BYTES = 1 << 20;
const AT_A_TIME = 4;
const HASH_BYTES = 32;

async function hash(tag, ...pieces) {
  const whole = new Uint8Array(1 + pieces.reduce((sum, piece) => sum + piece.length, 0));
  whole[0] = tag;
  let at = 1;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

async function leaf(file, number) {
  const part = file.slice(number * PART_BYTES, (number + 1) * PART_BYTES);
  return hash(0, new Uint8Array(await part.arrayBuffer()));
}

// The roots of complete subtrees, largest first; the newest ones are merged as in a binary counter.
async function append(peaks, size, newest) {
  let top = newest;
  for (let left = size; left % 2 === 1; left = (left - 1) / 2) top = await hash(1, peaks.pop(), top);
  peaks.push(top);
}

/** The digest as 64 hex digits; `onProgress` hears how many bytes were read. */
export async function partsDigest(file, onProgress = () => {}) {
  const count = Math.ceil(file.size / PART_BYTES);
  const peaks = [];
  for (let first = 0; first < count; first += AT_A_TIME) {
    const numbers = Array.from({ length: Math.min(AT_A_TIME, count - first) }, (_, at) => first + at);
    const leaves = await Promise.all(numbers.map((number) => leaf(file, number)));
    for (const [at, newest] of leaves.entries()) await append(peaks, first + at, newest);
    onProgress(Math.min(file.size, (first + numbers.length) * PART_BYTES));
  }
  let root = peaks.pop() ?? new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array()));
  while (peaks.length) root = await hash(1, peaks.pop(), root);
  if (root.length !== HASH_BYTES) throw new Error("internal: a digest has 32 bytes");
  return Array.from(root, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
