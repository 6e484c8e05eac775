"""Walks over all models, fields and methods of the suite as different people, over RPC.

`docs/access.md` is what it writes: who may do what. The test compares, so that whatever is new
needs somebody's decision.
"""

import json
import os
import subprocess
import urllib.request
import xmlrpc.client
from pathlib import Path

from tools.console import Failure
from tools.paths import LOGS, ROOT

TABLE = ROOT / "docs" / "access.md"
#: People and their groups; None: those who have no login.
ROLES = {
    "Portal": ["base.group_portal"],
    "Employee": ["base.group_user"],
    "Salesperson": ["sales_team.group_sale_salesman_all_leads"],
    "Warehouse": ["stock.group_stock_user"],
    "Warehouse manager": ["stock.group_stock_manager"],
    "Product manager": ["base.group_user", "product.group_product_manager"],
    "User": ["garazd_merchant_center.group_user"],
    "Administrator": ["garazd_merchant_center.group_administrator"],
    "Settings": ["base.group_system"],
}
STRANGER = "stranger"
HEAD = """\
# Who may do what

Written by `tests/e2e/test_access.py`, which asks a running Odoo over JSON-RPC and XML-RPC as each
of these people, and compared by it: whatever is new in a model needs a decision here. To accept
what it found:

```console
$ ACCESS=accept .local/dev/bin/python -m pytest tests/e2e/test_access.py
```

Each person has one group only, as it is chosen on the user's form. Without a login nothing can be
called.

## Models

**r**ead, **w**rite, **c**reate, **d**elete.
"""
#: No record has this number.
NOBODY = 2**31 - 2
DENIED, REACHED = "denied", "reached"
RIGHTS = {"read": "r", "write": "w", "create": "c", "unlink": "d"}


