"""depfile.py RIPPLE FOLDER: builds a program from a plain compile database, in a folder with a name that
Make has to quote, lets Make and Ninja make its Components List by the depfile, and prints after which
changes they make it again."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

RIPPLE, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
SOURCE = pathlib.Path(__file__).parent / "own"
ODD = "in c#l\\ $u\\de"  # A blank, '#' and '$', and backslashes before a blank and elsewhere.
ANALYZE = (f"{RIPPLE} analyze -p . --binary own=own --catalog catalog.yaml --cache cache "
           "-o list.json --depfile list.json.d")
MAKEFILE = f"""list.json: own
\t{ANALYZE}
-include list.json.d
"""
NINJA = f"""rule list
  command = {ANALYZE}
  depfile = list.json.d
build list.json: list own
"""
TOOLS = {"make": ["make", "-s"], "ninja": ["ninja", "--quiet"]}


def compile_program():
    command = ["g++", "-std=c++20", "-g", "-I", ODD, "-c", "Main.cpp", "-o", "Main.o"]
    (FOLDER / "compile_commands.json").write_text(json.dumps(
        [{"directory": str(FOLDER), "file": "Main.cpp", "arguments": command}]))
    subprocess.run(command, cwd=FOLDER, check=True)
    subprocess.run(["g++", "-g", "-o", "own", "Main.o"], cwd=FOLDER, check=True)


def lay_out():
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / ODD).mkdir(parents=True)
    for name in ("Main.cpp", "catalog.yaml"):
        shutil.copy(SOURCE / name, FOLDER)
    shutil.copy(SOURCE / "Framework.h", FOLDER / ODD)
    (FOLDER / "Unrelated.h").write_text("")
    (FOLDER / "Makefile").write_text(MAKEFILE)
    (FOLDER / "build.ninja").write_text(NINJA)
    compile_program()


def makes(tool):
    """Runs TOOL; whether it made the list."""
    file = FOLDER / "list.json"
    before = file.stat().st_mtime_ns if file.exists() else None
    subprocess.run(TOOLS[tool], cwd=FOLDER, check=True)
    return file.stat().st_mtime_ns != before


def drop_header():
    """What a header said is now in the source, and the header is gone."""
    text = (FOLDER / "Main.cpp").read_text()
    header = (FOLDER / ODD / "Framework.h").read_text().replace("#pragma once", "")
    (FOLDER / "Main.cpp").write_text(text.replace('#include "Framework.h"', header))
    (FOLDER / ODD / "Framework.h").unlink()


for tool in TOOLS:
    lay_out()
    print(f"{tool}: first", makes(tool))
    print(f"{tool}: nothing", makes(tool))
    for name in (f"{ODD}/Framework.h", "Main.cpp", "catalog.yaml", "compile_commands.json", "own",
                 "Unrelated.h"):
        os.utime(FOLDER / name)
        print(f"{tool}: {pathlib.Path(name).name}", makes(tool))
    drop_header()
    print(f"{tool}: header gone", makes(tool))
    print(f"{tool}: after that", makes(tool))
