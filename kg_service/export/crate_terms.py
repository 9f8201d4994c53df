"""What the terms of the aligned graphs are called in a run crate.

The reverse of mappings/run-crate.sssom.tsv: what is written so is read so. A property that has
no name here keeps its own, with its prefix.
"""

from __future__ import annotations

from kg_service.terms import DCTERMS_NS, KG_NS, OWL_NS, PREFIXES, PROV_NS, RDFS_NS

# kinds of entity, agent and plan: the first that fits gives the types; see _kinds for activities
TYPES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ContainerImage", ("ContainerImage",)),
    ("Workflow", ("SoftwareSourceCode", "ComputationalWorkflow")),
    ("WorkflowStep", ("HowToStep",)),
    ("FormalParameter", ("FormalParameter",)),
    ("ParameterConnection", ("ParameterConnection",)),
    ("Protocol", ("LabProtocol",)),
    ("Instrument", ("IndividualProduct",)),
    ("Technique", ("DefinedTerm",)),
    ("Specimen", ("Sample",)),
    ("Sample", ("Sample",)),
    ("Value", ("PropertyValue",)),
    ("Dataset", ("Dataset",)),
    ("Collection", ("Collection",)),
    ("Investigation", ("CreativeWork",)),
    ("Person", ("Person",)),
    ("Organization", ("Organization",)),
    ("SoftwareAgent", ("SoftwareApplication",)),
    ("Location", ("Place",)),
    ("Plan", ("HowTo",)),
)
# the kinds that a reader makes of these types by itself
ENTAILED: dict[str, frozenset[str]] = {
    "File": frozenset({"File", "Data"}),
    "Dataset": frozenset({"Dataset", "Data"}),
    "ComputationalWorkflow": frozenset({"Workflow", "Software"}),
    "SoftwareApplication": frozenset({"Software"}),
    "SoftwareSourceCode": frozenset({"Software"}),
    "Sample": frozenset({"Sample", "Material"}),
    "CreateAction": frozenset({"Run", "WorkflowRun", "ToolRun"}),
    "ControlAction": frozenset({"Run", "StepRun"}),
    "OrganizeAction": frozenset({"Run", "EngineRun"}),
    "AssessAction": frozenset({"Assessment"}),
    "LabProcess": frozenset({"LabProcess"}),
    "PropertyValue": frozenset({"Value"}),
    "Collection": frozenset({"Collection"}),
    "HowToStep": frozenset({"WorkflowStep"}),
    "LabProtocol": frozenset({"Protocol"}),
    "IndividualProduct": frozenset({"Instrument"}),
    "FormalParameter": frozenset({"FormalParameter"}),
    "ParameterConnection": frozenset({"ParameterConnection"}),
    "ContainerImage": frozenset({"ContainerImage"}),
}
# of any thing
PROPERTIES: dict[str, str] = {
    RDFS_NS + "label": "name",
    OWL_NS + "sameAs": "sameAs",
    **{
        DCTERMS_NS + term: name
        for term, name in {
            "description": "description",
            "identifier": "identifier",
            "license": "license",
            "format": "encodingFormat",
            "issued": "datePublished",
            "modified": "dateModified",
        }.items()
    },
    **{
        PROV_NS + term: name
        for term, name in {
            "startedAtTime": "startTime",
            "endedAtTime": "endTime",
            "generatedAtTime": "dateCreated",
            "wasAttributedTo": "creator",
            "wasDerivedFrom": "isBasedOn",
            "used": "object",
            "wasAssociatedWith": "agent",
            "atLocation": "location",
        }.items()
    },
    **{
        KG_NS + term: name
        for term, name in {
            "name": "alternateName",
            "size": "contentSize",
            "location": "contentUrl",
            "md5": "md5",
            "sha1": "sha1",
            "sha256": "sha256",
            "sha512": "sha512",
            "value": "value",
            "unit": "unitText",
            "property": "propertyID",
            "version": "version",
            "error": "error",
            "affiliation": "affiliation",
            "hadPlan": "instrument",
            "parameterValue": "parameterValue",
            "characteristic": "additionalProperty",
            "containerImage": "containerImage",
            "resourceUsage": "resourceUsage",
            "environment": "environment",
            "registry": "registry",
            "tag": "tag",
            "connection": "connection",
            "sourceParameter": "sourceParameter",
            "targetParameter": "targetParameter",
            "input": "input",
            "output": "output",
            "formalParameter": "exampleOfWork",
            "defaultValue": "defaultValue",
            "hasStep": "step",
            "position": "position",
            "stepTool": "workExample",
            "hasTool": "hasPart",
            "wraps": "mainEntity",
            "requires": "softwareRequirements",
            "log": "subjectOf",
        }.items()
    },
}
# terms that no RO-Crate context has
TERMS: dict[str, str] = {
    "Sample": "https://bioschemas.org/Sample",
    "LabProcess": "https://bioschemas.org/LabProcess",
    "LabProtocol": "https://bioschemas.org/LabProtocol",
    "executesLabProtocol": "https://bioschemas.org/executesLabProtocol",
    "parameterValue": "https://bioschemas.org/parameterValue",
    "kg": PREFIXES["kg"],
    "prov": PREFIXES["prov"],
    "dcterms": PREFIXES["dcterms"],
}
STATUSES: dict[str, str] = {
    KG_NS + "Completed": "http://schema.org/CompletedActionStatus",
    KG_NS + "Failed": "http://schema.org/FailedActionStatus",
    KG_NS + "Active": "http://schema.org/ActiveActionStatus",
}
SOFTWARE = frozenset({"SoftwareApplication", "SoftwareSourceCode", "ComputationalWorkflow"})
RUNS = frozenset({"CreateAction", "ActivateAction", "UpdateAction"})
DATA = frozenset({"File", "Dataset"})
