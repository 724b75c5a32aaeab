// Long work: an element with data-poll replaces itself until its fragment has none.
const SECONDS = 2;

function watch(element) {
  const seconds = Number(element.dataset.pollSeconds ?? SECONDS);
  setTimeout(() => refresh(element), seconds * 1000);
}

async function refresh(element) {
  if (!element.isConnected) return;
  if (document.hidden) return watch(element);
  const answer = await fetch(element.dataset.poll, {
    headers: { "X-Requested-With": "fetch", "X-Healix-Poll": "1" },
  }).catch(() => null);
  if (answer && (answer.redirected || answer.status === 403 || answer.status === 404)) {
    return;
  }
  if (!answer?.ok) return watch(element);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(element.id) ?? page.body.firstElementChild;
  if (!fresh) return;
  const next = document.importNode(fresh, true);
  const focused = element.contains(document.activeElement) && document.activeElement.id;
  element.replaceWith(next);
  if (focused) document.getElementById(focused)?.focus();
  if (next.matches("[data-poll]")) watch(next);
}

document.querySelectorAll("[data-poll]").forEach(watch);
