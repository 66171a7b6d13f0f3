"""Every task that a worker knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from opentelemetry.trace import SpanKind

from invekto.db.queue import Handler, Task
from invekto.server.deps import ServerDeps
from invekto.server.jobs.care import care_tasks
from invekto.server.jobs.deliver import deliver_due_task, deliver_task, undelivered_task
from invekto.server.jobs.imports import import_task
from invekto.server.jobs.money import close_link_task
from invekto.server.jobs.replay import replay_task
from invekto.server.jobs.sync import sync_task
from invekto.server.jobs.turn import turn_task
from invekto.server.jobs.webhook import webhook_task
from invekto.tracing import OFF, span


def all_tasks(deps: ServerDeps) -> list[Task]:
    """The tasks, over the worker's dependencies, each inside a span where there is tracing."""
    return [replace(task, run=traced(deps, task)) for task in _tasks(deps)]


def traced(deps: ServerDeps, task: Task) -> Handler:
    """The task's work inside a span of its own trace."""
    tracer = deps.engine.deps.tracer
    if tracer is OFF:
        return task.run

    async def run(**ids: Any) -> None:
        tenant = str(ids.get("tenant_id", ""))
        with span(tracer, f"job {task.name}", SpanKind.CONSUMER, invekto__tenant=tenant):
            await task.run(**ids)

    return run


def _tasks(deps: ServerDeps) -> list[Task]:
    return [
        turn_task(deps),
        deliver_task(deps),
        deliver_due_task(deps),
        undelivered_task(deps),
        webhook_task(deps),
        sync_task(deps),
        close_link_task(deps),
        replay_task(deps),
        import_task(deps),
        *care_tasks(deps),
    ]
