// The settings that can be changed while the gateway runs.
import {byId, call, element} from './console-page.js';

/** Where a slider stops; what lies between is typed. */
const STOPS = {
  concurrency: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096],
  queue: [10, 100, 1000, 2000, 5000, 10000, 20000, 50000, 100000],
};
/** What the API says of them: meaning and choices. */
let described = {};

const label = name => name[0].toUpperCase() + name.slice(1).replaceAll('_', ' ');

const nearest = (stops, value) => {
  let best = 0;
  stops.forEach((stop, i) => {
    if (Math.abs(Math.log(stop / value)) < Math.abs(Math.log(stops[best] / value))) best = i;
  });
  return best;
};

async function change(name, value) {
  const said = byId('changed');
  try {
    const number = /^\d+$/.test(value);
    const response = await call('/admin/settings', {
      method: 'PATCH', body: JSON.stringify({[name]: number ? Number(value) : value}),
    });
    const values = await response.json();
    show(values);
    said.textContent = `${label(name)} is now ${values[name]}.`;
  } catch (error) {
    said.textContent = error.message;
    await settings().catch(() => {});
  }
}

function slider(name, stops, typed) {
  const range = element('input');
  range.type = 'range';
  range.id = 'slide-' + name;
  range.min = 0;
  range.max = stops.length - 1;
  range.setAttribute('aria-label', label(name) + ', roughly');
  range.addEventListener('input', () => {
    typed.value = stops[range.value];
    range.setAttribute('aria-valuetext', typed.value);
  });
  range.addEventListener('change', () => change(name, String(stops[range.value])));
  return range;
}

function field(name) {
  const {description = '', enum: choices = []} = described[name] || {};
  const text = element('label', label(name));
  const input = element(choices.length ? 'select' : 'input');
  input.name = name;
  input.id = text.htmlFor = 'set-' + name;
  input.title = description.replaceAll('`', '');
  for (const choice of choices) input.append(element('option', choice));
  input.addEventListener('change', () => change(name, input.value.trim()));
  const line = element('div', undefined, 'setting');
  line.append(text, input);
  if (STOPS[name]) line.append(slider(name, STOPS[name], input));
  return line;
}

function show(values) {
  const form = byId('settings');
  // Of several components each has its own.
  form.hidden = typeof values.components === 'object';
  if (form.hidden) {
    byId('settings-hint').textContent = 'Each component has its own settings: choose one at the top.';
    return;
  }
  for (const [name, value] of Object.entries(values)) {
    if (!byId('set-' + name)) form.append(field(name));
    byId('set-' + name).value = value;
    const range = byId('slide-' + name);
    if (range && Number.isFinite(value)) {
      range.value = nearest(STOPS[name], value);
      range.setAttribute('aria-valuetext', String(value));
    }
  }
  allow();
}

/** What may be changed, now that it is known. */
export function allow() {
  const form = byId('settings');
  if (form.hidden) return;
  const fixed = document.body.classList.contains('reader');
  for (const each of form.elements) each.disabled = fixed;
  byId('settings-hint').textContent = fixed
    ? 'You may look, and change nothing.' : 'Changes apply at once, and last until the gateway stops.';
}

/** Reads them anew; one that does not run has none. */
export async function settings() {
  try {
    if (!Object.keys(described).length) {
      described = (await (await call('/openapi.json')).json()).components.schemas.Settings.properties;
    }
    show(await (await call('/admin/settings')).json());
  } catch (error) {
    if (error.status !== 503) throw error;
    byId('settings').hidden = true;
    byId('settings-hint').textContent = error.message;
  }
}

byId('settings').addEventListener('submit', event => event.preventDefault());
