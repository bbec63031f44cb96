"""What every action stands on: inputs in, one of three exit codes and honest outputs out."""

import base64
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.act.runner_rules import REGISTERED, read_commands, read_outputs
from rehearsal.act.step import ROOT, Job, Result
from release_actions.runner.context import read_context
from release_actions.runner.outputs import Outputs
from release_actions.runner.run import SUMMARY_LIMIT, Run, write_outputs

SAMPLE = Path(__file__).parent / "sample"

# What a chart, a commit or a program could print to be obeyed by the runner.
COMMANDS = [form for name in sorted(REGISTERED) for form in (f"::{name}::x", f"::{name} a=b::x", f"##[{name}]x")]
DISGUISES = [
    "{}",
    "  {}",
    "\t{}",
    "\u00a0\u2003{}",
    "text\r{}",
    "\x1b[0m{}",
    "###[x]{}",
    "#\r{}",
    "%0A{}",
    "caf\udce9 {}",
]
HOSTILE = "\n".join(disguise.format(command) for command in COMMANDS for disguise in DISGUISES)


@pytest.fixture
def job(tmp_path: Path, package_cache: Path) -> Job:
    """A job of a checkout that has nothing but the frame and the sample action."""
    root = tmp_path / "checkout"
    shutil.copytree(SAMPLE, root)
    for name in ("scripts/run.py", "requirements.txt"):
        shutil.copy(ROOT / name, root / name)
    (root / "release_actions").symlink_to(ROOT / "release_actions")
    return Job(tmp_path / "job", package_cache, root)


def test_a_run_gives_its_outputs_and_its_result(job: Job) -> None:
    done = job.run("speak", {"say": "nothing", "things": " a\n\n b c\r\n"})
    assert done.code == 0
    assert done.result == {"action": "speak", "outcome": "success", "dry-run": False, "error": None, "artefacts": []}
    del done.outputs["result"]
    assert done.outputs == {"said": "nothing", "things": '["a","b c"]', "heard-it": "true"}


def test_a_failure_says_what_where_what_was_written_and_what_next(job: Job) -> None:
    done = job.run("speak", {"say": "refuse"})
    [shown] = done.annotations
    assert done.code == 1
    assert (shown.level, shown.title, shown.file, shown.line) == ("error", "Wrong chart (E_CHART)", "a,b:c.yaml", 7)
    assert shown.message == "It is wrong. Written before the failure: one. Not written: two. Next: Fix it."
    assert done.result["error"] == {
        "code": "E_CHART",
        "what": "It is wrong.",
        "published": "Written before the failure: one. Not written: two.",
        "next": "Fix it.",
        "file": "a,b:c.yaml",
        "line": 7,
    }
    assert [one["outcome"] for one in done.result["artefacts"]] == ["done", "planned"]
    assert set(done.outputs) == {"result"}
    assert "E_CHART" in done.summary
    assert [command.name for command in done.commands] == ["error"]


def test_the_commands_of_a_failure_are_in_the_log_on_the_page_and_in_the_result(job: Job) -> None:
    done = job.run("speak", {"say": "advise"})
    lines = "git push origin 'v1^{}:a b'\n# input say=nothing\n# run the job again\n"
    assert f"\n{lines}" in done.log
    assert f"```sh\n{lines}```" in done.summary
    assert done.result["error"]["commands"] == [
        {"kind": "shell", "line": "git push origin 'v1^{}:a b'"},
        {"kind": "input", "name": "say", "value": "nothing"},
        {"kind": "run", "ref": ""},
    ]


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        pytest.param({"say": "nothing", "tims": "1"}, ["no input 'tims'", "write `times`"], id="unknown"),
        pytest.param({"say": " "}, ["`say` is missing"], id="required and blank"),
        pytest.param({"say": "nothing", "times": "many"}, ["wrong value", "times"], id="not a number"),
        pytest.param({"say": "nothing", "dry-run": "yes"}, ["`dry-run` is 'yes', neither true nor false"], id="yes"),
        pytest.param({"say": "nothing\0"}, ["`say` has a NUL"], id="NUL"),
    ],
)
def test_a_wrong_input_is_named(job: Job, inputs: dict[str, str], told: list[str]) -> None:
    done = job.run("speak", inputs)
    assert (done.code, done.error) == (1, "E_INPUT")
    assert [part for part in told if part not in done.annotations[0].message] == []


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{", '{"say": null}', '{"say": {"a": 1}}', '{"say": "\\ud800"}', "\udcff"]
)
def test_inputs_that_are_no_object_of_texts_are_refused(job: Job, text: str) -> None:
    done = job.run("speak", env={"INPUTS": text})
    assert (done.code, done.error) == (1, "E_INPUT")
    assert "INPUTS is not a JSON object of strings" in done.annotations[0].message


