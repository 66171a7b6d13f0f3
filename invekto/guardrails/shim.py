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


def _import() -> SimpleNamespace:
    from guardrails.classes.rc import RC

    RC.load = classmethod(lambda cls, logger=None: RC(enable_metrics=False))
    from guardrails.settings import settings

    settings.rc = RC(enable_metrics=False)
    settings.disable_tracing = True  # its spans would hold customers' words, and nobody reads them
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
