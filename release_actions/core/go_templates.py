"""The actions of Go's templates, as charts have them: https://pkg.go.dev/text/template#hdr-Actions."""

_COMMENTS = ("{{/*", "{{- /*")


def actions(text: str) -> list[tuple[int, int]]:
    """Where each `{{ … }}` begins and ends; what is never closed is none. A comment may have `}}` in it."""
    found: list[tuple[int, int]] = []
    end = 0
    while (start := text.find("{{", end)) >= 0:
        inside = start
        if text.startswith(_COMMENTS, start):
            inside = text.find("*/", start)
            if inside < 0:
                break
        closing = text.find("}}", inside)
        if closing < 0:
            break
        end = closing + 2
        found.append((start, end))
    return found
