/* What only a browser can do: links in the fragment, keys, ticks that stay, copying. The answers come from the server. */
(() => {
  "use strict";
  let writing = false;
  const ticked = new Set(); // entry and step, for as long as the page is open
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const box = () => find("#query textarea");
  const request = () => find("#request textarea");
  const answer = () => find("#answer");

  /* Writes into one of Gradio's boxes as a person would, so that Gradio hears of it. */
  function write(field, text) {
    if (!field || field.value === text) return;
    field.value = text;
    writing = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    writing = false;
  }

  /* --- the state of the page lives in the fragment, which no server sees --- */

  function fragment() {
    const values = new URLSearchParams(location.hash.slice(1));
    return { q: values.get("q") ?? "", entry: values.get("entry") ?? "" };
  }

  function show() {
    const { q, entry } = fragment();
    write(request(), entry ? JSON.stringify({ entry }) : "");
    write(box(), q);
    if (entry) window.scrollTo(0, 0);
  }

  let typing = false; // whether the newest step of the history is one that typing goes on changing

  function remember(text) {
    const address = text.trim() ? `#q=${encodeURIComponent(text)}` : location.pathname + location.search;
    if (typing) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    typing = true;
  }

  document.addEventListener("input", (event) => {
    if (event.target !== box() || writing) return;
    write(request(), "");
    remember(event.target.value);
  }, true);

  window.addEventListener("popstate", () => { typing = false; show(); });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (!link) return;
    event.preventDefault();
    typing = false;
    history.pushState(null, "", link.getAttribute("href") === "#" ? location.pathname + location.search : link.getAttribute("href"));
    show();
    if (link.closest("#contents")) find("#answer")?.scrollIntoView();
  });

  /* --- ticks stay with their entry, whatever the list looks like after the next keystroke --- */

  function tickName(input) {
    const card = input.closest(".card");
    return `${card?.dataset.entry} ${all(".tick input", card).indexOf(input)}`;
  }

  function settle() {
    all(".tick input", answer()).forEach((input) => { input.checked = ticked.has(tickName(input)); });
    all(".question input", answer()).forEach((input) => { input.checked = false; });
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.(".tick input")) {
      if (event.target.checked) ticked.add(tickName(event.target));
      else ticked.delete(tickName(event.target));
    } else if (event.target.matches?.(".question input")) {
      write(request(), JSON.stringify({ choice: event.target.value }));
    }
  });

  /* --- start when Gradio has drawn its page --- */

  const waiting = setInterval(() => {
    if (!box() || !answer()) return;
    clearInterval(waiting);
    new MutationObserver(settle).observe(answer(), { childList: true, subtree: true });
    if (location.hash) show();
  }, 50);
})();
