/** A storage in memory, with the methods of the browser's. Its names are its own keys, as in a browser. */
export function memory(entries = {}) {
  const methods = {
    getItem(name) {
      return Object.hasOwn(this, name) ? this[name] : null;
    },
    setItem(name, text) {
      this[name] = text;
    },
    removeItem(name) {
      delete this[name];
    },
  };
  return Object.assign(Object.create(methods), entries);
}
