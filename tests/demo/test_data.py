"""The demo data is one story: files agree with each other, with the PDFs and with the script."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import yaml

import invekto.demo
import invekto.evals

DEMO = Path(invekto.demo.__file__).parent
QUESTIONS = Path(invekto.evals.__file__).parent / "sets" / "retrieval"
TENANTS = ("nehir-moda", "inci-dis", "lale-estetik")
CLINICS = TENANTS[1:]


def load(tenant: str, name: str) -> Any:
    return yaml.safe_load((DEMO / tenant / f"{name}.yaml").read_text(encoding="utf-8"))


def pages(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def lines(name: str) -> list[dict[str, Any]]:
    text = (QUESTIONS / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("tenant", TENANTS)
def test_tenant_is_complete(tenant: str) -> None:
    own = load(tenant, "tenant")
    assert own["id"] == tenant
    assert Counter(user["role"] for user in own["users"]) == {
        "owner": 1, "supervisor": 1, "agent": 2, "knowledge_manager": 1,
    }  # fmt: skip
    assert set(own["profile"]["hours"]) == {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
    iban = own["profile"]["own_iban"]
    digits = "".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])
    assert int(digits) % 97 == 1
    assert any(campaign["until"] < 0 for campaign in own["campaigns"])


@pytest.mark.parametrize("tenant", TENANTS)
def test_faqs_speak_three_languages(tenant: str) -> None:
    faqs = load(tenant, "faqs")
    assert len(faqs) >= (40 if tenant == "nehir-moda" else 25)
    assert len({faq["id"] for faq in faqs}) == len(faqs)
    for faq in faqs:
        assert set(faq["questions"]) == set(faq["answers"]) == {"tr", "en", "ar"}
        assert len(faq["questions"]["tr"]) >= 2


def test_shop_is_large_enough_and_orders_add_up() -> None:
    products, orders = load("nehir-moda", "products"), load("nehir-moda", "orders")
    customers = {customer["id"] for customer in load("nehir-moda", "customers")}
    variants = {v["sku"]: p["id"] for p in products for v in p["variants"]}
    assert len(products) >= 80
    assert len(customers) >= 50
    assert len(orders) >= 120
    assert len(variants) == sum(len(product["variants"]) for product in products)
    for order in orders:
        assert order["customer"] in customers
        assert all(variants[item["sku"]] == item["product"] for item in order["items"])
        goods = sum(item["unit_price"] * item["quantity"] for item in order["items"])
        assert order["subtotal"] == pytest.approx(goods)
        due = goods - order.get("discount", 0) + order["shipping_fee"]
        assert order["total"] == pytest.approx(due, abs=0.011)
    assert {order["status"] for order in orders} == {
        "new", "preparing", "shipped", "out_for_delivery", "delivered", "returned",
        "refund_pending", "refunded", "cancelled",
    }  # fmt: skip
    assert len({(order["marketplace"], order["number"]) for order in orders}) == len(orders)


def test_moments_of_an_order_follow_each_other() -> None:
    for order in load("nehir-moda", "orders"):
        steps = (order.get(name) for name in ("placed", "shipped", "delivered", "returned"))
        told = [(step["day"], step["at"]) for step in steps if step and "day" in step]
        assert all(earlier < later for earlier, later in pairwise(told)), order["number"]
        assert all(moment < (1, "") for moment in told)


@pytest.mark.parametrize("tenant", CLINICS)
def test_clinic_files_refer_to_each_other(tenant: str) -> None:
    services = {service["id"]: service for service in load(tenant, "services")}
    practitioners = {one["id"]: one for one in load(tenant, "practitioners")}
    patients = {patient["id"] for patient in load(tenant, "patients")}
    assert len(services) >= (15 if tenant == "inci-dis" else 12)
    assert all(set(one["services"]) <= set(services) for one in practitioners.values())
    assert all(service["duration"] % 5 == 0 for service in services.values())
    for visit in load(tenant, "appointments"):
        assert visit["patient"] in patients
        assert visit["service"] in practitioners[visit["practitioner"]]["services"]
        assert visit.get("working_day", 0) > 0 or visit["day"] < 0
    for campaign in load(tenant, "tenant")["campaigns"]:
        assert set(campaign["service_ids"]) <= set(services)


@pytest.mark.parametrize("tenant", TENANTS)
def test_texts_by_language_have_no_other_keys(tenant: str) -> None:
    """An unquoted comma in a flow mapping becomes a key of its own."""
    own = load(tenant, "tenant")
    texts = [campaign[part] for campaign in own["campaigns"] for part in ("name", "description")]
    for name in ("services", "packages"):
        if (DEMO / tenant / f"{name}.yaml").exists():
            texts += [one["names"] for one in load(tenant, name)]
    for text in texts:
        assert set(text) == {"tr", "en", "ar"}
        assert all(text.values())
    if tenant == "nehir-moda":
        assert all(set(product["name"]) == {"tr", "en"} for product in load(tenant, "products"))


@pytest.mark.parametrize("tenant", CLINICS)
def test_coming_visits_fit_whatever_the_weekday(tenant: str) -> None:
    services = {service["id"]: service for service in load(tenant, "services")}
    practitioners = {one["id"]: one for one in load(tenant, "practitioners")}
    for visit in load(tenant, "appointments"):
        if "working_day" not in visit:
            continue
        slots = practitioners[visit["practitioner"]]["slots"]
        start = _minutes(visit["at"])
        end = start + services[visit["service"]]["duration"]
        for weekday in {day for slot in slots for day in slot["days"]}:
            assert any(
                _minutes(slot["from"]) <= start and end <= _minutes(slot["until"])
                for slot in slots
                if weekday in slot["days"]
            ), (visit["id"], weekday)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def test_dental_price_list_agrees_with_services() -> None:
    text = " ".join(pages(DEMO / "inci-dis" / "documents" / "fiyat-listesi.pdf"))
    for service in load("inci-dis", "services"):
        low, high = (f"{price:,}".replace(",", ".") for price in service["prices"]["TRY"])
        price = low if low == high else f"{low} – {high}"
        name = re.escape(service["names"]["tr"])
        assert re.search(rf"{name} [^\d]*{re.escape(price)} {service['duration']} dk", text)


def test_arabic_price_list_agrees_with_services_and_packages() -> None:
    text = " ".join(pages(DEMO / "lale-estetik" / "documents" / "price-list-ar.pdf"))
    sold = load("lale-estetik", "services") + load("lale-estetik", "packages")
    for one in sold:
        if not one.get("free"):
            prices = one["prices"]
            euro, dollar = ("{:,}-{:,}".format(*prices[code]) for code in ("EUR", "USD"))
            assert f"{euro} {dollar}" in text


@pytest.mark.parametrize(
    "path", sorted(DEMO.glob("*/documents/*.pdf")), ids=lambda path: str(path.stem)
)
def test_documents_are_small_and_have_several_pages(path: Path) -> None:
    assert path.stat().st_size < 300_000
    told = pages(path)
    assert len(told) >= 3
    assert all(f"{number} / {len(told)}" in text for number, text in enumerate(told, 1))


def test_questions_point_at_what_is_there() -> None:
    faqs = {(tenant, faq["id"]) for tenant in TENANTS for faq in load(tenant, "faqs")}
    asked, second = lines("demo_questions.jsonl"), lines("demo_questions_second.jsonl")
    assert len(asked) >= 260
    assert {line["question"] for line in asked}.isdisjoint(line["question"] for line in second)
    for line in asked + second:
        for place in (line["expect"], *line.get("also", ())):
            if place["kind"] == "faq":
                assert (line["tenant"], place["id"]) in faqs
            else:
                file = DEMO / line["tenant"] / "documents" / place["document"]
                assert 1 <= place["page"] <= len(pypdfium2.PdfDocument(file))


def test_unanswerable_questions_are_near_and_far() -> None:
    asked = lines("unanswerable.jsonl")
    assert len(asked) >= 120
    assert Counter(line["near"] for line in asked).keys() == {True, False}


def test_script_meets_people_of_the_data() -> None:
    people = {
        (tenant, one["phone"]): one["name"]
        for tenant in TENANTS
        for one in load(tenant, "customers" if tenant == "nehir-moda" else "patients")
    }
    for scene in yaml.safe_load((DEMO / "script.yaml").read_text(encoding="utf-8")):
        customer = scene["customer"]
        assert people[scene["tenant"], customer["phone"]] == customer["name"]
