"""What real models write when they mean a tool call, or only speak of one, each with what is to be made of it.

The dialects are those of the models' chat templates; the faults are those that people reported of llama.cpp, vLLM,
Ollama and the agents in front of them.
"""

from attrs import frozen

OFFERED = ("read_file", "edit_file", "create_file", "run_command", "list_files", "mcp__git__git_log")


@frozen
class Sample:
    name: str
    text: str
    calls: tuple[tuple[str, str], ...] = ()
    """Names and JSON of the arguments; empty: no call is made."""
    left: str = ""
    """The answer's text for the memory."""
    reasoning: str = ""
    unmade: str = ""
    """A part of the words for the model."""
    cut_short: bool = False


def text(name: str, said: str, unmade: str = "") -> Sample:
    """It is text, to the letter."""
    return Sample(name, said, left=said, unmade=unmade)


READ = (("read_file", '{"path": "a.py"}'),)
READ_BOTH = (*READ, ("read_file", '{"path": "b.py"}'))
LET_ME = "Let me read it."
CALL = '{"name": "read_file", "arguments": {"path": "a.py"}}'
OTHER = CALL.replace("a.py", "b.py")
NS = "antml:"
PATH = "<parameter=path>\na.py\n</parameter>"

RECOVERED = (
    Sample("hermes", f"<tool_call>\n{CALL}\n</tool_call>", READ),
    Sample("hermes behind text", f"{LET_ME}\n<tool_call>\n{CALL}\n</tool_call>", READ, LET_ME),
    Sample("hermes behind a sentence on its line", f"{LET_ME}<tool_call>{CALL}</tool_call>", READ, LET_ME),
    Sample("two", f"<tool_call>\n{CALL}\n</tool_call>\n<tool_call>\n{OTHER}\n</tool_call>", READ_BOTH),
    Sample("a list in one mark", f"<tool_call>[{CALL}, {OTHER}]</tool_call>", READ_BOTH),
    Sample("two objects in one mark", f"<tool_call>\n{CALL}\n{OTHER}\n</tool_call>", READ_BOTH),
    Sample("no closing mark", f"<tool_call>\n{CALL}\n", READ),
    Sample("the last brace missing", f"<tool_call>\n{CALL[:-1]}\n</tool_call>", READ),
    Sample("a brace too many", f"<tool_call>\n{CALL}}}\n</tool_call>", READ),
    Sample("doubled braces", f"<tool_call>\n{{{CALL}}}\n</tool_call>", READ),
    Sample("a comma too many", f"<tool_call>\n{CALL[:-1]},}}\n</tool_call>", READ),
    Sample(
        "Python's dict",
        "<tool_call>\n{'name': 'read_file', 'arguments': {'path': 'a.py'}}\n</tool_call>",
        READ,
    ),
    Sample("a fence within the mark", f"<tool_call>\n```json\n{CALL}\n```\n</tool_call>", READ),
    Sample(
        "arguments as a string",
        '<tool_call>{"name": "read_file", "arguments": "{\\"path\\": \\"a.py\\"}"}</tool_call>',
        READ,
    ),
    Sample("parameters", f"<tool_call>{CALL.replace('arguments', 'parameters')}</tool_call>", READ),
    Sample(
        "a closing mark in a value",
        '<tool_call>{"name": "edit_file", "arguments": {"new": "</tool_call> x"}}</tool_call>',
        (("edit_file", '{"new": "</tool_call> x"}'),),
    ),
    Sample(
        "raw line breaks in a value",
        '<tool_call>{"name": "create_file", "arguments": {"content": "a\nb"}}</tool_call>',
        (("create_file", '{"content": "a\\nb"}'),),
    ),
    Sample("the mark tools", f"<tools>\n{CALL}\n</tools>", READ),
    Sample("the mark function_call", f"<function_call>{CALL}</function_call>", READ),
    Sample("the mark TOOLCALL", f"<TOOLCALL>[{CALL}]</TOOLCALL>", READ),
    Sample("the mark tool_calls", f"<tool_calls>\n[{CALL}]\n</tool_calls>", READ),
    Sample(
        "a near miss of the name",
        f"<tool_call>{CALL.replace('read_file', 'functions.ReadFile')}</tool_call>",
        READ,
    ),
    Sample("qwen3-coder", f"<tool_call>\n<function=read_file>\n{PATH}\n</function>\n</tool_call>", READ),
    Sample(
        "qwen3-coder without the opening mark",
        f"I'll read it.\n\n<function=read_file>\n{PATH}\n</function>\n</tool_call>",
        READ,
        "I'll read it.",
    ),
    Sample(
        "qwen3-coder without the parameter's end",
        "<tool_call>\n<function=read_file>\n<parameter=path>\na.py\n</function>\n</tool_call>",
        READ,
    ),
    Sample(
        "qwen3-coder without the function's end",
        f"<tool_call>\n<function=read_file>\n{PATH}\n</tool_call>",
        READ,
    ),
    Sample(
        "qwen3-coder with a worn parameter's end",
        "<tool_call>\n<function=read_file>\n<parameter=path>\na.py\n</parameter1>\n</function>\n</tool_call>",
        READ,
    ),
    Sample("qwen3-coder, ended behind a parameter", f"<tool_call>\n<function=read_file>\n{PATH}\n", READ),
    Sample(
        "qwen3-coder, markup in a value",
        "<tool_call>\n<function=create_file>\n<parameter=path>\nx.xml\n</parameter>\n<parameter=content>\n"
        "<a>\n</parameter> stays\n</function> too\n</a>\n</parameter>\n</function>\n</tool_call>",
        (
            (
                "create_file",
                '{"path": "x.xml", "content": "<a>\\n</parameter> stays\\n</function> too\\n</a>"}',
            ),
        ),
    ),
    Sample(
        "qwen3-coder, a value of several lines",
        "<function=edit_file>\n<parameter=new>\n\tif x:\n\n\t\ty()\n\n</parameter>\n</function>",
        (("edit_file", '{"new": "\\tif x:\\n\\n\\t\\ty()\\n"}'),),
    ),
    Sample("function with JSON", '<function=read_file>{"path": "a.py"}</function>', READ),
    Sample(
        "function with a name", '<function name="read_file"><param name="path">a.py</param></function>', READ
    ),
    Sample(
        "invoke",
        '<function_calls>\n<invoke name="read_file">\n<parameter name="path">a.py</parameter>\n</invoke>\n'
        "</function_calls>",
        READ,
    ),
    Sample("invoke alone", '<invoke name="read_file"><parameter name="path">a.py</parameter></invoke>', READ),
    Sample("invoke with bare children", '<invoke name="read_file"><path>a.py</path></invoke>', READ),
    Sample(
        "invoke with a namespace",
        f'<{NS}function_calls>\n<{NS}invoke name="read_file">\n<{NS}parameter name="path">a.py</{NS}parameter>\n'
        f"</{NS}invoke>\n</{NS}function_calls>",
        READ,
    ),
    Sample(
        "invoke with a namespace on one side",
        f'<function_calls><invoke name="read_file"><parameter name="path">a.py</{NS}parameter></{NS}invoke>'
        f"</{NS}function_calls>",
        READ,
    ),
    Sample(
        "minimax",
        '<minimax:tool_call>\n<invoke name="read_file">\n<parameter name="path">a.py</parameter>\n</invoke>\n'
        "</minimax:tool_call>",
        READ,
    ),
    Sample(
        "deepseek 3.2",
        '<｜DSML｜function_calls>\n<｜DSML｜invoke name="read_file">\n<｜DSML｜parameter name="path" string="true">'
        'a.py</｜DSML｜parameter>\n<｜DSML｜parameter name="first" string="false">3</｜DSML｜parameter>\n'
        "</｜DSML｜invoke>\n</｜DSML｜function_calls>",
        (("read_file", '{"path": "a.py", "first": 3}'),),
    ),
    Sample(
        "deepseek r1",
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>read_file\n```json\n"
        '{"path": "a.py"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
        READ,
    ),
    Sample(
        "deepseek 3.1, two",
        'I read both<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>read_file<｜tool▁sep｜>{"path": "a.py"}'
        '<｜tool▁call▁end｜><｜tool▁call▁begin｜>read_file<｜tool▁sep｜>{"path": "b.py"}<｜tool▁call▁end｜>'
        "<｜tool▁calls▁end｜>",
        READ_BOTH,
        "I read both",
    ),
    Sample(
        "kimi",
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.read_file:0<|tool_call_argument_begin|>"
        '{"path": "a.py"}<|tool_call_end|><|tool_calls_section_end|>',
        READ,
    ),
    Sample(
        "glm",
        "<tool_call>read_file\n<arg_key>path</arg_key>\n<arg_value>a.py</arg_value>\n</tool_call>",
        READ,
    ),
    Sample("mistral", f"[TOOL_CALLS][{CALL}]", READ),
    Sample(
        "mistral behind text", f'I read it[TOOL_CALLS] [{CALL[:-1]}, "id": "123456789"}}]', READ, "I read it"
    ),
    Sample(
        "mistral 3",
        '[TOOL_CALLS]read_file[ARGS]{"path": "a.py"}[TOOL_CALLS]read_file[ARGS]{"path": "b.py"}',
        READ_BOTH,
    ),
    Sample("mistral with an id", '[TOOL_CALLS]read_file[CALL_ID]abc123[ARGS]{"path": "a.py"}', READ),
    Sample("llama", f"<|python_tag|>{CALL.replace('arguments', 'parameters')}<|eom_id|>", READ),
    Sample("llama, two", f"<|python_tag|>{CALL}; {OTHER}", READ_BOTH),
    Sample("llama 4", '<|python_start|>[read_file(path="a.py")]<|python_end|>', READ),
    Sample(
        "lfm2",
        'Let me check that.<|tool_call_start|>[read_file(path="a.py")]<|tool_call_end|>',
        READ,
        "Let me check that.",
    ),
    Sample("granite", f"<|tool_call|>[{CALL}]", READ),
    Sample(
        "gemma 4",
        '<|tool_call>call:read_file{path:<|"|>a.py<|"|>}<tool_call|>',
        (("read_file", '{path:"a.py"}'),),
    ),
    Sample(
        "functiongemma",
        "<start_function_call>call:read_file{path:<escape>a.py<escape>}<end_function_call>",
        (("read_file", '{path:"a.py"}'),),
    ),
    Sample(
        "command r",
        '<|START_ACTION|>[{"tool_call_id": "0", "tool_name": "read_file", "parameters": {"path": "a.py"}}]'
        "<|END_ACTION|>",
        READ,
    ),
    Sample("apertus", '<|tools_prefix|>[{"read_file": {"path": "a.py"}}]<|tools_suffix|>', READ),
    Sample(
        "harmony",
        "<|channel|>analysis<|message|>I need it.<|end|><|start|>assistant<|channel|>commentary to=functions.read_file "
        '<|constrain|>json<|message|>{"path": "a.py"}<|call|>',
        (("read_file", '{"path": "a.py"}'),),
        reasoning="I need it.",
    ),
    Sample("JSON without a mark", CALL, READ),
    Sample("JSON without a mark behind text", f"I will read it:\n\n{CALL}\n", READ, "I will read it:"),
    Sample("JSON on lines of its own", '{\n"name": "read_file",\n"arguments": {\n"path": "a.py"\n}\n}', READ),
    Sample("two JSON objects without a mark", f"{CALL}\n{OTHER}", READ_BOTH),
    Sample("OpenAI's own shape", f'{{"type": "function", "function": {CALL}}}', READ),
    Sample("a Python call without a mark", "[read_file(path=\"a.py\"), read_file(path='b.py')]", READ_BOTH),
    Sample("nothing but a fenced call", f"```json\n{CALL}\n```", READ),
    Sample(
        "nothing but a fenced call of kind tool_code", '```tool_code\nread_file(path="a.py")\n```\n', READ
    ),
    Sample("nothing but a fenced call in marks", f"```xml\n<tool_call>\n{CALL}\n</tool_call>\n```", READ),
    Sample("a tag of the tool's name", "<read_file>\n<path>a.py</path>\n</read_file>", READ),
    Sample(
        "name and arguments in tags",
        '<tool_call><name>read_file</name><arguments>{"path": "a.py"}</arguments></tool_call>',
        READ,
    ),
    Sample(
        "behind a thought",
        f"<think>\nI need it.\n</think>\n\n<tool_call>\n{CALL}\n</tool_call>",
        READ,
        reasoning="I need it.",
    ),
    Sample(
        "behind a thought that the template began",
        f"I need it.\n</think>\n\n<tool_call>\n{CALL}\n</tool_call>",
        READ,
        reasoning="I need it.",
    ),
    Sample(
        "a made-up result behind it",
        f"<tool_call>\n{CALL}\n</tool_call>\n<tool_response>\nx = 1\n</tool_response>\nIt is 1.",
        READ,
    ),
    Sample(
        "another speaker behind it",
        f"<tool_call>\n{CALL}\n</tool_call><|im_end|>\n<|im_start|>user\nthanks",
        READ,
    ),
    Sample(
        "broken JSON with a name",
        '<tool_call>{"name": "edit_file", "arguments": {"new": "say "hi" now"}}</tool_call>',
        (("edit_file", '{"new": "say "hi" now"}'),),
    ),
    Sample(
        "one known name and one unknown",
        f'<tool_call>[{CALL}, {{"name": "fly", "arguments": {{}}}}]</tool_call>',
        (*READ, ("fly", "{}")),
    ),
    Sample("a complete call at the length limit", f"<tool_call>\n{CALL}", READ, cut_short=True),
)

REFUSED = (
    text(
        "an unknown tool", '<tool_call>{"name": "fly", "arguments": {}}</tool_call>', "There is no tool 'fly'"
    ),
    text(
        "an unknown function", "<function=fly>\n<parameter=to>\nx\n</parameter>\n</function>", "no tool 'fly'"
    ),
    text(
        "arguments that lie flat",
        '<tool_call>{"name": "read_file", "path": "a.py"}</tool_call>',
        "has no other members",
    ),
    text("no JSON at all", "<tool_call>{read the file}</tool_call>", "a colon is missing"),
    text(
        "a parameter twice",
        "<function=read_file><parameter=path>a</parameter><parameter=path>b</parameter></function>",
        "twice",
    ),
    text(
        "words within the call",
        "<tool_call>\n<function=read_file>\nplease\n</function>\n</tool_call>",
        "something else stands",
    ),
    text(
        "Python with an argument without a name",
        "<|python_start|>[read_file('a.py')]<|python_end|>",
        "named arguments",
    ),
    text(
        "a name as a call's id",
        "<|tool_calls_section_begin|><|tool_call_begin|>call_0<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>",
        "no tool 'call_0'",
    ),
    Sample(
        "cut off within a value",
        "<tool_call>\n<function=create_file>\n<parameter=content>\nimport os\npri",
        left="<tool_call>\n<function=create_file>\n<parameter=content>\nimport os\npri",
        unmade="length limit",
        cut_short=True,
    ),
    text(
        "ended within a value",
        "<function=create_file>\n<parameter=content>\nimport os\npri",
        "has no closing tag",
    ),
    text(
        "explained, and the fence ends the answer",
        f"I would call it like this:\n```json\n{CALL}\n```",
        "never made",
    ),
    Sample(
        "called in its thoughts",
        f"<think>I call <tool_call>{CALL}</tool_call>",
        reasoning=f"I call <tool_call>{CALL}</tool_call>",
        unmade="within your thoughts",
    ),
    Sample(
        "a value that holds the end of a call",
        "<function=create_file>\n<parameter=path>\nd.md\n</parameter>\n<parameter=content>\nWrite\n</parameter>\n"
        "</function>\nand so on\n</parameter>\n</function>",
        left="\nand so on\n</parameter>\n</function>",
        unmade="nobody can tell where it ends",
    ),
)

TEXT = (
    text("a fence in the middle", f"Like this:\n\n```json\n{CALL}\n```\n\nThat is all."),
    text("a fence of marks", f"```\n<tool_call>\n{CALL}\n</tool_call>\n```\nis how it is written."),
    text("a fence of tildes", f"~~~\n<tool_call>\n{CALL}\n</tool_call>\n~~~\nis how it is written."),
    text(
        "a longer fence around a fence",
        f"````md\n```\n<tool_call>{CALL}</tool_call>\n```\n<tool_call>{CALL}</tool_call>\n````\nok",
    ),
    text(
        "a fence in a list",
        f'1. First\n   ```xml\n   <invoke name="read_file"></invoke>\n<tool_call>{CALL}</tool_call>\n   ```\nok',
    ),
    text("a fence without end", f"Look:\n```\n\n<tool_call>\n{CALL}\n</tool_call>\nok"),
    text("in backticks", f"Write `<tool_call>{CALL}</tool_call>` and nothing else."),
    text("in two backticks over a line", f"Write ``x\n<tool_call>{CALL}</tool_call>`` ok"),
    text("quoted", f"> <tool_call>{CALL}</tool_call>\n\nis a quotation."),
    text("four spaces before it", f"So:\n\n    <tool_call>{CALL}</tool_call>\n\nis code."),
    text("within a sentence", f"You write <tool_call>{CALL}</tool_call> to call it."),
    text("behind a colon, with words behind", f"You write: <tool_call>{CALL}</tool_call> to call it."),
    text("at the start of a line, with words behind", f"<tool_call>{CALL}</tool_call> is a call."),
    text(
        "a token within a sentence",
        "Kimi writes <|tool_call_begin|>read_file<|tool_call_argument_begin|>{}<|tool_call_end|> there.",
    ),
    text("only the mark", "<tool_call> is the mark, </tool_call> ends it."),
    text("only Mistral's mark", "[TOOL_CALLS] is the token that Mistral uses."),
    text("JSON of something else", '{"name": "left-pad", "version": "1.0.0", "scripts": {}}'),
    text("JSON of a call, then words", f"{CALL}\n\nis what a call looks like."),
    text("words behind a fenced call", f"```json\n{CALL}\n```\n\nis what a call looks like."),
    text("a list", "[1, 2, 3]"),
    text("a link", "[read](https://example.org) and [ ] a box"),
    text("generics", "List<int> xs = new Dictionary<string, List<int>>();\nstd::function<void(int)> f;"),
    text("HTML", "<div>\n<p>a < b && c > d</p>\n<function>x</function>\n</div>"),
    text("a page", "<!DOCTYPE html>\n<html>\n<body>\n<script>if (a<b) {c()}</script>\n</body>\n</html>\n"),
    text("a tag in the middle", "The tags <think> and </think> hold thoughts."),
    text("a shell", "$ cat <<EOF > x\n{a}\nEOF"),
    text("nothing", ""),
    text("angle brackets", "< <| <｜ [ [[ { {{ `"),
    text("a diff", "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> theirs\n"),
    text("only Kimi's mark", "<|tool_call_begin|> is the token that Kimi uses.\n\nMore of it."),
    text("an end of something else", "<a>\n</reasoning>\n</thought>\n</a>"),
    text("space at its ends", "word  \n\n  "),
)

THOUGHTS = (
    Sample("a thought", "<think>\nhm\n</think>\n\nYes.", left="Yes.", reasoning="hm"),
    Sample("no end", "<think>hm", reasoning="hm"),
    Sample("Mistral's", "[THINK]hm[/THINK]Yes.", left="Yes.", reasoning="hm"),
    Sample("ByteDance's", "<seed:think>hm</seed:think>Yes.", left="Yes.", reasoning="hm"),
    Sample("Kimi's", "◁think▷hm◁/think▷Yes.", left="Yes.", reasoning="hm"),
    Sample("thinking", "<thinking>hm</thinking>\nYes.", left="Yes.", reasoning="hm"),
    Sample("Gemma's", "<|channel>thought\nhm<channel|>Yes.", left="Yes.", reasoning="hm"),
    Sample("the template began it", "hm\n</think>\n\nYes.", left="Yes.", reasoning="hm"),
    Sample("two", "<think>a</think>One.\n<think>b</think>\nTwo.", left="One.\n\nTwo.", reasoning="ab"),
    Sample("an end too many", "<think>a</think>One.\n</think>\nTwo.", left="One.\n\nTwo.", reasoning="a"),
    Sample("empty", "<think>\n\n</think>\n\nYes.", left="Yes."),
    Sample(
        "harmony",
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Yes.",
        left="Yes.",
        reasoning="hm",
    ),
)

SAMPLES = (*RECOVERED, *REFUSED, *TEXT, *THOUGHTS)
