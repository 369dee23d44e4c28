"""Agents that run one prompt a process and print what they do as lines of JSON: `claude -p`, `qwen`, and their like."""
