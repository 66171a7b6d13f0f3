"""The only importer of guardrails-ai: without its look-ups, its telemetry and its leaks.

Its import downloads nltk data unless nltk is out of reach, `Guard()` re-reads a settings file that
turns telemetry back on, and its default runner leaks a thread and file descriptors per call.
"""

from __future__ import annotations

import os
import sys
import warnings
from functools import lru_cache
from types import SimpleNamespace

from invekto.guardrails.placeholders import kept_out

SPAN_WRITERS = frozenset(
    [
        "add_user_attributes",
        "add_validator_attributes",
        "add_step_attributes",
        "add_call_attributes",
        "add_guard_attributes",
        "trace_operation",
    ]
)
NEEDLESS = ("nltk", "rfc3987_syntax")


@lru_cache(maxsize=1)
def load() -> SimpleNamespace:
    """guardrails-ai's Guard, Validator, register_validator, PassResult, FailResult and
    OnFailAction. Takes seconds the first time, so call it where a guard is built."""
    os.environ["GUARDRAILS_RUN_SYNC"] = "true"
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    nltk = sys.modules.pop("nltk", None)
    try:
        with kept_out(empty=["faker"], missing=NEEDLESS), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _import()
    finally:
        if nltk is not None:
            sys.modules["nltk"] = nltk


def _without_spans() -> None:
    """Leave out what would be written on its trace spans: nobody reads them, they would hold
    customers' words, and they cost a third of a check."""
    from guardrails.telemetry import guard_tracing, runner_tracing, validator_tracing

    for module in (guard_tracing, runner_tracing, validator_tracing):
        for name in SPAN_WRITERS & set(vars(module)):
            setattr(module, name, _nothing)


def _nothing(*_args: object, **_named: object) -> None:
    return None


def _import() -> SimpleNamespace:
    from guardrails.classes.rc import RC

    RC.load = classmethod(lambda cls, logger=None: RC(enable_metrics=False))
    from guardrails.settings import settings

    settings.rc = RC(enable_metrics=False)
    _without_spans()
    from guardrails import Guard, OnFailAction
    from guardrails.validator_base import Validator, register_validator
    from guardrails_ai.types import FailResult, PassResult

    return SimpleNamespace(
        Guard=Guard,
        OnFailAction=OnFailAction,
        Validator=Validator,
        register_validator=register_validator,
        FailResult=FailResult,
        PassResult=PassResult,
    )
