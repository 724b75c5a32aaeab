// Rows of a form: [data-add="name"] copies the template of that name into
// [data-rows="name"], [data-remove] takes its row away. Without this script the same
// buttons ask the server.
const BLANK = /__n__/g;

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];

function nextIndex(list, name) {
  const used = [...list.querySelectorAll("[name]")].map((field) =>
    Number(new RegExp(`^${name}-(\\d+)-`).exec(field.name)?.[1] ?? -1),
  );
  return Math.max(-1, ...used) + 1;
}

function renumber(list) {
  rowsOf(list).forEach((row, n) => {
    for (const place of row.querySelectorAll("[data-row-number]")) {
      place.textContent = n + 1;
    }
  });
}

function add(list) {
  const name = list.dataset.rows;
  const blank = document.querySelector(`template[data-row-for="${name}"]`);
  const holder = document.createElement("template");
  holder.innerHTML = blank.innerHTML.replace(BLANK, nextIndex(list, name));
  list.append(holder.content);
  renumber(list);
  rowsOf(list).at(-1).querySelector("input").focus();
}

function remove(row) {
  const list = row.closest("[data-rows]");
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  if (!next) return add(list);
  renumber(list);
  next.querySelector("input").focus();
}

document.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-add]");
  const remover = event.target.closest("[data-remove]");
  if (!adder && !remover) return;
  event.preventDefault();
  const form = event.target.closest("form");
  if (adder) add(form.querySelector(`[data-rows="${adder.dataset.add}"]`));
  else remove(remover.closest("[data-row]"));
  form.dispatchEvent(new Event("input", { bubbles: true }));
});
