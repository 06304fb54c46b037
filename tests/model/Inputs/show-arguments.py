#!/usr/bin/python3
"""Stands for a program that the front door starts."""
import os
import sys

print(os.path.basename(sys.argv[0]), sys.argv[1:])
sys.exit(3)
