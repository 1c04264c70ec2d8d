"""Build the documentation as a site: every page of the repository, the sources they link to, and the API reference.

Pages are read by the parser that tests read them with, so that they look as on a forge, and links that work in the
repository work in the site: pages become pages, files of code become listings, everything else is copied. A link that
leads nowhere stops the build. Nothing is loaded from elsewhere: no fonts, no scripts but the search of the reference.

python tools/build_site.py                  into build/site
python tools/build_site.py -o DIR --no-api  elsewhere, without the reference
"""

import argparse
import html
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePosixPath
from string import Template
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.util import ClassNotFound

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
SITE = ROOT / "build" / "site"
STYLE = TOOLS / "site.css"
MADE_HERE = ".multivector-site"  # the file by which a folder is known as a site that may be built again
LEFT_OUT = {"results", "build", "dist", "htmlcov", "__pycache__"}
LISTED = {".py", ".pyi", ".yaml", ".toml", ".sh", ".cff", ".bib", ".txt", ""}  # as listings; other files are copied
DOORS = (  # of the reference: every package that offers names in a stub, and what world and measures are made of
    *sorted(".".join(stub.parent.relative_to(ROOT).parts) for stub in (ROOT / "sim").rglob("__init__.pyi")),
    *("sim.model.fields", "sim.model.variables"),
)
NAVIGATION = (  # headings, and their pages in order; what is not there yet is passed over
    ("Start", "README docs/tour docs/playing docs/classroom docs/lessons scenarios/README CONTRIBUTING CHANGELOG"),
    ("The model", "docs/odd docs/variables docs/rulebook docs/systems docs/states docs/trace-document"),
    ("Evidence", "seeds/README docs/sources docs/codebook docs/conflicts docs/assumed seeds/history/README"),
    ("Against the record", "docs/spread docs/scoring docs/calibration docs/backtest forecasts/README docs/documented"),
    ("What it shows", "experiments/README docs/gallery docs/levers docs/policies docs/amounts docs/explanations"),
    (
        "Use and build",
        "docs/results docs/speed docs/clusters docs/worlds docs/architecture docs/decisions/README docs/releasing "
        "findings/README",
    ),
    ("The paper", "paper/paper"),
)
MORE = "More"
IN_ONE = PurePosixPath("docs/model-description.html")  # the parts of the model description on one page, to print
PARTS = ("docs/odd.md", "docs/variables.md", "docs/rulebook.md")
FORMATTER = HtmlFormatter(cssclass="source")  # of listings; its style serves all code
WORDS = HtmlFormatter(nowrap=True)


@dataclass
class Page:
    """One page on its way into the site: its file, what it is called, its parts, and the places to link to."""

    path: PurePosixPath
    title: str
    tokens: list[Token]
    places: set[str]

    @property
    def out(self) -> PurePosixPath:
        """Where it stands in the site; a README is what its folder opens with."""
        return self.path.with_name("index.html") if self.path.name == "README.md" else self.path.with_suffix(".html")


@dataclass
class Site:
    """What is to be built: pages by their path in the repository, files that they lead to, and what is wrong."""

    root: Path
    pages: dict[PurePosixPath, Page]
    files: dict[PurePosixPath, PurePosixPath] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


# --- reading ---------------------------------------------------------------------------------------------------------


def coloured(code: str, language: str, _: str = "") -> str:
    """A block of code with its words marked up; "" where the language is not known, and the code is shown as it is."""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    return f'<pre class="source"><code>{highlight(code, lexer, WORDS)}</code></pre>'


READER = MarkdownIt("commonmark", {"highlight": coloured}).enable("table")


def markdown_files(root: Path) -> Iterator[Path]:
    """All pages of a repository, but for what tools and runs leave behind."""
    for path in sorted(root.iterdir()):
        if path.name.startswith(".") or path.name in LEFT_OUT:
            continue
        if path.is_dir():
            yield from markdown_files(path)
        elif path.suffix == ".md":
            yield path


def without_front_matter(text: str) -> tuple[str, str]:
    """The title that a paper gives itself above its text, and the text below."""
    found = re.match(r"---\n(.*?)\n---\n", text, flags=re.DOTALL)
    if found is None:
        return "", text
    title = re.search(r"^title: *(.+)$", found[1], flags=re.MULTILINE)
    return (title[1].strip("'\" ") if title else ""), text[found.end() :]


