"""The questions that can be asked by name: one ``.rq`` file each, which documents itself."""

from __future__ import annotations

from kg_service.questions.asking import ask, question_named, terms_of
from kg_service.questions.header import load_questions, read_question
from kg_service.questions.model import Column, Parameter, ParameterType, Question

__all__ = [
    "Column",
    "Parameter",
    "ParameterType",
    "Question",
    "ask",
    "load_questions",
    "question_named",
    "read_question",
    "terms_of",
]
