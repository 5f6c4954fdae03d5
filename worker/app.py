"""The Celery application: it carries job numbers and nothing else.

Embedded, the broker is a queue in memory; a site names Redis or RabbitMQ. Either may lose or repeat a
message: the outbox sends lost ones again, and a repeated one finds its job done.
"""

import os
from collections.abc import Callable
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

from celery import Celery

from kernel.settings import Settings, read_secret

TASK = "mingtang.carry_out"
OPTIONS = {
    "redis": {"visibility_timeout": 3600, "unacked_restore_interval": 2, "unacked_restore_throttle": 1},
    "memory": {"polling_interval": 0.02},
}


def make_celery(settings: Settings, carry_out: Callable[[int], None]) -> Celery:
    """The application for the broker that the settings name."""
    url = broker_url(settings)
    app = Celery("mingtang", broker=url, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        accept_content=["json"],
        task_serializer="json",
        enable_utc=True,
        broker_connection_retry_on_startup=True,
        broker_transport_options=OPTIONS.get(urlsplit(url).scheme.split("+")[0].removesuffix("s"), {}),
        # Queues in memory belong to the process: two applications in one must not share theirs.
        task_default_queue=f"mingtang-{os.getpid()}-{uuid4().hex}" if settings.embedded else "mingtang",
    )

    @app.task(name=TASK, shared=False)  # type: ignore[untyped-decorator]
    def deliver(job_id: int) -> None:
        carry_out(job_id)

    return app


def broker_url(settings: Settings) -> str:
    """The broker's URL with its password put in from the secret file."""
    if settings.embedded:
        return "memory://localhost"
    if not settings.broker_password_file:
        return settings.broker_url
    parts = urlsplit(settings.broker_url)
    password = quote(read_secret(settings.broker_password_file), safe="")
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{password}@{host}"))


def send(app: Celery, job_id: int) -> None:
    """Hand a job to the workers."""
    app.send_task(TASK, args=[job_id], ignore_result=True)
