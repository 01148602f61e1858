// The audience builder: conditions from what there is, their size at once, an export once confirmed.

views.audiences = {
  start(root) {
    this.root = root;
    this.holder = find("#builder", root);
    this.sized = find("#size", root);
    this.count = later(() => this.size(), 200);
    onActs(root, {
      cite: (button) => views.ask.cite(button),
      add: () => this.add(),
      remove: (button) => this.remove(button.closest(".condition")),
      export: (button) => this.prepare(button),
      confirm: (button) => confirmExport(button.closest(".confirm"), button),
      refuse: () => this.size(true),
    });
    root.addEventListener("change", (event) => {
      if (event.target.name === "feature") this.choose(event.target.closest(".condition"));
      if (event.target.name) this.count();
    });
    root.addEventListener("input", (event) => {
      if (event.target.name === "value") this.count();
      if (event.target.name === "item") this.offer(event.target);
    });
    root.addEventListener("submit", (event) => event.preventDefault());
  },

  async show([segment]) {
    if (!this.features) {
      const reply = await fill(this.holder, "builder");
      if (!reply) return;
      this.features = reply.features;
      this.most = reply.most;
    }
    if (segment) {
      find("[name=segment]", this.holder).value = segment;
      note("audiences");
    }
    this.size(true);
  },

  add() {
    const list = find(".conditions", this.holder), row = find("template", this.holder).content.firstElementChild.cloneNode(true);
    const id = `offered-${(this.rows = (this.rows || 0) + 1)}`;
    find("[name=item]", row).setAttribute("list", id);
    find("datalist", row).id = id;
    list.append(row);
    this.tidy();
    find("select", row).focus();
  },

  remove(row) {
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    this.tidy();
    (next ? find("select", next) : find("[data-act=add]", this.holder)).focus();
    this.size();
  },

  tidy() {
    const rows = findAll(".condition", this.holder).length;
    find(".none", this.holder).hidden = rows > 0;
    find("[data-act=add]", this.holder).disabled = rows >= this.most;
  },

  /** What a condition is about was chosen: which comparisons and what bound there are follows. */
  choose(row) {
    const feature = find("[name=feature]", row).value, about = this.features[feature] ?? {};
    const item = feature === "item", yes = item || about.yes;
    const op = find("[name=op]", row), bound = find(".bound", row);
    const options = item ? [["is", say.touched], ["is not", say.touched_not]] : yes ? [["is", say.is], ["is not", say.is_not]] : [["at least", say.at_least], ["at most", say.at_most]];
    op.replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
    op.hidden = !feature;
    bound.hidden = !feature || yes;
    find("[name=item]", row).hidden = !item;
    find(".unit", row).textContent = about.unit ?? "";
    find("[name=value]", row).value = about.value ?? "";
    if (item) find("[name=item]", row).focus();
  },

  async offer(input) {
    const reply = await request("items", { query: input.value });
    if (reply.error) return;
    const row = input.closest(".condition");
    find("datalist", row).replaceChildren(...reply.items.map(({ title }) => make("option", { value: title })));
    const found = reply.items.find((one) => one.title === input.value);
    row.dataset.item = found ? found.id : "";
    if (found) this.count();
  },

  wanted() {
    const conditions = [];
    for (const row of findAll(".condition", this.holder)) {
      const chosen = find("[name=feature]", row).value, value = find("[name=value]", row);
      const feature = chosen === "item" ? row.dataset.item && `item:${row.dataset.item}` : chosen;
      if (!feature) continue;
      const op = find("[name=op]", row).value, about = this.features[chosen];
      if (about && !about.yes && value.value === "") continue;
      conditions.push({ feature, op, value: about && !about.yes ? Number(value.value) : 1 });
    }
    return { segment: find("[name=segment]", this.holder).value, conditions };
  },

  /** Count anew; not for the same people, or leaving a field would take a confirmation away. */
  async size(again = false) {
    const wanted = this.wanted(), key = JSON.stringify(wanted);
    if (key === this.key && !again) return;
    this.key = key;
    await fill(this.sized, "size", wanted, { quiet: this.sized.childElementCount > 0 });
  },

  async prepare(button) {
    const place = button.closest(".exporting");
    if (await fill(place, "prepare", this.wanted())) find("button", place)?.focus();
  },
};

/** A person has confirmed an export: the file comes and is kept by the browser. */
async function confirmExport(box, button) {
  button.disabled = true;
  const reply = await request("confirm", { token: box.dataset.token });
  if (reply.error) {
    box.replaceWith(problem(reply.error));
    return;
  }
  const url = URL.createObjectURL(new Blob([reply.file], { type: "text/csv;charset=utf-8" }));
  make("a", { href: url, download: reply.name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
  box.replaceChildren(make("p", {}, make("strong", {}, reply.said), ` ${say.exported_as.replace("{name}", reply.name)}`));
  tell(reply.said);
}
