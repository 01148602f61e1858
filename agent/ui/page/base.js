"use strict";
// What every view uses: asking the service, showing what it sends, and which view is seen.

/** Views by name; each has `show(parts)`, called when its address is opened. */
const views = {};
/** The service's functions and events, once Gradio has put the page together. */
let service = null;
/** Texts of the page's own, for what scripts say. */
let say = {};

const find = (selector, within = document) => within.querySelector(selector);
const findAll = (selector, within = document) => [...within.querySelectorAll(selector)];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Ask the service; what comes back has `error` where it could not be done. */
async function request(name, asked = {}) {
  try {
    const reply = await service.server[name](asked);
    if (reply && typeof reply === "object") return reply;
  } catch (error) {
    console.warn(`${name}: ${error}`);
  }
  return { error: say.unreachable };
}

function nextOrder(element) {
  element.order = (element.order || 0) + 1;
  return element.order;
}

/** Fill an element from the service: grey lines meanwhile, an error with a way on if it fails. */
async function fill(element, name, asked = {}, { quiet = false } = {}) {
  const order = nextOrder(element);
  element.setAttribute("aria-busy", "true");
  if (!quiet) element.replaceChildren(skeleton());
  const reply = await request(name, asked);
  if (order !== element.order) return null; // something else is to stand here meanwhile
  element.removeAttribute("aria-busy");
  if (reply.error) {
    element.replaceChildren(problem(reply.error, () => fill(element, name, asked)));
    return null;
  }
  element.innerHTML = reply.html; // made by the service's templates, which escape
  return reply;
}

function skeleton() {
  const lines = [make("span"), make("span"), make("span")];
  return make("div", { class: "skeleton", role: "status", "aria-label": say.loading }, ...lines);
}

function problem(text, again) {
  const box = make("div", { class: "problem", role: "alert" }, make("p", {}, text));
  if (again) box.append(make("button", { type: "button", onclick: again }, say.retry));
  return box;
}

/** One line at the foot of the page, read out and gone after a while. */
function tell(text) {
  const line = find("#telling");
  line.textContent = text;
  line.classList.add("seen");
  clearTimeout(tell.waiting);
  tell.waiting = setTimeout(() => line.classList.remove("seen"), 4000);
}

/** Call `actions[act]` for a click on anything with `data-act` inside `root`. */
function onActs(root, actions) {
  root.addEventListener("click", (event) => {
    const target = event.target.closest("[data-act]");
    if (target && root.contains(target) && actions[target.dataset.act]) {
      actions[target.dataset.act](target, event);
    }
  });
}

/** Wait until nothing has been typed for a moment. */
function later(action, ms = 250) {
  let waiting;
  return (...given) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => action(...given), ms);
  };
}

const remembered = {
  get(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`folkmap.${key}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`folkmap.${key}`, JSON.stringify(value));
    } catch {
      // A browser that keeps nothing: the page works without.
    }
  },
};

/** What a mark stands for, beside it, while the pointer or the keyboard is on it. */
function tips(root) {
  const tip = find("#tip");
  const hide = () => (tip.hidden = true);
  const show = (event) => {
    const mark = event.target.closest?.("[data-tip]");
    if (!mark || mark.getAttribute("aria-expanded") === "true") return hide();
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const at = mark.getBoundingClientRect(), wide = tip.offsetWidth, tall = tip.offsetHeight;
    const left = Math.max(8, Math.min(innerWidth - wide - 8, at.left + at.width / 2 - wide / 2));
    const top = at.top - tall - 8 > 8 ? at.top - tall - 8 : at.bottom + 8;
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  };
  root.addEventListener("pointerover", (event) => event.pointerType !== "touch" && show(event));
  root.addEventListener("focusin", show);
  root.addEventListener("focusout", hide);
  root.addEventListener("click", hide);
  root.addEventListener("scroll", hide, { capture: true, passive: true });
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

// --- addresses: #ask, #ask/THREAD, #segments/s7, #people/u42 … -------------------------------------

const address = (...parts) => `#${parts.map(encodeURIComponent).join("/")}`;

function go(...parts) {
  const wanted = address(...parts);
  if (location.hash === wanted) openAddress();
  else location.hash = wanted;
}

/** Change the address without opening it: the page is there already. */
function note(...parts) {
  history.replaceState(null, "", address(...parts));
}

function openAddress() {
  const [name, ...parts] = location.hash.replace(/^#/, "").split("/").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  const known = Boolean(views[name]), view = known ? name : "ask";
  const first = !document.documentElement.dataset.view;
  document.documentElement.dataset.view = view;
  for (const link of findAll("#nav a")) {
    if (link.dataset.view === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const shown = views[view].show(known ? parts : []);
  document.title = `${find(`#nav a[data-view="${view}"]`).textContent.trim()} · ${say.title}`;
  // Whoever moves by keyboard or ear is taken along.
  if (!first) Promise.resolve(shown).then(() => arrive(view));
}

function arrive(view) {
  const active = document.activeElement;
  if (active && active !== document.body && !active.closest("#nav")) {
    const section = active.closest("section[data-view]");
    if (section && section.dataset.view === view) return;
  }
  find(`section[data-view="${view}"] h1`)?.focus({ preventScroll: true });
}

// --- light and dark -------------------------------------------------------------------------------

const system = matchMedia("(prefers-color-scheme: dark)");

function paint() {
  const wanted = remembered.get("theme", "system");
  const dark = wanted === "dark" || (wanted === "system" && system.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  const button = find("#theme");
  if (button) {
    const text = button.dataset[wanted];
    button.setAttribute("aria-label", text);
    button.title = text;
    button.dataset.now = wanted;
  }
  views.map?.paint?.(dark);
}

system.addEventListener("change", paint);
paint();
