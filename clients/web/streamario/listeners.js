const EVENTS = ["change", "trigger", "tipped", "effect", "arrived", "preview", "forget", "error"];

/** The listeners of a room's events. */
export class Listeners {
  #listeners = Object.fromEntries(EVENTS.map((event) => [event, new Set()]));

  /** Add a listener; returns a function that removes it. */
  on(event, listener) {
    // A function that is added twice is called twice.
    const own = (detail) => listener(detail);
    this.#listeners[event].add(own);
    return () => this.#listeners[event].delete(own);
  }

  tell(event, detail) {
    for (const listener of this.#listeners[event]) {
      try {
        listener(detail);
      } catch (error) {
        report(error);
      }
    }
  }
}

/** Rethrow a listener's error outside this code, so that the console shows it. */
function report(error) {
  queueMicrotask(() => {
    throw error;
  });
}
