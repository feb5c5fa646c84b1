/* Asks as one types, and takes nothing back: what is weaker than what is shown waits until nobody types any more. */

const PAUSE = 150;
const REST = 700;
const NOTED = 1500;
const LATE = 1000;
const STRENGTH = { question: 1, answer: 2 };

/* What is asked besides the text in the box. */
const also = { entry: "", choice: "", unhelpful: [] };
let typing = false;
let held = null;
let shown = { outcome: "", text: "" };
let underWay = null;
let noted = "";
let asks = 0;
let rests = 0;
let notes = 0;
let retries = 0;

/* Libraries of old give all lists a `toJSON`, which would make a text of each; so lists are written here. */
const json = (values) => `{${Object.keys(values).map((key) => `"${key}":${Array.isArray(values[key]) ? `[${values[key].map((each) => JSON.stringify(each)).join(",")}]` : JSON.stringify(values[key])}`).join(",")}}`;

const request = () => ({ query: box.value, product: said("product"), tags: tags(), ...also, typing });

const post = (body, more) => window.fetch(`${HELP}api/widget/v1`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: json(body),
  credentials: "omit",
  referrerPolicy: "no-referrer",
  cache: "no-store",
  ...more,
});

function forget() {
  also.entry = also.choice = "";
  also.unhelpful = [];
}

async function ask() {
  clearTimeout(asks);
  clearTimeout(retries);
  underWay?.abort();
  const mine = (underWay = new AbortController());
  const late = setTimeout(() => { panel.classList.add("late"); speak(label("looking")); }, LATE);
  results.setAttribute("aria-busy", "true");
  if (!typing) noted = box.value.trim();
  try {
    const response = await post(request(), { signal: mine.signal });
    const text = await response.text();
    if (mine !== underWay) return;
    underWay = null;
    if (response.ok) received(text);
    else refused(response, text);
  } catch {
    if (mine !== underWay || mine.signal.aborted) return;
    underWay = null;
    failed("offline", true);
    console.warn(`Help widget: no answer from ${HELP}. Is ${location.origin} in its ASSISTANT_SITES, and does this page's connect-src allow it?`);
  } finally {
    clearTimeout(late);
    if (!underWay) panel.classList.remove("late");
  }
}

function received(text) {
  warn("");
  held = null;
  const view = JSON.parse(text);
  view.problems?.forEach((problem) => console.warn(`Help widget: ${problem}`));
  const strength = STRENGTH[view.outcome] ?? 0;
  const isWeaker = strength < Math.max(1, STRENGTH[shown.outcome] ?? 0);
  if (typing && isWeaker && box.value.trim()) held = { view, text };
  else show(view, text);
}

function show(view, text) {
  const isNew = text !== shown.text;
  held = null;
  shown = { outcome: view.outcome, text };
  results.removeAttribute("aria-busy");
  results.classList.remove("old");
  if (isNew) draw((OUTCOMES[view.outcome] ?? OUTCOMES.old)(view), view.outcome);
  if (!typing) announce();
}

/* A refusal of the server, in its own words where they tell what to do. */
function refused(response, text) {
  if (response.status === 404) { show({ outcome: "old" }, text); return; }
  const seconds = Number(response.headers.get("Retry-After"));
  if (seconds) {
    failed("busy");
    retries = setTimeout(ask, Math.min(seconds, 60) * 1000);
  } else failed(response.status === 503 ? "noIndex" : "fault", true);
}

function failed(name, again) {
  results.removeAttribute("aria-busy");
  if (shown.text) results.classList.add("old");
  warn(label(name), again);
}

/* --- while somebody types --- */

function typed() {
  forget();
  clearTimeout(asks);
  clearTimeout(rests);
  clearTimeout(notes);
  underWay?.abort();
  underWay = null;
  typing = Boolean(box.value.trim());
  results.setAttribute("aria-busy", "true");
  if (!typing) { ask(); return; }
  asks = setTimeout(ask, PAUSE);
  rests = setTimeout(rest, REST);
  notes = setTimeout(note, NOTED);
}

/* Takes the text as whole. */
function rest() {
  clearTimeout(rests);
  typing = false;
  if (held) show(held.view, held.text);
  else if (!underWay) announce();
}

/* Has the server note what was asked, once for each text that somebody has stopped typing. */
function note() {
  clearTimeout(notes);
  const text = box.value.trim();
  if (!text || text === noted) return;
  noted = text;
  post({ ...request(), typing: false }, { keepalive: true }).catch(() => {});
}

/* Asks at once for what is in the box. */
function askNow() {
  const isAsked = !underWay && (held || shown.text) && !results.hasAttribute("aria-busy");
  typing = false;
  clearTimeout(notes);
  if (isAsked) { rest(); note(); } else { clearTimeout(rests); ask(); }
}

function askFor(text) {
  fill(text);
  forget();
  typing = false;
  box.focus();
  ask();
}

/* --- what follows: the next choices, a topic near by, and the way back --- */

function goOn() {
  typing = false;
  arrives = true;
  ask();
}

function refuse(id) {
  also.entry = "";
  also.unhelpful = [...also.unhelpful, id];
  goOn();
}

function choose(id) {
  also.choice = id;
  goOn();
}

function follow(id) {
  also.entry = id;
  goOn();
}

function goBack() {
  also.entry = "";
  goOn();
}
