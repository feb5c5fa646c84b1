/* The three outcomes (answer, question, none) and what stands there before and when something fails. */

const heading = (...children) => make("h3.heading", { tabindex: -1 }, children);
const paragraph = (...children) => make("p", null, children);
const codesOf = (codes) => codes.map((code, at) => [at > 0 && ", ", make("code", null, code)]);

/* How the words were read. */
const readings = (view) => [
  view.corrections.map(([from, to]) => make("p.soft", null, phrase("read", { from, to: make("strong", null, to) }))),
  view.unknown_codes.length > 0 && make("p.soft", null, phrase("rest", { codes: codesOf(view.unknown_codes) })),
];

const OUTCOMES = {
  start: ({ examples }) => examples.length > 0 && [
    heading(label("examples")),
    make("ul.rows", { role: "list" }, examples.map((example) => make("li", null, make("button.row", { type: "button", dir: "auto", click: () => askFor(example) }, example)))),
  ],

  entry: ({ cards }) => [back(), cardsOf(cards, { first: true })],

  no_entry: () => [back(), heading(label("noEntry")), paragraph(label("noEntryMore"))],

  answer: (view) => view.parts.length > 1 ? [heading(label("errors", { n: view.parts.length })), readings(view), view.parts.map((quote, part) => {
    const own = view.cards.filter((card) => card.part === part);
    return [make("h4.part", null, `${label("error", { n: part + 1 })} `, make("q", { dir: "auto" }, quote)), own.length ? cardsOf(own, { first: part === 0 }) : paragraph(label("partNone"))];
  })] : [
    heading(view.likely === 1 ? label("found") : label("foundMany", { n: view.likely })),
    readings(view),
    cardsOf(view.cards.slice(0, view.likely), { first: true }),
    view.likely < view.cards.length && [make("h4.part", null, label("unlikely")), cardsOf(view.cards.slice(view.likely))],
  ],

  question: (view) => [
    heading(label(view.cards.length === 1 ? "perhapsOne" : view.kind)),
    readings(view),
    make("p.soft", null, label("openOne")),
    cardsOf(view.cards, { isChoice: true }),
    view.none_id && make("p.actions", null, button("noneOf", () => choose(view.none_id))),
  ],

  too_little_said: () => [heading(label("tooLittle")), paragraph(label("tooLittleMore"))],

  none: (view) => [
    heading(label(view.refused ? "noMore" : WHY_NONE[view.reason] ?? "none")),
    view.notice && !view.refused ? make("p", { lang: view.notice[0], dir: "auto" }, view.notice[1])
      : paragraph(phrase(view.refused ? "noneMore" : REMEDIES[view.reason] ?? "noneMore", { codes: codesOf(view.unknown_codes) })),
    view.topics.length > 0 && [
      make("h4.part", null, label("topics")),
      make("ul.rows", { role: "list" }, view.topics.map(([id, title]) => make("li", null, make("button.row", { type: "button", dir: "auto", click: () => follow(id) }, grown(title))))),
    ],
    view.support && supportOf(view.support),
  ],

  old: () => [heading(label("old")), paragraph(toPage())],
};

const WHY_NONE = { code_not_documented: "code", too_long: "tooLong", unreadable_language: "language" };
const REMEDIES = { code_not_documented: "codeMore", too_long: "tooLongMore" };

const supportOf = ({ text, url, ticket }) => make("section.support", null,
  make("h4", null, label("stuck")),
  paragraph(text || label("support")),
  url && paragraph(link(url, url)),
  make("pre", { tabindex: 0, role: "region", "aria-label": label("ticket"), dir: "auto" }, ticket),
  make("p.actions", null, button("copyText", (event) => copy(event.currentTarget, ticket))));

const back = () => make("p.actions", null, button("back", goBack));

const pageAddress = () => (box.value.trim() ? `${HELP}#q=${encodeURIComponent(box.value)}` : HELP);

const toPage = () => make("a.page", { href: pageAddress(), target: "_blank", rel: "noopener" }, label("page"));
