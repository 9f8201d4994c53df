"""Which GraphQL type a thing has, by its kind."""

from __future__ import annotations

from kg_service.describe import Thing

ACTIVITIES = {
    kind: kind
    for kind in (
        "LabProcess", "Acquisition", "Processing", "WorkflowRun", "ToolRun", "StepRun",
        "Assessment", "OtherActivity",
    )
}  # fmt: skip
_TYPE_OF_KIND = {
    **ACTIVITIES,
    "EngineRun": "StepRun",
    "Run": "OtherActivity",
    "Activity": "OtherActivity",
    "Specimen": "Specimen",
    "Sample": "Sample",
    "Material": "Sample",
    "RawDataset": "Dataset",
    "ProcessedDataset": "Dataset",
    "Dataset": "Dataset",
    "File": "File",
    "Value": "Value",
    "Collection": "Collection",
    "Workflow": "Workflow",
    "WorkflowStep": "Workflow",
    "Software": "Software",
    "ContainerImage": "Software",
    "Protocol": "Protocol",
    "Plan": "Protocol",
    "Instrument": "Instrument",
    "Person": "Agent",
    "Organization": "Agent",
    "SoftwareAgent": "Agent",
    "Agent": "Agent",
    "Investigation": "Investigation",
    "Study": "Investigation",
    "Assay": "Investigation",
}


def type_name(record: Thing) -> str:
    """The GraphQL type of a thing, by its most telling kind."""
    name = _TYPE_OF_KIND.get(record.kind)
    return name or ("OtherActivity" if record.is_activity else "OtherThing")
