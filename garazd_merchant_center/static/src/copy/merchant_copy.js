import { Component, xml } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A text that is read and copied, never typed. Unlike Odoo's own widget it is shown to its end: an
 * address has to be read on a phone, too.
 */
export class MerchantCopy extends Component {
    static template = xml`
        <span t-if="value" class="d-inline-flex align-items-start gap-1">
            <span class="text-break" t-esc="value" />
            <CopyButton
                className="'btn-sm btn-link p-0 text-nowrap'"
                content="value"
                successText="copied"
                icon="'fa-clipboard'"
            />
        </span>`;
    static components = { CopyButton };
    static props = { ...standardFieldProps };

    setup() {
        this.copied = _t("Copied");
    }

    get value() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("merchant_copy", {
    component: MerchantCopy,
    supportedTypes: ["char", "text"],
});
