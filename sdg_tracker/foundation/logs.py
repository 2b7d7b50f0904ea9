"""Logs as one JSON object a line, each with the reference that the error page shows."""

import logging
import re
import sys
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

reference: ContextVar[str] = ContextVar("reference", default="")
_TOKEN = re.compile(r"((?:/audit|/password)/)[^\s/?\"]+")


class _Line(JsonFormatter):
    def process_log_record(self, log_data: dict[str, object]) -> dict[str, object]:
        if found := reference.get():
            log_data["reference"] = found
        return log_data


class _WithoutTokens(logging.Filter):
    """Links that open something are not written down."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cleaned = _TOKEN.sub(r"\1…", message)
        if cleaned != message:
            record.msg, record.args = cleaned, None
        return True


def set_up(level: str = "INFO") -> None:
    """Send all logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Line("%(asctime)s %(levelname)s %(name)s %(message)s", json_ensure_ascii=False))
    handler.addFilter(_WithoutTokens())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("huey").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
