"""A description becomes ranked entries: the signals, their sum, and the probability of each."""
