"""How good the answers are on a set of judged queries."""
