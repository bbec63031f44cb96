"""Give each reader of other people's texts hostile ones: `make fuzz ARGS="--runs 1000000 --reader yaml"`."""

import argparse
import sys
import time
from pathlib import Path

from tools.fuzz.readers import READERS
from tools.fuzz.run import finds

_HELP = """\
Every run edits a text of tools/fuzz/corpus/READER and reads it. A run that raises anything but a ReleaseError, or takes
more than 2 seconds of a processor, is a find: it is printed with its number, and its text is written to FOLDER. Fix it
with a test, and add the text to the corpus. Exit code 1 when there is one. The same seed gives the same runs.
"""


def main(arguments: list[str]) -> int:
    """Run the readers one after the other, print a line for each, and write down what was found."""
    parser = argparse.ArgumentParser(
        "python -m tools.fuzz", description=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=100_000, help="of each reader (default: 100000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reader", action="append", choices=[one.name for one in READERS], help="these alone")
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"), help="for texts that were found (default: .fuzz)")
    given = parser.parse_args(arguments)
    found = 0
    for reader in READERS:
        if given.reader and reader.name not in given.reader:
            continue
        start = time.monotonic()
        for find in finds(reader, given.seed, range(given.runs)):
            found += 1
            given.folder.mkdir(exist_ok=True)
            (given.folder / f"{find.reader}-{given.seed}-{find.number}").write_bytes(find.data)
            print(f"{find.reader} {find.number}: {find.problem}", flush=True)
        print(f"{reader.name}: {given.runs} runs in {time.monotonic() - start:.0f} seconds", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
