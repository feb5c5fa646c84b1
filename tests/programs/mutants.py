"""Makes mutants of a module: one small change of one function each, such as `<` for `<=` or a statement left out.

A mutant is put into a module that is imported already by exchanging the code of one function, so that whoever has
imported the function has the mutant, too. What stands outside functions (constants, classes) is not changed.
"""

from __future__ import annotations

import ast
import copy
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType, FunctionType

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A function with one change.

    Attributes:
        file: The file of its module, under the working directory.
        line: The changed line.
        function: The name with which the function's code is found.
        before: The source before the change.
        after: The source after it; empty where it is left out.
        code: The function's code.
    """

    file: str
    line: int
    function: str
    before: str
    after: str
    code: CodeType

    def __str__(self) -> str:
        before, after = (text.splitlines()[0][:70] if text else "(nothing)" for text in (self.before, self.after))
        return f"{self.file}:{self.line}: {before}  ->  {after}"

    def apply(self) -> None:
        """Give the function in this process the changed code."""
        for found in gc.get_objects():
            if isinstance(found, FunctionType) and self._is_of(found.__code__):
                found.__code__ = self.code

    def _is_of(self, code: CodeType) -> bool:
        same = code.co_qualname == self.function and code.co_firstlineno == self.code.co_firstlineno
        return same and Path(code.co_filename).resolve() == Path(self.file).resolve()


def count_of(file: str) -> int:
    """Return how many changes of a module there are."""
    return sum(1 for _ in _changes(_parsed(file)))


def mutant_of(file: str, number: int) -> Mutant | None:
    """Return the mutant of a module with one of its changes, or None where that makes no difference to the code."""
    tree = _parsed(file)
    changed = copy.deepcopy(tree)
    owner, field, index, node, replacement = list(_changes(changed))[number]
    before = ast.unparse(node)
    if index is None:
        setattr(owner, field, replacement)
    else:
        getattr(owner, field)[index] = replacement
    after = "" if isinstance(replacement, ast.Pass) else ast.unparse(replacement)
    ast.fix_missing_locations(changed)
    module = compile(changed, file, "exec")
    line = getattr(node, "lineno", 0) or getattr(owner, "lineno", 0)
    original = {code.co_qualname: code for code in _codes(compile(tree, file, "exec"))}
    for code in _codes(module):  # the outermost function with a difference; what is nested is in its constants
        if (was := original.get(code.co_qualname)) is not None and was != code and _is_outermost(code):
            return Mutant(file, line, code.co_qualname, before, after, code)
    return None


@lru_cache(maxsize=1)
def _parsed(file: str) -> ast.Module:
    return ast.parse(Path(file).read_text("utf-8"))


def _is_outermost(code: CodeType) -> bool:
    return "<locals>" not in code.co_qualname and not code.co_name.startswith("<")


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & 0x2:  # a function has its own names (CO_NEWLOCALS); a class body has not
                yield constant
            yield from _codes(constant)


Change = tuple[ast.AST, str, int | None, ast.AST, ast.AST]


def _changes(tree: ast.AST) -> Iterator[Change]:
    """Yield each place that can be changed within a function: owner, field, index in it, the node and its successor."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for statement in function.body:
                yield from _changes_within(statement, function)


def _changes_within(top: ast.stmt, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Change]:
    pending: list[tuple[ast.AST, str, int | None, ast.AST]] = [(function, "body", function.body.index(top), top)]
    while pending:
        owner, field, index, node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue  # walked on its own
        yield from ((owner, field, index, node, new) for new in _successors(node))
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                pending += [(node, name, at, each) for at, each in enumerate(value) if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST) and name != "annotation":
                pending.append((node, name, None, value))


def _successors(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in place of a node."""
    yield from _other_statements(node) if isinstance(node, ast.stmt) else _other_expressions(node)


def _other_expressions(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _COMPARISONS:
            yield ast.Compare(left, [_COMPARISONS[type(operator)]()], [right])
        case ast.BoolOp(op=operator, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
            yield ast.BinOp(left, _OPERATORS[type(operator)](), right)
        case ast.Constant(value=bool() as value):
            yield ast.Constant(value=not value)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value=value + 1)
        case ast.IfExp(test=test, body=first, orelse=second):
            yield ast.IfExp(test, second, first)


def _other_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield ast.Return(ast.Constant(value=None))
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.Raise() | ast.AugAssign() | ast.Delete():
            yield ast.Pass()
        case ast.Expr(value=value) if not isinstance(value, ast.Constant):
            yield ast.Pass()


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
