"""One module a command: ``run(console, arguments)`` parses what is its own and returns the exit code."""
