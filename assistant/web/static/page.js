/* What only a browser can do: links in the fragment, keys, ticks that stay, copying. The answers come from the server as HTML. */
(() => {
  "use strict";
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const box = () => find("#query textarea");
  const requestBox = () => find("#request textarea");
  const answer = () => find("#answer");
  const said = () => find("#said");
  const root = document.documentElement;
  const ownFetch = window.fetch.bind(window);

  /* --- what is requested besides an answer to the text in the box: one entry, a choice, what did not help, a filter --- */

  const wanted = { entry: "", choice: "", unhelpful: [], product: "", tags: [] };
  let ledBy = ""; // the question whose answer offered the link to what is shown; reports about it belong to that question
  let writing = false;

  /* Writes into one of Gradio's boxes and sends the event that Gradio waits for. */
  function write(field, text) {
    if (!field || field.value === text) return;
    field.value = text;
    writing = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    writing = false;
  }

  function sendRequest() {
    const request = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value.length));
    if (growing) request.typing = true;
    write(requestBox(), Object.keys(request).length ? JSON.stringify(request) : "");
  }

  /* --- the page keeps its state in the fragment of its address, which browsers do not send --- */

  /* Forgets what was opened, chosen and refused for another text. */
  function startOver() {
    wanted.entry = wanted.choice = "";
    wanted.unhelpful = [];
    ledBy = "";
  }

  const bare = () => location.pathname + location.search;

  function address(text) {
    const parts = [];
    if (text.trim()) parts.push(`q=${encodeURIComponent(text)}`);
    if (wanted.product) parts.push(`product=${encodeURIComponent(wanted.product)}`);
    wanted.tags.forEach((tag) => parts.push(`tag=${encodeURIComponent(tag)}`));
    return parts.length ? `#${parts.join("&")}` : bare();
  }

  function show() {
    const values = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
    startOver();
    growing = false;
    wanted.entry = values.get("entry") ?? "";
    wanted.product = values.get("product") ?? "";
    wanted.tags = values.getAll("tag");
    sendRequest();
    write(box(), values.get("q") ?? "");
    reportAfterPause();
    settle();
  }

  let typing = false; // whether further typing changes the newest step of the history instead of adding one

  function remember() {
    entitle();
    if (typing) history.replaceState(null, "", address(box().value));
    else history.pushState(null, "", address(box().value));
    typing = true;
  }

  document.addEventListener("input", (event) => {
    if (event.target !== box() || writing) return;
    startOver();
    grow();
    sendRequest();
    remember();
    reportAfterPause();
  }, true);

  window.addEventListener("popstate", () => { typing = false; show(); });

  /* A link to an entry leads to its page; with script the entry is shown here. */
  const fragmentOf = (link) => link.dataset.opens ? `#entry=${encodeURIComponent(link.dataset.opens)}` : link.getAttribute("href");

  /* Adds the question to a link to one entry, so that it stays in the box and a step back or a reload finds it. */
  function keepingQuestion(target) {
    const typed = box().value;
    return target.startsWith("#entry=") && typed.trim() ? `#q=${encodeURIComponent(typed)}&${target.slice(1)}` : target;
  }

  function follow(link) {
    const question = box().value.trim() || ledBy;
    const target = keepingQuestion(fragmentOf(link));
    typing = false;
    history.pushState(null, "", target === "#" ? bare() : target);
    show();
    if (wanted.entry && question) {
      ledBy = question;
      report("opened", { entry_id: wanted.entry });
    }
    if (target === "#") {
      box().focus();
      return;
    }
    leave();
    answer().scrollIntoView({ block: "start" });
  }

  /* --- while somebody types, what is shown stays until there is something at least as good, or until a pause --- */

  const PAUSE = 700; // milliseconds without a key after the newest answer
  let growing = false; // whether the text may still grow
  let held = false; // whether the server kept back what it found last, because the text may still grow
  let rest = 0;

  function grow() {
    growing = Boolean(box().value.trim());
    answer().setAttribute("aria-busy", "true");
    waitForPause();
  }

  function waitForPause() {
    clearTimeout(rest);
    rest = setTimeout(() => { if (unanswered) waitForPause(); else takeAsWhole(); }, PAUSE);
  }

  /* Takes the text as whole: what was held back is requested. */
  function takeAsWhole({ again = held } = {}) {
    clearTimeout(rest);
    if (!growing) return;
    growing = false;
    if (again) sendRequest();
    else announce();
  }

  /* Notes what a response for an answer brought. */
  async function answered(response) {
    held = growing && response.ok && typeof (await response.clone().json()).data?.[0] !== "string";
  }

  function rested() {
    if (growing) waitForPause();
    if (held) return;
    answer()?.removeAttribute("aria-busy");
    setTimeout(() => { announce(); arrive(); }, 100); // after Gradio has drawn it
    setTimeout(() => { if (!unanswered) arrive({ isLate: true }); }, 2000); // what is the same is not drawn again
  }

  const NAME = document.title;
  const LONGEST_TITLE = 80;

  /* Names the question in the title of the document, for tabs, the history and bookmarks; and for paper. */
  function entitle() {
    const asked = box().value.trim().replace(/\s+/g, " ");
    const about = asked || (wanted.entry && find(".card-title", answer())?.innerText.trim()) || "";
    const short = about.length > LONGEST_TITLE ? `${about.slice(0, LONGEST_TITLE).trim()}\u2026` : about;
    document.title = short ? `${short} - ${NAME}` : NAME;
    const opening = find(".opening");
    if (opening) opening.dataset.question = box().value.trim();
  }

  let goesOn = false; // whether a "No", "None of these" or a link led to what comes; it is gone then, and the focus with it
  let left = null; // the heading that stood there

  const heading = () => find(".results-heading, .card-title", answer());

  function leave() {
    goesOn = true;
    left = heading();
  }

  /* Gives the focus to what one was led to, once it is there: Gradio may draw it long after the response. */
  function arrive({ isLate = false } = {}) {
    const place = heading();
    if (!goesOn || ((!place || place === left) && !isLate)) return;
    goesOn = false;
    place?.setAttribute("tabindex", "-1");
    place?.focus();
  }

  let heard = ""; // what the live region said last, and about what

  /* Has a screen reader say what was found, once nothing more will change. */
  function announce() {
    const text = find(".announcement", answer())?.textContent ?? "";
    if (growing || answer().hasAttribute("aria-busy") || heard === `${box().value} ${text}`) return;
    heard = `${box().value} ${text}`;
    said().textContent = "";
    setTimeout(() => { said().textContent = text; }, 50); // an equal text is heard again only after another
  }

  /* --- what is lost when the server's HTML is replaced, and so is set again: ticks, choices, the filter --- */

  const ticked = new Set(); // names of ticked steps, kept while the page is open

  function tickName(input) {
    const card = input.closest(".card");
    return `${card?.dataset.entry} ${all(".tick input", card).indexOf(input)}`;
  }

  let appeared = false;

  /* Shows the page once its first answer is there; without a link to an answer the box has the focus. */
  function appear() {
    if (!find("[data-state=start]", answer())) root.classList.remove("linked");
    if (appeared) return;
    appeared = true;
    if (!location.hash && document.activeElement === document.body) box().focus({ preventScroll: true });
  }

  function settle() {
    if (find(".announcement", answer())) appear();
    localise();
    entitle();
    arrive();
    all(".tick input", answer()).forEach((input) => { input.checked = ticked.has(tickName(input)); });
    const product = find("#filter-product");
    if (product) product.value = wanted.product;
    all("#filter .tag input").forEach((input) => { input.checked = wanted.tags.includes(input.value); });
    const filter = find("#filter details");
    if (filter && (wanted.product || wanted.tags.length)) filter.open = true;
  }

  /* Writes days, times and large numbers as the reader's browser does; times in the reader's zone. */
  function localise() {
    all("time[datetime]:not([data-local])").forEach((time) => {
      const written = time.getAttribute("datetime");
      const moment = new Date(written);
      time.dataset.local = "1";
      if (Number.isNaN(moment.getTime())) return;
      const options = written.includes("T") ? { dateStyle: "long", timeStyle: "short" } : { dateStyle: "long", timeZone: "UTC" };
      time.textContent = new Intl.DateTimeFormat(navigator.languages, options).format(moment);
    });
    all("data[value]:not([data-local])").forEach((number) => {
      number.dataset.local = "1";
      number.textContent = number.textContent.replace(/^[\d,]+/, Number(number.value).toLocaleString(navigator.languages));
    });
  }

  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches(".tick input")) {
      if (input.checked) ticked.add(tickName(input));
      else ticked.delete(tickName(input));
    } else if (input.closest("#filter")) {
      wanted.product = find("#filter-product")?.value ?? "";
      wanted.tags = all("#filter .tag input:checked").map((each) => each.value);
      startOver();
      sendRequest();
      remember();
    }
  });

  /* --- reports of queries and of whether an entry helped; the server masks them before it keeps them --- */

  let reported = ""; // the newest query that was reported
  let pause = 0;

  const filter = () => ({ product: wanted.product || null, tags: wanted.tags, choice: wanted.choice || null });

  const report = (kind, more = {}) => find(".feedback-on") && ownFetch("./api/feedback", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ kind, query: box().value.trim() || ledBy, ...filter(), ...more }),
    keepalive: true,
  }).catch(() => {});

  function reportQuery() {
    clearTimeout(pause);
    const text = box()?.value.trim();
    if (!text || text === reported || !find(".feedback-on")) return;
    reported = text;
    report("asked");
  }

  function reportAfterPause() {
    clearTimeout(pause);
    pause = setTimeout(reportQuery, 1500);
  }

  document.addEventListener("toggle", (event) => {
    const card = event.target.closest?.(".card");
    if (!card || !event.target.open || !event.target.dataset.byHand || !find(".feedback-on")) return;
    reportQuery();
    report("opened", { entry_id: card.dataset.entry });
  }, true);

  function thank(part) {
    part.textContent = find(".feedback-on") ? "Thank you. It helps whoever writes the articles." : "Thank you.";
    said().textContent = part.textContent;
  }

  function goOn() {
    leave();
    growing = false;
    sendRequest();
  }

  function feedback(button) {
    const part = button.closest(".feedback");
    const id = (button.closest(".card") ?? part).dataset.entry;
    if (button.dataset.feedback === "did_not_help") {
      report("did_not_help", { entry_id: id });
      wanted.unhelpful.push(id);
      goOn();
    } else {
      if (button.dataset.feedback === "helped") report("helped", { entry_id: id });
      else report("did_not_help", { entry_id: id, reason: find("input", part).value });
      thank(part);
    }
  }

  function choose(id) {
    wanted.choice = id;
    report("did_not_help");
    goOn();
  }

  function browse() {
    const list = find("#contents details");
    if (!list) return;
    list.open = true;
    find("summary", list).focus();
    list.scrollIntoView({ block: "start" });
  }

  /* --- copying --- */

  function stepsText(card) {
    const lines = [find(".card-title", card).innerText.trim()];
    all(".message p:not(.unseen, .key), .aligned div:first-child dd", card).forEach((message) => lines.push(message.innerText.trim()));
    all(".solution > .block, .solution > .aside, .solution > h5", card).forEach((block) => {
      const name = find(".aside-name", block);
      if (name) lines.push("", `${name.innerText}:`);
      else lines.push("");
      all("p:not(.aside-name), li, pre, tr", block.matches("h5") ? block.parentNode : block).forEach((piece) => {
        if (piece.closest(".step") && !piece.matches(".step")) return;
        const number = find(".number", piece)?.textContent;
        const text = (find(".step-text", piece) ?? piece).innerText.trim();
        lines.push(number ? `${number} ${text}` : text);
      });
    });
    lines.push("", linkTo(card));
    return lines.join("\n");
  }

  /* The address of an entry's page, which works without script, too. */
  const linkTo = (card) => new URL(`./entries/${encodeURIComponent(card.dataset.entry).replaceAll("%2F", "/")}`, location.href).href;

  async function copy(button) {
    const card = button.closest(".card");
    const texts = { link: () => linkTo(card), steps: () => stepsText(card), ticket: () => find(".ticket").innerText };
    const text = texts[button.dataset.copy]();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // without HTTPS browsers offer only the old way
      const field = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
      field.select();
      document.execCommand("copy");
      field.remove();
      button.focus();
    }
    const before = button.textContent;
    button.textContent = "Copied";
    said().textContent = "Copied";
    setTimeout(() => { button.textContent = before; said().textContent = ""; }, 1500);
  }

  document.addEventListener("click", (event) => {
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey); // else it is opened in another tab or window
    const link = isPlain && event.target.closest?.('a[href^="#"], a[data-opens]');
    const button = event.target.closest?.("button[data-copy]");
    if (link) { event.preventDefault(); follow(link); }
    if (button) copy(button);
    const choice = event.target.closest?.("button[data-choice]");
    if (choice) choose(choice.dataset.choice);
    if (event.target.closest?.("button[data-browse]")) browse();
    if (event.target.closest?.("#find")) takeAsWhole({ again: true });
    const verdict = event.target.closest?.("button[data-feedback]");
    if (verdict) feedback(verdict);
    const summary = event.target.closest?.(".card > details > summary");
    if (summary) summary.parentNode.dataset.byHand = "1";
  });

  /* --- keys: "/" goes to the box, arrows among the results, Escape clears --- */

  const results = () => all(".card > details > summary, .examples a, [data-state='none'] .topics a", answer());

  function move(step) {
    const places = [box(), ...results()];
    const next = places[places.indexOf(document.activeElement) + step];
    next?.focus();
    next?.closest(".card")?.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target;
    const inBox = field === box();
    const elsewhere = !inBox && field.matches("input, select, textarea");
    if (event.key === "/" && !inBox && !elsewhere) {
      event.preventDefault();
      box().focus();
      box().select();
    } else if (event.key === "Enter" && inBox) {
      takeAsWhole({ again: true });
      reportQuery();
    } else if (event.key === "Escape" && !elsewhere) {
      if (inBox && !box().value) return;
      startOver();
      growing = false;
      sendRequest();
      write(box(), "");
      remember();
      box().focus();
    } else if (event.key === "ArrowDown" && (inBox ? field.selectionStart === field.value.length : results().includes(field))) {
      event.preventDefault();
      move(1);
    } else if (event.key === "ArrowUp" && results().includes(field)) {
      event.preventDefault();
      move(-1);
    }
  });

  /* --- a lost connection and a slow answer are shown; the connection is tried again --- */

  const LOST = "The connection is lost. What you see may be old; it comes back by itself.";
  const FAILED = "The server could not answer. What you see may be old; try again in a moment.";
  const BUSY = "The server has too much to do just now. What you see may be old; your question is asked again in a moment.";
  let again = 0;
  let unanswered = 0;

  function warn(text) {
    root.classList.toggle("old", Boolean(text) && Boolean(find(".card", answer() ?? root)));
    const place = find("#connection");
    if (place && place.textContent !== text) place.textContent = text;
    if (text) explain(text);
  }

  function lost() {
    warn(LOST);
    clearTimeout(again);
    again = setTimeout(async () => {
      try {
        const response = await ownFetch("./healthz", { cache: "no-store" });
        if (!response.ok) throw new Error(response.status);
        warn("");
        write(requestBox(), JSON.stringify({ ...wanted, again: Date.now() })); // the changed text makes Gradio send it again
      } catch { lost(); }
    }, 1500);
  }

  /* Asks again when the server says; the changed text makes Gradio send it again. */
  function busy(response) {
    warn(BUSY);
    clearTimeout(again);
    const wait = Number(response.headers.get("Retry-After")) || 5;
    again = setTimeout(() => write(requestBox(), JSON.stringify({ ...wanted, again: Date.now() })), 1000 * wait);
  }

  async function isBusy(response) {
    if (![429, 503].includes(response.status)) return false;
    const body = await response.clone().json().catch(() => null);
    return ["busy", "too_many"].includes(body?.error?.code);
  }

  function late(isLate) {
    root.classList.toggle("late", isLate);
    if (said()) said().textContent = isLate ? "Looking for an answer" : "";
  }

  /* Gradio sends its requests through this; those for an answer are watched. */
  window.fetch = async (...sent) => {
    if (!String(sent[0]?.url ?? sent[0]).includes("/run/predict")) return ownFetch(...sent);
    const slow = setTimeout(late, 1000, true);
    unanswered += 1;
    try {
      const response = await ownFetch(...sent);
      if (await isBusy(response)) busy(response);
      else if ([502, 503, 504].includes(response.status)) lost(); // what a proxy answers where the server is gone
      else warn(response.ok ? "" : FAILED);
      await answered(response);
      return response;
    } catch (error) {
      if (error?.name !== "AbortError") lost();
      throw error;
    } finally {
      clearTimeout(slow);
      unanswered -= 1;
      if (!unanswered && root.classList.contains("late")) late(false);
      if (!unanswered) rested();
    }
  };

  window.addEventListener("offline", lost);

  /* --- start when Gradio has drawn its page --- */

  /* Shows in place of the page why it is not there yet. */
  function explain(text) {
    const waiting = find("#waiting");
    if (!waiting) return;
    waiting.setAttribute("role", "alert");
    find("p", waiting).textContent = text;
  }

  if (/[#&](q|entry)=./.test(location.hash)) root.classList.add("linked");
  setTimeout(() => root.classList.remove("linked"), 5000);
  setTimeout(() => {
    if (!box()) explain("The page could not be loaded. Reload it; if it stays like this, tell whoever looks after it.");
  }, 15000);

  const waiting = setInterval(() => {
    if (!box() || !answer()) return;
    clearInterval(waiting);
    box().setAttribute("aria-describedby", "hint");
    new MutationObserver(settle).observe(find("gradio-app"), { childList: true, subtree: true });
    if (location.hash) show();
  }, 50);
})();
