"""Damages a cache of facts in several ways and says what came of it: damage.py CACHE COMMAND…

After each way: is the list the same as with --no-cache, and how many entries are what they were?
"""
import pathlib
import shutil
import subprocess
import sys

cache, command = pathlib.Path(sys.argv[1]), sys.argv[2:]


def run(*more):
    return subprocess.run([*command, *more], capture_output=True, check=True).stdout


def cut(file, whole):
    file.write_bytes(whole[:len(whole) // 2])


def empty(file, _):
    file.write_bytes(b"")


def changed(file, whole):
    middle = len(whole) // 2
    file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1:])


def exchanged(file, whole):
    file.write_bytes(next(other for other in before.values() if other != whole))


def linked(file, _):
    file.unlink()
    file.symlink_to(file.name)


def folders(file, _):
    file.unlink()
    (file / "in it").mkdir(parents=True)


before = {file: file.read_bytes() for file in sorted(cache.glob("*.facts"))}
reference = run("--no-cache")
for way in (cut, empty, changed, exchanged, linked, folders):
    for entry, text in before.items():
        way(entry, text)
    same = "same list" if run() == reference else "ANOTHER LIST"
    mended = sum(entry.is_file() and entry.read_bytes() == text for entry, text in before.items())
    print(f"{way.__name__}: {same}, entries mended: {mended}")
    shutil.rmtree(cache)
    cache.mkdir()
    for entry, text in before.items():
        entry.write_bytes(text)
