// The form of evidence: files go on their way as soon as they are chosen, dropped or pasted. Without this file the
// form sends them itself.
import { Refused, Transfer, fileSize, forget, percent, reason, wordsOf } from "./transfer.js";

const box = document.querySelector("[data-uploads]");
if (box) start(box);

function start(box) {
  const form = box.closest("form");
  const input = form.querySelector('input[type="file"]');
  const list = box.querySelector(".upload-list");
  const told = box.querySelector("[data-told]");
  const say = wordsOf(box.querySelector("[data-words]"));
  const token = form.querySelector('input[name="csrf_token"]').value;
  const address = box.dataset.uploads;
  const activity = new URLSearchParams(location.search).get("activity") ?? "";
  const rows = new Map(); // by key
  let submitting = false;

  const tell = (text) => {
    told.textContent = text;
  };

  // One file's line: name, bar, state, and what can be done.
  class Row {
    constructor(key, name, size, modified, item = document.createElement("li")) {
      Object.assign(this, { key, name, size, modified, item, state: "left", chosen: false, transfer: null });
      const title = document.createElement("span");
      title.className = "upload-name";
      title.textContent = `${name} `;
      const length = document.createElement("span");
      length.className = "quiet";
      length.textContent = fileSize(size);
      title.append(length);
      this.bar = document.createElement("progress");
      this.bar.max = 100;
      this.bar.value = 0;
      this.bar.setAttribute("aria-label", say("label", { name }));
      this.text = document.createElement("span");
      this.text.className = "upload-state";
      this.doing = document.createElement("span");
      this.doing.className = "upload-doing";
      item.className = "upload";
      item.prepend(title, this.bar, this.text);
      item.append(this.doing);
      if (!item.isConnected) list.append(item);
      rows.set(key, this);
    }

    button(word, action) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "function-link";
      button.textContent = say(word);
      button.setAttribute("aria-label", `${say(word)}: ${this.name}`);
      button.addEventListener("click", action);
      return button;
    }

    show(state, received, why = "") {
      const changed = this.state !== state;
      const facts = { name: this.name, size: fileSize(this.size), percent: percent(received, this.size), why };
      this.state = state;
      this.bar.value = facts.percent;
      this.item.dataset.state = state;
      this.text.textContent = why || say(state, facts);
      if (!changed && this.doing.childElementCount) return;
      const focused = this.doing.contains(document.activeElement);
      const buttons = [this.button("remove", () => this.remove())];
      if (state === "refused" && !this.never) buttons.unshift(this.button("again", () => this.run()));
      if (state === "left-whole") buttons.unshift(this.button("use", () => this.use()));
      this.doing.replaceChildren(...buttons);
      if (focused) buttons.at(-1).focus();
    }

    get waitsForFile() {
      return ["left", "left-whole"].includes(this.state) || (this.state === "refused" && !this.never);
    }

    send(file) {
      this.file = file;
      this.chosen = true;
      return this.run();
    }

    async run() {
      if (!this.file) return this.use();
      this.transfer = new Transfer({
        address,
        token,
        activity,
        part: Number(box.dataset.part),
        file: this.file,
        key: this.key,
        tell: (state, received) => this.show(state, received),
      });
      try {
        await this.transfer.run();
        tell(say("here-told", { name: this.name }));
        if (submitting) submitWhenAllAreHere();
      } catch (error) {
        if (error.name === "AbortError") return;
        if (!(error instanceof Refused)) throw error;
        submitting = false;
        const why = reason(error, say);
        this.never = error.status === 422; // the file itself is to blame: it has no business in the library
        if (this.never) forget(address, this.key, token);
        this.show("refused", this.transfer.received, why);
        tell(say("refused-told", { name: this.name, why }));
      }
    }

    // What is all here from an earlier time goes with this form.
    use() {
      this.chosen = true;
      this.show("here", this.size);
    }

    remove() {
      const after = this.item.nextElementSibling ?? this.item.previousElementSibling;
      if (this.transfer) this.transfer.remove();
      else forget(address, this.key, token);
      rows.delete(this.key);
      this.item.remove();
      tell(say("removed-told", { name: this.name }));
      (after?.querySelector("button") ?? input).focus();
      askForFile();
    }
  }

  const chosen = () => Array.from(rows.values()).filter((row) => row.chosen);

  // The field is asked for by the browser itself only while there is nothing to save.
  const wanted = input.required;
  function askForFile() {
    input.required = wanted && chosen().length === 0;
  }

  function take(files) {
    for (const file of files) {
      const same = (row) => row.name === file.name && row.size === file.size && row.modified === (file.lastModified || 0);
      const known = Array.from(rows.values()).find((row) => same(row) && row.waitsForFile);
      if (!known && chosen().some(same)) continue; // it is on its way already, or was refused
      (known ?? newRow(file)).send(file);
    }
    askForFile();
  }

  function newRow(file) {
    const { key } = new Transfer({ address, token, part: 1, file });
    return new Row(key, file.name, file.size, file.lastModified || 0);
  }

  function submitWhenAllAreHere() {
    const mine = chosen();
    if (mine.some((row) => row.state === "refused")) {
      submitting = false;
      tell(say("refused-left"));
      mine.find((row) => row.state === "refused").doing.querySelector("button").focus();
    } else if (mine.every((row) => row.state === "here")) {
      for (const row of mine) {
        const hidden = document.createElement("input");
        Object.assign(hidden, { type: "hidden", name: "uploads", value: row.key });
        row.item.append(hidden);
      }
      form.action = box.dataset.save + location.search;
      input.disabled = true;
      form.submit();
    } else {
      submitting = true;
      tell(say("saving-later"));
    }
  }

  for (const item of list.querySelectorAll("[data-key]")) {
    const { key, name, size, modified, received } = item.dataset;
    const row = new Row(key, name, Number(size), Number(modified), item);
    const whole = Number(received) === row.size;
    if (whole && "chosen" in item.dataset) row.use();
    else row.show(whole ? "left-whole" : "left", Number(received));
  }

  input.addEventListener("change", () => {
    take(Array.from(input.files));
    input.value = "";
  });

  form.addEventListener("submit", (event) => {
    if (!chosen().length || event.defaultPrevented) return;
    event.preventDefault();
    submitWhenAllAreHere();
  });

  // Dropped anywhere on the form.
  const carriesFiles = (event) => Array.from(event.dataTransfer?.types ?? []).includes("Files");
  form.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    form.classList.add("drop-here");
  });
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("drop-here");
  });
  form.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    form.classList.remove("drop-here");
    take(Array.from(event.dataTransfer.files));
  });

  // Pasted: a screenshot has no name of its own.
  document.addEventListener("paste", (event) => {
    const files = Array.from(event.clipboardData?.files ?? []);
    if (!files.length) return;
    event.preventDefault();
    const moment = new Date().toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "medium" });
    take(files.map((file) => {
      if (!/^image\.\w+$/.test(file.name)) return file;
      const name = `${say("name", { moment }).replace(/[\\/:]/g, ".")}.${file.name.split(".").at(-1)}`;
      return new File([file], name, { type: file.type, lastModified: file.lastModified });
    }));
  });

  // Whoever goes back to the form finds it as it was, and can save it again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    submitting = false;
    input.disabled = false;
    for (const hidden of list.querySelectorAll('input[name="uploads"]')) hidden.remove();
  });

  box.hidden = false;
  askForFile();
}
