"""Whether other programs read what `consil records export` writes.

    python3 benches/peers/written/read_back.py CONSIL FILE…

Each file is written in each format, and read by the peers that are installed: rispy (RIS), nbib (NBIB), bibtexparser and pandoc
(BibTeX), pandoc and Python's json (CSL-JSON), Python's csv and ElementTree (CSV, EndNote XML). Their records are counted, and their titles
compared, letters and digits only, with those that consil writes in CSL-JSON, where nothing has to be escaped. A line for each reading
that differs, and a table at the end.
"""

import collections
import csv
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree

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


def nbib_titles(path):
    import nbib

    return [it.get("title") for it in nbib.read_file(str(path))]


def bibtexparser_titles(path):
    import bibtexparser

    # Titles of several lines are one; a key that is there twice is an entry of its own.
    library = bibtexparser.parse_file(str(path))
    if library.failed_blocks:
        print(f"    bibtexparser could not read {len(library.failed_blocks)} blocks")
    titles = []
    for entry in library.entries:
        fields = {field.key.lower(): field.value for field in entry.fields}
        parts = [fields.get("title"), fields.get("subtitle")]
        titles.append(": ".join(part for part in parts if part))
    return titles


def pandoc_titles(form):
    def titles(path):
        if not shutil.which("pandoc"):
            raise ImportError("pandoc")
        command = ["pandoc", "-f", form, "-t", "csljson", str(path)]
        done = subprocess.run(command, capture_output=True, check=True)
        return [item.get("title") for item in json.loads(done.stdout)]

    return titles


def csv_titles(path):
    csv.field_size_limit(1 << 30)
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ["title", "Title", "TITLE", "Article Title", "Item Title", "Document Title", "display_name", "primary_title"]
    return [next((row[name] for name in names if row.get(name)), None) for row in rows]


def xml_titles(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    records = root.findall("./records/record")
    return ["".join(t.itertext()) if (t := it.find("./titles/title")) is not None else None for it in records]


PEERS = [
    ("rispy", "ris", "ris", rispy_titles),
    ("nbib", "nbib", "nbib", nbib_titles),
    ("bibtexparser", "bibtex", "bib", bibtexparser_titles),
    ("pandoc", "bibtex", "bib", pandoc_titles("bibtex")),
    ("pandoc", "csl-json", "json", pandoc_titles("csljson")),
    ("Python's csv", "csv", "csv", csv_titles),
    ("Python's ElementTree", "endnote-xml", "xml", xml_titles),
]


def export(source, form, path):
    command = [CONSIL, "records", "export", source, "--to", form, "--out", str(path)]
    subprocess.run(command, capture_output=True, check=True)


def titles_of(source, folder):
    """The titles as consil writes them in JSON, where nothing has to be escaped."""
    export(source, "csl-json", folder / "own.json")
    items = json.loads((folder / "own.json").read_text(encoding="utf-8"))
    return [item.get("title") for item in items]


class Tally:
    """What one peer made of one format."""

    def __init__(self):
        self.files = self.records = self.read = self.titles = self.refused = 0


def read(source, peer, form, path, titles, wanted, tally):
    """One reading; whether it differs."""
    said = None
    try:
        found = [bare(title) for title in titles(path)]
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode().strip().replace("\n", " ")[:160]
    except ImportError:
        raise
    except Exception as error:  # a peer that cannot read it at all
        said = f"{type(error).__name__}: {str(error)[:100]}"
    tally.files += 1
    tally.records += len(wanted)
    if said is not None:
        tally.refused += 1
        print(f"{source}: {peer} on {form}: {said}")
        return True
    same = sum((collections.Counter(found) & collections.Counter(wanted)).values())
    tally.read += len(found)
    tally.titles += same
    if len(found) != len(wanted) or same < len(wanted):
        print(f"{source}: {peer} on {form}: {len(found)} records of {len(wanted)}, {len(wanted) - same} titles differ")
        return True
    return False


def main():
    tallies, missing, n_wrong = collections.defaultdict(Tally), set(), 0
    for source in FILES:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            try:
                wanted = [bare(title) for title in titles_of(source, folder)]
            except subprocess.CalledProcessError as error:
                print(f"{source}: not read: {error.stderr.decode().strip()[:100]}")
                continue
            for peer, form, ending, titles in PEERS:
                path = folder / f"out.{ending}"
                export(source, form, path)
                try:
                    n_wrong += read(source, peer, form, path, titles, wanted, tallies[peer, form])
                except ImportError:
                    missing.add(peer)
    print(f"\n{len(FILES)} files, {n_wrong} readings that differ\n")
    print("| format | read by | files | refused | records | read | titles the same |\n| --- | --- | --- | --- | --- | --- | --- |")
    for (peer, form), it in tallies.items():
        if peer in missing:
            print(f"| {form} | {peer} is not installed | | | | | |")
        else:
            print(f"| {form} | {peer} | {it.files} | {it.refused} | {it.records} | {it.read} | {it.titles} |")


main()
