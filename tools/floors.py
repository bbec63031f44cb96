"""The rooms of a house as docs/architecture.md shows them: a drawing of the floors, and a table of what is in them."""

from release_actions.core.markdown import block, table
from tools.rooms import House


def drawing(house: House) -> str:
    """The floors, the highest on top, each a line of rooms."""
    floors = ["   ".join(room.name for room in floor) for floor in reversed(house.floors)]
    width = max(map(len, [*floors, house.package]))
    between = f"├{'─' * (width + 2)}┤"
    lines = [line for floor in floors for line in (f"│ {floor.ljust(width)} │", between)]
    return block("\n".join([f"┌{'─' * (width + 2)}┐", *lines[:-1], f"└{'─' * (width + 2)}┘"]), "text")


def contents(house: House) -> str:
    """The rooms from the highest floor to the lowest, with their boundaries where the table knows which they are."""
    rows = [
        (f"`{room.name}`", room.content, ", ".join(f"`{name}`" for name in sorted(room.boundaries)) or "none")
        for floor in reversed(house.floors)
        for room in floor
    ]
    knows = any(room.boundaries for floor in house.floors for room in floor)
    header = ("Room", "What is in it", "Boundaries")
    return table(header if knows else header[:2], (row if knows else row[:2] for row in rows))
