from odoo import models

from odoo.addons.garazd_merchant_center import exceptions, schema

from .. import const
from ..api import const as prom
from ..api import errors
from ..api.client import PromClient
from .merchant_adapter_prom import neutral_errors


class MerchantAdapterProm(models.AbstractModel):
    """Has a price list imported: POST /products/import_url, whose first statuses are wrong."""

    _inherit = "merchant.adapter.prom"

    def _get_feed_import_fields(self):
        """Override of `garazd_merchant_center`: Prom's fields, in groups that belong together."""
        return tuple(
            schema.FeedImportField(
                code=code,
                name=self.env._(name),
                hint=self.env._(const.IMPORT_HINTS[code]),
                is_default=code in const.IMPORT_DEFAULTS,
            )
            for code, name in const.IMPORT_NAMES.items()
        )

    def _get_revived_statuses(self):
        """Override of `garazd_merchant_center`: an import publishes drafts."""
        return (prom.PRODUCT_DRAFT,)

    def _prepare_feed_import(self, store, request):
        """Override of `garazd_merchant_center`: POST products/import_url."""
        try:
            call = PromClient.products_import_url_request(
                request.url, **self._prom_import_settings(request)
            )
        except ValueError as error:
            raise exceptions.NeedsUser("request_refused", reason=str(error)) from error
        return schema.WriteRequest(method=call.method, path=call.path, body=call.body)

    def _prom_import_settings(self, request):
        """Return the arguments of the client's call.

        :param FeedImportRequest request:
        :rtype: dict
        """
        groups = [const.IMPORT_FIELDS[code] for code in request.fields]
        return {
            "updated_fields": [name for group in groups for name in group],
            # Without it the pictures of products that exist stay as they are.
            "force_update": const.IMPORT_PICTURES in request.fields,
            "only_available": request.only_available,
            "mark_missing_product_as": const.MISSING_POLICIES[request.missing],
        }

    def _start_feed_import(self, store, request):
        """Override of `garazd_merchant_center`: POST products/import_url."""
        client = self._prom_client(store)
        with neutral_errors():
            try:
                return client.products_import_url(
                    request.url, **self._prom_import_settings(request)
                )
            except errors.RequestRejected as error:
                reason = "; ".join(error.items.values()) or str(error)
                raise exceptions.NeedsUser("request_refused", reason=reason) from error
            except (
                errors.ConnectionFailed,
                errors.ServerFailed,
                errors.AnswerUnreadable,
            ) as error:
                if error.repeatable:
                    raise  # it never left
                raise exceptions.OutcomeUnknown("answer_unreadable", reason=str(error)) from error

    def _read_feed_import(self, store, external_id):
        """Override of `garazd_merchant_center`: GET products/import/status/{id}."""
        with neutral_errors():
            status = self._prom_client(store).import_status(external_id)
        counters = status.counters
        return schema.FeedImportData(
            state=const.IMPORT_STATES.get(status.status, "running"),
            total=counters["total"],
            created=counters["created"],
            updated=counters["updated"],
            unchanged=counters["not_changed"],
            missing=counters["not_in_file"],
            failed=counters["with_errors_count"],
            problems=tuple(map(self._prom_import_problem, status.problems)),
            message=status.message,
        )

    def _prom_import_problem(self, problem):
        return schema.FeedImportProblem(
            stage=const.IMPORT_STAGES.get(problem.stage, "other"),
            message=problem.message,
            seller_id=problem.external_id,
            external_id=problem.product_id,
            sku=problem.sku,
            name=problem.name,
        )
