// The page for a phone: pictures go on their way at once, are kept on the device until the library has them, and are
// offered again on the next visit. Without this file the page is a form like any other.
import * as drafts from "./drafts.js";
import { Refused, Transfer, ask, fileSize, forget, insist, newKey, percent, reason, wordsOf } from "./transfer.js";

const form = document.querySelector("[data-capture]");
if (form) start(form);

function start(form) {
  const address = form.dataset.capture;
  const token = form.querySelector('input[name="csrf_token"]').value;
  const list = form.querySelector(".capture-list");
  const told = form.querySelector("[data-told]");
  const button = form.querySelector(".form-actions button");
  const common = wordsOf(form.querySelector("[data-words]"));
  const own = wordsOf(form.querySelector("[data-more-words]"));
  const pictures = new Map(); // by key
  let draft = newDraft();
  let sending = null; // ends the wait for the last answer

  const tell = (text) => {
    told.textContent = text;
  };

  function newDraft() {
    return { id: newKey(), owner: form.dataset.owner, taken: Date.now(), files: [], activity: null, title: "", people: null };
  }

  // What is chosen is kept with the pictures.
  function choices() {
    const activity = form.querySelector('input[name="activity"]:checked');
    const people = form.querySelector('input[name="people"]:checked');
    draft.activity = activity?.value ?? null;
    draft.title = activity ? form.querySelector(`label[for="${CSS.escape(activity.id)}"]`).textContent.trim() : "";
    draft.people = people?.value ?? null;
  }

  async function keep() {
    choices();
    draft.files = Array.from(pictures.values(), ({ key, file }) => ({ key, file }));
    try {
      if (draft.files.length) await drafts.keep(draft);
      else await drafts.discard(draft.id);
      return true;
    } catch {
      return false;
    }
  }

  class Picture {
    constructor(file, key = newKey()) {
      Object.assign(this, { file, key, state: "waiting" });
      this.item = document.createElement("li");
      this.item.className = "upload";
      const title = document.createElement("span");
      title.className = "upload-name";
      title.textContent = `${file.name} `;
      const size = document.createElement("span");
      size.className = "quiet";
      size.textContent = fileSize(file.size);
      title.append(size);
      this.bar = document.createElement("progress");
      this.bar.max = 100;
      this.bar.setAttribute("aria-label", common("label", { name: file.name }));
      this.text = document.createElement("span");
      this.text.className = "upload-state";
      this.doing = document.createElement("span");
      this.doing.className = "upload-doing";
      this.item.append(title, this.bar, this.text, this.doing);
      list.append(this.item);
      this.look();
    }

    // A small picture, drawn here: the page may show no addresses of the device.
    async look() {
      try {
        const found = await createImageBitmap(this.file, { resizeHeight: 112 });
        const canvas = document.createElement("canvas");
        canvas.className = "capture-look";
        canvas.setAttribute("aria-hidden", "true");
        [canvas.width, canvas.height] = [found.width, found.height];
        canvas.getContext("2d").drawImage(found, 0, 0);
        this.item.prepend(canvas);
      } catch {
        // a type that this browser can't draw, such as HEIC
      }
    }

    button(word, action) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "function-link";
      made.textContent = common(word);
      made.setAttribute("aria-label", `${common(word)}: ${this.file.name}`);
      made.addEventListener("click", action);
      return made;
    }

    show(state, received, why = "") {
      const changed = this.state !== state || !this.doing.childElementCount;
      const facts = { name: this.file.name, size: fileSize(this.file.size), percent: percent(received, this.file.size) };
      this.state = state;
      this.item.dataset.state = state;
      this.bar.value = facts.percent;
      this.text.textContent = why || common(state, facts);
      if (!changed) return;
      const made = [this.button("remove", () => this.remove())];
      if (state === "refused" && !this.never) made.unshift(this.button("again", () => this.run()));
      this.doing.replaceChildren(...made);
      if (sending) tellLeft();
    }

    run() {
      this.transfer = new Transfer({
        address,
        token,
        part: Number(form.dataset.part),
        file: this.file,
        key: this.key,
        activity: draft.activity ?? "",
        tell: (state, received) => this.show(state, received),
      });
      this.ending = this.transfer.run().then(
        () => true,
        (error) => {
          if (error.name === "AbortError") return false;
          if (!(error instanceof Refused)) throw error;
          this.never = error.status === 422; // the file itself is to blame: it has no business in the library
          if (this.never) forget(address, this.key, token);
          this.show("refused", this.transfer.received, reason(error, common));
          tell(common("refused-told", { name: this.file.name, why: this.text.textContent }));
          return false;
        },
      );
      return this.ending;
    }

    async remove() {
      pictures.delete(this.key);
      this.item.remove();
      tell(common("removed-told", { name: this.file.name }));
      (list.querySelector("button") ?? form.querySelector('input[type="file"]')).focus();
      await Promise.all([this.transfer.remove(), keep()]);
    }
  }

  async function take(files) {
    for (const file of files) {
      const picture = new Picture(file);
      pictures.set(picture.key, picture);
      picture.run();
    }
    tell(own((await keep()) ? "kept" : "not-kept"));
  }

  function tellLeft() {
    const all = pictures.size;
    const count = Array.from(pictures.values()).filter((picture) => picture.state === "here").length;
    tell(count === all ? own("asking") : own("still", { count, all }));
  }

  async function send() {
    if (!pictures.size) {
      tell(own("choose-picture"));
      form.querySelector('input[type="file"]').focus();
      return;
    }
    if (sending || !form.reportValidity()) return;
    sending = new AbortController();
    button.disabled = true;
    await keep();
    tellLeft();
    try {
      await sendAll(sending.signal);
    } finally {
      button.disabled = false;
      sending = null;
    }
  }

  async function sendAll(signal) {
    const here = await Promise.all(Array.from(pictures.values(), (one) => (one.state === "refused" && !one.never ? one.run() : one.ending)));
    const refused = Array.from(pictures.values()).find((picture) => picture.state === "refused");
    if (refused || !here.every(Boolean) || !pictures.size) {
      if (refused) tell(common("refused-left"));
      return;
    }
    tell(own("asking"));
    const body = new URLSearchParams({ activity: draft.activity ?? "", people: draft.people ?? "" });
    for (const key of pictures.keys()) body.append("uploads", key);
    try {
      const away = () => tell(common("pausing", { percent: 100 }));
      done(await insist(() => ask(form.action, token, { body, signal }), signal, away));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      tell(reason(error, common));
    }
  }

  async function done(answer) {
    await drafts.discard(draft.id);
    const panel = document.querySelector(".capture-done");
    const heading = panel.querySelector("h2");
    heading.textContent = own("done", { numbers: answer.evidence.join(", ") });
    panel.querySelector("ul").replaceChildren(...answer.pages.map((page, place) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = page;
      link.textContent = Array.from(pictures.values())[place]?.file.name ?? String(answer.evidence[place]);
      item.append(link);
      return item;
    }));
    form.hidden = true;
    panel.hidden = false;
    heading.focus();
  }

  // What was not sent on an earlier visit.
  async function offer() {
    const panel = document.querySelector(".capture-drafts");
    const found = (await drafts.of(form.dataset.owner)).filter((one) => one.id !== draft.id);
    panel.hidden = !found.length;
    panel.querySelector("ul").replaceChildren(...found.map((one) => {
      const item = document.createElement("li");
      const text = document.createElement("span");
      const moment = new Date(one.taken).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
      text.textContent = [own("unsent", { count: one.files.length, moment }), one.title].filter(Boolean).join(" · ");
      const goOn = document.createElement("button");
      const drop = document.createElement("button");
      goOn.className = "button button-secondary";
      goOn.textContent = own("go-on");
      goOn.addEventListener("click", () => goOnWith(one));
      drop.className = "function-link";
      drop.textContent = own("drop");
      drop.addEventListener("click", () => throwAway(one));
      for (const made of [goOn, drop]) made.type = "button";
      item.className = "capture-draft";
      item.append(text, goOn, drop);
      return item;
    }));
  }

  async function throwAway(one) {
    await drafts.discard(one.id);
    await Promise.all(one.files.map(({ key }) => forget(address, key, token)));
    await offer();
    form.querySelector('input[type="file"]').focus();
  }

  async function goOnWith(one) {
    const before = Array.from(pictures.values());
    draft = { ...one };
    check("activity", one.activity, one.title);
    check("people", one.people);
    for (const { key, file } of one.files) {
      const picture = new Picture(file, key);
      pictures.set(key, picture);
      picture.run();
    }
    await keep();
    await offer();
    if (!before.length) button.focus();
  }

  // An activity that is not among those offered now is put among them.
  function check(name, value, title = "") {
    if (value === null) return;
    const all = Array.from(form.querySelectorAll(`input[name="${name}"]`));
    const found = all.find((input) => input.value === value);
    if (found) {
      found.checked = true;
      return;
    }
    const group = all[0].closest(".form-group-radio").cloneNode(true);
    const input = group.querySelector("input");
    const label = group.querySelector("label");
    Object.assign(input, { id: `${name}-kept`, value, checked: true });
    label.htmlFor = input.id;
    label.textContent = title;
    all[0].closest(".form-group-radio").before(group);
  }

  for (const input of form.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", () => {
      take(Array.from(input.files));
      input.value = "";
    });
  }
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio" && pictures.size) keep();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  offer();
}
