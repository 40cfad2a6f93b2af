// Makes elements. Text is only ever text: no function here takes markup.

/** An element; `on...` attributes are listeners, children are elements or text. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** An element of SVG. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** Show an element, or hide it. */
export function show(element, isShown) {
  element.hidden = !isShown;
}

/** Whether the page is laid out for a phone: what opens covers the list. */
export const isNarrow = () => matchMedia('(max-width: 760px), (max-height: 480px)').matches;

function set(element, name, value) {
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (value === true) element.setAttribute(name, '');
  else if (value !== false && value !== null && value !== undefined) {
    element.setAttribute(name, value);
  }
}
