"""What the dashboard has done after its answer, in a thread of its own: mails never wait for it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from accounts.services.after_answer import AfterAnswer

beside_the_page: Final = AfterAnswer(ThreadPoolExecutor(max_workers=1, thread_name_prefix="dashboard"))
