"""What a program of a page starts that a page does not have: a thread, or a process."""

from __future__ import annotations

import ast
from collections.abc import Iterator

THREADS = frozenset(
    (
        "_thread.start_new_thread",
        "asyncio.to_thread",
        "concurrent.futures.ThreadPoolExecutor",
        "multiprocessing.pool.ThreadPool",
        "threading.Thread",
        "threading.Timer",
    )
)
PROCESSES = frozenset(
    (
        "asyncio.create_subprocess_exec",
        "asyncio.create_subprocess_shell",
        "concurrent.futures.ProcessPoolExecutor",
        "multiprocessing.Manager",
        "multiprocessing.Pool",
        "multiprocessing.Process",
        "multiprocessing.get_context",
        "os.fork",
        "os.forkpty",
        "os.popen",
        "os.posix_spawn",
        "os.posix_spawnp",
        "os.system",
        "pty.spawn",
        "subprocess.Popen",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "subprocess.getoutput",
        "subprocess.getstatusoutput",
        "subprocess.run",
    )
)
PROCESS_FAMILIES = ("os.exec", "os.spawn")
ON_A_LOOP = "run_in_executor"


def started(code: str) -> str:
    """Gives "a thread" or "a process" if the program names something that starts one, else ""."""
    tree = ast.parse(code)
    names = set(_named(tree))
    if names & PROCESSES or any(name.startswith(PROCESS_FAMILIES) for name in names):
        return "a process"
    on_a_loop = any(isinstance(node, ast.Attribute) and node.attr == ON_A_LOOP for node in ast.walk(tree))
    return "a thread" if names & THREADS or on_a_loop else ""


def _named(tree: ast.AST) -> Iterator[str]:
    """Gives every dotted name of the program as the library knows it, whatever it was imported as."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {a.asname: a.name for a in node.names if a.asname}
        elif isinstance(node, ast.ImportFrom):
            known |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    yield from known.values()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            yield f"{known.get(first, first)}.{rest}"
