// The list of segments, which also says who is shown: a click for one, a double click for one alone.

class Legend {
  constructor(list, all, scene, changed) {
    this.hidden = new Set();
    this.changed = changed;
    this.leaves = [0, ...scene.groups.filter((group) => group.leaf).map((group) => group.leaf)];
    this.entries = [];
    this.all = all;
    all.addEventListener("click", () => this.show(this.leaves));
    const count = (size) => size.toLocaleString("en-GB") + (scene.rounded > 1 ? "+" : "");
    for (const [place, group] of scene.groups.entries()) {
      const inside = scene.groups.filter((other) => other.parent === place).map((other) => other.leaf);
      const kind = group.leaf === null ? "parent" : group.parent === null ? "alone" : "inside";
      this.add(list, kind, group, count(group.size), group.leaf === null ? inside : [group.leaf]);
    }
    if (scene.noise) {
      const none = { name: "In no segment", description: "People like no group of others enough to be counted with it", colours: scene.grey };
      this.add(list, "alone", none, count(scene.noise), [0]);
    }
  }

  add(list, kind, group, size, leaves) {
    const part = (tag, name, text, parent) => {
      const element = document.createElement(tag);
      element.className = name;
      element.textContent = text;
      parent.append(element);
      return element;
    };
    const row = part("li", kind, "", list);
    const entry = part("button", "entry", "", row);
    entry.title = group.description;
    const swatch = part("span", leaves[0] ? "swatch" : "swatch none", "", entry);
    part("bdi", "name", group.name, entry);
    part("span", "size", size, entry);
    const only = part("button", "only", "only", row);
    only.setAttribute("aria-label", `Show only ${group.name}`);
    entry.type = only.type = "button";
    const alone = () => this.show(this.isAlone(leaves) ? this.leaves : leaves);
    entry.addEventListener("click", (event) => (event.shiftKey ? alone() : this.toggle(leaves)));
    entry.addEventListener("dblclick", alone);
    only.addEventListener("click", alone);
    this.entries.push({ entry, swatch, only, leaves, colours: group.colours });
  }

  shown(leaf) {
    return !this.hidden.has(leaf);
  }

  isAlone(leaves) {
    return this.leaves.every((leaf) => this.shown(leaf) === leaves.includes(leaf));
  }

  toggle(leaves) {
    const hide = leaves.some((leaf) => this.shown(leaf));
    for (const leaf of leaves) this.hidden[hide ? "add" : "delete"](leaf);
    this.update();
  }

  show(leaves) {
    this.hidden = new Set(this.leaves.filter((leaf) => !leaves.includes(leaf)));
    this.update();
  }

  update() {
    for (const { entry, only, leaves } of this.entries) {
      entry.setAttribute("aria-pressed", String(leaves.some((leaf) => this.shown(leaf))));
      only.textContent = this.isAlone(leaves) ? "all" : "only";
    }
    this.all.disabled = !this.hidden.size;
    this.changed();
  }

  paint(dark) {
    for (const { swatch, colours } of this.entries) {
      const colour = colours[dark ? 1 : 0];
      swatch.style[swatch.classList.contains("none") ? "borderColor" : "background"] = colour;
    }
  }
}
