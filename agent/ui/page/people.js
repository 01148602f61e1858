// People: looked for, and one of them with what is known, stated and shown to them.

views.people = {
  start(root) {
    this.root = root;
    this.searching = find("#people-search", root);
    this.person = find("#person", root);
    const form = find("form", this.searching);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search(find("input", form).value);
    });
    onActs(root, {
      cite: (button) => views.ask.cite(button),
      strike: (button) => this.edit({ strike: [button.dataset.name] }),
      withdraw: (button) => this.edit({ withdraw: [button.dataset.name] }),
      belonging: (button) => this.belonging(button.dataset.segment, button),
      "why-item": (button) => this.why(button),
      hide: (button) => this.change("hide_item", button.closest("[data-item]").dataset.item),
      unhide: (button) => this.change("show_item", button.dataset.item),
    });
    root.addEventListener("change", (event) => {
      if (event.target.id === "other-segment" && event.target.value) this.belonging(event.target.value);
    });
    root.addEventListener("input", later((event) => {
      if (event.target.id === "why-not-item") this.offer(event.target.value);
    }, 180));
    root.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.dataset.form === "interest") {
        event.preventDefault();
        const name = find("input", form).value.trim();
        if (name) this.edit({ add: [name] });
      }
      if (form.id === "why-not") {
        event.preventDefault();
        this.whyNot(find("input", form).value.trim());
      }
    });
  },

  async show(parts) {
    const user = parts.join("/");
    this.root.scrollTop = 0;
    this.searching.hidden = Boolean(user);
    this.person.hidden = !user;
    if (!user) {
      this.user = null;
      if (!find(".found", this.searching).childElementCount) await this.search("");
      return;
    }
    const reply = await fill(this.person, "person", { user });
    if (!reply) return;
    this.user = reply.user;
    views.map.highlight({ segments: [], users: [reply.user] });
    this.list();
  },

  async search(query) {
    await fill(find(".found", this.searching), "find_people", { query });
  },

  /** The recommendations; after a change they say how they moved. */
  async list(before) {
    const place = find("#recommended", this.person), user = this.user;
    const reply = await fill(place, "recommended", { user, before: before ?? null }, { quiet: Boolean(before) });
    if (!reply) return;
    this.items = reply.items;
    if (before) tell(reply.said);
  },

  async edit(change) {
    const place = find("#interests", this.person);
    place.setAttribute("aria-busy", "true");
    const reply = await request("edit_person", { user: this.user, ...change });
    place.removeAttribute("aria-busy");
    if (reply.error) return tell(reply.error);
    place.innerHTML = reply.html; // made by the service's templates, which escape
    find("input", place).focus({ preventScroll: true });
    await this.list(this.items);
  },

  async change(name, item) {
    const reply = await request(name, { user: this.user, item });
    if (reply.error) return tell(reply.error);
    await this.list(this.items);
    tell(reply.said);
  },

  async belonging(segment, button) {
    const place = find("#belonging", this.person);
    for (const other of findAll("[data-act=belonging]", this.person)) other.setAttribute("aria-expanded", "false");
    if (button && !place.hidden && place.dataset.segment === segment) {
      place.hidden = true;
      return;
    }
    place.dataset.segment = segment;
    place.hidden = false;
    button?.setAttribute("aria-expanded", "true");
    await fill(place, "belonging", { user: this.user, segment });
  },

  async why(button) {
    const entry = button.closest("[data-item]"), place = find(".reasons", entry);
    const open = place.hidden;
    place.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open && !place.childElementCount) await fill(place, "why_item", { user: this.user, item: entry.dataset.item });
  },

  async offer(query) {
    const reply = await request("items", { query });
    if (reply.error) return;
    this.offered = reply.items;
    find("#items-offered", this.person).replaceChildren(...reply.items.map(({ title }) => make("option", { value: title })));
  },

  async whyNot(typed) {
    if (!typed) return;
    const place = find("#why-not-answer", this.person);
    place.hidden = false;
    if (!this.offered?.some((one) => one.title === typed)) await this.offer(typed);
    const item = (this.offered?.find((one) => one.title === typed) ?? this.offered?.[0])?.id ?? typed;
    await fill(place, "why_item", { user: this.user, item });
  },
};
