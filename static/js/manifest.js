// The files of a bag held against its lists of digests. `told` says texts and hears how far it is; nothing is sent anywhere.
const Manifest = (() => {
  "use strict";

  const LISTS = ["manifest-sha256.txt", "tagmanifest-sha256.txt"];
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
    return { faults, rows, files };
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
