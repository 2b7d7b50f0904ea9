"""A scheme file: read, and written so that it is read back to the same."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from sdg_tracker.foundation.errors import Invalid, words
from sdg_tracker.foundation.i18n import lazy
from sdg_tracker.foundation.refusals import Fault
from sdg_tracker.schemes.document import Document
from sdg_tracker.schemes.frame import faults

words({"scheme-broken": lazy("The scheme file %(file)s can't be used: %(problems)s")})
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 4_000_000  # bytes of a file
DEEPEST = 40  # lists and mappings inside each other


class _Loader(_Safe):  # type: ignore[misc] # one of two classes of the same shape
    """Plain data only: days stay text, and a key that occurs twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping. Raises ConstructorError for a key given twice."""
        seen: set[str] = set()
        for key, _value in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name} occurs twice", key.start_mark)
            seen.add(name)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path, vocabularies: Mapping[str, Collection[str]] | None = None) -> Document:
    """Return what a scheme file says; ``vocabularies`` holds the words of activity types and audiences, where known.

    Raises Invalid (``scheme-broken``) with the file's name and all its problems.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _broken(path.name, [_unreadable(error)]) from error
    document = parse(content, path.name, vocabularies)
    if document["id"] != path.stem:
        raise _broken(path.name, [Fault("id", lazy("must be the file's name, %(name)s", name=path.stem))])
    return document


def parse(content: bytes, name: str, vocabularies: Mapping[str, Collection[str]] | None = None) -> Document:
    """Return what a scheme file says that came from elsewhere, under whatever name.

    Raises Invalid (``scheme-broken``) with all its problems.
    """
    if len(content) > LARGEST:
        raise _broken(name, [Fault("", lazy("is larger than %(limit)s MB", limit=LARGEST // 1_000_000))])
    try:
        text = content.decode("utf-8-sig")
        found = list(_unsafe(text))
        document: Any = None if found else yaml.load(text, _Loader)  # noqa: S506 - a safe loader of our own
        found = found or list(faults(document, vocabularies or {}))
    except (yaml.YAMLError, ValueError) as error:  # also a number or a day that is none
        raise _broken(name, [_unreadable(error)]) from error
    if found:
        raise _broken(name, found)
    made: Document = document
    return made


def _unsafe(text: str) -> Iterator[Fault]:
    """Yield the first thing that could keep a reader busy for ever: an alias, or nesting without end."""
    depth = 0
    for event in yaml.parse(text, _Safe):
        mark: Any = event.start_mark
        where = f"{mark.line + 1}:{mark.column + 1}"
        if isinstance(event, yaml.AliasEvent):
            yield Fault(where, lazy("aliases (*) are not taken: write it out"))
            return
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            yield Fault(where, lazy("is nested too deeply"))
            return


def dump(document: Document) -> str:
    """Return a scheme as the text of a file that ``parse`` reads back to the same."""
    return yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def _broken(name: str, found: Iterable[Fault]) -> Invalid:
    return Invalid("scheme-broken", field="document", file=name, problems=list(found))


class _Dumper(yaml.SafeDumper):
    """Writes each thing out in full: what occurs twice stands there twice."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Never write an alias."""
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists too, as people write them."""
        super().increase_indent(flow, False)  # noqa: FBT003 - PyYAML's signature


def _unreadable(error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return Fault("", lazy("can't be read: %(reason)s", reason=str(error)))
    where = f"{mark.line + 1}:{mark.column + 1}"
    return Fault(where, lazy("is not YAML: %(reason)s", reason=getattr(error, "problem", None) or str(error)))
