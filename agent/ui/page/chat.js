// The chat: a question, its answer as it comes, what is behind it, and the conversations before.

const CHECK_MS = 10000, LONGEST_MS = 300000;

views.ask = {
  thread: null,
  turns: 0,
  running: null,

  start(root) {
    this.root = root;
    this.log = find("#log", root);
    this.form = find("#composer", root);
    this.box = find("textarea", this.form);
    this.list = find("#threads ul", root);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(this.box.value);
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.ask(this.box.value);
      }
    });
    this.box.addEventListener("input", () => this.fit());
    onActs(root, {
      suggest: (button) => this.ask(button.textContent),
      cite: (button) => this.cite(button),
      verdict: (button) => this.judge(button),
      again: (button) => this.again(button.closest(".turn")),
      stop: () => this.stop(),
      new: () => go("ask"),
      forget: (button) => this.forget(button.dataset.thread),
      confirm: (button) => confirmExport(button.closest(".confirm"), button),
      refuse: (button) => button.closest(".confirm").remove(),
      "on-map": (button) => {
        views.map.highlight(button.closest(".turn").about);
        if (!views.map.beside()) go("map");
      },
    });
    root.addEventListener("submit", (event) => {
      if (event.target.matches(".words")) {
        event.preventDefault();
        this.keepWords(event.target);
      }
    });
    // Beside the chat the list is always open; on a phone it opens when asked for.
    const wide = matchMedia("(min-width: 761px)"), list = find("#threads details", root);
    const follow = () => (list.open = wide.matches);
    wide.addEventListener("change", follow);
    follow();
    this.listThreads();
  },

  async show([thread]) {
    if (this.root.dataset.opened === (thread || "") && this.log.childElementCount) return;
    this.root.dataset.opened = thread || "";
    if (this.running) this.stop();
    this.thread = thread || null;
    this.listThreads();
    if (!thread) {
      await fill(this.log, "welcome");
      return;
    }
    const order = nextOrder(this.log), reply = await request("thread", { thread });
    if (order !== this.log.order) return;
    if (reply.error) {
      this.log.replaceChildren(problem(reply.error));
      return;
    }
    this.log.replaceChildren();
    for (const turn of reply.turns) this.fillTurn(this.addTurn(turn.question), turn);
    this.scroll();
  },

  ask(question) {
    question = question.trim();
    if (!question || this.running) return;
    nextOrder(this.log); // what was still coming is not to take this question's place
    this.log.removeAttribute("aria-busy");
    if (!find(".turn", this.log)) this.log.replaceChildren();
    const turn = this.addTurn(question);
    this.box.value = "";
    this.fit();
    this.begin(turn);
  },

  addTurn(question) {
    const turn = make(
      "article",
      { class: "turn" },
      make("h2", { class: "question", dir: "auto" }, question),
      make("div", { class: "answer" }),
    );
    turn.question = question;
    turn.number = ++this.turns;
    this.log.append(turn);
    return turn;
  },

  begin(turn) {
    this.running = turn;
    turn.begun = Date.now();
    this.checking = setInterval(() => this.check(turn), CHECK_MS);
    this.root.classList.add("running");
    const answer = find(".answer", turn);
    answer.setAttribute("aria-busy", "true");
    answer.replaceChildren(make("p", { class: "thinking", role: "status" }, say.thinking));
    this.scroll();
    service.trigger("submit", { question: turn.question, thread: this.thread, turn: turn.number });
  },

  /** A piece of an answer has come. */
  take(piece) {
    const turn = this.running;
    if (!turn || !piece || piece.turn !== turn.number) return;
    const answer = find(".answer", turn);
    if (piece.state === "writing") {
      answer.innerHTML = piece.html;
    } else if (piece.state === "done") {
      this.end();
      this.fillTurn(turn, piece);
      this.thread = piece.thread;
      this.root.dataset.opened = piece.thread;
      note("ask", piece.thread);
      this.keepThread(piece.thread, find(".turn", this.log).question);
      find("#heard").textContent = `${say.answer}: ${find(".told", turn)?.innerText ?? ""}`;
      askModel();
    } else {
      this.end();
      answer.replaceChildren(problem(piece.error || say.failed, () => this.begin(turn)));
      askModel();
    }
    this.scroll();
  },

  /** While nothing comes: is the service still there? An answer lost on the way never ends itself. */
  async check(turn) {
    const reply = await request("model");
    const late = Date.now() - turn.begun > LONGEST_MS;
    if (this.running !== turn || !(reply.error || late)) return;
    this.end();
    find(".answer", turn).replaceChildren(problem(say.unreachable, () => this.begin(turn)));
  },

  end() {
    clearInterval(this.checking);
    find(".answer", this.running).removeAttribute("aria-busy");
    this.running = null;
    this.root.classList.remove("running");
  },

  stop() {
    const turn = this.running;
    if (!turn) return;
    service.trigger("stop", {});
    this.end();
    const line = make("p", { class: "quiet" }, say.stopped, " ");
    line.append(make("button", { type: "button", class: "link", "data-act": "again" }, say.again));
    find(".answer", turn).replaceChildren(line);
    this.box.focus();
  },

  again(turn) {
    if (!this.running) this.begin(turn);
  },

  fillTurn(turn, piece) {
    const answer = find(".answer", turn);
    answer.innerHTML = piece.html; // made by the service's templates, which escape
    turn.about = piece.about;
    turn.answer = piece.answer;
    turn.thread = piece.thread;
    if (views.map.beside()) views.map.highlight(piece.about);
  },

  cite(button) {
    const told = button.closest(".told");
    const open = button.getAttribute("aria-expanded") !== "true";
    for (const mark of findAll(`.mark[data-mark="${button.dataset.mark}"]`, told)) {
      mark.setAttribute("aria-expanded", String(open));
    }
    find(`.fact[data-fact="${button.dataset.mark}"]`, told).hidden = !open;
  },

  judge(button) {
    const turn = button.closest(".turn"), words = find(".words", turn);
    for (const other of findAll("[data-verdict]", turn)) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    words.hidden = false;
    words.dataset.verdict = button.dataset.verdict;
    find("input", words).focus();
    this.sendVerdict(turn, button.dataset.verdict, "");
  },

  async keepWords(form) {
    const turn = form.closest(".turn");
    await this.sendVerdict(turn, form.dataset.verdict, find("input", form).value.trim());
    form.hidden = true;
  },

  async sendVerdict(turn, verdict, words) {
    const { question, answer, thread } = turn;
    const reply = await request("feedback", { thread, question, answer, verdict, words });
    tell(reply.error || reply.said);
  },

  // --- conversations: their names are this browser's, what was said is the run's -----------------

  keepThread(id, title) {
    const others = remembered.get("threads", []).filter((one) => one.id !== id);
    remembered.set("threads", [{ id, title: title.slice(0, 120) }, ...others].slice(0, 40));
    this.listThreads();
  },

  listThreads() {
    const known = remembered.get("threads", []);
    find("#threads .none", this.root).hidden = known.length > 0;
    this.list.replaceChildren(
      ...known.map(({ id, title }) => {
        const link = make("a", { href: address("ask", id), dir: "auto" }, make("span", {}, title));
        if (id === this.thread) link.setAttribute("aria-current", "true");
        const label = say.forget.replace("{title}", title);
        const drop = make("button", { type: "button", class: "icon", "data-act": "forget", "data-thread": id, "aria-label": label, title: label }, "×");
        return make("li", {}, link, drop);
      }),
    );
  },

  async forget(id) {
    const reply = await request("forget", { thread: id });
    if (reply.error) return tell(reply.error);
    remembered.set("threads", remembered.get("threads", []).filter((one) => one.id !== id));
    tell(say.forgotten);
    if (this.thread === id) go("ask");
    else this.listThreads();
  },

  fit() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(160, this.box.scrollHeight)}px`;
  },

  /** The newest question to the top, as far as its answer leaves room. */
  scroll() {
    const last = this.log.lastElementChild;
    if (last) requestAnimationFrame(() => last.scrollIntoView({ block: "start", behavior: "instant" }));
  },
};

/** Who writes the answers now, in the head of the page. */
async function askModel() {
  const reply = await request("model");
  const badge = find("#model");
  if (reply.error) return;
  badge.hidden = false;
  find("#run").textContent = reply.run;
  badge.dataset.state = reply.state;
  find("summary", badge).textContent = reply.name;
  find("p", badge).textContent = reply.why;
}
