// Uploading with a bar for each file, and watching files being read.

import { $, $$, piece, toast, words } from "./console.js";

const form = $("#upload"), list = $("#documents");
const LARGEST = 100e6;  // bytes; the server hangs up on more before it can say why
const LOCKED = ["password_needed", "password_wrong"];

function send(file, password = "") {
  if (file.size > LARGEST) return void toast(words.too_big.replace("{name}", file.name), true);
  const line = document.createElement("li");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  line.append(document.createTextNode(`${file.name} `), bar);
  $("#uploads").append(line);
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset.url);
  request.setRequestHeader("x-csrf-token", document.body.dataset.csrf);
  request.setRequestHeader("accept", "application/json");
  request.upload.addEventListener("progress", (event) => { bar.value = event.loaded / event.total; });
  request.addEventListener("load", () => {
    const said = request.status < 300 ? {} : JSON.parse(request.responseText || "{}");
    line.replaceChildren();
    if (request.status < 300) watch();
    else if (LOCKED.includes(said.reason)) return void ask(line, file, said.detail);
    else toast(`${file.name}: ${said.message?.[document.documentElement.lang] ?? said.detail ?? request.status}`, true);
    line.remove();
  });
  request.addEventListener("error", () => { line.remove(); toast(words.failed, true); });
  const body = new FormData();
  body.append("file", file);
  if (password) body.append("password", password);
  request.send(body);
}

// The password of a protected file, asked for beside its name; it goes with the file and is kept nowhere.
function ask(line, file, why) {
  line.append($("#locked").content.cloneNode(true));
  $("span", line).textContent = `${file.name}: ${why}`;
  const field = $("input", line), [open, cancel] = $$("button", line);
  const again = () => { if (field.value) { line.remove(); send(file, field.value); } };
  open.addEventListener("click", again);
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); again(); } });
  cancel.addEventListener("click", () => line.remove());
  field.focus();
}

let timer = null;
async function watch() {
  clearTimeout(timer);
  list.innerHTML = await piece("/console/knowledge/documents");
  if ($$("progress", list).length) timer = setTimeout(watch, 1500);
}

if (form) {
  $("#files").addEventListener("change", (event) => { [...event.target.files].forEach((file) => send(file)); event.target.value = ""; });
  for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => { event.preventDefault(); [...event.dataTransfer.files].forEach((file) => send(file)); });
  form.addEventListener("submit", (event) => event.preventDefault());
}
if ($$("progress", list).length) timer = setTimeout(watch, 1500);
const health = $("#health");
if (health) piece(health.dataset.url).then((html) => { health.innerHTML = html; }).catch(() => health.remove());
