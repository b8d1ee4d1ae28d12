// Ctrl+K, or ⌘K, leads to the search box of the top bar from anywhere.
"use strict";
{
    const box = document.getElementById("finder");
    const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
    const sign = box?.parentElement.querySelector("kbd");
    if (isMac && sign) sign.textContent = "⌘ K";
    document.addEventListener("keydown", (event) => {
        // Where a browser fills in a field by itself, no key was pressed.
        const isCalled = event.key?.toLowerCase() === "k" && (isMac ? event.metaKey : event.ctrlKey);
        if (!box || !isCalled || event.altKey || event.shiftKey) return;
        event.preventDefault();
        box.focus();
        box.select();
    });
    // An open menu closes as one expects: by Escape, or by a click elsewhere.
    const closeMenus = (event) => {
        for (const menu of document.querySelectorAll("details.account[open], details.filter[open]")) {
            if (menu.contains(event.target) && event.type === "click") continue;
            menu.open = false;
            if (event.type === "keydown") menu.querySelector("summary").focus();
        }
    };
    document.addEventListener("click", closeMenus);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeMenus(event); });
}
