// Adds a "copy" button under a citation where the browser lets a page write to the clipboard.

for (const block of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const text = block.textContent.trim();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-ghost button-small";
  button.textContent = block.dataset.copy;
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  said.className = "copied";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = block.dataset.copied;
    } catch {
      getSelection().selectAllChildren(block.querySelector("p")); // refused: ready for the reader's own copy
    }
  });
  block.append(button, said);
}
