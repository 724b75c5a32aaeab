// form[data-autosave] is saved while somebody writes in it. Typing is activity, so
// these requests keep the session alive. Saving again is always the same request: the
// server refuses an older revision, and then both texts are shown.
const AFTER_TYPING = 2500;
const AT_THE_LATEST = 12000;
const TRY_AGAIN = 10000;

for (const form of document.querySelectorAll("form[data-autosave]")) watch(form);

function watch(form) {
  const place = document.querySelector("[data-saved]");
  const state = { dirtySince: 0, timer: 0, saving: null, stopped: false };

  for (const hint of document.querySelectorAll("[data-autosave-hint]")) {
    hint.hidden = false;
  }

  form.addEventListener("input", () => {
    if (state.stopped) return;
    const now = Date.now();
    if (!state.dirtySince) {
      state.dirtySince = now;
      say(place, form.dataset.typing, "pencil");
    }
    const wait = Math.min(AFTER_TYPING, state.dirtySince + AT_THE_LATEST - now);
    plan(Math.max(0, wait));
  });

  // The button's request must carry the revision that a running save is about to give.
  form.addEventListener("submit", (event) => {
    clearTimeout(state.timer);
    if (!state.saving) {
      state.stopped = true;
      return;
    }
    event.preventDefault();
    state.stopped = true;
    state.saving.finally(() => form.requestSubmit(event.submitter));
  });

  addEventListener("pagehide", () => clearTimeout(state.timer));

  function plan(delay) {
    clearTimeout(state.timer);
    state.timer = setTimeout(() => {
      state.saving ??= save().finally(() => (state.saving = null));
    }, delay);
  }

  async function save() {
    const began = state.dirtySince;
    state.dirtySince = 0;
    const answer = await send(form).catch(() => null);
    const told = answer && (await read(answer));
    if (told?.saved) {
      form.elements.revision.value = told.revision;
      if (!state.dirtySince) say(place, told.saved, "cloud-check");
      return;
    }
    state.dirtySince ||= began;
    if (told?.problem) {
      state.stopped = true;
      say(place, `${told.problem} ${form.dataset.conflict}`, "exclamation-triangle-fill");
      return;
    }
    say(place, reason(form, answer), "cloud-slash");
    if (!state.stopped) plan(TRY_AGAIN);
  }
}

function send(form) {
  const body = new FormData(form);
  const headers = { "X-Requested-With": "fetch" };
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (token) {
    body.delete("csrfmiddlewaretoken");
    headers["X-CSRFToken"] = token;
  }
  body.set("act", "save");
  return fetch(location.pathname, { method: "POST", body, headers });
}

async function read(answer) {
  const isAnswer = (answer.headers.get("Content-Type") ?? "").includes("json");
  return isAnswer && !answer.redirected ? answer.json() : null;
}

function reason(form, answer) {
  if (!answer) return form.dataset.offline;
  if (answer.redirected || answer.status === 403) return form.dataset.signedOut;
  return form.dataset.failed;
}

function say(place, words, icon) {
  const picture = document.createElement("i");
  picture.className = `bi bi-${icon}`;
  picture.setAttribute("aria-hidden", "true");
  place.replaceChildren(picture, words);
}
