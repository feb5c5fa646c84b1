"""A query becomes an `Answer`, in this process or in a pool of worker processes.

Reading order: `answer` (what is returned), `clarifying_question`, `assistant` (makes an answer of a search), `factory`
(makes an assistant from the settings), `interface` (what callers need of one); then, for many queries at once,
`fair_queue`, `worker` and `worker_pool`.
"""
