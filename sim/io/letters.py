"""Letters that may be shown, and what stands in for those that may not or cannot be.

Text comes from files and arguments that anybody may have written. `hidden_in` finds what has no place in it: control
characters, and marks that turn the direction of writing or cannot be seen. Where text is read, they are refused;
where text is shown, `printable` and `cleaned` show them as escapes, so that nothing moves a cursor, colours a terminal,
breaks a line or makes a page that is no XML. `spelled` finds other letters for those that an output does not know.
"""

import re
import unicodedata

_UNSEEN = (
    "\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # spaces without width, marks of direction
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"  # what is no letter, halves of letters, tags
)
SEEN = "letters that can be seen, and spaces; no control characters, no marks of direction"
_HIDDEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_UNSEEN}]")
_NOT_ON_A_LINE = re.compile(f"[\x00-\x1f\x7f-\x9f{_UNSEEN}]")
_NOT_IN_LINES = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_UNSEEN}]")
_FORMULA = ("=", "+", "-", "@")
_FIRST_BOX, _LAST_BOX, _LAST_BLOCK = "\u2500", "\u257f", "\u259f"
_PLAIN = {
    "\u00a0": " ",
    "\u202f": " ",
    "\u2212": "-",
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2026": "...",
    "\u00d7": "x",
    "\u00b1": "+/-",
    "\u00b7": "*",
    "\u2022": "*",
    "\u25b2": "^",
    "\u25bc": "v",
    "\u2500": "-",
    "\u2501": "-",
    "\u2502": "|",
    "\u2503": "|",
    "\u03c3": "sigma",
    "\u03bc": "mu",
    "\u00df": "ss",
    "\u20ac": "EUR",
}


def hidden_in(text: str) -> str | None:
    """The first letter of a text that has no place in it, as `U+001B`; None where there is none. Lines may end."""
    if text.isprintable():
        return None
    found = _HIDDEN.search(text)
    return None if found is None else f"U+{ord(found[0]):04X}"


def is_on_one_line(text: str) -> bool:
    """Whether a text is fit to be shown as it is, in one line."""
    return text.isprintable() or not _NOT_ON_A_LINE.search(text)


def printable(text: str) -> str:
    """The text on one line, and with nothing in it that could move a cursor or colour a terminal."""
    return text if text.isprintable() else _NOT_ON_A_LINE.sub(_escaped, text)


def on_one_line(text: str) -> str:
    """The same, where breaks between words are no more than spaces."""
    return printable(" ".join(text.split()))


def cleaned(text: str) -> str:
    """Lines of text with nothing in them that could move a cursor or colour a terminal; line ends and tabs stay."""
    return text if text.isprintable() else _NOT_IN_LINES.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def spelled(text: str, encoding: str | None) -> str:
    """The text in letters that the encoding has: the nearest it knows, or else escapes. No encoding: UTF-8."""
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return "".join(_known(letter, encoding or "utf-8") for letter in text)
    except LookupError:
        pass
    return text


def _known(letter: str, encoding: str) -> str:
    base = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    drawn = "+" if _FIRST_BOX <= letter <= _LAST_BOX else "#" if _LAST_BOX < letter <= _LAST_BLOCK else ""
    for candidate in (letter, _PLAIN.get(letter, ""), base, drawn):
        try:
            if candidate and candidate.encode(encoding):
                return candidate
        except UnicodeEncodeError:
            continue
    return letter.encode("unicode_escape").decode()


def as_cell(text: str) -> str:
    """Text for a cell of a table that a spreadsheet may open: on one line, and never taken for a formula."""
    line = printable(text)
    return f"'{line}" if line.startswith(_FORMULA) else line
