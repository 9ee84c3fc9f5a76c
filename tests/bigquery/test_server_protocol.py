"""What goes over the wire, held to the REST reference without the client in between."""

from __future__ import annotations

import json

PROJECT = "/projects/tipoff-test"


def query_job(sql, job_id=None, **configuration):
    body = {"configuration": {"query": {"query": sql, "useLegacySql": False}, **configuration}}
    return body | ({"jobReference": {"jobId": job_id}} if job_id else {})


class TestSize:
    def test_of_a_request(self, wire):
        """10 MB with the parameters; it is no answer of the API's."""
        job = query_job("SELECT 1")
        job["configuration"]["query"]["queryParameters"] = [{"name": "unused"}]
        parameter = job["configuration"]["query"]["queryParameters"][0]
        parameter |= {"parameterType": {"type": "STRING"}, "parameterValue": {"value": ""}}
        longest = "x" * (10 * 1024 * 1024 - len(json.dumps(job)))
        parameter["parameterValue"]["value"] = longest
        assert wire.post(f"{PROJECT}/jobs", content=json.dumps(job)).status_code == 200
        parameter["parameterValue"]["value"] += "x"
        answer = wire.post(f"{PROJECT}/jobs", content=json.dumps(job))
        assert answer.status_code == 413
        assert "Request Entity Too Large" in answer.text


class TestErrors:
    def test_body(self, wire, dataset):
        answer = wire.get(f"{PROJECT}/datasets/{dataset}/tables/nothing")
        message = f"Not found: Table tipoff-test:{dataset}.nothing was not found in location US"
        assert answer.status_code == 404
        assert answer.json() == {
            "error": {
                "code": 404,
                "message": message,
                "errors": [{"message": message, "domain": "global", "reason": "notFound"}],
                "status": "NOT_FOUND",
            }
        }

    def test_of_a_query(self, wire):
        """jobs.query fails with its job; where in the request the fault lies is said."""
        answer = wire.post(f"{PROJECT}/queries", json={"query": "SELECT x", "useLegacySql": False})
        assert answer.status_code == 400
        assert answer.json()["error"] == {
            "code": 400,
            "message": "Unrecognized name: x at [1:8]",
            "errors": [
                {
                    "message": "Unrecognized name: x at [1:8]",
                    "domain": "global",
                    "reason": "invalidQuery",
                    "location": "query",
                    "locationType": "parameter",
                }
            ],
            "status": "INVALID_ARGUMENT",
        }

    def test_already_exists(self, wire, dataset):
        body = {"datasetReference": {"datasetId": dataset}}
        error = wire.post(f"{PROJECT}/datasets", json=body).json()["error"]
        assert (error["code"], error["status"]) == (409, "ALREADY_EXISTS")
        assert error["errors"][0]["reason"] == "duplicate"

    def test_condition(self, wire, dataset):
        answer = wire.patch(
            f"{PROJECT}/datasets/{dataset}", json={"description": "x"}, headers={"If-Match": "no"}
        )
        assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (
            412,
            "conditionNotMet",
        )

    def test_no_route(self, wire):
        answer = wire.get(f"{PROJECT}/nothing")
        assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")

    def test_no_json(self, wire):
        answer = wire.post(f"{PROJECT}/jobs", content=b"{")
        assert answer.json()["error"]["errors"][0]["reason"] == "parseError"


class TestJobs:
    def test_failed(self, wire):
        """Inserting a job that fails answers 200; what it asks for is the job's to say."""
        answer = wire.post(f"{PROJECT}/jobs", json=query_job("SELECT x", "wire-1"))
        assert answer.status_code == 200
        error = {
            "reason": "invalidQuery",
            "message": "Unrecognized name: x at [1:8]",
            "location": "query",
        }
        job = answer.json()
        assert job["status"] == {"state": "DONE", "errorResult": error, "errors": [error]}
        assert job["jobReference"] == {
            "projectId": "tipoff-test",
            "jobId": "wire-1",
            "location": "US",
        }
        assert job["id"] == "tipoff-test:US.wire-1"
        assert wire.get(f"{PROJECT}/jobs/wire-1").json()["status"] == job["status"]
        assert wire.get(f"{PROJECT}/queries/wire-1").status_code == 400

    def test_dry_run(self, wire):
        job = wire.post(f"{PROJECT}/jobs", json=query_job("SELECT 1 AS a", dryRun=True)).json()
        statistics = job["statistics"]
        assert statistics["totalBytesProcessed"] == "0"
        assert statistics["query"]["totalBytesProcessed"] == "0"
        assert statistics["query"]["schema"] == {
            "fields": [{"name": "a", "type": "INTEGER", "mode": "NULLABLE"}]
        }
        failed = wire.post(f"{PROJECT}/jobs", json=query_job("SELECT x", dryRun=True))
        assert failed.status_code == 400

    def test_cancel(self, wire):
        wire.post(f"{PROJECT}/jobs", json=query_job("SELECT 1", "wire-2"))
        answer = wire.post(f"{PROJECT}/jobs/wire-2/cancel").json()
        assert (answer["kind"], answer["job"]["status"]["state"]) == (
            "bigquery#jobCancelResponse",
            "DONE",
        )

    def test_legacy(self, wire):
        body = {"configuration": {"query": {"query": "SELECT 1"}}}
        error = wire.post(f"{PROJECT}/jobs", json=body).json()["status"]["errorResult"]
        assert (error["reason"], "legacy SQL" in error["message"]) == ("notImplemented", True)


