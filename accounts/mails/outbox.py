"""Handing mails to the mail server, beside the request: it costs nobody time, and tells nobody anything."""

import logging
from concurrent.futures import Executor, ThreadPoolExecutor
from threading import BoundedSemaphore
from uuid import UUID

from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)

#: So many mails wait for the mail server at most; the next ones are logged as not sent.
MOST_WAITING = 1000


class Outbox:
    """A few threads that talk to the mail server; the process waits for them when it ends.

    A request that sent the mail itself would take longer exactly where an account exists. What waits
    when a process is killed is lost: every mail can be asked for again.
    """

    def __init__(self, executor: Executor | None = None) -> None:
        self.executor = executor or ThreadPoolExecutor(max_workers=4, thread_name_prefix="mails")
        self._room = BoundedSemaphore(MOST_WAITING)

    def send(self, message: EmailMessage, *, template: str, sub: UUID) -> None:
        """Hand a mail over; a failure is logged, and never reaches whoever calls."""
        if not self._room.acquire(blocking=False):
            logger.error("mail %s to %s not sent: %d are waiting already", template, sub, MOST_WAITING)
            return
        try:
            self.executor.submit(self._deliver, message, template, sub)
        except RuntimeError:  # the process is ending
            self._room.release()
            logger.exception("mail %s to %s not sent", template, sub)

    def _deliver(self, message: EmailMessage, template: str, sub: UUID) -> None:
        try:
            message.send()
        except Exception:  # whatever a mail server may answer; the reason is logged
            logger.exception("mail %s to %s not sent", template, sub)
        finally:
            self._room.release()


outbox = Outbox()
