"""Drift: the place is found, but a line that the edit changes is no longer the line that the agent saw."""

from tests.domain.patching.case import applies, refuses

BEFORE = "open_valve(left)\nset_level(40)\nwait_for(steady)\nclose_valve(left)\nreport(level)\n"

CASES = [
    refuses(
        "the changed line has become another",
        BEFORE.replace("set_level(40)", "raise Panic"),
        BEFORE,
        BEFORE.replace("set_level(40)", "set_level(60)"),
        "drift",
        says="set_level(40)",
    ),
    refuses(
        "the removed line has become another",
        BEFORE.replace("set_level(40)", "raise Panic"),
        BEFORE,
        BEFORE.replace("set_level(40)\n", ""),
        "drift",
    ),
    refuses(
        "the removed line is gone, another with it",
        "open_valve(left)\nwait_for(steady)\nclose_valve(right)\nreport(level)\nlog(level)\n",
        BEFORE,
        BEFORE.replace("set_level(40)\n", ""),
        "drift",
        says="no counterpart",
    ),
    refuses(
        "one of two changed lines",
        BEFORE.replace("report(level)", "x = 1"),
        BEFORE,
        BEFORE.replace("open_valve(left)", "open_valve(right)").replace("report(level)", "report(all)"),
        "drift",
    ),
    applies(
        "a line that only stands around may have become another",
        BEFORE.replace("set_level(40)", "raise Panic"),
        BEFORE,
        BEFORE.replace("report(level)", "report(all)"),
        BEFORE.replace("set_level(40)", "raise Panic").replace("report(level)", "report(all)"),
        "fuzzy",
    ),
    applies(
        "a changed line two thirds the same",
        BEFORE.replace("set_level(40)", "set_level(400)"),
        BEFORE,
        BEFORE.replace("set_level(40)", "set_level(60)"),
        BEFORE.replace("set_level(40)", "set_level(60)"),
        "fuzzy",
    ),
    applies(
        "only the depth of the changed line is another",
        BEFORE.replace("set_level(40)", "    set_level(40)").replace("report(level)", "report(levels)"),
        BEFORE,
        BEFORE.replace("set_level(40)", "set_level(60)"),
        BEFORE.replace("set_level(40)", "    set_level(60)").replace("report(level)", "report(levels)"),
        "fuzzy",
    ),
    applies(
        "a blank line to be removed may be gone",
        "open_valve(left)\nset_level(41)\nwait_for(steady)\nclose_valve(left)\nreport(level)\n",
        "open_valve(left)\n\nset_level(40)\nwait_for(steady)\nclose_valve(left)\nreport(level)\n",
        "open_valve(left)\nset_level(40)\nwait_for(steady)\nclose_valve(left)\nreport(all)\n",
        "open_valve(left)\nset_level(41)\nwait_for(steady)\nclose_valve(left)\nreport(all)\n",
        "fuzzy",
    ),
]
