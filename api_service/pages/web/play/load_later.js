let loading = null;
let failures = 0;

/** The modules of later.js, loaded once. Resolves to null where they do not load: the next call tries again. */
export function later() {
  // Many browsers would not load a module again by the same URL.
  const url = `${document.body.dataset.later}${failures ? `?${failures}` : ""}`;
  loading ??= import(url).catch(() => {
    failures += 1;
    loading = null;
    return null;
  });
  return loading;
}