class TestResults:
    SQL = (
        "SELECT 1 AS i, 0.5 AS f, TRUE AS b, 'x' AS s, DATE '2024-01-01' AS d,"
        " TIMESTAMP '2024-01-01 00:00:00.5+00' AS t, b'a' AS y, [1, 2] AS l,"
        " STRUCT(1 AS a, NULL AS z) AS r, NUMERIC '1.50' AS n,"
        " DATETIME '2024-01-01 01:02:03' AS dt, CAST('inf' AS FLOAT64) AS inf"
    )

    def test_rows(self, wire):
        """Everything is text, in f and v; TIMESTAMP in microseconds where that was asked for."""
        wire.post(f"{PROJECT}/jobs", json=query_job(self.SQL, "wire-3"))
        path = f"{PROJECT}/queries/wire-3"
        answer = wire.get(path, params={"formatOptions.useInt64Timestamp": "true"}).json()
        assert answer["rows"] == [
            {
                "f": [
                    {"v": "1"},
                    {"v": "0.5"},
                    {"v": "true"},
                    {"v": "x"},
                    {"v": "2024-01-01"},
                    {"v": "1704067200500000"},
                    {"v": "YQ=="},
                    {"v": [{"v": "1"}, {"v": "2"}]},
                    {"v": {"f": [{"v": "1"}, {"v": None}]}},
                    {"v": "1.5"},
                    {"v": "2024-01-01T01:02:03"},
                    {"v": "Infinity"},
                ]
            }
        ]
        assert answer["kind"] == "bigquery#getQueryResultsResponse"
        assert (answer["jobComplete"], answer["totalRows"], answer["cacheHit"]) == (
            True,
            "1",
            False,
        )
        assert "pageToken" not in answer
        assert float(wire.get(path).json()["rows"][0]["f"][5]["v"]) == 1704067200.5

    def test_pages(self, wire):
        sql = "SELECT n FROM UNNEST([1, 2, 3]) AS n ORDER BY n"
        wire.post(f"{PROJECT}/jobs", json=query_job(sql, "wire-4"))
        path = f"{PROJECT}/queries/wire-4"
        none = wire.get(path, params={"maxResults": 0}).json()
        assert ("rows" in none, none["totalRows"], none["pageToken"]) == (False, "3", "0")
        two = wire.get(path, params={"maxResults": 2}).json()
        assert [row["f"][0]["v"] for row in two["rows"]] == ["1", "2"]
        last = wire.get(path, params={"maxResults": 2, "pageToken": two["pageToken"]}).json()
        assert [row["f"][0]["v"] for row in last["rows"]] == ["3"]
        assert "pageToken" not in last
        both = wire.get(path, params={"pageToken": "1", "startIndex": 1})
        assert both.status_code == 400
        part = wire.get(path, params={"fields": "jobReference,totalRows,rows(f)"}).json()
        assert set(part) == {"jobReference", "totalRows", "rows"}

    def test_query(self, wire):
        body = {"query": "SELECT 1 AS a", "useLegacySql": False, "maxResults": 1}
        answer = wire.post(f"{PROJECT}/queries", json=body).json()
        reference = answer.pop("jobReference")
        assert reference["projectId"] == "tipoff-test"
        assert answer == {
            "kind": "bigquery#queryResponse",
            "jobComplete": True,
            "totalBytesProcessed": "0",
            "cacheHit": False,
            "schema": {"fields": [{"name": "a", "type": "INTEGER", "mode": "NULLABLE"}]},
            "totalRows": "1",
            "rows": [{"f": [{"v": "1"}]}],
        }
