"""Bring the Ukrainian files in line with the templates (run by `i18n.py` with Odoo's Python)."""

import sys
from pathlib import Path

import polib

# Where the words of our screens come from when they are Odoo's own.
DONORS = ("mail", "base", "product", "stock", "sale", "account", "web")
LANGUAGE = "uk"
# Terms that are the same in both languages.
SAME = ("ID", "Prom.UA", "https://", "Justin", "Meest", "Rozetka Delivery")
HEADER = {
    "Project-Id-Version": "Odoo Server 19.0",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": LANGUAGE,
    "Plural-Forms": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
        "(n%100<10 || n%100>=20) ? 1 : 2);"
    ),
}


def merge(module, known):
    """Write the module's Ukrainian file anew.

    :param Path module: the module's folder
    :param dict known: term -> translation, from Odoo and the other modules
    :return: the terms that have no translation
    :rtype: list[str]
    """
    template = polib.pofile(str(module / "i18n" / f"{module.name}.pot"))
    path = module / "i18n" / f"{LANGUAGE}.po"
    own = _terms(path)
    result = polib.POFile(wrapwidth=78)
    result.metadata = HEADER
    result.header = template.header
    for entry in template:
        entry.msgstr = own.get(entry.msgid) or known.get(entry.msgid, "")
        if entry.msgid in SAME:
            entry.msgstr = ""  # as OCA's checks want it
        result.append(entry)
    result.sort(key=lambda entry: entry.msgid)
    result.save(str(path))
    return [entry.msgid for entry in result if not entry.msgstr and entry.msgid not in SAME]


def _terms(path):
    if not path.exists():
        return {}
    return {e.msgid: e.msgstr for e in polib.pofile(str(path)) if e.msgstr and not e.fuzzy}


def main(odoo_addons, *folders):
    """Merge every module and tell what is missing.

    :return: the exit status
    """
    modules = [Path(folder) for folder in folders]
    known = {}
    for donor in reversed(DONORS):
        known |= _terms(Path(odoo_addons) / donor / "i18n" / f"{LANGUAGE}.po")
    for module in modules:
        known |= _terms(module / "i18n" / f"{LANGUAGE}.po")
    missing = {module.name: merge(module, known) for module in modules}
    for name, terms in missing.items():
        sys.stdout.write(f"{name}: {len(terms)} without translation\n")
        sys.stdout.writelines(f"  {term!r}\n" for term in terms)
    return 1 if any(missing.values()) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
