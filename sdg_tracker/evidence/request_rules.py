"""When people are reminded."""

from datetime import date, timedelta

BEFORE = timedelta(days=3)
AFTER = timedelta(days=7)
WEEKS = 12  # after the day; then nobody is reminded any more


def reminds(due_on: date, asked_on: date, reminded_on: date | None, today: date) -> bool:
    """Return whether a reminder is owed: some days before the day, on it, and each week after it.

    One that was missed is made up for once. Who was asked later than a reminder's day gets none for it.
    """
    days = [due_on - BEFORE, due_on, *(due_on + AFTER * week for week in range(1, WEEKS + 1))]
    past = [day for day in days if day <= today]
    last = max(asked_on, reminded_on or asked_on)
    return bool(past) and past[-1] > last
