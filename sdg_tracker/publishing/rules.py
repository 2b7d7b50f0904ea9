"""What a library chooses when it publishes, and the addresses of what is public. Nothing here knows a database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sdg_tracker.foundation.errors import NotFound
from sdg_tracker.foundation.i18n import Text, lazy

SMALL = 5  # headcounts below it can be left out
LICENCES: Mapping[str, Text] = {
    "CC-BY-4.0": lazy("CC BY 4.0: free to use when the library is named"),
    "CC0-1.0": lazy("CC0: free to use without conditions"),
}
LICENCE_ADDRESSES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}
LICENCE_TITLES = {"CC-BY-4.0": "Creative Commons Attribution 4.0", "CC0-1.0": "Creative Commons Zero 1.0"}
TABLES: Mapping[str, Text] = {
    "goals": lazy("Goals with their figures"),
    "activities": lazy("Activities"),
    "mappings": lazy("Mappings of activities to goals and targets"),
    "exhibits": lazy("Evidence that may be shown to everybody"),
    "measures": lazy("Measures and how they are defined"),
    "readings": lazy("Readings of the measures"),
    "pledges": lazy("Pledges of the action plan"),
    "initiatives": lazy("Initiatives of the action plan"),
}


@dataclass(frozen=True)
class Settings:
    """What the library chose: whether headcounts below five are told, which tables are open data, on which terms."""

    small_numbers: bool = True
    tables: tuple[str, ...] = tuple(TABLES)
    licence: str = "CC-BY-4.0"

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"small_numbers": self.small_numbers, "tables": list(self.tables), "licence": self.licence}

    @property
    def code(self) -> str:
        """Return it as it stands in the address of a preview."""
        among = "-".join(name for name in TABLES if name in self.tables)
        return "~".join((self.licence, "all" if self.small_numbers else "few-left-out", among))

    @classmethod
    def of_code(cls, code: str) -> "Settings":
        """Return it from such a part of an address. Raises NotFound for any other text."""
        licence, _tilde, rest = code.partition("~")
        small, _tilde, among = rest.partition("~")
        found = cls(small == "all", tuple(name for name in TABLES if name in among.split("-")), licence)
        if licence not in LICENCES or found.code != code:
            raise NotFound("not-found")
        return found

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Settings":
        """Return it from plain data; a table that the product no longer knows is left out."""
        tables = tuple(name for name in TABLES if name in data["tables"])
        return cls(data["small_numbers"], tables, data["licence"])


@dataclass(frozen=True)
class Place:
    """Where a public page stands: its own address with the site, and where our style sheets are."""

    address: str  # such as https://verdensmaal.example/impact/2025
    static: str  # such as /static

    @property
    def base(self) -> str:
        """Return what begins a link from the page to what belongs to it: the last part of its own address."""
        return self.address.rpartition("/")[2]


NOWHERE = Place("", "")  # of what is drawn and stands on no page yet
