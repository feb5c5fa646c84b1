"""How good the answers are on judged sets: a line for each set, each signal alone beside the combination of all.

    python -m tests.programs.quality SET [SET ...]

Run by `make quality [SETS=DIR]`. The figures are nDCG@10 over queries that were not used to choose any constant; the
last column compares the combination with the best single signal, query by query.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.answering.factory import open_encoder
from assistant.settings import Settings
from corpus.labels import Labels
from index.evaluation.judged_set import Part
from index.evaluation.run_measures import ask_all, measure, paired
from index.evaluation.systems import open_search, read_set, searches
from index.models.encoder import Encoder

MEASURE = "nDCG@10"
COLUMNS = ("whole", "window", "lexical", "late", "RRF", "ours")
SINGLE = COLUMNS[:4]


def line(folder: Path, encoder: Encoder, settings: Settings) -> str:
    """Return a set's row of the table."""
    judged, corpus = read_set(folder, settings.corpus, labels=Labels(), without_symptoms=False, part=Part.REPORT)
    asked = searches(open_search(corpus, encoder, settings.cache), with_signals=True)
    found = {name: measure(MEASURE, ask_all(search, judged)) for name, search in asked.items()}
    means = {name: sum(values) / len(values) for name, values in found.items()}
    best = max(SINGLE, key=lambda name: means[name])
    gain = paired(found["ours"], found[best])
    figures = " | ".join(f"{means[name]:.3f}" for name in COLUMNS)
    size = f"{len(corpus.entries):,} / {len(judged.answerable):,}"
    return f"| {folder.name} | {size} | {figures} | {gain.mean:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}] |"


def main(folders: Sequence[Path]) -> None:
    """Print the table."""
    settings = Settings()
    encoder = open_encoder(settings)
    print(f"| set | entries / queries | {' | '.join(COLUMNS)} | ours against the best signal |")
    print("|---" * (len(COLUMNS) + 3) + "|")
    for folder in folders:
        print(line(folder, encoder, settings), flush=True)


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]])
