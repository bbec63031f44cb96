"""The kinds of made-up histories: how fixes get to release branches, and what becomes of them there.

Each kind writes one history with up to five branches. Whatever a person edits by hand where a fix belongs is written
down as an overlap: there, and nowhere else, a merge may be in conflict.
"""

from collections.abc import Callable

from bench.fix_histories import Branch, Fix, Writer, apply, blocks, replace, undo

_MOST = 4


def _branches(writer: Writer, most: int = _MOST) -> list[Branch]:
    made = []
    for _ in range(writer.chance.randint(2, most)):
        writer.noise(writer.history.main)
        made.append(writer.cut())
    return made


def _some(writer: Writer, branches: list[Branch]) -> list[Branch]:
    return [one for one in branches if writer.chance.random() < 0.65]


def picked(writer: Writer) -> None:
    """By a trailer, by the title or by the change alone; one branch is cut behind it."""
    branches = _branches(writer)
    fix = writer.land(writer.fix("fix: a lease"))
    writer.land(writer.fix("fix: another"))
    for branch in _some(writer, branches):
        how = writer.chance.choice(("trailer", "title", "words"))
        writer.pick(branch, fix, named=how == "trailer", title="Other words" if how == "words" else "")
        writer.noise(branch)
    writer.cut()


def squashed(writer: Writer) -> None:
    """Two fixes in one commit, which names both, or names them by their numbers."""
    branches = _branches(writer)
    fixes = [writer.land(writer.fix(f"fix: {name}")) for name in ("a lease", "a loop", "a leak")]
    for branch in _some(writer, branches):
        some = writer.chance.sample(fixes, 2)
        numbers = " ".join(f"#{one.number}" for one in some)
        by_number = writer.chance.random() < 0.5
        title = f"Automated cherry pick of {numbers} on {branch.name}" if by_number else "Two fixes"
        writer.pick(branch, *some, named=not by_number, title=title)
        writer.noise(branch)


def series(writer: Writer) -> None:
    """A pull request of several commits, of which a branch gets all or the first ones, one by one or as one."""
    branches = _branches(writer)
    whole, parts = _series(writer, "fix: a race")
    writer.noise(writer.history.main)
    for branch in branches:
        how = writer.chance.choice(("none", "all", "squashed", "first"))
        if how == "squashed":
            writer.pick(branch, whole)
        for part in {"all": parts, "first": parts[:1]}.get(how, []):
            writer.pick(branch, part, title=f"{part.title} of {branch.name}")
        writer.noise(branch)


def _series(writer: Writer, title: str) -> tuple[Fix, list[Fix]]:
    parts = [writer.fix(f"{title}, step {at}") for at in range(writer.chance.choice((2, 3)))]
    whole = Fix(title, parts[0].number, [block for part in parts for block in part.blocks])
    for part in parts:
        apply(writer.history.main.files, part)
        part.commits.append(writer.commit(writer.history.main, part.title))
    whole.commits = [one for part in parts for one in part.commits]
    writer.history.fixes = [one for one in writer.history.fixes if one not in parts] + [whole]
    return whole, parts


def merged(writer: Writer) -> None:
    """Merged by a merge commit; the branch picks the merge, or its commits, and merges that as well."""
    branches = _branches(writer)
    main = writer.history.main
    fix = writer.fix("fix: a lock")
    base = main.tip
    writer.noise(main)
    apply(main.files, fix)
    before = main.tip
    side = writer.commit(main, fix.title, onto=base)
    main.tip = before
    fix.commits = [writer.commit(main, f"Merge pull request #{fix.number} from dev/lock\n\n{fix.title}", side)]
    fix.mainline = True
    for branch in _some(writer, branches):
        how, tip = writer.chance.choice(("merge", "commit", "request")), branch.tip
        named = fix.commits[0] if how == "merge" else side
        apply(branch.files, fix)
        made = writer.commit(branch, f"{fix.title}\n\n(cherry picked from commit {named})")
        if how == "request":
            branch.tip = tip
            writer.commit(branch, f"Merge pull request #99 from dev/pick\n\n[{branch.name}] {fix.title}", made)
        writer.noise(branch)


