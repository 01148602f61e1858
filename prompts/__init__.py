"""Folkmap's prompts, one Jinja file each; `agent.prompting` loads them and README.md maps them."""
