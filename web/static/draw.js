// Makes a party's secret in the browser (docs/formats/draw-record.md) and reads it back from its file.
// The secret is never sent before the party itself reveals it.

const encoder = new TextEncoder();
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function taggedHash(tag, ...parts) {
  const framed = [encoder.encode(`mingtang/v1/${tag}`), ...parts].flatMap((part) => {
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(part.length));
    return [...length, ...part];
  });
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(framed)));
}

function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

const maker = document.getElementById("draw-maker");
if (maker && globalThis.crypto?.subtle) {
  maker.hidden = false;
  maker.querySelector("[data-make]").addEventListener("click", async () => {
    const { hash, party, draw } = maker.dataset;
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const request = new Uint8Array(hash.match(/../g).map((digits) => parseInt(digits, 16)));
    const commitment = await taggedHash("draw-commit", request, encoder.encode(party), secret);
    save(`draw-secret-${party}.json`, JSON.stringify({ v: 1, draw, party, request_hash: hash, secret: base64url(secret) }));
    document.getElementById("commitment").value = hex(commitment);
    const status = maker.querySelector("[role=status]");
    status.textContent = status.dataset.said;
  });
}

const reader = document.querySelector("[data-reader]");
if (reader) {
  reader.hidden = false;
  reader.querySelector("input").addEventListener("change", async (event) => {
    try {
      document.getElementById("secret").value = JSON.parse(await event.target.files[0].text()).secret ?? "";
    } catch {
      document.getElementById("secret").value = "";
    }
  });
}
