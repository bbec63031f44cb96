"""A stateful GitHub REST API on loopback, which reads and writes refs and commits with git.

What it answers is checked against GitHub's published description, in tests/rehearsal/github. What it
does is what GitHub's documentation and its users tell; where these are silent it is the stricter of two:

- A workflow file counts as changed when a commit new to the repository differs in it from its first parent.
- An asset's name keeps letters, digits and `._@+-`; everything else becomes a period.
- `make_latest` is passed over when a draft is created, and refused when one is changed.
- The secondary rate limit never comes by itself, only by `limits.slow_down`.
- Signatures are never verified: `verified` is false.

GraphQL, search, reviews, and workflow runs are not there.
"""

from rehearsal.github.hub import GitHub

__all__ = ["GitHub"]
