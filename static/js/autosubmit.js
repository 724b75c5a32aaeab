// form[data-autosubmit] is sent when a choice in it changes.
document.addEventListener("change", (event) => {
  event.target.closest("form[data-autosubmit]")?.requestSubmit();
});
