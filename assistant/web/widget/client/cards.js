/* An entry as a card that opens in place: its message, why it happens, what to do, and the article it is from. */

/* Names of ticked steps, kept while the page is open. */
const ticked = new Set();

function step(id, number, nodes) {
  const name = `${id} ${number}`;
  const tick = make("input", { type: "checkbox", change: () => (tick.checked ? ticked.add(name) : ticked.delete(name)) });
  tick.checked = ticked.has(name);
  const done = make("span.unseen", null, label("stepDone", { n: number }));
  return make("li.step", null, make("label.tick", tongue(), tick, make("span.number", { "aria-hidden": "true" }, `${number}.`), done), make("div.step-text", { dir: "auto" }, grown(nodes)));
}

/* What comes from an article is in its language, and may be written the other way than the reader's. */
const own = (card) => ({ dir: "auto", lang: card.language });

const blocksOf = (id, nodes) => nodes.map((node) => (node.steps
  ? make("ol.steps", { start: node.first, role: "list" }, node.steps.map((each, at) => step(id, node.first + at, each)))
  : grown([node])));

function messageOf(card) {
  if (card.differs) {
    const runs = (side) => card.alignment.filter((run) => run[side]).map((run) => [run[0] === "same" ? run[side] : make(`span.run.${run[0]}`, null, run[side]), " "]);
    const row = (name, side) => make("div", null, make("dt", null, label(name)), make("dd", null, runs(side)));
    return make("dl.message", { lang: "" }, row("documented", 1), row("yours", 2));
  }
  if (!card.messages.length) return null;
  const before = card.alignment.length ? make("p.key", null, label("same")) : make("p.unseen", null, label("message"));
  return make("blockquote.message", null, before, card.messages.map((message) => make("p", { dir: "auto" }, grown(message))));
}

function solutionsOf(card) {
  return card.solutions.map((solution, at) => {
    const several = card.solutions.length > 1;
    const title = solution.title && (several ? make("span", own(card), grown(solution.title)) : grown(solution.title));
    const name = several ? [label("way", { n: at + 1 }), title && ": ", title] : title;
    return [name && make("h6", several ? null : own(card), name), solution.blocks.map(([kind, nodes]) => {
      const body = make("div.block", own(card), blocksOf(`${card.entry_id} ${at}`, nodes));
      return kind === "note" || kind === "caution" ? make(`div.aside.${kind}`, { role: "note" }, make("p.aside-name", null, label(kind)), body) : body;
    })];
  });
}

function stepsAsText(card) {
  const lines = [plain(card.title), ...card.messages.map(plain)];
  card.solutions.forEach((solution) => {
    lines.push("", ...(solution.title ? [plain(solution.title)] : []));
    solution.blocks.forEach(([kind, nodes]) => lines.push((/note|caution/.test(kind) ? `${label(kind)}: ` : "") + plain(nodes)));
  });
  return [...lines, "", addressOf(card)].join("\n");
}

const addressOf = (card) => `${HELP}entries/${encodeURIComponent(card.entry_id).replaceAll("%2F", "/")}`;

const button = (name, act, values) => make("button", { type: "button", click: act }, label(name, values));

function originOf({ title, url, updated }) {
  const name = url ? link(url, title) : make("cite", null, title);
  return make("p.from", null, phrase("from", { article: name }), updated && [", ", label("updated", { date: inWords(updated) })]);
}

function bodyOf(card) {
  const stuck = button("stuck", () => refuse(card.entry_id));
  const copySteps = button("copySteps", (event) => copy(event.currentTarget, stepsAsText(card)));
  const copyLink = button("copyLink", (event) => copy(event.currentTarget, addressOf(card)));
  return make("div.body", null,
    card.being_edited && make("p.edited", null, label("edited")),
    messageOf(card),
    card.context.length > 0 && make("div", own(card), blocksOf(`${card.entry_id} context`, card.context)),
    card.cause.length > 0 && [make("h5", null, label("cause")), make("div", own(card), blocksOf(`${card.entry_id} cause`, card.cause))],
    make("h5", null, label("steps")),
    solutionsOf(card),
    make("div.foot", null, make("p.actions", null, copySteps, copyLink, stuck), originOf(card.article)));
}

/* A card; a choice of the question says in its head what tells it apart. */
function cardOf(card, { open = false, isChoice = false } = {}) {
  const certainty = !isChoice && card.certainty;
  const line = (name, text) => text && make("span.telling", null, make("b", null, `${label(name)}: `), make("span", { dir: "auto" }, text));
  const head = make("summary", null,
    !isChoice && card.rank && make("span.rank", null, make("span.unseen", null, `${label("result")} `), card.rank),
    make("h4.title", own(card), grown(card.title)),
    certainty && make("span.certainty", null, label(certainty)),
    isChoice && [line("message", card.telling), line("such", card.symptom)]);
  return make(isChoice ? "article.card.choice" : "article.card", { "data-entry": card.entry_id }, make("details", { open }, head, bodyOf(card)));
}

const cardsOf = (cards, options) => make(options?.isChoice ? "ul.cards" : "ol.cards", { role: "list" }, cards.map((card, at) => make("li", null, cardOf(card, { open: Boolean(options?.first) && at === 0, isChoice: options?.isChoice }))));
