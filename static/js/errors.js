// The error summary takes focus; its links lead into the fields.
document.querySelector("[data-error-summary]")?.focus();

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a[href^='#']");
  if (!link) return;
  const field = document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  (field.closest(".hx-field") ?? field).scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
});
