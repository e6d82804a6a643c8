/* The page of long work: says how far it is, and shows the result when it ends. */
const work = document.querySelector("[data-progress]");
const bar = work.querySelector("progress");
const words = work.querySelector("[data-words]");

async function look() {
  try {
    const answer = await fetch(work.dataset.progress, { headers: { Accept: "application/json" } });
    const state = await answer.json();
    if (!state.busy) {
      location.reload();
      return;
    }
    if (state.total) {
      bar.max = state.total;
      bar.value = state.done;
    } else bar.removeAttribute("value");
    words.textContent = state.words;
  } catch {
    words.textContent = `Le site ne répond pas ; ${work.dataset.called} continue.`;
  }
  setTimeout(look, 1000);
}

setTimeout(look, 1000);
