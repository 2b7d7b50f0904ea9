// Marks places on a picture by pointer and keys. The number fields are the form: this only fills them in.
(() => {
  "use strict";

  const form = document.querySelector("form[data-boxes]");
  if (!form) return;
  const picture = form.querySelector("[data-boxes-picture]");
  const said = form.querySelector("[data-boxes-said]");
  const add = form.querySelector("[data-boxes-add]");
  const rows = Array.from(form.querySelectorAll("[data-boxes-row]"));
  const SMALLEST = 1; // percent: less is a slip of the hand
  const marks = new Map(); // row -> its mark on the picture

  const inputs = (row) => Array.from(row.querySelectorAll("input"));
  const numbers = (row) => inputs(row).map((input) => Number.parseFloat(input.value.replace(",", ".")) || 0);
  const used = (row) => inputs(row).some((input) => input.value.trim() !== "");
  const between = (value, least, most) => Math.min(Math.max(value, least), most);

  function write(row, [left, top, width, height]) {
    const inside = [between(left, 0, 100 - SMALLEST), between(top, 0, 100 - SMALLEST)];
    inside.push(between(width, SMALLEST, 100 - inside[0]), between(height, SMALLEST, 100 - inside[1]));
    inputs(row).forEach((input, index) => { input.value = String(Math.round(inside[index] * 10) / 10); });
    draw();
  }

  function remove(row) {
    for (const input of inputs(row)) input.value = "";
    draw();
    said.textContent = form.dataset.removed;
  }

  function tell(row) {
    const [left, top, width, height] = inputs(row).map((input) => input.value);
    const values = { left, top, width, height };
    said.textContent = form.dataset.moved.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
  }

  function mark(row) {
    const made = document.createElement("button");
    const corner = document.createElement("span");
    made.type = "button";
    made.className = "blur-mark";
    made.setAttribute("aria-label", row.getAttribute("aria-label"));
    made.setAttribute("aria-describedby", "blur-help");
    made.textContent = row.querySelector(".blur-number").textContent;
    corner.className = "blur-corner";
    made.append(corner);
    made.addEventListener("keydown", (event) => pressed(event, row));
    made.addEventListener("pointerdown", (event) => grabbed(event, row, event.target === corner));
    picture.append(made);
    marks.set(row, made);
    return made;
  }

  // Marks stand where the numbers say; rows without numbers are out of sight.
  function draw() {
    for (const row of rows) {
      row.hidden = !used(row);
      if (row.hidden) {
        marks.get(row)?.remove();
        marks.delete(row);
        continue;
      }
      const [left, top, width, height] = numbers(row);
      const made = marks.get(row) ?? mark(row);
      Object.assign(made.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
    }
    add.disabled = rows.every(used);
  }

  function begin(box) {
    const row = rows.find((one) => !used(one));
    if (row) write(row, box);
    return row;
  }

  function pressed(event, row) {
    const [left, top, width, height] = numbers(row);
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(row);
      (marks.values().next().value ?? add).focus();
    } else if (step) {
      event.preventDefault();
      const [right, down] = step;
      if (event.shiftKey) write(row, [left, top, width + right, height + down]);
      else write(row, [between(left + right, 0, 100 - width), between(top + down, 0, 100 - height), width, height]);
      tell(row);
    }
  }

  function place(event) {
    const edges = picture.getBoundingClientRect();
    return [
      between(((event.clientX - edges.left) / edges.width) * 100, 0, 100),
      between(((event.clientY - edges.top) / edges.height) * 100, 0, 100),
    ];
  }

  // Follow the pointer until it is let go.
  function follow(event, moved, done) {
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    const end = () => {
      picture.removeEventListener("pointermove", moved);
      picture.removeEventListener("pointerup", end);
      picture.removeEventListener("pointercancel", end);
      done();
    };
    picture.addEventListener("pointermove", moved);
    picture.addEventListener("pointerup", end);
    picture.addEventListener("pointercancel", end);
  }

  function grabbed(event, row, atCorner) {
    if (event.button !== 0) return;
    event.stopPropagation();
    const [left, top, width, height] = numbers(row);
    const [x, y] = place(event);
    marks.get(row).focus();
    follow(event, (now) => {
      const [right, down] = place(now);
      if (atCorner) write(row, [left, top, width + right - x, height + down - y]);
      else write(row, [between(left + right - x, 0, 100 - width), between(top + down - y, 0, 100 - height), width, height]);
    }, () => tell(row));
  }

  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x, y] = place(event);
    let row = null;
    follow(event, (now) => {
      const [right, down] = place(now);
      const box = [Math.min(x, right), Math.min(y, down), Math.abs(right - x), Math.abs(down - y)];
      if (!row && Math.max(box[2], box[3]) < SMALLEST) return;
      if (row) write(row, box);
      else row = begin(box);
    }, () => {
      if (!row) return;
      marks.get(row).focus();
      tell(row);
    });
  });

  add.addEventListener("click", () => {
    const row = begin([35, 30, 20, 20]);
    if (!row) return;
    marks.get(row).focus();
    tell(row);
  });

  form.addEventListener("change", draw);

  const more = form.querySelector("details");
  if (more) {
    for (const row of rows) more.before(row);
    more.hidden = true;
  }
  form.querySelector(".blur-tools").hidden = false;
  form.classList.add("blur-live");
  draw();
})();
