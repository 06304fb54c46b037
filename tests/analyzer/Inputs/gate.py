"""Prints a gate's table (docs/formats/gate-table.md), read independently of the analyzer."""
import struct
import sys

with open(sys.argv[1], "rb") as file:
    table = file.read()
assert table[:8] == b"RIPPLEGT"


def u32(at):
    return struct.unpack_from("<I", table, at)[0]


def string(at):
    start = u32(at)
    return table[start:table.index(b"\0", start)].decode()


version, size = u32(8), u32(12)
assert version == 1 and size == len(table)
print("application", string(16))
print("build-id", string(20))
components = [string(u32(28) + 4 * index) for index in range(u32(24))]
words = u32(48)
assert words == (len(components) + 63) // 64 and u32(52) == 0
sets = []
for index in range(u32(32)):
    at = u32(36) + 8 * words * index
    assert at % 8 == 0
    bits = int.from_bytes(table[at:at + 8 * words], "little")
    sets.append([name for bit, name in enumerate(components) if bits >> bit & 1])
assert sets[0] == components
for index in range(u32(40)):
    at = u32(44) + 20 * index
    touched = sets[u32(at + 16)]
    assert components[0] in touched
    what = "everything" if u32(at + 16) == 0 else " ".join(sorted(touched))
    print(u32(at + 12), string(at + 4), string(at + 8), string(at) + ":", what)
