"""A report that was frozen stays as it is when a reading is corrected; the next one tells both values."""

from decimal import Decimal

from sdg_tracker.access import Actor
from sdg_tracker.editions import build
from sdg_tracker.impact import services
from sdg_tracker.measures import entering
from sdg_tracker.measures import services as measures
from sdg_tracker.measures.details import Entry, MeasureDetails
from sdg_tracker.work import Workplace


def test_a_correction_reaches_the_next_report_and_not_the_one_before(workplace: Workplace, coordinator: Actor) -> None:
    with workplace.writing(coordinator) as work:
        for code in ("besoeg", "moeder"):
            measures.add(work, code, MeasureDetails(name=code, unit="gange"))
        read = [Entry(measure=code, period="2025", value=Decimal(1200)) for code in ("besoeg", "moeder")]
        readings = [reading.number for reading in entering.enter(work, read)]
        edition = services.freeze(work, 2025, "da")
    before = build.snapshot_of(workplace.blobs, edition)
    with workplace.writing(coordinator) as work:
        said = {"qualifier": "about", "reason": "Tælleren stod stille i uge 7", "note": "Skøn"}
        entering.correct(work, readings[0], None, Decimal(1234), **said)
    with workplace.writing(coordinator) as work:
        later = services.freeze(work, 2025, "da")
    assert build.snapshot_of(workplace.blobs, edition) == before
    after = build.snapshot_of(workplace.blobs, later)
    [was], [now] = (found["measures"][0]["readings"] for found in (before, after))
    assert (was["value"], was["qualifier"], was["corrections"]) == ("1200", "exact", [])
    assert (now["value"], now["qualifier"]) == ("1234", "about")
    [told] = now["corrections"]
    assert (told["old"], told["old_qualifier"], told["reason"]) == ("1200", "exact", "Tælleren stod stille i uge 7")
    figures = [{row["name"]: row for row in found["followed"]} for found in (before, after)]
    changed = {name for name in figures[0] | figures[1] if figures[0].get(name) != figures[1].get(name)}
    assert changed == {"measure:besoeg:2025"}
