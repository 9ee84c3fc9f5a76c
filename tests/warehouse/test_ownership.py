"""One file, one process: waiting for it, saying who holds it, and letting go."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from processors.errors import WarehouseBusy, WarehouseFailed
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.duckdb.ownership import Owner, owner_file, read_owner

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from warehouse.duckdb.engine import DuckDBWarehouse
warehouse = DuckDBWarehouse(Path(sys.argv[1]), url=sys.argv[2] or None)
print("mine", flush=True)
sys.stdin.readline()
warehouse.close()
print("released", flush=True)
sys.stdin.readline()
"""


@contextmanager
def holder(path: Path, url: str = "") -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the file until it is told a line."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), url],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "mine\n"
        try:
            yield process
        finally:
            process.kill()


def tell(process: subprocess.Popen[str]) -> None:
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "season.duckdb"


class TestBusy:
    def test_names_the_holder(self, path):
        with holder(path) as process:
            with pytest.raises(WarehouseBusy) as caught:
                DuckDBWarehouse(path, wait=0)
            said = caught.value.message
            assert said.startswith(
                f"{path} is held by process {process.pid} on {socket.gethostname()} (`-c {path}"
            )
            assert said.endswith("waited 0 s. Stop it, or give --wait more seconds.")
            assert (caught.value.retryable, caught.value.http_status) == (True, 503)

    def test_names_the_service(self, path):
        with holder(path, "http://127.0.0.1:8080"):
            assert read_owner(path).url == "http://127.0.0.1:8080"
            with pytest.raises(WarehouseBusy, match=r" at http://127\.0\.0\.1:8080 \("):
                DuckDBWarehouse(path, wait=0)

    def test_does_not_wait_for_a_service(self, path):
        """It ends when somebody ends it."""
        with holder(path, "http://127.0.0.1:8080"):
            started = time.monotonic()
            with pytest.raises(WarehouseBusy, match=r"a service, .* Stop it first\.") as caught:
                DuckDBWarehouse(path, wait=20)
            assert time.monotonic() - started < 5
            assert caught.value.details["url"] == "http://127.0.0.1:8080"

    def test_a_service_of_another_machine(self, path):
        """Its address means something else here."""
        with holder(path, "http://127.0.0.1:8080"):
            owner = json.loads(owner_file(path).read_text()) | {"host": "elsewhere"}
            owner_file(path).write_text(json.dumps(owner))
            with pytest.raises(WarehouseBusy, match="on elsewhere at http") as caught:
                DuckDBWarehouse(path, wait=0)
            assert caught.value.details["url"] is None

    def test_without_a_name_on_the_door(self, path):
        with holder(path):
            owner_file(path).unlink()
            with pytest.raises(WarehouseBusy, match="is held by another process; waited 0 s"):
                DuckDBWarehouse(path, wait=0)

    def test_waits_as_long_as_it_was_told(self, path):
        with holder(path):
            started = time.monotonic()
            with pytest.raises(WarehouseBusy, match=r"waited 0\.3 s"):
                DuckDBWarehouse(path, wait=0.3)
            assert 0.3 <= time.monotonic() - started < 3

    def test_leaves_the_holder_alone(self, path):
        with holder(path) as process:
            with pytest.raises(WarehouseBusy):
                DuckDBWarehouse(path, wait=0)
            assert read_owner(path).pid == process.pid
            assert process.poll() is None


class TestWait:
    def test_gets_it_when_it_is_released(self, path):
        with holder(path) as process:
            tell(process)
            warehouse = DuckDBWarehouse(path, wait=30)
            assert process.stdout.readline() == "released\n"
            assert process.poll() is None
            assert read_owner(path).pid == os.getpid()
            warehouse.close()

    def test_a_service_waits_for_the_one_before(self, path):
        with holder(path, "http://127.0.0.1:8080") as process:
            tell(process)
            warehouse = DuckDBWarehouse(path, wait=30, url="http://127.0.0.1:8081")
            assert read_owner(path).url == "http://127.0.0.1:8081"
            warehouse.close()

    def test_gets_it_when_the_holder_is_killed(self, path):
        """The lock goes with the process; its name stays and says nothing."""
        with holder(path) as process:
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert owner_file(path).exists()
            assert read_owner(path) is None
            DuckDBWarehouse(path, wait=0).close()


class TestOwnerFile:
    def test_while_it_is_open(self, path):
        warehouse = DuckDBWarehouse(path, url="http://here")
        owner = read_owner(path)
        assert (owner.pid, owner.host, owner.url) == (
            os.getpid(),
            socket.gethostname(),
            "http://here",
        )
        assert abs(time.time() - owner.since) < 60
        warehouse.close()

    def test_removed_at_close(self, path):
        DuckDBWarehouse(path).close()
        assert path.exists()
        assert not owner_file(path).exists()

    def test_of_a_dead_process_is_overwritten(self, path):
        text = "import os; print(os.getpid())"
        dead = subprocess.run([sys.executable, "-c", text], capture_output=True, check=True)
        owner = {"pid": int(dead.stdout), "host": socket.gethostname(), "command": "", "since": 0}
        owner_file(path).write_text(json.dumps(owner))
        assert read_owner(path) is None
        warehouse = DuckDBWarehouse(path, wait=0)
        assert read_owner(path).pid == os.getpid()
        warehouse.close()

    def test_of_another_host_is_believed(self, path):
        """Whether it lives cannot be asked from here."""
        owner = {"pid": 1, "host": "elsewhere", "command": "serve", "since": 0}
        owner_file(path).write_text(json.dumps(owner))
        assert read_owner(path) == Owner(**owner)

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
    def test_unreadable(self, path, text):
        owner_file(path).write_text(text)
        assert read_owner(path) is None
        DuckDBWarehouse(path, wait=0).close()

    def test_another_owners_name_is_left(self, path):
        """Whoever closes late doesn't take down the next one's name."""
        warehouse = DuckDBWarehouse(path)
        other = {"pid": os.getppid(), "host": socket.gethostname(), "command": "x", "since": 0}
        owner_file(path).write_text(json.dumps(other))
        warehouse.close()
        assert read_owner(path).pid == os.getppid()

    def test_memory_has_none(self):
        DuckDBWarehouse(None).close()


class TestUnreadableFile:
    def test_is_not_called_busy(self, tmp_path):
        """Not even where the path has a lock in its name."""
        path = tmp_path / "clock" / "season.duckdb"
        path.parent.mkdir()
        path.write_bytes(b"no database " * 2000)
        started = time.monotonic()
        with pytest.raises(WarehouseFailed, match="cannot be opened"):
            DuckDBWarehouse(path, wait=20)
        assert time.monotonic() - started < 10

    def test_a_folder_is_made(self, tmp_path):
        path = tmp_path / "data" / "new" / "season.duckdb"
        DuckDBWarehouse(path).close()
        assert path.exists()
