"""Error codes: which tokens are codes, which of them many errors share, and which entries document one.

- `error_codes`, `code_evidence`: which tokens are error codes, and what speaks for it
- `shared_codes`: the codes that many errors carry, such as an exit status, and so tell none of them from another
- `shown_numbers`: the numbers of an article, which may be codes where a query says so
- `code_index`: which entries name a code
"""
