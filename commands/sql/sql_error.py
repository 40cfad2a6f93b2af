"""What a statement of SQL is rejected with."""


class SqlError(Exception):
    """The statement is wrong; the text says where."""
