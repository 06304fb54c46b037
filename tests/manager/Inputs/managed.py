"""A lab whose manager is the daemon `ripple manager`."""
import json
import os
import signal
import subprocess
import threading
import urllib.request

from lab import Lab, expect, wait_until


class ManagedLab(Lab):
    """`ripple manager` in a folder of its own; `manager` is what --manager is given."""

    def configure(self):
        self.state_folder = self.folder / "manager"
        self.socket = self.folder / "m.sock"
        self.manager = f"unix:{self.socket}"
        self.config = self.folder / "manager.json"
        self.config.write_text(json.dumps(
            {"format": "ripple.manager", "version": "1.0", "listen": [self.manager],
             "state": str(self.state_folder), "servers": str(self.folder / "servers.yaml")}))
        self.daemon = None

    def start_manager(self, **options):
        log = open(self.folder / "manager.log", "ab")
        self.daemon = subprocess.Popen([self.ripple, "manager", "--config", self.config],
                                       stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       start_new_session=True, **options)
        log.close()
        self.children.append(self.daemon)
        wait_until(lambda: self.daemon.poll() is not None or self.answers(), 10, "the manager")
        expect(self.daemon.poll() is None, "the manager runs")

    def answers(self):
        return self.tell("history", check=False).returncode == 0

    def manager_log(self):
        return (self.folder / "manager.log").read_text()

    def kill_manager(self):
        self.daemon.kill()
        self.daemon.wait()

    def end_manager(self, seconds=30):
        self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(seconds)

    def tell(self, *command, **options):
        return self.run(*command, "--manager", self.manager, **options)

    def hand_over(self, plan, **options):
        return self.tell("apply", plan, "--yes", **options)

    def start_apply_there(self, plan):
        log = open(self.folder / "apply.log", "wb")
        process = subprocess.Popen([self.ripple, "apply", str(plan), "--manager", self.manager,
                                    "--yes"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   start_new_session=True)
        log.close()
        self.children.append(process)
        return process

    def stand(self):
        return json.loads(self.tell("status", "--format", "json").stdout)

    def quote(self):
        """A request at the first server that uses the plug-in and takes the lab's service time."""
        address = f"http://127.0.0.1:{self.servers[0].ports['shop']}/quote/1"
        thread = threading.Thread(
            target=lambda: urllib.request.urlopen(address, timeout=30).read())
        thread.start()
        wait_until(lambda: self.servers[0].state()["status"]["sessions"], 5, "a session")
        return thread

    def installed(self):
        return {os.path.basename(os.readlink(s.folder / "plugins/pricing.so"))
                for s in self.servers}
