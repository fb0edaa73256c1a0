"""How people command: the console script `nianbao`, one module a command group.

    __main__.py   the way in
    app.py        builds the program and runs it; the only place where errors become lines and exit codes
    commands      crawling · parsing · reports · history · exporting · status
    under them    language (English and Chinese) · help · screen (stdout) · progress (stderr) · moments

Rules of the room: what was asked for goes to stdout, everything else to stderr. `--json` prints one JSON
document and nothing else. Off a terminal the output is plain: tables are lines of tab-separated cells, there
is no progress, no colour. An error is one line on stderr that says what to do, and the exit code of its class
in `errors`.
"""
