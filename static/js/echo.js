// A chosen radio shows its label in every [data-echo="<its name>"].
document.addEventListener("change", ({ target }) => {
  if (target.type !== "radio" || !target.labels?.length) return;
  for (const place of document.querySelectorAll(`[data-echo="${target.name}"]`)) {
    place.textContent = target.labels[0].textContent.trim();
  }
});
