// Asks the gateway's own page server; an error is a sentence for the person.

const HEADERS = { 'X-Live': '1' };

/** An answer that is no success; `message` says why. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The JSON at a path under /live. Values that are empty are left out of the query. */
export function read(path, values = {}, signal = undefined) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ''));
  return ask(`/live/${path}${query.size ? `?${query}` : ''}`, { headers: HEADERS, signal });
}

/** POST JSON; the JSON of the answer. */
export function send(path, body, signal = undefined) {
  return ask(`/live/${path}`, {
    method: 'POST',
    headers: { ...HEADERS, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
}

/** DELETE what is at a path. */
export const remove = (path) => ask(`/live/${path}`, { method: 'DELETE', headers: HEADERS });

async function ask(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The gateway does not answer. Is make run still running?');
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  throw new ApiError(response.status, answer?.error ?? answer?.Message ?? `The gateway answered ${response.status}.`);
}
