"""What Claude's stream of messages means, in BooCode's words: the shape that its SDK and `-p --output-format
stream-json` share, and Qwen Code's too. Pure: plain dicts in, events out."""
