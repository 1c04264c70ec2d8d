"""Markdown as a reader on the web gets it: where tables are torn, where links lead, what can be linked to."""

import re
from collections import Counter

from markdown_it import MarkdownIt

READER = MarkdownIt("commonmark").enable("table")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?")  # the line below the head of a table


def torn_rows(text):
    """Rows of tables with more or fewer cells than the head, as (line, row), and rows that no table takes in.

    A bar parts cells unless it is escaped, inside code as well; so the reader itself is asked: a row has as many cells
    as the rule under which it would be the head of a table.
    """
    lines = text.splitlines()
    torn, columns, rows = [], 0, []
    for token in READER.parse(text):
        if token.type == "table_open":
            columns, rows = 0, []
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open":
            rows.append(token.map[0])
        elif token.type == "table_close":
            torn += [(at + 1, lines[at]) for at in rows if not _is_head(lines[at], columns)]
        elif token.type == "inline" and token.map:
            inside = enumerate(lines[slice(*token.map)], token.map[0] + 1)
            stray = [(at, line) for at, line in inside if _looks_like_a_row(line.strip())]
            torn += [] if columns and token.map[0] in rows else stray
    return torn


def _is_head(row, columns):
    tokens = READER.parse(f"{row.strip()}\n|{'---|' * columns}")
    return tokens[0].type == "table_open"


def _looks_like_a_row(line):
    return line.startswith("|") or ("|" in line and _RULE.fullmatch(line) is not None)


def targets(text):
    """Where links and pictures lead, as (line, kind, target); kind is "link" or "picture"."""
    for token in READER.parse(text):
        for part in token.children or ():
            if part.type == "link_open":
                yield token.map[0] + 1, "link", part.attrs["href"]
            elif part.type == "image":
                yield token.map[0] + 1, "picture", part.attrs["src"]


def anchors(text):
    """The names of places in a page: of its headings, as the forge makes them, and those given in HTML."""
    found, seen = set(), Counter()
    in_heading = False
    for token in READER.parse(text):
        if in_heading:
            words = "".join(part.content for part in token.children if part.type in {"text", "code_inline"})
            name = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
            found.add(f"{name}-{seen[name]}" if seen[name] else name)
            seen[name] += 1
        html = [part.content for part in (token, *(token.children or ())) if part.type in {"html_block", "html_inline"}]
        found.update(re.findall(r'\b(?:id|name)="([^"]+)"', " ".join(html)))
        in_heading = token.type == "heading_open"
    return found
