// Uploading with a bar for each file, and watching files being read.

import { $, $$, piece, toast, words } from "./console.js";

const form = $("#upload"), list = $("#documents");

function send(file) {
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
    line.remove();
    if (request.status < 300) watch();
    else toast(`${file.name}: ${JSON.parse(request.responseText || "{}").detail ?? request.status}`, true);
  });
  request.addEventListener("error", () => { line.remove(); toast(words.failed, true); });
  const body = new FormData();
  body.append("file", file);
  request.send(body);
}

let timer = null;
async function watch() {
  clearTimeout(timer);
  list.innerHTML = await piece("/console/knowledge/documents");
  if ($$("progress", list).length) timer = setTimeout(watch, 1500);
}

if (form) {
  $("#files").addEventListener("change", (event) => { [...event.target.files].forEach(send); event.target.value = ""; });
  for (const name of ["dragenter", "dragover"]) form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => { event.preventDefault(); [...event.dataTransfer.files].forEach(send); });
  form.addEventListener("submit", (event) => event.preventDefault());
}
if ($$("progress", list).length) timer = setTimeout(watch, 1500);
