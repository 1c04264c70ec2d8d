"""The script that lets a job array play a batch: `multivector run SCENARIO --array N`."""

import os
import re
import shlex
import string
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.io.letters import on_one_line
from sim.io.text import counted

if TYPE_CHECKING:
    from sim.batch.parts import Cut
    from sim.scenario.scenario import Scenario

_CORES = 8  # of one part, unless told otherwise
_OPTION = "--array"
_NAME = 60  # letters of the name of a job

# What Slurm reads ends where the first command stands. A part that was killed on another machine counts as at work for
# two minutes, and the joining has to outlast that.
_SCRIPT = string.Template(
    """\
#!/bin/bash
# ${title}
# ${runs} runs in ${blocks}, played in ${parts} parts and then joined; written by multivector ${version}.
#
# Hand it to Slurm twice, the second time for part 0, which joins what the others left and makes what is missing:
#
#     array=$$(sbatch --parsable job.sh)
#     sbatch --dependency=afterany:$$array --array=0 job.sh
#
# Without Slurm the number of the part comes behind: bash job.sh 3. Parts may be started in any order, at the same time,
# on several machines that share the folder, and again; one that was stopped goes on where it was.
#SBATCH --job-name=${name}
#SBATCH --array=1-${parts}
#SBATCH --cpus-per-task=${cores}
set -eu
part=$${1:-$${SLURM_ARRAY_TASK_ID:?which part, 1 to ${parts}, or 0 to join them}}
cd ${folder}
${cache}run=(${command} --workers "$${SLURM_CPUS_PER_TASK:-${cores}}")
what=(${what})
if [ "$$part" != 0 ]; then
    exec "$${run[@]}" --block "$$part/${parts}" "$${what[@]}"
fi
# Exit code 2 may mean that a part was killed on another machine: for two minutes nobody can tell.
for pause in 50 50 50; do
    code=0
    "$${run[@]}" "$${what[@]}" || code=$$?
    [ "$$code" = 2 ] || exit "$$code"
    sleep "$$pause"
done
exec "$${run[@]}" "$${what[@]}"
"""
)


def script(given: Sequence[str], scenarios: Sequence["Scenario"], cuts: Sequence["Cut"], cores: int | None) -> str:
    """A script in bash that plays the part of a batch it is told, as `given` on the command line, or joins all of them.

    scenarios: what is played, with how each is cut; cores: threads of one part.
    """
    from sim import __version__

    cache = os.environ.get("MULTIVECTOR_CACHE")
    blocks = max(cut.blocks for cut in cuts)
    folder = Path.cwd()
    return _SCRIPT.substitute(
        title=on_one_line("; ".join(dict.fromkeys(scenario.title for scenario in scenarios))),
        runs=f"{sum(cut.runs for cut in cuts):,}",
        blocks=f"{counted(blocks, 'block')}{' each' if len(cuts) > 1 else ''}",
        parts=cuts[0].parts,
        version=__version__,
        name=re.sub(r"[^A-Za-z0-9_.-]", "-", "-".join(dict.fromkeys(scenario.name for scenario in scenarios)))[:_NAME],
        cores=cores or _CORES,
        folder=shlex.quote(str(folder)),
        cache=f"export MULTIVECTOR_CACHE={shlex.quote(str(folder / Path(cache).expanduser()))}\n" if cache else "",
        command=shlex.join([*_program(), given[0]]),
        what=shlex.join(_without(given[1:])),
    )


def _program() -> list[str]:
    """How this program is called: the command beside the interpreter, or the interpreter with its module."""
    beside = Path(sys.executable).with_name("multivector")
    return [str(beside)] if beside.is_file() else [sys.executable, "-m", "sim.cli"]


def _without(given: Sequence[str]) -> list[str]:
    """The words of the command line without the option that asked for the script, and without `--workers`."""
    kept: list[str] = []
    skip = False
    for word in given:
        option, equals, _ = word.partition("=")
        drop = option in {_OPTION, "--workers"}
        if not skip and not drop:
            kept.append(word)
        skip = drop and not equals
    return kept
