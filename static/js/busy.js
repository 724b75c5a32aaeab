// A form that is being sent cannot be sent twice, and its button says so.
const sending = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("data-no-busy")) return;
  if (sending.has(form)) {
    event.preventDefault();
    return;
  }
  if (event.defaultPrevented) return;
  sending.add(form);
  const button = event.submitter ?? form.querySelector("button:not([type=button])");
  if (button) setTimeout(() => wait(form, button));
});

function wait(form, button) {
  const words =
    button.dataset.busy ?? form.dataset.busy ?? document.body.dataset.busy;
  button.dataset.idle = button.innerHTML;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  button.textContent = words;
}

// A page that comes back from the history is ready to be used again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll("[aria-busy][data-idle]")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    button.innerHTML = button.dataset.idle;
    sending.delete(button.form);
  }
});
