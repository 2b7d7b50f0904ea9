"""The steps of an upload: each part once and in order, each upload one piece of evidence, nobody else's business."""

import hashlib
import io
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from sdg_tracker import installation
from sdg_tracker.access import SYSTEM, Actor, Role
from sdg_tracker.evidence import queries as evidence_queries
from sdg_tracker.evidence.models import Evidence
from sdg_tracker.foundation.blobs import FolderBlobs
from sdg_tracker.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from sdg_tracker.giving import queries, rules, services, tidying
from sdg_tracker.giving.models import Upload, UploadPart
from sdg_tracker.giving.services import Announced
from sdg_tracker.keeping import names
from sdg_tracker.keeping import queries as watching
from sdg_tracker.keeping import services as keeping
from sdg_tracker.work import Library, Workplace
from tests.evidence import files, hostile
from tests.evidence.conftest import refuses
from tests.factories import Factories
from tests.giving.conftest import TEXT, Device, new_key

Devices = Callable[..., Device]


def count(workplace: Workplace, library: Library, what: type[object]) -> int:
    with workplace.reading(SYSTEM, library.id) as work:
        return work.session.scalar(sa.select(sa.func.count()).select_from(what)) or 0


def age(workplace: Workplace, days: float) -> None:
    """Let all stored bytes have been put some days ago."""
    assert isinstance(workplace.blobs, FolderBlobs)
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    for sha256 in list(workplace.blobs.all()):
        os.utime(workplace.blobs.path(sha256), (then, then))


def test_a_file_in_parts_becomes_the_evidence_that_it_would_be_whole(
    workplace: Workplace, make: Factories, library: Library, staff: Actor, device: Devices
) -> None:
    activity = make.activity(library, "Byttedag")
    sender = device().send()
    assert count(workplace, library, UploadPart) == 4
    [added] = sender.save(title="Dagens noter", activity=activity.number)
    with workplace.reading(staff) as work:
        evidence = evidence_queries.get(work, added.evidence.number)
        assert (evidence.title, evidence.added_by) == ("Dagens noter", staff.number)
        assert evidence.current.original_sha256 == hashlib.sha256(TEXT).hexdigest()
        upload = queries.mine(work, sender.key)
        assert (upload.evidence_number, upload.ended_at) == (evidence.number, work.at)
        assert queries.unfinished(work) == []
    assert list(installation.faults(workplace)) == []


