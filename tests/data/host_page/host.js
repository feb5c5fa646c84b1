/* What old libraries and careless pages do to the objects that all scripts of a page share. */
Array.prototype.toJSON = function () { return "a list: " + this.join(";"); };
Object.prototype.extended = function () { return "enumerable, for every object"; };
Array.from = function () { return []; };
Array.prototype.contains = function (value) { return this.indexOf(value) >= 0; };
String.prototype.format = function () { return "formatted"; };
window.$ = window.jQuery = function () { throw new Error("not what you think"); };
window.label = window.make = window.open = window.panel = "ours";
window.seen = [];

/* The page's own shortcuts: a letter anywhere but in a field. */
document.addEventListener("keydown", function (event) {
  window.seen.push(event.key);
  var field = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (!field && !event.ctrlKey && !event.metaKey && /^[a-z/]$/.test(event.key)) event.preventDefault();
});
document.addEventListener("click", function (event) {
  if (!event.target.closest("form, a, button")) event.preventDefault();
});

/* A modal of old that takes the focus back. */
document.addEventListener("focusin", function (event) {
  if (event.target.tagName === "ASSISTANT-WIDGET" && window.keepsFocus) document.getElementById("search").focus();
});
