// Inside another page of the same origin: what it wants shown is highlighted, what is clicked is told.

class Frame {
  constructor(map) {
    this.map = map;
    this.outside = window.parent;
    document.documentElement.classList.add("framed");
    window.addEventListener("message", (event) => {
      if (event.source === this.outside && event.origin === self.origin) this.take(event.data || {});
    });
    this.send({ is: "ready" });
  }

  send(message) {
    this.outside.postMessage({ folkmap: message }, self.origin);
  }

  take({ folkmap: message }) {
    if (message?.is === "theme") this.map.setTheme(message.dark ? "dark" : "light");
    if (message?.is === "highlight") this.highlight(message);
  }

  /** Segments and people by id; nobody at all ends it. */
  highlight({ segments, users, text }) {
    const { scene } = this.map, wanted = new Set(segments), people = new Set(users);
    const within = (group) => group && (wanted.has(group.id) || within(scene.groups[group.parent]));
    const leaves = new Set(scene.leaves.filter(within).map((group) => group.leaf));
    const some = leaves.size || people.size;
    this.map.search.mark(some ? (i) => leaves.has(scene.leaf[i]) || people.has(scene.users[i]) : null, text);
    const one = people.size === 1 ? scene.users.indexOf(users[0]) : -1;
    if (one >= 0) this.map.visit(one);
  }

  chosen(i) {
    const { scene } = this.map, group = i < 0 ? null : scene.leaves[scene.leaf[i] - 1];
    this.send({ is: "chosen", user: scene.users[i] ?? null, headline: scene.headlines[i] ?? null, segment: group ? group.id : null, name: group ? group.name : null });
  }
}
