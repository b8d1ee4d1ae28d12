"""Work that is done beside the request, so that neither its time nor its queries tell anybody anything."""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from threading import BoundedSemaphore

from django.db import close_old_connections, connection

logger = logging.getLogger(__name__)

#: So many requests wait at most; the next ones are logged as not done.
MOST_WAITING = 1000


class AfterAnswer:
    """Two threads with a database connection each; the process waits for them when it ends.

    What waits when a process is killed is lost: it must be something that people ask for again.
    """

    def __init__(self, executor: Executor | None = None) -> None:
        self.executor = executor or ThreadPoolExecutor(max_workers=2, thread_name_prefix="after-answer")
        self._room = BoundedSemaphore(MOST_WAITING)

    def do(self, work: Callable[[], None], *, what: str) -> None:
        """Do ``work`` soon; a failure is logged, and never reaches whoever calls."""
        if not self._room.acquire(blocking=False):
            logger.error("%s not done: %d are waiting already", what, MOST_WAITING)
            return
        try:
            self.executor.submit(self._do, work, what)
        except RuntimeError:  # the process is ending
            self._room.release()
            logger.exception("%s not done", what)

    def _do(self, work: Callable[[], None], what: str) -> None:
        _let_go_of_old_connections()
        try:
            work()
        except Exception:  # whatever it is, nobody waits for it; the reason is logged
            logger.exception("%s not done", what)
        finally:
            self._room.release()
            _let_go_of_old_connections()


def _let_go_of_old_connections() -> None:
    # As Django does at both ends of a request, which a thread of its own is not in.
    if not connection.in_atomic_block:
        close_old_connections()


after_answer = AfterAnswer()
