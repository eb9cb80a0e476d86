// The panel works without this: it filters while you type, copies, and shows plans in their place.
(() => {
  "use strict";
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

  // Filter. The rows that do not have the words are hidden; so are groups without rows.
  const box = document.querySelector("#q");
  const filter = () => {
    const wanted = words(box.value);
    let shown = 0;
    for (const row of all("tbody tr[data-search]")) {
      const group = row.closest("details.group");
      const text = `${row.dataset.search} ${group ? group.dataset.search : ""}`.toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
      if (row.nextElementSibling?.matches(".plan-row")) row.nextElementSibling.hidden = row.hidden;
      shown += !row.hidden;
    }
    for (const more of all("details.more")) more.open ||= wanted.length > 0;
    for (const group of all("details.group")) {
      group.hidden = !group.querySelector("tr[data-search]:not([hidden])");
    }
    const nothing = document.querySelector("[data-nothing]");
    if (nothing) nothing.hidden = shown > 0;
  };
  box?.addEventListener("input", filter);

  // Copy. Pages that are not from this machine have no clipboard without TLS.
  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  };
  for (const button of all("button[data-copy]")) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await copy(button.dataset.copy);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = label), 1500);
    });
  }

  // EXPLAIN, below the query's row.
  const form = document.querySelector("#explain");
  const show = (row, text, failed) => {
    let below = row.nextElementSibling;
    if (!below?.matches(".plan-row")) {
      below = document.createElement("tr");
      below.className = "plan-row";
      below.append(document.createElement("td"));
      below.firstChild.colSpan = row.children.length;
      row.after(below);
    }
    const plan = document.createElement("pre");
    plan.className = failed ? "plan fault" : "plan";
    plan.textContent = text;
    below.firstChild.replaceChildren(plan);
  };
  form?.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    const row = button.closest("tr");
    const body = new URLSearchParams(new FormData(form, button));
    button.disabled = true;
    try {
      const answer = await fetch(form.dataset.api, { method: "POST", body });
      const found = await answer.json();
      show(row, found.plan ?? found.error, !found.plan);
    } catch (error) {
      show(row, `The server did not answer: ${error.message}`, true);
    } finally {
      button.disabled = false;
      button.focus();
    }
  });

  // A bar of the time line leads to its query, in whichever details that is.
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    const closed = all("details:not([open])").filter((details) => details.contains(target));
    for (const details of closed) details.open = true;
    if (closed.length) target.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", open);
  open();
})();
