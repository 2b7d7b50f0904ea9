// Small improvements only: every page works without this file.
(() => {
  "use strict";

  const body = document.body;
  const number = new Intl.NumberFormat(document.documentElement.lang || "da", { maximumFractionDigits: 1 });

  function fileSize(bytes) {
    for (const unit of ["B", "kB", "MB"]) {
      if (bytes < 1000 || unit === "MB") return `${number.format(bytes)} ${unit}`;
      bytes /= 1000;
    }
  }

  // The names of chosen files stand under the field, because a browser shows only their number.
  function listFiles(input) {
    const list = document.querySelector(`[data-files-for="${CSS.escape(input.id)}"]`);
    if (!list) return;
    list.replaceChildren(...Array.from(input.files, (file) => {
      const item = document.createElement("li");
      const size = document.createElement("span");
      item.textContent = `${file.name} `;
      size.textContent = fileSize(file.size);
      item.append(size);
      return item;
    }));
  }

  function showError(title, text, reference) {
    const box = document.createElement("div");
    const heading = document.createElement("p");
    box.className = "alert alert-error";
    box.tabIndex = -1;
    heading.className = "alert-heading";
    heading.textContent = title;
    box.append(heading);
    for (const line of [text, reference].filter(Boolean)) {
      const paragraph = document.createElement("p");
      paragraph.className = "alert-text";
      paragraph.textContent = line;
      box.append(paragraph);
    }
    document.getElementById("messages")?.replaceChildren(box);
    box.focus();
  }

  const words = (page, name) => page.querySelector(`[data-error-${name}]`)?.textContent.trim();

  // An error answer is a whole page: its words are shown at the top, and what was on the page stays.
  // A page one was sent on to, such as sign-in, is opened. Corrections (409, 422) go where the answer goes.
  function beforeSwap(event) {
    const { response, text } = event.detail.ctx;
    if (!response) return;
    const whole = /<html[\s>]/i.test(text ?? "");
    const target = event.detail.ctx.target;
    event.detail.ctx.hadFocus = target instanceof Element && target.contains(document.activeElement);
    if (whole && response.raw.redirected) {
      event.preventDefault();
      window.location.assign(response.raw.url);
    } else if (response.status >= 400 && whole) {
      const page = new DOMParser().parseFromString(text, "text/html");
      event.preventDefault();
      showError(words(page, "title") || body.dataset.failed, words(page, "text"), words(page, "reference"));
    }
  }

  // dkfds starts its components once, at load; those in a fetched piece are started here.
  function enhance(scope) {
    const start = (selector, Component) => {
      for (const element of scope.querySelectorAll(selector)) new Component(element).init();
    };
    start(".js-dropdown", DKFDS.Dropdown);
    start(".tab-container", DKFDS.Tabs);
    start(".tooltip-wrapper", DKFDS.Tooltip);
    start(".accordion, .accordion-bordered", DKFDS.Accordion);
    start(".alert.has-close", DKFDS.Alert);
    start(".js-checkbox-toggle-content", DKFDS.CheckboxToggleContent);
    start(".js-radio-toggle-group", DKFDS.RadioToggleGroup);
    start('[data-module="error-summary"]', DKFDS.ErrorSummary);
  }

  // Whoever pressed a link inside a list that was fetched anew stays at that list, and hears how much it holds.
  function keepPlace(target, hadFocus) {
    const count = target.querySelector(".result-count");
    if (count) document.getElementById("announcer").textContent = count.textContent;
    if (!hadFocus || document.activeElement !== body) return;
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    if (target.getBoundingClientRect().top < 0) target.scrollIntoView();
  }

  // How much has been written, under a field that wants it.
  function countWritten(input) {
    const shown = input.parentElement.querySelector(".written") ?? input.parentElement.appendChild(document.createElement("span"));
    shown.className = "written";
    shown.textContent = input.dataset.count.replace("#", number.format(input.value.length));
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-count]")) countWritten(event.target);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches('input[type="file"]')) listFiles(event.target);
  });

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });

  // A filter's address names only what was chosen.
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form[data-tidy]")) return;
    for (const name of new Set(event.formData.keys())) {
      const chosen = event.formData.getAll(name).filter((value) => value !== "");
      event.formData.delete(name);
      for (const value of chosen) event.formData.append(name, value);
    }
  });

  document.addEventListener("htmx:before:swap", beforeSwap);
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx) showError(body.dataset.failed, body.dataset.failedText);
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const { target, hadFocus } = event.detail.ctx ?? {};
    if (!(target instanceof Element) || !target.isConnected) return;
    enhance(target);
    keepPlace(target, hadFocus);
  });

  DKFDS.init();
  const more = document.querySelector(".more-button span");
  if (more) more.textContent = body.dataset.more;
  for (const input of document.querySelectorAll('input[type="file"]')) listFiles(input);
  for (const input of document.querySelectorAll("[data-count]")) countWritten(input);
})();
