// The files of a bag held against its lists of digests and against its frozen data. `told` says texts and hears how far it is; nothing is sent anywhere.
const Manifest = (() => {
  "use strict";

  const LISTS = ["manifest-sha256.txt", "tagmanifest-sha256.txt"];
  const DATA = "data/snapshot.json";
  const TRAIL = "data/trail.jsonl";
  const LINE = /^([0-9a-f]{64}) {2}(\S.*)$/;

  // The files by their paths in the bag: whatever the folder is called, and wherever in it the bag lies.
  function inBag(files) {
    const lists = [...files.keys()].filter((path) => path === LISTS[0] || path.endsWith(`/${LISTS[0]}`));
    const list = lists.sort((one, other) => one.length - other.length)[0];
    if (list === undefined) return null;
    const root = list.slice(0, -LISTS[0].length);
    return new Map([...files].filter(([path]) => path.startsWith(root)).map(([path, file]) => [path.slice(root.length), file]));
  }

  async function listed(files, name, faults, say) {
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

  async function check(all, { say, begin, reading, bytes }) {
    const files = inBag(all);
    if (!files) return { faults: [say("no_bag")], rows: [], files: new Map() };
    const faults = [];
    const [payload, tags] = [await listed(files, LISTS[0], faults, say), await listed(files, LISTS[1], faults, say)];
    const expected = new Map([...tags, ...payload]);
    const rows = [];
    let done = 0;
    begin([...files.values()].reduce((sum, file) => sum + file.size, 0));
    for (const name of new Set([...expected.keys(), ...files.keys()])) {
      if (!files.has(name)) {
        faults.push(say("missing", { name }));
        continue;
      }
      reading(`${say("reading", { name })} · ${say("read", { done, all: files.size })}`);
      let found = "";
      try {
        found = await Digest.ofFile(files.get(name), bytes);
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
    await heldAgainstData(files, rows, expected, faults, say);
    return { faults, rows, files };
  }

  // The lists of digests are as easily changed as the files, so exhibits and trail are held against the frozen data too.
  async function heldAgainstData(files, rows, expected, faults, say) {
    const right = new Map(rows.filter((row) => row.right).map((row) => [row.name, row.found]));
    if (!right.has(DATA)) return;
    const data = await files.get(DATA).text().then(JSON.parse).catch(() => null);
    if (!data) {
      faults.push(say("unreadable", { name: DATA }));
      return;
    }
    for (const { file, sha256 } of data.composition?.files === false ? [] : data.evidence ?? []) {
      const name = `data/${file}`;
      if (!files.has(name) && !expected.has(name)) faults.push(say("not_there", { name }));
      else if (right.has(name) && right.get(name) !== sha256) faults.push(say("not_frozen", { name, expected: sha256, found: right.get(name) }));
    }
    if (!right.has(TRAIL)) return;
    const lines = (await files.get(TRAIL).text()).split("\n").filter(Boolean);
    const events = (data.trail?.events ?? []).map((event) => JSON.stringify(event));
    const same = (line, index) => {
      try {
        return JSON.stringify(JSON.parse(line)) === events[index];
      } catch {
        return false;
      }
    };
    const first = lines.findIndex((line, index) => !same(line, index));
    if (first >= 0 || lines.length < events.length) faults.push(say("trail", { number: (first >= 0 ? first : lines.length) + 1 }));
  }

  const add = (parent, name, text, kind) => {
    const element = document.createElement(name);
    element.textContent = text;
    if (kind) element.className = kind;
    parent.append(element);
    return element;
  };

  // What was found, as a box; `sound` is said where nothing is wrong.
  function shown({ faults, rows }, say, sound) {
    const box = document.createElement("div");
    box.className = `result ${faults.length ? "wrong" : "right"}`;
    add(box, "h3", say(faults.length ? "wrong" : "right")).tabIndex = -1;
    if (rows.length) add(box, "p", say("unchanged", { number: rows.filter((row) => row.right).length }));
    if (faults.length) {
      add(box, "p", say("faults", { number: faults.length }));
      const list = add(box, "ul", "");
      for (const fault of faults) add(list, "li", fault, "long break");
    } else if (sound) add(box, "p", sound);
    return box;
  }

  return { add, check, shown };
})();
