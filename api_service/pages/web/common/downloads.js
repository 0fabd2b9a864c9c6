const FORBIDDEN = /[-\s\\/:*?"<>|\p{Cc}]+/gu; // in a file's name, on one system or another
const LONGEST = 60; // characters
const FETCHED_WITHIN = 40_000; // ms; Safari begins to read a file some time after the click

/** Have the browser save a file. */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), FETCHED_WITHIN);
}

/** A file's name, out of titles and such. */
export function fileName(extension, ...parts) {
  const named = parts.map((part) => String(part).trim().replace(FORBIDDEN, "-")).filter(Boolean);
  return `${[...named.join("-")].slice(0, LONGEST).join("")}.${extension}`;
}
