"use strict";
(() => {
  let links = [];
  let data = null;
  let chosen = null;

  const made = (tag, css, text) => {
    const element = document.createElement(tag);
    if (css) element.className = css;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  const chip = (word) => {
    const [css, sign, text] = data.marks[word];
    const shown = made("span", "chip " + css);
    const mark = made("span", "sign", sign);
    mark.setAttribute("aria-hidden", "true");
    shown.append(mark, text);
    return shown;
  };

  /* What is said of a cell, with the places of its texts looked up. */
  const detail = (index) => {
    const [kind, rows, said] = data.cells[index];
    const [why, ...places] = data.kinds[kind];
    const [word, state, blind, status, run, moment] = places.map((place) => data.texts[place]);
    const day = links[index].pathname.split("/").pop();
    const told = (reason) => data.reasons[reason].map((part) => data.texts[part]).join("; ").replaceAll("\u001f", day).replaceAll("\u001e", rows);
    return { word, state, why: told(why), rows, blind, status, said: status && told(said), run, moment };
  };

  const tableOf = (link) => link.closest("tr").querySelector("th").textContent;

  const dayOf = (link) => {
    const day = new Date(link.pathname.split("/").pop() + "T00:00:00Z");
    const how = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    return new Intl.DateTimeFormat("en-GB", how).format(day);
  };

  const show = (link, aloud) => {
    if (link === chosen && !aloud) return;
    if (chosen) chosen.removeAttribute("aria-describedby");
    chosen = link;
    link.setAttribute("aria-describedby", "details");
    const it = detail(links.indexOf(link));
    const panel = document.getElementById("details");
    const heading = made("h3", "", tableOf(link) + " · " + dayOf(link));
    heading.append(chip(it.word));
    const list = made("dl");
    const add = (term, ...parts) => {
      const value = made("dd");
      value.append(...parts);
      list.append(made("dt", "", term), value);
    };
    add("State", made("code", "", it.state), " " + it.why);
    add("Rows stored", it.rows.toLocaleString("en-US"));
    if (it.status) add("Last outcome", chip(it.status), " " + it.said + " · " + it.moment + " UTC, run ", made("code", "", it.run));
    else add("Last outcome", "no run has spoken of this date");
    if (it.blind) add("Blindness", chip(it.blind));
    else add("Blindness", it.rows ? "these rows are not audited" : "no rows to audit");
    const open = made("a", "", "Open " + dayOf(link));
    open.href = link.href;
    const last = made("p");
    last.append(open);
    panel.setAttribute("aria-live", aloud ? "polite" : "off");
    panel.classList.add("chosen");
    panel.replaceChildren(heading, list, last);
  };

  const step = (link, key) => {
    const index = links.indexOf(link);
    const width = links.length / new Set(links.map((one) => one.closest("tr"))).size;
    const start = index - (index % width);
    const to = {
      ArrowLeft: Math.max(index - 1, start),
      ArrowRight: Math.min(index + 1, start + width - 1),
      ArrowUp: index - width,
      ArrowDown: index + width,
      Home: start,
      End: start + width - 1,
    }[key];
    return to === undefined ? undefined : links[to] || link;
  };

  /* One stop of the tab key; the arrow keys do the rest. */
  const rove = (link) => {
    links.forEach((one) => { one.tabIndex = one === link ? 0 : -1; });
  };

  const ready = () => {
    const grid = document.getElementById("grid");
    const block = document.getElementById("cells");
    chosen = null;
    if (!grid || !block) return;
    data = JSON.parse(block.textContent);
    links = [...grid.querySelectorAll("tbody a")];
    grid.setAttribute("role", "grid");
    links.forEach((link, index) => {
      const [, , text] = data.marks[detail(index).word];
      link.hash = tableOf(link);
      link.setAttribute("aria-label", tableOf(link) + ", " + dayOf(link) + ": " + text);
    });
    rove(links[0]);
  };

  const cellOf = (event) => {
    const link = event.target instanceof Element ? event.target.closest("#grid tbody a") : null;
    return link && data ? link : null;
  };

  document.addEventListener("mouseover", (event) => {
    const link = cellOf(event);
    if (link) show(link, false);
  });
  document.addEventListener("focusin", (event) => {
    const link = cellOf(event);
    if (!link) return;
    rove(link);
    show(link, true);
  });
  document.addEventListener("keydown", (event) => {
    const link = cellOf(event);
    const next = link && !event.altKey && !event.ctrlKey && !event.metaKey ? step(link, event.key) : undefined;
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  /* A first press shows, a second opens; a key opens at once. */
  let pressed = null;
  document.addEventListener("click", (event) => {
    const link = cellOf(event);
    if (link && event.detail && !event.ctrlKey && !event.metaKey && !event.shiftKey && pressed !== link) {
      event.preventDefault();
      pressed = link;
      link.focus();
      show(link, true);
      return;
    }
    const strip = event.target instanceof Element ? event.target.closest(".strip svg") : null;
    if (strip) openMonth(strip, event.clientX);
  });

  const openMonth = (strip, x) => {
    const box = strip.getBoundingClientRect();
    const tabs = [...document.querySelectorAll(".months a")];
    const dates = tabs.reduce((sum, one) => sum + Number(one.dataset.dates), 0);
    let left = ((x - box.left) / box.width) * dates;
    const tab = tabs.find((one) => (left -= Number(one.dataset.dates)) < 0);
    if (tab) tab.click();
  };

  document.addEventListener("htmx:afterSettle", () => {
    ready();
    const said = document.getElementById("announced");
    const parts = ["#calendar h1", "#month"].map((one) => document.querySelector(one));
    if (said && parts.every(Boolean)) said.textContent = parts.map((one) => one.textContent).join(", ") + " is shown";
  });
  ready();
})();
