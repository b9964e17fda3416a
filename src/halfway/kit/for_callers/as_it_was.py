"""Code of callers that every suite can hand in: is what all share as it was before somebody's code ran?"""


class AsItWas:
    """What is set on a loop, on the calling task and for the process: `changes()` names what is another.

    It is made in a running task, before the code that it looks at, and runs where the learner's file runs,
    so it knows nothing but what it imports itself. A log outlives a story: it is compared with a new one.
    """

    def __init__(self) -> None:
        self._before = {**self._now(), "the log of asyncio": True}

    def changes(self) -> list[str]:
        """Name what is not as it was, in words."""
        return [name for name, value in self._now().items() if value != self._before[name]]

    def _now(self) -> dict[str, object]:
        import asyncio
        import atexit
        import logging

        loop, task, log = asyncio.get_running_loop(), asyncio.current_task(), logging.getLogger("asyncio")
        is_as_made = not (log.level or log.disabled or log.filters) and log.propagate
        return {
            "the loop's handler of exceptions": loop.get_exception_handler(),
            "the loop's factory of tasks": loop.get_task_factory(),
            "the loop's debug mode": loop.get_debug(),
            "the loop's limit for slow callbacks": loop.slow_callback_duration,
            "the loop's executor, which is shut down": vars(loop).get("_executor_shutdown_called"),
            "the loop's generators, which are shut down": vars(loop).get("_asyncgens_shutdown_called"),
            "the name of the caller's task": None if task is None else task.get_name(),
            "the log of asyncio": is_as_made,
            "what runs when the process ends": atexit._ncallbacks(),
        }
