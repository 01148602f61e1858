// Everything put together: the scene is read, and each change of state is drawn once a frame.

function readScene() {
  const scene = JSON.parse(document.getElementById("scene").textContent);
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  scene.places = new Uint16Array(bytes(scene.places).buffer);
  scene.leaf = new Uint16Array(bytes(scene.leaf).buffer);
  scene.strongest = new Uint16Array(bytes(scene.strongest).buffer);
  scene.weight = bytes(scene.weight);
  scene.leaves = scene.groups.filter((group) => group.leaf);
  return scene;
}

const byId = (id) => document.getElementById(id);
const number = (n) => n.toLocaleString("en-GB");

class PeopleMap {
  constructor() {
    const scene = (this.scene = readScene());
    this.count = scene.leaf.length;
    this.stage = byId("stage");
    this.canvas = this.stage.querySelector("canvas");
    this.card = byId("card");
    this.chosen = -1;
    this.finder = new Finder(scene.places);
    this.painter = openPainter(this.canvas);
    this.view = new View(this.stage, this.count);
    this.labels = new Labels(this.stage.querySelector("svg"), scene.leaves, scene.places);
    this.legend = new Legend(document.querySelector("#legend ul"), byId("all"), scene, () => this.restyle());
    this.search = new Search(scene, this.count, () => this.restyle(), (i) => this.visit(i));
    this.system = matchMedia("(prefers-color-scheme: dark)");
    this.tellWhat();
    this.listen();
    this.resize();
    this.setTheme("system");
    this.legend.update();
    // A file, or a frame shut off from the page around it, has no origin to talk to.
    this.frame = window.parent === window || self.origin === "null" ? null : new Frame(this);
  }

  tellWhat() {
    const { scene } = this, more = scene.rounded > 1 ? "+" : "";
    document.querySelector("h1").textContent = scene.title;
    const all = this.count < scene.people ? `${number(this.count)} of ${number(scene.people)}${more}` : number(scene.people) + more;
    const segments = scene.leaves.length === 1 ? "1 segment" : `${scene.leaves.length} segments`;
    const none = scene.noise ? `, ${number(scene.noise)}${more} in none` : "";
    const rounded = scene.rounded > 1 ? ` Numbers are rounded down to ${scene.rounded}s.` : "";
    byId("summary").textContent = `${all} people, ${segments}${none}. Close together means alike.${rounded}`;
    byId("drawer").textContent = `Segments (${scene.leaves.length})`;
  }

