"""The whole API under generated requests: never a 5xx, whatever the body, query or ids."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from typing import Any

import hypothesis
import pytest
from fastapi import FastAPI

from tests.knowledge.files import pdf
from tests.server.conftest import House, token

EXAMPLES = 6
"""Requests an operation and kind; the proof has more."""
ENDLESS = {"/v1/events"}


@pytest.fixture
def operations(app: FastAPI) -> list[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis
        from schemathesis.core.result import Ok

        schema = schemathesis.openapi.from_dict(app.openapi())
        found: list[Any] = []
        for result in schema.get_all_operations():
            assert isinstance(result, Ok), result.err()
            found.append(result.ok())
    return [operation for operation in found if operation.path not in ENDLESS]


async def test_no_request_breaks_the_server(house: House, operations: list[Any]) -> None:
    statuses = await fuzz(house, operations, EXAMPLES)
    done = sum(count for status, count in statuses.items() if status < 300)
    assert done > 100, statuses


@pytest.mark.proof
@pytest.mark.timeout(1800)
async def test_many_requests_do_not_either(house: House, operations: list[Any]) -> None:
    statuses = await fuzz(house, operations, 200)
    assert sum(statuses.values()) > 5_000, statuses


async def fuzz(house: House, operations: list[Any], examples: int) -> Counter[int]:
    """Valid and invalid requests to every operation, half of them about things that exist."""
    statuses: Counter[int] = Counter()
    lasting = token(house.tenant_id, "owner", "ayse", exp=int(time.time()) + 7200)
    async with (
        house.program() as program,
        house.client(authorization=f"Bearer {lasting}") as owner,
    ):
        known = await furnish(program)
        for operation in operations:
            for valid in (True, False):
                for number, case in enumerate(generated(operation, valid, examples)):
                    client = program if number % 3 else owner
                    if number % 2 and case.path_parameters:
                        real = {k: known.get(k, v) for k, v in case.path_parameters.items()}
                        case.path_parameters = real
                    answer = await call(client, case)
                    statuses[answer.status_code] += 1
                    assert answer.status_code < 500, (operation.label, case, answer.text)
    return statuses


async def furnish(program: Any) -> dict[str, str]:
    """Something real behind every id of the paths."""
    body = {"message_id": "f1", "from": {"id": "c1"}, "text": "merhaba kolay gelsin"}
    assisted = (await program.post("/v1/assist", json={"message": body})).json()
    body = {"message_id": "f2", "from": {"id": "c2"}, "text": "bir insan"}
    await program.post("/v1/assist", json={"message": body})
    [handover] = (await program.get("/v1/handovers")).json()["items"]
    texts = {"tr": {"question": "Otopark?", "answer": "Var."}}
    faq = (await program.post("/v1/knowledge/faqs", json={"texts": texts})).json()
    kill = {"kind": "kill", "reason": "deneme"}
    override = (await program.post("/v1/trust/overrides", json=kill)).json()
    canned = {"shortcut": "selam", "text": "Merhaba"}
    kept = (await program.post("/v1/canned-replies", json=canned)).json()
    await program.put("/v1/holidays/2026-10-29", json={"name": "Bayram"})
    file = {"file": ("iade.pdf", pdf([[(50, 700, "Iade suresi 14 gundur.")]]), "application/pdf")}
    document = (await program.post("/v1/knowledge/documents", files=file)).json()
    return {
        "conversation_id": assisted["conversation_id"],
        "canned_id": kept["canned_id"],
        "document_id": document["document_id"],
        "number": "1",
        "day": "2026-10-29",
        "turn_id": assisted["turn_id"],
        "suggestion_id": assisted["suggestion"]["suggestion_id"],
        "handover_id": handover["handover_id"],
        "faq_id": faq["faq_id"],
        "override_id": override["override_id"],
        "intent": "greeting",
        "name": "info.hours",
    }


def generated(operation: Any, valid: bool, examples: int) -> list[Any]:
    """Some cases of an operation, collected first, because our client is asynchronous."""
    from schemathesis import GenerationMode

    found: list[Any] = []
    mode = GenerationMode.POSITIVE if valid else GenerationMode.NEGATIVE

    @hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(operation.as_strategy(generation_mode=mode))
    def collect(case: Any) -> None:
        found.append(case)

    try:
        collect()
    except hypothesis.errors.Unsatisfiable:
        return []
    return found


async def call(client: Any, case: Any) -> Any:
    sent = case.as_transport_kwargs(base_url="http://invekto.test")
    data = sent.get("data")
    return await client.request(
        sent["method"],
        sent["url"],
        params=sent.get("params"),
        headers={k: v for k, v in (sent.get("headers") or {}).items() if k != "User-Agent"},
        json=sent.get("json"),
        data=data if isinstance(data, dict) else None,
        content=data if isinstance(data, str | bytes) else None,
        files=sent.get("files"),
    )
