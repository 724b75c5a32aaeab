// A link to a confirmation page opens that page's question in a dialog.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-confirm]");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (!link || !plain || event.button !== 0) return;
  event.preventDefault();
  const question = await fetchQuestion(link.href);
  if (question) ask(question, link);
  else location.assign(link.href);
});

async function fetchQuestion(url) {
  const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" } }).catch(
    () => null,
  );
  if (!answer?.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const body = page.querySelector("[data-confirm-body]");
  const form = body?.querySelector("form");
  if (form && !form.hasAttribute("action")) form.setAttribute("action", url);
  return body;
}

function ask(body, link) {
  const title = body.querySelector("[data-confirm-title]");
  const heading = document.createElement("h2");
  heading.id = "hx-dialog-title";
  heading.textContent = title.textContent;
  title.replaceWith(heading);

  const dialog = document.createElement("dialog");
  dialog.className = "hx-dialog";
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(...document.importNode(body, true).childNodes);
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-confirm-keep]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector(".hx-field input, .hx-field textarea, .hx-field select") ??
    dialog.querySelector("[data-confirm-keep]"))?.focus();
}
