/* The page of a long import: says how far it is, and shows the result when it ends. */
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
    bar.max = state.total || 1;
    bar.value = state.done;
    words.textContent = `${state.done.toLocaleString("fr")} lignes sur ${state.total ? state.total.toLocaleString("fr") : "…"}`;
  } catch {
    words.textContent = "Le site ne répond pas ; l’essai ou l’import continue.";
  }
  setTimeout(look, 1000);
}

setTimeout(look, 1000);
