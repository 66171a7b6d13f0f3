/* Invekto web chat. One tag on any page:
 *   <script src="https://…/widget.js" data-token="…" data-language="tr" async></script>
 * Everything lives in a shadow root, so that neither side's styles touch the other. Text is set as
 * text, never as HTML. */
(() => {
  "use strict";

  const tag = document.currentScript;
  const token = tag && tag.dataset.token;
  if (!token || window.__invektoWidget) return;
  window.__invektoWidget = true;

  const base = new URL(tag.src).origin + "/widget/" + encodeURIComponent(token);
  const key = "invekto-visitor-" + token.slice(0, 8);
  const WORDS = {
    tr: { open: "Sohbeti aç", close: "Sohbeti kapat", write: "Mesajınızı yazın", send: "Gönder",
      log: "Sohbet", hello: "Merhaba! Size nasıl yardımcı olabiliriz?", you: "Siz",
      assistant: "Asistan", person: "Temsilci", again: "Gönderilemedi. Yeniden denemek için dokunun.",
      offline: "Bağlantı yok, yeniden deneniyor…" },
    en: { open: "Open chat", close: "Close chat", write: "Write a message", send: "Send",
      log: "Chat", hello: "Hello! How can we help?", you: "You",
      assistant: "Assistant", person: "Agent", again: "Not sent. Tap to try again.",
      offline: "No connection, trying again…" },
    ar: { open: "افتح المحادثة", close: "أغلق المحادثة", write: "اكتب رسالتك", send: "إرسال",
      log: "المحادثة", hello: "مرحباً! كيف يمكننا مساعدتكم؟", you: "أنت",
      assistant: "المساعد", person: "موظف", again: "لم تُرسل. المس لإعادة المحاولة.",
      offline: "لا يوجد اتصال، تجري المحاولة من جديد…" },
  };
  const STYLE = `
    :host { all: initial; }
    * { box-sizing: border-box; font-family: system-ui, -apple-system, "Segoe UI", sans-serif; }
    button, textarea { font-size: 16px; }
    .toggle { position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000;
      inline-size: 56px; block-size: 56px; border: 0; border-radius: 50%; background: #1d4ed8;
      color: #fff; cursor: pointer; box-shadow: 0 6px 20px rgb(15 23 42 / .25); }
    .toggle svg { inline-size: 26px; block-size: 26px; }
    :focus-visible { outline: 3px solid #f59e0b; outline-offset: 2px; }
    .panel { position: fixed; inset-block-end: 88px; inset-inline-end: 20px; z-index: 2147483000;
      inline-size: min(370px, calc(100vw - 24px)); block-size: min(560px, calc(100vh - 110px));
      display: flex; flex-direction: column; background: #fff; color: #0f172a;
      border: 1px solid #cbd5e1; border-radius: 14px; overflow: hidden;
      box-shadow: 0 16px 48px rgb(15 23 42 / .22); }
    .panel[hidden] { display: none; }
    header { display: flex; justify-content: space-between; align-items: center; gap: 8px;
      padding: 12px 14px; background: #1e293b; color: #fff; }
    h2 { margin: 0; font-size: 16px; font-weight: 600; }
    header button { border: 0; background: transparent; color: #fff; cursor: pointer;
      inline-size: 36px; block-size: 36px; border-radius: 8px; font-size: 20px; line-height: 1; }
    .log { flex: 1; overflow-y: auto; padding: 14px; display: flex; flex-direction: column;
      gap: 8px; background: #f8fafc; }
    .line { max-inline-size: 85%; padding: 9px 12px; border-radius: 12px; background: #e2e8f0;
      align-self: flex-start; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 15px;
      line-height: 1.4; }
    .line.you { align-self: flex-end; background: #1d4ed8; color: #fff; }
    .line.failed { background: #b91c1c; cursor: pointer; border: 0; text-align: start; }
    .who { display: block; font-size: 12px; color: #475569; margin-block-end: 2px; }
    .you .who { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden;
      clip-path: inset(50%); }
    .note { font-size: 13px; color: #475569; padding: 0 14px 6px; background: #f8fafc; margin: 0;
      min-block-size: 20px; }
    form { display: flex; gap: 8px; padding: 10px; border-block-start: 1px solid #e2e8f0; }
    textarea { flex: 1; resize: none; border: 1px solid #94a3b8; border-radius: 10px;
      padding: 9px 11px; block-size: 44px; color: #0f172a; background: #fff; }
    form button { border: 0; border-radius: 10px; background: #1d4ed8; color: #fff;
      padding-inline: 16px; cursor: pointer; min-block-size: 44px; }
    @media (prefers-reduced-motion: no-preference) { .toggle { transition: transform .15s; }
      .toggle:hover { transform: scale(1.05); } }`;

  let visitor = read();
  let last = 0;
  let timer = 0;
  let pause = 2000;
  let words = WORDS[tag.dataset.language] || WORDS.tr;
  const shown = new Set();
  const ui = draw();

  function read() { try { return localStorage.getItem(key); } catch { return null; } }
  function keep(value) { try { localStorage.setItem(key, value); } catch { /* private window */ } }

  async function call(path, options = {}) {
    const headers = {};
    if (options.body) headers["content-type"] = "application/json";
    if (visitor) headers["x-visitor"] = visitor;
    const answer = await fetch(base + path, { ...options, headers, credentials: "omit" });
    if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
    return answer.json();
  }

  async function begin() {
    if (!visitor) {
      visitor = (await call("/visitors", { method: "POST" })).visitor;
      keep(visitor);
    }
  }

  function element(name, properties = {}, children = []) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  }

  function draw() {
    const host = element("div");
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("fill", "currentColor");
    path.setAttribute("d", "M4 3h16a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H9l-5 4v-4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z");
    svg.append(path);
    const toggle = element("button", { type: "button", className: "toggle" }, [svg]);
    const title = element("h2", { id: "title" });
    const close = element("button", { type: "button", textContent: "×" });
    const log = element("div", { className: "log", tabIndex: 0 });
    log.setAttribute("role", "log");
    log.setAttribute("aria-live", "polite");
    const note = element("p", { className: "note" });
    note.setAttribute("role", "status");
    const field = element("textarea", { rows: 1, maxLength: 4000 });
    const send = element("button", { type: "submit" });
    const form = element("form", {}, [field, send]);
    const panel = element("div", { className: "panel", hidden: true, id: "panel" },
      [element("header", {}, [title, close]), log, note, form]);
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-labelledby", "title");
    toggle.setAttribute("aria-controls", "panel");
    toggle.setAttribute("aria-expanded", "false");
    root.append(panel, toggle);
    document.body.append(host);

    toggle.addEventListener("click", () => show(panel.hidden));
    close.addEventListener("click", () => show(false));
    panel.addEventListener("keydown", (event) => { if (event.key === "Escape") show(false); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text) { field.value = ""; say(text, identifier()); }
    });
    return { host, panel, toggle, title, close, log, note, field, send };
  }

  function label(business) {
    ui.title.textContent = business || words.log;
    ui.toggle.setAttribute("aria-label", words.open);
    ui.close.setAttribute("aria-label", words.close);
    ui.log.setAttribute("aria-label", words.log);
    ui.field.setAttribute("aria-label", words.write);
    ui.field.placeholder = words.write;
    ui.send.textContent = words.send;
    const arabic = words === WORDS.ar;
    ui.panel.dir = arabic ? "rtl" : "ltr";
    ui.panel.lang = arabic ? "ar" : words === WORDS.en ? "en" : "tr";
  }

  function identifier() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function line(author, text) {
    const who = element("span", { className: "who", textContent: words[author] });
    const node = element("div", { className: "line " + author }, [who, text]);
    node.dir = "auto";
    ui.log.append(node);
    ui.log.scrollTop = ui.log.scrollHeight;
    return node;
  }

  async function say(text, id) {
    const node = line("you", text);
    try {
      await begin();
      const kept = await call("/messages",
        { method: "POST", body: JSON.stringify({ message_id: id, text }) });
      shown.add(kept.seq);
      pause = 1000;
      wait();
    } catch (error) {
      if (error.status === 401) { visitor = null; keep(""); }
      node.classList.add("failed");
      node.tabIndex = 0;
      node.setAttribute("role", "button");
      ui.note.textContent = words.again;
      const again = () => { node.remove(); ui.note.textContent = ""; say(text, id); };
      node.addEventListener("click", again, { once: true });
      node.addEventListener("keydown", (event) => { if (event.key === "Enter") again(); }, { once: true });
    }
  }

  async function look() {
    try {
      const { lines } = await call("/messages?after=" + last);
      for (const one of lines) {
        last = Math.max(last, one.seq);
        if (!shown.has(one.seq)) { shown.add(one.seq); line(one.author, one.text); pause = 1500; }
      }
      ui.note.textContent = "";
    } catch (error) {
      if (error.status === 401) { visitor = null; return; }
      ui.note.textContent = words.offline;
    }
    pause = Math.min(pause * 1.15, document.hidden ? 30000 : 8000);
    wait();
  }

  function wait() {
    clearTimeout(timer);
    if (!ui.panel.hidden && visitor) timer = setTimeout(look, pause);
  }

  function show(open) {
    ui.panel.hidden = !open;
    ui.toggle.setAttribute("aria-expanded", String(open));
    ui.toggle.setAttribute("aria-label", open ? words.close : words.open);
    if (open) {
      if (!ui.log.childElementCount) line("assistant", words.hello);
      ui.field.focus();
      pause = 1500;
      if (visitor) look();
    } else {
      clearTimeout(timer);
      ui.toggle.focus();
    }
  }

  label("");
  call("").then((opening) => {
    words = WORDS[tag.dataset.language || opening.language] || WORDS.en;
    label(opening.business);
  }).catch(() => {});
})();
