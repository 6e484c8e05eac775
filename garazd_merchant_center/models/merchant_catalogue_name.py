import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# The language of official names where there is one; price lists are written in it.
OFFICIAL_LANG = "uk_UA"
# Marketplaces write any of these for an apostrophe.
APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u02bc\u00b4`", "'"))


class MerchantCatalogueName(models.AbstractModel):
    """Something that the marketplace's catalogue names in several languages.

    All names are kept, also those in languages that Odoo does not have: a seller may look for the
    Russian name and have no Russian in Odoo.
    """

    _name = "merchant.catalogue.name"
    _description = "Name in the Catalogue"

    name = fields.Char(required=True, translate=True)
    names = fields.Json(help="By code of the language; an empty one where it is not told.")
    other_names = fields.Char(
        string="Name in Other Languages",
        compute="_compute_other_names",
        search="_search_other_names",
    )

    @api.depends("name", "names")
    @api.depends_context("lang")
    def _compute_other_names(self):
        for record in self:
            others = dict.fromkeys((record.names or {}).values())
            others.pop(record.name, None)
            record.other_names = ", ".join(others) or False

    @api.model
    def _search_other_names(self, operator, value):
        if operator not in ("ilike", "like", "=", "in"):
            return NotImplemented

        def to_sql(model, alias, query):
            column = model._field_to_sql(alias, "names", query)
            if operator in ("=", "in"):
                values = list(value) if operator == "in" else [value]
                condition = SQL("found.name = ANY(%s)", values)
            else:
                condition = SQL("found.name ILIKE %s", f"%{value}%")
            return SQL(
                "EXISTS (SELECT FROM jsonb_each_text(%s) AS found (lang, name) WHERE %s)",
                column,
                condition,
            )

        return Domain.custom(to_sql=to_sql)

    # === BUSINESS METHODS === #

    @api.model
    def _merge_names(self, known, names):
        """Return names that were known with those that a file says now.

        :rtype: dict[str, str]
        """
        merged = {**(known or {}), **names}
        if len(merged) > 1:
            # What language it was in is told by now.
            merged.pop("", None)
        return merged

    @api.model
    def _pick(self, texts):
        """Return the text that stands for all of them: the official one, else any.

        :param dict texts: by code of the language
        :rtype: str | bool
        """
        return texts.get(OFFICIAL_LANG) or next(iter(texts.values()), False)

    @api.model
    def _get_translations(self, texts):
        """Return what a translated field is to hold.

        :param dict texts: by code of the language
        :return: by code of an installed language; the one that stands for all in ``en_US``
        :rtype: dict[str, str]
        """
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        translations = {lang: text for lang, text in texts.items() if lang in installed}
        return {"en_US": self._pick(texts), **translations} if texts else {}

    @api.model
    def _merge_entries(self, known, vals_by_key):
        """Bring records up to date with what a file says of them, names in all languages.

        :param dict known: records by key
        :param dict vals_by_key: values by key, ``names`` among them
        :return: the records by key, those that were created, and those that changed
        """
        records, changed = {}, self.browse()
        for key, vals in vals_by_key.items():
            if record := known.get(key):
                records[key] = record
                changes = record._get_differences(vals)
                if changes:
                    record.write(changes)
                    changed |= record
        new = {key: vals for key, vals in vals_by_key.items() if key not in records}
        created = self.create([vals | {"name": self._pick(vals["names"])} for vals in new.values()])
        records.update(zip(new, created, strict=True))
        texts = {
            records[key]: self._get_translations(vals["names"]) for key, vals in vals_by_key.items()
        }
        changed |= self._write_translations("name", texts)
        return records, created, changed

    def _get_differences(self, vals):
        """Return those of the values that the record does not have."""
        differences = {}
        for name, value in vals.items():
            field = self._fields[name]
            if field.convert_to_cache(value, self) != field.convert_to_cache(self[name], self):
                differences[name] = value
        return differences

    @api.model
    def _read_translations(self, field_name, records):
        """Return what a translated field holds in all languages.

        :rtype: dict[int, dict[str, str]]
        """
        records.flush_recordset([field_name])
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                    SQL.identifier(field_name),
                    SQL.identifier(self._table),
                    records.ids,
                )
            )
        )

    @api.model
    def _write_translations(self, field_name, wanted):
        """Write a field in all languages, of many records in one statement.

        Translations into other languages than those that are told stay as they are.

        :param dict wanted: translations by record
        :return: the records that had others
        """
        records = self.browse().union(*wanted)
        known = self._read_translations(field_name, records)
        changed = {}
        for record, translations in wanted.items():
            before = known.get(record.id) or {}
            if translations and before | translations != before:
                changed[record] = before | translations
            elif before and not translations:
                changed[record] = None
        if not changed:
            return self.browse()
        texts = [json.dumps(texts) if texts else None for texts in changed.values()]
        records = self.browse().union(*changed)
        self.env.execute_query(
            SQL(
                "UPDATE %(table)s SET %(field)s = new.texts, write_uid = %(uid)s, "
                "write_date = %(now)s FROM unnest(%(ids)s, %(texts)s::jsonb[]) AS new (id, texts) "
                "WHERE %(table)s.id = new.id RETURNING new.id",
                table=SQL.identifier(self._table),
                field=SQL.identifier(field_name),
                uid=self.env.uid,
                now=self.env.cr.now(),
                ids=records.ids,
                texts=texts,
            )
        )
        records.invalidate_recordset([field_name])
        records.modified([field_name])
        return records


def normalise(text):
    """Return a name as it is compared: without case, kinds of apostrophes and extra blanks."""
    return " ".join((text or "").translate(APOSTROPHES).casefold().split())
