"""The words of Rich Text Format: how they are told apart, and which groups are not printed."""

from __future__ import annotations

import re

TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\'(?P<hex>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>[^a-zA-Z'])"
    rb"|(?P<open>\{)|(?P<close>\})"
    rb"|(?P<text>[^\\{}]+)"
    rb"|\\'?",
    re.DOTALL,
)
"""A control word with its number, an octet in hex, a control symbol, a brace, or a run of characters."""

SKIPPED = frozenset(
    (
        b"fonttbl colortbl stylesheet info pict object fldinst listtable listoverridetable rsidtbl "
        b"generator themedata colorschememapping datastore xmlnstbl latentstyles bkmkstart bkmkend "
        b"nonshppict shppict sn sv header headerl headerr headerf footer footerl footerr footerf footnote "
        b"annotation atnid atnauthor atndate atnref atntime atnparent atnicn ftnsep ftnsepc aftnsep "
        b"aftnsepc xe tc tcn revtbl filetbl pn pnseclvl formfield ffdeftext ffname nonesttables upr "
        b"shprslt pgptbl wgrffmtfilter mmath listpicture background "
    ).split()
)
"""Groups that are not printed, by their first word."""

KEPT = frozenset((b"shpinst", b"nesttableprops", b"ud"))
"""Groups that are read although they are marked as free to be ignored."""

OPENED_AGAIN = frozenset((b"shptxt", b"result", b"ud"))
"""Groups that are printed although they stand in one that is not."""

LETTERS = frozenset(
    b"u uc f dbch loch hich af v deleted strike striked super sub nosupersub plain ansicpg".split()
)
"""Words that say how characters are read, and whether they are printed."""

WRITTEN = {
    b"tab": "\t", b"line": "\n", b"emdash": "—", b"endash": "–", b"bullet": "•", b"lquote": "‘",
    b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"enspace": " ", b"emspace": "\u3000",
    b"qmspace": " ",
}  # fmt: skip
"""Words that stand for a character."""

SYMBOLS = {b"~": " ", b"_": "-", b"-": "", b"\\": "\\", b"{": "{", b"}": "}", b"\t": "\t"}
"""Symbols that stand for a character; others print nothing."""
