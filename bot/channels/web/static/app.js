"use strict";
// The page's half of the web chat. Every sentence comes from the page (data-say-…), every message as ready HTML.
const page = document.body.dataset;
const [feed, link, linkWords, words, composer, files, photo, place, newest, toastBox] =
  ["feed", "link", "link-words", "words", "composer", "files", "photo", "place", "newest", "toast"].map((id) => document.getElementById(id));
const base = `/chat/${page.account}`, box = `queue ${page.account}`, draft = `draft ${page.account}`;
const fill = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_, key) => facts[key]);
let seen = Number(feed.dataset.rev), actedAt = 0, toastTimer = 0, target = null;

function toast(sentence) {
  toastBox.textContent = sentence;
  toastBox.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toastBox.hidden = true; }, 4000 + 100 * sentence.length);
}
toastBox.addEventListener("click", () => { toastBox.hidden = true; });

// ---- the feed
const atBottom = () => feed.scrollHeight - feed.scrollTop - feed.clientHeight < 90;
const inView = (element) => element.getBoundingClientRect().top < feed.getBoundingClientRect().bottom - 60
  && element.getBoundingClientRect().bottom > feed.getBoundingClientRect().top + 60;
const reveal = (element) => element.scrollIntoView({ block: element.offsetHeight > feed.clientHeight ? "start" : "nearest" });

function show(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.firstElementChild, old = document.getElementById(fresh.id), stuck = atBottom();
  if (old && Number(old.dataset.rev) >= Number(fresh.dataset.rev)) return;
  const namesake = [...feed.querySelectorAll(".card")].find((card) => card !== old && fresh.dataset.key && card.dataset.key === fresh.dataset.key);
  const hadFocus = [old, namesake].some((card) => card && card.contains(document.activeElement));
  // Who works by keys is led to where the answer is typed; a finger's tap must not raise the phone's keyboard.
  const typing = hadFocus && document.activeElement.matches(":focus-visible")
    && fresh.dataset.asks === "text" && fresh.querySelectorAll("button").length < 2;
  if (old) old.replaceWith(fresh); else feed.append(fresh);
  fresh.classList.add(old ? "changed" : "arrived");
  if (namesake) namesake.remove();
  // The case goes on: what stood in its way is gone from the server's screen, and from this one.
  const stood = !old && (fresh.dataset.key || "").startsWith("case:") && fresh.dataset.key.replace("case:", "refusal:");
  for (const card of stood ? feed.querySelectorAll(".card.refusal") : []) if (card.dataset.key === stood) card.remove();
  if (fresh.classList.contains("mine")) feed.querySelector(".pending:not(.queued)")?.remove();
  feed.append(...feed.querySelectorAll(".pending"));
  if (hadFocus) (typing ? words : fresh.querySelector("button") || fresh).focus({ preventScroll: true });
  if (Date.now() - actedAt < 6000 || fresh.classList.contains("mine") || (stuck && !old)) reveal(fresh);
  else if (!inView(fresh)) {
    target = fresh;
    newest.textContent = old ? page.sayChanged : page.sayNewest;
    newest.hidden = false;
  }
  emphasise();
}

function emphasise() {
  const cards = [...feed.querySelectorAll(".card")].sort((a, b) => a.dataset.rev - b.dataset.rev);
  const asks = cards.length ? cards.at(-1).dataset.asks : "";
  place.classList.toggle("asked", asks === "location");
  photo.classList.toggle("asked", asks === "photo" || asks === "file");
}
newest.addEventListener("click", () => { reveal(target); newest.hidden = true; (target.querySelector("button") || target).focus({ preventScroll: true }); });
let following = true;
feed.addEventListener("scroll", () => { following = atBottom(); if (target && inView(target)) newest.hidden = true; }, { passive: true });
// The feed shrinks when the keyboard opens or the input grows; what was being read stays above them.
new ResizeObserver(() => { if (following) feed.scrollTop = feed.scrollHeight; }).observe(feed);

// ---- the stream: a page that hears nothing for 40 seconds starts a new one, for a phone's sleep kills streams silently
let source = null, heard = Date.now(), again = 0;
function listen() {
  clearTimeout(again);
  source?.close();
  heard = Date.now();
  source = new EventSource(`${base}/live?after=${seen}`);
  source.onopen = () => { heard = Date.now(); connected(true); send(); };
  source.onmessage = (event) => { heard = Date.now(); seen = Math.max(seen, Number(event.lastEventId)); show(event.data); };
  source.addEventListener("beat", () => { heard = Date.now(); });
  source.onerror = () => { connected(false); if (source.readyState === EventSource.CLOSED) again = setTimeout(listen, 3000); };
}
function connected(on) {
  link.classList.toggle("on", on);
  const said = on ? page.sayConnected : page.sayConnecting;
  if (linkWords.textContent !== said) linkWords.textContent = said;
}
// A browser opens six streams at most to one server; a page out of sight lets go of its own, and catches up when seen.
let shown = Date.now();
setInterval(() => {
  if (!document.hidden) shown = Date.now();
  if (Date.now() - shown > 10000) source.close();
  else if (Date.now() - heard > 40000) listen();
}, 5000);
document.addEventListener("visibilitychange", () => { if (!document.hidden && (source.readyState !== EventSource.OPEN || Date.now() - heard > 20000)) listen(); });
addEventListener("online", listen);

