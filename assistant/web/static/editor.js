/* The editor's page. The token is kept for this tab's session only, and sent as a header, never in an address. */
(() => {
  "use strict";
  const find = (id) => document.getElementById(id);
  let token = "";

  /* --- requests --- */

  async function call(path, options = {}) {
    const response = await fetch(`./api/${path}`, {
      ...options, headers: { Authorization: `Bearer ${token}`, ...options.headers }, cache: "no-store",
    }).catch(() => { throw new Error("The server does not answer. Try again in a moment."); });
    const body = response.status === 204 ? null : await response.json();
    if (response.status === 401) {
      forget();
      throw new Error(body.error.message);
    }
    if (!response.ok) throw new Error(`${body.error.message} (${body.error.id})`);
    return body;
  }

  const post = (path, body = {}) =>
    call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

  function say(text, failed = false) {
    find("outcome").textContent = text;
    find("outcome").classList.toggle("failed", failed);
  }

  async function act(button, action, after = refresh) {
    button.disabled = true;
    say("Working ...");
    try {
      const result = await action();
      await after();
      say("Done.");
      return result;
    } catch (error) {
      say(error.message, true);
      return null;
    } finally {
      button.disabled = false;
    }
  }

  /* --- elements; every text is put in as text --- */

  function element(name, text, ...children) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  }

  function table(heads, rows) {
    const head = element("tr", "", ...heads.map((text) => element("th", text)));
    const body = rows.map((cells) => element("tr", "", ...cells.map((cell, number) => {
      const made = element("td");
      made.dataset.name = heads[number]; // shown in front of it where there is no room for columns
      made.append(cell ?? "");
      return made;
    })));
    return element("table", "", element("thead", "", head), element("tbody", "", ...body));
  }

  function facts(pairs) {
    const made = element("dl", "", ...pairs.flatMap(([name, value]) => {
      const described = element("dd");
      described.append(value);
      return [element("dt", name), described];
    }));
    made.className = "facts";
    return made;
  }

  function moment(iso) {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) return iso ?? "";
    const made = element("time", at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" }));
    made.dateTime = made.title = iso;
    return made;
  }

  const bullets = (lines) => element("ul", "", ...lines.map((line) => element("li", line)));

  /* --- the index and the log --- */

  async function refresh() {
    const [status, overview] = await Promise.all([call("status").catch(asNone), call("editor/overview")]);
    showStatus(status);
    showGenerations(overview.generations);
    find("log").replaceChildren(overview.log.length
      ? table(["When", "What", "Outcome"], overview.log.map((line) => [moment(line.at), line.action, line.outcome]))
      : element("p", "Nothing yet."));
    listArticles();
    document.dispatchEvent(new Event("editor:refreshed"));
  }

  const asNone = (error) => ({ problem: error.message, rejected: [] }); // there may be no index yet

  function showStatus(status) {
    const built = status.generation ? [
      ["Problems", `${status.entries} in ${status.articles} article${status.articles === 1 ? "" : "s"}`],
      ["Built", moment(status.generation.built_at)], ["Generation", status.generation.id], ["Encoder", status.encoder],
    ] : [];
    find("status").replaceChildren(facts([...built, ...(status.problem ? [["Not right", status.problem]] : [])]));
    const wrong = status.rejected.map((each) => [each.source, each.message, String(each.entries), String(each.being_edited)]);
    if (status.more_rejected) wrong.push(["and more", `${status.more_rejected} more were left out`, "", ""]);
    find("articles").replaceChildren(wrong.length
      ? table(["Left out", "What is wrong", "Problems missing", "Shown as before"], wrong) : element("p", "All articles are in."));
  }

  function showGenerations(generations) {
    find("generations").replaceChildren(table(["Generation", "Built", "Problems", ""], generations.map((each) => {
      const back = element("button", "Answer from this");
      back.type = "button";
      back.className = "second";
      back.addEventListener("click", () => act(back, () => post("editor/rollback", { generation_id: each.id })));
      return [each.id, each.problem ?? moment(each.built_at), String(each.entries ?? ""), each.current ? "current" : back];
    })));
  }

  const SEARCHED_AT_ONCE = 200; // problems; searching for many more keeps the server busy for minutes
  let listing = 0; // the newest listing; an older one that ends later is not shown

  async function listArticles() { // slow, so nothing waits for it: it reads every article, then may search for each problem
    const own = ++listing;
    const articles = await list(own, false);
    if (!articles) return;
    const few = articles.reduce((sum, each) => sum + each.entries, 0) <= SEARCHED_AT_ONCE;
    find("search").hidden = few;
    if (few) await list(own, true);
  }

  async function list(own, searched) {
    find("searching").textContent = searched ? "Looking for problems that their own words do not find ..." : "";
    try {
      const listed = await call(`editor/articles?searched=${searched}`);
      if (own !== listing) return null;
      showArticles(listed.articles);
      find("searching").textContent = "";
      return listed.articles;
    } catch (error) {
      if (own === listing) find("searching").textContent = error.message;
      return null;
    }
  }

  find("search").addEventListener("click", () => {
    find("search").hidden = true;
    list(++listing, true);
  });

  function showArticles(articles) {
    find("findings").replaceChildren(table(["Article", "Problems", "To be mended"], articles.map((each) => {
      const lines = each.more ? [...each.findings, `and ${each.more} more`] : each.findings;
      return [each.source, String(each.entries), lines.length ? bullets(lines) : "nothing found"];
    })));
  }

  /* --- building --- */

  function summaryOf(report) {
    const rows = ["added", "changed", "removed"].flatMap((verb) => report[verb].map((entry) => [verb, entry]));
    const text = `${report.added.length} added, ${report.changed.length} changed, ${report.removed.length} removed; ` +
      `${report.encoded} passages encoded, ${report.reused} re-used.`;
    return [element("p", report.written ? text : "Nothing has changed since the last build."),
      ...(rows.length ? [table(["", "Entry"], rows)] : [])];
  }

  async function withProgress(place, action) { // the server says how far it is; nobody waits without seeing that
    const bar = element("progress"), text = element("span", "Reading the articles");
    bar.setAttribute("aria-label", "How far it is");
    place.replaceChildren(bar, text);
    const polling = setInterval(async () => {
      const progress = (await call("editor/overview").catch(() => ({}))).progress;
      if (!progress) return;
      bar.max = progress.total;
      bar.value = progress.done;
      text.textContent = `${progress.done} of ${progress.total} ${progress.what}`;
    }, 400);
    try {
      return await action();
    } finally {
      clearInterval(polling);
      place.replaceChildren();
    }
  }

  find("rebuild").addEventListener("click", async (event) => {
    const report = await act(event.target, () => withProgress(find("running"), () => post("rebuild")));
    if (report) find("report").replaceChildren(...summaryOf(report));
  });

  find("compare").addEventListener("click", async (event) => {
    const comparison = await act(event.target, () => withProgress(find("running"), () => post("editor/compare")));
    if (!comparison) return;
    const rows = comparison.differing.map((each) => [each.query, each.before ?? "no answer", each.after ?? "no answer"]);
    find("report").replaceChildren(...summaryOf(comparison.report),
      element("p", `${comparison.asked} ${comparison.asked === 1 ? "query" : "queries"} asked, ${rows.length} would be answered differently. ` +
        "Readers are answered as before until you rebuild."),
      ...(rows.length ? [table(["Query", "Now", "Then"], rows)] : []),
      ...(comparison.broken.length ? [element("p", `Questions that were answered and would be no longer: ${comparison.broken.length}`),
        table(["Query", "Entry"], comparison.broken.map((each) => [each.query, each.entry_id]))] : []));
  });

  /* --- preview --- */

  const isText = (file) => /\.(md|markdown|txt|text)$/i.test(file.name);

  find("file").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (file) find("draft").value = isText(file) ? await file.text() : "";
  });

  find("preview").addEventListener("click", async (event) => {
    const file = find("file").files[0];
    const sent = file && !isText(file) && !find("draft").value ? file : null; // a text pasted after choosing a file wins
    const name = encodeURIComponent(sent || (file && isText(file)) ? file.name : "preview.md");
    const body = sent ?? find("draft").value;
    const preview = await act(event.target, () => call(`editor/preview?name=${name}`, { method: "POST", body }), () => {});
    if (!preview) return;
    find("mend").replaceChildren(...preview.findings.map((line) => element("li", line)));
    find("entries").innerHTML = preview.html; // made and cleaned on the server, as for readers
    say(preview.problem ?? `${preview.entries} problem${preview.entries === 1 ? "" : "s"} in this article.`, Boolean(preview.problem));
  });

  /* --- opening --- */

  const KEY = "editor-token"; // in the storage of this tab, which ends with it

  function forget() {
    token = "";
    try { sessionStorage.removeItem(KEY); } catch { /* a browser may allow no storage */ }
  }

  function keep() {
    try { sessionStorage.setItem(KEY, token); } catch { /* then it is asked again after a reload */ }
  }

  function kept() {
    try { return sessionStorage.getItem(KEY) ?? ""; } catch { return ""; }
  }

  async function open(button) {
    if (!await act(button, async () => true)) return false;
    keep();
    find("opened").hidden = false;
    find("key").hidden = true;
    say("");
    find("heading").focus();
    return true;
  }

  find("key").addEventListener("submit", async (event) => {
    event.preventDefault();
    token = find("token").value;
    if (!await open(event.submitter ?? find("token"))) find("token").select();
  });

  find("forget").addEventListener("click", () => { forget(); location.reload(); });

  window.editorsPage = { call, post, act, say, element, table, moment, bullets, refresh, withProgress };
  token = kept();
  if (token) document.addEventListener("DOMContentLoaded", () => open(find("token")));
})();
