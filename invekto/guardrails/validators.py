"""The rails as guardrails-ai validators, all in one Guard per policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from invekto.contracts.guard import Outcome
from invekto.guardrails import shim
from invekto.guardrails.reply import Check

Rail = Callable[[Check], None]
"""Adds its findings to the check."""


class RailGuard:
    """One guardrails-ai Guard with a validator for every rail."""

    def __init__(self, rails: Mapping[str, Rail]) -> None:
        lib = shim.load()
        validators = [
            _validator(name)(rail, on_fail=lib.OnFailAction.NOOP) for name, rail in rails.items()
        ]
        self._guard = lib.Guard(history_max_length=1)
        self._guard.use(*validators)

    def run(self, check: Check) -> None:
        """Run every rail; their findings are in `check` afterwards."""
        self._guard.validate(check.reply.text, metadata={"check": check})


@lru_cache(maxsize=32)
def _validator(name: str) -> Any:
    lib = shim.load()

    class RailValidator(lib.Validator):  # type: ignore[misc, name-defined]
        """Runs one rail on the reply in `metadata["check"]`."""

        def __init__(self, rail: Rail, on_fail: Any = None) -> None:
            super().__init__(on_fail=on_fail)
            self._rail = rail

        def _validate(self, value: Any, metadata: dict[str, Any]) -> Any:
            check: Check = metadata["check"]
            before = len(check.findings)
            try:
                self._rail(check)
            except Exception as error:  # noqa: BLE001 - a rail that fails must fail closed
                check.find(name, "rail_failed", Outcome.ASK_PERSON, explanation=repr(error)[:200])
            new = check.findings[before:]
            if not new:
                return lib.PassResult()
            return lib.FailResult(error_message="; ".join(f.reason for f in new))

    return lib.register_validator(name=f"invekto/{name}", data_type="string")(RailValidator)
