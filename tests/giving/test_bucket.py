"""Parts in a bucket: sent, lost, sent again and saved."""

import hashlib
from collections.abc import Callable, Iterator

import pytest

from sdg_tracker import installation
from sdg_tracker.foundation.settings import Settings
from sdg_tracker.giving import services
from sdg_tracker.keeping import services as keeping
from sdg_tracker.work import Workplace
from tests import s3
from tests.conftest import NOON
from tests.evidence.conftest import refuses
from tests.giving.conftest import TEXT, Device
from tests.keeping.test_bucket import in_bucket

pytestmark = pytest.mark.slow


@pytest.fixture
def workplace(settings: Settings, s3_server: s3.Server) -> Iterator[Workplace]:
    """A workplace whose store is a bucket."""
    place = Workplace.open(in_bucket(settings, s3_server))
    place.clock = lambda: NOON
    yield place
    place.engine.dispose()


def test_a_file_comes_in_parts_into_a_bucket(workplace: Workplace, device: Callable[..., Device]) -> None:
    sender = device().send()
    assert keeping.loose(workplace) == []
    workplace.blobs.remove(hashlib.sha256(TEXT[3000:6000]).hexdigest())
    with refuses("upload-lost"), workplace.reading(sender.actor) as work:
        services.ready(work, [sender.key])
    with workplace.writing(sender.actor) as work:
        assert services.rewind(work, sender.key).received == 3000
    [added] = sender.send().save()
    assert added.evidence.current.original_sha256 == hashlib.sha256(TEXT).hexdigest()
    assert list(installation.faults(workplace)) == []
