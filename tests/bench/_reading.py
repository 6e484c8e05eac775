"""What the benchmark of reading products does inside Odoo."""

from tests.bench._inside import measured

# Pages of all steps of a synchronization; far more than there can be.
MAX_PAGES = 100_000


def prepare(env, url, token):
    """Make a store that is connected to a simulated shop, and read its groups."""
    hryvnia = env["res.currency"].with_context(active_test=False).search([("name", "=", "UAH")])
    hryvnia.active = True
    env.company.currency_id = hryvnia
    vals = {"name": "Benchmark", "marketplace": "prom", "api_token": token, "api_url": url}
    store = env["merchant.store"].create(vals | {"state": "connected"})
    env.cr.commit()
    _work(env, store, "base")
    return store.id


def read(env):
    """Read all products.

    :return: the figures of ``measured``, the counters of the run, and the rows of listings written
    """
    store = env["merchant.store"].search([])
    result = {}
    figures = measured(env, lambda: result.update(run=_work(env, store, "products")))
    run = result["run"]
    counts = {name: run[name] for name in ("state", "created", "updated", "unchanged", "failed")}
    env.cr.execute("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'merchant_listing'")
    return figures | counts | {"written": env.cr.fetchone()[0]}


def create(env, count):
    """Have products made from so many listings, without their pictures.

    :return: the figures of ``measured`` and how many were made
    """
    listings = env["merchant.listing"].search([], limit=count, order="id")
    run = listings._request_creation("product")
    env.cr.commit()
    result = {}

    def work():
        for _page in range(MAX_PAGES):
            if run.step == "pictures" or not run.is_open:
                break
            run._work_on_page()
            env.cr.commit()
        result["created"] = run.created

    return measured(env, work) | result


def _work(env, store, kind):
    # The pace is Prom's, not ours.
    adapter = type(env["merchant.adapter.prom"])
    adapter._prom_client_options = {"min_interval": 0}
    run = env["merchant.sync.run"]._get_or_start(store, kind)
    env.cr.commit()
    for _page in range(MAX_PAGES):
        if not run.is_open:
            break
        run._work_on_page()
        env.cr.commit()
    return run
