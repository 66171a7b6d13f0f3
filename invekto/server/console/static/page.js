// On every page: the simulated customer of the demo, questions before what cannot be undone.

import { $, $$, Problem, piece, post, toast, words } from "./console.js";

function simulate() {
  const drawer = $("#sim"), opener = $("#sim-open");
  if (!drawer) return;
  const thread = $("#sim-thread"), field = $("#sim-text");
  let conversation = sessionStorage.getItem("sim-conversation");
  const who = ["#sim-name", "#sim-phone", "#sim-channel"].map((id) => $(id));
  if (conversation) for (const one of who) one.value = sessionStorage.getItem(one.id) || one.value;

  const show = async () => {
    if (!conversation) return;
    try {
      thread.innerHTML = await piece(`/console/simulated?conversation=${encodeURIComponent(conversation)}`);
      thread.scrollTop = thread.scrollHeight;
    } catch {
      conversation = null;
      sessionStorage.removeItem("sim-conversation");
    }
  };
  const open = (yes) => {
    drawer.hidden = !yes;
    opener.setAttribute("aria-expanded", String(yes));
    sessionStorage.setItem("sim-open", yes ? "1" : "");
    if (yes) { show(); field.focus(); } else opener.focus();
  };
  const line = (text, kind) => {
    const made = document.createElement("div");
    made.className = `sim-line ${kind}`;
    made.dir = "auto";
    made.textContent = text;
    thread.append(made);
    thread.scrollTop = thread.scrollHeight;
    return made;
  };
  const say = async (text) => {
    line(text, "from");
    const waiting = line("…", "to wait");
    try {
      const answer = await post("/console/simulated", {
        text, name: $("#sim-name").value, phone: $("#sim-phone").value, channel: $("#sim-channel").value,
      });
      conversation = answer.conversation_id;
      sessionStorage.setItem("sim-conversation", conversation);
      for (const one of who) sessionStorage.setItem(one.id, one.value);
      await show();
      document.dispatchEvent(new CustomEvent("simulated", { detail: answer }));
    } catch (error) {
      waiting.remove();
      toast(error instanceof Problem ? words.refused + error.message : words.offline, true);
    }
  };
  opener.addEventListener("click", () => open(drawer.hidden));
  $("#sim-close").addEventListener("click", () => open(false));
  drawer.addEventListener("keydown", (event) => { if (event.key === "Escape") open(false); });
  $("#sim-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (text) { field.value = ""; say(text); }
  });
  for (const one of $$(".try", drawer)) one.addEventListener("click", () => say(one.textContent.trim()));
  for (const id of ["#sim-phone", "#sim-channel"]) $(id).addEventListener("change", () => {
    conversation = null;
    sessionStorage.removeItem("sim-conversation");
    thread.replaceChildren();
  });
  document.addEventListener("changed", (event) => { if (event.detail.includes(conversation)) show(); });
  if (sessionStorage.getItem("sim-open")) { drawer.hidden = false; opener.setAttribute("aria-expanded", "true"); show(); }
}

simulate();
for (const one of $$("[data-open]")) one.addEventListener("click", () => document.getElementById(one.dataset.open)?.click());
addEventListener("offline", () => toast(words.offline, true));
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return event.preventDefault();
  if (form.dataset.busy) {
    const button = $("button", form);
    button.disabled = true;
    button.textContent = form.dataset.busy;
  }
});

/** What a worker is at: looked at anew until the answer says that it has ended. */
async function follow(box) {
  while (box.dataset.poll) {
    await new Promise((next) => setTimeout(next, 1000));
    try {
      const made = document.createElement("template");
      made.innerHTML = await piece(box.dataset.poll);
      const next = made.content.firstElementChild;
      box.replaceWith(next);
      box = next;
    } catch (error) {
      if (error instanceof Problem) return;
    }
  }
}
for (const box of $$("[data-poll]")) follow(box);
