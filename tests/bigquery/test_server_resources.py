"""Tables and uploads on the wire, held to the REST reference without the client in between."""

from __future__ import annotations

PROJECT = "/projects/tipoff-test"


class TestResources:
    def test_table(self, wire, dataset):
        body = {
            "tableReference": {"tableId": "made"},
            "schema": {"fields": [{"name": "d", "type": "DATE", "mode": "REQUIRED"}]},
            "timePartitioning": {"type": "DAY", "field": "d"},
            "requirePartitionFilter": True,
            "labels": {"a": "b"},
        }
        made = wire.post(f"{PROJECT}/datasets/{dataset}/tables", json=body).json()
        times = [made.pop(name) for name in ("creationTime", "lastModifiedTime")]
        assert all(len(one) == 13 and one.isdigit() for one in times)
        assert made.pop("etag")
        assert made == {
            "kind": "bigquery#table",
            "id": f"tipoff-test:{dataset}.made",
            "selfLink": f"/bigquery/v2/projects/tipoff-test/datasets/{dataset}/tables/made",
            "tableReference": {
                "projectId": "tipoff-test",
                "datasetId": dataset,
                "tableId": "made",
            },
            "type": "TABLE",
            "schema": {"fields": [{"name": "d", "type": "DATE", "mode": "REQUIRED"}]},
            "timePartitioning": {"type": "DAY", "field": "d", "requirePartitionFilter": True},
            "requirePartitionFilter": True,
            "labels": {"a": "b"},
            "numRows": "0",
            "numBytes": "0",
            "numLongTermBytes": "0",
            "location": "US",
        }

    def test_deleted(self, wire, dataset):
        answer = wire.delete(f"{PROJECT}/datasets/{dataset}")
        assert (answer.status_code, answer.content) == (204, b"")

    def test_rows(self, wire, games):
        dataset = games.partition(".")[0]
        path = f"{PROJECT}/datasets/{dataset}/tables/games/data"
        answer = wire.get(path, params={"maxResults": 1, "selectedFields": "game_id"}).json()
        assert answer["kind"] == "bigquery#tableDataList"
        assert (answer["totalRows"], answer["pageToken"], len(answer["rows"])) == ("4", "1", 1)


class TestUploads:
    """POST, Location, PUT; 308 with what has arrived until the last byte is here."""

    def test_resumable(self, server, wire, games):
        dataset = games.partition(".")[0]
        url = f"{server.endpoint}/upload/bigquery/v2{PROJECT}/jobs"
        configuration = {
            "load": {
                "sourceFormat": "NEWLINE_DELIMITED_JSON",
                "destinationTable": {
                    "projectId": "tipoff-test",
                    "datasetId": dataset,
                    "tableId": "games",
                },
            }
        }
        begun = wire.post(
            url, params={"uploadType": "resumable"}, json={"configuration": configuration}
        )
        assert begun.status_code == 200
        place = begun.headers["location"]
        content = b'{"game_id": "x"}\n{"game_id": "y"}\n'
        part = wire.put(place, content=content[:10], headers={"Content-Range": "bytes 0-9/*"})
        assert (part.status_code, part.headers["range"]) == (308, "bytes=0-9")
        asked = wire.put(place, headers={"Content-Range": f"bytes */{len(content)}"})
        assert (asked.status_code, asked.headers["range"]) == (308, "bytes=0-9")
        rest = {"Content-Range": f"bytes 10-{len(content) - 1}/{len(content)}"}
        done = wire.put(place, content=content[10:], headers=rest)
        assert done.json()["status"] == {"state": "DONE"}
        assert done.json()["statistics"]["load"]["outputRows"] == "2"
        assert wire.put(place, content=b"", headers=rest).json()["id"] == done.json()["id"]
