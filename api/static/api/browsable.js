// The browsable API's forms: read the controls into typed JSON, send it, and show the page that answers.
"use strict";
(() => {
  /** What was typed cannot become JSON; the message stands beside the field. */
  class Unreadable extends Error {
    constructor(field, message) {
      super(message);
      this.field = field;
    }
  }

  const texts = () => document.body.dataset;
  const control = (field) => field.querySelector("input, select, textarea");
  const isEmpty = (value) =>
    value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);

  /** The same text for equal values, whatever the order of their names. */
  const canonical = (value) =>
    JSON.stringify(value, (_name, inner) =>
      inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
        : inner,
    );

  /** What a control makes of a text: browsers take line ends out, or change them. */
  const asTyped = (field, text) => {
    const probe = control(field).cloneNode();
    probe.value = text;
    return probe.value;
  };

  const readText = (field, initial) => {
    const text = control(field).value;
    if (typeof initial === "string" && text === asTyped(field, initial)) return initial;
    const isNull = text === "" && "null" in field.dataset && (!("blank" in field.dataset) || initial === null);
    return isNull ? null : text;
  };

  const nothing = (field) => ("null" in field.dataset ? null : undefined);

  const readNumber = (pattern, isGood, message) => (field) => {
    const text = control(field).value.trim();
    if (text === "") return nothing(field);
    if (!pattern.test(text) || !isGood(Number(text))) throw new Unreadable(field, texts()[message]);
    return Number(text);
  };

  const readJSON = (field) => {
    const text = control(field).value.trim();
    if (text === "") return nothing(field);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Unreadable(field, `${texts().notJson} ${error.message}`);
    }
  };

  const readers = {
    text: readText,
    textarea: readText,
    email: readText,
    url: readText,
    password: readText,
    integer: readNumber(/^[+-]?\d+$/, Number.isSafeInteger, "notWhole"),
    number: readNumber(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i, Number.isFinite, "notNumber"),
    checkbox: (field) => control(field).checked,
    select: (field) => (control(field).value === "" ? undefined : JSON.parse(control(field).value)),
    choices: (field) => [...field.querySelectorAll("input:checked")].map((input) => JSON.parse(input.value)),
    json: readJSON,
  };

  const isSame = (kind, value, initial) => {
    if (kind !== "choices") return canonical(value) === canonical(initial);
    const sorted = (values) => (values ?? []).map(canonical).sort().join();
    return sorted(value) === sorted(initial);
  };

  /** The value to send, or undefined: PATCH sends changes, POST leaves out what is optional and untouched. */
  const fieldValue = (field, isPartial) => {
    const { kind } = field.dataset;
    const initial = JSON.parse(field.dataset.initial);
    const value = readers[kind](field, initial);
    if (value === undefined) return undefined;
    if (!isSame(kind, value, initial)) return value;
    return isPartial || !("required" in field.dataset) ? undefined : value;
  };

  /** A changed group is sent whole, but for what is empty. */
  const groupValue = (group, isPartial) => {
    const fields = group.querySelector(":scope > .fields");
    const typed = collect(fields, isPartial);
    if (isEmpty(typed)) return !isPartial && "required" in group.dataset ? {} : undefined;
    return isPartial ? collectWhole(fields) : typed;
  };

  const collectWhole = (fields) => {
    const body = {};
    for (const field of fields.children) {
      const { kind, name } = field.dataset;
      if (kind === "group") {
        const inner = collectWhole(field.querySelector(":scope > .fields"));
        if (!isEmpty(inner)) body[name] = inner;
      } else {
        const initial = JSON.parse(field.dataset.initial);
        const value = readers[kind](field, initial);
        const isSaid = value !== undefined && (!isEmpty(value) || !isSame(kind, value, initial));
        if (isSaid) body[name] = value;
      }
    }
    return body;
  };

  const collect = (fields, isPartial) => {
    const body = {};
    for (const field of fields.children) {
      const value = (field.dataset.kind === "group" ? groupValue : fieldValue)(field, isPartial);
      if (value !== undefined) body[field.dataset.name] = value;
    }
    return body;
  };

  /** The body as JSON text; undefined where the form has none; null where there is nothing to send. */
  const bodyOf = (form) => {
    if ("raw" in form.dataset) {
      const field = form.querySelector(".field");
      readJSON(field);
      return control(field).value;
    }
    const fields = form.querySelector(":scope > .fields");
    if (!fields) return undefined;
    const isPartial = form.dataset.method === "PATCH";
    const body = collect(fields, isPartial);
    return isPartial && isEmpty(body) ? null : JSON.stringify(body);
  };

  const say = (form, message) => {
    form.querySelector(".message").textContent = message;
  };

  const mark = ({ field, message }) => {
    const item = document.createElement("li");
    item.textContent = message;
    field.querySelector(".errors").replaceChildren(item);
    control(field).setAttribute("aria-invalid", "true");
    control(field).focus();
  };

  const unmark = (form) => {
    for (const errors of form.querySelectorAll(".errors")) errors.replaceChildren();
    for (const invalid of form.querySelectorAll("[aria-invalid]")) invalid.removeAttribute("aria-invalid");
  };

  const send = (form, body) => {
    const headers = { Accept: "text/html", [texts().csrfHeader]: texts().csrfToken };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const { method } = form.dataset;
    return fetch(form.getAttribute("action"), { method, headers, body, credentials: "same-origin" });
  };

  const selectTab = (tab) => {
    for (const each of tab.parentElement.children) {
      const isSelected = each === tab;
      each.setAttribute("aria-selected", String(isSelected));
      each.tabIndex = isSelected ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).hidden = !isSelected;
    }
  };

  /** Without this script the buttons stay off: a browser by itself would send what no address takes. */
  const enable = () => {
    for (const button of document.querySelectorAll("form[data-method] [type=submit]")) button.disabled = false;
  };

  /** Show the page that answered, with the tab that was in use, and go to what matters on it. */
  const show = (page, usedId) => {
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    enable();
    const tab = document.querySelector(`[role=tab][aria-controls="${usedId}"]`);
    if (tab) selectTab(tab);
    const used = document.getElementById(usedId);
    const target =
      used?.querySelector("[aria-invalid], .errors:not(:empty) ~ .fields input") ??
      document.querySelector(".problem") ??
      document.getElementById("answer");
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "center" });
  };

  const submit = async (form) => {
    const button = form.querySelector("[type=submit]");
    unmark(form);
    say(form, "");
    let body;
    try {
      body = bodyOf(form);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return mark(error);
    }
    if (body === null) return say(form, texts().unchanged);
    button.disabled = true;
    try {
      const response = await send(form, body);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (page.getElementById("answer")) return show(page, form.id);
      say(form, `${texts().strange} (${response.status})`);
    } catch {
      say(form, texts().failed);
    }
    button.disabled = false;
  };

  enable();

  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.method) return;
    event.preventDefault();
    submit(event.target);
  });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const { opens, closes } = button.dataset;
    if (opens) document.getElementById(opens).showModal();
    if (closes) document.getElementById(closes).close();
    if (button.getAttribute("role") === "tab") selectTab(button);
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.getAttribute?.("role") !== "tab" || !/^Arrow(Left|Right)$/.test(event.key)) return;
    const other = event.target.nextElementSibling ?? event.target.previousElementSibling;
    selectTab(other);
    other.focus();
  });
})();
