"""Blocks of a batch sent to other processes and machines, through a Dask cluster.

Only this room knows Dask, which is an extra: `pip install multivector[cluster]`. A block that was on a worker that died
is given to another one by the scheduler; since a block is a function of its number, it does not matter whether it was
half done, or done twice.
"""

import contextlib
import hashlib
import importlib.util
import ipaddress
import platform
import re
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sim.batch.aggregate import Aggregate
from sim.batch.identity import versions
from sim.batch.manifest import PARTIAL
from sim.batch.plan import CHUNK, BatchRequest, Plan, PreparedEngine
from sim.batch.tables import table_bytes, write_table
from sim.io.errors import input_error, quoted
from sim.io.words_once import say_once
from sim.io.writers import WrittenFile, write_bytes

LOCAL = "local"
PATIENCE = 30.0
"""Seconds to wait for the scheduler, and then for the first worker."""

_AHEAD = 2  # blocks on their way for each thread of the cluster, so that none waits for the next

_PLAIN, _SAFE = ("tcp", "ws", "ucx"), ("tls", "wss")  # ways to a scheduler that are open to listeners, and that are not
_PORTS = 65_536
_ADDRESS = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?(?P<host>\[[0-9A-Fa-f:.]+(?:%\w+)?\]|[A-Za-z0-9._-]+):(?P<port>[0-9]{1,5})/?"
)
_ALLOWED = f"the address of a scheduler, such as tls://host:8786, or {LOCAL}"

_Result = TypeVar("_Result")


