// The latest deliveries: a row for each, and the details when a row is opened.
import {STATES, alone, arrange, badge, block, button, byId, call, callWordOf, clock, component, copier, countdown, element, exactly, millis, outcomeOf, pretty, queryOf, row, scroller, settled, wordOf} from './console-page.js';

const SHOWN = 100;
const MAX_COMPARED = 400;
const FAILED = new Set(['given_up', 'buried', 'unreadable']);
const DONE = new Set(['settled', 'answered']);
const rows = new Map();
let shownView = '';
let paused = false;

function stateOf(delivery) {
  if (FAILED.has(delivery.outcome)) return badge(delivery.outcome, 'bad');
  if (DONE.has(delivery.outcome) && delivery.dropped.length) return badge('unreadable', 'bad', 'reply not sent');
  return badge(delivery.outcome, DONE.has(delivery.outcome) ? 'good' : 'busy');
}

function message(title, seen) {
  return block(title, wireText(seen));
}

function wireText(seen) {
  return [seen.line, ...seen.headers].join('\n')
    + (seen.body ? '\n\n' + pretty(seen.body) + (seen.cut ? '\n… (and more)' : '') : '');
}

function heads(...names) {
  const head = element('tr');
  for (const name of names) {
    const cell = element('th', name);
    cell.scope = 'col';
    head.append(cell);
  }
  return head;
}

function attempts(delivery) {
  const table = element('table');
  table.append(heads('Call', 'Began', 'Outcome', 'Status', 'Took'));
  const add = (...cells) => {
    const line = element('tr');
    for (const cell of cells) {
      const made = element('td');
      made.append(cell);
      line.append(made);
    }
    table.append(line);
  };
  for (const attempt of delivery.attempts) {
    add(String(attempt.number), exactly(attempt.began), callWordOf(attempt.outcome), String(attempt.status || 'none'), millis(attempt.ms));
    if (!attempt.detail) continue;
    const why = element('tr');
    const text = element('td', attempt.detail, 'why');
    text.colSpan = 5;
    why.append(text);
    table.append(why);
  }
  const next = String(delivery.begun + 1);
  if (delivery.outcome === 'calling') add(String(delivery.begun), 'now', 'calling', '', '');
  else if (delivery.next && delivery.outcome !== 'answer_held') {
    add(next, countdown(delivery.next), delivery.outcome === 'held_back' ? 'held back: the endpoint is down' : 'not yet', '', '');
  }
  return scroller('Calls', table);
}

/** The lines of two texts side by side, those that differ marked; by their longest common part. */
function differences(before, after) {
  const a = before.split('\n').slice(0, MAX_COMPARED);
  const b = after.split('\n').slice(0, MAX_COMPARED);
  const common = Array.from({length: a.length + 1}, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const found = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else {
      const olds = [];
      const news = [];
      while ((i < a.length || j < b.length) && !(i < a.length && j < b.length && a[i] === b[j])) {
        if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) olds.push(a[i++]);
        else news.push(b[j++]);
      }
      found.push([olds.join('\n'), news.join('\n')]);
    }
  }
  return found;
}

function answerText(exchange) {
  return exchange.response ? wireText(exchange.response) : exchange.problem || 'nothing yet';
}

/** What differs between two calls of a delivery, which can be chosen. */
function comparison(delivery, made) {
  const calls = delivery.exchanges;
  const box = element('details', undefined, 'compare');
  const summary = element('summary', 'What differs between two calls');
  const bar = element('div', undefined, 'bar');
  const result = scroller('What differs');
  const choose = (label, chosen) => {
    const text = element('label', label + ' ');
    const select = element('select');
    for (const each of calls) select.append(element('option', each.attempt));
    select.value = calls.some(each => each.attempt === chosen) ? chosen : calls[0].attempt;
    select.addEventListener('change', compare);
    text.append(select);
    bar.append(text);
    return select;
  };
  const of = select => calls.find(each => each.attempt === Number(select.value));
  const first = choose('Call', made.compared?.[0] ?? calls.at(-2).attempt);
  const second = choose('with call', made.compared?.[1] ?? calls.at(-1).attempt);
  function compare() {
    made.compared = [Number(first.value), Number(second.value)];
    const [one, other] = [of(first), of(second)];
    const table = element('table');
    table.append(heads('Part', 'Call ' + one.attempt, 'Call ' + other.attempt));
    const parts = [['request', wireText(one.request), wireText(other.request)], ['answer', answerText(one), answerText(other)]];
    for (const [name, before, after] of parts) {
      const found = differences(before, after);
      for (const [old, fresh] of found) {
        const line = element('tr');
        line.append(element('td', name), element('td', old, 'old'), element('td', fresh, 'new'));
        table.append(line);
      }
      if (!found.length) {
        const line = element('tr', undefined, 'same');
        line.append(element('td', name), element('td', 'the same'), element('td', 'the same'));
        table.append(line);
      }
    }
    result.replaceChildren(table);
  }
  compare();
  box.open = Boolean(made.comparing);
  box.addEventListener('toggle', () => { made.comparing = box.open; });
  box.append(summary, bar, result);
  return box;
}

