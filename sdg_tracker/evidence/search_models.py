"""What evidence is found by."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from sdg_tracker.attempts import Attempted
from sdg_tracker.foundation.db import Base
from sdg_tracker.work import LibraryOwned, owned_by


class Searchable(LibraryOwned, Attempted, Base):
    """What a piece of evidence is found by: the stems of what is said of it, and of the text in its newest file.

    The migration makes its full-text index: FTS5 kept by triggers on SQLite, an index on ``tsvector`` on PostgreSQL.
    """

    __tablename__ = "searchable"
    __table_args__ = (
        sa.UniqueConstraint("evidence_id"),
        sa.Index("ix_searchable_state", "state", "library_id"),
        owned_by("evidence_id", "evidence"),
    )

    evidence_id: Mapped[int]
    said: Mapped[str] = mapped_column(sa.Text, default="")  # stems of title, description, source, alt text, file names
    read: Mapped[str] = mapped_column(sa.Text, default="")  # stems of the text
    text: Mapped[str] = mapped_column(sa.Text, default="")  # as it was read from the file, cut to its limit


class Word(LibraryOwned, Base):
    """A word that occurs in the library's evidence: where parts of words and typing errors are looked up."""

    __tablename__ = "word"
    __table_args__ = (sa.UniqueConstraint("library_id", "form"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(sa.String(60))  # folded
    stem: Mapped[str] = mapped_column(sa.String(60))  # that evidence with it is found by


FULL_TEXT = sa.table("fts_searchable", sa.column("rowid"))  # on SQLite, beside ``searchable``


def holds(dialect: str, alternatives: list[list[str]]) -> sa.ColumnElement[bool]:
    """Return whether a Searchable holds, of each group, a word that begins with the first or is one of the others."""
    if dialect == "sqlite":
        wanted = " AND ".join(
            "(" + " OR ".join([f'"{group[0]}"*', *(f'"{word}"' for word in group[1:])]) + ")" for group in alternatives
        )
        match = sa.literal_column(FULL_TEXT.name).op("MATCH", is_comparison=True)(wanted)
        return Searchable.id.in_(sa.select(FULL_TEXT.c.rowid).where(match))
    wanted = " & ".join(
        "(" + " | ".join([f"'{group[0]}':*", *(f"'{word}'" for word in group[1:])]) + ")" for group in alternatives
    )
    simple: sa.ColumnElement[str] = sa.literal_column("'simple'")
    words = sa.func.to_tsvector(simple, Searchable.said + sa.literal_column("' '") + Searchable.read)
    return words.op("@@", is_comparison=True)(sa.func.to_tsquery(simple, wanted))
