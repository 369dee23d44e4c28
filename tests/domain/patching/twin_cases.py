"""Near twins: the right one of two places, or none."""

from tests.domain.patching.case import applies, refuses

LEFT = "def left(items):\n    total = sum(items)\n    log(total)\n    return total\n"
RIGHT = "def right(items):\n    total = sum(items)\n    log(total)\n    return total\n"
BODY = "    total = sum(items)\n    log(total)\n    return total\n"
FAR = "def other(values):\n    seen = sorted(values)\n    print(seen, values)\n    return len(values)\n"
TORN = "with delimit('(', ')'):\n    interleave(\n"
TORN_TWIN = TORN.replace("('(', ')')", "('{', '}')")

CASES = [
    applies(
        "the name tells them apart",
        LEFT + RIGHT,
        RIGHT,
        RIGHT.replace("log", "print"),
        LEFT + RIGHT.replace("log", "print"),
        "exact",
    ),
    refuses(
        "without the name it may be either", LEFT + RIGHT, BODY, BODY.replace("log", "print"), "ambiguous"
    ),
    refuses(
        "drifted, it may be either",
        LEFT + RIGHT,
        LEFT.replace("left", "both").replace("items)\n    log", "items) \n    logs"),
        "x\n",
        "ambiguous",
    ),
    refuses(
        "drifted, and one of them a little nearer",
        LEFT + RIGHT,
        RIGHT.replace("return total", "return totals"),
        "x\n",
        "ambiguous",
    ),
    applies(
        "drifted, and the other one far enough away",
        LEFT + FAR,
        LEFT.replace("log(total)", "log(totals)"),
        LEFT.replace("log(total)", "log(totals)").replace("left", "first"),
        LEFT.replace("left", "first") + FAR,
        "fuzzy",
    ),
    refuses(
        "three twins",
        "foo(a, b, c)\nx\nfoo(a, b, d)\ny\nfoo(a, b, e)\n",
        "foo(a,  b, f)  # longer now",
        "x",
        "not_found",
    ),
    refuses(
        "twins of one line",
        "value = first(alpha, beta)\nother()\nvalue = first(alpha, betas)\n",
        "value = first(alpha, betx)",
        "x",
        "ambiguous",
    ),
    applies(
        "trailing blanks tell twins apart before likeness does",
        LEFT.replace("log(total)", "log(total) ") + RIGHT,
        LEFT,
        LEFT.replace("log", "print"),
        LEFT.replace("log(total)", "print(total)") + RIGHT,
        "trim",
    ),
    applies(
        "the only one left is taken",
        "a\n" + RIGHT,
        LEFT,
        LEFT.replace("log(total)", "print(total)"),
        "a\n" + RIGHT.replace("log(total)", "print(total)"),
        "fuzzy",
    ),
    refuses(
        "made in one twin, it is not made in the other",
        LEFT.replace("log(total)", "print(total)") + RIGHT,
        LEFT,
        LEFT.replace("log(total)", "print(total)"),
        "already_applied",
    ),
    applies(
        "word for word against a rival of other words",
        "\n".join(
            [
                "alpha one",
                "beta two",
                "gamma three",
                "delta four",
                "epsilon five",
                "zeta six",
                "eta seven",
                "theta eight",
                "iota nine",
                "kappa ten, and something new at its end",
                "",
                "alpha onE",
                "beta twO",
                "gamma threE",
                "delta fouR",
                "epsilon fivE",
                "zeta siX",
                "eta seveN",
                "theta eighT",
                "iota ninE",
                "kappa ten",
            ]
        )
        + "\n",
        "\n".join(
            [
                "alpha one",
                "beta two",
                "gamma three",
                "delta four",
                "epsilon five",
                "zeta six",
                "eta seven",
                "theta eight",
                "iota nine",
                "kappa ten, and nothing",
            ]
        )
        + "\n",
        "\n".join(
            [
                "alpha 1",
                "beta two",
                "gamma three",
                "delta four",
                "epsilon five",
                "zeta six",
                "eta seven",
                "theta eight",
                "iota nine",
                "kappa ten, and nothing",
            ]
        )
        + "\n",
        "\n".join(
            [
                "alpha 1",
                "beta two",
                "gamma three",
                "delta four",
                "epsilon five",
                "zeta six",
                "eta seven",
                "theta eight",
                "iota nine",
                "kappa ten, and something new at its end",
                "",
                "alpha onE",
                "beta twO",
                "gamma threE",
                "delta fouR",
                "epsilon fivE",
                "zeta siX",
                "eta seveN",
                "theta eighT",
                "iota ninE",
                "kappa ten",
            ]
        )
        + "\n",
        "fuzzy",
    ),
    refuses(
        "a twin does not win because the right place is torn apart",
        f"{TORN}        lambda: write_all_of_it(', '), self.traverse, node.argtypes\n    )\n\n{TORN_TWIN}\n\n",
        TORN + "    )\n\n",
        TORN + "    added()\n    )\n\n",
        "ambiguous",
    ),
    refuses(
        "twins side by side",
        "value = first(alpha, beta)\nvalue = first(alpha, betas)\n",
        "value = first(alpha, betx)",
        "x",
        "ambiguous",
    ),
]
