/** Script of the landing page: search as a combobox (WAI-ARIA 1.2), the chosen product in the URL, so that back and reload work. */
export const landingScript = `
'use strict';
(() => {
  const prefix = '#product=';
  const by = (id) => document.getElementById(id);
  const input = by('search'), list = by('options'), status = by('status'), view = by('view');
  let options = [], active = -1, asked = 0, shown = 0, timer = 0;

  const element = (name, attributes, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const number = new Intl.NumberFormat();
  const titleOf = (product) => product.title || product.id;
  const factsOf = (product) => [
    product.brand,
    product.category.length > 0 ? product.category[product.category.length - 1] : null,
    product.price === null ? null : number.format(product.price),
  ].filter(Boolean).join(' · ');

  async function get(path) {
    const response = await fetch(path, { headers: { accept: 'application/json' } });
    const body = await response.json().catch(() => null);
    if (response.ok && body !== null) return body;
    throw new Error(body && body.error ? body.error.message : 'The service does not answer.');
  }

  async function release() {
    try {
      const facts = await get('/v1/release');
      const rows = [
        ['Release', facts.id],
        ['Published', new Date(facts.createdAt).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })],
        ['Products', number.format(facts.products)],
        ['May be shown', number.format(facts.shown)],
        ['Relations', number.format(facts.boughtEdges)],
        ['Index', facts.index + ', ' + facts.dimension + ' d'],
      ];
      by('facts').replaceChildren(...rows.map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, value))));
      by('report').hidden = !facts.report;
    } catch (error) {
      by('facts').replaceChildren(element('div', {}, element('dt', {}, 'Release'), element('dd', {}, error.message)));
      setTimeout(release, 3000);
    }
  }

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  function mark(next) {
    active = next;
    [...list.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === active)));
    if (active < 0) return input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-activedescendant', 'option-' + active);
    list.children[active].scrollIntoView({ block: 'nearest' });
  }

  async function search() {
    const turn = ++asked;
    const text = input.value;
    try {
      const answer = await get('/v1/products?limit=12&search=' + encodeURIComponent(text.slice(0, 200)));
      if (turn !== asked || document.activeElement !== input) return;
      options = answer.products;
      list.replaceChildren(...options.map((product, i) => {
        const option = element('li', { role: 'option', id: 'option-' + i, 'aria-selected': 'false' }, titleOf(product));
        const facts = factsOf(product);
        if (facts) option.append(element('div', { class: 'note' }, facts));
        option.addEventListener('pointerdown', (event) => { event.preventDefault(); choose(product.id); });
        return option;
      }));
      active = -1;
      input.removeAttribute('aria-activedescendant');
      list.hidden = options.length === 0;
      input.setAttribute('aria-expanded', String(options.length > 0));
      status.textContent = options.length === 0 ? 'No product begins with that.' : options.length + (options.length === 1 ? ' product' : ' products') + ' found; use the arrow keys.';
    } catch (error) {
      if (turn === asked) { close(); status.textContent = error.message; }
    }
  }

  function choose(id) {
    asked++;
    close();
    const hash = prefix + encodeURIComponent(id);
    if (location.hash === hash) show();
    else location.hash = hash;
  }

  function whyOf(why, title) {
    const parts = [];
    if (why.boughtAfter !== null) parts.push(number.format(why.boughtAfter) + ' bought it with or after it');
    if (why.boughtBefore !== null) parts.push(number.format(why.boughtBefore) + ' bought it with or before it');
    if (why.viewedTogether !== null) parts.push(number.format(why.viewedTogether) + ' viewed both');
    return parts.length > 0 ? parts.join(', ') : 'No purchases of both stand out yet';
  }

  const channels = { 'popular-related-types': 'popular among what is bought next', popular: 'popular in the shop' };

  function column(heading, arrow, explanation, answer) {
    const results = answer.results.map((result) => {
      const button = element('button', { class: 'result', type: 'button' }, element('strong', {}, titleOf(result.product)));
      const facts = factsOf(result.product);
      if (facts) button.append(element('span', {}, facts));
      const score = result.score === null ? channels[result.channel] : (answer.relation === 'similar' ? 'likeness' : 'score') + '\\u00a0' + result.score.toFixed(2);
      button.append(element('span', {}, whyOf(result.why) + ' · ' + score));
      button.addEventListener('click', () => choose(result.product.id));
      return element('li', {}, button);
    });
    const id = 'column-' + answer.relation;
    const section = element('section', { class: 'column', 'aria-labelledby': id },
      element('h3', { id }, element('span', { class: 'arrow', 'aria-hidden': 'true' }, arrow + ' '), heading),
      element('p', { class: 'note' }, explanation));
    if (answer.fallback) section.append(element('p', { class: 'note' }, answer.fallback.explanation));
    section.append(results.length > 0 ? element('ol', {}, ...results) : element('p', {}, 'Nothing to show.'));
    return section;
  }

  async function show() {
    let id = '';
    if (location.hash.startsWith(prefix)) {
      try { id = decodeURIComponent(location.hash.slice(prefix.length)); } catch {}
    }
    const turn = ++shown;
    if (id === '') { view.replaceChildren(); document.title = 'Oneway'; return; }
    status.textContent = 'Looking up…';
    const path = '/v1/products/' + encodeURIComponent(id);
    try {
      const [product, related, similar] = await Promise.all([get(path), get(path + '/related?k=10'), get(path + '/similar?k=10')]);
      if (turn !== shown) return;
      const name = titleOf(product);
      const heading = element('h2', { tabindex: '-1' }, name);
      const facts = [factsOf(product), 'id ' + product.id, product.available ? null : 'sold out', number.format(product.buyers) + ' buyers'].filter(Boolean).join(' · ');
      view.replaceChildren(
        element('div', { class: 'product' }, heading, element('p', { class: 'note' }, facts)),
        element('div', { class: 'columns' },
          column('What goes well after it', '→', 'In this direction only: from ' + name + ' to these.', related),
          column('What could stand in for it', '↔', 'The same in both directions.', similar)));
      document.title = name + ' · Oneway';
      status.textContent = related.results.length + ' related and ' + similar.results.length + ' similar products.';
      heading.focus();
    } catch (error) {
      if (turn !== shown) return;
      view.replaceChildren();
      status.textContent = error.message;
    }
  }

  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(search, 120); });
  input.addEventListener('focus', search);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) search();
      else {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        mark((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
      }
    } else if (event.key === 'Escape') close();
  });
  by('form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (!list.hidden && options.length > 0) choose(options[Math.max(0, active)].id);
    else search();
  });
  addEventListener('hashchange', show);
  release();
  show();
})();
`;
