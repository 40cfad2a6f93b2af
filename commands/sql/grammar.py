"""Which nodes of a statement are known, and what of each may be given."""

from sqlglot import exp

_QUERY = ("with_", "order", "limit", "offset")
_BINARY = ("this", "expression")
_KINDS: list[tuple[tuple[type[exp.Expr], ...], tuple[str, ...]]] = [
    (
        (exp.Select,),
        (*_QUERY, "distinct", "expressions", "from_", "joins", "where", "group", "having"),
    ),
    ((exp.Union, exp.Intersect, exp.Except), (*_QUERY, *_BINARY, "distinct")),
    ((exp.Subquery,), (*_QUERY, "this", "alias")),
    ((exp.Values,), (*_QUERY, "expressions", "alias")),
    ((exp.With, exp.Distinct, exp.Group, exp.Array, exp.Tuple), ("expressions",)),
    ((exp.Rollup, exp.Cube, exp.GroupingSets), ("expressions",)),
    ((exp.CTE, exp.Alias), ("this", "alias")),
    ((exp.TableAlias,), ("this", "columns")),
    ((exp.From, exp.Where, exp.Having, exp.Paren, exp.Neg, exp.Not, exp.Exists), ("this",)),
    ((exp.Boolean, exp.DataTypeParam, exp.IgnoreNulls, exp.RespectNulls, exp.Var), ("this",)),
    ((exp.Trim,), ("this",)),
    ((exp.Join,), ("this", "side", "kind", "on", "using")),
    ((exp.Table,), ("this", "db", "catalog", "alias", "joins")),
    ((exp.Unnest,), ("expressions", "alias", "offset")),
    ((exp.Column,), ("this", "table", "db", "catalog")),
    ((exp.Star, exp.Null, exp.CurrentDate, exp.CurrentTimestamp, exp.Localtimestamp), ()),
    ((exp.Ordered,), ("this", "desc", "nulls_first")),
    ((exp.Order, exp.Bracket, exp.Lambda, exp.Anonymous), ("this", "expressions")),
    ((exp.Limit, exp.Offset), ("expression",)),
    ((exp.Window,), ("this", "partition_by", "order", "spec", "over")),
    ((exp.WindowSpec,), ("kind", "start", "start_side", "end", "end_side")),
    ((exp.Literal,), ("this", "is_string")),
    ((exp.Identifier,), ("this", "quoted")),
    ((exp.Cast,), ("this", "to")),
    ((exp.TryCast,), ("this", "to", "safe", "requires_string")),
    ((exp.DataType,), ("this", "expressions", "nested")),
    ((exp.ColumnDef,), ("this", "kind")),  # a member of a row type
    ((exp.Interval,), ("this", "unit")),
    ((exp.Case,), ("this", "ifs", "default")),
    ((exp.If,), ("this", "true")),
    ((exp.In,), ("this", "expressions", "query")),
    ((exp.Between,), ("this", "low", "high")),
    ((exp.AtTimeZone,), ("this", "zone")),
    ((exp.StrPosition,), ("this", "substr")),
    ((exp.And, exp.Or, exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.DPipe, exp.Dot), _BINARY),
    ((exp.Div,), (*_BINARY, "typed", "safe")),
    ((exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.Like, exp.Escape), _BINARY),
    ((exp.NullSafeEQ, exp.NullSafeNEQ, exp.Filter, exp.WithinGroup, exp.Extract), _BINARY),
    ((exp.IntervalSpan,), _BINARY),
]
KNOWN = {kind: {*parts} for kinds, parts in _KINDS for kind in kinds}
JOINS = {("", ""), ("", "INNER"), ("", "CROSS")} | {
    (side, kind) for side in ("LEFT", "RIGHT", "FULL") for kind in ("", "OUTER")
}
SYMBOLS = {
    *("(", ")", "[", "]", ",", ".", ";", "+", "-", "*", "/", "%"),
    *("=", "<>", "!=", "<", "<=", ">", ">=", "||", "->"),
}
