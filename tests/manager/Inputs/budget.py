"""The abort budget: so many servers may fail before the upgrade stops. A server fails here where there is a file
`broken` in its folder, which the upgrade's check looks for."""
import os

from lab import Lab, expect


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=4, minimum=3, service_ms=10) as lab:
        lab.start()
        first, second, third, last = lab.servers

        def plan(budget):
            change = lab.change("pricing", "1.1.0", check=["/usr/bin/test", "!", "-e", "broken"])
            own = lab.folder / f"budget-{budget}.yaml"
            own.write_text(change.read_text() + f"abortBudget: {budget}\n")
            made = lab.folder / f"budget-{budget}.json"
            lab.run("plan", *lab.inputs(own), "-o", made)
            lab.run("check", made, *lab.inputs(own))
            return made

        def broken(*servers):
            for server in lab.servers:
                (server.folder / "broken").unlink(missing_ok=True)
            for server in servers:
                (server.folder / "broken").touch()

        def fails(made, tried, upgraded):
            """It ends with 1, has begun on TRIED and on no others, and UPGRADED these."""
            done = lab.apply(made, check=False)
            print(done.stderr)
            expect(done.returncode == 1, f"exit code 1 (it is {done.returncode})")
            for server in lab.servers:
                expect((f"{server.name}  pricing  install" in done.stderr) == (server in tried),
                       f"{server.name} was {'begun' if server in tried else 'left alone'}")
            found = {server["name"]: component["installed"] for server in lab.status()["servers"]
                     for component in server["components"] if component["id"] == "pricing"}
            expect(found == {server.name: "1.1.0" if server in upgraded else "1.0.0" for server in lab.servers},
                   f"what failed is rolled back, what is done stays: {found}")
            expect(not lab.away(), "nothing is kept away")

        # One at a time: each waits for the capacity of the one before it, also of one that failed.
        broken(*lab.servers)
        fails(plan(1), tried=[first], upgraded=[])
        fails(plan(2), tried=[first, second], upgraded=[])
        broken(second)
        some = plan(3)
        fails(some, tried=lab.servers, upgraded=[first, third, last])

        broken()
        again = lab.apply(some)
        print(again.stderr)
        expect("app2  pricing  install" in again.stderr and "app1  pricing  install" not in again.stderr,
               "applied again, it starts with the one that failed, and nothing is done twice")


main()
