"""What is a secret by the name that stands before it, or beside it, and what of a text is one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable
    from typing import Any

MASK = "****"
DYNAMIC = "{{resolve:"

ENDS = (
    "accesskey",
    "apikey",
    "apikeyvalue",
    "authkey",
    "connectionstring",
    "credential",
    "credentials",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "passwords",
    "privatekey",
    "pwd",
    "secret",
    "secretkey",
    "secretstring",
    "secretvalue",
    "sharedkey",
    "signingkey",
    "statickeyvalue",
    "token",
    "tokenvalue",
)
"""How names end, in small letters and without signs, whose values are secrets."""

_PASS = ("_pass", "_PASS", "-pass", "Pass")
"""A short form of a password that other words end with too, such as a bypass."""

_NO_SECRETS = ("continuationtoken", "generatesecret", "generatesecretstring", "idempotencytoken", "nexttoken")
_PROPERTIES = frozenset(("ClientRequestToken", "ClientToken", "MasterUserSecret", "ServiceToken", "VersionToken"))
"""Properties of AWS's that hold no secret; a variable ``SERVICE_TOKEN`` may."""

_POINTERS = (
    "arn",
    "endpoint",
    "from",
    "id",
    "name",
    "parameter",
    "path",
    "provider",
    "ref",
    "region",
    "type",
    "url",
    "version",
)
"""How members end that tell where a secret is kept, inside an object that is one by its name."""

NAMES = ("AttributeName", "HeaderName", "Key", "Name", "OptionName", "ParameterKey", "ParameterName", "VariableName")
VALUES = ("AttributeValue", "Default", "DefaultValue", "HeaderValue", "ParameterValue", "StringValue", "Value")
"""Members of an object that name it, and those that hold what is so named."""

_NAMES, _VALUES = (
    {*names, *(name.lower() for name in names), *(name[0].lower() + name[1:] for name in names)}
    for names in (NAMES, VALUES)
)
_STORES = ("PARAMETER_STORE", "SECRETS_MANAGER")
"""Types of a build's variables whose values only name what is kept elsewhere."""

_WORDS = frozenset(("", "days", "false", "hours", "minutes", "seconds", "true"))
"""Texts that are no secrets wherever they stand: switches, and units of how long a token is valid."""

_SIGNS = dict.fromkeys(map(ord, " _-.*:/"))
_USER_INFO = r"""(://(?:\$\{[^}]{0,128}\}|\$(?!\{)|[^\s/?#:@"'<>$])*:)([^\s/?"'<>]+)@"""
_ASSIGNED = (
    r"""(?<![\w.-])([\w.-]{1,64})(=\\?|\s?=\s?(?=["']))"""
    r"""("[^"\n]*"|'[^'\n]*'|[^\s;,&"'()<>\\\[]++(?=[\s;,&"'<>\\]|$))"""
)
_OPTION = r"""(?<!\S)--([\w-]{1,64})([ ])("[^"\n]*"|'[^'\n]*'|[^\s\-"'][^\s"']*)"""
_MEMBER = r'"([^"\\\n]{1,64})"(\s*:\s*)("(?:[^"\\\n]|\\.)*")'
_LINE = r"""(?m)^[ \t-]*["']?([\w.-]{1,64})(["']?:[ \t]+)([^\s!$&*|>{\[<#].*[^\s,;{(\[])[ \t]*$"""
"""How texts of scripts, of URLs, of connections and of settings say a name with its value."""

_LATER = r"(?:\$\{[^}]*\}|\{\{resolve:[^}]*\}\}|\*{4}|\$\w*|\$\(.*|`.*)+"
"""What stands for a value that is put in its place later."""

_CODE = r"(?:args|body|\w*config|context|data|env|event|os|params|process|props|req\w*|res\w*|self|this)\.[\w.]+"
"""A variable of a program, which only says where the value comes from."""

_known: dict[str, bool] = {}
"""Answers for names; there are few in a build, and each stands in many places."""


def is_secret(name: str) -> bool:
    """Whether what stands under a name is a secret by it: ``DB_PASSWORD``, ``clientSecret``, ``Token2``."""
    known = _known.get(name)
    if known is None:
        known = _known[name] = _says_secret(name)
    return known


def _says_secret(name: str) -> bool:
    plain = name.lower().translate(_SIGNS).rstrip("0123456789")
    if plain.endswith(ENDS):
        return name not in _PROPERTIES and not plain.endswith(_NO_SECRETS)
    return plain == "pass" or name.endswith(_PASS)


def is_pointer(name: str) -> bool:
    """Whether a member of a secret object tells only where that is kept."""
    return name.lower().translate(_SIGNS).endswith(_POINTERS)


def is_named(holder: Any, key: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether a member of an object is a secret by the name beside it; ``names`` are further parameters that are."""
    if key not in _VALUES or not isinstance(holder, dict) or holder.get("Type") in _STORES:
        return False
    beside = [str(each) for name, each in holder.items() if name in _NAMES]
    return any(each in names or is_secret(each) for each in beside)


def is_open(text: str) -> bool:
    """Whether a text where a secret belongs shows nothing: a switch, an ARN, a dynamic reference, a parameter."""
    if text.lower() in _WORDS or text.startswith("arn:") or DYNAMIC in text:
        return True
    return "$" in text and _matches(r"(?:\$\{[^}]*\}\W?)+", text)


def may_hold(text: str) -> bool:
    """Whether any name in a text may be that of a secret; a quick look, that saves reading most texts as YAML."""
    plain = text.lower().translate(_SIGNS)
    return "noecho" in plain or "pass" in plain or any(end in plain for end in ENDS)


def scrubbed(text: str) -> str:
    """A text without what its own words say is secret: ``https://user:****@host``, ``DB_PASSWORD=****``."""
    if "://" in text and "@" in text:
        text = _replaced(_USER_INFO, lambda found: found[0] if _stands_for(found[2]) else f"{found[1]}{MASK}@", text)
    if "=" in text:
        text = _replaced(_ASSIGNED, _hidden, text)
    if "--" in text:
        text = _replaced(_OPTION, _hidden, text)
    if '"' in text and ":" in text:
        text = _replaced(_MEMBER, _hidden, text)
    if "\n" in text and ":" in text:
        text = _replaced(_LINE, _hidden, text)
    return text


def _replaced(pattern: str, by: Callable[[re.Match[str]], str], text: str) -> str:
    import re  # slow to load, as below, and few texts look as if they held a secret

    return re.sub(pattern, by, text)


def _hidden(found: re.Match[str]) -> str:
    name, value = found[1], found[3]
    bare = value.strip().strip("\"'")
    is_code = not value.startswith(('"', "'")) and _matches(_CODE, bare)
    if not is_secret(name) or is_open(bare) or _stands_for(bare) or is_code or "(" in bare:
        return found[0]
    return found[0][: found.start(3) - found.start()] + (f'"{MASK}"' if value[0] == '"' else MASK)


def _stands_for(value: str) -> bool:
    return _matches(_LATER, value)


def _matches(pattern: str, text: str) -> bool:
    import re

    return re.fullmatch(pattern, text) is not None
