// The inbox: opening conversations without a reload, what people do in them, keys, live updates.

import { $, $$, Problem, piece, post, toast, words } from "./console.js";

const place = $("#conversation"), list = $("#list");
const conv = () => $(".conv", place);
const current = () => conv()?.dataset.id ?? "";
const query = () => new URLSearchParams(new FormData($("#filters")));
let busy = false;
let whyShown = null;

// -- pieces -------------------------------------------------------------------------------------

async function showList() {
  const asked = query();
  asked.set("selected", current());
  const focused = document.activeElement?.closest?.(".row")?.dataset.id;
  const top = list.scrollTop;
  list.innerHTML = await piece(`/console/inbox/list?${asked}`);
  list.scrollTop = top;
  if (focused) $(`.row[data-id="${CSS.escape(focused)}"]`, list)?.focus();
}

/** What a person has typed and not sent, so that a refresh takes nothing away. */
function typed() {
  const edit = $("#draft-edit", place), own = $("#own-text", place), note = $("#note", place);
  return {
    id: current(), suggestion: conv()?.dataset.suggestion, editing: edit && !edit.hidden ? edit.value : null,
    own: own?.value ?? "", note: note?.value ?? "", focus: document.activeElement?.id ?? "",
    ownOpen: !$("#composer", place)?.hidden, panel: $("#panel", place)?.scrollTop ?? 0,
    shown: $("#panel", place)?.classList.contains("shown"),
  };
}

function putBack(before) {
  if (before.id !== current()) return;
  if (before.own) { $("#own-text", place).value = before.own; openOwn(); }
  else if (before.ownOpen && before.suggestion === conv().dataset.suggestion) openOwn();
  if (before.note && $("#note", place)) $("#note", place).value = before.note;
  if (before.editing !== null) {
    if (conv().dataset.suggestion === before.suggestion) startEdit(before.editing);
    else if ($("#own-text", place)) { $("#own-text", place).value = before.editing; openOwn(); }
  }
  $("#panel", place).scrollTop = before.panel;
  if (before.shown) togglePanel(true);
  if (before.focus) document.getElementById(before.focus)?.focus({ preventScroll: true });
}

async function showConversation(id, { push = false, keep = true } = {}) {
  const before = typed();
  const html = await piece(`/console/inbox/${encodeURIComponent(id)}/body`);
  place.innerHTML = html;
  whyShown = null;
  $("#main").classList.add("chosen");
  if (push) history.pushState({ id }, "", `/console/inbox/${id}${location.search}`);
  for (const row of $$(".row", list)) row.toggleAttribute("aria-current", row.dataset.id === id);
  const marked = $(`.row[data-id="${CSS.escape(id)}"]`, list);
  marked?.setAttribute("aria-current", "true");
  marked?.scrollIntoView({ block: "nearest" });
  if (keep) putBack(before);
  settle();
}

function settle() {
  const thread = $("#thread", place);
  if (thread) thread.scrollTop = thread.scrollHeight;
  const own = $("#own-text", place), kept = sessionStorage.getItem(`own:${current()}`);
  if (own && kept && !own.value) { own.value = kept; openOwn(); }
  markShown();
}

/** A draft can only be judged by somebody who has it on the screen. */
function markShown() {
  const id = conv()?.dataset.suggestion;
  if (!id || conv().dataset.writes !== "1" || document.visibilityState !== "visible") return;
  if (!place.offsetParent && getComputedStyle(place).display === "none") return;
  if (conv().dataset.marked === id) return;
  conv().dataset.marked = id;
  post(`/console/suggestions/${id}/shown`).catch(() => { delete conv()?.dataset.marked; });
}

// -- acting -------------------------------------------------------------------------------------

const later = (ms) => new Promise((done) => setTimeout(done, ms));

/** Try until the server is reached: the same request, so nothing is done twice. */
async function reach(url, body) {
  for (let wait = 500, first = true; ; wait = Math.min(wait * 2, 8000)) {
    try {
      return await post(url, body);
    } catch (error) {
      if (error instanceof Problem) {
        const done = !first && error.status === 409 && ["sent", "edited"].includes(error.body.state);
        if (done) return { verdict: "sent_unchanged" };
        throw error;
      }
      if (first) toast(words.offline, true);
      first = false;
      await later(wait);
    }
  }
}

function refused(error) {
  if (!(error instanceof Problem)) throw error;
  const { reason, state } = error.body;
  if (reason === "answered" || reason === "held") toast(words[reason], true);
  else if (error.status === 409 && (state || error.body.newer)) toast(words.stale, true);
  else toast(words.refused + error.message, true);
}

async function act(work, said) {
  if (busy) return;
  busy = true;
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await work();
    if (answer === null) return;
    if (said) toast(typeof said === "function" ? said(answer) : said);
    await Promise.all([showConversation(current(), { keep: false }), showList()]);
  } catch (error) {
    refused(error);
    await Promise.all([showConversation(current()), showList()]).catch(() => {});
  } finally {
    busy = false;
    place.removeAttribute("aria-busy");
  }
}

