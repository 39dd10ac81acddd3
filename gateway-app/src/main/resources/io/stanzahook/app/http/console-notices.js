// What somebody should know at once: above all else, and gone when it is over.
import {arrange, byId, button, call, clock, countdown, element} from './console-page.js';

const shown = new Map();
let said = '';

async function tryNow(down, status) {
  try {
    const answer = await (await call('/admin/endpoints/try?endpoint=' + encodeURIComponent(down.endpoint)
      + '&component=' + encodeURIComponent(down.component), {method: 'POST', everywhere: true})).json();
    status.textContent = answer.tried.length ? 'The next delivery goes there at once.' : 'It is not down any more.';
  } catch (error) {
    status.textContent = error.message;
  }
}

/** An endpoint that is down: built once, as a button in it may have the focus, and kept up to date. */
function outage(down, several) {
  const box = element('div');
  const line = element('p');
  const next = element('span');
  const error = element('p', undefined, 'why');
  const status = element('span', '', 'quiet');
  status.setAttribute('role', 'status');
  line.append(element('strong', down.url), ' has been down since ', clock(down.since), several ? ` (${down.component}). ` : '. ', next);
  const bar = element('div', undefined, 'bar acts');
  bar.append(button('Try now', () => tryNow(down, status)), status);
  box.append(line, error, bar);
  let at = 0;
  return {box, update(now) {
    error.textContent = now.error ? 'Last error: ' + now.error : '';
    const then = Date.parse(now.next_try || 0);
    if (at !== 0 && Math.abs(then - at) < 300) return;
    at = then;
    if (now.next_try) next.replaceChildren('Next try: ', countdown(now.next_try, 'with the next delivery'));
    else next.textContent = 'It answered 410 (Gone), so it is not called again until you try it or the configuration changes.';
  }};
}

function sentence(content) {
  const box = element('div');
  const line = element('p');
  line.append(...content);
  box.append(line);
  return {box, update() {}};
}

function certificate(each) {
  const over = Date.parse(each.expires) < Date.now();
  const whose = each.component ? ' for ' + each.component : '';
  return sentence([`The certificate of ${each.flag}${whose} ${over ? 'has expired: ' : 'expires: '}`,
    clock(each.expires), '. Put a new one in its place, then reload the configuration.']);
}

/** Shows those of an event, in place of those before. */
export function notices(now) {
  const several = Object.keys(now.components).length > 1;
  const all = [];
  const keep = new Set();
  const add = (key, tone, make, news) => {
    keep.add(key);
    if (!shown.has(key)) {
      shown.set(key, make());
      shown.get(key).box.className = 'notice ' + tone;
    }
    shown.get(key).update(news);
    all.push(shown.get(key).box);
  };
  const downs = now.down || [];
  for (const down of downs) {
    add(`down ${down.component} ${down.endpoint}`, 'bad', () => outage(down, several), down);
  }
  for (const [domain, count] of Object.entries(now.rooms_lost || {})) {
    const names = (now.lost_rooms?.[domain] || []).join(', ');
    add(`rooms ${domain} ${count} ${names}`, 'busy', () => sentence([
      `${domain} is out of ${count} chat room${count === 1 ? '' : 's'} that it should be in${names && ': ' + names}. It tries to enter again; the log says why it is out.`]));
  }
  for (const each of now.certificates || []) {
    add(`certificate ${each.component} ${each.flag} ${each.expires}`, 'busy', () => certificate(each));
  }
  if (now.needs_restart) {
    const names = now.needs_restart.join(', ');
    add('restart ' + names, 'busy', () => sentence([`Changed in the configuration, and in use after the next restart: ${names}.`]));
  }
  if (now.config_changed) {
    add('changed ' + now.config_changed, 'busy', () => sentence(['The configuration file was changed at ',
      clock(now.config_changed), ' and not read since: reload it, or the next restart will use it unseen.']));
  }
  if (now.cluster && !now.cluster.connected) {
    add('brokers', 'bad', () => sentence(["The cluster's brokers do not answer this node. It takes nothing new until they do, and nothing that it took is lost."]));
  } else if (now.cluster?.slots_unowned) {
    const count = now.cluster.slots_unowned;
    add('unowned ' + count, 'busy', () => sentence([`No node owns ${count} slot${count === 1 ? '' : 's'} of streams, so the components in them are not connected: start an edge.`]));
  }
  for (const key of [...shown.keys()]) if (!keep.has(key)) shown.delete(key);
  arrange(byId('notices'), all);
  const next = downs.length === 0 ? '' : downs.length === 1 ? `${downs[0].url} is down.` : `${downs.length} endpoints are down.`;
  // Read aloud once, and not with each second.
  if (next !== said) {
    said = next;
    byId('alarm').textContent = next;
  }
}
