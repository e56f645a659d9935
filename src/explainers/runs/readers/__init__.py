"""Log formats: a new format is a new file here, with one function.

The function is marked with `@reader("the format's name")`, takes a `Source` and gives a `Run`. It raises
`Refused` with the reason where the content is not its format, and InvalidInput where it is, but broken. A
reader gives what the log says; `runs.reconcile` takes out what can't be so. See `runs.reading` for what
readers work with.
"""
