// Names of segments beside their people, none over another.

const SVG = "http://www.w3.org/2000/svg", LINE = 16, WIDEST = 22, SOME = 2500;

function drawn(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  return element;
}

/** A name in at most two lines of about equal length; what does not fit ends in an ellipsis. */
function inLines(name, widest) {
  const words = name.split(/\s+/).filter(Boolean).map((word) => (word.length > widest ? word.slice(0, widest - 1) + "…" : word));
  const whole = words.join(" ");
  if (whole.length <= widest) return [whole];
  let best = [whole], least = Infinity;
  for (let cut = 1; cut < words.length; cut++) {
    const lines = [words.slice(0, cut).join(" "), words.slice(cut).join(" ")];
    const longest = Math.max(lines[0].length, lines[1].length);
    if (longest < least) [best, least] = [lines, longest];
  }
  return best.map((line) => (line.length > widest + 4 ? line.slice(0, widest + 3) + "…" : line));
}

class Labels {
  constructor(svg, groups, places) {
    // Enough dots to tell where it is crowded.
    const every = Math.ceil(places.length / 2 / SOME);
    const some = [];
    for (let i = 0; i < places.length / 2; i += every) some.push(places[2 * i], places[2 * i + 1]);
    this.perDot = 5 + 15 * Math.sqrt(100 / Math.max(100, some.length / 2));
    this.crowd = new Finder(Uint16Array.from(some));
    this.layer = drawn("g", {}, svg);
    this.ring = drawn("circle", { class: "chosen", r: 0 }, svg);
    this.groups = groups.filter((group) => group.heart).sort((a, b) => b.size - a.size);
    for (const group of this.groups) this.make(group);
  }

  make(group) {
    group.mark = drawn("g", {}, this.layer);
    group.leader = drawn("line", {}, group.mark);
    group.text = drawn("text", { "text-anchor": "middle" }, group.mark);
    group.lines = inLines(group.name, WIDEST);
    group.lines.forEach((line, n) => {
      drawn("tspan", { x: 0, dy: n ? LINE : 0 }, group.text).textContent = line;
    });
  }

  /** Take the widths of all names, which depend on the page's width. */
  measure() {
    for (const group of this.groups) {
      group.mark.setAttribute("display", "inline");
      group.wide = Math.max(...[...group.text.children].map((line) => line.getComputedTextLength()));
    }
  }

  /** Put every shown segment's name near its people, over few dots; leave out what has no spot. */
  place(view, shown, taken) {
    const boxes = [...taken];
    const free = (box) => box.left >= 4 && box.top >= 4 && box.right <= view.width - 4 &&
      box.bottom <= view.height - 4 &&
      boxes.every((b) => box.right < b.left || box.left > b.right || box.bottom < b.top || box.top > b.bottom);
    for (const group of this.groups) {
      const [x, y] = view.toScreen(...group.heart);
      const outside = x < 0 || y < 0 || x > view.width || y > view.height;
      const box = shown(group.leaf) && !outside && this.spot(view, group, x, y, free);
      group.mark.setAttribute("display", box ? "inline" : "none");
      if (!box) continue;
      boxes.push(box);
      const middle = (box.left + box.right) / 2, top = box.top + LINE - 2;
      group.text.setAttribute("transform", `translate(${middle},${top})`);
      const edge = Math.max(box.top, Math.min(box.bottom, y));
      const away = Math.abs(edge - y) > 12;
      group.leader.setAttribute("display", away ? "inline" : "none");
      if (away) {
        const side = Math.max(box.left + 14, Math.min(box.right - 14, x));
        const ends = { x1: x, y1: y, x2: side, y2: edge };
        for (const [key, value] of Object.entries(ends)) group.leader.setAttribute(key, value);
      }
    }
  }

  /** The free box near (x, y) that lies over fewest dots; one counts more where they are few and large. */
  spot(view, group, x, y, free) {
    const wide = group.wide + 8, tall = group.lines.length * LINE + 6;
    let best = null, least = Infinity;
    for (const far of [0, 14, 24, 36, 50, 66, 84, 106, 136, 170]) {
      if (far > view.width / 6) break;
      const turns = far ? 12 : 1;
      for (let turn = 0; turn < turns && far < least; turn++) {
        // Above first, then below, then to the sides.
        const angle = (Math.ceil(turn / 2) * (turn % 2 ? 1 : -1) * 2 * Math.PI) / turns;
        const middle = x + Math.sin(angle) * far * 1.6, centre = y - Math.cos(angle) * far;
        const box = { left: middle - wide / 2, right: middle + wide / 2, top: centre - tall / 2, bottom: centre + tall / 2 };
        if (!free(box)) continue;
        const cost = far + this.perDot * this.crowd.within(view, box);
        if (cost < least) [best, least] = [box, cost];
      }
    }
    return best;
  }

  choose(view, spot) {
    this.ring.setAttribute("r", spot ? Math.max(6, view.size / 2 + 4) : 0);
    if (!spot) return;
    this.ring.setAttribute("cx", spot[0]);
    this.ring.setAttribute("cy", spot[1]);
  }
}