def twins(writer: Writer) -> None:
    """Two fixes with one title in one file, of which a branch has one, both or none."""
    branches = _branches(writer)
    path = writer.chance.choice([one for one in writer.history.main.files if one.endswith(".go")])
    names = [one for one in writer.free if one.startswith(f"== {path} ")][:2]
    writer.free = [one for one in writer.free if one not in names]
    fixes = [writer.land(writer.fix("fix: a flaky reconcile", name)) for name in names]
    for branch in _some(writer, branches):
        some = writer.chance.sample(fixes, writer.chance.choice((1, 1, 2)))
        for fix in some:
            writer.pick(branch, fix, named=writer.chance.random() < 0.5)
        writer.noise(branch)


def same_hunk(writer: Writer) -> None:
    """The same lines, added in two blocks that are alike; a branch has one of the two."""
    branches = _branches(writer)
    main = writer.history.main
    names = [writer.block(), writer.block()]
    body = ["  - name: demo", "    image: demo", "    ports: []", "", "}", "x: 1", "y: 2"]
    for branch in (main, *branches):
        for name in names:
            replace(branch.files, name, body)
        writer.commit(branch, "Two that are alike")
    fixes = []
    for name in names:
        fix = writer.fix("fix: limits of the demo" if writer.chance.random() < 0.5 else f"fix: limits of {name}", name)
        fix.blocks = [(name, body, [*body[:3], "    limits: small", *body[3:]])]
        fixes.append(writer.land(fix))
    for branch in _some(writer, branches):
        writer.pick(branch, writer.chance.choice(fixes), named=writer.chance.random() < 0.5)
        writer.noise(branch)


def indented(writer: Writer) -> None:
    """A fix that indents lines and changes nothing else."""
    branches = _branches(writer)
    one, two = writer.fix("fix: a block", kind="indent"), writer.fix("fix: a block", kind="indent")
    for fix in (one, two):
        writer.land(fix)
    for branch in _some(writer, branches):
        writer.pick(branch, writer.chance.choice((one, two)), named=writer.chance.random() < 0.5)
        writer.noise(branch)


def adapted(writer: Writer) -> None:
    """A pick that was made otherwise in one of its lines, and says what it is of."""
    branches = _branches(writer)
    fix = writer.land(writer.fix("fix: an event", lines=4))
    for branch in _some(writer, branches):
        name, _, after = fix.blocks[0]
        lines = [line.replace("fixed", "fixed here") if " 1 by " in line else line for line in after]
        replace(branch.files, name, lines)
        branch.adapted.add(fix.title)
        branch.overlaps.add(name)
        named = writer.chance.random() < 0.5
        text = f"[{branch.name}] {fix.title}"
        writer.commit(branch, f"{text}\n\n(cherry picked from commit {fix.commits[0]})" if named else text)
        writer.noise(branch)


def moved(writer: Writer) -> None:
    """Files or folders that got other names on main before the fix, or on the branch before or after the pick."""
    branches = _branches(writer)
    main = writer.history.main
    when = writer.chance.choice(("main", "branch", "after"))
    if when == "main":
        _move(writer, main)
    fix = writer.land(writer.fix("fix: a path"))
    for branch in branches:
        takes = writer.chance.random() < 0.65
        if when == "branch":
            _move(writer, branch)
        if takes:
            writer.pick(branch, fix, named=writer.chance.random() < 0.7)
        if when == "after":
            _move(writer, branch)
        writer.noise(branch)


def _move(writer: Writer, branch: Branch) -> None:
    files = branch.files
    if writer.chance.random() < 0.5:
        for path in [one for one in files if one.startswith("pkg/")]:
            files[path.replace("pkg/", "internal/", 1)] = files.pop(path)
    else:
        path = writer.chance.choice([one for one in files if one.endswith(".go")])
        files[f"{path.removesuffix('.go')}_renamed.go"] = files.pop(path)
    writer.commit(branch, "Move files")


