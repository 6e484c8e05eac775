import { Component, onMounted, onWillUnmount, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const INTERVAL = 2000;

/**
 * Shows nothing, but reads the record again every two seconds for as long as it is on the screen,
 * so that the progress of work in the background moves. The view takes it away when that has ended.
 */
export class RecordWatch extends Component {
    static template = xml`<span class="o_record_watch" />`;
    static props = { ...standardFieldProps };

    setup() {
        onMounted(() => this.schedule());
        onWillUnmount(() => clearTimeout(this.timer));
    }

    schedule() {
        this.timer = setTimeout(() => this.refresh(), INTERVAL);
    }

    async refresh() {
        const { record } = this.props;
        // Never throw away what the user is typing.
        if (record.data[this.props.name] && !record.dirty) {
            await record.load();
        }
        this.schedule();
    }
}

registry.category("fields").add("record_watch", {
    component: RecordWatch,
    supportedTypes: ["many2one", "boolean"],
});
