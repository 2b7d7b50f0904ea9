"""The table of findings: what follows from each, in words for people."""

import pytest

from sdg_tracker.evidence import findings
from sdg_tracker.evidence.findings import RULES, Finding, Policy
from sdg_tracker.foundation.errors import known_codes
from sdg_tracker.foundation.i18n import use_locale


@pytest.mark.parametrize("code", RULES)
def test_each_has_words_in_both_languages_and_says_what_to_do(code: str) -> None:
    rule, texts = RULES[code], []
    for locale in ("da", "en"):
        with use_locale(locale):
            texts.append(
                (str(rule.text.message) if locale == "en" else rule.text.with_facts(Anything()), str(rule.advice))
            )
    assert texts[0] != texts[1]
    if rule.policy is Policy.REFUSE:
        assert code in known_codes()
        assert rule.advice is None
        assert ". " in rule.text.message  # what it is, and what to do
    else:
        assert rule.advice is not None


class Anything(dict[str, object]):
    """Facts for any text."""

    def __init__(self) -> None:
        super().__init__(dict.fromkeys(("name", "limit", "found", "accepted", "count"), "x"))


def test_only_marks_let_a_file_stand() -> None:
    assert not findings.quarantines([])
    assert not findings.quarantines([Finding("pdf-javascript"), Finding("name-changed")])
    assert findings.quarantines([Finding("pdf-javascript"), Finding("office-links")])
    assert findings.quarantines([Finding("malware-found", {"found": "x"})])  # found late, when it can't be refused


def test_a_row_of_a_later_program_is_read() -> None:
    rows = [{"code": "office-links", "facts": {}}, {"code": "of the future", "facts": {}}]
    assert [finding.code for finding in findings.of(rows)] == ["office-links"]
    with pytest.raises(KeyError):
        Finding("of the future")
