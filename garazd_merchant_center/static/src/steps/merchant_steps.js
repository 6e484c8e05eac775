import { Component, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CopyButton } from "@web/core/copy_button/copy_button";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STATES = {
    done: { icon: "fa-check-circle text-success", label: _t("Done") },
    todo: { icon: "fa-circle-o text-muted", label: _t("To do") },
    left: { icon: "fa-minus-circle text-muted", label: _t("Not needed") },
    off: { icon: "fa-minus-circle text-muted", label: _t("Off") },
    sent: { icon: "fa-arrow-circle-right text-info", label: _t("Will be sent") },
    error: { icon: "fa-exclamation-triangle text-warning", label: _t("Not known") },
    missing: { icon: "fa-times-circle text-danger", label: _t("Missing") },
};

/**
 * Shows a list of steps or facts, computed by the server, each with a state, a sentence and what
 * can be done about it: `[{state, title, text, copy, page, buttons: [{name, args, label}]}]`.
 * `page` is a tab of the same form, `copy` a text to be pasted elsewhere.
 */
export class MerchantSteps extends Component {
    static template = "garazd_merchant_center.MerchantSteps";
    static components = { CopyButton };
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.root = useRef("root");
        this.copyLabel = _t("Copy");
        this.copiedLabel = _t("Copied");
        this.pageLabel = _t("Open the Tab");
    }

    get steps() {
        return (this.props.record.data[this.props.name] || []).map((step, index) => ({
            ...step,
            key: index,
            icon: STATES[step.state].icon,
            stateLabel: STATES[step.state].label,
        }));
    }

    async onButton({ name, args }) {
        const { record } = this.props;
        // What was typed stays; a form that cannot be saved says why.
        if (!(await record.save())) {
            return;
        }
        await this.action.doActionButton({
            type: "object",
            name,
            args: args && JSON.stringify(args),
            resModel: record.resModel,
            resId: record.resId,
            context: record.context,
            onClose: () => record.load(),
        });
    }

    onPage(page) {
        const form = this.root.el.closest(".o_form_view");
        const tab = form.querySelector(`.o_notebook_headers a[name="${page}"]`);
        tab?.click();
        tab?.scrollIntoView({ behavior: "smooth", block: "center" });
    }
}

registry.category("fields").add("merchant_steps", {
    component: MerchantSteps,
    supportedTypes: ["json"],
});
