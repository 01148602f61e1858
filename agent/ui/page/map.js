// The map of people in its frame: told what to highlight, telling who was clicked.

views.map = {
  wanted: null,
  chosen: null,

  start(root) {
    this.root = root;
    this.holder = find("#map-frame", root);
    this.bar = find("#map-bar", root);
    addEventListener("message", (event) => {
      const frame = find("iframe", this.holder);
      if (frame && event.source === frame.contentWindow && event.origin === location.origin) {
        this.take(event.data?.folkmap);
      }
    });
    new ResizeObserver(() => this.beside() && this.load()).observe(root);
    onActs(root, {
      clear: () => this.highlight(null),
      "ask-about": () => {
        go("ask");
        views.ask.ask(this.chosen.user ? say.ask_person.replace("{user}", this.chosen.user) : say.suggest_apart.replace("{name}", this.chosen.name));
      },
    });
  },

  show([kind, id]) {
    this.load();
    if (kind === "segments" && id) this.highlight({ segments: [id], users: [] });
    if (kind === "people" && id) this.highlight({ segments: [], users: [id] });
  },

  /** Whether the map stands beside the chat, so that nothing need be opened to see it. */
  beside() {
    return matchMedia("(min-width: 1180px)").matches && document.documentElement.dataset.view === "ask";
  },

  async load() {
    if (this.loading || find("iframe", this.holder)) return;
    this.loading = true;
    this.holder.replaceChildren(skeleton());
    const reply = await request("people_map");
    this.loading = false;
    if (reply.error) {
      this.holder.replaceChildren(problem(reply.error, () => this.load()));
      return;
    }
    this.holder.replaceChildren(make("iframe", { title: say.map_title, srcdoc: reply.page }));
  },

  take(message) {
    if (message?.is === "ready") {
      this.ready = true;
      paint();
      if (this.wanted) this.highlight(this.wanted);
    }
    if (message?.is === "chosen") this.tellChosen(message);
  },

  send(message) {
    const frame = find("iframe", this.holder);
    if (this.ready && frame) frame.contentWindow.postMessage({ folkmap: message }, location.origin);
  },

  paint(dark) {
    this.send({ is: "theme", dark });
  },

  highlight(about) {
    const some = about && (about.segments.length || about.users.length);
    this.wanted = some ? about : null;
    this.send({ is: "highlight", segments: about?.segments ?? [], users: about?.users ?? [], text: "" });
    this.fillBar(some ? say.highlighted : "", some ? [make("button", { type: "button", "data-act": "clear" }, say.show_all)] : []);
  },

  tellChosen(chosen) {
    this.chosen = chosen.user || chosen.segment ? chosen : null;
    if (!this.chosen) return this.wanted ? this.highlight(this.wanted) : this.fillBar("", []);
    const where = chosen.name || say.nowhere;
    const what = chosen.user ? `${chosen.headline} · ${chosen.user} · ${where}` : where;
    const links = [];
    const link = (parts, text) => links.push(make("a", { class: "button", href: address(...parts) }, text));
    if (chosen.user && views.people) link(["people", chosen.user], say.open_person);
    if (chosen.segment) link(["segments", chosen.segment], say.open_segment);
    links.push(make("button", { type: "button", "data-act": "ask-about" }, say.ask_about));
    this.fillBar(what, links);
  },

  fillBar(text, buttons) {
    find(".what", this.bar).textContent = text;
    find(".row", this.bar).replaceChildren(...buttons);
    this.bar.hidden = !text;
  },
};
