"""Whether other programs read what `consil records export` writes: rispy, bibtexparser, and pandoc for CSL-JSON and BibTeX.

    python3 benches/peers/written/read_back.py CONSIL FILE…

Each file is written as RIS, BibTeX and CSL-JSON, read by the peers that are installed, and their records are counted and their
titles compared, letters and digits only, with those that stand in the CSL-JSON.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata

CONSIL, FILES = sys.argv[1], sys.argv[2:]


def bare(title):
    """The letters and digits of a title, without accents, markup and commands of LaTeX."""
    title = re.sub(r"<[^<>]*>|\\[a-zA-Z]+|\\.", "", title or "")
    letters = unicodedata.normalize("NFKD", title)
    return "".join(c for c in letters if c.isalnum()).lower()


def rispy_titles(path):
    import rispy

    with open(path, encoding="utf-8") as file:
        entries = rispy.load(file)
    return [it.get("title") or it.get("primary_title") or it.get("short_title") for it in entries]


def bibtexparser_titles(path):
    import bibtexparser

    # Titles of several lines are one; a key that is there twice is an entry of its own.
    library = bibtexparser.parse_file(str(path))
    if library.failed_blocks:
        print(f"    bibtexparser could not read {len(library.failed_blocks)} blocks")
    fields = [entry.fields_dict.get("title") for entry in library.entries]
    return [field.value if field else None for field in fields]


def pandoc_titles(form):
    def titles(path):
        if not shutil.which("pandoc"):
            raise ImportError("pandoc")
        command = ["pandoc", "-f", form, "-t", "csljson", str(path)]
        done = subprocess.run(command, capture_output=True, check=True)
        return [item.get("title") for item in json.loads(done.stdout)]

    return titles


PEERS = [
    ("rispy", "ris", "ris", rispy_titles),
    ("bibtexparser", "bibtex", "bib", bibtexparser_titles),
    ("pandoc", "bibtex", "bib", pandoc_titles("bibtex")),
    ("pandoc", "csl-json", "json", pandoc_titles("csljson")),
]


def export(source, form, path):
    command = [CONSIL, "records", "export", source, "--to", form, "--out", str(path)]
    subprocess.run(command, capture_output=True, check=True)


def titles_of(source, folder):
    """The titles as consil writes them in JSON, where nothing has to be escaped."""
    export(source, "csl-json", folder / "own.json")
    items = json.loads((folder / "own.json").read_text(encoding="utf-8"))
    return [item.get("title") for item in items]


def main():
    n_wrong = 0
    for source in FILES:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            try:
                own = titles_of(source, folder)
            except subprocess.CalledProcessError as error:
                print(f"{source}: not read: {error.stderr.decode().strip()[:100]}")
                continue
            wanted = sorted(bare(title) for title in own)
            for peer, form, ending, titles in PEERS:
                path = folder / f"out.{ending}"
                export(source, form, path)
                try:
                    found = sorted(bare(title) for title in titles(path))
                except ImportError as error:
                    print(f"{source}: {peer} is not installed ({error})")
                    continue
                except subprocess.CalledProcessError as error:
                    n_wrong += 1
                    said = error.stderr.decode().strip().replace("\n", " ")
                    print(f"{source}: {peer} on {form}: {said[:160]}")
                    continue
                except Exception as error:  # a peer that cannot read it at all
                    n_wrong += 1
                    print(f"{source}: {peer} on {form}: {type(error).__name__}: {str(error)[:100]}")
                    continue
                n_other = len(set(found) ^ set(wanted))
                if len(found) != len(wanted) or n_other:
                    n_wrong += 1
                    counts = f"{len(found)} records of {len(wanted)}"
                    print(f"{source}: {peer} on {form}: {counts}, {n_other} titles differ")
    print(f"{len(FILES)} files, {n_wrong} readings that differ")


main()
