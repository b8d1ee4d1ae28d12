// Says what the rows of a claim contract would come to while somebody writes them: the server validates the form
// as saving would. Without this script the form works as it is.
"use strict";
{
  const DELAY = 400;

  /** Lets a field be described by one element more, or less; Django describes it by its errors, too. */
  const describe = (field, id, isDescribed) => {
    const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((word) => word && word !== id);
    const all = isDescribed ? [...others, id] : others;
    if (all.length > 0) field.setAttribute("aria-describedby", all.join(" "));
    else field.removeAttribute("aria-describedby");
  };

  /** Gives a row its sentence, and its field the way to it for screen readers. */
  const showRow = (prefix, { state, said }) => {
    const field = document.getElementById(`id_${prefix}-path`);
    if (!field || !said) return;
    const sentence = document.createElement("p");
    sentence.id = `${prefix}-check`;
    sentence.className = `claim-check claim-check-${state}`;
    sentence.textContent = said;
    field.closest("td").append(sentence);
    describe(field, sentence.id, true);
    if (state === "wrong") field.setAttribute("aria-invalid", "true");
  };

  /** Takes away what was said of the rows before, by whatever number: Django counts anew when one is removed. */
  const clearRows = (group) => {
    for (const sentence of group.querySelectorAll(".claim-check")) sentence.remove();
    for (const field of group.querySelectorAll("td.field-path input")) {
      field.removeAttribute("aria-invalid");
      for (const id of (field.getAttribute("aria-describedby") ?? "").split(" ")) {
        if (id.endsWith("-check")) describe(field, id, false);
      }
    }
  };

  const begin = (panel) => {
    const form = panel.closest("form");
    const group = document.getElementById("contract_claims-group");
    if (!form || !group || !group.querySelector("[name$=-TOTAL_FORMS]")) return;
    const summary = panel.querySelector(".contract-check-summary");
    const example = panel.querySelector(".contract-check-example");
    let timer = 0;
    let asked = new AbortController();

    /** Changes the live region only where it says something else, so that nothing is read out twice. */
    const say = (text, isWrong) => {
      if (summary.textContent !== text) summary.textContent = text;
      summary.classList.toggle("contract-check-wrong", isWrong);
      panel.hidden = false;
    };

    const show = (answer) => {
      clearRows(group);
      // What the last saving refused is said again below, unless it was mended since.
      for (const list of group.querySelectorAll("ul.errorlist")) list.remove();
      const rows = Object.entries(answer.rows);
      for (const [prefix, row] of rows) showRow(prefix, row);
      const isWrong = answer.contract.length > 0 || rows.some(([, row]) => row.state === "wrong");
      say(answer.summary, isWrong);
      example.textContent = answer.example;
      example.parentElement.hidden = !answer.example;
    };

    const ask = async () => {
      asked.abort();
      asked = new AbortController();
      const { signal } = asked;
      try {
        const response = await fetch(panel.dataset.url, { method: "POST", body: new FormData(form), signal });
        if (!response.ok || response.redirected) throw new Error(String(response.status));
        show(await response.json());
      } catch {
        if (signal.aborted) return;
        clearRows(group);
        example.parentElement.hidden = true;
        say(panel.dataset.unanswered, false);
      }
    };

    const askSoon = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, DELAY);
    };

    group.addEventListener("input", askSoon);
    group.addEventListener("change", askSoon);
    document.addEventListener("formset:added", (event) => {
      event.target.querySelector("td.field-path input")?.focus();
      askSoon();
    });
    document.addEventListener("formset:removed", askSoon);
    askSoon();
  };

  const start = () => {
    const panel = document.getElementById("contract-check");
    if (panel) begin(panel);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}
