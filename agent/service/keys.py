"""who may ask: keys with a scope and logins, read from files or the environment, never printed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from agent.errors import SettingsError
from agent.records import Scope

VARIABLES: dict[str, Scope] = {
    "FOLKMAP_ANALYST_KEY": "analyst",
    "FOLKMAP_AGGREGATE_KEY": "aggregate",
}
LOGIN_VARIABLE = "FOLKMAP_LOGIN"
"""`name:password`"""
SHORTEST_KEY = 16
SHORTEST_PASSWORD = 8


@dataclass(frozen=True)
class Reader:
    """Who sends a request: what they may see, and a name to count their requests by."""

    scope: Scope
    name: str
    """A digest of the key, or the client's address; no secret."""


@dataclass(frozen=True)
class Secret:
    """A key or a `name:password`, kept as a digest only."""

    digest: bytes
    scope: Scope
    name: str


class Keys:
    """The keys and logins of one service."""

    def __init__(self, found: tuple[Secret, ...] = ()) -> None:
        self._secrets = found

    def __bool__(self) -> bool:
        return bool(self._secrets)

    @property
    def scopes(self) -> set[Scope]:
        """The scopes there are keys for."""
        return {secret.scope for secret in self._secrets}

    @classmethod
    def read(
        cls,
        keys: Path | None = None,
        logins: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Keys:
        """Those of a keys file, a logins file and the environment together.

        A keys file has a line a key, `analyst KEY` or `aggregate KEY`; a logins file a line a
        person, `name:password`. Raises SettingsError for what is no such file or too short a
        secret.
        """
        environment = os.environ if environment is None else environment
        found = [
            _key(environment[name], scope, name)
            for name, scope in VARIABLES.items()
            if environment.get(name)
        ]
        if environment.get(LOGIN_VARIABLE):
            found.append(_login(environment[LOGIN_VARIABLE], LOGIN_VARIABLE))
        for n, line in _lines(keys, "--api-keys"):
            scope, _, key = line.partition(" ")
            if scope not in get_args(Scope) or not key.strip():
                raise SettingsError(
                    f"{keys}, line {n}: write a scope and a key, as in: aggregate KEY "
                    f"(scopes: {', '.join(get_args(Scope))})"
                )
            found.append(_key(key.strip(), scope, f"{keys}, line {n}"))  # type: ignore[arg-type]
        found += [_login(line, f"{logins}, line {n}") for n, line in _lines(logins, "--auth")]
        return cls(tuple(found))

    def reader(self, authorization: str) -> Reader | None:
        """Whose an `Authorization` header is; None when it is nobody's.

        Keys come as `Bearer KEY`, logins as `Basic`, where a key may stand for the password too:
        that is what a browser can send. Every secret is compared, each in constant time.
        """
        given = [_digest(said) for said in _said(authorization)]
        found = None
        for secret in self._secrets:
            for digest in given:
                if secrets.compare_digest(secret.digest, digest):
                    found = Reader(secret.scope, secret.name)
        return found


def _said(authorization: str) -> list[str]:
    kind, _, rest = authorization.partition(" ")
    rest = rest.strip()
    if kind.lower() == "bearer" and rest:
        return [f"key {rest}"]
    if kind.lower() != "basic":
        return []
    try:
        login = base64.b64decode(rest, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return []
    return [f"login {login}", f"key {login.partition(':')[2]}"]


def _digest(said: str) -> bytes:
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()


def _key(key: str, scope: Scope, where: str) -> Secret:
    if len(key) < SHORTEST_KEY or len(key.split()) != 1:
        raise SettingsError(
            f"{where}: a key has {SHORTEST_KEY} characters or more and no blanks; make one with: "
            'python -c "import secrets; print(secrets.token_urlsafe(24))"'
        )
    digest = _digest(f"key {key}")
    return Secret(digest, scope, f"key {digest.hex()[:8]}")


def _login(login: str, where: str) -> Secret:
    name, colon, password = login.partition(":")
    if not name or not colon or len(password) < SHORTEST_PASSWORD:
        raise SettingsError(
            f"{where}: write name:password, the password of {SHORTEST_PASSWORD} characters or more"
        )
    return Secret(_digest(f"login {login}"), "analyst", f"login {_digest(name).hex()[:8]}")


def _lines(file: Path | None, option: str) -> list[tuple[int, str]]:
    """Lines with their numbers, blank ones and comments aside."""
    if file is None:
        return []
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        # A secret typed in place of a file's name must not be printed again.
        raise SettingsError(
            f"{option}: that file cannot be read ({why}); secrets stand in a file or in the "
            "environment, where a list of processes does not show them"
        ) from None
    numbered = [(n, line.strip()) for n, line in enumerate(text.splitlines(), start=1)]
    found = [(n, line) for n, line in numbered if line and not line.startswith("#")]
    if not found:
        raise SettingsError(f"{option} {file}: there is nothing in it")
    return found
