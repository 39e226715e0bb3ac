"""Runs: one processor over one fileset on one cluster, from launch to result."""
