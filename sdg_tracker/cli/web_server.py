"""gunicorn's settings; ``serve`` hands over address and number of processes."""

import os

from gunicorn.glogging import Logger as GunicornLogger

from sdg_tracker.foundation import logs


class Logger(GunicornLogger):  # type: ignore[misc] # gunicorn has no types
    """gunicorn's own messages, in the form of all other logs."""

    def setup(self, _configuration: object) -> None:
        """Hand gunicorn's messages to the root logger."""
        logs.set_up(os.environ.get("SDG_TRACKER_LOG_LEVEL", "INFO"))
        self.error_log.propagate = True
        self.error_log.setLevel("WARNING")


bind = os.environ.get("SDG_WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("SDG_WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 4
timeout = 120
graceful_timeout = 10
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108 - gunicorn's own heartbeat file
logger_class = Logger
