/* The editor's page: what was asked in vain, and a change that answers it, tried before it is published. */
(() => {
  "use strict";
  const { call, post, act, say, element, table, moment, bullets, refresh, withProgress } = window.editorsPage;
  const find = (id) => document.getElementById(id);
  const OUTCOMES = { unanswered: "no answer", did_not_help: "did not help", nearly: "asked back", answered: "answered" };
  const STATES = { open: "open", solved: "solved", done: "done", not_ours: "not ours" };
  const times = (count) => (count === 1 ? "once" : `${count} times`);

  let entries = []; // all entries, and whether their articles can be edited here
  let published = ""; // the question whose change was just published; it is shown where it stands now
  let asking = 0; // the newest request for the list; an older one that ends later is not shown

  /* --- the list --- */

  async function list() {
    const own = ++asking;
    const wanted = new URLSearchParams();
    for (const name of ["days", "outcome", "article"]) {
      if (find(`asked-${name}`).value) wanted.set(name, find(`asked-${name}`).value);
    }
    find("asked-state").textContent = "Asking what was asked in vain again ...";
    try {
      const [questions, known] = await Promise.all([call(`editor/questions?${wanted}`), call("editor/entries")]);
      if (own !== asking) return;
      entries = known.entries;
      fillArticles();
      show(questions.groups, questions.left_out);
    } catch (error) {
      if (own === asking) find("asked-state").textContent = error.message;
    }
  }

  function fillArticles() {
    const chosen = find("asked-article").value;
    const ids = new Map(entries.map((each) => [each.entry_id.slice(0, each.entry_id.lastIndexOf("#")), each.article]));
    find("asked-article").replaceChildren(option("", "any"), ...[...ids].map(([id, title]) => option(id, title)));
    find("asked-article").value = ids.has(chosen) ? chosen : "";
  }

  function option(value, text) {
    const made = element("option", text);
    made.value = value;
    return made;
  }

  function show(groups, leftOut) {
    putAway();
    const open = groups.filter((each) => each.state === "open").length;
    find("asked-state").textContent = groups.length
      ? `${open} open, ${groups.length - open} solved or marked${leftOut ? `; ${leftOut} rarer questions are not shown` : ""}`
      : "Nothing was asked in vain.";
    const items = groups.map(item);
    find("asked-groups").replaceChildren(...items);
    items[groups.findIndex((each) => each.text === published)]?.scrollIntoView({ block: "center" });
    published = "";
  }

  function item(group) {
    const made = element("li", "", element("h3", group.text), facts(group));
    made.className = `group ${group.state}`;
    const others = group.questions.slice(1).map((each) => `${each.text} (${times(each.times)})`);
    if (others.length) made.append(element("p", "Also asked as:"), bullets(others));
    const reasons = group.questions.flatMap((each) => each.reasons);
    if (reasons.length) made.append(element("p", "People said why it did not help:"), bullets(reasons));
    if (group.helped.length) made.append(element("p", `People who asked this were helped by ${counted(group.helped)}.`));
    else if (group.opened.length) made.append(element("p", `People who asked this opened ${counted(group.opened)}.`));
    if (group.answered_by) made.append(element("p", `Answered now by ${titleOf(group.answered_by)}.`));
    if (group.nearest.length) {
      made.append(element("p", "Nearest, and why that is not enough:"),
        bullets(group.nearest.map((each) => `${each.title}: ${each.why}`)));
    }
    made.append(buttons(group, made));
    return made;
  }

  const titleOf = (id) => entries.find((each) => each.entry_id === id)?.title ?? id;
  const counted = (counts) => counts.map((each) => `${titleOf(each.text)} (${times(each.times)})`).join(", ");

  function facts(group) {
    const made = element("p", `${OUTCOMES[group.outcome]}, asked ${times(group.times)}, last `, moment(group.last));
    made.className = "soft";
    const state = element("strong", STATES[group.state]);
    state.className = "state";
    made.prepend(state, " ");
    return made;
  }

  function buttons(group, place) {
    const texts = group.questions.map((each) => each.text);
    const made = element("p", "",
      button("Add as a symptom", () => open(group, place, "symptom"), ""),
      button("New entry", () => open(group, place, "entry")));
    made.className = "row";
    const mark = (label, value) => {
      const own = button(label, () => act(own, () => post("editor/questions/mark", { questions: texts, mark: value }), list));
      made.append(own);
    };
    if (group.state === "done" || group.state === "not_ours") mark("Open again", null);
    else {
      mark("Done", "done");
      mark("Not ours", "not_ours");
    }
    return made;
  }

  function button(text, action, look = "second") {
    const made = element("button", text);
    made.type = "button";
    made.className = look;
    made.addEventListener("click", action);
    return made;
  }

  /* --- a change --- */

  let wanted = null; // the group and the kind of the change that is open
  let tried = null; // the change that was tried last and what it would do; an edit of the form makes it void

  function open(group, place, kind) {
    wanted = { group, kind };
    place.append(find("change"));
    find("change").hidden = false;
    find("change-symptom").hidden = kind !== "symptom";
    find("change-entry").hidden = kind !== "entry";
    const editable = entries.filter((each) => each.is_editable);
    find("symptom-entry").replaceChildren(...editable.map((each) => option(each.entry_id, `${each.title} (${each.source})`)));
    const nearest = [...group.helped.map((each) => each.text), ...group.nearest.map((each) => each.entry_id), group.answered_by];
    const best = nearest.find((id) => editable.some((each) => each.entry_id === id));
    if (best) find("symptom-entry").value = best;
    find("symptom-text").value = group.text;
    const sources = [...new Set(editable.map((each) => each.source))];
    find("entry-source").replaceChildren(...sources.map((each) => option(each, each)));
    find("entry-symptoms").value = group.questions.map((each) => each.text.replace(/\s+/g, " ")).join("\n");
    for (const name of ["title", "messages", "cause", "solution"]) find(`entry-${name}`).value = "";
    outdate();
    post("editor/change/prepare").catch(() => {}); // meanwhile; a trial asks whatever is missing itself
    find(kind === "symptom" ? "symptom-text" : "entry-title").focus();
  }

  function putAway() {
    wanted = null;
    find("change").hidden = true;
    find("mending").append(find("change"));
    outdate();
  }

  function outdate() {
    tried = null;
    find("publish").disabled = true;
    find("trial").replaceChildren();
  }

  const linesOf = (id) => find(id).value.split("\n").map((line) => line.trim()).filter(Boolean);

  function change() {
    const questions = wanted.group.questions.map((each) => each.text);
    if (wanted.kind === "symptom") {
      const entry = entries.find((each) => each.entry_id === find("symptom-entry").value);
      return { source: entry?.source ?? "", entry_id: entry?.entry_id ?? "", symptom: find("symptom-text").value, questions };
    }
    const entry = { title: find("entry-title").value, messages: linesOf("entry-messages"), symptoms: linesOf("entry-symptoms"),
      cause: find("entry-cause").value, solution: find("entry-solution").value };
    return { source: find("entry-source").value, entry, questions };
  }

  find("change").addEventListener("input", outdate);
  find("put-away").addEventListener("click", putAway);

  find("try").addEventListener("click", async (event) => {
    outdate();
    const sent = change();
    const result = await act(event.target, () => withProgress(find("trying"), () => post("editor/change/try", sent)), () => {});
    if (!result) return;
    tried = { ...sent, digest: result.digest };
    find("publish").disabled = false;
    showTrial(result);
    say(trialText(result));
  });

  function trialText(result) {
    const found = result.answers.filter((each) => each.is_answered).length;
    return `${found} of ${result.answers.length} wordings would be answered. Nothing is written yet.`;
  }

  function showTrial(result) {
    const place = (each) => (each.is_answered ? "answered" : each.place ? `in place ${each.place}, not sure enough` : "not found");
    const differing = result.differing.map((each) =>
      [each.query, each.before ? titleOf(each.before) : "no answer", each.after ? titleOf(each.after) : "no answer", each.verdict ?? ""]);
    const card = element("div");
    card.className = "cards";
    card.innerHTML = result.html; // made and cleaned on the server, as for readers
    const diff = element("pre", "", ...result.diff.slice(2).map((line) => { // without the lines that name the file
      const made = element(line.startsWith("+") ? "ins" : line.startsWith("-") ? "del" : "span", `${line}\n`);
      return made;
    }));
    diff.className = "diff";
    diff.tabIndex = 0;
    find("trial").replaceChildren(
      element("h4", "Does it find its entry?"), table(["Asked", "Then"], result.answers.map((each) => [each.query, place(each)])),
      element("h4", "What else would change?"),
      element("p", `${result.asked} judged and recent queries asked${result.left_out ? `, ${result.left_out} further ones were not` : ""}; ${differing.length} would be answered differently.`),
      ...(differing.length ? [table(["Query", "Now", "Then", ""], differing)] : []),
      ...(result.broken.length ? [element("p", "Questions that were answered before and would be no longer:"),
        bullets(result.broken.map((each) => `${each.query} (${titleOf(each.entry_id)})`))] : []),
      ...(result.warning ? [element("p", result.warning)] : []),
      ...(result.findings.length ? [element("p", "To be mended as well:"), bullets(result.findings)] : []),
      element("h4", `What is written to ${result.source}`), diff,
      element("h4", "How readers see it"), card);
  }

  find("publish").addEventListener("click", async (event) => {
    const sent = tried;
    if (!sent) return;
    published = wanted.group.text;
    const result = await act(event.target, () => withProgress(find("trying"), () => post("editor/change/publish", sent)), refresh);
    event.target.disabled = true;
    if (!result) return;
    say(`Published. ${result.answered} of ${result.asked} wordings are answered, and are checked from now on.${result.warning ? ` ${result.warning}` : ""}`);
  });

  for (const name of ["days", "outcome", "article"]) find(`asked-${name}`).addEventListener("change", list);
  document.addEventListener("editor:refreshed", list);
})();
