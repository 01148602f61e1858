"use strict";
// Dots on a canvas: with WebGL 2, or one by one where a browser has none.

const VERTEX = `#version 300 es
in vec2 place; in vec4 colour; in vec2 look;
uniform vec2 scale, shift; uniform float size, ratio;
out vec4 tint; out vec2 kind; out float width;
void main() {
  gl_Position = vec4(place * scale + shift, 0., colour.a == 0. ? -2. : 1.);
  width = size * look.x * 255. / 64. * ratio;
  gl_PointSize = width + 1.;
  tint = colour; kind = look;
}`;

// A disc, or a ring where the look says hollow; edges blend over one pixel.
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 tint; in vec2 kind; in float width;
out vec4 shade;
void main() {
  float from = length(gl_PointCoord - .5) * (width + 1.), radius = width * .5;
  float cover = clamp(radius + .5 - from, 0., 1.);
  float line = max(1.2, width * .16);
  if (kind.y > .5 && width > 4.) cover *= clamp(from - radius + line + .5, 0., 1.);
  shade = vec4(tint.rgb, 1.) * tint.a * cover;
}`;

/** The list of dots in drawing order: place (0..1, y up), colour, and how each looks. */
class Dots {
  constructor(count) {
    this.count = count;
    this.place = new Uint16Array(2 * count);
    this.colour = new Uint8Array(4 * count);
    this.look = new Uint8Array(2 * count); // size in 64ths, hollow or not
  }
}

class GlPainter {
  constructor(canvas, gl) {
    this.canvas = canvas;
    this.gl = gl;
    this.prepare();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.prepare();
      this.load(this.dots);
      this.paint(this.last);
    });
  }

  prepare() {
    const gl = this.gl;
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.program = program;
    this.buffers = {};
    const attributes = [["place", 2, gl.UNSIGNED_SHORT], ["colour", 4, gl.UNSIGNED_BYTE], ["look", 2, gl.UNSIGNED_BYTE]];
    for (const [name, parts, type] of attributes) {
      const at = gl.getAttribLocation(program, name);
      this.buffers[name] = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, parts, type, true, 0, 0);
    }
  }

  load(dots) {
    this.dots = dots;
    for (const name of ["place", "colour", "look"]) {
      this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffers[name]);
      this.gl.bufferData(this.gl.ARRAY_BUFFER, dots[name], this.gl.STATIC_DRAW);
    }
  }

  paint(view) {
    const gl = this.gl, { width, height, ratio } = view;
    this.last = view;
    const uniform = (name) => gl.getUniformLocation(this.program, name);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(uniform("scale"), (2 * view.scaleX) / width, (2 * view.scaleY) / height);
    gl.uniform2f(uniform("shift"), (-2 * view.x * view.scaleX) / width, (-2 * view.y * view.scaleY) / height);
    gl.uniform1f(uniform("size"), view.size);
    gl.uniform1f(uniform("ratio"), ratio);
    gl.drawArrays(gl.POINTS, 0, this.dots.count);
  }
}

class PlainPainter {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
  }

  load(dots) {
    this.dots = dots;
  }

  paint(view) {
    const { pen, dots } = this;
    pen.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    for (let i = 0; i < dots.count; i++) {
      const alpha = dots.colour[4 * i + 3];
      if (!alpha) continue;
      const [x, y] = view.toScreen(dots.place[2 * i] / 65535, dots.place[2 * i + 1] / 65535);
      if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
      const wide = (view.size * dots.look[2 * i]) / 64, hollow = dots.look[2 * i + 1] && wide > 4;
      const [red, green, blue] = dots.colour.subarray(4 * i, 4 * i + 3);
      const tint = `rgba(${red},${green},${blue},${alpha / 255})`;
      pen.beginPath();
      pen.arc(x, y, wide / 2, 0, 7);
      if (hollow) {
        pen.lineWidth = Math.max(1.2, wide * 0.16);
        pen.strokeStyle = tint;
        pen.stroke();
      } else {
        pen.fillStyle = tint;
        pen.fill();
      }
    }
  }
}

function openPainter(canvas) {
  const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true });
  return gl ? new GlPainter(canvas, gl) : new PlainPainter(canvas);
}

/** Which dot is near a spot: dots sorted into square cells once. */
class Finder {
  constructor(places) {
    this.places = places;
    this.side = Math.max(1, Math.min(256, Math.round(Math.sqrt(places.length / 4))));
    const cells = this.side * this.side, count = places.length / 2;
    this.start = new Uint32Array(cells + 1);
    this.inside = new Uint32Array(count);
    const cell = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      cell[i] = this.cell(places[2 * i] / 65535) + this.side * this.cell(places[2 * i + 1] / 65535);
      this.start[cell[i] + 1]++;
    }
    for (let c = 0; c < cells; c++) this.start[c + 1] += this.start[c];
    const next = this.start.slice();
    for (let i = 0; i < count; i++) this.inside[next[cell[i]]++] = i;
  }

  cell(value) {
    return Math.max(0, Math.min(this.side - 1, Math.floor(value * this.side)));
  }

  /** The nearest dot for which `counts(i)` within so many pixels of a spot on the screen, or -1. */
  near(view, left, top, pixels, counts) {
    const [x, y] = view.toPlace(left, top), dx = pixels / view.scaleX, dy = pixels / view.scaleY;
    let best = -1, least = pixels * pixels;
    for (let row = this.cell(y - dy); row <= this.cell(y + dy); row++) {
      for (let column = this.cell(x - dx); column <= this.cell(x + dx); column++) {
        const c = column + this.side * row;
        for (let k = this.start[c]; k < this.start[c + 1]; k++) {
          const i = this.inside[k];
          const across = (this.places[2 * i] / 65535 - x) * view.scaleX;
          const along = (this.places[2 * i + 1] / 65535 - y) * view.scaleY;
          const far = across * across + along * along;
          if (far <= least && counts(i)) [best, least] = [i, far];
        }
      }
    }
    return best;
  }

  /** How many dots lie in a box on the screen; more than `enough` are not counted. */
  within(view, box, enough = 20) {
    const [x0, y1] = view.toPlace(box.left, box.top), [x1, y0] = view.toPlace(box.right, box.bottom);
    let found = 0;
    for (let row = this.cell(y0); row <= this.cell(y1); row++) {
      for (let column = this.cell(x0); column <= this.cell(x1); column++) {
        const c = column + this.side * row;
        for (let k = this.start[c]; k < this.start[c + 1]; k++) {
          const x = this.places[2 * this.inside[k]] / 65535, y = this.places[2 * this.inside[k] + 1] / 65535;
          if (x >= x0 && x <= x1 && y >= y0 && y <= y1 && ++found >= enough) return found;
        }
      }
    }
    return found;
  }
}
