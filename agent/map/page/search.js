// Finding people by id or by the words of their headlines; where no person is shown, segments by name.

class Search {
  constructor(scene, dots, changed, visit) {
    this.scene = scene;
    this.dots = dots;
    this.changed = changed;
    this.visit = visit;
    this.query = document.getElementById("query");
    this.next = document.getElementById("next");
    this.found = document.getElementById("found");
    this.byName = scene.scope === "aggregate";
    const wanted = this.byName ? "Name of a segment" : "Id or words of a headline";
    this.query.placeholder = wanted;
    this.query.setAttribute("aria-label", `Find: ${wanted}`);
    this.next.hidden = this.byName;
    this.texts = this.byName
      ? ["", ...scene.leaves.map((group) => group.name.toLowerCase())]
      : scene.users.map((user, i) => `${user} ${scene.headlines[i]}`.toLowerCase());
    this.matches = null; // null: nothing is searched for
    this.marked = null; // a text, when what is highlighted was not searched for
    let waiting;
    this.query.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.run(), 120);
    });
    const go = (event) => {
      event.preventDefault();
      clearTimeout(waiting);
      this.run();
      this.step();
    };
    this.query.addEventListener("keydown", (event) => {
      // A form whose button is disabled, as it is until something was found, does not submit itself.
      if (event.key === "Enter") go(event);
      if (event.key !== "Escape") return;
      this.query.value = "";
      this.run();
    });
    document.getElementById("search").addEventListener("submit", go);
  }

  run() {
    const asked = this.query.value.trim().toLowerCase();
    if (asked === this.asked) return;
    this.asked = asked;
    this.marked = null;
    this.at = -1;
    const words = asked.split(/\s+/).filter(Boolean);
    const matches = (text) => words.every((word) => text.includes(word));
    this.matches = null;
    if (words.length) {
      const hits = this.texts.map(matches);
      this.matches = new Uint8Array(this.dots);
      for (let i = 0; i < this.dots; i++) this.matches[i] = hits[this.byName ? this.scene.leaf[i] : i];
    }
    this.changed();
  }

  /** Highlight dots that were not searched for, with a text that says what they are; null ends it. */
  mark(test, text) {
    this.query.value = this.asked = "";
    this.at = -1;
    this.marked = test ? text ?? "" : null;
    this.matches = test ? Uint8Array.from({ length: this.dots }, (_, i) => test(i)) : null;
    this.changed();
  }

  /** Say how many were found; the legend may hide some of them. */
  tell(shown) {
    if (!this.matches) {
      this.found.textContent = "";
      this.next.disabled = true;
      return;
    }
    this.list = [];
    this.matches.forEach((hit, i) => hit && this.list.push(i));
    const visible = this.list.filter((i) => shown(this.scene.leaf[i])).length;
    const number = (n) => n.toLocaleString("en-GB");
    const hidden = this.list.length - visible;
    if (this.marked !== null) {
      this.found.textContent = this.marked;
      this.next.disabled = this.byName || !this.list.length;
      return;
    }
    if (this.byName) {
      const names = new Set(this.list.map((i) => this.scene.leaf[i])).size;
      this.found.textContent = names === 1 ? "1 segment matches" : `${number(names)} segments match`;
      return;
    }
    this.found.textContent =
      (this.list.length === 1 ? "1 person matches" : `${number(this.list.length)} people match`) +
      (hidden ? `, ${number(hidden)} hidden by the legend` : "") +
      (this.at >= 0 ? `; this is number ${number(this.at + 1)}` : "");
    this.list = this.list.filter((i) => shown(this.scene.leaf[i]));
    this.next.disabled = !this.list.length;
  }

  step() {
    if (this.byName || !this.matches || !this.list.length) return;
    this.at = (this.at + 1) % this.list.length;
    this.visit(this.list[this.at]);
  }
}
