"""Every task that a worker knows."""

from __future__ import annotations

from invekto.db.queue import Task
from invekto.server.deps import ServerDeps
from invekto.server.jobs.deliver import deliver_due_task, deliver_task
from invekto.server.jobs.turn import turn_task


def all_tasks(deps: ServerDeps) -> list[Task]:
    """The tasks, over the worker's dependencies."""
    return [turn_task(deps), deliver_task(deps), deliver_due_task(deps)]
