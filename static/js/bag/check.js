// The check of every file against the manifests, in the browser; nothing leaves the machine.
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
  const LISTS = ["manifest-sha256.txt", "tagmanifest-sha256.txt"];
  const LINE = /^([0-9a-f]{64}) {2}(\S.*)$/;

  const add = (parent, name, text, kind) => {
    const element = document.createElement(name);
    element.textContent = text;
    if (kind) element.className = kind;
    parent.append(element);
    return element;
  };

  // The folder's files by their paths in the bag: whatever the folder is called, and wherever in it the bag lies.
  function inBag(files) {
    const lists = [...files.keys()].filter((path) => path === LISTS[0] || path.endsWith(`/${LISTS[0]}`));
    const list = lists.sort((one, other) => one.length - other.length)[0];
    if (list === undefined) return null;
    const root = list.slice(0, -LISTS[0].length);
    return new Map([...files].filter(([path]) => path.startsWith(root)).map(([path, file]) => [path.slice(root.length), file]));
  }

  async function listed(files, name, faults) {
    const expected = new Map();
    if (!files.has(name)) {
      faults.push(say("missing", { name }));
      return expected;
    }
    const lines = (await files.get(name).text()).split("\n");
    if (lines.at(-1) === "") lines.pop();
    lines.forEach((line, index) => {
      const [, digest, path] = LINE.exec(line) ?? [];
      if (!path) faults.push(say("line", { list: name, number: index + 1 }));
      else if (expected.has(path)) faults.push(say("twice", { name: path, list: name }));
      else expected.set(path, digest);
    });
    return expected;
  }

  async function check(all) {
    const files = inBag(all);
    if (!files) return { faults: [say("no_bag")], rows: [] };
    const faults = [];
    const [payload, tags] = [await listed(files, LISTS[0], faults), await listed(files, LISTS[1], faults)];
    const expected = new Map([...tags, ...payload]);
    const total = [...files.values()].reduce((sum, file) => sum + file.size, 0);
    const rows = [];
    let done = 0;
    bar.max = total || 1;
    for (const name of new Set([...expected.keys(), ...files.keys()])) {
      if (!files.has(name)) {
        faults.push(say("missing", { name }));
        continue;
      }
      status.textContent = `${say("reading", { name })} · ${say("read", { done, all: files.size })}`;
      let found = "";
      try {
        found = await Digest.ofFile(files.get(name), (bytes) => { bar.value += bytes; });
      } catch {
        faults.push(say("unreadable", { name }));
        continue;
      }
      done += 1;
      rows.push({ name, found });
      if (name === LISTS[1]) continue;
      if (!expected.has(name)) faults.push(say("extra", { name }));
      else if (expected.get(name) !== found) faults.push(say("changed", { name, expected: expected.get(name), found }));
      else rows.at(-1).right = true;
    }
    await checkFingerprint(files, rows, faults);
    return { faults, rows };
  }

  async function checkFingerprint(files, rows, faults) {
    const found = rows.find((row) => row.name === "data/snapshot.json")?.found;
    if (found !== fingerprint) faults.push(say("fingerprint_wrong", { expected: fingerprint, found: found ?? "–" }));
    if (!files.has("bag-info.txt")) return;
    const told = /^SDG-Tracker-Fingerprint: (\S+)$/m.exec(await files.get("bag-info.txt").text())?.[1];
    if (told !== fingerprint) faults.push(say("fingerprint_told", { found: told ?? "–" }));
  }

  function tell({ faults, rows }) {
    const box = document.createElement("div");
    box.className = `result ${faults.length ? "wrong" : "right"}`;
    add(box, "h3", say(faults.length ? "wrong" : "right")).tabIndex = -1;
    if (rows.length) add(box, "p", say("unchanged", { number: rows.filter((row) => row.right).length }));
    if (faults.length) {
      add(box, "p", say("faults", { number: faults.length }));
      const list = add(box, "ul", "");
      for (const fault of faults) add(list, "li", fault, "long");
    } else add(box, "p", say("fingerprint"));
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
      tell(await check(files));
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
