"""The browser that the tests of the classroom drive: the system's own Chromium, fetched from Debian where that can be.

python tools/find_browser.py     say which it is; as root on Debian, install it where there is none

The variable MULTIVECTOR_CHROMIUM names another; `none` does without. Where no browser can be had, that is said and the
exit code is 0 all the same: the tests that need one are then skipped, with the same words.
"""

import os
import shutil
import subprocess
import sys

VARIABLE = "MULTIVECTOR_CHROMIUM"
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
MISSING = (
    "no Chromium was found, so the tests that look at the classroom in a browser are skipped: install it "
    f"(Debian: apt-get install chromium), or name one in the variable {VARIABLE}"
)
HASTE = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20", "-o", "DPkg::Lock::Timeout=60")
"""A machine without a network shall not wait long for it."""


def found() -> str | None:
    """Where a browser is that really starts; None where there is none, or none is wanted."""
    named = os.environ.get(VARIABLE, "")
    for name in [named] if named else NAMES:
        path = shutil.which(name)
        if path and starts(path):
            return path
    return None


def starts(path: str) -> bool:
    """Whether it is a browser: on some systems the name belongs to a script that only says what to install."""
    try:
        told = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0 and b"Chrom" in told.stdout


def install() -> bool:
    """Let Debian's own tool fetch one, where nobody need be asked; whether that was tried."""
    apt = shutil.which("apt-get")
    if os.environ.get(VARIABLE) or not apt or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return False
    print("Installing Chromium for the tests in a browser (some 200 MB) ...", flush=True)
    wanted = [apt, *HASTE, "-qq", "-y", "--no-install-recommends", "install", "chromium"]
    if (said := failed(wanted)) and not failed([apt, *HASTE, "-qq", "update"]):  # a fresh machine has no lists yet
        said = failed(wanted)
    if said:
        print(said, flush=True)
    return True


def failed(command: list[str]) -> str:
    """The end of what a command of apt-get complains of; nothing where it went well."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=quiet, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return "" if done.returncode == 0 else (done.stderr.decode(errors="replace").strip()[-500:] or "apt-get failed")


def main() -> int:
    """Find a browser, or fetch one, and say what came of it."""
    path = found() or (install() and found())
    print(f"Tests in a browser: {path or MISSING}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
