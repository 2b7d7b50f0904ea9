// The auditor's desk: marks, sample, findings, conclusion, kept in this browser and saved as one small file.
(() => {
  "use strict";

  const by = (id) => document.getElementById(`desk-${id}`);
  if (!document.getElementById("desk")) return;
  const { say } = Find;
  const { fingerprint, edition } = document.documentElement.dataset;
  const KEY = `sdg-tracker-desk-${fingerprint}`;
  const TICKETS = 2; // more for each weakness, as in audit/sampling.py
  const rows = new Map(Array.from(document.querySelectorAll("[data-exhibit]"), (row) => [Number(row.dataset.exhibit), row]));
  const controls = new Map(); // exhibit -> its select and its note
  const empty = () => ({ auditor: "", sample: null, marks: {}, findings: [], conclusion: { decision: "", conditions: "", text: "", answered: false } });
  let state = empty();
  let changing = null; // key of the finding that is in the form
  let kept = true; // whether the browser keeps it

  const busy = () => Boolean(state.sample || state.findings.length || Object.keys(state.marks).length || state.conclusion.decision);
  const nameOf = (select, value) => select.querySelector(`option[value="${CSS.escape(value)}"]`)?.textContent ?? value;

  function keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
      kept = true;
    } catch {
      kept = false;
    }
    by("kept").textContent = say(kept ? "desk_kept" : "desk_not_kept");
    show();
  }

  // The sample: of each exhibit its lowest lot counts, and the lowest lots are drawn.
  function draw({ seed, size, method }) {
    const lots = Array.from(rows, ([exhibit, row]) => {
      const tickets = method === "random" ? 1 : 1 + TICKETS * Number(row.dataset.weak);
      let lot = "g"; // after every digit
      for (let ticket = 1; ticket <= tickets; ticket += 1) {
        const one = Digest.ofText(`${seed}/${exhibit}/${row.dataset.digest}/${ticket}`);
        if (one < lot) lot = one;
      }
      return { lot, exhibit };
    });
    lots.sort((one, other) => (one.lot === other.lot ? one.exhibit - other.exhibit : one.lot < other.lot ? -1 : 1));
    return lots.slice(0, size).map(({ exhibit }) => exhibit);
  }

  function link(exhibit) {
    const anchor = document.createElement("a");
    const title = rows.get(exhibit)?.querySelector("th").firstElementChild.textContent ?? "";
    anchor.href = `#exhibit-${exhibit}`;
    anchor.textContent = `${say("desk_exhibit", { number: exhibit })}: ${title}`;
    return anchor;
  }

  function showSample() {
    const marks = by("drawn");
    const sample = state.sample;
    by("drawn-none").hidden = Boolean(sample);
    marks.replaceChildren(...(sample?.exhibits ?? []).map((exhibit) => {
      const item = document.createElement("li");
      const mark = state.marks[exhibit]?.mark;
      const select = controls.get(exhibit)?.select;
      item.append(link(exhibit), ` – ${select ? nameOf(select, mark ?? "") : ""}`);
      return item;
    }));
    for (const [exhibit, row] of rows) row.classList.toggle("drawn", Boolean(sample?.exhibits.includes(exhibit)));
  }

  function showFindings() {
    const template = by("row").content.firstElementChild;
    by("findings-none").hidden = state.findings.length > 0;
    by("list").replaceChildren(...state.findings.map((finding) => {
      const item = template.cloneNode(true);
      item.querySelector("strong").textContent = nameOf(by("kind"), finding.kind);
      const where = [finding.requirement, ...finding.exhibits.map((number) => say("desk_exhibit", { number }))].filter(Boolean);
      item.querySelector("span").textContent = where.join(", ");
      item.querySelector(".text").textContent = finding.text;
      for (const [name, act] of [["change", () => edit(finding)], ["remove", () => remove(finding)]]) {
        const button = item.querySelector(`.${name}`);
        button.setAttribute("aria-label", `${button.textContent}: ${finding.text.slice(0, 60)}`);
        button.addEventListener("click", act);
      }
      return item;
    }));
  }

  function problem() {
    const { decision, conditions, text, answered } = state.conclusion;
    if (!decision) return null;
    if (!text.trim()) return "desk_no_text";
    if (decision === "with_conditions" && !conditions.trim()) return "desk_no_conditions";
    if (majors() && !answered) return "desk_majors";
    return null;
  }

  const majors = () => state.findings.some((finding) => finding.kind === "major");

  function show() {
    showSample();
    showFindings();
    const marks = Object.values(state.marks);
    const drawn = state.sample?.exhibits ?? [];
    by("progress").textContent = say("desk_progress", {
      marked: marks.length,
      all: rows.size,
      sampled: drawn.filter((exhibit) => state.marks[exhibit]).length,
      drawn: drawn.length,
      findings: state.findings.length,
    });
    by("with-conditions").hidden = state.conclusion.decision !== "with_conditions";
    by("majors").hidden = !majors();
    const wrong = problem();
    by("conclusion-told").textContent = wrong ? say(wrong) : "";
  }

  function fill() {
    by("auditor").value = state.auditor;
    for (const [exhibit, { select, note }] of controls) {
      select.value = state.marks[exhibit]?.mark ?? "";
      note.value = state.marks[exhibit]?.note ?? "";
    }
    if (state.sample) {
      by("seed").value = state.sample.seed;
      by("size").value = state.sample.size;
      by("method").value = state.sample.method;
    }
    by("decision").value = state.conclusion.decision;
    by("conditions").value = state.conclusion.conditions;
    by("why").value = state.conclusion.text;
    by("answered").checked = state.conclusion.answered;
    show();
  }

  // Findings.
  function edit(finding) {
    changing = finding.key;
    by("kind").value = finding.kind;
    by("requirement").value = finding.requirement;
    by("exhibits").value = finding.exhibits.join(", ");
    by("text").value = finding.text;
    label();
    by("text").focus();
  }

  function remove(finding) {
    state.findings = state.findings.filter((one) => one.key !== finding.key);
    if (changing === finding.key) by("finding").reset();
    keep();
    by("text").focus();
  }

  function label() {
    const button = by("finding").querySelector('[type="submit"]');
    button.textContent = changing ? button.dataset.change : button.dataset.add;
  }

  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  function write() {
    const exhibits = [...new Set(by("exhibits").value.split(/[\s,;]+/).filter(Boolean).map(Number))];
    const unknown = exhibits.filter((exhibit) => !rows.has(exhibit));
    by("exhibits").setCustomValidity(unknown.length ? say("desk_unknown", { numbers: unknown.join(", ") }) : "");
    if (!by("text").value.trim()) by("text").value = "";
    if (!by("finding").reportValidity()) return;
    const finding = {
      key: changing ?? key(),
      kind: by("kind").value,
      requirement: by("requirement").value,
      exhibits: exhibits.sort((one, other) => one - other),
      text: by("text").value.trim(),
    };
    const at = state.findings.findIndex((one) => one.key === finding.key);
    if (at < 0) state.findings.push(finding);
    else state.findings[at] = finding;
    by("finding").reset();
    keep();
  }

  // The file.
  function decisions() {
    const { decision, conditions, text } = state.conclusion;
    return {
      format: 1,
      edition: { number: Number(edition), fingerprint },
      auditor: state.auditor.trim(),
      made_at: new Date().toISOString(),
      sample: state.sample,
      marks: Object.entries(state.marks).map(([exhibit, { mark, note }]) => ({ exhibit: Number(exhibit), mark, note })),
      findings: state.findings,
      conclusion: decision && !problem() ? { decision, conditions: decision === "with_conditions" ? conditions.trim() : "", text: text.trim() } : null,
    };
  }

  function save() {
    const made = decisions();
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(new Blob([`${JSON.stringify(made, null, 1)}\n`], { type: "application/json" }));
    anchor.download = `decisions-${fingerprint.slice(0, 12)}.json`;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 60_000);
    by("told").textContent = state.conclusion.decision && !made.conclusion ? say("desk_saved_open", { why: say(problem()) }) : say("desk_saved");
  }

  function taken(made) {
    if (made?.format !== 1 || !Array.isArray(made.marks) || !Array.isArray(made.findings)) throw new Error("desk_no_file");
    if (made.edition?.fingerprint !== fingerprint) throw new Error("desk_other");
    const found = empty();
    found.auditor = String(made.auditor ?? "");
    for (const { exhibit, mark, note } of made.marks) if (rows.has(exhibit)) found.marks[exhibit] = { mark, note: note ?? "" };
    found.findings = made.findings;
    if (made.sample) found.sample = { ...made.sample, exhibits: draw(made.sample) };
    if (made.conclusion) found.conclusion = { ...made.conclusion, answered: true };
    return found;
  }

  async function load(file) {
    let found;
    try {
      found = taken(JSON.parse(await file.text()));
    } catch (error) {
      by("told").textContent = say(error.message === "desk_other" ? "desk_other" : "desk_no_file", { name: file.name });
      return;
    }
    if (busy() && !window.confirm(say("desk_replace"))) return;
    state = found;
    by("finding").reset();
    fill();
    keep();
    by("told").textContent = say("desk_loaded", { name: file.name });
  }

  // Every exhibit gets its mark where it stands in the list.
  for (const [exhibit, row] of rows) {
    const block = by("mark").content.firstElementChild.cloneNode(true);
    const select = block.querySelector("select");
    const note = block.querySelector("input");
    for (const [control, id] of [[select, "mark"], [note, "note"]]) {
      control.closest("label").htmlFor = control.id = `${id}-${exhibit}`;
      control.setAttribute("aria-describedby", `title-${exhibit}`);
    }
    row.querySelector("th").firstElementChild.id = `title-${exhibit}`;
    const noted = () => {
      if (select.value) state.marks[exhibit] = { mark: select.value, note: note.value.trim() };
      else delete state.marks[exhibit];
      note.closest("div").hidden = !select.value;
      keep();
    };
    select.addEventListener("change", noted);
    note.addEventListener("change", noted);
    note.closest("div").hidden = true;
    row.querySelector("th").append(block);
    controls.set(exhibit, { select, note });
  }

  by("draw").addEventListener("submit", (event) => {
    event.preventDefault();
    const seed = by("seed").value.trim();
    if (!seed) return;
    const sample = { seed, size: Number(by("size").value), method: by("method").value };
    state.sample = { ...sample, exhibits: draw(sample) };
    keep();
  });
  by("finding").addEventListener("submit", (event) => {
    event.preventDefault();
    write();
  });
  by("finding").addEventListener("reset", () => {
    changing = null;
    by("exhibits").setCustomValidity("");
    label();
  });
  by("phrase").addEventListener("change", () => {
    const [chosen] = by("phrase").selectedOptions;
    if (!chosen.value) return;
    by("kind").value = chosen.dataset.kind;
    by("text").value = [by("text").value.trim(), chosen.value].filter(Boolean).join("\n");
  });
  by("exhibits").addEventListener("input", () => by("exhibits").setCustomValidity(""));
  by("conclusion").addEventListener("submit", (event) => event.preventDefault());
  by("conclusion").addEventListener("input", () => {
    state.conclusion = { decision: by("decision").value, conditions: by("conditions").value, text: by("why").value, answered: by("answered").checked };
    keep();
  });
  by("auditor").addEventListener("change", () => {
    state.auditor = by("auditor").value;
    keep();
  });
  by("save").addEventListener("click", save);
  by("load").addEventListener("change", async () => {
    const [file] = by("load").files;
    if (file) await load(file);
    by("load").value = "";
  });
  by("clear").addEventListener("click", () => {
    if (!window.confirm(say("desk_clear"))) return;
    state = empty();
    by("finding").reset();
    fill();
    keep();
  });

  try {
    state = { ...state, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    // what can't be read is as if nothing were kept
  }
  fill();
  keep();
  for (const { select, note } of controls.values()) note.closest("div").hidden = !select.value;
})();
