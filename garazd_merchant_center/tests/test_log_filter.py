import io
import logging
from contextlib import contextmanager

import psycopg2

from odoo.service.model import Params
from odoo.tests import BaseCase, TransactionCase, tagged

from ..exceptions import get_reason
from ..log_filter import SecretFilter, install, mask

TOKEN = "secret-9c1e77"


class TestMask(BaseCase):
    """Rows and arguments that Odoo would write into its log."""

    def test_the_token_is_masked_wherever_it_has_its_name(self):
        for text in (
            "call merchant.store.add().web_save({'api_token': '%s', 'name': 'x'})",
            'call x({"name": "x", "api_token": "%s"})',
            '"{\\"api_token\\": \\"%s\\"}"',
            "create(api_token='%s')",
            "{'api_token': '%s",
        ):
            masked = mask(text % TOKEN)
            self.assertNotIn(TOKEN, masked)
            self.assertIn("***", masked)

    def test_a_failed_query_keeps_what_it_was(self):
        query = f'UPDATE "merchant_store" SET "api_token" = \'{TOKEN}\' WHERE id = 1'
        for written in (query, query.encode()):
            masked = mask(f"bad query: {written}\nERROR: could not serialize access")
            self.assertNotIn(TOKEN, masked)
            self.assertIn('UPDATE "merchant_store"', masked)
            self.assertIn("could not serialize access", masked)

    def test_other_entries_stay_as_they_are(self):
        for text in (
            'bad query: UPDATE "sale_order" SET "note" = \'x\'\nERROR: no',
            "The api_token is missing",
            "Key (name)=(x) already exists.",
            "merchant_store was read in 3 s",
        ):
            self.assertEqual(mask(text), text)


@tagged("post_install", "-at_install")
class TestLogFilter(TransactionCase):
    """The real log, with what PostgreSQL really says."""

    @contextmanager
    def _logging(self):
        """Collect what a handler of Odoo writes; the block gets a function that returns it."""
        output = io.StringIO()
        handler = logging.StreamHandler(output)
        handler.addFilter(SecretFilter())
        loggers = [logging.getLogger("odoo.sql_db"), logging.getLogger("odoo.test_log_filter")]
        for logger in loggers:
            logger.addHandler(handler)
            logger.propagate = False
        try:
            yield output.getvalue
        finally:
            for logger in loggers:
                logger.removeHandler(handler)
                logger.propagate = True

    def _fail(self, query, *values):
        """Run a query that PostgreSQL refuses, and log the exception with its traceback."""
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, values)
        except psycopg2.Error as error:
            logging.getLogger("odoo.test_log_filter").exception("It failed")
            return error
        raise AssertionError("The database took it")

    def test_neither_the_query_nor_the_refused_row_is_logged(self):
        queries = (
            ("INSERT INTO merchant_store_add (api_token) VALUES (%s)", TOKEN),
            ('INSERT INTO "merchant_store" (api_token, name) VALUES (%s, NULL)', TOKEN),
            ("INSERT INTO res_partner (phone, autopost_bills) VALUES (%s, NULL)", TOKEN),
        )
        for query, *values in queries:
            with self._logging() as get_log:
                error = self._fail(query, *values)
            log = get_log()
            self.assertIn("bad query", log)
            self.assertIn("Traceback", log)
            self.assertIn("violates not-null constraint", log)
            self.assertIn(TOKEN, str(error), "otherwise the test shows nothing")
            self.assertNotIn(TOKEN, log)
            self.assertNotIn(TOKEN, get_reason(error))

    def test_arguments_of_calls_are_logged_without_the_token(self):
        with self._logging() as get_log:
            arguments = Params([{"api_token": TOKEN, "name": "Shop"}], {})
            logging.getLogger("odoo.test_log_filter").error("call %s", arguments)
        self.assertIn("'name': 'Shop'", get_log())
        self.assertNotIn(TOKEN, get_log())

    def test_a_wrong_call_of_the_logger_is_not_made_worse(self):
        record = logging.LogRecord("x", logging.INFO, "x", 1, "%s %s", ("one",), None)
        self.assertTrue(SecretFilter().filter(record))

    def test_every_handler_has_the_filter_once(self):
        install()
        for handler in logging.getLogger().handlers:
            filters = [known for known in handler.filters if isinstance(known, SecretFilter)]
            self.assertEqual(len(filters), 1)
