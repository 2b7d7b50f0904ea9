"""The edition as linked data: an RO-Crate 1.2 whose root is the bag's data folder, as canonical JSON-LD.

Goals and targets go by the addresses that the United Nations gave them. Files that are made from the snapshot are named
without a digest, which only the bag's manifest can tell.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO
from urllib.parse import quote

from sdg_tracker.foundation.blobs import Blobs
from sdg_tracker.foundation.documents import canonical
from sdg_tracker.foundation.i18n import _, use_locale
from sdg_tracker.printing.head import Head
from sdg_tracker.printing.texts import said

NAME, MEDIA_TYPE = "ro-crate-metadata.json", "application/ld+json"
VERSION = "https://w3id.org/ro/crate/1.2"
CONTEXT = [f"{VERSION}/context", {"sha256": "https://schema.org/sha256"}]
GOALS = "http://metadata.un.org/sdg"  # then /4 for a goal, /4.7 for a target
PREMADE = {  # the files of every bag that are made from the snapshot
    "report.pdf": "application/pdf",
    "report.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "index.html": "text/html",
}
Row = Mapping[str, Any]
Entity = dict[str, Any]


def build(snapshot: Row, fingerprint: str, _blobs: Blobs, target: BinaryIO) -> None:
    """Write the metadata, a function of the snapshot alone."""
    head = Head(snapshot, fingerprint)
    with use_locale(head.language):
        graph = list(_Crate(head).entities())
    target.write(canonical({"@context": CONTEXT, "@graph": graph}))


def goal_address(code: str) -> str:
    """Return the address of a goal or target in the United Nations' own list, such as ``…/sdg/4.7``."""
    return f"{GOALS}/{code}"


def _to(*identifiers: str) -> Any:
    """Return references; one stands alone."""
    found = [{"@id": identifier} for identifier in dict.fromkeys(identifiers)]
    return found[0] if len(found) == 1 else found


def _set(entity: Entity) -> Entity:
    """Leave out what is not known."""
    return {key: value for key, value in entity.items() if value not in (None, "", [])}


def _of_activity(number: int) -> str:
    return f"#activity-{number}"


def _of_requirement(code: str) -> str:
    return f"#requirement-{quote(code)}"


