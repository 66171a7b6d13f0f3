"""The rails against what their libraries give by themselves: presidio's own recognisers, and a
plain guardrails-ai Guard with the two validators one writes first. Quality and time, unseen lines.

Names are out of presidio's reach here: its recogniser for them needs a language model, which
nothing of the product loads; and it has nothing for Turkish and tax numbers, which the micro
figure counts and the figures by kind do not. `guardrails hub` validators need an account, so the
plain Guard has none.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import tldextract
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

from invekto.contracts.guard import Finding, GuardResult, Outcome
from invekto.evals.pii import Span, score_pii
from invekto.evals.replies import Judge, score_replies
from invekto.evals.report import read_lines
from invekto.guardrails import shim
from invekto.guardrails.injection import screen
from invekto.guardrails.pii import find
from invekto.guardrails.presidio import NullNlpEngine
from invekto.guardrails.rails import ReplyGuard, ReplyUnderCheck, sector_policy

SETS = Path(__file__).parent / "sets"
KINDS = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "IBAN_CODE": "IBAN",
    "CREDIT_CARD": "CREDIT_CARD",
    "US_PASSPORT": "PASSPORT",
}
"""presidio's names of the kinds that both know; it has none for Turkish or tax numbers."""
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
QUESTION = "Merhaba, siparişim nerede kaldı? Adım Ayşe Yılmaz, telefonum 0532 111 22 33."


def run(quick: bool) -> dict[str, Any]:
    """Figures side by side; milliseconds are the median of single calls."""
    pii = [SETS / "pii" / "pii_test.jsonl"]
    replies = [SETS / "replies" / "replies_test.jsonl"]
    figures: dict[str, Any] = {}
    for name, finder in (("ours", None), ("presidio alone", presidio_alone)):
        report = score_pii(pii, finder) if finder else score_pii(pii)
        figures |= {f"pii {key}, {name}": report.metrics[key] for key in PII_FIGURES}
        figures |= {f"pii F1 {kind}, {name}": report.by[kind] for kind in SHARED}
    for name, judge in (("ours", Judge()), ("plain Guard", PlainGuard())):
        report = score_replies(replies, judge)
        figures |= {f"replies {key}, {name}": report.metrics[key] for key in REPLY_FIGURES}
        rows = read_lines(replies[0], ("context", "reply", "verdict")).rows
        figures[f"replies ms, {name}"] = _median(judge, rows)
    figures |= _turn(200 if quick else 1_000)
    return figures


PII_FIGURES = ("strict_f1_micro", "false_alarms", "milliseconds_p50")
SHARED = ("EMAIL", "PHONE", "IBAN", "CREDIT_CARD")
REPLY_FIGURES = ("blocked", "false_blocks")


@lru_cache(maxsize=1)
def _presidio() -> AnalyzerEngine:
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)  # type: ignore[assignment]
    registry = RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"])
    registry.recognizers = [r for r in registry.recognizers if _stays_here(r)]
    return AnalyzerEngine(registry=registry, nlp_engine=NullNlpEngine(), supported_languages=["en"])


def _stays_here(recognizer: Any) -> bool:
    """Not what needs a language model, nor what is none of the kinds."""
    return recognizer.name not in {"SpacyRecognizer", "UrlRecognizer"}


def presidio_alone(text: str, own: frozenset[str], language: str | None) -> list[Span]:
    """What presidio finds with its predefined recognisers, the best where two overlap."""
    _ = own, language
    found = _presidio().analyze(text=text, language="en")
    kept: list[Span] = []
    for result in sorted(found, key=lambda r: (-r.score, r.start)):
        kind = KINDS.get(result.entity_type)
        if kind and all(result.end <= start or end <= result.start for start, end, _ in kept):
            kept.append((result.start, result.end, kind))
    return sorted(kept)


class PlainGuard:
    """guardrails-ai with two validators: no banned word, no number that the facts have not."""

    def __init__(self) -> None:
        lib = shim.load()
        self._guard = lib.Guard(history_max_length=1)
        self._guard.use(_validator(_no_banned, lib), _validator(_known_numbers, lib))

    def __call__(self, row: dict[str, Any]) -> GuardResult:
        """Check one line's reply."""
        metadata = {"context": row["context"]}
        passed = self._guard.validate(str(row["reply"]), metadata=metadata).validation_passed
        if passed:
            return GuardResult(Outcome.PASS, row["reply"])
        finding = Finding("plain", "ungrounded", Outcome.BLOCK)
        return GuardResult(Outcome.BLOCK, row["reply"], (finding,))


def _validator(objects: Callable[[str, dict[str, Any]], bool], lib: Any) -> Any:
    class Plain(lib.Validator):  # type: ignore[misc]
        """Fails where the function objects."""

        def _validate(self, value: Any, metadata: dict[str, Any]) -> Any:
            if objects(str(value), metadata["context"]):
                return lib.FailResult(error_message=objects.__name__)
            return lib.PassResult()

    named = lib.register_validator(name=f"bench/{objects.__name__}", data_type="string")(Plain)
    return named(on_fail=lib.OnFailAction.NOOP)


def _no_banned(reply: str, context: dict[str, Any]) -> bool:
    policy = sector_policy(str(context.get("sector", "ecommerce")))
    banned = (*policy.banned, *(context.get("banned") or ()))
    return any(phrase.lower() in reply.lower() for phrase in banned)


def _known_numbers(reply: str, context: dict[str, Any]) -> bool:
    told = " ".join(str(fact) for fact in context.get("facts") or ())
    return not set(_NUMBER.findall(reply)) <= set(_NUMBER.findall(told))


def _median(judge: Callable[[dict[str, Any]], Any], rows: Sequence[dict[str, Any]]) -> float:
    spent = []
    for row in rows:
        begun = time.perf_counter()
        judge(row)
        spent.append((time.perf_counter() - begun) * 1_000)
    return statistics.median(spent)


def _turn(rounds: int) -> dict[str, float]:
    """All that one turn costs: the message screened and searched, the reply checked."""
    guard = ReplyGuard(sector_policy("ecommerce"))
    facts = ["Sipariş 1042: kargoda, teslim 27 Kasım 14.00-18.00 arası", "Kargo ücreti 49,90 TL"]
    text = "Siparişiniz kargoda, 27 Kasım'da 14.00 ile 18.00 arasında teslim edilecek."
    reply = ReplyUnderCheck(text, "tr", "order_status", "ecommerce", facts)
    guard.check(reply)
    wall, begun_cpu = [], time.process_time()
    for _ in range(rounds):
        begun = time.perf_counter()
        screen(QUESTION)
        find(QUESTION)
        guard.check(reply)
        wall.append((time.perf_counter() - begun) * 1_000)
    cpu = (time.process_time() - begun_cpu) * 1_000 / rounds
    ordered = sorted(wall)
    return {
        "one turn ms p50": statistics.median(wall),
        "one turn ms p95": ordered[int(len(ordered) * 0.95)],
        "one turn CPU ms": cpu,
    }
