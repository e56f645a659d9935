"""The shared store in a bucket, of a server that speaks S3.

No S3 server of its own can be had from PyPI, Debian or npm without a cluster behind it, so this is moto's:
real HTTP, real requests of the real client, objects kept in memory.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import s3fs
from moto.server import ThreadedMotoServer

from explainers.digest import digest_bytes
from explainers.errors import RenderFailed
from explainers.render.cluster.shared_store import SharedFiles

from projects import capture_project, drawn_by, same_files  # isort: skip


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    s3fs.S3FileSystem(endpoint_url=address, key="testing", secret="testing", skip_instance_cache=True).mkdir(
        "films"
    )
    yield address
    server.stop()


def test_a_render_by_way_of_a_bucket_gives_the_same_bytes(two_workers, endpoint, tmp_path):
    one, other = capture_project(tmp_path / "one"), capture_project(tmp_path / "other")
    folder = drawn_by(two_workers.address, one, "capture", f"file://{tmp_path}/shared")
    bucket = drawn_by(two_workers.address, other, "capture", "s3://films/lab", endpoint=endpoint)
    assert bucket.counts["conformed"] >= 1 and not bucket.counts.get("fetched")
    same_files(folder.directory, bucket.directory)


def test_what_is_damaged_in_a_bucket_is_removed_and_can_be_put_there_again(endpoint, tmp_path):
    shared, sha256 = SharedFiles("s3://films/care", endpoint), digest_bytes(b"right")
    (tmp_path / "wrong").write_bytes(b"wrong")
    (tmp_path / "right").write_bytes(b"right")
    shared.put(tmp_path / "wrong", sha256)
    assert shared.has(sha256) and not shared.get(sha256, tmp_path / "got") and not shared.has(sha256)
    shared.put(tmp_path / "right", sha256)
    assert shared.get(sha256, tmp_path / "got") and (tmp_path / "got").read_bytes() == b"right"
    assert shared.record("0" * 64) is None


def test_a_bucket_that_is_not_there_or_not_reached_is_called_that(endpoint, two_workers, tmp_path):
    with pytest.raises(RenderFailed, match=r"the shared store s3://nowhere/x can't be written: .*bucket"):
        drawn_by(
            two_workers.address, capture_project(tmp_path), "capture", "s3://nowhere/x", endpoint=endpoint
        )
    with pytest.raises(
        RenderFailed, match=r"the shared store s3://films can't be written: .*http://127.0.0.1:9"
    ):
        SharedFiles("s3://films", "http://127.0.0.1:9").mark("mark", "")
