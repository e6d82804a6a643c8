// The desk of the letter: what is typed shows beside it, blocks go where the cursor is, the bar moves by itself.

const QUIET = 700; // milliseconds without typing before the letter is shown again
const LOOK = 1000; // milliseconds between two looks at the progress

const form = document.querySelector(".letter-form");
const progress = document.querySelector("[data-progress]");
const hold = document.querySelector("[data-minutes]");
const launch = document.querySelector(".letter-launch");

// A new frame each time: pages loaded in one that was there would each be a step of the way back.
function show(button, place) {
  const old = place.querySelector("iframe");
  const frame = old.cloneNode();
  frame.removeAttribute("src");
  frame.name = `cadre-${Math.random().toString(36).slice(2)}`;
  frame.className = "letter-coming";
  place.append(frame);
  button.formTarget = frame.name;
  form.requestSubmit(button);
  frame.addEventListener("load", () => {
    if (!frame.isConnected) return;
    while (frame.previousElementSibling) frame.previousElementSibling.remove(); // one that came later stays
    frame.className = "";
  });
}

function follow(button) {
  const place = document.querySelector(".letter-frame");
  let waiting = null;
  const later = (delay) => { clearTimeout(waiting); waiting = setTimeout(() => show(button, place), delay); };
  form.addEventListener("input", (event) => later(event.target.type === "radio" ? 0 : QUIET));
  button.hidden = true;
  later(0);
}

// The text that was last typed in takes the block; the other language takes it at its end, if it has a text.
function insert() {
  let last = form.querySelector("textarea[data-letter]");
  form.addEventListener("focusin", (event) => { if (event.target.dataset.letter) last = event.target; });
  for (const button of form.querySelectorAll("button[name=inserer]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const choice = form.elements[`choix-${button.value}`];
      const line = `{{ ${button.value}${choice ? `: ${choice.value}` : ""} }}`;
      for (const text of form.querySelectorAll("textarea[data-letter]")) {
        if (text === last) put(text, line, text.selectionEnd);
        else if (text.value.trim()) put(text, line, text.value.length);
      }
      last.focus();
      form.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

// After the line that the place is in: a block stands alone on its own.
function put(text, line, place) {
  const end = text.value.indexOf("\n", place);
  if (end >= 0) place = end;
  const before = text.value.slice(0, place).trimEnd();
  const after = text.value.slice(place).trimStart();
  const start = before ? `${before}\n\n${line}` : line;
  text.value = after ? `${start}\n\n${after}` : `${start}\n`;
  text.setSelectionRange(start.length, start.length);
}

function tell(now) {
  const number = new Intl.NumberFormat("fr");
  const bar = progress.querySelector("progress");
  bar.max = now.total || 1;
  bar.value = now.done;
  progress.querySelector("[data-done]").textContent = number.format(now.done);
  progress.querySelector("[data-total]").textContent = number.format(now.total);
  progress.querySelector("[data-at]").textContent = now.at;
  for (const place of progress.querySelectorAll("[data-count]")) {
    const count = place.dataset.count;
    place.textContent = now.counts[count];
    if (now.counts[count] !== "0") place.parentElement.hidden = false; // once there it stays: nothing jumps
  }
}

async function look(address, state) {
  if (document.hidden) return;
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const now = await answer.json();
  if (now.state !== state) { location.reload(); return; }
  if (progress) tell(now);
  if (hold && now.minutes !== null) hold.textContent = now.minutes;
}

function watch(address, state) {
  progress?.querySelector("[data-refresh]").setAttribute("hidden", "");
  let busy = false;
  setInterval(async () => {
    if (busy) return;
    busy = true;
    try { await look(address, state); } catch { /* the next look tries again */ } finally { busy = false; }
  }, LOOK);
}

// A date is for later: giving one says so, and "now" puts it aside.
function choose() {
  const { quand, le } = launch.elements;
  let aside = "";
  const settle = () => {
    const later = quand.value === "plus-tard";
    if (later) le.value ||= aside;
    else if (le.value) { aside = le.value; le.value = ""; }
    le.required = later;
  };
  le.addEventListener("input", () => { if (le.value) { quand.value = "plus-tard"; settle(); } });
  for (const radio of quand) radio.addEventListener("change", settle);
  if (!le.value) settle();
}

if (form) {
  follow(form.querySelector("[data-look]"));
  insert();
}
if (launch) choose();
if (progress) watch(progress.dataset.progress, progress.dataset.state);
else if (hold) watch(`${location.pathname}etat.json`, "scheduled");
