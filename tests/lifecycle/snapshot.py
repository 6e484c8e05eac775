"""What is in a database: its structure, and what Odoo keeps about modules."""

#: What makes up the structure; each query gives one row for a thing.
STRUCTURE = {
    "tables": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
    "columns": (
        "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable "
        "FROM information_schema.columns WHERE table_schema = 'public'"
    ),
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": (
        "SELECT conrelid::regclass || ' ' || conname FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'f', 'p')"
    ),
    "sequences": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
}
#: What Odoo keeps of modules, by what tells one row from another.
TECHNICAL = {
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "selections": (
        "SELECT f.model || '.' || f.name || '.' || s.value FROM ir_model_fields_selection s "
        "JOIN ir_model_fields f ON f.id = s.field_id"
    ),
    # Odoo's own notes about foreign keys stay where the table stays; the keys are compared above.
    "model constraints": "SELECT name FROM ir_model_constraint WHERE type != 'f'",
    "relations": "SELECT name FROM ir_model_relation",
    "access rights": "SELECT name FROM ir_model_access",
    "rules": "SELECT name::text FROM ir_rule",
    "groups": "SELECT name::text FROM res_groups",
    "privileges": "SELECT name::text FROM res_groups_privilege",
    "menus": "SELECT name::text || coalesce(parent_path, '') FROM ir_ui_menu",
    "actions": "SELECT type || ' ' || name::text FROM ir_actions",
    "views": "SELECT name || ' ' || coalesce(key, '') FROM ir_ui_view",
    "scheduled actions": "SELECT cron_name FROM ir_cron",
    "activity types": "SELECT name::text FROM mail_activity_type",
    "assets": "SELECT name FROM ir_asset",
    "external ids": "SELECT module || '.' || name FROM ir_model_data WHERE module LIKE '%garazd%'",
}
#: What points at models that are gone.
DANGLING = {
    "messages": "mail_message WHERE model",
    "followers": "mail_followers WHERE res_model",
    "activities": "mail_activity WHERE res_model",
    "attachments": "ir_attachment WHERE res_model",
}


def take(psql, queries):
    """Return what there is.

    :param psql: runs a query on the database
    :param dict queries: see above
    :rtype: dict[str, set]
    """
    return {name: sorted(psql(query).splitlines()) for name, query in queries.items()}


def compare(before, after):
    """Return what is new and what is missing, by kind.

    :rtype: dict[str, list]
    """
    changes = {}
    for kind, old in before.items():
        new = [f"+ {row}" for row in after[kind] if row not in set(old)]
        gone = [f"- {row}" for row in old if row not in set(after[kind])]
        more = len(after[kind]) - len(old)
        if new or gone or more:
            changes[kind] = [*new, *gone, f"{more:+d} in all"]
    return changes


def find_dangling(psql):
    """Return how many rows point at models that are not there."""
    counts = {
        kind: int(
            psql(
                f"SELECT count(*) FROM {place} IS NOT NULL AND {place.split()[-1]} NOT IN "
                "(SELECT model FROM ir_model)"
            )
        )
        for kind, place in DANGLING.items()
    }
    return {kind: count for kind, count in counts.items() if count}
