// The part that asks for itself: not in a hidden tab, and never silently out of date.
(() => {
  "use strict";
  const isPart = (event) => event.detail.elt && event.detail.elt.id === "running";
  const lost = () => document.getElementById("work-lost");
  const seconds = () => new Date().toISOString().slice(11, 19);

  const say = () => {
    const line = document.querySelector("#running [data-said]");
    const said = document.getElementById("work-said");
    // Only what differs is announced.
    if (line && said && said.textContent !== line.textContent) said.textContent = line.textContent;
  };

  const missed = (event) => {
    const note = lost();
    if (!isPart(event) || !note || !note.hidden) return;
    note.textContent = `No answer from the service since ${seconds()} UTC: what is shown below is older. It is asked again every two seconds.`;
    note.hidden = false;
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isPart(event) && document.hidden) event.preventDefault();
  });
  document.addEventListener("htmx:sendError", missed);
  document.addEventListener("htmx:responseError", missed);
  document.addEventListener("htmx:afterRequest", (event) => {
    const note = lost();
    if (isPart(event) && event.detail.successful && note) note.hidden = true;
  });
  document.addEventListener("htmx:afterSettle", say);

  // A second click does nothing: the first one's answer is on its way.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-once]")) return;
    const button = event.target.querySelector("button");
    if (button.disabled) {
      event.preventDefault();
      return;
    }
    button.dataset.idle = button.textContent;
    button.textContent = button.dataset.working;
    button.disabled = true;
  });
  window.addEventListener("pageshow", () => {
    for (const button of document.querySelectorAll("[data-once] button[data-idle]")) {
      button.textContent = button.dataset.idle;
      button.disabled = false;
    }
  });
})();
