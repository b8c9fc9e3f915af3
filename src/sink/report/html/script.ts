/** The one script of a page: search and keyboard. What it adds is hidden where scripts do not run. */
export const script = `
'use strict';
const search = document.querySelector('.search');
const exchanges = [...document.querySelectorAll('.exchange')];
if (search !== null) {
  const words = search.querySelector('[type=search]');
  const failed = search.querySelector('[type=checkbox]');
  const count = search.querySelector('output');
  const texts = new Map();
  const textOf = (exchange) => {
    if (!texts.has(exchange)) texts.set(exchange, exchange.textContent.toLowerCase());
    return texts.get(exchange);
  };
  const filter = () => {
    const wanted = words.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    let shown = 0;
    for (const exchange of exchanges) {
      const text = textOf(exchange);
      const fits = wanted.every((word) => text.includes(word)) && (!failed.checked || exchange.dataset.ok === 'no');
      exchange.hidden = !fits;
      if (fits) shown += 1;
    }
    const narrowed = wanted.length > 0 || failed.checked;
    for (const run of document.querySelectorAll('.likes')) {
      const found = [...run.querySelectorAll('.exchange')].some((exchange) => !exchange.hidden);
      run.hidden = !found;
      run.open = narrowed && found;
    }
    count.textContent = shown + ' of ' + exchanges.length;
  };
  search.hidden = false;
  search.addEventListener('submit', (event) => event.preventDefault());
  search.addEventListener('input', filter);
  filter();
  const visible = () => exchanges.filter((exchange) => !exchange.hidden && exchange.tagName === 'DETAILS');
  const step = (by) => {
    const list = visible();
    const at = list.findIndex((exchange) => exchange.contains(document.activeElement));
    const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : at + by];
    if (next !== undefined) next.querySelector('summary').focus();
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === words) {
      if (event.key === 'Escape') { words.value = ''; filter(); words.blur(); }
      return;
    }
    if (event.key === '/') words.focus();
    else if (event.key === 'j') step(1);
    else if (event.key === 'k') step(-1);
    else if (event.key === 'e') {
      const list = visible();
      const open = list.some((exchange) => !exchange.open);
      for (const exchange of list) exchange.open = open;
    } else return;
    event.preventDefault();
  });
}
const openTarget = () => {
  const target = document.getElementById(location.hash.slice(1));
  if (target === null || !target.classList.contains('exchange')) return;
  target.hidden = false;
  for (let element = target; element !== null; element = element.parentElement)
    if (element.tagName === 'DETAILS') {
      element.hidden = false;
      element.open = true;
    }
  target.scrollIntoView();
};
addEventListener('hashchange', openTarget);
addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
openTarget();
`
