// What is wrong with a screen of ours: read by tests/e2e/test_tour.py in the page.
({ english, phone }) => {
    const OWN = "[class*=o_merchant_], [class*=o_field_merchant_], [class*=product_feed]";
    const found = [];
    const isSeen = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    const short = (text) => text.replace(/\s+/g, " ").trim();

    // Words of ours that have a translation and stand there in English. What people and systems
    // wrote is in the language of who wrote it.
    const written = ".o-mail-Chatter, .o-mail-Message, code, .ace_editor, .o_debug_manager";
    const untranslated = new Set(english);
    const tell = (text, what) => {
        if (untranslated.has(short(text))) {
            found.push(`English ${what}: ${short(text)}`);
        }
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (parent && !parent.closest(`script, style, ${written}`) && isSeen(parent)) {
            tell(walker.currentNode.data, "text");
        }
    }
    for (const name of ["placeholder", "title", "aria-label", "data-tooltip"]) {
        for (const element of document.querySelectorAll(`[${name}]`)) {
            if (!element.closest(written) && isSeen(element)) {
                tell(element.getAttribute(name), name);
            }
        }
    }

    // What can be pressed or filled in has a name. Odoo's own parts are as they are.
    const FOREIGN = [
        ".o_control_panel",
        ".o_list_record_selector",
        ".o_list_actions_header",
        ".o_clipboard_button",
        ".badge",
        ".o-mail-Chatter",
        ":disabled",
        ".disabled",
    ].join(",");
    const own = [...document.querySelectorAll(OWN)];
    const controls = own.flatMap((area) => [...area.querySelectorAll("button, input, select, a[href]")]);
    for (const control of new Set(controls)) {
        const label = control.id && document.querySelector(`label[for="${CSS.escape(control.id)}"]`);
        const pictures = [...control.querySelectorAll("img[alt], [title], [aria-label]")];
        const names = [control.innerText, control.title, control.placeholder, label?.innerText];
        names.push(control.getAttribute("aria-label"), control.getAttribute("data-tooltip"));
        names.push(control.closest("label")?.innerText);
        names.push(...pictures.map((p) => p.alt || p.title || p.getAttribute("aria-label")));
        if (isSeen(control) && !control.closest(FOREIGN) && !names.some((name) => name?.trim())) {
            found.push(`without a name: ${control.outerHTML.slice(0, 160)}`);
        }
    }

    // Text can be read: WCAG AA.
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, below) => below.map((part, i) => top[i] * top[3] + part * (1 - top[3]));
    const background = (element) => {
        const layers = [];
        for (let place = element; place; place = place.parentElement) {
            layers.push(rgba(getComputedStyle(place).backgroundColor));
            if (layers.at(-1)[3] === 1) {
                break;
            }
        }
        return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
    };
    const light = (colour) => {
        const [r, g, b] = colour.map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const texts = new Set();
    for (const area of own) {
        for (const element of [area, ...area.querySelectorAll("*")]) {
            const isText = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            if (isText && isSeen(element) && !element.closest(FOREIGN)) {
                texts.add(element);
            }
        }
    }
    for (const element of texts) {
        const style = getComputedStyle(element);
        const below = background(element);
        const [a, b] = [light(over(rgba(style.color), below)), light(below)];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        if (ratio < (isLarge ? 3 : 4.5)) {
            found.push(`contrast ${ratio.toFixed(2)}: ${element.tagName}.${element.className} ${style.color}`);
        }
    }

    if (phone && document.documentElement.scrollWidth > window.innerWidth) {
        found.push(`${document.documentElement.scrollWidth} pixels wide`);
    }
    return [...new Set(found)];
}