/** The batch of its last call, and a way to the others in it. */
function batchOf(delivery) {
  const made = element('span', `number ${delivery.batch_place} of ${delivery.batch_size} in one call: `);
  const link = element('a', delivery.batch);
  link.href = location.pathname + '?batch=' + encodeURIComponent(delivery.batch);
  link.addEventListener('click', event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const form = byId('filter');
    form.reset();
    form.elements.namedItem('batch').value = delivery.batch;
    form.dispatchEvent(new Event('input'));
    byId('last').scrollIntoView();
  });
  made.append(link);
  return made;
}

function facts(delivery) {
  const list = element('dl');
  row(list, 'webhook-id', delivery.id);
  if (delivery.batch) row(list, 'batch', batchOf(delivery));
  row(list, 'sent again', delivery.again ? 'yes: somebody had this delivery made again' : '');
  row(list, 'stanza id', delivery.stanza_id);
  row(list, 'type', delivery.type);
  row(list, 'first seen', exactly(delivery.began));
  row(list, 'arrival to reply', millis(delivery.took_ms));
  if (delivery.outcome === 'answer_held' && delivery.next) row(list, 'answer leaves', countdown(delivery.next));
  row(list, 'replies', delivery.replies);
  row(list, 'problem', delivery.problem);
  delivery.dropped.forEach(reason => row(list, 'not sent', reason));
  return list;
}

/** The address of a page that shows this delivery alone. */
const linkTo = id => location.origin + location.pathname + '?id=' + encodeURIComponent(id);

const one = id => '/admin/deliveries/' + encodeURIComponent(id);

async function sendAgain(id, made) {
  try {
    const answer = await (await call(one(id) + '/send-again', {method: 'POST', everywhere: true})).json();
    tell(made, 'Sent again as ' + answer.id + '.');
  } catch (error) {
    tell(made, error.message);
  }
}

/** The command, and what somebody should know of it besides. */
async function curl(delivery, made) {
  const text = await (await call(one(delivery.id) + '/curl', {everywhere: true})).text();
  const [note] = text.split('\n', 1);
  if (note.startsWith('# ')) tell(made, note.slice(2));
  else if (delivery.batch) tell(made, `The command has the whole batch: ${delivery.batch_size} ${delivery.batch_size === 1 ? 'stanza' : 'stanzas'}.`);
  return text;
}

function tell(made, text) {
  made.said = text;
  const said = made.box.querySelector('.tools [role=status]');
  if (said) said.textContent = text;
}

function tools(delivery, bodies, made) {
  const bar = element('div', undefined, 'bar tools');
  if (bodies) {
    const said = element('span', made.said || '', 'quiet');
    said.setAttribute('role', 'status');
    bar.append(button('Send again', () => sendAgain(delivery.id, made), 'acts'),
      copier('Copy as curl', () => curl(delivery, made), ''), said);
  }
  bar.prepend(...[...bar.children].slice(0, 2), copier('Copy link', () => linkTo(delivery.id), ''), copier('Copy webhook-id', () => delivery.id, ''));
  return bar;
}

