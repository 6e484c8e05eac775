"""A database, simulated shops and Odoo servers, together for the length of a test."""

import contextlib
import json
from dataclasses import dataclass, field

from tests.bench._asking import ask
from tests.prom_simulator import PromSimulator
from tools import databases
from tools.console import step
from tools.odoo import Environment, free_port, odoo_server, prepare
from tools.paths import LOGS
from tools.rpc import Client

from .common import CLERK, PASSWORD, describe_product

ADMINISTRATOR = ("admin", "admin")
GROUPS = 3


@dataclass
class Shop:
    """A shop on the simulated Prom and the store in Odoo that is connected to it."""

    name: str
    sim: PromSimulator
    company: int = 0
    store_id: int = 0


@dataclass
class Rig:
    """What a test works with."""

    environment: Environment
    database: str
    shops: list
    #: Odoo's logs, one for each server that was started.
    logs: list = field(default_factory=list)

    def ask(self, module, function, *arguments):
        """Return what a function of this folder answers inside Odoo, in a process of its own."""
        return ask(self.environment, self.database, f"tests.load.{module}", function, *arguments)

    def query(self, statement):
        """Return the rows of a statement that gives JSON, whether Odoo runs or not.

        :rtype: list
        """
        statement = f"SELECT COALESCE(json_agg(rows), '[]') FROM ({statement}) AS rows"
        return json.loads(self.environment.server.psql(statement, database=self.database))

    @contextlib.contextmanager
    def server(self, name, cron_threads=2):
        """Run an Odoo server.

        :param str name: of its log
        :rtype: RunningOdoo
        """
        log = LOGS / f"load-{name}-{len(self.logs)}.log"
        self.logs.append(log)
        with odoo_server(
            self.environment,
            self.database,
            free_port(),
            log=log,
            options=(f"--max-cron-threads={cron_threads}",),
            # As people run it, where only what is due at once wakes the scheduled actions.
            variables={"ODOO_NOTIFY_CRON_CHANGES": ""},
        ) as running:
            yield running

    def connect(self, url, login=ADMINISTRATOR[0], password=ADMINISTRATOR[1]):
        """Log in."""
        return Client(url, self.database, login, password)

    def connect_clerk(self, url, number=0):
        """Log one of the two clerks in."""
        return self.connect(url, f"{CLERK}{number}", PASSWORD)


@contextlib.contextmanager
def running_rig(name, *, shops, products, keep=False):
    """Make a database with stores for simulated shops.

    :param str name: of the test
    :param list shops: the company of each shop, 0 or 1
    :param int products: how many products each shop sells
    :param bool keep: leave the database
    """
    database = f"load_{name}"
    environment = prepare(durable=False)
    with contextlib.ExitStack() as stack:
        running = [
            stack.enter_context(_running_shop(number, company, products))
            for number, company in enumerate(shops)
        ]
        with step(f"Creating {database}"):
            databases.copy(environment, databases.suite_template(environment), database)
            if not keep:
                stack.callback(databases.drop, environment, database)
            rig = Rig(environment, database, running)
            described = [
                {"name": s.name, "url": s.sim.url, "token": s.sim.token, "company": s.company}
                for s in running
            ]
            for shop_name, store_id in rig.ask("inside", "prepare", products, described).items():
                next(s for s in running if s.name == shop_name).store_id = store_id
        yield rig


@contextlib.contextmanager
def _running_shop(number, company, products):
    name = f"Shop {number}"
    # Nothing but what Odoo has, too: no special products, no old orders.
    sim = PromSimulator(
        seed=number + 1,
        token=f"token-of-the-load-tests-{number}",
        orders=0,
        products=0,
        variation_refuses_presence=False,
    )
    for product in range(products):
        sim.add_product(**describe_product(product))
    # Each group is read by itself, which shows nothing more when there are ten of them.
    for key in [*sim.state.groups][GROUPS:]:
        del sim.state.groups[key]
    with sim:
        yield Shop(name, sim, company)
