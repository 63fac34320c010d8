"use strict";
// The page holds everything already; this chooses what of it is shown. Nothing is ever parsed as markup here.
(() => {
  const root = document.documentElement;
  const PAGE = 100;
  const say = (english, chinese) => (root.lang === "zh" ? chinese : english);
  const lists = [...document.querySelectorAll(".list")].map(makeList);

  function makeList(box) {
    const table = box.querySelector("table");
    const form = box.querySelector("form");
    const pages = box.querySelector(".pages");
    const shown = box.querySelector(".shown");
    const all = [...table.querySelectorAll("tbody.item")];
    let chosen = all;
    let page = 0;
    let sorted = null;
    // Items that are not on the page are taken out of the document, so that thousands of them cost nothing.
    const draw = (whole) => {
      for (const item of [...table.tBodies]) item.remove();
      const from = whole ? 0 : page * PAGE;
      table.append(...chosen.slice(from, whole ? chosen.length : from + PAGE));
      const count = Math.max(1, Math.ceil(chosen.length / PAGE));
      shown.textContent = chosen.length === all.length ? `${all.length}` : `${chosen.length} / ${all.length}`;
      pages.replaceChildren();
      if (count < 2) return;
      const step = (text, to) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = text;
        button.disabled = to < 0 || to >= count;
        button.addEventListener("click", () => { page = to; draw(); box.scrollIntoView(); });
        return button;
      };
      const place = document.createElement("span");
      place.textContent = say(`Page ${page + 1} of ${count}`, `第 ${page + 1} / ${count} 页`);
      pages.append(step(say("Previous", "上一页"), page - 1), place, step(say("Next", "下一页"), page + 1));
    };
    const choose = () => {
      const words = form.querySelector("input[type=search]").value.toLowerCase().split(/\s+/).filter(Boolean);
      const groups = new Map();
      for (const input of form.querySelectorAll("input:checked")) {
        groups.set(input.name, [...(groups.get(input.name) ?? []), input.value]);
      }
      chosen = all.filter((item) => {
        for (const [name, values] of groups) if (!values.includes(item.dataset[name])) return false;
        if (words.length === 0) return true;
        item.words ??= item.textContent.toLowerCase();
        return words.every((word) => item.words.includes(word));
      });
      if (sorted) chosen.sort(sorted);
      page = 0;
      draw();
    };
    const key = (item, column) => {
      const cell = item.rows[0].cells[column];
      return cell?.dataset.value ?? visibleText(cell);
    };
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const up = heading.getAttribute("aria-sort") !== "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", up ? "ascending" : "descending");
        const order = new Intl.Collator(root.lang, { numeric: true });
        const keys = new Map(all.map((item) => [item, key(item, column)]));
        sorted = (a, b) => (up ? 1 : -1) * order.compare(keys.get(a), keys.get(b));
        choose();
      });
    });
    // What no item has need not be offered.
    for (const input of form.querySelectorAll("input[type=checkbox]")) {
      input.parentElement.hidden = !all.some((item) => item.dataset[input.name] === input.value);
    }
    form.hidden = all.length < 2;
    form.addEventListener("input", choose);
    form.addEventListener("submit", (event) => event.preventDefault());
    draw();
    return { draw };
  }

  // Only the words of the chosen language count for the order.
  function visibleText(cell) {
    const word = cell?.querySelector(`span[lang="${root.lang}"]`);
    return (word ?? cell)?.textContent ?? "";
  }

  // A publisher's text stands once in the page, and is copied into the finding that is opened.
  document.addEventListener("toggle", (event) => {
    const link = event.target.open && event.target.querySelector("a.text");
    const text = link && document.getElementById(link.hash.slice(1));
    if (!text) return;
    const copy = document.createElement("div");
    copy.append(...[...text.cloneNode(true).childNodes].filter((node) => node.nodeName !== "H4"));
    link.closest("details").append(copy);
    const value = link.parentElement;
    value.previousElementSibling.remove();
    value.remove();
  }, true);

  const reports = [...document.querySelectorAll(".report")];
  const choose = document.querySelector(".choose");
  reports.forEach((report, place) => choose.append(new Option(report.dataset.name, String(place))));
  choose.hidden = reports.length < 2;
  choose.addEventListener("change", () => {
    location.hash = reports[Number(choose.value)].querySelector(".panel").id;
  });

  function show() {
    const wanted = document.getElementById(location.hash.slice(1))?.closest(".panel");
    const panel = wanted ?? reports[0]?.querySelector(".panel");
    if (!panel) return;
    for (const other of document.querySelectorAll(".panel")) other.classList.toggle("chosen", other === panel);
    for (const other of reports) {
      const here = other.contains(panel);
      other.classList.toggle("chosen", here);
      if (here) choose.value = String(reports.indexOf(other));
    }
    for (const link of document.querySelectorAll(".tabs a")) {
      const here = link.hash === `#${panel.id}`;
      link.classList.toggle("chosen", here);
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const index = document.querySelector(".index");
    if (index) index.hidden = !panel.id.endsWith("-overview");
    scrollTo(0, 0);
  }
  addEventListener("hashchange", show);
  show();

  document.querySelector(".switch-language").addEventListener("click", () => {
    root.lang = root.lang === "zh" ? "en" : "zh";
    for (const list of lists) list.draw();
    ages();
  });
  document.querySelector(".switch-theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  addEventListener("beforeprint", () => { for (const list of lists) list.draw(true); });
  addEventListener("afterprint", () => { for (const list of lists) list.draw(); });

  // How old something is depends on when the page is read.
  function ages() {
    for (const time of document.querySelectorAll("time")) {
      const days = Math.floor((Date.now() - Date.parse(time.dateTime)) / 86_400_000);
      if (!(days >= 0)) continue;
      const age = say(days === 1 ? "1 day old" : `${days} days old`, `${days} 天前`);
      time.textContent = `${time.dateTime} (${age})`;
    }
  }
  ages();
})();
