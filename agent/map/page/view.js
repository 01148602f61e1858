// What part of the map is seen, and how it is moved: mouse, wheel, fingers, keys.

const MARGIN = 44, STRETCH = 1.7, CLOSEST = 60;

class View {
  constructor(stage, count) {
    this.stage = stage;
    this.count = count;
    this.zoom = 1;
    this.x = this.y = 0.5; // the place in the middle
  }

  /** Take the stage's size; places keep their proportions up to a stretch, for axes mean nothing. */
  measure() {
    this.width = Math.max(1, this.stage.clientWidth);
    this.height = Math.max(1, this.stage.clientHeight);
    this.ratio = Math.min(window.devicePixelRatio || 1, 3);
    const margin = Math.min(MARGIN, this.width / 10);
    const across = this.width - 2 * margin, along = this.height - 2 * margin;
    this.fitX = Math.min(across, along * STRETCH);
    this.fitY = Math.min(along, across * STRETCH);
    this.settle();
  }

  settle() {
    this.zoom = Math.max(0.7, Math.min(CLOSEST, this.zoom));
    this.x = Math.max(0, Math.min(1, this.x));
    this.y = Math.max(0, Math.min(1, this.y));
    this.scaleX = this.fitX * this.zoom;
    this.scaleY = this.fitY * this.zoom;
    // Smaller the more there are and the smaller the stage, larger when looked at closely.
    const room = Math.max(0.7, Math.min(1.1, Math.sqrt((this.width * this.height) / 9e5)));
    const size = 10.5 * Math.pow(100 / Math.max(100, this.count), 0.22) * room;
    this.size = Math.min(16, size * Math.pow(Math.max(1, this.zoom), 0.4));
  }

  toScreen(x, y) {
    return [(x - this.x) * this.scaleX + this.width / 2, (this.y - y) * this.scaleY + this.height / 2];
  }

  toPlace(left, top) {
    return [(left - this.width / 2) / this.scaleX + this.x, this.y - (top - this.height / 2) / this.scaleY];
  }

  move(left, top) {
    this.x -= left / this.scaleX;
    this.y += top / this.scaleY;
    this.settle();
  }

  /** Zoom so that what is at this spot of the screen stays there. */
  zoomAt(factor, left = this.width / 2, top = this.height / 2) {
    const [x, y] = this.toPlace(left, top);
    this.zoom *= factor;
    this.settle();
    this.x = x - (left - this.width / 2) / this.scaleX;
    this.y = y + (top - this.height / 2) / this.scaleY;
    this.settle();
  }

  showAll() {
    this.zoom = 1;
    this.x = this.y = 0.5;
    this.settle();
  }
}

/** Turn gestures into changes of the view; `changed` after each, `point` for hovers and taps. */
function listenToGestures(view, changed, point) {
  const { stage } = view, fingers = new Map();
  let travelled = 0;
  const spot = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const spread = () => {
    const [[ax, ay], [bx, by]] = [...fingers.values()];
    return [Math.hypot(ax - bx, ay - by) || 1, (ax + bx) / 2, (ay + by) / 2];
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button") || event.button > 0) return;
    if (!fingers.size) travelled = 0;
    fingers.set(event.pointerId, spot(event));
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => {
    const now = spot(event), before = fingers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") point(...now, 14);
      return;
    }
    travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (fingers.size === 2) {
      const [wide, left, top] = spread();
      fingers.set(event.pointerId, now);
      const [wider, toLeft, toTop] = spread();
      view.move(toLeft - left, toTop - top);
      view.zoomAt(wider / wide, toLeft, toTop);
    } else {
      fingers.set(event.pointerId, now);
      if (travelled < 4) return;
      stage.classList.add("dragging");
      view.move(now[0] - before[0], now[1] - before[1]);
    }
    changed();
  });
  const lift = (event) => {
    const was = fingers.delete(event.pointerId);
    if (fingers.size) return;
    stage.classList.remove("dragging");
    const touch = event.pointerType === "touch";
    if (was && travelled < (touch ? 10 : 4) && event.type === "pointerup") point(...spot(event), touch ? 26 : 14, true);
  };
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);
  stage.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch" && !fingers.size) point(-1e6, -1e6, 0);
  });
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 30 : 1;
    view.zoomAt(Math.exp(Math.max(-120, Math.min(120, -event.deltaY * lines)) * 0.0025), ...spot(event));
    changed();
  }, { passive: false });

  const keys = {
    ArrowLeft: () => view.move(60, 0), ArrowRight: () => view.move(-60, 0),
    ArrowUp: () => view.move(0, 60), ArrowDown: () => view.move(0, -60),
    "+": () => view.zoomAt(1.3), "=": () => view.zoomAt(1.3),
    "-": () => view.zoomAt(1 / 1.3), 0: () => view.showAll(),
  };
  stage.addEventListener("keydown", (event) => {
    const key = keys[event.key];
    if (!key || event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    key();
    changed();
  });
  for (const button of stage.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      const factor = Number(button.dataset.zoom);
      factor ? view.zoomAt(factor) : view.showAll();
      changed();
    });
  }
}
