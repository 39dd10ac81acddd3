// The latest deliveries: a row for each, and the details when a row is opened.
import {alone, arrange, block, byId, call, clock, component, element, millis, outcomeOf, pretty, queryOf, row, settled, wordOf} from './console-page.js';

const SHOWN = 100;
const FAILED = new Set(['given_up', 'buried']);
const rows = new Map();
let shownView = '';

function tone(delivery) {
  if (FAILED.has(delivery.outcome) || delivery.dropped.length) return 'bad';
  return delivery.outcome === 'settled' || delivery.outcome === 'answered' ? 'good' : 'busy';
}

function message(title, seen) {
  const text = [seen.line, ...seen.headers].join('\n')
    + (seen.body ? '\n\n' + pretty(seen.body) + (seen.cut ? '\n… (and more)' : '') : '');
  return block(title, text);
}

function attempts(delivery) {
  const table = element('table');
  const head = element('tr');
  for (const name of ['Call', 'Outcome', 'Status', 'Took']) head.append(element('th', name));
  table.append(head);
  for (const attempt of delivery.attempts) {
    const line = element('tr');
    line.append(element('td', attempt.number), element('td', attempt.outcome),
      element('td', attempt.status || 'none'), element('td', millis(attempt.ms)));
    table.append(line);
    if (!attempt.detail) continue;
    const why = element('tr');
    const text = element('td', attempt.detail, 'why');
    text.colSpan = 4;
    why.append(text);
    table.append(why);
  }
  return table;
}

function facts(delivery) {
  const list = element('dl');
  row(list, 'webhook-id', delivery.id);
  row(list, 'stanza id', delivery.stanza_id);
  row(list, 'type', delivery.type);
  row(list, 'first call', delivery.began);
  row(list, 'arrival to reply', millis(delivery.took_ms));
  row(list, 'replies', delivery.replies);
  delivery.dropped.forEach(reason => row(list, 'not sent', reason));
  return list;
}

function detail(delivery, bodies) {
  const parts = [facts(delivery)];
  if (delivery.attempts.length) parts.push(attempts(delivery));
  for (const exchange of delivery.exchanges) {
    const which = delivery.exchanges.length > 1 ? `, call ${exchange.attempt}` : '';
    const box = element('div', undefined, 'exchange');
    box.append(message('What the webhook received' + which, exchange.request), exchange.response
      ? message('What it answered' + which, exchange.response)
      : block('What it answered' + which, exchange.problem || 'nothing yet'));
    parts.push(box);
  }
  if (!bodies) {
    parts.push(element('p', 'To see the content of stanzas and responses, start the gateway with --delivery-log-bodies.', 'quiet'));
    return parts;
  }
  parts.push(block('Stanza', delivery.stanza));
  const answered = delivery.attempts.at(-1)?.outcome === 'ok' && !delivery.dropped.length;
  if (delivery.response && (answered || !delivery.exchanges.length)) {
    parts.push(block(answered ? 'Replies' : 'Response', delivery.response));
  }
  return parts;
}

async function fill(made) {
  const revision = made.revision;
  const answer = await (await call('/admin/deliveries?id=' + encodeURIComponent(made.id))).json();
  if (!answer.deliveries.length) {
    if (!made.box.children.length) made.box.append(element('p', 'This delivery is no longer in the log.', 'quiet'));
    return;
  }
  made.filled = revision;
  const focused = made.box.contains(document.activeElement)
    ? [...made.box.querySelectorAll('pre')].indexOf(document.activeElement) : -1;
  made.box.replaceChildren(...detail(answer.deliveries[0], answer.bodies));
  if (focused >= 0) made.box.querySelectorAll('pre')[focused]?.focus();
}

function fillIfOpen(made) {
  if (made.details.open && made.filled !== made.revision) {
    fill(made).catch(error => made.box.replaceChildren(element('p', error.message, 'bad')));
  }
}

function create(id) {
  const details = element('details', undefined, 'row');
  const summary = element('summary');
  const box = element('div', undefined, 'detail');
  details.append(summary, box);
  const made = {id, details, summary, box, revision: -1, filled: -1};
  details.addEventListener('toggle', () => fillIfOpen(made));
  return made;
}

function update(made, delivery) {
  if (made.revision === delivery.revision) return;
  made.revision = delivery.revision;
  const last = delivery.attempts.at(-1);
  const who = element('span', undefined, 'who');
  who.append(element('span', delivery.from), ' → ', element('span', delivery.to));
  if (delivery.body) who.append(element('span', delivery.body, 'preview'));
  const status = [delivery.kind, last?.status || '', delivery.begun > 1 ? `call ${delivery.begun}` : ''];
  made.summary.replaceChildren(
    clock(delivery.began), element('span', wordOf(delivery.outcome), 'badge ' + tone(delivery)),
    element('span', status.filter(Boolean).join(' '), 'what'), who,
    element('span', millis(delivery.took_ms || last?.ms), 'took'));
  fillIfOpen(made);
}

async function load() {
  const query = queryOf(byId('filter'));
  const filter = query.toString();
  if (query.has('status')) query.set('status', outcomeOf(query.get('status')));
  const view = filter + ' ' + component();
  history.replaceState(null, '', location.pathname + (filter ? '?' + filter : '') + location.hash);
  query.append('bodies', 'false');
  query.append('limit', SHOWN);
  const answer = await (await call('/admin/deliveries?' + query)).json();
  if (view !== shownView) rows.clear();
  shownView = view;
  const shown = [];
  const found = new Set(answer.deliveries.map(delivery => delivery.id));
  for (const delivery of answer.deliveries) {
    if (!rows.has(delivery.id)) rows.set(delivery.id, create(delivery.id));
    const made = rows.get(delivery.id);
    update(made, delivery);
    shown.push(made.details);
  }
  for (const [id, made] of rows) {
    if (found.has(id)) continue;
    // Somebody reads it: it stays until they close it.
    if (made.details.open) shown.push(made.details);
    else rows.delete(id);
  }
  arrange(byId('deliveries'), shown);
  const count = answer.deliveries.length;
  byId('count').textContent = count === 0
    ? (filter ? 'None match.' : 'None yet.')
    : `${count === SHOWN ? 'The latest ' : ''}${count} shown${filter ? ', filtered' : ''}.`;
}

/** Reads the list anew. */
export const deliveries = alone(load);

export function startDeliveries(failed) {
  // A reload, or a link to what somebody looks at, keeps the filter.
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = byId('filter').elements.namedItem(name);
    if (field) field.value = value;
  }
  const again = settled(() => deliveries().catch(failed), 150);
  byId('filter').addEventListener('submit', event => event.preventDefault());
  byId('filter').addEventListener('input', again);
  byId('filter').addEventListener('reset', again);
}
