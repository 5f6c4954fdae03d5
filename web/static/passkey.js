// Asks the browser for a passkey: to sign in, to confirm an act, to register a new one. The site checks the answer.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** A refusal with words for the reader. */
class Refusal extends Error {}

async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/json",
      "Accept-Language": document.documentElement.lang,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(said.detail ?? String(answer.status));
  return said;
}

const listed = (items = []) => items.map((item) => ({ ...item, id: bytes(item.id) }));

async function make(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: listed(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return written(made, { attestationObject: text(made.response.attestationObject) });
}

async function sign(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: listed(options.allowCredentials),
  };
  const given = await navigator.credentials.get({ publicKey });
  const { authenticatorData, signature, userHandle } = given.response;
  return written(given, {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    ...(userHandle ? { userHandle: text(userHandle) } : {}),
  });
}

const written = (credential, response) => ({
  id: credential.id,
  rawId: text(credential.rawId),
  type: credential.type,
  response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
});

const ACTS = {
  async register(place) {
    const name = place.querySelector("input").value;
    const credential = await make(await send("/api/me/passkeys/challenge"));
    await send("/api/me/passkeys", { name, credential });
    return place.dataset.next;
  },
  async "step-up"(place) {
    const credential = await sign(await send("/api/me/step-up/challenge"));
    await send("/api/me/step-up", { credential });
    return place.dataset.next;
  },
  async "sign-in"(place) {
    const credential = await sign(await send("/api/sign-in/challenge"));
    return (await send("/api/sign-in/passkey", { credential, next: place.dataset.next })).next;
  },
  async token(place) {
    const scopes = ["read", "open", "evaluate"];
    const { token } = await send("/api/me/confirmed-tokens", { scopes });
    const shown = document.createElement("code");
    shown.className = "mt-hex";
    shown.textContent = token;
    place.querySelector("[role=status]").replaceChildren(shown);
    return "";
  },
};

for (const place of document.querySelectorAll("[data-passkey]")) {
  const status = place.querySelector("[role=status]");
  const button = place.querySelector("button");
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    status.textContent = place.dataset.none;
  }
  button.addEventListener("click", async () => {
    button.disabled = true;
    status.textContent = "";
    try {
      const next = await ACTS[place.dataset.passkey](place);
      if (next) location.assign(next);
      else if (place.dataset.done) status.textContent = place.dataset.done;
    } catch (problem) {
      status.textContent = problem instanceof Refusal ? problem.message : place.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
}
