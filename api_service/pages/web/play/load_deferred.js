let loading = null;
let failures = 0;

/** The modules of deferred.js, loaded once. Resolves to null where they do not load: the next call tries again. */
export function loadDeferred() {
  // Many browsers would not load a module again by the same URL.
  const url = `${document.body.dataset.deferred}${failures ? `?${failures}` : ""}`;
  loading ??= import(url).catch(() => {
    failures += 1;
    loading = null;
    return null;
  });
  return loading;
}
