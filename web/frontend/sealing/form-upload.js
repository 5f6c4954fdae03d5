// Uploads a sealed file through the form that every browser has; tells the page on which it is checked.

import { Problem } from "./problem.js";

/** Send a file to the upload form of a lot: { done: the address of the check page, pause: null, resume: null }. */
export function uploadByForm(file, { endpoint, onProgress }) {
  const done = new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, "bid.sealed");
    const begun = performance.now();
    request.upload.onprogress = ({ loaded, total }) => {
      const perSecond = (loaded * 1000) / Math.max(performance.now() - begun, 1);
      onProgress({ bytes: loaded, total, perSecond, secondsLeft: (total - loaded) / perSecond });
    };
    request.onerror = () => reject(new Problem("no-connection"));
    request.onload = () => {
      if (request.status === 200) resolve(request.responseURL);
      else reject(new Problem("refused", { detail: reasonOf(request.responseText) || String(request.status) }));
    };
    request.open("POST", endpoint);
    request.setRequestHeader("Accept", "text/html");
    request.send(form);
  });
  return { done };
}

function reasonOf(page) {
  const found = new DOMParser().parseFromString(page, "text/html").querySelector(".govuk-error-summary__list, main p");
  return found?.textContent.trim() ?? "";
}
