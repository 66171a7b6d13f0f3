"""A business's files over the API: looked through, decided on, taken in once."""

from __future__ import annotations

import httpx
import psycopg

from invekto.db.worker import drain
from invekto.records import catalog, imports
from invekto.server.jobs.tasks import all_tasks
from tests.conftest import TenantPair, TestDatabase
from tests.server.conftest import House, token
from tests.test_tenancy import rows_of

STOCK = (
    "Nehir Moda stok listesi;;;;\r\n"
    "Stok Kodu;Ürün Adı;Beden;Satış Fiyatı;Stok Adedi\r\n"
    "GML-S;Keten Gömlek;S;1.250,00;3\r\n"
    "GML-M;Keten Gömlek;M;1.250,00 TL;0\r\n"
    "KZK-1;Yün Kazak;L;sorunuz;5\r\n"
    "TOPLAM;;;;8\r\n"
).encode("cp1254")


async def work(database: TestDatabase, house: House) -> None:
    """A worker does what waits."""
    await drain(database.worker_dsn, all_tasks(house.deps))


def upload(*files: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", file) for file in files]


async def test_dry_run_report_and_apply(house: House, database: TestDatabase) -> None:
    async with house.role("supervisor") as client:
        made = await client.post(
            "/v1/imports", files=upload(("stok.csv", STOCK), ("logo.svg", b"<svg/>"))
        )
        assert made.status_code == 201
        told = made.json()
        sheet = told["report"]["sheets"][0]
        assert (told["status"], told["report"]["dry_run"]) == ("checked", True)
        assert told["report"]["ignored"] == ["logo.svg"]
        assert (sheet["kind"], sheet["counts"]) == ("products", {"created": 1})
        assert [(p["row"], p["column"]) for p in sheet["problems"]] == [(5, "Satış Fiyatı")]
        assert {"what": "written in Windows-1254", "example": "stok.csv", "times": 1} in sheet[
            "guesses"
        ]
        async with house.deps.database.tenant(house.tenant_id) as conn:
            assert await catalog.listings(conn) == []

        path = f"/v1/imports/{told['import_id']}"
        applied = await client.post(f"{path}/apply")
        again = await client.post(f"{path}/apply")
        assert (applied.status_code, applied.json()["status"]) == (202, "applying")
        assert (again.status_code, again.json()) == (202, applied.json())
        assert (await client.post(f"{path}/decide", json={"sheets": []})).status_code == 409
        async with house.deps.database.tenant(house.tenant_id) as conn:
            assert await catalog.listings(conn) == [], "taken in within the request"
        await work(database, house)
        done = (await client.get(path)).json()
        assert (done["status"], done["done"], done["total"]) == ("applied", 1, 1)
        assert done["report"]["sheets"][0]["counts"] == {"created": 1}
        assert (await client.post(f"{path}/apply")).json()["status"] == "applied"
        assert [i["status"] for i in (await client.get("/v1/imports")).json()] == ["applied"]
        late = await client.post(f"{path}/decide", json={"sheets": []})
        assert late.status_code == 409

        before = rows_of(database, house.tenant_id)["products"]
        twice = (await client.post("/v1/imports", files=upload(("stok.csv", STOCK)))).json()
        assert twice["report"]["sheets"][0]["counts"] == {"unchanged": 1}
        await client.post(f"/v1/imports/{twice['import_id']}/apply")
        await work(database, house)
        assert rows_of(database, house.tenant_id)["products"] == before
    with psycopg.connect(database.owner_dsn) as conn:
        assert conn.execute("SELECT count(*) FROM import_files").fetchone() == (0,)


async def test_a_column_is_decided_and_a_document_read_by_a_job(
    house: House, database: TestDatabase
) -> None:
    odd = "Kalem;Mahsup\nKeten Gömlek;1.250,00\n".encode()
    async with house.role("owner") as client:
        known = (await client.get("/v1/imports/kinds")).json()
        assert "price" in known["products"]
        made = (
            await client.post(
                "/v1/imports", files=upload(("odd.csv", odd), ("iade.md", b"# Iade\n\n14 gun."))
            )
        ).json()
        assert made["report"]["sheets"][0]["kind"] is None
        assert [c["heading"] for c in made["report"]["sheets"][0]["columns"]] == ["Kalem", "Mahsup"]
        path = f"/v1/imports/{made['import_id']}"
        choice = {"label": "odd.csv", "kind": "products"}
        wrong = {"sheets": [{**choice, "columns": {"Kalem": "ufo"}}]}
        assert (await client.post(f"{path}/decide", json=wrong)).status_code == 422
        right = {"sheets": [{**choice, "columns": {"Kalem": "name", "Mahsup": "price"}}]}
        decided = (await client.post(f"{path}/decide", json=right)).json()
        assert decided["report"]["sheets"][0]["counts"] == {"created": 1}
        assert (await client.get(path)).json() == decided
        await client.post(f"{path}/apply")
        await work(database, house)
        applied = (await client.get(path)).json()
        assert [s["counts"] for s in applied["report"]["sheets"]] == [
            {"created": 1}, {"to be read": 1},
        ]  # fmt: skip
        documents = (await client.get("/v1/knowledge/documents")).json()
        assert [d["name"] for d in documents] == ["iade.md"]


async def test_a_worker_that_dies_half_way_is_followed_by_another(
    house: House, database: TestDatabase
) -> None:
    async with house.role("owner") as client:
        made = (await client.post("/v1/imports", files=upload(("stok.csv", STOCK)))).json()
        path = f"/v1/imports/{made['import_id']}"
        await client.post(f"{path}/apply")
        [task] = [one for one in all_tasks(house.deps) if one.name == "import"]
        ids = {"tenant_id": house.tenant_id, "import_id": made["import_id"]}
        await task.run(**ids)
        before = rows_of(database, house.tenant_id)["products"]
        await task.run(**ids)
        assert rows_of(database, house.tenant_id)["products"] == before
        await work(database, house)
        assert (await client.get(path)).json()["status"] == "applied"


async def test_what_cannot_be_taken_in_says_so_and_can_be_tried_again(
    house: House, database: TestDatabase
) -> None:
    async with house.role("owner") as client:
        made = (await client.post("/v1/imports", files=upload(("stok.csv", STOCK)))).json()
        path = f"/v1/imports/{made['import_id']}"
        [task] = [one for one in all_tasks(house.deps) if one.name == "import"]
        await client.post(f"{path}/apply")
        assert task.gave_up is not None
        await task.gave_up(tenant_id=house.tenant_id, import_id=made["import_id"])
        failed = (await client.get(path)).json()
        assert failed["status"] == "checked"
        assert failed["problem"]
        again = (await client.post(f"{path}/apply")).json()
        assert (again["status"], again["problem"]) == ("applying", "")
        await work(database, house)
        assert (await client.get(path)).json()["status"] == "applied"


async def test_files_are_kept_sealed_and_thrown_away(house: House, database: TestDatabase) -> None:
    people = b"Ad Soyad;Telefon\nZeynep Karaca;0532 111 22 33\n"
    async with house.role("owner") as client:
        made = (await client.post("/v1/imports", files=upload(("musteriler.csv", people)))).json()
        with psycopg.connect(database.owner_dsn) as conn:
            raw = conn.execute(
                "SELECT f.content, i.report FROM import_files f JOIN imports i USING"
                " (tenant_id, import_id) WHERE import_id = %s",
                [made["import_id"]],
            ).fetchone()
        assert raw is not None
        assert all(b"Zeynep" not in bytes(cell) and b"532" not in bytes(cell) for cell in raw)
        async with house.deps.database.tenant(house.tenant_id) as conn:
            assert await imports.forget_old(conn, house.deps.clock()) == 0
        assert (await client.delete(f"/v1/imports/{made['import_id']}")).status_code == 204
        for gone in (
            await client.get(f"/v1/imports/{made['import_id']}"),
            await client.post(f"/v1/imports/{made['import_id']}/apply"),
        ):
            assert gone.status_code == 404


async def test_what_cannot_be_read_is_said(house: House) -> None:
    async with house.role("owner") as client:
        for files in (
            upload(("foto.jpg", b"\xff\xd8")),
            upload(("liste.xlsx", b"no workbook")),
            upload(("bos.csv", b"\x00\x01\x02\xff\xfe\x81")),
        ):
            answer = await client.post("/v1/imports", files=files)
            assert answer.status_code == 422, answer.text
            assert answer.json()["detail"]


async def test_a_tenant_is_made_by_its_owner(house: House, tenant_pair: TenantPair) -> None:
    new = f"{tenant_pair.ours}-new"
    body = {"sector": "dental", "name": "Yeni Diş"}

    async def asked(tenant_id: str, role: str, sent: dict[str, str]) -> httpx.Response:
        async with house.client(authorization=f"Bearer {token(tenant_id, role)}") as client:
            return await client.post("/v1/tenants", json=sent)

    assert (await asked(new, "supervisor", body)).status_code == 403
    assert (await asked(new, "owner", {**body, "sector": "ufo"})).status_code == 404
    made = await asked(new, "owner", body)
    assert made.status_code == 201
    assert (made.json()["tenant_id"], made.json()["name"]) == (new, "Yeni Diş")
    assert (await asked(new, "owner", body)).status_code == 409
    assert (await asked("Has Spaces", "owner", body)).status_code == 422
    async with house.client() as nobody:
        assert (await nobody.post("/v1/tenants", json=body)).status_code == 401
    async with house.client(authorization=f"Bearer {token(new, 'owner')}") as owner:
        assert (await owner.get("/v1/connections")).json() == []
