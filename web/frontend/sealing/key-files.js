// Key files that people keep: private parts under a passphrase, bound to a public half. docs/formats/opener-key.md

import { argon2idAsync } from "@noble/hashes/argon2.js";
import { b64, concat, same, unb64, utf8 } from "./bytes.js";
import { canonical, readCanonical } from "./canonical.js";
import { Problem } from "./problem.js";
import { PUBLIC_BYTES, signStatement, signerOf } from "./signatures.js";
import { PRIVATE_BYTES, suite } from "./suites.js";

const OPENER = "mingtang-opener-key";
const BIDDER = "mingtang-bidder-key";
const FIELDS = {
  [OPENER]: ["hpke_public", "opener", "signing_public", "suite", "tender", "type", "v"],
  [BIDDER]: ["bidder", "signing_public", "type", "v"],
};
const LOCK = ["kdf", "lanes", "memory_kib", "passes", "salt", "sealed"];
const MOST = { memory_kib: 1 << 20, passes: 64, lanes: 16 };
export const COST = { memory_kib: 64 * 1024, passes: 3, lanes: 4 }; // RFC 9106, second recommended option
const SALT_BYTES = 16;
const MOST_FILE_BYTES = 64 * 1024;
export const MIN_PASSPHRASE = 12; // characters
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** The key file of a bidder's signing key, and its public half. */
export async function makeBidderKey(bidder, passphrase, cost = COST) {
  const seed = random(PRIVATE_BYTES);
  const signer = await signerOf(bidder, seed);
  const half = { type: BIDDER, v: 1, bidder, signing_public: b64(signer.public) };
  return { file: await writeKeyFile(half, seed, passphrase, cost), half, signer };
}

/** The key file of one opener for one tender, and the key itself. */
export async function makeOpenerKey(suiteName, tender, opener, passphrase, cost = COST) {
  const [hpke, seed] = [random(PRIVATE_BYTES), random(PRIVATE_BYTES)];
  const signer = await signerOf(opener, seed);
  const half = {
    type: OPENER,
    v: 1,
    suite: suiteName,
    tender,
    opener,
    hpke_public: b64(await suite(suiteName).publicOf(hpke)),
    signing_public: b64(signer.public),
  };
  return { file: await writeKeyFile(half, concat(hpke, seed), passphrase, cost), half, hpke, signer };
}

/** A bidder's signer from a key file; refuses another passphrase and halves that do not belong together. */
export async function openBidderKey(file, passphrase) {
  const { half, lock } = readKeyFile(file, BIDDER);
  const signer = await signerOf(half.bidder, await unlock(lock, passphrase, half, PRIVATE_BYTES));
  if (!same(signer.public, unb64(half.signing_public, PUBLIC_BYTES))) throw new Problem("key-halves");
  return { half, signer };
}

/** An opener's key from a key file. */
export async function openOpenerKey(file, passphrase) {
  const { half, lock } = readKeyFile(file, OPENER);
  const secret = await unlock(lock, passphrase, half, 2 * PRIVATE_BYTES);
  const hpke = secret.slice(0, PRIVATE_BYTES);
  const signer = await signerOf(half.opener, secret.slice(PRIVATE_BYTES));
  const isWhole =
    same(await suite(half.suite).publicOf(hpke), unb64(half.hpke_public)) &&
    same(signer.public, unb64(half.signing_public, PUBLIC_BYTES));
  if (!isWhole) throw new Problem("key-halves");
  return { half, hpke, signer };
}

/** The statement by which an opener registers the public half. */
export const offerKey = (key) => signStatement(key.signer, "opener_key.offered", key.half);

/** The two halves of a key file of one type; needs no passphrase. */
export function readKeyFile(file, type) {
  try {
    const bytes = file.at(-1) === 10 ? file.subarray(0, -1) : file;
    if (bytes.length > MOST_FILE_BYTES) throw new Problem("not-a-key");
    const { public: half, lock, ...rest } = readCanonical(bytes);
    const isRight =
      Object.keys(rest).length === 0 &&
      half.v === 1 &&
      half.type === type &&
      Object.keys(half).sort().join() === FIELDS[type].join() &&
      Object.keys(lock).sort().join() === LOCK.join() &&
      Object.entries(half).every(([name, value]) => name === "v" || typeof value === "string");
    if (!isRight) throw new Problem("not-a-key");
    return { half, lock };
  } catch {
    throw new Problem("not-a-key");
  }
}

async function writeKeyFile(half, secret, passphrase, cost) {
  if (!passphrase) throw new Problem("passphrase-empty");
  const salt = random(SALT_BYTES);
  const lock = { kdf: "argon2id", salt: b64(salt), ...cost };
  const key = await keyOf(passphrase, salt, cost, "encrypt");
  const additionalData = canonical([half, lock]);
  // The nonce may be fixed: every salt makes a fresh key, which encrypts once.
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12), additionalData }, key, secret);
  const body = canonical({ public: half, lock: { ...lock, sealed: b64(new Uint8Array(sealed)) } });
  return concat(body, utf8("\n"));
}

async function unlock({ sealed, ...lock }, passphrase, half, length) {
  const isSane = Object.entries(MOST).every(([name, most]) => Number.isInteger(lock[name]) && lock[name] >= 1 && lock[name] <= most);
  if (!isSane || lock.kdf !== "argon2id" || lock.memory_kib < 8 * lock.lanes) throw new Problem("not-a-key");
  if (!passphrase) throw new Problem("passphrase-empty");
  const key = await keyOf(passphrase, unb64(lock.salt, SALT_BYTES), lock, "decrypt");
  const params = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: canonical([half, lock]) };
  const secret = await crypto.subtle.decrypt(params, key, unb64(sealed)).catch(() => {
    throw new Problem("wrong-passphrase");
  });
  if (secret.byteLength !== length) throw new Problem("not-a-key");
  return new Uint8Array(secret);
}

async function keyOf(passphrase, salt, cost, usage) {
  const options = { t: cost.passes, m: cost.memory_kib, p: cost.lanes, dkLen: 32, version: 0x13 };
  const raw = await argon2idAsync(utf8(passphrase.normalize("NFC")), salt, options);
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, [usage]);
}
