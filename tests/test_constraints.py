"""The tested set of libraries: whole, hashed, in step with what the project asks for, and good for any machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
FILES = {
    "run": ("sweep", "history", "classroom"),
    "test": ("sweep", "history", "classroom", "test", "dev"),
    "experiments": ("sweep", "history", "xarray", "discovery"),
}
MACHINES = [
    {"python_version": version, "python_full_version": f"{version}.0", "sys_platform": system}
    for version in ("3.11", "3.12", "3.13")
    for system in ("linux", "darwin", "win32")
]


def pins(name):
    """Every line of a file: name, version, marker and how many hashes."""
    text = (ROOT / "constraints" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            said, *hashes = line.split("--hash=")
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one.strip()) for one in hashes), line
            pin, _, marker = said.partition(";")
            library, version = pin.strip().split("==")
            yield library, version, Marker(marker) if marker.strip() else None, len(hashes)


def asked(extras):
    """What the project and some of its extras ask for, the extras in them included, and what builds it."""
    for text in [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]:
        yield Requirement(text)
    waiting, seen = list(extras), set()
    while waiting:
        extra = waiting.pop()
        if extra in seen:
            continue
        seen.add(extra)
        for text in EXTRAS[extra]:
            requirement = Requirement(text)
            if requirement.name == PROJECT["project"]["name"]:
                waiting += requirement.extras
            else:
                yield requirement


@pytest.mark.parametrize("name", FILES)
def test_every_library_has_one_version_a_machine_and_its_hashes(name):
    found = list(pins(name))
    assert all(hashes for *_, hashes in found)
    for machine in MACHINES:
        here = [library for library, _, marker, _ in found if marker is None or marker.evaluate(environment(machine))]
        assert len(here) == len(set(here)), machine


@pytest.mark.parametrize("name", FILES)
def test_the_tested_set_is_what_the_project_allows(name):
    for machine in MACHINES:
        here = {
            library: version
            for library, version, marker, _ in pins(name)
            if marker is None or marker.evaluate(environment(machine))
        }
        for requirement in asked(FILES[name]):
            library = canonicalize_name(requirement.name)
            assert library in here, f"{library} on {machine}: renew the set with `make constraints`"
            assert requirement.specifier.contains(here[library]), f"{library} {here[library]}: `make constraints`"


def test_the_sets_agree_where_they_share_a_library():
    every = {name: {(library, str(marker)): version for library, version, marker, _ in pins(name)} for name in FILES}
    for one in every.values():
        for other in every.values():
            assert all(other[key] == one[key] for key in one.keys() & other.keys())


def test_no_address_stands_in_the_sets():
    for path in sorted((ROOT / "constraints").iterdir()):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert not re.search(r"^--", text, flags=re.MULTILINE)
        assert "\r" not in text


def environment(machine):
    return default_environment() | machine | {"platform_python_implementation": "CPython"}
