"""Carries out one claimed job and records how it ended. Starts no threads and claims nothing."""

from __future__ import annotations

import errno
import random
import traceback
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, connections, router

from fengcai.engines.jobs import claims
from fengcai.engines.jobs.claims import Claim
from fengcai.engines.jobs.context import JobContext
from fengcai.engines.jobs.models import Job, State
from fengcai.engines.jobs.observers import Sign, tell
from fengcai.engines.jobs.registry import JobFailed, JobInterrupted, JobRetry, LeaseLost

log = structlog.get_logger(__name__)

TECHNICAL_MAX = 4_000
"""Characters kept of a traceback: its end, where the cause stands."""

DATABASE_PAUSE = timedelta(seconds=2)
"""Wait before trying again after the database was busy or away."""


def execute(held: Claim, context: JobContext, *, reraise: bool = False) -> State | None:
    """Run the handler and write the ending. None when the job was no longer this attempt's.

    With `reraise` a handler's exception is recorded and then raised, for tests that want to see it.
    Raises database errors that prevent the ending from being written; the lease then runs out.
    """
    tell(Sign(held.id, State.RUNNING))
    state: State | None = None
    try:
        state = _run(held, context, reraise=reraise)
    finally:
        tell(Sign(held.id, state or State.QUEUED))  # a sign only says: look at the row
    return state


def _run(held: Claim, context: JobContext, *, reraise: bool) -> State | None:
    spec = held.handler
    try:
        if spec.atomic:
            with context.completing() as outcome:
                outcome.update(spec.function(context, **held.arguments) or {})
        else:
            returned = spec.function(context, **held.arguments)
            if not context.completed:
                context.complete(returned or {})
    except LeaseLost:
        log.warning("job_lease_lost", job=held.id, kind=held.kind)
        return None
    except JobInterrupted:
        return State.QUEUED if claims.release(held) else None
    except Exception as error:
        if context.completed:
            # The effects are committed and the job is done; what came after cannot undo them.
            log.exception("job_failed_after_completion", job=held.id, kind=held.kind)
            if reraise:
                raise
            return State.DONE
        state = _record(held, error)
        log.warning("job_attempt_failed", job=held.id, kind=held.kind, state=state, exc_info=True)
        if reraise:
            raise
        return state
    return State.DONE


def _record(held: Claim, error: Exception) -> State | None:
    technical = "".join(traceback.format_exception(error))[-TECHNICAL_MAX:]
    number = f"任务编号 {held.id}"
    if isinstance(error, JobFailed):
        return claims.failed(
            held, error=str(error), technical=technical, final=True, delay=timedelta(0)
        )
    if isinstance(error, (OperationalError, InterfaceError)):
        # The database was busy or away: the job is not to blame.
        _let_go_of_a_broken_connection()
        return claims.interrupted(
            held,
            error=f"数据库多次没有响应，系统不再自动重试。请联系管理员，并报出{number}。",
            technical=technical,
            delay=DATABASE_PAUSE,
        )
    if _is_of_a_full_disk(error):
        # Nor to blame for this; an office that clears its disk the next morning finds it done.
        return claims.interrupted(
            held,
            error=f"磁盘一直是满的，系统不再自动重试。清理磁盘后请再试一次。（{number}）",
            technical=technical,
            delay=held.handler.delay(held.interruptions + 1),
        )
    failures = held.failures + 1
    delay = held.handler.delay(failures) * random.uniform(1.0, 1.1)  # noqa: S311 - spreads load
    if isinstance(error, JobRetry):
        text = str(error)
        if error.after is not None:
            delay = error.after
    elif failures >= held.max_attempts:
        text = (
            f"试了 {failures} 次都没有完成，系统不再自动重试。已收到的内容都还在。"
            f"请联系管理员，并报出{number}。"
        )
    else:
        text = f"第 {failures} 次处理没有完成，系统稍后会自动再试，不需要您操作。（{number}）"
    return claims.failed(held, error=text, technical=technical, final=False, delay=delay)


def _is_of_a_full_disk(error: BaseException | None) -> bool:
    """Whether the disk was full, or a quota used up, somewhere below what the handler raised."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__ or error.__context__
    return False


def _let_go_of_a_broken_connection() -> None:
    """So that the ending goes through a new one; otherwise only the lease would free the job."""
    connection = connections[router.db_for_write(Job)]
    open_and_free = connection.connection is not None and not connection.in_atomic_block
    if open_and_free and not connection.is_usable():
        connection.close()
