// Segments: cards to pick from, one in full, two or three side by side.

views.segments = {
  picked: [], // [{id, name}]
  most: 3,

  start(root) {
    this.root = root;
    this.sheet = find("#segments-sheet", root);
    this.tray = find("#tray", root);
    onActs(root, {
      cite: (button) => views.ask.cite(button),
      clear: () => this.pick([]),
      compare: () => go("segments", "compare", ...this.picked.map((one) => one.id)),
      pick: (button) => {
        const { pick: id, name } = button.dataset;
        if (!this.picked.some((one) => one.id === id)) this.pick([...this.picked, { id, name }].slice(-this.most));
        go("segments");
      },
      ask: (button) => {
        go("ask");
        views.ask.ask(say.suggest_apart.replace("{name}", button.dataset.name));
      },
    });
    root.addEventListener("change", (event) => {
      const box = event.target.closest("[data-pick]");
      if (!box) return;
      const id = box.dataset.pick, name = box.closest("[data-name]").dataset.name;
      const others = this.picked.filter((one) => one.id !== id);
      this.pick(box.checked ? [...others, { id, name }].slice(-this.most) : others);
    });
  },

  async show([first, ...rest]) {
    const comparing = first === "compare";
    this.tray.hidden = true;
    this.root.scrollTop = 0;
    if (comparing) {
      const reply = await fill(this.sheet, "compare", { segments: rest });
      if (reply) views.map.highlight({ segments: rest, users: [] });
      return;
    }
    await (first ? fill(this.sheet, "segment", { segment: first }) : fill(this.sheet, "segments"));
    if (!first) this.pick(this.picked);
  },

  pick(picked) {
    this.picked = picked;
    for (const box of findAll("input[data-pick]", this.sheet)) {
      box.checked = picked.some((one) => one.id === box.dataset.pick);
      box.closest(".card").classList.toggle("picked", box.checked);
    }
    this.tray.hidden = !picked.length;
    find(".count", this.tray).textContent = picked.map((one) => one.name).join("  ·  ");
    const ready = find("[data-act=compare]", this.tray);
    ready.disabled = picked.length < 2;
    ready.textContent = picked.length < 2 ? say.pick_more : say.compare;
  },
};
