"""Many clients at once that do all kinds of things to the same tables: what a sanitizer should see.

An error with a SQLSTATE is an answer like another; an internal error, a lost connection or a wrong sum is none.
"""

import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "System"))
from wire import Connection, ServerError, bind, data_rows, describe, execute, kinds, parse  # noqa: E402

ROWS = "".join(f"{number}\tcopied {number}\t{number}.25\n" for number in range(200)).encode()


class Mixed:
    """Clients, a thread each, for some seconds."""

    def __init__(self, port, clients, seconds, seed):
        self.port, self.clients, self.seed = port, clients, seed
        self.end = time.monotonic() + seconds
        self.failures = []
        self.done = 0

    def run(self):
        """Gives how many things the clients did; what went wrong is in `failures`."""
        with Connection(self.port) as connection:
            connection.query("CREATE TABLE mixed (n integer, words text, amount numeric(12,2))")
            connection.query("CREATE TABLE keyed (n integer PRIMARY KEY, amount bigint)")
            connection.query("INSERT INTO keyed SELECT n, 100 FROM generate_series(1, 50) AS n(n)")
            connection.query("CREATE METRIC mean AS sum(amount) / count(*)")
            connection.query("CREATE VIEW totals AS SELECT count(*) AS rows, sum(amount) AS amount FROM mixed")
        threads = [threading.Thread(target=self._client, args=(number,)) for number in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.done < self.clients:
            self.failures.append(f"{self.clients} clients did {self.done} things")
        with Connection(self.port) as connection:
            # Amounts only moved from one key to another.
            if connection.rows("SELECT count(*), sum(amount) FROM keyed") != [("50", "5000")]:
                self.failures.append("transfers have lost something")
        return self.done

    def _client(self, number):
        chance = random.Random(f"{self.seed}-{number}")
        deeds = [getattr(self, name) for name in dir(self) if name.startswith("do_")]
        connection = None
        while time.monotonic() < self.end and len(self.failures) < 20:
            try:
                connection = connection or Connection(self.port, user=f"user{number % 7}", database="db", timeout=300)
                deed = chance.choice(deeds)
                if deed(connection, chance) == "gone":
                    connection = None
                self.done += 1
            except ServerError as error:
                if error.state in ("XX000", "XX001"):
                    self.failures.append(str(error))
                if error.fields.get("S") == "FATAL":
                    connection = None
                elif connection.status != "I":
                    connection.query("ROLLBACK")
            except (OSError, AssertionError) as error:
                self.failures.append(f"client {number}: {error}")
                return
        if connection:
            connection.close()

    def do_insert(self, connection, chance):
        connection.query(f"INSERT INTO mixed VALUES ({chance.randrange(1000)}, 'words', 1.5), (NULL, NULL, NULL)")

    def do_transfer(self, connection, chance):
        source, target = chance.sample(range(1, 51), 2)
        connection.query("BEGIN")
        connection.query(f"UPDATE keyed SET amount = amount - 1 WHERE n = {source}")
        connection.query(f"UPDATE keyed SET amount = amount + 1 WHERE n = {target}")
        connection.query(chance.choice(["COMMIT", "COMMIT", "ROLLBACK"]))

    def do_read(self, connection, chance):
        connection.query(chance.choice([
            "SELECT * FROM totals", "SELECT n, count(*) FROM mixed GROUP BY n ORDER BY 2 DESC LIMIT 5",
            "SELECT a.n, b.amount FROM mixed a JOIN keyed b USING (n) ORDER BY 1, 2 LIMIT 10",
            "SELECT n, mean FROM mixed GROUP BY n ORDER BY n LIMIT 5", "SELECT count(DISTINCT words) FROM mixed",
            "SELECT n, sum(amount) OVER (ORDER BY n) FROM keyed", "EXPLAIN ANALYZE SELECT sum(amount) FROM mixed"]))

    def do_parameters(self, connection, chance):
        answers = connection.extended(
            parse("SELECT $1::integer + 1, count(*) FROM keyed WHERE n > $1"), bind([chance.randrange(50)], results=[1]),
            describe("P"), execute())
        # Others may have cancelled it.
        if "E" not in kinds(answers) and len(data_rows(answers)) != 1:
            self.failures.append(f"{kinds(answers)} is no row")

    def do_portion(self, connection, chance):
        connection.query("BEGIN")
        connection.query("DECLARE c CURSOR FOR SELECT a.n, b.n FROM keyed a, keyed b")
        connection.query(f"FETCH {chance.randrange(1, 300)} FROM c")
        connection.query("COMMIT")

    def do_copy(self, connection, chance):
        if chance.random() < 0.5:
            connection.query("COPY mixed FROM STDIN", ROWS)
        else:
            connection.query(chance.choice([
                "COPY mixed TO STDOUT", "COPY keyed TO STDOUT (FORMAT binary)", "COPY keyed TO STDOUT (FORMAT csv, HEADER)"]))

    def do_delete(self, connection, chance):
        connection.query(f"DELETE FROM mixed WHERE n = {chance.randrange(1000)} OR n IS NULL")
        if chance.random() < 0.1:
            connection.query("TRUNCATE mixed")

    def do_define(self, connection, chance):
        name = f"own{chance.randrange(5)}"
        connection.query(chance.choice([
            f"CREATE TABLE IF NOT EXISTS {name} (n serial, words text DEFAULT 'x')", f"DROP TABLE IF EXISTS {name}",
            f"ALTER TABLE {name} ADD COLUMN c{chance.randrange(100)} integer", f"INSERT INTO {name} (words) VALUES ('y')",
            f"CREATE OR REPLACE VIEW v{name} AS SELECT count(*) AS c FROM keyed", f"COMMENT ON TABLE {name} IS 'own'"]))

    def do_temporary(self, connection, chance):
        connection.query("CREATE TEMP TABLE mine AS SELECT n FROM keyed")
        connection.query("SELECT count(*) FROM mine")
        connection.query("DROP TABLE mine")

    def do_care(self, connection, chance):
        if chance.random() < 0.2:
            connection.query(chance.choice(["CHECKPOINT", "VACUUM", "VACUUM mixed", "SET memory_limit = '1GB'"]))

    def do_listen(self, connection, chance):
        connection.query(chance.choice(["LISTEN news", "NOTIFY news, 'x'", "UNLISTEN *"]))

    def do_alerts(self, connection, chance):
        if chance.random() < 0.2:
            connection.query("CREATE OR REPLACE ALERT low ON keyed WHEN sum(amount) < 0 MESSAGE 'low'")
        connection.query(chance.choice(["CHECK ALERTS", "SHOW ALERTS", "SHOW METRICS"]))

    def do_catalog(self, connection, chance):
        connection.query(chance.choice([
            "SELECT relname, relkind FROM pg_class ORDER BY 1", "SELECT * FROM information_schema.columns",
            "SELECT * FROM demetra_sessions", "SELECT * FROM demetra_queries", "SELECT * FROM pg_stat_activity",
            "SELECT * FROM demetra_memory", "SELECT * FROM demetra_audit LIMIT 5", "SHOW ALL"]))

    def do_settings(self, connection, chance):
        connection.query(chance.choice([
            "SET TimeZone = 'Asia/Tokyo'", "SET statement_timeout = '30s'", "RESET ALL", "SET application_name = 'mixed'",
            "PREPARE p AS SELECT $1::integer", "EXECUTE p(1)", "DEALLOCATE p", "SELECT now(), random()"]))

    def do_cancel(self, connection, chance):
        if chance.random() < 0.3:
            connection.query("SET statement_timeout = 100")
            connection.query("SELECT count(*) FROM generate_series(1, 100000000000)")
        else:
            connection.query("SELECT pg_cancel_backend(pid) FROM demetra_sessions ORDER BY random() LIMIT 1")

    def do_leave(self, connection, chance):
        if chance.random() < 0.3:
            connection.send(b"Q", b"SELECT * FROM mixed a, keyed b\0")
            connection.socket.close()
        elif chance.random() < 0.3:
            connection.query("SELECT pg_terminate_backend(pg_backend_pid())")
        else:
            connection.close()
        return "gone"
