"""GraphQL's questions over lineage, as fields of the query."""

from __future__ import annotations

import strawberry

from kg_service.service.graphql_affected import Affected, affected
from kg_service.service.graphql_differences import Differences, differences
from kg_service.service.graphql_ends import Ends, results_of_specimen, specimens_of_result
from kg_service.service.graphql_export import LONGEST_EXPORT, Export, export
from kg_service.service.graphql_gaps import Gaps, gaps
from kg_service.service.graphql_lineage import Lineage, lineage
from kg_service.service.graphql_paths import (
    CommonAncestors,
    PathsBetween,
    common_ancestors,
    paths,
)
from kg_service.service.graphql_table import StudyTable, study_table
from kg_service.service.graphql_why import Reason, why
from kg_service.service.looking import MOST_NODES


@strawberry.type
class LineageQuestions:
    """The part of the query that walks."""

    lineage: Lineage | None = strawberry.field(
        resolver=lineage,
        description="What a thing came from and what came of it, with who says so. At most "
        f"{MOST_NODES} nodes; 'complete' tells whether there are more.",
    )
    results_of_specimen: Ends | None = strawberry.field(
        resolver=results_of_specimen, description="The data that came of a specimen or sample."
    )
    specimens_of_result: Ends | None = strawberry.field(
        resolver=specimens_of_result, description="The specimens that a result goes back to."
    )
    paths: PathsBetween | None = strawberry.field(
        resolver=paths,
        description="How one thing came of another: paths in time's order, each hop with all who "
        "say so. Which of the two is earlier need not be known.",
    )
    common_ancestors: CommonAncestors | None = strawberry.field(
        resolver=common_ancestors, description="What several things came from, nearest first."
    )
    affected: Affected | None = strawberry.field(
        resolver=affected,
        description="What is affected if a thing turns out bad. Of a sample or data: all that "
        "came of it. Of an instrument, program, workflow, container image, protocol or person: "
        "the activities that had it, and all that came of these.",
    )
    gaps: Gaps | None = strawberry.field(
        resolver=gaps,
        description="Where the history of a thing breaks: what no source tells, or a weaker "
        "policy would join, and what would help.",
    )
    differences: Differences | None = strawberry.field(
        resolver=differences,
        description="Two runs, or two results, side by side: inputs, parameters, versions, "
        "containers, environment, configuration, instruments, outcome and outputs.",
    )
    study_table: StudyTable | None = strawberry.field(
        resolver=study_table, description="The sample x result table of a study or a source."
    )
    why: list[Reason] | None = strawberry.field(
        resolver=why,
        description="Who says a statement, and what it was made from: for each graph that has "
        "it, its source, and by which mapping row or rule, or on what evidence.",
    )
    export: Export | None = strawberry.field(
        resolver=export,
        description="The lineage of a thing in another form, as text of at most "
        f"{LONGEST_EXPORT} characters; larger ones, and ZIP files, are at /export.",
    )
