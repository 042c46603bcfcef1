"""From words to a tree: the part of CEL that rules may use.

The engine below evaluates CEL but shows neither its tree nor its types, so the text is read here
first. What this grammar accepts is CEL; maps, bytes, unsigned numbers and messages are left out.
"""

from collections.abc import Callable, Mapping

from openccm.rules.findings import ExpressionError
from openccm.rules.syntax import (
    Binary,
    Chain,
    Choice,
    Constant,
    Index,
    Invoke,
    Items,
    Name,
    Node,
    Select,
    Unary,
    deepest,
)
from openccm.rules.tokens import RESERVED, Token, refusal, tokens_of

MAX_LENGTH = 2_000
MAX_DEPTH = 24
"""Levels of a tree; the engine's own parser gives up at 96 parentheses."""

_STRENGTH: Mapping[str, int] = {
    "||": 1,
    "&&": 2,
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">=", "in"), 3),
    **dict.fromkeys("+-", 4),
    **dict.fromkeys("*/%", 5),
}
_WORDS = {"true": True, "false": False, "null": None}
_MENDS = {"and": "Write && for 'and'.", "or": "Write || for 'or'.", "not": "Write ! for 'not'."}


def parse(source: str) -> Node:
    """The tree of ``source``.

    Raises:
        ExpressionError: The text is no expression, is too long or too deeply nested.
    """
    if len(source) > MAX_LENGTH:
        raise refusal(
            MAX_LENGTH,
            f"The rule is longer than {MAX_LENGTH} characters.",
            "Split it into several rules; each of them must be true.",
        )
    if not source.strip():
        raise refusal(0, "The rule is empty.", 'Write a condition, for example "bill.amount > 0".')
    tree = _Parser(list(tokens_of(source))).whole()
    depth, node = deepest(tree)
    if depth > MAX_DEPTH:
        raise _too_deep(node.at)
    return tree


def _too_deep(at: int) -> ExpressionError:
    return refusal(at, "The rule is nested too deeply.", "Split it into several rules.")


def _joined(operator: Token, left: Node, right: Node) -> Node:
    if operator.text not in ("&&", "||"):
        return Binary(operator.at, operator.text, left, right)
    if isinstance(left, Chain) and left.operator == operator.text:
        return Chain(left.at, operator.text, (*left.operands, right))
    return Chain(operator.at, operator.text, (left, right))


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._expression()
        if self._now.kind != "end":
            raise self._unexpected("an operator such as && or >")
        return node

    @property
    def _now(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._now
        self._next += 1
        return token

    def _found(self, *signs: str) -> bool:
        """Whether the next word is one of these; takes it if so."""
        if self._now.kind in ("sign", "name") and self._now.text in signs:
            self._next += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._found(sign):
            raise self._unexpected(f"{sign!r}")

    def _unexpected(self, wanted: str) -> ExpressionError:
        token = self._now
        found = token.text if token.kind == "end" else repr(token.text)
        return refusal(
            token.at,
            f"Found {found} where {wanted} belongs.",
            _MENDS.get(token.text, "Complete the rule, or take out what is too much."),
        )

    def _deeper(self, at: int, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _too_deep(at)
        node = read()
        self._depth -= 1
        return node

    def _expression(self) -> Node:
        return self._deeper(self._now.at, self._choice)

    def _choice(self) -> Node:
        condition = self._binary(1)
        at = self._now.at
        if not self._found("?"):
            return condition
        then = self._expression()
        self._expect(":")
        return Choice(at, condition, then, self._expression())

    def _binary(self, weakest: int) -> Node:
        left = self._unary()
        while (strength := self._strength()) >= weakest:
            operator = self._take()
            left = _joined(operator, left, self._binary(strength + 1))
        return left

    def _strength(self) -> int:
        token = self._now
        return _STRENGTH.get(token.text, 0) if token.kind in ("sign", "name") else 0

    def _unary(self) -> Node:
        at = self._now.at
        if self._now.kind == "sign" and self._now.text in ("!", "-"):
            operator = self._take().text
            return Unary(at, operator, self._deeper(at, self._unary))
        return self._member()

    def _member(self) -> Node:
        node = self._primary()
        while True:
            at = self._now.at
            if self._found("."):
                node = self._select(at, node)
            elif self._found("["):
                node = Index(at, node, self._expression())
                self._expect("]")
            else:
                return node

    def _select(self, at: int, target: Node) -> Node:
        if self._now.kind != "name" or self._now.text in RESERVED:
            raise self._unexpected("a name")
        name = self._take()
        if self._found("("):
            return Invoke(name.at, name.text, target, self._list(")"))
        return Select(at + 1, target, name.text)

    def _primary(self) -> Node:
        token = self._now
        if token.kind in ("number", "text"):
            return Constant(self._take().at, token.value)
        if self._found("("):
            node = self._expression()
            self._expect(")")
            return node
        if self._found("["):
            return Items(token.at, self._list("]"))
        if token.kind == "name":
            return self._name(token)
        raise self._unexpected("a field or a value")

    def _name(self, token: Token) -> Node:
        if token.text in _WORDS:
            return Constant(self._take().at, _WORDS[token.text])
        if token.text in RESERVED:
            raise self._unexpected("a field or a value")
        self._take()
        if self._found("("):
            return Invoke(token.at, token.text, None, self._list(")"))
        return Name(token.at, token.text)

    def _list(self, closing: str) -> tuple[Node, ...]:
        nodes: list[Node] = []
        if self._found(closing):
            return ()
        while True:
            nodes.append(self._expression())
            if self._found(closing):
                return tuple(nodes)
            self._expect(",")
