// What every page needs: words, requests that carry the page's token, toasts.

export const words = JSON.parse(document.getElementById("words").textContent);
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

const csrf = document.body.dataset.csrf;

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? String(status));
    this.status = status;
    this.body = body;
  }
}

/** Send JSON; throws Problem for an answer that says no, TypeError where nothing was reached. */
export async function post(url, body = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf-token": csrf, accept: "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text && (response.headers.get("content-type") ?? "").includes("json") ? JSON.parse(text) : {};
  if (!response.ok) throw new Problem(response.status, answer);
  return answer;
}

/** Fetch a piece of HTML that the server has rendered and escaped. */
export async function piece(url) {
  const response = await fetch(url, { headers: { accept: "text/html" } });
  if (response.redirected && response.url.includes("/sign-in")) location.assign("/console/sign-in");
  if (!response.ok) throw new Problem(response.status, {});
  return response.text();
}

export function toast(text, bad = false) {
  const line = document.createElement("p");
  line.className = bad ? "toast bad" : "toast";
  line.textContent = text;
  $("#toasts").append(line);
  setTimeout(() => line.remove(), bad ? 7000 : 3200);
}