/** Do it, and where the text holds somebody's number, ask first. */
async function minding(url, body) {
  try {
    return await reach(url, body);
  } catch (error) {
    if (error.body?.reason !== "personal_number") throw error;
    return (await asked("#numbers-dialog")) ? reach(url, { ...body, confirmed: true }) : null;
  }
}

function asked(selector) {
  const dialog = $(selector, place);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(
    dialog.returnValue === "ok" ? new FormData($("form", dialog)) : null), { once: true }));
}

function sendDraft() {
  const button = $("#draft-send", place);
  if (!button || button.disabled) return;
  const edit = $("#draft-edit", place), shown = $("#draft-text", place).textContent;
  const text = edit.hidden ? shown : edit.value;
  const original = $("#draft-edit", place).defaultValue;
  act(() => minding(`/console/suggestions/${conv().dataset.suggestion}/send`, {
    text: text === original ? null : text, actions: !$("#no-actions", place)?.checked,
  }), (answer) => (answer.verdict?.startsWith("edited") ? words.sent_edited : words.sent));
}

async function rejectDraft() {
  if (!$("#draft-reject", place)) return;
  const form = await asked("#reject-dialog");
  if (!form) return;
  const reason = [form.get("reason"), form.get("more")].filter(Boolean).join(": ");
  act(() => reach(`/console/suggestions/${conv().dataset.suggestion}/reject`, {
    reason, intent: form.get("intent") || null,
  }), words.rejected);
}

async function reportWrong(turn) {
  const form = await asked("#wrong-dialog");
  if (!form) return;
  act(() => reach(`/console/turns/${turn}/wrong`, {
    note: form.get("note"), intent: form.get("intent") || null,
  }), words.reported);
}

function sendOwn() {
  const field = $("#own-text", place), id = current(), text = field.value.trim();
  if (!text) return field.focus();
  const key = field.dataset.key ??= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  act(async () => {
    const done = await minding(`/console/inbox/${id}/write`, { text, key, seen: Number(conv().dataset.seq) });
    if (done) { sessionStorage.removeItem(`own:${id}`); field.value = ""; }
    return done;
  }, words.sent);
}

const takeOver = () => conv()?.dataset.writes === "1" && $("[data-act=take-over]", place)
  && act(() => reach(`/console/inbox/${current()}/take-over`), words.taken);

// -- what is on the screen ----------------------------------------------------------------------

function startEdit(text) {
  const edit = $("#draft-edit", place), shown = $("#draft-text", place);
  if (!edit) return;
  if (edit.hidden) edit.value = text ?? shown.textContent;
  edit.hidden = false;
  shown.hidden = true;
  edit.rows = Math.min(14, Math.max(4, edit.value.split("\n").length + 1));
  const title = $("#draft-title", place);
  title.textContent = title.dataset.edited;
  edit.focus();
}

function stopEdit() {
  $("#draft-edit", place).hidden = true;
  $("#draft-text", place).hidden = false;
  const title = $("#draft-title", place);
  title.textContent = title.dataset.plain;
}

function openOwn() {
  const form = $("#composer", place);
  if (form) form.hidden = false;
}

function pickTone(button) {
  const text = $(`[data-tone-text="${button.dataset.tone}"]`, place).content.textContent;
  for (const one of $$(".tone", place)) one.setAttribute("aria-pressed", String(one === button));
  $("#draft-text", place).textContent = text;
  $("#draft-edit", place).value = text;
}

function togglePanel(yes) {
  const panel = $("#panel", place), shown = panel.classList.toggle("shown", yes);
  $("#show-panel", place).setAttribute("aria-expanded", String(shown));
}

async function showWhy(turn) {
  if (whyShown === null) whyShown = $("#why", place).innerHTML;
  $("#why", place).innerHTML = await piece(`/console/inbox/${current()}/why/${turn}`);
  $("#panel", place).scrollTop = 0;
  togglePanel(true);
}

async function saveTags(change) {
  const form = $("#tags", place);
  const tags = form.dataset.tags.split("\n").filter(Boolean);
  await act(() => reach(`/console/inbox/${current()}/tags`, { tags: change(tags) }));
}

