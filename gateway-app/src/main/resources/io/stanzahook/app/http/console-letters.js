// Dead letters: looked at, delivered again, or discarded.
import {alone, arrange, badge, block, byId, call, clock, element, exactly, pretty, queryOf, row, settled} from './console-page.js';

const PATH = '/admin/dead-letters';
const PAGE = 50;
const rows = new Map();
let pages = 1;

const one = id => PATH + '/' + encodeURIComponent(id);
const chosen = () => [...rows.values()].filter(made => made.box.checked).map(made => made.id);
const say = text => { byId('letter-count').textContent = text; };
const counted = count => `${count} dead letter${count === 1 ? '' : 's'}`;

function detail(letter) {
  const list = element('dl');
  row(list, 'webhook-id', letter.id);
  row(list, 'received', exactly(letter.received));
  row(list, 'failed', exactly(letter.buried));
  row(list, 'calls', letter.attempts + (letter.redelivered ? ', redelivered before' : ''));
  row(list, 'cause', letter.cause);
  row(list, 'last status', letter.status || 'none');
  row(list, 'sender was told', letter.condition && `${letter.condition}: ${letter.text}`);
  row(list, 'problem', letter.condition ? '' : letter.text);
  const bar = element('div', undefined, 'bar acts');
  const again = element('button', 'Deliver again');
  const discard = element('button', 'Discard…', 'danger');
  again.type = discard.type = 'button';
  again.addEventListener('click', () => redeliver([letter.id]));
  discard.addEventListener('click', () => drop([letter.id]));
  bar.append(again, discard);
  const parts = [list, bar, block('Stanza', letter.stanza)];
  if (letter.response) parts.push(block('Last response', pretty(letter.response)));
  return parts;
}

function create(letter) {
  const box = element('input');
  box.type = 'checkbox';
  box.className = 'acts';
  box.setAttribute('aria-label', 'Select the dead letter from ' + letter.from);
  box.addEventListener('change', chosenChanged);
  const details = element('details', undefined, 'row');
  const summary = element('summary');
  const who = element('span', undefined, 'who');
  who.append(element('span', letter.from), ' → ', element('span', letter.to));
  summary.append(clock(letter.buried), badge('buried', 'bad', letter.cause.replaceAll('_', ' ')),
    element('span', `${letter.kind} ${letter.status || ''}`, 'what'), who);
  const inside = element('div', undefined, 'detail');
  details.append(summary, inside);
  details.addEventListener('toggle', () => {
    if (!details.open) return;
    call(one(letter.id)).then(response => response.json())
      .then(whole => inside.replaceChildren(...detail(whole)))
      .catch(error => inside.replaceChildren(element('p', error.message, 'bad')));
  });
  const line = element('div', undefined, 'choice');
  line.append(box, details);
  return {id: letter.id, position: letter.position, line, box};
}

function chosenChanged() {
  const some = chosen().length;
  byId('redeliver').disabled = byId('discard').disabled = some === 0;
  byId('letters-all').checked = some > 0 && some === rows.size;
  byId('letters-all').indeterminate = some > 0 && some < rows.size;
}

async function load() {
  const filter = queryOf(byId('letter-filter'));
  const found = [];
  let next = null;
  for (let page = 0; page < pages; page++) {
    const query = new URLSearchParams(filter);
    query.append('limit', PAGE);
    if (next !== null) query.append('before', next);
    const answer = await (await call(PATH + '?' + query)).json();
    found.push(...answer.dead_letters);
    next = answer.next;
    if (next === null) break;
  }
  const known = new Set(found.map(letter => letter.id));
  for (const id of [...rows.keys()]) if (!known.has(id)) rows.delete(id);
  for (const letter of found) {
    // Delivered again and given up once more, it is another one under its old id.
    if (rows.get(letter.id)?.position !== letter.position) rows.set(letter.id, create(letter));
  }
  arrange(byId('letters'), found.map(letter => rows.get(letter.id).line));
  byId('letters-more').hidden = next === null;
  chosenChanged();
  return found.length;
}

async function show() {
  try {
    const count = await load();
    say(count === 0 ? 'None.' : `${counted(count)} shown.`);
  } catch (error) {
    say(error.message);
  }
}

/** Reads the list anew. */
export const letters = alone(show);

async function each(ids, method, path, done) {
  let count = 0;
  let problem = '';
  for (const id of ids) {
    try {
      await call(path(id), {method});
      count++;
    } catch (error) {
      problem = ' ' + error.message;
    }
  }
  byId('letter-done').textContent = `${counted(count)} ${done}.${problem}`;
  await letters();
}

const redeliver = ids => each(ids, 'POST', id => one(id) + '/redeliver', 'delivered again');

async function drop(ids) {
  const question = byId('question');
  byId('question-text').textContent = `Discard ${counted(ids.length)} for good?`;
  question.returnValue = 'no';
  question.showModal();
  await new Promise(resume => question.addEventListener('close', resume, {once: true}));
  if (question.returnValue === 'yes') await each(ids, 'DELETE', one, 'discarded');
}

export function startLetters() {
  const again = settled(() => { pages = 1; letters(); }, 200);
  byId('letter-filter').addEventListener('submit', event => event.preventDefault());
  byId('letter-filter').addEventListener('input', again);
  byId('letter-filter').addEventListener('reset', again);
  byId('letters-all').addEventListener('change', event => {
    for (const made of rows.values()) made.box.checked = event.target.checked;
    chosenChanged();
  });
  byId('letters-more').addEventListener('click', () => { pages++; letters(); });
  byId('redeliver').addEventListener('click', () => redeliver(chosen()));
  byId('discard').addEventListener('click', () => drop(chosen()));
}
