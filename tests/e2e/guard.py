"""`guard.py FOLDER`: removes what a cluster has left when its harness was killed.

The harness holds the other end of standard input. When that is closed, in whatever way the harness
has ended, every process whose command line names a file in FOLDER is ended, and FOLDER removed.
Where the harness has cleaned up by itself there is nothing left to do.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import sys
import time


def processes_below(folder):
    """Processes whose command line names a file in FOLDER."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if str(folder).encode() + b"/" in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found


def end_below(folder):
    """Ends every process of FOLDER; agents start applications again, so until none is left."""
    deadline = time.monotonic() + 20
    while (pids := processes_below(folder)) and time.monotonic() < deadline:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(.05)


def main():
    folder = pathlib.Path(sys.argv[1])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # Meant for the harness; its end is our signal.
    sys.stdin.buffer.read()
    if folder.exists():
        end_below(folder)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
