"""A program whose functions can stop between two of their steps: each has a twin, which is a generator.

The function itself stays as it is written. Its twin yields wherever another thread may go on: before a call,
before a statement that reads or writes what threads can share, between the reading and the writing of an
augmented assignment, and at each turn of a loop. `stepping` runs twins.
"""

import ast
import copy
from typing import Any

TWIN, CALL, OUT, ENTER, LEAVE, TURNS, GIVEN, RAISED, INLINE, ENDED, PASS_ON = (
    "_hw_twin", "_hw_call", "_hw_out", "_hw_enter", "_hw_leave", "_hw_turns", "_hw_given", "_hw_raised",
    "_hw_inline", "_hw_ended", "_hw_pass_on",
)  # fmt: skip
"""The names by which a twin calls `stepping`: built-ins of its module, so that no name of theirs is taken."""
_AS_THEY_ARE = frozenset(("super", "locals", "vars", "globals"))
"""What looks at the frame that calls it."""
_AT_ONCE = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""What runs with no switch inside."""

Statements = list[ast.stmt]


def with_twins(source: str, filename: str) -> ast.Module:
    """Give the tree of a program in which each synchronous function has a twin. Raises what `ast` raises."""
    tree = ast.parse(source, filename)
    _Twins(_rebound(tree)).visit(tree)
    return ast.fix_missing_locations(tree)


def _rebound(tree: ast.AST) -> frozenset[str]:
    """The names that a function binds outside of itself."""
    outer = [node for node in ast.walk(tree) if isinstance(node, ast.Global | ast.Nonlocal)]
    return frozenset(name for node in outer for name in node.names)


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _store(name: str) -> ast.Name:
    return ast.Name(name, ast.Store())


def _calls(name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(_load(name), list(args), [])


def _here(tree: Any, node: ast.AST) -> Any:
    """Give what was made in the place of a node the line of that node."""
    for each in ast.walk(tree):
        if isinstance(each, ast.expr | ast.stmt | ast.excepthandler) and not hasattr(each, "lineno"):
            ast.copy_location(each, node)
    return tree


class _Twins(ast.NodeTransformer):
    """Puts a twin beside each synchronous function, wherever it is defined."""

    def __init__(self, rebound: frozenset[str]) -> None:
        self._rebound = rebound

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        twin: Any = copy.deepcopy(node)
        self.generic_visit(node)
        twin.decorator_list, twin.returns, twin.type_params = [], None, []
        _without_defaults(twin.args)
        steps = _Steps(self, self._rebound, is_generator=_yields(twin))
        twin.body = steps.body(twin.body)
        kind = ast.Constant(steps.is_generator)
        node.decorator_list.append(_here(_calls(TWIN, _load(node.name), kind), node))
        return [twin, node]

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        twin = copy.deepcopy(node)
        self.generic_visit(node)
        return _with_inline_twin(node, twin, _Steps(self, self._rebound, is_generator=False))


def _without_defaults(args: ast.arguments) -> None:
    """The twin takes the defaults of its function, which are made once."""
    args.defaults = [ast.Constant(None) for _ in args.defaults]
    args.kw_defaults = [None if default is None else ast.Constant(None) for default in args.kw_defaults]
    for arg in [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]:
        if arg is not None:
            arg.annotation = None


def _yields(function: ast.FunctionDef) -> bool:
    """Is it a generator function?"""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return False


def _with_inline_twin(node: ast.Lambda, twin: ast.Lambda, steps: "_Steps") -> Any:
    """Give what makes this lambda, and says which generator is its twin; `twin` is the lambda as written."""
    if any(isinstance(each, ast.Yield | ast.YieldFrom) for each in ast.walk(twin)):
        return node
    _without_defaults(twin.args)
    never = ast.Yield(ast.Constant(None))
    twin.body = ast.IfExp(ast.Constant(False), never, _calls(ENDED, steps.visit(twin.body)))
    return _here(_calls(INLINE, node, twin), node)


class _Steps(ast.NodeTransformer):
    """Makes the body of one function the body of its twin."""

    def __init__(self, twins: _Twins, rebound: frozenset[str], *, is_generator: bool) -> None:
        self._twins, self._rebound, self.is_generator = twins, rebound, is_generator
        self._made = 0

    def body(self, statements: Statements) -> Statements:
        """The whole body: a generator, whatever stands in it, out of which no StopIteration comes."""
        first = statements[0]
        body = self.block(statements)
        if not self.is_generator:
            caught = ast.Return(_calls(RAISED, _load("_hw_error")))
            handler = ast.ExceptHandler(_load("StopIteration"), "_hw_error", [caught])
            body = [ast.Try(body, [handler], [], [])]
        never = ast.If(ast.Constant(False), [ast.Expr(ast.Yield(None))], [])
        return [_here(each, first) for each in (never, *body)]

    def block(self, statements: Statements) -> Statements:
        """Statements that follow each other."""
        return [made for statement in statements for made in self._statement(statement)]

    def _statement(self, node: ast.stmt) -> Statements:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            made = self._twins.visit(node)
            return made if isinstance(made, list) else [made]
        before = [self._point(node)] if self._shares(*_header(node)) else []
        made = self.visit(node)
        return [*before, *([_here(each, node) for each in made] if isinstance(made, list) else [made])]

    def _point(self, node: ast.AST) -> ast.stmt:
        point: ast.stmt = _here(ast.Expr(ast.Yield(None)), node)
        return point

    def _shares(self, *parts: ast.AST) -> bool:
        """Do these expressions touch what threads can share, with no call, which is a point of its own?"""
        touches = False
        for part in parts:
            for node in ast.walk(part):
                if isinstance(node, ast.Call):
                    return False
                touches |= isinstance(node, ast.Attribute | ast.Subscript)
                touches |= isinstance(node, ast.Name) and node.id in self._rebound
        return touches

    def _name(self) -> str:
        self._made += 1
        return f"_hw_{self._made}"

    # ---- statements

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, field, self.block(value))
            elif isinstance(value, list):
                setattr(node, field, [self.visit(v) if isinstance(v, ast.AST) else v for v in value])
            elif isinstance(value, ast.AST):
                setattr(node, field, self.visit(value))
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        node.target = self.visit(node.target)
        node.value = None if node.value is None else self.visit(node.value)
        return node

    def visit_While(self, node: ast.While) -> Any:
        test = self.visit(node.test)
        if self._shares(node.test):
            test = _here(ast.BoolOp(ast.Or(), [ast.Yield(None), test]), node.test)
        node.test, node.body, node.orelse = test, self.block(node.body), self.block(node.orelse)
        return node

    def visit_For(self, node: ast.For) -> Any:
        turns = self._name()
        begin = ast.Assign([_store(turns)], _calls(TURNS, self.visit(node.iter)))
        more = ast.YieldFrom(ast.Call(ast.Attribute(_load(turns), "more", ast.Load()), [], []))
        take = ast.Assign([node.target], ast.Attribute(_load(turns), "value", ast.Load()))
        loop = ast.While(more, [_here(take, node.target), *self.block(node.body)], self.block(node.orelse))
        return [begin, loop]

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        """What it adds to is read, then another thread may go on, then it is written."""
        target, value = node.target, node.value
        if isinstance(target, ast.Name) and target.id not in self._rebound:
            node.value = self.visit(value)
            return node
        old, before = self._name(), []
        if isinstance(target, ast.Attribute):
            holder = self._name()
            before.append(ast.Assign([_store(holder)], self.visit(target.value)))
            target = ast.Attribute(_load(holder), target.attr, ast.Store())
        elif isinstance(target, ast.Subscript):
            holder, key = self._name(), self._name()
            before.append(ast.Assign([_store(holder)], self.visit(target.value)))
            before.append(ast.Assign([_store(key)], self.visit(target.slice)))
            target = ast.Subscript(_load(holder), _load(key), ast.Store())
        read = copy.copy(target)
        read.ctx = ast.Load()
        add = ast.AugAssign(_store(old), node.op, self.visit(value))
        point = ast.Expr(ast.Yield(None))
        write = ast.Assign([target], _load(old))
        return [*before, ast.Assign([_store(old)], read), point, add, write]

    def visit_With(self, node: ast.With) -> Any:
        first, *others = node.items
        inner: Statements = [_here(ast.With(others, node.body), node)] if others else node.body
        manager, is_over, error = self._name(), self._name(), self._name()
        entered = _calls(OUT, ast.YieldFrom(_calls(ENTER, _load(manager))))
        enter = ast.Assign([first.optional_vars], entered) if first.optional_vars else ast.Expr(entered)
        leave = _calls(OUT, ast.YieldFrom(_calls(LEAVE, _load(manager), _load(error))))
        failed = ast.If(ast.UnaryOp(ast.Not(), leave), [ast.Raise(None, None)], [])
        handler = ast.ExceptHandler(
            _load("BaseException"), error, [ast.Assign([_store(is_over)], ast.Constant(True)), failed]
        )
        ended = ast.Expr(_calls(OUT, ast.YieldFrom(_calls(LEAVE, _load(manager), ast.Constant(None)))))
        last = ast.If(ast.UnaryOp(ast.Not(), _load(is_over)), [ended], [])
        return [
            ast.Assign([_store(manager)], self.visit(first.context_expr)),
            enter,
            ast.Assign([_store(is_over)], ast.Constant(False)),
            ast.Try([ast.Try(self.block(inner), [handler], [], [])], [], [], [last]),
        ]

    # ---- expressions

    def visit_Call(self, node: ast.Call) -> Any:
        if isinstance(node.func, ast.Name) and node.func.id in _AS_THEY_ARE:
            return node
        self.generic_visit(node)
        call = ast.Call(_load(CALL), [node.func, *node.args], node.keywords)
        return _here(_calls(OUT, ast.YieldFrom(call)), node)

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        twin = copy.deepcopy(node)
        node.args.defaults = [self.visit(default) for default in node.args.defaults]
        return _with_inline_twin(node, twin, self)

    def visit_Yield(self, node: ast.Yield) -> Any:
        value = ast.Constant(None) if node.value is None else self.visit(node.value)
        return _here(ast.Yield(_calls(GIVEN, value)), node)

    def visit_YieldFrom(self, node: ast.YieldFrom) -> Any:
        return _here(ast.YieldFrom(_calls(PASS_ON, self.visit(node.value))), node)

    def visit(self, node: ast.AST) -> Any:
        """Give what stands for the node in a twin; a comprehension stands for itself."""
        return node if isinstance(node, _AT_ONCE) else super().visit(node)


def _header(node: ast.stmt) -> list[ast.AST]:
    """What of a statement runs when it begins."""
    if isinstance(node, ast.If):
        return [node.test]
    if isinstance(node, ast.Match):
        return [node.subject]
    if isinstance(
        node, ast.While | ast.For | ast.With | ast.Try | ast.TryStar | ast.AsyncWith | ast.AsyncFor
    ):
        return []
    if isinstance(node, ast.AnnAssign):
        return [node.target, node.value] if node.value is not None else []
    if isinstance(node, ast.AugAssign):
        return [node]
    return [node]