def read_page(root: Path, path: Path) -> Page:
    """A page with the names of its headings, as a forge makes them, and of the places given in HTML."""
    title, text = without_front_matter(path.read_text(encoding="utf-8"))
    tokens = READER.parse(text)
    seen: Counter[str] = Counter()
    places = set()
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            words = "".join(part.content for part in inside.children or () if part.type in {"text", "code_inline"})
            name = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
            token.attrSet("id", f"{name}-{seen[name]}" if seen[name] else name)
            seen[name] += 1
            places.add(str(token.attrs["id"]))
            title = title or words
    for token in tokens:
        parts = (token, *(token.children or ()))
        raw = " ".join(part.content for part in parts if part.type in {"html_block", "html_inline"})
        places.update(re.findall(r'\b(?:id|name)="([^"]+)"', raw))
    return Page(PurePosixPath(path.relative_to(root).as_posix()), title, tokens, places)


def read_site(root: Path) -> Site:
    """All pages of a repository."""
    pages = (read_page(root, path) for path in markdown_files(root))
    return Site(root, {page.path: page for page in pages})


# --- links -----------------------------------------------------------------------------------------------------------


def follow(site: Site, page: Page, target: str) -> str:
    """Where a link or picture of a page leads in the site; what leads nowhere is noted."""
    if re.match(r"[a-z][a-z+.-]*:", target):
        return target
    name, _, place = target.partition("#")
    there = PurePosixPath(os.path.normpath(page.path.parent / unquote(name))) if name else page.path
    on_disk = site.root / there
    if on_disk.is_dir():
        there /= "README.md"
    if there in site.pages:
        if place and place not in site.pages[there].places:
            site.problems.append(f"{page.path}: {target}: no such heading")
        out = site.pages[there].out
    elif on_disk.is_file() and site.root in on_disk.resolve().parents and not place:
        listed = there.suffix in LISTED
        out = there.with_name(f"{there.name}.html") if listed else there
        site.files[there] = out
    else:
        site.problems.append(f"{page.path}: {target}: no such file")
        return target
    return link_to(page.out, out) + (f"#{place}" if place else "")


def link_to(here: PurePosixPath, there: PurePosixPath) -> str:
    """The way from one file of the site to another."""
    return Path(os.path.relpath(there, here.parent)).as_posix()


def turn_links(site: Site, page: Page) -> None:
    """Let all links and pictures of a page lead to where things stand in the site."""
    for token in page.tokens:
        for part in token.children or ():
            key = {"link_open": "href", "image": "src"}.get(part.type)
            if key:
                part.attrSet(key, follow(site, page, str(part.attrs[key])))
        if token.type in {"html_block", "inline"} and re.search(r"<[^>]*\b(?:href|src)=", _raw(token)):
            site.problems.append(f"{page.path}: a link in HTML, which nothing follows")


def _raw(token: Token) -> str:
    parts = (token, *(token.children or ()))
    return " ".join(part.content for part in parts if part.type in {"html_block", "html_inline"})


# --- writing ---------------------------------------------------------------------------------------------------------


def navigation(site: Site) -> list[tuple[str, list[Page]]]:
    """Headings with their pages; pages of `docs` that no heading names come last."""
    groups, named = [], set()
    for heading, names in NAVIGATION:
        paths = [PurePosixPath(f"{name}.md") for name in names.split()]
        named.update(paths)
        groups.append((heading, [site.pages[path] for path in paths if path in site.pages]))
    rest = [page for path, page in site.pages.items() if str(path.parent) == "docs" and path not in named]
    return [(heading, pages) for heading, pages in (*groups, (MORE, rest)) if pages]


def written(site: Site, here: PurePosixPath, title: str, body: str, version: str, with_api: bool) -> str:
    """A whole file of HTML around a body."""
    menu = []
    for heading, pages in navigation(site):
        menu.append(f"<h2>{html.escape(heading)}</h2>\n<ul>")
        for page in pages:
            mark = ' aria-current="page"' if page.out == here else ""
            menu.append(f'<li><a href="{link_to(here, page.out)}"{mark}>{html.escape(page.title)}</a></li>')
        menu.append("</ul>")
    if all(PurePosixPath(path) in site.pages for path in PARTS):
        menu += ["<ul>", f'<li><a href="{link_to(here, IN_ONE)}">The model description on one page</a></li>', "</ul>"]
    if with_api:
        ways = (f'<li><a href="{link_to(here, door_file(door))}"><code>{door}</code></a></li>' for door in DOORS)
        menu += ["<h2>Reference</h2>", "<ul>", *ways, "</ul>"]
    return FRAME.substitute(
        title=html.escape(title),
        style=link_to(here, PurePosixPath("site.css")),
        home=link_to(here, PurePosixPath("index.html")),
        version=html.escape(version),
        menu="\n".join(menu),
        body=body,
    )


