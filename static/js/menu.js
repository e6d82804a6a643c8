// The keys of a telephone, digits and the office's star, follow the voice menu. They can be switched off, as WCAG 2.1.4
// asks of single-key shortcuts.

const SETTING = "digit-keys";
const SHORTCUT = "aria-keyshortcuts";
const links = new Map([...document.querySelectorAll(`nav a[${SHORTCUT}]`)].map((link) => [link.getAttribute(SHORTCUT), link]));

const stored = {
  get off() {
    try { return localStorage.getItem(SETTING) === "off"; } catch { return false; }
  },
  set off(value) {
    try { localStorage.setItem(SETTING, value ? "off" : "on"); } catch { /* storage refused: the choice lasts for this page */ }
  },
};
let off = stored.off;

// On a French keyboard the digit row gives & é " without Shift: there the key's place tells, not its letter.
function keyOf(event) {
  if (/^[\d*]$/.test(event.key)) return event.key;
  return event.shiftKey ? null : /^Digit(\d)$/.exec(event.code)?.[1];
}

// What was typed or chosen would be lost with the page, wherever the focus went since; but for what is looked for.
function isBegun({ value, defaultValue, checked, defaultChecked, options, selectedIndex }) {
  if (options) return selectedIndex !== Math.max(0, [...options].findIndex((option) => option.defaultSelected));
  return (defaultValue !== undefined && value !== defaultValue) || checked !== defaultChecked;
}

function isTaken(event) {
  const typing = event.target.closest?.("form, input, textarea, select, [contenteditable]");
  const begun = [...document.forms].some((form) => form.method === "post" && [...form.elements].some(isBegun));
  return off || typing || begun || event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey;
}

document.addEventListener("keydown", (event) => {
  const link = isTaken(event) ? null : links.get(keyOf(event));
  if (!link) return;
  event.preventDefault();
  link.classList.add("pressed");
  link.click();
});

const template = document.getElementById("key-switch");
const button = template?.content.firstElementChild.cloneNode(true);
if (button) {
  const show = () => {
    button.setAttribute("aria-checked", String(!off));
    document.documentElement.classList.toggle("keys-off", off);
    for (const [key, link] of links) off ? link.removeAttribute(SHORTCUT) : link.setAttribute(SHORTCUT, key);
  };
  button.addEventListener("click", () => { off = !off; stored.off = off; show(); });
  show();
  template.replaceWith(button);
}