class _Crate:
    def __init__(self, head: Head) -> None:
        self.head, self.edition = head, head.snapshot
        self.activities: Sequence[Row] = self.edition["activities"]
        self.evidence: Sequence[Row] = self.edition["evidence"]
        self.requirements: Sequence[Row] = self.edition.get("requirements", ())
        self.supported = {
            row["number"]: [mapping["code"] for mapping in row["mappings"] if mapping["stance"] == "supports"]
            for row in self.activities
        }

    def entities(self) -> Iterator[Entity]:
        """Yield everything that is described, the crate itself first."""
        files = list(self._files())
        yield {
            "@id": NAME,
            "@type": "CreativeWork",
            "about": _to("./"),
            "conformsTo": _to(VERSION),
            "encodingFormat": MEDIA_TYPE,
        }
        yield self._root(files)
        yield {"@id": "#library", "@type": "Organization", "name": self.head.library}
        yield {
            "@id": "#rights",
            "@type": "CreativeWork",
            "name": _("Rights"),
            "description": _(
                "The library and those who made the exhibits keep their rights. The copy is given for the check of "
                "the edition."
            ),
        }
        yield from files
        yield from self._houses()
        yield from self._events()
        yield from self._goals()
        yield from self._scheme()

    def _root(self, files: Sequence[Entity]) -> Entity:
        edition = self.edition
        about = [
            goal_address(code) for code in sorted({c for codes in self.supported.values() for c in codes}, key=_order)
        ]
        return _set(
            {
                "@id": "./",
                "@type": "Dataset",
                "name": edition["title"],
                "description": _(
                    "Edition %(number)s of %(library)s, frozen: report, data, trail and evidence.",
                    number=self.head.number,
                    library=self.head.library,
                ),
                "identifier": self.head.fingerprint,
                "datePublished": edition["frozen_at"],
                "inLanguage": self.head.language,
                "author": _to("#library"),
                "publisher": _to("#library"),
                "license": _to("#rights"),
                "url": self.head.check_address,
                "temporalCoverage": _period(edition),
                "hasPart": _to(*(file["@id"] for file in files if file["@type"] == "File")),
                "about": _to(*about) if about else None,
                "mentions": _to(*(_of_activity(row["number"]) for row in self.activities)) if self.activities else None,
            }
        )

    def _files(self) -> Iterator[Entity]:
        names = {
            "report.pdf": _("The report to read and print"),
            "report.xlsx": _("The report as a workbook"),
            "index.html": _("The page of the bag"),
        }
        languages = self.head.composition.get("languages", [self.head.language])
        for path, media_type in PREMADE.items():
            yield {"@id": path, "@type": "File", "name": names[path], "encodingFormat": media_type}
        for language in languages[1:]:
            for path, media_type in PREMADE.items():
                stem, _dot, ending = path.rpartition(".")
                also = {"name": names[path], "encodingFormat": media_type, "inLanguage": language}
                yield {"@id": f"{stem}-{language}.{ending}", "@type": "File", **also}
        data = canonical(self.edition)
        yield {
            "@id": "snapshot.json",
            "@type": "File",
            "name": _("The frozen data that everything here was made from"),
            "encodingFormat": "application/json",
            "contentSize": str(len(data)),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        yield {
            "@id": "trail.jsonl",
            "@type": "File",
            "name": _("The trail: who did what, when"),
            "encodingFormat": "application/jsonl",
        }
        for row in self.evidence:
            yield self._exhibit(row)

    def _exhibit(self, row: Row) -> Entity:
        about = [_of_activity(row["activity"])] if row["activity"] else []
        about += [_of_requirement(tie["code"]) for tie in row.get("requirements", ())]
        link = row.get("link") or {}
        return _set(
            {
                "@id": self._of_exhibit(row),
                "@type": "File" if self.head.with_files else "CreativeWork",
                "name": row["title"],
                "alternateName": _("Exhibit %(number)s", number=row["exhibit"]),
                "description": row["description"] or row.get("alt", ""),
                "additionalType": said(row["kind"]),
                "creativeWorkStatus": row["state"],
                "encodingFormat": row["media_type"],
                "contentSize": str(row["size"]),
                "sha256": row["sha256"],
                "dateCreated": row["collected_on"],
                "expires": row.get("valid_until"),
                "inLanguage": row.get("language"),
                "creditText": row.get("source", ""),
                "isBasedOn": link.get("url"),
                "about": _to(*about) if about else None,
            }
        )

    def _of_exhibit(self, row: Row) -> str:
        return quote(row["file"]) if self.head.with_files else f"#exhibit-{row['exhibit']}"

    def _houses(self) -> Iterator[Entity]:
        for code, name in self.head.branches.items():
            yield {"@id": f"#house-{quote(code)}", "@type": "Place", "name": name}

    def _events(self) -> Iterator[Entity]:
        for row in self.activities:
            files = [self._of_exhibit(self.head.exhibits[number]) for number in row["exhibits"]]
            houses = [f"#house-{quote(code)}" for code in row["branches"] if code in self.head.branches]
            goals = [goal_address(code) for code in self.supported[row["number"]]]
            yield _set(
                {
                    "@id": _of_activity(row["number"]),
                    "@type": "Event",
                    "name": row["title"],
                    "description": row["description"],
                    "additionalType": said(row["type"]),
                    "startDate": row["starts_on"] or (str(row["year"]) if row["year"] else None),
                    "endDate": row["ends_on"],
                    "eventStatus": "https://schema.org/EventCancelled" if row["status"] == "cancelled" else None,
                    "organizer": _to("#library"),
                    "location": _to(*houses) if houses else None,
                    "about": _to(*goals) if goals else None,
                    "subjectOf": _to(*files) if files else None,
                }
            )

    def _goals(self) -> Iterator[Entity]:
        yield {"@id": GOALS, "@type": "DefinedTermSet", "name": _("The UN Sustainable Development Goals")}
        for goal in self.edition["goals"]:
            yield _term(goal_address(goal["code"]), goal["code"], said(goal["title"]), GOALS)
        used = {code for codes in self.supported.values() for code in codes if "." in code}
        for code in sorted(used, key=_order):
            title = said(self.edition["targets"].get(code)) or code
            yield _term(goal_address(code), code, title, GOALS) | {"isPartOf": _to(goal_address(code.split(".")[0]))}

    def _scheme(self) -> Iterator[Entity]:
        if "scheme" not in self.edition:
            return
        scheme = self.edition["scheme"]
        yield _set(
            {
                "@id": "#scheme",
                "@type": "DefinedTermSet",
                "name": said(scheme["name"]),
                "version": str(scheme["version"]),
                "description": said(scheme["label"]),
            }
        )
        for row in self.requirements:
            yield _term(_of_requirement(row["code"]), row["code"], said(row["text"]), "#scheme")


def _term(identifier: str, code: str, name: str, terms: str) -> Entity:
    return {"@id": identifier, "@type": "DefinedTerm", "termCode": code, "name": name, "inDefinedTermSet": _to(terms)}


def _order(code: str) -> tuple[int, str]:
    goal, _point, rest = code.partition(".")
    return int(goal), rest.rjust(3)


def _period(edition: Row) -> str:
    if "cycle" in edition:
        return f"{edition['cycle']['starts_on']}/{edition['cycle']['ends_on']}"
    return str(edition.get("year", ""))
