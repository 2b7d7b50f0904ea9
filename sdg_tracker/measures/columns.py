"""The columns of a list of readings, as files have them: read by the import, written by the export."""

from collections.abc import Mapping

from sdg_tracker.foundation.columns import Column, Columns
from sdg_tracker.measures.states import Qualifier

COLUMNS: tuple[Column, ...] = (
    Column("measure", "Måltal", "Measure", 22, ("kortnavn", "code", "måling")),
    Column("name", "Navn", "Name", 30, read=False),
    Column("unit", "Enhed", "Unit", 12, read=False),
    Column("period", "Periode", "Period", 12, ("kvartal", "måned", "tid")),
    Column("branch", "Filial", "Branch", 16, ("hus", "afdeling")),
    Column("value", "Tal", "Value", 14, ("værdi", "antal", "aflæsning")),
    Column("qualifier", "Forbehold", "Qualifier", 12),
    Column("read_on", "Aflæst", "Read on", 12, ("aflæst den", "dato")),
    Column("source", "Kilde", "Source", 30, ("source_da",)),
    Column("note", "Bemærkning", "Note", 36, ("note_da",)),
    Column("evidence", "Dokumentation", "Evidence", 14),
    Column("reason", "Begrundelse for rettelse", "Reason for correction", 36),
    Column("number", "Måling nr.", "Reading no.", 12, read=False),
    Column("unknown", "Bliver aldrig kendt, fordi", "Never to be known, because", 36, read=False),
)
KNOWN = Columns(COLUMNS)
NEEDED = ("measure", "period", "value")
QUALIFIER_WORDS: Mapping[Qualifier, tuple[str, ...]] = {
    Qualifier.EXACT: ("præcis", "exact", "exactly", "præcist"),
    Qualifier.MORE_THAN: ("mere end", "more than", "over", "flere end", "mindst", "at least", ">"),
    Qualifier.ABOUT: ("cirka", "about", "ca.", "ca", "omkring", "omtrent", "approx.", "around", "~"),
    Qualifier.ESTIMATED: ("anslået", "estimated", "skøn", "skønnet", "estimate"),
}
