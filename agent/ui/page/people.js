views.people = { start(root) { this.root = root; }, show() {} };