place.addEventListener("click", async (event) => {
  const hit = event.target.closest("button, a");
  if (!hit) return;
  if (hit.id === "draft-send") sendDraft();
  else if (hit.id === "draft-edit-start") $("#draft-edit", place).hidden ? startEdit() : stopEdit();
  else if (hit.id === "draft-reject") rejectDraft();
  else if (hit.id === "own") { openOwn(); $("#own-text", place).focus(); }
  else if (hit.id === "show-panel") togglePanel();
  else if (hit.classList.contains("tone")) pickTone(hit);
  else if (hit.dataset.why) showWhy(hit.dataset.why);
  else if (hit.dataset.wrong) reportWrong(hit.dataset.wrong);
  else if ("whyBack" in hit.dataset) { $("#why", place).innerHTML = whyShown; whyShown = null; }
  else if ("close" in hit.dataset) hit.closest("dialog").close();
  else if (hit.dataset.untag) saveTags((tags) => tags.filter((tag) => tag !== hit.dataset.untag));
  else if (hit.dataset.act === "take-over") takeOver();
  else if (hit.dataset.act === "release") act(() => reach(`/console/inbox/${current()}/release`), words.released);
  else if (hit.dataset.act === "reveal") {
    const { phone } = await post(`/console/inbox/${current()}/reveal`);
    $("#phone", place).textContent = phone;
    hit.remove();
  }
});

place.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  if (event.target.id === "composer") sendOwn();
  else if (event.target.id === "tags") {
    const tag = $("#tag", place).value.trim();
    if (tag) saveTags((tags) => [...tags, tag]);
  } else if (event.target.id === "note-form") {
    const text = $("#note", place).value.trim();
    if (text) act(() => reach(`/console/inbox/${current()}/notes`, { text }), words.noted);
  }
});

place.addEventListener("input", (event) => {
  if (event.target.id === "own-text") sessionStorage.setItem(`own:${current()}`, event.target.value);
});
place.addEventListener("change", (event) => {
  if (event.target.id !== "canned" || !event.target.value) return;
  $("#own-text", place).value = event.target.value;
  event.target.value = "";
  $("#own-text", place).focus();
});

list.addEventListener("click", async (event) => {
  if (event.target.id === "more") {
    const asked = query();
    asked.set("offset", event.target.dataset.offset);
    const parsed = new DOMParser().parseFromString(await piece(`/console/inbox/list?${asked}`), "text/html");
    $("#rows").append(...$$("#rows > li", parsed));
    const more = $("#more", parsed);
    more ? (event.target.dataset.offset = more.dataset.offset) : event.target.remove();
    return;
  }
  const row = event.target.closest(".row");
  if (!row || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  showConversation(row.dataset.id, { push: true, keep: false });
});

$("#filters").addEventListener("change", () => $("#filters").requestSubmit());
addEventListener("popstate", () => {
  const id = location.pathname.split("/")[3];
  id ? showConversation(id, { keep: false }) : location.reload();
});

// -- keys ---------------------------------------------------------------------------------------

function step(by) {
  const rows = $$(".row", list);
  const at = rows.findIndex((row) => row.dataset.id === current());
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next && next.dataset.id !== current()) showConversation(next.dataset.id, { push: true, keep: false });
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const field = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (field) {
    if (event.key === "Escape") { if (field.id === "draft-edit") stopEdit(); field.blur(); }
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      if (field.id === "draft-edit") { event.preventDefault(); sendDraft(); }
      else if (field.id === "own-text") { event.preventDefault(); sendOwn(); }
    }
    return;
  }
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  const interactive = event.target.closest?.("button, a.row, summary, a");
  const keys = {
    j: () => step(1), k: () => step(-1), e: () => startEdit(), r: rejectDraft, t: takeOver,
    "/": () => $("#search").focus(),
    Enter: () => { if (!interactive || interactive.classList.contains("row")) sendDraft(); else return true; },
  };
  const work = keys[event.key];
  if (work && !event.repeat && work() !== true) event.preventDefault();
});

// -- live ---------------------------------------------------------------------------------------

let pending = false;
async function refresh(changed) {
  document.dispatchEvent(new CustomEvent("changed", { detail: changed }));
  if (busy || pending) return;
  pending = true;
  try {
    await later(60);
    await showList();
    if (changed.includes(current()) && !document.querySelector("dialog[open]")) await showConversation(current());
  } catch { /* the next event tries again */ } finally { pending = false; }
}

let marks = null, polling = null;
async function poll() {
  try {
    const now = await (await fetch("/console/inbox/pulse", { headers: { accept: "application/json" } })).json();
    const changed = marks ? Object.keys(now).filter((id) => now[id] !== marks[id]) : [];
    marks = now;
    if (changed.length) refresh(changed);
  } catch { /* offline: the next round */ }
}

function listen() {
  const source = new EventSource("/console/events");
  const lamp = $("#live");
  source.addEventListener("open", () => { lamp.classList.add("on"); clearInterval(polling); polling = null; });
  source.addEventListener("changed", (event) => refresh(JSON.parse(event.data)));
  source.addEventListener("error", () => { lamp.classList.remove("on"); polling ??= setInterval(poll, 5000); });
  addEventListener("pagehide", () => source.close());
}

// What the demo's customer wrote is what one wants to watch, unless something of one's own is begun.
document.addEventListener("simulated", (event) => {
  const before = typed(), id = event.detail.conversation_id;
  if (id === current() || before.own || before.note || before.editing !== null) return;
  showConversation(id, { push: true, keep: false });
});
document.addEventListener("visibilitychange", markShown);
listen();
settle();
