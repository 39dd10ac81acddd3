// What all parts of the console use. Whatever came from outside is put into the page as text, never as markup.
const KEY = 'stanzahook-credential';

export const byId = id => document.getElementById(id);
export const needsCredential = document.body.dataset.credentials === 'needed';

let credential = sessionStorage.getItem(KEY);

export const hasAccess = () => !needsCredential || Boolean(credential);

export function remember(given) {
  credential = given;
  if (given) sessionStorage.setItem(KEY, given);
  else sessionStorage.removeItem(KEY);
}

/** Marks that change the direction of a line, as escapes like in the log: else the rest would be read in another order. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function visible(text) {
  return String(text).replace(DIRECTION, mark =>
    '\\u' + mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0'));
}

export function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = visible(text);
  if (className) made.className = className;
  return made;
}

function authorization() {
  if (!credential) return {};
  if (!credential.includes(':')) return {Authorization: 'Bearer ' + credential};
  const bytes = new TextEncoder().encode(credential);
  return {Authorization: 'Basic ' + btoa(String.fromCharCode(...bytes))};
}

/** The component that is looked at; empty for all, or the only one. */
export const component = () => byId('component').value;

/** What a delivery's outcome is called on the page, where the API has another word. */
const WORDS = {settled: 'delivered', given_up: 'failed', buried: 'dead letter', answer_held: 'answer waits'};

/** The same for the outcome of a call. */
const CALLS = {answered: 'error answer', not_sent: 'not sent', unknown: 'no answer', undecodable: 'not readable'};

export const callWordOf = outcome => CALLS[outcome] || outcome.replace('_', ' ');

/** All states, in the order of a delivery's life. */
export const STATES = ['waiting', 'calling', 'retrying', 'held_back', 'answered', 'answer_held', 'settled', 'unreadable', 'given_up', 'buried'];

export const wordOf = outcome => WORDS[outcome] || outcome.replace('_', ' ');

/** The shapes of states, so that nobody depends on colours: paths in a square of 16. */
const SHAPES = {
  waiting: 'M8 2a6 6 0 1 0 .01 0M8 4.8V8l2.4 1.6',
  calling: 'M2 8h11M9 4l4 4-4 4',
  retrying: 'M13.2 8.5a5.3 5.3 0 1 1-1.6-4.3M12.6 1.6v3h-3',
  held_back: 'M5.5 3v10M10.5 3v10',
  answered: 'M14 8H3M7 4L3 8l4 4',
  answer_held: 'M4 2h8M4 14h8M5 2c0 5 6 7 6 12M11 2c0 5-6 7-6 12',
  settled: 'M2.8 8.6l3.4 3.4 7-7.6',
  unreadable: 'M8 2l6.4 11.6H1.6zM8 6.4v3.4M8 11.4v.6',
  given_up: 'M4 4l8 8M12 4l-8 8',
  buried: 'M2 4h12v8.6H2zM2 4.4l6 4.6 6-4.6',
};

const SVG = 'http://www.w3.org/2000/svg';

export function shape(name, className) {
  const made = document.createElementNS(SVG, name);
  made.setAttribute('class', className);
  return made;
}

/** A state in shape and word. */
export function badge(state, tone, word = wordOf(state)) {
  const made = element('span', undefined, `badge ${tone} state-${state}`);
  const svg = shape('svg', 'icon');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  const path = shape('path', '');
  path.setAttribute('d', SHAPES[state] || SHAPES.unreadable);
  svg.append(path);
  made.append(svg, element('span', word));
  return made;
}

/** The API's word for one of the page. */
export function outcomeOf(word) {
  const given = word.toLowerCase();
  const [outcome] = [...Object.entries(WORDS), ...Object.entries(CALLS)].find(([, shown]) => shown === given) || [word];
  return outcome;
}

function about(path) {
  return component() ? path + (path.includes('?') ? '&' : '?') + 'component=' + encodeURIComponent(component()) : path;
}

/** A response of the gateway, about the chosen component unless the path names one, that is a success; else an error with the gateway's own words. */
export async function call(path, {everywhere = false, ...options} = {}) {
  const used = credential;
  let response;
  try {
    response = await fetch(everywhere ? path : about(path), {
      ...options, cache: 'no-store', credentials: 'omit', headers: authorization(),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Error('The gateway does not answer.');
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  const error = new Error(answer.error || 'status ' + response.status);
  error.status = response.status;
  // Another one was entered meanwhile: this says nothing of that.
  error.outdated = credential !== used;
  throw error;
}

export function queryOf(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value.trim()) query.append(name, value.trim());
  return query;
}

/** Does it for the last of calls that come close together. */
export function settled(action, ms) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, ms);
  };
}

