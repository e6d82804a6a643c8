// Keeps what is being typed in this browser until it is saved, so that a closed tab loses nothing.

const form = document.querySelector("form[data-draft]");
const key = form && `draft:${location.pathname}`;
const told = (element) => element.name && !["csrf_token", "version", "action", "apercu"].includes(element.name);

function typed() {
  return [...form.elements].filter(told).map((element) => [element.name, element.type === "checkbox" ? element.checked : element.value]);
}

function store() {
  try { localStorage.setItem(key, JSON.stringify({ version: form.dataset.draft, at: Date.now(), typed: typed() })); } catch { /* storage refused or full */ }
}

function stored() {
  try { return JSON.parse(localStorage.getItem(key) ?? "null"); } catch { return null; }
}

function forget() {
  try { localStorage.removeItem(key); } catch { /* storage refused */ }
}

function put(values) {
  const left = [...form.elements].filter(told);
  for (const [name, value] of values) {
    const place = left.findIndex((element) => element.name === name);
    if (place < 0) continue;
    const [element] = left.splice(place, 1);
    if (element.type === "checkbox") element.checked = value; else element.value = value;
  }
}

function offer(draft) {
  const notice = document.createElement("p");
  notice.className = "desk-notice desk-notice-warning desk-draft";
  notice.setAttribute("role", "status");
  const when = new Intl.DateTimeFormat("fr", { dateStyle: "long", timeStyle: "short" }).format(draft.at);
  const older = draft.version === form.dataset.draft ? "" : " La fiche a été modifiée depuis.";
  notice.append(`Un brouillon non enregistré du ${when} est gardé dans ce navigateur.${older} `);
  for (const [label, act] of [["Le reprendre", () => put(draft.typed)], ["L’oublier", forget]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small";
    button.textContent = label;
    button.addEventListener("click", () => { act(); notice.remove(); });
    notice.append(button);
  }
  form.before(notice);
}

if (form) {
  const draft = stored();
  const refused = document.querySelector("main [role=alert]"); // the page already shows what was typed
  if (draft && !refused && JSON.stringify(draft.typed) !== JSON.stringify(typed())) offer(draft);
  let waiting = null;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { waiting = null; store(); }, 400);
  });
  addEventListener("pagehide", () => { if (waiting) store(); });
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    waiting = null;
    if (!event.submitter?.name) forget(); // saved, or shown again with what was typed
  });
}