FRAME = Template("""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title – Multivector</title>
<link rel="stylesheet" href="$style">
</head>
<body>
<nav>
<p class="home"><a href="$home">Multivector</a> $version</p>
$menu
</nav>
<main>
$body
</main>
</body>
</html>
""")


def in_one(site: Site) -> str:
    """The parts of the model description one after the other, as on their own pages; "" where one is missing.

    A place that two parts have is that of the first.
    """
    pages = [site.pages.get(PurePosixPath(path)) for path in PARTS]
    seen: set[str | int | float | None] = set()
    bodies = []
    for page in pages:
        if page is None:
            return ""
        for token in page.tokens:
            if token.attrs.get("id") in seen:
                del token.attrs["id"]
            elif "id" in token.attrs:
                seen.add(token.attrs["id"])
        bodies.append(READER.renderer.render(page.tokens, READER.options, {}))
    return "\n<hr>\n".join(bodies)


def door_file(door: str) -> PurePosixPath:
    """Where the reference of a door stands in the site."""
    return PurePosixPath("api", *door.split(".")).with_suffix(".html")


def listing(path: Path) -> str:
    """A file of code as HTML."""
    code = path.read_text(encoding="utf-8")
    try:
        lexer: Any = get_lexer_for_filename(path.name)
    except ClassNotFound:
        lexer = get_lexer_by_name("yaml" if path.suffix == ".cff" else "text")
    return str(highlight(code, lexer, FORMATTER))


def write_reference(out: Path, version: str) -> None:
    """The reference of all doors, made by pdoc from docstrings and signatures."""
    import pdoc
    import pdoc.render

    pdoc.render.configure(docformat="numpy", show_source=False, footer_text=f"Multivector {version}")
    sys.path.insert(0, str(ROOT))
    pdoc.pdoc(*DOORS, output_directory=out / "api")


def build(root: Path, out: Path, version: str, with_api: bool = True) -> list[str]:
    """Build a site in a folder; returns what is wrong, and then builds nothing.

    An earlier site is removed first; a folder that holds anything else is refused and left as it is.
    """
    if out.exists() and not (out / MADE_HERE).is_file() and not _is_empty(out):
        return [f"{out}: holds something else than a site; found no {MADE_HERE}"]
    site = read_site(root)
    for page in site.pages.values():
        turn_links(site, page)
    if site.problems:
        return site.problems
    if (out / MADE_HERE).is_file():
        shutil.rmtree(out)
    _put(out / MADE_HERE, f"Multivector {version}\n")
    _put(out / "site.css", f"{STYLE.read_text(encoding='utf-8')}\n{FORMATTER.get_style_defs('.source')}\n")
    for page in site.pages.values():
        body = READER.renderer.render(page.tokens, READER.options, {})
        _put(out / page.out, written(site, page.out, page.title, body, version, with_api))
    whole = in_one(site)  # after the pages, whose places it takes
    if whole:
        _put(out / IN_ONE, written(site, IN_ONE, "The model on one page", whole, version, with_api))
    for there, where in site.files.items():
        if there == where:
            (out / where).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / there, out / where)
        else:
            body = f"<h1><code>{html.escape(str(there))}</code></h1>\n{listing(root / there)}"
            _put(out / where, written(site, where, there.name, body, version, with_api))
    if with_api:
        write_reference(out, version)
    return []


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site, or say what is wrong; returns the exit status."""
    parser = argparse.ArgumentParser(description="Build the documentation as a site.")
    parser.add_argument("-o", "--out", type=Path, default=SITE, help="the folder (build/site)")
    parser.add_argument("--no-api", action="store_true", help="leave the reference of the API out")
    asked = parser.parse_args(arguments)
    init = (ROOT / "sim" / "__init__.py").read_text(encoding="utf-8")
    version = re.search(r'^__version__ = "(.+)"$', init, flags=re.MULTILINE)
    assert version is not None
    problems = build(ROOT, asked.out, version[1], with_api=not asked.no_api)
    if problems:
        sys.stderr.write("\n".join([*problems, "nothing was built"]) + "\n")
        return 1
    sys.stdout.write(f"built {asked.out / 'index.html'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
