"""Opens a page of `ripple show --format html` in Chromium and says what is in it then.

    page.py FILE [FRAGMENT]

Prints how many of each thing the page's tree holds, what the console said, and what would make the page
need or run anything but itself.
"""
import collections
import html.parser
import pathlib
import subprocess
import sys
import tempfile

VOID = {"meta", "link", "input", "line", "br"}


class Tree(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.counts, self.open, self.strange, self.texts = collections.Counter(), [], [], []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        inside = [name for name, _ in self.open]
        classes = (attributes.get("class") or "").split()
        if tag == "tr" and "tbody" in inside:
            table = next(a.get("class", "") for name, a in reversed(self.open) if name == "table")
            self.counts[f"rows of {table}"] += 1
            self.counts[f"rows of {table} shown"] += "hidden" not in attributes
        for one in ("bar", "mark"):
            self.counts[one + "s"] += one in classes
        self.counts["figures"] += tag == "figure"
        self.counts["scripts"] += tag == "script"
        if tag == "details" and "open" in attributes:
            print("open:", attributes.get("id"))
        for name, value in attributes.items():
            if name.startswith("on") or name == "style" or name == "src" or \
                    (name == "href" and not value.startswith("#") and value != "data:,"):
                self.strange.append(f"{tag} {name}={value}")
        if tag not in VOID:
            self.open.append((tag, attributes))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.open and self.open[-1][0] not in ("script", "style"):
            self.texts.append(data)


def main():
    url = pathlib.Path(sys.argv[1]).resolve().as_uri() + "".join("#" + f for f in sys.argv[2:])
    with tempfile.TemporaryDirectory(prefix="ripple-page-") as profile:
        done = subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
             "--enable-logging=stderr", "--virtual-time-budget=3000", "--dump-dom", url],
            capture_output=True, text=True, timeout=120)
    tree = Tree()
    tree.feed(done.stdout)
    for name, count in sorted(tree.counts.items()):
        print(f"{name}: {count}")
    for line in tree.strange:
        print("strange:", line)
    for line in done.stderr.splitlines():
        if ":CONSOLE" in line:
            print("console:", line)
    for text in tree.texts:
        if text.endswith(" shown") or "alert" in text:
            print("text:", text.strip())


main()
