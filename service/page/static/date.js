// A way to a table opens it: the browser alone only scrolls to its closed line.
(() => {
  const open = () => {
    const branch = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (branch instanceof HTMLDetailsElement) {
      branch.open = true;
      branch.scrollIntoView();
    }
  };
  addEventListener("hashchange", open);
  open();
})();