/** Does it never twice at once; asked for meanwhile, once more afterwards. */
export function alone(action) {
  let busy = false;
  let again = false;
  return async function run() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      await action();
    } finally {
      busy = false;
      if (again) {
        again = false;
        run();
      }
    }
  };
}

/** Makes the children those, in that order, and moves none that is in its place: it may have the focus. */
export function arrange(parent, children) {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, place) => {
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] || null);
  });
}

/** JSON with line breaks, and nothing else of it changed; other text as it is. */
export function pretty(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  if (!/^\s*[[{]/.test(text)) return text;
  let depth = 0;
  const line = () => '\n' + '  '.repeat(depth);
  return text.replace(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|\s+/g, token => {
    if (token === ',') return ',' + line();
    if (token === ':') return ': ';
    if (token === '{' || token === '[') {
      depth++;
      return token + line();
    }
    if (token === '}' || token === ']') {
      depth--;
      return line() + token;
    }
    return token.trim();
  });
}

export function row(list, name, value) {
  if (value !== '' && value !== null && value !== undefined) {
    const made = element('dd');
    made.append(value instanceof Node ? value : element('span', value));
    list.append(element('dt', name), made);
  }
}

export function button(text, action, className) {
  const made = element('button', text, className);
  made.type = 'button';
  made.addEventListener('click', action);
  return made;
}

async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Browsers have no clipboard for pages that come over plain HTTP from elsewhere.
  const field = element('textarea');
  field.value = text;
  field.className = 'aside';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (!done) throw new Error('the browser does not let this page copy');
}

/** A button that copies what a function gives, or promises, and says whether it did. */
export function copier(text, source, className = 'small') {
  const made = button(text, async () => {
    try {
      await toClipboard(await source());
      made.textContent = 'Copied';
    } catch (error) {
      made.textContent = error.message;
    }
    setTimeout(() => { made.textContent = text; }, 2000);
  }, className);
  return made;
}

/** A box that scrolls sideways where it is narrow, by keyboard too. */
export function scroller(label, content) {
  const box = element('div', undefined, 'scroll');
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', label);
  if (content) box.append(content);
  return box;
}

/** A title and text below it that scrolls where it is long, by keyboard too. */
export function block(title, text) {
  const box = element('div', undefined, 'block');
  const body = element('pre', text);
  body.tabIndex = 0;
  body.setAttribute('role', 'group');
  body.setAttribute('aria-label', title);
  const head = element('div', undefined, 'block-head');
  const copy = copier('Copy', () => text);
  copy.setAttribute('aria-label', 'Copy: ' + title);
  head.append(element('h3', title), copy);
  box.append(head, body);
  return box;
}

function time(iso, shown) {
  const made = element('time', shown);
  made.dateTime = iso;
  made.title = iso;
  return made;
}

/** A time of day in the browser's zone, and the day where it is another one; the exact time at hand. */
export function clock(iso) {
  const when = new Date(iso);
  const day = when.toDateString() === new Date().toDateString()
    ? '' : when.toLocaleDateString([], {day: 'numeric', month: 'short'}) + ' ';
  return time(iso, day + when.toLocaleTimeString([], {hour12: false}));
}

/** The same with milliseconds. */
export function exactly(iso) {
  const made = clock(iso);
  made.textContent += '.' + String(new Date(iso).getMilliseconds()).padStart(3, '0');
  return made;
}

let ahead = 0;

/** Told what the gateway's clock says: the browser's may say something else. */
export function setNow(iso) {
  ahead = Date.parse(iso) - Date.now();
}

function left(made) {
  const ms = Date.parse(made.dateTime) - Date.now() - ahead;
  made.textContent = ms <= 0 ? made.dataset.due : 'in ' + (ms < 10000 ? (ms / 1000).toFixed(1) + ' s' : millis(Math.round(ms / 1000) * 1000));
}

/** How long it is until then, counted down while it is on the page. */
export function countdown(iso, due = 'now') {
  const made = time(iso, '');
  made.dataset.due = due;
  made.className = 'countdown';
  left(made);
  return made;
}

export const countDown = () => document.querySelectorAll('.countdown').forEach(left);

/** A duration as people say it: 23.4 ms, 52.4 s, 3 min 5 s, 2 h 4 min. */
export function millis(ms) {
  if (!ms) return '';
  if (ms < 999.5) return (ms < 100 ? ms.toFixed(1) : Math.round(ms)) + ' ms';
  if (ms < 59950) return (ms / 1000).toFixed(1) + ' s';
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