def line_ends(writer: Writer) -> None:
    """Files with CRLF everywhere, or a branch that changed to them."""
    everywhere = writer.chance.random() < 0.5
    main = writer.history.main
    if everywhere:
        _to_crlf(writer, main)
    branches = _branches(writer)
    fix = writer.land(writer.fix("fix: a line", lines=3))
    for branch in branches:
        takes, before = writer.chance.random() < 0.65, writer.chance.random() < 0.5
        if not everywhere and before:
            _to_crlf(writer, branch)
        if takes:
            writer.pick(branch, fix)
        if not everywhere and not before:
            _to_crlf(writer, branch)


def _to_crlf(writer: Writer, branch: Branch) -> None:
    for path, lines in branch.files.items():
        branch.files[path] = [f"{line}\r" for line in lines]
    branch.overlaps.update(blocks(branch.files) if branch is not writer.history.main else ())
    writer.commit(branch, "Use CRLF")


def beside(writer: Writer) -> None:
    """Another line beside the fix, before or after it came; or without it."""
    branches = _branches(writer)
    fix = writer.land(writer.fix("fix: a default"))
    for branch in branches:
        before, takes = writer.chance.random() < 0.4, writer.chance.random() < 0.65
        if takes and not before:
            writer.pick(branch, fix, named=writer.chance.random() < 0.5)
        _beside(writer, branch, fix)
        if takes and before:
            writer.pick(branch, fix)


def _beside(writer: Writer, branch: Branch, fix: Fix) -> None:
    name = fix.blocks[0][0]
    body = blocks(branch.files)[name]
    replace(branch.files, name, [*body[:2], f"beside {writer.chance.random()}", *body[2:]])
    branch.overlaps.add(name)
    writer.commit(branch, "Something beside it")


def superseded(writer: Writer) -> None:
    """The fix came, and its lines were written anew later."""
    branches = _branches(writer)
    fix = writer.land(writer.fix("fix: a retry"))
    for branch in _some(writer, branches):
        writer.pick(branch, fix, named=writer.chance.random() < 0.5)
        writer.noise(branch)
        name, _, after = fix.blocks[0]
        lines = [f"better than {line.strip()}" if line.startswith("\tfixed") else line for line in after]
        replace(branch.files, name, lines)
        branch.adapted.add(fix.title)
        branch.overlaps.add(name)
        writer.commit(branch, "Retry otherwise")


def reverted(writer: Writer) -> None:
    """A pick that was taken back in one of the ways that people have, and maybe came again."""
    branches = _branches(writer)
    fix = writer.land(writer.fix("fix: a cache"))
    for branch in branches:
        if writer.chance.random() < 0.1:
            continue
        made = writer.pick(branch, fix, named=writer.chance.random() < 0.6)
        writer.noise(branch)
        revert = _revert(writer, branch, fix, made)
        how = writer.chance.choice(("stay", "stay", "stay", "again", "revert"))
        if how == "again":
            writer.pick(branch, fix)
        if how == "revert":
            apply(branch.files, fix)
            title = f'Revert "Revert "[{branch.name}] {fix.title}""'
            writer.commit(branch, f"{title}\n\nThis reverts commit {revert}.")
        if writer.chance.random() < 0.3:
            _beside(writer, branch, fix)


def _revert(writer: Writer, branch: Branch, fix: Fix, made: str) -> str:
    undo(branch.files, fix)
    title = f'Revert "[{branch.name}] {fix.title}"'
    picked_revert = f"(cherry picked from commit {'1' * 40})"
    message = writer.chance.choice(
        (
            f"{title}\n\nThis reverts commit {made}.",
            f"{title}\n\nThis reverts commit {made[:9]}.",
            title,
            f'Revert "{fix.title}"\n\nThis reverts commit {fix.commits[0]}.',
            f'Revert "{fix.title} (#{fix.number})" (#77)\n\nReverts kubeflow/demo#{fix.number}',
            f'Revert "{fix.title}"\n\nThis reverts commit {fix.commits[0]}.\n\n{picked_revert}',
            "Go back to how it was",
        )
    )
    return writer.commit(branch, message)


