// In a [data-drag-grid], a visit dropped on a free time opens the page that asks.
// Nothing moves here: every visit is moved on that page, by keyboard as well.
for (const grid of document.querySelectorAll("[data-drag-grid]")) bind(grid);

function bind(grid) {
  let dragged = null;
  for (const visit of grid.querySelectorAll("[data-drag]")) visit.draggable = true;

  grid.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-drag]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    grid.classList.add("is-dragging");
  });
  grid.addEventListener("dragend", () => {
    dragged = null;
    mark(grid, null);
    grid.classList.remove("is-dragging");
  });
  grid.addEventListener("dragover", (event) => {
    const place = event.target.closest("[data-drop]");
    if (!dragged) return;
    mark(grid, place);
    if (place) event.preventDefault();
  });
  grid.addEventListener("drop", (event) => {
    const place = event.target.closest("[data-drop]");
    if (!dragged || !place) return;
    event.preventDefault();
    location.assign(`${dragged.dataset.drag}?${place.dataset.drop}`);
  });
}

function mark(grid, place) {
  for (const each of grid.querySelectorAll(".is-over")) each.classList.remove("is-over");
  place?.classList.add("is-over");
}