def test_a_picture_loses_its_place_as_in_the_plain_form(workplace: Workplace, staff: Actor, device: Devices) -> None:
    content = files.jpeg(exif=files.exif())
    [added] = device(content, "foto.jpg", part=len(content) // 3).send().save()
    version = added.evidence.current
    assert version.original_sha256 == hashlib.sha256(content).hexdigest()
    assert version.rendition_sha256 != version.original_sha256


def test_beginning_twice_is_beginning_once_and_tells_how_far_it_is(
    workplace: Workplace, library: Library, device: Devices
) -> None:
    sender = device()
    sender.begin()
    sender.append(0)
    assert sender.begin().received == 3000
    assert count(workplace, library, Upload) == 1


def test_only_the_next_part_is_taken_and_a_refusal_says_where_it_begins(
    workplace: Workplace, library: Library, device: Devices
) -> None:
    sender = device()
    sender.begin()
    sender.append(0)
    for offset in (0, 2999, 6000, len(TEXT)):
        with pytest.raises(Conflict) as refused:
            sender.append(offset)
        assert (refused.value.code, refused.value.facts["received"]) == ("upload-elsewhere", 3000)
    assert count(workplace, library, UploadPart) == 1
    assert sender.append(3000).received == 6000


def test_of_two_that_send_the_same_part_at_once_one_is_told_to_go_on(
    workplace: Workplace, library: Library, device: Devices
) -> None:
    sender = device()
    sender.begin()
    barrier, told = threading.Barrier(2), list[object]()
    with workplace.reading(sender.actor) as work:
        awaited = services.expect(work, sender.key, 0)
    stored = [services.take(workplace.blobs, awaited, io.BytesIO(TEXT[:size])) for size in (2000, 3000)]

    def append(place: int) -> None:
        barrier.wait()
        try:
            with workplace.writing(sender.actor) as work:
                told.append(services.append(work, sender.key, 0, stored[place]).received)
        except Conflict as problem:
            told.append(problem.facts["received"])

    threads = [threading.Thread(target=append, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told[0] == told[1]
    assert told[0] in (2000, 3000)
    assert count(workplace, library, UploadPart) == 1


def test_saving_twice_even_at_once_gives_one_piece_of_evidence(
    workplace: Workplace, library: Library, device: Devices
) -> None:
    sender = device().send()
    barrier, numbers = threading.Barrier(2), []

    def save() -> None:
        barrier.wait()
        numbers.append([one.evidence.number for one in sender.save()])

    threads = [threading.Thread(target=save) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers == [[1], [1]]
    assert count(workplace, library, Evidence) == 1


def test_several_files_are_saved_together_with_numbered_titles(device: Devices) -> None:
    one, other = device().send(), device(b"another text\n", "b.txt").send()
    assert [added.evidence.title for added in one.save(other, title="Noter")] == ["Noter (1)", "Noter (2)"]


@pytest.mark.parametrize(
    ("announced", "code"),
    [
        (Announced("", "a.txt", 5), "upload-key-unreadable"),
        (Announced("../../../../etc/passwd0000000000", "a.txt", 5), "upload-key-unreadable"),
        (Announced("0" * 32, "a.txt", -1), "upload-size-unreadable"),
        (Announced("0" * 32, "a.txt", 0), "upload-empty"),
        (Announced("0" * 32, "a.txt", 50_000_001), "evidence-too-large"),
    ],
)
def test_what_can_not_be_begun(workplace: Workplace, staff: Actor, announced: Announced, code: str) -> None:
    with refuses(code), workplace.writing(staff) as work:
        services.begin(work, announced)


def test_a_person_can_not_pile_up_files_without_end(
    workplace: Workplace, library: Library, staff: Actor, coordinator: Actor
) -> None:
    with workplace.writing(staff) as work:
        work.session.add_all(
            Upload(key=new_key(), file_name="a", size=5, added_by=staff.number, added_at=work.at, touched_at=work.at)
            for _count in range(rules.UNFINISHED_LIMIT)
        )
    with refuses("uploads-many"), workplace.writing(staff) as work:
        services.begin(work, Announced(new_key(), "a.txt", 5))
    with workplace.writing(coordinator) as work:
        services.begin(work, Announced(new_key(), "a.txt", 5))


def test_what_is_no_accepted_type_is_refused_with_its_first_part(workplace: Workplace, device: Devices) -> None:
    sender = device(b"MZ\x90\x00" + bytes(900_000), "program.pdf", part=400_000)
    sender.begin()
    with pytest.raises(Invalid) as refused:
        sender.append(0)
    assert refused.value.code == "format-program"
    with workplace.reading(sender.actor) as work:
        assert queries.mine(work, sender.key).received == 0


def test_what_a_check_finds_leads_to_quarantine_as_in_the_plain_form(device: Devices) -> None:
    content = hostile.CASES["a text with a file in it"].make()
    [added] = device(content, "Ansøgning.docx", part=1 + len(content) // 2).send().save()
    assert added.evidence.quarantined_at is not None


def test_parts_have_to_fit(workplace: Workplace, staff: Actor, device: Devices) -> None:
    sender = device(part=rules.PART_LIMIT)
    sender.begin()
    with workplace.reading(staff) as work:
        awaited = services.expect(work, sender.key, 0)
    for piece, code in ((b"", "upload-part-empty"), (TEXT + b"x", "upload-part-large")):
        with refuses(code):
            services.take(workplace.blobs, awaited, io.BytesIO(piece))
    with refuses("upload-unfinished"), workplace.reading(staff) as work:
        services.ready(work, [sender.key])


def test_nobody_else_sees_continues_saves_or_ends_an_upload(
    workplace: Workplace, make: Factories, library: Library, coordinator: Actor, device: Devices
) -> None:
    sender = device()
    sender.begin()
    neighbour = make.member(make.library("Nabobyen"), Role.COORDINATOR)
    for other in (coordinator, neighbour):
        thief = replace(sender, actor=other)
        with pytest.raises(NotFound):
            thief.append(0)
        with pytest.raises(NotFound), workplace.reading(other) as work:
            services.ready(work, [sender.key])
        with pytest.raises(NotFound), workplace.writing(other) as work:
            services.give_up(work, sender.key)
        with workplace.reading(other) as work:
            assert queries.unfinished(work) == []
    with refuses("upload-key-taken"):
        replace(sender, actor=coordinator).begin()
    assert replace(sender, actor=neighbour).begin().received == 0  # keys are of one library
    reader = make.member(library, Role.READER)
    with pytest.raises(Forbidden):
        replace(sender, actor=reader).begin()


def test_what_was_given_up_is_continued_only_when_it_is_begun_again(
    workplace: Workplace, staff: Actor, device: Devices
) -> None:
    sender = device()
    sender.begin()
    sender.append(0)
    for _twice in range(2):
        with workplace.writing(staff) as work:
            services.give_up(work, sender.key)
    with refuses("upload-ended"):
        sender.append(3000)
    with refuses("upload-ended"), workplace.reading(staff) as work:
        services.ready(work, [sender.key])
    assert sender.begin().received == 3000
    assert sender.send().save()[0].evidence.number == 1
    assert sender.begin().evidence_number == 1


def test_a_form_saves_no_more_files_than_one_request_carries(staff: Actor, device: Devices) -> None:
    first, *others = (device(b"text %d\n" % count).send() for count in range(rules.AT_ONCE + 1))
    with refuses("uploads-at-once"):
        first.save(*others)


# What lies about ----------------------------------------------------------------------------------------------------


def test_parts_are_kept_from_the_sweep_and_neither_watched_nor_backed_up(
    workplace: Workplace, library: Library, device: Devices
) -> None:
    device().send()
    age(workplace, 3)
    workplace.clock = lambda: datetime.now(UTC)
    there = list(workplace.blobs.all())
    assert keeping.sweep(workplace, lambda _entry: None) == (0, 0)
    assert list(workplace.blobs.all()) == there
    with workplace.reading(SYSTEM, library.id) as work:
        names.check_complete(work)
        assert watching.unseen(work, 100) == {}
        assert names.all_named(work) == {}
        assert set(names.all_passing(work)) == set(there)


def test_parts_of_what_was_saved_go_after_a_day_and_the_device_is_still_told(
    workplace: Workplace, library: Library, device: Devices
) -> None:
    now = datetime.now(UTC)
    workplace.clock = lambda: now - timedelta(hours=25)
    whole, halves = device(b"one part only\n", "a.txt").send(), device().send()
    whole.save()
    halves.save()
    age(workplace, 2)
    workplace.clock = lambda: now - timedelta(hours=2)
    tidying.tidy(workplace)
    assert count(workplace, library, UploadPart) == 5  # somebody may still be reading them
    workplace.clock = lambda: now
    tidying.tidy(workplace)
    assert count(workplace, library, UploadPart) == 0
    with workplace.reading(SYSTEM, library.id) as work:
        assert set(workplace.blobs.all()) == set(names.all_named(work))
    assert list(installation.faults(workplace)) == []
    with workplace.reading(halves.actor) as work:
        assert [upload.evidence_number for upload in services.ready(work, [halves.key])] == [2]
    workplace.clock = lambda: now + rules.TOLD_AFTER_END
    tidying.tidy(workplace)
    assert count(workplace, library, Upload) == 0


def test_an_upload_that_nobody_goes_on_with_ends_after_a_week(
    workplace: Workplace, library: Library, device: Devices
) -> None:
    now = datetime.now(UTC)
    workplace.clock = lambda: now - timedelta(days=6)
    left, mine = device(), device(b"somebody else's\n", "b.txt")
    left.begin()
    left.append(0)
    mine.send()
    shared = Device(workplace, left.actor, TEXT[:3000] + b"of another\n")
    shared.begin()
    age(workplace, 6)
    tidying.tidy(workplace)
    assert count(workplace, library, Upload) == 3
    workplace.clock = lambda: now + timedelta(days=1, minutes=1)
    shared.begin()
    with workplace.writing(SYSTEM, library.id) as work:  # it is gone on with
        upload = work.session.scalars(sa.select(Upload).where(Upload.key == shared.key)).one()
        upload.touched_at = work.at
        part = UploadPart(upload_id=upload.id, ordinal=1, sha256=hashlib.sha256(TEXT[:3000]).hexdigest(), size=3000)
        work.session.add(part)
    with workplace.reading(left.actor) as work:
        assert [upload.key for upload in queries.unfinished(work)] == [shared.key]
    tidying.tidy(workplace)
    assert list(workplace.blobs.all()) == [hashlib.sha256(TEXT[:3000]).hexdigest()]
    assert count(workplace, library, Upload) == 1


def test_a_part_that_is_lost_is_asked_for_again(workplace: Workplace, library: Library, device: Devices) -> None:
    sender = device().send()
    assert isinstance(workplace.blobs, FolderBlobs)
    Path(workplace.blobs.path(hashlib.sha256(TEXT[3000:6000]).hexdigest())).unlink()
    with refuses("upload-lost"), workplace.reading(sender.actor) as work:
        services.ready(work, [sender.key])
    with workplace.writing(sender.actor) as work:
        assert services.rewind(work, sender.key).received == 3000
    assert sender.send().save()[0].evidence.current.original_sha256 == hashlib.sha256(TEXT).hexdigest()


# Which activity -----------------------------------------------------------------------------------------------------


def test_the_activities_nearest_in_time_are_offered_todays_first(
    workplace: Workplace, make: Factories, library: Library, staff: Actor
) -> None:
    with workplace.reading(staff) as work:
        today = work.today
    days = {"i går": -1, "om to dage": 2, "i dag": 0, "for længe siden": -400, "i morgen": 1}
    for title, away in days.items():
        make.activity(library, title, starts_on=today + timedelta(days=away))
    make.activity(library, "går over en måned", starts_on=today - timedelta(20), ends_on=today + timedelta(9))
    make.activity(library, "uden dag", starts_on=None)
    with workplace.reading(staff) as work:
        found = [activity.title for activity in queries.near(work, today, 5)]
        assert set(found[:2]) == {"i dag", "går over en måned"}
        assert found[2:] == ["i går", "i morgen", "om to dage"]
        assert [activity.title for activity in queries.called(work, "længe", 5)] == ["for længe siden"]
        assert [activity.number for activity in queries.called(work, "3", 5)] == [3]
        assert queries.called(work, " % ", 5) == []