// ---- the queue: one post at a time, in order, kept until the server has answered; files wait in memory only
let queue = JSON.parse(localStorage.getItem(box) || "[]"), sending = false, retry = 0;
const held = new Map();
const remember = () => localStorage.setItem(box, JSON.stringify(queue.filter((turn) => turn.path !== "/photo")));
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function post(path, fields, file) {
  const turn = { path, fields: { ...fields, update_id: newId() } };
  actedAt = Date.now();
  if (file) held.set(turn.fields.update_id, file);
  queue.push(turn);
  remember();
  pending(turn);
  send();
  return turn.fields.update_id;
}

function pending(turn) {
  if (turn.path !== "/say" && turn.path !== "/photo") return;
  const bubble = document.createElement("div"), text = document.createElement("p"), state = document.createElement("time");
  bubble.className = "message bubble mine pending";
  bubble.dataset.update = turn.fields.update_id;
  text.textContent = turn.fields.text || held.get(turn.fields.update_id).name;
  state.textContent = page.saySending;
  bubble.append(text, state);
  feed.append(bubble);
  bubble.scrollIntoView({ block: "nearest" });
}

function body(turn) {
  const form = held.has(turn.fields.update_id) ? new FormData() : new URLSearchParams();
  for (const [name, value] of Object.entries(turn.fields)) form.append(name, value);
  if (held.has(turn.fields.update_id)) form.append("photo", held.get(turn.fields.update_id));
  return form;
}

async function send() {
  clearTimeout(retry);
  if (sending || !queue.length) return;
  sending = true;
  const turn = queue[0], patience = turn.path === "/photo" ? 180000 : 30000;
  const answer = await fetch(base + turn.path, { method: "POST", body: body(turn), signal: AbortSignal.timeout?.(patience) }).catch(() => null);
  sending = false;
  if (!answer || [502, 503, 504].includes(answer.status)) return wait(turn);
  queue.shift();
  remember();
  const sentence = answer.ok ? "" : (await answer.json().catch(() => ({}))).sentence || page.sayNotDone;
  settle(turn, sentence);
  return send();
}

function wait(turn) {
  const bubble = feed.querySelector(`[data-update="${turn.fields.update_id}"]`);
  if (bubble) { bubble.classList.add("queued"); bubble.lastChild.textContent = page.sayWaiting; }
  if (toastBox.hidden) toast(page.sayOffline);
  retry = setTimeout(send, 4000);
}

function settle(turn, sentence) {
  actedAt = Date.now();
  const { update_id: id, text } = turn.fields, bubble = feed.querySelector(`[data-update="${id}"]`);
  held.delete(id);
  bubble?.classList.remove("queued");
  // The stream usually brings the real bubble first; this only tidies up after a stream that is down.
  setTimeout(() => bubble?.remove(), sentence ? 0 : 1500);
  for (const button of feed.querySelectorAll(`[data-flight="${id}"]`)) {
    for (const other of button.closest(".taps").children) other.removeAttribute("aria-disabled");
    button.removeAttribute("aria-busy");
    delete button.dataset.flight;
  }
  if (!sentence && toastBox.textContent === page.sayOffline) toastBox.hidden = true;
  if (!sentence) return;
  toast(sentence);
  if (text && !words.value) { words.value = text; grow(); }
}

// ---- what a person does
feed.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tap]");
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  for (const other of button.closest(".taps").children) other.setAttribute("aria-disabled", "true");
  button.setAttribute("aria-busy", "true");
  button.dataset.flight = post("/tap", { data: button.dataset.tap });
});

function grow() {
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight + 2}px`;
  localStorage.setItem(draft, words.value);
}
function say(text) {
  const n = [...text].length;
  if (!text.trim()) return false;
  if (n > page.mostCharacters) { toast(fill(page.sayTooLong, { n, most: page.mostCharacters })); return false; }
  post("/say", { text });
  return true;
}
words.addEventListener("input", grow);
words.addEventListener("keydown", (event) => {
  // 229: the key belongs to an input method that is still composing a Chinese word.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) { event.preventDefault(); composer.requestSubmit(); }
});
composer.addEventListener("submit", (event) => { event.preventDefault(); if (say(words.value)) { words.value = ""; grow(); } });
for (const button of document.querySelectorAll("[data-word]")) button.addEventListener("click", () => say(button.dataset.word));

photo.addEventListener("click", () => files.click());
files.addEventListener("change", () => {
  const most = page.mostBytes / 1048576, together = files.files.length > 1 ? { album: newId() } : {};
  for (const file of files.files) {
    if (file.size > page.mostBytes) toast(fill(page.sayTooBig, { name: file.name, n: Math.ceil(file.size / 1048576), most }));
    else post("/photo", together, file);
  }
  files.value = "";
});

place.addEventListener("click", () => {
  const found = ({ coords }) => { place.removeAttribute("aria-busy"); post("/place", { lat: coords.latitude, lon: coords.longitude }); };
  const lost = () => { place.removeAttribute("aria-busy"); toast(page.sayNoPlace); };
  if (place.hasAttribute("aria-busy")) return;
  if (!navigator.geolocation) { lost(); return; }
  place.setAttribute("aria-busy", "true");
  toast(page.sayLocating);
  navigator.geolocation.getCurrentPosition((at) => { toastBox.hidden = true; found(at); }, lost, { enableHighAccuracy: true, timeout: 15000, maximumAge: 0 });
});

queue.forEach(pending);
words.value = localStorage.getItem(draft) || "";
grow();
feed.scrollTop = feed.scrollHeight;
emphasise();
listen();
