views.audiences = { start(root) { this.root = root; }, show() {} };
