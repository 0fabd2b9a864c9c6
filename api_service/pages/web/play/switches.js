/** What a viewer has switched, in the storage; where nothing can be stored, it holds for this page. */

export function isStored(name) {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    return false;
  }
}

export function store(name, isSet) {
  try {
    if (isSet) localStorage.setItem(name, "1");
    else localStorage.removeItem(name);
  } catch {
    // Not stored.
  }
}
