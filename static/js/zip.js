// The files in a zip, by their paths. Only stored ones, as a bag has them: each is a stretch of the zip, nothing is unpacked.
const Zip = (() => {
  "use strict";

  const END = 0x06054b50, END64 = 0x06064b50, LOCATOR64 = 0x07064b50, ENTRY = 0x02014b50, LOCAL = 0x04034b50;
  const FULL16 = 0xffff, FULL32 = 0xffffffff; // stand for a number in the longer form (zip64)
  const LONGEST_END = 22 + 0xffff; // bytes: its record and the longest comment
  const names = new TextDecoder("utf-8", { fatal: true });

  const wrong = (why) => { throw new Error(why); };
  const long = (view, at) => Number(view.getBigUint64(at, true));

  async function read(file, from, length) {
    if (from < 0 || length < 0 || from + length > file.size) wrong("beyond the end");
    return new DataView(await file.slice(from, from + length).arrayBuffer());
  }

  const nameAt = (view, at, length) => names.decode(new Uint8Array(view.buffer, at, length));

  // Where the list of files lies: how many they are, its place and its length.
  async function list(file) {
    const length = Math.min(file.size, LONGEST_END);
    const tail = await read(file, file.size - length, length);
    let at = length - 22;
    while (at >= 0 && tail.getUint32(at, true) !== END) at -= 1;
    if (at < 0) wrong("no end");
    const short = { count: tail.getUint16(at + 10, true), length: tail.getUint32(at + 12, true), from: tail.getUint32(at + 16, true) };
    if (short.count !== FULL16 && short.length !== FULL32 && short.from !== FULL32) return short;
    if (at < 20 || tail.getUint32(at - 20, true) !== LOCATOR64) wrong("no longer end");
    const end = await read(file, long(tail, at - 12), 56);
    if (end.getUint32(0, true) !== END64) wrong("no longer end");
    return { count: long(end, 32), length: long(end, 40), from: long(end, 48) };
  }

  // Sizes and place of an entry; those that are full stand in its extra field, in this order.
  function measures(view, at, extra, end) {
    const found = { size: view.getUint32(at + 24, true), packed: view.getUint32(at + 20, true), local: view.getUint32(at + 42, true) };
    for (let place = extra; place + 4 <= end; place += 4 + view.getUint16(place + 2, true)) {
      if (view.getUint16(place, true) !== 1) continue;
      let value = place + 4;
      for (const key of ["size", "packed", "local"]) {
        if (found[key] !== FULL32) continue;
        found[key] = long(view, value);
        value += 8;
      }
    }
    return found;
  }

  async function entries(file) {
    const { count, length, from } = await list(file);
    const view = await read(file, from, length);
    const found = new Map();
    for (let at = 0, number = 0; number < count; number += 1) {
      if (view.getUint32(at, true) !== ENTRY) wrong("no entry");
      const [named, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
      const name = nameAt(view, at + 46, named);
      const { size, packed, local } = measures(view, at, at + 46 + named, at + 46 + named + extra);
      const stored = view.getUint16(at + 10, true) === 0 && size === packed && (view.getUint16(at + 8, true) & 1) === 0;
      at += 46 + named + extra + comment;
      if (name.endsWith("/")) continue;
      if (!stored) wrong("not stored");
      if (found.has(name)) wrong("twice");
      const head = await read(file, local, 30 + named);
      if (head.getUint32(0, true) !== LOCAL || head.getUint16(26, true) !== named || nameAt(head, 30, named) !== name) wrong("two names");
      const begin = local + 30 + named + head.getUint16(28, true);
      if (begin + size > file.size) wrong("beyond the end");
      found.set(name, file.slice(begin, begin + size));
    }
    return found;
  }

  return { entries };
})();
