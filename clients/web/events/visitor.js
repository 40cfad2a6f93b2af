// The visitor, whom all tabs of a site share: consent, endpoint id and session, in localStorage.

/** Reads and writes it; where there is no localStorage, this page remembers. */
export function visitorOf(name, enabled) {
  let memory = {};

  function load() {
    try {
      const text = localStorage.getItem(name);
      return text ? { ...JSON.parse(text) } : memory;
    } catch {
      return memory;
    }
  }

  function save(visitor) {
    memory = visitor;
    try {
      localStorage.setItem(name, JSON.stringify(visitor));
    } catch {} // full, or forbidden
  }

  return { load, save, isEnabled: () => load().on ?? enabled };
}
