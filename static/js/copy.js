// button[data-copy="#id"] copies text, button[data-print] prints the page.
for (const button of document.querySelectorAll("[data-copy], [data-print]")) {
  button.hidden = false;
}

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-print]")) print();
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText(source.innerText.trim());
  button.querySelector("span").textContent = button.dataset.copied;
});
