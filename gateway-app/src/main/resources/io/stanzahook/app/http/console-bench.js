// The sandbox's users: a box to write as one of them, and the conversation beside it.
import {alone, arrange, badge, button, byId, call, clock, element} from './console-page.js';
import {fill} from './console-deliveries.js';

/** What stands in the box to begin with, where a text would be no help. */
const EXAMPLES = {
  iq: "<query xmlns='jabber:iq:version'/>",
  xml: "<message type='chat'><body>Hello!</body></message>",
};
const WITHOUT_TEXT = new Set(['typing', 'read']);
const TONES = {settled: 'good', answered: 'good', given_up: 'bad', buried: 'bad', unreadable: 'bad'};
const lines = new Map();
let known = -1;
let webhook;

const nameOf = address => address.split('/')[0].replace(/@(component\.)?localhost$/, '');

function bubble(line) {
  const item = element('div', undefined, 'line ' + (line.bot ? 'bot' : 'user'));
  const head = element('p', undefined, 'bubble-head');
  const who = line.bot ? `${nameOf(line.from)} to ${nameOf(line.to)}` : nameOf(line.from);
  const state = element('span');
  head.append(element('strong', who), ' ', clock(line.at), ' ', state);
  item.append(head);
  if (line.error) {
    item.append(element('p', 'An error, as the sender sees it', 'bad'));
    if (line.what) item.append(element('p', line.what, 'quiet'));
  } else if (line.text) item.append(element('p', line.text, 'said'));
  else item.append(element('p', line.what, 'quiet'));
  const box = element('div', undefined, 'detail');
  const made = {line: undefined, item, state, box, id: '', revision: 0, open: false};
  const look = button('', () => {
    made.open = !made.open;
    show(made);
  });
  made.look = look;
  item.append(look, box);
  return made;
}

function xmlOf(line) {
  const text = element('pre', line.xml);
  text.tabIndex = 0;
  text.setAttribute('role', 'group');
  text.setAttribute('aria-label', 'Stanza');
  return text;
}

function show(made) {
  const {line, look, box, open} = made;
  look.setAttribute('aria-expanded', String(open));
  look.textContent = (open ? 'Hide' : 'Show') + (line.delivery ? ' what the webhook got and said' : ' its XML');
  if (!open) box.replaceChildren();
  else if (line.delivery) fill(made).catch(error => box.replaceChildren(element('p', error.message, 'bad')));
  else box.replaceChildren(xmlOf(line));
}

function update(made, line) {
  const before = made.line;
  made.line = line;
  made.id = line.delivery;
  if (line.state !== before?.state) {
    made.state.replaceChildren(...(line.state ? [badge(line.state, TONES[line.state] || 'busy')] : []));
  }
  if (!before || before.delivery !== line.delivery || (made.open && line.delivery && line.changed !== before.changed)) show(made);
}

async function load() {
  const answer = await (await call('/admin/chat', {everywhere: true})).json();
  const {url} = byId('webhook').elements;
  byId('echo').hidden = !answer.echo;
  // What somebody is typing stays.
  if (answer.webhook !== webhook) {
    if (url.value === (webhook ?? '')) url.value = answer.webhook;
    webhook = answer.webhook;
  }
  const log = byId('chat');
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const keep = new Set(answer.lines.map(line => line.number));
  for (const number of [...lines.keys()]) if (!keep.has(number)) lines.delete(number);
  for (const line of answer.lines) {
    if (!lines.has(line.number)) lines.set(line.number, bubble(line));
    update(lines.get(line.number), line);
  }
  arrange(log, answer.lines.map(line => lines.get(line.number).item));
  if (atEnd) log.scrollTop = log.scrollHeight;
}

const reload = alone(load);

/** Told with each event: whether there is a sandbox, and something new in it. */
export async function bench(now) {
  byId('bench').hidden = now.chat === undefined;
  if (now.chat === undefined || (now.chat === known && !now.changed)) return;
  known = now.chat;
  await reload();
}

function startWebhook() {
  const form = byId('webhook');
  const {url} = form.elements;
  const status = byId('webhook-status');
  form.addEventListener('submit', async event => {
    event.preventDefault();
    try {
      const answer = await (await call('/admin/chat/webhook', {
        method: 'POST', everywhere: true, body: JSON.stringify({url: url.value.trim()}),
      })).json();
      webhook = url.value = answer.webhook;
      status.textContent = 'From now on, messages go there.';
    } catch (error) {
      status.textContent = error.message;
    }
  });
}

export function startBench() {
  startWebhook();
  const form = byId('say');
  const {kind, text} = form.elements;
  const status = byId('say-status');
  let example = '';
  const adapt = () => {
    byId('say-room').hidden = kind.value !== 'room';
    byId('say-text').hidden = WITHOUT_TEXT.has(kind.value);
    byId('say-label').textContent = kind.value === 'iq' ? 'Element' : kind.value === 'xml' ? 'Stanza' : 'Message';
    if (text.value === example) text.value = example = EXAMPLES[kind.value] || '';
  };
  kind.addEventListener('change', adapt);
  adapt();
  text.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || EXAMPLES[kind.value]) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener('submit', async event => {
    event.preventDefault();
    try {
      await call('/admin/chat', {method: 'POST', everywhere: true, body: JSON.stringify(Object.fromEntries(new FormData(form)))});
      status.textContent = 'Sent.';
      if (!EXAMPLES[kind.value]) text.value = '';
    } catch (error) {
      status.textContent = error.message;
    }
  });
}
