// The start: once Gradio has put every part of the page in place, the parts are wired together.

const waiting = ["frame", "stream", "ask", "map", "segments", "people", "audiences"];
const parts = {};

/** Called by each part of the page as Gradio shows it. */
window.folkmapPart = (name, part) => {
  parts[name] = part;
  if (waiting.every((one) => parts[one] || !find(`#part-${one}`))) start();
};
for (const [name, part] of window.folkmapEarly || []) window.folkmapPart(name, part);

function start() {
  if (service) return;
  service = parts.frame;
  say = JSON.parse(find("#say").dataset.say);
  parts.stream.watch("value", () => views.ask.take(parts.stream.props.value));
  for (const name of waiting.slice(2)) {
    const root = find(`section[data-view="${name}"]`);
    if (root) views[name].start(root);
    else delete views[name];
  }
  find("#theme").addEventListener("click", () => {
    const order = { system: "light", light: "dark", dark: "system" };
    remembered.set("theme", order[remembered.get("theme", "system")]);
    paint();
  });
  find(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    const shown = find(`section[data-view="${document.documentElement.dataset.view}"]`);
    find("h1, .turn:last-child a, textarea, input", shown)?.focus();
  });
  paint();
  tips(find("#folkmap"));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      event.preventDefault();
      go("ask");
      views.ask.box.focus();
    }
  });
  addEventListener("hashchange", openAddress);
  openAddress();
  askModel();
  document.documentElement.dataset.ready = "";
}
