/* The editor's page. The token is kept in this tab's memory only, and sent as a header, never in an address. */
(() => {
  "use strict";
  const find = (id) => document.getElementById(id);
  let token = "";

  async function call(path, options = {}) {
    const response = await fetch(`./api/${path}`, {
      ...options, headers: { Authorization: `Bearer ${token}`, ...options.headers }, cache: "no-store",
    });
    const body = await response.json();
    if (!response.ok) throw new Error(`${body.error.message} (${body.error.id})`);
    return body;
  }

  const post = (path, body = {}) =>
    call(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

  function element(name, text, ...children) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  }

  function table(heads, rows) {
    const head = element("tr", "", ...heads.map((text) => element("th", text)));
    const body = rows.map((cells) => element("tr", "", ...cells.map((cell) => {
      const made = element("td");
      made.append(cell ?? "");
      return made;
    })));
    return element("table", "", element("thead", "", head), element("tbody", "", ...body));
  }

  async function refresh() {
    const [status, overview] = await Promise.all([call("status"), call("editor/overview")]);
    const wrong = [...status.rejected.map((each) => [each.source, each.message, String(each.entries)])];
    find("status").replaceChildren(element("p",
      `Generation ${status.generation.id}, built ${status.generation.built_at}: ${status.entries} problems in ` +
      `${status.articles} articles, encoder ${status.encoder}.${status.problem ? ` ${status.problem}` : ""}`));
    find("articles").replaceChildren(wrong.length
      ? table(["Left out", "What is wrong", "Problems it held"], wrong) : element("p", "All articles are in."));
    find("generations").replaceChildren(table(["Generation", "Built", "Problems", ""], overview.generations.map((each) => {
      const back = element("button", "Answer from this");
      back.type = "button";
      back.className = "second";
      back.addEventListener("click", () => act(back, () => post("editor/rollback", { generation_id: each.id })));
      return [each.id, each.built_at ?? each.problem, String(each.entries ?? ""), each.current ? "current" : back];
    })));
    find("log").replaceChildren(overview.log.length
      ? table(["When", "What", "Outcome"], overview.log.map((line) => [line.at, line.action, line.outcome]))
      : element("p", "Nothing yet."));
    listArticles();
  }

  async function listArticles() { // reads every article, so nothing waits for it
    let found;
    try {
      found = (await call("editor/overview?articles=true")).articles;
    } catch (error) {
      find("findings").replaceChildren(element("p", error.message));
      return;
    }
    find("findings").replaceChildren(table(["Article", "Problems", "To be mended"], found.map((each) => {
      const lines = each.more ? [...each.findings, `and ${each.more} more`] : each.findings;
      return [each.source, String(each.entries), lines.length
        ? element("ul", "", ...lines.map((line) => element("li", line))) : "nothing found"];
    })));
  }

  function accountOf(report) {
    const rows = ["added", "changed", "removed"].flatMap((verb) => report[verb].map((entry) => [verb, entry]));
    const text = `${report.added.length} added, ${report.changed.length} changed, ${report.removed.length} removed; ` +
      `${report.encoded} passages encoded, ${report.reused} re-used.`;
    return [element("p", report.written ? text : "Nothing has changed since the last build."), ...(rows.length ? [table(["", "Entry"], rows)] : [])];
  }

  async function act(button, action) {
    button.disabled = true;
    find("outcome").textContent = "Working ...";
    try {
      const result = await action();
      await refresh();
      find("outcome").textContent = "Done.";
      return result;
    } catch (error) {
      find("outcome").textContent = error.message;
    } finally {
      button.disabled = false;
    }
    return null;
  }

  find("key").addEventListener("submit", async (event) => {
    event.preventDefault();
    token = find("token").value;
    const opened = await act(event.submitter ?? find("key"), async () => true);
    find("opened").hidden = !opened;
    find("key").hidden = Boolean(opened);
  });

  find("rebuild").addEventListener("click", async (event) => {
    const report = await act(event.target, () => post("rebuild"));
    if (report) find("report").replaceChildren(...accountOf(report));
  });

  find("compare").addEventListener("click", async (event) => {
    const found = await act(event.target, () => post("editor/compare"));
    if (!found) return;
    const rows = found.differing.map((each) => [each.query, each.before ?? "no answer", each.after ?? "no answer"]);
    find("report").replaceChildren(...accountOf(found.report),
      element("p", `${found.asked} queries asked, ${rows.length} would be answered differently.`),
      ...(rows.length ? [table(["Query", "Now", "Then"], rows)] : []));
  });

  const isText = (file) => /\.(md|markdown|txt|text)$/i.test(file.name);

  find("file").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (file) find("draft").value = isText(file) ? await file.text() : "";
  });

  find("preview").addEventListener("click", async (event) => {
    const file = find("file").files[0];
    const sent = file && !isText(file) && !find("draft").value ? file : null; // what was pasted since is meant
    const name = encodeURIComponent(sent || (file && isText(file)) ? file.name : "preview.md");
    const body = sent ?? find("draft").value;
    const found = await act(event.target, () => call(`editor/preview?name=${name}`, { method: "POST", body }));
    if (!found) return;
    find("mend").replaceChildren(...found.findings.map((line) => element("li", line)));
    find("entries").innerHTML = found.html; // made and cleaned on the server, as for readers
    find("outcome").textContent = found.problem ?? `${found.entries} problems in this article.`;
  });
})();
