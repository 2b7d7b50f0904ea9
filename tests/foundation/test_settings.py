"""Settings come from the environment, a file, or a default; a wrong one is named."""

import stat
from pathlib import Path

import pytest

from sdg_tracker.foundation.errors import Invalid
from sdg_tracker.foundation.settings import Settings, load


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "sdg-tracker.toml").write_text('language = "en"\nupload_limit_mb = 10\n')
    found = load({"SDG_TRACKER_LANGUAGE": "da", "PATH": "/bin"}, tmp_path)
    assert (found.language, found.upload_limit) == ("da", 10_000_000)


def test_what_is_set_up_where_the_tests_are_started_plays_no_part() -> None:
    assert load() == Settings()


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"SDG_TRACKER_DATABSE": "x"}, "setting-unknown"),
        ({"SDG_TRACKER_LANGUAGE": "fr"}, "setting-language"),
        ({"SDG_TRACKER_UPLOAD_LIMIT_MB": "many"}, "setting-not-a-number"),
        ({"SDG_TRACKER_UPLOAD_LIMIT_MB": "0"}, "setting-not-a-number"),
        ({"SDG_TRACKER_FETCH": "perhaps"}, "setting-not-on-off"),
    ],
)
def test_a_wrong_setting_is_named(environment: dict[str, str], code: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        load(environment, tmp_path)
    assert caught.value.code == code
    assert next(iter(environment)).removeprefix("SDG_TRACKER_").lower() in str(caught.value)


def test_a_switch_is_on_or_off(tmp_path: Path) -> None:
    assert load({}, tmp_path).fetch is True
    assert load({"SDG_TRACKER_FETCH": "off"}, tmp_path).fetch is False
    (tmp_path / "sdg-tracker.toml").write_text("fetch = false\n")
    assert load({}, tmp_path).fetch is False


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "sdg-tracker.toml").write_text("language = \n")
    with pytest.raises(Invalid, match=r"sdg-tracker\.toml"):
        load({}, tmp_path)


def test_the_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    settings = Settings(secret_file=str(tmp_path / "var" / "secret"))
    with pytest.raises(Invalid):
        settings.key()
    assert settings.make_key() is True
    key = settings.key()
    assert len(key) >= 48
    assert settings.make_key() is False
    assert settings.key() == key
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600
