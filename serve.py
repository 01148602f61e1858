"""Serve a run: chat, REST, OpenAI's chat API and MCP, all of one process; see --help.

`python serve.py` opens the demo's run, which it builds when it is missing, and prints the address.
It is the command `folkmap serve`, found beside the code.
"""

from __future__ import annotations

import sys

from agent.cli import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
