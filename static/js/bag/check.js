// The check of every file against the manifests, of a folder or of a zip, in the browser; nothing leaves the machine.
(() => {
  "use strict";

  const zone = document.getElementById("drop");
  if (!zone) return;
  const { say } = Find;
  const chooser = zone.querySelector("input");
  const bar = zone.querySelector("progress");
  const status = zone.querySelector('[role="status"]');
  const result = document.getElementById("result");
  const fingerprint = document.documentElement.dataset.fingerprint;
  const { add } = Manifest;

  async function check(all) {
    const found = await Manifest.check(all, {
      say,
      begin: (total) => { bar.max = total || 1; },
      reading: (text) => { status.textContent = text; },
      bytes: (count) => { bar.value += count; },
    });
    if (found.files.size) await checkFingerprint(found.files, found.rows, found.faults);
    return found;
  }

  async function checkFingerprint(files, rows, faults) {
    const found = rows.find((row) => row.name === "data/snapshot.json")?.found;
    if (found !== fingerprint) faults.push(say("fingerprint_wrong", { expected: fingerprint, found: found ?? "–" }));
    if (!files.has("bag-info.txt")) return;
    const told = /^SDG-Tracker-Fingerprint: (\S+)$/m.exec(await files.get("bag-info.txt").text())?.[1];
    if (told !== fingerprint) faults.push(say("fingerprint_told", { found: told ?? "–" }));
  }

  function tell({ faults, rows }) {
    const box = Manifest.shown({ faults, rows }, say, say("fingerprint"));
    result.replaceChildren(box);
    const table = document.getElementById("digests");
    table.hidden = !rows.length;
    const body = table.querySelector("tbody");
    body.replaceChildren(...rows.sort((one, other) => (one.name < other.name ? -1 : 1)).map((row) => {
      const line = document.createElement("tr");
      add(line, "th", row.name, "long").scope = "row";
      add(add(line, "td", ""), "code", row.found, "long");
      return line;
    }));
    box.querySelector("h3").focus();
  }

  async function begin(files) {
    result.replaceChildren();
    document.getElementById("digests").hidden = true;
    bar.hidden = false;
    bar.value = 0;
    chooser.disabled = true;
    try {
      const [only] = files.size === 1 ? files : [];
      const zipped = only?.[0].toLowerCase().endsWith(".zip");
      const inside = zipped ? await Zip.entries(only[1]).catch(() => null) : files;
      tell(inside ? await check(inside) : { faults: [say("no_zip", { name: only[0] })], rows: [] });
    } finally {
      bar.hidden = true;
      status.textContent = "";
      chooser.disabled = false;
      chooser.value = "";
    }
  }

  // What was dropped: newer browsers give handles, others entries; some give neither to a page from a folder.
  async function walkHandle(handle, path, files) {
    if (handle.kind === "file") files.set(path, await handle.getFile());
    else for await (const [name, child] of handle.entries()) await walkHandle(child, path ? `${path}/${name}` : name, files);
  }

  async function walkEntry(entry, path, files) {
    if (entry.isFile) {
      files.set(path, await new Promise((done, failed) => { entry.file(done, failed); }));
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, failed) => { reader.readEntries(done, failed); });
      if (!some.length) return;
      for (const child of some) await walkEntry(child, path ? `${path}/${child.name}` : child.name, files);
    }
  }

  async function dropped(transfer) {
    const items = Array.from(transfer.items).filter((item) => item.kind === "file");
    const handles = items.map((item) => item.getAsFileSystemHandle?.().catch(() => null) ?? null);
    const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null); // both have to be asked for at once
    for (const [given, walk, within] of [[handles, walkHandle, "directory"], [entries, walkEntry, null]]) {
      const files = new Map();
      try {
        for (const pending of given) {
          const one = await pending;
          if (!one) throw new Error("not given");
          const folder = within ? one.kind === within : one.isDirectory;
          await walk(one, folder && given.length === 1 ? "" : one.name, files);
        }
        return files;
      } catch {
        // the other way is tried
      }
    }
    return null;
  }

  chooser.addEventListener("change", () => {
    if (!chooser.files.length) return;
    begin(new Map(Array.from(chooser.files, (file) => [file.webkitRelativePath || file.name, file])));
  });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault(); // else the browser leaves the page for what is dropped
      zone.classList.toggle("over", zone.contains(event.target));
    });
  }
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const files = await dropped(event.dataTransfer);
    if (files) await begin(files);
    else result.replaceChildren(Object.assign(document.createElement("p"), { textContent: say("not_dropped"), className: "result wrong" }));
  });
})();
