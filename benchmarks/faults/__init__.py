"""Fault injection: what the runner does when notebooks, disks, processes and people misbehave.

`python -m benchmarks.faults --repeats 25` injects every fault that many times and writes docs/fault-injection.md;
the default tests inject each a few times (tests/runs/test_faults.py).
"""