class Workers:
    """The workers of a cluster; use `connect`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    @property
    def threads(self) -> int:
        """Threads of all workers that are there now."""
        return max(1, sum(int(threads) for threads in self._client.nthreads().values()))

    def each(
        self, function: Callable[[int], _Result], numbers: Iterable[int], waiting: Callable[[], None]
    ) -> Iterator[_Result]:
        """Call `function` with each number somewhere, and give the results as they come, in any order.

        `waiting` is called now and then from this thread. What the function raises is raised here. If this is left
        before its end, what has not begun is given up.
        """
        from distributed import wait

        stamp = uuid.uuid4().hex  # a name of its own for every call, or the cluster would hand out an older result
        coming = iter(numbers)
        under_way: set[Any] = set()
        try:
            while True:
                with _telling_of_loss():
                    while len(under_way) < _AHEAD * self.threads and (number := next(coming, None)) is not None:
                        key = f"block-{number}-{stamp}"
                        under_way.add(self._client.submit(function, number, key=key, pure=False))
                    if not under_way:
                        return
                    with contextlib.suppress(TimeoutError):
                        wait(under_way, timeout=0.5, return_when="FIRST_COMPLETED")
                    done = {future for future in under_way if future.done()}
                    results = [self._result(future) for future in done]
                yield from results
                under_way -= done
                waiting()
        finally:
            if under_way:
                with contextlib.suppress(
                    OSError, RuntimeError, TimeoutError, CancelledError
                ):  # there may be nobody left
                    self._client.cancel(list(under_way), force=True)

    @staticmethod
    def _result(future: Any) -> Any:
        from distributed import KilledWorker

        try:
            return future.result()
        except KilledWorker as error:
            raise input_error(
                future.key,
                f"every worker that was given this block died ({error.allowed_failures + 1} of them), perhaps for lack "
                "of memory; what was finished is kept, and the same command goes on",
            ) from error


@contextlib.contextmanager
def _telling_of_loss() -> Iterator[None]:
    """Say plainly that the scheduler is gone; what a worker raised, such as a full disk, is passed on."""
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError

    try:
        yield
    except (CommClosedError, FutureCancelledError, CancelledError) as error:
        lost = "the connection to the scheduler was lost; what was finished is kept, and the same command goes on"
        raise input_error("--dask", lost) from error


@contextlib.contextmanager
def connect(address: Any, workers: int) -> Iterator[Workers]:
    """The workers of a cluster.

    Parameters
    ----------
    address
        Address of a scheduler, such as `tls://host:8786`; or `local` for worker processes on this machine; or a client
        of `distributed` that is connected already, which is left open.
    workers
        How many processes to start for `local`.

    Raises
    ------
    sim.io.errors.InputError
        If Dask is not installed, nobody answers at the address, or the cluster has no worker.
    """
    try:
        import distributed
    except ImportError as error:
        needed = "blocks are sent to a cluster by Dask, which is not installed: pip install 'multivector[cluster]'"
        raise input_error("--dask", needed) from error
    with contextlib.ExitStack() as stack:
        if not isinstance(address, str):
            client = address
            warn_of_plain(str(getattr(getattr(client, "scheduler", None), "address", "")))
        elif address == LOCAL:
            client = stack.enter_context(_local(distributed, workers))
        else:
            client = stack.enter_context(_distant(distributed, address))
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise input_error("--dask", f"the cluster has had no worker for {PATIENCE:.0f} seconds") from error
        yield Workers(client)


@contextlib.contextmanager
def _local(distributed: Any, workers: int) -> Iterator[Any]:
    scratch = tempfile.mkdtemp(prefix="multivector-")
    try:
        with (
            distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",  # a free port, and seen from here only
                local_directory=scratch,
                security=_between_ourselves(distributed),
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            yield client
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _between_ourselves(distributed: Any) -> Any:
    """Certificates for workers of this machine, which keep its other users out; None where none can be made."""
    if importlib.util.find_spec("cryptography") is None:
        return None
    return distributed.Security.temporary()


@contextlib.contextmanager
def _distant(distributed: Any, address: str) -> Iterator[Any]:
    _check_address(distributed, address)
    warn_of_plain(address)
    try:
        client = distributed.Client(address, timeout=PATIENCE)
    except (OSError, TimeoutError, ValueError, TypeError, RuntimeError, AssertionError, ImportError) as error:
        raise input_error("--dask", "no scheduler answers there", found=quoted(address), allowed=_ALLOWED) from error
    with client:
        yield client


def _check_address(distributed: Any, address: str) -> None:
    """Refuse what is no address before anybody is asked, and `tls://` where no certificate has been named."""
    parts = _ADDRESS.fullmatch(address)
    if parts is None or not 0 < int(parts["port"]) < _PORTS or parts["scheme"] not in {None, *_PLAIN, *_SAFE}:
        raise input_error("--dask", "this is no address of a scheduler", found=quoted(address), allowed=_ALLOWED)
    if parts["scheme"] not in _SAFE or _told_of_a_loader():
        return
    try:
        context = distributed.Security().get_connection_args("client").get("ssl_context")
    except (OSError, ValueError, TypeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        told = f"the certificates that Dask was told of cannot be read ({reason})"
        raise input_error("--dask", told, found=quoted(address)) from error
    if context is None:
        told = "this needs certificates, and Dask was told of none; docs/clusters.md shows how"
        raise input_error("--dask", told, found=quoted(address))


def _told_of_a_loader() -> bool:
    """Whether Dask was told of a function that gives it certificates."""
    import dask

    return bool(dask.config.get("distributed.client.security-loader", None))


def warn_of_plain(address: str) -> None:
    """Say once that a scheduler on another machine is asked without encryption."""
    parts = _ADDRESS.fullmatch(address)
    if parts is None or parts["scheme"] in _SAFE or _is_here(parts["host"]):
        return
    say_once(
        f"--dask {address}: this connection is not encrypted, and whoever reaches that scheduler can run programs as "
        "you; tls:// is safe (docs/clusters.md)"
    )


def _is_here(host: str) -> bool:
    """Whether a name or number of a machine always means this one."""
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@dataclass(frozen=True, kw_only=True)
class BlockTask:
    """An order taken to another process, and what has to agree there."""

    request: BatchRequest
    hash: str
    versions: dict[str, str]
    folder: str  # the results folder, absolute
    token: str  # a file in it; whoever sees that file shares the folder


@dataclass(frozen=True, kw_only=True)
class BlockResult:
    """What comes back of one block: names and hashes of files that were written, or the files themselves."""

    number: int
    files: tuple[WrittenFile, ...]
    counts: WrittenFile
    contents: dict[str, bytes]  # empty where the folder is shared


_READY: dict[str, tuple[Plan, PreparedEngine]] = {}


_MAKING_READY = threading.Lock()


def run_task(task: BlockTask, number: int) -> BlockResult:
    """Make one block in whatever process this is called; doing it twice leaves the same bytes."""
    with _MAKING_READY:
        if task.hash not in _READY:
            _READY.clear()  # one at a time, so that a worker that lives long does not grow
            _READY[task.hash] = _make_ready(task)
        plan, prepared = _READY[task.hash]
    pages, summary, tables = plan.make(prepared, number)
    aggregate = Aggregate(pages[0].blocks()[0], CHUNK)
    aggregate.add(number, pages, summary)
    folder, counts = Path(task.folder), f"{PARTIAL}/counts-{number:05d}.npz"
    packed = aggregate.packed()
    made = WrittenFile(name=counts, sha256=hashlib.sha256(packed).hexdigest())
    if (folder / task.token).is_file():
        files = tuple(write_table(table, folder, name) for name, table in tables.items())
        write_bytes(folder / counts, packed)
        return BlockResult(number=number, files=files, counts=made, contents={})
    contents = {name: table_bytes(table, name) for name, table in tables.items()}
    listed_files = tuple(
        WrittenFile(name=name, sha256=hashlib.sha256(data).hexdigest(), rows=tables[name].num_rows)
        for name, data in contents.items()
    )
    return BlockResult(number=number, files=listed_files, counts=made, contents={**contents, counts: packed})


def _make_ready(task: BlockTask) -> tuple[Plan, PreparedEngine]:
    plan = Plan(task.request, Path())
    here = platform.node()
    if plan.hash != task.hash:
        raise input_error(
            f"worker on {here}",
            "it has other code or evidence than the machine that sends the blocks; install the same version on both",
        )
    for name, version in versions().items():
        if version != task.versions[name]:
            raise input_error(
                f"worker on {here}",
                "other versions may give other bytes; install the same on both",
                found=f"{name} {version}",
                allowed=task.versions[name],
            )
    return plan, plan.prepare()
