/* A screenshot as the question: pasted, dropped or chosen, read by the server, put into the box, and asked. */
(() => {
  "use strict";
  const find = (selector) => document.querySelector(selector);
  const box = () => find("#query textarea");
  const MOST = 8_000_000; // bytes, as on the server
  const TYPES = ["image/png", "image/jpeg", "image/webp"];
  let reading = null; // aborts the request under way
  let readLast = ""; // what the last picture said; another picture replaces it

  function say(text, isProblem = false) {
    const state = find("#picture-state");
    state.textContent = text;
    state.classList.toggle("problem", isProblem);
  }

  function ask(text) {
    const typed = box().value.replace(readLast, "").trim();
    readLast = text;
    box().value = typed ? `${typed}\n\n${text}` : text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
    box().focus();
    find("#find").click();
  }

  async function problemOf(response) {
    try {
      return (await response.json()).error.message;
    } catch {
      return "The server could not read the picture. Try again in a moment, or type the message.";
    }
  }

  async function read(file) {
    if (!TYPES.includes(file.type)) return say("This is no picture that can be read: choose a PNG, JPEG or WebP file.", true);
    if (file.size > MOST) return say("The picture is larger than 8 MB. Cut out the part with the message and use that.", true);
    reading?.abort();
    const own = reading = new AbortController();
    say("Reading the picture. Esc stops it.");
    try {
      const response = await fetch("./api/picture", { method: "POST", headers: { "Content-Type": file.type }, body: file, signal: own.signal });
      if (!response.ok) return say(await problemOf(response), true);
      ask((await response.json()).text);
      say("This is what was read. Correct it if a word is wrong.");
    } catch (error) {
      if (own.signal.aborted) { if (reading === own) say(""); } else say("The connection was lost. Try the picture again.", true);
    } finally {
      if (reading === own) reading = null;
    }
  }

  const pictureIn = (transfer) => [...(transfer?.files ?? [])].find((file) => file.type.startsWith("image/"));

  document.addEventListener("paste", (event) => {
    const picture = pictureIn(event.clipboardData);
    if (!picture || event.clipboardData.getData("text/plain").trim()) return; // office programs add a picture to a text
    event.preventDefault();
    read(picture);
  }, true);

  const isFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

  document.addEventListener("dragover", (event) => {
    if (!isFile(event)) return;
    event.preventDefault(); // without this the browser would leave the page and open the file
    document.documentElement.classList.add("dropping");
  }, true);
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.documentElement.classList.remove("dropping");
  }, true);
  document.addEventListener("drop", (event) => {
    document.documentElement.classList.remove("dropping");
    if (!isFile(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const picture = pictureIn(event.dataTransfer);
    if (picture) read(picture);
    else say("This is no picture that can be read: choose a PNG, JPEG or WebP file.", true);
  }, true);

  document.addEventListener("change", (event) => {
    if (event.target.id !== "picture-file") return;
    const [file] = event.target.files;
    event.target.value = ""; // the same file may be chosen again
    if (file) read(file);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !reading) return;
    event.stopPropagation();
    reading.abort();
  }, true);
})();
