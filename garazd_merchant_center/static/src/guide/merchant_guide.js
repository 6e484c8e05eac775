import { Component, markup, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { listView } from "@web/views/list/list_view";
import { ListRenderer } from "@web/views/list/list_renderer";

/**
 * Says the next step where a list is empty. The server is asked each time, because the help of an
 * action is kept by the browser while stores come and go.
 */
export class MerchantGuide extends Component {
    static template = "garazd_merchant_center.MerchantGuide";
    static props = { noContentHelp: { optional: true }, showRibbon: { optional: true } };

    setup() {
        const orm = useService("orm");
        this.state = useState({ help: this.props.noContentHelp });
        onWillStart(async () => {
            const { resModel } = this.env.searchModel;
            const help = await orm.call("merchant.store", "get_guide", [resModel]);
            if (help) {
                this.state.help = markup(help);
            }
        });
    }
}

class GuidedListRenderer extends ListRenderer {
    static components = { ...ListRenderer.components, ActionHelper: MerchantGuide };
}

class GuidedKanbanRenderer extends KanbanRenderer {
    static components = { ...KanbanRenderer.components, ActionHelper: MerchantGuide };
}

registry.category("views").add("merchant_list", { ...listView, Renderer: GuidedListRenderer });
registry
    .category("views")
    .add("merchant_kanban", { ...kanbanView, Renderer: GuidedKanbanRenderer });
