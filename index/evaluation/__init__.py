"""How good the answers are, measured on judged queries.

In reading order:

- `judged_set`: queries and their right entries, read from files in the layout of BEIR
- `systems`: what is measured: the search that users get, each signal alone, reciprocal rank fusion
- `run_measures`: every query of a set is asked, and the measures are averaged
- `measures`: nDCG, reciprocal rank, success, recall, bootstrap intervals, AUROC, calibration error
"""
