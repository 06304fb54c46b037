"""The manager dies, and then the agent of a server that it was at. Applied again, the plan waits for
that agent instead of leaving things where they are (Bug: it ended with 1 at once)."""
import os
import time

from lab import Lab, expect, wait_until


def main():
    with Lab(os.environ["RIPPLE_BINARY_DIR"], servers=2, minimum=1, service_ms=10) as lab:
        lab.start()
        plan = lab.plan("pricing", "1.1.0")
        died = lab.run(*lab.apply_command(plan)[1:], check=False,
                       env={**os.environ, "RIPPLE_FAILPOINT": "manager-after-act:0"})
        expect(died.returncode == -9 and lab.away(), f"killed, and it keeps away {lab.away()}")
        # Bug: another plan was begun, and what the first one kept away was forgotten.
        other = lab.plan("catalog", "1.1.0")
        refused = lab.apply(other, check=False)
        expect(refused.returncode == 1 and "is not finished" in refused.stderr,
               f"another plan has to wait: {refused.stderr.strip()}")
        server = lab.servers[0]
        server.kill_agent()
        apply = lab.start_apply(plan)
        wait_until(lambda: "it is waited for" in lab.apply_log(), 10, "the note")
        time.sleep(1)
        expect(apply.poll() is None, "it waits for the agent of app1")
        server.start_agent()
        expect(apply.wait(30) == 0, "the agent is back: it completes")
        expect(not lab.away(), "nothing is kept away")
        lab.versions["pricing"] = "1.1.0"
        expect(lab.apply(lab.plan("catalog", "1.1.0"), check=False).returncode == 0,
               "then the other plan is carried out")


main()
