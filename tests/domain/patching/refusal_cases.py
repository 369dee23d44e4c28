"""Refusals at sight: before anything is looked for."""

from tests.domain.patching.case import refuses

CASES = [
    refuses("no file", None, "a", "b", "file_missing"),
    refuses("no file, and nothing to look for", None, "", "b", "file_missing"),
    refuses("nothing to look for", "a\n", "", "b", "empty_old"),
    refuses("nothing to look for in an empty file", "", "", "b", "empty_old"),
    refuses("nothing to look for, everywhere", "a\n", "", "b", "empty_old", replace_all=True),
    refuses("only a mark to look for", "a\n", "\ufeff", "b", "empty_old"),
    refuses("nothing to change", "a\n", "a", "a", "no_change"),
    refuses("nothing to change, and not there", "a\n", "x", "x", "no_change"),
    refuses("nothing but line endings to change", "a\r\nb\r\n", "a\r\nb", "a\nb", "no_change"),
    refuses("a NUL", b"a\0b\n", "a", "b", "binary"),
    refuses("a NUL far behind", b"a\n" * 9000 + b"\0", "a", "b", "binary"),
    refuses("UTF-16 is binary", "a\n".encode("utf-16"), "a", "b", "binary"),
    refuses("a NUL in what would be written", "a\n", "a", "b\0", "binary"),
    refuses("Latin-1", "café\n".encode("latin-1"), "caf", "x", "not_utf8"),
    refuses("a broken sequence at the end", b"a\n\xe2\x82", "a", "b", "not_utf8"),
    refuses("an overlong form", b"a\xc0\xaf\n", "a", "b", "not_utf8"),
    refuses("a surrogate in the file", b"a\xed\xa0\x80\n", "a", "b", "not_utf8"),
    refuses("a surrogate in what would be written", "a\n", "a", "b\ud800", "not_utf8"),
    refuses("an empty file", "", "a", "b", "not_found"),
    refuses("only a mark in the file", "\ufeff", "a", "b", "not_found"),
    refuses("not there", "a\nb\n", "c", "d", "not_found"),
    refuses("more lines than the file has", "a\nb\n", "a\nb\nc\nd\n", "x\n", "not_found"),
    refuses("blanks alone, not there", "a\nb\n", "   ", "x", "not_found"),
    refuses("a long line is cut in the hint", "x" * 9000 + "\n", "y" * 9000, "z", "not_found"),
]
