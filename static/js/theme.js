// The theme form without a page load; the server remembers the choice.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-theme-form]");
  const chosen = event.submitter?.value;
  if (!form || !chosen) return;
  event.preventDefault();
  show(form, chosen);
  const body = new FormData(form, event.submitter);
  const saved = await fetch(form.action, {
    method: "POST",
    body,
    headers: { "X-Requested-With": "fetch" },
  }).catch(() => null);
  if (!saved?.ok) form.submit();
});

function show(form, chosen) {
  const root = document.documentElement;
  if (chosen === "system") delete root.dataset.bsTheme;
  else root.dataset.bsTheme = chosen;
  for (const button of form.querySelectorAll("[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
  form.closest("details")?.removeAttribute("open");
  form.closest("details")?.querySelector("summary").focus();
  document.dispatchEvent(new CustomEvent("healix:theme", { detail: chosen }));
}
