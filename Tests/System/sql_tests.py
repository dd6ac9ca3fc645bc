"""Runs the files of Tests/SQL: statements with their answers as text, each file on an empty database.

    # any comment
    statement ok                    statement error 22012
    CREATE TABLE t (a int)          SELECT 1/0

    query IT rowsort                one letter a column: I integer, N numeric, R double (compared to
    SELECT a, b FROM t              1e-9), T text, B boolean, D date or time, V interval
    ----
    1	NULL                        columns are separated by a tab, an empty text is (empty)

`Tests/run sql --only metrics` runs the files whose path holds the word.
"""

import argparse
import math
import pathlib
import sys
import tempfile

from program import ROOT, Server
from wire import ServerError

FOLDER = ROOT / "Tests/SQL"


class Record:
    """A statement and what it must answer."""

    def __init__(self, head, sql, expected, line):
        self.kind, *self.words = head.split()
        self.sql = sql
        self.expected = expected
        self.line = line


def records(text):
    """The records of a file: blocks between empty lines, without comments."""
    block, start = [], 0
    for number, line in enumerate(text.split("\n") + [""], start=1):
        if line.startswith("#") and "----" not in block:
            continue
        if line:
            start = start if block else number
            block.append(line)
            continue
        if block:
            split = block.index("----") if "----" in block else len(block)
            expected = block[split + 1:] if split < len(block) else None
            yield Record(block[0], "\n".join(block[1:split]), expected, start)
        block = []


def written(value):
    """A value as the files write it."""
    if value is None:
        return "NULL"
    if value == "":
        return "(empty)"
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def complaint(record, connection):
    """What is wrong with the answer, or None."""
    try:
        answers = connection.query(record.sql)
    except ServerError as error:
        if record.kind == "statement" and record.words[:1] == ["error"]:
            if record.words[1:] in ([], [error.state]):
                return None
            return f"{error}, where {record.words[1]} was expected"
        return str(error)
    if record.kind == "statement":
        return None if record.words[0] == "ok" else "no error"
    letters = record.words[0]
    got = [[written(value) for value in row] for row in answers[-1].rows]
    expected = [line.split("\t") for line in record.expected or []]
    if "rowsort" in record.words:
        got.sort()
        expected.sort()
    if len(letters) != len(answers[-1].columns):
        return f"{len(answers[-1].columns)} columns, where {letters} was expected"
    booleans = {"t": "true", "f": "false"}
    for row in got:
        for column, letter in enumerate(letters):
            if letter == "B":
                row[column] = booleans.get(row[column], row[column])
    if len(got) == len(expected) and all(map(lambda a, b: same(a, b, letters), got, expected)):
        return None
    text = "\n".join("      " + "\t".join(row) for row in got)
    wanted = "\n".join("      " + "\t".join(row) for row in expected)
    return f"expected\n{wanted}\n    got\n{text}"


def same(got, expected, letters):
    """Whether two rows are equal; doubles to nine digits."""
    if len(got) != len(expected):
        return False
    for one, other, letter in zip(got, expected, letters):
        if one == other:
            continue
        if letter != "R" or "NULL" in (one, other):
            return False
        if not math.isclose(float(one), float(other), rel_tol=1e-9):
            return False
    return True


def run_file(path):
    """Runs a file; gives how many records passed and failed."""
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="demetra-sql-") as folder:
        server = Server(pathlib.Path(folder) / "db.demetra")
        try:
            connection = server.connect()
            for record in records(path.read_text()):
                found = complaint(record, connection)
                if found is None:
                    passed += 1
                else:
                    failed += 1
                    print(f"FAILED: {path.relative_to(ROOT)}:{record.line}\n    {record.sql}\n"
                          f"    {found}")
            connection.close()
        except (OSError, AssertionError) as error:
            failed += 1
            print(f"FAILED: {path.relative_to(ROOT)}: {error}")
        finally:
            server.stop()
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", metavar="WORD", help="files whose path holds it")
    only = parser.parse_args().only
    passed = failed = 0
    for path in sorted(FOLDER.rglob("*.test")):
        if only in str(path.relative_to(FOLDER)):
            now = run_file(path)
            passed, failed = passed + now[0], failed + now[1]
            print(f"{'FAILED' if now[1] else 'ok'}: {path.relative_to(ROOT)}, {sum(now)} statements")
    print(f"{passed} passed, {failed} failed")
    sys.exit(int(failed > 0 or passed == 0))


if __name__ == "__main__":
    main()
