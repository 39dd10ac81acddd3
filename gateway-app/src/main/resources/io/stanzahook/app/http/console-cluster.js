// What this node does in its cluster.
import {byId, element} from './console-page.js';

const ROLES = {
  all: 'an edge and a worker: it holds streams and calls webhooks',
  edge: 'an edge: it holds streams, and workers call the webhooks',
  worker: 'a worker: it calls webhooks, and edges hold the streams',
};

const counted = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`;

/** Built once: rows that are replaced each second could not be read aloud, or selected. */
const cells = new Map();

function row(name, value, meaning) {
  if (!cells.has(name)) {
    const line = element('tr');
    const title = element('th', name);
    title.scope = 'row';
    const cell = element('td');
    line.append(title, cell, element('td', meaning, 'why'));
    byId('cluster-body').append(line);
    cells.set(name, cell);
  }
  const cell = cells.get(name);
  if (cell.textContent !== value) cell.textContent = value;
}

/**
 * Shows it; there is no cluster where it is undefined.
 * @param elsewhere by component, the address of the other node that holds its stream
 */
export function cluster(now, elsewhere = {}) {
  byId('cluster').hidden = !now;
  if (!now) return;
  const line = `This node is ${ROLES[now.role] || now.role}.`;
  if (byId('cluster-line').textContent !== line) byId('cluster-line').textContent = line;
  row('Brokers', now.connected ? 'answer' : 'do not answer', 'Whether they confirmed lately that this node is a member.');
  row('Streams', now.streams.join(', ') || 'none', 'Components that are connected to the XMPP server from here.');
  row('Streams of other nodes', Object.entries(elsewhere).map(([name, url]) => `${name} at ${url}`).join(', ') || 'none',
    'If such a node ends, another one connects its components within seconds.');
  row('Slots', counted(now.slots, 'slot'), 'Each component belongs to a slot; whoever owns the slot holds its stream.');
  row('Slots without an owner', String(now.slots_unowned), 'Should be 0: their components are not connected.');
  row('Partitions', counted(now.partitions, 'partition'), 'Shares of all messages that this node calls webhooks for.');
  row('Lag', counted(now.lag, 'message'), 'In these partitions, and not finished.');
  row('Appended late', counted(now.late, 'message'), 'They may stand behind younger ones of their conversation, because a stream moved.');
}
