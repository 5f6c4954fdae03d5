// The append-only log: RFC 6962 hashes and proofs, and the same tree over the 1 MiB parts of a file.
import { join, same, sha256 } from "./bytes.js";
import { need } from "./errors.js";

const PART_BYTES = 1 << 20;
const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1);

export const leafHash = (data) => sha256(join(LEAF, data));
const node = (left, right) => sha256(join(NODE, left, right));
const odd = (number) => number % 2 === 1;
const half = (number) => Math.floor(number / 2);

/** The root over leaf hashes. */
export function rootOf(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0];
  let width = 1;
  while (width * 2 < leaves.length) width *= 2;
  return node(rootOf(leaves.slice(0, width)), rootOf(leaves.slice(width)));
}

export function partsDigest(data) {
  const leaves = [];
  for (let at = 0; at < data.length; at += PART_BYTES) leaves.push(leafHash(data.subarray(at, at + PART_BYTES)));
  return rootOf(leaves);
}

/** The leaf stands at this index in the tree of this size and root. */
export function checkInclusion(leaf, index, size, proof, root) {
  need(Number.isSafeInteger(index) && index >= 0 && index < size, "no such entry in the log", "日志中没有该条目");
  need(proof.every((step) => step.length === 32), "a hash of the log has 32 bytes", "日志摘要应为 32 字节");
  let at = index, last = size - 1, top = leaf;
  for (const sibling of proof) {
    need(last !== 0, "the inclusion proof is too long", "包含证明过长");
    if (odd(at) || at === last) {
      top = node(sibling, top);
      while (!odd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      top = node(top, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  need(last === 0, "the inclusion proof is too short", "包含证明过短");
  need(same(top, root), "an entry is not in the log at its place", "条目不在日志的所述位置");
}

/** The tree of `size` begins with the tree of `oldSize`. */
export function checkConsistency(oldSize, size, proof, oldRoot, root) {
  const grew = "the log is not an extension of its earlier state", grewZh = "日志不是其先前状态的延伸";
  need(oldSize > 0 && oldSize <= size, grew, grewZh);
  need(proof.every((step) => step.length === 32), "a hash of the log has 32 bytes", "日志摘要应为 32 字节");
  if (oldSize === size) {
    need(proof.length === 0 && same(oldRoot, root), grew, grewZh);
    return;
  }
  let first = oldSize - 1, last = size - 1;
  while (odd(first)) [first, last] = [half(first), half(last)];
  const rest = [...proof];
  need(first === 0 || rest.length, "the consistency proof is too short", "一致性证明过短");
  let old = first === 0 ? oldRoot : rest.shift(), young = old;
  for (const sibling of rest) {
    need(last !== 0, "the consistency proof is too long", "一致性证明过长");
    if (odd(first) || first === last) {
      [old, young] = [node(sibling, old), node(sibling, young)];
      while (!odd(first) && first !== 0) [first, last] = [half(first), half(last)];
    } else {
      young = node(young, sibling);
    }
    [first, last] = [half(first), half(last)];
  }
  need(last === 0, "the consistency proof is too short", "一致性证明过短");
  need(same(old, oldRoot) && same(young, root), grew, grewZh);
}