/** All that is known of a delivery. */
export function detail(delivery, bodies, made) {
  const overview = element('div', undefined, 'overview');
  overview.append(facts(delivery));
  if (delivery.attempts.length || delivery.next || delivery.outcome === 'calling') overview.append(attempts(delivery));
  const parts = [tools(delivery, bodies, made), overview];
  if (delivery.exchanges?.length > 1) parts.push(comparison(delivery, made));
  for (const exchange of delivery.exchanges || []) {
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

const FOCUSABLE = 'button, select, summary, a, [tabindex]';

/** Reads a delivery and shows it in a box, which keeps the focus where it is. */
export async function fill(made) {
  const revision = made.revision;
  const answer = await (await call('/admin/deliveries?id=' + encodeURIComponent(made.id))).json();
  if (!answer.deliveries.length) {
    if (!made.box.children.length) made.box.append(element('p', 'This delivery is no longer in the log.', 'quiet'));
    return;
  }
  made.filled = revision;
  const focused = made.box.contains(document.activeElement)
    ? [...made.box.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement) : -1;
  made.box.replaceChildren(...detail(answer.deliveries[0], answer.bodies, made));
  if (focused >= 0) made.box.querySelectorAll(FOCUSABLE)[focused]?.focus();
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
  if (delivery.again) who.append(' ', element('span', 'sent again', 'tag'));
  if (delivery.batch_size > 1) who.append(' ', element('span', `${delivery.batch_place} of ${delivery.batch_size} in a batch`, 'tag'));
  if (delivery.body) who.append(element('span', delivery.body, 'preview'));
  const status = [delivery.kind, last?.status || '', delivery.begun > 1 ? `call ${delivery.begun}` : ''];
  const took = element('span', delivery.next ? undefined : millis(delivery.took_ms || last?.ms), 'took');
  if (delivery.next) took.append(countdown(delivery.next));
  made.summary.replaceChildren(
    clock(delivery.began), stateOf(delivery),
    element('span', status.filter(Boolean).join(' '), 'what'), who, took);
  fillIfOpen(made);
}

/** What the page's address says, and what the API is asked for: it has other words, and times of no zone. */
function queries() {
  const shown = queryOf(byId('filter'));
  const asked = new URLSearchParams(shown);
  if (asked.has('status')) asked.set('status', outcomeOf(asked.get('status')));
  for (const name of ['since', 'until']) {
    if (asked.has(name)) asked.set(name, new Date(asked.get(name)).toISOString());
  }
  return {shown: shown.toString(), asked};
}

async function load() {
  const {shown: filter, asked: query} = queries();
  const view = filter + ' ' + component();
  history.replaceState(null, '', location.pathname + (filter ? '?' + filter : '') + location.hash);
  byId('only').hidden = !query.has('id');
  byId('together').hidden = !query.has('batch');
  query.append('bodies', 'false');
  query.append('limit', SHOWN);
  const answer = await (await call('/admin/deliveries?' + query)).json();
  if (view !== shownView) rows.clear();
  const linked = query.has('id') && view !== shownView;
  shownView = view;
  const shown = [];
  const found = new Set(answer.deliveries.map(delivery => delivery.id));
  for (const delivery of answer.deliveries) {
    if (!rows.has(delivery.id)) rows.set(delivery.id, create(delivery.id));
    const made = rows.get(delivery.id);
    update(made, delivery);
    if (linked) made.details.open = true;
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
    ? (filter ? 'None match.' : 'None yet. Deliveries appear here as they come.')
    : `${count === SHOWN ? 'The latest ' : ''}${count} shown${filter ? ', filtered' : ''}.`
      + (answer.cut && count < SHOWN ? ' The search ended early: narrow it down.' : '');
}

/** Reads the list anew. */
export const deliveries = alone(load);

/** There is something new: read at once, unless somebody wants the list to stand still. */
export async function changed() {
  if (paused) byId('pause').textContent = 'Go on (there is something new)';
  else await deliveries();
}

export function startDeliveries(failed) {
  const states = byId('filter').elements.namedItem('state');
  for (const state of STATES) {
    const option = element('option', wordOf(state));
    option.value = state;
    states.append(option);
  }
  // A reload, or a link to what somebody looks at, keeps the filter.
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = byId('filter').elements.namedItem(name);
    if (field) field.value = value;
  }
  byId('times').open = ['since', 'until'].some(name => byId('filter').elements.namedItem(name).value);
  const again = settled(() => deliveries().catch(failed), 150);
  byId('filter').addEventListener('submit', event => event.preventDefault());
  byId('filter').addEventListener('input', again);
  byId('filter').addEventListener('reset', again);
  byId('pause').addEventListener('click', () => {
    paused = !paused;
    byId('pause').setAttribute('aria-pressed', String(paused));
    byId('pause').textContent = paused ? 'Go on' : 'Pause';
    if (!paused) deliveries().catch(failed);
  });
}
