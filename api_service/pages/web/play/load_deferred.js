import { element } from "../common/elements.js";

let loading = null;
let failures = 0;

/** The modules of deferred.js and their styles, loaded once. Resolves to null where they do not load: the next call tries again. */
export function loadDeferred() {
  loading ??= Promise.all([import(fresh(document.body.dataset.deferred)), loadStyles()]).then(
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
const fresh = (url) => (failures ? `${url}?${failures}` : url);

function loadStyles() {
  const link = element("link", { rel: "stylesheet", href: fresh(document.body.dataset.deferredStyles) });
  document.head.append(link);
  return new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", reject);
  });
}
