// The visitor, whom all tabs of a site share: consent, endpoint id and session, in localStorage.

/** Reads and writes it; where there is no localStorage, this page remembers. */
export function visitorOf(name, enabled) {
  let memory = {};

  function load() {
    try {
      const text = localStorage.getItem(name);
      if (!text) return memory;
      const visitor = { ...JSON.parse(text) };
      const { start, last } = Object(visitor.session);
      if (!(start + last < 9e15)) delete visitor.session; // damaged
      return visitor;
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
