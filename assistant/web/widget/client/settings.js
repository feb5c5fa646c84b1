/* What the tag's attributes say; they are read when they are needed, so a page may change them. */

const script = document.currentScript ?? document.querySelector('script[src*="widget.js"]');
/* The address of the help, whatever the page's own address or <base> is. */
const HELP = script.src.replace(/(v\d+\/)?widget\.js([?#].*)?$/, "");
const RIGHT_TO_LEFT = ["ar", "fa", "he", "ur"];
const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

const said = (name) => script.dataset[name]?.trim() ?? "";
const language = () => said("lang") || script.closest("[lang]")?.lang || "en";
const spoken = () => language().toLowerCase().split("-")[0];
const tongue = () => ({ lang: language(), dir: said("dir") || (RIGHT_TO_LEFT.includes(spoken()) ? "rtl" : "ltr") });
const tags = () => said("tags").split(",").map((tag) => tag.trim()).filter(Boolean);

/* A text in the reader's language, as a list: what stands in braces is replaced by a value, which may be an element. */
function phrase(name, values) {
  const own = said(`text${name[0].toUpperCase()}${name.slice(1)}`);
  const text = own || TEXTS[spoken()]?.[name] || TEXTS.en[name];
  return text.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? values[part] : part));
}

/* Another language than English comes with the first opening; where it does not come, English is better than nothing. */
async function loadTexts() {
  const name = spoken();
  if (name === "en" || !TEXTS[name] || TEXTS[name].box) return;
  try {
    const response = await window.fetch(`${HELP}v1/widget/${name}.json`, { credentials: "omit", referrerPolicy: "no-referrer" });
    if (response.ok) TEXTS[name] = await response.json();
  } catch (error) {
    console.warn("Help widget: no texts in this language.", error);
  }
}

const label = (name, values) => phrase(name, values).join("");

function inWords(day) {
  try {
    return new Intl.DateTimeFormat(language(), { dateStyle: "long", timeZone: "UTC" }).format(new Date(day));
  } catch {
    return day;
  }
}

/* --- keys: "mod+k" is Cmd+K on a Mac and Ctrl+K elsewhere --- */

const shortcut = () => (said("key") || "mod+k").toLowerCase();
const hasShortcut = () => shortcut() !== "none";

function wanted() {
  const parts = shortcut().split("+");
  const key = parts[parts.length - 1];
  const has = (name) => parts.slice(0, -1).includes(name);
  const ctrl = has("ctrl") || (has("mod") && !IS_MAC);
  const meta = has("cmd") || has("meta") || (has("mod") && IS_MAC);
  return { key, ctrl, meta, alt: has("alt"), shift: has("shift") };
}

/* The shortcut as people read it: "Ctrl+K", on a Mac with its signs. */
function shortcutInWords() {
  const { key, ctrl, meta, alt, shift } = wanted();
  const name = key.length === 1 ? key.toUpperCase() : key[0].toUpperCase() + key.slice(1);
  const signs = IS_MAC ? ["\u2303", "\u2325", "\u21e7", "\u2318"] : ["Ctrl+", "Alt+", "Shift+", "Win+"];
  return [ctrl, alt, shift, meta].map((is, at) => (is ? signs[at] : "")).join("") + name;
}

/* The same for assistive technology. */
function shortcutForAria() {
  const { key, ctrl, meta, alt, shift } = wanted();
  return [ctrl && "Control", alt && "Alt", shift && "Shift", meta && "Meta", key].filter(Boolean).join("+");
}

function isShortcut(event) {
  if (!hasShortcut() || event.isComposing || event.key === undefined) return false;
  const { key, ctrl, meta, alt, shift } = wanted();
  const isLetter = /^[a-z]$/.test(key);
  const isKey = event.key.toLowerCase() === key || (isLetter && !/^[a-z]$/i.test(event.key) && event.code === `Key${key.toUpperCase()}`);
  const isBare = !ctrl && !meta && !alt;
  if (isBare && event.composedPath()[0].matches?.("input, textarea, select, [contenteditable]:not([contenteditable=false])")) return false;
  return isKey && event.ctrlKey === ctrl && event.metaKey === meta && event.altKey === alt && (event.shiftKey === shift || (!shift && !isLetter));
}
