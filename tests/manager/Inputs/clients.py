"""Clients of the sample shop, for tests that upgrade it under load."""
import os
import re
import threading
import time


class Clients:
    """Requests that touch both components, all the while."""

    def __init__(self, lab, threads=2):
        self.lab, self.sent, self.failed, self.ending = lab, 0, [], threading.Event()
        self.threads = [threading.Thread(target=self.ask, daemon=True) for _ in range(threads)]
        for thread in self.threads:
            thread.start()

    def ask(self):
        while not self.ending.is_set():
            try:
                status, body = self.lab.get("shop", "/quote/1")
            except OSError as error:
                status, body = 0, str(error)
            self.sent += 1
            if status != 200:
                self.failed.append((time.strftime("%T"), status, body))
            time.sleep(.01)

    def close(self):
        self.ending.set()
        for thread in self.threads:
            thread.join()


def version(server, component):
    link = {"pricing": "plugins/pricing.so", "catalog": "lib"}[component]
    return re.search(r"-([0-9.]+)(\.so)?$", os.readlink(server.folder / link))[1]
