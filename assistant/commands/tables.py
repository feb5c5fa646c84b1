"""Measures as a table for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.evaluation.run_measures import Abstention, Estimate, Summary


def summary_text(name: str, summaries: Mapping[str, Summary]) -> str:
    """Return the measures of one set, a line for each search, then ours by style and what it abstained from."""
    ours = summaries["ours"]
    header = [f"{name}, {ours.queries} queries", *ours.measures]
    rows = [[search, *map(_cell, summary.measures.values())] for search, summary in summaries.items()]
    rows += [[f"  {style}", *map(_cell, found.values())] for style, found in ours.by_style.items()]
    lines = [aligned([header, *rows])]
    if ours.abstention is not None:
        lines.append(_abstention_text(ours.abstention))
    if ours.calibration is not None:
        lines.append(f"expected calibration error of the first hit: {ours.calibration:.3f}")
    return "\n\n".join(lines)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as columns, the first flush left, the others flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


def _cell(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _abstention_text(found: Abstention) -> str:
    right = "" if found.right_choice is None else f", {found.right_choice:.1%} of them with a right choice"
    return (
        f"AUROC {found.auroc:.3f}; {found.answered_at:.1%} answered where 5 % of the unanswerable are\n"
        f"as decided: {found.answered:.1%} answered, {found.false_answers:.1%} false answers, "
        f"{found.ambiguous:.1%} questions{right}"
    )
