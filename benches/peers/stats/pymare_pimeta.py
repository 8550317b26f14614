"""PyMARE and pimeta on the files of the folder named as the argument; what is printed: see ../../src/peers.rs."""

import contextlib
import csv
import importlib.metadata
import io
import pathlib
import sys
import time
import warnings

import numpy as np
import pimeta
from pymare import Dataset
from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator

warnings.simplefilter("ignore")
FOLDER = pathlib.Path(sys.argv[1])


def read(name):
    """The groups of a file, each a dict of columns."""
    groups = {}
    with open(FOLDER / f"{name}.csv", newline="") as file:
        for row in csv.DictReader(file):
            group = groups.setdefault(row["group"], {"yi": [], "vi": [], "x": []})
            for column in group:
                group[column].append(float(row[column]))
    return [{name: np.array(values) for name, values in group.items()} for group in groups.values()]


def measure(case, units, work, warm=True):
    """Processor time of one unit: `units` of them in one call of `work`, after a call that warms up."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            if warm:
                work()
            start = time.process_time()
            result = work()
            seconds = (time.process_time() - start) / units
    except Exception as error:  # a peer that cannot do it is a finding, not a failure
        print(f"# {case}: {type(error).__name__}: {error}".replace("\n", " "))
        return None
    print(f"time,{case},{seconds:.9g}", flush=True)
    return result


for name in ["PyMARE", "pimeta", "numpy", "scipy"]:
    print(f"version,{name},{importlib.metadata.version(name)}")

small, medium = read("small"), read("medium")


def pymare(estimator, groups):
    return [estimator.fit_dataset(Dataset(y=g["yi"], v=g["vi"])) for g in groups]


for label, groups in [("k10", small), ("k20", medium)]:
    reml = VarianceBasedLikelihoodEstimator(method="REML")
    measure(f"pymare:reml_{label}", len(groups), lambda: pymare(reml, groups))
    measure(
        f"pimeta:reml_{label}",
        len(groups),
        lambda: [pimeta.rma(g["yi"], g["vi"], method="REML") for g in groups],
    )
measure("pymare:dl_k10", len(small), lambda: pymare(DerSimonianLaird(), small))
measure(
    "pimeta:dl_k10",
    len(small),
    lambda: [pimeta.rma(g["yi"], g["vi"], method="DL") for g in small],
)

first = medium[0]
plain = pimeta.rma(first["yi"], first["vi"], method="REML")
measure("pimeta:permutation_k20", 1, lambda: pimeta.permutest(plain, iter=1000), warm=False)
moderated = None
with contextlib.suppress(Exception):
    moderated = pimeta.rma(first["yi"], first["vi"], mods=first["x"], method="REML")
measure(
    "pimeta:permutation_regression_k20",
    1,
    lambda: pimeta.permutest(moderated, iter=1000),
    warm=False,
)
one = read("influence")[0]
measure("pimeta:influence_k200", 1, lambda: pimeta.influence(one["yi"], one["vi"]), warm=False)

one = read("selected")[0]
selected = pimeta.rma(one["yi"], one["vi"], method="ML")
for kind in ["stepfun", "beta", "halfnorm", "negexp"]:
    options = {"steps": [0.025]} if kind == "stepfun" else {}
    measure(
        f"pimeta:selection_{kind}",
        1,
        lambda kind=kind, options=options: pimeta.selmodel(selected, type=kind, **options),
        warm=False,
    )
one = read("asymmetric")[0]
measure("pimeta:trim_and_fill_k50", 1, lambda: pimeta.trimfill(one["yi"], one["vi"]))