def test_inputs_that_are_not_given_take_their_defaults(job: Job) -> None:
    done = job.run("speak", env={"INPUTS": '{"say": "nothing"}'})
    assert (done.code, done.outputs["things"]) == (0, "[]")


def test_an_empty_answer_to_true_or_false_is_the_default(job: Job) -> None:
    done = job.run("speak", {"say": "nothing", "dry-run": ""})
    assert (done.code, done.result["dry-run"]) == (0, False)


def test_child_processes_do_not_inherit_the_inputs(job: Job) -> None:
    assert "INPUTS in the environment: False" in job.run("speak", {"say": "leak"}).log


@pytest.mark.parametrize("say", ["echo", "annotate"])
def test_hostile_text_is_shown_and_never_obeyed(job: Job, say: str) -> None:
    (job.workspace / "hostile").write_text(HOSTILE, encoding="utf-8", errors="surrogateescape")
    done = job.run("speak", {"say": say})
    expected = {"echo": ["group", "endgroup"], "annotate": ["warning"]}
    assert done.code == 0
    assert [command.name for command in done.commands] == expected[say]


@pytest.mark.parametrize("say", ["echo", "annotate"])
def test_nothing_of_hostile_text_is_hidden(job: Job, say: str) -> None:
    (job.workspace / "hostile").write_text("v1.5.0\u202e\x1b[2Kv1.4.0\u2028.", encoding="utf-8")
    done = job.run("speak", {"say": say})
    assert "v1.5.0\\u202e\\x1b[2Kv1.4.0\\u2028." in done.log
    assert "\u202e" not in done.log


def test_each_hostile_line_is_a_command_to_the_runner() -> None:
    assert len(read_commands("\n".join(COMMANDS))) == len(COMMANDS)


def test_a_secret_is_masked_before_anything_else(job: Job) -> None:
    secret = "s3cret\nof two lines"
    done = job.run("speak", {"say": "tell", "password": secret})
    first, second = done.commands
    assert (first.name, second.name) == ("add-mask", "add-mask")
    assert [first.data, second.data] == [secret, base64.b64encode(secret.encode()).decode()]
    assert done.log.startswith("::add-mask::")
    assert secret not in done.summary
    assert "s3cret" not in "".join(done.outputs.values())


def test_a_defect_is_one_error_without_a_traceback(job: Job) -> None:
    done = job.run("speak", {"say": "crash"})
    assert (done.code, done.error) == (1, "E_INTERNAL")
    assert "RuntimeError in speak.py" in done.annotations[0].message
    assert len(done.commands) == 1


def test_a_full_disk_is_told_as_such(job: Job) -> None:
    done = job.run("speak", {"say": "fill the disk"})
    assert (done.code, done.error) == (1, "E_NO_SPACE")
    assert "some/file" in done.annotations[0].message


def test_answers_that_cannot_be_written_fail_the_step(job: Job) -> None:
    done = job.run("speak", {"say": "fill the answers"})
    assert done.code == 1
    assert [shown.code for shown in done.annotations] == ["E_NO_SPACE"]


def test_a_temporary_folder_that_cannot_be_made_is_a_clear_error(job: Job) -> None:
    shutil.rmtree(job.temp)
    job.temp.write_text("in the way")
    done = job.run("speak", {"say": "nothing"})
    assert (done.code, done.error) == (1, "E_INTERNAL")


