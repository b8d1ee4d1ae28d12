// Names for what Django's widgets leave nameless to screen readers: select2's boxes, and the filter of long lists.
"use strict";
{
    const labelOf = (select) => document.querySelector(`label[for="${CSS.escape(select.id)}"]`)?.textContent.replace(/:\s*$/, "")
        ?? select.getAttribute("aria-label") ?? select.name;
    const name = () => {
        for (const select of document.querySelectorAll("select.admin-autocomplete.select2-hidden-accessible")) {
            const box = select.nextElementSibling;
            const label = labelOf(select);
            for (const part of box?.querySelectorAll(".select2-selection[role=combobox], .select2-selection__rendered[role=textbox], .select2-search__field") ?? []) {
                if (part.getAttribute("aria-label") !== label) part.setAttribute("aria-label", label);
            }
            for (const list of box?.querySelectorAll("ul.select2-selection__rendered:not([role])") ?? []) list.setAttribute("role", "presentation");
        }
        for (const field of document.querySelectorAll(".select2-dropdown .select2-search__field:not([aria-label])")) {
            field.setAttribute("aria-label", document.getElementById("finder")?.labels[0]?.textContent ?? field.type);
        }
        for (const icon of document.querySelectorAll("span.search-label-icon[aria-label]:not([role])")) icon.setAttribute("role", "img");
    };
    document.addEventListener("DOMContentLoaded", () => {
        name();
        new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
    });
}
