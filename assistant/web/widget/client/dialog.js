/* The dialog: the box, the results, focus, keys, and what a screen reader hears. */

let panel;
let box;
let results;
let voice;
let alarm;
let cameFrom = null;
let arrives = false;

const SEARCH = "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm4.7 11.2L20 20";
const CLOSE = "M6 6l12 12M18 6L6 18";

function build() {
  box = make("textarea", {
    id: "box", rows: 1, maxlength: 20000, enterkeyhint: "search", spellcheck: "false", autocomplete: "off",
    placeholder: label("box"), input: () => { grow(); typed(); }, keydown: keyInBox,
  });
  results = make("div.results", { "aria-busy": "true" });
  voice = make("p.unseen", { role: "status" });
  alarm = make("div.alarm", { role: "alert" });
  const close = make("button.close", { type: "button", "aria-label": label("close"), click: shut }, make("kbd", { "aria-hidden": "true" }, "esc"), icon(CLOSE));
  const field = make("div.field", null, icon(SEARCH), make("label.unseen", { for: "box" }, label("box")), box);
  panel = make("dialog.ours", {
    ...tongue(), "aria-labelledby": "title",
    close: closed, keydown: keyInPanel, click: clickedOutside, wheel: keepPageStill,
  }, make("div.panel", null, make("h2.unseen", { id: "title" }, label("title")), make("div.top", null, field, close), alarm, results, make("p.bottom", null, toPage()), voice));
  shadow.append(panel);
}

/* --- opening and closing --- */

function deepFocus() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

let context = "";
let opening = false;

async function open(text) {
  if (opening) return;
  opening = true;
  const before = deepFocus();
  if (!panel) {
    await loadTexts();
    build();
  }
  opening = false;
  if (!host.isConnected) document.documentElement.append(host);
  if (!panel.open) {
    cameFrom = before;
    panel.showModal();
  }
  const now = json({ product: said("product"), tags: tags() });
  const isOther = now !== context || !shown.text;
  context = now;
  const given = text || (box.value ? "" : said("query"));
  if (given && given !== box.value) { fill(given); forget(); typing = false; ask(); } else if (isOther) { typing = false; ask(); }
  grow();
  box.focus();
  box.select();
}

const shut = () => panel.close();

function closed() {
  note();
  const target = cameFrom?.isConnected && cameFrom !== document.body ? cameFrom : opener;
  target?.focus?.({ preventScroll: true });
}

/* The dialog is as large as the window, so whatever is outside of the panel is the dialog itself. */
function clickedOutside(event) {
  if (event.target === panel) shut();
}

function keepPageStill(event) {
  const scrolls = [box, results].some((each) => event.composedPath().includes(each) && each.scrollHeight > each.clientHeight);
  if (!scrolls) event.preventDefault();
}

/* --- the box --- */

function grow() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
  panel.querySelectorAll(".page").forEach((link) => { link.href = pageAddress(); });
}

function fill(text) {
  box.value = text;
  grow();
}

function keyInBox(event) {
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    askNow();
  } else if (event.key === "ArrowDown" && box.selectionStart === box.value.length && places().length) {
    event.preventDefault();
    places()[0].focus();
  }
}

/* --- keys: the arrows go through the results, Tab stays in the dialog --- */

const places = () => [...results.querySelectorAll("summary, .row")];
const stops = () => [...panel.querySelectorAll("button, a[href], textarea, summary, input, pre[tabindex]")].filter((each) => each.checkVisibility());

function keyInPanel(event) {
  const now = shadow.activeElement;
  const at = places().indexOf(now);
  if (isShortcut(event)) {
    event.preventDefault();
    shut();
  } else if (event.key === "Escape") {
    event.preventDefault();
    shut();
  } else if (at >= 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const next = event.key === "ArrowDown" ? places()[at + 1] : places()[at - 1] ?? box;
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Tab") {
    const all = stops();
    const end = event.shiftKey ? all[0] : all[all.length - 1];
    if (now === end || !now) {
      event.preventDefault();
      (event.shiftKey ? all[all.length - 1] : all[0]).focus();
    }
  }
}

/* --- what is shown and said --- */

function draw(content, outcome) {
  results.dataset.outcome = outcome;
  results.replaceChildren(make("div", null, content));
  results.scrollTop = 0;
  if (!arrives) return;
  arrives = false;
  const first = results.querySelector(".heading") ?? results.querySelector("summary");
  first?.focus();
}

/* A live region is heard again only when it changes, so it is emptied first. */
function speak(text) {
  voice.textContent = "";
  setTimeout(() => { voice.textContent = text; }, 50);
}

let heard = "";

function announce() {
  const text = (results.querySelector(".heading") ?? results.querySelector(".title"))?.textContent ?? "";
  if (!box.value.trim() || heard === `${box.value} ${text}`) return;
  heard = `${box.value} ${text}`;
  speak(text);
}

function warn(text, again) {
  if (alarm.textContent === "" && !text) return;
  alarm.replaceChildren(...(text ? [make("p", null, text), ...(again ? [button("again", ask)] : [])] : []));
}

async function copy(source, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // without HTTPS browsers offer only the old way
    const field = make("textarea.unseen");
    field.value = text;
    panel.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    source.focus();
  }
  const before = source.textContent;
  source.textContent = label("copied");
  speak(label("copied"));
  setTimeout(() => { source.textContent = before; }, 1500);
}
