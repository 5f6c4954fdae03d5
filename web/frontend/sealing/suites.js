// The cipher suites in which shares travel to openers: HPKE base mode (RFC 9180). docs/formats/sealed-envelope.md

import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { x25519 } from "@noble/curves/ed25519.js";
import { concat } from "./bytes.js";
import { Problem } from "./problem.js";

export const PRIVATE_BYTES = 32;
const TAG_BYTES = 16;

const SUITES = {
  hybrid: {
    publicBytes: 1216,
    encapsulatedBytes: 1120,
    kem: () => new XWing(),
    async publicOf(key) {
      const kem = new XWing();
      const pair = await kem.generateKeyPairDerand(key);
      return new Uint8Array(await kem.serializePublicKey(pair.publicKey));
    },
  },
  classic: {
    publicBytes: 32,
    encapsulatedBytes: 32,
    kem: () => new DhkemX25519HkdfSha256(),
    publicOf: async (key) => x25519.getPublicKey(key),
    check: hasX25519,
  },
};

/** The suite of that name. */
export function suite(name) {
  if (name === "sm") throw new Problem("national-suite");
  if (!Object.hasOwn(SUITES, name)) throw new Problem("unknown-suite");
  const found = SUITES[name];
  const hpke = () => new CipherSuite({ kem: found.kem(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  return {
    publicBytes: found.publicBytes,
    sealedBytes: (plaintextBytes) => found.encapsulatedBytes + plaintextBytes + TAG_BYTES,
    /** The public key that belongs to a 32-byte private one. */
    publicOf: (key) => found.publicOf(checked(key, PRIVATE_BYTES)),
    /** Encrypt to a public key, bound to `info`; the encapsulated key comes first. */
    async sealTo(key, info, plaintext) {
      await found.check?.();
      try {
        const cipher = hpke();
        const recipient = await cipher.kem.importKey("raw", buffer(checked(key, found.publicBytes)), true);
        const sealed = await cipher.seal({ recipientPublicKey: recipient, info: buffer(info) }, buffer(plaintext));
        return concat(new Uint8Array(sealed.enc), new Uint8Array(sealed.ct));
      } catch (error) {
        throw error instanceof Problem ? error : new Problem("bad-opener-key");
      }
    },
    /** Decrypt what `sealTo` made for the same `info`; refuses another key, info or changed bytes. */
    async openWith(key, info, sealed) {
      await found.check?.();
      const cipher = hpke();
      const recipient = await cipher.kem.importKey("raw", buffer(checked(key, PRIVATE_BYTES)), false);
      const enc = buffer(sealed.subarray(0, found.encapsulatedBytes));
      try {
        const params = { recipientKey: recipient, enc, info: buffer(info) };
        return new Uint8Array(await cipher.open(params, buffer(sealed.subarray(found.encapsulatedBytes))));
      } catch {
        throw new Problem("wrong-opening-key");
      }
    },
  };
}

/** Refuse a browser whose own cryptography does not know X25519. */
async function hasX25519() {
  await crypto.subtle.generateKey("X25519", false, ["deriveBits"]).catch(() => {
    throw new Problem("old-browser");
  });
}

function checked(key, length) {
  if (key.length !== length) throw new Problem("bad-opener-key");
  return key;
}

/** The library takes whole buffers. */
const buffer = (bytes) => Uint8Array.from(bytes).buffer;
