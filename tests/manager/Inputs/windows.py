"""Nothing begins before a maintenance window, or after the last one."""
import datetime
import os

from lab import Lab, expect


def at(seconds):
    """The time SECONDS from now, as windows have it."""
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=10) as lab:
        lab.start()

        def plan(name, begin, end):
            change = lab.change("pricing", "1.1.0")
            own = lab.folder / f"{name}.yaml"
            own.write_text(change.read_text() + f'windows: [{{from: "{begin}", to: "{end}"}}]\n')
            made = lab.folder / f"{name}.json"
            lab.run("plan", *lab.inputs(own), "-o", made)
            lab.run("check", made, *lab.inputs(own))
            return made

        over = lab.apply(plan("over", at(-7200), at(-3600)), check=False)
        expect(over.returncode == 1 and "windows of the plan have ended" in over.stderr
               and "nothing was changed" in over.stderr, over.stderr.strip())

        begin = at(3)
        soon = plan("soon", begin, at(600))
        shown = lab.run("show", soon).stdout
        expect(f"nothing begins but from {begin}" in shown, "`ripple show` says when")
        done = lab.apply(soon)
        expect(at(0) >= begin, f"it ended after {begin}")
        expect(f"nothing new begins before {begin}" in done.stderr
               and f"waits for its maintenance window, from {begin}" in done.stderr
               and "a maintenance window is open" in done.stderr, done.stderr.strip())
        expect(not lab.away(), "nothing is kept away")

        # The window ends in the midst of it: what has begun is finished, the rest is left.
        lab.versions["pricing"] = "1.1.0"
        begin, end = at(-60), at(2)
        change = lab.change("pricing", "1.2.0", check=["/bin/sleep", "3"])
        own = lab.folder / "ends.yaml"
        own.write_text(change.read_text() + f'windows: [{{from: "{begin}", to: "{end}"}}]\n')
        made = lab.folder / "ends.json"
        lab.run("plan", *lab.inputs(own), "-o", made)
        ended = lab.apply(made, check=False)
        expect(ended.returncode == 1 and "the last maintenance window has ended" in ended.stderr,
               ended.stderr.strip())
        installed = sorted(component["installed"] for server in lab.status()["servers"]
                           for component in server["components"] if component["id"] == "pricing")
        expect(installed == ["1.1.0", "1.2.0"], f"one server has begun and is finished: {installed}")
        expect(not lab.away(), "nothing is kept away")


main()
