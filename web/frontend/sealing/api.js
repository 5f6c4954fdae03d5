// Calls of the platform's own API from its pages, with the session's cookie.

import { Problem } from "./problem.js";

/** What the platform answers to a reading request. */
export const read = (path) => call(path, {});

/** Have the platform create something, once. */
export const create = (path, body) =>
  call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() },
    body: JSON.stringify(body),
  });

async function call(path, { headers = {}, ...request }) {
  const language = document.documentElement.lang;
  const all = { Accept: "application/json", "Accept-Language": language, ...headers };
  const answer = await fetch(path, { credentials: "same-origin", ...request, headers: all }).catch(() => {
    throw new Problem("no-connection");
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem("refused", { detail: body.detail ?? String(answer.status) });
  return body;
}
