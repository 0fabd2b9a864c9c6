/** The languages that pages speak; the first one is for everybody else. */
const SPOKEN = ["en", "ja"];

/** Which of the spoken languages suits somebody who prefers these, in this order. */
export function spokenOf(preferred) {
  const primary = preferred.map((tag) => tag.toLowerCase().split("-")[0]);
  return primary.find((tag) => SPOKEN.includes(tag)) ?? SPOKEN[0];
}

/** Put the page's fixed texts in place: `data-text="title"` shows `texts.title`. */
export function translate(texts, language) {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-text]")) {
    node.textContent = texts[node.dataset.text];
  }
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", texts[node.dataset.label]);
  }
}
