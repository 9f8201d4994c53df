"""Reading PROV-N (W3C Recommendation of 30 April 2013) by its grammar.

Written here because the parsers at hand refuse what real files do: a colon in a local name,
an expression of an extension, dictionaries. A faulty expression does not end the reading: the
next one is looked for, so that all faults of a file are told at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingest.findings import Findings
from ingest.prov.faults import Faults
from ingest.prov.model import (
    PROV,
    XSD,
    XSD_DATETIME,
    BundleRecords,
    Name,
    ProvRecords,
    Record,
    Text,
    Value,
)
from ingest.prov.namespaces import Namespaces, UnknownPrefix
from ingest.prov.provn_tokens import Kind, Token, tokens
from ingest.prov.relations import DICTIONARY, ELEMENTS, EXTENSION, RELATIONS, SUBTYPES

_QNAME = XSD + "QName"
_SHOWN = {Kind.END: "the end of the file"}
_ARGUMENTS = (
    {kind: len(further) for kind, further in ELEMENTS.items()}
    | {kind: len(relation.arguments) for kind, relation in RELATIONS.items()}
    | {kind: len(arguments) for kind, arguments in DICTIONARY.items()}
)
_SET = tuple[tuple[Value, Value | None], ...]


class _Fault(Exception):
    """What is wrong at a word; the parser goes on with the next expression."""

    def __init__(self, what: str, at: Token) -> None:
        super().__init__(what)
        self.what = what
        self.at = at


def read_provn(text: str, where: str, findings: Findings) -> ProvRecords:
    """The records of a PROV-N document. Raises InvalidSource with line and column of each fault."""
    parser = _Parser(tokens(text), where, findings, Namespaces(findings))
    document = parser.document()
    faults = Faults("PROV-N", where, ":")
    for fault in parser.faults:
        faults.add(f"{fault.at.line}:{fault.at.column}", fault.what)
    faults.refuse()
    return document


@dataclass
class _Parser:
    words: list[Token]
    where: str
    findings: Findings
    scope: Namespaces

    def __post_init__(self) -> None:
        self.at = 0
        self.faults: list[_Fault] = []

    # --- document and bundles ---------------------------------------------------------------

    def document(self) -> ProvRecords:
        read = ProvRecords()
        try:
            self._keyword("document")
        except _Fault as fault:
            self.faults.append(fault)
            return read
        self._declarations()
        while not self._is("endDocument"):
            if self.word.kind is Kind.END:
                self.faults.append(_Fault("the document has no endDocument", self.word))
                return read
            if self._is("bundle"):
                self._bundle(read)
            else:
                self._expression(read.records)
        self.at += 1
        if self.word.kind is not Kind.END:
            self.faults.append(_Fault(f"{_show(self.word)} after endDocument", self.word))
        return read

    def _bundle(self, read: ProvRecords) -> None:
        self.at += 1
        outer, named = self.scope, self.word
        self.at += 1
        self.scope = outer.inner()
        self._declarations()
        bundle = BundleRecords("")
        try:
            # its own prefixes count for its name as well, as ProvToolbox writes it
            bundle.id = self._name(named)
        except _Fault as fault:
            self.faults.append(fault)
        while not self._is("endBundle"):
            if self.word.kind is Kind.END or self._is("endDocument"):
                self.faults.append(_Fault("the bundle has no endBundle", self.word))
                break
            self._expression(bundle.records)
        else:
            self.at += 1
        self.scope = outer
        read.bundles.append(bundle)

    def _declarations(self) -> None:
        while self._is("prefix") or self._is("default"):
            start = self.word
            self.at += 1
            prefix = ""
            if start.text == "prefix":
                prefix = self.word.text.rstrip(":")
                self.at += 1
            if self.word.kind is not Kind.IRI:
                self.faults.append(
                    _Fault(f"expected an address in <…>, found {_show(self.word)}", self.word)
                )
                return
            self.scope.declare(prefix, self.word.text, self._place(start))
            self.at += 1

    # --- expressions ------------------------------------------------------------------------

    def _expression(self, records: list[Record]) -> None:
        start = self.at
        try:
            if self._is_extension():
                place = self._place(self.word)
                self.findings.lost("extension", place, f"the expression {self.word.text}")
                self._skip(start)
            else:
                records.append(self._record())
        except _Fault as fault:
            self.faults.append(fault)
            self._skip(start)

    def _skip(self, start: int) -> None:
        """On to the next word that can begin an expression."""
        self.at = max(self.at, start + 1)
        line = self.words[start].line
        while self.word.kind is not Kind.END:
            if self.word.kind is Kind.NAME and self.word.line > line:
                following = self.words[self.at + 1]
                if following.text == "(" or self.word.text in (
                    "bundle", "endBundle", "endDocument",
                ):  # fmt: skip
                    return
            self.at += 1

    def _is_extension(self) -> bool:
        """An expression of another vocabulary; PROV-N section 3.8."""
        if self.word.kind is not Kind.NAME or ":" not in self.word.text:
            return False
        return not self._name(self.word).startswith((PROV, EXTENSION))

    def _record(self) -> Record:
        head = self.word
        if head.kind is not Kind.NAME:
            raise _Fault(f"expected an expression, found {_show(head)}", head)
        kind, subtype = self._kind(head)
        self.at += 1
        self._expect("(")
        id_ = None
        if self._ahead(1, ";"):
            id_ = None if self.word.kind is Kind.MARKER else self._name(self.word)
            self.at += 2
        elif self._is(";"):
            self.at += 1
        arguments: list[Value | None] = []
        pairs: _SET = ()
        attributes: list[tuple[str, Value]] = []
        while not self._is(")"):
            if self._is("["):
                attributes += self._attributes()
            elif self._is("{"):
                pairs += self._set()
            elif self.word.kind is Kind.MARKER:
                self.at += 1
                arguments.append(None)
            else:
                arguments.append(self._argument())
            if self._is(",") or self._is(";"):
                self.at += 1
            elif not self._is(")"):
                raise _Fault(f"expected , or ), found {_show(self.word)}", self.word)
        self.at += 1
        if kind in ELEMENTS:
            identified = arguments.pop(0) if arguments else None
            if not isinstance(identified, Name):
                raise _Fault(f"{kind} needs an identifier", head)
            id_ = identified.iri
        if any(surplus := arguments[_ARGUMENTS[kind] :]):
            self.findings.lost(
                "argument", self._place(head), f"{kind} takes {_ARGUMENTS[kind]}: {surplus!r}"
            )
        arguments = arguments[: _ARGUMENTS[kind]]
        if subtype is not None:
            attributes.append((PROV + "type", Name(subtype)))
        return Record(kind, id_, tuple(arguments), tuple(attributes), self._place(head), pairs)

    def _kind(self, head: Token) -> tuple[str, str | None]:
        word = head.text
        if ":" in word:
            name = self._name(head)
            for namespace in (PROV, EXTENSION):
                if name.startswith(namespace):
                    word = name.removeprefix(namespace)
        if word in SUBTYPES and word not in _ARGUMENTS:
            return SUBTYPES[word]
        if word not in _ARGUMENTS:
            raise _Fault(f"{head.text!r} is no expression of PROV-N", head)
        return word, None

    def _attributes(self) -> list[tuple[str, Value]]:
        self._expect("[")
        found = []
        while not self._is("]"):
            name = self._name(self.word)
            self.at += 1
            self._expect("=")
            found.append((name, self._value()))
            if self._is(","):
                self.at += 1
            elif not self._is("]"):
                raise _Fault(f"expected , or ], found {_show(self.word)}", self.word)
        self.at += 1
        return found

    def _set(self) -> _SET:
        """Keys, members, or pairs ``(key, entity)`` in braces; PROV-Dictionary section 3.3."""
        self._expect("{")
        found: list[tuple[Value, Value | None]] = []
        while not self._is("}"):
            if self._is("("):
                self.at += 1
                key = self._argument()
                self._expect(",")
                found.append((key, self._argument()))
                self._expect(")")
            else:
                found.append((self._argument(), None))
            if self._is(","):
                self.at += 1
            elif not self._is("}"):
                raise _Fault(f"expected , or }}, found {_show(self.word)}", self.word)
        self.at += 1
        return tuple(found)

    # --- values -----------------------------------------------------------------------------

    def _argument(self) -> Value:
        if self.word.kind is Kind.NAME:
            name = self._name(self.word)
            self.at += 1
            return Name(name)
        return self._value()

    def _value(self) -> Value:
        word = self.word
        if word.kind is Kind.QUOTED:
            name = self._name(word)
            self.at += 1
            return Name(name)
        if word.kind is Kind.TIME:
            self.at += 1
            return Text(word.text, XSD_DATETIME)
        if word.kind is Kind.NUMBER:
            self.at += 1
            whole = word.text.lstrip("+-").isdigit()
            return Text(word.text, XSD + ("int" if whole else "double"))
        if word.kind is not Kind.STRING:
            raise _Fault(f"expected a value, found {_show(word)}", word)
        self.at += 1
        if self.word.kind is Kind.LANGUAGE:
            language = self.word.text
            self.at += 1
            return Text(word.text, None, language)
        if self.word.kind is not Kind.TYPED:
            return Text(word.text)
        self.at += 1
        datatype = self._name(self.word)
        typed = self.word
        self.at += 1
        if datatype in (_QNAME, PROV + "QUALIFIED_NAME"):
            return Name(self._expanded(word.text, typed))
        return Text(word.text, None if datatype == XSD + "string" else datatype)

    def _name(self, word: Token) -> str:
        if word.kind is Kind.IRI:
            return word.text
        if word.kind not in (Kind.NAME, Kind.QUOTED, Kind.NUMBER, Kind.TIME):
            raise _Fault(f"expected a name, found {_show(word)}", word)
        return self._expanded(word.text, word)

    def _expanded(self, name: str, word: Token) -> str:
        try:
            return self.scope.expand(name)
        except UnknownPrefix as error:
            raise _Fault(str(error), word) from error

    # --- words ------------------------------------------------------------------------------

    @property
    def word(self) -> Token:
        return self.words[self.at] if self.at < len(self.words) else self.words[-1]

    def _is(self, text: str) -> bool:
        word = self.word
        return word.text == text and word.kind in (Kind.NAME, Kind.PUNCTUATION)

    def _ahead(self, steps: int, text: str) -> bool:
        at = self.at + steps
        return at < len(self.words) and self.words[at].text == text

    def _expect(self, text: str) -> None:
        if not self._is(text):
            raise _Fault(f"expected {text}, found {_show(self.word)}", self.word)
        self.at += 1

    def _keyword(self, text: str) -> None:
        if not self._is(text):
            raise _Fault(f"expected the word {text}, found {_show(self.word)}", self.word)
        self.at += 1

    def _place(self, word: Token) -> str:
        return f"{self.where}:{word.line}:{word.column}"


def _show(word: Token) -> str:
    return _SHOWN.get(word.kind) or repr(word.text)
