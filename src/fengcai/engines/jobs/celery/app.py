"""The Celery application: one task, one queue for each lane, priorities, patience with the broker.

Says how numbers travel; does not send or receive any.
"""

from __future__ import annotations

from typing import Any

from celery import Celery
from kombu.entity import Queue

from fengcai.engines.jobs.registry import Lane, Priority

TASK = "fengcai.carry"

CONNECT = 2.0
"""Seconds to open a connection before the broker counts as away."""

ANSWER = 5.0
"""Seconds that an open connection may stay silent when an answer is due."""

HIDDEN = 6 * 3600
"""Seconds until Redis shows an unacknowledged number to another worker. The rows free the jobs of
lost workers much sooner; long, because each number shown again is only noise."""


def make(url: str) -> Celery:
    """An application on the broker at `url` (redis, rediss, amqp, amqps); nothing is opened yet."""
    redis = url.startswith("redis")
    app = Celery("fengcai", broker=url, fixups=[], set_as_current=False)
    app.conf.update(
        task_serializer="json",
        accept_content=["json"],
        result_backend=None,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_queues=[Queue(queue_of(lane), queue_arguments=_arguments(redis)) for lane in Lane],
        task_default_queue=queue_of(Lane.DEFAULT),
        task_create_missing_queues=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        # It is given back by a pool's thread that waits for the broker's answer on a line which the
        # main thread reads: whoever reads it first leaves the other waiting for good.
        worker_enable_prefetch_count_reduction=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=CONNECT,
        broker_heartbeat=20,
        broker_transport_options=_redis_options() if redis else {},
    )
    return app


def queue_of(lane: Lane) -> str:
    """The name of a lane's queue at the broker."""
    return f"fengcai.{lane}"


def priority_at(url: str, priority: int) -> int:
    """A job's priority as the broker counts: Redis has 0 first, RabbitMQ the highest number."""
    first, middle, last = (0, 3, 6) if url.startswith("redis") else (9, 5, 1)
    if priority >= Priority.WAITED_FOR:
        return first
    return middle if priority >= Priority.NORMAL else last


def _arguments(redis: bool) -> dict[str, Any] | None:
    return None if redis else {"x-max-priority": 9}


def _redis_options() -> dict[str, Any]:
    return {
        "visibility_timeout": HIDDEN,
        "priority_steps": [0, 3, 6],
        "socket_connect_timeout": CONNECT,
        "socket_timeout": ANSWER,
        "socket_keepalive": True,
        "health_check_interval": 15,
        "max_connections": 100,
    }
