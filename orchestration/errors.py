"""The errors that stop a command with a sentence."""


class ProjectError(Exception):
    """What is wrong and what to do about it, in the message; nobody needs the traceback."""


class WarehouseError(ProjectError, ValueError):
    """The warehouse cannot take this run; the message says why and what to do."""


class RunError(ProjectError, RuntimeError):
    """The run failed; the message is for the person who started it."""
