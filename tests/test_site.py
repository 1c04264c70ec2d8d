"""The documentation as a site: every link of the repository leads somewhere in it, and nothing comes from elsewhere."""

import importlib.util
import re
import shutil
import sys
import tomllib
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

import pytest

import sim
from helpers.kept_files import kept_files, shown
from helpers.markdown import anchors

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LEADS = re.compile(r'<a [^>]*?href="([^"]+)"|<img [^>]*?src="([^"]+)"|<link [^>]*?href="([^"]+)"')
LOADED = re.compile(r'<(?:script|img|iframe)[^>]+src="https?:|<link[^>]+href="https?:|@import|url\(\s*[\'"]?https?:')


@pytest.fixture(scope="module")
def builder():
    spec = importlib.util.spec_from_file_location("build_site", ROOT / "tools" / "build_site.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look up what a page is
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(builder, tmp_path_factory):
    out = tmp_path_factory.mktemp("site") / "site"
    assert builder.main(["-o", str(out)]) == 0
    return out


def small(folder, **pages):
    """A repository of a few pages."""
    for name, text in pages.items():
        path = folder / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


# --- the whole -------------------------------------------------------------------------------------------------------


def test_every_page_of_the_repository_is_in_the_site_under_its_title(builder, site):
    pages = builder.read_site(ROOT).pages
    assert {str(path) for path in pages} == {shown(path) for path in kept_files() if path.suffix == ".md"}
    for page in pages.values():
        assert page.title, page.path
        assert "<h1" in (site / page.out).read_text(encoding="utf-8") or page.path.parts[0] == "paper"
    assert (site / "index.html").is_file()


def test_every_link_in_the_site_leads_to_a_file_of_it(site):
    wrong = []
    for path in site.rglob("*.html"):
        if path.is_relative_to(site / "api"):
            continue
        for found in LEADS.findall(path.read_text(encoding="utf-8")):
            target = next(filter(None, found)).partition("#")[0]
            if target and not re.match(r"[a-z]+:", target) and not (path.parent / unquote(target)).is_file():
                wrong.append((path.relative_to(site).as_posix(), target))
    assert wrong == []


def test_the_site_loads_nothing_from_elsewhere(site):
    texts = {path: path.read_text(encoding="utf-8") for kind in ("*.html", "*.css") for path in site.rglob(kind)}
    assert [path.name for path, text in texts.items() if LOADED.search(text)] == []


def test_places_have_the_names_that_a_forge_gives_them(builder):
    for path in ("README", "docs/odd", "docs/rulebook", "docs/architecture"):
        text = (ROOT / f"{path}.md").read_text(encoding="utf-8")
        assert builder.read_page(ROOT, ROOT / f"{path}.md").places == anchors(text)


def test_every_page_of_the_documentation_is_in_the_navigation(builder):
    read = builder.read_site(ROOT)
    shown_there = [page.path for _, pages in builder.navigation(read) for page in pages]
    assert len(shown_there) == len(set(shown_there))
    assert {path for path in read.pages if path.parent == PurePosixPath("docs")} <= set(shown_there)


def test_the_model_description_stands_on_one_page_too(builder, site):
    text = (site / builder.IN_ONE).read_text(encoding="utf-8")
    assert text.count("<h1") == len(builder.PARTS)
    places = re.findall(r' id="([^"]+)"', text)
    assert len(places) == len(set(places))
    assert 'id="mindstrust_next"' in text
    assert 'href="model-description.html"' in (site / "docs" / "odd.html").read_text(encoding="utf-8")


# --- the reference ---------------------------------------------------------------------------------------------------


def test_every_door_has_its_place_in_the_reference(builder):
    stubs = (path.parent.relative_to(ROOT).parts for path in (ROOT / "sim").rglob("__init__.pyi"))
    assert {".".join(parts) for parts in stubs} <= set(builder.DOORS)
    assert builder.DOORS[0] == "sim"


def test_every_name_that_is_offered_is_in_the_reference_and_explained(builder, site):
    for door in builder.DOORS:
        text = (site / builder.door_file(door)).read_text(encoding="utf-8")
        offered = importlib.import_module(door).__dict__.get("__all__", ())
        for name in offered:
            part = text.partition(f'<section id="{name}">')[2].partition("</section>")[0]
            assert part, f"{door}.{name}"
            if callable(getattr(importlib.import_module(door), name)):
                assert '<div class="docstring">' in part, f"{door}.{name}"
    assert f"Multivector {sim.__version__}" in (site / "api" / "sim.html").read_text(encoding="utf-8")


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("[x](other.md)", ""),
        ("[x](other.md#here)", ""),
        ("[x](below)", ""),
        ("[x](https://example.org)", ""),
        ("[x](none.md)", "README.md: none.md: no such file"),
        ("[x](other.md#there)", "README.md: other.md#there: no such heading"),
        ("![x](none.png)", "README.md: none.png: no such file"),
        ("[x](../README.md)", "README.md: ../README.md: no such file"),
        ('<img src="other.md">', "README.md: a link in HTML, which nothing follows"),
    ],
)
def test_a_link_that_leads_nowhere_is_told_and_nothing_is_built(builder, tmp_path, link, told):
    root = small(
        tmp_path / "checkout", README=f"# Top\n\n{link}\n", other="# Other\n\n## Here\n", below__README="# Below\n"
    )
    problems = builder.build(root, tmp_path / "site", "1", with_api=False)
    assert problems == ([told] if told else [])
    assert (tmp_path / "site").exists() != bool(told)


def test_a_folder_that_holds_something_else_is_refused_and_left_as_it_is(builder, tmp_path):
    root = small(tmp_path / "checkout", README="# Top\n")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    (told,) = builder.build(root, tmp_path / "mine", "1", with_api=False)
    assert "holds something else than a site" in told
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    file = tmp_path / "mine" / "letter.txt"
    assert builder.build(root, file, "1", with_api=False)
    assert file.read_text(encoding="utf-8") == "dear"


def test_a_site_is_built_again_without_what_is_gone(builder, tmp_path):
    root = small(tmp_path / "checkout", README="# Top\n", gone="# Gone\n")
    assert builder.build(root, tmp_path / "site", "1", with_api=False) == []
    assert (tmp_path / "site" / "gone.html").is_file()
    (root / "gone.md").unlink()
    assert builder.build(root, tmp_path / "site", "1", with_api=False) == []
    assert not (tmp_path / "site" / "gone.html").exists()
    shutil.rmtree(tmp_path / "site")


# --- how it is made --------------------------------------------------------------------------------------------------


def test_continuous_integration_builds_the_site():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^check:.*\bsite\b", makefile, flags=re.MULTILINE)
    assert "tools/build_site.py" in makefile.partition("\nsite:")[2]
    assert any(one.startswith("pdoc") for one in PROJECT["project"]["optional-dependencies"]["docs"])
