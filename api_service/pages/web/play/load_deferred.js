let loading = null;
let failures = 0;

/**
 * The modules of deferred.js, loaded once, with its style sheet. Resolves to null where they do not
 * load: the next call tries again.
 */
export function loadDeferred() {
  const { deferred, deferredStyle } = document.body.dataset;
  loading ??= Promise.all([import(anew(deferred)), loadStyle(anew(deferredStyle))]).then(
    ([modules]) => modules,
    () => {
      failures += 1;
      loading = null;
      return null;
    },
  );
  return loading;
}

/** Many browsers would not load a module again by the same URL. */
const anew = (url) => (failures ? `${url}?${failures}` : url);

function loadStyle(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
    document.head.append(link);
  });
}
