"""Every read answers and every fact speaks three languages."""

from __future__ import annotations

from invekto.tools.toolbox import Toolbox, standard_tools
from tests.tools.houses import House, contact, context

box = Toolbox(standard_tools())

Reads = dict[str, list[dict[str, object]]]
SHOP_READS: Reads = {
    "orders.find": [{}, {"number": "10452"}],
    "orders.track": [{"number": "NM 10452"}, {"tracking_number": "7340112233445"}],
    "orders.refund_status": [{}, {"number": "NM-10454"}],
    "orders.return_options": [
        {"number": "NM-10453", "reason": "size", "items": ["gömlek"]},
        {"number": "NM-10453", "reason": "changed_mind"},
        {"number": "NM-10453", "reason": "quality"},
    ],
    "pricing.product": [{"product": "keten gomlek"}],
    "pricing.campaigns": [{}],
    "pricing.basket": [
        {"items": [{"name": "sal", "quantity": 2}, {"name": "gömlek", "quantity": 9}]}
    ],
    "pricing.quotes": [{}, {"about": "T-ABC234"}],
    "payments.ways": [{}],
    "catalog.search": [{"query": "hediye"}, {"query": "keten gömlk"}, {"max_price": 500}],
    "catalog.stock": [
        {"product": "gomlek", "size": "m", "colour": "mavi"},
        {"product": "kazak"},
        {"product": "sal"},
    ],
    "catalog.details": [{"product": "gomlek"}],
    "catalog.compare": [{"products": ["gomlek", "kazak"]}],
    "catalog.recommend": [{"need": "hediye"}, {"product": "sal"}, {"max_price": 900}],
    "leads.score": [{"text": "100 adet toptan", "quantity": 100}],
    "business.info": [{}, {"day": "2026-11-29"}],
}
CLINIC_READS: Reads = {
    "slots.search": [
        {"service": "temizlik"},
        {"service": "diş temizligi", "practitioner": "Ece", "part": "afternoon"},
        {"service": "implant", "day": {"start": "2026-11-30", "end": "2026-12-04"}},
        {"service": "implant", "day": "2026-11-28"},
    ],
    "slots.mine": [{}],
    "slots.offered": [{}],
    "pricing.service": [{"service": "implant"}, {}, {"service": "implant", "currency": "EUR"}],
    "pricing.packages": [{}],
}


async def _read_all(house: House, reads: Reads) -> None:
    for language in ("tr", "en", "ar"):
        who = await contact(house, "+905321112233", language=language)
        async with house.db.tenant(house.id) as conn:
            ctx = context(house, conn, who)
            for name, calls in reads.items():
                for args in calls:
                    result = await box.get(name).read(ctx, args)
                    for spoken in ("tr", "en", "ar"):
                        assert all(isinstance(s, str) and s for s in result.facts(spoken)), name
                    assert len(result.model_dump_json()) < 60_000


async def test_the_shop_answers(shop: House) -> None:
    await _read_all(shop, SHOP_READS)


async def test_the_clinic_answers(clinic: House) -> None:
    await _read_all(clinic, CLINIC_READS)


def test_every_read_is_tried_or_tested_elsewhere() -> None:
    tried = {*SHOP_READS, *CLINIC_READS}
    assert {t.name for t in box if t.effect.value == "read"} == tried
