// Finding in the page of a bag: words, and what a row belongs to. The page is whole without it.
const Find = (() => {
  "use strict";

  const form = document.getElementById("find");
  const items = Array.from(document.querySelectorAll("[data-item]"), (element) => ({ element, said: element.textContent, text: null }));
  const groups = Array.from(document.querySelectorAll("[data-group]"));
  const asides = Array.from(document.querySelectorAll("[data-aside]"));
  const words = JSON.parse(document.documentElement.dataset.words);
  const LETTERS = { æ: "ae", ä: "ae", ø: "oe", ö: "oe", å: "aa", ß: "ss", ð: "d", þ: "th" };

  // As the product folds: æ, ø, å as ae, oe, aa; no case, no accents.
  const fold = (text) => text.toLowerCase().normalize("NFC")
    .replace(/[æäøöåßðþ]/g, (letter) => LETTERS[letter]).normalize("NFD").replace(/\p{M}/gu, "");
  const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (_whole, name) => facts[name]);
  const say = (name, facts = {}) => fill(words[name], facts);
  const has = (codes, code) => !code || (codes ?? "").split(" ").includes(code);

  function fits(item, wanted, chosen) {
    const { requirements, goals, states } = item.element.dataset;
    if (!has(requirements, chosen.requirement) || !has(goals, chosen.goal) || !has(states, chosen.state)) return false;
    item.text ??= fold(item.said);
    return wanted.every((word) => item.text.includes(word));
  }

  function show() {
    const values = Object.fromEntries(new FormData(form));
    const wanted = fold(values.words ?? "").split(/\s+/).filter(Boolean);
    const busy = wanted.length > 0 || Boolean(values.requirement || values.goal || values.state);
    let found = 0;
    for (const item of items) {
      const shown = !busy || fits(item, wanted, values);
      item.element.hidden = !shown;
      found += shown;
    }
    for (const group of groups) group.hidden = busy && !group.querySelector("[data-item]:not([hidden])");
    for (const aside of asides) aside.hidden = busy;
    document.getElementById("found").textContent = busy ? say("found", { number: found, all: items.length }) : "";
  }

  // A link may lead to what the search has hidden.
  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !target.closest("[hidden]")) return;
    form.reset();
    show();
    target.scrollIntoView();
  }

  if (form) {
    let waiting = 0;
    const soon = () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 120);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", show);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      show();
    });
    form.addEventListener("reset", () => setTimeout(show));
    window.addEventListener("hashchange", reveal);
    document.addEventListener("click", (event) => {
      if (event.target.closest('a[href^="#"]')) setTimeout(reveal);
    });
  }
  for (const tool of document.querySelectorAll(".tool")) tool.hidden = false;
  return { fold, say };
})();
