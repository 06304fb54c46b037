"""The shop team's own check of an installed pricing plug-in: one piece without a discount costs its price.

    check_pricing.py FILE      (relative to the server's folder)
"""
import ctypes
import os
import sys


class Item(ctypes.Structure):
    _fields_ = [("product", ctypes.c_uint32), ("quantity", ctypes.c_uint32),
                ("list_cents", ctypes.c_int64)]


class Plugin(ctypes.Structure):
    _fields_ = [("abi", ctypes.c_uint32), ("version", ctypes.CFUNCTYPE(ctypes.c_char_p)),
                ("start", ctypes.CFUNCTYPE(ctypes.c_void_p)),
                ("stop", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
                ("price", ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.POINTER(Item)))]


def main():
    plugin = Plugin.in_dll(ctypes.CDLL(os.path.realpath(sys.argv[1])), "pricing_plugin_v1")
    state = plugin.start()
    price = plugin.price(state, ctypes.byref(Item(1, 1, 1000)))
    plugin.stop(state)
    print(f"pricing {plugin.version().decode()}: one piece for 1000 costs {price}")
    return 0 if price == 1000 else 1


if __name__ == "__main__":
    sys.exit(main())
