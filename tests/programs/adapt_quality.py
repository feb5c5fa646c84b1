"""What adapting the encoder to a judged set's own corpus gains on the queries of entries that it did not learn from.

    python -m tests.programs.adapt_quality SET [--minutes 12] [--all]

A third of the entries is left out of the training, chosen by a hash of their ids; the queries of these are asked of the
whole corpus with the encoder as it comes and with the adapted one. The queries themselves are never learnt from. With
--all every entry is learnt from and every query asked, as it is where people adapt the encoder to their own articles.
Printed are also the minutes that `assistant adapt` would take, and the most memory.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from assistant.commands.adapt import adapted_text
from assistant.commands.evaluate import columns
from assistant.settings import Settings
from corpus.labels import Labels
from index.adaptation.adapt import Options, adapt
from index.adaptation.gate import Verdict, compare
from index.evaluation.judged_set import JudgedSet, Part
from index.evaluation.systems import read_set
from index.models.encoder import Encoder
from index.models.loading import load_encoder


def is_left_out(entry_id: str) -> bool:
    """Return whether an entry is in the third that is not learnt from."""
    return hashlib.sha256(entry_id.encode()).digest()[0] % 3 == 0


def asked_of(entry_ids: set[str], judged: JudgedSet) -> JudgedSet:
    """Return the queries of a judged set whose right entries are all among some."""
    own = [query for query in judged.answerable if entry_ids.issuperset(entry_id for entry_id, _ in query.grades)]
    return replace(judged, answerable=tuple(own))


def table(verdict: Verdict, whose: str) -> str:
    """Return the comparison of two encoders as text."""
    rows = [
        [
            row.search,
            f"{row.before:.3f}",
            f"{row.after:.3f}",
            f"{row.gain.mean:+.3f} [{row.gain.low:+.3f}, {row.gain.high:+.3f}]",
        ]
        for row in verdict.rows
    ]
    return columns([[f"queries of {whose}", "before", "adapted", "gain"], *rows])


def main() -> None:
    """Adapt, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the adapted encoder here")
    parser.add_argument("--all", action="store_true", help="learn from every entry, and ask every query")
    arguments = parser.parse_args()
    settings = Settings()

    def encoder_of(name: str, cache: Path | None) -> Encoder:
        return load_encoder(name, cache or settings.cache)

    judged, corpus = read_set(arguments.set, settings.corpus, labels=Labels(), without_symptoms=False, part=Part.ALL)
    left_out = {each.entry_id for each in corpus.entries if not arguments.all and is_left_out(each.entry_id)}
    learnt = replace(corpus, entries=tuple(each for each in corpus.entries if each.entry_id not in left_out))
    asked = judged if arguments.all else asked_of(left_out, judged)
    print(f"{len(learnt.entries)} of {len(corpus.entries)} entries are learnt from")
    print(f"{len(asked.answerable)} queries are asked")
    with tempfile.TemporaryDirectory() as folder:
        output, start = arguments.keep or Path(folder) / "adapted", time.monotonic()
        done = adapt(
            learnt,
            settings.model,
            encoder_of,
            Options(arguments.minutes, output),
            report=lambda progress, loss, left: print(
                f"{progress.steps} steps, {progress.seconds:.0f} s, {progress.tokens / progress.seconds:.0f} tokens/s,"
                f" loss {loss:.3f}, {left / 60:.1f} min left",
                flush=True,
            ),
        )
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"{(time.monotonic() - start) / 60:.1f} minutes in all, at most {most:.2f} GiB")
        print(adapted_text(done, is_dry_run=False))
        if done.folder is None:
            return
        caches = (settings.cache, Path(folder) / "cache")
        encoders = encoder_of(settings.model, None), encoder_of(str(done.folder), caches[1])
        verdict = compare(*encoders, [(replace(asked, unanswerable=()), corpus)], caches)
        print(table(verdict, "all entries" if arguments.all else "entries that were not learnt from"))


if __name__ == "__main__":
    main()
