"""Makes one step in a process of its own, whose files may not grow beyond so many bytes.

``python tests/store/filling.py LIMIT kg-arguments…``; a limit of 0 is none.
"""

from __future__ import annotations

import resource
import signal
import sys

from kg_service.cli.main import main

if __name__ == "__main__":
    limit = int(sys.argv.pop(1))
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that a write fails, not the process
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    main()
