"""The program under test: run with a statement, run as a server, and checked as a test suite."""

import argparse
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from wire import Connection

ROOT = pathlib.Path(__file__).parent.parent.parent
SHARED = pathlib.Path(os.environ.get("DEMETRA_SHARED") or ROOT.parent / "shared")
BINARY = pathlib.Path(os.environ.get("DEMETRA", ROOT / ".build/release/demetra"))

# Seconds after which a run of the program counts as hanging.
PATIENCE = 120


class Outcome:
    """What a run of the program left: its exit status and its texts."""

    def __init__(self, process):
        self.status = process.returncode
        self.output = process.stdout.decode("utf-8", "replace")
        self.errors = process.stderr.decode("utf-8", "replace")

    def __repr__(self):
        return f"exit {self.status}\n{self.output}{self.errors}"


def run(*arguments, text="", **options):
    """Runs the program with these arguments and this standard input."""
    return Outcome(subprocess.run(
        [str(BINARY), *map(str, arguments)], input=text.encode(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=PATIENCE, **options))


class Server:
    """A `demetra serve` of its own on a free port."""

    def __init__(self, path, *options, **settings):
        self.process = subprocess.Popen(
            [str(BINARY), "serve", str(path), "--pg", "127.0.0.1:0", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings)
        line = self.process.stdout.readline().decode()
        ready = re.match(r"demetra ready pg=127\.0\.0\.1:(\d+)", line)
        if not ready:
            self.process.kill()
            raise AssertionError(f"no server: {line}{self.process.stderr.read().decode()}")
        self.port = int(ready.group(1))

    def connect(self, **options):
        """A connection of the small client in `wire.py`."""
        return Connection(self.port, **options)

    def kill(self):
        """Ends it as a power cut would: no handler runs."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Asks it to end and gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the server does not end after SIGTERM") from None

    @property
    def is_running(self):
        return self.process.poll() is None


class ProgramTests(unittest.TestCase):
    """Tests that have a folder of their own and a database in it, gone after each test."""

    # Shows whole differences of long texts.
    maxDiff = None

    # What the command line chose; see `main`.
    arguments = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="demetra-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.database = self.folder / "db.demetra"

    def sql(self, text, *options, status=0):
        """Runs statements and gives the rows of the answer as CSV; the exit status must be as said."""
        outcome = run(self.database, "--format", "csv", *options, "-c", text)
        self.assertEqual(outcome.status, status, f"{text}\n{outcome}")
        return outcome.output if status == 0 else outcome.errors

    def scalar(self, text):
        """The one value that a query answers."""
        lines = self.sql(text).splitlines()
        self.assertEqual(len(lines), 2, f"{text} gave {lines}")
        return lines[1]

    def file(self, name, content):
        """A file in the test's folder, of text or bytes."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    @contextlib.contextmanager
    def serving(self, *options, **settings):
        """A server on the test's database, stopped in order at the end."""
        server = Server(self.database, *options, **settings)
        try:
            yield server
        finally:
            if server.is_running:
                server.stop()
            for stream in (server.process.stdout, server.process.stderr):
                stream.close()


class _Result(unittest.TextTestResult):
    """Prints a line a test: its name as the sentence it is."""

    def startTest(self, test):
        unittest.TestResult.startTest(self, test)

    def addSuccess(self, test):
        unittest.TestResult.addSuccess(self, test)
        self._line("ok", test)

    def addError(self, test, error):
        unittest.TestResult.addError(self, test, error)
        self._line("FAILED", test)

    def addFailure(self, test, error):
        unittest.TestResult.addFailure(self, test, error)
        self._line("FAILED", test)

    def addSubTest(self, test, subtest, error):
        unittest.TestResult.addSubTest(self, test, subtest, error)
        if error:
            self._line(f"FAILED {subtest._subDescription()}", test)

    def addSkip(self, test, reason):
        unittest.TestResult.addSkip(self, test, reason)
        self._line(f"skipped ({reason})", test)

    def _line(self, verdict, test):
        sentence = test._testMethodName.removeprefix("test_").replace("_", " ")
        print(f"{verdict}: {sentence}", flush=True)


def main(parser=None):
    """Runs the tests of the file that was started; `--only WORD` those whose names hold the word.

    A file with options of its own gives its parser, and gets what was chosen.
    """
    parser = parser or argparse.ArgumentParser()
    parser.add_argument("--only", default="", metavar="WORD", help="tests whose names hold it")
    arguments = parser.parse_args()
    ProgramTests.arguments = arguments
    suite = unittest.TestSuite()
    for test in _flat(unittest.defaultTestLoader.loadTestsFromName("__main__")):
        if arguments.only.replace(" ", "_") in test.id():
            suite.addTest(test)
    result = unittest.TextTestRunner(stream=sys.stdout, resultclass=_Result, verbosity=0).run(suite)
    # Several parts of one test may fail; it is one test.
    bad = {getattr(test, "test_case", test).id() for test, _ in result.failures + result.errors}
    skipped = len(result.skipped)
    print(f"{result.testsRun - len(bad) - skipped} passed, {len(bad)} failed, {skipped} skipped")
    sys.exit(int(bool(bad) or result.testsRun == 0))


def _flat(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from _flat(item)
        else:
            yield item
