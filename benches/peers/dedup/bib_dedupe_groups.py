"""bib-dedupe on the set in the folder named as the argument, on one core; what is printed: see src/tool.rs."""

import contextlib
import os
import pathlib
import sys
import time

import pandas as pd

import bib_dedupe
from bib_dedupe.bib_dedupe import block, cluster, match, prep

# Columns in which the makers of a set wrote down which records are duplicates.
LABELS = ["asysd_label", "asysd_note", "publisher_flag", "label"]


def peak_megabytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))


def groups(records):
    prepared = prep(records, verbosity_level=0, cpu=1)
    pairs = block(prepared, cpu=1)
    return cluster(match(pairs, cpu=1))


folder = pathlib.Path(sys.argv[1])
records = pd.read_csv(folder / "records.csv.gz", dtype=str, keep_default_na=False)
records = records.drop(columns=[name for name in LABELS if name in records])
start = time.process_time()
with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
    found = groups(records)
print(f"seconds {time.process_time() - start}")
print(f"megabytes {peak_megabytes()}")
for group in found:
    print("group " + ";".join(str(record) for record in group))
