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
const WORDS = {settled: 'delivered', given_up: 'failed', buried: 'dead letter'};

export const wordOf = outcome => WORDS[outcome] || outcome.replace('_', ' ');

/** The API's word for one of the page. */
export function outcomeOf(word) {
  const [outcome] = Object.entries(WORDS).find(([, shown]) => shown === word.toLowerCase()) || [word];
  return outcome;
}

function about(path) {
  return component() ? path + (path.includes('?') ? '&' : '?') + 'component=' + encodeURIComponent(component()) : path;
}

/** A response of the gateway, about the chosen component, that is a success; else an error with the gateway's own words. */
export async function call(path, options = {}) {
  const used = credential;
  let response;
  try {
    response = await fetch(about(path), {
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
    list.append(element('dt', name), element('dd', value));
  }
}

/** A title and text below it that scrolls where it is long, by keyboard too. */
export function block(title, text) {
  const box = element('div', undefined, 'block');
  const body = element('pre', text);
  body.tabIndex = 0;
  box.append(element('h3', title), body);
  return box;
}

export function clock(iso) {
  const time = element('time', new Date(iso).toLocaleTimeString([], {hour12: false}));
  time.dateTime = iso;
  time.title = iso;
  return time;
}

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
