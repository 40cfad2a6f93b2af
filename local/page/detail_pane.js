// The pane that shows what is open in a list, below it or, on a phone, over it.
import { h, isNarrow } from './dom.js';
import { change } from './view_state.js';

/** Shows one thing at a time in an `aside`. */
export class DetailPane {
  /** `load(key, signal)` returns the content's elements; `opener(key)` the button to return to. */
  constructor(place, load, opener) {
    Object.assign(this, { place, load, opener, key: '', asked: null });
  }

  /** Show what has this key; '' closes. */
  async open(key) {
    if (key === this.key) return;
    const before = this.key;
    this.key = key;
    if (!key) return this.close(before);
    await this.refresh(!before);
  }

  /** Load what is open again. */
  async refresh(isOpening = false) {
    this.asked?.abort();
    const asked = new AbortController();
    this.asked = asked;
    let content;
    try {
      content = await this.load(this.key, asked.signal);
    } catch (error) {
      if (error.name === 'AbortError') return;
      content = { title: 'Not shown', parts: [h('p', { role: 'alert' }, error.message)] };
    }
    if (this.asked === asked) this.show(content, isOpening);
  }

  show({ title, parts, buttons = [] }, isOpening) {
    const hadFocus = this.place.contains(document.activeElement);
    const scroll = this.place.scrollTop;
    const heading = h('h2', { tabindex: -1 }, title);
    const closing = h('button', { type: 'button', class: 'close', onclick: () => change({ open: '' }) }, 'Close');
    this.place.replaceChildren(h('header', { class: 'head' }, heading, h('div', { class: 'buttons' }, ...buttons, closing)), ...parts);
    this.place.hidden = false;
    this.place.scrollTop = isOpening ? 0 : scroll;
    if (hadFocus || (isOpening && isNarrow())) heading.focus();
    else if (isOpening) this.opener(this.key)?.scrollIntoView({ block: 'nearest' });
  }

  close(before) {
    this.asked?.abort();
    const hadFocus = this.place.contains(document.activeElement) || document.activeElement === document.body;
    this.place.hidden = true;
    this.place.replaceChildren();
    if (hadFocus) this.opener(before)?.focus();
  }
}
