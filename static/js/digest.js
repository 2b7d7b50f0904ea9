// SHA-256 of files of any size, read in pieces. Small ones go to the browser's own, which has none for pieces.
const Digest = (() => {
  "use strict";

  const PIECE = 4 << 20; // bytes read at once
  const WHOLE = 8 << 20; // up to here the browser's own is used, where it has one
  const K = new Uint32Array(64);
  const START = new Uint32Array(8);

  // The constants are the first 32 bits of the fractions of roots of the first primes (FIPS 180-4).
  const fraction = (value) => ((value - Math.floor(value)) * 2 ** 32) >>> 0;
  for (let candidate = 2, found = 0; found < 64; candidate += 1) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) prime &&= candidate % divisor !== 0;
    if (!prime) continue;
    if (found < 8) START[found] = fraction(candidate ** (1 / 2));
    K[found] = fraction(candidate ** (1 / 3));
    found += 1;
  }

  class Sha256 {
    constructor() {
      this.state = START.slice();
      this.words = new Int32Array(64);
      this.held = new Uint8Array(64);
      this.count = 0; // bytes held back until a block is full
      this.length = 0;
    }

    update(bytes) {
      let at = 0;
      this.length += bytes.length;
      if (this.count) {
        at = Math.min(64 - this.count, bytes.length);
        this.held.set(bytes.subarray(0, at), this.count);
        this.count += at;
        if (this.count < 64) return this;
        this.block(this.held, 0);
        this.count = 0;
      }
      for (; at + 64 <= bytes.length; at += 64) this.block(bytes, at);
      this.held.set(bytes.subarray(at));
      this.count = bytes.length - at;
      return this;
    }

    block(bytes, from) {
      const { state, words } = this;
      for (let i = 0; i < 16; i += 1, from += 4) {
        words[i] = (bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3];
      }
      for (let i = 16; i < 64; i += 1) {
        const x = words[i - 15];
        const y = words[i - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
      }
      let a = state[0], b = state[1], c = state[2], d = state[3];
      let e = state[4], f = state[5], g = state[6], h = state[7];
      for (let i = 0; i < 64; i += 1) {
        const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
        const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
        const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
        const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      state[0] += a; state[1] += b; state[2] += c; state[3] += d;
      state[4] += e; state[5] += f; state[6] += g; state[7] += h;
    }

    digest() {
      const bits = this.length * 8;
      const end = new Uint8Array(((this.count < 56 ? 56 : 120) - this.count) + 8);
      const view = new DataView(end.buffer);
      end[0] = 0x80;
      view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
      view.setUint32(end.length - 4, bits >>> 0);
      this.update(end);
      return Array.from(this.state, (word) => word.toString(16).padStart(8, "0")).join("");
    }
  }

  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const ofBytes = (bytes) => new Sha256().update(bytes).digest();
  const ofText = (text) => ofBytes(new TextEncoder().encode(text));

  // `tell` hears how many bytes more have been read. Rejects when the file can't be read.
  async function ofFile(file, tell = () => {}) {
    if (file.size <= WHOLE && globalThis.crypto?.subtle) {
      const content = await file.arrayBuffer();
      tell(file.size);
      return hex(await crypto.subtle.digest("SHA-256", content));
    }
    const hasher = new Sha256();
    for (let at = 0; at < file.size; at += PIECE) {
      const piece = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
      hasher.update(piece);
      tell(piece.length);
    }
    return hasher.digest();
  }

  return { ofBytes, ofText, ofFile };
})();
