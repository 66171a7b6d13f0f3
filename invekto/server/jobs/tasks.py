"""Every task that a worker knows."""

from __future__ import annotations

from invekto.db.queue import Task
from invekto.server.deps import ServerDeps
from invekto.server.jobs.care import care_tasks
from invekto.server.jobs.deliver import deliver_due_task, deliver_task, undelivered_task
from invekto.server.jobs.imports import import_task
from invekto.server.jobs.money import close_link_task
from invekto.server.jobs.replay import replay_task
from invekto.server.jobs.sync import sync_task
from invekto.server.jobs.turn import turn_task
from invekto.server.jobs.webhook import webhook_task


def all_tasks(deps: ServerDeps) -> list[Task]:
    """The tasks, over the worker's dependencies."""
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