def test_a_page_that_is_too_long_is_cut_with_a_notice(job: Job) -> None:
    done = job.run("speak", {"say": "chatter"})
    assert done.code == 0
    assert len(done.summary.encode()) <= SUMMARY_LIMIT + 1
    assert "too long" in done.summary.splitlines()[0]
    assert set(done.summary.splitlines()[-1]) == {"x"}


def test_a_file_name_that_is_not_utf8_is_no_defect(job: Job) -> None:
    done = job.run("speak", {"say": "meet odd names"}, env={"LC_ALL": "POSIX"})
    assert done.code == 0
    assert done.result["artefacts"][0]["outcome"] == "done"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_cancelled_run_says_so_and_cleans_up(job: Job, number: signal.Signals) -> None:
    running = Waiting(job)
    running.process.send_signal(number)
    done = running.end()
    assert (done.code, done.error) == (130, "E_CANCELLED")
    assert not running.private_folder.exists()


def test_what_a_killed_run_left_is_removed_by_the_next(job: Job) -> None:
    killed, alive = Waiting(job), Waiting(job)
    killed.process.kill()
    killed.end()
    assert (killed.private_folder / "token").exists()
    assert job.run("speak", {"say": "nothing"}).code == 0
    assert not killed.private_folder.exists()
    assert (alive.private_folder / "token").exists()
    alive.process.terminate()
    assert alive.end().code == 130
    assert list(job.temp.iterdir()) == []


class Waiting:
    """A run of the sample action that has something in its private folder and waits."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.files = job.answers()
        inputs = json.dumps(job.inputs("speak", {"say": "wait"}))
        self.process = subprocess.Popen(
            job.command("speak"),
            cwd=job.workspace,
            env={**job.environment(self.files, job.workspace), "INPUTS": inputs},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdout
        self.private_folder = Path(self.process.stdout.readline().decode().strip())

    def end(self) -> Result:
        """Wait for its end, which something else brings about."""
        stdout, stderr = self.process.communicate(timeout=60)
        return self.job.read(self.files, self.process.returncode, stdout, stderr)


class Several(Outputs, frozen=True):
    """Outputs of every kind."""

    first: str
    second: str
    things: tuple[str, ...]


ANY_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
LOOKS_LIKE_THE_FILE = st.lists(st.sampled_from(["\n", "\r", "=", "<<", "result", "ghadelimiter_", "EOF", " "])).map(
    "".join
)


@given(first=ANY_TEXT, second=LOOKS_LIKE_THE_FILE, things=st.lists(ANY_TEXT))
def test_outputs_arrive_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, first: str, second: str, things: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("answers")
    answers = folder / "output"
    answers.touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "GITHUB_OUTPUT", str(answers))
        outputs = Several(first=first, second=second, things=tuple(things))
        write_outputs(outputs, "speak", Run(read_context(), folder), None)
    read = read_outputs(answers.read_bytes().decode())
    assert set(read) == {"first", "second", "things", "result"}
    assert (read["first"], read["second"], json.loads(read["things"])) == (first, second, things)


@pytest.mark.parametrize(
    ("args", "code", "shown"),
    [
        pytest.param(
            ["--say", "nothing"], 0, "said=nothing\nthings=[]\nheard-it=true\nresult={", id="outputs are printed"
        ),
        pytest.param(["--say=nothing", "--dry-run"], 0, '"dry-run":true', id="a flag without a value is true"),
        pytest.param(["--say=nothing", "--things=a", "--things", "b"], 0, '["a","b"]', id="a list"),
        pytest.param(["--sya", "nothing"], 1, "write `say`", id="a slip"),
        pytest.param(["--say", "nothing", "more"], 1, "There is no input 'more'", id="one too many"),
        pytest.param(
            ["--say", "refuse"], 1, "a,b:c.yaml:7: Wrong chart (E_CHART): It is wrong.", id="an error with its place"
        ),
        pytest.param(["--help"], 0, "for 100% of the tests", id="help"),
    ],
)
def test_the_same_action_on_a_command_line(job: Job, args: list[str], code: int, shown: str) -> None:
    done = job.run("speak", args=args)
    assert done.code == code
    assert shown in done.log + done.errors
    assert done.commands == []
