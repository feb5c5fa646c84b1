/* The button and the key; nothing is asked for before one of them is used. */

const MARK = Symbol.for("troubleshooting-assistant widget");
if (window[MARK]) {
  console.warn("Help widget: the page has it already; this tag is passed over.");
  return;
}
window[MARK] = true;

const HELP_SIGN = "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18ZM9.4 9.2a2.7 2.7 0 1 1 3.8 2.9c-.8.4-1.2 1-1.2 1.9M12 17.2v.1";
/* What the page listens to must not see what is typed here: it would take letters for its own shortcuts. */
const OWN = ["keydown", "keyup", "keypress", "input", "change", "paste", "copy", "cut", "click", "mousedown", "pointerdown", "touchstart", "focusin", "focusout"];

const host = document.createElement("assistant-widget");
const shadow = host.attachShadow({ mode: "open" });
let opener = null;

function dress() {
  const sheets = [STYLE, accentStyle()].map((text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  });
  shadow.adoptedStyleSheets = sheets;
  host.dataset.theme = ["light", "dark"].includes(said("theme")) ? said("theme") : "auto";
  host.dataset.side = said("side") === "start" ? "start" : "end";
}

function start() {
  dress();
  OWN.forEach((name) => shadow.addEventListener(name, (event) => event.stopPropagation()));
  if (said("button") !== "none") {
    opener = make("button.ours.opener", {
      type: "button", ...tongue(), "aria-haspopup": "dialog",
      "aria-keyshortcuts": hasShortcut() ? shortcutForAria() : null, click: () => open(),
    }, icon(HELP_SIGN), make("span", null, label("button")), hasShortcut() && make("kbd", { "aria-hidden": "true", dir: "ltr" }, shortcutInWords()));
    shadow.append(opener);
  }
  document.documentElement.append(host);
}

window.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || !isShortcut(event)) return;
  event.preventDefault();
  open();
});

/* Anything on the page opens the dialog if it has the attribute; its value, if it has one, is asked. */
document.addEventListener("click", (event) => {
  const place = event.target.closest?.("[data-assistant-open]");
  if (!place) return;
  event.preventDefault();
  open(place.dataset.assistantOpen.trim());
});

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
