// Toasts can be dismissed; one that holds no action leaves by itself.
const SECONDS = 10;

for (const button of document.querySelectorAll("[data-toast-dismiss]")) {
  button.hidden = false;
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-toast-dismiss]")?.closest("[data-toast]").remove();
});

for (const toast of document.querySelectorAll("[data-toast]")) {
  if (!toast.querySelector("a, button:not([data-toast-dismiss])")) leave(toast);
}

function leave(toast) {
  let timer = setTimeout(() => toast.remove(), SECONDS * 1000);
  const stay = () => clearTimeout(timer);
  const go = () => {
    stay();
    timer = setTimeout(() => toast.remove(), SECONDS * 1000);
  };
  toast.addEventListener("pointerenter", stay);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusin", stay);
  toast.addEventListener("focusout", go);
}
