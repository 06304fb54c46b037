"""kill -9 of `ripple apply` at events of its journal, one run each; then again, and it completes."""
import os
import sys

from lab import Lab, expect


def installed(lab):
    return {os.path.basename(os.readlink(s.folder / "plugins/pricing.so")) for s in lab.servers}


def upgrade(lab, at, name):
    """One upgrade that dies at event AT. Returns false where the plan has fewer events."""
    old, new = lab.versions["pricing"], {"1.0.0": "1.1.0", "1.1.0": "1.0.0"}[lab.versions["pricing"]]
    plan = lab.plan("pricing", new, quiesceTimeout=f"{30000 + at}ms")
    before = lab.events() if (lab.folder / "manager/journal.sqlite").exists() else 0
    died = lab.run(*lab.apply_command(plan)[1:], check=False,
                   env={**os.environ, "RIPPLE_FAILPOINT": f"{name}:{at}"})
    if died.returncode == 0:
        lab.versions["pricing"] = new
        return False
    expect(died.returncode == -9, f"{name}:{at}: killed (exit {died.returncode})")
    after = lab.events() - before
    expect(after == at + (name != "manager-before-record"), f"with {after} events in the journal")
    again = lab.apply(plan, check=False)
    if again.returncode != 0:
        print(died.stderr, again.stderr)
    expect(again.returncode == 0, "applied again, it completes")
    expect(installed(lab) == {f"pricing-{new}.so"}, f"every server has {new}, none {old}")
    expect(not lab.away(), "nothing is kept away")
    lab.versions["pricing"] = new
    return True


def main():
    stride = int(sys.argv[1])
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=10) as lab:
        lab.start()
        names = ["manager-before-record", "manager-after-record", "manager-after-effects"]
        at = 1
        while upgrade(lab, at, names[at % 3]):
            at += stride
        expect(at > 20, f"the whole upgrade was covered ({at} events)")


main()