def relanded(writer: Writer) -> None:
    """Reverted on main and landed again; branches take the first, the second or both."""
    branches = _branches(writer)
    main = writer.history.main
    first = writer.land(writer.fix("fix: a queue"))
    undo(main.files, first)
    writer.commit(main, f'Revert "fix: a queue (#{first.number})"\n\nThis reverts commit {first.commits[0]}.')
    second = Fix(first.title, first.number + 50, first.blocks)
    writer.land(second)
    writer.history.fixes.append(second)
    for branch in _some(writer, branches):
        writer.pick(branch, writer.chance.choice((first, second)), named=writer.chance.random() < 0.7)
        writer.noise(branch)


def reverted_on_main(writer: Writer) -> None:
    """Reverted on the default branch, before a branch was cut and after; another one has it still."""
    branches = _branches(writer)
    main = writer.history.main
    fix = writer.land(writer.fix("fix: a token"))
    for branch in _some(writer, branches):
        writer.pick(branch, fix)
    if writer.chance.random() < 0.5:
        writer.cut()
    undo(main.files, fix)
    title = f'Revert "{fix.title} (#{fix.number})"'
    named = f"\n\nThis reverts commit {fix.commits[0]}." if writer.chance.random() < 0.6 else ""
    writer.commit(main, title + named)
    writer.cut()


def superseded_on_main(writer: Writer) -> None:
    """Its lines were written anew on the default branch, before a branch was cut and after; some get the newer ones."""
    branches = _branches(writer, 3)
    main = writer.history.main
    fix = writer.land(writer.fix("fix: a watch"))
    having = _some(writer, branches)
    for branch in having:
        writer.pick(branch, fix, named=writer.chance.random() < 0.7)
    writer.noise(main)
    if writer.chance.random() < 0.5:
        writer.cut()
    [(name, _, after)] = fix.blocks
    lines = [f"better than {line.strip()}" if line.startswith("\tfixed") else line for line in after]
    newer = writer.land(Fix("fix: a watch that ends", fix.number + 50, [(name, after, lines)]))
    writer.history.fixes.append(newer)
    for branch in _some(writer, having):
        writer.pick(branch, newer, named=writer.chance.random() < 0.7)
        branch.adapted.add(fix.title)
    for branch in writer.history.branches:
        branch.overlaps.add(name)
    writer.cut().adapted.add(fix.title)


def dependencies(writer: Writer) -> None:
    """Versions of a dependency that were raised step by step; a branch has some of the steps, in any order."""
    branches = _branches(writer)
    name = "== go.mod 0"
    fixes = []
    for minor in (1, 2, 3):
        body = blocks(writer.history.main.files)[name]
        after = [f"\texample.org/a v1.{minor}.0" if "example.org/a" in line else line for line in body]
        fix = Fix(f"Bump example.org/a from 1.{minor - 1}.0 to 1.{minor}.0", 200 + minor, [(name, body, after)])
        fixes.append(writer.land(fix))
        writer.history.fixes.append(fix)
    for branch in branches:
        branch.overlaps.add(name)  # each step changes the line of the one before
    for branch in _some(writer, branches):
        fix = writer.chance.choice(fixes)
        replace(branch.files, name, fix.blocks[0][2])
        writer.commit(branch, f"[{branch.name}] {fix.title}\n\n(cherry picked from commit {fix.commits[0]})")
        writer.noise(branch)


def never_had(writer: Writer) -> None:
    """A fix of a file that came to main after the branches were cut."""
    branches = _branches(writer)
    main = writer.history.main
    name = "== pkg/later.go 0"
    main.files["pkg/later.go"] = [name, "package later", "a", "b", "c", "d", "e", "f"]
    writer.commit(main, "feat: later")
    writer.land(writer.fix("fix: later", name))
    for branch in branches:
        writer.noise(branch)
    writer.cut()


def empty(writer: Writer) -> None:
    """A change that changes nothing."""
    branches = _branches(writer)
    fix = Fix("fix: nothing", 1, [], empty=True)
    fix.commits = [writer.commit(writer.history.main, "fix: nothing")]
    writer.history.fixes.append(fix)
    for branch in branches:
        writer.noise(branch)


KINDS: dict[str, Callable[[Writer], None]] = {
    one.__name__: one
    for one in (
        *(picked, squashed, series, merged, twins, same_hunk, indented, adapted, moved, line_ends, beside, superseded),
        *(reverted, relanded, reverted_on_main, superseded_on_main, dependencies, never_had, empty),
    )
}
