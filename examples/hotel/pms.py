"""The property-management system: what rooms there are, and who stays when.

A real one is reached over its API; this one reads `pms.yaml` of the business folder, whose dates
are days from today, so that "tomorrow" stays tomorrow.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from invekto.settings import settings

BUSINESS = Path(__file__).parent / "business"


@dataclass(frozen=True, slots=True)
class RoomType:
    code: str
    names: dict[str, str]
    sleeps: int
    count: int
    price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Reservation:
    number: str
    guest: str
    phone: str
    room: str
    arrival: date
    departure: date
    paid: bool


@dataclass(frozen=True, slots=True)
class Pms:
    """The rooms, and the reservations as they stand on a day."""

    rooms: tuple[RoomType, ...]
    reservations: tuple[Reservation, ...]
    check_in: str
    check_out: str

    def free(self, room: RoomType, arrival: date, departure: date) -> int:
        """Rooms of a type that are free for all nights of a stay."""
        nights = [arrival + timedelta(days=n) for n in range((departure - arrival).days)]
        taken = [
            sum(r.room == room.code and r.arrival <= night < r.departure for r in self.reservations)
            for night in nights
        ]
        return room.count - max(taken, default=0)

    def by_number(self, number: str) -> Reservation | None:
        """The reservation of a number, written in any case and with any spaces."""
        wanted = "".join(number.split()).upper()
        return next((r for r in self.reservations if r.number == wanted), None)

    def by_phone(self, phone: str, today: date) -> tuple[Reservation, ...]:
        """Present and coming reservations of a phone."""
        return tuple(r for r in self.reservations if r.phone == phone and r.departure >= today)


@lru_cache(maxsize=1)
def _file(folder: Path) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load((folder / "pms.yaml").read_text(encoding="utf-8"))
    return raw


def open_pms(today: date, folder: Path = BUSINESS) -> Pms:
    """The system as it stands today."""
    raw = _file(folder)
    return Pms(
        rooms=tuple(
            RoomType(
                r["code"], r["names"], r["sleeps"], r["count"], Decimal(str(r["price"])), "TRY"
            )
            for r in raw["rooms"]
        ),
        reservations=tuple(
            Reservation(
                r["number"],
                r["guest"],
                r["phone"],
                r["room"],
                today + timedelta(days=r["arrival"]),
                today + timedelta(days=r["departure"]),
                r["paid"],
            )
            for r in raw["reservations"]
        ),
        check_in=raw["check_in"],
        check_out=raw["check_out"],
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What a guest asks of reception; `key` makes asking twice harmless."""

    key: str
    reservation: str
    wish: str
    note: str


def wishes() -> list[Wish]:
    """What reception was asked, oldest first."""
    path = settings().data_dir / "pms" / "wishes.jsonl"
    if not path.exists():
        return []
    return [Wish(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def ask_reception(wish: Wish) -> None:
    """Tell reception, once per key."""
    if any(known.key == wish.key for known in wishes()):
        return
    path = settings().data_dir / "pms" / "wishes.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(wish), ensure_ascii=False) + "\n")
