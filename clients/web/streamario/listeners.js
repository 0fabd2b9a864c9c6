/** Who listens to a room. */
export class Listeners {
  #listeners = { change: new Set(), trigger: new Set(), error: new Set() };

  /** Listen; answers what ends that. */
  on(event, listener) {
    // One that listens twice is told twice.
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

/** The page's own error: its console shows it, and it stops nothing here. */
function report(error) {
  queueMicrotask(() => {
    throw error;
  });
}
