"""Lineage side by side: ours and its peers over one generated graph, in one run.

python -m benchmarks.lineage [--sizes 1.2M,12M] [--quick] [--report FILE]
"""