  listen() {
    listenToGestures(this.view, () => this.request(), (left, top, reach, pressed) => {
      const shown = (i) => this.legend.shown(this.scene.leaf[i]) && (!this.search.matches || this.search.matches[i]);
      this.choose(this.finder.near(this.view, left, top, reach, shown));
      if (pressed) this.frame?.chosen(this.chosen);
    });
    new ResizeObserver(() => this.resize()).observe(this.stage);
    this.system.addEventListener("change", () => this.setTheme(this.theme));
    byId("theme").addEventListener("click", () => {
      this.setTheme({ system: "light", light: "dark", dark: "system" }[this.theme]);
    });
    byId("drawer").addEventListener("click", () => this.openDrawer(!byId("legend").classList.contains("open")));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.openDrawer(false);
      this.choose(-1);
    });
    byId("legend").addEventListener("click", (event) => event.target.closest(".only") && this.openDrawer(false));
    this.stage.addEventListener("pointerdown", () => this.openDrawer(false));
  }

  openDrawer(open) {
    byId("legend").classList.toggle("open", open);
    byId("drawer").setAttribute("aria-expanded", String(open));
  }

  setTheme(theme) {
    this.theme = theme;
    this.dark = theme === "dark" || (theme === "system" && this.system.matches);
    document.documentElement.dataset.theme = this.dark ? "dark" : "light";
    byId("theme").textContent = { system: "◐ Auto", light: "☀ Light", dark: "☾ Dark" }[theme];
    this.legend.paint(this.dark);
    this.restyle();
  }

  resize() {
    this.view.measure();
    this.labels.measure();
    this.canvas.width = Math.round(this.view.width * this.view.ratio);
    this.canvas.height = Math.round(this.view.height * this.view.ratio);
    this.request();
  }

  /** Colours, sizes and order of the dots: who is in no segment lies below, who was searched for on top. */
  restyle() {
    const { scene, count } = this, { matches } = this.search;
    const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    const theme = this.dark ? 1 : 0;
    const colours = [rgb(scene.grey[theme]), ...scene.leaves.map((group) => rgb(group.colours[theme]))];
    const layers = [[], [], []];
    for (let i = 0; i < count; i++) {
      if (this.legend.shown(scene.leaf[i])) layers[matches && matches[i] ? 2 : scene.leaf[i] ? 1 : 0].push(i);
    }
    const dots = new Dots(layers[0].length + layers[1].length + layers[2].length);
    const crowded = count > 20000;
    // Those searched for stand out, less so when they are many.
    const large = Math.min(255, Math.max(90, (64 * (layers[2].length > 300 ? 5 : 9)) / this.view.size));
    let at = 0;
    for (const i of layers.flat()) {
      const leaf = scene.leaf[i], hit = matches && matches[i];
      const alpha = matches && !hit ? 26 : leaf ? (crowded ? 190 : 225) : hit ? 255 : crowded ? 110 : 190;
      dots.place.set(scene.places.subarray(2 * i, 2 * i + 2), 2 * at);
      dots.colour.set(colours[leaf], 4 * at);
      dots.colour[4 * at + 3] = alpha;
      dots.look[2 * at] = hit ? large : leaf ? 64 : 48;
      dots.look[2 * at + 1] = leaf ? 0 : 255;
      at++;
    }
    this.painter.load(dots);
    this.search.tell((leaf) => this.legend.shown(leaf));
    if (this.chosen >= 0 && !this.legend.shown(scene.leaf[this.chosen])) this.choose(-1);
    this.request();
  }

  /** Draw with the next frame, once however often it was asked for. */
  request() {
    if (this.waiting || !this.view.width) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.painter.paint(this.view);
      const box = byId("zoom"), base = this.stage.getBoundingClientRect(), zoom = box.getBoundingClientRect();
      const taken = [{ left: zoom.left - base.left - 6, right: zoom.right, top: zoom.top - base.top - 6, bottom: 1e6 }];
      this.labels.place(this.view, (leaf) => this.legend.shown(leaf), taken);
      this.placeCard();
    });
  }

  visit(i) {
    const { view, scene } = this, [left, top] = view.toScreen(scene.places[2 * i] / 65535, scene.places[2 * i + 1] / 65535);
    if (left < 40 || top < 40 || left > view.width - 40 || top > view.height - 40) {
      view.move(view.width / 2 - left, view.height / 2 - top);
    }
    this.choose(i);
    this.frame?.chosen(i);
    this.search.tell((leaf) => this.legend.shown(leaf));
  }

  choose(i) {
    this.stage.classList.toggle("over", i >= 0);
    if (i === this.chosen) return;
    this.chosen = i;
    this.card.hidden = i < 0;
    if (i >= 0) this.fillCard(i);
    this.request();
  }

  fillCard(i) {
    const { scene, card } = this, leaf = scene.leaf[i], group = leaf && scene.leaves[leaf - 1];
    const line = (name, text) => {
      const element = document.createElement("p");
      element.className = name;
      element.dir = "auto";
      element.textContent = text;
      card.append(element);
      return element;
    };
    card.replaceChildren();
    if (scene.scope === "analyst") {
      line("title", scene.headlines[i]);
      line("quiet", scene.users[i]);
    }
    const where = line("where", "");
    const swatch = document.createElement("span");
    swatch.className = leaf ? "swatch" : "swatch none";
    const colour = (leaf ? group.colours : scene.grey)[this.dark ? 1 : 0];
    swatch.style[leaf ? "background" : "borderColor"] = colour;
    where.append(swatch, group ? group.name : "In no segment");
    const strongest = scene.strongest[i];
    if (strongest) {
      const lean = scene.leaves[strongest - 1], share = `${scene.weight[i]} %`;
      where.append(strongest === leaf ? `, ${share}` : `; leans most to ${lean.name}, ${share}`);
      if (lean.why) line("why", strongest === leaf ? lean.why : `${lean.name}: ${lean.why}`);
    } else if (group) {
      line("why", group.description);
      if (group.why) line("why quiet", group.why);
    }
  }

  placeCard() {
    const { view, scene, card, chosen } = this;
    if (chosen < 0) return this.labels.choose(view, null);
    const [left, top] = view.toScreen(scene.places[2 * chosen] / 65535, scene.places[2 * chosen + 1] / 65535);
    this.labels.choose(view, [left, top]);
    const { offsetWidth: wide, offsetHeight: tall } = card;
    const x = left + 16 + wide > view.width - 8 ? left - 16 - wide : left + 16;
    const y = Math.min(top + 14, view.height - tall - 8);
    card.style.transform = `translate(${Math.max(8, x)}px,${Math.max(8, y)}px)`;
  }
}

new PeopleMap();
