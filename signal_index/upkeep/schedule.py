"""Runs the jobs of the leader, each at its own pace, never one twice at a time.

- A job that fails is logged by name and kind of exception, and runs again next time.
- A job that refuses to go on (`StartRefused`: the ledger is not what was signed) is not
  run again by this process: a person must look first.
- Stopping lets running jobs finish.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from keys.events import EventLog
from signal_index.errors import StartRefused
from signal_index.events import Event

_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do again and again."""

    name: str
    seconds: float
    run: Callable[[], Awaitable[None]]


class Schedule:
    """The running jobs of one leader."""

    def __init__(self, log: EventLog) -> None:
        # Its own lines hold tracebacks; what we need of them comes as an event.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._log = log
        self._running: set[asyncio.Future[None]] = set()
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_listener(self._failed, EVENT_JOB_ERROR)

    def start(self, jobs: Sequence[Job], *, now: datetime) -> None:
        """Run every job now, and from now on at its own pace."""
        for job in jobs:
            self._scheduler.add_job(
                self._run,
                "interval",
                args=[job],
                id=job.name,
                seconds=job.seconds,
                next_run_time=now,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Begin no job any more, and wait for those that run."""
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(set(self._running), timeout=_PATIENCE)
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)

    async def _run(self, job: Job) -> None:
        task = asyncio.ensure_future(job.run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await task

    def _failed(self, event: JobExecutionEvent) -> None:
        kind = type(event.exception).__name__
        self._log.write(Event.UPKEEP_FAILED, job=event.job_id, kind=kind)
        if isinstance(event.exception, StartRefused):
            self._scheduler.pause_job(event.job_id)
