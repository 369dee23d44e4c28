"""A file that git does not know yet, as a unified diff."""


def new_file_diff(name: str, text: str) -> str:
    lines = text.split("\n")
    ends = lines[-1] == ""
    if ends:
        lines.pop()
    head = f"diff --git a/{name} b/{name}\nnew file\n"
    if not lines:
        return head
    count = "1" if len(lines) == 1 else f"1,{len(lines)}"
    body = "".join(f"+{line}\n" for line in lines)
    missing = "" if ends else "\\ No newline at end of file\n"
    return f"{head}--- /dev/null\n+++ b/{name}\n@@ -0,0 +{count} @@\n{body}{missing}"
