/* Elements are made one by one: no text is ever parsed as HTML, neither ours nor an article's. */

const TAGS = "a blockquote br code del em hr img li mark ol p pre s strong sub sup table tbody td th thead tr ul".split(" ");

/* Makes an element; "p.note" has a class, a function in `attributes` listens, null and false are left out. */
function make(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  Object.keys(attributes ?? {}).forEach((key) => {
    const value = attributes[key];
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
  });
  element.append(...children.flat(9).filter((child) => child || child === 0));
  return element;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/* What an article says comes as nested lists: a text, or a tag with attributes and children. */
const grown = (nodes) => nodes.map((node) => (typeof node === "string" ? node : branch(node)));

function branch([tag, attributes, ...children]) {
  if (!TAGS.includes(tag)) return grown(children);
  if (tag === "a") return link(attributes.href, grown(children));
  if (tag === "img") return picture(attributes);
  return make(tag, tag === "ol" ? { start: attributes.start } : null, grown(children));
}

function link(address, children) {
  if (!/^(https?:\/\/|mailto:)/i.test(address ?? "")) return children;
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}

/* It is asked for as the answers are, so that only a listed site gets it. */
const picture = ({ src, alt }) => make("img", { src: new URL(src ?? "", HELP).href, alt: alt ?? "", crossorigin: "anonymous", loading: "lazy" });

/* The text of the nodes, with a line for each paragraph, item and row. */
function plain(nodes) {
  const pieces = nodes.map((node) => {
    if (typeof node === "string") return node;
    if (node.steps) return node.steps.map((step, at) => `${node.first + at}. ${plain(step)}\n`).join("");
    const [tag, attributes, ...children] = node;
    return (tag === "img" ? attributes.alt : plain(children)) + (/^(p|li|tr|pre|br|blockquote)$/.test(tag) ? "\n" : tag === "td" ? " " : "");
  });
  return pieces.join("").replace(/\n{2,}/g, "\n").trim();
}
