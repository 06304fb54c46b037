"""Runs a command whose standard error is a terminal, and prints what that shows, each control sequence by a
name: progress.py COMMAND…"""
import os
import pty
import subprocess
import sys

ours, theirs = pty.openpty()
with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=theirs) as process:
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:  # The other end is closed.
            break
        if not part:
            break
        shown += part
if process.returncode:
    sys.exit(f"ended with {process.returncode}")
print(shown.decode().replace("\r\033[K", "\n<line anew>"))
