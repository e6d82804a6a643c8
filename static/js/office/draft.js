// Keeps what is being typed in this browser until the server says that it saved it: neither a closed tab, nor a lost
// connection, nor a session that ended loses anything.

const MOST = 5; // drafts of one page
// What a form sends that nobody writes: its own business, and what is only looked at or about to be put in.
const UNTOLD = /^(csrf_token|version|action|apercu|langue_apercu|brouillon|choix-.*)$/;
const form = document.querySelector("form[data-draft]");
const path = new URL(form?.getAttribute("action") ?? "", location.href).pathname;
const key = `draft:${path}`;
const told = ({ name, type }) => name && !["submit", "file"].includes(type) && !UNTOLD.test(name);
const ticked = (element) => ["checkbox", "radio"].includes(element.type);
const differs = (draft) => JSON.stringify(draft.typed) !== asShown;
const names = (pairs) => JSON.stringify(pairs.map(([name]) => name));

// --- What the browser holds ---------------------------------------------------------------------------------------

function attempt(act) {
  try { return act(); } catch { return null; } // storage refused or full
}

const drafts = (of = key) => attempt(() => [JSON.parse(localStorage.getItem(of) ?? "[]")].flat()) ?? [];

function write(list, of = key) {
  attempt(() => list.length ? localStorage.setItem(of, JSON.stringify(list.slice(0, MOST))) : localStorage.removeItem(of));
}

function forget(ids) {
  const keys = attempt(() => Object.keys(localStorage)) ?? [];
  for (const of of keys.filter((name) => name.startsWith("draft:"))) {
    write(drafts(of).filter((draft) => !ids.includes(draft.id)), of);
  }
}

// The names of the drafts that were saved, as the page says them (accounts/drafts.py).
function forgetSaved() {
  const { saved } = document.body.dataset;
  if (saved) forget(saved.split(" "));
}

// --- What the form holds ------------------------------------------------------------------------------------------

function typed() {
  return [...form.elements].filter(told).map((element) => [element.name, ticked(element) ? element.checked : element.value]);
}

function put(values) {
  const left = [...form.elements].filter(told);
  for (const [name, value] of values) {
    const place = left.findIndex((element) => element.name === name);
    if (place < 0) continue;
    const [element] = left.splice(place, 1);
    if (ticked(element)) element.checked = value; else element.value = value;
    if (value) element.closest("details")?.setAttribute("open", "");
  }
}

let id = crypto.getRandomValues(new Uint32Array(2)).join("").padStart(8, "0"); // of the draft that this page keeps
let touched = false; // whether the page holds anything that is not saved
let asShown = "";

function adopt(draft) {
  id = draft;
  touched = true;
}

function store() {
  const own = { id, version: form.elements.version?.value || form.dataset.draft, at: Date.now(), typed: typed() };
  write([own, ...drafts().filter((draft) => draft.id !== id)]);
}

// --- Taking a draft up again --------------------------------------------------------------------------------------

// Lines that the form has no fields for: the server makes them, as it does for « Ajouter une ligne ».
function ask(draft) {
  const sent = document.createElement("form");
  const kept = ["csrf_token", "version"].filter((name) => form.elements[name]).map((name) => [name, form.elements[name].value]);
  const said = draft.typed.filter(([, value]) => value !== false).map(([name, value]) => [name, value === true ? "1" : value]);
  for (const [name, value] of [...kept, ["action", "again"], ...said]) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    sent.append(field);
  }
  sent.setAttribute("method", "post");
  sent.setAttribute("action", path);
  document.body.append(sent);
  sent.submit();
}

function take(draft) {
  adopt(draft.id ?? id);
  if (form.elements.version && draft.version) form.elements.version.value = draft.version; // what came between is shown
  attempt(() => sessionStorage.setItem(key, id));
  if ("rows" in form.dataset && names(draft.typed) !== names(typed())) ask(draft); else put(draft.typed);
}

function offer() {
  const draft = drafts().find((one) => one.id !== id && differs(one));
  if (!draft) return;
  const notice = document.createElement("p");
  notice.className = "desk-notice desk-notice-warning desk-draft";
  notice.setAttribute("role", "status");
  const when = new Intl.DateTimeFormat("fr", { dateStyle: "long", timeStyle: "short" }).format(draft.at);
  const older = draft.version === form.dataset.draft ? "" : " La fiche a été modifiée depuis.";
  notice.append(`Un brouillon non enregistré du ${when} est gardé dans ce navigateur.${older} `);
  const acts = [["Le reprendre", "", () => take(draft)], ["L’oublier", "button-ghost", () => { forget([draft.id]); offer(); }]];
  for (const [label, kind, act] of acts) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `button button-small ${kind}`.trim();
    button.textContent = label;
    button.addEventListener("click", () => { notice.remove(); act(); });
    notice.append(button);
  }
  form.before(notice);
}

// --- The page -----------------------------------------------------------------------------------------------------

function watch() {
  const name = document.createElement("input");
  Object.assign(name, { type: "hidden", name: "brouillon" });
  form.append(name);
  let waiting = null;
  form.addEventListener("input", ({ target }) => {
    if (UNTOLD.test(target.name)) return;
    touched = true;
    clearTimeout(waiting);
    waiting = setTimeout(() => { waiting = null; store(); }, 400);
  });
  addEventListener("pagehide", () => { if (waiting) store(); });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    waiting = null;
    name.value = touched ? id : "";
    if (touched) store();
    attempt(() => sessionStorage.setItem(key, id)); // an answer that shows what was typed goes on with the same draft
  });
}

forgetSaved();
if (form) {
  asShown = JSON.stringify(typed());
  if ("typed" in form.dataset || document.querySelector("main [role=alert]")) {
    adopt(attempt(() => sessionStorage.getItem(key)) ?? id);
    store();
  } else {
    write(drafts().filter(differs));
    offer();
  }
  watch();
}
const kept = document.querySelector("[data-kept]"); // on the page that says one is signed out
if (kept) kept.hidden = !drafts().length;
