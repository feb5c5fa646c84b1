/* The site's own colour, made lighter or darker until it can be read on the light and on the dark paper. */

const WHITE = [255, 255, 255];
const DARK = [17, 24, 26];
const CONTRAST = 4.5;

function channels(hex) {
  const long = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
  return [1, 3, 5].map((at) => parseInt(long.slice(at, at + 2), 16));
}

/* https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour) {
  const [red, green, blue] = colour.map((each) => (each / 255 <= 0.04045 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function readable(colour, paper, towards) {
  let now = colour;
  for (let share = 0.05; share <= 1 && contrast(now, paper) < CONTRAST; share += 0.05) {
    now = colour.map((each) => Math.round(each + (towards - each) * share));
  }
  return now;
}

/* The style sheet for the accent, or none where the attribute is missing or is no colour. */
function accentStyle() {
  const accent = said("accent");
  if (!accent) return "";
  if (!/^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(accent)) {
    console.warn(`Help widget: data-accent="${accent}" is not a colour such as #0b5c5f.`);
    return "";
  }
  const given = channels(accent);
  const light = readable(given, WHITE, 0);
  const dark = readable(given, DARK, 255);
  const css = (colour) => `rgb(${colour.join(" ")})`;
  const ink = (colour) => (contrast(colour, WHITE) >= CONTRAST ? "#fff" : "#000");
  return `.ours{--accent:light-dark(${css(light)},${css(dark)});--accent-ink:light-dark(${ink(light)},${ink(dark)})}`;
}
