// Before the page is painted: the reader's choice of light or dark, if there is one.
(() => {
  let choice = null;
  try { choice = localStorage.getItem("theme"); } catch { /* no storage: the system decides */ }
  if (choice) document.documentElement.dataset.theme = choice;
})();
