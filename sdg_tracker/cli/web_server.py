"""gunicorn with our settings."""

import os
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger as GunicornLogger

from sdg_tracker.app import serving
from sdg_tracker.foundation import logs


class Logger(GunicornLogger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's own messages, in the form of all other logs."""

    def setup(self, _configuration: object) -> None:
        """Hand gunicorn's messages to the root logger."""
        logs.set_up(os.environ.get("SDG_TRACKER_LOG_LEVEL", "INFO"))
        self.error_log.propagate = True
        self.error_log.setLevel("WARNING")


class WebServer(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """The web pages on one address, in several processes, which share the application as it was put together."""

    def __init__(self, bind: str, workers: int, app: Flask) -> None:
        self._app = app
        self._chosen: dict[str, Any] = {
            "bind": bind,
            "workers": workers,
            "worker_class": "gthread",
            "threads": 4,
            "timeout": 120,
            "graceful_timeout": 10,
            "max_requests": 5000,
            "max_requests_jitter": 500,
            # gunicorn's own heartbeat file
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: PTH112, S108
            "logger_class": Logger,
        }
        super().__init__()

    def load_config(self) -> None:
        """Take our settings."""
        for name, value in self._chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application, at a workplace of this process."""
        return serving(self._app)