class JsonRpc:
    """A person who calls Odoo by JSON-RPC, as the web client does."""

    def __init__(self, url, database, login, password=None):
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        password = password or f"{login}-password"
        credentials = {"db": database, "login": login, "password": password}
        post_json(f"{url}/web/session/authenticate", credentials, self._opener)

    def __call__(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        url = f"{self._url}/web/dataset/call_kw/{model}/{method}"
        return post_json(url, params, self._opener)


class XmlRpc:
    """A person who calls Odoo by XML-RPC."""

    def __init__(self, url, database, login, password=None):
        self._database = database
        self._password = password or f"{login}-password"
        common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
        self._uid = common.login(database, login, self._password)
        self._object = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object", allow_none=True)

    def __call__(self, model, method, *args, **kwargs):
        return self._object.execute_kw(
            self._database, self._uid, self._password, model, method, args, kwargs
        )


class Refused(Exception):
    """The server answered with an error; `kind` is the name of its class."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")
        self.kind = kind


def post_json(url, params, opener=None):
    """Call a JSON route of Odoo.

    :param opener: of a person who has logged in
    :raises Refused: it answers with an error
    """
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    opener = opener or urllib.request.build_opener()
    with opener.open(request, timeout=120) as answer:
        result = json.load(answer)
    if "error" in result:
        data = result["error"]["data"]
        raise Refused(data["name"], data["message"])
    return result.get("result")


def attempt(call, *args):
    """Return whether a call was refused for lack of rights, or got further, if only to an error."""
    try:
        call(*args)
    except Refused as error:
        return DENIED if error.kind == "odoo.exceptions.AccessError" else REACHED
    except xmlrpc.client.Fault as error:
        # 4 stands for AccessError.
        return DENIED if error.faultCode == 4 else REACHED
    return REACHED


def prepare(environment, database):
    """Make the users and records of the walk, and return what there is to walk over.

    :return: ``models`` and ``routes`` by name, and the id of the ``public`` user
    :rtype: dict
    """
    result = Path(LOGS, "access.json")
    log = LOGS / "access-inside.log"
    script = f"from tests.e2e._access_inside import run\nrun(env, {str(result)!r})\n"
    done = subprocess.run(
        environment.command("shell", "-d", database, "--no-http", "--log-level=warn"),
        input=script,
        capture_output=True,
        text=True,
        check=False,
        env=environment.variables,
    )
    log.write_text(done.stdout + done.stderr)
    if done.returncode or "Traceback" in done.stderr:
        raise Failure(f"The walk could not be prepared; the reason is at the end of {log}.")
    return json.loads(result.read_text())


class Walk:
    """What one person may do.

    :param call: an `RpcClient`: takes model, method and arguments
    :param call_admin: the same for somebody who may do everything
    """

    def __init__(self, call, call_admin, models):
        self._call = call
        self._call_admin = call_admin
        self._models = models
        self._rights, self._fields, self._methods = {}, {}, {}

    def rights(self, name):
        """Return the letters of what may be done with records of a model."""
        if name not in self._rights:
            self._rights[name] = self._find_rights(name)
        return self._rights[name]

    def _find_rights(self, name):
        """Ask for the rights, and prove on a real record that what is refused cannot be done."""
        record = self._models[name]["record"] or NOBODY
        attempts = {
            "read": (name, "read", [record], ["id"]),
            "write": (name, "write", [record], {}),
            "create": (name, "create", {}),
            "unlink": (name, "unlink", [record]),
        }
        letters = ""
        for right, letter in RIGHTS.items():
            if self._call(name, "has_access", [], right):
                letters += letter
            elif self._models[name]["is_own"]:
                assert attempt(self._call, *attempts[right]) == DENIED, f"{name}: {right}"
        return letters

    def readable_fields(self, name):
        """Return the fields of ours that may be read, where the model may be read at all."""
        if name not in self._fields:
            self._fields[name] = self._find_readable_fields(name)
        return self._fields[name]

    def _find_readable_fields(self, name):
        model = self._models[name]
        if model["is_abstract"] or "r" not in self.rights(name):
            return []
        shown = set(self._call(name, "fields_get", [], ["type"]))
        record = [model["record"] or NOBODY]
        for field, facts in model["fields"].items():
            if not facts["groups"]:
                continue
            # What is hidden is not given away either; what is shown can be read.
            verdict = attempt(self._call, name, "read", record, [field])
            assert (verdict == REACHED) == (field in shown), f"{name}.{field}: {verdict}"
            if field not in shown:
                found = attempt(self._call, name, "search", [(field, "!=", False)])
                assert found == DENIED, f"{name}.{field} can be searched"
        # Whoever may read a model may read all that it shows of it.
        ours = [field for field in model["fields"] if field in shown]
        if model["record"] and ours and attempt(self._call, name, "read", record, ours) == DENIED:
            refused = [f for f in ours if attempt(self._call, name, "read", record, [f]) == DENIED]
            raise AssertionError(f"{name} shows what it refuses to give: {refused or ours}")
        return ours

    def may_call(self, name, method):
        """Tell whether a method gets further than the rights, on a real record."""
        key = name, method
        if key not in self._methods:
            self._methods[key] = self._try_method(name, method)
        return self._methods[key]

    def _try_method(self, name, method):
        facts = self._models[name]["methods"][method]
        arguments = ["prom" if p == "marketplace" else "x" for p in facts["parameters"]]
        if facts["is_model"]:
            return attempt(self._call, name, method, *arguments) == REACHED
        record = self.take_record(name)
        return attempt(self._call, name, method, [record], *arguments) == REACHED

    def take_record(self, name):
        """Return a record to call methods on; of a wizard a new one, the person's own if it may."""
        model = self._models[name]
        if not model["is_transient"]:
            found = not model["is_abstract"] and self._take_existing(name, model["record"])
            return found or NOBODY
        values = {
            field: self._make_value(facts)
            for field, facts in model["filled"].items()
            if facts["type"] in ("char", "text", "many2one", "many2many", "integer", "selection")
        }
        defaults = self._call_admin(name, "default_get", list(model["filled"]))
        values = {field: value for field, value in values.items() if not defaults.get(field)}
        try:
            return self._call(name, "create", values)
        except (Refused, xmlrpc.client.Fault):
            return self._call_admin(name, "create", values)

    def _take_existing(self, name, record):
        """Return the record, or another one where an earlier call has removed it."""
        everything = {"context": {"active_test": False}}
        if self._call_admin(name, "search_count", [("id", "=", record)], **everything):
            return record
        return next(iter(self._call_admin(name, "search", [], limit=1, **everything)), None)

    def _make_value(self, facts):
        record = (self._models.get(facts["comodel"]) or {}).get("record")
        match facts["type"]:
            case "char" | "text":
                return "x"
            case "selection":
                return facts["choice"]
            case "integer":
                return 1
            case "many2one":
                return record or 1
            case _:
                return [(6, 0, [record or 1])]


def write_table(walks, models, routes):
    """Return the page that says who may do what."""
    lines = [*HEAD.splitlines(), "", _row("model", *ROLES), _row(*["---"] * (len(ROLES) + 1))]
    own = [name for name, model in models.items() if model["is_own"] and not model["is_abstract"]]
    rights = {name: [walk.rights(name) for walk in walks.values()] for name in own}
    lines += [_row(f"`{name}`", *rights[name]) for name in own if any(rights[name])]
    nobody = [f"`{name}`" for name in own if not any(rights[name])]
    lines += ["", f"Nobody: {', '.join(nobody) or '-'}.", ""]
    lines += _field_lines(walks, models)
    lines += _method_lines(walks, models)
    lines += ["## Addresses", "", _row("address", "who"), _row("---", "---")]
    lines += [
        _row(
            f"`{url.replace('|', '&#124;')}`",
            "anybody who knows the token" if auth == "public" else auth,
        )
        for url, auth in sorted(routes.items())
    ]
    return "\n".join([*lines, ""])


def _field_lines(walks, models):
    yield from ("## Fields", "")
    yield "Fields of ours, also those on models of Odoo, by who reads them."
    yield ""
    for name, model in models.items():
        if model["is_abstract"] or not model["fields"]:
            continue
        readers = {field: [] for field in model["fields"]}
        for role, walk in walks.items():
            for field in walk.readable_fields(name):
                readers[field].append(role)
        groups = {}
        for field, roles in readers.items():
            groups.setdefault(tuple(roles), []).append(field)
        yield f"- `{name}`"
        for roles, fields in groups.items():
            yield f"  - {', '.join(roles) or 'nobody'}: {', '.join(sorted(fields))}"
    yield ""


def _method_lines(walks, models):
    yield from ("## Methods", "")
    yield "What gets further than the rights when it is called on a record of the company."
    yield ""
    yield _row("method", *ROLES)
    yield _row(*["---"] * (len(ROLES) + 1))
    nobody = []
    for name, model in models.items():
        for method in model["methods"]:
            marks = ["x" if walk.may_call(name, method) else "" for walk in walks.values()]
            if any(marks):
                yield _row(f"`{name}.{method}`", *marks)
            else:
                nobody.append(f"`{name}.{method}`")
    yield ""
    yield f"Nobody: {', '.join(nobody) or '-'}."
    yield ""


def _row(*cells):
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")


def is_accepting():
    """Tell whether the table is to be written rather than compared."""
    return os.environ.get("ACCESS") == "accept"
