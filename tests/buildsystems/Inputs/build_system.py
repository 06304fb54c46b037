"""build_system.py FOLDER cmake GENERATOR RIPPLE_DIR | bear RIPPLE: builds Inputs/project with the package
`Ripple` in RIPPLE_DIR, or with Make under bear, and prints what each build made again after which change."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

PROJECT = pathlib.Path(__file__).parent / "project"
OWN = pathlib.Path(__file__).parents[2] / "analyzer" / "Inputs" / "own"  # Has the framework of `admin`.
FOLDER = pathlib.Path(sys.argv[1])
SOURCE, BUILD = FOLDER / "source", FOLDER / "build"


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False,
                          **options)


def done(*command, **options):
    result = run(*command, **options)
    if result.returncode != 0:
        sys.exit(f"{command}: exit code {result.returncode}\n{result.stdout}{result.stderr}")
    return result


def stamps(files):
    return {file: file.stat().st_mtime_ns for file in files if file.exists()}


class Builder:
    """Runs BUILD_COMMAND and says which of FILES it wrote."""

    def __init__(self, files, command, **options):
        self.files, self.command, self.options = files, command, options

    def report(self, change, fails=False):
        before = stamps(self.files)
        result = run(*self.command, **self.options)
        if (result.returncode != 0) != fails:
            sys.exit(f"{change}: exit code {result.returncode}\n{result.stdout}{result.stderr}")
        after = stamps(self.files)
        made = [file.name for file in self.files if after.get(file) != before.get(file)]
        print(f"{change}:{' FAILS' if fails else ''} {' '.join(made) or 'nothing'}")
        return result.stdout + result.stderr


def completeness(file):
    for application in json.loads(file.read_text())["applications"]:
        ids = " ".join(sorted(request["id"] for request in application["requests"]))
        print(f"  {application['name']} complete={application['complete']}: {ids}")


def with_cmake(generator, ripple):
    launcher = shutil.which("ccache")
    options = [f"-DCMAKE_CXX_COMPILER_LAUNCHER={launcher}"] if launcher else []

    def configure(*more):
        done("cmake", "-S", SOURCE, "-B", BUILD, "-G", generator, f"-DRipple_DIR={ripple}", *options, *more)

    names = ["web.components.json", "web.gate", "both.json", "both.txt", "both.dot", "both.sarif",
             "both.cdx.json"]
    builder = Builder([BUILD / name for name in names],
                      ["cmake", "--build", BUILD, "-j", "2"])
    configure()
    builder.report("first build")
    completeness(BUILD / "web.components.json")
    completeness(BUILD / "both.json")
    owners = {component["id"]: component["origin"]
              for component in json.loads((BUILD / "both.json").read_text())["components"]}
    print("  gate:", owners.get("ripple_gate"))
    builder.report("second build")
    for name in ("Greeting.h", "Framework.h", "catalog.yaml", "Unrelated.h"):
        os.utime(SOURCE / name)
        builder.report(name)
    builder.report("after that")
    text = (SOURCE / "Framework.h").read_text().replace("#pragma once", "")
    (SOURCE / "Framework.h").unlink()
    source = SOURCE / "Admin.cpp"
    source.write_text(source.read_text().replace('#include "Framework.h"', text))
    builder.report("header gone")
    builder.report("after that")

    configure("-DBROKEN=ON")
    builder.report("broken")
    completeness(BUILD / "both.json")
    configure("-DREQUIRE=ON")
    text = builder.report("complete required", fails=True)
    print("  said" if "both.json is not complete" in " ".join(text.split()) else text)
    builder.report("once more", fails=True)
    print("  list", "stays" if (BUILD / "both.json").exists() else "is gone")
    configure("-DBROKEN=OFF")
    builder.report("repaired")
    completeness(BUILD / "both.json")


def with_bear(ripple):
    done("bear", "--", "make", "web", cwd=SOURCE)
    builder = Builder([SOURCE / "list.json"], ["make", "list.json"], cwd=SOURCE,
                      env=dict(os.environ, RIPPLE=ripple))
    builder.report("first build")
    completeness(SOURCE / "list.json")
    builder.report("second build")
    for name in ("Greeting.h", "Unrelated.h"):
        os.utime(SOURCE / name)
        builder.report(name)


shutil.rmtree(FOLDER, ignore_errors=True)
shutil.copytree(PROJECT, SOURCE)
for shared in ("Framework.h", "catalog.yaml"):
    shutil.copy(OWN / shared, SOURCE)
if sys.argv[2] == "cmake":
    with_cmake(sys.argv[3], sys.argv[4])
else:
    with_bear(sys.argv[3])
