// The console: who may see it, how the gateway stands now, and when the rest is to be read anew.
import {byId, call, countDown, element, hasAccess, millis, needsCredential, remember, setNow, shape} from './console-page.js';
import {changed, deliveries, startDeliveries} from './console-deliveries.js';
import {letters, startLetters} from './console-letters.js';
import {bench, startBench} from './console-bench.js';
import {cluster} from './console-cluster.js';
import {notices} from './console-notices.js';
import {allow, settings} from './console-settings.js';

const POINTS = 120;
const FEWEST_POINTS = 20;
const RETRY_MS = 2000;
const charts = new Map();
let missed = false;
let limit;
let deadLetters;
let following;
let running = false;
let wake = () => {};

function chartOf(name) {
  const box = element('div', undefined, 'figure');
  box.dataset.figure = name;
  const shown = element('strong');
  const highest = element('span', undefined, 'highest');
  const svg = shape('svg', 'chart');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const area = shape('polygon', 'area');
  const line = shape('polyline', 'line');
  svg.append(area, line);
  box.append(element('span', name), shown, svg, highest);
  byId('figures').append(box);
  return {values: [], shown, svg, line, area, highest};
}

// What is known of a figure, drawn; the newest at the right.
function figure(name, value, show = short, text = show(value)) {
  if (!charts.has(name)) charts.set(name, chartOf(name));
  const chart = charts.get(name);
  chart.values.push(value);
  if (chart.values.length > POINTS) chart.values.shift();
  const highest = Math.max(...chart.values);
  const width = Math.max(FEWEST_POINTS, chart.values.length) - 1;
  const first = width + 1 - chart.values.length;
  const points = chart.values.map((v, x) => `${first + x},${29 - (highest > 0 ? 27 * v / highest : 0)}`);
  chart.line.setAttribute('points', points.join(' '));
  chart.area.setAttribute('points', `${first},30 ${points.join(' ')} ${width},30`);
  chart.svg.setAttribute('viewBox', `0 0 ${width} 30`);
  chart.shown.textContent = text;
  chart.show = show;
  chart.highest.textContent = `max ${show(highest)}`;
}

const short = value => String(value < 10 ? Number(value.toFixed(1)) : Math.round(value));
const lasting = ms => millis(ms) || '0 ms';

/** The numbers of the charts, for whoever does not see them or wants them exactly. */
function table() {
  if (!byId('numbers').open) return;
  byId('numbers-body').replaceChildren(...[...charts].map(([name, {values, shown, show}]) => {
    const line = element('tr');
    const sorted = [...values].sort((a, b) => a - b);
    const title = element('th', name);
    title.scope = 'row';
    line.append(title, element('td', shown.textContent));
    for (const value of [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]) {
      line.append(element('td', show(value)));
    }
    return line;
  }));
}

function components(states) {
  byId('components').replaceChildren(...Object.entries(states).map(([name, state]) => {
    const item = element('li', undefined, state === 'connected' ? 'good' : state === 'standby' ? 'calm' : 'bad');
    item.append(element('span', name), ' ', element('em', state === 'standby' ? 'connected by another node' : state.replace('_', ' ')));
    return item;
  }));
}

function offer(names) {
  const select = byId('component');
  const known = [...select.options].slice(1).map(option => option.value);
  if (known.join() === names.join()) return;
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...names.map(name => element('option', name)));
  select.value = names.includes(chosen) ? chosen : '';
  byId('chooser').hidden = names.length < 2;
  if (select.value !== chosen) chooseAnother();
}

/** Begins anew, with what is chosen now. */
function chooseAnother() {
  charts.clear();
  byId('figures').replaceChildren();
  byId('changed').textContent = '';
  limit = undefined;
  following?.abort();
}

function spool(now) {
  figure('Spool', now.depth, short, now.full ? `${now.depth}, full` : String(now.depth));
  figure('Dead letters', now.dead_letters);
  if (now.dead_letters !== deadLetters) letters();
  deadLetters = now.dead_letters;
}

function snapshot(now) {
  setNow(now.now);
  if (document.body.classList.contains('reader') === now.may_change) {
    document.body.classList.toggle('reader', !now.may_change);
    allow();
  }
  notices(now);
  bench(now).catch(failed);
  byId('state').textContent = 'Live';
  document.body.classList.add('live');
  components(now.components);
  offer(Object.keys(now.components));
  figure('Deliveries / s', now.rate, short, now.rate.toFixed(1));
  figure('Latency, median', now.latency_ms.p50, lasting);
  figure('Latency, 99 %', now.latency_ms.p99, lasting);
  figure('In flight', now.in_flight, short, `${now.in_flight} of ${now.limit}`);
  figure('Queue', now.queued);
  byId('letters-section').hidden = !now.spool;
  if (now.spool) spool(now.spool);
  cluster(now.cluster, now.held_elsewhere);
  if (now.cluster) figure('Cluster lag', now.cluster.lag);
  table();
  if (limit !== undefined && limit !== now.limit) settings().catch(failed);
  limit = now.limit;
  // Nobody sees a page in the background: it is read when it is looked at again.
  if (now.changed && document.hidden) missed = true;
  else if (now.changed) changed().catch(failed);
}

function failed(error) {
  byId('state').textContent = error.message;
  document.body.classList.remove('live');
  if (error.status === 401 && needsCredential && !error.outdated) {
    remember(null);
    following?.abort();
    // The next one may have less rights.
    document.body.classList.add('reader');
    byId('view').hidden = true;
    byId('login').hidden = false;
    byId('credential').focus();
  }
}

async function events() {
  following = new AbortController();
  const {signal} = following;
  const response = await call('/admin/events', {signal});
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const {value, done} = await reader.read().catch(() => ({done: true}));
    if (signal.aborted) return;
    if (done) throw new Error('The gateway does not answer.');
    text += value;
    const parts = text.split('\n\n');
    text = parts.pop();
    for (const part of parts) {
      if (part.startsWith('data: ')) snapshot(JSON.parse(part.slice(6)));
    }
  }
}

async function follow() {
  while (hasAccess()) {
    try {
      await settings();
      byId('login').hidden = true;
      byId('view').hidden = false;
      await deliveries().catch(error => { byId('count').textContent = error.message; });
      deadLetters = undefined;
      await events();
      continue;
    } catch (error) {
      if (error.name === 'AbortError') continue;
      // The chosen component is there no longer: the file was read anew.
      if (error.status === 404) byId('component').value = '';
      failed(error);
    }
    await new Promise(resume => {
      wake = resume;
      setTimeout(resume, RETRY_MS);
    });
  }
}

/** Begins, or goes on at once: two that follow would draw everything twice. */
async function open() {
  wake();
  if (running) return;
  running = true;
  try {
    await follow();
  } finally {
    running = false;
  }
}

setInterval(countDown, 200);
startDeliveries(failed);
startLetters();
startBench();
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && missed) {
    missed = false;
    deliveries().catch(failed);
  }
});
byId('numbers').addEventListener('toggle', table);
byId('component').addEventListener('change', chooseAnother);
byId('login').addEventListener('submit', event => {
  event.preventDefault();
  remember(byId('credential').value.trim());
  byId('credential').value = '';
  open();
});
if (hasAccess()) {
  open();
} else {
  byId('login').hidden = false;
  byId('credential').focus();
}
