// Files on their way to the library, in parts: what both pages share that send files. Nothing here knows a page.

const LONGEST_PAUSE = 30_000; // milliseconds between two attempts on a broken line
const PART_SECONDS = 120; // after which a part counts as lost
const SMALLEST_PART = 64_000; // bytes
const AT_ONCE = 2; // files

export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Somebody else has to do something first: choose another file, sign in. Trying again by itself would not help.
export class Refused extends Error {
  constructor(status, body) {
    super(body?.text ?? "");
    this.status = status;
    this.body = body;
  }
}

// The line or the server is away for a while; trying again helps.
export class Away extends Error {}

function judged(status, redirected, text) {
  if (redirected) throw new Refused(401, null);
  if (status >= 500 || status === 0 || status === 408 || status === 429) throw new Away(String(status));
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    throw status < 400 ? new Away("no answer of ours") : new Refused(status, null);
  }
  if (status >= 400) throw new Refused(status, body);
  return body;
}

// Ask the server once. Raises Away or Refused.
export async function ask(address, token, { method = "POST", body = undefined, signal = undefined } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  let response;
  let text;
  try {
    response = await fetch(address, { method, body, headers, signal, credentials: "same-origin" });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Away(String(error));
  }
  return judged(response.status, response.redirected, text);
}

// A part by XMLHttpRequest, which tells how much of it has left the device.
function sendPart(address, token, offset, part, signal, onSent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const away = () => reject(new Away("the line"));
    request.open("POST", address);
    request.timeout = PART_SECONDS * 1000;
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Upload-Offset", String(offset));
    request.upload.addEventListener("progress", (event) => onSent(event.loaded));
    request.addEventListener("error", away);
    request.addEventListener("timeout", away);
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    request.addEventListener("loadend", () => signal.removeEventListener("abort", stop));
    request.addEventListener("load", () => {
      try {
        const elsewhere = new URL(request.responseURL).pathname !== new URL(address, location.href).pathname;
        resolve(judged(request.status, elsewhere, request.responseText));
      } catch (error) {
        reject(error);
      }
    });
    signal.addEventListener("abort", stop);
    request.send(part);
  });
}

// Wait ever longer; a line that comes back ends the wait.
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const end = (settle) => () => {
      clearTimeout(timer);
      window.removeEventListener("online", goOn);
      signal.removeEventListener("abort", stop);
      settle();
    };
    const goOn = end(resolve);
    const stop = end(() => reject(new DOMException("stopped", "AbortError")));
    const timer = setTimeout(goOn, milliseconds);
    window.addEventListener("online", goOn);
    signal.addEventListener("abort", stop);
  });
}

// Do something until the line lets it through. Raises Refused, and AbortError when it is stopped.
export async function insist(step, signal, onAway = () => {}) {
  for (let wait = 1000; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      onAway();
      await pause(wait, signal);
    }
  }
}

const waiting = [];
let running = 0;

// Begin when fewer than two files are on their way.
async function turn(signal) {
  if (running >= AT_ONCE) {
    await new Promise((resolve, reject) => {
      waiting.push(resolve);
      signal.addEventListener("abort", () => {
        const place = waiting.indexOf(resolve);
        if (place < 0) return;
        waiting.splice(place, 1);
        reject(new DOMException("stopped", "AbortError"));
      });
    });
  } else {
    running += 1;
  }
}

function nextTurn() {
  const next = waiting.shift();
  if (next) next();
  else running -= 1;
}

// Sends one file. ``tell`` hears ("waiting" | "sending" | "pausing" | "here", bytes that are there).
export class Transfer {
  constructor({ address, token, part, file, key = newKey(), activity = "", tell = () => {} }) {
    Object.assign(this, { address, token, file, key, activity, tell });
    this.largest = part;
    this.part = Math.max(Math.min(part, SMALLEST_PART), Math.floor(part / 16));
    this.received = 0;
    this.stopping = new AbortController();
  }

  get place() {
    return `${this.address}/${this.key}`;
  }

  // Send what is missing; resolves when all of it is there. Raises Refused, and AbortError after ``stop``.
  async run() {
    const { signal } = this.stopping;
    this.tell("waiting", this.received);
    await turn(signal);
    try {
      const away = () => this.tell("pausing", this.received);
      let state = await insist(() => ask(this.address, this.token, { body: this.announced(), signal }), signal, away);
      this.received = state.received;
      while (this.received < this.file.size && !state.ended) {
        this.tell("sending", this.received);
        state = await insist(() => this.sendNext(signal), signal, away);
      }
      this.tell("here", this.received);
      return state;
    } finally {
      nextTurn();
    }
  }

  announced() {
    const { key, file, activity } = this;
    return new URLSearchParams({ key, name: file.name, size: file.size, modified: file.lastModified || 0, activity });
  }

  async sendNext(signal) {
    const offset = this.received;
    const part = await this.read(offset);
    const begun = performance.now();
    try {
      const told = (sent) => this.tell("sending", Math.min(offset + sent, this.file.size));
      const state = await sendPart(this.place, this.token, offset, part, signal, told);
      this.received = state.received;
      this.adapt((performance.now() - begun) / 1000);
      return state;
    } catch (error) {
      if (error instanceof Away) this.part = Math.max(SMALLEST_PART, Math.floor(this.part / 2));
      if (!(error instanceof Refused) || error.status !== 409 || typeof error.body?.received !== "number") throw error;
      this.received = error.body.received; // an answer was lost: what it said is said again
      return { received: this.received, ended: false };
    }
  }

  // The bytes themselves, so that a file that has changed or gone is noticed here and not taken for a broken line.
  async read(offset) {
    try {
      return await this.file.slice(offset, offset + this.part).arrayBuffer();
    } catch {
      throw new Refused(0, null);
    }
  }

  // A part takes some seconds: on a slow line a small one, so that little is sent again.
  adapt(seconds) {
    if (seconds < 4) this.part = Math.min(this.largest, this.part * 2);
    else if (seconds > 20) this.part = Math.max(SMALLEST_PART, Math.floor(this.part / 2));
  }

  stop() {
    this.stopping.abort();
  }

  // Take what was sent away again.
  async remove() {
    this.stop();
    await forget(this.address, this.key, this.token);
  }
}

export async function forget(address, key, token) {
  try {
    await ask(`${address}/${key}/end`, token);
  } catch {
    // it was never begun, or the line is away: unfinished uploads end by themselves
  }
}

// Why something was refused, in words: the server's own, unless it is the session that has ended.
export function reason(error, say) {
  return [400, 401].includes(error.status) ? say("session") : error.message || say("failed");
}

// The texts of a page, with names in braces filled in.
export function wordsOf(element) {
  const texts = {};
  for (const word of element.content.querySelectorAll("[data-word]")) texts[word.dataset.word] = word.textContent.trim();
  return (name, facts = {}) => texts[name].replace(/\{(\w+)\}/g, (found, fact) => facts[fact] ?? found);
}

const number = new Intl.NumberFormat(document.documentElement.lang || "da", { maximumFractionDigits: 1 });

export function fileSize(bytes) {
  for (const unit of ["B", "kB", "MB"]) {
    if (bytes < 1000 || unit === "MB") return `${number.format(bytes)} ${unit}`;
    bytes /= 1000;
  }
}

export const percent = (received, size) => (received >= size ? 100 : Math.floor((100 * received) / size));
