// A file dropped on the page of checks is hashed here, and only its digest is looked up; the file stays where it is.
// A zip is looked into as well: its files are held against its own lists of digests.
(() => {
  "use strict";

  const zone = document.getElementById("drop");
  const chooser = zone.querySelector("input");
  const bar = zone.querySelector("progress");
  const status = zone.querySelector('[role="status"]');
  const answers = document.getElementById("answers");
  const words = Object.fromEntries(Array.from(document.querySelectorAll("[data-word]"), (one) => [one.dataset.word, one.textContent]));
  const zipped = (file) => file.name.toLowerCase().endsWith(".zip");
  const say = (name, facts) => words[name].replace(/\{(\w+)\}/g, (_whole, fact) => facts[fact]);

  async function lookUp(digest) {
    const response = await fetch(`${zone.dataset.address}?code=${digest}`, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.getElementById("answer");
    if (!response.ok || !found) throw new Error("no answer");
    found.removeAttribute("id");
    return document.importNode(found, true);
  }

  // A bag that was packed again is another file, yet its data tell which edition it is.
  async function lookInside(file, known) {
    const inside = await Zip.entries(file).catch(() => null);
    if (!inside) return [Manifest.shown({ faults: [say("no_zip", { name: file.name })], rows: [] }, say)];
    const found = await Manifest.check(inside, {
      say,
      begin: () => {},
      reading: (text) => { status.textContent = text; },
      bytes: (count) => { bar.value += count; },
    });
    const shown = [Manifest.shown(found, say)];
    const data = found.rows.find((row) => row.name === "data/snapshot.json");
    if (data && !known) shown.push(Object.assign(document.createElement("p"), { textContent: say("data_of") }), await lookUp(data.found));
    return shown;
  }

  async function look(file) {
    const answer = document.createElement("section");
    const heading = answer.appendChild(document.createElement("h2"));
    heading.textContent = file.name;
    heading.tabIndex = -1;
    try {
      const digest = await Digest.ofFile(file, (bytes) => { bar.value += bytes; });
      const told = answer.appendChild(document.createElement("p"));
      told.textContent = say("digest", { digest });
      told.className = "fingerprint";
      const found = await lookUp(digest);
      answer.append(found);
      if (zipped(file)) answer.append(...await lookInside(file, "known" in found.dataset));
    } catch {
      const failed = answer.appendChild(document.createElement("p"));
      failed.textContent = say("failed", { name: file.name });
      failed.setAttribute("role", "alert");
    }
    return answer;
  }

  async function begin(files) {
    if (!files.length) return;
    chooser.disabled = true;
    bar.hidden = false;
    bar.max = files.reduce((sum, file) => sum + file.size * (zipped(file) ? 2 : 1), 0) || 1;
    bar.value = 0;
    document.getElementById("answer")?.remove(); // that of the code before
    answers.replaceChildren();
    for (const file of files) {
      status.textContent = say("reading", { name: file.name });
      answers.append(await look(file));
    }
    status.textContent = "";
    bar.hidden = true;
    chooser.disabled = false;
    chooser.value = "";
    answers.querySelector("h2").focus();
  }

  zone.hidden = false;
  chooser.addEventListener("change", () => begin([...chooser.files]));
  for (const name of ["dragenter", "dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault(); // else the browser leaves the page for what is dropped
      zone.classList.toggle("drop-here", name !== "drop" && zone.contains(event.target));
      if (name === "drop") begin([...event.dataTransfer.files]);
    });
  }
})();
