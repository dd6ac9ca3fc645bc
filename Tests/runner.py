"""Runs the parts of the tests, each in a process of its own with a time limit, and adds them up.

A part is `build`, `swift`, or a file `System/*_tests.py`, named without its ending. The last
line is `N passed, N failed`: tests of Swift, statements of Tests/SQL and expectations on the program.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent / "System"
ROOT = HERE.parent.parent

# Seconds a part may take; what is not listed gets the default. Time is no expectation of a test: the
# limits are ten times what a part needs on two cores, and end what hangs.
LIMITS = {"build": 2_400, "swift": 900, "samples": 2_400, "crash": 900, "shared": 1_500}
DEFAULT_LIMIT = 600
# A part with options is a long run that somebody asked for.
LONG_RUN = 10

# The line by which a part says its sum.
SUM = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.MULTILINE)


def parts():
    """The parts in the order they run: what is quick and tells most comes first."""
    files = sorted(path.name.removesuffix("_tests.py") for path in HERE.glob("*_tests.py"))
    last = [name for name in ("samples", "crash", "shared", "race") if name in files]
    return ["build", "swift"] + [name for name in files if name not in last] + last


def command(part, options):
    if part == "build":
        return ["swift", "build", "-c", "release", "--build-tests"]
    if part == "swift":
        return ["swift", "test", "-c", "release", "--skip-build", *options]
    return [sys.executable, str(HERE / f"{part}_tests.py"), *options]


def run(part, options):
    """Runs a part and shows its output as it comes; gives its text and its exit status."""
    limit = LIMITS.get(part, DEFAULT_LIMIT) * (LONG_RUN if options else 1)
    process = subprocess.Popen(
        command(part, options), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True)
    signal.signal(signal.SIGALRM, lambda *_: end(process))
    signal.alarm(limit)
    lines = []
    for line in process.stdout:
        text = line.decode("utf-8", "replace")
        lines.append(text)
        if is_shown(part, text):
            print(text, end="", flush=True)
    status = process.wait()
    signal.alarm(0)
    # What a part started and left behind ends with it.
    end(process)
    if status < 0:
        print(f"{part} was ended by signal {-status} (it may take {limit} s)")
    return "".join(lines), status


def end(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def is_shown(part, line):
    """Builds and passing Swift tests print too many lines to find the one that matters."""
    if part == "build":
        return "error:" in line or "warning:" in line
    if part == "swift":
        return re.search(r"passed after|started\.|^Test Suite|Executed 0 tests|^\s*$", line) is None
    return True


def sums(part, text, status):
    """What a part's output says of its tests: (passed, failed, skipped)."""
    if part == "build":
        return (1, 0, 0) if status == 0 else (0, 1, 0)
    if part == "swift":
        return swift_sums(text, status)
    found = SUM.findall(text)
    if not found:
        return (0, 1, 0)
    passed, failed, skipped = (int(number or 0) for number in found[-1])
    # A part that ends badly without naming a failure has failed all the same.
    return (passed, failed or int(status != 0), skipped)


def swift_sums(text, status):
    # A test with arguments says it for each case and once for the whole.
    failed = {name for name in re.findall(r"^\W*Test (.+?) failed after", text, re.M)
              if not name.startswith(("run with", "case passing"))}
    ran = re.findall(r"Test run with (\d+) tests? in \d+ suites? (?:passed|failed)", text)
    skipped = len(re.findall(r"^\W*Test .+? skipped", text, re.M))
    count = sum(int(number) for number in ran)
    failures = len(failed) or int(status != 0 or count == 0)
    return (max(0, count - failures - skipped), failures, skipped)


def main():
    words = sys.argv[1:]
    first = next((index for index, word in enumerate(words) if word.startswith("--")), len(words))
    chosen, options = words[:first], words[first:]
    known = parts()
    if options == ["--list"]:
        print("\n".join(known))
        return 0
    unknown = [word for word in chosen if word not in known]
    if unknown or (options and len(chosen) != 1):
        print(f"Tests/run [PART ...], or Tests/run PART --OPTION ...; parts: {', '.join(known)}")
        return 2
    chosen = chosen or known
    if "build" not in chosen:
        chosen = ["build"] + chosen

    total = [0, 0, 0]
    report = []
    for part in chosen:
        print(f"== {part}", flush=True)
        begin = time.monotonic()
        text, status = run(part, options if part != "build" else [])
        result = sums(part, text, status)
        total = [before + now for before, now in zip(total, result)]
        report.append((part, *result, time.monotonic() - begin))
        if part == "build" and status != 0:
            print(text)
            break

    print("\npart              passed  failed  skipped  seconds")
    for part, passed, failed, skipped, seconds in report:
        print(f"{part:<16} {passed:>7} {failed:>7} {skipped:>8} {seconds:>8.0f}")
    print(f"{total[0]} passed, {total[1]} failed")
    return int(total[1] > 0)


if __name__ == "__main__":
    sys.exit(main())
