"""Runs a command that cannot write more than BYTES to any file, as on a disk that is full:
limited.py BYTES COMMAND…"""
import os
import resource
import signal
import sys

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # The write fails instead.
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execvp(sys.argv[2], sys.argv[2:])
