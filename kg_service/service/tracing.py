"""Questions over lineage: /path, /common, /affected, /gaps, /diff, /table, /results, /specimens."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from kg_service.lineage.model import Granularity
from kg_service.service.context import ServiceContext
from kg_service.service.errors import refuse_format
from kg_service.service.looking import (
    AsOfQuery,
    DepthQuery,
    GranularityQuery,
    HowToLook,
    IdQuery,
    KindsQuery,
    Looking,
    looking_at_sources,
)
from kg_service.service.negotiate import best
from kg_service.service.openapi import BAD, GONE, NO_STORE, UNKNOWN, Operation, answer
from kg_service.terms import CATALOGUE
from kg_service.tracing.features import THRESHOLD
from kg_service.tracing.paths import MOST_PATHS

MOST_ANCESTORS = 1_000
MOST_COMPARED = 20
MOST_ROWS = 20_000
TSV = "text/tab-separated-values"
_THING = {"id": "...", "label": "plant-01", "kind": "Specimen", "identifiers": [], "sources": []}
_SAID = {
    "kind": "used", "earlier": "...", "later": "...", "source": "barley-roots", "grade": "mapped",
    "by": "isa:108",
}  # fmt: skip
_HOP = {"from": _THING, "to": _THING, "kind": "used", "said": [_SAID]}
_WHOLE = {"complete": True, "stopped": []}
_PATHS = {
    "earlier": _THING, "later": _THING, "policy": "default", **_WHOLE,
    "paths": [{"steps": 6, "hops": [_HOP]}], "weaker": None,
}  # fmt: skip
_COMMON = {
    "of": [_THING, _THING], **_WHOLE,
    "ancestors": [{**_THING, "nearest": True, "container": False, "steps": [2, 1], "paths": []}],
}  # fmt: skip
_AFFECTED = {
    "things": [_THING], **_WHOLE,
    "usedBy": [{"activity": _THING, "role": "kg:usedInstrument", "byWayOf": [],
                "source": "els", "grade": "mapped", "by": "icat:101"}],
    "affected": [{"kind": "RawDataset", "things": [
        {**_THING, "steps": 1, "container": False, "said": _SAID}]}],
}  # fmt: skip
_GAPS = {
    "start": _THING, "specimens": [_THING], **_WHOLE,
    "gaps": [{"gap": "no-activity", **_THING, "steps": 2, "said": _SAID,
              "missing": "no source says which activity generated it",
              "mend": "a source that tells of the acquisition, run or process that made it"}],
}  # fmt: skip
_SIDE = {"id": "...", "label": "mask.tif", "kind": "File", "value": None, "source": "crate-1",
         "grade": "close", "by": "run-crate:026"}  # fmt: skip
_DIFF = {
    "first": _THING, "second": _THING, "runs": [_THING, _THING], **_WHOLE,
    "counts": {"same": 0, "similar": 1, "changed": 0, "missing": 0, "unknown": 0},
    "comparisons": [{"section": "outputs", "name": "mask.tif", "likeness": "similar",
                     "because": "sha256 differs; 1000 and 1001 bytes",
                     "first": _SIDE, "second": _SIDE}],
}  # fmt: skip
_ENDS = {**_WHOLE, "things": [{**_THING, "steps": 6}]}


def _responses(good: Operation) -> dict[int | str, Operation]:
    return {200: good, 400: BAD, 404: UNKNOWN, 410: GONE, 503: NO_STORE}


def tracing_router(context: ServiceContext) -> APIRouter:
    """The routes of questions over lineage."""
    router = APIRouter(tags=["Lineage"])

    @router.get(
        "/path",
        summary="How one thing came of another",
        responses=_responses(answer("The paths.", _PATHS)),
    )
    def path(
        how: HowToLook,
        a: Annotated[str, Query(description="One thing: an IRI, an identifier or a name.")],
        b: Annotated[str, Query(description="Another, earlier or later.")],
        limit: Annotated[
            int, Query(ge=1, le=MOST_PATHS, description="At most so many paths, shortest first.")
        ] = 1,
        longest: Annotated[int | None, Query(ge=0, description="At most so many steps.")] = None,
        granularity: GranularityQuery = Granularity.STEP,
        as_of: AsOfQuery = None,
    ) -> JSONResponse:
        """Paths in time's order, each hop with all who say so. Where there is none, `weaker` tells
        whether weaker evidence of identity would give one."""
        graph = context.now().as_of(as_of)
        request = how.request(graph, graph.resolve(a), granularity=granularity)
        found = graph.paths(request, graph.resolve(b), limit=limit, longest=longest)
        return JSONResponse(found.as_json())

    @router.get(
        "/common",
        summary="What several things all came from",
        responses=_responses(answer("The ancestors.", _COMMON)),
    )
    def common(
        how: HowToLook,
        id: Annotated[
            list[str],
            Query(min_length=2, max_length=MOST_COMPARED, description="A thing; give two or more."),
        ],
        limit: Annotated[
            int, Query(ge=1, le=MOST_ANCESTORS, description="At most so many.")
        ] = MOST_ANCESTORS,
        granularity: GranularityQuery = Granularity.STEP,
        kind: KindsQuery = None,
        as_of: AsOfQuery = None,
    ) -> JSONResponse:
        """Nearest first, with the steps from each thing; `nearest` are those of which no other
        common ancestor came, with a path to each thing."""
        graph = context.now().as_of(as_of)
        things = [graph.resolve(one) for one in id]
        request = how.request(graph, things[0], granularity=granularity, kinds=kind)
        return JSONResponse(graph.common(request, things, limit=limit).as_json())

    @router.get(
        "/affected",
        summary="What is affected if a thing turns out bad",
        responses=_responses(answer("By kind.", _AFFECTED)),
    )
    def affected(
        how: HowToLook,
        id: IdQuery,
        version: Annotated[
            str | None, Query(description="All of the name that have this version, in any source.")
        ] = None,
        depth: DepthQuery = None,
        kind: KindsQuery = None,
        as_of: AsOfQuery = None,
    ) -> JSONResponse:
        """Of a sample or data: all that came of it. Of an instrument, program, workflow, container
        image, protocol or person: the activities that had it (`usedBy`), and all that came of
        these."""
        graph = context.now().as_of(as_of)
        bad = graph.versions(id, version) if version is not None else [graph.resolve(id)]
        request = how.request(graph, bad[0], depth=depth, kinds=kind)
        return JSONResponse(graph.affected(request, bad).as_json())

    @router.get(
        "/gaps",
        summary="Where the history of a thing breaks",
        responses=_responses(answer("The gaps.", _GAPS)),
    )
    def gaps(
        how: HowToLook, id: IdQuery, depth: DepthQuery = None, as_of: AsOfQuery = None
    ) -> JSONResponse:
        """What no source tells, or a weaker policy would join; `mend` says what would help."""
        graph = context.now().as_of(as_of)
        request = how.request(graph, graph.resolve(id), depth=depth)
        return JSONResponse(graph.gaps(request).as_json())

    @router.get(
        "/diff",
        summary="Two runs, or two results, side by side",
        responses=_responses(answer("Compared.", _DIFF)),
    )
    def diff(
        how: Annotated[Looking, Depends(looking_at_sources)],
        a: Annotated[str, Query(description="A run, or a result.")],
        b: Annotated[str, Query(description="Another one.")],
        threshold: Annotated[
            float,
            Query(ge=0, description="Similar: sizes and counts differ by no more than this part."),
        ] = THRESHOLD,
        as_of: AsOfQuery = None,
    ) -> JSONResponse:
        """Inputs, parameters, versions, containers, environment, configuration, instruments,
        outcome and outputs: `same`, `similar`, `changed`, `missing` in one, or `unknown`."""
        graph = context.now().as_of(as_of)
        request = how.request(graph, graph.resolve(a))
        found = graph.differences(request, graph.resolve(b), threshold=threshold)
        return JSONResponse(found.as_json())

    @router.get(
        "/table",
        summary="The sample x result table of a study or a source",
        responses=_responses(
            answer("Tab-separated values; JSON by Accept.", "specimen\tresult", TSV)
        ),
    )
    def table(
        request: Request,
        how: HowToLook,
        of: Annotated[
            str, Query(description="A source's id, or a study, assay or sample by IRI or name.")
        ],
        limit: Annotated[
            int, Query(ge=1, le=MOST_ROWS, description="At most so many rows.")
        ] = MOST_ROWS,
        depth: DepthQuery = None,
        format: Annotated[
            str | None, Query(description="tsv or json, where no Accept header can be sent.")
        ] = None,
        as_of: AsOfQuery = None,
    ) -> Response:
        """One row for each specimen and result of it. Where rows are missing, the header
        `Kg-Complete` is `false`; JSON says why."""
        if format not in (None, "tsv", "json"):
            raise refuse_format(400, ["tsv", "json"])
        media_type = best(request.headers.get("accept"), (TSV, "application/json"))
        if format is not None:
            media_type = TSV if format == "tsv" else "application/json"
        if media_type is None:
            raise refuse_format(406, [TSV, "application/json"])
        graph = context.now().as_of(as_of)
        found = graph.table(of, how.request(graph, CATALOGUE, depth=depth), limit=limit)
        headers = {"Kg-Complete": "true" if found.complete else "false", "Vary": "Accept"}
        if media_type == TSV:
            return Response(found.tsv(), media_type=TSV, headers=headers)
        return JSONResponse(found.as_json(), headers=headers)

    @router.get(
        "/results",
        summary="The data that came of a specimen, a sample or other data",
        responses=_responses(answer("The results.", _ENDS)),
    )
    def results(
        how: HowToLook, id: IdQuery, depth: DepthQuery = None, as_of: AsOfQuery = None
    ) -> JSONResponse:
        """Each thing once, nearest first."""
        graph = context.now().as_of(as_of)
        start = graph.resolve(id)
        return JSONResponse(graph.results(start, how.request(graph, start, depth=depth)).as_json())

    @router.get(
        "/specimens",
        summary="The specimens that a result goes back to",
        responses=_responses(answer("The specimens.", _ENDS)),
    )
    def specimens(
        how: HowToLook, id: IdQuery, depth: DepthQuery = None, as_of: AsOfQuery = None
    ) -> JSONResponse:
        """What is called a specimen, and materials that nothing made; nearest first."""
        graph = context.now().as_of(as_of)
        start = graph.resolve(id)
        asked = how.request(graph, start, depth=depth)
        return JSONResponse(graph.specimens_of(start, asked).as_json())

    return router
