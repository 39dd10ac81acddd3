// The console. Whatever came from outside is put into the page as text, never as markup.
const POINTS = 120;
const RETRY_MS = 2000;
const SVG = 'http://www.w3.org/2000/svg';
const KEY = 'stanzahook-credential';
const byId = id => document.getElementById(id);
const charts = new Map();
let credential = sessionStorage.getItem(KEY);
let bodies = false;

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = String(text);
  if (className) made.className = className;
  return made;
}

function authorization() {
  if (!credential.includes(':')) return 'Bearer ' + credential;
  const bytes = new TextEncoder().encode(credential);
  return 'Basic ' + btoa(String.fromCharCode(...bytes));
}

async function call(path, options = {}) {
  const response = await fetch(path, {
    ...options, cache: 'no-store', credentials: 'omit', headers: {Authorization: authorization()},
  });
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  const error = new Error(answer.error || 'status ' + response.status);
  error.status = response.status;
  throw error;
}

// What is known of a figure, drawn.
function figure(name, value, text) {
  let chart = charts.get(name);
  if (!chart) {
    const box = element('div', undefined, 'figure');
    const shown = element('strong');
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', `0 0 ${POINTS - 1} 30`);
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    const line = document.createElementNS(SVG, 'polyline');
    svg.append(line);
    box.append(element('span', name), shown, svg);
    byId('figures').append(box);
    chart = {values: [], shown, line};
    charts.set(name, chart);
  }
  chart.values.push(value);
  if (chart.values.length > POINTS) chart.values.shift();
  const highest = Math.max(1e-9, ...chart.values);
  chart.line.setAttribute('points',
    chart.values.map((v, x) => `${x},${29 - 28 * v / highest}`).join(' '));
  chart.shown.textContent = text;
}

function snapshot(now) {
  byId('state').textContent =
    Object.entries(now.components).map(([name, state]) => `${name}: ${state}`).join(', ');
  figure('Deliveries a second', now.rate, now.rate.toFixed(1));
  figure('Latency, median', now.latency_ms.p50, now.latency_ms.p50.toFixed(1) + ' ms');
  figure('Latency, 99 %', now.latency_ms.p99, now.latency_ms.p99.toFixed(1) + ' ms');
  figure('In flight', now.in_flight, `${now.in_flight} of ${now.limit}`);
  figure('Queue', now.queued, String(now.queued));
  if (now.changed) deliveries().catch(failed);
}

function row(list, name, value) {
  if (value !== '' && value !== null && value !== undefined) {
    list.append(element('dt', name), element('dd', value));
  }
}

function detail(delivery) {
  const box = element('div');
  const list = element('dl');
  row(list, 'webhook-id', delivery.id);
  row(list, 'stanza id', delivery.stanza_id);
  row(list, 'first call', delivery.began);
  row(list, 'took', delivery.took_ms ? delivery.took_ms + ' ms' : '');
  row(list, 'replies', delivery.replies);
  delivery.attempts.forEach(a =>
    row(list, 'attempt ' + a.number, `${a.outcome}, status ${a.status || 'none'}, ${a.ms} ms ${a.detail}`));
  delivery.dropped.forEach(reason => row(list, 'not sent', reason));
  box.append(list);
  if (bodies) {
    box.append(element('h3', 'Stanza'), element('pre', delivery.stanza));
    box.append(element('h3', 'Response'), element('pre', delivery.response));
  } else {
    box.append(element('p', 'Bodies are shown with --delivery-log-bodies.'));
  }
  return box;
}

const opened = new Set();
let focused;

function entry(delivery) {
  const box = element('details');
  box.dataset.id = delivery.id;
  const last = delivery.attempts.at(-1);
  const summary = element('summary');
  const failed = delivery.outcome === 'given_up' || delivery.outcome === 'buried';
  summary.append(
    element('span', delivery.outcome, failed ? 'bad' : 'good'),
    ` ${last && last.status ? last.status : ''} ${delivery.kind} ${delivery.from} → ${delivery.to}`);
  box.append(summary, detail(delivery));
  box.open = opened.has(delivery.id);
  box.addEventListener('toggle', () => {
    if (box.open) opened.add(delivery.id);
    else if (box.isConnected) opened.delete(delivery.id);
  });
  return box;
}

async function deliveries() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(byId('filter'))) if (value) query.append(name, value);
  const answer = await (await call('/admin/deliveries?' + query)).json();
  bodies = answer.bodies;
  focused = document.activeElement?.closest?.('details')?.dataset.id;
  byId('deliveries').replaceChildren(...answer.deliveries.map(entry));
  if (focused) {
    [...byId('deliveries').children].find(d => d.dataset.id === focused)
      ?.firstChild.focus();
  }
  byId('count').textContent = answer.deliveries.length + ' shown';
}

async function settings(changed) {
  const response = await call('/admin/settings', changed
    ? {method: 'PATCH', body: JSON.stringify(changed)} : {});
  const values = await response.json();
  byId('settings').replaceChildren(...Object.entries(values).map(([name, value]) => {
    const label = element('label', name + ' ');
    const input = element('input');
    input.name = name;
    input.value = value;
    input.addEventListener('change', () =>
      settings({[name]: /^\d+$/.test(input.value) ? Number(input.value) : input.value})
        .then(() => { byId('changed').textContent = name + ' changed'; })
        .catch(error => { byId('changed').textContent = error.message; }));
    label.append(input);
    return label;
  }));
}

function failed(error) {
  byId('state').textContent = error.message;
  if (error.status === 401) {
    credential = null;
    sessionStorage.removeItem(KEY);
    byId('view').hidden = true;
    byId('login').hidden = false;
  }
}

async function events() {
  const reader = (await call('/admin/events')).body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split('\n\n');
    text = parts.pop();
    for (const part of parts) {
      if (part.startsWith('data: ')) snapshot(JSON.parse(part.slice(6)));
    }
  }
}

async function open() {
  while (credential) {
    try {
      await deliveries();
      byId('login').hidden = true;
      byId('view').hidden = false;
      await settings();
      await events();
    } catch (error) {
      failed(error);
    }
    await new Promise(resume => setTimeout(resume, RETRY_MS));
  }
}

byId('login').addEventListener('submit', event => {
  event.preventDefault();
  credential = byId('credential').value.trim();
  byId('credential').value = '';
  sessionStorage.setItem(KEY, credential);
  open();
});
byId('filter').addEventListener('submit', event => event.preventDefault());
byId('filter').addEventListener('input', () => deliveries().catch(failed));
open();
