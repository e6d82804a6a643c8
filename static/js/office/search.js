// The one field that finds everything: `/` leads to it, arrows walk through what was found, Escape leads back.
// Where the digit keys were switched off, `/` is off too (WCAG 2.1.4); arrows act in the field, among the results, and
// where nothing has the focus yet: the page of results has just come.

const SETTING = "digit-keys"; // the switch of the voice menu
const SHORTCUT = "aria-keyshortcuts";
const field = document.getElementById("desk-q");
const results = [...document.querySelectorAll("[data-result]")];

function isOff() {
  try { return localStorage.getItem(SETTING) === "off"; } catch { return false; }
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]");
}

function isTaken(event) {
  return event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey;
}

function goToField() {
  field.focus();
  field.select();
}

// From where the focus is among the results (-1: in the field) to where a key leads; null where it leads nowhere.
function next(place, key) {
  const last = results.length - 1;
  const steps = { ArrowDown: Math.min(place + 1, last), ArrowUp: place - 1, Home: 0, End: last };
  return key in steps && !(place < 0 && key !== "ArrowDown") ? steps[key] : null;
}

function walk(event) {
  const place = results.indexOf(document.activeElement);
  if (place < 0 && ![field, document.body].includes(document.activeElement)) return;
  if (event.key === "Escape" && place >= 0) {
    event.preventDefault();
    goToField();
    return;
  }
  const to = results.length ? next(place, event.key) : null;
  if (to === null) return;
  event.preventDefault();
  to < 0 ? goToField() : results[to].focus();
}

if (field) {
  const showShortcut = () => isOff() ? field.removeAttribute(SHORTCUT) : field.setAttribute(SHORTCUT, "/");
  showShortcut();
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".switch")) showShortcut();
  });
  document.addEventListener("keydown", (event) => {
    if (isTaken(event)) return;
    if (event.key === "/" && !event.repeat && !isOff() && !isTyping(event.target)) {
      event.preventDefault();
      goToField();
      return;
    }
    walk(event);
  });
}
