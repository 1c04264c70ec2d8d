"""A library leaves its host alone: importing any room of the house reads, writes, sets and compiles nothing."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent

# Libraries are imported first, in a process that has not seen the package: what they set is their affair. Which ones,
# a process before tells.
EVERY_ROOM = """
import importlib, json, pkgutil, sys

def import_every_room():
    import sim
    for room in pkgutil.walk_packages(sim.__path__, "sim."):
        if not room.name.endswith("__main__"):
            now[0] = room.name
            importlib.import_module(room.name)

now = ["sim"]
"""

LIBRARIES = (
    EVERY_ROOM
    + """
before = set(sys.modules)
import_every_room()
known = [name for name in sys.modules if name not in before and name.split(".")[0] != "sim"]
print(json.dumps(known))
"""
)

WATCHED = (
    EVERY_ROOM
    + """
import contextlib, os

for name in json.load(sys.stdin):
    with contextlib.suppress(ImportError):
        importlib.import_module(name)

import decimal, gc, locale, logging, multiprocessing, random, signal, socket, threading, warnings
import matplotlib, numba, numpy, pandas
from numba.core.event import install_recorder

def settings():
    return {
        **{f"numba.config.{name}": repr(value) for name, value in vars(numba.config).items() if name.isupper()},
        **{f"matplotlib.rcParams.{name}": repr(value) for name, value in matplotlib.rcParams.items()},
        **{f"the environment's {name}": value for name, value in os.environ.items()},
        "backend": matplotlib.rcParams._get_backend_or_none(),
        "pandas": pandas.describe_option(_print_desc=False),
        "numpy": [numpy.geterr(), numpy.get_printoptions(), repr(numpy.random.get_state())],
        "warnings": [repr(one) for one in warnings.filters],
        "paths": [os.getcwd(), sys.path, [repr(one) for one in sys.meta_path]],
        "locale": locale.setlocale(locale.LC_ALL),
        "logging": [logging.root.level, repr(logging.root.handlers), logging.root.manager.disable],
        "random": hash(random.getstate()),
        "signals": [repr(signal.getsignal(one)) for one in sorted(signal.valid_signals())],
        "hooks": [repr(sys.excepthook), repr(sys.displayhook), repr(threading.excepthook), repr(sys.unraisablehook)],
        "limits": [sys.getrecursionlimit(), gc.get_threshold(), socket.getdefaulttimeout(), repr(decimal.getcontext())],
        "processes": [multiprocessing.get_start_method(allow_none=True), threading.active_count()],
    }

package = os.path.realpath("sim") + os.sep
sources = (".py", ".pyc", ".pyi")
done = []

def watch(event, arguments):
    if not watching:
        return
    if event == "open":
        path, mode, flags = arguments
        place = os.path.realpath(os.fspath(path)) if isinstance(path, (str, bytes, os.PathLike)) else str(path)
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        if writes and os.path.basename(os.path.dirname(place)) != "__pycache__":
            done.append(f"{now[0]} writes {place}")
        if not (place.startswith(package) and (writes or place.endswith(sources))):
            done.append(f"{now[0]} opens {place}")
    elif event in ("os.mkdir", "os.remove", "os.rename", "os.link", "os.symlink", "os.chmod", "os.putenv", "os.chdir"):
        if "__pycache__" not in str(arguments[0]):
            done.append(f"{now[0]} does {event} {arguments}")
    elif event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "tempfile.")):
        done.append(f"{now[0]} does {event} {arguments}")
    elif event in ("os.listdir", "os.scandir"):
        if not (os.path.realpath(arguments[0] or ".") + os.sep).startswith(package):
            done.append(f"{now[0]} lists {arguments[0]}")

watching = False
sys.addaudithook(watch)
before, compiled = settings(), install_recorder("numba:compile")
with compiled as recorder:
    watching = True
    import_every_room()
    watching = False
after = settings()
done += [f"compiled {entry}" for entry in recorder.buffer]
changed = [name for name in before | after if before.get(name) != after.get(name)]
done += [f"{name} was {before.get(name)} and is {after.get(name)}" for name in changed]
rooms = sum(name.split(".")[0] == "sim" for name in sys.modules)
print(json.dumps([rooms, done]))
"""
)


def told(code, given=""):
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_importing_any_room_has_no_side_effect():
    rooms, done = told(WATCHED, json.dumps(told(LIBRARIES)))
    assert rooms >= len([*(ROOT / "sim").rglob("*.py")]) - 1  # `__main__` runs the program
    assert done == []
